"""The strongest outsider: has every number that passed the gate, printed or not, and knows how all sets of people lie.

What no page prints can still be printed one day. So the gate must stand against somebody who has it all: every number
that is not hidden, every sum, which group is always inside which, that a mean is of ten or more, and what the numbers of
a scale say of how many they are.
"""

from __future__ import annotations

import math
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from scipy import stats

from isu_analysis.disclosure.audit import Broken, Fact, Printed, Secret, attack

MIN_CELL, MEAN, SPREAD = 5, 10, 30
HALF = 0.0051  # of the last of two decimals
# Breakdowns that are there only when nobody in them is one of few.
_ALL_LARGE = re.compile(r"/way/|/once/|/grid/|principle/(both|stated|in_time|dated)|/session/|^duration|^contacts")
Sets = Mapping[str, frozenset[str]]


def always_inside(results: Sequence[Any]) -> set[tuple[str, str]]:
    """Pairs of counts of a unit where whoever is in the first is in the second, in each of its years."""
    inside: set[tuple[str, str]] = set()
    refuted: set[tuple[str, str]] = set()
    for one in results:
        sets = _sets(one)
        places = {member: 1 << at for at, member in enumerate(sorted(frozenset().union(*sets.values())))}
        bits = {name: sum(places[member] for member in members) for name, members in sets.items()}
        for name, members in bits.items():
            for other, others in bits.items():
                if name != other:
                    (refuted if members & ~others else inside if members else set()).add((name, other))
    return inside - refuted


def _sets(results: Any) -> dict[str, frozenset[str]]:
    counts = (cell for cell in results.cells if cell.kind == "count" and len(cell.people) == 1)
    found = {cell.id: results.people[cell.people[0]] for cell in counts}
    values = {cell.id: cell.value for cell in results.cells}
    return {name: members for name, members in found.items() if len(members) == values[name]}


def work_out(results: Any, report: Any, decision: Any, inside: set[tuple[str, str]]) -> tuple[tuple[Broken, ...], int]:
    """Attack one protected report; give what was worked out, and how many secrets there are."""
    cells = {cell.id: cell for cell in results.cells if decision.hidden.get(cell.id) != "internal"}
    hidden = {name for name in cells if name in decision.hidden}
    counts = {name: cell for name, cell in cells.items() if cell.kind == "count"}
    scales = {outcome.key for outcome in results.context.outcomes if outcome.design in {"change", "sessions"}}
    printed = [_printed(cell, decision.hidden.get(name, ""), scales) for name, cell in counts.items()]
    facts = [
        Fact(((one.total, 1.0), *((part, -1.0) for part in one.parts)), 0.0, 0.0)
        for one in results.sums
        if {one.total, *one.parts} <= counts.keys()
    ]
    told = {str(fact.terms[0][0]): {name for name, _ in fact.terms[1:]} for fact in facts}
    facts += _nested(inside, counts, hidden)
    facts += _of_means(results, cells, counts, hidden)
    facts += _of_scales(results, report, counts)
    few = {name for name in counts if decision.hidden.get(name) == "small"}
    for total in [name for name in few if name in told]:
        few |= told[total]
    secrets = [
        Secret(name, 1, MIN_CELL - 1 if name in few else MIN_CELL)
        for name, cell in counts.items()
        if name in hidden
        and cell.value < MIN_CELL
        and not cell.declared
        and not (cell.zero_is_plain and cell.value == 0)
    ]
    return attack(printed, facts, secrets), len(secrets)


def _printed(cell: Any, why: str, scales: set[str]) -> Printed:
    if not why:
        return Printed(cell.id, int(cell.value))
    least = 1 if cell.value and (cell.zero_is_plain or cell.never_zero) else 0
    by_group = "/by/" in cell.id and not any(words in cell.id for words in ("/reason/", "/mode/"))
    if cell.value and (_ALL_LARGE.search(cell.id) or (by_group and cell.id.partition("/")[0] not in scales)):
        least = MIN_CELL
    return Printed(cell.id, None, least, MIN_CELL - 1 if why == "small" else None)


def _nested(inside: set[tuple[str, str]], counts: Mapping[str, Any], hidden: set[str]) -> Iterator[Fact]:
    """The smaller of two groups is no larger; of those that are shown only the nearest says anything."""
    above: dict[str, list[str]] = defaultdict(list)
    below: dict[str, list[str]] = defaultdict(list)
    for part, whole in sorted(inside):
        if {part, whole} <= counts.keys() and (whole, part) not in inside:
            if {part, whole} <= hidden:
                yield _at_least(whole, part)
            elif part in hidden:
                above[part].append(whole)
            elif whole in hidden:
                below[whole].append(part)
    yield from (_at_least(min(found, key=lambda name: counts[name].value), part) for part, found in above.items())
    yield from (_at_least(whole, max(found, key=lambda name: counts[name].value)) for whole, found in below.items())


def _at_least(whole: str, part: str) -> Fact:
    return Fact(((whole, 1.0), (part, -1.0)), 0.0, math.inf)


def _of_means(results: Any, cells: Mapping[str, Any], counts: Mapping[str, Any], hidden: set[str]) -> Iterator[Fact]:
    """A number that is shown is of many; of how many, its hidden count need not say."""
    sets = {name: members for name, members in _sets(results).items() if name in counts and name in hidden}
    by_set: dict[frozenset[str], list[str]] = defaultdict(list)
    for name, members in sets.items():
        by_set[members].append(name)
    for name, cell in cells.items():
        if cell.kind in {"mean", "model"} and name not in hidden:
            plain = cell.kind == "mean" and name.endswith(("_mean", "/mean", "/change", "/per_person"))
            for people in cell.people:
                for count in by_set.get(results.people[people], ()):
                    yield Fact(((count, 1.0),), MEAN if plain else SPREAD, math.inf)


def _of_scales(results: Any, report: Any, counts: Mapping[str, Any]) -> Iterator[Fact]:
    """What the numbers of a change say of those measured twice, of those who began and of all."""
    for outcome in results.context.outcomes:
        key = outcome.key
        found = {name: report.cell(f"{key}/{name}") for name in _NUMBERS if report.has(f"{key}/{name}")}
        shown = {name: cell for name, cell in found.items() if not cell.hidden}
        yield from _of_the_carried(key, shown, counts)
        yield from _of_the_range(outcome, shown, counts)
        yield from _of_the_interval(key, shown, counts)


_NUMBERS = ("estimate/completers", "estimate/carried_back", "bounds", "change", "start_sd", "end_sd", "correlation")


def _of_the_carried(key: str, shown: Mapping[str, Any], counts: Mapping[str, Any]) -> Iterator[Fact]:
    """Carried back, the change is that of those measured twice, spread over all who began."""
    twice, began = f"{key}/paired", f"{key}/start_only"
    both, all_began = shown.get("estimate/completers"), shown.get("estimate/carried_back")
    if both and all_began and {twice, began} <= counts.keys():
        change, spread = abs(both.value), abs(all_began.value)
        for sign in (-1.0, 1.0):  # change * twice = spread * (twice + began), each rounded
            a, b = change + sign * HALF, spread - sign * HALF
            low, high = (0.0, math.inf) if sign > 0 else (-math.inf, 0.0)
            yield Fact(((twice, a - b), (began, -b)), low, high)


def _of_the_range(outcome: Any, shown: Mapping[str, Any], counts: Mapping[str, Any]) -> Iterator[Fact]:
    """Best and worst that the missing allow: the scale's width for each of the lost, twice for who was never measured."""
    key, bounds = outcome.key, shown.get("bounds")
    width = float(outcome.measure.maximum or 0) - float(outcome.measure.minimum or 0)
    names = {name: f"{key}/{name}" for name in ("due", "lost", "neither")}
    if bounds and width and not math.isnan(bounds.low) and {*names.values()} <= counts.keys():
        ratio, room = (bounds.high - bounds.low) / width, 2 * HALF / width
        terms = (names["lost"], 1.0), (names["neither"], 1.0)
        yield Fact((*terms, (names["due"], -(ratio - room))), 0.0, math.inf)
        yield Fact((*terms, (names["due"], -(ratio + room))), -math.inf, 0.0)


def _of_the_interval(key: str, shown: Mapping[str, Any], counts: Mapping[str, Any]) -> Iterator[Fact]:
    """The interval of a mean change beside the spreads: only some numbers of people give it."""
    needed = ("change", "start_sd", "end_sd", "correlation")
    if not {*needed} <= shown.keys() or f"{key}/paired" not in counts or math.isnan(shown["change"].low):
        return
    change, before, after, together = (shown[name] for name in needed)
    half = (change.high - change.low) / 2
    spreads = [
        math.sqrt(max(0.0, a * a + b * b - 2 * r * a * b))
        for a in (before.value - HALF, before.value + HALF)
        for b in (after.value - HALF, after.value + HALF)
        for r in (together.value - HALF, together.value + HALF)
    ]
    fits = [
        n
        for n in range(SPREAD, 2000)
        if min(spreads) <= (half + 0.06) * math.sqrt(n) / stats.t.ppf(0.975, n - 1)
        and max(spreads) >= (half - 0.06) * math.sqrt(n) / stats.t.ppf(0.975, n - 1)
    ]
    if fits:
        yield Fact(((f"{key}/paired", 1.0),), min(fits), max(fits))
