"""From one named state to another: a table from-to, with those whose state is unknown."""

from __future__ import annotations

from isu_analysis.analysis import flow
from isu_analysis.analysis.results import Book, Outcome
from isu_analysis.cohorts import Cohort


def analyse(cohort: Cohort, outcome: Outcome, book: Book) -> None:
    """Count every from-to cell, and up, same and down where the states are ordered."""
    flow.response(cohort, outcome, book)
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


def _directions(outcome: Outcome, book: Book) -> None:
    levels = outcome.measure.levels
    orders = [level.order for level in levels]
    if any(order is None for order in orders):
        return
    steps: dict[str, list[str]] = {"up": [], "same": [], "down": []}
    for start in levels:
        for end in levels:
            step = (end.order or 0) - (start.order or 0)
            name = "up" if step > 0 else "down" if step < 0 else "same"
            steps[name].append(f"{outcome.key}/from/{start.code}/to/{end.code}")
    for name, parts in steps.items():
        cell = book.count(f"{outcome.key}/{name}", sum(map(book.n, parts)))
        book.total(cell, *parts)
        book.share(f"{cell}/share", cell, f"{outcome.key}/paired")
        book.share(f"{cell}/of_all", cell, f"{outcome.key}/due")
    book.total(f"{outcome.key}/paired", *(f"{outcome.key}/{name}" for name in steps))
