"""Two raters of the same people in points: how they differ, and how far apart they can be for one person."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy import stats

from isu_analysis.statistics.arguments import NO_SPREAD, Floats, check_level, largest, same_rows, vector
from isu_analysis.statistics.comparison.intraclass import intraclass
from isu_analysis.statistics.results import one_row


@dataclass(frozen=True)
class RaterAgreement:
    """Two raters' points for the same people, side by side; nothing is averaged over the raters.

    Attributes
    ----------
    n_given, n_both, n_first_only, n_second_only, n_neither : int
        Rows given, and people rated by both, by one only, by none. All figures are of the n_both.
    mean_first, mean_second : float
        In points.
    difference, difference_low, difference_high : float
        Systematic difference, first minus second, in points, with t interval.
    sd_difference : float
        Standard deviation of the differences between the two ratings of a person, in points.
    lower_limit, lower_limit_low, lower_limit_high : float
        Lower limit of agreement in points with interval: below it lies half of what lies outside.
    upper_limit, upper_limit_low, upper_limit_high : float
        Upper limit of agreement.
    limits : float
        Share of people whose difference lies between the limits if differences are normal, 0-1.
    agreement, agreement_low, agreement_high : float
        ICC(A,1), see `intraclass`.
    consistency, consistency_low, consistency_high : float
        ICC(C,1), see `intraclass`.
    concordance, concordance_low, concordance_high : float
        Lin's concordance, -1 to 1: agreement of these two raters and no others. The ends NaN below four people.
    spread_r, spread_p : float
        Correlation of difference and sum with its p (Pitman-Morgan): far from 0 the first rater uses the scale wider
        (above 0) or narrower, the difference follows the points, and one pair of limits does not suit all people.
    level : float
        Confidence level of all intervals.
    reason : str
        "" when computed; "too_few_people" (n_both < 2: all NaN), "zero_sd" (the same difference for everyone:
        the means and the difference without interval, nothing else but the correlations' values).
    """

    n_given: int
    n_both: int
    n_first_only: int
    n_second_only: int
    n_neither: int
    mean_first: float = np.nan
    mean_second: float = np.nan
    difference: float = np.nan
    difference_low: float = np.nan
    difference_high: float = np.nan
    sd_difference: float = np.nan
    lower_limit: float = np.nan
    lower_limit_low: float = np.nan
    lower_limit_high: float = np.nan
    upper_limit: float = np.nan
    upper_limit_low: float = np.nan
    upper_limit_high: float = np.nan
    limits: float = 0.95
    agreement: float = np.nan
    agreement_low: float = np.nan
    agreement_high: float = np.nan
    consistency: float = np.nan
    consistency_low: float = np.nan
    consistency_high: float = np.nan
    concordance: float = np.nan
    concordance_low: float = np.nan
    concordance_high: float = np.nan
    spread_r: float = np.nan
    spread_p: float = np.nan
    level: float = 0.95
    reason: str = ""

    def to_frame(self) -> pd.DataFrame:
        """Return the fields as a frame with one row."""
        return one_row(self)


def rater_agreement(
    first: ArrayLike, second: ArrayLike, *, limits: float = 0.95, level: float = 0.95
) -> RaterAgreement:
    """Compare two raters' points for the same people.

    Parameters
    ----------
    first, second : array_like, shape (n_given,)
        Points by each rater, one row a person on one occasion; missing values allowed and counted.
    limits : float
        Share of people between the limits of agreement, 0-1.
    level : float
        Confidence level, 0-1.

    Returns
    -------
    RaterAgreement

    Raises
    ------
    StatisticsError
        If lengths or indexes differ, a value is not a finite number, or limits or level is outside 0-1.

    Notes
    -----
    Limits of agreement ``d +- z s`` with mean d and SD s of the differences: Bland & Altman (1986), Lancet 327:307.
    Each limit is a quantile of a normal distribution, and its interval ``d + s t'/sqrt(n)`` with t' the quantiles of
    the noncentral t with n-1 df and noncentrality ``+-z sqrt(n)`` is exact under normality: Carkeet (2015), Optom Vis
    Sci 92:e71. Lin's concordance ``2 s12 / (s1^2 + s2^2 + d^2)`` with 1/n in all variances, interval on the scale
    atanh: Lin (1989), Biometrics 45:255, with the variance as corrected in 2000. (Carkeet and Lin from memory, not
    verified.)

    Two raters can agree and both be wrong; that they differ says nothing of who is right. A person rated by one only is
    no disagreement and is left out of every figure but the counts.

    Examples
    --------
    Ten people rated by themselves and by their worker: 1.5 points higher on average.

    >>> import isu_analysis as isu
    >>> own = [18, 22, 15, 27, 20, 24, 16, 21, 19, 25]
    >>> worker = [16, 21, 13, 26, 17, 23, 15, 20, 17, 24]
    >>> found = isu.rater_agreement(own, worker)
    >>> found.difference, round(found.difference_low, 2), round(found.difference_high, 2)
    (1.5, 0.99, 2.01)
    >>> round(found.lower_limit, 2), round(found.upper_limit, 2), round(found.concordance, 2)
    (0.11, 2.89, 0.92)
    """
    check_level(level)
    check_level(limits)
    same_rows(first, second, "first", "second")
    x, y = vector(first, "first"), vector(second, "second")
    has_first, has_second = ~np.isnan(x), ~np.isnan(y)
    both = has_first & has_second
    result = RaterAgreement(
        n_given=x.size,
        n_both=int(both.sum()),
        n_first_only=int((has_first & ~has_second).sum()),
        n_second_only=int((~has_first & has_second).sum()),
        n_neither=int((~has_first & ~has_second).sum()),
        limits=limits,
        level=level,
    )
    if result.n_both < 2:
        return replace(result, reason="too_few_people")
    x, y = x[both], y[both]
    means: dict[str, Any] = {
        "mean_first": float(x.mean()),
        "mean_second": float(y.mean()),
        "difference": float((x - y).mean()),
    }
    result = replace(result, **means, **_correlations(x, y, level))
    if np.ptp(x - y) <= NO_SPREAD * largest(x, y):
        return replace(result, concordance_low=np.nan, concordance_high=np.nan, reason="zero_sd")
    return replace(result, **_limits(x - y, limits, level), **_spread(x, y))


def _limits(d: Floats, limits: float, level: float) -> dict[str, Any]:
    n, mean, sd, tail = d.size, float(d.mean()), float(d.std(ddof=1)), (1 + level) / 2
    half = float(stats.t.ppf(tail, n - 1) * sd / np.sqrt(n))
    z = float(stats.norm.ppf((1 + limits) / 2))
    # By symmetry the lower limit is the upper one mirrored; scipy's quantiles are safest on the upper side.
    near, far = (float(sd * stats.nct.ppf(p, n - 1, z * np.sqrt(n)) / np.sqrt(n)) for p in (1 - tail, tail))
    return {
        "difference_low": mean - half,
        "difference_high": mean + half,
        "sd_difference": sd,
        "lower_limit": mean - z * sd,
        "lower_limit_low": mean - far,
        "lower_limit_high": mean - near,
        "upper_limit": mean + z * sd,
        "upper_limit_low": mean + near,
        "upper_limit_high": mean + far,
    }


def _correlations(x: Floats, y: Floats, level: float) -> dict[str, Any]:
    found = intraclass(np.column_stack([x, y]), level=level)
    names = ("agreement", "consistency")
    taken = {name + end: float(getattr(found, name + end)) for name in names for end in ("", "_low", "_high")}
    return {**taken, **_concordance(x, y, level)}


def _concordance(x: Floats, y: Floats, level: float) -> dict[str, Any]:
    """Return Lin's concordance; where one rater gives everyone the same there is none to speak of: 0, no interval."""
    n, shift = x.size, float(x.mean() - y.mean())
    covariance = float(np.cov(x, y, ddof=0)[0, 1])
    variances = float(x.var()), float(y.var())
    total = sum(variances) + shift**2
    if total <= (NO_SPREAD * largest(x, y)) ** 2:
        return {}
    c = 2 * covariance / total
    product = variances[0] * variances[1]
    if n < 4 or product == 0 or abs(c) >= 1 or c == 0:
        return {"concordance": c}
    r2, u2 = covariance**2 / product, shift**2 / np.sqrt(product)
    r = np.sqrt(r2) * np.sign(c)
    spread = (1 - r2) * c**2 / ((1 - c**2) * r2)
    moved = 2 * c**3 * (1 - c) * u2 / (r * (1 - c**2) ** 2) - c**4 * u2**2 / (2 * r2 * (1 - c**2) ** 2)
    half = float(stats.norm.ppf((1 + level) / 2)) * np.sqrt(max((spread + moved) / (n - 2), 0.0))
    centre = np.arctanh(c)
    return {
        "concordance": c,
        "concordance_low": float(np.tanh(centre - half)),
        "concordance_high": float(np.tanh(centre + half)),
    }


def _spread(x: Floats, y: Floats) -> dict[str, Any]:
    """Correlate difference and sum: 0 when both raters spread people equally (Pitman 1939, Morgan 1939)."""
    total = x + y
    if x.size < 3 or np.ptp(total) <= NO_SPREAD * largest(x, y):
        return {}
    found = stats.pearsonr(x - y, total)
    return {"spread_r": float(found.statistic), "spread_p": float(found.pvalue)}
