"""Score intervals of two independent groups: for the difference, the ratio of shares and the odds ratio.

The parameter's value is inside when the observed shares lie within z standard errors of it, the standard error
taken where the shares are most likely given that value. Ratios are walked on u = ratio / (1 + ratio), 0 to 1, so
that zero and infinity are ordinary ends. Written here because statsmodels' score interval of the difference is
wrong (for 9/51 and 18/49 by 0.017, and groups swapped give another interval) and raises for small counts.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from scipy import stats

from isu_analysis.statistics.arguments import Flags, Floats
from isu_analysis.statistics.proportions.counts import Ends, Groups
from isu_analysis.statistics.proportions.roots import edge


def difference_score(groups: Groups, level: float, *, corrected: bool) -> Ends:
    """Return the score interval of p1 - p2.

    Parameters
    ----------
    groups : tuple of ndarray
        Events and trials of the first and of the second group; no empty group.
    level : float
        Confidence level, 0-1.
    corrected : bool
        True: variance times N / (N - 1), Miettinen & Nurminen (1985), Stat Med 4:213. False: Mee (1984),
        Biometrics 40:1175.

    Returns
    -------
    low, high : ndarray of float
        -1 to 1.
    """
    events_1, trials_1, events_2, trials_2 = groups
    observed = events_1 / trials_1 - events_2 / trials_2
    reach = _reach(groups, level, corrected)

    def inside(difference: Floats) -> Flags:
        share_1, share_2 = likeliest_with_difference(groups, difference)
        variance = share_1 * (1 - share_1) / trials_1 + share_2 * (1 - share_2) / trials_2
        return np.asarray((observed - difference) ** 2 <= reach * variance)

    return edge(inside, observed, -1.0), edge(inside, observed, 1.0)


def likeliest_with_difference(groups: Groups, difference: Floats) -> Ends:
    """Return the likeliest two shares whose difference is the one given.

    Notes
    -----
    The root of a cubic in closed form: Farrington & Manning (1990), Stat Med 9:1447 (pages from
    memory, not verified).
    """
    events_1, trials_1, events_2, trials_2 = groups
    share_1, share_2 = events_1 / trials_1, events_2 / trials_2
    ratio = trials_2 / trials_1
    a = 1 + ratio
    b = -(1 + ratio + share_1 + ratio * share_2 + difference * (ratio + 2))
    c = difference**2 + difference * (2 * share_1 + ratio + 1) + share_1 + ratio * share_2
    d = -share_1 * difference * (1 + difference)
    v = (b / (3 * a)) ** 3 - b * c / (6 * a**2) + d / (2 * a)
    u = np.copysign(np.sqrt(np.maximum((b / (3 * a)) ** 2 - c / (3 * a), 0)), v)
    cosine = np.divide(v, u**3, out=np.ones_like(v), where=u != 0)
    angle = (np.pi + np.arccos(np.clip(cosine, -1, 1))) / 3
    likeliest = 2 * u * np.cos(angle) - b / (3 * a)
    likeliest = np.clip(likeliest, np.maximum(0, difference), np.minimum(1, 1 + difference))
    return likeliest, likeliest - difference


def ratio_score(groups: Groups, level: float, *, corrected: bool) -> Ends:
    """Return the score interval of p1 / p2, 0 to infinity.

    Parameters
    ----------
    groups, level, corrected
        As for `difference_score`. Without correction this is Koopman's interval.

    Notes
    -----
    Koopman (1984), Biometrics 40:513 (pages from memory, not verified); Miettinen & Nurminen (1985), Stat Med 4:213.
    """
    events_1, trials_1, events_2, trials_2 = groups
    share_1, share_2 = events_1 / trials_1, events_2 / trials_2
    events, reach = events_1 + events_2, _reach(groups, level, corrected)

    def inside(u: Floats) -> Flags:
        # The quadratic of the likeliest p2 times (1 - u)^2, solved in the form that does not cancel.
        a = (trials_1 + trials_2) * u
        b = (trials_1 + events_2) * u + (trials_2 + events_1) * (1 - u)
        common = 2 * events / (b + np.sqrt(np.maximum(b**2 - 4 * a * events * (1 - u), 0)))
        fit_1, fit_2 = np.minimum(u * common, 1), np.minimum((1 - u) * common, 1)
        variance = (1 - u) ** 2 * fit_1 * (1 - fit_1) / trials_1 + u**2 * fit_2 * (1 - fit_2) / trials_2
        return np.asarray(((1 - u) * share_1 - u * share_2) ** 2 <= reach * variance)

    return ratio_ends(inside, share_1, share_2)


def odds_ratio_score(groups: Groups, level: float) -> Ends:
    """Return the score interval of the odds ratio, 0 to infinity.

    Parameters
    ----------
    groups, level
        As for `difference_score`; with the N / (N - 1) of Miettinen & Nurminen (1985), Stat Med 4:213.
    """
    events_1, trials_1, events_2, trials_2 = groups
    events, reach = events_1 + events_2, _reach(groups, level, corrected=True)

    def inside(u: Floats) -> Flags:
        a, c = trials_2 * (2 * u - 1), events * (1 - u)
        b = trials_1 * u + trials_2 * (1 - u) - events * (2 * u - 1)
        root = np.sqrt(np.maximum(b**2 + 4 * a * c, 0))
        # Choose the form of the root that does not cancel; b is negative only where u > 1/2, so a > 0.
        above, below = np.where(b < 0, root - b, 2 * c), np.where(b < 0, 2 * a, b + root)
        fit_2 = above / np.where(below > 0, below, 1)
        fit_2 = np.clip(fit_2, 0, 1)
        fit_1 = np.clip((events - trials_2 * fit_2) / trials_1, 0, 1)
        spread_1, spread_2 = trials_1 * fit_1 * (1 - fit_1), trials_2 * fit_2 * (1 - fit_2)
        distance = (events_1 - trials_1 * fit_1) ** 2 * (spread_1 + spread_2)
        return np.asarray(distance <= reach * spread_1 * spread_2)

    return ratio_ends(inside, events_1 * (trials_2 - events_2), events_2 * (trials_1 - events_1))


def _reach(groups: Groups, level: float, corrected: bool) -> Floats:
    """Return z^2 as the largest squared distance in variances, with the small-sample factor if wanted."""
    total = groups[1] + groups[3]
    factor = total / (total - 1) if corrected else np.ones_like(total)
    return np.asarray(stats.norm.ppf((1 + level) / 2) ** 2 * factor)


def ratio_ends(inside: Callable[[Floats], Flags], above: Floats, below: Floats) -> Ends:
    """Walk down and up from above / below; 0/0 says nothing, so the interval is 0 to infinity."""
    unknown = (above == 0) & (below == 0)
    start = np.where(unknown, 0.5, above / np.where(unknown, 1, above + below))
    low, high = edge(inside, start, 0.0), edge(inside, start, 1.0)
    low, high = np.where(unknown, 0.0, low), np.where(unknown, 1.0, high)
    return _ratio(low), _ratio(high)


def _ratio(u: Floats) -> Floats:
    ratios: Floats = np.divide(u, 1 - u, out=np.full(np.shape(u), np.inf), where=u < 1)
    return ratios
