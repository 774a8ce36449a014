"""The problem as an outsider meets it: without what everybody knows, in parts that share no equation."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from isu_analysis.disclosure.problem import Count, Equation, Problem
from isu_analysis.disclosure.suppression.solver import Floats
from isu_analysis.errors import DisclosureError, UnprotectableError

IMPOSSIBLE = "Underlaget är för litet för en publik rapport: små tal går att räkna ut."
CONTRADICTION = "Röjandeskyddet fick uppgifter som säger emot varandra."
TIE = 1e-6  # of its worth: among choices that are worth the same, the same one is always made

Row = dict[str, int]


@dataclass(frozen=True)
class Protection:
    """It must stay possible that the count at ``place`` is ``needed`` more than it is, or less where ``sign`` is -1."""

    place: int
    sign: int
    needed: int


@dataclass(frozen=True, eq=False)
class Component:
    """Counts that share equations, near or far, as changes from the truth.

    Attributes
    ----------
    names : tuple of str
        Sorted.
    down, up : ndarray
        How far below and above the truth each count could be for all that everybody knows; ``up`` may be infinite.
    fixed : ndarray of bool
        Hidden whatever is decided.
    costs : ndarray
        What hiding costs, nought where fixed.
    matrix : sparse array
        An equation a row: a change of the counts that nobody sees has matrix·change = 0.
    protections : tuple of Protection
    """

    names: tuple[str, ...]
    down: Floats
    up: Floats
    fixed: NDArray[np.bool_]
    costs: Floats
    matrix: sparse.csr_array
    protections: tuple[Protection, ...]


def components(problem: Problem) -> tuple[Component, ...]:
    """Fold away what is known, and split the rest into parts that share nothing and have something to protect.

    Raises
    ------
    DisclosureError
        The problem contradicts itself, or a count that needs protection can be worked out whatever is hidden.
    """
    _check(problem)
    movable = {name: count for name, count in sorted(problem.counts.items()) if _may_move(count)}
    rows = _rows(problem.equations, movable)
    parts = _parts(movable, rows)
    return tuple(_component(names, problem.counts, rows) for names in parts if _any_protected(names, problem.counts))


def _check(problem: Problem) -> None:
    for count in problem.counts.values():
        outside = count.value < count.least or (count.most is not None and count.value > count.most)
        if (count.known and count.protect) or (outside and (count.protect or count.hidden)) or count.worth <= 0:
            raise DisclosureError(CONTRADICTION)
    for equation in problem.equations:
        if any(name not in problem.counts for name, _ in equation.terms):
            raise DisclosureError(CONTRADICTION)
        if sum(times * problem.counts[name].value for name, times in equation.terms) != equation.equals:
            raise DisclosureError(CONTRADICTION)


def _may_move(count: Count) -> bool:
    """Whether hiding it would keep anything from anybody: a nought that is always printed is never hidden."""
    return not count.known and count.least <= count.value and (count.most is None or count.value <= count.most)


def _rows(equations: Iterable[Equation], movable: dict[str, Count]) -> list[Row]:
    """Equations among what can move, each once; what stands alone in one cannot move and is taken out of all."""
    rows = [_row(equation, movable) for equation in equations]
    while alone := {name for row in rows if len(row) == 1 for name in row}:
        for name in alone:
            if _needs(movable.pop(name)):
                raise UnprotectableError(IMPOSSIBLE)
        rows = [{name: times for name, times in row.items() if name in movable} for row in rows]
    different = {tuple(sorted(row.items())) for row in rows if row}
    return [dict(row) for row in sorted(different)]


def _row(equation: Equation, movable: Mapping[str, Count]) -> Row:
    row: Row = {}
    for name, times in equation.terms:
        if name in movable:
            row[name] = row.get(name, 0) + times
    return {name: times for name, times in row.items() if times}


def _parts(movable: Iterable[str], rows: Iterable[Row]) -> list[list[str]]:
    """Names by what they hang together with."""
    part = {name: [name] for name in movable}
    for row in rows:
        first, *others = row
        for other in others:
            kept, joined = sorted((part[first], part[other]), key=len, reverse=True)
            if kept is not joined:
                kept.extend(joined)
                part.update(dict.fromkeys(joined, kept))
    return sorted(sorted(names) for names in {id(names): names for names in part.values()}.values())


def _any_protected(names: Iterable[str], counts: Mapping[str, Count]) -> bool:
    return any(_needs(counts[name]) for name in names)


def _needs(count: Count) -> list[tuple[int, int]]:
    """Which way and how far the count must be able to move: (sign, persons)."""
    if count.protect is None:
        return []
    low, high = count.protect
    if low < count.least or (count.most is not None and high > count.most):
        raise UnprotectableError(IMPOSSIBLE)
    ways = [(-1, count.value - low), (1, high - count.value)]
    return [(sign, needed) for sign, needed in ways if needed > 0]


def _component(names: list[str], counts: Mapping[str, Count], rows: Iterable[Row]) -> Component:
    chosen = [counts[name] for name in names]
    place = {name: i for i, name in enumerate(names)}
    own = [row for row in rows if next(iter(row)) in place]
    triples = [(i, place[name], times) for i, row in enumerate(own) for name, times in row.items()]
    at, columns, times = (list(column) for column in zip(*triples, strict=True)) if triples else ([], [], [])
    fixed = np.array([count.hidden or count.protect is not None for count in chosen])
    ties = 1 + TIE * np.arange(1, len(names) + 1) / len(names)
    return Component(
        names=tuple(names),
        down=np.array([float(count.value - count.least) for count in chosen]),
        up=np.array([math.inf if count.most is None else float(count.most - count.value) for count in chosen]),
        fixed=fixed,
        costs=np.where(fixed, 0.0, np.array([count.worth for count in chosen]) * ties),
        matrix=sparse.csr_array((np.array(times, dtype=float), (at, columns)), shape=(len(own), len(names))),
        protections=tuple(
            Protection(i, sign, needed) for i, count in enumerate(chosen) for sign, needed in _needs(count)
        ),
    )
