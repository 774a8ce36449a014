"""How far each person's change lies outside what error (and practice) explains, by any method."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy import stats

from isu_analysis.errors import StatisticsError
from isu_analysis.statistics.arguments import Floats, check_direction, check_kind, check_positive, paired, vector
from isu_analysis.statistics.individual_change.criteria import SLACK, TWO_SIDED_FIVE_PERCENT
from isu_analysis.statistics.individual_change.references import ReferenceSample
from isu_analysis.statistics.individual_change.rules import METHODS, NO_ERROR, ChangeRule


@dataclass(frozen=True, eq=False)
class ChangeIndex:
    """Every person's index by one method, with what it was computed from.

    Attributes
    ----------
    method : str
        Name of the method.
    n, n_given : int
        People with an index, and rows given. Without a reason, ``n_given - n`` lacked a value.
    higher_is_better : bool
        Direction of the scale.
    critical : float
        What the index must exceed: ``z``, or its t quantile where the degrees of freedom are finite.
    df : float
        Degrees of freedom; infinite = normal distribution.
    standard_error : float
        Denominator in points (for Crawford-Howell where it is smallest); NaN with several predictors.
    smallest_improvement, smallest_deterioration : float
        Raw change in points, in the better and in the worse direction, that a person's change must exceed;
        they differ when practice is expected. NaN when they depend on the start score: see `smallest_changes`.
    source : str
        Where the reference numbers come from.
    mixed_sources : bool
        True when spread and reliability come from different sources.
    historical : bool
        True for a method that is kept for comparison with old papers and never belongs in a report.
    reason : str
        "" when computed; otherwise as `ChangeRule.reason`, or "singular" (several predictors). NaN index
        throughout except for "no_error": then 0 for exactly the expected score and infinite for all else.
    index : ndarray of float, shape (n_given,)
        Positive = better than expected. NaN where a value is missing. Rows of people: never in ``repr``.
    p : ndarray of float, shape (n_given,)
        Two-sided probability of an index as far from 0 without true change.
    expected, error : ndarray of float, shape (n_given,)
        End score expected without true change, and its standard error, in points.
    """

    method: str
    n: int
    n_given: int
    higher_is_better: bool
    critical: float
    df: float
    standard_error: float
    smallest_improvement: float
    smallest_deterioration: float
    source: str
    mixed_sources: bool
    historical: bool
    reason: str
    index: Floats = field(repr=False)
    p: Floats = field(repr=False)
    expected: Floats = field(repr=False)
    error: Floats = field(repr=False)

    def to_frame(self) -> pd.DataFrame:
        """Return the fields that are no rows of people as a frame with one row."""
        hidden = {"index", "p", "expected", "error"}
        return pd.DataFrame([{name: value for name, value in vars(self).items() if name not in hidden}])


def change_index(
    pre: ArrayLike,
    post: ArrayLike,
    method: str,
    reference: ReferenceSample,
    *,
    higher_is_better: bool,
    z: float = TWO_SIDED_FIVE_PERCENT,
) -> ChangeIndex:
    """Return every person's index of change by one method.

    Parameters
    ----------
    pre, post : array_like, shape (n_given,)
        Start and end scores, one row a person; missing gives NaN.
    method : str
        "jacobson_truax", "gulliksen_lord_novick", "mcnemar", "christensen_mendoza", "maassen", "chelune",
        "iverson", "temkin", "mcsweeny" or "crawford_howell".
    reference : ReferenceSample
        The numbers the method needs, from `reference_sample` or `control_sample`.
    higher_is_better : bool
        Direction of the scale; the index is positive when the change is for the better.
    z : float
        Above 0: 1.96 is 2.5 % each way. Crawford-Howell uses the t quantile with the same tail.

    Returns
    -------
    ChangeIndex

    Raises
    ------
    StatisticsError
        If the method is unknown, the reference lacks a number that the method needs, z is not above 0, lengths
        or indexes differ, or a value is not a finite number.

    Notes
    -----
    ``index = direction (post - expected) / error``. Formulas and sources stand at the functions of the
    `rules` module. No index tells what caused a change.

    Examples
    --------
    The first is the person of Jacobson & Truax (1991): 15/4.74 = 3.16. Lord and Novick expect 34 of someone unchanged
    who started at 32.5: 13.5/4.5 = 3.

    >>> from isu_analysis import statistics as st
    >>> norm = st.reference_sample(source="article", mean_pre=40, sd_pre=7.5, reliability_pre=0.8)
    >>> found = st.change_index([32.5, 45, 38], [47.5, 50, 26], "jacobson_truax", norm, higher_is_better=True)
    >>> found.index.round(2).tolist(), found.critical
    ([3.16, 1.05, -2.53], 1.96)
    >>> lord = st.change_index([32.5, 45, 38], [47.5, 50, 26], "gulliksen_lord_novick", norm, higher_is_better=True)
    >>> lord.index.round(2).tolist()
    [3.0, 1.33, -2.76]
    """
    check_direction(higher_is_better)
    if not (isinstance(method, str) and method in METHODS):
        raise StatisticsError(f"Argumentet method: okänd metod. Tillåtet: {', '.join(METHODS)}.")
    check_kind(reference, ReferenceSample, "reference", "reference_sample eller control_sample")
    return index_by_rule(pre, post, METHODS[method](reference), reference, higher_is_better=higher_is_better, z=z)


def index_by_rule(
    pre: ArrayLike,
    post: ArrayLike,
    rule: ChangeRule,
    reference: ReferenceSample,
    *,
    higher_is_better: bool,
    z: float = TWO_SIDED_FIVE_PERCENT,
) -> ChangeIndex:
    """Return every person's index by a rule already made; arguments and errors as `change_index`."""
    check_direction(higher_is_better)
    check_kind(rule, ChangeRule, "rule", "modulen rules")
    check_kind(reference, ReferenceSample, "reference", "reference_sample eller control_sample")
    x, y = paired(pre, post)
    critical = critical_value(z, rule.df)
    shift = (1 if higher_is_better else -1) * rule.intercept
    if rule.slope != 1 or rule.slope_error != 0:
        shift = np.nan
    return built_index(
        y,
        rule.expected(x),
        rule.error(x),
        method=rule.method,
        higher_is_better=higher_is_better,
        critical=critical,
        df=rule.df,
        source=reference.source,
        reason=rule.reason,
        standard_error=rule.standard_error,
        smallest_improvement=critical * rule.standard_error + shift,
        smallest_deterioration=critical * rule.standard_error - shift,
        mixed_sources=reference.mixed_sources,
        historical=rule.historical,
    )


def built_index(
    post: Floats,
    expected: Floats,
    error: Floats,
    *,
    method: str,
    higher_is_better: bool,
    critical: float,
    df: float,
    source: str,
    reason: str,
    standard_error: float = np.nan,
    smallest_improvement: float = np.nan,
    smallest_deterioration: float = np.nan,
    mixed_sources: bool = False,
    historical: bool = False,
) -> ChangeIndex:
    """Return the index of people whose expected end score and its error are known; fields as `ChangeIndex`."""
    check_direction(higher_is_better)
    missing = np.isnan(post) | np.isnan(expected)
    expected, error = np.where(missing, np.nan, expected), np.where(missing, np.nan, error)
    index = _index((post - expected) * (1 if higher_is_better else -1), error, reason)
    tail = stats.norm.sf(np.abs(index)) if np.isinf(df) else stats.t.sf(np.abs(index), df)
    return ChangeIndex(
        method=method,
        n=int((~np.isnan(index)).sum()),
        n_given=index.size,
        higher_is_better=higher_is_better,
        critical=critical,
        df=float(df),
        standard_error=standard_error,
        smallest_improvement=smallest_improvement,
        smallest_deterioration=smallest_deterioration,
        source=source,
        mixed_sources=mixed_sources,
        historical=historical,
        reason=reason,
        index=_frozen(index),
        p=_frozen(2 * tail),
        expected=_frozen(expected),
        error=_frozen(error),
    )


def smallest_changes(
    start: ArrayLike, rule: ChangeRule, *, higher_is_better: bool, z: float = TWO_SIDED_FIVE_PERCENT
) -> pd.DataFrame:
    """Return how far a change from each start score must go to count.

    Parameters
    ----------
    start : array_like, shape (k,)
        Possible start scores, in points.
    rule : ChangeRule
        A method with its numbers.
    higher_is_better : bool
        Direction of the scale.
    z : float
        As in `change_index`.

    Returns
    -------
    DataFrame, shape (k, 3)
        Columns start; improvement, deterioration: raw points in the better and the worse direction that must
        be exceeded. Negative where the method expects more change than its error: standing still then counts.

    Raises
    ------
    StatisticsError
        If z is not above 0 or a start score is not a finite number.
    """
    check_direction(higher_is_better)
    check_kind(rule, ChangeRule, "rule", "modulen rules")
    x = vector(start, "start")
    margin = critical_value(z, rule.df) * rule.error(x)
    drift = (rule.expected(x) - x) * (1 if higher_is_better else -1)
    return pd.DataFrame({"start": x, "improvement": margin + drift, "deterioration": margin - drift})


def critical_value(z: float, df: float = np.inf) -> float:
    """Return z, or the t quantile that leaves the same tail.

    Parameters
    ----------
    z : float
        Normal quantile, above 0.
    df : float
        Degrees of freedom, above 0; infinite = normal distribution.

    Returns
    -------
    float
        NaN when df is not above 0.

    Raises
    ------
    StatisticsError
        If z is not above 0.
    """
    check_positive(z, "z")
    if np.isinf(df):
        return float(z)
    return float(stats.t.isf(stats.norm.sf(z), df)) if df > 0 else np.nan


def _index(gain: Floats, error: Floats, reason: str) -> Floats:
    """Return gain / error; without any error, 0 for no gain and infinite otherwise."""
    if reason == NO_ERROR:
        none = np.abs(gain) <= SLACK
        return np.where(np.isnan(gain), np.nan, np.where(none, 0.0, np.copysign(np.inf, gain)))
    return np.full(gain.shape, np.nan) if reason else gain / error


def _frozen(rows: Floats) -> Floats:
    rows.flags.writeable = False
    return rows
