"""Whether two groups were alike at the start, by the rules of the What Works Clearinghouse.

Only for comparing two units or programmes, after `attrition_status`.
"""

from __future__ import annotations

from dataclasses import dataclass
from numbers import Real

import numpy as np
import pandas as pd

from isu_analysis.errors import StatisticsError
from isu_analysis.statistics.proportions.shares import share_bounds
from isu_analysis.statistics.results import one_row

SATISFIED, ADJUST, NOT_SATISFIED = "satisfied", "adjustment_required", "not_satisfied"
SATISFIED_UP_TO, ADJUST_UP_TO = 0.05, 0.25
# Cox's divisor, which puts a difference of log odds on the scale of a standardised difference.
COX_DIVISOR = 1.65


@dataclass(frozen=True)
class StartDifference:
    """A standardised difference between two groups at the start, first - second, and the rule for it.

    Attributes
    ----------
    size : float
        Hedges' g or the Cox index; NaN with a ``reason``.
    measure : str
        "hedges_g" or "cox_index".
    equivalence : str
        "satisfied" (up to 0.05 without sign), "adjustment_required" (up to 0.25), "not_satisfied"; "" when
        not computed.
    n_first, n_second : int
        People in the two groups.
    reason : str
        "" when computed; "too_few_people", "zero_sd", or "zero_cell" (none or all of a group have the
        property: the Cox index is infinite).
    """

    size: float
    measure: str
    equivalence: str
    n_first: int
    n_second: int
    reason: str = ""

    def to_frame(self) -> pd.DataFrame:
        """Return the fields as a frame with one row."""
        return one_row(self)


def start_equivalence(size: float) -> str:
    """Judge a standardised difference between two groups at the start.

    Parameters
    ----------
    size : float
        Hedges' g or Cox index; the sign does not matter.

    Returns
    -------
    str
        "satisfied" up to 0.05, "adjustment_required" above that up to 0.25, "not_satisfied" beyond; "" for
        NaN.

    Notes
    -----
    WWC Standards Handbook 4.1 (2020).

    Examples
    --------
    >>> from isu_analysis import statistics as st
    >>> st.start_equivalence(0.04), st.start_equivalence(-0.2), st.start_equivalence(0.4)
    ('satisfied', 'adjustment_required', 'not_satisfied')
    """
    if np.isnan(size):
        return ""
    if abs(size) <= SATISFIED_UP_TO:
        return SATISFIED
    return ADJUST if abs(size) <= ADJUST_UP_TO else NOT_SATISFIED


def start_difference(
    mean_first: float, sd_first: float, n_first: int, mean_second: float, sd_second: float, n_second: int
) -> StartDifference:
    """Hedges' g of two groups at the start by the handbook's formula, and the equivalence rule.

    Parameters
    ----------
    mean_first, sd_first, n_first, mean_second, sd_second, n_second : float and int
        Mean, SD (n - 1) and number of people of each group.

    Returns
    -------
    StartDifference
        Measure "hedges_g". "too_few_people" with fewer than two in a group, "zero_sd" without variation.

    Raises
    ------
    StatisticsError
        If a mean or an SD is no number or infinite, an SD is negative, one is NaN though both groups have two
        or more (an SD of one person is NaN, and allowed), or a count is not a whole number, 0 or more.

    Notes
    -----
    ``omega (m1 - m2) / s_pooled``, ``omega = 1 - 3/(4 N - 9)``. WWC Standards Handbook 4.1 (2020).

    Examples
    --------
    Two points apart with a standard deviation of 8: g is 0.25 before the small-sample correction of 0.987.

    >>> from isu_analysis import statistics as st
    >>> found = st.start_difference(mean_first=22, sd_first=8, n_first=30, mean_second=20, sd_second=8, n_second=30)
    >>> round(found.size, 3), found.equivalence
    (0.247, 'adjustment_required')
    """
    share_bounds(0, n_first, n_first + n_second)
    given = {"mean_first": mean_first, "sd_first": sd_first, "mean_second": mean_second, "sd_second": sd_second}
    _check_numbers(given)
    if sd_first < 0 or sd_second < 0:
        raise StatisticsError("Argumenten sd_first och sd_second: ska vara 0 eller större.")
    if min(n_first, n_second) < 2:
        return StartDifference(np.nan, "hedges_g", "", n_first, n_second, "too_few_people")
    _check_known(given)
    within = (n_first - 1) * sd_first**2 + (n_second - 1) * sd_second**2
    pooled = np.sqrt(within / (n_first + n_second - 2))
    if not pooled > 0:
        return StartDifference(np.nan, "hedges_g", "", n_first, n_second, "zero_sd")
    size = float(_omega(n_first + n_second) * (mean_first - mean_second) / pooled)
    return StartDifference(size, "hedges_g", start_equivalence(size), n_first, n_second)


def start_difference_of_shares(n_first: int, of_first: int, n_second: int, of_second: int) -> StartDifference:
    """Cox index of two groups' shares at the start, and the equivalence rule.

    Parameters
    ----------
    n_first, of_first, n_second, of_second : int
        People with the property, of how many, in each group.

    Returns
    -------
    StartDifference
        Measure "cox_index". "zero_cell" when none or all of a group have the property, "too_few_people"
        with fewer than two in a group.

    Raises
    ------
    StatisticsError
        If counts are not whole numbers with n <= of.

    Notes
    -----
    ``omega (logit p1 - logit p2) / 1.65``, ``omega = 1 - 3/(4 N - 9)``. WWC Standards Handbook 4.1 (2020); the R
    package baselinr leaves omega out, which matters for small groups only.

    Examples
    --------
    In work at the start: 20 of 40 (odds 1) against 10 of 40 (odds 1/3); ln 3 / 1.65 is 0.67 before the correction.

    >>> from isu_analysis import statistics as st
    >>> found = st.start_difference_of_shares(20, 40, 10, 40)
    >>> round(found.size, 2), found.equivalence
    (0.66, 'not_satisfied')
    """
    share_bounds(0, n_first, of_first)
    share_bounds(0, n_second, of_second)
    if min(of_first, of_second) < 2:
        return StartDifference(np.nan, "cox_index", "", of_first, of_second, "too_few_people")
    if n_first in (0, of_first) or n_second in (0, of_second):
        return StartDifference(np.nan, "cox_index", "", of_first, of_second, "zero_cell")
    log_odds = np.log(n_first / (of_first - n_first)) - np.log(n_second / (of_second - n_second))
    size = float(_omega(of_first + of_second) * log_odds / COX_DIVISOR)
    return StartDifference(size, "cox_index", start_equivalence(size), of_first, of_second)


def _check_numbers(given: dict[str, float]) -> None:
    for name, number in given.items():
        if not isinstance(number, Real) or np.isinf(number):
            raise StatisticsError(f"Argumentet {name}: är inget ändligt tal. Tillåtet: ändliga tal.")


def _check_known(given: dict[str, float]) -> None:
    for name, number in given.items():
        if np.isnan(number):
            raise StatisticsError(f"Argumentet {name}: saknar värde. Tillåtet: ändliga tal.")


def _omega(n: int) -> float:
    return 1 - 3 / (4 * n - 9)
