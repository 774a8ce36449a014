"""A goal that each person reached or did not: as named answers, and what became of those who were placed."""

from __future__ import annotations

from isu_analysis.analysis import levels
from isu_analysis.analysis.book import Book
from isu_analysis.analysis.results import Outcome
from isu_analysis.cohorts import Cohort


def analyse(cohort: Cohort, outcome: Outcome, book: Book) -> None:
    """Count reached of those with an answer (who ended) and of all (who started)."""
    levels.analyse(cohort, outcome, book)
    started = "flow/started"
    reached = f"{outcome.key}/positive"
    if book.has(started) and book.has(reached) and book.n(reached) <= book.n(started):
        book.share(f"{reached}/of_started", reached, started)
