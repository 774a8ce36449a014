"""From one named state to another: a table from-to, with those whose state is unknown."""

from __future__ import annotations

import pandas as pd

from isu_analysis.analysis import coverage, flow
from isu_analysis.analysis.book import Book
from isu_analysis.analysis.results import Outcome
from isu_analysis.cohorts import END_ONLY, START_ONLY, Cohort


def analyse(cohort: Cohort, outcome: Outcome, book: Book) -> None:
    """Count every from-to cell, and up, same and down where the states are ordered.

    A state that the measure calls not known, or not applicable, is no state: whoever has it is lost among all.
    """
    key, measure = outcome.key, outcome.measure
    before = cohort.levels(measure.id, str(outcome.start), outcome.rater, outcome.item)
    after = cohort.levels(measure.id, str(outcome.end), outcome.rater, outcome.item)
    codes = [level.code for level in coverage.ordinary(measure)]
    known = before.isin(codes), after.isin(codes)
    flow.response(cohort, outcome, book, known)
    _not_known((before.notna() & ~known[0]) | (after.notna() & ~known[1]), outcome, book)
    flow.reasons(cohort, outcome, book)
    _known_once(before, after, outcome, book)
    for code in codes:
        row = [
            book.tally(f"{key}/from/{code}/to/{other}", before.index[(before == code) & (after == other)])
            for other in codes
        ]
        book.total(book.union(f"{key}/from/{code}", row), *row)
    for code in codes:
        column = [f"{key}/from/{other}/to/{code}" for other in codes]
        book.total(book.union(f"{key}/to/{code}", column), *column)
    book.total(f"{key}/paired", *(f"{key}/from/{code}" for code in codes))
    book.total(f"{key}/paired", *(f"{key}/to/{code}" for code in codes))
    _directions(outcome, book)
    _wanted(outcome, book)


def _known_once(before: pd.Series, after: pd.Series, outcome: Outcome, book: Book) -> None:
    """Where those known at the start only began, and where those known at the end only ended."""
    key = outcome.key
    sides = {"from": (before, f"{key}/{START_ONLY}"), "to": (after, f"{key}/{END_ONLY}")}
    with book.breakdown():
        for side, (states, whole) in sides.items():
            members = states.index.isin(sorted(book.people[whole]))
            parts = [
                book.tally(f"{key}/once/{side}/{level.code}", states.index[members & (states == level.code)])
                for level in coverage.ordinary(outcome.measure)
            ]
            book.total(whole, *parts)


def _not_known(said: pd.Series, outcome: Outcome, book: Book) -> None:
    """Of the lost, those of whom a file says that the state is not known, apart from those without a word."""
    key = outcome.key
    if len(coverage.ordinary(outcome.measure)) == len(outcome.measure.levels):
        return
    lost = said.index.isin(sorted(book.people[f"{key}/lost"]))
    parts = (book.tally(f"{key}/lost/not_known", said.index[said & lost], zero_is_plain=True),
             book.tally(f"{key}/lost/silent", said.index[~said & lost], zero_is_plain=True))  # fmt: skip
    book.total(f"{key}/lost", *parts)


def _directions(outcome: Outcome, book: Book) -> None:
    """Nearer to and further from what is wanted, where the states have an order."""
    levels = coverage.ordinary(outcome.measure)
    if any(level.order is None for level in levels):
        return
    order = {level.code: float(level.order or 0) for level in levels}
    steps: dict[str, list[str]] = {"up": [], "same": [], "down": []}
    for start, before in order.items():
        for end, after in order.items():
            step = "up" if after > before else "down" if after < before else "same"
            steps[step].append(f"{outcome.key}/from/{start}/to/{end}")
    for name, parts in steps.items():
        cell = book.union(f"{outcome.key}/{name}", parts)
        book.total(cell, *parts)
        book.share(f"{cell}/share", cell, f"{outcome.key}/paired")
        book.share(f"{cell}/of_all", cell, f"{outcome.key}/due")
    book.total(f"{outcome.key}/paired", *(f"{outcome.key}/{name}" for name in steps))


def _wanted(outcome: Outcome, book: Book) -> None:
    """How many are in a state that the unit calls good, at the start and at the end."""
    good = [level.code for level in coverage.ordinary(outcome.measure) if level.positive]
    for side in ("from", "to") if good else ():
        cells = [f"{outcome.key}/{side}/{code}" for code in good]
        cell = book.union(f"{outcome.key}/{side}_good", cells)
        book.total(cell, *cells)
        book.share(f"{cell}/share", cell, f"{outcome.key}/paired")
