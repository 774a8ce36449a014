"""A scale measured twice on the same person: how much, for how many, how large - and what the lost could do to it."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd

from isu_analysis import statistics as st
from isu_analysis.analysis import flow, loss
from isu_analysis.analysis.results import ELIGIBLE, Book, Outcome
from isu_analysis.cohorts import Cohort
from isu_analysis.settings import Subgroup

CATEGORIES = ("recovered", "improved", "unchanged", "deteriorated")
_SIZES = ("g_pre", "g_av", "d_z", "rank_biserial")


def analyse(cohort: Cohort, outcome: Outcome, book: Book) -> None:
    """Write every cell of a change outcome."""
    flow.response(cohort, outcome, book)
    flow.occasions(cohort, outcome, book)
    pairs = cohort.pairs(outcome.measure.id, str(outcome.start), str(outcome.end), outcome.rater, outcome.item)
    if book.n(f"{outcome.key}/paired") == 0:
        return
    _size(pairs, outcome, book)
    _persons(cohort, pairs, outcome, book)
    loss.of_change(cohort, pairs, outcome, book)
    for subgroup in cohort.unit.subgroups:
        _by_group(cohort, pairs, outcome, subgroup, book)


def _size(pairs: pd.DataFrame, outcome: Outcome, book: Book) -> None:
    key, people = outcome.key, f"{outcome.key}/paired"
    started = pairs["pre"].dropna()
    book.group(f"{key}/started", started.index)
    book.mean(f"{key}/start_mean_all", started.mean(), len(started), f"{key}/started")
    size = st.effect_size(pairs["pre"], pairs["post"])
    for name, value in {"start_mean": size.mean_pre, "end_mean": size.mean_post, "start_sd": size.sd_pre,
                        "end_sd": size.sd_post, "correlation": size.r, "median_change": size.median_change}.items():  # fmt: skip
        book.mean(f"{key}/{name}", value, size.n, people)
    book.mean(f"{key}/change", size.change, size.n, people, low=size.change_low, high=size.change_high)
    for name in _SIZES:
        low, high = getattr(size, f"{name}_low"), getattr(size, f"{name}_high")
        book.mean(f"{key}/{name}", getattr(size, name), size.n, people, low=low, high=high)
    book.code(f"{key}/interval", size.g_pre_interval, people=(people,))


def _persons(cohort: Cohort, pairs: pd.DataFrame, outcome: Outcome, book: Book) -> None:
    if outcome.criterion is None:
        return
    key, measure = outcome.key, outcome.measure
    change = st.reliable_change(
        pairs["pre"], pairs["post"], outcome.criterion,
        higher_is_better=bool(measure.higher_is_better), cutoff=_cutoffs(cohort, outcome),
        scale=(float(measure.minimum or 0), float(measure.maximum or 0)),
    )  # fmt: skip
    counted = [name for name in CATEGORIES if name != "recovered" or change.has_cutoff]
    for name in counted:
        cell = book.count(f"{key}/{name}", change.count(name))
        book.share(f"{cell}/share", cell, f"{key}/paired")
        book.share(f"{cell}/of_all", cell, ELIGIBLE)
    book.total(f"{key}/paired", *(f"{key}/{name}" for name in counted))
    _better(counted, outcome, book)
    _side_counts(change, outcome, book)
    _chance(change, outcome, book)


def _better(counted: list[str], outcome: Outcome, book: Book) -> None:
    """Recovered and improved together: what is usually called improved."""
    key = outcome.key
    parts = [f"{key}/{name}" for name in counted if name in {"recovered", "improved"}]
    better = book.count(f"{key}/better", sum(book.n(part) for part in parts))
    if len(parts) > 1:
        book.total(better, *parts)
    book.total(f"{key}/paired", better, f"{key}/unchanged", f"{key}/deteriorated")
    book.share(f"{key}/better/share", better, f"{key}/paired")
    book.share(f"{key}/better/of_all", better, ELIGIBLE)
    bounds = st.share_bounds(book.n(better), book.n(f"{key}/paired"), book.n(ELIGIBLE))
    book.model(f"{key}/better/bounds", bounds.observed_share, bounds.of, (f"{key}/paired", flow.ALL), low=bounds.worst,
               high=bounds.best, counts=(better, f"{key}/paired", ELIGIBLE))  # fmt: skip


def _side_counts(change: st.ReliableChange, outcome: Outcome, book: Book) -> None:
    key = outcome.key
    for name, value in {"functional_at_start": change.functional_at_start, "could_improve": change.could_improve,
                        "cutoff_unknown": float(change.cutoff_unknown)}.items():  # fmt: skip
        if not math.isnan(value) and (name != "cutoff_unknown" or change.has_cutoff):
            cell = book.count(f"{key}/{name}", int(value))
            rest = book.count(f"{key}/{name}/not", book.n(f"{key}/paired") - int(value))
            book.total(f"{key}/paired", cell, rest)


def _chance(change: st.ReliableChange, outcome: Outcome, book: Book) -> None:
    expected = st.expected_by_chance(change.criterion, change.n)
    counts = (f"{outcome.key}/paired",)
    if expected.improved is None:
        book.code(f"{outcome.key}/chance", expected.reason, counts)
    else:
        book.model(f"{outcome.key}/chance", expected.improved, change.n, (f"{outcome.key}/paired",), counts=counts)


def _cutoffs(cohort: Cohort, outcome: Outcome) -> np.ndarray | None:
    """Each person's own cut-off; missing where the background that decides it is missing."""
    cutoffs = outcome.measure.active_cutoffs
    if not cutoffs:
        return None
    limits = pd.Series(math.nan, index=cohort.episodes.index)
    for cutoff in cutoffs:
        fits = pd.Series(True, index=limits.index)
        for name, value in cutoff.group.items():
            column = cohort.episodes[name] if name in cohort.episodes else pd.Series("", index=limits.index)
            fits &= (column == value).fillna(False).astype(bool)
        limits[fits] = cutoff.value
    return limits.to_numpy() if limits.notna().any() else None


def _by_group(cohort: Cohort, pairs: pd.DataFrame, outcome: Outcome, subgroup: Subgroup, book: Book) -> None:
    key, values = outcome.key, cohort.episodes[subgroup.by]
    sizes, paired = [], []
    for level in sorted(values.dropna().unique()):
        place, chosen = f"{key}/by/{subgroup.by}/{level}", pairs[(values == level).fillna(False).astype(bool)]
        both = chosen.dropna()
        sizes.append(book.count(f"{place}/eligible", len(chosen), book.group(f"{place}/eligible", chosen.index)))
        paired.append(book.count(f"{place}/paired", len(both), book.group(f"{place}/paired", both.index)))
        book.total(sizes[-1], paired[-1], book.count(f"{place}/lost", len(chosen) - len(both)))
        started = chosen[chosen["pre"].notna()]
        estimate = st.completers_change(started["pre"], started["post"])
        book.mean(
            f"{place}/change",
            estimate.change,
            estimate.n_pairs,
            f"{place}/paired",
            low=estimate.low,
            high=estimate.high,
        )
    if values.notna().all():
        book.total(ELIGIBLE, *sizes)
        book.total(f"{key}/paired", *paired)
