"""How long it really was between start and end, where the days are known."""

from __future__ import annotations

from isu_analysis import statistics as st
from isu_analysis.analysis.book import Book
from isu_analysis.analysis.results import Outcome
from isu_analysis.cohorts import Cohort


def interval(cohort: Cohort, outcome: Outcome, book: Book) -> None:
    """Median interval of the paired, and whether it is shorter than the time the questions look back on."""
    key, series = outcome.key, (outcome.rater, outcome.item)
    days = [cohort.days(outcome.measure.id, str(name), *series) for name in (outcome.start, outcome.end)]
    between = (days[1] - days[0]).dt.days
    between = between[between.index.isin(sorted(book.people[f"{key}/paired"])) & (between >= 0)]
    if len(between) < 2:  # one person's interval is that person's
        return
    spread = st.interval_spread([0] * len(between), between.to_numpy())
    people = book.group(f"{key}/dated", between.index)
    book.mean(f"{key}/days/median", spread.median, spread.n, people)
    with book.internal_only():  # each is one person's own
        book.mean(f"{key}/days/shortest", spread.shortest, spread.n, people)
        book.mean(f"{key}/days/longest", spread.longest, spread.n, people)
    frame = outcome.measure.time_frame
    if frame is not None and frame.used:
        book.code(f"{key}/days/frame", "shorter" if spread.median < frame.days else "long_enough", people=(people,))
