"""The primary outcome of those who got each intervention, where so many did that their numbers bear it.

Each is counted once, under the intervention that the file gives: a text that names several is a group of its own.
"""

from __future__ import annotations

from contextlib import nullcontext

from isu_analysis.analysis import change
from isu_analysis.analysis.book import Book
from isu_analysis.analysis.results import ELIGIBLE, Outcome
from isu_analysis.cohorts import Cohort
from isu_analysis.settings import Subgroup, Unit

BY = "intervention"
# The project's own choices: fewest people with a result behind a row of the table, and fewest such rows.
FEWEST_MEASURED, FEWEST_GROUPS = 10, 2
GIVEN, TOO_FEW = "given", "too_few"
_UNDECLARED = Subgroup(by=BY, label="Insats")
NEGATIVE = {"worse", "unchanged_or_worse"}
BAD = "badly"
# Of each design with results by person: the counts of those with a result, and of whom it went well and badly for.
_CELLS = {
    "change": ("paired", "better", "deteriorated"), "sessions": ("paired", "better", "deteriorated"),
    "transition": ("paired", "up", "down"), "levels": ("answered", "positive", ""), "target": ("answered", "positive", ""),
    "answers": ("answered", "people", ""), "goals": ("answered", "people", ""),
}  # fmt: skip
CHANGES = {"change", "sessions"}  # designs with a mean change
Groups = dict[str, frozenset[str]]  # episodes of each intervention; of none that is known under the empty name


def analyse(cohort: Cohort, outcome: Outcome, book: Book) -> None:
    """Write the outcome by intervention, or that too few got each; nothing where there is nothing to divide by."""
    groups = _groups(cohort)
    if len(groups) <= FEWEST_GROUPS or outcome.design not in _CELLS or trial_arms(cohort.unit):
        return
    measured = book.people.get(f"{outcome.key}/{cells_of(outcome)[0]}", frozenset())
    enough = [name for name, members in groups.items() if name and len(members & measured) >= FEWEST_MEASURED]
    state = GIVEN if len(enough) >= FEWEST_GROUPS else TOO_FEW
    with nullcontext() if state == GIVEN else book.internal_only():  # it says how many groups are large enough
        # Under the breakdown's name, so that it goes when that goes.
        book.code(f"{outcome.key}/by/{BY}", state, declared=True)
    if state == TOO_FEW:
        return
    if not any(subgroup.by == BY for subgroup in cohort.unit.subgroups):
        with book.breakdown():
            _results(cohort, outcome, groups, book)
    with book.breakdown():
        _directions(outcome, groups, book)


def cells_of(outcome: Outcome) -> tuple[str, str, str]:
    """Names of the counts of those with a result, of whom it went well for, and of whom it went badly for if one count says it."""
    return _CELLS[outcome.design]


def trial_arms(unit: Unit) -> bool:
    """Whether the interventions are the arms of a trial, which have a table and a text of their own."""
    return any(subgroup.by == BY and subgroup.kind == "trial_arms" for subgroup in unit.subgroups)


def _groups(cohort: Cohort) -> Groups:
    given = cohort.episodes[BY]
    found = {str(name): frozenset(map(str, rows)) for name, rows in given.groupby(given).groups.items()}
    return {**found, "": frozenset(map(str, cohort.episodes.index[given.isna()]))}


def _results(cohort: Cohort, outcome: Outcome, groups: Groups, book: Book) -> None:
    """How many came, how many have a result, and what it is."""
    if outcome.design in CHANGES:
        pairs = cohort.pairs(outcome.measure.id, str(outcome.start), str(outcome.end), outcome.rater, outcome.item)
        change.by_group(cohort, pairs, outcome, _UNDECLARED, book)
        return
    sizes = [_counts(outcome, name, members, book) for name, members in groups.items()]
    book.total(ELIGIBLE, *sizes)
    measured = [f"{outcome.key}/by/{BY}/{name}/{cells_of(outcome)[0]}" for name in groups]
    if sum(map(book.n, measured)) == book.n(whole := f"{outcome.key}/{cells_of(outcome)[0]}"):
        book.total(whole, *measured)


def _counts(outcome: Outcome, name: str, members: frozenset[str], book: Book) -> str:
    key, place, plain = outcome.key, f"{outcome.key}/by/{BY}/{name}", name == ""
    measured, good, _ = cells_of(outcome)
    size = book.tally(f"{place}/eligible", members, never_zero=not plain, zero_is_plain=plain)
    counted = book.tally(f"{place}/{measured}", members & book.people[f"{key}/{measured}"], zero_is_plain=plain)
    book.total(size, counted, book.rest(f"{place}/rest", size, [counted], zero_is_plain=True))
    if f"{key}/{good}" in book.people:
        nobody = book.n(counted) == 0  # else nought of some is about each of them
        well = book.tally(f"{place}/{good}", members & book.people[f"{key}/{good}"], zero_is_plain=nobody)
        book.total(counted, well, book.rest(f"{place}/other", counted, [well], zero_is_plain=nobody))
        book.share(f"{well}/share", well, counted)
    if book.has(f"who/{BY}/{name}"):
        book.total(f"who/{BY}/{name}", size)
    return size


def _directions(outcome: Outcome, groups: Groups, book: Book) -> None:
    """For how many in each group it went well, badly and neither, where the outcome can tell."""
    key, (measured, good, _) = outcome.key, cells_of(outcome)
    bad = _bad(outcome, book)
    if bad is None or f"{key}/{good}" not in book.people:
        return
    for name, members in groups.items():
        place = f"{key}/by/{BY}/{name}"
        nobody = book.n(f"{place}/{measured}") == 0
        well = f"{place}/{good}"
        if not book.has(well):
            book.tally(well, members & book.people[f"{key}/{good}"], zero_is_plain=nobody)
        badly = book.tally(f"{place}/{BAD}", members & bad, zero_is_plain=nobody)
        neither = book.rest(f"{place}/neither", f"{place}/{measured}", [well, badly], zero_is_plain=nobody)
        book.total(f"{place}/{measured}", well, badly, neither)
    _wholes(outcome, groups, book)


def _wholes(outcome: Outcome, groups: Groups, book: Book) -> None:
    """A reader can add the groups up to those of whom the whole outcome tells."""
    key, (_, good, bad) = outcome.key, cells_of(outcome)
    for whole, part in ((good, good), (bad, BAD)):
        if whole:
            book.total(f"{key}/{whole}", *(f"{key}/by/{BY}/{name}/{part}" for name in groups))
    if not bad:  # several answers are bad ones: a reader can add them up as well as the groups
        every = book.union(f"{key}/by/{BY}//{BAD}/levels", codes := _bad_levels(outcome, book))
        book.total(every, *codes)
        book.total(every, *(f"{key}/by/{BY}/{name}/{BAD}" for name in groups))


def _bad_levels(outcome: Outcome, book: Book) -> list[str]:
    """Counts of the answers that say it went badly, of an outcome with one answer a person."""
    if outcome.design not in {"levels", "target"}:
        return []
    codes = [level.code for level in outcome.measure.levels if level.meaning in NEGATIVE]
    return [f"{outcome.key}/level/{code}" for code in codes if book.has(f"{outcome.key}/level/{code}")]


def _bad(outcome: Outcome, book: Book) -> frozenset[str] | None:
    """Those for whom it went badly; None where the outcome cannot tell."""
    one = cells_of(outcome)[2]
    sets = [book.people.get(name) for name in ([f"{outcome.key}/{one}"] if one else _bad_levels(outcome, book))]
    return frozenset().union(*(found for found in sets if found is not None)) if sets and None not in sets else None
