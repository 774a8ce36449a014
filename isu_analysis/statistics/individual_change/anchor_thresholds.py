"""Estimates of the smallest important change from people's own judgement of how they changed (the anchor)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy import stats

from isu_analysis.statistics.arguments import (
    NO_SPREAD,
    Flags,
    Floats,
    check_direction,
    check_level,
    paired,
    same_rows,
)
from isu_analysis.statistics.effect_sizes.ranks import TIE_DECIMALS
from isu_analysis.statistics.individual_change.categorise import true_or_false
from isu_analysis.statistics.results import one_row


@dataclass(frozen=True)
class AnchorMean:
    """Mean improvement of those who say they are a little better.

    Attributes
    ----------
    n, of : int
        People a little better, of those with both scores and an answer.
    improvement, improvement_low, improvement_high : float
        Mean in points, positive = better; t interval.
    level : float
        Confidence level.
    reason : str
        "" when computed; "too_few" (fewer than two), "zero_sd" (no interval).
    """

    n: int
    of: int
    improvement: float
    improvement_low: float
    improvement_high: float
    level: float
    reason: str = ""

    def to_frame(self) -> pd.DataFrame:
        """Return the fields as a frame with one row."""
        return one_row(self)


@dataclass(frozen=True)
class RocThreshold:
    """The improvement that best separates the improved from the others (Youden).

    Attributes
    ----------
    n_improved, of : int
        People who say they improved, of those with both scores and an answer.
    threshold : float
        Points, positive = better: an improvement of at least this much is called improved. NaN with a reason.
    sensitivity, specificity : float
        Shares 0-1 of the improved at or above it and of the others below it.
    auc : float
        Chance that an improved person changed more than another, ties counted half.
    equally_good : int
        Thresholds with the same Youden index; the smallest is given.
    reason : str
        "" when computed; "one_outcome" (all or none improved), "no_association" (no threshold does better
        than chance).
    """

    n_improved: int
    of: int
    threshold: float = np.nan
    sensitivity: float = np.nan
    specificity: float = np.nan
    auc: float = np.nan
    equally_good: int = 0
    reason: str = ""

    def to_frame(self) -> pd.DataFrame:
        """Return the fields as a frame with one row."""
        return one_row(self)


def anchor_mean_change(
    pre: ArrayLike, post: ArrayLike, little_better: ArrayLike, *, higher_is_better: bool, level: float = 0.95
) -> AnchorMean:
    """Return the mean improvement of those who say they are a little better.

    Parameters
    ----------
    pre, post : array_like, shape (n,)
        Start and end scores, one row a person.
    little_better : array_like of bool, shape (n,)
        True for those who answered "a little better". Rows lacking anything are left out.
    higher_is_better : bool
        Direction of the scale.
    level : float
        Confidence level, 0-1.

    Returns
    -------
    AnchorMean

    Raises
    ------
    StatisticsError
        If lengths or indexes differ, a score is not a finite number, or a flag is not true or false.

    Notes
    -----
    A group figure: about half of those a little better lie below it, so it is no threshold for a person (Qual Life
    Res 2013, doi 10.1007/s11136-013-0443-4, abstract). It varies with the start score.

    Examples
    --------
    >>> from isu_analysis import statistics as st
    >>> start = [14, 17, 12, 20, 16, 11, 18, 15]
    >>> end = [10, 15, 12, 14, 13, 9, 15, 16]
    >>> little_better = [True, True, False, False, True, True, True, False]
    >>> found = st.anchor_mean_change(start, end, little_better, higher_is_better=False)
    >>> found.n, found.of, found.improvement
    (5, 8, 2.8)
    >>> round(found.improvement_low, 2), round(found.improvement_high, 2)
    (1.76, 3.84)
    """
    check_direction(higher_is_better)
    check_level(level)
    gain, chosen = judged_gains(pre, post, little_better, "little_better", higher_is_better)
    gains = gain[chosen]
    if gains.size < 2:
        return AnchorMean(gains.size, gain.size, np.nan, np.nan, np.nan, level, "too_few")
    mean = float(gains.mean())
    if not varies(gains):
        return AnchorMean(gains.size, gain.size, mean, np.nan, np.nan, level, "zero_sd")
    interval = stats.ttest_1samp(gains, 0.0).confidence_interval(level)
    return AnchorMean(gains.size, gain.size, mean, float(interval.low), float(interval.high), level)


def roc_threshold(pre: ArrayLike, post: ArrayLike, improved: ArrayLike, *, higher_is_better: bool) -> RocThreshold:
    """Return the improvement with the largest sensitivity + specificity for "improved".

    Parameters
    ----------
    pre, post : array_like, shape (n,)
        Start and end scores, one row a person.
    improved : array_like of bool, shape (n,)
        Who says they improved. Rows lacking anything are left out.
    higher_is_better : bool
        Direction of the scale.

    Returns
    -------
    RocThreshold
        Without an interval: the threshold jumps between observed values. `predictive_mic` has one and is more
        precise.

    Raises
    ------
    StatisticsError
        If lengths or indexes differ, a score is not a finite number, or a flag is not true or false.

    Notes
    -----
    Youden (1950), Cancer 3:32 (from memory, not verified): largest ``sensitivity + specificity - 1``. Gains that differ by less than
    1e-10 of the largest score are equal. Depends on the share improved and on how coarse the scale is; Terluin et al. (2015), J Clin Epidemiol 68:1388 (abstract): less precise than the
    predictive MIC.

    Examples
    --------
    Of the five who say they improved all gained 2 points or more, of the others one. At 3 points it is four and nobody,
    which is as good: the smallest is given.

    >>> from isu_analysis import statistics as st
    >>> start = [14, 17, 12, 20, 16, 11, 18, 15, 13, 19]
    >>> end = [10, 15, 12, 14, 13, 9, 15, 16, 12, 19]
    >>> improved = [True, True, False, True, True, False, True, False, False, False]
    >>> found = st.roc_threshold(start, end, improved, higher_is_better=False)
    >>> found.threshold, found.sensitivity, found.specificity, found.equally_good
    (2.0, 1.0, 0.8, 2)
    >>> round(found.auc, 2)
    0.98
    """
    check_direction(higher_is_better)
    start, end, better = _judged_scores(pre, post, improved, "improved")
    gain = (end - start) * (1 if higher_is_better else -1)
    n = int(better.sum())
    if n in (0, gain.size):
        return RocThreshold(n, gain.size, reason="one_outcome")
    values, place = _distinct(gain, max(float(np.abs(start).max()), float(np.abs(end).max())))
    hits, alarms = (np.bincount(place[group], minlength=values.size) for group in (better, ~better))
    sensitivity, specificity = hits[::-1].cumsum()[::-1] / n, 1 - alarms[::-1].cumsum()[::-1] / (gain.size - n)
    youden = sensitivity + specificity - 1
    above = n - hits.cumsum() + hits / 2
    auc = float((above * alarms).sum() / (n * (gain.size - n)))
    good = np.flatnonzero(youden >= youden.max() - NO_SPREAD)
    if youden.max() <= NO_SPREAD:
        return RocThreshold(n, gain.size, auc=auc, reason="no_association")
    best = good[0]
    found = (float(values[best]), float(sensitivity[best]), float(specificity[best]))
    return RocThreshold(n, gain.size, *found, auc, int(good.size))


def judged_gains(
    pre: ArrayLike, post: ArrayLike, flags: ArrayLike, name: str, higher_is_better: bool
) -> tuple[Floats, Flags]:
    """Return the gains (positive = better) and answers of those with both scores and an answer.

    Raises
    ------
    StatisticsError
        If lengths or indexes differ, a score is not a finite number, or a flag is not true, false or missing.
    """
    check_direction(higher_is_better)
    start, end, answer = _judged_scores(pre, post, flags, name)
    return (end - start) * (1 if higher_is_better else -1), answer


def _judged_scores(pre: ArrayLike, post: ArrayLike, flags: ArrayLike, name: str) -> tuple[Floats, Floats, Flags]:
    x, y = paired(pre, post)
    same_rows(pre, flags, "pre", name)
    answer = true_or_false(flags, name)
    seen = ~(np.isnan(x) | np.isnan(y) | np.isnan(answer))
    return x[seen], y[seen], answer[seen] == 1


def _distinct(gain: Floats, largest_score: float) -> tuple[Floats, NDArray[np.intp]]:
    """Return the smallest of each kind of gain, and everyone's kind: rounding of the scores makes no difference."""
    rounded, place = np.unique(np.round(gain / (largest_score or 1.0), TIE_DECIMALS), return_inverse=True)
    smallest = np.full(rounded.size, np.inf)
    np.minimum.at(smallest, place, gain)
    return smallest, place


def varies(values: Floats) -> bool:
    """Return whether numbers differ by more than their last binary digits."""
    return bool(np.ptp(values) > NO_SPREAD * float(np.abs(values).max()))
