"""An Excel workbook as rows of cells. Cells that hold no value anyone can use become faults, told where they are read."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from isu_analysis.intake import workbook_parts as parts
from isu_analysis.intake.archives import MAX_ROWS, too_large, unpacked_size
from isu_analysis.intake.checks import Grid, Problem, Unreadable, column_letter, of_file
from isu_analysis.intake.sheet_cells import SheetReader
from isu_analysis.settings import Source

_AREA = re.compile(r"([A-Z]{1,3})([0-9]{1,7}):([A-Z]{1,3})([0-9]{1,7})")


def read_workbook(path: Path, source: Source) -> Grid:
    """Read the sheet that a source describes.

    Raises
    ------
    Unreadable
        Not a workbook, damaged, too large, or without the sheet.
    """
    try:
        unpacked_size(path)
        with zipfile.ZipFile(path) as archive:
            return _grid(path, archive, source)
    except (Unreadable, OSError, ModuleNotFoundError):
        raise
    except (parts.TooLarge, MemoryError):
        raise too_large(path) from None
    except parts.Foreign:
        raise of_file(
            path, "arbetsboken har delar som Excel aldrig skriver", "öppna och spara om den i Excel"
        ) from None
    except Exception:  # noqa: BLE001 - a damaged workbook can fail anywhere inside the reader
        raise of_file(path, "arbetsboken är skadad och kan inte läsas", "öppna och spara om den i Excel") from None


def _grid(path: Path, archive: zipfile.ZipFile, source: Source) -> Grid:
    found = parts.contents(archive)
    name = _pick(path, list(found.sheets), source)
    sheet = SheetReader(source.header_row, parts.texts(archive, found), parts.formats(archive, found))
    sheet.read(archive, found.sheets[name])
    headings = sheet.rows[source.header_row - 1] if len(sheet.rows) >= source.header_row else []
    width = max(1, len(headings))
    for row in sheet.rows:
        row += [None] * (width - len(row))
    others = len(found.sheets) - 1
    return Grid(name, sheet.rows, tuple(_settle(path, name, sheet, source, width)), others=others)


def _pick(path: Path, names: list[str], source: Source) -> str:
    if source.sheet is None:
        return names[0]
    if source.sheet not in names:
        # Units have a sheet for each client, too: no name of a sheet is told that the unit file does not name.
        which = f"något av arbetsbokens {len(names)} blad" if len(names) > 1 else "arbetsbokens enda blad"
        raise of_file(path, f"bladet «{source.sheet}» finns inte", f"namnet på {which}")
    return source.sheet


@dataclass(frozen=True, order=True)
class _Area:
    """A merged area; rows and columns counted from 1, both ends included."""

    top: int
    left: int
    bottom: int
    right: int

    @classmethod
    def read(cls, text: str) -> _Area:
        """Read an address such as ``A2:A4``."""
        found = _AREA.fullmatch(text)
        if found is None:
            raise parts.Damaged
        left, right = (_number(found[place]) for place in (1, 3))
        return cls(int(found[2]), left, int(found[4]), right)


def _number(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number


def _settle(path: Path, name: str, sheet: SheetReader, source: Source, width: int) -> Iterator[Problem]:
    """Fill the merged cells that the unit file lets be filled, and tell the others."""
    if len(sheet.merged) > MAX_ROWS:
        raise parts.TooLarge
    areas = sorted(_Area.read(text) for text in sheet.merged if ":" in text)
    read = [area for area in areas if area.bottom >= source.header_row and area.left <= width]
    fill = [
        area for area in read if source.merged == "fill" and area.top > source.header_row and area.left == area.right
    ]
    own = {number for number, row in enumerate(sheet.rows, start=1) if any(cell is not None for cell in row)}
    below: dict[int, int] = {}  # last row filled in each column; areas that overlap are no workbook of Excel's
    for area in fill:
        if area.top <= below.get(area.left, 0):
            raise parts.Damaged
        below[area.left] = area.bottom
        for row in _fill(sheet.rows, area, own):
            yield Problem(path.name, name, row, column_letter(area.left - 1),
                          "en sammanfogad cell döljer ett annat värde", "dela cellen och behåll det rätta värdet")  # fmt: skip
    allowed = "en cell för varje värde" + ("; bara celler ovanför varandra fylls" if source.merged == "fill" else "")
    for area in read:
        if area not in fill:
            yield Problem(path.name, name, area.top, column_letter(area.left - 1),
                          "sammanfogade celler bland rubriker eller data", allowed)  # fmt: skip


def _fill(rows: list[list[Any]], area: _Area, own: set[int]) -> Iterator[int]:
    """Give the value to every row that the area covers, and tell the rows where it hides another.

    A row with nothing of its own stays blank.
    """
    if area.top > len(rows):
        return
    value = rows[area.top - 1][area.left - 1]
    for number in range(area.top + 1, min(area.bottom, len(rows)) + 1):
        if rows[number - 1][area.left - 1] not in {None, value}:
            yield number
        elif number in own:
            rows[number - 1][area.left - 1] = value
