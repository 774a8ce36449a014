"""How large a change was: raw points first, then standardised by named standard deviations."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy import stats

from isu_analysis.statistics.arguments import NO_SPREAD, Floats, check_level, paired
from isu_analysis.statistics.clusters import cluster_codes
from isu_analysis.statistics.effect_sizes.clustered import cluster_intervals
from isu_analysis.statistics.effect_sizes.ranks import rank_biserial
from isu_analysis.statistics.effect_sizes.standardised import (
    Standardised,
    d_z_interval,
    standardised_by_average,
    standardised_by_pre,
)
from isu_analysis.statistics.results import one_row

# Below five pairs a standardised size is mostly noise; the raw change is still given.
MINIMUM_PAIRS = 5
# Where each interval keeps its promise, by simulation (benchmarks/coverage.py); "" is everywhere from 15 pairs.
INTERVAL_VALIDITY = {
    "leave_one_out": "",
    "cluster": "",
    "bonett": "normal_scores_only",
    "influence": "many_pairs_only",
    "noncentral_t": "normal_scores_only",
}

Numbers = dict[str, Any]


@dataclass(frozen=True)
class EffectSize:
    """The change between two occasions, in points and standardised.

    Every number is NaN when it cannot be computed; ``reason`` then says why. Intervals end in ``_low`` and
    ``_high``.

    Attributes
    ----------
    n : int
        Pairs used: both values present.
    n_given : int
        Rows given; ``n_given - n`` lacked a value.
    n_clusters : int or None
        Clusters the pairs came in; None when everyone stands alone. With clusters the intervals of change,
        g_pre, g_av and rank_biserial are "cluster" intervals and t, df and p follow from them; those of a single
        method (bonett, influence, d_z) are NaN. Under 8 clusters, or when one cluster decides whether a
        number exists, there is no interval; ``cluster_reason`` says which.
    cluster_reason : str
        "", "too_few_clusters" or "one_cluster_decides".
    level : float
        Confidence level.
    reason : str
        "" when all is computed; "too_few_pairs" (n < 5: sizes NaN; n < 2: everything NaN); "zero_sd"
        (start, end or change does not vary: sizes NaN; when it is the change, the test too).
    mean_pre, mean_post, sd_pre, sd_post : float
        Of the pairs, in points; SD with n - 1.
    r : float
        Correlation of start and end; NaN when one does not vary.
    change, change_low, change_high : float
        Mean of post - pre in points, t interval of the paired differences. The interval is NaN when the
        changes do not vary: no width would claim certainty.
    sd_change, median_change : float
        SD (n - 1) and median of the differences, in points.
    t, df, p : float
        Paired t test, two-sided.
    g_pre : float
        Change / SD at the start, small-sample corrected (Becker 1988).
    g_av : float
        Change / root of the mean variance, corrected (Bonett 2008; Cousineau 2020).
    g_pre_low, g_pre_high, g_av_low, g_av_high : float
        The default interval: leave one out, which needs no normal scores. NaN when all but one are alike.
    g_pre_interval, g_av_interval : str
        Which one that is: "leave_one_out", "cluster", or "" when there is none.
    g_pre_bonett_low, g_pre_influence_low, ... : float
        Two other intervals of each, to compare with other software. `INTERVAL_VALIDITY` says when they hold.
    d_z : float
        Change / SD of the changes: for power only, it depends on r. Noncentral t interval, right for normal
        changes only (it covers .66 at 300 pairs when skewed).
    rank_biserial : float
        Matched pairs, -1 to 1, with an interval that also holds when people did change.
    """

    n: int
    n_given: int
    level: float
    reason: str = ""
    n_clusters: int | None = None
    cluster_reason: str = ""
    mean_pre: float = np.nan
    mean_post: float = np.nan
    sd_pre: float = np.nan
    sd_post: float = np.nan
    r: float = np.nan
    change: float = np.nan
    change_low: float = np.nan
    change_high: float = np.nan
    sd_change: float = np.nan
    median_change: float = np.nan
    t: float = np.nan
    df: float = np.nan
    p: float = np.nan
    g_pre: float = np.nan
    g_pre_low: float = np.nan
    g_pre_high: float = np.nan
    g_pre_interval: str = ""
    g_pre_bonett_low: float = np.nan
    g_pre_bonett_high: float = np.nan
    g_pre_influence_low: float = np.nan
    g_pre_influence_high: float = np.nan
    g_av: float = np.nan
    g_av_low: float = np.nan
    g_av_high: float = np.nan
    g_av_interval: str = ""
    g_av_bonett_low: float = np.nan
    g_av_bonett_high: float = np.nan
    g_av_influence_low: float = np.nan
    g_av_influence_high: float = np.nan
    d_z: float = np.nan
    d_z_low: float = np.nan
    d_z_high: float = np.nan
    rank_biserial: float = np.nan
    rank_biserial_low: float = np.nan
    rank_biserial_high: float = np.nan

    def to_frame(self) -> pd.DataFrame:
        """Return the fields as a frame with one row."""
        return one_row(self)


def effect_size(
    pre: ArrayLike, post: ArrayLike, level: float = 0.95, *, cluster: ArrayLike | None = None
) -> EffectSize:
    """Return the change from pre to post, raw and standardised, with intervals.

    Parameters
    ----------
    pre, post : array_like, shape (n_given,)
        Start and end values in points, one row a person. Rows lacking either are dropped and counted.
    level : float
        Confidence level, 0-1.
    cluster : array_like, shape (n_given,), optional
        What each row belongs to (client, course group, worker), none missing.

    Returns
    -------
    EffectSize
        The sign is that of post - pre on the raw scale, whatever direction is better.

    Raises
    ------
    StatisticsError
        If the lengths (or the indexes of two Series) differ, or a value is not a finite number.

    Notes
    -----
    Formulas and sources stand at `standardised_by_pre`, `standardised_by_average`, `d_z_interval` and
    `rank_biserial`. The numbers agree with R's metafor (SMCRH, SMCRPH) and effectsize. A change
    before-after is not the effect of a treatment.

    Examples
    --------
    >>> import isu_analysis as isu
    >>> start = [14, 17, 12, 20, 16, 11, 18, 15, 13, 19, 16]
    >>> end = [10, 15, 12, 14, 13, 9, 15, 16, 9, 12, None]
    >>> found = isu.effect_size(start, end)
    >>> found.n, found.n_given, round(found.change, 2)
    (10, 11, -3.0)
    >>> found.to_frame()[["change_low", "change_high", "g_pre", "g_pre_low", "g_pre_high"]].round(2)
       change_low  change_high  g_pre  g_pre_low  g_pre_high
    0       -4.75        -1.25  -0.91       -1.5       -0.32
    """
    check_level(level)
    x, y = paired(pre, post)
    seen = ~(np.isnan(x) | np.isnan(y))
    x, y = x[seen], y[seen]
    reason = _reason(x, y)
    numbers: Numbers = {**_raw(x, y), **_test(x, y, level)}
    if not reason:
        numbers |= _sizes(x, y, level)
    if cluster is not None:
        numbers |= cluster_intervals(x, y, cluster_codes(cluster, pre)[seen], level, sized=not reason)
    return EffectSize(n=int(seen.sum()), n_given=seen.size, level=level, reason=reason, **numbers)


def _reason(x: Floats, y: Floats) -> str:
    if x.size < MINIMUM_PAIRS:
        return "too_few_pairs"
    return "" if _varies(x) and _varies(y) and _varies(y - x, np.abs([x, y]).max()) else "zero_sd"


def _varies(values: Floats, size: float = 0.0) -> bool:
    largest = max(float(np.abs(values).max()), size)
    return bool(np.ptp(values) > NO_SPREAD * largest)


def _raw(x: Floats, y: Floats) -> Numbers:
    if x.size < 2:  # a single pair's mean is that person's value
        return {}
    change = y - x
    return {
        "mean_pre": float(x.mean()),
        "mean_post": float(y.mean()),
        "sd_pre": float(x.std(ddof=1)),
        "sd_post": float(y.std(ddof=1)),
        "r": float(np.corrcoef(x, y)[0, 1]) if _varies(x) and _varies(y) else np.nan,
        "change": float(change.mean()),
        "sd_change": float(change.std(ddof=1)),
        "median_change": float(np.median(change)),
    }


def _test(x: Floats, y: Floats, level: float) -> Numbers:
    """Return the paired t test and the interval of the mean change; empty where it has no meaning."""
    change = y - x
    if change.size < 2 or not _varies(change, float(np.abs([x, y]).max())):
        return {}
    test = stats.ttest_1samp(change, 0.0)
    interval = test.confidence_interval(level)
    ends = {"change_low": float(interval.low), "change_high": float(interval.high)}
    return {"t": float(test.statistic), "df": float(test.df), "p": float(test.pvalue), **ends}


def _sizes(x: Floats, y: Floats, level: float) -> Numbers:
    change = y - x
    d_z = float(change.mean() / change.std(ddof=1))
    numbers: Numbers = {"d_z": d_z}
    numbers["d_z_low"], numbers["d_z_high"] = d_z_interval(d_z, x.size, level)
    ranks = rank_biserial(change, level)
    numbers |= {"rank_biserial": ranks.size, "rank_biserial_low": ranks.low, "rank_biserial_high": ranks.high}
    numbers |= _named("g_pre", standardised_by_pre(x, y, level))
    return numbers | _named("g_av", standardised_by_average(x, y, level))


def _named(name: str, result: Standardised) -> Numbers:
    """Spread one standardised change over its fields, with the default interval first."""
    low, high = (float(end) for end in result.leave_one_out)
    return {
        name: float(result.size),
        f"{name}_low": low,
        f"{name}_high": high,
        f"{name}_interval": "" if np.isnan(low) else "leave_one_out",
        f"{name}_bonett_low": float(result.bonett.low),
        f"{name}_bonett_high": float(result.bonett.high),
        f"{name}_influence_low": float(result.influence.low),
        f"{name}_influence_high": float(result.influence.high),
    }
