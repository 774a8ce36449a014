"""Score intervals of pairs: Tango's for the difference and Tang's for the ratio of the two shares.

The parameter's value is inside when the observed table lies within z standard errors of it, the standard error
taken where the shares of discordant pairs are most likely given that value. ``only_before`` and ``only_after``
are the discordant pairs; both parameters compare after with before.
"""

from __future__ import annotations

import numpy as np
from scipy import stats

from isu_analysis.statistics.arguments import Flags, Floats
from isu_analysis.statistics.proportions.counts import Ends
from isu_analysis.statistics.proportions.roots import edge
from isu_analysis.statistics.proportions.score import ratio_ends


def tango_difference(only_before: Floats, only_after: Floats, n: Floats, level: float) -> Ends:
    """Return Tango's score interval of the share after minus the share before.

    Parameters
    ----------
    only_before, only_after, n : ndarray of one shape
        Discordant pairs of each kind, and all pairs (at least one).
    level : float
        Confidence level, 0-1.

    Returns
    -------
    low, high : ndarray of float
        -1 to 1. Without discordant pairs ``z^2 / (n + z^2)`` on each side of 0.

    Notes
    -----
    Tango (1998), Stat Med 17:891.
    """
    observed = (only_after - only_before) / n
    reach = stats.norm.ppf((1 + level) / 2) ** 2

    def inside(difference: Floats) -> Flags:
        # The likeliest share of only_before given the difference: the larger root of a quadratic.
        b = (2 * n - only_after + only_before) * difference - only_before - only_after
        c = -only_before * difference * (1 - difference)
        likeliest = (np.sqrt(np.maximum(b**2 - 8 * n * c, 0)) - b) / (4 * n)
        variance = (2 * likeliest + difference * (1 - difference)) / n
        return np.asarray((observed - difference) ** 2 <= reach * variance)

    return edge(inside, observed, -1.0), edge(inside, observed, 1.0)


def tang_ratio(both: Floats, only_before: Floats, only_after: Floats, n: Floats, level: float) -> Ends:
    """Return Tang's score interval of the share after over the share before.

    Parameters
    ----------
    both, only_before, only_after, n : ndarray of one shape
        Pairs with the event on both occasions, on one of them, and all pairs (at least one).
    level : float
        Confidence level, 0-1.

    Returns
    -------
    low, high : ndarray of float
        0 to infinity.

    Notes
    -----
    Tang, Tang & Chan (2003), Stat Med 22:1217 (from memory, not verified), walked on
    u = ratio / (1 + ratio); every coefficient is therefore multiplied by (1 - u)^2.
    """
    before, after, ever = both + only_before, both + only_after, both + only_before + only_after
    reach = stats.norm.ppf((1 + level) / 2) ** 2

    def inside(u: Floats) -> Flags:
        v = 1 - u
        a, b = n * v, before * u**2 - (after + 2 * only_before) * v**2
        c = only_before * v * (v - u) * ever / n
        root = np.sqrt(np.maximum(b**2 - 4 * a * c, 0))
        # Choose the form of the larger root that does not cancel.
        above, below = np.where(b > 0, -2 * c, root - b), np.where(b > 0, b + root, 2 * a)
        likeliest = above / np.where(below > 0, below, 1)
        variance = n * v * likeliest + ever * v * (u - v)
        return np.asarray((after * v - before * u) ** 2 <= reach * variance)

    return ratio_ends(inside, after, before)
