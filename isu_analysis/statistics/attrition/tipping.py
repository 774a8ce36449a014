"""How far from the expected the lost must have changed to overturn a mean change, in points and other units."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from isu_analysis.errors import StatisticsError
from isu_analysis.statistics.arguments import check_direction, check_kind
from isu_analysis.statistics.attrition.bounds import tipping_point
from isu_analysis.statistics.attrition.delta import START_SD, THRESHOLDS, points_per_unit, why_not_shifted
from isu_analysis.statistics.attrition.estimates import ChangeEstimate
from isu_analysis.statistics.results import one_row


@dataclass(frozen=True)
class TippingPointInUnits:
    """How far from the expected the lost must have changed to bring a mean change to zero, in three units.

    Attributes
    ----------
    delta_points, delta_start_sds, delta_thresholds : float
        Average extra change of the lost, beyond what the estimate expects of them, that brings the estimate
        to zero: raw points; SDs of the start values of all who started; thresholds of reliable change. NaN
        where the size of the unit is not given.
    limit_points, limit_start_sds, limit_thresholds : float
        The same for the interval end nearest zero; 0 when the interval already includes zero.
    direction : str
        "worse" or "better": how the lost must have changed compared with the expected; "" when not
        computed or the estimate is zero.
    n_lost, of : int
        The lost, and all the estimate is about.
    start_sd, threshold : float
        Points per unit; NaN when not given.
    reason : str
        "" when computed; "nobody_lost" or "not_estimable": all deltas NaN.
    """

    delta_points: float
    delta_start_sds: float
    delta_thresholds: float
    limit_points: float
    limit_start_sds: float
    limit_thresholds: float
    direction: str
    n_lost: int
    of: int
    start_sd: float
    threshold: float
    reason: str = ""

    def to_frame(self) -> pd.DataFrame:
        """Return the fields as a frame with one row."""
        return one_row(self)


@dataclass(frozen=True)
class CancellingChange:
    """The mean change of the lost at which the mean change of all would be zero.

    Attributes
    ----------
    change_kept : float
        Mean change of those measured twice, post - pre in points.
    change_lost : float
        ``-change_kept n_kept / n_lost``, in points; NaN with a ``reason``.
    n_kept, n_lost : int
        Those measured twice, and the others.
    reason : str
        "" when computed; "nobody_lost" or "not_estimable".
    """

    change_kept: float
    change_lost: float
    n_kept: int
    n_lost: int
    reason: str = ""

    def to_frame(self) -> pd.DataFrame:
        """Return the fields as a frame with one row."""
        return one_row(self)


def tipping_point_in_units(
    estimate: ChangeEstimate,
    *,
    higher_is_better: bool,
    start_sd: float | None = None,
    threshold: float | None = None,
) -> TippingPointInUnits:
    """How much worse (or better) than expected the lost must have changed to bring a result to zero.

    Parameters
    ----------
    estimate : ChangeEstimate
        A mean change of all who started.
    higher_is_better : bool
        Direction of the scale.
    start_sd, threshold : float, optional
        As in `delta_adjusted`.

    Returns
    -------
    TippingPointInUnits

    Raises
    ------
    StatisticsError
        If start_sd or threshold is not above 0.

    Notes
    -----
    `tipping_point` with the estimate's own share lost, divided by the sizes of the units.

    Examples
    --------
    A change of -4 with a quarter lost: to cancel it they must have changed by 16 points more than expected, 2 SDs of 8.

    >>> import isu_analysis as isu
    >>> found = isu.completers_change([22, 18, 25, 20, 16, 24, 19, 23], [17, 15, 21, 14, 14, 20, None, None])
    >>> tip = isu.tipping_point_in_units(found, higher_is_better=False, start_sd=8, threshold=5)
    >>> tip.delta_points, tip.delta_start_sds, tip.delta_thresholds, tip.direction
    (16.0, 2.0, 3.2, 'worse')
    """
    check_direction(higher_is_better)
    sizes = points_per_unit(start_sd, threshold)
    # Nobody lost comes first, as in `tipping_point`; of an estimate about nobody at all that says nothing.
    reason = "nobody_lost" if estimate.n == estimate.n_pairs > 0 else why_not_shifted(estimate)
    tip = None if reason else tipping_point(estimate, estimate.share_lost)
    delta, limit = (tip.delta_estimate, tip.delta_limit) if tip else (np.nan, np.nan)
    return TippingPointInUnits(
        delta_points=delta,
        delta_start_sds=delta / sizes[START_SD],
        delta_thresholds=delta / sizes[THRESHOLDS],
        limit_points=limit,
        limit_start_sds=limit / sizes[START_SD],
        limit_thresholds=limit / sizes[THRESHOLDS],
        direction=_direction(delta, higher_is_better),
        n_lost=estimate.n - estimate.n_pairs,
        of=estimate.n,
        start_sd=sizes[START_SD],
        threshold=sizes[THRESHOLDS],
        reason=reason,
    )


def cancelling_change(completers: ChangeEstimate) -> CancellingChange:
    """Mean change the lost would need for the mean change of all to be zero.

    Parameters
    ----------
    completers : ChangeEstimate
        From `completers_change`. Only its change and counts are used.

    Returns
    -------
    CancellingChange

    Notes
    -----
    ``-change P / (1 - P)`` with P the share kept: no model of the lost, unlike `tipping_point_in_units`.

    Examples
    --------
    Six changed by -4 on average, so the two lost would have had to change by +12.

    >>> from isu_analysis import statistics as st
    >>> found = st.completers_change([22, 18, 25, 20, 16, 24, 19, 23], [17, 15, 21, 14, 14, 20, None, None])
    >>> st.cancelling_change(found).change_lost
    12.0
    """
    check_kind(completers, ChangeEstimate, "completers", "completers_change")
    if completers.method != "completers":
        raise StatisticsError("Argumentet completers: gäller fler än de kvarvarande. Tillåtet: från completers_change.")
    n_kept, n_lost = completers.n_pairs, completers.n - completers.n_pairs
    reason = "not_estimable" if np.isnan(completers.change) else ""
    if n_lost == 0 and n_kept > 0:
        reason = "nobody_lost"
    change_lost = np.nan if reason else -completers.change * n_kept / n_lost
    return CancellingChange(completers.change, change_lost, n_kept, n_lost, reason)


def _direction(delta: float, higher_is_better: bool) -> str:
    if np.isnan(delta) or delta == 0:
        return ""
    return "better" if (delta > 0) == higher_is_better else "worse"
