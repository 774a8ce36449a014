"""Risk ratios of two independent groups, by the method's name."""

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
    quotient,
    two_groups,
    why_no_ratio,
)
from isu_analysis.statistics.proportions.score import ratio_score
from isu_analysis.statistics.results import one_row


@dataclass(frozen=True)
class RiskRatio:
    """The ratio of two independent shares, first over second.

    Attributes
    ----------
    n_first, of_first, n_second, of_second : int
        Events and trials of both groups.
    ratio : float
        0 to infinity; infinite when only the second group has no events, NaN when neither has any.
    ratio_low, ratio_high : float
        The interval, 0 to infinity.
    level : float
        Confidence level.
    method : str
        Which interval.
    reason : str
        "" when computed; "empty_group" (all NaN); "no_events" (in neither group: ratio NaN); "zero_cell"
        (one group has no events: the ratio is 0 or infinite, and "katz" can only say 0 to infinity).
    """

    n_first: int
    of_first: int
    n_second: int
    of_second: int
    ratio: float
    ratio_low: float
    ratio_high: float
    level: float
    method: str
    reason: str = ""

    def to_frame(self) -> pd.DataFrame:
        """Return the fields as a frame with one row."""
        return one_row(self)


def risk_ratio_interval(
    n_first: ArrayLike,
    of_first: ArrayLike,
    n_second: ArrayLike,
    of_second: ArrayLike,
    *,
    method: str = "koopman",
    level: float = 0.95,
) -> tuple[Any, Any]:
    """Return the interval of `risk_ratio` for whole arrays of counts; NaN where a group is empty."""
    check_level(level)
    check_method(method, METHODS)
    groups, empty = filled(two_groups(n_first, of_first, n_second, of_second))
    low, high = METHODS[method](groups, level)
    return as_given(np.where(empty, np.nan, low), np.where(empty, np.nan, high))


def risk_ratio(
    n_first: int, of_first: int, n_second: int, of_second: int, *, method: str = "koopman", level: float = 0.95
) -> RiskRatio:
    """Return the ratio of two independent shares with the interval of the named method.

    Parameters
    ----------
    n_first, of_first, n_second, of_second : int
        Events and trials of both groups, 0 <= n <= of.
    method : str
        "koopman" (default) and "miettinen_nurminen" (score); "katz" (Wald on the log scale); "adjusted_log"
        (the same after half an event is added to each group).
    level : float
        Confidence level, 0-1.

    Returns
    -------
    RiskRatio

    Raises
    ------
    StatisticsError
        If a count is negative, not whole, missing, or n > of; the method is unknown; the level is not 0-1.

    Notes
    -----
    Koopman (1984), Biometrics 40:513 and Katz et al. (1978), Biometrics 34:469 (pages from memory, not
    verified); Miettinen & Nurminen (1985), Stat Med 4:213; Walter (1975), Biometrika 62:371. The last adds 1/2
    to n and to of, so its interval need not hold the observed ratio 0 or infinity; the estimate is never
    adjusted.

    Examples
    --------
    Ten of 20 against five of 20: half over a quarter.

    >>> from isu_analysis import statistics as st
    >>> found = st.risk_ratio(10, 20, 5, 20)
    >>> round(found.ratio, 2), round(found.ratio_low, 2), round(found.ratio_high, 2)
    (2.0, 0.88, 4.87)
    """
    table = one_table(n_first, of_first, n_second, of_second)
    ends = risk_ratio_interval(*table, method=method, level=level)
    events_1, trials_1, events_2, trials_2 = table
    reason = why_no_ratio(trials_1 * trials_2, events_1 + events_2, events_1 * events_2)
    ratio = np.nan if reason == "empty_group" else quotient(events_1 * trials_2, events_2 * trials_1)
    return RiskRatio(*table, ratio, *ends, level, method, reason)


def _katz(groups: Groups, level: float) -> Ends:
    events_1, trials_1, events_2, trials_2 = groups
    unknown = (events_1 == 0) | (events_2 == 0)
    some_1, some_2 = np.where(unknown, 1, events_1), np.where(unknown, 1, events_2)
    low, high = _on_log_scale((some_1, trials_1, some_2, trials_2), level)
    return np.where(unknown, 0.0, low), np.where(unknown, np.inf, high)


def _adjusted_log(groups: Groups, level: float) -> Ends:
    events_1, trials_1, events_2, trials_2 = (count + 0.5 for count in groups)
    return _on_log_scale((events_1, trials_1, events_2, trials_2), level)


def _on_log_scale(groups: Groups, level: float) -> Ends:
    events_1, trials_1, events_2, trials_2 = groups
    half = stats.norm.ppf((1 + level) / 2) * np.sqrt(1 / events_1 - 1 / trials_1 + 1 / events_2 - 1 / trials_2)
    ratio: Floats = (events_1 / trials_1) / (events_2 / trials_2)
    return ratio * np.exp(-half), ratio * np.exp(half)


def _koopman(groups: Groups, level: float) -> Ends:
    return ratio_score(groups, level, corrected=False)


def _miettinen_nurminen(groups: Groups, level: float) -> Ends:
    return ratio_score(groups, level, corrected=True)


METHODS: dict[str, Callable[[Groups, float], Ends]] = {
    "koopman": _koopman,
    "miettinen_nurminen": _miettinen_nurminen,
    "katz": _katz,
    "adjusted_log": _adjusted_log,
}
