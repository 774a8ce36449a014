"""Odds ratios of two independent groups, by the method's name."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import stats

from isu_analysis.statistics.arguments import check_level
from isu_analysis.statistics.proportions.counts import (
    check_method,
    filled,
    one_table,
    quotient,
    two_groups,
    why_no_ratio,
)
from isu_analysis.statistics.proportions.odds_exact import Table, baptista_pike_midp, conditional
from isu_analysis.statistics.proportions.score import odds_ratio_score
from isu_analysis.statistics.results import one_row


@dataclass(frozen=True)
class OddsRatio:
    """The ratio of the odds of two independent groups, first over second.

    Attributes
    ----------
    n_first, of_first, n_second, of_second : int
        Events and trials of both groups.
    odds_ratio : float
        0 to infinity; for "conditional" the conditional maximum likelihood estimate, which differs a
        little from the cross product.
    odds_ratio_low, odds_ratio_high : float
        The interval, 0 to infinity.
    level : float
        Confidence level.
    method : str
        Which interval.
    reason : str
        "" when computed; "empty_group" (all NaN); "no_events" or "all_events" (in both groups: odds_ratio
        NaN); "zero_cell" (the odds ratio is 0 or infinite, and "woolf" can only say 0 to infinity);
        "no_value_kept" ("baptista_pike_midp" at a very low level).
    """

    n_first: int
    of_first: int
    n_second: int
    of_second: int
    odds_ratio: float
    odds_ratio_low: float
    odds_ratio_high: float
    level: float
    method: str
    reason: str = ""

    def to_frame(self) -> pd.DataFrame:
        """Return the fields as a frame with one row."""
        return one_row(self)


def odds_ratio(
    n_first: int,
    of_first: int,
    n_second: int,
    of_second: int,
    *,
    method: str = "miettinen_nurminen",
    level: float = 0.95,
) -> OddsRatio:
    """Return the odds ratio of two independent groups with the interval of the named method.

    Parameters
    ----------
    n_first, of_first, n_second, of_second : int
        Events and trials of both groups, 0 <= n <= of.
    method : str
        "miettinen_nurminen" (score; default); "baptista_pike_midp" (conditional, two-sided mid-p);
        "conditional" (conditional estimate with Fisher's exact interval); "woolf" (Wald on the log scale);
        "gart" (the same after 1/2 is added to every cell).
    level : float
        Confidence level, 0-1.

    Returns
    -------
    OddsRatio

    Raises
    ------
    StatisticsError
        If a count is negative, not whole, missing, or n > of; the method is unknown; the level is not 0-1.

    Notes
    -----
    Woolf (1955), Ann Hum Genet 19:251; Gart (1966), J R Stat Soc B 28:164 (from memory, not verified);
    Miettinen & Nurminen (1985), Stat Med 4:213; "conditional" by scipy, whose limits are exact where those of
    R's fisher.test are off in the fourth digit. "gart" need not hold an observed 0 or infinity.

    Examples
    --------
    Ten of 20 against five of 20: odds 1 over odds 1/3.

    >>> from isu_analysis import statistics as st
    >>> found = st.odds_ratio(10, 20, 5, 20)
    >>> round(found.odds_ratio, 2), round(found.odds_ratio_low, 2), round(found.odds_ratio_high, 2)
    (3.0, 0.8, 11.22)
    """
    check_level(level)
    check_method(method, METHODS)
    table = one_table(n_first, of_first, n_second, of_second)
    events_1, trials_1, events_2, trials_2 = table
    others_1, others_2 = trials_1 - events_1, trials_2 - events_2
    cells = events_1 * events_2 * others_1 * others_2
    reason = why_no_ratio(trials_1 * trials_2, events_1 + events_2, cells)
    if reason == "empty_group":
        return OddsRatio(*table, np.nan, np.nan, np.nan, level, method, reason)
    if others_1 + others_2 == 0:
        reason = "all_events"
    low, high = METHODS[method](table, level)
    estimate = (
        conditional(table, level)[0] if method == "conditional" else quotient(events_1 * others_2, others_1 * events_2)
    )
    return OddsRatio(*table, estimate, low, high, level, method, "no_value_kept" if np.isnan(low) else reason)


def _odds_score(table: Table, level: float) -> tuple[float, float]:
    groups, _ = filled(two_groups(*table))
    low, high = odds_ratio_score(groups, level)
    return float(low), float(high)


def _odds_conditional(table: Table, level: float) -> tuple[float, float]:
    return conditional(table, level)[1:]


def _woolf(table: Table, level: float) -> tuple[float, float]:
    return _odds_on_log_scale(table, level, added=0.0)


def _gart(table: Table, level: float) -> tuple[float, float]:
    return _odds_on_log_scale(table, level, added=0.5)


def _odds_on_log_scale(table: Table, level: float, added: float) -> tuple[float, float]:
    events_1, trials_1, events_2, trials_2 = table
    cells = np.array([events_1, trials_1 - events_1, trials_2 - events_2, events_2]) + added
    if (cells == 0).any():
        return 0.0, np.inf
    middle = np.array([1, -1, 1, -1]) @ np.log(cells)
    half = stats.norm.ppf((1 + level) / 2) * np.sqrt((1 / cells).sum())
    return float(np.exp(middle - half)), float(np.exp(middle + half))


METHODS: dict[str, Callable[[Table, float], tuple[float, float]]] = {
    "miettinen_nurminen": _odds_score,
    "baptista_pike_midp": baptista_pike_midp,
    "conditional": _odds_conditional,
    "woolf": _woolf,
    "gart": _gart,
}
