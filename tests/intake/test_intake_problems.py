"""What is wrong in raw files: every fault one clear line, all of them at once, and nothing half-written."""

import datetime as dt
import shutil
import unicodedata

import openpyxl
import pandas as pd
import pytest
import small_project as small
from small_project import row

from isu_analysis.errors import DataError
from isu_analysis.files import WriteError, disk
from isu_analysis.intake import ProblemsFound, check, has_raw_files, intake, store, unread
from isu_analysis.intake.checks import SHOWN_ON_SCREEN, Problem, as_workbook

NAME = "ärenden 2024.xlsx"
PLACE = f"{NAME}, blad «Blad1»"
DATE = "ett datum på formen ÅÅÅÅ-MM-DD"


def write(project, *rows, name=NAME, **more):
    return small.xlsx(small.raw(project, name), rows, **more)


def told(project, unit, *rows, **more):
    write(project, *rows, **more)
    return small.lines(small.refused(unit, project))


def test_good_rows_are_read_in(project, unit):
    write(project, row("A1"), row("A2", före="12,5", efter=None, avslut="Avbrutet", läge=None))
    processed = intake(unit, project)
    assert list(processed.episodes["year"]) == [2024, 2024]
    assert list(processed.episodes["ending"]) == ["planned", "unplanned"]
    scores = processed.measurements.query("measure == 'core_om'")
    assert scores["value"].fillna(-1).tolist() == [20, 12.5, 11, -1]  # column by column
    assert scores["missing_reason"].fillna("").tolist() == ["", "", "", "unknown"]
    assert processed.about["as_of"] == "2024-06-01"
    assert repr(processed) == "Processed(2 episodes, 6 measurements)"


@pytest.mark.parametrize(
    ("changes", "where", "what", "allowed"),
    [
        ({"nr": None}, "A (Nr)", "ärendet saknar nummer", "ett eget nummer på varje rad"),
        ({"start": "10/1 2024"}, "B (Start)", "inte ett datum", DATE),
        ({"slut": 45444}, "C (Slut)", "inte ett datum", DATE),
        ({"slut": "2104-06-01"}, "C (Slut)", "ett orimligt årtal", "ett datum från 1900 till 2100"),
        ({"start": dt.date(2024, 7, 1)}, "C (Slut)", "slutdatum ligger före startdatum", "ett datum från och med startdatum"),
        ({"slut": dt.date(2025, 1, 1)}, "C (Slut)", "slutdatum ligger utanför filens år", "ett datum under 2024"),
        ({"avslut": "planerat"}, "D (Avslut)", "texten finns inte i enhetsfilens lista", "«Planerat», «Avbrutet», «Pågår», «Kom aldrig»"),
        ({"ålder": "trettio"}, "E (Ålder)", "text i en talkolumn", "ett tal med decimalkomma, eller tomt"),
        ({"ålder": 8}, "E (Ålder)", "värdet ligger utanför det som är rimligt", "18–100"),
        ({"före": "hög"}, "F (CORE före)", "text i en talkolumn", "ett tal med decimalkomma, eller tomt"),
        ({"före": 41}, "F (CORE före)", "värdet ligger utanför skalan för CORE-OM", "0–40"),
        ({"efter": -1}, "G (CORE efter)", "värdet ligger utanför skalan för CORE-OM", "0–40"),
        ({"efter": dt.date(2024, 1, 1)}, "G (CORE efter)", "inte ett tal", "ett tal, eller tomt"),
        ({"efter": "#N/A"}, "G (CORE efter)", "cellen visar ett formelfel", "ett värde eller tomt"),
        ({"efter": "=1+1"}, "G (CORE efter)", "formeln har aldrig räknats ut", "öppna och spara om filen i Excel"),
        ({"läge": "Okej"}, "H (Läge)", "texten finns inte i enhetsfilens lista", "«Dåligt», «Bra»"),
        ({"nr": "#REF!"}, "A (Nr)", "cellen visar ett formelfel", "ett värde eller tomt"),
    ],
)  # fmt: skip
def test_one_fault_is_one_line_with_place_and_what_is_allowed(project, unit, changes, where, what, allowed):
    assert told(project, unit, row("A1"), row("A2", **changes)) == [
        f"{PLACE}, rad 3, kolumn {where}: {what}. Tillåtet: {allowed}."
    ]


def test_faults_in_columns_that_are_not_read_are_nobodys_business(project, unit):
    write(project, row("A1", anteckning="#N/A"), row("A2", anteckning="=1+1"))
    assert len(intake(unit, project).episodes) == 2


def test_ten_faults_are_ten_lines(project, unit):
    rows = [
        row("A1"), row("A1"), row(None), row("A4", start="igår"), row("A5", slut=dt.date(2023, 1, 1)),
        row("A6", avslut="?"), row("A7", ålder=7), row("A8", före="x", efter=99), row("A9", efter="#N/A"),
        row("A10", läge="=1+1"), ["Totalt", None, None, None, 300],
    ]  # fmt: skip
    lines = told(project, unit, *rows)
    # Row 6 breaks two rules: its end lies before its start and outside the year.
    assert [int(line.split("rad ")[1].split(",")[0].split(":")[0]) for line in lines] == [
        3,
        4,
        5,
        6,
        6,
        7,
        8,
        9,
        9,
        10,
        11,
        12,
    ]
    assert (
        lines[-1]
        == f"{PLACE}, rad 12: raden ser ut som en summarad. Tillåtet: en rad för varje ärende; nämn summan under «skip_rows» i enhetsfilen; råfilen ändras inte."
    )


def test_faults_of_the_file_are_told_together_with_faults_of_cells(project):
    unit = small.unit(project, small.AS_CSV)
    path = small.text(small.raw(project, "ärenden 2024.csv"), [row("A1", före=41), row("A2"), row("A3", läge="?")])
    path.write_bytes(path.read_bytes().replace(b"A2;", b"A2;;"))
    assert [problem.row for problem in small.refused(unit, project).problems] == [2, 3, 4]
    unit, path = small.unit(project), write(project, row("A1", före=41), row("A2"))
    book = openpyxl.load_workbook(path)
    book.active.merge_cells("H2:H3")
    book.save(path)
    assert [(problem.row, problem.column[0]) for problem in small.refused(unit, project).problems] == [
        (2, "F"),
        (2, "H"),
    ]


def test_faults_of_all_files_are_told_together(project, unit):
    small.text(small.raw(project, "ärenden 2022.xlsx"), [])
    write(project, row("A1", före=41), name="ärenden 2023.xlsx")
    lines = told(project, unit, row("A2", slut=dt.date(2024, 5, 1), efter=41))
    assert [line.split(",")[0].split(":")[0] for line in lines] == [
        "ärenden 2022.xlsx", "ärenden 2023.xlsx", "ärenden 2023.xlsx", "ärenden 2024.xlsx",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "first", ["Totalt", "SUMMA:", "Total", "Medel", "Medelvärde", "Antal:", "Totalt 2024", "Genomsnitt"]
)
def test_a_row_of_sums_is_no_person(project, unit, first):
    lines = told(project, unit, row("A1"), [first, None, None, None, 300, 20])
    assert lines == [
        f"{PLACE}, rad 3: raden ser ut som en summarad. Tillåtet: en rad för varje ärende; nämn summan under «skip_rows» i enhetsfilen; råfilen ändras inte."
    ]


@pytest.mark.parametrize(("first", "again"), [("A1", "A1"), (17, 17.0), (17, " 17 "), ("ab-1", "AB-1"),
                                              ("Åsa 1", unicodedata.normalize("NFD", "ÅSA\u00a01"))])  # fmt: skip
def test_the_same_case_twice_is_told_with_the_first_place(project, unit, first, again):
    lines = told(
        project, unit, row(first, före=None, efter=None, läge=None), row(again, före=None, efter=None, läge=None)
    )
    assert lines == [f"{PLACE}, rad 3: samma ärende står redan på rad 2 i {NAME}. Tillåtet: en rad för varje ärende."]


def test_the_same_case_in_two_years_files_is_told(project, unit):
    empty = {"före": None, "efter": None, "läge": None}
    write(project, row("A1", start=None, slut=dt.date(2023, 6, 1), **empty), name="ärenden 2023.xlsx")
    assert told(project, unit, row("A1", **empty)) == [
        f"{PLACE}, rad 2: samma ärende står redan på rad 2 i ärenden 2023.xlsx. Tillåtet: en rad för varje ärende."
    ]


@pytest.mark.parametrize("name", ["ärenden {year}", "ärenden"])
def test_a_case_without_an_end_date_is_open_and_belongs_to_no_year_yet(project, name):
    unit = small.unit(project, small.SETTINGS.replace("ärenden {year}", name))
    rows = [row("A1", slut=None, avslut="Pågår"), row("A2", slut=None, avslut=None), row("A3")]
    write(project, *rows, name=f"{name.replace('{year}', '2024')}.xlsx")
    assert intake(unit, project).episodes["year"].fillna(0).tolist() == [0, 0, 2024]


def forms(project, *rows, settings=small.FORMS):
    small.xlsx(small.raw(project, "skattningar 2024.xlsx"), rows, small.FORM_HEADINGS)
    write(project, row("A1", före=None, efter=None), row("A2", före=None, efter=None))
    return small.unit(project, settings)


def test_two_values_for_one_case_and_occasion_are_told_where_they_stand(project):
    unit = forms(
        project,
        ["A1", "2024-01-10", "Nybesök", 20],
        ["A1", "2024-01-11", "Nybesök", 21],
        ["a1 ", "2024-01-12", "Nybesök", 21],
    )
    assert small.lines(small.refused(unit, project)) == [
        f"skattningar 2024.xlsx, blad «Blad1», rad {number}, kolumn D (CORE): ärendet har redan ett värde vid «nybesök», "
        "på rad 2 i skattningar 2024.xlsx. Tillåtet: ett värde för varje ärende och tillfälle."
        for number in (3, 4)
    ]


def test_two_values_in_two_files_are_told(project):
    unit = forms(project, ["A1", "2024-01-10", "Nybesök", 20])
    lines = told(project, unit, row("A1", före=19))
    assert len(lines) == 1
    assert lines[0].startswith("skattningar 2024.xlsx") and f"på rad 2 i {NAME}" in lines[0]


def test_an_empty_answer_beside_a_value_is_no_second_value(project):
    unit = forms(project, ["A1", "2024-01-10", "Nybesök", 20], ["A1", "2024-01-11", "Nybesök", None])
    assert len(intake(unit, project).measurements.query("occasion == 'start' and value == value")) == 1


def test_forms_without_a_code_are_nobodys_and_may_be_many(project):
    unit = forms(project, [None, "2024-01-10", "Nybesök", 20], [None, "2024-01-10", "Nybesök", 20])
    loose = intake(unit, project).measurements.query("episode.isna()")
    assert len(loose) == 2 and set(loose["year"]) == {2024}


def test_an_end_measured_before_its_start_is_told(project):
    unit = forms(project, ["A1", "2024-05-10", "Nybesök", 20], ["A1", "2024-01-10", "Avslut", 10])
    assert small.lines(small.refused(unit, project)) == [
        "skattningar 2024.xlsx, blad «Blad1», rad 3, kolumn B (Dag): mätningen är daterad före ärendets mätning vid start. "
        "Tillåtet: ett datum från och med startens."
    ]


def test_an_unknown_or_missing_occasion_is_told(project):
    unit = forms(project, ["A1", "2024-05-10", "Mitt i", 20], ["A2", "2024-01-10", None, 10])
    assert small.lines(small.refused(unit, project)) == [
        "skattningar 2024.xlsx, blad «Blad1», rad 2, kolumn C (När): texten finns inte i enhetsfilens lista. Tillåtet: «Nybesök», «Avslut».",
        "skattningar 2024.xlsx, blad «Blad1», rad 3, kolumn C (När): mättillfället saknas. Tillåtet: «Nybesök», «Avslut».",
    ]


@pytest.mark.parametrize("cell", ["99", 99, 99.0, "Nej"])
def test_what_is_declared_as_missing_is_missing_with_its_reason(project, unit, cell):
    write(project, row("A1", före=cell))
    start = intake(unit, project).measurements.query("occasion == 'start'").iloc[0]
    assert start["missing_reason"] == "declined"
    assert pd.isna(start["value"])


def test_a_declared_reason_stays_on_a_form_without_a_code(project):
    settings = small.FORMS.replace("{column: CORE, ", "{column: CORE, missing: {Nej: declined}, ")
    unit = forms(project, [None, "2024-05-10", "Avslut", "Nej"], settings=settings)
    assert intake(unit, project).measurements.query("episode.isna()")["missing_reason"].tolist() == ["declined"]


def test_no_file_and_a_file_without_rows(project, unit):
    assert small.lines(small.refused(unit, project)) == [
        "ärenden {year}.xlsx: ingen fil med det namnet. Tillåtet: en fil i data_raw/a-kommun/oppenvard/."
    ]
    assert told(project, unit) == [f"{PLACE}: filen har rubriker men inga rader. Tillåtet: minst en rad."]


def test_headings_in_row_three_and_cp1252_with_decimal_commas(project):
    unit = small.unit(project, small.AS_CSV.replace("rows: episode", "rows: episode\n    header_row: 3"))
    path = small.raw(project, "ärenden 2024.csv")
    table = small.text(path, [row("A1", före=12.5)], encoding="cp1252").read_bytes()
    path.write_bytes("Register över ärenden\r\n\r\n".encode("cp1252") + table)
    assert intake(unit, project).measurements["value"].tolist()[:2] == [12.5, 11]


def test_the_list_is_a_workbook_for_the_unit(project, unit):
    write(project, row("A1", före=41), row("A2", efter="x"))
    error = small.refused(unit, project)
    sheet = openpyxl.load_workbook(store.folder(project, unit) / "problem.xlsx").active
    assert [cell.value for cell in sheet[1]] == ["Fil", "Blad", "Rad", "Kolumn", "Vad är fel", "Tillåtet"]
    assert [tuple(cell.value for cell in line) for line in sheet.iter_rows(min_row=2)] == [
        (p.file, p.sheet, p.row, p.column, p.what, p.allowed) for p in error.problems
    ]
    assert sheet.freeze_panes == "A2"


def test_texts_in_the_list_are_never_formulas_and_control_signs_do_not_stop_it(tmp_path):
    (tmp_path / "lista.xlsx").write_bytes(
        as_workbook([Problem('=HYPERLINK("x")', "\x07blad", 1, "=1+1", "+fel", "@x")])
    )
    cells = openpyxl.load_workbook(tmp_path / "lista.xlsx").active[2]
    assert [cell.data_type for cell in cells if cell.value != 1] == ["s"] * 5
    assert cells[1].value == " blad"


def test_a_long_list_is_cut_on_the_screen_and_whole_in_the_workbook(project, unit):
    write(project, *[row(f"A{number}", före=41) for number in range(80)])
    error = small.refused(unit, project)
    said = str(error).splitlines()
    assert said[0] == "Öppenvården: 80 problem i råfilerna."
    assert said[-1] == f"… och {80 - SHOWN_ON_SCREEN} till. Hela listan finns i problem.xlsx."
    assert len(said) == SHOWN_ON_SCREEN + 2
    assert openpyxl.load_workbook(store.folder(project, unit) / "problem.xlsx").active.max_row == 81


def test_problems_store_nothing_but_their_list(project, unit):
    write(project, row("A1", före=41))
    small.refused(unit, project)
    assert [path.name for path in store.folder(project, unit).iterdir()] == ["problem.xlsx"]


def test_problems_leave_the_earlier_tables_and_a_mended_file_takes_the_list_away(project, unit):
    write(project, row("A1"))
    intake(unit, project)
    before = small.tree(store.folder(project, unit))
    write(project, row("A1"), row("A2", före=41))
    small.refused(unit, project)
    after = small.tree(store.folder(project, unit))
    assert {name: after[name] for name in before} == before and set(after) - set(before) == {"problem.xlsx"}
    write(project, row("A1"), row("A2"))
    assert len(intake(unit, project).episodes) == 2
    assert set(small.tree(store.folder(project, unit))) == set(before)


def test_raw_files_are_never_touched(project, unit):
    write(project, row("A1", före=41))
    before = small.tree(project / "data_raw")
    small.refused(unit, project)
    write(project, row("A1"))
    assert set(small.tree(project / "data_raw")) == set(before)


def test_check_stores_nothing_at_all(project, unit):
    write(project, row("A1"))
    before = small.tree(project)
    assert len(check(unit, project).episodes) == 1
    assert small.tree(project) == before
    write(project, row("A1", före=41))
    before = small.tree(project)
    with pytest.raises(ProblemsFound):
        check(unit, project)
    assert small.tree(project) == before


def test_an_open_problem_list_hides_no_problems(project, unit, monkeypatch):
    monkeypatch.setattr(disk, "WAITS", ())
    write(project, row("A1", före=41))
    small.refused(unit, project)
    hold(monkeypatch, "problem.xlsx")
    error = small.refused(unit, project)
    assert "rad 2, kolumn F (CORE före)" in str(error)
    assert "inte problem.xlsx" in str(error) and "Stäng filen" in str(error)


def test_an_open_problem_list_stops_a_good_file_before_anything_is_written(project, unit, monkeypatch):
    monkeypatch.setattr(disk, "WAITS", ())
    write(project, row("A1", före=41))
    small.refused(unit, project)
    before = small.tree(store.folder(project, unit))
    write(project, row("A1"))
    hold(monkeypatch, "problem.xlsx")
    with pytest.raises(WriteError, match="Stäng filen och kör igen"):
        intake(unit, project)
    assert small.tree(store.folder(project, unit)) == before


def hold(monkeypatch, name):
    """A file open in Excel on Windows: it can be neither replaced, moved nor removed."""
    from pathlib import Path

    replace, unlink = Path.replace, Path.unlink

    def held(path):
        if path.name == name:
            raise PermissionError(13, "The process cannot access the file")

    def guarded_replace(self, target):
        held(self)
        held(Path(target))
        return replace(self, target)

    def guarded_unlink(self, missing_ok=False):
        held(self)
        return unlink(self, missing_ok=missing_ok)

    monkeypatch.setattr(Path, "replace", guarded_replace)
    monkeypatch.setattr(Path, "unlink", guarded_unlink)


@pytest.mark.parametrize("lock", ["~$ärenden 2024.xlsx", ".~lock.ärenden 2024.xlsx#", ".ärenden 2024.xlsx"])
def test_lock_files_of_open_workbooks_are_no_data(project, lock):
    unit = small.unit(
        project, small.SETTINGS.replace("ärenden {year}.xlsx", "*.xlsx").replace("rule: ended", "rule: started")
    )
    small.raw(project, lock).write_bytes(b"\x05Anna" + b"\0" * 160)
    assert not has_raw_files(project, unit)
    write(project, row("A1"))
    assert len(intake(unit, project).episodes) == 1


@pytest.mark.parametrize("name", ["Ärenden 2024.XLSX", unicodedata.normalize("NFD", NAME)])
def test_a_name_in_capitals_or_from_a_mac_is_the_same_file(project, unit, name):
    write(project, row("A1"), name=name)
    assert intake(unit, project).episodes["year"].tolist() == [2024]


def test_other_files_and_folders_are_passed_over(project, unit):
    write(project, row("A1"))
    small.raw(project, "läs mig.txt").write_text("hej", encoding="utf-8")
    small.raw(project, "ärenden 24.xlsx").write_bytes(b"")
    small.raw(project, "ärenden 2023.xlsx").mkdir()
    assert [file["file"] for file in intake(unit, project).about["files"]] == [NAME]


def test_files_that_nothing_reads_are_named(project, unit):
    assert unread(project, unit) == []
    write(project, row("A1"))
    for other in ("ärenden 24.xlsx", "läs mig.txt", "desktop.ini", "Thumbs.db", "~$ärenden 2024.xlsx", ".dold"):
        small.raw(project, other).write_bytes(b"")
    small.raw(project, "en mapp").mkdir()
    assert sorted(unread(project, unit)) == ["läs mig.txt", "ärenden 24.xlsx"]


def test_another_key_is_refused_and_the_tables_stay(project, unit):
    write(project, row("A1"))
    intake(unit, project)
    before = small.tree(store.folder(project, unit))
    shutil.rmtree(project / ".isu")
    with pytest.raises(DataError, match="annan pseudonymnyckel"):
        intake(unit, project)
    assert small.tree(store.folder(project, unit)) == before


def test_the_same_fault_twice_in_one_cell_is_one_line(project):
    settings = small.FORMS.replace(
        "      - {column: CORE, measure: core_om, rater: client}\n",
        "      - {column: CORE, measure: core_om, rater: client}\n      - {column: Betyg, measure: laget, rater: staff}\n",
    )
    small.xlsx(
        small.raw(project, "skattningar 2024.xlsx"),
        [["A1", "2024-01-10", None, 3, "bra"]],
        [*small.FORM_HEADINGS, "Betyg"],
    )
    write(project, row("A1"))
    assert len(small.refused(small.unit(project, settings), project).problems) == 1
