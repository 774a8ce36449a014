"""Excel workbooks, semicolon files and SPSS files as bytes, the same bytes every time.

A workbook is a zip file that tells when it was made; here every such time is `MADE`, and nothing is
compressed, since compressors differ between machines. An SPSS file tells it too, in its header.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
import tempfile
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from html import escape
from itertools import groupby
from pathlib import Path

import pandas as pd
from openpyxl import Workbook
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet
from openpyxl.writer.excel import ExcelWriter

MADE = dt.datetime(2025, 1, 1)
INVENTED = "Påhittade uppgifter"
COLUMN_WIDTH = 22

Results = dict[str, "int | float | str"]  # of formulas, by the cell they stand in

_SAV_MADE = slice(92, 109)  # day and time in the header of an SPSS file


@dataclass(frozen=True)
class Calculated:
    """A cell with a formula that Excel has calculated: ``Calculated("SUM(B2:B9)", 17)``."""

    formula: str
    result: int | float | str


@dataclass(frozen=True)
class Sheet:
    """One sheet of a workbook.

    Attributes
    ----------
    title : str
        Name of the sheet.
    table : DataFrame
        As for `workbook_bytes`; a cell may also be `Calculated`.
    above, below : tuple of tuple
        Rows above the header, as titles are, and under the table, as sums are; an empty tuple is an empty row.
    merged : tuple of str
        Columns in which equal cells that follow on each other are merged to one.
    """

    title: str
    table: pd.DataFrame
    above: tuple[tuple[object, ...], ...] = ()
    below: tuple[tuple[object, ...], ...] = ()
    merged: tuple[str, ...] = ()


def workbook_bytes(table: pd.DataFrame, heading: str | None = None) -> bytes:
    """Lay a table out as a workbook whose only sheet says that everything is invented.

    Parameters
    ----------
    table : DataFrame
        Columns become the header row; missing values become empty cells.
    heading : str, optional
        A title row and an empty row above the header, as in registers kept by hand.

    Returns
    -------
    bytes
    """
    book = _new_book()
    sheet = book.worksheets[0]
    sheet.title = INVENTED
    above = [[heading], []] if heading else []
    for row in [*above, list(table.columns), *_rows(table)]:
        sheet.append(row)
    for place in range(1, len(table.columns) + 1):
        sheet.cell(len(above) + 1, place).font = Font(bold=True)
        sheet.column_dimensions[get_column_letter(place)].width = COLUMN_WIDTH
    return _without_clock(book)


def sheets_bytes(*sheets: Sheet) -> bytes:
    """Lay sheets out as a workbook with sums, merged cells and formulas, as units keep them.

    Parameters
    ----------
    *sheets : Sheet
        In their order in the workbook.

    Returns
    -------
    bytes
    """
    book = _new_book()
    book.remove(book.worksheets[0])
    results = [_lay_out(book.create_sheet(sheet.title), sheet) for sheet in sheets]
    return _without_clock(book, {f"xl/worksheets/sheet{place}.xml": of for place, of in enumerate(results, start=1)})


def csv_bytes(table: pd.DataFrame, encoding: str = "cp1252") -> bytes:
    """Write a table as Swedish Excel does: semicolons, decimal commas, code page 1252 or ``utf-8-sig`` with its mark."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    writer.writerow(table.columns)
    writer.writerows([[_swedish(cell) for cell in row] for row in _rows(table)])
    return text.getvalue().encode(encoding)


def sav_bytes(
    table: pd.DataFrame,
    labels: Mapping[str, str],
    value_labels: Mapping[str, Mapping[float, str]],
    user_missing: Mapping[str, list[float]],
) -> bytes:
    """Write a table as an SPSS file.

    Parameters
    ----------
    table : DataFrame
        Columns named as SPSS allows, letters and figures; numbers, texts or dates (``datetime.date``).
    labels : mapping
        What each column is called in full.
    value_labels : mapping
        Column to what its numbers mean.
    user_missing : mapping
        Column to the numbers that mean that the answer is missing, such as 99.

    Returns
    -------
    bytes
    """
    import pyreadstat

    with tempfile.TemporaryDirectory() as folder:  # the writer knows only files
        path = Path(folder) / "skattningar.sav"
        pyreadstat.write_sav(
            table,
            path,
            file_label=INVENTED,
            column_labels=dict(labels),
            variable_value_labels={name: dict(words) for name, words in value_labels.items()},
            missing_ranges={name: [*codes] for name, codes in user_missing.items()},
        )
        written = bytearray(path.read_bytes())
    written[_SAV_MADE] = b"01 Jan 2500:00:00"
    return bytes(written)


def _new_book() -> Workbook:
    book = Workbook()
    book.properties.title = INVENTED
    book.properties.creator = "isu_analysis.synthetic"
    book.properties.created = book.properties.modified = MADE
    return book


def _lay_out(page: Worksheet, sheet: Sheet) -> Results:
    """Fill a page; what its formulas amount to is returned, since the workbook's writer cannot tell it."""
    results: Results = {}
    header = len(sheet.above) + 1
    rows = [*sheet.above, tuple(sheet.table.columns), *_rows(sheet.table), *sheet.below]
    for number, row in enumerate(rows, start=1):
        for place, value in enumerate(row, start=1):
            cell = page.cell(number, place, f"={value.formula}" if isinstance(value, Calculated) else value)
            if isinstance(value, Calculated):
                results[cell.coordinate] = value.result
    for place, name in enumerate(sheet.table.columns, start=1):
        page.cell(header, place).font = Font(bold=True)
        page.column_dimensions[get_column_letter(place)].width = COLUMN_WIDTH
        if name in sheet.merged:
            _merge_runs(page, place, header + 1, list(sheet.table[name]))
    return results


def _merge_runs(page: Worksheet, column: int, first: int, values: list[object]) -> None:
    for _, run in groupby(values):
        last = first + len(list(run)) - 1
        if last > first:
            page.merge_cells(start_row=first, end_row=last, start_column=column, end_column=column)
        first = last + 1


def _rows(table: pd.DataFrame) -> list[list[object]]:
    plain = table.astype(object)
    rows: list[list[object]] = plain.where(plain.notna(), None).to_numpy().tolist()
    return rows


def _swedish(cell: object) -> str:
    if cell is None:
        return ""
    return str(cell).replace(".", ",") if isinstance(cell, float) else str(cell)


def _without_clock(book: Workbook, results: Mapping[str, Results] | None = None) -> bytes:
    # Workbook.save would stamp the present time; the writer beneath it does not.
    written, fixed = io.BytesIO(), io.BytesIO()
    ExcelWriter(book, zipfile.ZipFile(written, "w")).save()
    with zipfile.ZipFile(written) as source, zipfile.ZipFile(fixed, "w") as target:
        for name in source.namelist():
            entry = zipfile.ZipInfo(name, MADE.timetuple()[:6])
            entry.create_system = 0  # otherwise it tells the operating system
            target.writestr(entry, _calculated(source.read(name), (results or {}).get(name, {})))
    return fixed.getvalue()


def _calculated(page: bytes, results: Results) -> bytes:
    """Put the results beside the formulas of a page, as Excel does when it has calculated them."""
    if not results:
        return page

    def with_result(found: re.Match[str]) -> str:
        result = results[found["cell"]]
        kind = ' t="str"' if isinstance(result, str) else ""
        return f"{found['head']}{kind}><f>{found['formula']}</f><v>{escape(str(result))}</v></c>"

    cell = r'(?P<head><c r="(?P<cell>[A-Z]+[0-9]+)"[^>]*)><f>(?P<formula>[^<]*)</f><v ?/?>(?:</v>)?</c>'
    return re.sub(cell, with_result, page.decode()).encode()
