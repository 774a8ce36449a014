"""The parts of an Excel workbook, read as streams: which sheets it has, its texts, its formats and one sheet's cells.

Only the standard library's XML parser reads a stranger's file. It never resolves an entity, every part is read once
from beginning to end, and a sheet is refused at the first cell outside the limits, so that neither time nor memory
depends on what the file claims to hold.
"""

from __future__ import annotations

import posixpath
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from xml.parsers import expat

from isu_analysis.intake.archives import MAX_COLUMNS, MAX_ROWS
from isu_analysis.intake.checks import Fault

Attributes = dict[str, str]

_CHUNK = 1 << 16
_MOST_TEXTS = 10_000_000  # as many as there can be cells
_ERRORS = {
    "#N/A", "#REF!", "#VALUE!", "#NAME?", "#DIV/0!", "#NUM!", "#NULL!", "#SPILL!", "#CALC!", "#FIELD!",
    "#SAKNAS!", "#REFERENS!", "#VÄRDEFEL!", "#NAMN?", "#DIVISION/0!", "#OGILTIGT!", "#SKÄRNING!",
}  # fmt: skip
_ERROR = Fault("cellen visar ett formelfel", "ett värde eller tomt")
_UNCALCULATED = Fault("formeln har aldrig räknats ut", "öppna och spara om filen i Excel")
_NO_DATE = Fault("talet är inget datum, fast cellen är formaterad som datum", "ett datum, eller ett annat cellformat")


class TooLarge(Exception):
    """The sheet has more rows or columns than any unit's."""


class Foreign(Exception):
    """The part holds something that Excel never writes, such as entities, which grow when read."""


class Damaged(Exception):
    """The part contradicts itself."""


@dataclass(frozen=True)
class Contents:
    """What a workbook holds: sheet names to their parts, and the parts of texts and formats."""

    sheets: dict[str, str]
    texts: str
    styles: str
    since_1904: bool


@dataclass(frozen=True)
class Formats:
    """Which cell formats show a number as a date or as a length of time; `since_1904` as old Macs count days."""

    dates: frozenset[int]
    durations: frozenset[int]
    since_1904: bool


def contents(archive: zipfile.ZipFile) -> Contents:
    """Read which sheets there are and where."""
    targets: dict[str, tuple[str, str]] = {}
    sheets: list[tuple[str, str]] = []
    flags: Attributes = {}

    def relation(name: str, attributes: Attributes) -> None:
        if name == "Relationship":
            target = posixpath.normpath(posixpath.join("/xl", attributes["Target"])).lstrip("/")
            targets[attributes["Id"]] = (attributes["Type"].rpartition("/")[2], target)

    def part(name: str, attributes: Attributes) -> None:
        if name == "sheet":
            sheets.append((attributes["name"], next(value for key, value in attributes.items() if key.endswith(":id"))))
        elif name == "workbookPr":
            flags.update(attributes)

    _parse(archive, "xl/_rels/workbook.xml.rels", relation)
    _parse(archive, "xl/workbook.xml", part)
    parts = dict(targets.values())
    return Contents(
        {name: targets[place][1] for name, place in sheets if targets[place][0] == "worksheet"},
        parts.get("sharedStrings", ""),
        parts.get("styles", ""),
        flags.get("date1904") in {"1", "true"},
    )


def formats(archive: zipfile.ZipFile, found: Contents) -> Formats:
    """Read which cell formats are dates and which are lengths of time."""
    from openpyxl.styles.numbers import BUILTIN_FORMATS, is_date_format, is_timedelta_format

    patterns = dict(BUILTIN_FORMATS)
    used: list[int] = []
    inside = False

    def start(name: str, attributes: Attributes) -> None:
        nonlocal inside
        if name == "cellXfs":
            inside = True
        elif name == "xf" and inside:
            used.append(int(attributes.get("numFmtId", "0")))
        elif name == "numFmt":
            patterns[int(attributes["numFmtId"])] = attributes["formatCode"]

    def end(name: str) -> None:
        nonlocal inside
        inside = inside and name != "cellXfs"

    if found.styles in archive.namelist():
        _parse(archive, found.styles, start, end)
    dates = {pattern for pattern in set(used) if is_date_format(patterns.get(pattern))}
    durations = {pattern for pattern in dates if is_timedelta_format(patterns.get(pattern))}
    places = tuple(enumerate(used))
    return Formats(
        frozenset(place for place, pattern in places if pattern in dates),
        frozenset(place for place, pattern in places if pattern in durations),
        found.since_1904,
    )


def texts(archive: zipfile.ZipFile, found: Contents) -> list[str]:
    """Read the texts that cells refer to by number."""
    kept: list[str] = []
    waiting: list[str] = []
    state = {"text": False, "spoken": False}  # the spoken form of a text, in some languages, is no part of it

    def start(name: str, _: Attributes) -> None:
        if name == "si":
            waiting.clear()
            if len(kept) >= _MOST_TEXTS:
                raise TooLarge
        elif name == "rPh":
            state["spoken"] = True
        state["text"] = name == "t" and not state["spoken"]

    def end(name: str) -> None:
        state["text"] = False
        if name == "si":
            kept.append("".join(waiting))
        elif name == "rPh":
            state["spoken"] = False

    def said(letters: str) -> None:
        if state["text"]:
            waiting.append(letters)

    if found.texts in archive.namelist():
        _parse(archive, found.texts, start, end, said)
    return kept


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

    def read(self, archive: zipfile.ZipFile, part: str) -> None:
        """Read a sheet's part.

        Raises
        ------
        TooLarge, Foreign, Damaged
        """
        _parse(archive, part, self._start, self._end, self._said)
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
            return _ERROR
        if kind in {"s", "str", "inlineStr"}:
            text = self.texts[int(said)] if kind == "s" else said
            return _ERROR if text[:1] == "#" and text.strip() in _ERRORS else text
        if kind == "b":
            return said not in {"0", "false"}
        return self._date(said) if kind == "d" else self._number(said)

    def _date(self, said: str) -> Any:
        from openpyxl.utils.datetime import from_ISO8601

        return from_ISO8601(said)

    def _number(self, said: str) -> Any:
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


def _parse(
    archive: zipfile.ZipFile,
    part: str,
    start: Callable[[str, Attributes], None],
    end: Callable[[str], None] | None = None,
    said: Callable[[str], None] | None = None,
) -> None:
    """Send a part through the handlers; tags are named without prefix, since some programs write ``<x:row>``."""
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler = lambda name, attributes: start(_local(name), attributes)
    if end is not None:
        ended = end
        parser.EndElementHandler = lambda name: ended(_local(name))
    parser.CharacterDataHandler = said
    parser.StartDoctypeDeclHandler = _refuse
    with archive.open(part) as stream:
        while chunk := stream.read(_CHUNK):
            if b"\x00" in chunk:  # another encoding than Excel's, or no text at all
                raise Foreign
            parser.Parse(chunk)
        parser.Parse(b"", True)


def _local(name: str) -> str:
    return name.rpartition(":")[2] if ":" in name else name


def _refuse(*_: object) -> None:
    raise Foreign
