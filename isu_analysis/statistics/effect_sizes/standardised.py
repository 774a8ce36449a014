"""Standardised mean changes of pairs and their intervals; each name says what the change is divided by.

The formulas take moments, so the same lines serve one group (numbers) and many at once (arrays).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from scipy import special, stats
from scipy.optimize import elementwise

from isu_analysis.statistics.arguments import NO_SPREAD, Floats

# R's and Boost's noncentral t lose accuracy for noncentrality above 37.6; the limits at |t| = 35 are
# beyond that.
LARGEST_EXACT_T = 35.0
# Probabilities nearer 0 or 1 than this are the same to the search for a noncentrality.
SMALLEST_PROBABILITY = 1e-15

Number = Any  # a float, or an array with one entry a group


class Interval(NamedTuple):
    """Two ends of an interval: numbers, or arrays with one entry a group."""

    low: Number
    high: Number


class Standardised(NamedTuple):
    """A standardised change with three intervals.

    ``leave_one_out`` is the default: in simulation with normal and skewed scores it alone covers at least .93 from
    15 pairs when normal, .90 at 15-60 and .93 at 300 when skewed. ``bonett`` is right for normal scores only (.78 at
    300 pairs when skewed), ``influence`` for many pairs only (.85 at 15 when skewed). See benchmarks/coverage.py.
    """

    size: float
    leave_one_out: Interval
    bonett: Interval
    influence: Interval


class PairMoments(NamedTuple):
    """Moments of complete pairs, variances with n - 1: numbers, or arrays with one entry a group."""

    n: Number
    change: Number  # mean of end - start
    variance_pre: Number
    variance_post: Number
    variance_change: Number
    r: Number


class Size(NamedTuple):
    """A standardised change and what its intervals are made of.

    ``influence_i = by_change (D_i - D) - by_square (q_i - mean q)``, with q the squared deviation of a
    person's start value (g_pre), or the mean of that of start and end (g_av).
    """

    size: Number
    bonett_se: Number
    by_change: Number
    by_square: Number


def without_each(
    n: Number,
    mean: Number,
    variance: Number,
    change: Floats,
    squares: Floats,
    *,
    of_rows: Callable[[Number], Number] = float,
) -> Floats:
    """Return the uncorrected size without each person in turn; NaN where the others do not vary.

    Parameters
    ----------
    n, mean, variance : float or ndarray, shape (groups,)
        Pairs, mean change, and the variance the change is divided by the root of.
    change, squares : ndarray, shape (rows,)
        Each person's change less the mean change, and squared deviation (as in `Size`).
    of_rows : callable
        Gives each row its group's number; one group's number serves all rows as it is.

    Returns
    -------
    ndarray, shape (rows,)
    """
    sd = np.sqrt(variance)
    # Variance of the others, as a share of that of all. In place: with many rows new arrays are what takes time.
    others = squares * of_rows(-n / ((n - 1) * (n - 2) * variance))
    others += of_rows((n - 1) / (n - 2))
    others[others <= NO_SPREAD] = np.nan
    sizes: Floats = change * of_rows(-1 / ((n - 1) * sd))
    sizes += of_rows(mean / sd)
    sizes /= np.sqrt(others, out=others)
    return sizes


def hedges_correction(df: Number) -> Number:
    """Small-sample correction J of a standardised mean.

    Parameters
    ----------
    df : float or array
        Degrees of freedom of the standard deviation, above 1.

    Returns
    -------
    float or array
        ``Gamma(df/2) / (sqrt(df/2) Gamma((df-1)/2))``, below 1. Hedges (1981), J Educ Stat 6:107.
    """
    return np.exp(special.gammaln(df / 2) - special.gammaln((df - 1) / 2) - np.log(df / 2) / 2)


def size_by_pre(moments: PairMoments) -> Size:
    """Mean change / SD of the start values (g_pre), from moments; formulas in `standardised_by_pre`."""
    n, mean, variance = moments.n, moments.change, moments.variance_pre
    size = hedges_correction(n - 1) * mean / np.sqrt(variance)
    sampling = moments.variance_change / (variance * (n - 1)) + size**2 / (2 * (n - 1))
    return Size(size, np.sqrt(sampling), 1 / np.sqrt(variance), mean / (2 * variance**1.5))


def size_by_average(moments: PairMoments) -> Size:
    """Mean change / root of the mean variance (g_av), from moments; formulas in `standardised_by_average`."""
    n, mean, v1, v2, r = moments.n, moments.change, moments.variance_pre, moments.variance_post, moments.r
    variance = (v1 + v2) / 2
    size = hedges_correction(2 * (n - 1) / (1 + r**2)) * mean / np.sqrt(variance)
    spread = (v1**2 + v2**2 + 2 * r**2 * v1 * v2) / (8 * variance**2 * (n - 1))
    sampling = moments.variance_change / (variance * (n - 1)) + size**2 * spread
    return Size(size, np.sqrt(sampling), 1 / np.sqrt(variance), mean / (2 * variance**1.5))


def standardised_by_pre(x: Floats, y: Floats, level: float) -> Standardised:
    """Mean change divided by the SD of the start values, corrected (g_pre).

    Parameters
    ----------
    x, y : ndarray, shape (n,)
        Complete pairs, start and end, n >= 3, SD of x above 0.
    level : float
        Confidence level.

    Returns
    -------
    Standardised

    Notes
    -----
    Size ``J(n-1) D / s1`` (Becker 1988). Bonett (2008, eq. 13): ``v = sD^2/(s1^2 (n-1)) + g^2/(2(n-1))``,
    normal multiplier. Influence: ``psi_i = (D_i - D)/s1 - D/(2 s1^3) ((x_i - mean x)^2 - s1^2)``, SE =
    sd(psi)/sqrt(n), t with n - 1 df; it needs no normal distribution. Leave one out: the standard error of
    the jackknife, ``sqrt((n-1)/n sum (d_(-i) - mean)^2)`` with d_(-i) the uncorrected size without person i, t with
    n - 1 df; NaN when all but one are alike. Efron & Tibshirani (1993), ch. 11 (from memory, not verified).
    """
    return _standardised(_moments(x, y), size_by_pre, x.var(ddof=1), (x - x.mean()) ** 2, y - x, level)


def standardised_by_average(x: Floats, y: Floats, level: float) -> Standardised:
    """Mean change divided by the root of the mean variance of both occasions, corrected (g_av).

    Parameters
    ----------
    x, y : ndarray, shape (n,)
        Complete pairs, start and end, n >= 3, both SD above 0.
    level : float
        Confidence level.

    Returns
    -------
    Standardised

    Notes
    -----
    Size ``J(2(n-1)/(1+r^2)) D / sqrt((s1^2+s2^2)/2)``; degrees of freedom from Cousineau (2020), TQMP 16:418.
    Bonett (2008, eq. 10): ``v = sD^2/(s^2 (n-1)) + g^2 (s1^4 + s2^4 + 2 r^2 s1^2 s2^2)/(8 s^4 (n-1))``.
    Influence and leave one out as for g_pre, with the mean of both squared deviations.
    """
    squares = ((x - x.mean()) ** 2 + (y - y.mean()) ** 2) / 2
    variance = (x.var(ddof=1) + y.var(ddof=1)) / 2
    return _standardised(_moments(x, y), size_by_average, variance, squares, y - x, level)


def _moments(x: Floats, y: Floats) -> PairMoments:
    change = y - x
    v1, v2, v = (values.var(ddof=1) for values in (x, y, change))
    return PairMoments(x.size, change.mean(), v1, v2, v, np.corrcoef(x, y)[0, 1])


def _standardised(
    moments: PairMoments,
    sized: Callable[[PairMoments], Size],
    variance: float,
    squares: Floats,
    change: Floats,
    level: float,
) -> Standardised:
    found, n = sized(moments), moments.n
    multiplier = stats.t.ppf((1 + level) / 2, n - 1)
    influence = found.by_change * change - found.by_square * squares
    left_out = without_each(n, moments.change, variance, change - moments.change, squares)
    return Standardised(
        found.size,
        leave_one_out=around(found.size, multiplier * np.sqrt((n - 1) * left_out.var())),
        bonett=around(found.size, stats.norm.ppf((1 + level) / 2) * found.bonett_se),
        influence=around(found.size, multiplier * influence.std(ddof=1) / np.sqrt(n)),
    )


def around(centre: Number, half: Number) -> Interval:
    """Return the interval that reaches half its width to both sides of the centre."""
    return Interval(centre - half, centre + half)


def d_z_interval(d_z: Number, n: Number, level: float, df: Number | None = None) -> Interval:
    """Interval for the mean change divided by the SD of the changes, right for normal changes only.

    Parameters
    ----------
    d_z : float or array
        Mean change / SD of the changes.
    n : int or array
        Number of pairs, at least 3.
    level : float
        Confidence level.
    df : int or array, optional
        Degrees of freedom of the SD when they are not n - 1 (two groups).

    Returns
    -------
    Interval
        Exact under normality, from the noncentral t (limits of the noncentrality / sqrt(n)). Beyond |t| =
        35 the large-sample form ``d_z +- z sqrt(1/n + d_z^2/(2n))`` (Hedges & Olkin 1985).
    """
    n = np.asarray(n, dtype=float)
    freedom = n - 1 if df is None else np.asarray(df, dtype=float)
    t = np.asarray(d_z * np.sqrt(n))
    exact = np.abs(t) <= LARGEST_EXACT_T
    tail = (1 - level) / 2
    probabilities = np.array([1 - tail, tail]).reshape(2, *[1] * t.ndim)
    low, high = _noncentrality(np.where(exact, t, 0.0), freedom, probabilities) / np.sqrt(n)
    large = around(d_z, stats.norm.ppf((1 + level) / 2) * np.sqrt(1 / n + d_z**2 / (2 * n)))
    return Interval(np.where(exact, low, large.low)[()], np.where(exact, high, large.high)[()])


def _noncentrality(t: Floats, df: Floats, probability: Floats) -> Floats:
    """Return the noncentrality at which a noncentral t lies below ``t`` with this probability.

    scipy.special.nctdtrinc does the same, but is off by up to .01 for few df or far tails. On the scale of
    normal deviates the search is nearly along a straight line.
    """

    def miss(noncentrality: Floats, t: Floats, df: Floats, probability: Floats) -> Floats:
        below = stats.nct.cdf(t, df, noncentrality)
        # scipy's NaN stands in the far tails, where the probability is 0 or 1 to ten digits.
        below = np.where(np.isnan(below), noncentrality < t, below)
        known = np.clip(below, SMALLEST_PROBABILITY, 1 - SMALLEST_PROBABILITY)
        missed: Floats = special.ndtri(known) - special.ndtri(probability)
        return missed

    width = 10.0 * np.sqrt(1 + t**2 / (2 * df))  # ten large-sample standard errors of the noncentrality
    tolerances = {"xatol": 1e-9, "xrtol": 0.0, "fatol": 0.0, "frtol": 0.0}
    found = elementwise.find_root(miss, (t - width, t + width), args=(t, df, probability), tolerances=tolerances)
    noncentrality: Floats = found.x
    return noncentrality
