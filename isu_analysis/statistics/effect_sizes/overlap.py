"""A standardised difference in other words: shares of two normal distributions with equal spread."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import stats

from isu_analysis.errors import StatisticsError
from isu_analysis.statistics.results import one_row


@dataclass(frozen=True)
class NormalOverlap:
    """What a standardised difference means if both groups are normal with equal spread; all shares 0-1.

    Attributes
    ----------
    d : float
        The standardised difference.
    superiority : float
        Chance that a random person of the first is higher than one of the second.
    overlap : float
        Area the two distributions have in common.
    u1 : float
        Share of the two groups together that lies where they do not overlap (as for ``abs(d)``).
    u2 : float
        Share of the higher group above the same share of the lower (as for ``abs(d)``).
    u3 : float
        Share of the first above the mean of the second.
    """

    d: float
    superiority: float
    overlap: float
    u1: float
    u2: float
    u3: float

    def to_frame(self) -> pd.DataFrame:
        """Return the fields as a frame with one row."""
        return one_row(self)


def normal_overlap(d: float) -> NormalOverlap:
    """Return what a standardised difference means if both groups are normal with equal spread.

    Parameters
    ----------
    d : float
        Standardised difference.

    Returns
    -------
    NormalOverlap

    Raises
    ------
    StatisticsError
        If d is not a finite number.

    Notes
    -----
    superiority ``Phi(d/sqrt 2)``, overlap ``2 Phi(-|d|/2)``, u2 ``Phi(|d|/2)``, u3 ``Phi(d)``, u1 ``(2 Phi(|d|/2) - 1) /
    Phi(|d|/2)``. Cohen (1988).

    Examples
    --------
    Printed by Cohen (1988), table 2.2.1: 47.4 %, 65.5 % and 78.8 %.

    >>> from isu_analysis import statistics as st
    >>> found = st.normal_overlap(0.8)
    >>> round(found.u1, 3), round(found.u2, 3), round(found.u3, 3)
    (0.474, 0.655, 0.788)
    """
    if not np.isfinite(d):
        raise StatisticsError("Argumentet d: ska vara ett ändligt tal.")
    half = float(stats.norm.cdf(abs(d) / 2))
    return NormalOverlap(
        d=d,
        superiority=float(stats.norm.cdf(d / np.sqrt(2))),
        overlap=2 * (1 - half),
        u1=(2 * half - 1) / half,
        u2=half,
        u3=float(stats.norm.cdf(d)),
    )
