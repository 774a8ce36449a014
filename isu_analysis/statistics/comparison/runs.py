"""Whether months in order move otherwise than by chance: the run chart's three rules. For the unit's own eyes."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from math import comb

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from isu_analysis.statistics.arguments import NO_SPREAD, Floats, index_of, largest, vector
from isu_analysis.statistics.clusters import NO_VARIATION
from isu_analysis.statistics.comparison.charts import MINIMUM_POINTS, TOO_FEW_POINTS
from isu_analysis.statistics.results import one_row

SHIFT, TREND = 6, 5
RUNS_TAIL = 0.025  # Swed & Eisenhart's table, either side

Signs = NDArray[np.int_]


@dataclass(frozen=True, eq=False)
class RunChart:
    """Values over time against their median.

    Attributes
    ----------
    n_points, n_given : int
        Points with a value, and rows given.
    median : float
        In the values' unit; NaN with "too_few_points".
    n_above, n_below : int
        Points on either side; those on the median are in no run.
    longest_run, longest_trend : int
        Most points in a row on one side (points on the median skipped), and most points in a row that only rise or only
        fall (a value equal to the one before skipped).
    shift, trend : bool
        Whether these are at least 6 and 5.
    runs : int
        Number of runs about the median.
    runs_low, runs_high : float
        Fewest and most runs that chance explains (each tail 2.5 %), given how many lie on either side.
    runs_p : float
        Two-sided: twice the smaller tail.
    runs_signal : str
        "few", "many" or "".
    reason : str
        "" when computed; "too_few_points" (under 12), "zero_sd" (all alike).
    points : DataFrame
        One row a row given, with its index: value, side (1 above, -1 below, 0 on the median or missing), run (number of
        the run, from 1; 0 for none).
    """

    n_points: int
    n_given: int
    median: float = np.nan
    n_above: int = 0
    n_below: int = 0
    longest_run: int = 0
    longest_trend: int = 0
    shift: bool = False
    trend: bool = False
    runs: int = 0
    runs_low: float = np.nan
    runs_high: float = np.nan
    runs_p: float = np.nan
    runs_signal: str = ""
    reason: str = ""
    points: pd.DataFrame = field(default_factory=pd.DataFrame, repr=False)

    def to_frame(self) -> pd.DataFrame:
        """Return the fields but the points as a frame with one row."""
        return one_row(self).drop(columns="points")


def run_chart(values: ArrayLike) -> RunChart:
    """Return whether months in order shift, trend, or cross their median too seldom or too often.

    Parameters
    ----------
    values : array_like, shape (n_given,)
        One figure a month (share or number), in time order; missing is no point, and the months around it are
        neighbours.

    Returns
    -------
    RunChart
        Under 12 points nothing: reason "too_few_points".

    Raises
    ------
    StatisticsError
        If a value is not a finite number.

    Notes
    -----
    Shift: 6 or more in a row on one side of the median. Trend: 5 or more rising or falling. Runs: the exact
    distribution of Wald & Wolfowitz (`runs_chances`), limits as in Swed & Eisenhart (1943), Ann Math Stat 14:66.
    Rules of Perla, Provost & Murray (2011), BMJ Qual Saf 20:46 (from memory, not verified). Chance alone sets off
    some rule in 12 % of charts of 12 points, 38 % of 24 and 55 % of 36 (simulated); the trend alone in 10, 25 and 38 %,
    though it finds next to nothing real (Anhøj & Olesen 2014, PLoS ONE 9:e113825), the runs alone in 2-3 %.

    Examples
    --------
    Six months above the median, 22.5, and then six below it: a shift, and only two runs.

    >>> import isu_analysis as isu
    >>> found = isu.run_chart([24, 26, 23, 25, 24, 27, 20, 22, 21, 19, 21, 20])
    >>> found.median, found.longest_run, found.shift, found.runs, found.runs_low, found.runs_signal
    (22.5, 6, True, 2, 4.0, 'few')
    """
    x = vector(values, "values")
    seen = ~np.isnan(x)
    sides = np.zeros(x.size, dtype=int)
    index = index_of(values)
    points = pd.DataFrame({"value": x, "side": sides, "run": sides}, index=index)
    chart = RunChart(int(seen.sum()), x.size, points=points)
    if chart.n_points < MINIMUM_POINTS:
        return replace(chart, reason=TOO_FEW_POINTS)
    median, slack = float(np.median(x[seen])), NO_SPREAD * largest(x)
    chart = replace(chart, median=median)
    if np.ptp(x[seen]) <= slack:
        return replace(chart, reason=NO_VARIATION)
    sides[seen] = _signs(x[seen] - median, slack)
    off = sides != 0
    numbers = np.zeros(x.size, dtype=int)
    numbers[off] = 1 + np.cumsum(np.diff(sides[off], prepend=sides[off][0]) != 0)
    points = points.assign(side=sides, run=numbers)
    steps = _signs(np.diff(x[seen]), slack)
    run, trend = _longest(sides[off]), 1 + _longest(steps[steps != 0])
    chart = replace(chart, points=points, n_above=int((sides > 0).sum()), n_below=int((sides < 0).sum()))
    chart = replace(chart, longest_run=run, longest_trend=trend, shift=run >= SHIFT, trend=trend >= TREND)
    return _judged(replace(chart, runs=int(numbers.max())))


def runs_chances(n_above: int, n_below: int) -> Floats:
    """Return the probability of each number of runs when the order is chance.

    Parameters
    ----------
    n_above, n_below : int
        Points on either side of the median.

    Returns
    -------
    ndarray of float
        Entry r is the probability of r runs. With ``C = comb``: 2k runs ``2 C(a-1, k-1) C(b-1, k-1) / C(a+b, a)``;
        2k + 1 runs ``(C(a-1, k) C(b-1, k-1) + C(a-1, k-1) C(b-1, k)) / C(a+b, a)``. Wald & Wolfowitz (1940),
        Ann Math Stat 11:147.
    """

    def split(points: int, into: int) -> int:
        """Return in how many ways points can be cut into so many runs."""
        return comb(points - 1, into - 1) if into and points else int(into == points)

    total = comb(n_above + n_below, n_above)
    ways = [
        sum(split(n_above, runs - other) * split(n_below, other) for other in {runs // 2, runs - runs // 2})
        * (2 if runs and runs % 2 == 0 else 1)
        for runs in range(n_above + n_below + 1)
    ]
    return np.array([way / total for way in ways])


def _judged(chart: RunChart) -> RunChart:
    chances = runs_chances(chart.n_above, chart.n_below)
    at_most, at_least = np.cumsum(chances), np.cumsum(chances[::-1])[::-1]
    low = int(np.argmax(at_most > RUNS_TAIL))
    high = int(np.flatnonzero(at_least > RUNS_TAIL)[-1])
    p = min(1.0, 2 * float(min(at_most[chart.runs], at_least[chart.runs])))
    signal = "few" if chart.runs < low else "many" if chart.runs > high else ""
    return replace(chart, runs_low=float(low), runs_high=float(high), runs_p=p, runs_signal=signal)


def _signs(values: Floats, slack: float) -> Signs:
    return np.where(np.abs(values) <= slack, 0, np.sign(values)).astype(int)


def _longest(signs: Signs) -> int:
    """Return the most equal signs in a row."""
    if not signs.size:
        return 0
    edges = np.flatnonzero(np.diff(signs)) + 1
    return int(np.diff(np.concatenate([[0], edges, [signs.size]])).max())
