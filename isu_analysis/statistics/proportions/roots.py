"""The edge of an interval found by halving, for all cells of an array at once."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike

from isu_analysis.statistics.arguments import Flags, Floats

# From a range of at most 2 down to the last binary digit of a number around 1.
HALVINGS = 60


def edge(inside: Callable[[Floats], Flags], start: ArrayLike, end: ArrayLike) -> Floats:
    """Return the last point inside when walking from start to end.

    Parameters
    ----------
    inside : callable
        Takes an array of points and tells which lie inside; true from start up to one point and false from
        there on.
    start, end : float or ndarray, broadcastable
        A point inside, and the furthest the interval can reach.

    Returns
    -------
    ndarray of float
        ``end`` where all is inside.
    """
    near, far = (np.array(ends, dtype=float) for ends in np.broadcast_arrays(start, end))
    for _ in range(HALVINGS):
        middle = (near + far) / 2
        within = inside(middle)
        near, far = np.where(within, middle, near), np.where(within, far, middle)
    # Where all is inside, halving only comes near the end.
    return np.where(far == end, end, (near + far) / 2)
