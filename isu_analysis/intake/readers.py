"""Raw files as rows of cells: xlsx and csv, opened only after a look at what they are."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from isu_analysis.intake.checks import Problem
from isu_analysis.settings import Source

MAX_ROWS = 50_000
MAX_COLUMNS = 200
MAX_UNPACKED = 200_000_000  # bytes; a spreadsheet of 50 000 x 200 cells unpacks to less
MAX_RATIO = 300  # unpacked to packed; ordinary sheets lie under 30

_MOJIBAKE = re.compile("Ã[¥¤¶…„–…\u0085\u0084\u0096]|ï»¿|\ufffd")
_ERROR_VALUES = ["#N/A", "#REF!", "#VALUE!", "#NAME?", "#DIV/0!", "#NUM!", "#NULL!"]


class Unreadable(Exception):
    """The file as a whole cannot be used; holds the problem."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        super().__init__(str(problem))


@dataclass(frozen=True)
class Sheet:
    """Rows of one sheet. ``letters`` maps a heading to its column letter (or number in a text file)."""

    file: str
    name: str
    letters: dict[str, str]
    rows: tuple[tuple[int, dict[str, Any]], ...]

    def column(self, heading: str) -> str:
        """Column as the spreadsheet user knows it: letter and heading."""
        return f"{self.letters.get(heading, '?')} ({heading})"

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
    suffix = path.suffix.lower()
    if suffix in {".xlsx", ".xlsm"}:
        cells, name = _xlsx(path, source)
    elif suffix in {".csv", ".txt"}:
        cells, name = _csv(path, source), ""
    else:
        raise Unreadable(Problem(path.name, "", 0, "", "filslaget kan inte läsas", ".xlsx eller .csv"))
    return _with_headings(path.name, name, cells, source)


def _with_headings(file: str, name: str, cells: list[list[Any]], source: Source) -> Sheet:
    if len(cells) < source.header_row:
        raise Unreadable(Problem(file, name, 0, "", "filen är tom", f"rubriker på rad {source.header_row}"))
    headings = [str(cell).strip() if cell is not None else "" for cell in cells[source.header_row - 1]]
    if not any(headings):
        raise Unreadable(Problem(file, name, source.header_row, "", "rubrikraden är tom", "en rubrik i varje kolumn"))
    twice = sorted({heading for heading in headings if heading and headings.count(heading) > 1})
    if twice:
        raise Unreadable(Problem(file, name, source.header_row, "", f"rubriken «{twice[0]}» står i flera kolumner"))
    letters = {heading: _letter(i) for i, heading in enumerate(headings) if heading}
    missing = [heading for heading in source.columns if heading not in letters]
    if missing:
        listed = ", ".join(f"«{heading}»" for heading in missing)
        found = ", ".join(f"«{heading}»" for heading in letters)
        raise Unreadable(
            Problem(
                file,
                name,
                source.header_row,
                "",
                f"kolumner saknas: {listed}",
                f"rubrikerna i enhetsfilen. I filen finns {found}",
            )
        )
    return Sheet(file, name, letters, tuple(_rows(cells, source.header_row, headings)))


def _rows(cells: list[list[Any]], header_row: int, headings: list[str]) -> Iterator[tuple[int, dict[str, Any]]]:
    for number, row in enumerate(cells[header_row:], start=header_row + 1):
        values = {heading: _blank(cell) for heading, cell in zip(headings, row, strict=False) if heading}
        if any(value is not None for value in values.values()):
            yield number, values


def _blank(cell: Any) -> Any:
    if isinstance(cell, str):
        cell = cell.replace("\u00a0", " ").replace("\u202f", " ").strip()
    return None if cell == "" else cell


def _letter(index: int) -> str:
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def _xlsx(path: Path, source: Source) -> tuple[list[list[Any]], str]:
    has_formulas = _scan_archive(path)
    import openpyxl

    try:
        workbook = openpyxl.load_workbook(path, data_only=True)
        sheet = _pick_sheet(path, workbook, source)
        _refuse_merged(path, sheet, source)
        cells = [[cell.value for cell in row] for row in sheet.iter_rows()]
        if has_formulas:
            _refuse_uncalculated(path, sheet.title, cells)
    except Unreadable:
        raise
    except Exception:  # noqa: BLE001 - a damaged workbook can fail anywhere inside the reader
        raise Unreadable(
            Problem(path.name, "", 0, "", "arbetsboken är skadad och kan inte läsas", "öppna och spara om den i Excel")
        ) from None
    for number, row in enumerate(cells, start=1):
        for index, value in enumerate(row):
            if isinstance(value, str) and value in _ERROR_VALUES:
                raise Unreadable(
                    Problem(
                        path.name,
                        sheet.title,
                        number,
                        _letter(index),
                        "cellen visar ett formelfel",
                        "ett värde eller tomt",
                    )
                )
    return cells, sheet.title


def _scan_archive(path: Path) -> bool:
    """Look into the archive before any reader does; return whether a sheet holds formulas."""
    head = path.read_bytes()[:8]
    if not head:
        raise Unreadable(Problem(path.name, "", 0, "", "filen är tom", "en arbetsbok med rubriker"))
    if head.startswith(b"\xd0\xcf\x11\xe0"):
        raise Unreadable(
            Problem(
                path.name,
                "",
                0,
                "",
                "filen är lösenordsskyddad eller i ett äldre Excel-format",
                "spara om som .xlsx utan lösenord",
            )
        )
    if not zipfile.is_zipfile(path):
        raise Unreadable(
            Problem(path.name, "", 0, "", "filen är inte en Excel-arbetsbok, fast namnet säger det", ".xlsx")
        )
    with zipfile.ZipFile(path) as archive:
        entries = archive.infolist()
        unpacked = sum(entry.file_size for entry in entries)
        packed = max(1, sum(entry.compress_size for entry in entries))
        if not any(entry.filename == "xl/workbook.xml" for entry in entries):
            raise Unreadable(
                Problem(path.name, "", 0, "", "filen är inte en Excel-arbetsbok, fast namnet säger det", ".xlsx")
            )
        if unpacked > MAX_UNPACKED or unpacked / packed > MAX_RATIO:
            raise Unreadable(
                Problem(path.name, "", 0, "", "arbetsboken packar upp till orimligt mycket", "en vanlig tabell")
            )
        return _scan_sheets(path, archive)


def _scan_sheets(path: Path, archive: zipfile.ZipFile) -> bool:
    formulas = False
    for name in archive.namelist():
        if name.startswith("xl/worksheets/") and name.endswith(".xml"):
            content = archive.read(name)
            if any(int(row) > MAX_ROWS for row in re.findall(rb'<row [^>]*?r="(\d+)"', content)) or re.search(
                rb' r="[A-Z]{3}\d+"', content
            ):
                raise Unreadable(
                    Problem(
                        path.name,
                        "",
                        0,
                        "",
                        "bladet är för stort",
                        f"högst {MAX_ROWS} rader och {MAX_COLUMNS} kolumner",
                    )
                )
            formulas = formulas or b"<f>" in content or b"<f " in content
    return formulas


def _pick_sheet(path: Path, workbook: Any, source: Source) -> Any:
    if source.sheet is None:
        return workbook.worksheets[0]
    if source.sheet not in workbook.sheetnames:
        found = ", ".join(f"«{name}»" for name in workbook.sheetnames)
        raise Unreadable(Problem(path.name, "", 0, "", f"bladet «{source.sheet}» finns inte", f"ett av bladen {found}"))
    return workbook[source.sheet]


def _refuse_merged(path: Path, sheet: Any, source: Source) -> None:
    for area in sheet.merged_cells.ranges:
        if area.max_row >= source.header_row:
            raise Unreadable(
                Problem(
                    path.name,
                    sheet.title,
                    area.min_row,
                    "",
                    "sammanfogade celler bland rubriker eller data",
                    "en cell för varje värde",
                )
            )


def _refuse_uncalculated(path: Path, name: str, values: list[list[Any]]) -> None:
    import openpyxl

    formulas = openpyxl.load_workbook(path, data_only=False)[name]
    for row, computed in zip(formulas.iter_rows(), values, strict=True):
        for cell, value in zip(row, computed, strict=True):
            if cell.data_type == "f" and value is None:
                raise Unreadable(
                    Problem(
                        path.name,
                        name,
                        cell.row,
                        cell.column_letter,
                        "formeln har aldrig räknats ut",
                        "öppna och spara om filen i Excel",
                    )
                )


def _csv(path: Path, source: Source) -> list[list[Any]]:
    raw = path.read_bytes()
    if not raw.strip():
        raise Unreadable(Problem(path.name, "", 0, "", "filen är tom", "en tabell med rubriker"))
    if raw.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"%PDF")) or b"\x00" in raw[:4096]:
        raise Unreadable(Problem(path.name, "", 0, "", "filen är inte en textfil, fast namnet säger det", ".csv"))
    text = _decoded(path, raw)
    delimiter = "\t" if source.delimiter == "tab" else source.delimiter
    rows: list[list[Any]] = list(csv.reader(io.StringIO(text), delimiter=delimiter))
    if len(rows) > MAX_ROWS:
        raise Unreadable(Problem(path.name, "", 0, "", "filen är för stor", f"högst {MAX_ROWS} rader"))
    width = len(rows[source.header_row - 1]) if len(rows) >= source.header_row else 0
    for number, row in enumerate(rows[source.header_row :], start=source.header_row + 1):
        if row and len(row) != width:
            raise Unreadable(
                Problem(
                    path.name,
                    "",
                    number,
                    "",
                    f"raden har {len(row)} fält men rubrikraden {width}",
                    "lika många fält på varje rad; kontrollera skiljetecknet",
                )
            )
    return rows


def _decoded(path: Path, raw: bytes) -> str:
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        try:
            text = raw.decode("cp1252")
        except UnicodeDecodeError:
            raise Unreadable(
                Problem(path.name, "", 0, "", "teckenkodningen går inte att läsa", "UTF-8 eller Windows-1252")
            ) from None
    found = _MOJIBAKE.search(text)
    if found:
        row = text.count("\n", 0, found.start()) + 1
        raise Unreadable(Problem(path.name, "", row, "", "å, ä och ö är förvanskade", "exportera filen igen som UTF-8"))
    return text
