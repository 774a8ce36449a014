"""Merged cells: filled where the unit file says so and where there is one way to do it, else told."""

import datetime as dt
import re
import zipfile

import openpyxl
import pytest
import small_project as small

from isu_analysis.intake.checks import Fault, Unreadable
from isu_analysis.intake.workbooks import read_workbook
from isu_analysis.settings import Source

ROWS = [["A", "Nr 1", 1], [None, None, 2], [None, "Nr 3", 3], ["B", "Nr 4", 4]]
SHEET = "xl/worksheets/sheet1.xml"


@pytest.fixture
def read(tmp_path):
    """Give a function that merges areas in a small sheet and reads it."""

    def merged(*areas, merged="fill", rows=ROWS, header_row=1, above=()):
        path = small.xlsx(tmp_path / "bok.xlsx", rows, ["Team", "Nr", "Poäng"], above=above)
        book = openpyxl.load_workbook(path)
        for area in areas:
            book.active.merge_cells(area)
        book.save(path)
        return read_workbook(path, Source(file="bok.xlsx", rows="form", id="Nr", merged=merged, header_row=header_row))

    return merged


def places(grid):
    return [(problem.row, problem.column, problem.what) for problem in grid.problems]


MERGED = "sammanfogade celler bland rubriker eller data"


def test_a_value_holds_for_every_row_it_covers(read):
    grid = read("A2:A4", "B2:B3")
    assert grid.rows[1:] == [["A", "Nr 1", 1], ["A", "Nr 1", 2], ["A", "Nr 3", 3], ["B", "Nr 4", 4]]
    assert grid.problems == ()


def test_refused_by_default(read):
    grid = read("A2:A4", "B2:B3", merged="refuse")
    assert places(grid) == [(2, "A", MERGED), (2, "B", MERGED)]
    assert grid.rows[2] == [None, None, 2]


@pytest.mark.parametrize("area", ["A1:A2", "A1:B1", "B1:B3"])
def test_headings_are_never_filled(read, area):
    grid = read(area)
    assert places(grid) == [(1, area[0], MERGED)]
    assert grid.rows[2][:2] == [None, None]


def test_several_columns_under_one_value_are_told(read):
    """Which of the columns the value belongs to is not said."""
    assert places(read("A2:B3")) == [(2, "A", MERGED)]


def test_a_row_with_nothing_of_its_own_stays_blank(read):
    rows = [["A", "Nr 1", 1], [None, None, None], [None, "Nr 3", 3]]
    assert read("A2:A4", rows=rows).rows[1:] == [["A", "Nr 1", 1], [None, None, None], ["A", "Nr 3", 3]]
    assert len(read("A2:A99", rows=rows).rows) <= 99


def test_above_the_headings_anything_may_be_merged(read):
    assert read("A1:C1", header_row=2, above=[["Titel"]]).problems == ()


def test_a_fault_holds_for_every_row_too(read):
    grid = read("A2:A4", rows=[["#N/A", 1, 1], [None, 2, 2], [None, 3, 3]])
    assert all(isinstance(row[0], Fault) for row in grid.rows[1:])


def test_a_value_hidden_under_a_merged_cell_is_told(read, tmp_path):
    """Some programs keep what was in the cells; the person who looks at the sheet does not see it."""
    read("A2:A4")
    path = tmp_path / "bok.xlsx"
    hidden = rb'\g<0><c r="A3" t="inlineStr"><is><t>HEMLIGT</t></is></c>'
    small.edit(path, SHEET, lambda part: re.sub(rb'<row r="3"[^>]*>', hidden, part))
    grid = read_workbook(path, Source(file="bok.xlsx", rows="form", id="Nr", merged="fill"))
    assert places(grid) == [(3, "A", "en sammanfogad cell döljer ett annat värde")]
    assert "HEMLIGT" not in str(grid.problems)


def test_areas_that_overlap_are_no_workbook_of_excels(read, tmp_path):
    read("A2:A4")
    path = tmp_path / "bok.xlsx"
    small.edit(path, SHEET, lambda part: part.replace(b"</mergeCells>", b'<mergeCell ref="A3:A5"/></mergeCells>'))
    with pytest.raises(Unreadable, match="skadad"):
        read_workbook(path, Source(file="bok.xlsx", rows="form", id="Nr", merged="fill"))


def test_the_stream_reads_what_openpyxl_reads(tmp_path):
    """Two readers, one sheet: numbers, texts, dates, times, truth values, in old Macs' calendar too."""
    cells = [
        ["text ", "å", 1, -2.5, 1e21, True, False, None, dt.date(2024, 2, 29), dt.datetime(2024, 2, 29, 12, 30)],
        ["0012", "a\nb", 0, 0.1 + 0.2, 123456789012345678, "1", "=1", "", dt.time(8, 15), dt.timedelta(hours=30)],
    ]
    for mac in (False, True):
        book = openpyxl.Workbook()
        book.epoch = openpyxl.utils.datetime.MAC_EPOCH if mac else openpyxl.utils.datetime.WINDOWS_EPOCH
        for line in [list("abcdefghij"), *cells]:
            book.active.append(line)
        book.active["G3"].data_type = "s"
        book.active["C2"].number_format = '[Red]0.0" poäng"'
        path = tmp_path / f"bok{mac}.xlsx"
        book.save(path)
        theirs = [
            [cell.value for cell in row] for row in openpyxl.load_workbook(path, data_only=True).active.iter_rows()
        ]
        ours = read_workbook(path, Source(file="bok.xlsx", rows="form", id="a")).rows
        assert ours == theirs
        assert [[type(cell) for cell in row] for row in ours] == [[type(cell) for cell in row] for row in theirs]


SHARED = """<?xml version="1.0"?><sst><si><t>a_x000D_b _x005F_x0041_ </t></si>
<si><r><t>fet</t></r><r><rPr><b/></rPr><t xml:space="preserve"> text</t></r><rPh sb="0" eb="1"><t>uttal</t></rPh></si></sst>"""
RELATION = b'<Relationship Id="rId99" Type="http://x/sharedStrings" Target="/xl/texter.xml"/></Relationships>'


def test_texts_that_the_workbook_keeps_apart(read, tmp_path):
    """As Excel keeps them: by number, in pieces with formats, with spoken forms, and signs that XML cannot hold."""
    read()
    path = tmp_path / "bok.xlsx"
    small.edit(path, "xl/_rels/workbook.xml.rels", lambda part: part.replace(b"</Relationships>", RELATION))
    for place, cell in enumerate((b"B2", b"B4")):
        shared = b'<c r="' + cell + b'" t="s"><v>%d</v></c>' % place
        small.edit(
            path, SHEET, lambda part, cell=cell, shared=shared: re.sub(b'<c r="' + cell + b'".*?</c>', shared, part)
        )
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("xl/texter.xml", SHARED)
    rows = read_workbook(path, Source(file="bok.xlsx", rows="form", id="Nr")).rows
    assert [rows[1][1], rows[3][1]] == ["a\rb _x0041_ ", "fet text"]
