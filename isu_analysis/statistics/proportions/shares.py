"""Shares with their n, their of and an interval; differences of shares; best and worst case."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy import stats

from isu_analysis.statistics.arguments import check_level
from isu_analysis.statistics.proportions.counts import as_given, known, one_table, parts, two_groups
from isu_analysis.statistics.results import one_row


@dataclass(frozen=True)
class Share:
    """A share that carries its counts.

    Attributes
    ----------
    n : int
        How many.
    of : int
        Of how many.
    share : float
        ``n / of``, 0-1; NaN when ``of`` is 0.
    low, high : float
        Wilson interval, 0-1.
    level : float
        Confidence level of the interval.
    """

    n: int
    of: int
    share: float
    low: float
    high: float
    level: float

    def to_frame(self) -> pd.DataFrame:
        """Return the fields as a frame with one row."""
        return one_row(self)


@dataclass(frozen=True)
class ShareBounds:
    """What a share can be when some are not observed (worst and best case, no assumption).

    Attributes
    ----------
    n, observed, of : int
        Events among the observed, the observed, and everyone.
    observed_share : float
        ``n / observed``; NaN when nobody is observed.
    worst : float
        ``n / of``: none of the unobserved is an event.
    best : float
        ``(n + of - observed) / of``: all of them are.
    """

    n: int
    observed: int
    of: int
    observed_share: float
    worst: float
    best: float

    def to_frame(self) -> pd.DataFrame:
        """Return the fields as a frame with one row."""
        return one_row(self)


@dataclass(frozen=True)
class ShareDifference:
    """The difference between two independent shares, first minus second.

    Attributes
    ----------
    difference : float
        ``n_first / of_first - n_second / of_second``, -1 to 1; NaN when a denominator is 0.
    difference_low, difference_high : float
        The interval; NaN when a denominator is 0.
    level : float
        Confidence level.
    method : str
        Which interval: "newcombe" unless another was asked for.
    reason : str
        "" when computed; "empty_group" when a denominator is 0.
    """

    n_first: int
    of_first: int
    n_second: int
    of_second: int
    difference: float
    difference_low: float
    difference_high: float
    level: float
    method: str = "newcombe"
    reason: str = ""

    def to_frame(self) -> pd.DataFrame:
        """Return the fields as a frame with one row."""
        return one_row(self)


def wilson(n: ArrayLike, of: ArrayLike, level: float = 0.95) -> tuple[Any, Any]:
    """Wilson score interval for a share, without continuity correction.

    Parameters
    ----------
    n, of : int or array_like of int, broadcastable
        Events and trials, 0 <= n <= of. NaN gives NaN.
    level : float
        Confidence level, 0-1.

    Returns
    -------
    low, high : float or ndarray of float
        Ends of the interval, 0-1; NaN where ``of`` is 0. Plain floats for scalar input.

    Raises
    ------
    StatisticsError
        If a count is negative, not whole, or n > of.

    Notes
    -----
    ``(p + z^2/2m +- z sqrt(p q / m + z^2 / 4 m^2)) / (1 + z^2/m)`` with m = of.
    Wilson (1927), JASA 22:209; Brown, Cai & DasGupta (2001), Stat Sci 16:101.

    Examples
    --------
    Of 263 people 81: printed as 0.2553 to 0.3662 by Newcombe (1998), Stat Med 17:857.

    >>> import isu_analysis as isu
    >>> low, high = isu.wilson(81, 263)
    >>> round(low, 4), round(high, 4)
    (0.2553, 0.3662)
    """
    check_level(level)
    events, trials = parts(n, of)
    z = stats.norm.ppf((1 + level) / 2)
    with np.errstate(invalid="ignore", divide="ignore"):
        scale = np.where(trials > 0, trials + z**2, np.nan)
        centre = (events + z**2 / 2) / scale
        half = z / scale * np.sqrt(events * (trials - events) / trials + z**2 / 4)
        share_ = events / trials
    # At n = 0 and n = of the limit is the share itself, but only up to the last binary digit.
    low = np.where(events == 0, share_, centre - half)
    high = np.where(events == trials, share_, centre + half)
    return as_given(low, high)


def share(n: int, of: int, level: float = 0.95) -> Share:
    """Return a share with its counts and its Wilson interval.

    Parameters
    ----------
    n, of : int
        How many, of how many; 0 <= n <= of.
    level : float
        Confidence level, 0-1.

    Returns
    -------
    Share

    Raises
    ------
    StatisticsError
        If a count is negative, not whole, missing, or n > of.

    Examples
    --------
    >>> import isu_analysis as isu
    >>> isu.share(12, 20).to_frame().round(2)
        n  of  share   low  high  level
    0  12  20    0.6  0.39  0.78   0.95
    """
    known(n=n, of=of)
    low, high = wilson(n, of, level)
    return Share(int(n), int(of), n / of if of else np.nan, low, high, level)


def share_bounds(n: int, observed: int, of: int) -> ShareBounds:
    """Worst and best case of a share when ``of - observed`` people were not observed.

    Parameters
    ----------
    n, observed, of : int
        Events among the observed, the observed, everyone; 0 <= n <= observed <= of.

    Returns
    -------
    ShareBounds
        NaN bounds when ``of`` is 0.

    Raises
    ------
    StatisticsError
        If the counts are not whole numbers in that order.

    Notes
    -----
    Horowitz & Manski (2000), JASA 95:77. The bounds always hold for these people; the underlying rate of the
    service also varies by chance, and the bounds say nothing about that.

    Examples
    --------
    Of 30 families 20 answered, 12 of them in work: 12/30 if none of the others is, 22/30 if all are.

    >>> import isu_analysis as isu
    >>> bounds = isu.share_bounds(12, 20, 30)
    >>> bounds.observed_share, bounds.worst, round(bounds.best, 3)
    (0.6, 0.4, 0.733)
    """
    known(n=n, observed=observed, of=of)
    parts(n, observed, "n", "observed")
    parts(observed, of, "observed", "of")
    observed_share = n / observed if observed else np.nan
    worst, best = (n / of, (n + of - observed) / of) if of else (np.nan, np.nan)
    return ShareBounds(int(n), int(observed), int(of), observed_share, worst, best)


def newcombe_difference(
    n_first: int, of_first: int, n_second: int, of_second: int, *, level: float = 0.95
) -> ShareDifference:
    """Difference of two independent shares with Newcombe's hybrid score interval.

    Parameters
    ----------
    n_first, of_first, n_second, of_second : int
        Events and trials of both groups.
    level : float
        Confidence level, 0-1.

    Returns
    -------
    ShareDifference
        First minus second; NaN when a group is empty.

    Raises
    ------
    StatisticsError
        If a count is negative, not whole, missing, or n > of.

    Notes
    -----
    ``low = d - sqrt((p1 - l1)^2 + (u2 - p2)^2)``, ``high = d + sqrt((u1 - p1)^2 + (p2 - l2)^2)`` with the
    Wilson limits l, u. Newcombe (1998), Stat Med 17:873, method 10.

    Examples
    --------
    Of 70 people 56 against 48 of 80: printed as 0.0524 to 0.3339 by Newcombe (1998).

    >>> import isu_analysis as isu
    >>> found = isu.newcombe_difference(56, 70, 48, 80)
    >>> round(found.difference, 2), round(found.difference_low, 4), round(found.difference_high, 4)
    (0.2, 0.0524, 0.3339)
    """
    groups = one_table(n_first, of_first, n_second, of_second)
    low, high = newcombe_interval(*groups, level)
    empty = not (of_first and of_second)
    difference = np.nan if empty else float(n_first / of_first - n_second / of_second)
    return ShareDifference(*groups, difference, low, high, level, reason="empty_group" if empty else "")


def newcombe_interval(
    n_first: ArrayLike, of_first: ArrayLike, n_second: ArrayLike, of_second: ArrayLike, level: float = 0.95
) -> tuple[Any, Any]:
    """Return the ends of `newcombe_difference` for whole arrays of counts; NaN where a group is empty."""
    n_1, of_1, n_2, of_2 = two_groups(n_first, of_first, n_second, of_second)
    (low_1, high_1), (low_2, high_2) = wilson(n_1, of_1, level), wilson(n_2, of_2, level)
    share_1, share_2 = n_1 / np.where(of_1 > 0, of_1, np.nan), n_2 / np.where(of_2 > 0, of_2, np.nan)
    difference = share_1 - share_2
    low = difference - np.hypot(share_1 - low_1, high_2 - share_2)
    return as_given(low, difference + np.hypot(high_1 - share_1, share_2 - low_2))
