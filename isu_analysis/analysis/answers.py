"""Several answers a person on one occasion: answers are counted, and people beside them."""

from __future__ import annotations

import pandas as pd

from isu_analysis import statistics as st
from isu_analysis.analysis import coverage
from isu_analysis.analysis.book import Book
from isu_analysis.analysis.results import ELIGIBLE, Outcome
from isu_analysis.cohorts import Cohort

MANY = 3  # people with so many answers or more are one row


def analyse(cohort: Cohort, outcome: Outcome, book: Book) -> None:
    """Write every cell of an outcome with several answers a person."""
    several(cohort, outcome, book)


def several(cohort: Cohort, outcome: Outcome, book: Book) -> pd.DataFrame:
    """Answers by level, people by how many answers they have, who is missing; give the answers that say something.

    People are the clusters of a share of answers: one with many counts for less than so many people with one each.
    """
    key, measure = outcome.key, outcome.measure
    given = cohort.answers(measure.id, str(outcome.end), outcome.rater)
    said = given[given["level"].isin([level.code for level in coverage.ordinary(measure)])]
    _people(cohort, outcome, given, said, book)
    with book.of_enough(book.persons(said["episode"])):  # the goals of a few people are theirs
        parts = _by_level(cohort, outcome, given, said, book)
        for part in parts:
            book.share(f"{part}/share", part, f"{key}/answers")
        _positive(outcome, said, book)
        coverage.modes(outcome, given.set_index("episode"), book)
    coverage.reasons(cohort, outcome, book)
    return said


def _by_level(cohort: Cohort, outcome: Outcome, given: pd.DataFrame, said: pd.DataFrame, book: Book) -> list[str]:
    """Answers by level, those without a rating, and how many more answers there are than people."""
    key, measure = outcome.key, outcome.measure
    answers = book.tally(f"{key}/answers", said["episode"])
    for code in measure.codes:
        book.tally(f"{key}/level/{code}", given["episode"][given["level"] == code])
    parts = [f"{key}/level/{level.code}" for level in coverage.ordinary(measure)]
    book.total(answers, *parts)
    book.tally(f"{key}/unrated", _unrated(cohort, outcome), zero_is_plain=True)
    again = said["episode"][said["episode"].duplicated()]  # a reader has answers less people: how many have several
    book.total(answers, f"{key}/answered", book.tally(f"{key}/more", again, zero_is_plain=True))
    return parts


def _unrated(cohort: Cohort, outcome: Outcome) -> pd.Series:
    """Whose the goals or answers are that are named in the file and have no rating."""
    rows = cohort.measurements
    chosen = rows[
        (rows["measure"] == outcome.measure.id) & (rows["occasion"] == outcome.end) & (rows["rater"] == outcome.rater)
    ]
    unrated = chosen["episode"].notna() & chosen["missing_reason"].notna() & (chosen["item"].fillna("") != "")
    return chosen["episode"][unrated]


def _people(cohort: Cohort, outcome: Outcome, given: pd.DataFrame, said: pd.DataFrame, book: Book) -> None:
    """People by how many answers they have; those whose every answer does not apply are not asked."""
    key = outcome.key
    counts = said.groupby("episode").size()
    answered = book.tally(f"{key}/answered", counts.index, zero_is_plain=True)
    with book.internal_only():  # beside the number of answers it says how many the few with several have
        names = [book.tally(f"{key}/with/{n}", counts.index[counts == n]) for n in range(1, MANY)]
        names.append(book.tally(f"{key}/with/{MANY}+", counts.index[counts >= MANY]))
    book.total(answered, *names)
    rest = given[~given["episode"].isin(counts.index)].groupby("episode")["level"]
    codes = [level.code for level in coverage.special(outcome.measure, "not_applicable")]
    all_outside = rest.agg(lambda levels: levels.isin(codes).all()).astype(bool) if len(rest) else pd.Series(dtype=bool)
    not_asked = all_outside.index[all_outside]
    outside = [book.tally(f"{key}/none_applies", not_asked, zero_is_plain=True)] if codes else []
    coverage.denominators(cohort, outcome, outside, [], book)


def _positive(outcome: Outcome, said: pd.DataFrame, book: Book) -> None:
    """Positive answers of all answers, with people as clusters, and people with at least one."""
    key = outcome.key
    good = [level.code for level in coverage.ordinary(outcome.measure) if level.positive]
    if not good:
        return
    reached = said["level"].isin(good)
    positive = book.tally(f"{key}/positive", said["episode"][reached])
    book.total(positive, *(f"{key}/level/{code}" for code in good))
    book.total(f"{key}/answers", positive, book.tally(f"{key}/other", said["episode"][~reached]))
    found = st.share_of(reached.to_numpy(), cluster=said["episode"].to_numpy())
    book.clustered_share(f"{key}/positive/share", positive, f"{key}/answers", found)
    some = reached.groupby(said["episode"]).any()
    people = book.tally(f"{key}/people", some.index[some])
    book.total(f"{key}/answered", people, book.tally(f"{key}/people/none", some.index[~some]))
    book.share(f"{people}/share", people, f"{key}/answered")
    whole = f"{key}/due" if book.has(f"{key}/due") else ELIGIBLE
    book.share(f"{people}/of_all", people, whole)
    bounds = st.share_bounds(book.n(people), book.n(f"{key}/answered"), book.n(whole))
    book.model(f"{people}/bounds", bounds.observed_share, bounds.of, (), low=bounds.worst, high=bounds.best,
               counts=(people, f"{key}/answered", whole))  # fmt: skip
