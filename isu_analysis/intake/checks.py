"""Problems in raw files: every one listed, with file, sheet, row and column, never with the value itself."""

from __future__ import annotations

import heapq
import io
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from isu_analysis.errors import IntakeError
from isu_analysis.intake.columns import Cells

SHOWN_ON_SCREEN = 50  # the whole list goes to the workbook
MOST_ALIKE = 1_000  # of the same kind in one column; a wrong column of a million rows is one thing to mend
_CONTROL = re.compile(r"[\x00-\x1f\x7f]+")  # in a heading or a file's name; a workbook cannot hold them


@dataclass(frozen=True, order=True)
class Problem:
    """One thing to mend in a raw file.

    Attributes
    ----------
    file, sheet : str
        Where; the sheet is empty for text files.
    row : int
        Row number as the spreadsheet shows it; 0 for the file as a whole.
    column : str
        Column letter and heading; empty for the row as a whole.
    what, allowed : str
        What is wrong, and what is allowed. Neither holds the cell's content.
    """

    file: str
    sheet: str
    row: int
    column: str
    what: str
    allowed: str = ""

    def __str__(self) -> str:
        place = [self.file]
        place += [f"blad «{self.sheet}»"] if self.sheet else []
        place += [f"rad {self.row}"] if self.row else []
        place += [f"kolumn {self.column}"] if self.column else []
        allowed = f" Tillåtet: {self.allowed}." if self.allowed else ""
        return _CONTROL.sub(" ", f"{', '.join(place)}: {self.what}.{allowed}")


class Unreadable(Exception):
    """The file as a whole cannot be used; `problems` says why."""

    def __init__(self, *problems: Problem) -> None:
        self.problems = problems
        super().__init__(as_text(list(problems)))


@dataclass(frozen=True)
class Fault:
    """Stands in a cell that holds no value anyone can use: what is wrong, and what is allowed."""

    what: str
    allowed: str


FAILED_FORMULA = Fault("cellen visar ett formelfel", "ett värde eller tomt")


@dataclass(frozen=True, repr=False)
class Grid:
    """Cells of one sheet before anything is known of headings, and what was wrong already then.

    ``columns`` holds what stands below the headings where the file has been read by column; then ``rows`` ends with
    the headings. ``encoding`` is how a text file was read.
    """

    name: str
    rows: Iterable[Sequence[Any]]
    problems: tuple[Problem, ...] = ()
    columns: Sequence[Cells] | None = None
    encoding: str = ""
    others: int = 0

    def __repr__(self) -> str:
        return f"Grid({self.name!r})"


def bounded(problems: Iterable[Problem]) -> list[Problem]:
    """Problems in order, each once; of those alike in one column the first thousand and how many more there are."""
    alike: dict[tuple[str, str, str, str], set[Problem]] = {}
    for problem in problems:
        alike.setdefault((problem.file, problem.sheet, problem.column, problem.what), set()).add(problem)
    kept: list[Problem] = []
    for (file, sheet, column, what), found in alike.items():
        kept += heapq.nsmallest(MOST_ALIKE, found)
        more = len(found) - MOST_ALIKE
        if more > 0:
            kept.append(Problem(file, sheet, 0, column, f"{what}: {more} rader till", "rätta dem på samma sätt"))
    return sorted(kept)


def of_file(path: Path, what: str, allowed: str, row: int = 0, sheet: str = "") -> Unreadable:
    """Build the error for a file that cannot be used."""
    return Unreadable(Problem(path.name, sheet, row, "", what, allowed))


def column_letter(index: int) -> str:
    """Letter of a column counted from 0, as the spreadsheet shows it: 0 -> A, 26 -> AA."""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def as_text(problems: list[Problem]) -> str:
    """List of problems for the screen; past 50 the rest is counted."""
    lines = [str(problem) for problem in problems[:SHOWN_ON_SCREEN]]
    if len(problems) > SHOWN_ON_SCREEN:
        lines.append(f"… och {len(problems) - SHOWN_ON_SCREEN} till. Hela listan finns i problem.xlsx.")
    return "\n".join(lines)


def as_workbook(problems: list[Problem]) -> bytes:
    """The list as an Excel workbook for the unit's staff; texts are never formulas."""
    from openpyxl import Workbook

    workbook = Workbook()
    sheet = workbook.worksheets[0]
    sheet.title = "Att rätta"
    rows: list[tuple[str | int, ...]] = [("Fil", "Blad", "Rad", "Kolumn", "Vad är fel", "Tillåtet")]
    rows += [(p.file, p.sheet, p.row or "", p.column, p.what, p.allowed) for p in problems]
    for row in rows:
        sheet.append([_CONTROL.sub(" ", text) if isinstance(text, str) else text for text in row])
        for cell in sheet[sheet.max_row]:
            if isinstance(cell.value, str):
                cell.data_type = "s"
    sheet.freeze_panes = "A2"
    for letter, width in zip("ABCDEF", (28, 18, 7, 28, 60, 60), strict=True):
        sheet.column_dimensions[letter].width = width
    stream = io.BytesIO()
    workbook.save(stream)
    return stream.getvalue()


class ProblemsFound(IntakeError):
    """Raw files break the rules of the unit file; `problems` lists all of them."""

    def __init__(self, unit: str, problems: list[Problem]) -> None:
        self.problems: list[Problem] = bounded(problems)
        super().__init__(f"{unit}: {len(self.problems)} problem i råfilerna.\n{as_text(self.problems)}")
