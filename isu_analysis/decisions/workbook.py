"""Making the ``beslut.xlsx`` that a unit fills in after a report: the same figures give the same bytes."""

from __future__ import annotations

import datetime as dt
import io
import unicodedata
import zipfile
from collections.abc import Sequence
from copy import copy
from pathlib import Path
from typing import Any

from isu_analysis.decisions.model import Quotable
from isu_analysis.decisions.reading import (
    ASKED_BY,
    BY_WHEN,
    DECISION,
    DISCUSSED,
    FIGURE,
    FIGURES,
    HAPPENED,
    HEADER_ROW,
    HEADINGS,
    ID,
    LABEL,
    MOST_DECISIONS,
    SHEET,
    VALUE,
    Broken,
    read_figures,
)

_MOMENT = dt.datetime(2000, 1, 1)  # no clock: when a file was made is no part of it
_WIDTHS = {DECISION: 46, FIGURE: 40, BY_WHEN: 15, ASKED_BY: 26, DISCUSSED: 17, HAPPENED: 40}
_FIGURE_WIDTHS = {ID: 28, LABEL: 70, VALUE: 34}
_DAYS = (BY_WHEN, DISCUSSED)
_LAST_ROW = HEADER_ROW + MOST_DECISIONS
_GUIDE = (
    "Skriv ett beslut på varje rad, i det som rapporten för {year} ledde till. Välj den siffra som beslutet gäller i listan. "
    "Skriv roller, inte namn, och inga uppgifter om enskilda. Nästa rapport visar beslutet bredvid samma siffra då och nu."
)
_HELP = {
    DECISION: "Vad ska göras? En mening räcker.",
    FIGURE: "Välj i listan. Lämna tomt om beslutet inte gäller någon särskild siffra.",
    BY_WHEN: "Ett datum, ÅÅÅÅ-MM-DD.",
    ASKED_BY: "Roll eller grupp, till exempel enhetschefen. Inga namn.",
    DISCUSSED: "Datum för mötet, ÅÅÅÅ-MM-DD.",
    HAPPENED: "Fylls i senare: blev det gjort, och vad hände?",
}


def write(figures: Sequence[Quotable], unit: str, year: int) -> bytes:
    """Make the workbook of one report.

    Parameters
    ----------
    figures : sequence of Quotable
        What the drop-down list offers, in the report's order.
    unit : str
        Name of the unit, as printed.
    year : int
        Year of the report.
    """
    from openpyxl import Workbook

    book = Workbook()
    book.properties.title, book.properties.creator = f"Beslut efter rapporten för {year}: {unit}", "isu_analysis"
    book.properties.created = book.properties.modified = _MOMENT
    book.properties.language = "sv-SE"
    sheet = book.worksheets[0]
    sheet.title = SHEET
    _headings(sheet, unit, year)
    _rows_to_fill_in(sheet)
    _rules(sheet, len(figures))
    _list_figures(book.create_sheet(FIGURES), figures)
    return _without_clock(book)


def may_be_replaced(path: Path, unit: str, year: int) -> bool:
    """Whether a file is just as the run wrote it, so that nobody has begun in it.

    It holds its own list of figures: written again from that list, an untouched file is the same, byte for byte.
    Whatever cannot be read, or is open in a spreadsheet program, is somebody's and stays.
    """
    if any((path.parent / f"{mark}{path.name}{end}").exists() for mark, end in (("~$", ""), (".~lock.", "#"))):
        return False
    try:
        return path.read_bytes() == write(read_figures(path), unit, year)
    except (OSError, Broken):
        return False


def _headings(sheet: Any, unit: str, year: int) -> None:
    from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
    from openpyxl.utils import get_column_letter

    guide = _put(sheet.cell(1, 1), f"{unit}. {_GUIDE.format(year=year)}")
    guide.alignment, guide.font = Alignment(wrap_text=True, vertical="center"), Font(italic=True)
    sheet.merge_cells(start_row=1, end_row=1, start_column=1, end_column=len(HEADINGS))
    sheet.row_dimensions[1].height = 40
    for place, name in enumerate(HEADINGS, start=1):
        heading = _put(sheet.cell(HEADER_ROW, place), name)
        heading.font, heading.fill = Font(bold=True), PatternFill("solid", fgColor="E8EEF2")
        heading.alignment = Alignment(wrap_text=True, vertical="top")
        heading.border = Border(bottom=Side(style="medium"))
        sheet.column_dimensions[get_column_letter(place)].width = _WIDTHS[name]
    sheet.freeze_panes = sheet.cell(HEADER_ROW + 1, 1)
    sheet.print_title_rows = f"{HEADER_ROW}:{HEADER_ROW}"
    sheet.page_setup.orientation, sheet.page_setup.fitToHeight = "landscape", 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True


def _rows_to_fill_in(sheet: Any) -> None:
    """Ruled rows with wrapped text; text cells are text, so that nothing typed becomes a formula or a date."""
    from openpyxl.styles import Alignment, Border, Side

    thin = Side(style="thin", color="B8C4CC")
    wrapped, ruled = Alignment(wrap_text=True, vertical="top"), Border(bottom=thin, right=thin)
    first, *others = range(HEADER_ROW + 1, _LAST_ROW + 1)
    for place, name in enumerate(HEADINGS, start=1):
        cell = sheet.cell(first, place)
        cell.alignment, cell.border = wrapped, ruled
        cell.number_format = "yyyy-mm-dd" if name in _DAYS else "@"
    for row in others:
        for place in range(1, len(HEADINGS) + 1):
            sheet.cell(row, place)._style = copy(sheet.cell(first, place)._style)  # a hundredth of setting it anew


def _rules(sheet: Any, figures: int) -> None:
    """What a cell may hold, and a note that says so where somebody stands in it."""
    from openpyxl.utils import get_column_letter
    from openpyxl.worksheet.datavalidation import DataValidation

    days: dict[str, Any] = {
        "type": "date",
        "operator": "between",
        "formula1": "DATE(1900,1,1)",
        "formula2": "DATE(2100,12,31)",
    }
    chosen: dict[str, Any] = {"type": "list", "formula1": f"{FIGURES}!$B$2:$B${figures + 1}"} if figures else {}
    for place, name in enumerate(HEADINGS, start=1):
        rule = DataValidation(allow_blank=True, **(days if name in _DAYS else chosen if name == FIGURE else {}))
        rule.showInputMessage, rule.showErrorMessage = True, True
        rule.promptTitle, rule.prompt = name, _HELP[name]
        rule.errorTitle, rule.error = "Går inte att fylla i", _HELP[name]
        letter = get_column_letter(place)
        rule.add(f"{letter}{HEADER_ROW + 1}:{letter}{_LAST_ROW}")
        sheet.add_data_validation(rule)


def _list_figures(sheet: Any, figures: Sequence[Quotable]) -> None:
    """The list that the drop-down reads; locked against a slip of the hand, with no password."""
    from openpyxl.styles import Alignment, Font

    rows = [(ID, LABEL, VALUE), *((figure.id, figure.label, figure.value) for figure in figures)]
    for number, row in enumerate(rows, start=1):
        for place, text in enumerate(row, start=1):
            cell = _put(sheet.cell(number, place), text)
            cell.alignment = Alignment(wrap_text=True, vertical="top")
            cell.font = Font(bold=number == 1)
    for letter, width in zip("ABC", _FIGURE_WIDTHS.values(), strict=True):
        sheet.column_dimensions[letter].width = width
    sheet.freeze_panes = "A2"
    sheet.protection.sheet = True


def _put(cell: Any, text: str) -> Any:
    """Write a text as it will be read, with plain spaces; never a formula, whatever sign it begins with."""
    from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

    cell.value = " ".join(unicodedata.normalize("NFC", ILLEGAL_CHARACTERS_RE.sub(" ", text)).split())
    cell.data_type, cell.number_format = "s", "@"
    return cell


def _without_clock(book: Any) -> bytes:
    """The bytes of a workbook, without the time at which it was made; nothing is packed, since packers differ."""
    from openpyxl.writer.excel import ExcelWriter

    written, fixed = io.BytesIO(), io.BytesIO()
    ExcelWriter(book, zipfile.ZipFile(written, "w")).save()  # the book's own save would stamp the present time
    with zipfile.ZipFile(written) as made, zipfile.ZipFile(fixed, "w") as target:
        for name in made.namelist():
            entry = zipfile.ZipInfo(name, _MOMENT.timetuple()[:6])
            entry.create_system = 0  # otherwise it tells the operating system
            target.writestr(entry, made.read(name))
    return fixed.getvalue()
