"""Between which places units can lie: intervals for ranks, never a rank."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from isu_analysis.errors import StatisticsError
from isu_analysis.statistics.arguments import Flags, Floats, check_level, index_of, same_rows, vector
from isu_analysis.statistics.comparison.funnel import checked_units
from isu_analysis.statistics.grouped.moments import Codes
from isu_analysis.statistics.results import one_row

FEWEST_UNITS, FEWEST_PEOPLE = 5, 10
FEWEST_DRAWS = 100
QUARTER = 4
Draws = NDArray[np.float64]  # units x draws


@dataclass(frozen=True, eq=False)
class RankIntervals:
    """Units' possible places, 1 = lowest.

    Attributes
    ----------
    n_units, n_given : int
        Units compared, and rows given.
    draws, seed : int
        How many times, and from which seed, chance was drawn.
    level : float
        Confidence level of the intervals.
    reason : str
        "" or "too_few_units" (fewer than 5).
    units : DataFrame
        One row a unit in the order given, with the index given: rank_low, rank_high (holds this unit's place with the
        level), all_low, all_high (hold every unit's place at once with it; Mogstad et al.), p_lowest_quarter,
        p_highest_quarter (share of the draws, 0-1, in which it is there), reason ("", "missing", "too_few_people", or
        the reason of the whole).
    """

    n_units: int
    n_given: int
    draws: int
    seed: int
    level: float = 0.95
    reason: str = ""
    units: pd.DataFrame = field(default_factory=pd.DataFrame, repr=False)

    def to_frame(self) -> pd.DataFrame:
        """Return the fields but the units as a frame with one row."""
        return one_row(self).drop(columns="units")


def rank_intervals(
    estimates: ArrayLike, variances: ArrayLike, *, seed: int, draws: int = 4000, level: float = 0.95
) -> RankIntervals:
    """Return between which places, 1 = lowest, each unit's true figure can lie among the units'.

    Parameters
    ----------
    estimates : array_like, shape (units,)
        One independent figure a unit.
    variances : array_like, shape (units,)
        Their squared standard errors, above 0. Units lacking either are not compared.
    seed : int
        Seed of the random draws, 0 or more: the same seed gives the same intervals.
    draws : int
        How many draws, at least 100.
    level : float
        Confidence level, 0-1.

    Returns
    -------
    RankIntervals

    Raises
    ------
    StatisticsError
        If lengths or indexes differ, a value is not finite, a variance is not above 0, or an option is not allowed.

    Notes
    -----
    By differences between pairs (Mogstad, Romano, Shaikh & Wilhelm 2024, Rev Econ Stud 91:476; procedure as in their R
    package csranks): a unit is above another when ``(y_i - y_j)/sqrt(v_i + v_j)`` is larger than the level's quantile of
    the largest such ratio, either way, drawn with all true figures equal; what is settled is left out and the rest
    tried again.
    Lowest place: 1 + the units it is above; highest: units - those it is below. ``rank_low`` and ``rank_high`` try the
    unit's own pairs, ``all_low`` and ``all_high`` every pair. Percentiles of drawn ranks are not given as intervals: among
    units that are nearly alike they hold the true place far too seldom. The probabilities are shares of draws from
    normal distributions around the units' own figures, and a quarter is ``units // 4``
    places: so many units are always there.

    Examples
    --------
    Five units with standard errors of 0.5: one is surely lowest, the others cannot be told apart.

    >>> from isu_analysis import statistics as st
    >>> found = st.rank_intervals([-8.0, -4.2, -4.0, -3.9, -4.1], [0.25] * 5, seed=1)
    >>> found.units[["rank_low", "rank_high", "p_lowest_quarter"]]
       rank_low  rank_high  p_lowest_quarter
    0       1.0        1.0               1.0
    1       2.0        5.0               0.0
    2       2.0        5.0               0.0
    3       2.0        5.0               0.0
    4       2.0        5.0               0.0
    """
    _check_options(seed, draws, level)
    same_rows(estimates, variances, "estimates", "variances")
    y, v = vector(estimates, "estimates"), vector(variances, "variances")
    if (v <= 0).any():
        raise StatisticsError(
            "Argumentet variances: har värden som inte är större än 0. Tillåtet: kvadrerade medelfel."
        )
    given = index_of(estimates)
    index = pd.RangeIndex(y.size) if given is None else given
    reason = np.where(np.isnan(y + v), "missing", "")
    return _compared(y, v, reason, index, RankIntervals(0, y.size, draws, seed, level))


def share_rank_intervals(
    n: ArrayLike, of: ArrayLike, *, seed: int, draws: int = 4000, level: float = 0.95
) -> RankIntervals:
    """Return between which places, 1 = lowest, each unit's true share can lie among the units'.

    Parameters
    ----------
    n, of : array_like of int, shape (units,)
        Events and people of each unit, 0 <= n <= of. NaN, or fewer than 10 people, leaves a unit out.
    seed, draws, level
        As for `rank_intervals`.

    Returns
    -------
    RankIntervals

    Raises
    ------
    StatisticsError
        If lengths or indexes differ, a count is not whole or n > of, or an option is not allowed.

    Notes
    -----
    `rank_intervals` of ``asin(sqrt((n + 3/8)/(of + 3/4)))`` with variance ``1/(4 of + 2)`` (Anscombe 1948, Biometrika 35:246):
    the scale on which shares of any size are about equally certain, and in the same order.

    Examples
    --------
    Five units of 100 people: one is surely highest, the others cannot be told apart.

    >>> import isu_analysis as isu
    >>> found = isu.share_rank_intervals([50, 52, 48, 85, 51], [100] * 5, seed=1)
    >>> found.units[["rank_low", "rank_high", "p_highest_quarter"]]
       rank_low  rank_high  p_highest_quarter
    0       1.0        4.0                0.0
    1       1.0        4.0                0.0
    2       1.0        4.0                0.0
    3       5.0        5.0                1.0
    4       1.0        4.0                0.0
    """
    _check_options(seed, draws, level)
    events, people, index = checked_units(n, of)
    reason = np.select([np.isnan(events + people), people < FEWEST_PEOPLE], ["missing", "too_few_people"], "")
    whole = np.where(reason == "", people, 1)
    angle = np.arcsin(np.sqrt((np.where(reason == "", events, 0) + 3 / 8) / (whole + 3 / 4)))
    return _compared(angle, 1 / (4 * whole + 2), reason, index, RankIntervals(0, people.size, draws, seed, level))


def _check_options(seed: object, draws: object, level: float) -> None:
    check_level(level)
    for value, name, fewest in ((seed, "seed", 0), (draws, "draws", FEWEST_DRAWS)):
        if not isinstance(value, int | np.integer) or isinstance(value, bool) or value < fewest:
            raise StatisticsError(f"Argumentet {name}: ska vara ett heltal, minst {fewest}.")


def _compared(y: Floats, v: Floats, reason: NDArray[np.str_], index: pd.Index, result: RankIntervals) -> RankIntervals:
    """Fill in the rows of the units that can be compared."""
    used = reason == ""
    count = int(used.sum())
    columns = ["rank_low", "rank_high", "all_low", "all_high", "p_lowest_quarter", "p_highest_quarter"]
    units = pd.DataFrame(np.nan, index=index, columns=columns)
    why = "" if count >= FEWEST_UNITS else "too_few_units"
    if not why:
        rng = np.random.default_rng(result.seed)
        noise = rng.standard_normal((count, result.draws)) * np.sqrt(v[used])[:, np.newaxis]
        own, everyone = _places(y[used], v[used], noise, result.level)
        # A fresh set of draws for the probabilities: those of the critical values say how far is far.
        drawn = y[used] + rng.standard_normal((result.draws, count)) * np.sqrt(v[used])
        units.loc[used, columns] = np.column_stack([*own, *everyone, *_quarters(drawn)])
    units["reason"] = np.where(used, why, reason)
    return replace(result, n_units=count, reason=why, units=units)


def _places(y: Floats, v: Floats, noise: Draws, level: float) -> tuple[tuple[Floats, Floats], tuple[Floats, Floats]]:
    """Return the places of each unit by its own pairs, and by all pairs."""
    spread = np.sqrt(v[:, np.newaxis] + v)
    ratio = (y[:, np.newaxis] - y) / spread
    every = np.arange(y.size)
    own = [_ends(ratio[[unit]], noise, spread[[unit]], every[[unit]], level) for unit in every]
    lowest, highest = np.concatenate(own, axis=1)
    return (lowest, highest), _ends(ratio, noise, spread, every, level)


def _ends(ratio: Floats, noise: Draws, spread: Floats, rows: Codes, level: float) -> tuple[Floats, Floats]:
    """Return the lowest and highest place of the units in the rows, among all units in the columns.

    Above and below are two questions for each pair: when one is settled the other stays open, so that a wrong
    direction is as improbable as the level says.
    """
    open_ = np.ones((2, *ratio.shape), dtype=bool)
    open_[:, np.arange(rows.size), rows] = False
    signed = np.stack([ratio, -ratio])
    while open_.any():
        found = open_ & (signed > np.quantile(_largest(open_, noise, spread, rows), level))
        if not found.any():
            break
        open_ &= ~found
    settled = ~open_
    settled[:, np.arange(rows.size), rows] = False
    above, below = settled.sum(axis=2).astype(float)
    return 1 + above, ratio.shape[1] - below


def _largest(open_: Flags, noise: Draws, spread: Floats, rows: Codes) -> Floats:
    """Return each draw's largest ratio among the open questions."""
    largest = np.full(noise.shape[1], -np.inf)
    for row, unit in enumerate(rows):
        others = np.flatnonzero(open_[:, row].any(axis=0))
        apart = (noise[unit] - noise[others]) / spread[row, others, np.newaxis]
        above, below = open_[:, row, others]
        if above.any():
            np.maximum(largest, _those(apart, above).max(axis=0), out=largest)
        if below.any():
            np.maximum(largest, -_those(apart, below).min(axis=0), out=largest)
    return largest


def _those(rows: Draws, wanted: Flags) -> Draws:
    """Return the wanted rows, without copying when that is all of them."""
    return rows if wanted.all() else rows[wanted]


def _quarters(drawn: NDArray[np.float64]) -> tuple[Floats, Floats]:
    """Return in what share of the draws each unit is in the lowest and in the highest quarter."""
    place = drawn.argsort(axis=1).argsort(axis=1) + 1
    quarter = drawn.shape[1] // QUARTER
    return (place <= quarter).mean(axis=0), (place > drawn.shape[1] - quarter).mean(axis=0)
