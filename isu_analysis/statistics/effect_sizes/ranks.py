"""Change by ranks: the matched-pairs rank-biserial correlation.

The lines take blocks of changes of equal size, so the same ones serve one group and many at once.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from isu_analysis.statistics.arguments import Floats

# Far above binary rounding, far below any scale's step, relative to the largest change.
TIE_DECIMALS = 10
Codes = NDArray[np.intp]


class RankBiserial(NamedTuple):
    """Rank-biserial correlation with its interval: numbers, or arrays with one entry a group."""

    size: Any
    low: Any
    high: Any


class Blocks(NamedTuple):
    """Changes that are not zero, by group and within a group by size, the smallest first.

    ``group`` tells the group (0, 1, ...) of each block, ``up`` and ``down`` how many changes of that size there are
    in each direction.
    """

    group: Codes
    up: Floats
    down: Floats


def rank_biserial(change: Floats, level: float) -> RankBiserial:
    """Matched-pairs rank-biserial correlation of the changes.

    Parameters
    ----------
    change : ndarray, shape (n,)
        Changes without missing values; zeros are left out before ranking. Changes that differ only in the
        last binary digits (0.3 - 0.1 and 0.4 - 0.2) are ties.
    level : float
        Confidence level.

    Returns
    -------
    RankBiserial
        ``(T+ - T-)/(T+ + T-)``, -1 to 1; all NaN when every change is zero. The interval has two ends also at
        -1 and 1; NaN with a single change that is not zero.

    Notes
    -----
    Kerby (2014), Compr Psychol 3:1; R's effectsize 1.0.3 gives the same correlation. The interval is Wilson's for
    the share ``p = (1 + r)/2`` of pairs of changes that together go up, with t of m - 1 df and as many people
    as the leave-one-out standard error says, ``p q / (SE/2)^2``, at least m/2 (all that Hoeffding's bound for a
    mean over pairs allows to assume) and at most m, with m changes that are not zero. The usual interval, Fisher's z
    with the standard error under no change, covers less than half in simulation when people did change.
    """
    steps = np.round(change / (np.abs(change).max(initial=0.0) or 1.0), TIE_DECIMALS)
    moved = steps[steps != 0]
    sizes, which = np.unique(np.abs(moved), return_inverse=True)
    up, down = (
        np.bincount(which, weights=flags, minlength=sizes.size).astype(float) for flags in (moved > 0, moved < 0)
    )
    found = rank_biserial_of(Blocks(np.zeros(sizes.size, dtype=np.intp), up, down), 1, level)
    return RankBiserial(*(float(end[0]) for end in found))


def rank_biserial_of(blocks: Blocks, n_groups: int, level: float) -> RankBiserial:
    """Rank-biserial correlation of each group, from blocks of changes; see `rank_biserial`."""
    m, spread, size = _leave_one_out(blocks, n_groups)
    with np.errstate(invalid="ignore", divide="ignore"):
        error = np.sqrt(spread * (m - 1) / m) / (m * (m - 1) / 2)
        p = (1 + size) / 2
        people = np.clip(np.nan_to_num(p * (1 - p) / (error / 2) ** 2, posinf=0.0), m / 2, m)
        multiplier = stats.t.ppf((1 + level) / 2, np.where(m > 1, m - 1, np.nan))
        z2 = multiplier**2
        centre = (p + z2 / (2 * people)) / (1 + z2 / people)
        half = multiplier / (1 + z2 / people) * np.sqrt(p * (1 - p) / people + z2 / (4 * people**2))
    # At the ends the limit is the share itself, but only up to the last binary digit.
    low, high = np.where(p <= 0, p, centre - half), np.where(p >= 1, p, centre + half)
    some = np.where(m > 1, 1.0, np.nan)
    return RankBiserial(size, some * (2 * low - 1), some * (2 * high - 1))


def _leave_one_out(blocks: Blocks, n_groups: int) -> tuple[Floats, Floats, Floats]:
    """Return, by group, the number of changes, how much leaving each out moves the sum over pairs, and the size.

    The size is the mean of sign(D_i + D_j) over all pairs, each change with itself too: the larger change decides, and
    two of a size in opposite directions cancel.
    """
    group, up, down = blocks

    def total(values: Floats) -> Floats:
        return np.bincount(group, weights=values, minlength=n_groups).astype(float)

    count, sign = up + down, up - down
    m, signs = total(count), total(sign)
    ends = np.cumsum(m)
    smaller = np.cumsum(count) - count - (ends - m)[group]
    larger = signs[group] - (np.cumsum(sign) - (np.cumsum(signs) - signs)[group])
    pull_up, pull_down = larger + smaller + up, larger - smaller - down
    pulls = total(up * pull_up + down * pull_down)
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = (pulls / m)[group]
        size = (pulls + signs) / (m * (m + 1))  # every pair twice, itself once
    spread = total(up * (pull_up - mean) ** 2 + down * (pull_down - mean) ** 2)
    return m, spread, size
