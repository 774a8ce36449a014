"""A unit's share on the worse side of a cut-off beside that of an instrument's norm."""

from __future__ import annotations

from dataclasses import dataclass, replace
from numbers import Real

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from statsmodels.stats.proportion import proportion_confint

from isu_analysis.errors import StatisticsError
from isu_analysis.statistics.arguments import check_direction, check_level, index_of, vector
from isu_analysis.statistics.comparison.norms import CARRIED, UNKNOWN, check_finite, check_norm_n
from isu_analysis.statistics.individual_change.clinical_range import is_clinical
from isu_analysis.statistics.proportions.observed import share_of
from isu_analysis.statistics.results import one_row


@dataclass(frozen=True)
class NormShare:
    """A unit's share on the worse side of a cut-off beside the norm's.

    Attributes
    ----------
    cutoff : float
        In points.
    inclusive : bool
        Whether the cut-off itself lies on the worse side.
    n, of, n_given : int
        How many lie there, of how many with a value, and rows given.
    share, low, high : float
        0-1, Wilson; NaN without values.
    norm_share : float
        The norm's, 0-1; NaN when not given.
    norm_n : int or None
        People in the norm; None when unknown.
    norm_error : str
        As in `NormDifference`; "" without a norm_share.
    difference, difference_low, difference_high : float
        Unit's less norm's; NaN without a norm_share.
    level : float
        Confidence level.
    reason : str
        As in `ObservedShare`.
    """

    cutoff: float
    inclusive: bool
    n: int
    of: int
    n_given: int
    share: float
    low: float
    high: float
    norm_share: float = np.nan
    norm_n: int | None = None
    norm_error: str = ""
    difference: float = np.nan
    difference_low: float = np.nan
    difference_high: float = np.nan
    level: float = 0.95
    reason: str = ""

    def to_frame(self) -> pd.DataFrame:
        """Return the fields as a frame with one row."""
        return one_row(self)


def share_against_norm(
    values: ArrayLike,
    cutoff: float,
    norm_share: float | None = None,
    norm_n: int | None = None,
    *,
    inclusive: bool,
    higher_is_better: bool,
    cluster: ArrayLike | None = None,
    level: float = 0.95,
) -> NormShare:
    """Return the share of a unit on the worse side of a cut-off, and how it differs from the norm's.

    Parameters
    ----------
    values : array_like, shape (n_given,)
        One score a person; missing values are left out and counted.
    cutoff : float
        In points.
    norm_share : float, optional
        Share of the norm on that side, 0-1.
    norm_n : int, optional
        People in the norm, at least 2; without it only the unit's error is carried, which is said.
    inclusive : bool
        Whether the cut-off itself lies on the worse side.
    higher_is_better : bool
        Direction of the scale: the worse side is below when true, above when false.
    cluster : array_like, shape (n_given,), optional
        What each row belongs to, none missing.
    level : float
        Confidence level, 0-1.

    Returns
    -------
    NormShare

    Raises
    ------
    StatisticsError
        If a number is out of range, lengths or indexes differ, or a row has no cluster.

    Notes
    -----
    Wilson for each share; the difference by Newcombe (1998), Stat Med 17:873, method 10. ``norm_share * norm_n``
    need not be whole, since a manual prints the share rounded.

    Examples
    --------
    Six of ten people score 18 or more, against 25 % of a norm of 400 people.

    >>> import isu_analysis as isu
    >>> scores = [16, 20, 18, 15, 21, 17, 19, 18, 14, 22]
    >>> found = isu.share_against_norm(scores, 18, 0.25, 400, inclusive=True, higher_is_better=False)
    >>> found.n, found.of, round(found.difference, 2)
    (6, 10, 0.35)
    >>> round(found.difference_low, 2), round(found.difference_high, 2)
    (0.06, 0.59)
    """
    check_direction(higher_is_better)
    check_level(level)
    check_finite(cutoff, "cutoff")
    check_norm_n(norm_n)
    if norm_share is not None and not (isinstance(norm_share, Real) and 0 <= norm_share <= 1):
        raise StatisticsError("Argumentet norm_share: ska vara en andel mellan 0 och 1.")
    x = vector(values, "values")
    worse = is_clinical(x, np.asarray(float(cutoff)), inclusive, higher_is_better)
    index = index_of(values)
    flags = pd.Series(np.where(np.isnan(x), np.nan, worse), index=index)
    unit = share_of(flags if index is not None else flags.to_numpy(), cluster=cluster, level=level)
    counts = (float(cutoff), bool(inclusive), unit.n, unit.of, unit.n_given)
    result = NormShare(*counts, unit.share, unit.low, unit.high, norm_n=norm_n, level=level, reason=unit.reason)
    if norm_share is None:
        return result
    low, high = norm_share, norm_share
    if norm_n is not None:
        low, high = proportion_confint(norm_share * norm_n, norm_n, alpha=1 - level, method="wilson")
    middle = unit.share - norm_share
    return replace(
        result,
        norm_share=float(norm_share),
        norm_error=UNKNOWN if norm_n is None else CARRIED,
        difference=middle,
        difference_low=float(middle - np.hypot(unit.share - unit.low, high - norm_share)),
        difference_high=float(middle + np.hypot(unit.high - unit.share, norm_share - low)),
    )
