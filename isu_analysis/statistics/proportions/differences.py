"""Differences between two independent shares, by the method's name, and Cohen's h."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy import stats

from isu_analysis.statistics.arguments import Floats, check_level
from isu_analysis.statistics.proportions.counts import (
    Ends,
    Groups,
    as_given,
    check_method,
    filled,
    one_table,
    two_groups,
)
from isu_analysis.statistics.proportions.score import difference_score
from isu_analysis.statistics.proportions.shares import ShareDifference, newcombe_interval
from isu_analysis.statistics.results import one_row


@dataclass(frozen=True)
class CohensH:
    """The difference of two shares on the arcsine scale, first minus second.

    Attributes
    ----------
    n_first, of_first, n_second, of_second : int
        Events and trials of both groups.
    h, h_low, h_high : float
        ``2 asin(sqrt(p1)) - 2 asin(sqrt(p2))``, -pi to pi, with its normal interval; NaN when a group is
        empty.
    level : float
        Confidence level.
    reason : str
        "" when computed; "empty_group" when a denominator is 0.
    """

    n_first: int
    of_first: int
    n_second: int
    of_second: int
    h: float
    h_low: float
    h_high: float
    level: float
    reason: str = ""

    def to_frame(self) -> pd.DataFrame:
        """Return the fields as a frame with one row."""
        return one_row(self)


def difference_interval(
    n_first: ArrayLike,
    of_first: ArrayLike,
    n_second: ArrayLike,
    of_second: ArrayLike,
    *,
    method: str = "newcombe",
    level: float = 0.95,
) -> tuple[Any, Any]:
    """Return the interval of the difference between two independent shares by the named method.

    Parameters
    ----------
    n_first, of_first, n_second, of_second : int or array_like of int, broadcastable
        Events and trials of both groups, 0 <= n <= of. NaN gives NaN.
    method : str
        "newcombe" (default), "miettinen_nurminen" and "mee" (score), "agresti_caffo", "wald" (for
        comparison with old papers only: no width when both shares are 0 or 1).
    level : float
        Confidence level, 0-1.

    Returns
    -------
    low, high : float or ndarray of float
        Of first minus second, -1 to 1; NaN where a group is empty. Plain floats for scalar input.

    Raises
    ------
    StatisticsError
        If a count is negative, not whole, or n > of; the method is unknown; the level is not in 0-1.

    Notes
    -----
    Newcombe (1998), Stat Med 17:873, method 10; Miettinen & Nurminen (1985), Stat Med 4:213; Mee (1984),
    Biometrics 40:1175; Agresti & Caffo (2000), Am Stat 54:280: one event and one other added to each group,
    cut at -1 and 1. With nobody in either group's events the score intervals end at
    ``-z^2/(of_second + z^2)`` and ``z^2/(of_first + z^2)`` (Mee); R's contingencytables gives -1 and 1.
    """
    check_level(level)
    check_method(method, METHODS)
    groups = two_groups(n_first, of_first, n_second, of_second)
    whole, empty = filled(groups)
    low, high = METHODS[method](whole, level)
    return as_given(np.where(empty, np.nan, low), np.where(empty, np.nan, high))


def share_difference(
    n_first: int, of_first: int, n_second: int, of_second: int, *, method: str = "newcombe", level: float = 0.95
) -> ShareDifference:
    """Return the difference of two independent shares with the interval of the named method.

    Parameters
    ----------
    n_first, of_first, n_second, of_second : int
        Events and trials of both groups, 0 <= n <= of.
    method, level
        As for `difference_interval`, where formulas and sources stand.

    Returns
    -------
    ShareDifference
        First minus second; NaN with reason "empty_group" when a group is empty.

    Raises
    ------
    StatisticsError
        As `difference_interval`, and if a count is missing or not a single number.

    Examples
    --------
    Of 70 people 56 against 48 of 80: printed as 0.0528 to 0.3382 by Newcombe (1998), Stat Med 17:873.

    >>> from isu_analysis import statistics as st
    >>> found = st.share_difference(56, 70, 48, 80, method="miettinen_nurminen")
    >>> round(found.difference, 2), round(found.difference_low, 4), round(found.difference_high, 4)
    (0.2, 0.0528, 0.3382)
    """
    groups = one_table(n_first, of_first, n_second, of_second)
    low, high = difference_interval(*groups, method=method, level=level)
    empty = not (of_first and of_second)
    difference = np.nan if empty else float(n_first / of_first - n_second / of_second)
    reason = "empty_group" if empty else ""
    return ShareDifference(*groups, difference, low, high, level, method, reason)


def cohens_h(n_first: int, of_first: int, n_second: int, of_second: int, *, level: float = 0.95) -> CohensH:
    """Return Cohen's h: the difference of two shares where its variance does not depend on them.

    Parameters
    ----------
    n_first, of_first, n_second, of_second : int
        Events and trials of both groups, 0 <= n <= of.
    level : float
        Confidence level, 0-1.

    Returns
    -------
    CohensH

    Raises
    ------
    StatisticsError
        If a count is negative, not whole, missing, or n > of.

    Notes
    -----
    Standard error ``sqrt(1/of_first + 1/of_second)``. Agrees with R's effectsize; half of it is metafor's AS.

    Examples
    --------
    Half against a quarter: pi/2 - pi/3 = pi/6.

    >>> from isu_analysis import statistics as st
    >>> found = st.cohens_h(15, 30, 5, 20)
    >>> found.to_frame()[["h", "h_low", "h_high"]].round(3)
           h  h_low  h_high
    0  0.524 -0.042   1.089
    """
    check_level(level)
    groups = one_table(n_first, of_first, n_second, of_second)
    (events_1, trials_1, events_2, trials_2), empty = filled(two_groups(*groups))
    h = 2 * float(np.arcsin(np.sqrt(events_1 / trials_1)) - np.arcsin(np.sqrt(events_2 / trials_2)))
    half = stats.norm.ppf((1 + level) / 2) * float(np.sqrt(1 / trials_1 + 1 / trials_2))
    if empty:
        return CohensH(*groups, np.nan, np.nan, np.nan, level, "empty_group")
    return CohensH(*groups, h, h - half, h + half, level)


def _newcombe(groups: Groups, level: float) -> Ends:
    return newcombe_interval(*groups, level)


def _miettinen_nurminen(groups: Groups, level: float) -> Ends:
    return difference_score(groups, level, corrected=True)


def _mee(groups: Groups, level: float) -> Ends:
    return difference_score(groups, level, corrected=False)


def _agresti_caffo(groups: Groups, level: float) -> Ends:
    events_1, trials_1, events_2, trials_2 = groups
    return _wald((events_1 + 1, trials_1 + 2, events_2 + 1, trials_2 + 2), level)


def _wald(groups: Groups, level: float) -> Ends:
    events_1, trials_1, events_2, trials_2 = groups
    share_1, share_2 = events_1 / trials_1, events_2 / trials_2
    variance: Floats = share_1 * (1 - share_1) / trials_1 + share_2 * (1 - share_2) / trials_2
    half = stats.norm.ppf((1 + level) / 2) * np.sqrt(variance)
    difference = share_1 - share_2
    return np.maximum(difference - half, -1), np.minimum(difference + half, 1)


METHODS: dict[str, Callable[[Groups, float], Ends]] = {
    "newcombe": _newcombe,
    "miettinen_nurminen": _miettinen_nurminen,
    "mee": _mee,
    "agresti_caffo": _agresti_caffo,
    "wald": _wald,
}
