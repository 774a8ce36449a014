"""Change against a minimal important difference: for each person, and for a mean with its interval."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy import stats

from isu_analysis.statistics.arguments import (
    NO_SPREAD,
    Floats,
    check_direction,
    check_level,
    check_positive,
    paired,
    vector,
)
from isu_analysis.statistics.individual_change.categorise import CategorisedChange, categorise_flags, range_flags
from isu_analysis.statistics.individual_change.criteria import SLACK
from isu_analysis.statistics.means import mean_difference
from isu_analysis.statistics.results import one_row

NOT_SIGNIFICANT, NOT_RELEVANT = "not_significant", "significant_not_relevant"
NOT_BELOW, PROBABLY, CLEARLY = "not_significantly_below", "probably_relevant", "clearly_relevant"


@dataclass(frozen=True)
class ImportantMean:
    """A mean change or difference against the smallest that is important.

    Attributes
    ----------
    n : int
        Pairs, or people in the comparison group.
    n_reference : float
        People in the reference group (a whole number); NaN within one group.
    difference, difference_low, difference_high : float
        In points on the raw scale: end - start, or comparison - reference; t interval (Welch between groups).
    level : float
        Confidence level.
    improvement, deterioration : float
        The smallest important difference in the better and in the worse direction, in points.
    direction : str
        "better" or "worse" when the interval excludes 0; "none" when it holds it; "" with a reason.
    verdict : str
        "not_significant" (the interval holds 0); otherwise, against the important difference of that
        direction: "significant_not_relevant" (all of the interval is smaller), "not_significantly_below" (the
        difference is smaller, the interval reaches it), "probably_relevant" (the difference is at least it,
        the interval reaches below) or "clearly_relevant" (all of the interval is at least it). "" with a
        reason.
    reason : str
        "" when computed; "too_few" (fewer than two values in a group), "zero_sd" (no variation, in
        either of two groups, so no interval).
    """

    n: int
    n_reference: float
    difference: float
    difference_low: float
    difference_high: float
    level: float
    improvement: float
    deterioration: float
    direction: str
    verdict: str
    reason: str = ""

    def to_frame(self) -> pd.DataFrame:
        """Return the fields as a frame with one row."""
        return one_row(self)


def important_change(
    pre: ArrayLike,
    post: ArrayLike,
    *,
    improvement: float,
    deterioration: float,
    higher_is_better: bool,
    clinical_start: ArrayLike | None = None,
    functional_end: ArrayLike | None = None,
) -> CategorisedChange:
    """Sort people by whether their change reaches a minimal important difference.

    Parameters
    ----------
    pre, post : array_like, shape (n,)
        Start and end scores, one row a person. A row lacking either is "not_paired".
    improvement, deterioration : float
        Points, above 0, in the better and in the worse direction; a change equal to it counts.
    higher_is_better : bool
        Direction of the scale.
    clinical_start, functional_end : array_like of bool, shape (n,), optional
        As in `categorise`.

    Returns
    -------
    CategorisedChange

    Raises
    ------
    StatisticsError
        If a difference is not above 0, lengths or indexes differ, or a value is not a finite number.

    Notes
    -----
    The mean change of those who call themselves a little better is not a threshold for a person: about half of
    them lie below it (Qual Life Res 2013, doi 10.1007/s11136-013-0443-4, abstract).

    Examples
    --------
    >>> from isu_analysis import statistics as st
    >>> start = [14, 17, 12, 20, 16, 11, 18, 15, 13, 19]
    >>> end = [10, 15, 12, 14, 13, 9, 15, 20, 9, None]
    >>> found = st.important_change(start, end, improvement=4, deterioration=4, higher_is_better=False)
    >>> found.to_frame().round(2)
           category  n  of  share   low  high
    0      improved  3   9   0.33  0.12  0.65
    1     unchanged  5   9   0.56  0.27  0.81
    2  deteriorated  1   9   0.11  0.02  0.43
    """
    check_direction(higher_is_better)
    x, y = paired(pre, post)
    check_positive(improvement, "improvement")
    check_positive(deterioration, "deterioration")
    gain = (y - x) * (1 if higher_is_better else -1)
    return categorise_flags(
        gain >= improvement - SLACK * max(1.0, improvement),
        -gain >= deterioration - SLACK * max(1.0, deterioration),
        ~np.isnan(gain),
        clinical_start=range_flags(clinical_start, "clinical_start", pre, "pre"),
        functional_end=range_flags(functional_end, "functional_end", pre, "pre"),
    )


def important_mean_change(
    pre: ArrayLike,
    post: ArrayLike,
    *,
    improvement: float,
    deterioration: float,
    higher_is_better: bool,
    level: float = 0.95,
) -> ImportantMean:
    """Return a group's mean change against the smallest that is important.

    Parameters
    ----------
    pre, post : array_like, shape (n_given,)
        Start and end scores, one row a person. Rows lacking either are left out.
    improvement, deterioration : float
        Important difference between means in points, above 0, in the better and in the worse direction.
    higher_is_better : bool
        Direction of the scale.
    level : float
        Confidence level, 0-1.

    Returns
    -------
    ImportantMean

    Raises
    ------
    StatisticsError
        If a difference is not above 0, lengths or indexes differ, or a value is not a finite number.

    Notes
    -----
    t interval of the paired differences. A mean change says nothing of how many changed, nor of why.

    Examples
    --------
    The mean falls by 3 points, at the least by 1.25: surely better, but perhaps by less than the 2 that matter.

    >>> from isu_analysis import statistics as st
    >>> start = [14, 17, 12, 20, 16, 11, 18, 15, 13, 19]
    >>> end = [10, 15, 12, 14, 13, 9, 15, 16, 9, 12]
    >>> found = st.important_mean_change(start, end, improvement=2, deterioration=2, higher_is_better=False)
    >>> found.difference, round(found.difference_low, 2), round(found.difference_high, 2)
    (-3.0, -4.75, -1.25)
    >>> found.direction, found.verdict
    ('better', 'probably_relevant')
    """
    check_direction(higher_is_better)
    x, y = paired(pre, post)
    change = (y - x)[~(np.isnan(x) | np.isnan(y))]
    reason = _reason(change)
    found = (float(change.mean()) if change.size >= 2 else np.nan, np.nan, np.nan)
    check_level(level)
    if not reason:
        interval = stats.ttest_1samp(change, 0.0).confidence_interval(level)
        found = (found[0], float(interval.low), float(interval.high))
    counts = (change.size, np.nan)
    return _judged(counts, found, (improvement, deterioration), higher_is_better, level, reason)


def important_mean_difference(
    reference: ArrayLike,
    comparison: ArrayLike,
    *,
    improvement: float,
    deterioration: float,
    higher_is_better: bool,
    level: float = 0.95,
) -> ImportantMean:
    """Return the difference between two groups' means against the smallest that is important.

    Parameters
    ----------
    reference, comparison : array_like, shapes (n1,), (n2,)
        Each group's end scores (or changes), in points. Missing values are left out.
    improvement, deterioration, higher_is_better, level
        As `important_mean_change`.

    Returns
    -------
    ImportantMean
        Comparison - reference.

    Raises
    ------
    StatisticsError
        If a difference is not above 0 or a value is not a finite number.

    Notes
    -----
    Welch's t interval. Groups that were not drawn by lot differ in more than what they received.

    Examples
    --------
    >>> from isu_analysis import statistics as st
    >>> usual, course = [12, 15, 11, 14, 18, 14], [9, 10, 13, 8, 10, 10]
    >>> found = st.important_mean_difference(usual, course, improvement=2, deterioration=2, higher_is_better=False)
    >>> found.difference, round(found.difference_low, 2), round(found.difference_high, 2)
    (-4.0, -6.75, -1.25)
    >>> found.direction, found.verdict
    ('better', 'probably_relevant')
    """
    check_direction(higher_is_better)
    first, second = vector(reference, "reference"), vector(comparison, "comparison")
    welch = mean_difference(second, first, level=level)
    found = (welch.difference, welch.difference_low, welch.difference_high)
    counts = (int((~np.isnan(second)).sum()), int((~np.isnan(first)).sum()))
    reason = "too_few" if min(counts) < 2 else welch.reason
    return _judged(counts, found, (improvement, deterioration), higher_is_better, level, reason)


def _reason(values: Floats) -> str:
    if values.size < 2:
        return "too_few"
    return "" if np.ptp(values) > NO_SPREAD * float(np.abs(values).max()) else "zero_sd"


def _judged(
    counts: tuple[int, float],
    found: tuple[float, float, float],
    important: tuple[float, float],
    higher_is_better: bool,
    level: float,
    reason: str,
) -> ImportantMean:
    check_positive(important[0], "improvement")
    check_positive(important[1], "deterioration")
    direction, verdict = ("", "") if reason else _verdict(found, important, higher_is_better)
    return ImportantMean(*counts, *found, level, *important, direction, verdict, reason)


def _verdict(
    found: tuple[float, float, float], important: tuple[float, float], higher_is_better: bool
) -> tuple[str, str]:
    """Return the direction and the verdict, judged along the direction in which the difference goes."""
    difference, low, high = found
    if low <= 0 <= high:
        return "none", NOT_SIGNIFICANT
    better = (difference > 0) == higher_is_better
    size, near, far = abs(difference), min(abs(low), abs(high)), max(abs(low), abs(high))
    needed = important[0] if better else important[1]
    verdict = NOT_RELEVANT if far < needed else NOT_BELOW if size < needed else PROBABLY if near < needed else CLEARLY
    return "better" if better else "worse", verdict
