"""The What Works Clearinghouse boundary of acceptable attrition when two groups are compared.

Only for comparing two units or programmes. For one group before and after, see the selection curve.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import optimize

from isu_analysis.errors import StatisticsError
from isu_analysis.statistics.attrition.selection import inverse_mills
from isu_analysis.statistics.proportions.shares import share_bounds
from isu_analysis.statistics.results import one_row

# WWC Standards Handbook 4.1 (2020), Table II.1: largest differential attrition, in percentage points, that
# counts as low at an overall attrition of 0, 1, 2, ... percent. Beyond the last figure attrition is high.
# fmt: off
PRINTED_BOUNDARY: dict[str, tuple[float, ...]] = {
    "cautious": (
        5.7, 5.8, 5.9, 5.9, 6.0, 6.1, 6.2, 6.3, 6.3, 6.3, 6.3, 6.2, 6.2, 6.1, 6.0, 5.9, 5.9, 5.8, 5.7, 5.5,
        5.4, 5.3, 5.2, 5.1, 4.9, 4.8, 4.7, 4.5, 4.4, 4.3, 4.1, 4.0, 3.8, 3.6, 3.5, 3.3, 3.2, 3.1, 2.9, 2.8,
        2.6, 2.5, 2.3, 2.1, 2.0, 1.8, 1.6, 1.5, 1.3, 1.2, 1.0, 0.9, 0.7, 0.6, 0.4, 0.3, 0.2, 0.0,
    ),
    "optimistic": (
        10.0, 10.1, 10.2, 10.3, 10.4, 10.5, 10.7, 10.8, 10.9, 10.9, 10.9, 10.9, 10.9, 10.8, 10.8, 10.7, 10.6,
        10.5, 10.3, 10.2, 10.0, 9.9, 9.7, 9.5, 9.4, 9.2, 9.0, 8.8, 8.6, 8.4, 8.2, 8.0, 7.8, 7.6, 7.4, 7.2,
        7.0, 6.7, 6.5, 6.3, 6.0, 5.8, 5.6, 5.3, 5.1, 4.9, 4.6, 4.4, 4.2, 3.9, 3.7, 3.5, 3.2, 3.0, 2.8, 2.6,
        2.3, 2.1, 1.9, 1.6, 1.4, 1.1, 0.9, 0.7, 0.5, 0.3,
    ),
}
# fmt: on
# Correlations of the outcome with the inclination to answer, in the group that lost more and in the other
# (Deke & Chiang 2017, Evaluation Review).
MODEL_RHOS = {"cautious": (0.45, 0.39), "optimistic": (0.27, 0.22)}
# The largest bias tolerated is 0.05 SD, rounded to two decimals.
LARGEST_BIAS = 0.055
# 0.041 of everyone is 4.1000000000000005 points: figures are compared with this slack.
SLACK = 1e-9


@dataclass(frozen=True)
class AttritionStatus:
    """Whether attrition in a comparison of two groups counts as low.

    Attributes
    ----------
    overall_points : float
        Lost in both groups together, percent of all who started.
    differential_points : float
        Difference in percent lost between the groups, without sign, percentage points.
    cautious, optimistic : str
        "low" or "high" by the cautious boundary (loss may well go with the outcome) and the optimistic one.
    cautious_limit, optimistic_limit : float
        Largest differential, in percentage points, that counts as low at this overall attrition; NaN when
        none does.
    """

    overall_points: float
    differential_points: float
    cautious: str
    optimistic: str
    cautious_limit: float
    optimistic_limit: float

    def to_frame(self) -> pd.DataFrame:
        """Return the fields as a frame with one row."""
        return one_row(self)


def printed_boundary() -> pd.DataFrame:
    """Return the printed boundary table.

    Returns
    -------
    DataFrame
        One row a whole percent 0-65: overall_points, cautious, optimistic (largest differential attrition
        that counts as low, percentage points; NaN where none does).

    Notes
    -----
    WWC Standards Handbook 4.1 (2020), Table II.1.
    """
    rows = max(len(limits) for limits in PRINTED_BOUNDARY.values())
    columns = {name: np.array([*limits, *[np.nan] * (rows - len(limits))]) for name, limits in PRINTED_BOUNDARY.items()}
    return pd.DataFrame({"overall_points": np.arange(rows), **columns})


def attrition_status(overall: float, differential: float) -> AttritionStatus:
    """Judge overall and differential attrition by the printed boundary.

    Parameters
    ----------
    overall : float
        Share lost of all who started in both groups, 0-1.
    differential : float
        Difference in share lost between the groups, -1 to 1; the sign does not matter.

    Returns
    -------
    AttritionStatus

    Raises
    ------
    StatisticsError
        If a share is out of range.

    Notes
    -----
    The table is printed for whole percents. Between two of them this project takes the lower of their
    limits, so that nothing counts as low that the printed table would call high.

    Examples
    --------
    A fifth lost, five percentage points more in one group: the cautious boundary allows 5.4, the optimistic 10.0.

    >>> from isu_analysis import statistics as st
    >>> found = st.attrition_status(0.20, 0.05)
    >>> found.cautious, found.optimistic, found.cautious_limit, found.optimistic_limit
    ('low', 'low', 5.4, 10.0)
    """
    if not 0 <= overall <= 1:
        raise StatisticsError("Argumentet overall: ska vara en andel mellan 0 och 1.")
    if not -1 <= differential <= 1:
        raise StatisticsError("Argumentet differential: ska vara en skillnad mellan andelar, -1 till 1.")
    overall_points, points = 100 * overall, 100 * abs(differential)
    limits = {name: _limit(overall_points, name) for name in PRINTED_BOUNDARY}
    verdicts = {name: "low" if points <= limit + SLACK else "high" for name, limit in limits.items()}
    return AttritionStatus(
        overall_points=overall_points,
        differential_points=points,
        cautious=verdicts["cautious"],
        optimistic=verdicts["optimistic"],
        cautious_limit=limits["cautious"],
        optimistic_limit=limits["optimistic"],
    )


def two_group_attrition(kept_first: int, of_first: int, kept_second: int, of_second: int) -> AttritionStatus:
    """Judge the attrition of two groups from their counts.

    Parameters
    ----------
    kept_first, of_first, kept_second, of_second : int
        People measured at the end, of those who started, in each group; groups with at least one person.

    Returns
    -------
    AttritionStatus

    Raises
    ------
    StatisticsError
        If counts are not whole numbers with kept <= of, or a group is empty.

    Examples
    --------
    Lost: 10 of 50 and 20 of 50, together 30 % and 20 percentage points apart.

    >>> from isu_analysis import statistics as st
    >>> found = st.two_group_attrition(40, 50, 30, 50)
    >>> round(found.overall_points, 1), round(found.differential_points, 1), found.cautious, found.optimistic
    (30.0, 20.0, 'high', 'high')
    """
    share_bounds(0, kept_first, of_first)
    share_bounds(0, kept_second, of_second)
    if min(of_first, of_second) == 0:
        raise StatisticsError("Argumenten of_first och of_second: ska vara minst 1.")
    overall = 1 - (kept_first + kept_second) / (of_first + of_second)
    return attrition_status(overall, kept_first / of_first - kept_second / of_second)


def model_boundary(overall: float, boundary: str = "cautious") -> float:
    """Largest differential attrition that counts as low by the selection model behind the printed table.

    Parameters
    ----------
    overall : float
        Share lost of all, two groups of equal size, 0-1.
    boundary : {"cautious", "optimistic"}
        Which strength of selection.

    Returns
    -------
    float
        Percentage points. 0 when equal attrition already gives too much bias; NaN when not even the largest
        possible difference at this overall attrition does.

    Raises
    ------
    StatisticsError
        If overall is out of range or the boundary unknown.

    Notes
    -----
    The differential at which ``rho_1 lambda(P_1) - rho_2 lambda(P_2)`` reaches 0.055 SD (0.05 rounded), P
    the shares kept, group 1 the one that lost more. Deke & Chiang (2017), Evaluation Review. It lies within 0.1
    points of the printed table for the cautious boundary and 0.27 for the optimistic; the printed table is the rule.
    """
    if boundary not in MODEL_RHOS:
        raise StatisticsError(f"Argumentet boundary: tillåtet är {' och '.join(MODEL_RHOS)}.")
    if not 0 <= overall <= 1:
        raise StatisticsError("Argumentet overall: ska vara en andel mellan 0 och 1.")
    more, less = MODEL_RHOS[boundary]

    def excess(differential: float) -> float:
        lost_more, lost_less = overall + differential / 2, overall - differential / 2
        bias = more * inverse_mills(1 - lost_more) - less * inverse_mills(1 - lost_less)
        return float(bias) - LARGEST_BIAS

    largest = 2 * min(overall, 1 - overall)
    if overall == 1 or excess(0.0) >= 0:
        return 0.0
    top = largest - SLACK if overall >= 0.5 else largest  # nobody kept in a group has no bias to compute
    if excess(top) < 0:
        return np.nan
    return 100 * float(optimize.brentq(excess, 0.0, top, xtol=1e-12))


def _limit(overall_points: float, boundary: str) -> float:
    """Return the lower of the printed limits on both sides; NaN beyond the table."""
    limits = PRINTED_BOUNDARY[boundary]
    below, above = int(np.floor(overall_points + SLACK)), int(np.ceil(overall_points - SLACK))
    return min(limits[below], limits[above]) if above < len(limits) else np.nan
