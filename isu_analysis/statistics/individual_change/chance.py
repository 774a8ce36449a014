"""How many people would count as changed by measurement error alone."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import stats

from isu_analysis.errors import StatisticsError
from isu_analysis.statistics.individual_change.criteria import Criterion
from isu_analysis.statistics.results import one_row


@dataclass(frozen=True)
class ExpectedByChance:
    """How many would count as changed if nobody truly changed.

    Attributes
    ----------
    n : int
        People.
    each_way_share : float or None
        Expected share improved (and the same deteriorated), 0-1; None when not known.
    improved, deteriorated : float or None
        ``n * each_way_share``, people.
    reason : str
        "" when known; "no_reliability" (a published threshold without SD and reliability); "mixed_sources"
        (they come from different sources, so the true rate is not the nominal one).
    """

    n: int
    each_way_share: float | None
    improved: float | None
    deteriorated: float | None
    reason: str = ""

    def to_frame(self) -> pd.DataFrame:
        """Return the fields as a frame with one row."""
        return one_row(self)


def expected_by_chance(criterion: Criterion, n: int) -> ExpectedByChance:
    """Return how many of n people would count as changed by measurement error alone.

    Parameters
    ----------
    criterion : Criterion
    n : int
        People with two measurements, 0 or more.

    Returns
    -------
    ExpectedByChance
        None with a reason where it cannot be known.

    Raises
    ------
    StatisticsError
        If n is negative.

    Notes
    -----
    ``P(N(0, s_diff) > threshold)``, which for Jacobson-Truax is ``P(N > z)``. Assumes normal errors of
    equal size everywhere on a continuous scale, and nobody selected for a high score: at floor and
    ceiling, on coarse scales and after selection the true figure differs.
    """
    if n < 0:
        raise StatisticsError("Argumentet n: ska vara 0 eller större.")
    error = criterion.s_diff
    if error is None or criterion.mixed_sources:
        return ExpectedByChance(n, None, None, None, "no_reliability" if error is None else "mixed_sources")
    beyond = criterion.threshold / error if error > 0 else np.inf
    each_way = float(stats.norm.sf(beyond))
    return ExpectedByChance(n, each_way, n * each_way, n * each_way)
