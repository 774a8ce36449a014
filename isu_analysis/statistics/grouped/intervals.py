"""Multipliers and limits of many groups at once."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import special
from scipy.optimize import elementwise

from isu_analysis.statistics.arguments import Floats

NARROW = {"xatol": 1e-12, "xrtol": 0.0, "fatol": 0.0, "frtol": 0.0}


def t_multiplier(df: NDArray[Any], level: float) -> Floats:
    """Return the two-sided t quantile of each group; NaN where df is NaN.

    Groups share few sizes, so each quantile is worked out once.
    """
    different, place = np.unique(df, return_inverse=True)
    quantiles: Floats = special.stdtrit(different, (1 + level) / 2)
    return quantiles[place]


def normal_multiplier(level: float) -> float:
    """Return the two-sided quantile of the normal distribution."""
    return float(special.ndtri((1 + level) / 2))


def imbens_manski_multiplier(width: Floats, level: float) -> Floats:
    """Return how many standard errors an interval reaches beyond bounds that lie ``width`` of them apart.

    Parameters
    ----------
    width : ndarray, shape (n_groups,)
        (Upper - lower bound) / the larger standard error, at least 0; NaN gives NaN.
    level : float
        Confidence level, 0-1.

    Returns
    -------
    ndarray, shape (n_groups,)
        C with ``Phi(C + width) - Phi(-C) = level``, not below 0. Imbens & Manski (2004), Econometrica 72:1845.
    """

    def miss(c: Floats, width: Floats) -> Floats:
        missed: Floats = special.ndtr(c + width) - special.ndtr(-c) - level
        return missed

    multiplier = np.where(np.isnan(width), np.nan, 0.0)
    short = miss(multiplier, width) < 0
    ends = (np.zeros(short.sum()), np.full(short.sum(), normal_multiplier(level) + 1))
    multiplier[short] = elementwise.find_root(miss, ends, args=(width[short],), tolerances=NARROW).x
    return multiplier
