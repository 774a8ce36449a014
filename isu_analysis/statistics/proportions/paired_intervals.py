"""Intervals of what compares one share after with before in the same people, by the method's name."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import ArrayLike
from scipy import stats

from isu_analysis.statistics.arguments import Floats, check_level
from isu_analysis.statistics.proportions.counts import Ends, Groups, as_given, check_method, counts
from isu_analysis.statistics.proportions.intervals import share_interval
from isu_analysis.statistics.proportions.shares import wilson
from isu_analysis.statistics.proportions.tango import tang_ratio, tango_difference


def paired_difference_interval(
    both: ArrayLike,
    only_before: ArrayLike,
    only_after: ArrayLike,
    neither: ArrayLike,
    *,
    method: str = "newcombe",
    level: float = 0.95,
) -> tuple[Any, Any]:
    """Return the interval of the share after minus the share before in the same people.

    Parameters
    ----------
    both, only_before, only_after, neither : int or array_like of int, broadcastable
        People with the event on both occasions, on one of them, on none. NaN gives NaN.
    method : str
        "newcombe" (default); "tango" (score); "bonett_price"; "agresti_min"; "wald" (for comparison with
        old papers only: no width without discordant pairs).
    level : float
        Confidence level, 0-1.

    Returns
    -------
    low, high : float or ndarray of float
        -1 to 1; NaN where there are no people. Plain floats for scalar input.

    Raises
    ------
    StatisticsError
        If a count is negative or not whole; the method is unknown; the level is not in 0-1.

    Notes
    -----
    Newcombe (1998), Stat Med 17:2635, method 10: the Wilson limits of both shares combined with the
    correlation phi, whose numerator is lowered by n/2, not below 0, when positive. Tango (1998), Stat Med
    17:891. Bonett & Price (2012), J Educ Behav Stat 37:479: one added to both discordant cells. Agresti & Min
    (2005), Stat Med 24:729: half added to all four cells.
    """
    return _interval(DIFFERENCES, method, level, (both, only_before, only_after, neither))


def paired_ratio_interval(
    both: ArrayLike,
    only_before: ArrayLike,
    only_after: ArrayLike,
    neither: ArrayLike,
    *,
    method: str = "bonett_price",
    level: float = 0.95,
) -> tuple[Any, Any]:
    """Return the interval of the share after over the share before in the same people.

    Parameters
    ----------
    both, only_before, only_after, neither, level
        As for `paired_difference_interval`.
    method : str
        "bonett_price" (default), "tang" (score), "wald" (on the log scale).

    Returns
    -------
    low, high : float or ndarray of float
        0 to infinity; NaN where there are no people. 0 to infinity where nobody ever had the event, and for
        "wald" also where nobody had it on one occasion.

    Raises
    ------
    StatisticsError
        As `paired_difference_interval`.

    Notes
    -----
    Bonett & Price (2006), Stat Med 25:3039; Tang, Tang & Chan (2003), Stat Med 22:1217 (both from memory, not
    verified). The first divides the limits of two Wilson intervals among those who ever had the event, each
    with z shortened so that the two together have the width of the ratio.
    """
    return _interval(RATIOS, method, level, (both, only_before, only_after, neither))


def paired_odds_ratio_interval(
    only_before: ArrayLike, only_after: ArrayLike, *, method: str = "wilson", level: float = 0.95
) -> tuple[Any, Any]:
    """Return the interval of the conditional odds ratio, pairs with the event only after over only before.

    Parameters
    ----------
    only_before, only_after : int or array_like of int, broadcastable
        Discordant pairs of each kind. NaN gives NaN.
    method : str
        "wilson" (default), "midp" or "exact" (Clopper-Pearson) for the share of the discordant pairs, turned
        into odds; "wald" (on the log scale).
    level : float
        Confidence level, 0-1.

    Returns
    -------
    low, high : float or ndarray of float
        0 to infinity; NaN without discordant pairs. With one kind only, "wald" can say 0 to infinity only.

    Raises
    ------
    StatisticsError
        If a count is negative or not whole; the method is unknown; the level is not in 0-1.

    Notes
    -----
    Fagerland, Lydersen & Laake (2014), Stat Med 33:2850.
    """
    check_level(level)
    check_method(method, (*ODDS, "wald"))
    b, c = counts(only_before=only_before, only_after=only_after)
    if method == "wald":
        low, high = _odds_wald(b, c, level)
    else:
        low, high = (_odds(np.asarray(end)) for end in share_interval(c, b + c, ODDS[method], level))
    return as_given(low, high)


def phi(both: ArrayLike, only_before: ArrayLike, only_after: ArrayLike, neither: ArrayLike) -> Any:
    """Return the correlation of the two occasions' flags, -1 to 1; NaN where one does not vary."""
    a, b, c, d = counts(both=both, only_before=only_before, only_after=only_after, neither=neither)
    margins = (a + b) * (c + d) * (a + c) * (b + d)
    found = (a * d - b * c) / np.sqrt(np.where(margins > 0, margins, np.nan))
    return float(found) if found.ndim == 0 else found


def lowered_phi(cells: Groups) -> Floats:
    """Return phi with its numerator lowered by n/2, not below 0, when positive; 0 where a flag does not vary.

    Few pairs easily look more alike than they are, and Newcombe's interval gets too narrow from it (1998, Stat
    Med 17:2635, method 10).
    """
    a, b, c, d = cells
    together = a * d - b * c
    together = np.where(together > 0, np.maximum(together - (a + b + c + d) / 2, 0), together)
    margins = (a + b) * (c + d) * (a + c) * (b + d)
    return np.asarray(together / np.sqrt(np.where(margins > 0, margins, np.inf)))


Method = Callable[[Groups, float], Ends]


def _interval(methods: dict[str, Method], method: str, level: float, cells: tuple[ArrayLike, ...]) -> tuple[Any, Any]:
    check_level(level)
    check_method(method, methods)
    given = counts(**dict(zip(("both", "only_before", "only_after", "neither"), cells, strict=True)))
    empty = ~(sum(given) > 0)
    a, b, c, d = (np.where(empty, 1.0, count) for count in given)
    low, high = methods[method]((a, b, c, d), level)
    return as_given(np.where(empty, np.nan, low), np.where(empty, np.nan, high))


def _z(level: float) -> float:
    return float(stats.norm.ppf((1 + level) / 2))


def _total(cells: Groups) -> Floats:
    return np.asarray(cells[0] + cells[1] + cells[2] + cells[3])


def _newcombe(cells: Groups, level: float) -> Ends:
    a, b, c, d = cells
    n = a + b + c + d
    before, after = (a + b) / n, (a + c) / n
    (low_before, high_before), (low_after, high_after) = wilson(a + b, n, level), wilson(a + c, n, level)
    correlation = lowered_phi(cells)

    def reach(one: Floats, other: Floats) -> Floats:
        return np.sqrt(np.maximum(one**2 - 2 * correlation * one * other + other**2, 0))

    difference = (c - b) / n
    low = difference - reach(after - low_after, high_before - before)
    return low, difference + reach(high_after - after, before - low_before)


def _tango(cells: Groups, level: float) -> Ends:
    return tango_difference(cells[1], cells[2], _total(cells), level)


def _bonett_price(cells: Groups, level: float) -> Ends:
    _, b, c, _ = cells
    return _wald_of(b + 1, c + 1, _total(cells) + 2, level)


def _agresti_min(cells: Groups, level: float) -> Ends:
    _, b, c, _ = cells
    return _wald_of(b + 0.5, c + 0.5, _total(cells) + 2, level)


def _wald(cells: Groups, level: float) -> Ends:
    return _wald_of(cells[1], cells[2], _total(cells), level)


def _wald_of(b: Floats, c: Floats, n: Floats, level: float) -> Ends:
    difference = (c - b) / n
    half = _z(level) * np.sqrt(np.maximum((b + c) / n - difference**2, 0) / n)
    return np.maximum(difference - half, -1), np.minimum(difference + half, 1)


def _ratio_bonett_price(cells: Groups, level: float) -> Ends:
    a, b, c, _ = cells
    before, after, ever = a + b, a + c, a + b + c
    joint = np.sqrt((b + c + 2) / ((before + 1) * (after + 1)))
    apart = sum(np.sqrt((1 - (events + 1) / (ever + 2)) / (events + 1)) for events in (before, after))
    z = _z(level) * joint / apart
    nobody = ever == 0
    (low_before, high_before), (low_after, high_after) = (
        _wilson_by_z(events, np.where(nobody, 1, ever), z) for events in (before, after)
    )
    low, high = low_after / high_before, high_after / np.where(low_before > 0, low_before, 1)
    return np.where(nobody, 0.0, low), np.where(low_before > 0, high, np.inf)


def _wilson_by_z(events: Floats, trials: Floats, z: Floats) -> Ends:
    """Wilson's interval with a z of its own in every cell."""
    half = z * np.sqrt(z**2 / 4 + events * (1 - events / trials))
    low, high = ((events + z**2 / 2 + side * half) / (trials + z**2) for side in (-1, 1))
    return np.where(events == 0, 0.0, low), high


def _odds(share: Floats) -> Floats:
    odds: Floats = np.divide(share, 1 - share, out=np.full(share.shape, np.inf), where=share != 1)
    return odds


def _odds_wald(b: Floats, c: Floats, level: float) -> Ends:
    unknown = (b == 0) | (c == 0)
    some_b, some_c = np.where(unknown, 1, b), np.where(unknown, 1, c)
    half = _z(level) * np.sqrt(1 / some_b + 1 / some_c)
    low, high = (some_c / some_b * np.exp(side * half) for side in (-1, 1))
    nobody = (b == 0) & (c == 0)
    return (
        np.where(nobody, np.nan, np.where(unknown, 0.0, low)),
        np.where(nobody, np.nan, np.where(unknown, np.inf, high)),
    )


def _ratio_tang(cells: Groups, level: float) -> Ends:
    a, b, c, _ = cells
    return tang_ratio(a, b, c, _total(cells), level)


def _ratio_wald(cells: Groups, level: float) -> Ends:
    a, b, c, _ = cells
    before, after = a + b, a + c
    unknown = (before == 0) | (after == 0)
    before, after = np.where(unknown, 1, before), np.where(unknown, 1, after)
    half = _z(level) * np.sqrt((b + c) / (before * after))
    ratio = after / before
    return np.where(unknown, 0.0, ratio * np.exp(-half)), np.where(unknown, np.inf, ratio * np.exp(half))


DIFFERENCES: dict[str, Method] = {
    "newcombe": _newcombe,
    "tango": _tango,
    "bonett_price": _bonett_price,
    "agresti_min": _agresti_min,
    "wald": _wald,
}
RATIOS: dict[str, Method] = {"bonett_price": _ratio_bonett_price, "tang": _ratio_tang, "wald": _ratio_wald}
# The interval of the share of discordant pairs that is turned into odds.
ODDS = {"wilson": "wilson", "midp": "clopper_pearson_midp", "exact": "clopper_pearson"}
