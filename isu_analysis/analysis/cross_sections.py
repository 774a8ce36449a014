"""A scale filled in anonymously: two pictures of two groups, and no change."""

from __future__ import annotations

import pandas as pd

from isu_analysis.analysis import flow
from isu_analysis.analysis.book import Book
from isu_analysis.analysis.results import Outcome
from isu_analysis.cohorts import Cohort


def analyse(cohort: Cohort, outcome: Outcome, book: Book) -> None:
    """Mean and spread at each occasion, each on its own people."""
    flow.occasions(cohort, outcome, book)
    for name in (outcome.start, outcome.end):
        if name is None or not book.has(f"{outcome.key}/at/{name}"):
            continue
        loose = cohort.unlinked(outcome.measure.id, name, outcome.rater, outcome.item)
        linked = cohort.values(outcome.measure.id, name, outcome.rater, outcome.item).dropna()
        scores = pd.concat([loose["value"], linked])
        people = book.group(
            f"{outcome.key}/seen/{name}", [*(f"record {record}" for record in loose["record"]), *linked.index]
        )
        counts = (f"{outcome.key}/at/{name}",)
        book.mean(f"{outcome.key}/seen/{name}/mean", scores.mean(), len(scores), people, counts=counts)
        book.mean(f"{outcome.key}/seen/{name}/sd", scores.std(ddof=1), len(scores), people, counts=counts)
