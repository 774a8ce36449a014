"""Raw files as rows of cells under headings: xlsx and csv, opened only after a look at what they are."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from isu_analysis.intake.checks import Fault, Grid, Problem, Unreadable, column_letter, of_file
from isu_analysis.intake.textfiles import read_text
from isu_analysis.intake.workbooks import read_workbook
from isu_analysis.settings import Source

__all__ = ["Sheet", "Unreadable", "read"]

_SPACES = dict.fromkeys(map(ord, "\u00a0\u202f\u2009\u2007"), " ")  # hard and thin spaces, as in «1 234,5»


@dataclass(frozen=True, repr=False)
class Sheet:
    """Rows of one sheet.

    Attributes
    ----------
    letters : dict of str to str
        Heading to column letter, as the spreadsheet shows it.
    rows : tuple of (int, dict)
        Row number and cells by heading; blank rows are left out.
    problems : tuple of Problem
        Found while reading; the rows they are about are left out.
    """

    file: str
    name: str
    letters: dict[str, str]
    rows: tuple[tuple[int, dict[str, Any]], ...]
    problems: tuple[Problem, ...] = ()

    def column(self, heading: str) -> str:
        """Column as the spreadsheet user knows it: letter and heading."""
        return f"{self.letters.get(heading, '?')} ({' '.join(heading.split())})"

    def problem(self, row: int, heading: str, what: str, allowed: str = "") -> Problem:
        """Build a problem at a cell of this sheet."""
        return Problem(self.file, self.name, row, self.column(heading) if heading else "", what, allowed)

    def __repr__(self) -> str:
        return f"Sheet({self.file!r}, {len(self.rows)} rows)"


def read(path: Path, source: Source) -> Sheet:
    """Read the sheet that a source describes.

    Raises
    ------
    Unreadable
        The file is not what its name says, too large, empty, or lacks its headings.
    """
    readers = {".xlsx": read_workbook, ".xlsm": read_workbook, ".csv": read_text, ".txt": read_text}
    reader = readers.get(path.suffix.lower())
    if reader is None:
        raise of_file(path, "filslaget kan inte läsas", ".xlsx eller .csv")
    try:
        grid = reader(path, source)
    except OSError:
        raise of_file(path, "filen kan inte öppnas", "stäng den i andra program och kör igen") from None
    return _with_headings(path, grid, source)


def _with_headings(path: Path, grid: Grid, source: Source) -> Sheet:
    place = source.header_row
    if len(grid.rows) < place:
        raise of_file(path, "filen är tom", f"rubriker på rad {place}", sheet=grid.name)
    headings = [_heading(cell) for cell in grid.rows[place - 1]]
    if not any(headings):
        raise of_file(path, "rubrikraden är tom", "en rubrik i varje kolumn", place, grid.name)
    wrong = list(_wrong_headings(path, grid.name, headings, source))
    if wrong:
        known = set(headings) & set(source.columns)
        raise Unreadable(*wrong, *(grid.problems if known else ()))
    letters = {heading: column_letter(i) for i, heading in enumerate(headings) if heading}
    return Sheet(path.name, grid.name, letters, tuple(_rows(grid.rows, place, headings)), grid.problems)


def _wrong_headings(path: Path, sheet: str, headings: list[str], source: Source) -> Iterator[Problem]:
    for heading in source.columns:
        if headings.count(heading) > 1:
            letters = ", ".join(column_letter(i) for i, other in enumerate(headings) if other == heading)
            yield Problem(path.name, sheet, source.header_row, letters, f"rubriken «{heading}» står i flera kolumner",
                          "varje rubrik en gång")  # fmt: skip
    missing = [heading for heading in source.columns if heading not in headings]
    if len(missing) == len(source.columns) and missing:
        # Perhaps no headings at all but a person's row, so nothing of it is quoted.
        yield Problem(path.name, sheet, source.header_row, "", "ingen av enhetsfilens rubriker står på raden",
                      "rubrikerna i enhetsfilen; kontrollera «header_row» och skiljetecknet")  # fmt: skip
    elif missing:
        found = ", ".join(f"«{heading}»" for heading in dict.fromkeys(headings) if heading)
        for heading in missing:
            yield Problem(path.name, sheet, source.header_row, "", f"kolumnen «{heading}» saknas",
                          f"rubrikerna i enhetsfilen. I filen finns {found}")  # fmt: skip


def _heading(cell: Any) -> str:
    cell = _blank(cell)
    return "" if cell is None or isinstance(cell, Fault) else str(cell)


def _rows(cells: list[list[Any]], header_row: int, headings: list[str]) -> Iterator[tuple[int, dict[str, Any]]]:
    for number, row in enumerate(cells[header_row:], start=header_row + 1):
        values = {heading: _blank(cell) for heading, cell in zip(headings, row, strict=False) if heading}
        if any(value is not None for value in values.values()):
            yield number, values


def _blank(cell: Any) -> Any:
    """Text without space around it, with plain spaces and composed letters; None if nothing is left."""
    if isinstance(cell, str):
        cell = unicodedata.normalize("NFC", cell).translate(_SPACES).strip()
    return None if cell == "" else cell
