"""Counts that follow from others because they are about the same people, whatever outcome they stand under.

A reader who knows a unit knows that the same people answered two questions, or that those judged by the staff are those
of two interviews together. He needs no published equation for it, so the gate must have them all.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import combinations

from isu_analysis.analysis.results import COUNT, Cell, Sum

_ALWAYS_COUNTED = {
    "answered", "paired", "due", "eligible", "cases", "known", "linked", "dated", "in_time", "both", "stated", "reason_known",
}  # fmt: skip
MOST_SUBSETS = 80  # of one set, that three of them are tried together


def representatives(cells: Sequence[Cell], people: Mapping[str, frozenset[str]]) -> dict[str, str]:
    """Find counts of the very same people.

    Parameters
    ----------
    cells : sequence of Cell
    people : mapping of str to frozenset of str
        The sets that cells name.

    Returns
    -------
    dict of str to str
        Id of each count to the id of the first one of the same people; itself where it is alone or its people are not
        known.
    """
    first: dict[frozenset[str], str] = {}
    found = {}
    for cell in cells:
        if cell.kind == COUNT:
            members = _counted(cell, people)
            found[cell.id] = first.setdefault(members, cell.id) if members else cell.id
    return found


def unions(cells: Sequence[Cell], people: Mapping[str, frozenset[str]], min_cell: int) -> list[Sum]:
    """Equations of counts whose people are those of two or three others together, with nobody twice.

    Totals under ``min_cell`` are left out: among so few, sets fit together by chance, and each of them is hidden anyway.

    Parameters
    ----------
    cells : sequence of Cell
        One of each set of people.
    people : mapping of str to frozenset of str
    min_cell : int

    Returns
    -------
    list of Sum
        Three parts only where no two of them are a set of their own.
    """
    named = {name: members for members, name in counted_sets(cells, people).items()}
    places = {member: 1 << i for i, member in enumerate(sorted(frozenset().union(*named.values())))}
    sets = {sum(places[member] for member in members): name for name, members in named.items()}
    found = []
    for whole, total in sets.items():
        if len(named[total]) < min_cell:
            continue
        inside = [part for part in sets if part & whole == part and part != whole]
        found += [Sum(total, (sets[a], sets[whole ^ a])) for a in inside if a < whole ^ a and whole ^ a in sets]
        found += [Sum(total, tuple(sets[part] for part in three)) for three in _in_three(whole, inside, sets)]
    return found


def _in_three(whole: int, inside: list[int], sets: Mapping[int, str]) -> list[tuple[int, int, int]]:
    """Three sets that make the whole, none of them and no two of them half of a sum of two."""
    single = [part for part in inside if whole ^ part not in sets]
    if len(single) > MOST_SUBSETS:
        return []
    return [
        (a, b, whole ^ a ^ b)
        for a, b in combinations(sorted(single), 2)
        if not a & b and b < whole ^ a ^ b and whole ^ a ^ b in sets and whole ^ (whole ^ a ^ b) not in sets
    ]


def among_representatives(sums: Sequence[Sum], stands_for: Mapping[str, str]) -> list[Sum]:
    """Equations with each count replaced by the one that stands for it; what then says nothing is left out."""
    found: dict[Sum, None] = {}
    for equation in sums:
        total, parts = stands_for[equation.total], tuple(stands_for[part] for part in equation.parts)
        if parts != (total,):
            found[Sum(total, parts)] = None
    return list(found)


def _counted(cell: Cell, people: Mapping[str, frozenset[str]]) -> frozenset[str]:
    """Whom a count counts; nobody where that is not known, or where it is of rows and not of people.

    Only counts of who is there and who is missing, of background and of how an answer came about. Named answers are left
    out: that all who answered gave the same one is what a hidden nought hides, and no reader knows it beforehand.
    """
    if not (cell.zero_is_plain or cell.never_zero or cell.id.rpartition("/")[2] in _ALWAYS_COUNTED):
        return frozenset()
    members = people[cell.people[0]] if len(cell.people) == 1 else frozenset()
    return members if len(members) == cell.value else frozenset()


def counted_sets(cells: Iterable[Cell], people: Mapping[str, frozenset[str]]) -> dict[frozenset[str], str]:
    """Sets of people whose number is a count, with the id of the last such count."""
    return {members: cell.id for cell in cells if cell.kind == COUNT and (members := _counted(cell, people))}


def differences(cells: Sequence[Cell], people: Mapping[str, frozenset[str]], min_cell: int) -> list[tuple[str, str]]:
    """Find pairs of counts, one of some of the people of the other, where fewer than ``min_cell`` people are between.

    Returns
    -------
    list of tuple of str and str
        Ids of the larger and of the smaller; without those whose difference is a count of its own.
    """
    named = counted_sets(cells, people)
    by_size = sorted(named, key=lambda members: (-len(members), named[members]))
    return [
        (named[whole], named[part])
        for place, whole in enumerate(by_size)
        for part in by_size[place + 1 :]
        if len(whole) - len(part) < min_cell and part < whole and whole - part not in named
    ]
