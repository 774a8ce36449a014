"""The mean change of everyone who started, for many units in one call, and what the lost could change."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from isu_analysis.statistics.arguments import (
    Flags,
    Floats,
    check_direction,
    check_inside_scale,
    check_level,
    started,
)
from isu_analysis.statistics.attrition.balance import BALANCED, CANNOT_TELL, FEWEST_PEOPLE, IMBALANCED, SERIOUS_SMD
from isu_analysis.statistics.attrition.maximum_likelihood import FULL_LEVERAGE
from isu_analysis.statistics.effect_sizes.standardised import around, hedges_correction
from isu_analysis.statistics.grouped.intervals import imbens_manski_multiplier, t_multiplier
from isu_analysis.statistics.grouped.moments import Centred, Codes, Groups, centred, labelled, over, varies

Numbers = dict[str, Any]
FEWEST_PAIRS = 2
FEWEST_PAIRS_ML = 3  # a line through two points leaves no residual


class _Starters(NamedTuple):
    """Everyone who started, by group; of the kept also those measured again, in the same order."""

    groups: Groups
    kept: Flags  # of every row
    n: Codes
    kept_groups: Groups
    n_pairs: Codes
    pre: Centred
    pre_kept: Centred
    post_kept: Centred
    change_kept: Centred

    @property
    def share_lost(self) -> Floats:
        return 1 - self.n_pairs / self.n


def change_estimates_by(
    pre: ArrayLike,
    post: ArrayLike,
    groups: ArrayLike,
    *,
    level: float = 0.95,
    scale: tuple[float, float] | None = None,
    higher_is_better: bool | None = None,
) -> pd.DataFrame:
    """Return the mean change of all who started in every group, and how far it rests on the lost.

    Parameters
    ----------
    pre : array_like, shape (rows,)
        Start values in points, none missing; one row a person, in any order.
    post : array_like, shape (rows,)
        End values; NaN = lost.
    groups : array_like, shape (rows,)
        The label of each row's group: hashable, of one kind, none missing. Same index as pre when both are
        Series.
    level : float
        Confidence level of all intervals, 0-1.
    scale : (float, float), optional
        Lowest and highest possible score; adds the bounds.
    higher_is_better : bool, optional
        Direction of the scale; adds what the estimate by maximum likelihood says.

    Returns
    -------
    DataFrame
        One row a group, index the labels in sorted order (categories in theirs). All numbers are those of
        the function of one group, with the same NaN and reasons:

        - n, n_pairs, share_lost (0-1), level;
        - completers_*, carried_back_* and ml_two_wave_*: change, low, high, se, df, reason
          (`completers_change`, `carried_back`, `ml_change_two_wave` without covariates);
        - direction: "better", "worse" or "" of the ml_two_wave change (only with ``higher_is_better``);
        - tipping_delta_estimate, tipping_delta_limit, tipping_reason (`tipping_point` of ml_two_wave);
        - start_*: value_kept, value_lost, difference and smd of the start values, lost - kept, with
          _low and _high, and verdict (`compare_lost_kept`);
        - with ``scale``: bounds_lower, bounds_upper, bounds_se_lower, bounds_se_upper, imbens_manski_low,
          imbens_manski_high (`mean_bounds`).

    Raises
    ------
    StatisticsError
        If lengths or indexes differ, a start value is missing, nobody is given, a value is not a finite number
        or outside the scale, a label is missing or not hashable, or the labels have no common order.

    Notes
    -----
    Formulas at the functions of one group. People in several groups of the frame count as different people.

    Examples
    --------
    Two units that lost two of six people each. The bounds say what the change can be when the scale goes from 0 to 27.

    >>> import isu_analysis as isu
    >>> start = [14, 17, 12, 20, 16, 11, 18, 15, 13, 19, 16, 12]
    >>> end = [10, 15, 12, 14, None, None, 15, 16, 9, 12, None, None]
    >>> found = isu.change_estimates_by(start, end, 6 * ["north"] + 6 * ["south"], scale=(0, 27))
    >>> found[["n", "n_pairs", "completers_change", "bounds_lower", "bounds_upper"]].round(2)
           n  n_pairs  completers_change  bounds_lower  bounds_upper
    group
    north  6        4              -3.00         -6.50          2.50
    south  6        4              -3.25         -6.83          2.17
    """
    if higher_is_better is not None:
        check_direction(higher_is_better)
    check_level(level)
    x, y = started(pre, post)
    given, labels = labelled(groups, pre, "pre")
    kept = ~np.isnan(y)
    people = _starters(x, y, given, kept)
    numbers: Numbers = {"n": people.n, "n_pairs": people.n_pairs, "share_lost": people.share_lost, "level": level}
    numbers |= _completers(people, level) | _carried_back(people, level)
    ml = _maximum_likelihood(people, level)
    numbers |= ml
    if higher_is_better is not None:
        numbers["direction"] = _direction(ml["ml_two_wave_change"], higher_is_better)
    numbers |= _tipping(ml, people.share_lost) | _start_difference(x, given, kept, level)
    if scale is not None:
        check_inside_scale(x, scale, "pre")
        check_inside_scale(y, scale, "post")
        numbers |= _bounds(x, y, people, scale, level)
    return pd.DataFrame(numbers, index=labels)


def _starters(x: Floats, y: Floats, groups: Groups, kept: Flags) -> _Starters:
    of_kept = groups.only(kept)
    n, n_pairs = groups.count(), of_kept.count()
    columns = (centred(values, of_kept, n_pairs) for values in (x[kept], y[kept], (y - x)[kept]))
    return _Starters(groups, kept, n, of_kept, n_pairs, centred(x, groups, n), *columns)


def _estimate(method: str, change: Floats, se: Floats, df: Codes, reason: NDArray[np.str_], level: float) -> Numbers:
    """Return the fields of an estimate: ``change +- t(df) se``, without interval where there is a reason."""
    se, df = (np.where(reason == "", numbers, np.nan) for numbers in (se, df))
    low, high = around(change, t_multiplier(df, level) * se)
    fields = {"change": change, "low": low, "high": high, "se": se, "df": df, "reason": reason}
    return {f"{method}_{name}": value for name, value in fields.items()}


def _mean_estimate(method: str, mean: Floats, variance: Floats, n: Codes, n_pairs: Codes, level: float) -> Numbers:
    enough = n_pairs >= FEWEST_PAIRS
    reason = np.select([~enough, ~varies(variance, mean)], ["too_few_pairs", "zero_sd"], "")
    return _estimate(method, np.where(enough, mean, np.nan), np.sqrt(over(variance, n)), n - 1, reason, level)


def _completers(people: _Starters, level: float) -> Numbers:
    change, n_pairs = people.change_kept, people.n_pairs
    return _mean_estimate("completers", change.mean, change.variance, n_pairs, n_pairs, level)


def _carried_back(people: _Starters, level: float) -> Numbers:
    """The lost add zeros: to the squares around the mean, those of the kept and the distance from zero."""
    change, n, n_pairs = people.change_kept, people.n, people.n_pairs
    mean = change.mean * n_pairs / n
    squares = change.variance * (n_pairs - 1) + change.mean**2 * n_pairs * (1 - n_pairs / n)
    return _mean_estimate("carried_back", mean, over(squares, n - 1), n, n_pairs, level)


def _maximum_likelihood(people: _Starters, level: float) -> Numbers:
    x, y, n, n_pairs = people.pre_kept, people.post_kept, people.n, people.n_pairs
    usable = varies(x.variance, x.mean) & (n_pairs >= FEWEST_PAIRS_ML)
    squares = np.where(usable, x.variance * (n_pairs - 1), np.nan)
    slope = people.kept_groups.total(x.deviation * y.deviation) / squares
    residuals = y.deviation - people.kept_groups.of_rows(slope) * x.deviation
    df = n_pairs - 2
    change = people.change_kept.mean + (slope - 1) * (people.pre.mean - x.mean)
    left_out = _without_each(people, slope, squares, residuals)
    off = left_out - people.groups.of_rows(people.groups.total(left_out) / n)
    se = np.sqrt(people.groups.total(off**2) * (n - 1) / n)
    reasons = ["too_few_pairs", "singular", "one_person_decides", "zero_sd"]
    moves = varies(se**2, np.maximum(np.abs(people.pre.mean), np.abs(y.mean)))
    reason = np.select([n_pairs < FEWEST_PAIRS_ML, ~usable, np.isnan(se), ~moves], reasons, "")
    return _estimate("ml_two_wave", change, se, df, reason, level)


def _without_each(people: _Starters, slope: Floats, squares: Floats, residuals: Floats) -> Floats:
    """Return the mean change of each row's group without that person; NaN where that leaves nothing to fit."""
    all_groups, kept_groups = people.groups, people.kept_groups
    pairs = kept_groups.of_rows(np.where(people.n_pairs > 1, people.n_pairs, np.nan))
    starts = all_groups.of_rows(people.pre.mean) - people.pre.deviation / all_groups.of_rows(
        np.where(people.n > 1, people.n - 1, np.nan)
    )
    means = [all_groups.of_rows(numbers) for numbers in (people.post_kept.mean, slope, people.pre_kept.mean)]
    left_out = means[0] + means[1] * (starts - means[2]) - starts
    x, y, cross = people.pre_kept.deviation, people.post_kept.deviation, kept_groups.of_rows(squares)
    room = 1 - 1 / pairs - x**2 / cross
    slopes = means[1][people.kept] - x * residuals / (np.where(room > FULL_LEVERAGE, room, np.nan) * cross)
    reach = starts[people.kept] - means[2][people.kept] + x / (pairs - 1)
    left_out[people.kept] = means[0][people.kept] - y / (pairs - 1) + slopes * reach - starts[people.kept]
    return left_out


def _direction(change: Floats, higher_is_better: bool) -> NDArray[np.str_]:
    gain = change if higher_is_better else -change
    return np.select([gain > 0, gain < 0], ["better", "worse"], "")


def _tipping(ml: Numbers, share_lost: Floats) -> Numbers:
    change, low, high = (ml[f"ml_two_wave_{name}"] for name in ("change", "low", "high"))
    nobody, unknown = share_lost == 0, np.isnan(low)
    share = np.where(nobody | unknown, np.nan, share_lost)
    nearest = np.where(low > 0, low, np.where(high < 0, high, 0.0))
    return {
        "tipping_delta_estimate": -change / share,
        "tipping_delta_limit": 0.0 - nearest / share,
        "tipping_reason": np.select([nobody, unknown], ["nobody_lost", "not_estimable"], ""),
    }


def _start_difference(x: Floats, groups: Groups, kept: Flags, level: float) -> Numbers:
    """Compare the start values of lost and kept: two groups within each group, told apart in one pass."""
    halves = Groups(2 * groups.codes + kept, 2 * groups.n_groups)
    n = halves.count()
    start = centred(x, halves, n)
    both = start.variance.reshape(-1, 2).sum(axis=1) > 0  # at least two of each, and some spread
    variances, sizes = (np.where(both[:, np.newaxis], v.reshape(-1, 2), np.nan) for v in (start.variance, n))
    lost, kept_mean = start.mean.reshape(-1, 2).T
    difference = lost - kept_mean
    low, high = around(difference, _welch(variances, sizes, level))
    smd = difference / np.sqrt(variances.mean(axis=1))
    corrected = hedges_correction(sizes.sum(axis=1) - 2) * smd
    smd_low, smd_high = around(corrected, _left_out_half(halves, start, variances, difference, level))
    # The mean of one is that person's score.
    kept_mean, lost, difference = (
        np.where((n.reshape(-1, 2) > 1).all(axis=1), v, np.nan) for v in (kept_mean, lost, difference)
    )
    numbers = {"value_kept": kept_mean, "value_lost": lost, "difference": difference, "difference_low": low}
    numbers |= {"difference_high": high, "smd": smd, "smd_low": smd_low, "smd_high": smd_high}
    enough = (n.reshape(-1, 2) >= FEWEST_PEOPLE).all(axis=1)
    apart = enough & (start.variance.reshape(-1, 2) == 0).all(axis=1) & (lost != kept_mean)  # each constant, not alike
    verdict = np.where(apart, IMBALANCED, _verdict(smd_low, smd_high))
    return {f"start_{name}": value for name, value in numbers.items()} | {"start_verdict": verdict}


def _welch(variances: Floats, n: Floats, level: float) -> Floats:
    """Half the width of Welch's t interval of each group; columns are lost and kept."""
    parts = variances / n
    df = parts.sum(axis=1) ** 2 / (parts**2 / (n - 1)).sum(axis=1)
    half: Floats = t_multiplier(df, level) * np.sqrt(parts.sum(axis=1))
    return half


def _left_out_half(halves: Groups, start: Centred, variances: Floats, difference: Floats, level: float) -> Floats:
    """Half the width of the leave-one-out interval of each group's standardised difference."""
    n = np.where(halves.count() >= FEWEST_PEOPLE, halves.count(), np.nan)
    pairs = Groups(halves.codes // 2, halves.n_groups // 2)
    people, off = halves.of_rows(n), start.deviation
    own = ((people - 1) * halves.of_rows(start.variance) - off**2 * people / (people - 1)) / (people - 2)
    other = pairs.of_rows(variances.sum(axis=1)) - halves.of_rows(start.variance)
    moved = np.where(halves.codes % 2 == 0, -1.0, 1.0) * off / (people - 1)  # the lost count up, the kept down
    both = own + other
    without = (pairs.of_rows(difference) + moved) / np.sqrt(np.where(both > 0, both, np.nan) / 2)
    spread = halves.total((without - halves.of_rows(halves.total(without) / n)) ** 2)
    parts = (spread * (n - 1) / n).reshape(-1, 2)
    df = parts.sum(axis=1) ** 2 / (parts**2 / (n.reshape(-1, 2) - 1)).sum(axis=1)
    half: Floats = t_multiplier(df, level) * np.sqrt(parts.sum(axis=1))
    return half


def _verdict(low: Floats, high: Floats) -> NDArray[np.str_]:
    outside = (low > SERIOUS_SMD) | (high < -SERIOUS_SMD)
    inside = np.maximum(np.abs(low), np.abs(high)) <= SERIOUS_SMD
    return np.select([outside, inside], [IMBALANCED, BALANCED], CANNOT_TELL)


def _bounds(x: Floats, y: Floats, people: _Starters, scale: tuple[float, float], level: float) -> Numbers:
    lost = np.isnan(y)
    ends = [centred(np.where(lost, end, y) - x, people.groups, people.n) for end in scale]
    lower, upper = (end.mean for end in ends)
    se_lower, se_upper = (np.sqrt(end.variance / people.n) for end in ends)
    largest = np.maximum(se_lower, se_upper)
    reach = imbens_manski_multiplier(over(upper - lower, largest), level)
    reach = np.where(largest == 0, 0.0, reach)  # nobody varies: the bounds themselves
    return {
        "bounds_lower": lower,
        "bounds_upper": upper,
        "bounds_se_lower": se_lower,
        "bounds_se_upper": se_upper,
        "imbens_manski_low": lower - reach * se_lower,
        "imbens_manski_high": upper + reach * se_upper,
    }
