"""Effect sizes of many units, years or courses in one call."""

from __future__ import annotations

from dataclasses import MISSING, fields
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy import special

from isu_analysis.errors import StatisticsError
from isu_analysis.statistics.arguments import Flags, Floats, check_level, paired
from isu_analysis.statistics.effect_sizes.change import MINIMUM_PAIRS, EffectSize
from isu_analysis.statistics.effect_sizes.standardised import (
    PairMoments,
    Size,
    around,
    d_z_interval,
    size_by_average,
    size_by_pre,
    without_each,
)
from isu_analysis.statistics.grouped.intervals import normal_multiplier, t_multiplier
from isu_analysis.statistics.grouped.moments import Centred, Codes, Groups, centred, labelled, over, varies
from isu_analysis.statistics.grouped.ranks import medians, rank_biserials

MOMENTS, ALL = "moments", "all"
# What moments do not give: these take a sort, or a search for noncentralities.
BEYOND_MOMENTS = (
    "median_change", "d_z_low", "d_z_high", "rank_biserial", "rank_biserial_low", "rank_biserial_high",
)  # fmt: skip

Numbers = dict[str, Any]


class _Pairs(NamedTuple):
    """Complete pairs by group."""

    groups: Groups
    n: Codes
    pre: Centred
    post: Centred
    change: Centred
    values: Floats  # end - start of each row


def effect_sizes_by(
    pre: ArrayLike, post: ArrayLike, groups: ArrayLike, *, level: float = 0.95, sizes: str = ALL
) -> pd.DataFrame:
    """Return the change of every group, raw and standardised, as `effect_size` gives it for one.

    Parameters
    ----------
    pre, post : array_like, shape (rows,)
        Start and end values in points, one row a person, in any order. Rows lacking either are dropped and
        counted.
    groups : array_like, shape (rows,)
        The label of each row's group: hashable, of one kind, none missing. Same index as pre when both are
        Series.
    level : float
        Confidence level, 0-1.
    sizes : {"all", "moments"}
        "moments" leaves out what takes a sort or a search: median_change, rank_biserial and the interval
        of d_z.

    Returns
    -------
    DataFrame
        One row a group, index the labels in sorted order (categories in theirs). The columns are the
        fields of `EffectSize` in their order, with the same NaN and the same reasons.

    Raises
    ------
    StatisticsError
        If lengths or indexes differ, a value is not a finite number, a label is missing or not hashable, the
        labels have no common order, or sizes is unknown.

    Notes
    -----
    Formulas: `effect_size`. Sums are formed around each group's own mean. People in several groups of the frame
    count as different people.

    Examples
    --------
    >>> import isu_analysis as isu
    >>> start = [14, 17, 12, 20, 16, 11, 18, 15, 13, 19]
    >>> end = [10, 15, 12, 14, 13, 9, 15, 16, 9, 12]
    >>> found = isu.effect_sizes_by(start, end, 5 * ["north"] + 5 * ["south"])
    >>> found[["n", "change", "change_low", "change_high", "g_pre"]].round(2)
           n  change  change_low  change_high  g_pre
    group
    north  5    -3.0       -5.78        -0.22  -0.79
    south  5    -3.0       -6.62         0.62  -0.72
    """
    check_level(level)
    if sizes not in (MOMENTS, ALL):
        raise StatisticsError(f"Argumentet sizes: tillåtet är {MOMENTS} och {ALL}.")
    x, y = paired(pre, post)
    given, labels = labelled(groups, pre, "pre")
    pairs = _pairs(x, y, given)
    sized, reason = _judged(pairs)
    numbers: Numbers = {"n": pairs.n, "n_given": given.count(), "level": level, "reason": reason}
    numbers |= _raw(pairs) | _test(pairs, level)
    numbers |= _sizes(pairs, sized, numbers["r"], level)
    if sizes == ALL:
        numbers |= _beyond_moments(pairs, sized, numbers["d_z"], level)
    left_out = BEYOND_MOMENTS if sizes == MOMENTS else ()
    columns = [field for field in fields(EffectSize) if field.name not in left_out]
    return pd.DataFrame(
        {f.name: numbers.get(f.name, np.nan if f.default is MISSING else f.default) for f in columns}, index=labels
    )


def _pairs(x: Floats, y: Floats, groups: Groups) -> _Pairs:
    seen = ~(np.isnan(x) | np.isnan(y))
    if not seen.all():
        x, y, groups = x[seen], y[seen], groups.only(seen)
    n, change = groups.count(), y - x
    return _Pairs(groups, n, centred(x, groups, n), centred(y, groups, n), centred(change, groups, n), change)


def _judged(pairs: _Pairs) -> tuple[Flags, NDArray[np.str_]]:
    """Return which groups have standardised sizes, and why the others have none."""
    enough = pairs.n >= MINIMUM_PAIRS
    spread = varies(pairs.pre.variance, pairs.pre.mean) & varies(pairs.post.variance, pairs.post.mean)
    sized = enough & spread & varies(pairs.change.variance, _largest(pairs))
    return sized, np.select([sized, enough], ["", "zero_sd"], "too_few_pairs")


def _largest(pairs: _Pairs) -> Floats:
    """Return how large each group's scores are: what a change must be more than a rounding of."""
    return np.sqrt(np.maximum(*(column.mean**2 + column.variance for column in (pairs.pre, pairs.post))))


def _raw(pairs: _Pairs) -> Numbers:
    """Means, SDs and correlation; the means too are NaN for a single pair, being that person's values."""
    several = np.where(pairs.n > 1, 1.0, np.nan)
    numbers: Numbers = {"change": several * pairs.change.mean, "sd_change": np.sqrt(pairs.change.variance)}
    for name, column in (("pre", pairs.pre), ("post", pairs.post)):
        numbers |= {f"mean_{name}": several * column.mean, f"sd_{name}": np.sqrt(column.variance)}
    spread = [np.where(varies(c.variance, c.mean), c.variance, np.nan) for c in (pairs.pre, pairs.post)]
    covariance = over(pairs.groups.total(pairs.pre.deviation * pairs.post.deviation), pairs.n - 1)
    numbers["r"] = np.clip(covariance / np.sqrt(spread[0] * spread[1]), -1, 1)
    return numbers


def _test(pairs: _Pairs, level: float) -> Numbers:
    """Return the paired t test and the interval of the mean change; NaN where the changes do not vary."""
    change = pairs.change
    moves = varies(change.variance, _largest(pairs))
    df = np.where(moves, pairs.n - 1, np.nan)
    se = np.sqrt(np.where(moves, change.variance, np.nan) / np.where(moves, pairs.n, np.nan))
    low, high = around(change.mean, t_multiplier(df, level) * se)
    t = change.mean / se
    return {"change_low": low, "change_high": high, "t": t, "df": df, "p": 2 * special.stdtr(df, -np.abs(t))}


def _sizes(pairs: _Pairs, sized: Flags, r: Floats, level: float) -> Numbers:
    n = np.where(sized, pairs.n, np.nan)
    v1, v2, v = (np.where(sized, c.variance, np.nan) for c in (pairs.pre, pairs.post, pairs.change))
    moments = PairMoments(n, pairs.change.mean, v1, v2, v, r)
    squares_pre = pairs.pre.deviation**2
    squares = (squares_pre + pairs.post.deviation**2) / 2
    numbers: Numbers = {"d_z": pairs.change.mean / np.sqrt(v)}
    numbers |= _named("g_pre", size_by_pre(moments), squares_pre, v1, pairs, level)
    return numbers | _named("g_av", size_by_average(moments), squares, (v1 + v2) / 2, pairs, level)


def _named(name: str, size: Size, squares: Floats, variance: Floats, pairs: _Pairs, level: float) -> Numbers:
    """Spread one standardised change over its fields, with the default interval first."""
    sized = ~np.isnan(size.size)
    multiplier = t_multiplier(np.where(sized, pairs.n - 1, np.nan), level)
    left_out = around(size.size, multiplier * _left_out_error(squares, variance, pairs))
    influence = around(size.size, multiplier * _influence_error(size, squares, variance, pairs))
    bonett = around(size.size, normal_multiplier(level) * size.bonett_se)
    return {
        name: size.size,
        f"{name}_low": left_out.low,
        f"{name}_high": left_out.high,
        f"{name}_interval": np.where(np.isnan(left_out.low), "", "leave_one_out"),
        f"{name}_bonett_low": bonett.low,
        f"{name}_bonett_high": bonett.high,
        f"{name}_influence_low": influence.low,
        f"{name}_influence_high": influence.high,
    }


def _left_out_error(squares: Floats, variance: Floats, pairs: _Pairs) -> Floats:
    """Return the leave-one-out standard error: a second pass over the rows, for the size without each."""
    groups, n = pairs.groups, np.where(np.isnan(variance), np.nan, pairs.n)
    change = pairs.change
    without = without_each(n, change.mean, variance, change.deviation, squares, of_rows=groups.of_rows)
    without -= groups.of_rows(groups.total(without) / n)
    without *= without
    error: Floats = np.sqrt(groups.total(without) * (n - 1) / n)
    return error


def _influence_error(size: Size, squares: Floats, variance: Floats, pairs: _Pairs) -> Floats:
    """Return the distribution-free standard error: a second pass over the rows, for how much each moves the size."""
    groups, df = pairs.groups, pairs.n - 1
    middle = variance * over(df, pairs.n)
    by_square = squares - groups.of_rows(middle)
    by_square *= groups.of_rows(size.by_square)
    influence = groups.of_rows(size.by_change)
    influence *= pairs.change.deviation
    influence -= by_square
    influence *= influence
    return np.sqrt(over(over(groups.total(influence), df), pairs.n))


def _beyond_moments(pairs: _Pairs, sized: Flags, d_z: Floats, level: float) -> Numbers:
    low, high = np.full((2, sized.size), np.nan)
    low[sized], high[sized] = d_z_interval(d_z[sized], pairs.n[sized], level)
    rows = sized[pairs.groups.codes]
    ranks = rank_biserials(pairs.values[rows], pairs.groups.only(rows), level)
    return {
        "median_change": np.where(pairs.n > 1, medians(pairs.values, pairs.groups), np.nan),
        "d_z_low": low,
        "d_z_high": high,
        "rank_biserial": ranks.size,
        "rank_biserial_low": ranks.low,
        "rank_biserial_high": ranks.high,
    }
