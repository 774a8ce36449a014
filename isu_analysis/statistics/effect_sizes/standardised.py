"""Standardised mean changes of pairs and their intervals; each name says what the change is divided by."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from scipy import optimize, special, stats

from isu_analysis.statistics.arguments import Floats

# R's and Boost's noncentral t lose accuracy for noncentrality above 37.6; the limits at |t| = 35 are
# beyond that.
LARGEST_EXACT_T = 35.0


class Interval(NamedTuple):
    """Two ends of an interval."""

    low: float
    high: float


class Standardised(NamedTuple):
    """A standardised change with a normal-theory and a distribution-free interval."""

    size: float
    bonett: Interval
    influence: Interval


def hedges_correction(df: float) -> float:
    """Small-sample correction J of a standardised mean.

    Parameters
    ----------
    df : float
        Degrees of freedom of the standard deviation, above 1.

    Returns
    -------
    float
        ``Gamma(df/2) / (sqrt(df/2) Gamma((df-1)/2))``, below 1. Hedges (1981), J Educ Stat 6:107.
    """
    return float(np.exp(special.gammaln(df / 2) - special.gammaln((df - 1) / 2) - np.log(df / 2) / 2))


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
    sd(psi)/sqrt(n), t with n - 1 df; it needs no normal distribution.
    """
    change = y - x
    n, mean, variance = x.size, change.mean(), x.var(ddof=1)
    size = hedges_correction(n - 1) * mean / np.sqrt(variance)
    sampling = change.var(ddof=1) / (variance * (n - 1)) + size**2 / (2 * (n - 1))
    influence = _influence(change, (x - x.mean()) ** 2, variance)
    return Standardised(size, _normal(size, np.sqrt(sampling), level), _student(size, influence, level))


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
    Influence as for g_pre, with the mean of both squared deviations.
    """
    change = y - x
    n, mean, r = x.size, change.mean(), np.corrcoef(x, y)[0, 1]
    v1, v2 = x.var(ddof=1), y.var(ddof=1)
    variance = (v1 + v2) / 2
    size = hedges_correction(2 * (n - 1) / (1 + r**2)) * mean / np.sqrt(variance)
    spread = (v1**2 + v2**2 + 2 * r**2 * v1 * v2) / (8 * variance**2 * (n - 1))
    sampling = change.var(ddof=1) / (variance * (n - 1)) + size**2 * spread
    influence = _influence(change, ((x - x.mean()) ** 2 + (y - y.mean()) ** 2) / 2, variance)
    return Standardised(size, _normal(size, np.sqrt(sampling), level), _student(size, influence, level))


def d_z_interval(d_z: float, n: int, level: float) -> Interval:
    """Interval for the mean change divided by the SD of the changes.

    Parameters
    ----------
    d_z : float
        Mean change / SD of the changes.
    n : int
        Number of pairs, at least 2.
    level : float
        Confidence level.

    Returns
    -------
    Interval
        Exact under normality, from the noncentral t (limits of the noncentrality / sqrt(n)). Beyond |t| =
        35 the large-sample form ``d_z +- z sqrt(1/n + d_z^2/(2n))`` (Hedges & Olkin 1985).
    """
    t = d_z * np.sqrt(n)
    if abs(t) > LARGEST_EXACT_T:
        return _normal(d_z, np.sqrt(1 / n + d_z**2 / (2 * n)), level)
    tail = (1 - level) / 2
    low, high = (_noncentrality(t, n - 1, p) for p in (1 - tail, tail))
    return Interval(float(low / np.sqrt(n)), float(high / np.sqrt(n)))


def _noncentrality(t: float, df: int, probability: float) -> float:
    """Return the noncentrality at which a noncentral t lies below ``t`` with this probability."""

    def miss(noncentrality: float) -> float:
        below = float(stats.nct.cdf(t, df, noncentrality))
        if np.isnan(below):  # scipy's answer in the far tails, where the probability is 0 or 1 to ten digits
            below = float(noncentrality < t)
        return below - probability

    width = 10.0 * np.sqrt(1 + t**2 / (2 * df))  # ten large-sample standard errors of the noncentrality
    return float(optimize.brentq(miss, t - width, t + width, xtol=1e-11))


def _influence(change: Floats, squared_deviation: Floats, variance: float) -> Floats:
    mean = change.mean()
    slope = mean / (2 * variance**1.5)
    return (change - mean) / np.sqrt(variance) - slope * (squared_deviation - variance)


def _normal(centre: float, se: float, level: float) -> Interval:
    half = stats.norm.ppf((1 + level) / 2) * se
    return Interval(float(centre - half), float(centre + half))


def _student(centre: float, influence: Floats, level: float) -> Interval:
    n = influence.size
    half = stats.t.ppf((1 + level) / 2, n - 1) * influence.std(ddof=1) / np.sqrt(n)
    return Interval(float(centre - half), float(centre + half))
