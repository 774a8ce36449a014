"""Scipy's HiGHS behind two functions that fail closed: whatever was not solved protects nobody."""

from __future__ import annotations

import contextlib
import ctypes
import os
import sys
from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import optimize, sparse

from isu_analysis.errors import DisclosureError

Floats = NDArray[np.float64]

SOLVED, STOPPED, INFEASIBLE = 0, 1, 2  # status of scipy's linprog and milp
OUT_OF_NODES = "HiGHS Status 16:"  # scipy has no status of its own for it: in its message
FAILED = "Röjandeskyddet kunde inte räknas ut för rapporten."


def linear(costs: Floats, matrix: sparse.csr_array, low: Floats, high: Floats) -> tuple[Floats, Floats]:
    """Solve the linear programme ``min costs·z`` with ``matrix·z = 0``, which nought solves.

    Returns
    -------
    tuple of ndarray
        z, and what the least cost gains by a unit of each equation.

    Raises
    ------
    DisclosureError
        The solver did not solve it.
    """
    solved = optimize.linprog(
        costs,
        A_eq=matrix,
        b_eq=np.zeros(matrix.shape[0]),
        bounds=np.column_stack([low, high]),
        method="highs",
        options={"presolve": False},  # it takes longer than what it saves in programmes this small
    )
    if solved.status != SOLVED:
        raise DisclosureError(FAILED)
    return solved.x, solved.eqlin.marginals


def whole(
    costs: Floats,
    rows: optimize.LinearConstraint,
    low: Floats,
    high: Floats,
    *,
    gap: float = 0.0,
    nodes: int | None = None,
) -> Any:
    """Solve ``min costs·x`` in whole numbers.

    Returns
    -------
    OptimizeResult or None
        None where no x fits. Its ``x`` is None where the nodes ran out before any was found.

    Raises
    ------
    DisclosureError
        The solver neither solved it nor found that it has no solution, nor ran out of the nodes it was given.
    """
    options = {"mip_rel_gap": gap} | ({} if nodes is None else {"node_limit": nodes})
    solved = optimize.milp(
        costs, integrality=np.ones(len(costs)), bounds=optimize.Bounds(low, high), constraints=rows, options=options
    )
    if solved.status == INFEASIBLE:
        return None
    out_of_nodes = nodes is not None and (solved.status == STOPPED or OUT_OF_NODES in solved.message)
    if solved.status == SOLVED or out_of_nodes:
        return solved
    raise DisclosureError(FAILED)


@contextlib.contextmanager
def quiet() -> Iterator[None]:
    """Swallow what the solver writes to standard output behind Python's back, as it now and then does."""
    _flush()
    try:
        kept = os.dup(1)
    except OSError:  # closed: nobody reads it
        yield
        return
    try:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, 1)
        os.close(nowhere)
        yield
    finally:
        _flush()
        os.dup2(kept, 1)
        os.close(kept)


def _flush() -> None:
    """Empty Python's and C's own buffers, so that each text goes where it was meant to."""
    with contextlib.suppress(AttributeError, OSError, ValueError):  # None, a closed one, one of a notebook's own
        sys.stdout.flush()
    if os.name == "posix":
        ctypes.CDLL(None).fflush(None)
