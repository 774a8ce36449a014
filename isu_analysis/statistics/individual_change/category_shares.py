"""Shares of reliable change when people come in clusters."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from isu_analysis.errors import StatisticsError
from isu_analysis.statistics.arguments import same_rows
from isu_analysis.statistics.individual_change.categories import CATEGORIES, GROUPS, HARMED, NOT_PAIRED, ReliableChange
from isu_analysis.statistics.proportions.observed import ObservedShare, share_of


def category_share(
    change: ReliableChange, name: str, *, cluster: ArrayLike | None = None, level: float = 0.95
) -> ObservedShare:
    """Return a category's share of the pairs with an interval that knows of clusters.

    Parameters
    ----------
    change : ReliableChange
        From `reliable_change`.
    name : str
        A category, "improved_or_recovered" or "harmed".
    cluster : array_like, shape (n_given,), optional
        What each row given to `reliable_change` belongs to (client, course group, worker), none missing. Same
        index as ``pre`` when both were Series.
    level : float
        Confidence level, 0-1.

    Returns
    -------
    ObservedShare
        Of the pairs, as ``change.share(name)`` when no clusters are given.

    Raises
    ------
    StatisticsError
        If the name is unknown or needs a cutoff that was not given, lengths or indexes differ, or a row has no
        cluster.

    Examples
    --------
    Sixteen people in eight course groups, where those who improved were often in the same group.

    >>> import isu_analysis as isu
    >>> start = [18, 15, 12, 14, 16, 19, 21, 16, 13, 17, 15, 18, 20, 14, 16, 19]
    >>> end = [8, 9, 14, 12, 9, 12, 14, 15, 12, 16, 9, 10, 19, 15, 16, 11]
    >>> change = isu.reliable_change(start, end, isu.published_criterion(6, "the manual"), higher_is_better=False)
    >>> groups = [name for name in "abcdefgh" for _ in range(2)]
    >>> alone, together = isu.category_share(change, "improved"), isu.category_share(change, "improved", cluster=groups)
    >>> [(one.n, one.of, round(one.low, 2), round(one.high, 2)) for one in (alone, together)]
    [(8, 16, 0.28, 0.72), (8, 16, 0.19, 0.81)]
    """
    allowed = [*CATEGORIES, *GROUPS, HARMED]
    if name not in allowed:
        raise StatisticsError(f"Argumentet name: okänd kategori. Tillåtet: {', '.join(allowed)}.")
    change.count(name)  # refuses what needs a cutoff
    if cluster is not None and change.rows is not None and isinstance(cluster, pd.Series):
        same_rows(pd.Series(0, index=change.rows), cluster, "pre", "cluster")
    member = change.is_harmed if name == HARMED else np.isin(change.categories, GROUPS.get(name, (name,)))
    flags = np.where(change.categories == NOT_PAIRED, np.nan, member)
    return share_of(flags, cluster=None if cluster is None else np.asarray(cluster, dtype=object), level=level)
