"""From one named state to another: a table from-to, with those whose state is unknown."""

from __future__ import annotations

from isu_analysis.analysis import coverage, flow
from isu_analysis.analysis.results import Book, Outcome
from isu_analysis.cohorts import Cohort


def analyse(cohort: Cohort, outcome: Outcome, book: Book) -> None:
    """Count every from-to cell, and up, same and down where the states are ordered."""
    flow.response(cohort, outcome, book)
    flow.reasons(cohort, outcome, book)
    key, measure = outcome.key, outcome.measure
    before = cohort.levels(measure.id, str(outcome.start), outcome.rater, outcome.item)
    after = cohort.levels(measure.id, str(outcome.end), outcome.rater, outcome.item)
    known = before.notna() & after.notna()
    for code in measure.codes:
        row = [
            book.count(f"{key}/from/{code}/to/{other}", int((known & (before == code) & (after == other)).sum()))
            for other in measure.codes
        ]
        book.total(book.count(f"{key}/from/{code}", sum(map(book.n, row))), *row)
    for code in measure.codes:
        column = [f"{key}/from/{other}/to/{code}" for other in measure.codes]
        book.total(book.count(f"{key}/to/{code}", sum(map(book.n, column))), *column)
    book.total(f"{key}/paired", *(f"{key}/from/{code}" for code in measure.codes))
    book.total(f"{key}/paired", *(f"{key}/to/{code}" for code in measure.codes))
    _directions(outcome, book)
    _wanted(outcome, book)


def _directions(outcome: Outcome, book: Book) -> None:
    """Nearer to and further from what is wanted, where the states have an order; a state not known has no place in it."""
    levels = coverage.ordinary(outcome.measure)
    if any(level.order is None for level in levels):
        return
    order = {level.code: level.order for level in levels}
    steps: dict[str, list[str]] = {"up": [], "same": [], "down": []}
    if len(levels) < len(outcome.measure.levels):
        steps["unclear"] = []
    for start in outcome.measure.codes:
        for end in outcome.measure.codes:
            steps[_step(order.get(start), order.get(end))].append(f"{outcome.key}/from/{start}/to/{end}")
    for name, parts in steps.items():
        cell = book.count(f"{outcome.key}/{name}", sum(map(book.n, parts)))
        book.total(cell, *parts)
        book.share(f"{cell}/share", cell, f"{outcome.key}/paired")
        book.share(f"{cell}/of_all", cell, f"{outcome.key}/due")
    book.total(f"{outcome.key}/paired", *(f"{outcome.key}/{name}" for name in steps))


def _step(before: int | None, after: int | None) -> str:
    if before is None or after is None:
        return "unclear"
    return "up" if after > before else "down" if after < before else "same"


def _wanted(outcome: Outcome, book: Book) -> None:
    """How many are in a state that the unit calls good, at the start and at the end."""
    good = [level.code for level in coverage.ordinary(outcome.measure) if level.positive]
    for side in ("from", "to") if good else ():
        cells = [f"{outcome.key}/{side}/{code}" for code in good]
        cell = book.count(f"{outcome.key}/{side}_good", sum(map(book.n, cells)))
        book.total(cell, *cells)
        book.share(f"{cell}/share", cell, f"{outcome.key}/paired")
