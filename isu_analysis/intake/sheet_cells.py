"""The cells of one sheet of an Excel workbook, read as a stream."""

from __future__ import annotations

import zipfile
from dataclasses import dataclass, field
from typing import Any

from isu_analysis.intake.archives import MAX_COLUMNS, MAX_ROWS
from isu_analysis.intake.checks import FAILED_FORMULA, Fault
from isu_analysis.intake.workbook_parts import Attributes, Damaged, Formats, TooLarge, parse, unescaped

_UNCALCULATED = Fault("formeln har aldrig räknats ut", "öppna och spara om filen i Excel")
_NO_DATE = Fault("talet är inget datum, fast cellen är formaterad som datum", "ett datum, eller ett annat cellformat")


@dataclass
class SheetReader:
    """Collects the cells of one sheet.

    Columns to the right of the last heading are never kept, however far out they are.

    Attributes
    ----------
    rows : list of list
        Cells of every row to the last that the sheet mentions; blank rows are empty lists.
    merged : list of str
        Merged areas, such as ``A2:A4``.
    """

    header_row: int
    texts: list[str]
    formats: Formats
    rows: list[list[Any]] = field(default_factory=list)
    merged: list[str] = field(default_factory=list)
    _width: int = MAX_COLUMNS
    _inside: bool = False
    _row: list[Any] = field(default_factory=list)
    _attributes: Attributes = field(default_factory=dict)
    _letters: list[str] = field(default_factory=list)
    _collecting: bool = False
    _formula: bool = False
    _in_order: bool = True
    _columns: dict[str, int] = field(default_factory=dict)
    _numbers: dict[tuple[str, str | None], Any] = field(default_factory=dict)

    def read(self, archive: zipfile.ZipFile, part: str) -> None:
        """Read a sheet's part.

        Raises
        ------
        TooLarge, Foreign, Damaged
        """
        parse(archive, part, self._start, self._end, self._said)
        if not self._in_order:
            raise Damaged

    def _start(self, name: str, attributes: Attributes) -> None:
        if name == "c":
            self._attributes, self._formula = attributes, False
            self._letters.clear()
        elif name == "v" or (name == "t" and self._attributes.get("t") == "inlineStr"):
            self._collecting = self._inside
        elif name == "f":
            self._formula = True
        elif name == "row" and self._inside:
            self._start_row(attributes.get("r"))
        elif name == "sheetData":
            self._inside = True
        elif name == "mergeCell" and len(self.merged) <= MAX_ROWS:
            self.merged.append(attributes["ref"])

    def _start_row(self, named: str | None) -> None:
        number = int(named) if named else len(self.rows) + 1
        if number > MAX_ROWS:
            raise TooLarge
        # A row told twice would hide one of the two; most of them are read to see whether the sheet is too large.
        self._in_order &= number > len(self.rows)
        self.rows += [[] for _ in range(len(self.rows), number - 1)]
        self._row = []
        self.rows.append(self._row)
        if len(self.rows) > MAX_ROWS:
            raise TooLarge

    def _end(self, name: str) -> None:
        if name in {"v", "t"}:
            self._collecting = False
        elif name == "c" and self._inside:
            self._end_cell()
        elif name == "row" and self._inside and len(self.rows) == self.header_row:
            headed = [place for place, cell in enumerate(self._row, start=1) if cell is not None]
            self._width = max(headed, default=1)
        elif name == "sheetData":
            self._inside = False

    def _said(self, letters: str) -> None:
        if self._collecting:
            self._letters.append(letters)

    def _end_cell(self) -> None:
        column = self._column(self._attributes.get("r"))
        if column > MAX_COLUMNS:
            raise TooLarge
        if column > self._width:
            return
        if column <= len(self._row):
            self._in_order = False
        self._row += [None] * (column - 1 - len(self._row))
        self._row.append(self._value())

    def _column(self, place: str | None) -> int:
        """Number of a cell's column from its address, counted from 1; without an address the next in the row."""
        if place is None:
            return len(self._row) + 1
        letters = place.rstrip("0123456789")
        if letters not in self._columns:
            if not letters.isascii() or not letters.isalpha():
                raise Damaged
            if len(letters) > 3:
                raise TooLarge
            number = 0
            for letter in letters.upper():
                number = number * 26 + ord(letter) - 64
            self._columns[letters] = number
        return self._columns[letters]

    def _value(self) -> Any:
        kind = self._attributes.get("t", "n")
        said = "".join(self._letters)
        if not said:
            # An empty text is a result like any other.
            return _UNCALCULATED if self._formula and kind not in {"str", "inlineStr"} else None
        if kind == "e":
            return FAILED_FORMULA
        if kind in {"s", "str", "inlineStr"}:
            return self.texts[int(said)] if kind == "s" else unescaped(said)
        if kind == "b":
            return said not in {"0", "false"}
        return self._date(said) if kind == "d" else self._number(said)

    def _date(self, said: str) -> Any:
        from openpyxl.utils.datetime import from_ISO8601

        return from_ISO8601(said)

    def _number(self, said: str) -> Any:
        """A number or a date; the same figures are read once for each format, since dates take their time."""
        key = (said, self._attributes.get("s"))
        if key not in self._numbers:
            self._numbers[key] = self._read_number(said)
        return self._numbers[key]

    def _read_number(self, said: str) -> Any:
        value = int(said) if said.lstrip("-").isdigit() and len(said) < 16 else float(said)
        style = int(self._attributes.get("s") or 0)
        if style not in self.formats.dates:
            return value
        from openpyxl.utils.datetime import MAC_EPOCH, WINDOWS_EPOCH, from_excel

        epoch = MAC_EPOCH if self.formats.since_1904 else WINDOWS_EPOCH
        try:
            return from_excel(value, epoch, timedelta=style in self.formats.durations)
        except (OverflowError, ValueError):
            return _NO_DATE
