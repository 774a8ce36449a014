"""An Excel workbook as rows of cells. Cells that hold no value anyone can use become faults, told where they are read."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from isu_analysis.intake.archives import holds_formulas
from isu_analysis.intake.checks import Fault, Grid, Problem, Unreadable, column_letter, of_file
from isu_analysis.settings import Source

_ERRORS = {
    "#N/A", "#REF!", "#VALUE!", "#NAME?", "#DIV/0!", "#NUM!", "#NULL!", "#SPILL!", "#CALC!", "#FIELD!",
    "#SAKNAS!", "#REFERENS!", "#VÄRDEFEL!", "#NAMN?", "#DIVISION/0!", "#OGILTIGT!", "#SKÄRNING!",
}  # fmt: skip
_ERROR = Fault("cellen visar ett formelfel", "ett värde eller tomt")
_UNCALCULATED = Fault("formeln har aldrig räknats ut", "öppna och spara om filen i Excel")


def read_workbook(path: Path, source: Source) -> Grid:
    """Read the sheet that a source describes.

    Raises
    ------
    Unreadable
        Not a workbook, damaged, too large, or without the sheet.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # openpyxl's warnings quote cells
            return _grid(path, source)
    except (Unreadable, OSError, ModuleNotFoundError):
        raise
    except Exception:  # noqa: BLE001 - a damaged workbook can fail anywhere inside the reader
        raise of_file(path, "arbetsboken är skadad och kan inte läsas", "öppna och spara om den i Excel") from None


def _grid(path: Path, source: Source) -> Grid:
    has_formulas = holds_formulas(path)
    import openpyxl

    sheet = _pick(path, openpyxl.load_workbook(path, data_only=True), source)
    formulas = openpyxl.load_workbook(path)[sheet.title] if has_formulas else None
    width = _width(sheet, source.header_row)
    rows = [[_value(cell) for cell in row] for row in sheet.iter_rows(max_col=width)]
    for row, column in _uncalculated(sheet, formulas, width):
        rows[row - 1][column - 1] = _UNCALCULATED
    return Grid(sheet.title, rows, tuple(_merged(path, sheet, source, width)))


def _pick(path: Path, workbook: Any, source: Source) -> Any:
    if source.sheet is None:
        return workbook.worksheets[0]
    if source.sheet not in workbook.sheetnames:
        found = ", ".join(f"«{name}»" for name in workbook.sheetnames)
        raise of_file(path, f"bladet «{source.sheet}» finns inte", f"ett av bladen {found}")
    return workbook[source.sheet]


def _width(sheet: Any, header_row: int) -> int:
    """Columns with a heading; what stands beyond them is never read, however far out it is."""
    if sheet.max_row < header_row:
        return 1
    return max((cell.column for cell in sheet[header_row] if cell.value is not None), default=1)


def _value(cell: Any) -> Any:
    value = cell.value
    return _ERROR if cell.data_type == "e" or (isinstance(value, str) and value.strip() in _ERRORS) else value


def _uncalculated(sheet: Any, formulas: Any, width: int) -> Iterator[tuple[int, int]]:
    if formulas is None:
        return
    for row in formulas.iter_rows(max_col=width):
        for cell in row:
            if cell.data_type == "f":
                computed = sheet.cell(cell.row, cell.column)
                # An empty text is a result like any other; the reader keeps its type but gives no value.
                if computed.value is None and computed.data_type != "str":
                    yield cell.row, cell.column


def _merged(path: Path, sheet: Any, source: Source, width: int) -> Iterator[Problem]:
    for area in sorted(sheet.merged_cells.ranges, key=lambda area: (area.min_row, area.min_col)):
        if area.max_row >= source.header_row and area.min_col <= width:
            yield Problem(path.name, sheet.title, area.min_row, column_letter(area.min_col - 1),
                          "sammanfogade celler bland rubriker eller data", "en cell för varje värde")  # fmt: skip
