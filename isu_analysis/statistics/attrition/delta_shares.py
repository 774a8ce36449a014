"""What a share would be if the lost had other odds than the observed: odds-ratio delta and its tipping point."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from isu_analysis.errors import StatisticsError
from isu_analysis.statistics.arguments import Floats, check_level, vector
from isu_analysis.statistics.proportions.shares import share_bounds, wilson
from isu_analysis.statistics.results import one_row

# Staff rated 25.3 % of those lost improved against 79.1 % of those who answered (Jensen et al. 2017):
# odds ratio 0.09, so the range must reach below 0.1. Mirrored above 1, since for an unwanted
# outcome the lost are worse off there.
ODDS_RATIOS = (0.05, 0.1, 0.25, 0.5, 1.0, 2.0, 4.0, 10.0, 20.0)
# A threshold such as .29 is no binary number: 100 times it misses 29 in the last digits. Far below one person.
ROUNDING = 1e-9


@dataclass(frozen=True)
class TippingOddsRatio:
    """The odds ratio of the lost against the observed that brings a share of all to a threshold.

    Attributes
    ----------
    odds_ratio : float
        Odds of the property among the lost over those among the observed at which the share of all is the
        threshold; NaN with a ``reason``.
    odds_ratio_limit : float
        The same starting from the Wilson limit nearest the threshold; 1 when the interval already includes
        it.
    share_lost_needed : float
        Share of the lost with the property at that point, 0-1.
    threshold : float
        0-1.
    n, observed, of : int
        Those with the property among the observed, the observed, everyone.
    level : float
        Confidence level of the Wilson interval.
    reason : str
        "" when computed; "nobody_lost", "nobody_observed", "no_odds" (none or all of the observed have the
        property) or "out_of_reach" (whatever the lost were, the share stays on its side of the threshold).
    """

    odds_ratio: float
    odds_ratio_limit: float
    share_lost_needed: float
    threshold: float
    n: int
    observed: int
    of: int
    level: float
    reason: str = ""

    def to_frame(self) -> pd.DataFrame:
        """Return the fields as a frame with one row."""
        return one_row(self)


def share_by_odds_ratio(
    n: int, observed: int, of: int, odds_ratios: ArrayLike = ODDS_RATIOS, level: float = 0.95
) -> pd.DataFrame:
    """Share of all if the odds of the lost were a given multiple of those of the observed.

    Parameters
    ----------
    n, observed, of : int
        Those with the property among the observed, the observed, everyone; 0 <= n <= observed <= of.
    odds_ratios : array_like, shape (d,)
        Above 0; 1 is "the lost as the observed". Default from 0.05 to 20.
    level : float
        Confidence level, 0-1.

    Returns
    -------
    DataFrame
        One row an odds ratio, in the order given: odds_ratio, share_observed, share_lost (implied), share
        (of all), low, high, n, observed, of, reason: "", "nobody_lost" (share_lost NaN) or
        "nobody_observed" (all shares NaN).

    Raises
    ------
    StatisticsError
        If the counts are not whole numbers in that order, or an odds ratio is not a number above 0.

    Notes
    -----
    ``share_lost = OR p / (1 - p + OR p)``, ``share = P p + (1 - P) share_lost`` with p the share of the
    observed and P the share observed. low and high are the same expression at the Wilson limits of p: share
    rises with p. The odds ratio is assumed and P taken as it was. The bounds of `share_bounds` always
    contain ``share``.

    Examples
    --------
    Half of the 20 observed were in work and 10 more are lost. With odds 1/4 a share of 0.5 is 0.2 among the lost.

    >>> from isu_analysis import statistics as st
    >>> found = st.share_by_odds_ratio(10, 20, 30, [0.25, 1, 4])
    >>> found[["odds_ratio", "share_lost", "share", "low", "high"]].round(3)
       odds_ratio  share_lost  share    low   high
    0        0.25         0.2    0.4  0.232  0.590
    1        1.00         0.5    0.5  0.299  0.701
    2        4.00         0.8    0.6  0.410  0.768
    """
    check_level(level)
    bounds = share_bounds(n, observed, of)
    ratios = _odds_ratios(odds_ratios)
    low, high = wilson(observed and n, observed, level)
    kept = observed / of if of else np.nan
    return pd.DataFrame(
        {
            "odds_ratio": ratios,
            "share_observed": bounds.observed_share,
            "share_lost": _multiplied(bounds.observed_share, ratios) if observed < of else np.nan,
            "share": _of_all(bounds.observed_share, ratios, kept),
            "low": _of_all(low, ratios, kept),
            "high": _of_all(high, ratios, kept),
            "n": bounds.n,
            "observed": bounds.observed,
            "of": bounds.of,
            "reason": "nobody_observed" if observed == 0 else "nobody_lost" if observed == of else "",
        }
    )


def tipping_odds_ratio(n: int, observed: int, of: int, threshold: float = 0.5, level: float = 0.95) -> TippingOddsRatio:
    """Odds ratio of the lost against the observed at which the share of all reaches a threshold.

    Parameters
    ----------
    n, observed, of : int
        As in `share_by_odds_ratio`.
    threshold : float
        Share of all, above 0 and below 1.
    level : float
        Confidence level, 0-1.

    Returns
    -------
    TippingOddsRatio

    Raises
    ------
    StatisticsError
        If the counts are not whole numbers in that order, or threshold is outside (0, 1).

    Notes
    -----
    ``share_lost_needed = (threshold - P p)/(1 - P)``; the odds ratio is its odds over those of p. 0 when the
    threshold is just reached by none of the lost having the property, infinite when by all of them.

    Examples
    --------
    45 of the 60 observed were in work and 40 more are lost. Half of all 100 is reached with 5 of the 40: odds 1/7,
    against 3 among the observed.

    >>> from isu_analysis import statistics as st
    >>> found = st.tipping_odds_ratio(45, 60, 100, threshold=0.5)
    >>> round(found.share_lost_needed, 3), round(found.odds_ratio, 3), round(found.odds_ratio_limit, 2)
    (0.125, 0.048, 0.26)
    """
    check_level(level)
    share_bounds(n, observed, of)
    if not 0 < threshold < 1:
        raise StatisticsError("Argumentet threshold: ska vara större än 0 och mindre än 1.")
    reason, needed = _reach(n, observed, of, threshold)
    if reason:
        return TippingOddsRatio(np.nan, np.nan, np.nan, threshold, int(n), int(observed), int(of), level, reason)
    low, high = wilson(n, observed, level)
    limit = 1.0
    if not low <= threshold <= high:
        end = low if low > threshold else high
        # Between 0 and 1: the limit lies nearer the threshold than the share, which can reach it.
        from_limit = (threshold - observed / of * end) * of / (of - observed)
        limit = _odds(from_limit) / _odds(end)
    ratio = _odds(needed) / _odds(n / observed)
    return TippingOddsRatio(ratio, limit, needed, threshold, int(n), int(observed), int(of), level)


def _reach(n: int, observed: int, of: int, threshold: float) -> tuple[str, float]:
    """Return why there is no tipping odds ratio, or "" and the share of the lost it implies."""
    if observed == 0:
        return "nobody_observed", np.nan
    if observed == of:
        return "nobody_lost", np.nan
    if n in (0, observed):
        return "no_odds", np.nan
    needed = (threshold * of - n) / (of - observed)
    for end in (0.0, 1.0):
        if abs(needed - end) < ROUNDING:
            needed = end
    return ("", needed) if 0 <= needed <= 1 else ("out_of_reach", np.nan)


def _odds(share: float) -> float:
    return share / (1 - share) if share < 1 else np.inf


def _multiplied(share: float, ratios: Floats) -> Floats:
    return np.asarray(ratios * share / (1 - share + ratios * share))


def _of_all(share: float, ratios: Floats, kept: float) -> Floats:
    return np.asarray(kept * share + (1 - kept) * _multiplied(share, ratios))


def _odds_ratios(odds_ratios: ArrayLike) -> Floats:
    values = vector(odds_ratios, "odds_ratios")
    if values.size == 0 or not (values > 0).all():
        raise StatisticsError("Argumentet odds_ratios: ska vara minst ett tal större än 0, utan tomma värden.")
    return values
