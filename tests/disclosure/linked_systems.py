"""Random systems of linked counts, as the reports of a municipality are linked: margins, units, groups, other releases.

A table's cells are people by unit, group and answer, with every sum. Two questions have the people by unit and group in
common; units may lie in areas; counts may be declared by the unit (known), or be no page's own (hidden).
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import product

import numpy as np

from isu_analysis.disclosure.problem import Count, Equation, Problem

MIN_CELL = 5


@dataclass(frozen=True)
class Size:
    """How large a system is: the most of each, and about how many people there are in each cell."""

    units: int
    groups: int
    answers: int
    questions: int


SIZES = {
    "small": Size(units=2, groups=2, answers=3, questions=2),
    "middle": Size(units=4, groups=2, answers=4, questions=2),
    "large": Size(units=8, groups=2, answers=5, questions=2),
    "tiny": Size(units=1, groups=2, answers=3, questions=1),
}

Tree = dict[str, tuple[str, ...]]  # total -> its parts; what has no parts is a leaf
Values = dict[tuple[str, str, str], int]


def linked_system(seed: int, size: str = "small") -> Problem:
    """One system; the same seed gives the same one."""
    rng = np.random.default_rng([seed, list(SIZES).index(size)])
    most = SIZES[size]
    units = _units(rng, int(rng.integers(1, most.units + 1)))
    groups = _flat("alla", [f"grupp {i}" for i in range(most.groups)] if rng.random() < 0.6 else [])
    people = rng.choice([1.5, 4.0, 10.0, 25.0])
    sizes = {leaf: int(rng.poisson(people * rng.integers(2, 5))) for leaf in product(leaves(units), leaves(groups))}
    counts: dict[str, Count] = {}
    equations: list[Equation] = []
    for question in "abcd"[: rng.integers(1, most.questions + 1)]:
        answers = _flat("", [f"{question}{i}" for i in range(rng.integers(2, most.answers + 1))])
        values = _answers(rng, sizes, leaves(answers))
        plain, few = bool(rng.random() < 0.3), bool(rng.random() < 0.5)
        for cell in product(members(units), members(groups), members(answers)):
            value = sum(values[leaf] for leaf in product(*map(leaves_of, (units, groups, answers), cell)))
            is_few = few and cell[2] == answers[""][-1]
            counts[name(cell)] = _count(name(cell), value, least=int(plain), few=is_few)
        equations += equations_of(units, groups, answers)
    return Problem(_released(rng, counts, equations), tuple(dict.fromkeys(equations)))


def _units(rng: np.random.Generator, many: int) -> Tree:
    names = [f"enhet {i}" for i in range(many)]
    if many < 4 or rng.random() < 0.5:
        return _flat("kommun", names)
    half = many // 2
    return {"kommun": ("norr", "söder"), "norr": tuple(names[:half]), "söder": tuple(names[half:])}


def _flat(total: str, parts: list[str]) -> Tree:
    return {total: tuple(parts)}


def members(tree: Tree) -> list[str]:
    """Totals and leaves."""
    return list(dict.fromkeys([*tree, *(part for parts in tree.values() for part in parts)]))


def leaves(tree: Tree) -> list[str]:
    """What has no parts."""
    return [member for member in members(tree) if not tree.get(member)]


def leaves_of(tree: Tree, member: str) -> list[str]:
    """The leaves that a member sums up."""
    return [leaf for part in tree[member] for leaf in leaves_of(tree, part)] if tree.get(member) else [member]


def name(cell: tuple[str, str, str]) -> str:
    """Of a cell; the same for every question where it is no answer's."""
    return "/".join(part for part in cell if part)


def equations_of(*trees: Tree) -> Iterator[Equation]:
    """Every total of one axis and its parts, at every place on the others."""
    for axis, tree in enumerate(trees):
        others = [members(other) if i != axis else [""] for i, other in enumerate(trees)]
        for total, parts in tree.items():
            for place in product(*others) if parts else ():
                cells = [(*place[:axis], member, *place[axis + 1 :]) for member in (total, *parts)]
                yield Equation(((name(cells[0]), 1), *((name(cell), -1) for cell in cells[1:])))


def _answers(rng: np.random.Generator, sizes: dict[tuple[str, str], int], answers: list[str]) -> Values:
    shares = rng.dirichlet(np.full(len(answers), 1.5))
    return {
        (*leaf, answer): int(n)
        for leaf, size in sizes.items()
        for answer, n in zip(answers, rng.multinomial(size, shares), strict=True)
    }


def _count(label: str, value: int, *, least: int, few: bool) -> Count:
    """Noughts are small too unless ``least`` is 1, which says that they are always shown."""
    worth = math.log1p(value) + 1
    if not least <= value < MIN_CELL:
        return Count(label, value, least=least, worth=worth)
    if few:
        return Count(label, value, protect=(1, MIN_CELL - 1), least=least, most=MIN_CELL - 1, worth=worth)
    return Count(label, value, protect=(1, MIN_CELL), least=least, worth=worth)


def _released(rng: np.random.Generator, counts: dict[str, Count], equations: list[Equation]) -> dict[str, Count]:
    """Some that everybody knows already, some that no page holds, and a difference between two counts."""
    known, hidden = rng.choice([0.0, 0.0, 0.05, 0.1], size=2)
    for label, count in counts.items():
        if count.protect is None and rng.random() < known:
            counts[label] = replace(count, known=True)
        elif count.value >= count.least and rng.random() < hidden:
            counts[label] = replace(count, hidden=True)
    if rng.random() < 0.3:
        whole = equations[int(rng.integers(len(equations)))].terms[0][0]
        part = equations[int(rng.integers(len(equations)))].terms[1][0]
        rest = counts[whole].value - counts[part].value
        if whole != part and rest >= 0:
            protect = (1, MIN_CELL) if rest < MIN_CELL else None
            counts["skillnad"] = Count("skillnad", rest, protect=protect, hidden=True)
            equations.append(Equation((("skillnad", 1), (whole, -1), (part, 1))))
    return counts
