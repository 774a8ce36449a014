"""Months that stand out: charts with limits for shares (p) and for single figures (XmR). For the unit's own eyes."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy import stats

from isu_analysis.errors import StatisticsError
from isu_analysis.statistics.arguments import NO_SPREAD, Floats, index_of, largest, same_rows, vector
from isu_analysis.statistics.clusters import NO_VARIATION
from isu_analysis.statistics.proportions.counts import parts
from isu_analysis.statistics.results import one_row

# NHSRplotthedots warns below 12-13 points.
MINIMUM_POINTS = 12
TOO_FEW_POINTS = "too_few_points"
SIGMAS = 3.0
# With fewer events (or others) expected, 3 sigma is exceeded by chance in up to .64 % of months and all on one side, since
# the other limit is beyond 0 or 1; from 10 in at most .34 %, near the .27 % of a normal value.
MINIMUM_EXPECTED = 10.0
# The mean of the absolute difference of two normal values, and the 3-sigma limit of it over that mean.
D2, D4 = 1.128, 3.267


@dataclass(frozen=True, eq=False)
class PChart:
    """Shares over time with limits.

    Attributes
    ----------
    n_points, n_given : int
        Points with a share (someone to count among), and rows given.
    centre : float
        All events over all counted, 0-1; NaN with a ``reason``.
    n_signals : int
        Points outside their limits.
    dispersion : float
        Laney's sigma-z: how much more the shares move from point to point than chance alone gives (1 = as chance).
        Said only; the limits do not use it.
    reason : str
        "" when computed; "too_few_points" (under 12), "zero_sd" (nobody, or everybody, at every point).
    points : DataFrame
        One row a row given, with its index: n, of, share, low, high (limits, 0-1), limits ("normal", "exact"), signal
        ("above", "below", ""). NaN and "" where there is no share.
    """

    n_points: int
    n_given: int
    centre: float = np.nan
    n_signals: int = 0
    dispersion: float = np.nan
    reason: str = ""
    points: pd.DataFrame = field(default_factory=pd.DataFrame, repr=False)

    def to_frame(self) -> pd.DataFrame:
        """Return the fields but the points as a frame with one row."""
        return one_row(self).drop(columns="points")


@dataclass(frozen=True, eq=False)
class IndividualsChart:
    """Single figures over time with limits from how much they move from one to the next (XmR).

    Attributes
    ----------
    n_points, n_given : int
        Points with a value, and rows given.
    centre, low, high : float
        Mean and limits, in the values' unit; NaN with a ``reason``.
    mean_moving_range, moving_range_high : float
        Mean step between neighbours, and its own limit.
    n_signals : int
        Points outside the limits.
    n_large_steps : int
        Steps above their limit.
    reason : str
        "" when computed; "too_few_points" (under 12), "zero_sd" (no step between neighbours).
    points : DataFrame
        One row a row given, with its index: value, moving_range (NaN where a neighbour is missing), signal ("above",
        "below", "").
    """

    n_points: int
    n_given: int
    centre: float = np.nan
    low: float = np.nan
    high: float = np.nan
    mean_moving_range: float = np.nan
    moving_range_high: float = np.nan
    n_signals: int = 0
    n_large_steps: int = 0
    reason: str = ""
    points: pd.DataFrame = field(default_factory=pd.DataFrame, repr=False)

    def to_frame(self) -> pd.DataFrame:
        """Return the fields but the points as a frame with one row."""
        return one_row(self).drop(columns="points")


def p_chart(n: ArrayLike, of: ArrayLike) -> PChart:
    """Return the limits within which the shares of months vary by chance.

    Parameters
    ----------
    n, of : array_like of int, shape (n_given,)
        Events and people of each month, in time order; a month without people, or with a missing count, is no point.

    Returns
    -------
    PChart
        Under 12 points no limits: reason "too_few_points".

    Raises
    ------
    StatisticsError
        If a count is negative, not whole, or n > of, or lengths differ.

    Notes
    -----
    ``centre +- 3 sqrt(centre (1 - centre) / of)``; where fewer than 10 events, or 10 others, are
    expected, the binomial quantiles at the normal probability beyond 3 sigma (.00135 on either side). A point
    on its limit is inside. Laney's p' (2002, Qual Eng 14:531; from memory, not verified), which widens the limits when
    shares vary more than by chance, is not used: it is made for thousands a month, and here that variation is what
    should be seen.

    Examples
    --------
    Twelve months with 100 people each, 20 of 100 in all but one: centre .22, limits .22 +- 3 sqrt(.22 x .78 / 100).

    >>> import isu_analysis as isu
    >>> chart = isu.p_chart([20] * 11 + [44], [100] * 12)
    >>> chart.centre, chart.n_signals
    (0.22, 1)
    >>> chart.points.tail(1)[["n", "of", "share", "low", "high", "signal"]].round(3)
           n     of  share    low   high signal
    11  44.0  100.0   0.44  0.096  0.344  above
    """
    same_rows(n, of, "n", "of")
    events, people = parts(vector(n, "n"), vector(of, "of"))
    index = index_of(n)
    point = (people > 0) & ~np.isnan(events)
    share = np.divide(events, people, out=np.full(events.shape, np.nan), where=point)
    blank = {"low": np.nan, "high": np.nan, "limits": "", "signal": ""}
    points = pd.DataFrame({"n": events, "of": people, "share": share}, index=index).assign(**blank)
    chart = PChart(int(point.sum()), point.size, points=points)
    if chart.n_points < MINIMUM_POINTS:
        return replace(chart, reason=TOO_FEW_POINTS)
    counted = people[point]
    centre = float(events[point].sum() / counted.sum())
    if centre in (0.0, 1.0):
        return replace(chart, centre=centre, reason=NO_VARIATION)
    low, high, exact = _share_limits(centre, counted)
    points.loc[point, ["low", "high"]] = np.column_stack([low, high])
    points.loc[point, "limits"] = np.where(exact, "exact", "normal")
    points.loc[point, "signal"] = _signals(share[point], low, high)
    z = (share[point] - centre) / np.sqrt(centre * (1 - centre) / counted)
    return replace(
        chart,
        centre=centre,
        n_signals=int((points["signal"] != "").sum()),
        dispersion=float(np.abs(np.diff(z)).mean() / D2),
    )


def individuals_chart(values: ArrayLike, *, lowest: float | None = None) -> IndividualsChart:
    """Return the limits within which single figures of months vary, judged by their steps (XmR).

    Parameters
    ----------
    values : array_like, shape (n_given,)
        One figure a month, in time order; missing is no point.
    lowest : float, optional
        The lowest possible value (0 for counts); the low limit stops there.

    Returns
    -------
    IndividualsChart
        Under 12 points no limits: reason "too_few_points".

    Raises
    ------
    StatisticsError
        If a value is not a finite number, or below ``lowest``.

    Notes
    -----
    ``mean +- 3 / 1.128 x mean moving range`` (2.66), steps' own limit 3.267 times their mean. Chosen for monthly
    inflow before the c-chart, whose Poisson limits call it a signal that months differ by season. For Poisson counts a
    month is outside by chance in .3-.5 % at a mean of 3 or more, 1.1 % at a mean of 1. Steps across a missing month are
    not counted. Wheeler & Chambers (1992), Understanding Statistical Process Control (from
    memory, not verified); limits as in the R packages NHSRplotthedots and qcc.

    Examples
    --------
    Twelve months of new cases; the mean is 21 and the mean step 2, so the limits lie 2.66 x 2 away.

    >>> from isu_analysis import statistics as st
    >>> chart = st.individuals_chart([20, 22, 20, 22, 20, 22, 20, 22, 20, 22, 20, 22], lowest=0)
    >>> chart.centre, chart.mean_moving_range, round(chart.low, 2), round(chart.high, 2), chart.n_signals
    (21.0, 2.0, 15.68, 26.32, 0)
    """
    x = vector(values, "values")
    if lowest is not None and (x < lowest).any():
        raise StatisticsError("Argumentet values: har värden under lowest.")
    steps = np.abs(np.diff(x, prepend=np.nan))
    index = index_of(values)
    points = pd.DataFrame({"value": x, "moving_range": steps}, index=index).assign(signal="")
    chart = IndividualsChart(int((~np.isnan(x)).sum()), x.size, points=points)
    if chart.n_points < MINIMUM_POINTS or np.isnan(steps).all():
        return replace(chart, reason=TOO_FEW_POINTS)
    centre, step = float(np.nanmean(x)), float(np.nanmean(steps))
    if step <= NO_SPREAD * largest(x):
        return replace(chart, centre=centre, reason=NO_VARIATION)
    half = SIGMAS / D2 * step
    low, high = centre - half, centre + half
    low = low if lowest is None else max(low, float(lowest))
    points["signal"] = _signals(x, np.full(x.size, low), np.full(x.size, high))
    return replace(
        chart,
        centre=centre,
        low=low,
        high=high,
        mean_moving_range=step,
        moving_range_high=D4 * step,
        n_signals=int((points["signal"] != "").sum()),
        n_large_steps=int((steps > D4 * step).sum()),
    )


def _share_limits(centre: float, of: Floats) -> tuple[Floats, Floats, np.ndarray]:
    """Return the limits of shares of so many people each, and which of them are exact."""
    exact = of * min(centre, 1 - centre) < MINIMUM_EXPECTED
    # Where 10 are expected on either side 3 sigma ends inside 0-1: nothing to cut.
    half = SIGMAS * np.sqrt(centre * (1 - centre) / of)
    tail = stats.norm.sf(SIGMAS)
    low = np.where(exact, stats.binom.ppf(tail, of, centre) / of, centre - half)
    high = np.where(exact, stats.binom.isf(tail, of, centre) / of, centre + half)
    return low, high, exact


def _signals(values: Floats, low: Floats, high: Floats) -> np.ndarray:
    """Return which values lie beyond their limits; one on its limit, but for the last binary digits, does not."""
    slack = NO_SPREAD * np.maximum(np.abs(low), np.abs(high))
    return np.select([values > high + slack, values < low - slack], ["above", "below"], default="")
