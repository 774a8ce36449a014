"""Nothing that a file makes its reader do reaches further than the child process."""

import os
import threading
import time

import hostile_readers as hostile
import openpyxl
import pytest
import small_project as small

from isu_analysis.intake import archives, guarded
from isu_analysis.intake.checks import Fault, Unreadable
from isu_analysis.intake.guarded import Limits, is_large
from isu_analysis.intake.spss import read_sav
from isu_analysis.intake.workbooks import read_workbook
from isu_analysis.settings import Source

resource = pytest.importorskip("resource")
SOURCE = Source(file="fil", rows="form", id="Nr")
QUICK = Limits(memory=700_000_000, seconds=4)
TOO_MUCH = "fil.sav: filen kunde inte läsas inom rimlig tid och minne. Tillåtet: en hel fil"
SHEET = "xl/worksheets/sheet1.xml"

pytestmark = pytest.mark.skipif(
    os.name != "posix", reason="signals and memory limits are POSIX; Windows has the time limit"
)


@pytest.fixture
def path(tmp_path):
    file = tmp_path / "fil.sav"
    file.write_bytes(b"$FL2 ingenting")
    return file


def said(path, reader, limits=QUICK):
    """What is told of a file that is refused, having seen that it took seconds and left nothing behind."""
    began, threads = time.monotonic(), threading.active_count()
    with pytest.raises(Unreadable) as caught:
        guarded.guarded(reader, path, SOURCE, limits)
    assert time.monotonic() - began < 10
    assert threading.active_count() <= threads
    assert caught.value.__cause__ is None and caught.value.__context__ is None
    assert "HEMLIGT" not in small.everything_said(caught.value)
    return str(caught.value)


def test_a_reader_that_does_well_gives_the_same_grid_as_here(path, capfd):
    grid = guarded.guarded(hostile.ordinary, path, SOURCE)
    here = hostile.ordinary(path, SOURCE)
    capfd.readouterr()
    assert (grid.name, list(grid.rows), grid.problems) == (here.name, here.rows, here.problems)
    assert isinstance(grid.rows[-1][0], Fault)


def test_what_a_reader_prints_is_not_shown(path, capfd):
    guarded.guarded(hostile.ordinary, path, SOURCE)
    assert capfd.readouterr() == ("", "")


def test_what_a_reader_says_of_the_file_is_told(path):
    assert said(path, hostile.refuses) == "fil.sav: filen är tom. Tillåtet: en tabell."
    assert "filen kan inte öppnas" in said(path, hostile.cannot_open)
    with pytest.raises(ModuleNotFoundError) as caught:
        guarded.guarded(hostile.needs_a_module, path, SOURCE)
    assert caught.value.name == "pyreadstat"


@pytest.mark.parametrize(
    "reader",
    [hostile.is_killed, hostile.aborts, hostile.reads_nowhere, hostile.exits_as_if_well, hostile.breaks, hostile.eats_memory,
     hostile.overflows_the_stack, hostile.stops_in_the_middle],
)  # fmt: skip
def test_a_reader_that_dies(path, reader):
    assert TOO_MUCH in said(path, reader)


@pytest.mark.parametrize("reader", [hostile.hangs, hostile.hangs_deaf])
def test_a_reader_that_hangs(path, reader):
    assert TOO_MUCH in said(path, reader, Limits(seconds=1.5))


def test_the_memory_is_bounded_by_the_limit(path):
    before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    said(path, hostile.eats_memory)
    assert resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss <= max(before, 700_000)  # kilobytes


def test_an_answer_that_never_ends(path, monkeypatch):
    monkeypatch.setattr(guarded, "_MOST_ROWS", 100_000)
    assert TOO_MUCH in said(path, hostile.never_stops_talking)


def test_only_plain_cells_are_unpacked(path, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert TOO_MUCH in said(path, hostile.sends_a_bomb)
    assert not list(tmp_path.glob("HEMLIGT*"))


def test_the_time_grows_with_the_file(path):
    assert Limits().time(path) == pytest.approx(30, abs=0.01)
    path.write_bytes(b"x" * 3_000_000)
    assert Limits().time(path) == 45


@pytest.fixture
def book(tmp_path):
    return small.xlsx(tmp_path / "bok.xlsx", [["1", 1], ["2", 2]], ["Nr", "Poäng"])


def bounded(path):
    """Read a workbook where we are; tell what is said, having seen that memory and time stayed small."""
    began, before = time.monotonic(), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with pytest.raises(Unreadable) as caught:
        read_workbook(path, SOURCE)
    assert time.monotonic() - began < 5
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 300_000
    return str(caught.value)


def test_dimension_bombs_are_refused_where_we_are(book):
    whole = book.read_bytes()
    for far in (
        b'<row r="1048576"><c r="A1048576"><v>1</v></c></row>',
        b'<row r="4"><c r="XFD4"><v>1</v></c></row>',
        b'<row spans="&gt;" ht=">" r="1048576"/>',  # a sign that hides the number from a search by pattern
        b'<row r="999999999999999999"/>',
        b"<row/>" * 60_000,
    ):
        book.write_bytes(whole)
        small.edit(book, SHEET, lambda part, far=far: part.replace(b"</sheetData>", far + b"</sheetData>"))
        assert book.stat().st_size < 10_000
        assert "bladet är för stort" in bounded(book)


@pytest.mark.parametrize("area", [b"A1:XFD1048576", b"A2:A1048576", b"A1:A9"])
def test_a_merged_area_of_the_whole_sheet_costs_nothing(book, area):
    """openpyxl makes a cell for each of seventeen billion."""
    merged = b'</sheetData><mergeCells count="1"><mergeCell ref="' + area + b'"/></mergeCells>'
    small.edit(book, SHEET, lambda part: part.replace(b"</sheetData>", merged))
    began = time.monotonic()
    assert len(read_workbook(book, SOURCE).problems) == 1
    assert len(read_workbook(book, SOURCE.model_copy(update={"merged": "fill"})).rows) == 3
    assert time.monotonic() - began < 2


def test_a_zip_bomb_is_refused_before_it_is_unpacked(book):
    small.edit(book, SHEET, lambda part: part + b" " * 90_000_000)
    assert "packar upp till orimligt mycket" in bounded(book)


def test_rows_told_twice_are_no_silent_choice(book):
    """Other readers keep one of them and say nothing."""
    again = b'<row r="2"><c r="A2" t="inlineStr"><is><t>x</t></is></c></row></sheetData>'
    small.edit(book, SHEET, lambda part: part.replace(b"</sheetData>", again))
    assert "skadad" in bounded(book)


def test_a_cell_told_twice_is_no_silent_choice(book):
    small.edit(
        book,
        SHEET,
        lambda part: part.replace(b"</c></row></sheetData>", b'</c><c r="A3"><v>9</v></c></row></sheetData>'),
    )
    assert "skadad" in bounded(book)


def test_only_large_workbooks_are_read_under_guard(book, monkeypatch):
    assert not is_large(book)
    monkeypatch.setattr(guarded, "LARGE", archives.unpacked_size(book) - 1)
    assert is_large(book)


def test_a_workbook_under_guard_is_read_as_here(book):
    there, here = guarded.guarded(read_workbook, book, SOURCE), read_workbook(book, SOURCE)
    assert (there.name, there.rows, there.problems) == (here.name, here.rows, here.problems)


def test_a_large_sheet_is_read_in_seconds(tmp_path):
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("Blad1")
    sheet.append(["Nr", *"abcdefghi"])
    for number in range(19_999):
        sheet.append([number, "text", 1.5, *[2] * 7])
    book.save(tmp_path / "stor.xlsx")
    began = time.monotonic()
    assert len(read_workbook(tmp_path / "stor.xlsx", SOURCE).rows) == 20_000
    assert time.monotonic() - began < 10  # about one; the machine may be busy


def test_cut_and_broken_spss_files_are_refused(tmp_path):
    import pandas as pd
    import pyreadstat

    path = tmp_path / "fil.sav"
    pyreadstat.write_sav(pd.DataFrame({"nr": ["a", "b"] * 500, "poang": [1.0, 2.0] * 500}), path)
    whole = path.read_bytes()
    for size in (180, len(whole) // 2):
        path.write_bytes(whole[:size])
        assert said(path, read_sav).startswith("fil.sav: ")


@pytest.mark.parametrize("place", [180, 212, 296])
def test_one_wrong_byte_that_fells_the_library_and_its_process(tmp_path, place):
    """Of 1 593 files with one byte changed 19 made pyreadstat 1.3.7 fall with a segmentation fault; these are three."""
    import pandas as pd
    import pyreadstat

    path, columns = tmp_path / "fil.sav", {"nr": ["aa", "bb"] * 20, "p": [1.0, 2.0] * 20}
    labels = {"p": {1: "Ja", 2: "Nej"}}
    pyreadstat.write_sav(pd.DataFrame(columns), path, variable_value_labels=labels, missing_ranges={"p": [2]})
    whole = path.read_bytes()
    path.write_bytes(whole[:place] + b"\xff" + whole[place + 1 :])
    assert TOO_MUCH in said(path, read_sav)
