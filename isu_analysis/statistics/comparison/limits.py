"""Control limits of a funnel: how far a unit's share can lie from a target by chance alone."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike
from scipy import stats

from isu_analysis.errors import StatisticsError
from isu_analysis.statistics.arguments import Flags, Floats, check_level
from isu_analysis.statistics.proportions.counts import Ends, as_given, check_method, counts

METHODS = ("exact", "spiegelhalter", "arcsine")


def funnel_limits(
    target: ArrayLike, of: ArrayLike, level: float = 0.95, *, method: str = "exact", tau2: ArrayLike = 0.0
) -> tuple[Any, Any]:
    """Return between which shares a unit lies with this probability when its true share is the target.

    Parameters
    ----------
    target : float or array_like, broadcastable
        The share all units are compared with, 0-1. NaN gives NaN.
    of : int or array_like of int, broadcastable
        People in the unit. A smooth line takes every whole number from the smallest unit to the largest.
    level : float
        Probability between the limits when only chance works, 0-1. 0.95 and 0.998 are the usual two.
    method : {"exact", "spiegelhalter", "arcsine"}
        "exact": interpolated binomial quantiles, alike in both tails. "spiegelhalter": the same in the lower
        tail; in the upper as printed, 1/of lower. "arcsine": a normal approximation, poor below 10 people.
    tau2 : float or array_like, broadcastable
        Variance between units on the arcsine scale, 0 or more. Above 0 the limits are at least as wide as the
        arcsine limits with it, and never narrower than without.

    Returns
    -------
    low, high : float or ndarray of float
        0-1; NaN where ``of`` is 0. Plain floats for scalar input.

    Raises
    ------
    StatisticsError
        If a target is outside 0-1, ``of`` not a whole number, tau2 below 0, the level not in 0-1, or the method
        unknown.

    Notes
    -----
    With ``r`` the smallest number whose cumulative probability F reaches p, and ``a = (F(r) - p)/(F(r) - F(r-1))``,
    the limit is ``(r - a)/of``: Spiegelhalter (2005), Stat Med 24:1185, appendix A.1.1 (from memory; SAS's published
    programme has the same). He takes it at both p and 1 - p, which lets the upper limit call a unit high although
    so many or more have a larger probability than 1 - p (0.058 for 0.025 at 14 of 20 and target 0.5), and moves
    the limits when "yes" and "no" change places. "exact" takes the upper limit from the number of "no"
    instead: a share lies outside exactly when the probability of so many or more, or so few or fewer, is below
    (1 - level)/2. Arcsine: ``sin(asin(sqrt(target)) +- z sqrt(1/(4 of) + tau2))^2``, as FunnelPlotR 0.6 draws, here
    stopped at 0 and 1.

    Examples
    --------
    Between which shares would units of 20 and of 100 people lie by chance, were the true share one half?

    >>> from isu_analysis import statistics as st
    >>> [(round(low, 3), round(high, 3)) for low, high in [st.funnel_limits(0.5, of) for of in (20, 100)]]
    [(0.256, 0.744), (0.397, 0.603)]
    """
    check_level(level)
    check_method(method, METHODS)
    (people,) = counts(of=of)
    centre, between = _inside(target, "target", 1.0), _inside(tau2, "tau2", np.inf)
    try:
        centre, people, between = np.broadcast_arrays(centre, people, between)
    except ValueError:
        raise StatisticsError("Argumenten target, of och tau2: ska ha samma form eller vara enstaka tal.") from None
    empty = np.isnan(centre + people + between) | ~(people > 0)
    place = (np.where(empty, 0.5, centre), np.where(empty, 1, people))
    low, high = _arcsine(*place, level, np.where(empty, 0, between))
    if method != "arcsine":
        within = _exact(*place, level) if method == "exact" else _as_printed(*place, level)
        widened = between > 0
        low = np.where(widened, np.minimum(low, within[0]), within[0])
        high = np.where(widened, np.maximum(high, within[1]), within[1])
    return as_given(np.where(empty, np.nan, low), np.where(empty, np.nan, high))


def outside(n: Floats, of: Floats, target: Floats, level: float) -> tuple[Flags, Flags]:
    """Return which units have fewer, and which more, than chance gives: the tail is below (1 - level)/2."""
    tail = (1 - level) / 2
    return stats.binom.cdf(n, of, target) < tail, stats.binom.sf(n - 1, of, target) < tail


def outside_by_chance(of: Floats, target: Floats, level: float) -> Floats:
    """Return how probable it is that chance alone puts each unit outside: less than 1 - level, for whole people."""
    return _tail(of, target, level) + _tail(of, 1 - target, level)


def _tail(of: Floats, target: Floats, level: float) -> Floats:
    first_inside = stats.binom.ppf((1 - level) / 2, of, target)
    return np.asarray(stats.binom.cdf(first_inside - 1, of, target))


def _exact(target: Floats, of: Floats, level: float) -> Ends:
    tail = (1 - level) / 2
    return _interpolated(target, of, tail), 1 - _interpolated(1 - target, of, tail)


def _as_printed(target: Floats, of: Floats, level: float) -> Ends:
    tail = (1 - level) / 2
    return _interpolated(target, of, tail), _interpolated(target, of, 1 - tail)


def _interpolated(target: Floats, of: Floats, p: float) -> Floats:
    """Return the share at which the cumulative probability, drawn as a line between whole numbers, reaches p."""
    r = stats.binom.ppf(p, of, target)
    reached, before = stats.binom.cdf(r, of, target), stats.binom.cdf(r - 1, of, target)
    share: Floats = np.maximum(0, (r - (reached - p) / (reached - before)) / of)
    return share


def _arcsine(target: Floats, of: Floats, level: float, tau2: Floats) -> Ends:
    centre = np.arcsin(np.sqrt(target))
    half = stats.norm.ppf((1 + level) / 2) * np.sqrt(1 / (4 * of) + tau2)
    # Beyond a quarter turn the sine would come back down: the limit is then 0 or 1.
    return np.sin(np.maximum(0, centre - half)) ** 2, np.sin(np.minimum(np.pi / 2, centre + half)) ** 2


def _inside(values: ArrayLike, name: str, highest: float) -> Floats:
    """Return numbers of any shape between 0 and the highest; NaN stays."""
    refusal = f"Argumentet {name}: ska vara tal från 0 till {highest:g}." if np.isfinite(highest) else ""
    refusal = refusal or f"Argumentet {name}: ska vara ändliga tal, minst 0."
    try:
        numbers = np.asarray(values, dtype=float)
    except (TypeError, ValueError):
        raise StatisticsError(refusal) from None
    if (numbers < 0).any() or (numbers > highest).any() or np.isinf(numbers).any():
        raise StatisticsError(refusal)
    return numbers
