"""Excel workbooks and semicolon files as bytes, the same bytes every time.

A workbook is a zip file that tells when it was made; here every such time is `MADE`, and nothing is
compressed, since compressors differ between machines.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import zipfile

import pandas as pd
from openpyxl import Workbook
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter
from openpyxl.writer.excel import ExcelWriter

MADE = dt.datetime(2025, 1, 1)
INVENTED = "Påhittade uppgifter"
COLUMN_WIDTH = 22


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
    book = Workbook()
    book.properties.title = INVENTED
    book.properties.creator = "isu_analysis.synthetic"
    book.properties.created = book.properties.modified = MADE
    sheet = book.worksheets[0]
    sheet.title = INVENTED
    above = [[heading], []] if heading else []
    for row in [*above, list(table.columns), *_rows(table)]:
        sheet.append(row)
    for place in range(1, len(table.columns) + 1):
        sheet.cell(len(above) + 1, place).font = Font(bold=True)
        sheet.column_dimensions[get_column_letter(place)].width = COLUMN_WIDTH
    return _without_clock(book)


def csv_bytes(table: pd.DataFrame) -> bytes:
    """Write a table as Swedish Excel does: semicolons, decimal commas, code page 1252."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    writer.writerow(table.columns)
    writer.writerows([[_swedish(cell) for cell in row] for row in _rows(table)])
    return text.getvalue().encode("cp1252")


def _rows(table: pd.DataFrame) -> list[list[object]]:
    plain = table.astype(object)
    rows: list[list[object]] = plain.where(plain.notna(), None).to_numpy().tolist()
    return rows


def _swedish(cell: object) -> str:
    if cell is None:
        return ""
    return str(cell).replace(".", ",") if isinstance(cell, float) else str(cell)


def _without_clock(book: Workbook) -> bytes:
    # Workbook.save would stamp the present time; the writer beneath it does not.
    written, fixed = io.BytesIO(), io.BytesIO()
    ExcelWriter(book, zipfile.ZipFile(written, "w")).save()
    with zipfile.ZipFile(written) as source, zipfile.ZipFile(fixed, "w") as target:
        for name in source.namelist():
            entry = zipfile.ZipInfo(name, MADE.timetuple()[:6])
            entry.create_system = 0  # otherwise it tells the operating system
            target.writestr(entry, source.read(name))
    return fixed.getvalue()
