"""What must hold for the tables and figures of any report; for the tests of single cases and of every report."""

from __future__ import annotations

import io
import re
import struct
from dataclasses import replace

import openpyxl

from isu_analysis.presentation.sealed import Figure, Section, Table, TwoColumns
from isu_analysis.reporting.exporters.pictures import render_pictures
from isu_analysis.reporting.exporters.png_text import texts_in
from isu_analysis.reporting.exporters.workbook import render_workbook

BASIS = "51 av 93 mätta två gånger, 42 saknas."
NBSP = "\u00a0"


def with_basis(block):
    """The same block, and those inside it, saying what they build on."""
    if isinstance(block, TwoColumns):
        return replace(block, left=tuple(map(with_basis, block.left)), right=tuple(map(with_basis, block.right)))
    return replace(block, basis=BASIS) if isinstance(block, Table | Figure) else block


def based(section: Section) -> Section:
    return replace(section, blocks=tuple(map(with_basis, section.blocks)))


def flat(sections, kind):
    """All tables or figures in reading order, with their numbers."""
    found = []
    for section in sections:
        for block in section.blocks:
            parts = (*block.left, *block.right) if isinstance(block, TwoColumns) else (block,)
            found += [part for part in parts if isinstance(part, kind)]
    return list(enumerate(found, start=1))


def shown(cell):
    """A cell as a Swedish spreadsheet shows it; written without the code that makes the formats."""
    if not isinstance(cell.value, int | float):
        return cell.value or ""
    positive, _, negative = cell.number_format.partition(";")
    form = negative if cell.value < 0 and negative else positive
    value = abs(cell.value) * (100 if "%" in form else 1)
    digits = re.search(r"[#,0]*0(?:\.(0+))?", form)
    text = f"{value:{',' if ',' in digits[0] else ''}.{len(digits[1] or '')}f}"
    text = text.replace(",", NBSP).replace(".", ",")
    return form.replace(digits[0], text).replace('"', "")


def check_workbook(sections) -> bytes:
    """Every table with results is there whole, with its basis, its note and the marks; and nothing else is."""
    document = sections[0].document
    data = render_workbook(tuple(sections))
    book = openpyxl.load_workbook(io.BytesIO(data))
    tables = [(number, table) for number, table in flat(sections, Table) if table.basis]
    assert book.sheetnames == ["Innehåll", *(f"Tabell {number}" for number, _ in tables)]
    contents = [cell.value for row in book["Innehåll"].iter_rows() for cell in row if cell.value]
    for text in (document.full_title, document.unit, str(document.year), document.as_of, *document.marks):
        assert text in contents
    for number, table in tables:
        check_sheet(book[f"Tabell {number}"], table, document)
        assert {f"Tabell {number}", table.caption, table.basis} <= set(contents)
    return data


def check_sheet(sheet, table, document):
    lines = [[shown(cell) for cell in row] for row in sheet.iter_rows()]
    head = [column.label for column in table.columns]
    top = lines.index(head)
    above = {line[0] for line in lines[:top]}
    place = f"{document.municipality} · {document.unit} · {document.year}"
    caption, *said = (" ".join(text.split("\n")) for text in (table.caption, table.basis, place, *document.marks))
    assert sheet["A1"].value == caption
    assert set(said) <= above
    body = lines[top + 1 : top + 1 + len(table.rows)]
    assert [tuple(line) for line in body] == list(table.rows)
    assert [line[0] for line in lines[top + 2 + len(table.rows) :]] == table.note.splitlines()
    assert sheet.freeze_panes == f"{'B' if table.row_header else 'A'}{top + 2}"
    assert sheet.page_setup.orientation == "landscape" and sheet.page_setup.fitToWidth == 1
    assert not any(cell.data_type in "fe" for row in sheet.iter_rows() for cell in row)


def check_pictures(sections) -> dict[str, bytes]:
    """Every figure with results is there, named in order, 200 dots an inch, with its alternative text."""
    document = sections[0].document
    made = render_pictures(tuple(sections))
    figures = [(number, figure) for number, figure in flat(sections, Figure) if figure.basis]
    assert [int(re.fullmatch(r"figurer/(\d\d)-[a-z0-9-]+\.png", name)[1]) for name in made] == [n for n, _ in figures]
    for data, (_, figure) in zip(made.values(), figures, strict=True):
        texts = [text.lstrip("\0") for text in texts_in(data)]
        assert texts[texts.index("Description") + 1] == figure.alt
        assert any(document.full_title in text for text in texts)
        wide, high = struct.unpack(">II", data[16:24])
        # 300 points or more, and margins, at 200 dots an inch: one point is 2.78 dots.
        assert 328 * 2.77 < wide < 500 * 2.78 and high > 100
    return made
