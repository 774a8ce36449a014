"""Whether one group, unit or year changed more than another: in points, and by the spread both had at the start."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from isu_analysis.statistics.arguments import NO_SPREAD, Floats, check_level, largest, paired
from isu_analysis.statistics.effect_sizes.change import MINIMUM_PAIRS
from isu_analysis.statistics.effect_sizes.independent import leave_one_out_half, moments_without
from isu_analysis.statistics.effect_sizes.standardised import hedges_correction
from isu_analysis.statistics.means import mean_difference
from isu_analysis.statistics.results import one_row


@dataclass(frozen=True)
class DifferenceInChange:
    """How much more the first group changed than the second.

    Attributes
    ----------
    n_first, n_second : int
        Pairs used.
    change_first, change_second : float
        Mean of post - pre in points.
    difference, difference_low, difference_high : float
        First minus second in points, Welch's t interval.
    d_ppc2, d_ppc2_low, d_ppc2_high : float
        The same divided by the pooled SD at the start, small-sample corrected (Morris 2008); leave-one-out
        interval with t.
    level : float
        Confidence level.
    reason : str
        "", "too_few_pairs" (a group under 5: only points), "zero_sd" (the start does not vary), or what
        `mean_difference` says.
    """

    n_first: int
    n_second: int
    change_first: float
    change_second: float
    difference: float
    difference_low: float
    difference_high: float
    d_ppc2: float = np.nan
    d_ppc2_low: float = np.nan
    d_ppc2_high: float = np.nan
    level: float = 0.95
    reason: str = ""

    def to_frame(self) -> pd.DataFrame:
        """Return the fields as a frame with one row."""
        return one_row(self)


def difference_in_change(
    first_pre: ArrayLike, first_post: ArrayLike, second_pre: ArrayLike, second_post: ArrayLike, level: float = 0.95
) -> DifferenceInChange:
    """Return how much more the first group changed than the second; different people in the two.

    Parameters
    ----------
    first_pre, first_post, second_pre, second_post : array_like
        Start and end values in points, one row a person within each group. Rows lacking either are left out.
    level : float
        Confidence level, 0-1.

    Returns
    -------
    DifferenceInChange

    Raises
    ------
    StatisticsError
        If start and end of a group differ in length or index, or a value is not a finite number.

    Notes
    -----
    ``J(n1 + n2 - 2) (D1 - D2) / s`` with s the pooled SD of the start values. Morris (2008), Org Res Methods
    11:364. Groups that were not drawn by lot may differ for other reasons than what they got.

    Examples
    --------
    The course fell by 4 points and the waiting list by 1.

    >>> from isu_analysis import statistics as st
    >>> course_start, course_end = [14, 17, 12, 20, 16, 11], [9, 13, 10, 13, 11, 10]
    >>> waiting_start, waiting_end = [15, 13, 18, 12, 16, 16], [14, 13, 16, 13, 14, 14]
    >>> found = st.difference_in_change(course_start, course_end, waiting_start, waiting_end)
    >>> found.change_first, found.change_second, found.difference
    (-4.0, -1.0, -3.0)
    >>> round(found.difference_low, 2), round(found.difference_high, 2), round(found.d_ppc2, 2)
    (-5.38, -0.62, -0.98)
    """
    check_level(level)
    (x1, y1), (x2, y2) = _complete(first_pre, first_post), _complete(second_pre, second_post)
    raw = mean_difference(y1 - x1, y2 - x2, level=level)
    result = DifferenceInChange(
        n_first=x1.size,
        n_second=x2.size,
        change_first=raw.mean_first,
        change_second=raw.mean_second,
        difference=raw.difference,
        difference_low=raw.difference_low,
        difference_high=raw.difference_high,
        level=level,
        reason=raw.reason,
    )
    if min(x1.size, x2.size) < MINIMUM_PAIRS:
        return replace(result, reason="too_few_pairs")
    if min(np.ptp(x1), np.ptp(x2)) <= NO_SPREAD * largest(x1, x2):
        return replace(result, reason="zero_sd")
    d1, d2 = x1.size - 1, x2.size - 1
    pooled = (d1 * x1.var(ddof=1) + d2 * x2.var(ddof=1)) / (d1 + d2)
    size = float(hedges_correction(d1 + d2) * raw.difference / np.sqrt(pooled))
    half = leave_one_out_half(_without(x1, y1, x2, y2), level)
    return replace(result, d_ppc2=size, d_ppc2_low=size - half, d_ppc2_high=size + half)


def _complete(pre: ArrayLike, post: ArrayLike) -> tuple[Floats, Floats]:
    x, y = paired(pre, post)
    seen = ~(np.isnan(x) | np.isnan(y))
    return x[seen], y[seen]


def _without(x1: Floats, y1: Floats, x2: Floats, y2: Floats) -> tuple[Floats, Floats]:
    """Return the uncorrected size without each person of the first group, and of the second."""
    d1, d2 = x1.size - 1, x2.size - 1
    changes, df = (y1 - x1, y2 - x2), d1 + d2 - 1
    (first, _), (second, _) = (moments_without(change) for change in changes)
    (_, v1), (_, v2) = moments_without(x1), moments_without(x2)
    pooled_1 = ((d1 - 1) * v1 + d2 * x2.var(ddof=1)) / df
    pooled_2 = (d1 * x1.var(ddof=1) + (d2 - 1) * v2) / df
    return (first - changes[1].mean()) / np.sqrt(pooled_1), (changes[0].mean() - second) / np.sqrt(pooled_2)
