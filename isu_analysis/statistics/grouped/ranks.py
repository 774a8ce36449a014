"""Statistics of ordered changes for many groups: median and matched rank-biserial correlation."""

from __future__ import annotations

import numpy as np
import pandas as pd

from isu_analysis.statistics.arguments import Floats
from isu_analysis.statistics.effect_sizes.ranks import TIE_DECIMALS, Blocks, RankBiserial, rank_biserial_of
from isu_analysis.statistics.grouped.moments import Codes, Groups


def medians(values: Floats, groups: Groups) -> Floats:
    """Return each group's median; NaN without rows."""
    of_groups = pd.Series(values).groupby(groups.codes).median()
    found: Floats = of_groups.reindex(range(groups.n_groups)).to_numpy()
    return found


def rank_biserials(change: Floats, groups: Groups, level: float) -> RankBiserial:
    """Matched-pairs rank-biserial correlation of each group's changes, as `rank_biserial` of one group.

    Parameters
    ----------
    change : ndarray, shape (rows,)
        Changes without missing values.
    groups : Groups
    level : float
        Confidence level.

    Returns
    -------
    RankBiserial
        Arrays of shape (n_groups,); NaN where no change differs from zero.
    """
    steps = _whole_steps(change, groups)
    moved = steps != 0
    return rank_biserial_of(_blocks(steps[moved], groups.only(moved)), groups.n_groups, level)


def _whole_steps(change: Floats, groups: Groups) -> Codes:
    """Return changes as whole numbers of 10^-TIE_DECIMALS of the group's largest; so equal changes are equal."""
    largest = np.zeros(groups.n_groups)
    np.maximum.at(largest, groups.codes, np.abs(change))
    return np.rint(change / groups.of_rows(largest) * 10.0**TIE_DECIMALS).astype(np.int64)


def _blocks(steps: Codes, groups: Groups) -> Blocks:
    """Return each group's changes by size.

    Group, size and sign of a step make one whole number, so that a single sort, of nothing but them, ranks all.
    """
    most = 10**TIE_DECIMALS + 1
    packed = np.sort((groups.codes * most + np.abs(steps)) * 2 + (steps > 0))
    tied, rises = packed // 2, packed % 2
    first = np.flatnonzero(np.diff(tied, prepend=-1))
    length = np.diff(first, append=tied.size).astype(float)
    rising = np.add.reduceat(rises, first).astype(float) if first.size else np.zeros(0)
    return Blocks(tied[first] // most, rising, length - rising)
