"""Who was lost, how they differ, and what they could change: described, never corrected away."""

from __future__ import annotations

import math
from typing import Any

import pandas as pd

from isu_analysis import statistics as st
from isu_analysis.analysis.flow import ALL
from isu_analysis.analysis.results import Book, Outcome
from isu_analysis.cohorts import Cohort

WAVES_FOR_ALL_WAVES = 3
START = "start_score"


def of_change(cohort: Cohort, pairs: pd.DataFrame, outcome: Outcome, book: Book) -> None:
    """Lost against kept, estimates side by side, bounds and verdict for a mean change."""
    started = pairs[pairs["pre"].notna()]
    with book.internal_only():  # a public table of the lost would need its own equations with who came
        balance = _lost_against_kept(cohort, started, outcome, book)
    estimates = _estimates(cohort, started, outcome)
    people = (f"{outcome.key}/paired", f"{outcome.key}/started")
    for name, estimate in estimates.items():
        if not math.isnan(estimate.change):
            book.model(
                f"{outcome.key}/estimate/{name}",
                estimate.change,
                estimate.n,
                people,
                low=estimate.low,
                high=estimate.high,
            )
    _verdict(cohort, started, estimates, balance, outcome, book)


def _lost_against_kept(cohort: Cohort, started: pd.DataFrame, outcome: Outcome, book: Book) -> str | None:
    background = cohort.background.loc[started.index].copy()
    background.insert(0, START, started["pre"])
    background = background.loc[:, background.notna().any()]
    kept = started["post"].notna()
    if kept.all() or not kept.any():
        return None
    table = st.compare_lost_kept(background, kept)
    for row in table.to_dict("records"):
        _compared(row, f"{outcome.key}/loss/{row['variable']}/{row['kind']}/{row['level'] or ''}", outcome, book)
    people = (f"{outcome.key}/paired", f"{outcome.key}/started")
    balance = st.overall_balance(table)
    book.code(f"{outcome.key}/balance", balance, people=people)
    return balance


def _compared(row: dict[str, Any], place: str, outcome: Outcome, book: Book) -> None:
    """One variable or level: value among the kept, among the lost, difference and verdict."""
    people = (f"{outcome.key}/paired", f"{outcome.key}/started")
    counts: tuple[str, ...] = ()
    for name in ("kept", "lost"):
        counts += (book.count(f"{place}/{name}/n", row[f"n_{name}"]),)
        if row["kind"] != "number":
            counts += (book.count(f"{place}/{name}/with", row[f"count_{name}"]),)
    for name in ("kept", "lost"):
        book.model(f"{place}/{name}", row[f"value_{name}"], row[f"n_{name}"], people, counts=counts)
    for name in ("difference", "smd"):
        book.model(f"{place}/{name}", row[name], row["n_lost"], people, low=row[f"{name}_low"], high=row[f"{name}_high"],
                   counts=counts)  # fmt: skip
    book.code(f"{place}/verdict", row["verdict"], counts, people)


def _estimates(cohort: Cohort, started: pd.DataFrame, outcome: Outcome) -> dict[str, st.ChangeEstimate]:
    """Completers, carried back, and maximum likelihood; all waves where there are waves between."""
    pre, post = started["pre"], started["post"]
    estimates = {
        "completers": st.completers_change(pre, post),
        "carried_back": st.carried_back(pre, post),
        "ml_two_wave": st.ml_change_two_wave(pre, post),
    }
    waves = cohort.waves(outcome.measure.id, outcome.rater, outcome.item).loc[started.index]
    if waves.shape[1] >= WAVES_FOR_ALL_WAVES:
        ordered = [
            str(outcome.start),
            *(name for name in waves if name not in {outcome.start, outcome.end}),
            str(outcome.end),
        ]
        estimates["ml_all_waves"] = st.ml_change_all_waves(waves[ordered].to_numpy())
    return estimates


def _verdict(cohort: Cohort, started: pd.DataFrame, estimates: dict[str, st.ChangeEstimate], balance: str | None,
             outcome: Outcome, book: Book) -> None:  # fmt: skip
    key, measure = outcome.key, outcome.measure
    people = (f"{key}/paired", f"{key}/started", ALL)
    adjusted = estimates.get("ml_all_waves", estimates["ml_two_wave"])
    book.code(f"{key}/adjusted", adjusted.method, people=people)
    bounds = st.mean_bounds(started["pre"], started["post"], float(measure.minimum or 0), float(measure.maximum or 0))
    book.model(f"{key}/bounds", estimates["completers"].change, adjusted.n, people, low=bounds.lower, high=bounds.upper)
    tipping = st.tipping_point(adjusted, adjusted.share_lost)
    book.model(f"{key}/tipping", tipping.delta_estimate, adjusted.n, people, low=tipping.delta_limit)
    verdict = st.change_verdict(
        adjusted, bounds, higher_is_better=bool(measure.higher_is_better), minimum_pairs=cohort.unit.limits.pairs,
        minimum_share=cohort.unit.limits.coverage, balance=balance,
    )  # fmt: skip
    counts = (f"{key}/paired",)
    book.code(f"{key}/verdict", verdict.state, counts, people)
    book.code(f"{key}/verdict/direction", verdict.direction, counts, people)
    book.code(f"{key}/verdict/reason", verdict.reason, counts, people)
    book.model(f"{key}/verdict/tolerance", verdict.tolerance, adjusted.n, people, counts=counts)


def of_share(n: str, observed: str, of: str, key: str, book: Book) -> None:
    """Worst and best case of a share when some are missing, and the verdict on "more than half"."""
    bounds = st.share_bounds(book.n(n), book.n(observed), book.n(of))
    counts = (n, observed, of)
    book.model(f"{key}/bounds", bounds.observed_share, bounds.of, (), low=bounds.worst, high=bounds.best, counts=counts)
    verdict = st.share_verdict(book.n(n), book.n(observed), book.n(of))
    book.code(f"{key}/verdict", verdict.state, counts)
    book.code(f"{key}/verdict/direction", verdict.direction, counts)
    book.model(f"{key}/verdict/tolerance", verdict.tolerance, bounds.of, (), counts=counts)
