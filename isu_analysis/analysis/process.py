"""A scale that follows the work itself, such as how the client finds the conversation: a signal, never an outcome."""

from __future__ import annotations

import numpy as np
import pandas as pd

from isu_analysis.analysis.book import Book
from isu_analysis.analysis.cutoffs import cutoffs_of
from isu_analysis.analysis.results import ELIGIBLE, Outcome
from isu_analysis.cohorts import Cohort


def analyse(cohort: Cohort, outcome: Outcome, book: Book) -> None:
    """How many have a score, and whose last (or any) score lies on the wrong side of the limit."""
    key, scores = outcome.key, _scores(cohort, outcome)
    people = scores["episode"].unique()
    cases = book.tally(f"{key}/cases", people)
    book.total(ELIGIBLE, cases, book.rest(f"{key}/cases/not", ELIGIBLE, [cases], zero_is_plain=True))
    book.share(f"{cases}/share", cases, ELIGIBLE)
    limits = cutoffs_of(cohort, outcome, cohort.episodes.index)
    if limits is None or not len(people):
        return
    limit = scores["episode"].map(pd.Series(limits, cohort.episodes.index))
    below = _beyond(scores["value"], limit, outcome).groupby(scores["episode"]).agg(["last", "any"])
    last, ever = below["last"].astype(bool), below["any"].astype(bool)
    names = {"last_below": last, "earlier_below": ever & ~last, "never_below": ~ever}
    cells = [book.tally(f"{key}/{name}", below.index[chosen]) for name, chosen in names.items()]
    book.total(cases, *cells)
    some = book.union(f"{key}/any_below", cells[:2])
    book.total(some, *cells[:2])
    book.share(f"{cells[0]}/share", cells[0], cases)
    book.share(f"{some}/share", some, cases)


def _scores(cohort: Cohort, outcome: Outcome) -> pd.DataFrame:
    """Every score in order of time: of the conversations, or of the occasions where there are no conversations."""
    given = cohort.sessions(outcome.measure.id, outcome.rater)
    if len(given):
        return given[["episode", "value"]]
    waves = cohort.waves(outcome.measure.id, outcome.rater, outcome.item)
    long = waves.reset_index().melt("episode", value_name="value").dropna(subset=["value"])
    return long.sort_values("episode", kind="stable")[["episode", "value"]]


def _beyond(values: pd.Series, limit: pd.Series, outcome: Outcome) -> pd.Series:
    """Whether each score lies on the side that asks for a talk; a score at the limit does where the card says so."""
    inclusive = all(cutoff.clinical_at for cutoff in outcome.measure.active_cutoffs)
    at = np.isclose(values, limit)
    side = values < limit if outcome.measure.higher_is_better else values > limit
    return (side & ~at) | (at & inclusive)
