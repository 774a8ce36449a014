"""Goals of each person's own: how many were reached, by how many people, and how far on the five-step scale."""

from __future__ import annotations

from isu_analysis import statistics as st
from isu_analysis.analysis import answers
from isu_analysis.analysis.book import Book
from isu_analysis.analysis.results import Outcome
from isu_analysis.cohorts import Cohort

SCALED = {"-2", "-1", "0", "1", "2"}  # goal attainment scaling: levels that are numbers by their own definition


def analyse(cohort: Cohort, outcome: Outcome, book: Book) -> None:
    """Write every cell of a goal outcome; a T-score never without the share of goals reached."""
    said, key = answers.several(cohort, outcome, book), outcome.key
    if not len(said):
        return
    people = f"{key}/answered"
    with book.of_enough(book.persons(said["episode"])):
        each, n = len(said) / said["episode"].nunique(), said["episode"].nunique()
        book.mean(
            f"{key}/per_person", each, n, people, counts=(people, f"{key}/answers")
        )  # times people it is the answers
        if SCALED.issuperset(outcome.measure.codes):
            found = st.goal_attainment(said["episode"].to_numpy(), said["level"].astype(float).to_numpy())
            book.mean(f"{key}/t", found.t.mean, found.t.n, people, low=found.t.low, high=found.t.high, counts=(people,))
