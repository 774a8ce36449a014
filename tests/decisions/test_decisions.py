"""What a unit wrote in beslut.xlsx comes back as it was meant, or is refused by row and column and nothing else."""

from __future__ import annotations

import datetime as dt
import io
import zipfile

import openpyxl
import pytest

import isu_analysis as isu
from isu_analysis.decisions import Decided, Decision, Quotable, decisions_before, may_be_replaced, read, write
from isu_analysis.decisions.reading import HEADINGS, LONGEST_TEXT, MOST_DECISIONS
from isu_analysis.settings import read_unit

BETTER = Quotable("bdi:client/better", "Säkert bättre – BDI", "31 av 51 (61 %)")
CHANGE = Quotable("bdi:client/change", "=Genomsnittlig förändring – BDI", "−6,6 poäng, 51 mätta")
FIGURES = (BETTER, CHANGE)
NAME, YEAR = "Öppenvården", 2023
TEST_NUMBER = "19121212-1212"  # Skatteverket's own


@pytest.fixture
def path(tmp_path):
    place = tmp_path / "med mellanslag å" / "beslut.xlsx"
    place.parent.mkdir()
    place.write_bytes(write(FIGURES, NAME, YEAR))
    return place


def fill_in(path, *rows, first=3):
    """Write rows as a spreadsheet program does, below the headings."""
    book = openpyxl.load_workbook(path)
    for number, row in enumerate(rows, start=first):
        for place, value in enumerate(row, start=1):
            cell = book["Beslut"].cell(number, place)
            cell.value = value
            if isinstance(value, str) and value.startswith("=") and value != "=1/0":
                cell.data_type = "s"
    book.save(path)


def problems(path):
    """What is told of a file, a line a problem."""
    return "\n".join(f"rad {problem.row}: {problem.why}" for problem in read(path, YEAR).problems)


def test_what_is_filled_in_comes_back_with_its_figure_as_it_was_printed(path):
    fill_in(
        path,
        ["Ring alla  som uteblev", BETTER.label, dt.date(2024, 9, 1), "Enhetschefen", "2024-03-14", "Gjort"],
        ["Pröva grupp", CHANGE.label],
        ["Ta upp siffrorna varje månad"],
    )
    assert read(path, YEAR).decisions == (
        Decision(
            "Ring alla som uteblev", BETTER, dt.date(2024, 9, 1), "Enhetschefen", dt.date(2024, 3, 14), "Gjort", YEAR
        ),
        Decision("Pröva grupp", CHANGE, None, "", None, "", YEAR),
        Decision("Ta upp siffrorna varje månad", None, None, "", None, "", YEAR),
    )


def test_no_file_an_empty_file_and_one_nobody_has_begun_in_are_no_decisions(path):
    assert read(path, YEAR) == Decided()
    assert read(path.with_name("saknas.xlsx"), YEAR) == Decided()
    path.write_bytes(b"")
    assert read(path, YEAR) == Decided()


@pytest.mark.parametrize(
    ("row", "place", "what"),
    [
        ([f"Ring {TEST_NUMBER}", BETTER.label], "kolumn A (Beslut)", "personnummer eller en e-postadress"),
        (["Ring", None, None, "anna.ek@exempel.se"], "kolumn D", "personnummer eller en e-postadress"),
        (["Ring", None, None, None, None, f"talade med {TEST_NUMBER}"], "kolumn F", "personnummer"),
        (["Ring", "Någon helt annan siffra"], "kolumn B (Gäller siffran)", "siffran finns inte i listan"),
        (["Ring", None, "nästa vecka"], "kolumn C (Klart senast)", "inte ett datum"),
        (["Ring", None, "2024-02-30"], "kolumn C (Klart senast)", "inte ett datum"),
        (["Ring", None, None, None, dt.date(1066, 1, 1).isoformat()], "kolumn E", "ett orimligt årtal"),
        (["Ring", None, None, None, True], "kolumn E", "inte ett datum"),
        ([None, BETTER.label], "kolumn A (Beslut)", "beslutet saknas"),
        ([dt.date(2024, 1, 1)], "kolumn A (Beslut)", "ett datum"),
        (["x" * (LONGEST_TEXT + 1)], "kolumn A (Beslut)", "för lång"),
    ],
)
def test_what_cannot_be_read_is_told_by_row_and_column_and_never_by_value(path, row, place, what):
    fill_in(path, row)
    said = problems(path)
    assert said.startswith("rad 3: ")
    assert place in said
    assert what in said
    assert "Tillåtet" in said
    for value in (TEST_NUMBER, "anna.ek", "nästa vecka", "Någon helt annan", "02-30", "xxx"):
        assert value not in said


def test_every_wrong_cell_is_told_at_once_in_order(path):
    fill_in(path, ["Ring", "fel", "fel"], [None, None, None, "chefen"])
    assert [line.partition(":")[0] for line in problems(path).splitlines()] == ["rad 3", "rad 3", "rad 4"]


def test_a_row_that_cannot_be_read_hides_no_other(path):
    fill_in(path, ["Ring alla", BETTER.label], ["Pröva grupp", None, "nästa vecka"], ["Ta upp siffrorna"])
    found = read(path, YEAR)
    assert [decision.text for decision in found.decisions] == ["Ring alla", "Ta upp siffrorna"]
    assert (found.year, found.count, [problem.row for problem in found.problems]) == (YEAR, 2, [4])
    assert "kolumn C (Klart senast)" in found.problems[0].why
    assert "nästa vecka" not in repr(found)
    assert "Pröva" not in repr(found)


def test_more_decisions_than_a_meeting_makes_are_refused(path):
    fill_in(path, *([f"Beslut {number}"] for number in range(MOST_DECISIONS + 1)))
    assert f"högst {MOST_DECISIONS}" in problems(path)
    assert read(path, YEAR).count == MOST_DECISIONS


def test_changed_headings_and_a_removed_list_are_told(path):
    book = openpyxl.load_workbook(path)
    book["Beslut"]["A2"] = "Vad vi gör"
    book.save(path)
    assert problems(path).startswith("rad 2: ")
    assert "rubrikerna är ändrade" in problems(path)
    path.write_bytes(write(FIGURES, NAME, YEAR))
    book = openpyxl.load_workbook(path)
    del book["Siffror"]
    book.save(path)
    assert "bladet «Siffror» finns inte" in problems(path)


@pytest.mark.parametrize("content", [b"PK\x03\x04 not a workbook", b"hello", b"\x00" * 500])
def test_a_file_that_is_no_workbook_is_told_without_its_content(path, content):
    path.write_bytes(content)
    assert problems(path).startswith("rad 0: beslut.xlsx")
    assert "hello" not in problems(path)


def test_a_formula_that_fails_is_a_problem_and_not_a_text(path):
    fill_in(path, ["=1/0"])
    assert "kolumn A (Beslut)" in problems(path)


def test_the_same_figures_give_the_same_bytes_without_a_clock():
    assert write(FIGURES, NAME, YEAR) == write(list(FIGURES), NAME, YEAR)
    assert write(FIGURES[:1], NAME, YEAR) != write(FIGURES, NAME, YEAR)
    with zipfile.ZipFile(io.BytesIO(write(FIGURES, NAME, YEAR))) as archive:
        assert {entry.date_time for entry in archive.infolist()} == {(2000, 1, 1, 0, 0, 0)}
        assert b"2000-01-01" in archive.read("docProps/core.xml")


def test_the_drop_down_reads_the_figures_and_no_cell_is_a_formula():
    book = openpyxl.load_workbook(io.BytesIO(write(FIGURES, NAME, YEAR)))
    sheet, listed = book["Beslut"], book["Siffror"]
    assert book.sheetnames[0] == "Beslut"
    assert tuple(cell.value for cell in sheet[2]) == HEADINGS
    assert "Öppenvården" in sheet["A1"].value
    rules = {rule.type: rule for rule in sheet.data_validations.dataValidation}
    assert rules["list"].formula1 == "Siffror!$B$2:$B$3"
    assert "B3" in str(rules["list"].sqref)
    assert "C3" in str(rules["date"].sqref) or "E3" in str(rules["date"].sqref)
    assert [cell.value for cell in listed["B"]] == ["Siffra", BETTER.label, CHANGE.label]
    assert [cell.value for cell in listed["C"]][1] == BETTER.value
    assert {cell.data_type for row in listed.iter_rows() for cell in row} == {"s"}
    assert listed.protection.sheet


def test_a_report_without_figures_has_a_file_without_a_list(path):
    path.write_bytes(write((), NAME, YEAR))
    fill_in(path, ["Följ upp fler"])
    assert read(path, YEAR).decisions[0].figure is None


def test_only_a_file_nobody_has_touched_may_be_replaced(path):
    assert may_be_replaced(path, NAME, YEAR)
    untouched = path.read_bytes()
    lock = path.with_name("~$beslut.xlsx")
    lock.write_bytes(b"")
    assert not may_be_replaced(path, NAME, YEAR)
    lock.unlink()
    fill_in(path, ["Ring"])
    assert not may_be_replaced(path, NAME, YEAR)
    path.write_bytes(untouched)
    openpyxl.load_workbook(path).save(path)  # opened and saved, with nothing written that we can see
    assert not may_be_replaced(path, NAME, YEAR)
    path.write_bytes(b"skadad")
    assert not may_be_replaced(path, NAME, YEAR)
    path.unlink()
    assert not may_be_replaced(path, NAME, YEAR)


def test_hard_spaces_of_a_printed_number_do_not_make_a_file_look_touched(path):
    path.write_bytes(write([Quotable("a", "Mätta", "51 av 93 (55\u00a0%)")], NAME, YEAR))
    assert may_be_replaced(path, NAME, YEAR)


@pytest.fixture
def project(tmp_path, request):
    """Give a project with one unit and a function that writes a year's file beside its internal report."""
    import small_project

    settings = tmp_path / "parameters" / "a-kommun" / "oppenvarden.yml"
    settings.parent.mkdir(parents=True)
    settings.write_text(small_project.SETTINGS, encoding="utf-8")
    unit = read_unit(settings)

    def beside(year, *rows, release="internal"):
        path = tmp_path / "reports" / release / unit.key / str(year) / "beslut.xlsx"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(write(FIGURES, NAME, year))
        if rows:
            fill_in(path, *rows)
        return path

    return unit, tmp_path, beside


def test_the_latest_earlier_year_is_read_and_never_the_same_or_a_later_one(project):
    unit, folder, beside = project
    assert decisions_before(unit, 2024, folder) == Decided()
    for year in (2021, 2022, 2024, 2025):
        beside(year, [f"Beslut {year}", BETTER.label])
    beside(2023, ["Publikt"], release="public")
    (folder / "reports" / "internal" / unit.key / "utkast").mkdir()
    found = decisions_before(unit, 2024, folder)
    assert (found.year, found.count, [one.text for one in found.decisions]) == (2022, 1, ["Beslut 2022"])
    assert isu.decisions_before(unit, 2022, folder).year == 2021


def test_a_file_nobody_filled_in_is_as_no_file(project):
    unit, folder, beside = project
    beside(2023)
    assert decisions_before(unit, 2024, folder) == Decided()


def test_a_broken_file_gives_its_problems_and_stops_nothing(project):
    unit, folder, beside = project
    beside(2023, *(["Ring", "finns inte"] for _ in range(5)))
    found = decisions_before(unit, 2024, folder)
    assert (found.year, found.count, found.decisions) == (2023, 0, ())
    assert [problem.row for problem in found.problems] == [3, 4, 5, 6, 7]
    assert "kolumn B" in found.problems[0].why


def test_a_file_that_may_not_be_opened_is_told(project, monkeypatch):
    unit, folder, beside = project
    beside(2023, ["Ring"])

    def closed(*_):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(zipfile, "ZipFile", closed)
    found = decisions_before(unit, 2024, folder)
    assert found.decisions == ()
    assert "stäng den i andra program" in found.problems[0].why
