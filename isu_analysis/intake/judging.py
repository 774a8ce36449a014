"""One column of a sheet at a time: its distinct cells through a rule, and every row that breaks it on the list."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from isu_analysis.intake import cells as rules
from isu_analysis.intake.answers import Rule, Texts
from isu_analysis.intake.cells import CellProblem
from isu_analysis.intake.checks import Fault, Problem
from isu_analysis.intake.columns import Cells, Flags
from isu_analysis.intake.identities import names_somebody
from isu_analysis.intake.readers import Sheet
from isu_analysis.settings import BackgroundColumn, Column, Source

Dates = npt.NDArray[np.datetime64]


@dataclass(frozen=True)
class SheetColumns:
    """Reads the columns of one sheet, and lists in `problems` what breaks a rule."""

    source: Source
    sheet: Sheet
    problems: list[Problem]

    @property
    def rows(self) -> int:
        """How many rows the sheet has."""
        return len(self.sheet.numbers)

    def date(self, heading: str | None) -> Dates:
        """Dates of a column; none where the source names no such column."""
        if heading is None:
            return np.full(self.rows, "NaT", dtype="datetime64[ms]")
        return self.judge(
            heading, self.sheet.columns[heading], lambda cell: rules.date(cell, self.source.date_format)
        ).dates()

    def coded(self, column: Column | BackgroundColumn | None) -> Cells:
        """Codes of texts; None for an empty cell and for texts declared as missing."""
        if column is None:
            return Cells.constant(None, self.rows)
        texts = Texts(column.values, column.missing)

        def read(cell: Any) -> str | None:
            if texts.is_missing(cell):
                return None
            text = rules.as_text(texts.answer(cell))
            if not texts.values and names_somebody(text):
                raise CellProblem(
                    "texten ser ut att innehålla ett personnummer eller en e-postadress",
                    "en text som inte är om någon viss person",
                )
            return text

        return self.judge(column.column, self.sheet.columns[column.column], read)

    def plain(self, heading: str | None) -> Cells:
        """Texts of a column as they stand, whatever they hold: for what is kept as a pseudonym."""
        if heading is None:
            return Cells.constant(None, self.rows)
        return self.judge(heading, self.sheet.columns[heading], rules.as_text)

    def number(
        self, heading: str | None, low: float, high: float, texts: Texts | None = None
    ) -> npt.NDArray[np.float64]:
        """Numbers of a column, held against a span; NaN for empty cells and those declared as missing."""
        if heading is None:
            return np.full(self.rows, math.nan)

        def read(cell: Any) -> float | None:
            if texts and texts.is_missing(cell):
                return None
            value = rules.number(cell, self.source.decimal)
            if not low <= value <= high:
                raise CellProblem("värdet ligger utanför det som är rimligt", rules.span(low, high))
            return value

        return self.judge(heading, self.sheet.columns[heading], read).floats()

    def judge(self, heading: str, column: Cells, rule: Rule) -> Cells:
        """Put each distinct cell through a rule; what breaks it is listed at every row it stands in, and read as None."""
        read: list[Any] = []
        wrong: dict[tuple[str, str], list[int]] = {}
        for code, cell in enumerate(column.values):
            try:
                if isinstance(cell, Fault):
                    raise CellProblem(cell.what, cell.allowed)
                read.append(None if cell is None else rule(cell))
            except CellProblem as error:
                read.append(None)
                wrong.setdefault((error.what, error.allowed), []).append(code)
        for (what, allowed), codes in wrong.items():
            self.problem_at(heading, np.isin(column.codes, codes), what, allowed)
        return Cells(read, column.codes)

    def problem_at(self, heading: str | None, rows: Flags, what: str, allowed: str) -> None:
        """List the same problem at every row chosen."""
        self.problems.extend(
            self.sheet.problem(number, heading or "", what, allowed) for number in self.sheet.numbers[rows].tolist()
        )


def year_of(days: Dates) -> npt.NDArray[np.float64]:
    """Year of each day; NaN where there is none."""
    years = days.astype("datetime64[Y]").astype(float) + 1970
    return np.where(np.isnat(days), math.nan, years)
