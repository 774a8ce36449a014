"""Subgroups declared beforehand, beside what chance alone does to groups of their size. For the unit's own eyes."""

from __future__ import annotations

import math

import pandas as pd

from isu_analysis import statistics as st
from isu_analysis.analysis.book import Book
from isu_analysis.analysis.planning import ONE_PERSON_ONCE
from isu_analysis.analysis.results import Outcome
from isu_analysis.cohorts import Cohort
from isu_analysis.settings import Subgroup

PLACE = "subgroups"
UNLIKELY = 0.05  # chance alone sets such groups so far apart in one year of twenty
BEYOND, WITHIN = "beyond_chance", "within_chance"
ONCE, SEVERAL_TIMES = "once", "several_times"


def analyse(cohort: Cohort, primary: Outcome, book: Book) -> None:
    """Write each declared group's share of good outcomes, drawn towards the common one, and how far apart they lie."""
    key = primary.key
    known, good = ("paired", "better") if primary.twice else ("answered", "positive")
    if primary.design not in ONE_PERSON_ONCE or not book.has(f"{key}/{good}") or f"{key}/{good}" not in book.people:
        return
    with book.internal_only():
        for subgroup in cohort.unit.subgroups:
            # People allotted by design are compared where their trial is told, and not as if they were a subgroup.
            if subgroup.kind == "subgroup":
                _one(subgroup, f"{key}/by/{subgroup.by}/", known, book.people[f"{key}/{good}"], book)


def _one(subgroup: Subgroup, place: str, known: str, good: frozenset[str], book: Book) -> None:
    end = f"/{known}"
    names = [name for name in book.people if name.startswith(place) and name.endswith(end)]
    groups = {name.removeprefix(place).removesuffix(end): book.people[name] for name in names if book.has(name)}
    groups = {level: members for level, members in groups.items() if level}
    if len(groups) < 2:
        return
    of = pd.Series({level: len(members) for level, members in groups.items()})
    n = pd.Series({level: len(members & good) for level, members in groups.items()})
    found = st.subgroup_shares(n, of)
    if found.reason:
        return
    at = f"{PLACE}/{subgroup.by}"
    for level, row in found.groups.iterrows():
        if row["reason"] == "too_small" or math.isnan(row["value"]):
            continue
        part = book.count(f"{at}/{level}/n", int(row["n"]), zero_is_plain=True)
        whole = book.count(f"{at}/{level}/of", int(row["of"]), zero_is_plain=True)
        book.model(
            f"{at}/{level}/share",
            row["value"],
            int(row["of"]),
            (),
            low=row["low"],
            high=row["high"],
            counts=(part, whole),
        )
        book.model(f"{at}/{level}/shrunken", row["shrunken"], int(row["of"]), ())
        if not math.isnan(row["difference"]):
            ends = {"low": row["difference_low"], "high": row["difference_high"]}
            book.model(f"{at}/{level}/rest", row["difference"], int(row["of"]), (), **ends)
    book.model(f"{at}/apart", found.chance.observed, found.n_shown, ())
    book.model(f"{at}/by_chance", found.chance.expected, found.n_shown, ())
    everyone = frozenset().union(*groups.values())
    book.code(f"{at}/people", SEVERAL_TIMES if book.persons(everyone) < len(everyone) else ONCE, declared=True)
    book.code(f"{at}/verdict", BEYOND if found.p < UNLIKELY else WITHIN, declared=True)
