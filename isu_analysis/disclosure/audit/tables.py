"""Whole-number tables that fit a puzzle: one that grants wishes, the smallest and largest value of an unknown."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import Bounds, LinearConstraint, OptimizeResult, linprog, milp
from scipy.sparse import csr_array, hstack, vstack

from isu_analysis.disclosure.audit.puzzle import Puzzle
from isu_analysis.disclosure.audit.silence import silence
from isu_analysis.errors import DisclosureError

FAILED = "Röjandeskyddet kunde inte granskas: beräkningen blev inte klar."
SOLVED, LIMIT, IMPOSSIBLE = 0, 1, 2  # status of scipy's solvers
NODES = 100_000  # never a time limit: the same release must give the same answer on every computer
CLOSE_ENOUGH = 0.2  # granted wishes need not be the most that can be granted
SLACK = 1e-6

Table = NDArray[np.float64]


@dataclass(frozen=True)
class Demand:
    """An unknown that must possibly be as small, or as large, as ``end``."""

    name: str
    end: int
    small: bool

    def met(self, value: float) -> bool:
        """Whether a value is small, or large, enough."""
        return value <= self.end if self.small else value >= self.end


def find(puzzle: Puzzle, must: Sequence[Demand] = (), wishes: Sequence[Demand] = ()) -> Table | None:
    """Find a table that fits the puzzle and meets every demand; wishes are met as far as is easy.

    Parameters
    ----------
    puzzle : Puzzle
    must : sequence of Demand
    wishes : sequence of Demand
        At most one for each name.

    Returns
    -------
    array or None
        One whole number for each unknown; None where there is no such table.
    """
    place = {name: column for column, name in enumerate(puzzle.names)}
    least, most = puzzle.least.copy(), puzzle.most.copy()
    for demand in must:
        column = place[demand.name]
        if demand.small:
            most[column] = min(most[column], demand.end)
        else:
            least[column] = max(least[column], demand.end)
    if (least > most).any():
        return None
    columns = [place[wish.name] for wish in wishes]
    signs = np.array([1.0 if wish.small else -1.0 for wish in wishes])
    ends = signs * np.array([wish.end for wish in wishes], dtype=float)
    return _whole(puzzle, least, most, _Wishes(columns, signs, ends))


@dataclass(frozen=True)
class _Wishes:
    """Each sign times its unknown is to be at most its end; one more unknown is by how much it is not."""

    columns: Sequence[int]
    signs: NDArray[np.float64]
    ends: NDArray[np.float64]


def _whole(puzzle: Puzzle, least: Table, most: Table, wishes: _Wishes) -> Table | None:
    width, extra = len(puzzle.names), len(wishes.columns)
    pull = csr_array((wishes.signs, (np.arange(extra), np.array(wishes.columns, int))), shape=(extra, width))
    lacking = csr_array((-np.ones(extra), (np.arange(extra), np.arange(extra))), shape=(extra, extra))
    rows = hstack([vstack([puzzle.rows, pull]), vstack([csr_array((len(puzzle.low), extra)), lacking])])
    limits = LinearConstraint(rows, np.append(puzzle.low, np.full(extra, -np.inf)), np.append(puzzle.high, wishes.ends))
    with silence():
        answer = milp(
            np.append(np.zeros(width), np.ones(extra)),
            integrality=np.append(np.ones(width), np.zeros(extra)),
            bounds=Bounds(np.append(least, np.zeros(extra)), np.append(most, np.full(extra, np.inf))),
            constraints=limits if rows.shape[0] else (),
            options={"mip_rel_gap": CLOSE_ENOUGH, "node_limit": NODES},
        )
    table = _table(puzzle, answer, width)
    if table is not None and ((table < least).any() or (table > most).any()):
        raise DisclosureError(FAILED)
    return table


def _table(puzzle: Puzzle, answer: OptimizeResult, width: int) -> Table | None:
    """Check by hand what the solver found; anything but a table or a proof that there is none is an error."""
    if answer.x is not None:
        table: Table = np.round(answer.x[:width])
        if not puzzle.holds(table):
            raise DisclosureError(FAILED)
        return table
    if answer.status == IMPOSSIBLE:
        return None
    raise DisclosureError(FAILED)


def smallest(puzzle: Puzzle, name: str) -> int:
    """Smallest value an unknown can have in any table of whole numbers; there must be one."""
    return _extreme(puzzle, name, 1.0)


def largest(puzzle: Puzzle, name: str) -> int | None:
    """Largest value an unknown can have in any table of whole numbers; None where it can be as large as one likes."""
    return None if _endless(puzzle, name) else _extreme(puzzle, name, -1.0)


def _extreme(puzzle: Puzzle, name: str, sign: float) -> int:
    goal = np.zeros(len(puzzle.names))
    goal[puzzle.names.index(name)] = sign
    rows = LinearConstraint(puzzle.rows, puzzle.low, puzzle.high)
    with silence():
        answer = milp(
            goal,
            integrality=np.ones(len(goal)),
            bounds=Bounds(puzzle.least, puzzle.most),
            constraints=rows if len(puzzle.low) else (),
            options={"mip_rel_gap": 0.0, "node_limit": NODES},
        )
    table = _table(puzzle, answer, len(goal))
    if table is None or answer.status != SOLVED:
        raise DisclosureError(FAILED)
    return round(sign * float(goal @ table))


def _endless(puzzle: Puzzle, name: str) -> bool:
    """Whether there is a direction in which the unknown grows for ever without breaking a fact."""
    steps = [(0.0, 1.0 if math.isinf(most) else 0.0) for most in puzzle.most]
    goal = np.zeros(len(puzzle.names))
    goal[puzzle.names.index(name)] = -1.0
    up, down = np.isfinite(puzzle.high), np.isfinite(puzzle.low)
    rows = vstack([puzzle.rows[up], -puzzle.rows[down]]) if len(puzzle.low) else None
    with silence():
        answer = linprog(goal, A_ub=rows, b_ub=None if rows is None else np.zeros(rows.shape[0]), bounds=steps)
    if answer.status != SOLVED:
        raise DisclosureError(FAILED)
    return bool(answer.fun < -SLACK)
