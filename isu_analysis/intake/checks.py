"""Problems in raw files: every one listed, with file, sheet, row and column, never with the value itself."""

from __future__ import annotations

import io
from dataclasses import dataclass

from isu_analysis.errors import IntakeError

SHOWN_ON_SCREEN = 50  # the whole list goes to the workbook


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
        return f"{', '.join(place)}: {self.what}.{allowed}"


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
    sheet = workbook.active
    sheet.title = "Att rätta"
    rows = [("Fil", "Blad", "Rad", "Kolumn", "Vad är fel", "Tillåtet")]
    rows += [(p.file, p.sheet, p.row or "", p.column, p.what, p.allowed) for p in problems]  # type: ignore[misc]
    for row in rows:
        sheet.append(row)
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
        self.problems = sorted(problems)
        count = "1 problem" if len(problems) == 1 else f"{len(problems)} problem"
        super().__init__(f"{unit}: {count} i råfilerna.\n{as_text(self.problems)}")
