"""What a mean change would be if the lost had changed otherwise than expected: delta adjustment."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from isu_analysis.errors import StatisticsError
from isu_analysis.statistics.arguments import check_positive, vector
from isu_analysis.statistics.attrition.estimates import ChangeEstimate
from isu_analysis.statistics.results import one_row

POINTS, START_SD, THRESHOLDS = "points", "start_sd", "thresholds"


@dataclass(frozen=True)
class WidenedInterval:
    """All intervals of a mean change as the lost deviate from the expected by up to +-delta.

    Attributes
    ----------
    change : float
        The estimate itself, post - pre in points.
    change_low, change_high : float
        The estimate if the lost changed delta less and delta more than expected.
    low, high : float
        From the lowest to the highest end of the intervals around those. NaN with a ``reason``.
    delta_points : float
        0 or more.
    n_lost, of : int
        The lost, and all the estimate is about.
    level : float
        Confidence level of each interval; not of the union (see `widened_interval`).
    reason : str
        "" when computed, otherwise "not_estimable".
    """

    change: float
    change_low: float
    change_high: float
    low: float
    high: float
    delta_points: float
    n_lost: int
    of: int
    level: float
    reason: str = ""

    def to_frame(self) -> pd.DataFrame:
        """Return the fields as a frame with one row."""
        return one_row(self)


def delta_adjusted(
    estimate: ChangeEstimate,
    deltas: ArrayLike,
    unit: str = POINTS,
    *,
    start_sd: float | None = None,
    threshold: float | None = None,
) -> pd.DataFrame:
    """Shift a mean change by what the lost may have changed beyond the expected.

    Parameters
    ----------
    estimate : ChangeEstimate
        A mean change of all who started, for example from `ml_change_two_wave`.
    deltas : array_like, shape (d,)
        Average extra change of the lost, post - pre in ``unit``; 0 is the estimate itself. None missing.
    unit : {"points", "start_sd", "thresholds"}
        Raw points; SDs of the start values of all who started; thresholds of reliable change.
    start_sd : float, optional
        SD of the start values of all who started (n - 1), in points, above 0.
    threshold : float, optional
        The criterion's threshold (`Criterion.threshold`) in points, above 0.

    Returns
    -------
    DataFrame
        One row a delta, in the order given: delta_points, delta_start_sds, delta_thresholds (NaN where the
        size of the unit is not given), change, low, high (points), n_lost, of, reason: "", "nobody_lost"
        (every row the estimate itself) or "not_estimable" (change, low and high NaN where the estimate's are).

    Raises
    ------
    StatisticsError
        If a delta is missing or not a finite number, none is given, the unit is unknown, or the size of the
        unit is missing or not above 0.

    Notes
    -----
    ``change(delta) = change + share_lost delta``; the interval moves along, since delta is assumed and not
    estimated. A pattern-mixture model; it equals adding delta to every imputed end value.

    Examples
    --------
    Two of eight are lost, so each point they changed beyond the expected moves the mean of all by a quarter of a point.

    >>> import isu_analysis as isu
    >>> found = isu.completers_change([22, 18, 25, 20, 16, 24, 19, 23], [17, 15, 21, 14, 14, 20, None, None])
    >>> isu.delta_adjusted(found, [0, 4, 8])[["delta_points", "change", "low", "high"]].round(2)
       delta_points  change   low  high
    0           0.0    -4.0 -5.48 -2.52
    1           4.0    -3.0 -4.48 -1.52
    2           8.0    -2.0 -3.48 -0.52
    """
    sizes = points_per_unit(start_sd, threshold)
    points = _deltas(deltas) * _size(unit, sizes)
    shift = (estimate.share_lost if estimate.n else np.nan) * points
    frame = pd.DataFrame({"delta_points": points})
    return frame.assign(
        delta_start_sds=points / sizes[START_SD],
        delta_thresholds=points / sizes[THRESHOLDS],
        change=estimate.change + shift,
        low=estimate.low + shift,
        high=estimate.high + shift,
        n_lost=estimate.n - estimate.n_pairs,
        of=estimate.n,
        reason=why_not_shifted(estimate),
    )


def widened_interval(
    estimate: ChangeEstimate,
    delta: float,
    unit: str = POINTS,
    *,
    start_sd: float | None = None,
    threshold: float | None = None,
) -> WidenedInterval:
    """Interval of a mean change that allows the lost to deviate from the expected by up to +-delta.

    Parameters
    ----------
    estimate : ChangeEstimate
        A mean change of all who started.
    delta : float
        Largest average deviation of the lost, 0 or more, in ``unit``.
    unit, start_sd, threshold
        As in `delta_adjusted`.

    Returns
    -------
    WidenedInterval
        With nobody lost the estimate's own interval.

    Raises
    ------
    StatisticsError
        As in `delta_adjusted`, or if delta is negative.

    Notes
    -----
    ``low - share_lost delta`` to ``high + share_lost delta``. It covers as often as its level says only if
    delta is at least what the lost really deviated. In simulated draws with 300 people, 85 % lost and loss
    that depended on what was not measured (one unit of log odds per SD), a 95 % interval covered in 0-3 %
    with delta 0, 15-30 % with 0.2 SD and 80-91 % with 0.5 SD: a small delta is no protection.

    Examples
    --------
    Two of eight are lost: deviations of up to 4 points widen the interval by one point at each end.

    >>> from isu_analysis import statistics as st
    >>> found = st.completers_change([22, 18, 25, 20, 16, 24, 19, 23], [17, 15, 21, 14, 14, 20, None, None])
    >>> wide = st.widened_interval(found, delta=4)
    >>> round(found.low, 2), round(found.high, 2)
    (-5.48, -2.52)
    >>> round(wide.low, 2), round(wide.high, 2)
    (-6.48, -1.52)
    """
    points = float(_deltas([delta])[0]) * _size(unit, points_per_unit(start_sd, threshold))
    if points < 0:
        raise StatisticsError("Argumentet delta: ska vara 0 eller större.")
    shift = (estimate.share_lost if estimate.n else np.nan) * points
    return WidenedInterval(
        change=estimate.change,
        change_low=estimate.change - shift,
        change_high=estimate.change + shift,
        low=estimate.low - shift,
        high=estimate.high + shift,
        delta_points=points,
        n_lost=estimate.n - estimate.n_pairs,
        of=estimate.n,
        level=estimate.level,
        reason="not_estimable" if np.isnan(estimate.low) else "",
    )


def points_per_unit(start_sd: float | None, threshold: float | None) -> dict[str, float]:
    """Return points per unit; NaN for a unit whose size is not given.

    Parameters
    ----------
    start_sd, threshold : float, optional
        As in `delta_adjusted`.

    Returns
    -------
    dict of float
        For "points", "start_sd" and "thresholds".

    Raises
    ------
    StatisticsError
        If a size is not above 0.
    """
    for size, name in ((start_sd, "start_sd"), (threshold, "threshold")):
        if size is not None:
            check_positive(size, name)
    return {
        POINTS: 1.0,
        START_SD: np.nan if start_sd is None else float(start_sd),
        THRESHOLDS: np.nan if threshold is None else float(threshold),
    }


def _size(unit: str, sizes: dict[str, float]) -> float:
    if unit not in sizes:
        raise StatisticsError(f"Argumentet unit: tillåtet är {POINTS}, {START_SD} och {THRESHOLDS}.")
    if np.isnan(sizes[unit]):
        needed = "start_sd" if unit == START_SD else "threshold"
        raise StatisticsError(f"Argumentet {needed}: behövs för enheten {unit}. Tillåtet: ett tal större än 0.")
    return sizes[unit]


def _deltas(deltas: ArrayLike) -> np.ndarray:
    values = vector(deltas, "deltas")
    if values.size == 0 or np.isnan(values).any():
        raise StatisticsError("Argumentet deltas: ska vara minst ett tal, utan tomma värden.")
    return values


def why_not_shifted(estimate: ChangeEstimate) -> str:
    """Return "not_estimable" without an interval, "nobody_lost" when all were kept, otherwise ""."""
    if np.isnan(estimate.low):
        return "not_estimable"
    return "nobody_lost" if estimate.n == estimate.n_pairs else ""
