"""Change by ranks: the matched-pairs rank-biserial correlation."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from scipy import stats

from isu_analysis.statistics.arguments import Floats

# Far above binary rounding, far below any scale's step, relative to the largest change.
TIE_DECIMALS = 10


class RankBiserial(NamedTuple):
    """Rank-biserial correlation with its interval."""

    size: float
    low: float
    high: float


def rank_biserial(change: Floats, level: float) -> RankBiserial:
    """Matched-pairs rank-biserial correlation of the changes.

    Parameters
    ----------
    change : ndarray, shape (n,)
        Changes without missing values; zeros are left out before ranking. Changes that differ only in the
        last binary digits (0.3 - 0.1 and 0.4 - 0.2) are ties.
    level : float
        Confidence level.

    Returns
    -------
    RankBiserial
        ``(T+ - T-)/(T+ + T-)``, -1 to 1; all NaN when every change is zero. Interval
        ``tanh(atanh r +- z sqrt((2m^3+3m^2+m)/6) / ((m^2+m)/2))`` with m nonzero changes; NaN at r = +-1,
        where that formula has no width.

    Notes
    -----
    Kerby (2014), Compr Psychol 3:1. R's effectsize 1.0.3 gives the same correlation, and the same interval
    where no change and no end value is zero: its m counts the end values that are not zero, whatever their
    change.
    """
    steps = np.round(change / (np.abs(change).max() or 1.0), TIE_DECIMALS)
    moved = steps[steps != 0]
    m = moved.size
    if m == 0:
        return RankBiserial(np.nan, np.nan, np.nan)
    ranks = stats.rankdata(np.abs(moved))
    size = float((ranks * np.sign(moved)).sum() / ranks.sum())
    if abs(size) >= 1:
        return RankBiserial(size, np.nan, np.nan)
    se = np.sqrt((2 * m**3 + 3 * m**2 + m) / 6) / ((m**2 + m) / 2)
    half = stats.norm.ppf((1 + level) / 2) * se
    centre = np.arctanh(size)
    return RankBiserial(size, float(np.tanh(centre - half)), float(np.tanh(centre + half)))
