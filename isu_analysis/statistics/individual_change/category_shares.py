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
