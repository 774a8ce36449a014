"""The mean change when some were never measured again: completers, and start value carried forward."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy import stats

from isu_analysis.statistics.arguments import Floats, check_level, largest, started
from isu_analysis.statistics.clusters import ClusterError, Codes, cluster_codes
from isu_analysis.statistics.means import mean
from isu_analysis.statistics.results import one_row


@dataclass(frozen=True)
class ChangeEstimate:
    """An estimate of the mean change from start to end, post - pre in points.

    Attributes
    ----------
    method : str
        "completers", "carried_back", "ml_two_wave" or "ml_all_waves".
    n : int
        People the estimate is about: those with a start ("ml_all_waves": with any value).
    n_pairs : int
        Those with both start and end.
    change, low, high : float
        Mean change and its interval in points; NaN with a ``reason`` when not estimable.
    se : float
        Standard error in points.
    df : float
        Degrees of freedom of the t multiplier.
    level : float
        Confidence level.
    interval : str
        "t": change +- t(df) se. "leave_one_out": the same, with the standard error of leaving out one person at a
        time. "t_approximate": the same, where the t distribution is not exact in theory.
    reason : str
        "" when estimated; "too_few_pairs", "zero_sd", "singular", "not_converged" or
        "one_person_decides".
    means : tuple of float
        Estimated mean of each wave ("ml_all_waves" only; otherwise empty).
    n_observed : tuple of int
        People observed at each wave ("ml_all_waves" only).
    n_empty : int
        Rows without any value, left out ("ml_all_waves" only).
    n_clusters : int or None
        Clusters the people came in; None when everyone stands alone. Fewer than 8 give the change without an
        interval ("too_few_clusters"), as does a cluster that the change cannot be estimated without
        ("one_cluster_decides").
    """

    method: str
    n: int
    n_pairs: int
    change: float = np.nan
    low: float = np.nan
    high: float = np.nan
    se: float = np.nan
    df: float = np.nan
    level: float = 0.95
    interval: str = "t"
    reason: str = ""
    means: tuple[float, ...] = ()
    n_observed: tuple[int, ...] = ()
    n_empty: int = 0
    n_clusters: int | None = None

    @property
    def share_lost(self) -> float:
        """Share of the people who lack start or end, 0-1.

        Examples
        --------
        >>> import isu_analysis as isu
        >>> isu.completers_change([22, 18, 25, 20], [17, 15, 21, None]).share_lost
        0.25
        """
        return 1 - self.n_pairs / self.n if self.n else np.nan

    def to_frame(self) -> pd.DataFrame:
        """Return the fields as a frame with one row."""
        return one_row(self)


def with_t_interval(estimate: ChangeEstimate, change: float, se: float, df: float) -> ChangeEstimate:
    """Return the estimate with its numbers filled in: ``change +- t(df) se``."""
    half = float(stats.t.ppf((1 + estimate.level) / 2, df)) * float(se)
    middle = float(change)
    return replace(estimate, change=middle, low=middle - half, high=middle + half, se=float(se), df=float(df))


def with_cluster_interval(estimate: ChangeEstimate, change: float, error: ClusterError) -> ChangeEstimate:
    """Return the estimate with its change and the interval that leaving out one cluster at a time gives."""
    estimate = replace(estimate, n_clusters=error.n_clusters, reason=error.reason)
    return with_t_interval(estimate, change, error.se, error.df)


def completers_change(
    pre: ArrayLike, post: ArrayLike, level: float = 0.95, *, cluster: ArrayLike | None = None
) -> ChangeEstimate:
    """Mean change of those measured twice, as if the lost did not exist.

    Parameters
    ----------
    pre : array_like, shape (n,)
        Start values in points, none missing.
    post : array_like, shape (n,)
        End values; NaN = lost.
    level : float
        Confidence level, 0-1.
    cluster : array_like, shape (n,), optional
        What each person belongs to (client, course group, worker), none missing; the interval is then
        cluster-robust, see `leave_one_cluster_out`.

    Returns
    -------
    ChangeEstimate
        Method "completers", t with n_pairs - 1 df. Fewer than two pairs: "too_few_pairs", all NaN. No
        variation: "zero_sd", the change without an interval.

    Raises
    ------
    StatisticsError
        If lengths or indexes differ, a start value is missing, or a value is not a finite number.

    Examples
    --------
    Eight people, two of them never measured again. Those who stayed changed by -5, -3, -4, -6, -2 and -4.

    >>> import isu_analysis as isu
    >>> found = isu.completers_change([22, 18, 25, 20, 16, 24, 19, 23], [17, 15, 21, 14, 14, 20, None, None])
    >>> found.n, found.n_pairs, found.change
    (8, 6, -4.0)
    >>> round(found.low, 2), round(found.high, 2), found.share_lost
    (-5.48, -2.52, 0.25)
    """
    check_level(level)
    x, y = started(pre, post)
    kept = ~np.isnan(y)
    estimate = ChangeEstimate("completers", x.size, int(kept.sum()), level=level)
    codes = None if cluster is None else cluster_codes(cluster, pre)[kept]
    return _mean_estimate(estimate, (y - x)[kept], codes, largest(x, y))


def carried_back(
    pre: ArrayLike, post: ArrayLike, level: float = 0.95, *, cluster: ArrayLike | None = None
) -> ChangeEstimate:
    """Mean change if none of the lost had changed at all (start value carried forward).

    Parameters
    ----------
    pre, post, level, cluster
        As in `completers_change`.

    Returns
    -------
    ChangeEstimate
        Method "carried_back": completers' change times the share kept; t with n - 1 df. An assumption, not
        a bound: the lost may have got worse. Reasons as in `completers_change`.

    Raises
    ------
    StatisticsError
        As in `completers_change`.

    Examples
    --------
    The six who stayed changed by -4 on average; two of eight lost count as unchanged: 6/8 of -4.

    >>> import isu_analysis as isu
    >>> found = isu.carried_back([22, 18, 25, 20, 16, 24, 19, 23], [17, 15, 21, 14, 14, 20, None, None])
    >>> found.change, round(found.low, 2), round(found.high, 2)
    (-3.0, -4.84, -1.16)
    """
    check_level(level)
    x, y = started(pre, post)
    lost = np.isnan(y)
    estimate = ChangeEstimate("carried_back", x.size, int((~lost).sum()), level=level)
    codes = None if cluster is None else cluster_codes(cluster, pre)
    return _mean_estimate(estimate, np.where(lost, 0.0, y - x), codes, largest(x, y))


def _mean_estimate(estimate: ChangeEstimate, change: Floats, codes: Codes | None, made_of: float) -> ChangeEstimate:
    if estimate.n_pairs < 2:
        return replace(estimate, reason="too_few_pairs")
    found = mean(change, cluster=codes, level=estimate.level, made_of=made_of)
    if found.reason:
        return replace(estimate, change=found.mean, n_clusters=found.n_clusters, reason=found.reason)
    return with_t_interval(replace(estimate, n_clusters=found.n_clusters), found.mean, found.se, found.df)
