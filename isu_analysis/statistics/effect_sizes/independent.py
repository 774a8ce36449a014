"""How far apart two groups of different people are: in points, standardised, and by order."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy import stats
from statsmodels.stats.nonparametric import rank_compare_2indep

from isu_analysis.statistics.arguments import NO_SPREAD, Floats, check_level, largest, vector
from isu_analysis.statistics.effect_sizes.change import MINIMUM_PAIRS
from isu_analysis.statistics.effect_sizes.ranks import TIE_DECIMALS
from isu_analysis.statistics.effect_sizes.standardised import d_z_interval, hedges_correction
from isu_analysis.statistics.means import mean_difference
from isu_analysis.statistics.results import one_row

MINIMUM_GROUP = MINIMUM_PAIRS


@dataclass(frozen=True)
class GroupDifference:
    """Two groups of different people side by side; all differences are first - second.

    Every number is NaN when it cannot be computed; ``reason`` then says why. Intervals end in ``_low`` and
    ``_high``.

    Attributes
    ----------
    n_first, n_second : int
        Values used.
    level : float
        Confidence level.
    reason : str
        "" when all is computed; "too_few_people" (a group under 5: only the raw difference), "zero_sd" (a group
        does not vary: no standardised sizes).
    mean_first, mean_second, sd_first, sd_second : float
        In the values' unit; SD with n - 1.
    difference, difference_low, difference_high : float
        Raw, Welch's t interval.
    g : float
        Difference / pooled SD, small-sample corrected (Hedges). ``g_low``, ``g_high``: leave-one-out standard
        error with t, needs no normal distribution and no equal spread.
    g_noncentral_low, g_noncentral_high : float
        Noncentral t: right for normal scores of equal spread only.
    g_average : float
        Difference / root of the mean variance, corrected; Bonett's interval: normal scores, spread may differ.
    glass_delta : float
        Difference / SD of the second group, corrected; leave-one-out interval. The second group is the one to
        measure by.
    superiority : float
        Chance that a random person of the first group is higher than one of the second, ties half, 0-1;
        interval of Brunner & Munzel on the logit scale. NaN ends when the groups do not overlap.
    cliffs_delta : float
        ``2 superiority - 1``, the rank-biserial correlation of two groups.
    win_odds : float
        ``superiority / (1 - superiority)``; infinite when the first group is always higher.
    u3 : float
        Share of the first group above the median of the second, 0-1.
    """

    n_first: int
    n_second: int
    level: float
    reason: str = ""
    mean_first: float = np.nan
    mean_second: float = np.nan
    sd_first: float = np.nan
    sd_second: float = np.nan
    difference: float = np.nan
    difference_low: float = np.nan
    difference_high: float = np.nan
    g: float = np.nan
    g_low: float = np.nan
    g_high: float = np.nan
    g_noncentral_low: float = np.nan
    g_noncentral_high: float = np.nan
    g_average: float = np.nan
    g_average_low: float = np.nan
    g_average_high: float = np.nan
    glass_delta: float = np.nan
    glass_delta_low: float = np.nan
    glass_delta_high: float = np.nan
    superiority: float = np.nan
    superiority_low: float = np.nan
    superiority_high: float = np.nan
    cliffs_delta: float = np.nan
    cliffs_delta_low: float = np.nan
    cliffs_delta_high: float = np.nan
    win_odds: float = np.nan
    win_odds_low: float = np.nan
    win_odds_high: float = np.nan
    u3: float = np.nan

    def to_frame(self) -> pd.DataFrame:
        """Return the fields as a frame with one row."""
        return one_row(self)


def group_difference(first: ArrayLike, second: ArrayLike, level: float = 0.95) -> GroupDifference:
    """Return how far apart two groups of different people are.

    Parameters
    ----------
    first, second : array_like, shapes (n_first,) and (n_second,)
        Scores in points; missing values are left out.
    level : float
        Confidence level, 0-1.

    Returns
    -------
    GroupDifference
        First - second, whatever direction is better.

    Raises
    ------
    StatisticsError
        If a value is not a finite number.

    Notes
    -----
    g: Hedges (1981), J Educ Stat 6:107. g_average: Bonett (2008), Psych Methods 13:99. Glass, McGaw & Smith
    (1981). superiority: Brunner & Munzel (2000), Biom J 42:17, by statsmodels. Two groups that were not drawn by
    lot differ in more than what they got.

    Examples
    --------
    Superiority by hand: the first is higher in 34 of the 36 pairs of one from each group.

    >>> import isu_analysis as isu
    >>> found = isu.group_difference([12, 15, 11, 14, 18, 14], [9, 10, 13, 8, 10, 10])
    >>> found.difference, round(found.difference_low, 2), round(found.difference_high, 2)
    (4.0, 1.25, 6.75)
    >>> round(found.g, 2), round(found.superiority, 3)
    (1.76, 0.944)
    """
    check_level(level)
    x, y = (values[~np.isnan(values)] for values in (vector(first, "first"), vector(second, "second")))
    raw = mean_difference(x, y, level=level)
    numbers: dict[str, Any] = {
        "mean_first": raw.mean_first,
        "mean_second": raw.mean_second,
        "difference": raw.difference,
        "difference_low": raw.difference_low,
        "difference_high": raw.difference_high,
    }
    numbers |= {f"sd_{name}": _sd(values) for name, values in (("first", x), ("second", y))}
    reason = "too_few_people" if min(x.size, y.size) < MINIMUM_GROUP else ""
    if not reason:
        numbers |= _orders(x, y, level)
        reason = "" if min(np.ptp(x), np.ptp(y)) > NO_SPREAD * largest(x, y) else "zero_sd"
    if not reason:
        numbers |= _standardised(x, y, level)
    return GroupDifference(x.size, y.size, level, reason, **numbers)


def _sd(values: Floats) -> float:
    return float(values.std(ddof=1)) if values.size > 1 else np.nan


def _standardised(x: Floats, y: Floats, level: float) -> dict[str, float]:
    d1, d2 = x.size - 1, y.size - 1
    v1, v2 = x.var(ddof=1), y.var(ddof=1)
    gap = x.mean() - y.mean()
    pooled, average = (d1 * v1 + d2 * v2) / (d1 + d2), (v1 + v2) / 2
    j, j_second = hedges_correction(d1 + d2), hedges_correction(d2)
    g, g_average, glass = j * gap / np.sqrt(pooled), j * gap / np.sqrt(average), j_second * gap / np.sqrt(v2)
    bonett = np.sqrt(g_average**2 * (v1**2 / d1 + v2**2 / d2) / (8 * average**2) + (v1 / d1 + v2 / d2) / average)
    found = {"g": g, "g_average": g_average, "glass_delta": glass}
    half = stats.norm.ppf((1 + level) / 2) * bonett
    found |= {"g_average_low": g_average - half, "g_average_high": g_average + half}
    for name, size, left_out in (("g", g, _pooled_without(x, y)), ("glass_delta", glass, _second_without(x, y))):
        half = leave_one_out_half(left_out, level)
        found |= {f"{name}_low": size - half, f"{name}_high": size + half}
    # A difference of two means is as uncertain as a mean of n1 n2 / (n1 + n2) people.
    people = x.size * y.size / (x.size + y.size)
    low, high = d_z_interval(gap / np.sqrt(pooled), people, level, df=d1 + d2)
    found |= {"g_noncentral_low": j * low, "g_noncentral_high": j * high}
    return {name: float(value) for name, value in found.items()}


def _pooled_without(x: Floats, y: Floats) -> tuple[Floats, Floats]:
    """Return the difference over the pooled SD without each of the first, and without each of the second."""
    d1, d2 = x.size - 1, y.size - 1
    (mean_x, var_x), (mean_y, var_y) = moments_without(x), moments_without(y)
    df = d1 + d2 - 1
    first = (mean_x - y.mean()) / np.sqrt(((d1 - 1) * var_x + d2 * y.var(ddof=1)) / df)
    second = (x.mean() - mean_y) / np.sqrt((d1 * x.var(ddof=1) + (d2 - 1) * var_y) / df)
    return first, second


def _second_without(x: Floats, y: Floats) -> tuple[Floats, Floats]:
    """Return the difference over the second group's SD without each of the first, and each of the second."""
    (mean_x, _), (mean_y, var_y) = moments_without(x), moments_without(y)
    with np.errstate(divide="ignore", invalid="ignore"):
        return (mean_x - y.mean()) / y.std(ddof=1), (x.mean() - mean_y) / np.sqrt(var_y)


def moments_without(values: Floats) -> tuple[Floats, Floats]:
    """Return mean and variance (n - 2) of the others, for each value."""
    n, off = values.size, values - values.mean()
    variance = ((off**2).sum() - off**2 * n / (n - 1)) / (n - 2)
    return values.mean() - off / (n - 1), np.maximum(variance, 0.0)


def leave_one_out_half(left_out: tuple[Floats, Floats], level: float) -> float:
    """Return half the width of a leave-one-out interval over two groups, with Welch-Satterthwaite df."""
    if not all(np.isfinite(part).all() for part in left_out):
        return np.nan
    parts = np.array([(part.size - 1) * part.var() for part in left_out])
    if parts.sum() == 0:
        return np.nan
    df = parts.sum() ** 2 / (parts**2 / [part.size - 1 for part in left_out]).sum()
    return float(stats.t.ppf((1 + level) / 2, df) * np.sqrt(parts.sum()))


def _orders(x: Floats, y: Floats, level: float) -> dict[str, float]:
    """Return what needs order only; scores that differ in the last binary digits are ties."""
    size = largest(x, y) or 1.0
    x, y = np.round(x / size, TIE_DECIMALS), np.round(y / size, TIE_DECIMALS)
    higher = stats.mannwhitneyu(x, y).statistic / (x.size * y.size)
    found = {"superiority": higher, "cliffs_delta": 2 * higher - 1, "win_odds": _odds(higher)}
    found["u3"] = float((x > np.median(y)).mean())
    if 0 < higher < 1 and np.ptp(np.concatenate([x, y])) > 0:
        test = rank_compare_2indep(x, y)
        se, df = np.sqrt(test.var_prob), test.df
        centre, half = np.log(_odds(higher)), stats.t.ppf((1 + level) / 2, df) * se / (higher * (1 - higher))
        for end, odds in (("low", np.exp(centre - half)), ("high", np.exp(centre + half))):
            found[f"win_odds_{end}"], found[f"superiority_{end}"] = odds, odds / (1 + odds)
            found[f"cliffs_delta_{end}"] = 2 * found[f"superiority_{end}"] - 1
    return {name: float(value) for name, value in found.items()}


def _odds(share: float) -> float:
    return share / (1 - share) if share < 1 else np.inf
