"""Odds ratios from the distribution that is left when both margins of a table are held fixed."""

from __future__ import annotations

import numpy as np
from scipy import special
from scipy.stats.contingency import odds_ratio as fixed_margins

from isu_analysis.statistics.arguments import Flags, Floats
from isu_analysis.statistics.proportions.roots import edge

Table = tuple[int, int, int, int]
# Log odds ratios looked at for the outermost that is not rejected, before that edge is found by halving.
STEPS = 4001
# Standard errors on each side of the estimate; the exact interval is never that wide in a table without zeros.
REACH = 12.0


def conditional(table: Table, level: float) -> tuple[float, float, float]:
    """Return the conditional maximum likelihood odds ratio and its exact interval (Fisher; by scipy).

    Parameters
    ----------
    table : tuple of int
        Events and trials of the first and of the second group.
    level : float
        Confidence level, 0-1.

    Returns
    -------
    odds_ratio, low, high : float
        NaN, 0 and infinity when all or none are events.
    """
    events_1, trials_1, events_2, trials_2 = table
    cells = [[events_1, events_2], [trials_1 - events_1, trials_2 - events_2]]
    if 0 in np.sum(cells, axis=1):
        return np.nan, 0.0, np.inf
    found = fixed_margins(cells, kind="conditional")
    interval = found.confidence_interval(level)
    return float(found.statistic), float(interval.low), float(interval.high)


def baptista_pike_midp(table: Table, level: float) -> tuple[float, float]:
    """Return the interval of odds ratios that the two-sided conditional mid-p test does not reject.

    Parameters
    ----------
    table, level
        As for `conditional`.

    Returns
    -------
    low, high : float
        0 to infinity when all or none are events; NaN when no value is kept (levels far below 0.5 only).

    Notes
    -----
    The test adds the probabilities smaller than the observed one and half of those equal to it (Baptista &
    Pike 1977, Appl Stat 26:214; from memory, not verified). Its p jumps, so the values not rejected may have gaps: the outermost are
    given, islands narrower than 0.006 standard errors apart.
    """
    events_1, trials_1, events_2, trials_2 = table
    events = events_1 + events_2
    first, last = max(0, events - trials_2), min(trials_1, events)
    if first == last:
        return 0.0, np.inf
    possible = np.arange(first, last + 1)
    ways = -sum(
        special.gammaln(cell + 1)
        for cell in (possible, trials_1 - possible, events - possible, trials_2 - events + possible)
    )

    def kept(log_odds: Floats) -> Flags:
        weight = special.softmax(ways + possible * np.asarray(log_odds)[..., None], axis=-1)
        observed = weight[..., events_1 - first, None]
        # Equal probabilities, which the two sides reach by different rounding, count half.
        equal = np.isclose(weight, observed, rtol=1e-9, atol=0)
        p = np.where(equal, weight / 2, np.where(weight < observed, weight, 0)).sum(axis=-1)
        return np.asarray(p >= 1 - level)

    grid = _around(table)
    inside = np.flatnonzero(kept(grid))
    if inside.size == 0:
        return np.nan, np.nan
    lowest, highest = inside[0], inside[-1]
    low = 0.0 if events_1 == first or lowest == 0 else float(np.exp(edge(kept, grid[lowest], grid[lowest - 1])))
    endless = events_1 == last or highest == STEPS - 1
    return low, np.inf if endless else float(np.exp(edge(kept, grid[highest], grid[highest + 1])))


def _around(table: Table) -> Floats:
    """Return log odds ratios on both sides of the estimate, half an observation added to every cell."""
    events_1, trials_1, events_2, trials_2 = table
    cells = np.array([events_1, trials_1 - events_1, events_2, trials_2 - events_2]) + 0.5
    middle = np.log(cells[0] * cells[3] / cells[1] / cells[2])
    width = REACH * np.sqrt((1 / cells).sum())
    return np.linspace(middle - width, middle + width, STEPS)
