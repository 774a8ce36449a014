"""The unit's list as a workbook: whom to measure, and what it means for the report."""

from __future__ import annotations

import datetime as dt
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from isu_analysis.presentation.text import clean

TO_MEASURE, MEANING = "Att mäta", "Vad det betyder"
_FORMULA_SIGNS = ("=", "+", "-", "@")
_LOOKS_ESCAPED = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")  # how the file format itself writes a sign by its number
_LINE = 15  # points


@dataclass(frozen=True, repr=False)
class Table:
    """Headings, each with the width of its column in characters; rows of texts, numbers and days."""

    headings: Sequence[tuple[str, int]]
    rows: Sequence[Sequence[object]]


Part = str | Table


def render(title: str, to_measure: Sequence[Part], meaning: Sequence[Part]) -> bytes:
    """Make the workbook: texts stand as lines, tables below each other, in the order given.

    Parameters
    ----------
    title : str
        First line of both sheets.
    to_measure : sequence of str or Table
        Texts, and the table of cases last: its headings stay in sight.
    meaning : sequence of str or Table
    """
    from openpyxl import Workbook

    book = Workbook()
    book.remove(book.worksheets[0])
    book.properties.title, book.properties.creator = clean(title), "isu_analysis"
    book.properties.language = "sv-SE"
    for name, parts in ((TO_MEASURE, to_measure), (MEANING, meaning)):
        _fill(book.create_sheet(name), title, parts)
    _keep_headings(book[TO_MEASURE], to_measure)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def _fill(sheet: Any, title: str, parts: Sequence[Part]) -> None:
    from openpyxl.styles import Font
    from openpyxl.utils import get_column_letter

    widths = _widths(parts)
    for place, width in enumerate(widths, start=1):
        sheet.column_dimensions[get_column_letter(place)].width = width
    _write(sheet.cell(1, 1), title).font = Font(bold=True, size=14)
    row = 2
    for part in parts:
        row = _write_table(sheet, row, part) if isinstance(part, Table) else _write_line(sheet, row, part, widths)
    sheet.page_setup.orientation, sheet.page_setup.paperSize = "landscape", sheet.PAPERSIZE_A4
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_view.showGridLines = False


def _widths(parts: Sequence[Part]) -> list[int]:
    """Of each column the widest that any table asks for; without a table one wide column."""
    tables = [part for part in parts if isinstance(part, Table)]
    most = max((len(table.headings) for table in tables), default=0)
    asked = [[table.headings[place][1] for table in tables if place < len(table.headings)] for place in range(most)]
    return [max(widths) for widths in asked] or [100]


def _write_line(sheet: Any, row: int, text: str, widths: Sequence[int]) -> int:
    """Write a text across the columns; an empty one leaves a row empty. Give the next row."""
    from openpyxl.styles import Alignment

    _write(sheet.cell(row, 1), text).alignment = Alignment(wrap_text=True, vertical="top")
    if len(widths) > 1:
        sheet.merge_cells(start_row=row, end_row=row, start_column=1, end_column=len(widths))
    sheet.row_dimensions[row].height = _LINE * (1 + len(text) // max(1, round(sum(widths) * 0.9)))
    return row + 1


def _write_table(sheet: Any, row: int, table: Table) -> int:
    """Write headings and rows; give the next row after an empty one."""
    from openpyxl.styles import Alignment, Border, Font, PatternFill, Side

    thin, medium = Side(style="thin", color="B8C4CC"), Side(style="medium")
    for place, (heading, _) in enumerate(table.headings, start=1):
        cell = _write(sheet.cell(row, place), heading)
        cell.font, cell.fill = Font(bold=True), PatternFill("solid", fgColor="E8EEF2")
        cell.alignment, cell.border = Alignment(wrap_text=True, vertical="bottom"), Border(bottom=medium)
    for number, values in enumerate(table.rows, start=row + 1):
        for place, value in enumerate(values, start=1):
            cell = _write(sheet.cell(number, place), value)
            cell.alignment, cell.border = Alignment(wrap_text=True, vertical="top"), Border(bottom=thin)
    return row + len(table.rows) + 2


def _keep_headings(sheet: Any, parts: Sequence[Part]) -> None:
    """Keep the headings of the list in sight, on the screen and on paper, and let the reader choose rows by them."""
    table = parts[-1] if parts else ""
    if not isinstance(table, Table):
        return
    head = 1 + len(parts)
    sheet.freeze_panes = sheet.cell(head + 1, 2)
    sheet.print_title_rows = f"{head}:{head}"
    sheet.auto_filter.ref = f"A{head}:{sheet.cell(head + len(table.rows), len(table.headings)).coordinate}"


def _write(cell: Any, value: object) -> Any:
    """Write a value as what it is; a text is never a formula, whatever sign it begins with."""
    if isinstance(value, str):
        text = clean(value)
        cell.value = _LOOKS_ESCAPED.sub("_x005F_", text)
        cell.data_type, cell.number_format = "s", "@"
        cell.quotePrefix = text.startswith(_FORMULA_SIGNS)  # nor when somebody edits the cell
    else:
        cell.value = value
        cell.number_format = "yyyy-mm-dd" if isinstance(value, dt.date) else "0"
    return cell
