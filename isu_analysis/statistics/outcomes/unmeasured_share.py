"""What a share of all can be when some were not measured: plausible values and the rate behind, for many units at once.

The arithmetic of the common form, on arrays of counts that are already checked. Bounds that assume nothing need no
function: ``n / of`` and ``(n + not measured) / of``.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from scipy import special, stats

from isu_analysis.statistics.arguments import Floats
from isu_analysis.statistics.proportions.shares import wilson

# Bisection halves the bracket each time: 50 halvings of less than 2 leave nothing that a double can hold.
HALVINGS = 50


class Plausible(NamedTuple):
    """Shares at each odds ratio; arrays of shape (units, odds ratios), NaN where nobody was measured.

    ``lost`` is the share among the lost, ``share`` that of all, ``low`` and ``high`` its interval.
    """

    lost: Floats
    share: Floats
    low: Floats
    high: Floats


def plausible_shares(n: Floats, measured: Floats, of: Floats, odds_ratios: Floats, level: float) -> Plausible:
    """Return what the share of all would be if the odds of the lost were given multiples of the measured's.

    Parameters
    ----------
    n, measured, of : ndarray, shape (units,)
        Those with the property, the measured, everyone.
    odds_ratios : ndarray, shape (d,)
        Above 0.
    level : float
        Confidence level, 0-1.

    Returns
    -------
    Plausible

    Notes
    -----
    ``logit(lost) = logit(p) + ln(OR)``, ``share = P p + (1 - P) lost`` with p the share of the measured and P the share
    measured. Where none or all of the measured have the property, and only there, the odds the lost are
    compared with are ``(n + 1/2) / (measured - n + 1/2)`` (Haldane 1956, Anscombe 1956, from memory, not verified):
    that 0 of 3 were improved is no proof that none of the lost was.

    Interval: the distance to the share at the Wilson limits of p, and z standard errors of P times ``|p - lost|``,
    squared, added and rooted, as in Newcombe's interval of a difference.
    """
    count, seen, everyone = (part[:, np.newaxis] for part in (n, measured, of))
    with np.errstate(invalid="ignore", divide="ignore"):
        p, kept = count / seen, seen / everyone
        one_sided = (count == 0) | (count == seen)
        odds = np.where(one_sided, (count + 0.5) / (seen - count + 0.5), count / (seen - count))
        lost = np.where(seen > 0, odds_ratios * odds / (1 + odds_ratios * odds), np.nan)
        share = kept * p + (1 - kept) * lost
        z = stats.norm.ppf((1 + level) / 2)
        of_response = z * np.abs(p - lost) * np.sqrt(kept * (1 - kept) / everyone)
        ends = [kept * end + (1 - kept) * _multiplied(end, odds_ratios) for end in wilson(count, seen, level)]
        # With the half added, a share can lie outside the limits of a low level: no distance then.
        below, above = np.maximum(share - ends[0], 0), np.maximum(ends[1] - share, 0)
        low, high = share - np.hypot(below, of_response), share + np.hypot(above, of_response)
    return Plausible(lost, share, np.clip(low, 0, 1), np.clip(high, 0, 1))


def _multiplied(share: Floats, odds_ratios: Floats) -> Floats:
    return np.asarray(odds_ratios * share / (1 - share + odds_ratios * share))


def rate_interval(fewest: Floats, most: Floats, of: Floats, level: float) -> tuple[Floats, Floats]:
    """Return an interval for the rate behind a share of which only bounds are seen.

    Parameters
    ----------
    fewest, most : ndarray, shape (units,)
        Those with the property if none, and if all, of the lost have it.
    of : ndarray, shape (units,)
        Everyone.
    level : float
        Confidence level, 0-1.

    Returns
    -------
    low, high : ndarray of float, shape (units,)
        0-1; NaN where ``of`` is 0.

    Notes
    -----
    Imbens & Manski (2004), Econometrica 72:1845: each end reaches C standard errors beyond its bound, with ``Phi(C +
    (upper - lower)/max(se)) - Phi(-C) = level``, C between the one-sided and the two-sided multiplier. Here the ends
    are the exact binomial (Clopper-Pearson) limits with the tail Phi(-C) instead of normal ones: with few people or
    few lost the normal ones cover far less than they say.
    """
    with np.errstate(invalid="ignore", divide="ignore"):
        lower, upper = fewest / of, most / of
    tail = special.ndtr(-imbens_manski_multiplier(lower, upper, of, level))
    known = of > 0
    low = np.where(fewest > 0, special.betaincinv(np.maximum(fewest, 1), of - fewest + 1, tail), 0.0)
    high = np.where(most < of, special.betaincinv(most + 1, np.maximum(of - most, 1), 1 - tail), 1.0)
    return np.where(known, low, np.nan), np.where(known, high, np.nan)


def imbens_manski_multiplier(lower: Floats, upper: Floats, of: Floats, level: float) -> Floats:
    """Return how many standard errors an Imbens-Manski interval reaches beyond estimated bounds of a share."""
    with np.errstate(invalid="ignore", divide="ignore"):
        error = np.sqrt(np.maximum(lower * (1 - lower), upper * (1 - upper)) / of)
        width = np.where(upper > lower, (upper - lower) / error, 0.0)
    short = np.full(np.shape(width), max(0.0, float(stats.norm.ppf(level))))
    long = np.full(np.shape(width), float(stats.norm.ppf((1 + level) / 2)))
    for _ in range(HALVINGS):
        middle = (short + long) / 2
        enough = special.ndtr(middle + width) - special.ndtr(-middle) >= level
        short, long = np.where(enough, short, middle), np.where(enough, middle, long)
    return long
