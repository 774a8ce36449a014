"""Needs area by area: which were met, and what became of those that were not. The codes are never added up.

A measure of needs names its levels in this order: no need, a need that is met, a need that is not met; and beside
them one that means "not known".
"""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from isu_analysis import statistics as st
from isu_analysis.analysis import coverage, flow
from isu_analysis.analysis.book import Book
from isu_analysis.analysis.results import Outcome
from isu_analysis.cohorts import PAIRED, Cohort
from isu_analysis.errors import SettingsError
from isu_analysis.measures import Measure
from isu_analysis.statistics.outcomes.needs import MET, NO_NEED, NOT_KNOWN, STATES, UNMET

OTHER_VIEW = "client"  # whose answers those of another rater are laid beside


def analyse(cohort: Cohort, outcome: Outcome, book: Book) -> None:
    """Write every cell of a need outcome: each occasion, what became of unmet needs, area by area, two raters."""
    codes = _states(outcome.measure)
    rated = {name: _rated(cohort, outcome, name, outcome.rater, codes) for name in (outcome.start, outcome.end) if name}
    flow.occasions(cohort, outcome, book)
    for name, answers in rated.items():
        with book.internal_only():  # less those followed to the end they are the areas of a few
            _at(answers, f"{outcome.key}/areas/{name}", book)
        if outcome.rater != OTHER_VIEW:
            _agreement(
                answers, _rated(cohort, outcome, name, OTHER_VIEW, codes), f"{outcome.key}/agreement/{name}", book
            )
    with book.internal_only():  # a handful of people an area
        _by_area(rated, outcome, book)
    if outcome.start and outcome.end and cohort.pairable:
        start, end = rated[outcome.start], rated[outcome.end]
        flow.response(cohort, outcome, book, (_known(cohort, start), _known(cohort, end)))
        flow.reasons(cohort, outcome, book)
        with book.of_enough(book.persons(book.people[f"{outcome.key}/{PAIRED}"])):
            _became(start, end, outcome, book)


def _states(measure: Measure) -> dict[str, int]:
    """Each level's code as one of the four states."""
    levels = coverage.ordinary(measure)
    if len(levels) != 3:
        raise SettingsError(
            f"{measure.name_sv}: ett mått på behov ska ha tre nivåer i ordningen inget behov, tillgodosett, ej tillgodosett, "
            "och en nivå med «meaning: not_known»."
        )
    known = dict(zip((level.code for level in levels), (NO_NEED, MET, UNMET), strict=True))
    return known | {level.code: NOT_KNOWN for level in coverage.special(measure, "not_known")}


def _rated(cohort: Cohort, outcome: Outcome, occasion: str, rater: str, codes: dict[str, int]) -> pd.Series:
    """State of each area of each person at one occasion."""
    answers = cohort.answers(outcome.measure.id, occasion, rater)
    return (
        answers.assign(state=answers["level"].map(codes))
        .dropna(subset=["state"])
        .set_index(["episode", "item"])["state"]
    )


def _whose(answers: pd.Series) -> pd.Index:
    return answers.index.get_level_values("episode")


def _known(cohort: Cohort, answers: pd.Series) -> pd.Series:
    """Of each episode whether any area has a known state: "not known" of all of them is no assessment."""
    known = _whose(answers[answers != NOT_KNOWN])
    return pd.Series(cohort.episodes.index.isin(known), index=cohort.episodes.index)


def _at(answers: pd.Series, place: str, book: Book) -> None:
    """Areas by state at one occasion."""
    parts = [book.tally(f"{place}/{name}", _whose(answers[answers == state])) for state, name in STATES.items()]
    book.total(book.tally(place, _whose(answers)), *parts)


def _agreement(ours: pd.Series, theirs: pd.Series, place: str, book: Book) -> None:
    """How often two raters say the same of the same person and area, where both say something."""
    both = pd.concat({"ours": ours, "theirs": theirs}, axis=1).dropna()
    both = both[(both != NOT_KNOWN).all(axis=1)]
    if both.empty:
        return
    same, who = both["ours"] == both["theirs"], _whose(both)
    with book.of_enough(book.persons(who)):
        whole, part = book.tally(place, who), book.tally(f"{place}/same", who[same])
        book.total(whole, part, book.tally(f"{place}/different", who[~same]))
        book.clustered_share(f"{part}/share", part, whole, st.share_of(same.to_numpy(), cluster=who.to_numpy()))


def _by_area(rated: dict[str, pd.Series], outcome: Outcome, book: Book) -> None:
    for occasion, answers in rated.items():
        for area, states in answers.groupby(level="item", sort=True):
            for state, name in STATES.items():
                book.tally(f"{outcome.key}/area/{area}/{occasion}/{name}", _whose(states[states == state]))


def _became(start: pd.Series, end: pd.Series, outcome: Outcome, book: Book) -> None:
    """What became of each area that is rated at both occasions by the same person."""
    key = outcome.key
    both = pd.concat({"start": start, "end": end}, axis=1).dropna()
    both = both[_whose(both).isin(sorted(book.people[f"{key}/{PAIRED}"]))]
    if not book.n(f"{key}/{PAIRED}") or both.empty:
        return
    who, area = (both.index.get_level_values(name).to_numpy() for name in ("episode", "item"))
    found = st.need_transitions(who, area, both["start"].to_numpy(), both["end"].to_numpy())
    book.tally(f"{key}/both", _whose(both))
    _table(both, key, book)
    unmet = f"{key}/from/unmet"
    parts = {"resolved": ("no_need", "met"), "still_unmet": ("unmet",)}
    cells = []
    for name, states in parts.items():
        cells.append(book.tally(f"{key}/{name}", _from(both, ["unmet"], states)))
        book.total(cells[-1], *(f"{unmet}/to/{state}" for state in states))
    asked = book.tally(f"{key}/asked", _from(both, ["unmet"], ["no_need", "met", "unmet"]))
    book.total(asked, *cells)
    book.total(unmet, asked, f"{unmet}/to/not_known")
    book.clustered_share(f"{key}/resolved/share", cells[0], asked, found.resolved_share)
    newly = book.tally(f"{key}/newly_unmet", _from(both, ["no_need", "met"], ["unmet"]))
    book.total(newly, f"{key}/from/no_need/to/unmet", f"{key}/from/met/to/unmet")
    change = found.unmet_change
    known = both[(both != NOT_KNOWN).all(axis=1)]
    people = book.group(f"{key}/known", known.index.get_level_values("episode").unique())
    counts = (newly, cells[0], f"{key}/{PAIRED}")  # times people it is the new ones less those resolved
    book.mean(f"{key}/unmet_change", change.mean, change.n, people, low=change.low, high=change.high, counts=counts)


def _from(both: pd.DataFrame, before: Iterable[str], after: Iterable[str]) -> pd.Index:
    """Whose the areas are that went from one of some states to one of others."""
    start, end = both["start"].map(STATES), both["end"].map(STATES)
    return _whose(both[start.isin(list(before)) & end.isin(list(after))])


def _table(both: pd.DataFrame, key: str, book: Book) -> None:
    """The table from-to with its sums."""
    names = list(STATES.values())
    for before in names:
        row = [book.tally(f"{key}/from/{before}/to/{after}", _from(both, [before], [after])) for after in names]
        book.total(book.tally(f"{key}/from/{before}", _from(both, [before], names)), *row)
    for after in names:
        column = [f"{key}/from/{before}/to/{after}" for before in names]
        book.total(book.tally(f"{key}/to/{after}", _from(both, names, [after])), *column)
    book.total(f"{key}/both", *(f"{key}/from/{name}" for name in names))
    book.total(f"{key}/both", *(f"{key}/to/{name}" for name in names))
