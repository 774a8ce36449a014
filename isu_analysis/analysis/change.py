"""A scale measured twice on the same person: how much, for how many, how large - and what the lost could do to it."""

from __future__ import annotations

import math
from contextlib import nullcontext

import numpy as np
import pandas as pd

from isu_analysis import statistics as st
from isu_analysis.analysis import flow, grid, loss, timing
from isu_analysis.analysis.book import Book
from isu_analysis.analysis.cutoffs import cutoffs_of
from isu_analysis.analysis.results import ELIGIBLE, Outcome
from isu_analysis.cohorts import Cohort
from isu_analysis.settings import Subgroup

CATEGORIES = ("recovered", "improved", "improved_unknown", "unchanged", "deteriorated")
BETTER = {"recovered", "improved", "improved_unknown"}
SAME = 1e-9  # points: scores that are equal but for their binary form
_SIZES = ("g_pre", "g_av", "d_z", "rank_biserial")


def analyse(cohort: Cohort, outcome: Outcome, book: Book) -> None:
    """Write every cell of a change outcome."""
    flow.response(cohort, outcome, book)
    flow.occasions(cohort, outcome, book)
    flow.reasons(cohort, outcome, book)
    if book.n(f"{outcome.key}/paired") == 0:
        return
    timing.interval(cohort, outcome, book)
    pairs = cohort.pairs(outcome.measure.id, str(outcome.start), str(outcome.end), outcome.rater, outcome.item)
    due = pairs[pairs.index.isin(sorted(book.people[f"{outcome.key}/due"]))]
    _size(due, outcome, book)
    _persons(cohort, due, outcome, book)
    grid.start_and_end(due, outcome, book)
    loss.of_change(cohort, due, outcome, book)
    for subgroup in cohort.unit.subgroups:
        by_group(cohort, pairs, outcome, subgroup, book)


def _size(pairs: pd.DataFrame, outcome: Outcome, book: Book) -> None:
    key, people = outcome.key, f"{outcome.key}/paired"
    book.group(f"{key}/started", pairs["pre"].dropna().index)
    size = st.effect_size(pairs["pre"], pairs["post"])
    constant = 0 in (size.sd_pre, size.sd_post, size.sd_change)
    with book.internal_only() if constant else nullcontext():  # a mean of equal scores is everybody's score
        _size_cells(size, key, people, book)


def _size_cells(size: st.EffectSize, key: str, people: str, book: Book) -> None:
    means = {"start_mean": size.mean_pre, "end_mean": size.mean_post, "start_sd": size.sd_pre, "end_sd": size.sd_post,
             "correlation": size.r, "median_change": size.median_change}  # fmt: skip
    for name, value in means.items():
        book.mean(f"{key}/{name}", value, size.n, people)
    book.mean(f"{key}/change", size.change, size.n, people, low=size.change_low, high=size.change_high)
    for name in _SIZES:
        low, high = getattr(size, f"{name}_low"), getattr(size, f"{name}_high")
        book.mean(f"{key}/{name}", getattr(size, name), size.n, people, low=low, high=high)
    book.code(f"{key}/interval", size.g_pre_interval, people=(people,))


def _persons(cohort: Cohort, pairs: pd.DataFrame, outcome: Outcome, book: Book) -> None:
    if outcome.criterion is None:
        _by_sign(pairs.dropna(), outcome, book)
        return
    key, cutoffs = outcome.key, cutoffs_of(cohort, outcome, pairs.index)
    change = _reliable_change(pairs, outcome, cutoffs)
    rows = {name: change.categories == name for name in ("improved", "unchanged", "deteriorated")}
    if cutoffs is not None:
        unknown = rows["improved"] & np.isnan(cutoffs)
        rows |= {"recovered": change.categories == "recovered", "improved": rows["improved"] & ~unknown}
        rows |= {"improved_unknown": unknown} if change.cutoff_unknown else {}
    counted = [name for name in CATEGORIES if name in rows]
    for name in counted:
        cell = book.tally(f"{key}/{name}", pairs.index[rows[name]])
        book.share(f"{cell}/share", cell, f"{key}/paired")
        book.share(f"{cell}/of_all", cell, f"{key}/due")
    book.total(f"{key}/paired", *(f"{key}/{name}" for name in counted))
    _better(counted, outcome, book)
    _side_counts(change, outcome, book)
    _chance(change, outcome, book)


def _by_sign(both: pd.DataFrame, outcome: Outcome, book: Book) -> None:
    """Where nobody can say how large a certain change is: which way each score went, measurement error and all."""
    gain = (both["post"] - both["pre"]) * (1 if outcome.measure.higher_is_better else -1)
    still = gain.abs() < SAME
    ways = {"better": (gain > 0) & ~still, "same": still, "worse": (gain < 0) & ~still}
    with book.breakdown():
        cells = [book.tally(f"{outcome.key}/way/{name}", gain.index[chosen]) for name, chosen in ways.items()]
        book.total(f"{outcome.key}/paired", *cells)


def _reliable_change(pairs: pd.DataFrame, outcome: Outcome, cutoffs: np.ndarray | None) -> st.ReliableChange:
    measure = outcome.measure
    return st.reliable_change(
        pairs["pre"],
        pairs["post"],
        outcome.criterion,  # type: ignore[arg-type]
        higher_is_better=bool(measure.higher_is_better),
        cutoff=cutoffs,
        cutoff_inclusive=all(cutoff.clinical_at for cutoff in measure.active_cutoffs),
        scale=(float(measure.minimum or 0), float(measure.maximum or 0)),
    )


def _better(counted: list[str], outcome: Outcome, book: Book) -> None:
    """Recovered and improved together: what is usually called improved."""
    key = outcome.key
    parts = [f"{key}/{name}" for name in counted if name in BETTER]
    better = book.union(f"{key}/better", parts)
    book.total(better, *parts)
    book.total(f"{key}/paired", better, f"{key}/unchanged", f"{key}/deteriorated")
    book.share(f"{key}/better/share", better, f"{key}/paired")
    book.share(f"{key}/better/of_all", better, f"{key}/due")
    for cell in (better, f"{key}/deteriorated"):
        bounds = st.share_bounds(book.n(cell), book.n(f"{key}/paired"), book.n(f"{key}/due"))
        book.model(f"{cell}/bounds", bounds.observed_share, bounds.of, (f"{key}/paired", f"{key}/due"), low=bounds.worst,
                   high=bounds.best, counts=(cell, f"{key}/paired", f"{key}/due"))  # fmt: skip


def _side_counts(change: st.ReliableChange, outcome: Outcome, book: Book) -> None:
    """Counts that bound others without being part of them, and that no set of people stands behind: not for the public."""
    key = outcome.key
    for name, value in {"functional_at_start": change.functional_at_start, "could_improve": change.could_improve,
                        "cutoff_unknown": float(change.cutoff_unknown)}.items():  # fmt: skip
        if not math.isnan(value) and (name != "cutoff_unknown" or change.has_cutoff):
            with book.internal_only():
                cell = book.count(f"{key}/{name}", int(value), zero_is_plain=name == "cutoff_unknown")
                rest = book.count(f"{key}/{name}/not", book.n(f"{key}/paired") - int(value), zero_is_plain=True)
            book.total(f"{key}/paired", cell, rest)


def _chance(change: st.ReliableChange, outcome: Outcome, book: Book) -> None:
    expected = st.expected_by_chance(change.criterion, change.n)
    counts = (f"{outcome.key}/paired",)
    if expected.improved is None:
        book.code(f"{outcome.key}/chance", expected.reason, counts)
    else:
        book.model(f"{outcome.key}/chance", expected.improved, change.n, (f"{outcome.key}/paired",), counts=counts)


def by_group(cohort: Cohort, pairs: pd.DataFrame, outcome: Outcome, subgroup: Subgroup, book: Book) -> None:
    """Each declared group, and those whose group is not known: their counts too can be worked out by a reader."""
    key, values = outcome.key, cohort.episodes[subgroup.by]
    sizes, paired = [], []
    for level in [*sorted(values.dropna().unique()), ""]:
        chosen = pairs[values.isna() if level == "" else (values == level).fillna(False).astype(bool)]
        size, both = _group_counts(f"{key}/by/{subgroup.by}/{level}", chosen, level, book)
        sizes.append(size)
        paired.append(both)
        if book.has(f"who/{subgroup.by}/{level}"):
            book.total(f"who/{subgroup.by}/{level}", size)
    book.total(ELIGIBLE, *sizes)
    book.total(f"{key}/paired", *paired)


def _group_counts(place: str, chosen: pd.DataFrame, level: str, book: Book) -> tuple[str, str]:
    both = chosen.dropna()
    size = book.tally(f"{place}/eligible", chosen.index, zero_is_plain=level == "", never_zero=level != "")
    paired = book.tally(f"{place}/paired", both.index, zero_is_plain=level == "")
    book.total(size, paired, book.rest(f"{place}/lost", size, [paired], zero_is_plain=True))
    if level:
        started = chosen[chosen["pre"].notna()]
        estimate = st.completers_change(started["pre"], started["post"])
        book.mean(f"{place}/change", estimate.change, estimate.n_pairs, f"{place}/paired", low=estimate.low,
                  high=estimate.high, counts=(paired,))  # fmt: skip
    return size, paired
