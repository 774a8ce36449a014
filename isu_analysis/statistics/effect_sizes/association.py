"""How strongly two ways of sorting people go together."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy import optimize, stats

from isu_analysis.errors import StatisticsError
from isu_analysis.statistics.arguments import Floats, check_level
from isu_analysis.statistics.results import one_row


@dataclass(frozen=True)
class Association:
    """Cramer's V of a table, as it is and corrected for what chance alone would give.

    Attributes
    ----------
    n : int
        People in the table.
    v, v_low, v_high : float
        Cramer's V, 0-1; for a table of two by two the absolute value of phi. It is above 0 by chance alone.
    v_corrected, v_corrected_low, v_corrected_high : float
        Bias-corrected V, 0-1; 0 when the table differs no more than by chance.
    chi2, df, p : float
        Pearson's test without continuity correction.
    level : float
        Confidence level; two-sided.
    reason : str
        "" or "too_few_levels": fewer than two rows or columns in use (all numbers NaN).
    """

    n: int
    v: float = np.nan
    v_low: float = np.nan
    v_high: float = np.nan
    v_corrected: float = np.nan
    v_corrected_low: float = np.nan
    v_corrected_high: float = np.nan
    chi2: float = np.nan
    df: float = np.nan
    p: float = np.nan
    level: float = 0.95
    reason: str = ""

    def to_frame(self) -> pd.DataFrame:
        """Return the fields as a frame with one row."""
        return one_row(self)


def association(table: ArrayLike, level: float = 0.95) -> Association:
    """Return Cramer's V of a table of counts.

    Parameters
    ----------
    table : array_like of int, shape (r, c)
        People by row and column; rows and columns without anybody are left out.
    level : float
        Confidence level, 0-1.

    Returns
    -------
    Association

    Raises
    ------
    StatisticsError
        If the table is not two-dimensional, or holds anything but whole numbers from 0.

    Notes
    -----
    ``V = sqrt(chi2 / (n (m - 1)))``, m the smaller of r and c. The interval inverts the noncentral chi-square.
    Corrected: ``phi2 - (r-1)(c-1)/(n-1)`` in the place of ``phi2 = chi2/n``, and m likewise (Bergsma 2013, J
    Korean Stat Soc 42:323, from memory, not verified), also applied to the limits. As R's effectsize.

    Examples
    --------
    By hand: chi-square 10 of 40 people, and the root of 10/40 is 0.5.

    >>> from isu_analysis import statistics as st
    >>> found = st.association([[15, 5], [5, 15]])
    >>> found.n, round(found.chi2, 2), round(found.v, 2), round(found.v_corrected, 2)
    (40, 10.0, 0.5, 0.48)
    """
    check_level(level)
    cells = _counts(table)
    n = int(cells.sum())
    if min(cells.shape) < 2:
        return Association(n, level=level, reason="too_few_levels")
    chi2, p, df, _ = stats.chi2_contingency(cells, correction=False)
    tail = (1 - level) / 2
    squares = [value / n for value in (chi2, _noncentrality(chi2, df, 1 - tail), _noncentrality(chi2, df, tail))]
    plain = [float(np.sqrt(square / (min(cells.shape) - 1))) for square in squares]
    corrected = [_corrected(square, cells.shape, n) for square in squares]
    plain, corrected = ([min(value, 1.0) for value in values] for values in (plain, corrected))
    names = ("v", "v_low", "v_high", "v_corrected", "v_corrected_low", "v_corrected_high")
    sizes: dict[str, Any] = dict(zip(names, plain + corrected, strict=True))
    return Association(n, **sizes, chi2=float(chi2), df=float(df), p=float(p), level=level)


def _counts(table: ArrayLike) -> Floats:
    try:
        cells = np.asarray(table, dtype=float)
    except (TypeError, ValueError):
        raise StatisticsError("Argumentet table: innehåller annat än tal. Tillåtet: antal personer.") from None
    if cells.ndim != 2:
        raise StatisticsError("Argumentet table: ska ha rader och kolumner (två dimensioner).")
    if not np.isfinite(cells).all() or (cells < 0).any() or (cells % 1 != 0).any():
        raise StatisticsError("Argumentet table: har värden som inte är antal. Tillåtet: heltal från 0.")
    used: Floats = cells[cells.sum(axis=1) > 0][:, cells.sum(axis=0) > 0]
    return used


def _noncentrality(chi2: float, df: int, probability: float) -> float:
    """Return the noncentrality at which chi-square lies below ``chi2`` with this probability; 0 at the least."""

    def miss(noncentrality: float) -> float:
        return float(stats.ncx2.cdf(chi2, df, noncentrality)) - probability

    if stats.chi2.cdf(chi2, df) <= probability:
        return 0.0
    return float(optimize.brentq(miss, 0.0, chi2 + 20 * np.sqrt(chi2 + df) + 20, xtol=1e-12))


def _corrected(phi2: float, shape: tuple[int, ...], n: int) -> float:
    rows, columns = shape
    left = max(0.0, phi2 - (rows - 1) * (columns - 1) / (n - 1))
    smaller = min(rows - (rows - 1) ** 2 / (n - 1), columns - (columns - 1) ** 2 / (n - 1))
    return float(np.sqrt(left / (smaller - 1))) if smaller > 1 else 0.0
