"""How many changed for the better, not at all, for the worse: by the sign alone, for scales without a threshold."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from isu_analysis.statistics.arguments import check_direction, check_level, largest, paired
from isu_analysis.statistics.clusters import cluster_codes
from isu_analysis.statistics.effect_sizes.ranks import TIE_DECIMALS
from isu_analysis.statistics.proportions.observed import ObservedShare, share_of


@dataclass(frozen=True)
class Directions:
    """Better, same and worse among the pairs; equal weight to each.

    Attributes
    ----------
    better, same, worse : ObservedShare
        Of the pairs, with interval.
    superiority : float
        Share better plus half the share alike, 0-1; 0.5 is as many better as worse.
    """

    better: ObservedShare
    same: ObservedShare
    worse: ObservedShare
    superiority: float

    def to_frame(self) -> pd.DataFrame:
        """Return one row a direction: direction, n, of, share, low, high."""
        rows = [
            (name, found.n, found.of, found.share, found.low, found.high)
            for name, found in (("better", self.better), ("same", self.same), ("worse", self.worse))
        ]
        return pd.DataFrame(rows, columns=["direction", "n", "of", "share", "low", "high"])


def directions(
    pre: ArrayLike,
    post: ArrayLike,
    *,
    higher_is_better: bool,
    cluster: ArrayLike | None = None,
    level: float = 0.95,
) -> Directions:
    """Return how many changed for the better, not at all, and for the worse.

    Parameters
    ----------
    pre, post : array_like, shape (n_given,)
        Start and end values in points. Rows lacking either are left out and counted.
    higher_is_better : bool
        Direction of the scale.
    cluster : array_like, shape (n_given,), optional
        What each row belongs to, none missing.
    level : float
        Confidence level, 0-1.

    Returns
    -------
    Directions

    Raises
    ------
    StatisticsError
        If lengths or indexes differ, a value is not a finite number, or a row has no cluster.

    Notes
    -----
    A change by one point may be measurement error: this says nothing of certain change (`reliable_change`).

    Examples
    --------
    >>> import isu_analysis as isu
    >>> start = [14, 17, 12, 20, 16, 11, 18, 15, 13, 19]
    >>> end = [10, 15, 12, 14, 13, 9, 15, 16, 9, 12]
    >>> found = isu.directions(start, end, higher_is_better=False)
    >>> found.to_frame().round(2)
      direction  n  of  share   low  high
    0    better  8  10    0.8  0.49  0.94
    1      same  1  10    0.1  0.02  0.40
    2     worse  1  10    0.1  0.02  0.40
    """
    check_direction(higher_is_better)
    check_level(level)
    x, y = paired(pre, post)
    codes = None if cluster is None else cluster_codes(cluster, pre)
    change = y - x
    gain = np.round(change / (largest(x, y) or 1.0), TIE_DECIMALS) * (1 if higher_is_better else -1)
    better, same, worse = (
        share_of(np.where(np.isnan(gain), np.nan, flags), cluster=codes, level=level)
        for flags in (gain > 0, gain == 0, gain < 0)
    )
    return Directions(better, same, worse, superiority=better.share + same.share / 2)
