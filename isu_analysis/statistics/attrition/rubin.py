"""One estimate from many imputed data sets: Rubin's rules with the degrees of freedom of Barnard and Rubin."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy import stats

from isu_analysis.errors import StatisticsError
from isu_analysis.statistics.arguments import Floats, check_level, vector
from isu_analysis.statistics.results import one_row


@dataclass(frozen=True)
class PooledEstimate:
    """An estimate pooled over imputations.

    Attributes
    ----------
    m : int
        Imputed data sets.
    estimate, low, high : float
        Mean of the estimates and its t interval, in their unit; interval NaN with a ``reason``.
    se : float
        Square root of the total variance ``within + (1 + 1/m) between``.
    df : float
        Degrees of freedom of the t multiplier.
    within, between : float
        Mean of the variances; variance of the estimates between data sets (m - 1).
    riv : float
        Relative increase in variance due to what is missing, ``(1 + 1/m) between / within``.
    share_between : float
        Part of the total variance due to what is missing (lambda), 0-1.
    fmi : float
        Fraction of missing information, ``(riv + 2/(df + 3)) / (riv + 1)``.
    monte_carlo_se : float
        How much the estimate itself would vary with another seed: ``sqrt(between / m)``.
    level : float
        Confidence level.
    reason : str
        "" when pooled; "too_few_imputations" (fewer than two) or "zero_variance" (no variance within the
        data sets): se, df and what follows NaN.
    """

    m: int
    estimate: float
    low: float = np.nan
    high: float = np.nan
    se: float = np.nan
    df: float = np.nan
    within: float = np.nan
    between: float = np.nan
    riv: float = np.nan
    share_between: float = np.nan
    fmi: float = np.nan
    monte_carlo_se: float = np.nan
    level: float = 0.95
    reason: str = ""

    def to_frame(self) -> pd.DataFrame:
        """Return the fields as a frame with one row."""
        return one_row(self)


def pool_imputations(
    estimates: ArrayLike, variances: ArrayLike, *, df_complete: float = np.inf, level: float = 0.95
) -> PooledEstimate:
    """Pool one estimate per imputed data set.

    Parameters
    ----------
    estimates : array_like, shape (m,)
        The estimate in each imputed data set, none missing.
    variances : array_like, shape (m,)
        Its squared standard error in each, 0 or more.
    df_complete : float
        Degrees of freedom the estimate would have had with nothing missing, above 0; n - 1 for a mean.
        Infinite gives Rubin's (1987) original degrees of freedom.
    level : float
        Confidence level, 0-1.

    Returns
    -------
    PooledEstimate

    Raises
    ------
    StatisticsError
        If lengths differ, nothing is given, a value is missing, infinite or a negative variance, or
        df_complete is not above 0.

    Notes
    -----
    With lambda = (1 + 1/m) between / total: ``df_old = (m - 1)/lambda^2``, ``df_observed = (df_complete +
    1)/(df_complete + 3) df_complete (1 - lambda)``, ``df = df_old df_observed/(df_old + df_observed)``.
    Rubin (1987); Barnard & Rubin (1999), Biometrika 86:948.

    Examples
    --------
    Five estimates with a mean of -5, a variance of 0.25 between them and 0.30 within: the total is 0.30 + 1.2 x 0.25.

    >>> from isu_analysis import statistics as st
    >>> found = st.pool_imputations([-5.5, -5.5, -5.0, -4.5, -4.5], [0.3, 0.3, 0.3, 0.3, 0.3], df_complete=29)
    >>> round(found.estimate, 2), round(found.se**2, 3), round(found.df, 1)
    (-5.0, 0.6, 7.3)
    >>> round(found.low, 2), round(found.high, 2), round(found.fmi, 2)
    (-6.81, -3.19, 0.6)
    """
    check_level(level)
    q, u = _checked(estimates, variances, df_complete)
    m, middle = q.size, float(q.mean())
    if m < 2:
        return PooledEstimate(m, middle, level=level, reason="too_few_imputations")
    within, between = float(u.mean()), float(q.var(ddof=1))
    if within == 0:
        return PooledEstimate(m, middle, within=within, between=between, level=level, reason="zero_variance")
    inflated = (1 + 1 / m) * between
    share, riv = inflated / (within + inflated), inflated / within
    df = _degrees_of_freedom(m, share, df_complete)
    se = float(np.sqrt(within + inflated))
    half = float(stats.t.ppf((1 + level) / 2, df)) * se
    return PooledEstimate(
        m=m,
        estimate=middle,
        low=middle - half,
        high=middle + half,
        se=se,
        df=df,
        within=within,
        between=between,
        riv=riv,
        share_between=share,
        fmi=(riv + 2 / (df + 3)) / (riv + 1),
        monte_carlo_se=float(np.sqrt(between / m)),
        level=level,
    )


def _checked(estimates: ArrayLike, variances: ArrayLike, df_complete: float) -> tuple[Floats, Floats]:
    q, u = vector(estimates, "estimates"), vector(variances, "variances")
    if q.size != u.size or q.size == 0:
        raise StatisticsError("Argumenten estimates och variances: ska vara lika många, minst ett.")
    if np.isnan(q).any():
        raise StatisticsError("Argumentet estimates: saknar värden. Tillåtet: ett tal per imputerad datamängd.")
    if np.isnan(u).any() or (u < 0).any():
        raise StatisticsError("Argumentet variances: ska vara 0 eller större, utan tomma värden.")
    if not df_complete > 0:
        raise StatisticsError("Argumentet df_complete: ska vara större än 0.")
    return q, u


def _degrees_of_freedom(m: int, share: float, df_complete: float) -> float:
    """Barnard and Rubin's degrees of freedom; with nothing between the data sets, those of complete data."""
    old = (m - 1) / share**2 if share**2 > 0 else np.inf  # the square of a tiny share is 0
    if np.isinf(df_complete):
        return old
    observed = (df_complete + 1) / (df_complete + 3) * df_complete * (1 - share)
    return observed if np.isinf(old) else old * observed / (old + observed)
