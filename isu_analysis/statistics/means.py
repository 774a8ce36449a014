"""Means of points and differences between two means, also when people come in clusters."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from isu_analysis.statistics.arguments import NO_SPREAD, Floats, check_level, vector
from isu_analysis.statistics.clusters import (
    NO_VARIATION,
    ClusterError,
    cluster_codes,
    leave_one_cluster_out,
    shared_codes,
)
from isu_analysis.statistics.results import one_row

TOO_FEW = "too_few_values"


@dataclass(frozen=True)
class Mean:
    """A mean with its interval.

    Attributes
    ----------
    n, n_given : int
        Values used, and rows given; the others were missing.
    mean, low, high : float
        In the values' unit; NaN with a ``reason`` where there is none.
    se, df : float
        Standard error, and degrees of freedom of the t multiplier.
    level : float
        Confidence level.
    n_clusters : int or None
        Clusters the people came in; None when everyone stands alone.
    design_effect : float
        Squared standard error over that of as many independent people; NaN without clusters.
    reason : str
        "" when all is computed; "too_few_values" (n < 2: the mean too is NaN), "zero_sd",
        "too_few_clusters", "one_cluster_decides" (the mean without an interval).
    """

    n: int
    n_given: int
    mean: float = np.nan
    low: float = np.nan
    high: float = np.nan
    se: float = np.nan
    df: float = np.nan
    level: float = 0.95
    n_clusters: int | None = None
    design_effect: float = np.nan
    reason: str = ""

    def to_frame(self) -> pd.DataFrame:
        """Return the fields as a frame with one row."""
        return one_row(self)


@dataclass(frozen=True)
class MeanDifference:
    """The difference between two means, first minus second.

    Attributes
    ----------
    n_first, n_second : int
        Values used.
    mean_first, mean_second : float
        In the values' unit.
    difference, difference_low, difference_high : float
        First minus second with its interval; NaN with a ``reason`` where there is none.
    se, df : float
        Standard error, and degrees of freedom of the t multiplier.
    level : float
        Confidence level.
    n_clusters, n_shared_clusters : int or None
        Clusters in all, and those found in both groups; None when everyone stands alone.
    reason : str
        As in `Mean`.
    """

    n_first: int
    n_second: int
    mean_first: float = np.nan
    mean_second: float = np.nan
    difference: float = np.nan
    difference_low: float = np.nan
    difference_high: float = np.nan
    se: float = np.nan
    df: float = np.nan
    level: float = 0.95
    n_clusters: int | None = None
    n_shared_clusters: int | None = None
    reason: str = ""

    def to_frame(self) -> pd.DataFrame:
        """Return the fields as a frame with one row."""
        return one_row(self)


def mean(values: ArrayLike, *, cluster: ArrayLike | None = None, level: float = 0.95, made_of: float = 0.0) -> Mean:
    """Return the mean with a t interval, cluster-robust when clusters are given.

    Parameters
    ----------
    values : array_like, shape (n_given,)
        Numbers; missing values are left out and counted.
    cluster : array_like, shape (n_given,), optional
        What each row belongs to (client, course group, worker), none missing.
    level : float
        Confidence level, 0-1.
    made_of : float
        The largest number the values were subtracted from, where they are differences: a spread that is only
        a rounding of it is none.

    Returns
    -------
    Mean

    Raises
    ------
    StatisticsError
        If a value is not a finite number, lengths or indexes differ, or a row has no cluster.

    Notes
    -----
    Clusters: `leave_one_cluster_out`.

    Examples
    --------
    By hand: 3 plus or minus 2.776 (t with 4 degrees of freedom) times the standard error 0.707.

    >>> import isu_analysis as isu
    >>> hours = isu.mean([1, 2, 3, 4, 5, None])
    >>> hours.n, hours.mean, round(hours.low, 2), round(hours.high, 2)
    (5, 3.0, 1.04, 4.96)
    """
    check_level(level)
    given = vector(values, "values")
    seen = ~np.isnan(given)
    x = given[seen]
    codes = None if cluster is None else cluster_codes(cluster, values)[seen]
    result = Mean(x.size, given.size, level=level, n_clusters=None if codes is None else np.unique(codes).size)
    if x.size < 2:
        return replace(result, reason=TOO_FEW)
    result = replace(result, mean=float(x.mean()))
    if np.ptp(x) <= NO_SPREAD * max(float(np.abs(x).max()), made_of):
        return replace(result, reason=NO_VARIATION)
    alone = ClusterError(float(x.std(ddof=1) / np.sqrt(x.size)), x.size - 1.0, x.size)
    if codes is None:
        return _with_interval(result, alone)
    error = leave_one_cluster_out(lambda kept: _mean(x[kept]), [codes])
    return replace(_with_interval(result, error), design_effect=(error.se / alone.se) ** 2)


def mean_difference(
    first: ArrayLike,
    second: ArrayLike,
    *,
    first_cluster: ArrayLike | None = None,
    second_cluster: ArrayLike | None = None,
    level: float = 0.95,
) -> MeanDifference:
    """Return the difference between the means of two groups, or of two years.

    Parameters
    ----------
    first, second : array_like, shapes (n_first,) and (n_second,)
        Numbers; missing values are left out.
    first_cluster, second_cluster : array_like, optional
        What each row belongs to; both or neither. The same name in both is the same cluster: two years that
        share people are compared by giving the person.
    level : float
        Confidence level, 0-1.

    Returns
    -------
    MeanDifference
        Without clusters Welch's t interval.

    Raises
    ------
    StatisticsError
        As in `mean`, or if only one of the groups has clusters.

    Examples
    --------
    >>> import isu_analysis as isu
    >>> first, second = [12, 15, 11, 14, 18], [9, 10, 13, 8, 10]
    >>> between = isu.mean_difference(first, second)
    >>> between.mean_first, between.mean_second, between.difference
    (14.0, 10.0, 4.0)
    >>> round(between.difference_low, 2), round(between.difference_high, 2)
    (0.5, 7.5)
    """
    check_level(level)
    given = [vector(values, name) for values, name in ((first, "first"), (second, "second"))]
    x, y = (values[~np.isnan(values)] for values in given)
    codes = shared_codes(first_cluster, second_cluster, first, second)
    result = MeanDifference(x.size, y.size, level=level)
    if codes is not None:
        codes = [code[~np.isnan(values)] for code, values in zip(codes, given, strict=True)]
        in_all, shared = np.union1d(codes[0], codes[1]), np.intersect1d(codes[0], codes[1])
        result = replace(result, n_clusters=in_all.size, n_shared_clusters=shared.size)
    if min(x.size, y.size) < 2:
        return replace(result, reason=TOO_FEW)
    middle = float(x.mean() - y.mean())
    result = replace(result, mean_first=float(x.mean()), mean_second=float(y.mean()), difference=middle)
    largest = max(float(np.abs(x).max()), float(np.abs(y).max()))
    if max(np.ptp(x), np.ptp(y)) <= NO_SPREAD * largest:
        return replace(result, reason=NO_VARIATION)
    error = _welch(x, y)
    if codes is not None:
        error = leave_one_cluster_out(
            lambda kept: _mean(x[kept[: x.size]]) - _mean(y[kept[x.size :]]),
            codes,
        )
    half = error.half_width(level)
    result = replace(result, se=error.se, df=error.df, reason=error.reason)
    return replace(result, difference_low=middle - half, difference_high=middle + half)


def _mean(values: Floats) -> float:
    return float(values.mean()) if values.size else np.nan


def _welch(x: Floats, y: Floats) -> ClusterError:
    """Return Welch's standard error and df; by hand, because scipy warns when one group does not vary."""
    parts = np.array([x.var(ddof=1) / x.size, y.var(ddof=1) / y.size])
    df = parts.sum() ** 2 / (parts**2 / [x.size - 1, y.size - 1]).sum()
    return ClusterError(float(np.sqrt(parts.sum())), float(df), x.size + y.size)


def _with_interval(result: Mean, error: ClusterError) -> Mean:
    half = error.half_width(result.level)
    middle = result.mean
    return replace(result, low=middle - half, high=middle + half, se=error.se, df=error.df, reason=error.reason)
