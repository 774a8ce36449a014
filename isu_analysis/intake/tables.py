"""What has been read so far, column by column, with the place of every row so that whatever is wrong can be told."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from isu_analysis.intake.checks import Problem
from isu_analysis.intake.columns import Cells, Flags
from isu_analysis.intake.readers import Sheet
from isu_analysis.settings import Source

Values = npt.NDArray[Any]


@dataclass(frozen=True, repr=False)
class Block:
    """Rows of one kind: texts as `Cells`, numbers and dates as arrays, ``sheet`` and ``row`` among them."""

    texts: Mapping[str, Cells]
    numbers: Mapping[str, Values]

    def __len__(self) -> int:
        return len(self.numbers["row"])

    def where(self, rows: Flags) -> Block:
        """Some of the rows."""
        texts = {name: cells.where(rows) for name, cells in self.texts.items()}
        return Block(texts, {name: values[rows] for name, values in self.numbers.items()})

    @classmethod
    def joined(cls, blocks: Sequence[Block]) -> Block:
        """Put blocks below each other; what a block lacks is missing in its rows."""
        texts = dict.fromkeys(name for block in blocks for name in block.texts)
        numbers = dict.fromkeys(name for block in blocks for name in block.numbers)
        return cls(
            {
                name: Cells.joined([block.texts.get(name, Cells.constant(None, len(block))) for block in blocks])
                for name in texts
            },
            {name: np.concatenate([_of(block, name) for block in blocks]) for name in numbers},
        )

    def __repr__(self) -> str:
        return f"Block({len(self)} rows)"


def _of(block: Block, name: str) -> Values:
    return block.numbers[name] if name in block.numbers else np.full(len(block), np.nan)


def groups(*columns: Cells) -> npt.NDArray[np.int64]:
    """Number of the group of rows that are alike in every column, shape (rows,)."""
    key = np.zeros(len(columns[0].codes), dtype=np.int64)
    for cells in columns:
        if len(cells.values) > 1:
            key = _dense(key * len(cells.values) + _distinct(cells))
    return key


def _distinct(cells: Cells) -> npt.NDArray[np.int64]:
    """Codes in which values that are alike have one code."""
    return Cells.joined([cells]).codes.astype(np.int64)


def _dense(key: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    codes: npt.NDArray[np.int64] = pd.factorize(key)[0].astype(np.int64)
    return codes


@dataclass
class Tables:
    """Everything read of one unit.

    Attributes
    ----------
    sheets : list of (Sheet, Source)
        What ``sheet`` in a block counts.
    problems, warnings : list of Problem
        Problems stop the unit; warnings are told and counted in the report.
    """

    sheets: list[tuple[Sheet, Source]] = field(default_factory=list)
    episodes: list[Block] = field(default_factory=list)
    measurements: list[Block] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    warnings: list[Problem] = field(default_factory=list)

    def problem(self, block: Block, place: int, heading: str, what: str, allowed: str) -> None:
        """List what is wrong with one row of a block."""
        sheet = self.sheets[int(block.numbers["sheet"][place])][0]
        self.problems.append(sheet.problem(block.numbers["row"][place], heading, what, allowed))

    def where(self, block: Block, place: int) -> str:
        """Place of a row in words: ``rad 17 i ärenden.xlsx``."""
        sheet = self.sheets[int(block.numbers["sheet"][place])][0]
        return f"rad {int(block.numbers['row'][place])} i {sheet.file}"

    def __repr__(self) -> str:
        rows = [sum(map(len, blocks)) for blocks in (self.episodes, self.measurements)]
        return f"Tables({rows[0]} episodes, {rows[1]} measurements, {len(self.problems)} problems)"


def repeated(groups_of: npt.NDArray[np.int64]) -> Iterable[tuple[int, int]]:
    """Places of rows whose group has come before, each with the place where it came first."""
    found, first = np.unique(groups_of, return_index=True)
    firsts = first[np.searchsorted(found, groups_of)]
    again = np.flatnonzero(firsts != np.arange(len(groups_of)))
    return zip(again.tolist(), firsts[again].tolist(), strict=True)
