"""One figure for many units, how much the units differ, and each unit's own figure drawn towards the common one."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy import optimize, stats

from isu_analysis.errors import StatisticsError
from isu_analysis.statistics.arguments import Floats, check_level, same_rows, vector
from isu_analysis.statistics.results import one_row

METHODS = ("reml", "dersimonian_laird", "paule_mandel", "fixed")
INTERVALS = ("modified_knapp_hartung", "knapp_hartung", "normal")


@dataclass(frozen=True, eq=False)
class Pooled:
    """Many units' estimates as one.

    Attributes
    ----------
    n_units, n_given : int
        Units with an estimate and a variance, and rows given.
    method, interval : str
        How the variance between units and the interval were found.
    estimate, low, high, se : float
        The common figure in the estimates' unit; NaN with a ``reason``.
    tau2 : float
        Variance of the true figures between units, 0 or more.
    q, q_df, q_p : float
        Cochran's test that all units have one true figure.
    i2 : float
        Share of the observed variance that is between units, 0-1.
    level : float
        Confidence level.
    reason : str
        "" or "too_few_units" (one unit, or none).
    units : DataFrame
        One row a unit used, index its place among the rows given: estimate, variance, weight (summing to 1),
        shrunken (drawn towards the common figure) with shrunken_se, reliability 0-1 (how much the unit's own
        figure counts in it).
    """

    n_units: int
    n_given: int
    method: str
    interval: str
    estimate: float = np.nan
    low: float = np.nan
    high: float = np.nan
    se: float = np.nan
    tau2: float = np.nan
    q: float = np.nan
    q_df: float = np.nan
    q_p: float = np.nan
    i2: float = np.nan
    level: float = 0.95
    reason: str = ""
    units: pd.DataFrame = field(default_factory=pd.DataFrame, repr=False)

    def to_frame(self) -> pd.DataFrame:
        """Return the fields but the units as a frame with one row."""
        return one_row(self).drop(columns="units")


def pooled_units(
    estimates: ArrayLike,
    variances: ArrayLike,
    *,
    method: str = "reml",
    interval: str = "modified_knapp_hartung",
    level: float = 0.95,
) -> Pooled:
    """Return many units' estimates as one, with a random effect for what differs between units.

    Parameters
    ----------
    estimates : array_like, shape (n_given,)
        One figure a unit, all in one unit of measurement.
    variances : array_like, shape (n_given,)
        Their squared standard errors, above 0. Rows lacking either are left out and counted.
    method : {"reml", "dersimonian_laird", "paule_mandel", "fixed"}
        How the variance between units is estimated; "fixed" says there is none.
    interval : {"modified_knapp_hartung", "knapp_hartung", "normal"}
        t with units - 1 df and a standard error that follows the scatter of the units: the first never smaller
        than the units' own uncertainty says, the second as published, which can be 0. Or a normal interval.
    level : float
        Confidence level, 0-1.

    Returns
    -------
    Pooled

    Raises
    ------
    StatisticsError
        If lengths or indexes differ, a value is not finite, a variance is not above 0, or a word is unknown.

    Notes
    -----
    ``mu = sum w y / sum w`` with ``w = 1/(v + tau2)``. REML maximises the restricted likelihood of tau2 (Viechtbauer
    2005, J Educ Behav Stat 30:261, from memory, not verified). Knapp & Hartung (2003), Stat Med 22:2693
    (from memory, not verified): ``se^2 = sum w (y - mu)^2 / ((k-1) sum w)``. I^2 as in metafor: ``tau2 / (tau2 +
    s2)`` with s2 the typical sampling variance. Shrunken: ``mu + (1 - B)(y - mu)``, B = v/(v + tau2), with
    variance ``(1-B) v + B^2 var(mu)``.

    Examples
    --------
    Three units with variance 1 each. Their figures vary by 4, so 4 - 1 = 3 lies between units, and each unit's own
    figure counts 3 / (3 + 1).

    >>> from isu_analysis import statistics as st
    >>> found = st.pooled_units([-4, -6, -8], [1, 1, 1])
    >>> round(found.estimate, 2), round(found.low, 2), round(found.high, 2), round(found.tau2, 2)
    (-6.0, -10.97, -1.03, 3.0)
    >>> found.units[["estimate", "shrunken", "reliability"]].round(2)
       estimate  shrunken  reliability
    0      -4.0      -4.5         0.75
    1      -6.0      -6.0         0.75
    2      -8.0      -7.5         0.75
    """
    check_level(level)
    _check_word(method, METHODS, "method")
    _check_word(interval, INTERVALS, "interval")
    same_rows(estimates, variances, "estimates", "variances")
    given, squares = vector(estimates, "estimates"), vector(variances, "variances")
    if (squares <= 0).any():
        raise StatisticsError(
            "Argumentet variances: har värden som inte är större än 0. Tillåtet: kvadrerade medelfel."
        )
    used = ~(np.isnan(given) | np.isnan(squares))
    y, v = given[used], squares[used]
    if y.size < 2:
        return Pooled(y.size, given.size, method, interval, level=level, reason="too_few_units")
    tau2 = {"reml": _reml, "dersimonian_laird": _dersimonian_laird, "paule_mandel": _paule_mandel}.get(method, _none)(
        y, v
    )
    result = Pooled(y.size, given.size, method, interval, tau2=tau2, level=level)
    return _filled(result, y, v, np.flatnonzero(used))


def _filled(result: Pooled, y: Floats, v: Floats, places: np.ndarray) -> Pooled:
    """Fill in everything that follows from the variance between units."""
    weight = 1 / (v + result.tau2)
    middle, plain = _weighted(y, weight), 1 / weight.sum()
    se, multiplier = np.sqrt(plain), stats.norm.ppf((1 + result.level) / 2)
    if result.interval != "normal":
        scatter = (weight * (y - middle) ** 2).sum() / (y.size - 1)
        se = np.sqrt(plain * (scatter if result.interval == "knapp_hartung" else max(1.0, scatter)))
        multiplier = stats.t.ppf((1 + result.level) / 2, y.size - 1)
    q = _q(y, 1 / v)
    random = result.tau2 / (result.tau2 + _typical_variance(v))
    return replace(
        result,
        estimate=middle,
        low=float(middle - multiplier * se),
        high=float(middle + multiplier * se),
        se=float(se),
        q=q,
        q_df=y.size - 1.0,
        q_p=float(stats.chi2.sf(q, y.size - 1)),
        i2=_share_between(q, y.size) if result.method == "fixed" else random,
        units=_units(y, v, result.tau2, plain, places),
    )


def _units(y: Floats, v: Floats, tau2: float, variance_of_mean: float, places: np.ndarray) -> pd.DataFrame:
    weight = 1 / (v + tau2)
    own = tau2 * weight
    shrunken = own * y + (1 - own) * _weighted(y, weight)
    se = np.sqrt(own * v + (1 - own) ** 2 * variance_of_mean)
    columns = {"estimate": y, "variance": v, "weight": weight / weight.sum(), "shrunken": shrunken, "shrunken_se": se}
    return pd.DataFrame({**columns, "reliability": own}, index=places)


def _weighted(y: Floats, weight: Floats) -> float:
    return float((weight * y).sum() / weight.sum())


def _q(y: Floats, weight: Floats) -> float:
    return float((weight * (y - _weighted(y, weight)) ** 2).sum())


def _typical_variance(v: Floats) -> float:
    weight = 1 / v
    return float((v.size - 1) * weight.sum() / (weight.sum() ** 2 - (weight**2).sum()))


def _share_between(q: float, k: int) -> float:
    return max(0.0, (q - (k - 1)) / q) if q > 0 else 0.0


def _none(y: Floats, v: Floats) -> float:
    return 0.0


def _dersimonian_laird(y: Floats, v: Floats) -> float:
    weight = 1 / v
    scale = weight.sum() - (weight**2).sum() / weight.sum()
    return float(max(0.0, (_q(y, weight) - (y.size - 1)) / scale))


def _paule_mandel(y: Floats, v: Floats) -> float:
    """Return the variance at which Cochran's Q is what it should be, its degrees of freedom."""

    def excess(tau2: float) -> float:
        return _q(y, 1 / (v + tau2)) - (y.size - 1)

    return 0.0 if excess(0.0) <= 0 else float(optimize.brentq(excess, 0.0, _largest(y, v), xtol=1e-14))


def _reml(y: Floats, v: Floats) -> float:
    def lack_of_fit(tau2: float) -> float:
        weight = 1 / (v + tau2)
        return float(_q(y, weight) - np.log(weight).sum() + np.log(weight.sum()))

    def slope(tau2: float) -> float:
        weight = 1 / (v + tau2)
        residual = y - _weighted(y, weight)
        return float((weight - weight**2 * residual**2).sum() - (weight**2).sum() / weight.sum())

    # The likelihood can have a second top: look everywhere first, then sharpen the best place.
    grid = np.concatenate([[0.0], np.geomspace(v.min() * 1e-4, _largest(y, v), 200)])
    best = int(np.argmin([lack_of_fit(tau2) for tau2 in grid]))
    low, high = grid[max(best - 1, 0)], grid[min(best + 1, grid.size - 1)]
    if slope(low) >= 0:
        return float(low)
    return float(optimize.brentq(slope, low, high, xtol=1e-14)) if slope(high) > 0 else float(high)


def _largest(y: Floats, v: Floats) -> float:
    """Return a variance between units that cannot be too small."""
    return float((np.ptp(y) + np.sqrt(v.max())) ** 2 * y.size)


def _check_word(word: str, allowed: tuple[str, ...], name: str) -> None:
    if word not in allowed:
        raise StatisticsError(f"Argumentet {name}: okänt ord. Tillåtet: {', '.join(allowed)}.")
