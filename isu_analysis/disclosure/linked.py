"""Reports that hang together: by what is known elsewhere of their sum, and by people who are in more than one year."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from difflib import get_close_matches
from typing import Any

from isu_analysis.analysis.results import COUNT, Cell, Results
from isu_analysis.disclosure.alike import counted_sets
from isu_analysis.disclosure.earlier import NOTHING
from isu_analysis.disclosure.knowledge import Knowledge, is_small, knowledge, name_of
from isu_analysis.disclosure.numbers import clients_of
from isu_analysis.disclosure.problem import Count, Equation, Problem
from isu_analysis.disclosure.raw_texts import of_raw_text, raw_variables
from isu_analysis.disclosure.release import INTERNAL, Decision, Limits
from isu_analysis.errors import DisclosureError
from isu_analysis.settings import KnownElsewhere

FEWEST_IN_COMMON = 5  # clients of two units, that their counts are laid beside each other
_PART = re.compile(r"(?:(?P<unit>[^/:]+)/)?(?P<year>\d{4})/(?P<cell>.+)")

Named = tuple[str, str]  # key of a report, id of a cell in it


def linked(new: Sequence[Results], decided: Sequence[Results]) -> Iterator[tuple[Results, ...]]:
    """Reports to be decided together: those that one figure known elsewhere is the sum of."""
    names = {one.key for one in (*new, *decided)}
    groups: list[set[str]] = [{one.key} for one in new]
    for _, parts in _known_elsewhere((*new, *decided)):
        reports = {report for report, _ in parts}
        if reports <= names:
            met = [group for group in groups if group & reports]
            groups = [group for group in groups if not group & reports]
            groups += [set().union(*met)] if met else []
    for group in sorted(groups, key=min):
        yield tuple(one for one in new if one.key in group)


def joined(
    group: Sequence[Results],
    known: Mapping[str, Knowledge],
    decided: Sequence[Results],
    decisions: Mapping[str, Decision],
    limits: Limits,
) -> Problem:
    """One problem of several reports, with what is out of other reports that they hang together with."""
    equations = list(_equations((*group, *decided), {one.key for one in group}))
    needed = {report for _, parts in equations for report, _ in parts} - known.keys()
    others = [
        one
        for one in decided
        if decisions[one.key].publishable and (one.key in needed or any(_share_people(one, new) for new in group))
    ]
    settled = {one.key: _settled(one, decisions[one.key], limits) for one in others}
    counts: dict[str, Count] = {}
    lines: list[Equation] = []
    for part in (*known.values(), *settled.values()):
        counts |= part.problem.counts
        lines += part.problem.equations
    by_key = {one.key: one for one in (*group, *decided)}
    for figure, parts in equations:
        names = [_name(by_key[report], cell, {**known, **settled}, counts, limits) for report, cell in parts]
        lines.append(Equation(tuple((name, 1) for name in names), figure.total))
    for new in group:
        for other in others:
            _between(new, other, known[new.key], settled[other.key], counts, lines, limits)
    return Problem(counts, tuple(lines))


def _known_elsewhere(reports: Iterable[Results]) -> Iterator[tuple[KnownElsewhere, tuple[Named, ...]]]:
    """Each declared figure once, with the cells it is the sum of."""
    seen = set()
    for unit in (one.context.unit for one in reports):
        for figure in unit.known_elsewhere:
            parts = tuple(_part(text, unit.municipality_slug, unit.slug) for text in figure.parts)
            if (figure.total, parts) not in seen:
                seen.add((figure.total, parts))
                yield figure, parts


def _part(text: str, municipality: str, unit: str) -> Named:
    found = _PART.fullmatch(text)
    if found is None:
        raise DisclosureError(
            f"known_elsewhere: «{text}» ska skrivas som 2024/flow/eligible eller enhet/2024/flow/eligible."
        )
    return f"{municipality}/{found['unit'] or unit}/{found['year']}", found["cell"]


def _equations(reports: Sequence[Results], new: set[str]) -> Iterator[tuple[KnownElsewhere, tuple[Named, ...]]]:
    """Figures whose reports are all decided or being decided, one of them just now."""
    names = {one.key for one in reports}
    for figure, parts in _known_elsewhere(reports):
        about = {report for report, _ in parts}
        if about <= names and about & new:
            yield figure, parts


def require_true(reports: Sequence[Results]) -> None:
    """Refuse a figure known elsewhere that is not true, or about what there is no data for: it could protect nothing.

    Raises
    ------
    DisclosureError
    """
    by_key = {one.key: one for one in reports}
    for figure, parts in _known_elsewhere(reports):
        if unknown := sorted({report for report, _ in parts} - by_key.keys()):
            raise DisclosureError(
                f"known_elsewhere, «{figure.source}»: det finns inga inlästa uppgifter för {', '.join(unknown)}. "
                "Rätta enhetsfilen, eller läs in dem."
            )
        if sum(_count_of(by_key[report], cell).value for report, cell in parts) != figure.total:
            raise DisclosureError(
                f"known_elsewhere, «{figure.source}»: talet stämmer inte med de inlästa uppgifterna. Rätta enhetsfilen."
            )


def _count_of(results: Results, cell_id: str) -> Cell:
    counts = {cell.id: cell for cell in results.cells if cell.kind == COUNT}
    if cell_id not in counts:
        named = [name for name in counts if not _has_raw_text(results, name)]  # a typed text may be somebody's name
        alike = get_close_matches(cell_id, named, n=5, cutoff=0.3)
        raise DisclosureError(
            f"known_elsewhere: uppgiften «{cell_id}» finns inte för {results.key}. Liknande: {', '.join(alike) or 'inga'}."
        )
    return counts[cell_id]


def _has_raw_text(results: Results, cell_id: str) -> bool:
    """Whether a cell's name holds a text that the unit file does not list, but a raw file has."""
    unit = results.context.unit
    of_text = [outcome.key for outcome in results.context.outcomes if of_raw_text(unit, outcome)]
    return bool(raw_variables(unit) & set(cell_id.split("/"))) or any(key in cell_id for key in of_text)


def _settled(results: Results, decision: Decision, limits: Limits) -> Knowledge:
    """A report that is decided: what it shows everybody has, and what it hides stays hidden."""
    hidden = decision.hidden if decision.standing is None else _hidden_in(decision.standing, results)
    left_out = {cell for cell, why in hidden.items() if why == INTERNAL}
    found = knowledge(results, left_out, limits, NOTHING)
    counts = dict(found.problem.counts)
    then = _values_in(decision.standing or {})
    moved = set()
    for name, cells in found.cells.items():
        shown = any(cell not in hidden for cell in cells)
        value = next((then[cell] for cell in cells if cell in then), counts[name].value)
        if value != counts[name].value:  # everybody has the number of the edition that stands
            moved.add(name)
            counts[name] = replace(counts[name], value=value)
        counts[name] = replace(
            counts[name], known=shown, hidden=not shown, protect=None if shown else counts[name].protect
        )
    kept = tuple(one for one in found.problem.equations if not moved & {name for name, _ in one.terms})
    return Knowledge(Problem(counts, kept), found.cells)


def _values_in(standing: Mapping[str, Mapping[str, Any]]) -> dict[str, int]:
    """Counts that an edition shows."""
    return {
        name: int(cell["value"]) for name, cell in standing.items() if cell["kind"] == "count" and not cell["hidden"]
    }


def _hidden_in(standing: Mapping[str, Mapping[str, Any]], results: Results) -> dict[str, str]:
    """What an edition that stands hides of the results as they are now, or does not have."""
    hidden = {}
    for cell in results.cells:
        shown = standing.get(cell.id)
        if why := INTERNAL if shown is None else shown["hidden"]:
            hidden[cell.id] = why
    return hidden


def _name(
    results: Results, cell_id: str, known: Mapping[str, Knowledge], counts: dict[str, Count], limits: Limits
) -> str:
    """Name of a cell in the problem; one that no page holds comes in as a hidden count."""
    part = known.get(results.key)
    if part is not None:
        for name, cells in part.cells.items():
            if cell_id in cells:
                return name
    cell = _count_of(results, cell_id)
    name = name_of(results.key, cell_id)
    small = is_small(cell, limits.min_cell)
    counts[name] = Count(name, int(cell.value), (1, limits.min_cell) if small else None, hidden=True)
    return name


def _share_people(one: Results, other: Results) -> bool:
    if one.context.unit.key == other.context.unit.key:
        mine, theirs = (frozenset().union(*results.people.values()) for results in (one, other))
        return bool(mine & theirs)
    if one.context.unit.municipality_slug != other.context.unit.municipality_slug:
        return False
    return len({*one.clients.values()} & {*other.clients.values()}) >= FEWEST_IN_COMMON


def _between(
    new: Results,
    other: Results,
    known: Knowledge,
    settled: Knowledge,
    counts: dict[str, Count],
    lines: list[Equation],
    limits: Limits,
) -> None:
    """Counts of the same people, or of nearly the same, in two years."""
    by_client = new.context.unit.key != other.context.unit.key
    mine = _by_set(new, known, by_client=by_client)
    theirs = _by_set(other, settled, by_client=by_client)
    for members, name in mine.items():
        for others, told in theirs.items():
            if members == others and counts[name].value == counts[told].value:
                lines.append(Equation(((name, 1), (told, -1))))
            elif members <= others or others <= members:
                whole, part = (name, told) if counts[name].value > counts[told].value else (told, name)
                if 0 < (value := counts[whole].value - counts[part].value) < limits.min_cell:
                    rest = f"{whole} - {part}"
                    counts[rest] = Count(rest, value, (1, limits.min_cell), hidden=True)
                    lines.append(Equation(((whole, 1), (part, -1), (rest, -1))))


def _by_set(results: Results, known: Knowledge, *, by_client: bool) -> dict[frozenset[str], str]:
    """Names of counts by the people counted: their episodes, or for another unit's sake their clients."""
    names = {cell: name for name, cells in known.cells.items() for cell in cells}
    cells = [cell for cell in results.cells if cell.id in names]
    found = {members: names[cell] for members, cell in counted_sets(cells, results.people).items()}
    if not by_client:
        return found
    clients = {clients_of(results, members): (len(members), name) for members, name in found.items()}
    return {members: name for members, (n, name) in clients.items() if len(members) == n}
