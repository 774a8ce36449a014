"""Intervals for one share, by the method's name."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import ArrayLike
from scipy import special, stats
from statsmodels.stats.proportion import proportion_confint

from isu_analysis.statistics.arguments import Floats, check_level
from isu_analysis.statistics.proportions.counts import Ends, as_given, check_method, parts
from isu_analysis.statistics.proportions.roots import edge
from isu_analysis.statistics.proportions.shares import wilson


def share_interval(n: ArrayLike, of: ArrayLike, method: str = "wilson", level: float = 0.95) -> tuple[Any, Any]:
    """Return the interval of a share by the named method.

    Parameters
    ----------
    n, of : int or array_like of int, broadcastable
        Events and trials, 0 <= n <= of. NaN gives NaN.
    method : str
        "wilson" (default); "wilson_corrected" (continuity correction); "clopper_pearson" (never covers
        less than the level, so it is wide); "clopper_pearson_midp"; "jeffreys"; "agresti_coull";
        "plus_four"; "wald" (for comparison with old papers only: no width at 0 and all).
    level : float
        Confidence level, 0-1.

    Returns
    -------
    low, high : float or ndarray of float
        Ends of the interval, 0-1; NaN where ``of`` is 0. Plain floats for scalar input.

    Raises
    ------
    StatisticsError
        If a count is negative, not whole, or n > of; the method is unknown; the level is not in 0-1.

    Notes
    -----
    Compared by Brown, Cai & DasGupta (2001), Stat Sci 16:101. Conventions where tools differ:

    - "wilson_corrected" reaches 0 at n = 0 and 1 at n = of, as Newcombe (1998), Stat Med 17:857, and scipy
      have it; the bare formula would leave the observed share outside (0.006 at 0 of 15).
    - "jeffreys", the equal-tailed interval of the Beta(n + 1/2, of - n + 1/2) posterior, likewise reaches
      0 and 1 there (Brown et al. 2001); statsmodels gives the bare quantiles.
    - "agresti_coull" adds z^2/2 events and z^2 trials at any level (Agresti & Coull 1998, Am Stat 52:119);
      "plus_four" adds 2 and 4 whatever the level, the textbook form for 95 %.
    - "clopper_pearson_midp" counts half the probability of the observed number in each tail.

    Examples
    --------
    Of 263 people 81: printed as 0.2527 to 0.3676 by Newcombe (1998).

    >>> from isu_analysis import statistics as st
    >>> low, high = st.share_interval(81, 263, "clopper_pearson")
    >>> round(low, 4), round(high, 4)
    (0.2527, 0.3676)
    """
    check_level(level)
    check_method(method, METHODS)
    events, trials = parts(n, of)
    empty = np.isnan(events) | ~(trials > 0)
    low, high = METHODS[method](np.where(empty, 0, events), np.where(empty, 1, trials), level)
    return as_given(np.where(empty, np.nan, low), np.where(empty, np.nan, high))


def _statsmodels(name: str) -> Callable[[Floats, Floats, float], Ends]:
    def interval(events: Floats, trials: Floats, level: float) -> Ends:
        low, high = proportion_confint(events, trials, alpha=1 - level, method=name)
        return np.asarray(low), np.asarray(high)

    return interval


def _jeffreys(events: Floats, trials: Floats, level: float) -> Ends:
    low, high = _statsmodels("jeffreys")(events, trials, level)
    return np.where(events == 0, 0.0, low), np.where(events == trials, 1.0, high)


def _plus_four(events: Floats, trials: Floats, level: float) -> Ends:
    return _statsmodels("normal")(events + 2, trials + 4, level)


def _wilson_corrected(events: Floats, trials: Floats, level: float) -> Ends:
    z = stats.norm.ppf((1 + level) / 2)
    share, scale = events / trials, 2 * (trials + z**2)

    def end(side: int) -> Floats:
        # Below zero only at n = 0 or n = of, where the end is 0 or 1 whatever this gives.
        under_root = z**2 + side * 2 - 1 / trials + 4 * share * (trials - events - side)
        found: Floats = (2 * events + z**2 + side * (1 + z * np.sqrt(np.maximum(under_root, 0)))) / scale
        return found

    return np.where(events == 0, 0.0, end(-1)), np.where(events == trials, 1.0, end(1))


def _clopper_pearson_midp(events: Floats, trials: Floats, level: float) -> Ends:
    tail = (1 - level) / 2

    def more(p: Floats) -> Floats:
        """Probability of more than the observed events plus half that of as many."""
        at_least = np.where(events > 0, special.betainc(np.maximum(events, 1), trials - events + 1, p), 1.0)
        above = np.where(events < trials, special.betainc(events + 1, np.maximum(trials - events, 1), p), 0.0)
        return (at_least + above) / 2

    share = events / trials
    low = edge(lambda p: more(p) >= tail, share, 0.0)
    return low, edge(lambda p: more(p) <= 1 - tail, share, 1.0)


METHODS: dict[str, Callable[[Floats, Floats, float], Ends]] = {
    "wilson": wilson,
    "wilson_corrected": _wilson_corrected,
    "clopper_pearson": _statsmodels("beta"),
    "clopper_pearson_midp": _clopper_pearson_midp,
    "jeffreys": _jeffreys,
    "agresti_coull": _statsmodels("agresti_coull"),
    "plus_four": _plus_four,
    "wald": _statsmodels("normal"),
}
