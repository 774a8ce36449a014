"""Who was lost, how they differ, and what they could change: described, never corrected away."""

from __future__ import annotations

import math
from contextlib import nullcontext
from dataclasses import replace
from typing import Any

import pandas as pd

from isu_analysis import statistics as st
from isu_analysis.analysis.book import Book
from isu_analysis.analysis.results import Outcome
from isu_analysis.cohorts import Cohort

START = "start_score"


def of_change(cohort: Cohort, pairs: pd.DataFrame, outcome: Outcome, book: Book) -> None:
    """Lost against kept, estimates side by side, bounds and verdict for a mean change."""
    started = pairs[pairs["pre"].notna()]
    constant = book.has(f"{outcome.key}/change") and book.is_internal(f"{outcome.key}/change")
    with book.internal_only():  # a public table of the lost would need its own equations with who came
        balance = _lost_against_kept(cohort, started, outcome, book)
    with book.internal_only() if constant else nullcontext():
        _judge(cohort, pairs, balance, outcome, book)


def _judge(cohort: Cohort, pairs: pd.DataFrame, balance: str | None, outcome: Outcome, book: Book) -> None:
    started = pairs[pairs["pre"].notna()]
    estimates = _estimates(cohort, started, outcome)
    people = (f"{outcome.key}/paired", f"{outcome.key}/started")
    # Beside each other they tell how many were measured at the start only.
    counts = (f"{outcome.key}/paired", f"{outcome.key}/start_only")
    for name, estimate in estimates.items():
        book.model(f"{outcome.key}/estimate/{name}", estimate.change, estimate.n, people, low=estimate.low,
                   high=estimate.high, counts=counts)  # fmt: skip
    _verdict(cohort, pairs, estimates, balance, outcome, book)


def _lost_against_kept(cohort: Cohort, started: pd.DataFrame, outcome: Outcome, book: Book) -> str | None:
    background = cohort.background.loc[started.index].copy()
    background.insert(0, START, started["pre"])
    background = background.loc[:, background.notna().any()]
    kept = started["post"].notna()
    if kept.all() or not kept.any():
        return None
    table = st.compare_lost_kept(background, kept)
    for row in table.to_dict("records"):
        level = (
            row["level"] if isinstance(row["level"], str) else ""
        )  # a number has none, and neither has what is missing
        _compared(row, f"{outcome.key}/loss/{row['variable']}/{row['kind']}/{level}", outcome, book)
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
    """Completers, carried back, and maximum likelihood - on all waves where there are enough of them."""
    pre, post = started["pre"], started["post"]
    estimates = {
        "completers": st.completers_change(pre, post),
        "ml_two_wave": st.ml_change_two_wave(pre, post),
        "ml_all_waves": _all_waves(cohort, started, outcome),
        "carried_back": st.carried_back(pre, post),
    }
    return {name: found for name, found in estimates.items() if found is not None and not math.isnan(found.change)}


def _all_waves(cohort: Cohort, started: pd.DataFrame, outcome: Outcome) -> st.ChangeEstimate | None:
    """Maximum likelihood on the start, the end and the occasions between them that enough people were measured at."""
    waves = cohort.waves(outcome.measure.id, outcome.rater, outcome.item).loc[started.index]
    enough = [name for name in waves if waves[name].notna().sum() >= cohort.unit.limits.pairs]
    between = [name for name in enough if name not in {outcome.start, outcome.end}]
    if not between:
        return None
    return st.ml_change_all_waves(waves[[str(outcome.start), *between, str(outcome.end)]].to_numpy())


def _verdict(cohort: Cohort, pairs: pd.DataFrame, estimates: dict[str, st.ChangeEstimate], balance: str | None,
             outcome: Outcome, book: Book) -> None:  # fmt: skip
    """Judge the conclusion about all who are due, also those never measured."""
    key, measure = outcome.key, outcome.measure
    people = (f"{key}/paired", f"{key}/started", f"{key}/due")
    # They tell how many are lost at the start and at the end, so they go with those counts.
    counts = tuple(f"{key}/{name}" for name in ("paired", "start_only", "end_only", "neither", "due"))
    bounds = st.mean_bounds(pairs["pre"], pairs["post"], float(measure.minimum or 0), float(measure.maximum or 0))
    book.model(f"{key}/bounds", bounds.lower, bounds.n, people, low=bounds.lower, high=bounds.upper, counts=counts)
    adjusted = estimates.get("ml_all_waves", estimates.get("ml_two_wave"))
    if adjusted is None:
        book.code(f"{key}/verdict", "cannot_judge", people=people)
        book.code(f"{key}/verdict/reason", "not_estimable", people=people)
        return
    # Those never measured are expected to be like the rest: the estimate then speaks of everyone who is due.
    of_all = replace(adjusted, n=len(pairs))
    tipping = st.tipping_point(of_all, of_all.share_lost)
    if not math.isnan(tipping.delta_estimate):
        book.model(f"{key}/tipping", tipping.delta_estimate, of_all.n, people, low=tipping.delta_limit, counts=counts)
    verdict = st.change_verdict(of_all, bounds, higher_is_better=bool(measure.higher_is_better), balance=balance,
                                minimum_pairs=cohort.unit.limits.pairs, minimum_share=cohort.unit.limits.coverage)  # fmt: skip
    for name, word in {"verdict": verdict.state, "verdict/direction": verdict.direction, "verdict/reason": verdict.reason,
                       "adjusted": adjusted.method}.items():  # fmt: skip
        book.code(f"{key}/{name}", word, counts, people)
    book.model(f"{key}/verdict/tolerance", verdict.tolerance, of_all.n, people, counts=counts)


def of_share(n: str, known: tuple[str, ...], of: str, key: str, book: Book) -> None:
    """Worst and best case of a share when some are missing, and the verdict on "more than half".

    ``known`` are the counts of those of whom it is known whether they are among the ``n``: first those with an answer.
    """
    observed, counts = sum(map(book.n, known)), (n, *known, of)
    bounds = st.share_bounds(book.n(n), observed, book.n(of))
    seen = book.n(n) / book.n(known[0]) if book.n(known[0]) else math.nan
    book.model(f"{key}/bounds", seen, bounds.of, (), low=bounds.worst, high=bounds.best, counts=counts)
    verdict = st.share_verdict(book.n(n), observed, book.n(of))
    book.code(f"{key}/verdict", verdict.state, counts)
    book.code(f"{key}/verdict/direction", verdict.direction, counts)
    book.model(f"{key}/verdict/tolerance", verdict.tolerance, bounds.of, (), counts=counts)
