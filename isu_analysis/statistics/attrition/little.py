"""Little's test of whether values are missing completely at random, by maximum likelihood, with its limits."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy import stats

from isu_analysis.statistics.arguments import Floats
from isu_analysis.statistics.attrition.incomplete_normal import Moments, Pattern, by_pattern
from isu_analysis.statistics.attrition.normal_fit import fit_normal, number_matrix

# With two variables the test is that of one difference at the start, which the table of lost against kept
# shows with its size and interval.
FEWEST_VARIABLES = 3
# In a unit of 60 with half lost the test finds a standardised difference of .5 in one of two (this
# project's simulation).
FEWEST_PEOPLE = 100


def _no_patterns() -> pd.DataFrame:
    return pd.DataFrame({"pattern": [], "n": [], "n_variables": [], "contribution": []})


@dataclass(frozen=True, eq=False)
class LittleTest:
    """Little's test; it cannot show absence of bias.

    Attributes
    ----------
    n, n_variables, n_patterns : int
        Rows with any value, variables, and patterns of holes among those rows.
    statistic, p : float
        Chi-square statistic d2 and its p-value; NaN with a ``reason``.
    df : int
        Degrees of freedom: variables observed summed over the patterns, minus n_variables.
    few_people : bool
        True below 100 rows: the test then seldom finds a difference worth finding.
    n_empty : int
        Rows without any value, left out.
    reason : str
        "" when computed; "two_variables" (see the table of lost against kept instead), "nothing_missing",
        "too_few_pairs" (also when nobody has any value), "singular" or "not_converged".
    patterns : DataFrame
        One row a pattern: pattern ("1" observed, "0" missing; one character a variable), n, n_variables
        observed, contribution to the statistic. Empty without a statistic.
    """

    n: int
    n_variables: int
    n_patterns: int
    statistic: float = np.nan
    df: int = 0
    p: float = np.nan
    few_people: bool = False
    n_empty: int = 0
    reason: str = ""
    patterns: pd.DataFrame = field(default_factory=_no_patterns, repr=False)

    @property
    def statistic_per_df(self) -> float:
        """The statistic over its degrees of freedom: about 1 when values are missing completely at random.

        Examples
        --------
        >>> from isu_analysis import statistics as st
        >>> people = [(34, 18, 14), (41, 16, 13), (29, 20, 17), (55, 17, 15), (38, 15, 11), (47, 19, 16), (31, 16, 12),
        ...           (60, 18, 15), (44, 17, 13), (36, 25, None), (52, 26, None), (39, 24, None)]
        >>> round(st.little_test(people).statistic_per_df, 1)
        5.1
        """
        return self.statistic / self.df if self.df else np.nan

    def to_frame(self) -> pd.DataFrame:
        """Return all but the patterns as a frame with one row."""
        names = ["n", "n_variables", "n_patterns", "statistic", "df", "p"]
        names += ["statistic_per_df", "few_people", "n_empty", "reason"]
        return pd.DataFrame([{name: getattr(self, name) for name in names}])


def little_test(values: ArrayLike, *, two_variables: bool = False) -> LittleTest:
    """Test whether the means of what was observed differ between patterns of holes.

    The test cannot show absence of bias: it compares observed values only, has little power in small
    groups, and a large p-value says no more than that nothing was found.

    Parameters
    ----------
    values : array_like or DataFrame, shape (n, k), k >= 2
        Numbers, one row a person, NaN = missing. Rows without any value are left out and counted.
    two_variables : bool
        With two variables the test is that of one difference between lost and kept at the start; it is
        computed only when this is True.

    Returns
    -------
    LittleTest

    Raises
    ------
    StatisticsError
        If the values are not a two-dimensional array of finite numbers with at least two columns.

    Notes
    -----
    ``d2 = sum_j n_j (m_j - mu_j)' S_j^-1 (m_j - mu_j)`` over the patterns j, with m_j the means of the
    variables observed there, mu and S the maximum likelihood moments of all rows (EM, divisor n). Little
    (1988), JASA 83:1198. Assumes normality and equal covariances in all patterns. Any two
    variables need 2 k rows in common.

    The test of Jamshidian & Jalal (2010) is left out: its imputation is random, so that the p-value depends
    on the seed, and it needs larger groups than these.

    Examples
    --------
    Two waves and age of twelve people; the three who were lost at the end had the highest scores at the start.

    >>> from isu_analysis import statistics as st
    >>> import pandas as pd
    >>> age = [34, 41, 29, 55, 38, 47, 31, 60, 44, 36, 52, 39]
    >>> start = [18, 16, 20, 17, 15, 19, 16, 18, 17, 25, 26, 24]
    >>> end = [14, 13, 17, 15, 11, 16, 12, 15, 13, None, None, None]
    >>> found = st.little_test(pd.DataFrame({"age": age, "start": start, "end": end}))
    >>> round(found.statistic, 2), found.df, round(found.p, 3), found.few_people
    (10.3, 2, 0.006, True)
    """
    numbers = number_matrix(values, "values")
    filled = numbers[~np.isnan(numbers).all(axis=1)]
    patterns = by_pattern(filled, ~np.isnan(filled))
    empty = LittleTest(
        n=len(filled),
        n_variables=numbers.shape[1],
        n_patterns=len(patterns),
        few_people=len(filled) < FEWEST_PEOPLE,
        n_empty=len(numbers) - len(filled),
    )
    if empty.n_variables < FEWEST_VARIABLES and not two_variables:
        return replace(empty, reason="two_variables")
    if empty.n == 0:
        return replace(empty, reason="too_few_pairs")
    if not np.isnan(filled).any():
        return replace(empty, reason="nothing_missing")
    fit = fit_normal(filled)
    if fit.moments is None:
        return replace(empty, reason=fit.reason)
    return _tested(empty, by_pattern(fit.rows, ~np.isnan(fit.rows)), fit.moments)


def _tested(empty: LittleTest, patterns: list[Pattern], moments: Moments) -> LittleTest:
    rows = [
        {
            "pattern": "".join("1" if observed else "0" for observed in pattern.observed),
            "n": len(pattern.rows),
            "n_variables": int(pattern.observed.sum()),
            "contribution": _contribution(pattern, moments),
        }
        for pattern in patterns
    ]
    frame = pd.DataFrame(rows).sort_values("pattern", ascending=False, ignore_index=True)
    statistic = float(frame["contribution"].sum())
    df = int(frame["n_variables"].sum()) - empty.n_variables
    return replace(empty, statistic=statistic, df=df, p=float(stats.chi2.sf(statistic, df)), patterns=frame)


def _contribution(pattern: Pattern, moments: Moments) -> float:
    o = pattern.observed
    rows: Floats = pattern.rows[:, o]
    off = rows.mean(axis=0) - moments.mean[o]
    return float(len(rows) * off @ np.linalg.solve(moments.covariance[np.ix_(o, o)], off))
