"""A structured interview: whether it was made, at which occasion and how. Its answers are outcomes of their own."""

from __future__ import annotations

from isu_analysis.analysis import flow
from isu_analysis.analysis.book import Book
from isu_analysis.analysis.results import Outcome
from isu_analysis.cohorts import Cohort


def analyse(cohort: Cohort, outcome: Outcome, book: Book) -> None:
    """Coverage at each occasion of all who are meant, by how it was made; no index."""
    flow.occasions(cohort, outcome, book)
    for occasion in cohort.unit.occasions:
        cell = f"{outcome.key}/at/{occasion}"
        if book.has(cell):
            _by_mode(cohort, outcome, occasion, cell, book)


def _by_mode(cohort: Cohort, outcome: Outcome, occasion: str, cell: str, book: Book) -> None:
    """An interview with the person apart from a reading of the file and from what the staff filled in alone."""
    found = cohort.modes(outcome.measure.id, occasion, outcome.rater, outcome.item).dropna()
    if len(found) != book.n(cell):
        return  # some are nobody's in particular
    parts = []
    for mode in sorted(found.unique()):
        parts.append(book.tally(f"{cell}/mode/{mode}", found.index[found == mode], never_zero=True))
        book.share(f"{parts[-1]}/share", parts[-1], cell)
    book.total(cell, *parts)
