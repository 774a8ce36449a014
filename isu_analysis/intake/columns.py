"""A column of a raw file as its distinct cells, and which of them each row holds.

A column of a million rows holds few distinct texts. What a cell means is judged once for each of them, and every row
gets the answer by its code: nothing is judged twice, and the cells themselves are kept once.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

Codes = npt.NDArray[np.int32]
Flags = npt.NDArray[np.bool_]

_CHUNK = 65_536  # rows taken at a time, so that only the distinct cells are ever held as objects


@dataclass(frozen=True, repr=False)
class Cells:
    """One column.

    Attributes
    ----------
    values : sequence
        Distinct cells, or what they were read as (then several may be alike).
    codes : ndarray of int32, shape (rows,)
        Place in `values` of each row's cell.
    """

    values: Sequence[Any]
    codes: Codes

    @classmethod
    def constant(cls, value: Any, rows: int) -> Cells:
        """Give every row the same value."""
        return cls([value], np.zeros(rows, dtype=np.int32))

    @classmethod
    def joined(cls, parts: Sequence[Cells]) -> Cells:
        """Put columns below each other; values that are alike become one."""
        if len(parts) == 1 and len(set(parts[0].values)) == len(parts[0].values):
            return parts[0]
        places: defaultdict[Any, int] = defaultdict()
        places.default_factory = places.__len__
        moved = [np.fromiter(map(places.__getitem__, part.values), np.int32, len(part.values)) for part in parts]
        codes = [place[part.codes] for place, part in zip(moved, parts, strict=True)]
        return cls(list(places), np.concatenate(codes) if codes else np.zeros(0, dtype=np.int32))

    def cell(self, row: int) -> Any:
        """Cell of one row."""
        return self.values[self.codes[row]]

    def listed(self) -> list[Any]:
        """Cell of every row."""
        return [self.values[code] for code in self.codes.tolist()]

    def where(self, rows: Flags) -> Cells:
        """The column of some of the rows."""
        return Cells(self.values, self.codes[rows])

    def flags(self, chosen: Sequence[bool]) -> Flags:
        """Rows whose value is chosen; one flag a distinct value."""
        return np.array(chosen, dtype=bool)[self.codes] if len(self.values) else np.zeros(len(self.codes), dtype=bool)

    def filled(self) -> Flags:
        """Rows that hold anything; None is nothing."""
        return self.flags([value is not None for value in self.values])

    def floats(self) -> npt.NDArray[np.float64]:
        """Numbers of the rows, NaN for None."""
        return np.array([np.nan if value is None else value for value in self.values], dtype=float)[self.codes]

    def dates(self) -> npt.NDArray[np.datetime64]:
        """Dates of the rows, NaT for None."""
        return np.array(["NaT" if value is None else value for value in self.values], "datetime64[ms]")[self.codes]

    def strings(self) -> Any:
        """Texts of the rows as a pandas array, missing for None."""
        return pd.array(list(self.values), dtype="string").take(self.codes)

    def __repr__(self) -> str:
        return f"Cells({len(self.values)} distinct in {len(self.codes)} rows)"


class _Coder:
    """Collects one column chunk by chunk; 1, 1.0 and True stay apart as what they are."""

    def __init__(self) -> None:
        self._places: defaultdict[tuple[type, Any], int] = defaultdict()
        self._places.default_factory = self._places.__len__
        self._codes: list[Codes] = []

    def add(self, cells: Sequence[Any]) -> None:
        """Add the next cells of the column."""
        keys = zip(map(type, cells), cells, strict=True)
        self._codes.append(np.fromiter(map(self._places.__getitem__, keys), np.int32, len(cells)))

    def cells(self) -> Cells:
        """Everything that has been added."""
        codes = np.concatenate(self._codes) if self._codes else np.zeros(0, dtype=np.int32)
        return Cells([cell for _, cell in self._places], codes)


def columns_of(rows: Iterable[Sequence[Any]], width: int) -> list[Cells]:
    """Turn rows of equal length into columns."""
    coders = [_Coder() for _ in range(width)]
    waiting: list[Sequence[Any]] = []
    for row in rows:
        waiting.append(row)
        if len(waiting) == _CHUNK:
            _add(coders, waiting)
            waiting = []
    _add(coders, waiting)
    return [coder.cells() for coder in coders]


def _add(coders: list[_Coder], rows: list[Sequence[Any]]) -> None:
    if rows:
        for coder, cells in zip(coders, zip(*rows, strict=True), strict=True):
            coder.add(cells)
