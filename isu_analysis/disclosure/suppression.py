"""Which counts to hide so that no small one can be worked out from the others.

Small counts are hidden first, and with them those of few people with many goals, areas or events each. Then an
intruder is played, who knows every shown count, every equation between counts and that the first ones are small: as
long as he can narrow one of them, the smallest shown count that helps him is hidden too. The intruder's best bounds
come from linear programming. One report at a time; the exact solver over linked reports will stand behind the same
function.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from scipy.optimize import linprog

from isu_analysis.analysis.results import COUNT, Cell, Sum
from isu_analysis.errors import DisclosureError

PRIMARY, PEOPLE, SECONDARY = "small", "people", "secondary"
SOLVED, UNBOUNDED = 0, 3  # status of scipy's linprog
SLACK = 1e-6  # of the linear programme, in persons


def hide_counts(cells: Sequence[Cell], sums: Sequence[Sum], min_cell: int) -> dict[str, str]:
    """Choose the counts to hide.

    Parameters
    ----------
    cells : sequence of Cell
        Counts among them are protected, unless declared by the unit (and so already public).
    sums : sequence of Sum
        Equations between counts that a reader can use.
    min_cell : int
        Counts below it are small.

    Returns
    -------
    dict of str to str
        Cell id to ``small``, ``people`` (not small itself, but too few people are behind it) or ``secondary``.

    Raises
    ------
    DisclosureError
        Nothing more can be hidden and a small count can still be worked out.
    """
    counts = {cell.id: cell for cell in cells if cell.kind == COUNT}
    hidden = {
        name: PRIMARY if cell.value < min_cell else PEOPLE for name, cell in counts.items() if _is_small(cell, min_cell)
    }
    for target in sorted(hidden):  # hiding more only widens what was wide enough, so one round is enough
        while _is_exposed(target, counts, sums, hidden, min_cell):
            hidden[_next_to_hide(target, counts, sums, hidden)] = SECONDARY
    _show_again(counts, sums, hidden, min_cell)
    return hidden


def _show_again(counts: Mapping[str, Cell], sums: Sequence[Sum], hidden: dict[str, str], min_cell: int) -> None:
    """Show again what turned out not to be needed, the largest counts first."""
    small = [name for name, why in hidden.items() if why != SECONDARY]
    helpers = sorted(
        (name for name, why in hidden.items() if why == SECONDARY), key=lambda name: (-counts[name].value, name)
    )
    for name in helpers:
        rest = {other: why for other, why in hidden.items() if other != name}
        linked, _ = _linked(name, sums, hidden)  # what else is hidden is in no equation with it, near or far
        if not any(_is_exposed(target, counts, sums, rest, min_cell) for target in small if target in linked):
            del hidden[name]


def _is_small(cell: Cell, min_cell: int) -> bool:
    if cell.declared or (cell.zero_is_plain and cell.value == 0):
        return False
    return min(cell.value, cell.value if cell.persons is None else cell.persons) < min_cell


def bounds(
    counts: Mapping[str, Cell], sums: Sequence[Sum], hidden: Mapping[str, str], min_cell: int, target: str
) -> tuple[float, float]:
    """Intruder's narrowest interval for one hidden count."""
    linked, near = _linked(target, sums, hidden)
    names = sorted(linked)
    place = {name: i for i, name in enumerate(names)}
    equations, constants = [], []
    for equation in near:
        row, constant = np.zeros(len(names)), 0.0
        for name, sign in [(equation.total, 1.0), *((part, -1.0) for part in equation.parts)]:
            if name in place:
                row[place[name]] += sign
            else:
                constant -= sign * counts[name].value
        if row.any():
            equations.append(row)
            constants.append(constant)
    limits = [_known_range(counts[name], hidden[name], min_cell) for name in names]
    if not equations:
        return limits[place[target]][0], limits[place[target]][1] or np.inf
    goal = np.zeros(len(names))
    goal[place[target]] = 1.0
    ends = [linprog(sign * goal, A_eq=np.array(equations), b_eq=constants, bounds=limits) for sign in (1.0, -1.0)]
    low, high = (_end(end, sign) for sign, end in zip((1.0, -1.0), ends, strict=True))
    return low, high


def _linked(target: str, sums: Sequence[Sum], hidden: Mapping[str, str]) -> tuple[set[str], list[Sum]]:
    """Hidden counts that share equations with the target, directly or through others, and those equations.

    No other hidden count can tell anything of it: their equations fall apart into programmes of their own.
    """
    found, near, waiting = {target}, [], list(sums)
    grew = True
    while grew:
        grew = False
        for equation in list(waiting):
            unknown = {name for name in (equation.total, *equation.parts) if name in hidden}
            if unknown & found:
                waiting.remove(equation)
                near.append(equation)
                grew = grew or not unknown <= found
                found |= unknown
    return found, near


def _end(solved: Any, sign: float) -> float:
    """One end of the interval; a programme that was not solved protects nobody, so it is an error."""
    if solved.status == UNBOUNDED:
        return sign * -np.inf
    if solved.status != SOLVED:
        raise DisclosureError("Röjandeskyddet kunde inte räknas ut för rapporten.")
    return float(sign * solved.fun)


def _known_range(cell: Cell, why: str, min_cell: int) -> tuple[float, float | None]:
    """What the intruder knows of a hidden count from the report's own words."""
    lowest = 1.0 if cell.zero_is_plain or cell.never_zero else 0.0
    return (lowest, min_cell - 1.0) if why == PRIMARY else (float(min_cell), None)


def _is_exposed(
    target: str, counts: Mapping[str, Cell], sums: Sequence[Sum], hidden: Mapping[str, str], min_cell: int
) -> bool:
    """Whether the intruder can narrow a small count below "fewer than `min_cell`", or any other to so few values."""
    low, high = bounds(counts, sums, hidden, min_cell, target)
    if hidden[target] == PEOPLE:
        return high - low < min_cell - 1 - SLACK
    return low > 1 + SLACK or high < min_cell - 1 - SLACK


def _next_to_hide(target: str, counts: Mapping[str, Cell], sums: Sequence[Sum], hidden: Mapping[str, str]) -> str:
    """Smallest shown count in an equation that reaches the target, parts before totals."""
    totals = {equation.total for equation in sums}
    reach = {target}
    while True:
        near = {
            name
            for equation in sums
            for name in (equation.total, *equation.parts)
            if reach & {equation.total, *equation.parts}
        }
        for candidates in (near - totals, near):
            shown = [
                name
                for name in candidates
                if name not in hidden and not counts[name].declared and counts[name].value > 0
            ]
            if shown:
                return min(shown, key=lambda name: (counts[name].value, name))
        if near <= reach:
            raise DisclosureError("Underlaget är för litet för en publik rapport: små tal går att räkna ut.")
        reach |= near
