"""Who was measured when: flow over the waves, patterns of holes, and how all eligible split over two waves."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from isu_analysis.errors import StatisticsError
from isu_analysis.statistics.arguments import Flags, check_level, is_measured, same_rows
from isu_analysis.statistics.proportions.shares import wilson

COMPLETE, DROPOUT, INTERMITTENT, NEVER = "complete", "dropout", "intermittent", "never"


@dataclass(frozen=True)
class Coverage:
    """All eligible, split by whether start and end were measured.

    Attributes
    ----------
    of : int
        All eligible; the four counts sum to it.
    n_paired, n_start_only, n_end_only, n_neither : int
        People with both, only the start, only the end, and neither.
    level : float
        Confidence level of the intervals in the frame.
    """

    of: int
    n_paired: int
    n_start_only: int
    n_end_only: int
    n_neither: int
    level: float = 0.95

    def to_frame(self) -> pd.DataFrame:
        """Return one row a part ("paired", "start_only", "end_only", "neither"): n, of, share, low, high."""
        parts = ["paired", "start_only", "end_only", "neither"]
        frame = pd.DataFrame({"part": parts, "n": [getattr(self, f"n_{part}") for part in parts]})
        return _with_shares(frame, self.of, self.level)


@dataclass(frozen=True, eq=False)
class MissingPatterns:
    """How many were measured at each wave, and in which patterns.

    Attributes
    ----------
    n : int
        People; n_complete + n_dropout + n_intermittent + n_never.
    n_complete : int
        Measured at every wave that was due.
    n_dropout : int
        Measured up to some wave and at no later one.
    n_intermittent : int
        Missing at a wave before one at which they were measured.
    n_never : int
        Measured at no wave.
    waves : DataFrame
        One row a wave: wave, n (measured), of (for whom it was due), share, low, high (Wilson; NaN when due
        for nobody), n_last_observed (people whose last measurement it was), n_first_lost (people whose
        first missing measurement it was).
    patterns : DataFrame
        One row a pattern, most common first: pattern ("1" measured, "0" missing, "." not yet due; one
        character a wave), kind ("complete", "dropout", "intermittent", "never"), n, of, share, low, high.
    level : float
        Confidence level of the intervals.
    """

    n: int
    n_complete: int
    n_dropout: int
    n_intermittent: int
    n_never: int
    waves: pd.DataFrame = field(repr=False)
    patterns: pd.DataFrame = field(repr=False)
    level: float = 0.95

    @property
    def n_monotone(self) -> int:
        """Those whose holes, if any, all lie after their last measurement: complete and dropout.

        Examples
        --------
        >>> import isu_analysis as isu
        >>> waves = [(21, 18, 15), (18, 17, 15), (25, 20, None), (20, None, None), (16, None, 12), (24, None, None)]
        >>> isu.missing_patterns(waves).n_monotone
        5
        """
        return self.n_complete + self.n_dropout

    def to_frame(self) -> pd.DataFrame:
        """Return the frame of waves."""
        return self.waves


def coverage(pre: ArrayLike, post: ArrayLike, level: float = 0.95) -> Coverage:
    """Split all eligible into paired, start only, end only and neither.

    Parameters
    ----------
    pre, post : array_like, shape (n,)
        One value for every eligible person, missing = not measured. Any kind of value, but one kind a column: a
        blank text or a text among numbers is refused, because it may stand for "not measured".
    level : float
        Confidence level of the Wilson intervals, 0-1.

    Returns
    -------
    Coverage

    Raises
    ------
    StatisticsError
        If lengths or indexes differ, or an argument has more than one dimension.

    Examples
    --------
    >>> import isu_analysis as isu
    >>> start = [21, 18, 25, 20, 16, 24, 19, None, None, None]
    >>> end = [15, 15, 17, 14, None, None, None, 16, None, None]
    >>> isu.coverage(start, end).to_frame().round(2)
             part  n  of  share   low  high
    0      paired  4  10    0.4  0.17  0.69
    1  start_only  3  10    0.3  0.11  0.60
    2    end_only  1  10    0.1  0.02  0.40
    3     neither  2  10    0.2  0.06  0.51
    """
    check_level(level)
    same_rows(pre, post, "pre", "post")
    start, end = is_measured(pre, "pre"), is_measured(post, "post")
    return Coverage(
        of=start.size,
        n_paired=int((start & end).sum()),
        n_start_only=int((start & ~end).sum()),
        n_end_only=int((~start & end).sum()),
        n_neither=int((~start & ~end).sum()),
        level=level,
    )


def missing_patterns(waves: ArrayLike, *, due: ArrayLike | None = None, level: float = 0.95) -> MissingPatterns:
    """Count who was measured at each wave, who was lost where, and in which patterns.

    Parameters
    ----------
    waves : array_like or DataFrame, shape (n, k), k >= 1
        One row for every eligible person, one column a wave in time order; missing = not measured. Any
        kind of value. A frame's column names are the names of the waves, otherwise "1", "2", ...
    due : array_like of bool, shape (n, k), optional
        False where a measurement was not yet due: such a person is not lost at that wave and not in its
        ``of``. The first wave is due for everyone. Default: every wave was due.
    level : float
        Confidence level of the Wilson intervals, 0-1.

    Returns
    -------
    MissingPatterns

    Raises
    ------
    StatisticsError
        If waves is not two-dimensional, due is not flags of the same shape, the first wave is not due for
        someone, or someone was measured at a wave that was not due.

    Examples
    --------
    >>> import isu_analysis as isu
    >>> waves = [(21, 18, 15), (18, 17, 15), (25, 20, None), (20, None, None), (16, None, 12), (24, None, None)]
    >>> found = isu.missing_patterns(waves)
    >>> found.patterns[["pattern", "kind", "n", "of"]]
      pattern          kind  n  of
    0     111      complete  2   6
    1     100       dropout  2   6
    2     110       dropout  1   6
    3     101  intermittent  1   6
    >>> found.n_complete, found.n_dropout, found.n_intermittent
    (2, 3, 1)
    """
    check_level(level)
    frame = _two_dimensional(waves)
    columns = [is_measured(frame.iloc[:, i], f"waves ({name})") for i, name in enumerate(frame.columns)]
    seen = np.column_stack(columns)
    _check_same_columns(waves, due)
    expected = _due(due, seen)
    kinds = _kinds(seen, expected)
    counts = {kind: int((kinds == kind).sum()) for kind in (COMPLETE, DROPOUT, INTERMITTENT, NEVER)}
    names = [str(name) for name in frame.columns]
    return MissingPatterns(
        n=len(seen),
        **{f"n_{kind}": count for kind, count in counts.items()},
        waves=_wave_rows(names, seen, expected, level),
        patterns=_pattern_rows(seen, expected, kinds, level),
        level=level,
    )


def _check_same_columns(waves: Any, due: Any) -> None:
    """Refuse two frames that do not describe the same people at the same waves."""
    if isinstance(due, pd.DataFrame) and isinstance(waves, pd.DataFrame):
        same_rows(waves, due, "waves", "due")
        if list(due.columns) != list(waves.columns):
            raise StatisticsError("Argumenten waves och due: ska ha samma kolumner i samma ordning.")


def _two_dimensional(waves: Any) -> pd.DataFrame:
    refusal = "Argumentet waves: ska ha en rad per person och minst en kolumn (mättillfälle)."
    if isinstance(waves, pd.DataFrame):
        frame = waves
    else:
        try:
            values = np.asarray(waves, dtype=object)  # numpy would turn a missing value among texts into a text
        except ValueError:  # rows of different lengths
            raise StatisticsError(refusal) from None
        if values.ndim != 2:
            raise StatisticsError(refusal)
        frame = pd.DataFrame(values, columns=range(1, values.shape[1] + 1))
    if frame.shape[1] == 0:
        raise StatisticsError(refusal)
    return frame


def _due(due: ArrayLike | None, seen: Flags) -> Flags:
    if due is None:
        return np.ones_like(seen)
    try:
        flags = np.asarray(due, dtype=object)
    except ValueError:  # rows of different lengths
        flags = np.empty(0)
    if flags.shape != seen.shape or not all(isinstance(flag, bool | np.bool_) for flag in flags.ravel()):
        raise StatisticsError("Argumentet due: ska vara sant eller falskt, med samma form som waves.")
    flags = flags.astype(bool)
    if not flags[:, 0].all():
        raise StatisticsError("Argumentet due: första mättillfället ska vara aktuellt för alla.")
    if (seen & ~flags).any():
        raise StatisticsError("Argumentet due: ett mättillfälle som är mätt ska också vara aktuellt.")
    return flags


def _kinds(seen: Flags, due: Flags) -> np.ndarray:
    """Return each person's kind of pattern."""
    missing = due & ~seen
    measured_later = np.cumsum(seen[:, ::-1], axis=1)[:, ::-1] > 0
    holes = (missing & measured_later).any(axis=1)
    conditions = [~seen.any(axis=1), holes, missing.any(axis=1)]
    return np.select(conditions, [NEVER, INTERMITTENT, DROPOUT], COMPLETE)


def _wave_rows(names: list[str], seen: Flags, due: Flags, level: float) -> pd.DataFrame:
    k = seen.shape[1]
    missing = due & ~seen
    last = k - 1 - np.argmax(seen[:, ::-1], axis=1)[seen.any(axis=1)]
    first = np.argmax(missing, axis=1)[missing.any(axis=1)]
    frame = _with_shares(pd.DataFrame({"wave": names, "n": seen.sum(axis=0)}), due.sum(axis=0), level)
    return frame.assign(
        n_last_observed=np.bincount(last, minlength=k),
        n_first_lost=np.bincount(first, minlength=k),
    )


def _pattern_rows(seen: Flags, due: Flags, kinds: np.ndarray, level: float) -> pd.DataFrame:
    marks = np.where(seen, "1", np.where(due, "0", "."))
    people = pd.DataFrame({"pattern": ["".join(row) for row in marks], "kind": kinds})
    frame = people.value_counts().rename("n").reset_index()
    frame = frame.sort_values(["n", "pattern"], ascending=False, ignore_index=True)
    return _with_shares(frame, len(seen), level)


def _with_shares(frame: pd.DataFrame, of: ArrayLike, level: float) -> pd.DataFrame:
    """Return the frame with its counts ``n`` as shares of ``of``; NaN where nobody is."""
    low, high = wilson(frame["n"].to_numpy(), of, level)
    total = np.broadcast_to(np.asarray(of), len(frame))
    share = frame["n"] / np.where(total > 0, total, np.nan)
    return frame.assign(of=total, share=share, low=low, high=high)
