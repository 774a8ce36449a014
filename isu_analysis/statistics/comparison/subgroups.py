"""Subgroups declared beforehand: each group's own figure, drawn towards the common one, and against the rest."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy import stats
from statsmodels.stats.oneway import anova_generic

from isu_analysis.errors import StatisticsError
from isu_analysis.statistics.arguments import NO_SPREAD, Flags, Floats, check_level, index_of, same_rows, vector
from isu_analysis.statistics.comparison.chance_range import (
    RangeByChance,
    at_least_as_large,
    expected_range_by_chance,
    share_range_by_chance,
    shuffled_shares,
)
from isu_analysis.statistics.comparison.pooling import pooled_units
from isu_analysis.statistics.proportions.counts import counts, parts
from isu_analysis.statistics.proportions.shares import newcombe_interval, wilson
from isu_analysis.statistics.results import one_row

# Below this a group's own figure says something of single people and next to nothing of the group.
SMALLEST = 5
TOO_SMALL, ONE_GROUP, NO_VARIATION = "too_small", "one_group", "no_variation"


@dataclass(frozen=True, eq=False)
class Subgroups:
    """Subgroups that do not overlap, side by side.

    Attributes
    ----------
    figure : str
        "share" (0-1) or "mean" (in the values' unit).
    n, n_groups, n_shown : int
        People in all groups, groups given, groups large enough to have a figure.
    common : float
        The figure of all people, small groups too.
    q, q_df, q_p : float
        Cochran's test that the shown groups have one true figure, in large samples; for shares it is Pearson's
        chi-square, for means (k-1) F of the analysis of variance.
    p : float
        The same question in small samples, 0-1: people dealt to groups at random (shares), Welch's test (means). The
        one to report.
    tau2 : float
        Variance of the groups' true figures, 0 or more.
    chance : RangeByChance
        How far apart the shown groups would lie by chance alone, and how far they do.
    simultaneous : float
        Confidence level of each single interval that makes all of a kind hold together with ``level``.
    smallest : int
        People a group needs to be shown.
    level : float
        Confidence level of all intervals of a kind together.
    reason : str
        "" or "one_group" (fewer than two groups large enough: no shrinkage, no test; the intervals are plain) or
        "no_variation" (all values alike: nothing to shrink or test).
    groups : DataFrame
        One row a group in the order given: people (n, of for shares; n for means), value, low, high (simultaneous
        over the shown groups), shrunken, reliability (0-1: how much the own figure counts in it), rest (figure of all
        other people), difference (own minus rest), difference_low, difference_high (simultaneous), reason: "",
        "too_small" (all but the people NaN), "rest_too_small" (difference NaN) or "zero_sd" (a mean whose values are
        all alike: no interval).
    """

    figure: str
    n: int
    n_groups: int
    n_shown: int
    common: float = np.nan
    q: float = np.nan
    q_df: float = np.nan
    q_p: float = np.nan
    p: float = np.nan
    tau2: float = np.nan
    chance: RangeByChance = field(default_factory=lambda: RangeByChance(0))
    simultaneous: float = np.nan
    smallest: int = SMALLEST
    level: float = 0.95
    reason: str = ""
    groups: pd.DataFrame = field(default_factory=pd.DataFrame, repr=False)

    def to_frame(self) -> pd.DataFrame:
        """Return the fields but the groups as a frame with one row; the range as range_expected, _limit, _observed, _p."""
        names = ("expected", "limit", "observed", "p")
        spread = {f"range_{name}": getattr(self.chance, name) for name in names}
        return one_row(self).drop(columns=["chance", "groups"]).assign(**spread)


def subgroup_shares(
    n: ArrayLike, of: ArrayLike, *, smallest: int = SMALLEST, level: float = 0.95, draws: int = 9_999, seed: int = 0
) -> Subgroups:
    """Return the shares of subgroups, with what chance alone would do to them.

    Parameters
    ----------
    n, of : array_like of int, shape (k,)
        How many, of how many in each group. Nobody is in two groups. The index of a Series names the groups.
    smallest : int
        People a group needs to be shown, at least 1.
    level : float
        Confidence level of all intervals of a kind together, 0-1.
    draws, seed : int
        Of the random deals behind ``p`` and ``chance``; the same seed gives the same answer.

    Returns
    -------
    Subgroups

    Raises
    ------
    StatisticsError
        If the counts are not whole numbers with n <= of, one is missing, or the indexes differ.

    Notes
    -----
    Own intervals: Wilson at level^(1/k), which holds for all k together as the groups are independent (Sidak 1967, JASA
    62:626, from memory, not verified). Differences from the rest: Newcombe at the same level; they depend on each
    other, which makes it cautious. Shrinkage: `pooled_units` (REML) with the variance ``p (1 - p) / of`` at the
    common p for every group, so that none is sure of itself because it is 0 of 6. Small groups are in ``common`` and
    in the rest of others, but not in the shrinkage, the test or the range. The shrunken shares have no interval: after
    tau2 is estimated from a handful of groups none would hold what it says.

    Examples
    --------
    >>> import isu_analysis as isu
    >>> import pandas as pd
    >>> n, of = (pd.Series(values, index=["women", "men", "other"]) for values in ([24, 12, 1], [40, 30, 3]))
    >>> found = isu.subgroup_shares(n, of, seed=1)
    >>> found.groups[["n", "of", "reason", "value", "rest", "difference"]].reset_index().round(2)
       group   n  of     reason  value  rest  difference
    0  women  24  40               0.6  0.39        0.21
    1    men  12  30               0.4  0.58       -0.18
    2  other   1   3  too_small    NaN   NaN         NaN
    >>> round(found.common, 2), round(found.p, 1)
    (0.51, 0.1)
    """
    check_level(level)
    _check_smallest(smallest)
    same_rows(n, of, "n", "of")
    events, trials = parts(n, of)
    if events.ndim != 1 or np.isnan(events + trials).any():
        raise StatisticsError("Argumenten n och of: ska vara en kolumn var, utan tomma värden.")
    shown = trials >= smallest
    result = _result("share", trials, shown, (smallest, level))
    people = float(trials.sum())
    common = float(events.sum() / people) if people else np.nan
    rest_n, rest_of = events.sum() - events, people - trials
    low, high = wilson(events, trials, result.simultaneous)
    ends = newcombe_interval(events, trials, rest_n, rest_of, _against_rest(result))
    with np.errstate(invalid="ignore", divide="ignore"):
        value, rest = events / trials, rest_n / rest_of
    columns = {"value": value, "low": low, "high": high}
    frame = pd.DataFrame({"n": events.astype(int), "of": trials.astype(int), **columns}, index=_names(of, n))
    frame = _against(frame, rest, ends)
    result = replace(result, common=common, groups=_hidden(frame, shown, rest_of < smallest))
    if result.reason or not 0 < events[shown].sum() < trials[shown].sum():
        return replace(result, reason=result.reason or NO_VARIATION)
    own = events[shown].sum() / trials[shown].sum()
    result = _shrunken(result, value, own * (1 - own) / np.where(shown, trials, 1), shown)
    dealt = shuffled_shares(events[shown], trials[shown], draws=draws, seed=seed)
    return replace(
        result,
        p=at_least_as_large((trials[shown] * (dealt - own) ** 2).sum(axis=1) / (own * (1 - own)), result.q),
        chance=share_range_by_chance(events[shown], trials[shown], level=level, draws=draws, seed=seed),
    )


def subgroup_means(
    mean: ArrayLike, sd: ArrayLike, n: ArrayLike, *, smallest: int = SMALLEST, level: float = 0.95
) -> Subgroups:
    """Return the means of subgroups, with what chance alone would do to them.

    Parameters
    ----------
    mean, sd : array_like, shape (k,)
        Mean and standard deviation (n - 1) of each group's values, in one unit; may be missing where n is too small.
    n : array_like of int, shape (k,)
        People in each group. Nobody is in two groups. The index of a Series names the groups.
    smallest : int
        People a group needs to be shown, at least 2.
    level : float
        Confidence level of all intervals of a kind together, 0-1.

    Returns
    -------
    Subgroups

    Raises
    ------
    StatisticsError
        If n is not whole numbers, a mean or sd is missing where n is above 1, an sd is negative, or the indexes differ.

    Notes
    -----
    Own intervals: t with the group's own SD at level^(1/k), exact for all k together (independent normal groups).
    Differences from the rest: Welch at the same level, Sidak's inequality. Shrinkage: `pooled_units` (REML) with
    ``s^2 / n``, s the SD within the shown groups together, since the SD of five people is a poor weight. A group of one
    may lack an SD: it counts with none in ``common`` and in the rest. Small groups are treated as in
    `subgroup_shares`.

    Examples
    --------
    >>> import isu_analysis as isu
    >>> import pandas as pd
    >>> ages = ["18-24", "25-29", "30-"]
    >>> mean, sd, n = (pd.Series(v, index=ages) for v in ([-5.0, -3.0, -4.0], [6.0, 6.0, 6.0], [20, 20, 10]))
    >>> found = isu.subgroup_means(mean, sd, n)
    >>> found.groups[["n", "value", "low", "high", "rest", "shrunken"]].reset_index().round(2)
       group   n  value   low  high  rest  shrunken
    0  18-24  20   -5.0 -8.51 -1.49 -3.33      -4.0
    1  25-29  20   -3.0 -6.51  0.51 -4.67      -4.0
    2    30-  10   -4.0 -9.55  1.55 -4.00      -4.0
    >>> found.common, round(found.p, 2)
    (-4.0, 0.59)
    """
    check_level(level)
    _check_smallest(smallest, least=2)
    same_rows(mean, sd, "mean", "sd")
    same_rows(mean, n, "mean", "n")
    size, m, s = _given(mean, sd, n)
    shown = size >= smallest
    result = _result("mean", size, shown, (smallest, level))
    rest, rest_size, rest_variance = _rest(size, m, s)
    with np.errstate(invalid="ignore", divide="ignore"):
        common = float((size * m).sum() / size.sum()) if size.sum() else np.nan
        own, other = s**2 / size, rest_variance / rest_size
        df = (own + other) ** 2 / (own**2 / (size - 1) + other**2 / (rest_size - 1))
        half = stats.t.ppf((1 + result.simultaneous) / 2, size - 1) * np.sqrt(own)
        apart = stats.t.ppf((1 + _against_rest(result)) / 2, df) * np.sqrt(own + other)
    frame = pd.DataFrame({"n": size.astype(int), "value": m, "low": m - half, "high": m + half}, index=_names(n, mean))
    frame = _against(frame, rest, (m - rest - apart, m - rest + apart))
    frame.loc[s == 0, ["low", "high", "reason"]] = [np.nan, np.nan, "zero_sd"]
    result = replace(result, common=common, groups=_hidden(frame, shown, rest_size < smallest))
    within = ((size[shown] - 1) * s[shown] ** 2).sum() / max((size[shown] - 1).sum(), 1)
    if result.reason or within == 0:
        return replace(result, reason=result.reason or NO_VARIATION)
    result = _shrunken(result, m, within / np.where(shown, size, 1), shown)
    chance = expected_range_by_chance(np.sqrt(within / size[shown]), m[shown], level=level)
    return replace(result, p=_welch_p(m[shown], s[shown], size[shown]), chance=chance)


def _rest(size: Floats, m: Floats, s: Floats) -> tuple[Floats, Floats, Floats]:
    """Return mean, people and variance of everyone outside each group, as if they were one group."""
    others = 1 - np.eye(size.size)
    with np.errstate(invalid="ignore", divide="ignore"):
        people = others @ size
        rest = others @ (size * m) / people
        within = others @ ((size - 1).clip(0) * s**2)
        between = (others * size * (m - rest[:, np.newaxis]) ** 2).sum(axis=1)
        return rest, people, (within + between) / (people - 1)


def _given(mean: ArrayLike, sd: ArrayLike, n: ArrayLike) -> tuple[Floats, Floats, Floats]:
    (size,) = counts(n=n)
    m, s = vector(mean, "mean"), vector(sd, "sd")
    if np.isnan(size).any() or np.isnan(m[size > 0]).any() or np.isnan(s[size > 1]).any():
        raise StatisticsError("Argumenten mean, sd och n: saknar värden. Tillåtet: tomt bara där n är 0 (sd också 1).")
    if (s < 0).any():
        raise StatisticsError("Argumentet sd: har negativa värden. Tillåtet: standardavvikelser, minst 0.")
    m, s = np.where(size > 0, m, 0.0), np.where(size > 1, s, 0.0)
    return size, m, np.where(s <= NO_SPREAD * np.abs(m), 0.0, s)  # a rounding of equal values is no spread


def _result(figure: str, size: Floats, shown: Flags, limits: tuple[int, float]) -> Subgroups:
    smallest, level = limits
    k = int(shown.sum())
    reason = ONE_GROUP if k < 2 else ""
    each = float(level ** (1 / max(k, 1)))
    return Subgroups(
        figure, int(size.sum()), size.size, k, simultaneous=each, smallest=smallest, level=level, reason=reason
    )


def _against_rest(result: Subgroups) -> float:
    """Return the level of one difference: two groups alone are each other's rest, which is one question, not two."""
    return result.level if result.n_groups == 2 else result.simultaneous


def _against(frame: pd.DataFrame, rest: Floats, ends: tuple[Floats, Floats]) -> pd.DataFrame:
    difference = {"rest": rest, "difference": frame["value"] - rest}
    nothing = {"shrunken": np.nan, "reliability": np.nan}
    return frame.assign(**nothing, **difference, difference_low=ends[0], difference_high=ends[1], reason="")


def _hidden(frame: pd.DataFrame, shown: Flags, few_others: Flags) -> pd.DataFrame:
    """Leave only the counts of a group that is too small, and no difference where the rest is."""
    figures = frame.columns.difference(["n", "of", "reason"])
    against = ["rest", "difference", "difference_low", "difference_high"]
    frame.loc[few_others, against] = np.nan
    frame.loc[few_others & (frame["reason"] == ""), "reason"] = "rest_too_small"
    frame.loc[~shown, figures] = np.nan
    frame.loc[~shown, "reason"] = TOO_SMALL
    return frame


def _shrunken(result: Subgroups, value: Floats, variance: Floats, shown: Flags) -> Subgroups:
    pooled = pooled_units(value[shown], variance[shown])
    groups = result.groups.copy()
    groups.loc[shown, ["shrunken", "reliability"]] = pooled.units[["shrunken", "reliability"]].to_numpy()
    return replace(result, q=pooled.q, q_df=pooled.q_df, q_p=pooled.q_p, tau2=pooled.tau2, groups=groups)


def _welch_p(mean: Floats, sd: Floats, n: Floats) -> float:
    if (sd == 0).any():  # its weights would be infinite
        return np.nan
    return float(anova_generic(mean, sd**2, n, use_var="unequal").pvalue)


def _names(*given: Any) -> pd.Index:
    found = index_of(*given)
    index = pd.RangeIndex(len(given[0])) if found is None else found
    return index.rename("group")


def _check_smallest(smallest: int, least: int = 1) -> None:
    if isinstance(smallest, bool) or not isinstance(smallest, int | np.integer) or smallest < least:
        raise StatisticsError(f"Argumentet smallest: ska vara ett heltal, minst {least}.")
