"""The tables of a report as one workbook: one sheet a table, numbers as numbers, exactly as printed."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterable
from datetime import datetime, time
from functools import cache
from typing import TYPE_CHECKING, Any

from isu_analysis.presentation.blocks import Document, Table
from isu_analysis.presentation.sealed import Section
from isu_analysis.reporting.exporters.labels import Labels, labels
from isu_analysis.reporting.exporters.numbered import Numbered, results
from isu_analysis.reporting.exporters.printed_numbers import printed_number

if TYPE_CHECKING:
    from openpyxl import Workbook

# Characters of the spreadsheet's own typeface; a wider column does not fit beside others on a screen.
NARROWEST, WIDEST = 11, 44
SPARE = 3
FORMULA_SIGNS = ("=", "+", "-", "@")
# How the file format itself writes a character by its number: text that looks like it must say so.
LOOKS_ESCAPED = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")
LANGUAGE_TAGS = {"sv": "sv-SE", "en": "en-GB"}
EARLIEST = (1980, 1, 1, 0, 0, 0)


def render_workbook(sections: tuple[Section, ...]) -> bytes:
    """Return the workbook of the tables of one report; the same bytes for the same sections."""
    from openpyxl import Workbook

    document, words = sections[0].document, labels(sections[0].document.language)
    tables = results(sections, Table)
    book = Workbook()
    book.remove(book.worksheets[0])
    _name(book, document)
    names = [f"{words.table} {table.number}" for table in tables]
    _fill_contents(book.create_sheet(words.contents), document, words, list(zip(names, tables, strict=True)))
    for name, table in zip(names, tables, strict=True):
        _fill_sheet(book.create_sheet(name), document, table.block)
    return _packed(book)


def _name(book: Workbook, document: Document) -> None:
    about = book.properties
    about.title, about.creator, about.subject = document.full_title, document.municipality, " · ".join(document.marks)
    about.language = LANGUAGE_TAGS[document.language]
    # The data's own date: the file may not tell when it was made.
    about.created = about.modified = datetime.combine(document.day(), time())


def _fill_contents(sheet: Any, document: Document, words: Labels, tables: list[tuple[str, Numbered[Table]]]) -> None:
    from openpyxl.styles import Font
    from openpyxl.worksheet.hyperlink import Hyperlink

    facts = (
        (words.municipality, document.municipality),
        (words.unit, document.unit),
        (words.year, document.when),
        (words.as_of.rstrip(":"), document.as_of),
        *((words.marks, mark) for mark in document.marks),
    )
    _write(sheet.cell(1, 1), document.full_title).font = Font(bold=True, size=14)
    for row, (name, value) in enumerate(facts, start=2):
        _write(sheet.cell(row, 1), name).font = Font(bold=True)
        _write(sheet.cell(row, 2), value)
    top = len(facts) + 3
    if tables:
        _write_head(sheet, top, [(words.table, "left"), (words.contents, "left"), (words.basis, "left")])
    else:
        _write(sheet.cell(top, 1), words.no_tables)
    for row, (name, table) in enumerate(tables, start=top + 1):
        link = _write(sheet.cell(row, 1), name)
        link.hyperlink = Hyperlink(ref=link.coordinate, location=f"'{name}'!A1")
        link.font = Font(color="0B4F8A", underline="single")
        for column, text in enumerate((table.block.caption, table.block.basis), start=2):
            _write_wrapped(sheet.cell(row, column), text)
    for letter, width in (("A", 22), ("B", 60), ("C", 60)):
        sheet.column_dimensions[letter].width = width
    _set_up(sheet, top)


def _fill_sheet(sheet: Any, document: Document, table: Table) -> None:
    from openpyxl.styles import Font
    from openpyxl.utils import get_column_letter

    place = f"{document.municipality} · {document.unit} · {document.when}"
    above = [table.basis, place, *document.marks]
    _write(sheet.cell(1, 1), _one_line(table.caption)).font = Font(bold=True, size=13)
    for row, text in enumerate(above, start=2):
        _write(sheet.cell(row, 1), _one_line(text))
    top = len(above) + 3
    _write_head(sheet, top, [(column.label, column.align) for column in table.columns])
    for row, texts in enumerate(table.rows, start=top + 1):
        for column, (text, head) in enumerate(zip(texts, table.columns, strict=True), start=1):
            _write_value(sheet.cell(row, column), text, head.align, document.language)
    # One line of a note a row: nothing is merged, and nothing is cut.
    for row, line in enumerate(table.note.splitlines(), start=top + len(table.rows) + 2):
        _write(sheet.cell(row, 1), line)
    for place_, texts in enumerate(zip([column.label for column in table.columns], *table.rows, strict=True), start=1):
        sheet.column_dimensions[get_column_letter(place_)].width = _width(texts)
    _set_up(sheet, top, kept_columns=int(table.row_header))


def _set_up(sheet: Any, header_row: int, kept_columns: int = 0) -> None:
    """Keep the head in sight on the screen and on every printed page, and fit the width of a landscape page."""
    sheet.freeze_panes = sheet.cell(header_row + 1, kept_columns + 1)
    sheet.print_title_rows = f"1:{header_row}"
    sheet.page_setup.orientation, sheet.page_setup.paperSize = "landscape", sheet.PAPERSIZE_A4
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_view.showGridLines = False


def _write_head(sheet: Any, row: int, heads: Iterable[tuple[str, str]]) -> None:
    from openpyxl.styles import Alignment, Border, Font, PatternFill, Side

    for column, (label, align) in enumerate(heads, start=1):
        cell = _write(sheet.cell(row, column), label)
        cell.font, cell.fill = Font(bold=True), PatternFill("solid", fgColor="E8EEF2")
        cell.border = Border(bottom=Side(style="medium"))
        cell.alignment = Alignment(wrap_text=True, vertical="bottom", horizontal=align)


def _write_value(cell: Any, text: str, align: str, language: str) -> None:
    number = printed_number(text, language)
    _write_wrapped(cell, text, align)
    if number:
        cell.value, cell.number_format = number.value, number.form


def _write_wrapped(cell: Any, text: str, align: str = "left") -> None:
    _write(cell, text).alignment = _wrapped(align)


@cache
def _wrapped(align: str) -> Any:
    from openpyxl.styles import Alignment

    return Alignment(wrap_text=True, vertical="top", horizontal=align)


def _write(cell: Any, text: str) -> Any:
    if text:
        cell.value = LOOKS_ESCAPED.sub("_x005F_", text)
        cell.data_type = "s"  # never a formula or an error, whatever the text looks like
        cell.quotePrefix = text.startswith(FORMULA_SIGNS)  # nor when somebody edits the cell
    return cell


def _one_line(text: str) -> str:
    return " ".join(text.split("\n"))


def _width(texts: Iterable[str]) -> int:
    longest = max(len(line) for text in texts for line in text.split("\n"))
    return min(max(longest + SPARE, NARROWEST), WIDEST)


def _packed(book: Workbook) -> bytes:
    """Write the file without the clock: neither the day it is saved nor the times of its parts are in it."""
    from openpyxl.writer.excel import ExcelWriter

    written, packed = io.BytesIO(), io.BytesIO()
    ExcelWriter(book, zipfile.ZipFile(written, "w")).save()
    with zipfile.ZipFile(written) as parts, zipfile.ZipFile(packed, "w") as archive:
        for name in parts.namelist():
            part = zipfile.ZipInfo(name, EARLIEST)
            part.create_system = 0  # the same on every system
            archive.writestr(part, parts.read(name), zipfile.ZIP_DEFLATED)
    return packed.getvalue()
