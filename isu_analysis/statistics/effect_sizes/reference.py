"""Change divided by a fixed standard deviation from outside: the size to compare small units or years by."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd
from numpy.typing import ArrayLike

from isu_analysis.errors import StatisticsError
from isu_analysis.statistics.arguments import check_positive, largest, paired
from isu_analysis.statistics.clusters import cluster_codes
from isu_analysis.statistics.means import mean
from isu_analysis.statistics.results import one_row


@dataclass(frozen=True)
class ReferenceChange:
    """A mean change in standard deviations of a named reference.

    Attributes
    ----------
    n, n_given : int
        Pairs used, and rows given.
    d_ref, d_ref_low, d_ref_high : float
        Mean of post - pre divided by ``reference_sd``; NaN with a ``reason`` where there is none.
    change, change_low, change_high : float
        The same in points.
    reference_sd : float
        In points.
    source : str
        Where the standard deviation comes from.
    level : float
        Confidence level.
    n_clusters : int or None
        Clusters the pairs came in; None when everyone stands alone.
    reason : str
        As in `Mean`.
    """

    n: int
    n_given: int
    d_ref: float
    d_ref_low: float
    d_ref_high: float
    change: float
    change_low: float
    change_high: float
    reference_sd: float
    source: str
    level: float
    n_clusters: int | None
    reason: str

    def to_frame(self) -> pd.DataFrame:
        """Return the fields as a frame with one row."""
        return one_row(self)


def reference_change(
    pre: ArrayLike,
    post: ArrayLike,
    reference_sd: float,
    *,
    source: str,
    cluster: ArrayLike | None = None,
    level: float = 0.95,
) -> ReferenceChange:
    """Return the mean change in standard deviations of a named reference.

    Parameters
    ----------
    pre, post : array_like, shape (n_given,)
        Start and end values in points. Rows lacking either are left out and counted.
    reference_sd : float
        Standard deviation in points, above 0: from the manual, or the pooled start values of many units.
    source : str
        Where it comes from, not empty.
    cluster : array_like, shape (n_given,), optional
        What each row belongs to, none missing.
    level : float
        Confidence level, 0-1.

    Returns
    -------
    ReferenceChange
        The sign is that of post - pre.

    Raises
    ------
    StatisticsError
        If reference_sd is not above 0, the source is empty, lengths or indexes differ, or a value is not a
        finite number.

    Notes
    -----
    The interval of the mean change divided by a number: the reference's own sampling error is not in it, because
    it is the same for all that are compared. With 15 pairs a unit's own standard deviation varies by about 19
    %, so ranking units by g_pre ranks their standard deviations too.

    Examples
    --------
    A fall of 3 points is half a standard deviation of the norm.

    >>> import isu_analysis as isu
    >>> start = [14, 17, 12, 20, 16, 11, 18, 15, 13, 19]
    >>> end = [10, 15, 12, 14, 13, 9, 15, 16, 9, 12]
    >>> found = isu.reference_change(start, end, 6, source="the manual's norm")
    >>> round(found.change, 2), round(found.d_ref, 2), round(found.d_ref_low, 2), round(found.d_ref_high, 2)
    (-3.0, -0.5, -0.79, -0.21)
    """
    check_positive(reference_sd, "reference_sd")
    if not source.strip():
        raise StatisticsError("Argumentet source: är tomt. Tillåtet: en text om varifrån spridningen kommer.")
    x, y = paired(pre, post)
    codes = None if cluster is None else cluster_codes(cluster, pre)
    found = mean(y - x, cluster=codes, level=level, made_of=largest(x, y))
    return ReferenceChange(
        n=found.n,
        n_given=found.n_given,
        d_ref=found.mean / reference_sd,
        d_ref_low=found.low / reference_sd,
        d_ref_high=found.high / reference_sd,
        change=found.mean,
        change_low=found.low,
        change_high=found.high,
        reference_sd=reference_sd,
        source=source,
        level=level,
        n_clusters=found.n_clusters,
        reason=found.reason,
    )
