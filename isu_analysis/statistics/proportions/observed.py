"""Shares and their differences from people instead of counts, also when people come in clusters."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy import stats

from isu_analysis.errors import StatisticsError
from isu_analysis.statistics.arguments import Flags, Floats, check_column, check_level, vector
from isu_analysis.statistics.clusters import NO_VARIATION, Codes, cluster_codes, leave_one_cluster_out, shared_codes
from isu_analysis.statistics.results import one_row


@dataclass(frozen=True)
class ObservedShare:
    """A share of people with an interval that knows of clusters.

    Attributes
    ----------
    n, of, n_given : int
        How many, of how many with a value, and rows given.
    share, low, high : float
        0-1; NaN when ``of`` is 0; the ends NaN with a ``reason``.
    level : float
        Confidence level.
    interval : str
        "wilson", or "wilson_effective" for clusters.
    n_clusters : int or None
        Clusters the people came in; None when everyone stands alone.
    effective_n : float
        As many independent people would be as certain; ``of`` without clusters.
    df : float
        Degrees of freedom of the t multiplier; NaN without clusters (normal multiplier).
    reason : str
        "" when computed; "nobody" (of = 0), "too_few_clusters", "one_cluster_decides".
    """

    n: int
    of: int
    n_given: int
    share: float = np.nan
    low: float = np.nan
    high: float = np.nan
    level: float = 0.95
    interval: str = "wilson"
    n_clusters: int | None = None
    effective_n: float = np.nan
    df: float = np.nan
    reason: str = ""

    def to_frame(self) -> pd.DataFrame:
        """Return the fields as a frame with one row."""
        return one_row(self)


@dataclass(frozen=True)
class ObservedShareDifference:
    """The difference between two shares, first minus second.

    Attributes
    ----------
    n_first, of_first, n_second, of_second : int
        Events and people with a value.
    difference, difference_low, difference_high : float
        -1 to 1; NaN with a ``reason``.
    level : float
        Confidence level.
    n_clusters, n_shared_clusters : int or None
        Clusters in all, and those found in both groups; None when everyone stands alone.
    correlation : float
        Of the two shares' errors, from the clusters they have in common; 0 without any.
    reason : str
        As in `ObservedShare`.
    """

    n_first: int
    of_first: int
    n_second: int
    of_second: int
    difference: float = np.nan
    difference_low: float = np.nan
    difference_high: float = np.nan
    level: float = 0.95
    n_clusters: int | None = None
    n_shared_clusters: int | None = None
    correlation: float = 0.0
    reason: str = ""

    def to_frame(self) -> pd.DataFrame:
        """Return the fields as a frame with one row."""
        return one_row(self)


def share_of(values: ArrayLike, *, cluster: ArrayLike | None = None, level: float = 0.95) -> ObservedShare:
    """Return the share of people for whom something is true.

    Parameters
    ----------
    values : array_like of bool or 0/1, shape (n_given,)
        One a person; missing values are left out and counted.
    cluster : array_like, shape (n_given,), optional
        What each row belongs to (client, course group, worker), none missing.
    level : float
        Confidence level, 0-1.

    Returns
    -------
    ObservedShare

    Raises
    ------
    StatisticsError
        If a value is neither true/1, false/0 nor missing, lengths or indexes differ, or a row has no cluster.

    Notes
    -----
    Clusters: Wilson's interval for ``effective_n = share (1 - share) / se^2`` people (at most ``of``) with
    the t multiplier of the clusters' degrees of freedom; se from `leave_one_cluster_out`. Franco, Little,
    Louis & Slud (2019), J Survey Stat Methodol 7:334 (from memory, not verified). Where everyone or no one is
    an event the data say nothing of how alike people in a cluster are: the effective number is then the
    number of clusters, the most cautious choice.

    Examples
    --------
    >>> import isu_analysis as isu
    >>> in_work = [True, True, False, True, None, False, True, True, False, True]
    >>> found = isu.share_of(in_work)
    >>> found.n, found.of, found.n_given
    (6, 9, 10)
    >>> round(found.share, 2), round(found.low, 2), round(found.high, 2)
    (0.67, 0.35, 0.88)
    """
    check_level(level)
    given = flags_or_missing(values, "values")
    seen = ~np.isnan(given)
    x = given[seen]
    codes = None if cluster is None else cluster_codes(cluster, values)[seen]
    return _share(x, codes, ObservedShare(int(x.sum()), x.size, given.size, level=level))


def observed_share_difference(
    first: ArrayLike,
    second: ArrayLike,
    *,
    first_cluster: ArrayLike | None = None,
    second_cluster: ArrayLike | None = None,
    level: float = 0.95,
) -> ObservedShareDifference:
    """Return the difference between two groups' shares, or two years' shares that have people in common.

    Parameters
    ----------
    first, second : array_like of bool or 0/1, shapes (n_first,) and (n_second,)
        One a person; missing values are left out.
    first_cluster, second_cluster : array_like, optional
        What each row belongs to; both or neither. The same name in both is the same cluster.
    level : float
        Confidence level, 0-1.

    Returns
    -------
    ObservedShareDifference
        Without clusters Newcombe's interval (as `newcombe_difference`).

    Raises
    ------
    StatisticsError
        As in `share_of`, or if only one of the groups has clusters.

    Notes
    -----
    ``d - sqrt(a^2 + b^2 - 2 rho a b)`` and ``d + sqrt(c^2 + e^2 - 2 rho c e)`` with the distances a, b, c, e
    from each share to its own limits (`share_of`) and rho the correlation of the two shares' errors over
    the clusters. Newcombe (1998), Stat Med 17:873 and 17:2635; Zou & Donner (2008), Stat Med 27:1693 (the
    latter from memory, not verified).

    Examples
    --------
    Ten people seen in both years: each is a cluster of their own, and the interval is narrower than for strangers.

    >>> import isu_analysis as isu
    >>> this_year = [1, 1, 1, 0, 1, 1, 0, 1, 1, 0]
    >>> last_year = [1, 0, 1, 0, 1, 0, 0, 1, 1, 0]
    >>> people = list("abcdefghij")
    >>> same = isu.observed_share_difference(this_year, last_year, first_cluster=people, second_cluster=people)
    >>> others = isu.observed_share_difference(this_year, last_year)
    >>> [(round(d.difference, 1), round(d.difference_low, 2), round(d.difference_high, 2)) for d in (same, others)]
    [(0.2, -0.08, 0.43), (0.2, -0.2, 0.53)]
    """
    check_level(level)
    given = [flags_or_missing(values, name) for values, name in ((first, "first"), (second, "second"))]
    seen = [~np.isnan(values) for values in given]
    x, y = (values[known] for values, known in zip(given, seen, strict=True))
    codes = shared_codes(first_cluster, second_cluster, first, second)
    result = ObservedShareDifference(int(x.sum()), x.size, int(y.sum()), y.size, level=level)
    if codes is None:
        one, other = (_share(v, None, ObservedShare(int(v.sum()), v.size, v.size, level=level)) for v in (x, y))
        return _between(result, one, other, 0.0)
    codes = [code[known] for code, known in zip(codes, seen, strict=True)]
    one, other = (
        _share(v, code, ObservedShare(int(v.sum()), v.size, v.size, level=level))
        for v, code in zip((x, y), codes, strict=True)
    )
    in_all, shared = np.union1d(codes[0], codes[1]), np.intersect1d(codes[0], codes[1])
    result = replace(result, n_clusters=in_all.size, n_shared_clusters=shared.size)
    return _between(result, one, other, _correlation(x, y, codes))


def flags_or_missing(values: ArrayLike, name: str) -> Floats:
    """Return flags as 1.0, 0.0 and NaN.

    Raises
    ------
    StatisticsError
        If a value is neither true/1, false/0 nor missing.
    """
    allowed = "Tillåtet: True och False (1 och 0) eller tomt"
    check_column(values, name)
    if pd.api.types.infer_dtype(pd.Series(values), skipna=True) == "string":
        raise StatisticsError(
            f"Argumentet {name}: är text. {allowed}; gör om med map, så att den som saknar svar inte blir nej."
        )
    numbers = vector(values, name)
    if not np.isin(numbers[~np.isnan(numbers)], (0.0, 1.0)).all():
        raise StatisticsError(f"Argumentet {name}: har annat än ja och nej. {allowed}.")
    return numbers


def _share(x: Floats, codes: Codes | None, result: ObservedShare) -> ObservedShare:
    n_clusters = None if codes is None else int(np.unique(codes).size)
    result = replace(result, n_clusters=n_clusters, interval="wilson" if codes is None else "wilson_effective")
    if x.size == 0:
        return replace(result, reason="nobody")
    p = float(x.mean())
    result = replace(result, share=p)
    if codes is None:
        return _wilson(replace(result, effective_n=float(x.size)), float(stats.norm.ppf((1 + result.level) / 2)))
    error = leave_one_cluster_out(lambda kept: _mean(x, kept), [codes])
    if error.reason and error.reason != NO_VARIATION:
        return replace(result, reason=error.reason)
    # The same share in every cluster: as sure as with independent people, but for all or none.
    alike = float(x.size) if 0 < p < 1 else float(error.n_clusters)
    effective = alike if error.reason else min(p * (1 - p) / error.se**2, float(x.size))
    result = replace(result, effective_n=effective, df=error.df)
    return _wilson(result, float(stats.t.ppf((1 + result.level) / 2, error.df)))


def _wilson(result: ObservedShare, multiplier: float) -> ObservedShare:
    """Wilson's limits for a share of a number of people that need not be whole."""
    p, n, z2 = result.share, result.effective_n, multiplier**2
    centre = (p + z2 / (2 * n)) / (1 + z2 / n)
    half = multiplier / (1 + z2 / n) * np.sqrt(p * (1 - p) / n + z2 / (4 * n**2))
    # At 0 and 1 the limit is the share itself, but only up to the last binary digit.
    low, high = (p if p == 0 else centre - half), (p if p == 1 else centre + half)
    return replace(result, low=float(low), high=float(high))


def _mean(x: Floats, kept: Flags) -> float:
    return float(x[kept].mean()) if kept.any() else np.nan


def _correlation(x: Floats, y: Floats, codes: list[Codes]) -> float:
    """Return how the two shares' errors go together over the clusters they have in common."""
    n_clusters = int(max(code.max(initial=0) for code in codes)) + 1
    sums = [
        np.bincount(code, weights=values - values.mean(), minlength=n_clusters) if values.size else np.zeros(n_clusters)
        for values, code in zip((x, y), codes, strict=True)
    ]
    size = float(np.sqrt((sums[0] ** 2).sum() * (sums[1] ** 2).sum()))
    return float((sums[0] * sums[1]).sum() / size) if size > 0 else 0.0


def _between(
    result: ObservedShareDifference, one: ObservedShare, other: ObservedShare, rho: float
) -> ObservedShareDifference:
    d = one.share - other.share
    below = _together(one.share - one.low, other.high - other.share, rho)
    above = _together(one.high - one.share, other.share - other.low, rho)
    ends = (float(d - below), float(d + above))
    result = replace(result, difference=d, difference_low=ends[0], difference_high=ends[1])
    return replace(result, correlation=rho, reason=one.reason or other.reason)


def _together(a: float, b: float, rho: float) -> float:
    return float(np.sqrt(max(a**2 + b**2 - 2 * rho * a * b, 0.0))) if np.isfinite(a + b) else np.nan
