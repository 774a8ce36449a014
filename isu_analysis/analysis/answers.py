"""Several answers a person on one occasion: answers are counted, and people beside them."""

from __future__ import annotations

import pandas as pd

from isu_analysis import statistics as st
from isu_analysis.analysis import coverage, targets
from isu_analysis.analysis.results import ELIGIBLE, Book, Outcome
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
    answers = book.count(f"{key}/answers", len(said))
    for code in measure.codes:
        book.count(f"{key}/level/{code}", int((given["level"] == code).sum()))
    parts = [f"{key}/level/{level.code}" for level in coverage.ordinary(measure)]
    book.total(answers, *parts)
    book.count(f"{key}/unrated", _unrated(cohort, outcome), zero_is_plain=True)
    whole = _people(cohort, outcome, given, said, book)
    for part in parts:
        book.share(f"{part}/share", part, answers)
    _positive(outcome, said, book)
    targets.declared(cohort.unit, outcome, whole, book)
    coverage.reasons(cohort, outcome, book)
    coverage.modes(cohort, outcome, given, book)
    return said


def _unrated(cohort: Cohort, outcome: Outcome) -> int:
    """Goals or answers that are named in the file and have no rating."""
    rows = cohort.measurements
    chosen = rows[
        (rows["measure"] == outcome.measure.id) & (rows["occasion"] == outcome.end) & (rows["rater"] == outcome.rater)
    ]
    return int((chosen["episode"].notna() & chosen["missing_reason"].notna() & (chosen["item"].fillna("") != "")).sum())


def _people(cohort: Cohort, outcome: Outcome, given: pd.DataFrame, said: pd.DataFrame, book: Book) -> str:
    """People by how many answers they have; those whose every answer does not apply are not asked."""
    key = outcome.key
    counts = said.groupby("episode").size()
    answered = book.count(f"{key}/answered", len(counts), book.group(f"{key}/answered", counts.index))
    names = [book.count(f"{key}/with/{n}", int((counts == n).sum())) for n in range(1, MANY)]
    names.append(book.count(f"{key}/with/{MANY}+", int((counts >= MANY).sum())))
    book.total(answered, *names)
    rest = given[~given["episode"].isin(counts.index)].groupby("episode")["level"]
    codes = [level.code for level in coverage.special(outcome.measure, "not_applicable")]
    not_asked = int(rest.agg(lambda levels: levels.isin(codes).all()).sum()) if len(rest) else 0
    outside = [book.count(f"{key}/none_applies", not_asked, zero_is_plain=True)] if codes else []
    return coverage.denominators(cohort, outcome, outside, [], book)


def _positive(outcome: Outcome, said: pd.DataFrame, book: Book) -> None:
    """Positive answers of all answers, with people as clusters, and people with at least one."""
    key = outcome.key
    good = [level.code for level in coverage.ordinary(outcome.measure) if level.positive]
    if not good:
        return
    reached = said["level"].isin(good)
    positive = book.count(f"{key}/positive", int(reached.sum()))
    book.total(positive, *(f"{key}/level/{code}" for code in good))
    book.total(f"{key}/answers", positive, book.count(f"{key}/other", len(said) - int(reached.sum())))
    found = st.share_of(reached.to_numpy(), cluster=said["episode"].to_numpy())
    book.clustered_share(f"{key}/positive/share", positive, f"{key}/answers", found)
    some = reached.groupby(said["episode"]).any()
    people = book.count(f"{key}/people", int(some.sum()))
    book.total(f"{key}/answered", people, book.count(f"{key}/people/none", len(some) - int(some.sum())))
    book.share(f"{people}/share", people, f"{key}/answered")
    whole = f"{key}/due" if book.has(f"{key}/due") else ELIGIBLE
    book.share(f"{people}/of_all", people, whole)
    bounds = st.share_bounds(book.n(people), book.n(f"{key}/answered"), book.n(whole))
    book.model(f"{people}/bounds", bounds.observed_share, bounds.of, (), low=bounds.worst, high=bounds.best,
               counts=(people, f"{key}/answered", whole))  # fmt: skip
