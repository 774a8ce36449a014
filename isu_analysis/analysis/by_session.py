"""The mean from session to session, and of how many: those who go on are other people than those who began."""

from __future__ import annotations

import pandas as pd

from isu_analysis.analysis.book import Book
from isu_analysis.analysis.results import Outcome
from isu_analysis.cohorts import Cohort

LEAST = 10  # people behind a mean of one session
MOST = 10  # sessions shown


def means(cohort: Cohort, outcome: Outcome, book: Book) -> None:
    """Mean of each session of all, then of each ending; only where enough people have so many sessions."""
    scores = cohort.sessions(outcome.measure.id, outcome.rater)
    _of(scores, f"{outcome.key}/session/all", book)
    endings = scores["episode"].map(cohort.episodes["ending"])
    names = sorted(endings.dropna().unique())
    with book.breakdown():
        for ending in names:
            _of(scores[endings == ending], f"{outcome.key}/session/ending/{ending}", book)
        _rest(names, f"{outcome.key}/session", book)


def _rest(names: list[str], place: str, book: Book) -> None:
    """Those at each session whose ending has no course of its own: a few of them could be worked out from the others."""
    for number in range(1, MOST + 1):
        parts = [cell for name in names if book.has(cell := f"{place}/ending/{name}/{number}")]
        if parts and book.has(whole := f"{place}/all/{number}"):
            book.total(whole, *parts, book.rest(f"{place}/other/{number}", whole, parts, zero_is_plain=True))


def _of(scores: pd.DataFrame, place: str, book: Book) -> None:
    """How many have a first, second ... score, how many have no next one, and the mean of each; all of it or nothing."""
    at = {number: rows for number, rows in scores.groupby("number") if number <= MOST and len(rows) >= LEAST}
    if len(at) < 2:  # one point is no course
        return
    with book.breakdown():
        before = ""
        for number, rows in at.items():
            cell = book.tally(f"{place}/{number}", rows["episode"])
            book.says(LEAST, (cell, 1))
            book.mean(f"{cell}/mean", rows["value"].mean(), len(rows), cell, counts=(cell,))
            if before:
                book.total(before, cell, book.rest(f"{before}/last", before, [cell], zero_is_plain=True))
            before = cell
