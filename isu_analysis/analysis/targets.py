"""A share that the unit has decided to reach, beside the share that was seen and what the missing could make of it."""

from __future__ import annotations

import math

from isu_analysis.analysis import coverage
from isu_analysis.analysis.book import Book
from isu_analysis.analysis.results import Outcome
from isu_analysis.settings import Target, Unit
from isu_analysis.statistics import share_bounds


def declared(unit: Unit, outcome: Outcome, whole: str, book: Book) -> None:
    """Every declared target of an outcome: how many reached it, of those with an answer and of all who are asked."""
    for place, target in enumerate(unit.targets):
        if (target.measure, target.rater, target.item) == (outcome.measure.id, outcome.rater, outcome.item):
            _one(target, f"{outcome.key}/target/{place}", outcome, whole, book)


def _one(target: Target, cell: str, outcome: Outcome, whole: str, book: Book) -> None:
    chosen = [
        level.code
        for level in outcome.measure.levels
        if (level.code in target.levels if target.levels else level.positive)
    ]
    parts = [f"{outcome.key}/level/{code}" for code in chosen]
    answered = f"{outcome.key}/answered"
    reached = book.union(f"{cell}/reached", parts)
    book.total(reached, *parts)
    book.share(f"{cell}/share", reached, answered)
    book.share(f"{cell}/of_all", reached, whole)
    known = coverage.known(outcome, book)
    bounds = share_bounds(book.n(reached), sum(map(book.n, known)), book.n(whole))
    counts = (reached, *known, whole)
    seen = book.n(reached) / book.n(answered) if book.n(answered) else math.nan
    book.model(f"{cell}/bounds", seen, bounds.of, (), low=bounds.worst, high=bounds.best, counts=counts)
    book.code(f"{cell}/state", _state(bounds.worst, bounds.best, target.share), counts)


def _state(worst: float, best: float, share: float) -> str:
    if worst >= share:
        return "reached"
    return "not_reached" if best < share else "open"
