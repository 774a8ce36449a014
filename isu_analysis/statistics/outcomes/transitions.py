"""From-to tables of ordered levels: who went up, stayed, went down."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from statsmodels.stats.contingency_tables import SquareTable

from isu_analysis.errors import StatisticsError
from isu_analysis.statistics.arguments import same_rows
from isu_analysis.statistics.proportions.shares import Share, share

DIRECTIONS = ("up", "same", "down")


@dataclass(frozen=True, eq=False)
class Transitions:
    """Counts of moves between ordered levels.

    Attributes
    ----------
    levels : tuple of str
        Lowest first.
    n : int
        People with both levels.
    n_given, missing_before, missing_after, missing_both : int
        Rows given, and those lacking only the first, only the second, or both levels.
    up, same, down : int
        People who ended at a higher, the same, a lower level. Whether up is better is not known here.
    statistic, df, p : float
        Stuart-Maxwell test that the levels are equally common before and after; NaN with a ``reason``.
    reason : str
        "" when tested; "too_few_levels" (fewer than two levels in use) or "singular" (no moves between
        some levels).
    table : DataFrame, shape (k, k)
        People from (rows) to (columns) each level.
    """

    levels: tuple[str, ...]
    n: int
    n_given: int
    missing_before: int
    missing_after: int
    missing_both: int
    up: int
    same: int
    down: int
    statistic: float
    df: float
    p: float
    reason: str
    table: pd.DataFrame = field(repr=False)

    def share(self, direction: str, level: float = 0.95) -> Share:
        """Return the share that went "up", stayed the "same" or went "down", with Wilson interval.

        Examples
        --------
        >>> import isu_analysis as isu
        >>> found = isu.transition_table([1, 1, 2, 2, 3, 1, 2, 3, 3, 1], [2, 3, 3, 2, 3, 1, 3, 3, 2, 2], levels=[1, 2, 3])
        >>> up = found.share("up")
        >>> up.n, up.of, round(up.low, 2), round(up.high, 2)
        (5, 10, 0.24, 0.76)
        """
        if direction not in DIRECTIONS:
            raise StatisticsError(f"Argumentet direction: tillåtet är {', '.join(DIRECTIONS)}.")
        return share(getattr(self, direction), self.n, level)

    def counts(self, level: float = 0.95) -> pd.DataFrame:
        """Return index ``direction`` (up, same, down) with columns n, of, share, low, high.

        Examples
        --------
        >>> import isu_analysis as isu
        >>> found = isu.transition_table([1, 1, 2, 2, 3, 1, 2, 3, 3, 1], [2, 3, 3, 2, 3, 1, 3, 3, 2, 2], levels=[1, 2, 3])
        >>> found.counts().reset_index().round(2)
          direction  n  of  share   low  high
        0        up  5  10    0.5  0.24  0.76
        1      same  4  10    0.4  0.17  0.69
        2      down  1  10    0.1  0.02  0.40
        """
        frame = pd.concat([self.share(name, level).to_frame() for name in DIRECTIONS], ignore_index=True)
        frame.index = pd.Index(DIRECTIONS, name="direction")
        return frame[["n", "of", "share", "low", "high"]]

    def to_frame(self) -> pd.DataFrame:
        """Return one row a cell: columns before, after, n, of."""
        cells = self.table.rename_axis(index="before", columns="after").stack().rename("n").reset_index()
        return cells.assign(of=self.n)


def transition_table(before: Any, after: Any, levels: list[Any] | tuple[Any, ...]) -> Transitions:
    """Count moves between ordered levels from one occasion to the next.

    Parameters
    ----------
    before, after : array_like, shape (n_given,)
        Each person's level, or a missing value. Rows lacking either are counted apart.
    levels : sequence
        All allowed levels, lowest first; at least two, all different.

    Returns
    -------
    Transitions

    Raises
    ------
    StatisticsError
        If lengths or indexes differ, a value is not among the levels, or the levels are not two or more
        different.

    Notes
    -----
    Stuart (1955), Biometrika 42:412; Maxwell (1970), Br J Psychiatry 116:651; by statsmodels. Levels
    nobody has before or after are left out of the test.

    Examples
    --------
    >>> import isu_analysis as isu
    >>> before = ["homeless", "homeless", "shelter", "shelter", "own", "homeless", "shelter", "own", "own", None]
    >>> after = ["shelter", "own", "own", "shelter", "own", "homeless", "own", "own", "shelter", "own"]
    >>> found = isu.transition_table(before, after, levels=["homeless", "shelter", "own"])
    >>> found.table
              homeless  shelter  own
    homeless         1        1    1
    shelter          0        1    2
    own              0        1    2
    >>> found.n, found.missing_before, found.up, found.same, found.down
    (9, 1, 4, 4, 1)
    """
    check_levels(levels)
    same_rows(before, after, "before", "after")
    start, end = level_codes(before, levels, "before"), level_codes(after, levels, "after")
    both = (start >= 0) & (end >= 0)
    table = np.zeros((len(levels), len(levels)), dtype=int)
    np.add.at(table, (start[both], end[both]), 1)
    names = tuple(str(level) for level in levels)
    return Transitions(
        levels=names,
        n=int(both.sum()),
        n_given=both.size,
        missing_before=int(((start < 0) & (end >= 0)).sum()),
        missing_after=int(((start >= 0) & (end < 0)).sum()),
        missing_both=int(((start < 0) & (end < 0)).sum()),
        up=int(np.triu(table, 1).sum()),
        same=int(np.trace(table)),
        down=int(np.tril(table, -1).sum()),
        table=pd.DataFrame(table, index=list(names), columns=list(names)),
        **_stuart_maxwell(table),
    )


def check_levels(levels: list[Any] | tuple[Any, ...]) -> None:
    """Refuse levels without an order, fewer than two, or two alike."""
    if isinstance(levels, set | frozenset | dict):
        raise StatisticsError("Argumentet levels: har ingen ordning. Tillåtet: en lista, den lägsta nivån först.")
    if len(levels) < 2 or len(set(levels)) != len(levels):
        raise StatisticsError("Argumentet levels: ska vara minst två olika nivåer, den lägsta först.")


def level_codes(values: Any, levels: list[Any] | tuple[Any, ...], name: str) -> NDArray[np.intp]:
    """Return each value's place among the levels, -1 where missing; refuse what is not a level."""
    column = pd.Series(values).reset_index(drop=True).astype(object)
    codes: NDArray[np.intp] = pd.Index(list(levels), dtype=object).get_indexer(column)
    if (codes[column.notna().to_numpy()] < 0).any():
        allowed = ", ".join(str(level) for level in levels)
        raise StatisticsError(f"Argumentet {name}: har värden som inte är en nivå. Tillåtet: {allowed}, eller tomt.")
    return codes


def _stuart_maxwell(table: NDArray[np.int_]) -> dict[str, Any]:
    used = (table.sum(axis=0) + table.sum(axis=1)) > 0
    square = table[np.ix_(used, used)]
    untested = {"statistic": np.nan, "df": np.nan, "p": np.nan}
    if square.shape[0] < 2:
        return {**untested, "reason": "too_few_levels"}
    moves = np.diag(square.sum(axis=0) + square.sum(axis=1)) - square - square.T
    if np.linalg.matrix_rank(moves[:-1, :-1]) < square.shape[0] - 1:
        return {**untested, "reason": "singular"}
    test = SquareTable(square, shift_zeros=False).homogeneity(method="stuart_maxwell")
    return {"statistic": float(test.statistic), "df": float(test.df), "p": float(test.pvalue), "reason": ""}
