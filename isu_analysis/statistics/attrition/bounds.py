"""What the mean change can be, whatever happened to the lost; and what would have to have happened."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy import optimize, stats

from isu_analysis.errors import StatisticsError
from isu_analysis.statistics.arguments import Floats, check_inside_scale, check_kind, check_level, paired
from isu_analysis.statistics.attrition.estimates import ChangeEstimate
from isu_analysis.statistics.results import one_row


@dataclass(frozen=True)
class MeanBounds:
    """The lowest and highest mean change the data allow (Manski), post - pre in points.

    Attributes
    ----------
    n, n_observed : int
        Those with a start, and those of them with an end.
    lower, upper : float
        Mean change of these n people if every lost person ended at the scale's lowest or highest score.
        Their true mean change lies between, always.
    se_lower, se_upper : float
        Standard errors of the two; NaN when n is 1.
    imbens_manski_low, imbens_manski_high : float
        Interval for the underlying mean change of such people: bounds and chance together. NaN when n is 1.
    scale_min, scale_max : float
        The scale's ends in points.
    level : float
        Confidence level of the Imbens-Manski interval.
    """

    n: int
    n_observed: int
    lower: float
    upper: float
    se_lower: float
    se_upper: float
    imbens_manski_low: float
    imbens_manski_high: float
    scale_min: float
    scale_max: float
    level: float

    def to_frame(self) -> pd.DataFrame:
        """Return the fields as a frame with one row."""
        return one_row(self)


@dataclass(frozen=True)
class TippingPoint:
    """How far from the expected the lost must have changed to overturn a mean change.

    Attributes
    ----------
    delta_estimate : float
        Raw points: the average extra change of the lost, beyond what the estimate expects of them, that
        brings the estimate to zero. Its sign is opposite to the estimate's.
    delta_limit : float
        The same for the interval end nearest zero; 0 when the interval already includes zero.
    share_lost : float
        0-1.
    reason : str
        "" when computed; "nobody_lost" or "not_estimable": both deltas NaN.
    """

    delta_estimate: float
    delta_limit: float
    share_lost: float
    reason: str = ""

    def to_frame(self) -> pd.DataFrame:
        """Return the fields as a frame with one row."""
        return one_row(self)


def mean_bounds(
    pre: ArrayLike, post: ArrayLike, scale_min: float, scale_max: float, *, level: float = 0.95
) -> MeanBounds:
    """Bound the mean change of everyone given, with no assumption about what was not measured.

    Parameters
    ----------
    pre : array_like, shape (n,)
        Start values in points; NaN = not measured.
    post : array_like, shape (n,)
        End values; NaN = not measured.
    scale_min, scale_max : float
        Lowest and highest possible score.
    level : float
        Confidence level of the Imbens-Manski interval, 0-1.

    Returns
    -------
    MeanBounds

    Raises
    ------
    StatisticsError
        If lengths or indexes differ, nobody is given, a value is not finite, or outside the scale.

    Notes
    -----
    For the lower bound every missing end is set to the lowest score and every missing start to the highest; for the
    upper bound the other way round. Horowitz & Manski (2000), JASA 95:77.

    Examples
    --------
    Of four people one is lost, on a scale 0-30. The others changed by -6, -4 and -2; the lost, from 20, by anything
    from -20 to +10, so the mean of all lies between -32/4 and -2/4.

    >>> import isu_analysis as isu
    >>> found = isu.mean_bounds([16, 14, 12, 20], [10, 10, 10, None], scale_min=0, scale_max=30)
    >>> found.lower, found.upper
    (-8.0, -0.5)
    """
    check_level(level)
    x, y = paired(pre, post)
    if x.size == 0:
        raise StatisticsError("Argumentet pre: är tomt. Tillåtet: minst en person.")
    scale = (scale_min, scale_max)
    check_inside_scale(x, scale, "pre")
    check_inside_scale(y, scale, "post")
    ends = ((scale_min, scale_max), (scale_max, scale_min))  # of the end value, of the start value
    changes = [np.where(np.isnan(y), end, y) - np.where(np.isnan(x), start, x) for end, start in ends]
    lower, upper = (float(change.mean()) for change in changes)
    se_lower, se_upper = (_standard_error(change) for change in changes)
    low, high = imbens_manski(lower, upper, se_lower, se_upper, level)
    return MeanBounds(
        n=x.size,
        n_observed=int((~np.isnan(x) & ~np.isnan(y)).sum()),
        lower=lower,
        upper=upper,
        se_lower=se_lower,
        se_upper=se_upper,
        imbens_manski_low=low,
        imbens_manski_high=high,
        scale_min=scale_min,
        scale_max=scale_max,
        level=level,
    )


def _standard_error(change: Floats) -> float:
    return float(change.std(ddof=1) / np.sqrt(change.size)) if change.size > 1 else np.nan


def imbens_manski(
    lower: float, upper: float, se_lower: float, se_upper: float, level: float = 0.95
) -> tuple[float, float]:
    """Return an interval for a number of which only bounds are estimated.

    Parameters
    ----------
    lower, upper : float
        Estimated bounds, lower <= upper.
    se_lower, se_upper : float
        Their standard errors.
    level : float
        Confidence level, 0-1.

    Returns
    -------
    low, high : float
        ``lower - C se_lower, upper + C se_upper``, with C solving
        ``Phi(C + (upper - lower)/max(se)) - Phi(-C) = level``. NaN when a bound or error is; the bounds
        themselves when both are zero.

    Raises
    ------
    StatisticsError
        If lower is above upper, or a standard error is negative.

    Notes
    -----
    Imbens & Manski (2004), Econometrica 72:1845.

    Examples
    --------
    With bounds far apart the multiplier is the one-sided 1.645, with equal bounds the two-sided 1.960.

    >>> from isu_analysis import statistics as st
    >>> [round(end, 3) for end in st.imbens_manski(0.20, 0.60, 0.05, 0.05)]
    [0.118, 0.682]
    >>> [round(end, 3) for end in st.imbens_manski(0.40, 0.40, 0.05, 0.05)]
    [0.302, 0.498]
    """
    check_level(level)
    if min(se_lower, se_upper) < 0:
        raise StatisticsError("Argumenten se_lower och se_upper: ska inte vara negativa.")
    if np.isnan([lower, upper, se_lower, se_upper]).any():
        return np.nan, np.nan
    if lower > upper:
        raise StatisticsError("Argumenten lower och upper: lower ska vara högst lika med upper.")
    largest = max(se_lower, se_upper)
    if largest == 0:
        return lower, upper
    width = (upper - lower) / largest

    def miss(c: float) -> float:
        return float(stats.norm.cdf(c + width) - stats.norm.cdf(-c)) - level

    if miss(0.0) >= 0:  # a low level, which the bounds alone already reach
        return lower, upper
    c = optimize.brentq(miss, 0.0, float(stats.norm.ppf((1 + level) / 2)) + 1.0, xtol=1e-12)
    return lower - c * se_lower, upper + c * se_upper


def tipping_point(estimate: ChangeEstimate, share_lost: float) -> TippingPoint:
    """How much more, or less, the lost must have changed than expected to bring a result to zero.

    Parameters
    ----------
    estimate : ChangeEstimate
        A mean change of all who started, for example from `ml_change_two_wave`.
    share_lost : float
        Share of them never measured again, 0-1.

    Returns
    -------
    TippingPoint

    Raises
    ------
    StatisticsError
        If share_lost is outside 0-1.

    Notes
    -----
    ``change(delta) = change + share_lost delta``, so ``delta = -change / share_lost``; the interval moves
    along. A delta larger than the scale means that nothing the lost could have done would overturn the
    result.

    Examples
    --------
    A change of -4 with a quarter lost is brought to zero if they changed by 4 / 0.25 = 16 points more than expected.

    >>> import isu_analysis as isu
    >>> found = isu.completers_change([22, 18, 25, 20, 16, 24, 19, 23], [17, 15, 21, 14, 14, 20, None, None])
    >>> tip = isu.tipping_point(found, share_lost=0.25)
    >>> tip.delta_estimate, round(tip.delta_limit, 2)
    (16.0, 10.06)
    """
    check_kind(estimate, ChangeEstimate, "estimate", "ml_change_two_wave eller ml_change_all_waves")
    if not 0 <= share_lost <= 1:
        raise StatisticsError("Argumentet share_lost: ska vara mellan 0 och 1.")
    if share_lost == 0:
        return TippingPoint(np.nan, np.nan, share_lost, "nobody_lost")
    if np.isnan(estimate.low):
        return TippingPoint(np.nan, np.nan, share_lost, "not_estimable")
    nearest = nearest_to_zero(estimate)
    return TippingPoint(-estimate.change / share_lost, 0.0 - nearest / share_lost, share_lost)


def nearest_to_zero(estimate: ChangeEstimate) -> float:
    """Return the end of the interval nearest zero; 0 when the interval includes zero."""
    if estimate.low <= 0 <= estimate.high:
        return 0.0
    return estimate.low if estimate.low > 0 else estimate.high
