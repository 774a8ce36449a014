"""Decide about a whole release: years in their order, what is linked together, and nothing that the audit can break."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import groupby

from isu_analysis.analysis.results import COUNT, ELIGIBLE, Cell, Results
from isu_analysis.disclosure.audit import Fact, Printed, Secret, attack
from isu_analysis.disclosure.earlier import NOTHING, Before
from isu_analysis.disclosure.knowledge import Knowledge, is_labelled, knowledge
from isu_analysis.disclosure.linked import joined, linked, require_true
from isu_analysis.disclosure.numbers import clients_of, hidden_numbers, hidden_with_counts, measure_of, sets_told
from isu_analysis.disclosure.problem import Problem
from isu_analysis.disclosure.raw_texts import of_raw_text, raw_variables, sensitive_variables
from isu_analysis.disclosure.release import (
    HIDDEN,
    INTERNAL,
    NO_BREAKDOWN,
    NO_CROSS,
    NO_SUBGROUPS,
    SMALL,
    TOO_SMALL,
    TWO_CATEGORIES,
    WHOLE,
    Decision,
    Limits,
    Mode,
    Release,
)
from isu_analysis.disclosure.sets import Sets
from isu_analysis.disclosure.suppression import suppress
from isu_analysis.errors import DisclosureError, UnprotectableError
from isu_analysis.settings.periods import NEVER_PUBLIC

# What each rung leaves out, by words of a cell's name; and what it hides without leaving it out.
_CROSS = ("/mode/by/", "/session/ending/")
_BREAKDOWN = ("/by/", "who/")
_CATEGORIES = ("/level/", "/from/", "/to/", "/way/", "/areas/")
_SERIES = ("who/quarter/",)
_LADDER: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    WHOLE: ((), ()),
    NO_CROSS: (_CROSS, ()),
    NO_SUBGROUPS: ((*_CROSS, "/by/"), ()),
    TWO_CATEGORIES: ((*_CROSS, "/by/"), _CATEGORIES),
    NO_BREAKDOWN: ((*_CROSS, *_BREAKDOWN), _CATEGORIES),
}


def decide(
    results: Sequence[Results], mode: Mode, limits: Limits | None = None, before: Before | None = None
) -> Release:
    """Decide about all reports of a release at once.

    Parameters
    ----------
    results : sequence of Results
        Every report that is to be in the release, and those that are out and have not changed.
    mode : {"internal", "public"}
    limits : Limits, optional
    before : Before, optional
        What is out already; nothing if left out.

    Returns
    -------
    Release
        Reviewed; a public one holds, for each report, which cells are hidden and why, or that it is too small to be
        published at all.

    Raises
    ------
    DisclosureError
        A solver failed, or what is known elsewhere cannot be true: nothing may be released. Or some results that are to
        be public are of a part of a year.
    """
    if mode == "internal":
        return Release.internal(reviewed=True)
    if any(one.context.through for one in results):
        raise DisclosureError(NEVER_PUBLIC)
    chosen, out = limits or Limits(), before or Before()
    decisions: dict[str, Decision] = {}
    by_place = sorted(results, key=lambda one: (one.context.unit.municipality_slug, one.context.year, one.key))
    for _, place in groupby(by_place, key=lambda one: one.context.unit.municipality_slug):
        everything = tuple(place)
        require_true(everything)
        for one in everything:  # what is out comes first, whatever its year
            if standing := out.editions.get(one.key, NOTHING).standing(one):
                decisions[one.key] = standing
        for _, year in groupby(everything, key=lambda one: one.context.year):
            _decide_year([one for one in year if one.key not in decisions], everything, decisions, chosen, out)
    return Release("public", chosen, decisions, reviewed=True)


def _decide_year(
    new: Sequence[Results], everything: Sequence[Results], decisions: dict[str, Decision], limits: Limits, out: Before
) -> None:
    """The new reports of one year of a municipality, with what is out and the years before it as they were decided."""
    decided = [one for one in everything if one.key in decisions]
    for group in linked(new, decided):
        decisions |= _decide_group(group, decided, decisions, limits, out)
        decided += [one for one in group if one not in decided]


def _decide_group(
    group: Sequence[Results],
    decided: Sequence[Results],
    decisions: Mapping[str, Decision],
    limits: Limits,
    out: Before,
) -> dict[str, Decision]:
    """Reports whose counts hang together: as much as can be shown, rung by rung, and each rung audited."""
    if any(_is_of_few(one, limits) or _is_beside_the_unread(one, out) for one in group):
        return {one.key: Decision(one.fingerprint, {}, TOO_SMALL) for one in group}
    for rung in _LADDER:
        try:
            hidden = _hidden(group, rung, decided, decisions, limits, out)
        except UnprotectableError:
            continue
        return {one.key: Decision(one.fingerprint, hidden[one.key], rung) for one in group}
    return {one.key: Decision(one.fingerprint, {}, TOO_SMALL) for one in group}


def _is_beside_the_unread(results: Results, out: Before) -> bool:
    """Whether the same people may be in a report that is out and cannot be laid beside this one."""
    return results.context.unit.cohort.rule == "active" and results.context.unit.key in out.unread


def _is_of_few(results: Results, limits: Limits) -> bool:
    """Whether a report is of so few that whatever it says is about each of them."""
    return any(cell.id == ELIGIBLE and not cell.declared and cell.value < limits.min_cell for cell in results.cells)


def _hidden(
    group: Sequence[Results],
    rung: str,
    decided: Sequence[Results],
    decisions: Mapping[str, Decision],
    limits: Limits,
    out: Before,
) -> dict[str, dict[str, str]]:
    """Choose what each report of a group hides on a rung."""
    left_out = {one.key: _left_out(one, rung, limits) for one in group}
    known = {
        one.key: knowledge(one, left_out[one.key], limits, out.editions.get(one.key, NOTHING), out.secret)
        for one in group
    }
    problem = joined(group, known, decided, decisions, limits)
    if hide := _LADDER[rung][1]:
        problem = _with_hidden(problem, known.values(), hide)
    chosen = suppress(problem).hidden
    if attack(*_as_printed(problem, chosen)):
        raise UnprotectableError("Ett litet tal går att räkna ut.")
    return {
        one.key: _with_numbers(
            one, left_out[one.key], _cells(known[one.key], chosen, one, limits), decided, decisions, limits, out
        )
        for one in group
    }


def _left_out(results: Results, rung: str, limits: Limits) -> frozenset[str]:
    """Cells that the report does not hold at all.

    Internal ones, breakdowns that the rung or the size gives up, whatever is called by a raw text, and a course over
    quarters in which one has few people.
    """
    unit = results.context.unit
    words = [*_LADDER[rung][0], *(_BREAKDOWN if _eligible(results) < limits.min_n_breakdown else ())]
    words += [f"{place}{name}/" for name in raw_variables(unit) for place in ("who/", "/by/")]
    words += [f"{outcome.key}/" for outcome in results.context.outcomes if of_raw_text(unit, outcome)]
    words += [f"{place}{name}/" for name in sensitive_variables(unit) if _is_of_one(results, name, limits.min_cell)
              for place in ("who/", "/by/")]  # fmt: skip
    words += [place for place in _SERIES if _has_few(results, place, limits.min_n_mean)]
    return frozenset(cell.id for cell in results.cells if cell.internal or any(word in f"{cell.id}/" for word in words))


def _is_of_one(results: Results, variable: str, min_cell: int) -> bool:
    """Whether all, or all but a few, are in one category of a variable."""
    place = f"who/{variable}/"
    levels = [
        cell.value for cell in results.cells if cell.kind == COUNT and cell.id.startswith(place) and cell.id != place
    ]
    return bool(levels) and sum(levels) - max(levels) < min_cell


def _has_few(results: Results, place: str, least: int) -> bool:
    """Whether some point of a course is of fewer people; that of those whose point is not known is none."""
    return any(
        cell.value < least
        for cell in results.cells
        if cell.kind == COUNT and cell.id.startswith(place) and cell.id != place and not cell.declared
    )


def _eligible(results: Results) -> float:
    return next(cell.value for cell in results.cells if cell.id == ELIGIBLE)


def _with_hidden(problem: Problem, known: Iterable[Knowledge], words: tuple[str, ...]) -> Problem:
    """The same problem with some counts hidden beforehand."""
    names = {
        name
        for part in known
        for name, cells in part.cells.items()
        if any(word in cell for cell in cells for word in words)
    }
    counts = {
        name: replace(count, hidden=True) if name in names and not count.known else count
        for name, count in problem.counts.items()
    }
    return Problem(counts, problem.equations)


def _as_printed(problem: Problem, hidden: frozenset[str]) -> tuple[list[Printed], list[Fact], list[Secret]]:
    """The problem as the audit takes it: what will be printed, what everybody knows, and what must not come out."""
    printed = [
        Printed(name, None if name in hidden else count.value, count.least, count.most)
        for name, count in problem.counts.items()
    ]
    facts = [Fact(equation.terms, equation.equals, equation.equals) for equation in problem.equations]
    secrets = [Secret(name, *count.protect) for name, count in problem.counts.items() if count.protect]
    return printed, facts, secrets


def _cells(known: Knowledge, chosen: frozenset[str], results: Results, limits: Limits) -> dict[str, str]:
    """Hidden counts of a report, cell by cell; only a small number of worse is told to be small."""
    values = {cell.id: cell.value for cell in results.cells}
    return {
        cell: SMALL if is_labelled(cell) and values[cell] < limits.min_cell else HIDDEN
        for name, cells in known.cells.items()
        if name in chosen
        for cell in cells
    }


def _with_numbers(
    results: Results,
    left_out: frozenset[str],
    counts: Mapping[str, str],
    decided: Sequence[Results],
    decisions: Mapping[str, Decision],
    limits: Limits,
    out: Before,
) -> dict[str, str]:
    """All that a report hides: what it leaves out, counts, and the numbers that would tell of a few."""
    cells = [cell for cell in results.cells if cell.id not in left_out]
    told = Sets(limits.min_n_mean, results.clients)
    for variable, sets in _told(results, decided, decisions, out):
        for members in sets:
            told.add(variable, members)
    elsewhere = Sets(limits.min_n_mean, {})
    for measure, members in _told_by_others(results, decided, decisions):
        elsewhere.add(measure, members)
    hidden = dict.fromkeys(left_out, INTERNAL) | dict(counts)
    gone = hidden_with_counts(cells, hidden, limits)
    rest = [cell for cell in cells if cell.id not in gone]
    gone |= hidden_numbers(results, rest, hidden, told, elsewhere, limits)
    return hidden | dict.fromkeys(sorted(gone), HIDDEN) | dict.fromkeys(_rows_of_the_same_missing(results), INTERNAL)


def _told(
    results: Results, decided: Sequence[Results], decisions: Mapping[str, Decision], out: Before
) -> Iterator[tuple[str, Sequence[frozenset[str] | None]]]:
    """Sets of people that other years of the unit, and earlier editions of this one, tell of."""
    yield from ((name, sets) for name, sets in out.sets.items() if name.startswith(f"{results.context.unit.key}:"))
    for other in decided:
        decision = decisions[other.key]
        if other.context.unit.key == results.context.unit.key and decision.publishable and decision.standing is None:
            yield from ((name, [members]) for name, members in sets_told(other, decisions[other.key].hidden))


def _told_by_others(
    results: Results, decided: Sequence[Results], decisions: Mapping[str, Decision]
) -> Iterator[tuple[str, frozenset[str]]]:
    """Measure and clients of each number that another unit shows."""
    for other in decided:
        if other.context.unit.key != results.context.unit.key and decisions[other.key].publishable and other.clients:
            hidden = decisions[other.key].hidden
            for cell in other.cells:
                if cell.people and cell.kind != COUNT and cell.id not in hidden:
                    for name in cell.people:
                        yield measure_of(cell), clients_of(other, other.people[name])


def _rows_of_the_same_missing(results: Results) -> list[str]:
    """Rows «uppgift saknas» of the background, where the same people miss all of it: those with a protected identity."""
    rows = [
        cell
        for cell in results.cells
        if cell.kind == COUNT and cell.id.startswith("who/") and cell.id.endswith("/") and cell.value > 0
    ]
    missing = [_members(results, cell) for cell in rows]
    same = len(rows) > 1 and all(members == missing[0] for members in missing)
    return [cell.id for cell in rows] if same else []


def _members(results: Results, cell: Cell) -> frozenset[str]:
    return results.people[cell.people[0]] if cell.people else frozenset()
