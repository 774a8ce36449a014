"""When people were measured: the actual interval, and who was measured inside the window that was agreed."""

from __future__ import annotations

from dataclasses import dataclass, field
from numbers import Real

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from isu_analysis.errors import StatisticsError
from isu_analysis.statistics.arguments import Flags, Floats, check_kind, same_rows, vector
from isu_analysis.statistics.proportions.shares import Share, share
from isu_analysis.statistics.results import one_row

EARLY, IN_WINDOW, LATE, UNKNOWN = "early", "in_window", "late", "unknown"
TIMINGS = (EARLY, IN_WINDOW, LATE, UNKNOWN)


@dataclass(frozen=True)
class Window:
    """The days within which a measurement counts as made at an agreed time.

    Attributes
    ----------
    target : float
        The agreed day, counted from the same day as the measurements (usually the start).
    earliest, latest : float
        First and last day that count, both included; ``earliest <= target <= latest``.

    Raises
    ------
    StatisticsError
        If the days are not finite or not in that order.

    Examples
    --------
    >>> from isu_analysis import statistics as st
    >>> end = st.Window(target=180, earliest=150, latest=210)
    >>> end.holds([149, 150, 210, 211, None])
    array([False,  True,  True, False, False])
    """

    target: float
    earliest: float
    latest: float

    def __post_init__(self) -> None:
        days = (self.earliest, self.target, self.latest)
        are_numbers = all(isinstance(day, Real) and np.isfinite(day) for day in days)
        if not (are_numbers and self.earliest <= self.target <= self.latest):
            raise StatisticsError("Argumentet window: ska ha ändliga dagar med earliest <= target <= latest.")

    def holds(self, days: ArrayLike) -> Flags:
        """Return which days lie inside; an unknown day never does.

        Raises
        ------
        StatisticsError
            If the days are not one column of finite numbers.
        """
        given = vector(days, "days")
        return (given >= self.earliest) & (given <= self.latest)


@dataclass(frozen=True, eq=False)
class WindowTiming:
    """Who was measured early, inside the window, late, or on an unknown day.

    Attributes
    ----------
    n : int
        Rows with a known day.
    n_given : int
        Rows given: the denominator of every timing, "unknown" among them.
    window : Window
        What was agreed.
    timings : ndarray of str, shape (n_given,)
        One a row: "early", "in_window", "late" or "unknown". Rows of people: never in ``repr``.
    """

    n: int
    n_given: int
    window: Window
    timings: NDArray[np.str_] = field(repr=False)

    def count(self, name: str) -> int:
        """Return how many have a timing."""
        if name not in TIMINGS:
            raise StatisticsError(f"Argumentet name: okänt läge. Tillåtet: {', '.join(TIMINGS)}.")
        return int((self.timings == name).sum())

    def share(self, name: str, level: float = 0.95) -> Share:
        """Return a timing's share of the rows given, with Wilson interval."""
        return share(self.count(name), self.n_given, level)

    def to_frame(self, level: float = 0.95) -> pd.DataFrame:
        """Return one row a timing in fixed order; columns timing, n, of, share, low, high."""
        frame = pd.concat([self.share(name, level).to_frame() for name in TIMINGS], ignore_index=True)
        frame.insert(0, "timing", TIMINGS)
        return frame[["timing", "n", "of", "share", "low", "high"]]


def within_window(days: ArrayLike, window: Window) -> WindowTiming:
    """Tell who was measured inside an agreed window; a score outside it is not an end score.

    Parameters
    ----------
    days : array_like, shape (n_given,)
        Day of each measurement, counted as the window counts; missing = unknown.
    window : Window
        First and last day that count, both included.

    Returns
    -------
    WindowTiming

    Raises
    ------
    StatisticsError
        If a day is not a finite number, or the window is not a `Window`.

    Examples
    --------
    >>> from isu_analysis import statistics as st
    >>> days = [172, 181, 149, 230, 195, None, 160, 183, 140, 177]
    >>> st.within_window(days, st.Window(180, 150, 210)).to_frame().round(2)
          timing  n  of  share   low  high
    0      early  2  10    0.2  0.06  0.51
    1  in_window  6  10    0.6  0.31  0.83
    2       late  1  10    0.1  0.02  0.40
    3    unknown  1  10    0.1  0.02  0.40
    """
    check_kind(window, Window, "window", "Window")
    given = vector(days, "days")
    conditions = [np.isnan(given), given < window.earliest, given > window.latest]
    timings = np.select(conditions, [UNKNOWN, EARLY, LATE], default=IN_WINDOW)
    return WindowTiming(int((~np.isnan(given)).sum()), given.size, window, timings)


@dataclass(frozen=True)
class IntervalSpread:
    """The actual time between start and end, and how much it differs.

    Attributes
    ----------
    n : int
        Rows with both days.
    n_given : int
        Rows given; ``n_given = n + no_start + no_end + neither``.
    no_start, no_end, neither : int
        Rows lacking the start day only, the end day only, both.
    reason : str
        "" when all is computed; "too_few" (n < 2: no numbers, for one person's interval is that person's).
    mean, sd, median : float
        Of end - start, in days; SD with n - 1.
    p10, p25, p75, p90 : float
        Percentiles in days, linear between neighbours.
    shortest, longest : float
        In days. Each is one person's own interval.
    """

    n: int
    n_given: int
    no_start: int
    no_end: int
    neither: int
    reason: str = ""
    mean: float = np.nan
    sd: float = np.nan
    median: float = np.nan
    p10: float = np.nan
    p25: float = np.nan
    p75: float = np.nan
    p90: float = np.nan
    shortest: float = np.nan
    longest: float = np.nan

    def to_frame(self) -> pd.DataFrame:
        """Return the fields as a frame with one row."""
        return one_row(self)


def interval_spread(start_day: ArrayLike, end_day: ArrayLike) -> IntervalSpread:
    """Return how long people were actually followed.

    Parameters
    ----------
    start_day, end_day : array_like, shape (n_given,)
        Days counted from any common day; missing days are counted by which is missing.

    Returns
    -------
    IntervalSpread

    Raises
    ------
    StatisticsError
        If lengths or indexes differ, a day is not a finite number, or an end lies before its start.

    Examples
    --------
    >>> from isu_analysis import statistics as st
    >>> found = st.interval_spread([0, 5, 0, 10, 0, None], [180, 175, 200, 190, None, 180])
    >>> found.n, found.n_given, found.no_start, found.no_end
    (4, 6, 1, 1)
    >>> found.mean, found.median, found.shortest, found.longest
    (182.5, 180.0, 170.0, 200.0)
    """
    same_rows(start_day, end_day, "start_day", "end_day")
    start, end = vector(start_day, "start_day"), vector(end_day, "end_day")
    no_start, no_end = np.isnan(start), np.isnan(end)
    days = (end - start)[~(no_start | no_end)]
    if (days < 0).any():
        raise StatisticsError("Argumentet end_day: har dagar före start_day. Tillåtet: samma dag eller senare.")
    return IntervalSpread(
        n=days.size,
        n_given=start.size,
        no_start=int((no_start & ~no_end).sum()),
        no_end=int((no_end & ~no_start).sum()),
        neither=int((no_start & no_end).sum()),
        reason="" if days.size >= 2 else "too_few",
        **_spread(days),
    )


def _spread(days: Floats) -> dict[str, float]:
    if days.size < 2:
        return {}
    names = ("shortest", "p10", "p25", "median", "p75", "p90", "longest")
    quantiles = np.quantile(days, [0, 0.1, 0.25, 0.5, 0.75, 0.9, 1])
    found = {name: float(value) for name, value in zip(names, quantiles, strict=True)}
    return {**found, "mean": float(days.mean()), "sd": float(days.std(ddof=1))}
