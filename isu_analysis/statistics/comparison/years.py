"""The change from last year to this for one unit, when some people are in both years."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy import stats

from isu_analysis.statistics.arguments import NO_SPREAD, Floats, check_level, largest, vector
from isu_analysis.statistics.clusters import NO_VARIATION
from isu_analysis.statistics.comparison.shared_people import NAMES, REPEATED, TwoYears, two_years
from isu_analysis.statistics.means import TOO_FEW, mean_difference
from isu_analysis.statistics.proportions.observed import flags_or_missing, observed_share_difference
from isu_analysis.statistics.proportions.paired_intervals import lowered_phi
from isu_analysis.statistics.proportions.shares import wilson
from isu_analysis.statistics.results import one_row


@dataclass(frozen=True)
class YearShareChange:
    """A share this year less the share last year.

    Attributes
    ----------
    n_this, of_this, n_last, of_last : int
        Events and rows with a value.
    n_given_this, n_given_last : int
        Rows given; the others had no value.
    n_shared : int
        People with a value in both years.
    design : str
        "independent" (nobody shared), "partly_shared", "same_people" (the very same both years), or "clusters"
        (somebody has several rows in one year).
    share_this, share_last : float
        0-1; NaN for a year without values.
    difference, difference_low, difference_high : float
        This less last, -1 to 1; NaN with a ``reason``.
    r_shared : float
        Phi between the years among the shared, as used (`lowered_phi`); 0 where nobody is shared or a flag does
        not vary, NaN for "clusters".
    correlation : float
        Of the two shares' errors, as used; 0 when independent.
    level : float
        Confidence level.
    reason : str
        "" when computed; "empty_group" (a year without values), or as in `observed_share_difference`.
    """

    n_this: int
    of_this: int
    n_last: int
    of_last: int
    n_given_this: int
    n_given_last: int
    n_shared: int
    design: str
    share_this: float = np.nan
    share_last: float = np.nan
    difference: float = np.nan
    difference_low: float = np.nan
    difference_high: float = np.nan
    r_shared: float = np.nan
    correlation: float = np.nan
    level: float = 0.95
    reason: str = ""

    def to_frame(self) -> pd.DataFrame:
        """Return the fields as a frame with one row."""
        return one_row(self)


@dataclass(frozen=True)
class YearMeanChange:
    """A mean this year less the mean last year.

    Attributes
    ----------
    n_this, n_last, n_given_this, n_given_last, n_shared : int
        Rows with a value, rows given, and people with a value in both years.
    design : str
        As in `YearShareChange`.
    mean_this, mean_last : float
        In the values' unit; NaN with "too_few_values".
    difference, difference_low, difference_high : float
        This less last; the ends NaN with a ``reason``.
    se, df : float
        Standard error, and degrees of freedom of the t multiplier.
    r_shared : float
        Pearson's r between the years among the shared, as used; 0 where fewer than two are shared or one year does
        not vary, NaN for "clusters".
    correlation : float
        Of the two means' errors, as used; NaN for "clusters".
    level : float
        Confidence level.
    reason : str
        "" when computed; "too_few_values" (a year under 2), "zero_sd" (nothing varies, or everybody is in both
        years and changed alike), or as in `mean_difference`.
    """

    n_this: int
    n_last: int
    n_given_this: int
    n_given_last: int
    n_shared: int
    design: str
    mean_this: float = np.nan
    mean_last: float = np.nan
    difference: float = np.nan
    difference_low: float = np.nan
    difference_high: float = np.nan
    se: float = np.nan
    df: float = np.nan
    r_shared: float = np.nan
    correlation: float = np.nan
    level: float = 0.95
    reason: str = ""

    def to_frame(self) -> pd.DataFrame:
        """Return the fields as a frame with one row."""
        return one_row(self)


def share_change_between_years(
    this_year: ArrayLike,
    last_year: ArrayLike,
    *,
    this_person: ArrayLike,
    last_person: ArrayLike,
    level: float = 0.95,
) -> YearShareChange:
    """Return the change of a share from last year to this, some people being in both years.

    Parameters
    ----------
    this_year, last_year : array_like of bool or 0/1, shapes (n_given_this,) and (n_given_last,)
        One row a person or an episode; missing values are left out and counted.
    this_person, last_person : array_like, same shapes
        Who each row is about, none missing. Only used to find who is in both years.
    level : float
        Confidence level, 0-1.

    Returns
    -------
    YearShareChange

    Raises
    ------
    StatisticsError
        If a value is neither true/1, false/0 nor missing, lengths or indexes differ, a row has no person, or
        people are named by text in one year and by something else in the other.

    Notes
    -----
    With the distances a, b, c, e from each share to its own Wilson limits: ``d - sqrt(a^2 + b^2 - 2 rho a b)`` and
    ``d + sqrt(c^2 + e^2 - 2 rho c e)``. For m shared of n1 and n2 people ``cov(p1, p2) = m phi sqrt(p1 q1 p2 q2) /
    (n1 n2)``, so ``rho = phi m / sqrt(n1 n2)``. Without shared people this is Newcombe (1998), Stat Med 17:873,
    method 10; with the same people in both years Newcombe (1998), Stat Med 17:2635, method 10. In between it is our
    own extension; over 15-300 people a year and any overlap it covered at least .94 in simulation, where the
    partially overlapping z interval (Derrick et al. 2015, J Appl Quant Methods 10(3), read in the R package
    Partiallyoverlapping) fell to .79. See benchmarks/year_coverage.py.

    Somebody with several rows in a year: rows are then not independent within the year either, and the person
    is the cluster (`observed_share_difference`), which needs 8 people in each year.

    Examples
    --------
    In work: 12 of 20 this year and 8 of 20 last year; persons 11-20 were there both years.

    >>> import isu_analysis as isu
    >>> this_year, last_year = [1, 0, 1, 1, 0] * 4, [1, 0, 0, 1, 0] * 4
    >>> found = isu.share_change_between_years(
    ...     this_year, last_year, this_person=list(range(11, 31)), last_person=list(range(1, 21))
    ... )
    >>> found.n_shared, round(found.difference, 2), round(found.difference_low, 2), round(found.difference_high, 2)
    (10, 0.2, -0.06, 0.42)
    """
    check_level(level)
    years = two_years(
        flags_or_missing(this_year, NAMES[0]),
        flags_or_missing(last_year, NAMES[1]),
        (this_year, last_year, this_person, last_person),
    )
    x, y = years.this, years.last
    counts = (int(x.sum()), x.size, int(y.sum()), y.size, *years.n_given, years.n_shared, years.design)
    result = YearShareChange(*counts, level=level)
    if not (x.size and y.size):
        return replace(result, reason="empty_group")
    result = replace(result, share_this=float(x.mean()), share_last=float(y.mean()), difference=_gap(x, y))
    if years.design == REPEATED:
        found = observed_share_difference(
            x, y, first_cluster=years.this_code, second_cluster=years.last_code, level=level
        )
        ends = (found.difference_low, found.difference_high)
        result = replace(result, correlation=found.correlation, reason=found.reason)
    else:
        phi = _phi(*years.pairs())
        result = replace(result, r_shared=phi, correlation=years.together(phi))
        ends = _square_and_add(result)
    return replace(result, difference_low=ends[0], difference_high=ends[1])


def mean_change_between_years(
    this_year: ArrayLike,
    last_year: ArrayLike,
    *,
    this_person: ArrayLike,
    last_person: ArrayLike,
    level: float = 0.95,
) -> YearMeanChange:
    """Return the change of a mean from last year to this, some people being in both years.

    Parameters
    ----------
    this_year, last_year : array_like, shapes (n_given_this,) and (n_given_last,)
        Numbers, one row a person or an episode; missing values are left out and counted.
    this_person, last_person : array_like, same shapes
        As in `share_change_between_years`.
    level : float
        Confidence level, 0-1.

    Returns
    -------
    YearMeanChange

    Raises
    ------
    StatisticsError
        If a value is not a finite number, or as in `share_change_between_years`.

    Notes
    -----
    Partially overlapping samples t with unequal variances, m shared, a and b people in one year only:
    ``se^2 = s1^2/n1 + s2^2/n2 - 2 r m s1 s2 / (n1 n2)``, ``df = (m - 1) + (w - m + 1)(a + b)/(a + b + 2m)`` with w
    Welch's df. Without shared people it is Welch's t, with the same people both years the paired t. Derrick, Russ,
    Toher & White (2017), J Mod Appl Stat Methods 16(1):137; the formulas read in the R package
    Partiallyoverlapping. It covered .94-.97 in simulation (15-300 a year, r 0-.9, SD ratio 1-2).

    Somebody with several rows in a year: the person is the cluster (`mean_difference`).

    Examples
    --------
    Ten people a year; g, h, i and j were there both years.

    >>> import isu_analysis as isu
    >>> this_year, last_year = [14, 17, 12, 19, 15, 13, 16, 18, 11, 15], [18, 16, 20, 15, 19, 14, 17, 21, 13, 17]
    >>> found = isu.mean_change_between_years(
    ...     this_year, last_year, this_person=list("ghijklmnop"), last_person=list("abcdefghij")
    ... )
    >>> found.mean_this, found.mean_last, found.n_shared
    (15.0, 17.0, 4)
    >>> found.difference, round(found.difference_low, 2), round(found.difference_high, 2)
    (-2.0, -4.16, 0.16)
    """
    check_level(level)
    years = two_years(
        vector(this_year, NAMES[0]), vector(last_year, NAMES[1]), (this_year, last_year, this_person, last_person)
    )
    x, y = years.this, years.last
    result = YearMeanChange(x.size, y.size, *years.n_given, years.n_shared, years.design, level=level)
    if min(x.size, y.size) < 2:
        return replace(result, reason=TOO_FEW)
    result = replace(result, mean_this=float(x.mean()), mean_last=float(y.mean()), difference=_gap(x, y))
    if years.design == REPEATED:
        found = mean_difference(x, y, first_cluster=years.this_code, second_cluster=years.last_code, level=level)
        ends = (found.difference_low, found.difference_high)
        result = replace(result, se=found.se, df=found.df, reason=found.reason)
        return replace(result, difference_low=ends[0], difference_high=ends[1])
    return _partly_paired(result, years)


def _gap(x: Floats, y: Floats) -> float:
    return float(x.mean() - y.mean())


def _phi(x: Floats, y: Floats) -> float:
    cells = (x * y, (1 - x) * y, x * (1 - y), (1 - x) * (1 - y))
    both, only_last, only_this, neither = (np.asarray(cell.sum()) for cell in cells)
    return float(lowered_phi((both, only_last, only_this, neither)))


def _square_and_add(result: YearShareChange) -> tuple[float, float]:
    """Return Newcombe's ends with the errors' correlation."""
    (low_1, high_1), (low_2, high_2) = (
        wilson(n, of, result.level) for n, of in ((result.n_this, result.of_this), (result.n_last, result.of_last))
    )

    def reach(one: float, other: float) -> float:
        return float(np.sqrt(max(one**2 + other**2 - 2 * result.correlation * one * other, 0.0)))

    low = result.difference - reach(result.share_this - low_1, high_2 - result.share_last)
    return low, result.difference + reach(high_1 - result.share_this, result.share_last - low_2)


def _partly_paired(result: YearMeanChange, years: TwoYears) -> YearMeanChange:
    x, y = years.this, years.last
    shared = years.n_shared
    parts = np.array([x.var(ddof=1) / x.size, y.var(ddof=1) / y.size])
    r = _pearson(*years.pairs())
    result = replace(result, r_shared=r, correlation=years.together(r))
    square = parts.sum() - 2 * result.correlation * np.sqrt(parts.prod())
    if max(np.ptp(x), np.ptp(y)) <= NO_SPREAD * largest(x, y) or square <= NO_SPREAD * parts.sum():
        return replace(result, reason=NO_VARIATION)
    welch = parts.sum() ** 2 / (parts**2 / [x.size - 1, y.size - 1]).sum()
    alone = x.size + y.size - 2 * shared
    df = float((shared - 1) + (welch - shared + 1) * alone / (x.size + y.size))
    half = float(stats.t.ppf((1 + result.level) / 2, df) * np.sqrt(square))
    ends = (result.difference - half, result.difference + half)
    return replace(result, se=float(np.sqrt(square)), df=df, difference_low=ends[0], difference_high=ends[1])


def _pearson(x: Floats, y: Floats) -> float:
    varies = x.size > 1 and all(np.ptp(values) > NO_SPREAD * largest(values) for values in (x, y))
    return float(np.corrcoef(x, y)[0, 1]) if varies else 0.0
