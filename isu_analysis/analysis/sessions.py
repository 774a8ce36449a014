"""A scale given at every conversation: from the first to the last, how many conversations, and how the cases ended."""

from __future__ import annotations

from isu_analysis.analysis import by_session, change
from isu_analysis.analysis.book import Book
from isu_analysis.analysis.results import ELIGIBLE, Outcome
from isu_analysis.cohorts import Cohort
from isu_analysis.settings import Subgroup

MANY = 3  # cases with so many scores or more are one row
BY_ENDING = Subgroup(by="ending", label="Avslut")


def analyse(cohort: Cohort, outcome: Outcome, book: Book) -> None:
    """Write the whole change outcome, how many scores each case has, and planned endings apart from broken off ones."""
    change.analyse(cohort, outcome, book)
    _points(cohort, outcome, book)
    if book.n(f"{outcome.key}/paired") and cohort.episodes["ending"].notna().any():
        pairs = cohort.pairs(outcome.measure.id, str(outcome.start), str(outcome.end), outcome.rater, outcome.item)
        with book.breakdown():
            change.by_group(cohort, pairs, outcome, BY_ENDING, book)
    by_session.means(cohort, outcome, book)


def _points(cohort: Cohort, outcome: Outcome, book: Book) -> None:
    """Cases with no score, one, two, and more: the figure from first to last is about those with two or more."""
    key = outcome.key
    numbers = cohort.sessions(outcome.measure.id, outcome.rater).groupby("episode").size()
    numbers = numbers.reindex(cohort.episodes.index, fill_value=0)
    rows = {str(n): numbers == n for n in range(MANY)} | {f"{MANY}+": numbers >= MANY}
    cells = [
        book.tally(f"{key}/points/{name}", numbers.index[chosen], zero_is_plain=name == "0")
        for name, chosen in rows.items()
    ]
    book.total(ELIGIBLE, *cells)
    several = book.union(f"{key}/points/several", cells[2:])
    book.total(several, *cells[2:])
    book.share(f"{several}/share", several, ELIGIBLE)
    if book.n(f"{key}/paired") == book.n(several):  # but for scores that a file gives as first or last by itself
        book.total(several, f"{key}/paired")
        book.total(cells[1], f"{key}/start_only", f"{key}/not_due_started")
    if (numbers > 0).any():
        people = book.group(f"{key}/measured", numbers.index[numbers > 0])
        book.mean(f"{key}/points/median", float(numbers[numbers > 0].median()), int((numbers > 0).sum()), people)
