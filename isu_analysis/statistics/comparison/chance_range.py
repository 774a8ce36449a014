"""How far apart the lowest and highest of several groups would lie if the groups were alike and chance alone ruled."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy import optimize, special, stats

from isu_analysis.errors import StatisticsError
from isu_analysis.statistics.arguments import Floats, check_level, vector
from isu_analysis.statistics.proportions.counts import parts
from isu_analysis.statistics.results import one_row

DRAWS = 9_999
# Points of the integral over where the lowest group lies, and how many standard errors it reaches either way.
POINTS = 801
TAILS = 9.0


@dataclass(frozen=True)
class RangeByChance:
    """The range of k groups' figures, highest minus lowest, were the groups alike.

    Attributes
    ----------
    groups : int
        How many.
    expected : float
        Mean range by chance, in the figures' unit; NaN with a ``reason``.
    limit : float
        Range that chance exceeds in ``1 - level`` of all cases.
    observed : float
        The range seen; NaN where no figures were given.
    p : float
        Chance of a range at least as large as the one seen, 0-1; NaN without figures.
    level : float
        Of the limit, 0-1.
    reason : str
        "" or "one_group" (fewer than two).
    """

    groups: int
    expected: float = np.nan
    limit: float = np.nan
    observed: float = np.nan
    p: float = np.nan
    level: float = 0.95
    reason: str = ""

    def to_frame(self) -> pd.DataFrame:
        """Return the fields as a frame with one row."""
        return one_row(self)


def expected_range_by_chance(se: ArrayLike, figures: ArrayLike | None = None, *, level: float = 0.95) -> RangeByChance:
    """Return how far apart groups' means would lie by chance alone, from their standard errors.

    Parameters
    ----------
    se : array_like, shape (k,)
        Standard error of each group's figure, above 0, none missing.
    figures : array_like, shape (k,), optional
        The figures themselves, to compare their range with.
    level : float
        Share of cases in which chance stays below the limit, 0-1.

    Returns
    -------
    RangeByChance

    Raises
    ------
    StatisticsError
        If a value is missing, a standard error is not above 0, or the lengths differ.

    Notes
    -----
    The range of independent normal figures with one mean and these standard errors taken as known, by numerical
    integration. With equal ones ``range / se`` is the studentised range with infinite df.

    Examples
    --------
    Five units whose means all have a standard error of 1: by chance alone 2.33 points lie between the highest and the
    lowest on average, and more than 3.86 in one case of twenty, as tables of the studentised range say.

    >>> from isu_analysis import statistics as st
    >>> found = st.expected_range_by_chance([1, 1, 1, 1, 1], figures=[20.5, 22.0, 21.0, 23.5, 21.5])
    >>> round(found.expected, 2), round(found.limit, 2), found.observed, round(found.p, 2)
    (2.33, 3.86, 3.0, 0.21)
    """
    check_level(level)
    errors = vector(se, "se")
    if not (errors > 0).all():
        raise StatisticsError("Argumentet se: ska vara tal större än 0, utan tomma värden.")
    seen = np.nan
    if figures is not None:
        given = vector(figures, "figures")
        if given.size != errors.size or np.isnan(given).any():
            raise StatisticsError("Argumentet figures: ska ha ett tal för varje tal i se, utan tomma värden.")
        seen = float(np.ptp(given)) if given.size else np.nan
    if errors.size < 2:
        return RangeByChance(errors.size, level=level, reason="one_group")
    most = 2 * TAILS * errors.max()
    limit = optimize.brentq(lambda width: _no_wider(width, errors) - level, 0.0, most, xtol=1e-10 * most)
    p = np.nan if np.isnan(seen) else float(np.clip(1 - _no_wider(seen, errors), 0.0, 1.0))
    return RangeByChance(errors.size, _mean_range(errors), float(limit), seen, p, level)


def _no_wider(width: float, errors: Floats) -> float:
    """Return the chance that all figures lie within a width: one is lowest, the others at most that far above."""
    x = np.linspace(-TAILS, TAILS, POINTS)[:, np.newaxis, np.newaxis] * errors[:, np.newaxis]
    within = special.ndtr((x + width) / errors) - special.ndtr(x / errors)
    others = np.prod(np.where(np.eye(errors.size, dtype=bool), 1.0, within), axis=2)
    lowest = np.linspace(-TAILS, TAILS, POINTS)
    return float(np.trapezoid(others * stats.norm.pdf(lowest)[:, np.newaxis], lowest, axis=0).sum())


def _mean_range(errors: Floats) -> float:
    """Return the mean of the highest minus the lowest: the length of line that lies between them, on average."""
    x = np.linspace(-TAILS, TAILS, 10 * POINTS) * errors.max()
    below, above = (special.ndtr(side * x[:, np.newaxis] / errors).prod(axis=1) for side in (1, -1))
    return float(np.trapezoid(1 - below - above, x))


def shuffled_shares(n: ArrayLike, of: ArrayLike, *, draws: int = DRAWS, seed: int = 0) -> Floats:
    """Deal the people with a property to the groups at random, keeping how many they are and the groups' sizes.

    Parameters
    ----------
    n, of : array_like of int, shape (k,)
        How many, of how many in each group.
    draws, seed : int
        How many deals, and where the random numbers start: the same seed gives the same deals.

    Returns
    -------
    ndarray of float, shape (draws, k)
        The groups' shares; NaN for an empty group.
    """
    events, trials = parts(n, of)
    dealt = np.random.default_rng(seed).multivariate_hypergeometric(
        trials.astype(int), int(events.sum()), size=draws, method="marginals"
    )
    return np.asarray(dealt / np.where(trials > 0, trials, np.nan))


def at_least_as_large(drawn: Floats, seen: float) -> float:
    """Return the chance of a number at least as large as the one seen, which counts as a draw itself.

    Counting it keeps the test's level exactly (Phipson & Smyth 2010, from memory, not verified).
    """
    # Equal numbers can differ in the last binary digits.
    return float((1 + (drawn >= seen - 1e-9 * max(abs(seen), 1e-9)).sum()) / (1 + drawn.size))


def share_range_by_chance(
    n: ArrayLike, of: ArrayLike, *, level: float = 0.95, draws: int = DRAWS, seed: int = 0
) -> RangeByChance:
    """Return how far apart groups' shares would lie by chance alone, the people dealt to the groups at random.

    Parameters
    ----------
    n, of : array_like of int, shape (k,)
        How many, of how many in each group; no group is empty.
    level : float
        Share of cases in which chance stays at or below the limit, 0-1.
    draws, seed : int
        How many deals, and where the random numbers start: the same seed gives the same answer.

    Returns
    -------
    RangeByChance

    Raises
    ------
    StatisticsError
        If the counts are not whole numbers with n <= of, or a group is empty.

    Notes
    -----
    A permutation: no distribution is assumed. The limit and p have the error of that many draws (.002 for p = .05).

    Examples
    --------
    Five units of twenty people, where 8 to 14 reached their goal: chance alone would give about as large a range.

    >>> from isu_analysis import statistics as st
    >>> found = st.share_range_by_chance([8, 11, 10, 14, 12], [20, 20, 20, 20, 20], seed=1)
    >>> round(found.expected, 2), round(found.observed, 2), round(found.p, 1)
    (0.26, 0.3, 0.4)
    """
    check_level(level)
    events, trials = parts(n, of)
    if events.ndim != 1 or np.isnan(events + trials).any() or (trials == 0).any():
        raise StatisticsError("Argumentet of: ska vara en kolumn med minst en person i varje grupp, utan tomma värden.")
    if events.size < 2:
        return RangeByChance(events.size, level=level, reason="one_group")
    ranges = np.ptp(shuffled_shares(events, trials, draws=draws, seed=seed), axis=1)
    seen = float(np.ptp(events / trials))
    limit = float(np.quantile(ranges, level, method="inverted_cdf"))
    return RangeByChance(events.size, float(ranges.mean()), limit, seen, at_least_as_large(ranges, seen), level)
