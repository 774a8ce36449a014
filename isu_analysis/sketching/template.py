"""`isu template`: workbooks to fill in, made from a unit file, that pass its own `isu check`.

One workbook for each of the unit's files, since a file is what intake reads; in it one sheet for each source, with
the name, the row of headings and the headings that the unit file declares.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from isu_analysis import files
from isu_analysis.errors import IntakeError
from isu_analysis.intake import raw_folder
from isu_analysis.intake.archives import MAX_ROWS
from isu_analysis.settings import Source, Unit, load_unit
from isu_analysis.sketching.fields import Field, fields
from isu_analysis.sketching.instructions import instruction_rows
from isu_analysis.sketching.validation import Lists, apply

FOLDER = "mall"  # under the unit's raw files, where intake does not look
_READABLE = (".xlsx", ".xlsm", ".csv", ".txt")
_INSTRUCTIONS, _LISTS = "Så fyller du i", "Listor"
_WIDTH = 22
_SHOWN = {"%Y": "yyyy", "%y": "yy", "%m": "mm", "%d": "dd", "%H": "hh", "%M": "mm", "%S": "ss"}


@dataclass(frozen=True)
class Page:
    """A sheet to fill in: its name, the row of headings and its columns; `date_form` is how dates are shown."""

    title: str
    header_row: int
    fields: tuple[Field, ...]
    rows: str
    date_form: str


def template(project: Path, unit_key: str) -> tuple[Path, ...]:
    """Write the unit's fill-in workbooks into ``data_raw/<municipality>/<unit>/mall/``.

    Returns
    -------
    tuple of Path
        One workbook for each file that the unit fills in itself, in the unit file's order.

    Raises
    ------
    IntakeError
        Nothing in the unit file is filled in by hand, or a workbook is there already: somebody may have begun in it.
    SettingsError
        The unit file is missing or wrong.
    """
    unit = load_unit(unit_key, project)
    grouped = _by_file(unit)
    if not grouped:
        raise IntakeError(
            f"{unit.name}: enhetens uppgifter hämtas ur andra system, så det finns ingen fil att fylla i."
        )
    folder = raw_folder(project, unit) / FOLDER
    contents = {f"mall_{_blank_name(file)}.xlsx": workbook(unit, sources) for file, sources in grouped.items()}
    for name in contents:
        if (folder / name).exists():
            raise IntakeError(
                f"Mallen finns redan: data_raw/{unit.key}/{FOLDER}/{name}. Flytta eller ta bort den först."
            )
    files.write_together(folder, contents)
    return tuple(folder / name for name in contents)


def workbook(unit: Unit, sources: Iterable[Source]) -> bytes:
    """Make the workbook of one file; the sources are those that read it."""
    from openpyxl import Workbook

    sources = tuple(sources)
    pages = _pages(unit, sources)
    taken = {page.title for page in pages}
    book = Workbook()
    book.remove(book.worksheets[0])
    book.properties.title, book.properties.creator = f"{unit.name}: mall att fylla i", "isu_analysis"
    book.properties.language = "sv-SE"
    for page in pages:
        book.create_sheet(page.title)
    guide = book.create_sheet(_free(_INSTRUCTIONS, taken))
    lists = Lists(_free(_LISTS, taken))
    for page in pages:
        _fill_page(book[page.title], unit, page, lists)
    _fill_guide(guide, instruction_rows(unit, sources[0], [(page.title, page.rows, page.fields) for page in pages]))
    lists.write(book)
    book.active = guide  # opened on the instructions; the sheet that intake reads is still the first
    for sheet in book.worksheets:
        sheet.sheet_view.tabSelected = sheet is guide
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def _by_file(unit: Unit) -> dict[str, list[Source]]:
    found: dict[str, list[Source]] = {}
    for source in unit.sources:
        if source.file.lower().endswith(_READABLE):
            found.setdefault(source.file, []).append(source)
    return found


def _blank_name(file: str) -> str:
    return Path(file.replace("{year}", "ÅÅÅÅ").replace("*", "")).stem.strip()


def _pages(unit: Unit, sources: tuple[Source, ...]) -> list[Page]:
    """Sheets in the order that intake needs: the one that no source names is read because it is the first."""
    pages: dict[str | None, Page] = {}
    for source in sorted(sources, key=lambda source: source.sheet is not None):
        own, before = fields(unit, source), pages.get(source.sheet)
        if before:  # two sources read the same sheet: its columns are those of both
            known = {one.heading for one in before.fields}
            own = (*before.fields, *(one for one in own if one.heading not in known))
        is_text = source.file.lower().endswith((".csv", ".txt"))
        shown = re.sub("%[A-Za-z]", lambda found: _SHOWN[found[0]], source.date_format) if is_text else "yyyy-mm-dd"
        title = source.sheet or _free("Uppgifter", {other.sheet or "" for other in sources})
        pages[source.sheet] = Page(title, source.header_row, own, source.rows, shown.replace("/", "\\/"))
    return list(pages.values())


def _free(title: str, taken: set[str]) -> str:
    return title if title not in taken else _free(f"{title} 1", taken)


def _fill_page(sheet: Any, unit: Unit, page: Page, lists: Lists) -> None:
    from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
    from openpyxl.utils import get_column_letter

    if page.header_row > 1:
        _write(sheet.cell(1, 1), f"{unit.name}: fyll i från rad {page.header_row + 1}").font = Font(bold=True)
    letters = {one.heading: get_column_letter(place) for place, one in enumerate(page.fields, start=1)}
    for place, one in enumerate(page.fields, start=1):
        column = sheet.column_dimensions[letters[one.heading]]
        column.width = max(_WIDTH, min(len(one.heading) + 2, 2 * _WIDTH))
        column.number_format = _cell_format(one, page.date_form)
        heading = _write(sheet.cell(page.header_row, place), one.heading)
        heading.font = Font(bold=True)
        heading.alignment = Alignment(wrap_text=True, vertical="top")
        heading.fill = PatternFill("solid", fgColor="E8EEF2")
        heading.border = Border(bottom=Side(style="medium"))
        apply(sheet, one, letters, (page.header_row + 1, MAX_ROWS), lists)
    sheet.freeze_panes = sheet.cell(page.header_row + 1, 1)
    sheet.print_title_rows = f"{page.header_row}:{page.header_row}"


def _cell_format(one: Field, date_form: str) -> str:
    """Text for texts, so that 0012 stays 0012; but a list of numbers must be chosen from as numbers."""
    if one.kind == "date":
        return date_form
    return (
        "@"
        if one.kind == "text" or (one.kind == "words" and not any(word.isdigit() for word in one.words))
        else "General"
    )


def _write(cell: Any, text: str) -> Any:
    cell.value = text
    cell.data_type = "s"  # never a formula, whatever sign a heading begins with
    return cell


def _fill_guide(sheet: Any, rows: Iterable[tuple[str, ...]]) -> None:
    from openpyxl.styles import Alignment, Font

    for number, row in enumerate(rows, start=1):
        for place, text in enumerate(row, start=1):
            if text:
                cell = _write(sheet.cell(number, place), text)
                cell.alignment = Alignment(wrap_text=len(row) > 1, vertical="top")
                if number == 1 or row[0] == "Blad":
                    cell.font = Font(bold=True)
    for letter, width in zip("ABCDEF", (18, 28, 48, 12, 60, 40), strict=True):
        sheet.column_dimensions[letter].width = width
