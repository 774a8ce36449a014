"""Multiple imputation by a multivariate normal model: where start values or background are missing too."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy import stats

from isu_analysis.errors import StatisticsError
from isu_analysis.statistics.arguments import Floats, check_level, paired, same_rows
from isu_analysis.statistics.attrition.design import encode
from isu_analysis.statistics.attrition.estimates import ChangeEstimate
from isu_analysis.statistics.attrition.incomplete_normal import Moments
from isu_analysis.statistics.attrition.normal_fit import fit_normal, number_matrix
from isu_analysis.statistics.attrition.rubin import PooledEstimate, pool_imputations
from isu_analysis.statistics.results import one_row

METHOD = "multiple_imputation"
IMPUTATIONS = 50
# Steps of the chain before the first imputation and between two. What is left of one step after k more is
# about (fraction of missing information)^k: .85^30 is .008.
BURN_IN, STEPS_BETWEEN = 100, 30


@dataclass(frozen=True, eq=False)
class ImputedRows:
    """Complete copies of rows with holes.

    Attributes
    ----------
    values : ndarray, shape (m, n, k)
        The rows as given, each hole filled by a draw; rows without any value stay missing. Shape (0, n, k)
        with a ``reason``.
    reason : str
        "" when imputed; "too_few_pairs", "singular" or "not_converged".
    """

    values: Floats = field(repr=False)
    reason: str = ""


@dataclass(frozen=True)
class ImputedChange:
    """Mean change pooled over imputations, post - pre in points.

    Attributes
    ----------
    n, n_pairs, n_empty : int
        People with any value, those with both start and end, and those without any value (left out).
    m : int
        Imputed data sets.
    change, low, high : float
        Mean change and its interval in points; NaN with a ``reason``.
    se, df, within, between, riv, fmi, monte_carlo_se : float
        As in `PooledEstimate`.
    level : float
        Confidence level.
    reason : str
        "" when estimated; "too_few_pairs", "singular", "not_converged", or one of `PooledEstimate`.
    """

    n: int
    n_pairs: int
    n_empty: int
    m: int
    change: float = np.nan
    low: float = np.nan
    high: float = np.nan
    se: float = np.nan
    df: float = np.nan
    within: float = np.nan
    between: float = np.nan
    riv: float = np.nan
    fmi: float = np.nan
    monte_carlo_se: float = np.nan
    level: float = 0.95
    reason: str = ""

    def as_estimate(self) -> ChangeEstimate:
        """Return it as a `ChangeEstimate` of method "multiple_imputation", for delta adjustment and the like.

        Examples
        --------
        >>> from isu_analysis import statistics as st
        >>> import numpy as np
        >>> start = [21, 18, 25, 20, 16, 24, 19, 23, 17, 22, 26, 20, None, None]
        >>> end = [15, 15, 17, 14, 13, 16, 14, 17, 12, None, None, None, 15, 18]
        >>> found = st.imputed_change(start, end, rng=np.random.default_rng(1), m=20).as_estimate()
        >>> found.method, st.tipping_point(found, found.share_lost).reason
        ('multiple_imputation', '')
        """
        return ChangeEstimate(
            METHOD, self.n, self.n_pairs, self.change, self.low, self.high, self.se, self.df, self.level,
            interval="t_approximate", reason=self.reason, n_empty=self.n_empty,
        )  # fmt: skip

    def to_frame(self) -> pd.DataFrame:
        """Return the fields as a frame with one row."""
        return one_row(self)


def impute_normal(
    values: ArrayLike,
    *,
    rng: np.random.Generator,
    m: int = IMPUTATIONS,
    burn_in: int = BURN_IN,
    steps_between: int = STEPS_BETWEEN,
) -> ImputedRows:
    """Fill holes m times by draws from a multivariate normal model with uncertain parameters.

    Parameters
    ----------
    values : array_like or DataFrame, shape (n, k), k >= 2
        Numbers, NaN = missing.
    rng : numpy.random.Generator
        Source of randomness; the same state gives the same imputations.
    m : int
        Imputations, at least 1.
    burn_in, steps_between : int
        Steps of the chain before the first imputation and between two, at least 1.

    Returns
    -------
    ImputedRows
        "too_few_pairs" when some two columns share fewer than 2 k rows, "singular" when a column does not vary
        or repeats others.

    Raises
    ------
    StatisticsError
        If the values are not a two-dimensional array of finite numbers with at least two columns, rng is
        not a generator, or a count is below 1.

    Notes
    -----
    Data augmentation (Schafer 1997, ch. 5): from the maximum likelihood moments, alternately draw the holes
    given the moments and the moments given the full rows, covariance from the inverse Wishart distribution
    with n - 1 df and means from the normal (the usual non-informative prior). Parameters are drawn, so that
    Rubin's rules hold. Imputed values are neither rounded nor kept within the scale: they serve means and
    their uncertainty, and are nobody's score.
    """
    numbers = number_matrix(values, "values")
    _check_chain(rng, {"m": m, "burn_in": burn_in, "steps_between": steps_between})
    filled = ~np.isnan(numbers).all(axis=1)
    fit = fit_normal(numbers)
    if fit.moments is None:
        return ImputedRows(np.empty((0, *numbers.shape)), fit.reason)
    result = np.full((m, *numbers.shape), np.nan)
    chain = _chain(fit.rows, fit.moments, rng)
    for i in range(m):
        before = (steps_between if i else burn_in) - 1
        result[i, filled] = fit.centre + fit.scale * next(islice(chain, before, None))
    # The measured as they were, to the last digit.
    return ImputedRows(np.where(np.isnan(numbers), result, numbers))


def imputed_change(
    pre: ArrayLike,
    post: ArrayLike,
    auxiliary: pd.DataFrame | None = None,
    *,
    rng: np.random.Generator,
    m: int = IMPUTATIONS,
    level: float = 0.95,
) -> ImputedChange:
    """Mean change by multiple imputation; start values, end values and background may all be missing.

    Parameters
    ----------
    pre, post : array_like, shape (n,)
        Start and end values in points; NaN = not measured.
    auxiliary : DataFrame, shape (n, p), optional
        What else is known, holes allowed: waves in between, background. Numbers as they are, flags as 0/1,
        texts and categories as indicators (first level left out), treated as normal.
    rng : numpy.random.Generator
        Source of randomness; the same state gives the same result.
    m : int
        Imputations, at least 2 for an interval.
    level : float
        Confidence level, 0-1.

    Returns
    -------
    ImputedChange
        About everyone with any value. Reasons as in `impute_normal`.

    Raises
    ------
    StatisticsError
        If lengths or indexes differ, a value is not a finite number, auxiliary is no frame, has two columns of one
        name, or holds dates or numbers written as text, rng is not a generator, or m is below 1.

    Notes
    -----
    `impute_normal`, then the mean and its variance in each data set, then `pool_imputations` with n - 1 complete-data
    degrees of freedom. With m growing it approaches the maximum likelihood estimate: where only end values
    are missing `ml_change_two_wave` gives that at once, where only waves are, `ml_change_all_waves`; prefer
    them there. It assumes what they assume.

    Examples
    --------
    Start or end is missing for five of fourteen people. The draws are random, so the same seed gives the same answer.

    >>> from isu_analysis import statistics as st
    >>> import numpy as np
    >>> start = [21, 18, 25, 20, 16, 24, 19, 23, 17, 22, 26, 20, None, None]
    >>> end = [15, 15, 17, 14, 13, 16, 14, 17, 12, None, None, None, 15, 18]
    >>> found = st.imputed_change(start, end, rng=np.random.default_rng(1), m=20)
    >>> found.n, found.n_pairs, round(found.change)
    (14, 9, -6)
    """
    check_level(level)
    x, y = paired(pre, post)
    numbers = np.column_stack([x, y, *_auxiliary_columns(auxiliary, pre)])
    filled = ~np.isnan(numbers).all(axis=1)
    imputed = impute_normal(numbers, rng=rng, m=m)
    n, n_pairs = int(filled.sum()), int((~np.isnan(x) & ~np.isnan(y)).sum())
    empty = ImputedChange(n, n_pairs, x.size - n, m, level=level, reason=imputed.reason)
    if imputed.reason:
        return empty
    changes = imputed.values[:, filled, 1] - imputed.values[:, filled, 0]
    pooled = pool_imputations(changes.mean(axis=1), changes.var(axis=1, ddof=1) / n, df_complete=n - 1, level=level)
    return _with_pooled(empty, pooled)


def _with_pooled(empty: ImputedChange, pooled: PooledEstimate) -> ImputedChange:
    shared = ("low", "high", "se", "df", "within", "between", "riv", "fmi", "monte_carlo_se", "reason")
    return replace(empty, change=pooled.estimate, **{name: getattr(pooled, name) for name in shared})


def _auxiliary_columns(auxiliary: pd.DataFrame | None, pre: ArrayLike) -> Iterator[Floats]:
    """Yield what else is known as columns of numbers: itself, or indicators of all levels but the first."""
    if auxiliary is None:
        return
    if not isinstance(auxiliary, pd.DataFrame):
        raise StatisticsError("Argumentet auxiliary: ska vara en tabell (DataFrame) med en rad per person.")
    same_rows(pre, auxiliary, "pre", "auxiliary")
    for name in auxiliary.columns:
        known = auxiliary[[name]].notna().all(axis=1).to_numpy()
        coded = encode(auxiliary.loc[known, [name]], "auxiliary").columns
        columns = np.full((len(auxiliary), coded.shape[1]), np.nan)
        columns[known] = coded
        yield from columns.T


def _check_chain(rng: np.random.Generator, counts: dict[str, int]) -> None:
    if not isinstance(rng, np.random.Generator):
        raise StatisticsError("Argumentet rng: ska vara en slumptalsgenerator (numpy.random.default_rng).")
    for name, count in counts.items():
        if not isinstance(count, int | np.integer) or count < 1:
            raise StatisticsError(f"Argumentet {name}: ska vara ett heltal, minst 1.")


class _Group(NamedTuple):
    """The people with the same holes, and where those are: worked out once, used at every step."""

    known: Floats  # their observed values
    observed: NDArray[np.intp]
    holes: NDArray[np.intp]
    places: tuple[Any, ...]  # of their holes among all rows
    given: tuple[Any, ...]  # of the observed in the covariance matrix
    between: tuple[Any, ...]  # of the observed with the holes
    within: tuple[Any, ...]  # of the holes


def _groups(rows: Floats) -> Iterator[_Group]:
    kinds, which = np.unique(~np.isnan(rows), axis=0, return_inverse=True)
    for i, kind in enumerate(kinds):
        if kind.all():
            continue
        people, o, h = np.flatnonzero(which.ravel() == i), np.flatnonzero(kind), np.flatnonzero(~kind)
        known = rows[np.ix_(people, o)]
        yield _Group(known, o, h, np.ix_(people, h), np.ix_(o, o), np.ix_(o, h), np.ix_(h, h))


def _chain(rows: Floats, moments: Moments, rng: np.random.Generator) -> Iterator[Floats]:
    """Yield the rows with holes filled by draws, one step of data augmentation after another."""
    groups, complete = list(_groups(rows)), rows.copy()
    while True:
        for group in groups:
            complete[group.places] = _draw_holes(group, moments, rng)
        yield complete
        moments = _draw_moments(complete, rng)


def _draw_holes(group: _Group, moments: Moments, rng: np.random.Generator) -> Floats:
    """Draw what is missing in a group's rows, given what is observed and the moments."""
    covariance, between = moments.covariance, moments.covariance[group.between]
    slopes = np.linalg.solve(covariance[group.given], between)
    left = covariance[group.within] - between.T @ slopes
    noise = rng.standard_normal((len(group.known), group.holes.size)) @ np.linalg.cholesky(left).T
    expected = moments.mean[group.holes] + (group.known - moments.mean[group.observed]) @ slopes
    return np.asarray(expected + noise)


def _draw_moments(complete: Floats, rng: np.random.Generator) -> Moments:
    """Draw means and covariances given full rows, non-informative prior."""
    n = len(complete)
    mean = complete.mean(axis=0)
    centred = complete - mean
    covariance = stats.invwishart.rvs(df=n - 1, scale=centred.T @ centred, random_state=rng)
    return Moments(mean + np.linalg.cholesky(covariance / n) @ rng.standard_normal(mean.size), covariance)
