"""A first look at a raw file nobody has described yet: where its headings are, and what its columns hold."""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

from isu_analysis.errors import IntakeError
from isu_analysis.intake.cells import as_text
from isu_analysis.intake.readers import SPSS, Sheet, Unreadable, read
from isu_analysis.settings import Source

Delimiter = Literal[";", ",", "tab"]
LAST_HEADER_ROW = 6  # exports put a title and a blank row above the headings, seldom more
DATE_FORMS = ("%Y-%m-%d", "%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M", "%Y%m%d", "%d/%m/%Y", "%d.%m.%Y", "%y%m%d")
_NUMBER = re.compile(r"[-+]?\d+([.,]\d+)?")


@dataclass(frozen=True, repr=False)
class RawColumn:
    """A column's heading and the cells that are not empty."""

    heading: str
    cells: tuple[Any, ...]

    @cached_property
    def texts(self) -> Counter[str]:
        """How often each text occurs."""
        return Counter(as_text(cell) for cell in self.cells)

    @property
    def numeric(self) -> bool:
        """Whether every cell is a number."""
        return bool(self.cells) and all(_is_number(cell) for cell in self.cells)

    @property
    def date_form(self) -> str | None:
        """Form of the dates when every cell is a date, else None."""
        written = [cell for cell in self.cells if not isinstance(cell, dt.date)]
        if not self.cells or any(not isinstance(cell, str) for cell in written):
            return None
        return next((form for form in DATE_FORMS if all(_fits(cell, form) for cell in written)), None)

    @property
    def numbers(self) -> tuple[float, ...]:
        """Every cell as a number; nothing unless all are."""
        cells = self.cells if self.numeric else ()
        return tuple(float(str(cell).replace("\u2212", "-").replace(",", ".")) for cell in cells)

    @property
    def years(self) -> set[int]:
        """Years of the dates in a column of dates."""
        form = self.date_form or ""
        dates = [cell if isinstance(cell, dt.date) else dt.datetime.strptime(cell, form) for cell in self.cells if form]
        return {date.year for date in dates}

    @cached_property
    def groups(self) -> dict[str, list[str]]:
        """Spellings of the same text under the most common of them, the most common text first.

        Only capitals and spaces are let pass: a text that begins another may be another answer.
        """
        found: dict[str, list[str]] = {}
        for text in sorted(self.texts, key=lambda text: -self.texts[text]):
            found.setdefault(_folded(text), []).append(text)
        return {same[0]: same for same in sorted(found.values(), key=lambda same: -self.times(same[0]))}

    def times(self, text: str) -> int:
        """How often a text occurs, whatever its capitals and spaces."""
        return self._in_full[_folded(text)]

    @cached_property
    def _in_full(self) -> Counter[str]:
        return Counter(_folded(as_text(cell)) for cell in self.cells)

    def __repr__(self) -> str:
        return f"RawColumn({self.heading!r}, {len(self.cells)} cells)"


@dataclass(frozen=True, repr=False)
class Look:
    """What a raw file looks like.

    Attributes
    ----------
    sheet : str or None
        Name of the sheet chosen when the workbook has several, else None.
    columns : tuple of RawColumn
        In the order of the file.
    rows : int
        Rows below the headings.
    sum_row : int
        Number of a last row that holds sums, which is in no column here; 0 if there is none.
    """

    path: Path
    sheet: str | None
    header_row: int
    delimiter: Delimiter
    columns: tuple[RawColumn, ...]
    rows: int
    sum_row: int = 0

    @property
    def decimal(self) -> str:
        """Decimal sign of numbers written as text; a comma unless only points are seen."""
        written = [cell for column in self.columns if column.numeric for cell in column.cells if isinstance(cell, str)]
        return "." if any("." in cell for cell in written) and not any("," in cell for cell in written) else ","

    def __repr__(self) -> str:
        return f"Look({self.path.name!r}, {self.rows} rows)"


def look(path: Path) -> Look:
    """Read a raw file without a unit file: the sheet and heading row under which most rows make a table.

    Raises
    ------
    IntakeError
        The file cannot be read, or holds no table.
    """
    if not path.is_file():
        raise IntakeError(f"Filen {path.name} finns inte. Kontrollera namnet och mappen.")
    found: list[tuple[Source, Sheet]] = []
    first: Unreadable | None = None
    for source in _tries(path):
        try:
            sheet = read(path, source)
        except Unreadable as error:
            first = first or error
            continue
        if len(sheet.letters) >= 2 and sheet.rows:
            found.append((source, sheet))
    if not found:
        raise IntakeError(str(first) if first else f"{path.name}: hittar ingen tabell med rubriker.")
    source, sheet = max(found, key=lambda pair: (len(pair[1].letters), len(pair[1].rows)))
    columns = tuple(_column(sheet.rows, heading) for heading in sheet.letters)
    where = (source.sheet, source.header_row, source.delimiter)
    last = max(sheet.sums, default=0)
    return Look(path, *where, columns, len(sheet.rows), last if last > sheet.rows[-1][0] else 0)


def _tries(path: Path) -> Iterator[Source]:
    delimiters: tuple[Delimiter, ...] = (";", ",", "tab") if path.suffix.lower() in {".csv", ".txt"} else (";",)
    for sheet in _sheets(path):
        for delimiter in delimiters:
            for row in range(1, 2 if path.suffix.lower() in SPSS else LAST_HEADER_ROW + 1):
                yield Source(file=path.name, rows="form", sheet=sheet, header_row=row, delimiter=delimiter)


def _sheets(path: Path) -> list[str | None]:
    """Names of the sheets to try; None stands for the only one there is."""
    if path.suffix.lower() not in {".xlsx", ".xlsm"}:
        return [None]
    try:
        read(path, Source(file=path.name, rows="form"))  # looks into the archive before openpyxl opens it
    except Unreadable:
        return [None]
    import openpyxl

    names = openpyxl.load_workbook(path, read_only=True).sheetnames
    return [None] if len(names) == 1 else list(names)


def _column(rows: Iterable[tuple[int, dict[str, Any]]], heading: str) -> RawColumn:
    return RawColumn(heading, tuple(row[heading] for _, row in rows if row.get(heading) is not None))


def letters(text: str) -> str:
    """Letters and figures of a text, in lower case; a text of signs only stays as it is."""
    return re.sub(r"[\W_]+", "", text.casefold()) or text


def _folded(text: str) -> str:
    """A text without its capitals and spaces."""
    return "".join(text.casefold().split())


def _is_number(cell: Any) -> bool:
    if isinstance(cell, str):
        return bool(_NUMBER.fullmatch(cell.replace("\u2212", "-")))
    return isinstance(cell, int | float) and not isinstance(cell, bool)


def _fits(text: str, form: str) -> bool:
    try:
        dt.datetime.strptime(text, form)
    except ValueError:
        return False
    return True
