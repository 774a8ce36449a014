"""How much ordered levels moved: by pairs, and by the two distributions; two different questions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy import stats
from statsmodels.stats.contingency_tables import SquareTable

from isu_analysis.errors import StatisticsError
from isu_analysis.statistics.arguments import Floats, check_level
from isu_analysis.statistics.outcomes.transitions import Transitions
from isu_analysis.statistics.proportions.paired_intervals import paired_difference_interval, paired_odds_ratio_interval
from isu_analysis.statistics.results import one_row

Counts = NDArray[np.int_]
TOO_FEW_LEVELS, NO_MOVES, SINGULAR, NOBODY = "too_few_levels", "no_moves", "singular", "nobody"


@dataclass(frozen=True)
class MarginalTest:
    """A test that levels are as common before as after, or that moves go both ways alike.

    Attributes
    ----------
    test : str
        "stuart_maxwell", "bhapkar" or "bowker".
    statistic, df, p : float
        Chi-square; NaN with a ``reason``.
    reason : str
        "", "nobody", "too_few_levels" (fewer than two in use), "no_moves" or "singular" (no moves between
        some levels).
    """

    test: str
    statistic: float = np.nan
    df: float = np.nan
    p: float = np.nan
    reason: str = ""

    def to_frame(self) -> pd.DataFrame:
        """Return the fields as a frame with one row."""
        return one_row(self)


@dataclass(frozen=True)
class OrdinalChange:
    """Sizes of a move between ordered levels; up is a higher level, whether that is better is not known here.

    Attributes
    ----------
    n, up, same, down : int
        People with both levels, and how many ended higher, alike, lower.
    net, net_low, net_high : float
        Share up minus share down, -1 to 1, with Tango's score interval.
    paired_odds, paired_odds_low, paired_odds_high : float
        Up per down (conditional odds), transformed Wilson interval; infinite without anyone down, NaN without any
        move.
    paired_superiority : float
        Share up plus half the share alike, 0-1: of the same person's two levels.
    ridit, ridit_low, ridit_high : float
        Chance that a random person's level after is higher than another random person's before (ties half), 0-1:
        of the two distributions, not of pairs. 0.5 is no difference. The interval knows that the same people
        stand in both; NaN when nobody moved. With few moves it is too narrow (.86 at 15 people of whom few moved).
    cliffs_delta : float
        ``2 ridit - 1``.
    marginal_odds : float
        Higher per lower between the two distributions (Agresti's generalised odds); infinite when never
        lower.
    level : float
        Confidence level.
    reason : str
        "" or "nobody" (all numbers NaN).
    """

    n: int
    up: int
    same: int
    down: int
    net: float = np.nan
    net_low: float = np.nan
    net_high: float = np.nan
    paired_odds: float = np.nan
    paired_odds_low: float = np.nan
    paired_odds_high: float = np.nan
    paired_superiority: float = np.nan
    ridit: float = np.nan
    ridit_low: float = np.nan
    ridit_high: float = np.nan
    cliffs_delta: float = np.nan
    marginal_odds: float = np.nan
    level: float = 0.95
    reason: str = ""

    def to_frame(self) -> pd.DataFrame:
        """Return the fields as a frame with one row."""
        return one_row(self)


def ordinal_change(table: ArrayLike | Transitions, level: float = 0.95) -> OrdinalChange:
    """Return how much ordered levels moved, from a from-to table.

    Parameters
    ----------
    table : Transitions, or array_like of int, shape (k, k)
        People from (rows) to (columns) each level, lowest first. A frame's rows and columns have the same names.
    level : float
        Confidence level, 0-1.

    Returns
    -------
    OrdinalChange

    Raises
    ------
    StatisticsError
        If the table is not square with at least two levels, or holds anything but whole numbers from 0.

    Notes
    -----
    Ridit ``A = sum p_i q_j (1(j > i) + 1(j = i)/2)`` with the two margins p and q (Agresti 1980; Bross 1958, from
    memory, not verified). Its interval is symmetric on the logit scale, with the standard error of
    ``F(j) + 1 - G(i)`` over the pairs (i, j), F and G the distributions before and after with half of the level
    itself. Paired and marginal sizes can point in different directions.

    Examples
    --------
    Twenty people on three levels: seven went up, eleven stayed and two went down.

    >>> import isu_analysis as isu
    >>> found = isu.ordinal_change([[4, 4, 1], [1, 4, 2], [0, 1, 3]])
    >>> found.up, found.same, found.down, found.net
    (7, 11, 2, 0.25)
    >>> round(found.net_low, 2), round(found.net_high, 2), round(found.ridit, 2)
    (-0.05, 0.51, 0.61)
    """
    check_level(level)
    cells = square_table(table)
    n = int(cells.sum())
    up, same, down = int(np.triu(cells, 1).sum()), int(np.trace(cells)), int(np.tril(cells, -1).sum())
    if n == 0:
        return OrdinalChange(n, up, same, down, level=level, reason=NOBODY)
    net_low, net_high = paired_difference_interval(0, down, up, same, method="tango", level=level)
    odds_low, odds_high = paired_odds_ratio_interval(down, up, method="wilson", level=level)
    ridit, ends, odds = _marginal(cells, level)
    return OrdinalChange(
        n=n,
        up=up,
        same=same,
        down=down,
        net=(up - down) / n,
        net_low=float(net_low),
        net_high=float(net_high),
        paired_odds=_odds(up, down),
        paired_odds_low=float(odds_low),
        paired_odds_high=float(odds_high),
        paired_superiority=(up + same / 2) / n,
        ridit=ridit,
        ridit_low=ends[0],
        ridit_high=ends[1],
        cliffs_delta=2 * ridit - 1,
        marginal_odds=odds,
        level=level,
    )


def marginal_test(table: ArrayLike | Transitions, test: str = "stuart_maxwell") -> MarginalTest:
    """Test whether the levels are as common before as after, or whether moves go both ways alike.

    Parameters
    ----------
    table : array_like of int, shape (k, k)
        People from (rows) to (columns) each level.
    test : {"stuart_maxwell", "bhapkar", "bowker"}
        The first two: as common before as after. Bowker: as many from each level to each other as back.

    Returns
    -------
    MarginalTest

    Raises
    ------
    StatisticsError
        If the table is not square with at least two levels, holds anything but whole numbers from 0, or the
        test is unknown.

    Notes
    -----
    The first two by statsmodels. Levels nobody has before or after are left out; Bowker also leaves out pairs of
    levels without any move between them. Stuart (1955), Biometrika 42:412; Bhapkar
    (1966), JASA 61:228; Bowker (1948), JASA 43:572 (the last two from memory, not verified).

    Examples
    --------
    Stuart's table (1955) of 7 477 women's right and left eyes: chi-square 11.96, Bhapkar 11.98, Bowker 19.11.

    >>> from isu_analysis import statistics as st
    >>> eyes = [[1520, 266, 124, 66], [234, 1512, 432, 78], [117, 362, 1772, 205], [36, 82, 179, 492]]
    >>> found = st.marginal_test(eyes)
    >>> round(found.statistic, 2), found.df, round(found.p, 4)
    (11.96, 3.0, 0.0075)
    >>> [round(st.marginal_test(eyes, test).statistic, 2) for test in ("bhapkar", "bowker")]
    [11.98, 19.11]
    """
    if test not in ("stuart_maxwell", "bhapkar", "bowker"):
        raise StatisticsError("Argumentet test: okänt ord. Tillåtet: stuart_maxwell, bhapkar, bowker.")
    cells = square_table(table)
    used = (cells.sum(axis=0) + cells.sum(axis=1)) > 0
    square = cells[np.ix_(used, used)]
    reason = _why_not(square, test)
    if reason:
        return MarginalTest(test, reason=reason)
    if test == "bowker":
        # Pairs of levels without any move either way say nothing: no division by zero, no degree of freedom.
        moved = np.triu(square + square.T, 1) > 0
        statistic = float(((square - square.T)[moved] ** 2 / (square + square.T)[moved]).sum())
        df = float(moved.sum())
        return MarginalTest(test, statistic, df, float(stats.chi2.sf(statistic, df)))
    found = SquareTable(square, shift_zeros=False).homogeneity(method=test)
    return MarginalTest(test, float(found.statistic), float(found.df), float(found.pvalue))


def _check_same_levels(table: Any) -> None:
    """Refuse a frame whose rows and columns are not the same levels in the same order."""
    if isinstance(table, pd.DataFrame) and list(table.index) != list(table.columns):
        raise StatisticsError(
            "Argumentet table: raderna och kolumnerna har inte samma nivåer. Tillåtet: samma nivåer i samma ordning."
        )


def square_table(table: ArrayLike | Transitions) -> Counts:
    """Return a from-to table as whole numbers.

    Raises
    ------
    StatisticsError
        If it is not square with at least two levels, or holds anything but whole numbers from 0.
    """
    if isinstance(table, Transitions):
        table = table.table
    _check_same_levels(table)
    try:
        numbers = np.asarray(table, dtype=float)
    except (TypeError, ValueError):
        raise StatisticsError("Argumentet table: innehåller annat än tal. Tillåtet: antal personer.") from None
    if numbers.ndim != 2 or numbers.shape[0] != numbers.shape[1] or numbers.shape[0] < 2:
        raise StatisticsError("Argumentet table: ska ha lika många rader som kolumner, minst två.")
    if not np.isfinite(numbers).all() or (numbers < 0).any() or (numbers % 1 != 0).any():
        raise StatisticsError("Argumentet table: har värden som inte är antal. Tillåtet: heltal från 0.")
    return numbers.astype(int)


def _why_not(square: Counts, test: str) -> str:
    if square.sum() == 0:
        return NOBODY
    if square.shape[0] < 2:
        return TOO_FEW_LEVELS
    if np.trace(square) == square.sum():
        return NO_MOVES
    moves = np.diag(square.sum(axis=0) + square.sum(axis=1)) - square - square.T
    if test == "bhapkar":
        net = (square.sum(axis=1) - square.sum(axis=0))[:-1]
        moves = moves[:-1, :-1] - np.outer(net, net) / square.sum()
        return SINGULAR if np.linalg.matrix_rank(moves) < len(moves) else ""
    return SINGULAR if test == "stuart_maxwell" and np.linalg.matrix_rank(moves[:-1, :-1]) < len(moves) - 1 else ""


def _marginal(cells: Counts, level: float) -> tuple[float, tuple[float, float], float]:
    """Return ridit with its interval, and the generalised odds, of the two margins."""
    n = cells.sum()
    before, after = cells.sum(axis=1) / n, cells.sum(axis=0) / n
    under_before, under_after = (np.cumsum(p) - p / 2 for p in (before, after))
    ridit = float(after @ under_before)
    higher = float(after @ (np.cumsum(before) - before))
    lower = float(before @ (np.cumsum(after) - after))
    each = under_before[np.newaxis, :] + 1 - under_after[:, np.newaxis]  # of a person from i to j
    variance = float((cells * (each - 2 * ridit) ** 2).sum()) / n**2
    return ridit, _on_logit(ridit, np.sqrt(variance), level), _odds(higher, lower)


def _on_logit(share: float, se: float, level: float) -> tuple[float, float]:
    if not 0 < share < 1 or se == 0:  # nobody moved: no width would claim certainty
        return np.nan, np.nan
    centre, half = np.log(share / (1 - share)), stats.norm.ppf((1 + level) / 2) * se / (share * (1 - share))
    ends: Floats = 1 / (1 + np.exp(-(centre + np.array([-half, half]))))
    return float(ends[0]), float(ends[1])


def _odds(above: float, below: float) -> float:
    if below == 0:
        return np.inf if above > 0 else np.nan
    return above / below
