"""A scale's mean at the end beside named populations: the card's published norms, and the unit's own references."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import pandas as pd

from isu_analysis import statistics as st
from isu_analysis.analysis.book import Book
from isu_analysis.analysis.results import Outcome
from isu_analysis.cohorts import Cohort
from isu_analysis.settings import Unit

PLACE = "norm"
SCALES = {"change", "sessions"}
LEAST = 10  # people at the end; fewer bear no mean (as elsewhere, the project's own choice)


@dataclass(frozen=True)
class Population:
    """Mean and spread of a named population, with its source; ``n`` is None where nobody says how many."""

    label: str
    mean: float
    sd: float
    n: int | None
    source: str


def populations(unit: Unit, outcome: Outcome) -> Iterator[Population]:
    """What a measure may be laid beside, in the order of the card and then of the unit file."""
    for norm in outcome.measure.norms:
        if norm.used and norm.sd:
            yield Population(norm.sample, norm.mean, norm.sd, norm.n, norm.source)
    for own in unit.references:
        if own.measure == outcome.measure.id:
            yield Population(own.label, own.mean, own.sd, own.n, own.source)


def place(outcome: Outcome, number: int) -> str:
    """Prefix of the cells of one comparison."""
    return f"{PLACE}/{outcome.key}/{number}"


def analyse(cohort: Cohort, outcomes: Sequence[Outcome], book: Book) -> None:
    """Write the mean at the end less each population's, with the error of both where it is known."""
    with book.internal_only():
        for outcome in outcomes:
            if outcome.design not in SCALES or not book.has(f"{outcome.key}/paired"):
                continue
            due = sorted(book.people[f"{outcome.key}/due"])
            ends = cohort.values(outcome.measure.id, str(outcome.end), outcome.rater, outcome.item).loc[due]
            if ends.notna().sum() < LEAST:
                continue
            for number, population in enumerate(populations(cohort.unit, outcome)):
                _beside(ends, clusters(cohort, due), population, outcome, place(outcome, number), book)


def clusters(cohort: Cohort, due: Sequence[str]) -> pd.Series | None:
    """Whose each episode is, where somebody has several; None where each is somebody else."""
    people = cohort.people.loc[due]
    return people if people.duplicated().any() else None


def _beside(
    ends: pd.Series, cluster: pd.Series | None, population: Population, outcome: Outcome, at: str, book: Book
) -> None:
    found = st.norm_difference(
        ends.astype(float),
        population.mean,
        population.sd,
        population.n,
        higher_is_better=bool(outcome.measure.higher_is_better),
        cluster=cluster,
    )
    if found.reason:
        return
    book.model(f"{at}/mean", found.mean, found.n, ())
    book.model(f"{at}/difference", found.difference, found.n, (), low=found.difference_low, high=found.difference_high)
    book.model(f"{at}/d", found.d_norm, found.n, (), low=found.d_norm_low, high=found.d_norm_high)
    book.code(f"{at}/position", found.position, declared=True)
