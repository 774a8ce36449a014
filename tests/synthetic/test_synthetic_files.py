import datetime as dt
import re
import zipfile

import openpyxl
import pytest

from isu_analysis import synthetic
from isu_analysis.synthetic import YEARS, resurs_barn, unga_vuxna, write_demo


def test_two_runs_give_the_same_bytes(demo, tmp_path):
    again = write_demo(tmp_path)
    assert [path.name for path in again.files] == [path.name for path in demo.files]
    for first, second in zip((*demo.files, demo.truth), (*again.files, again.truth), strict=True):
        assert first.read_bytes() == second.read_bytes(), first.name


def test_a_second_run_replaces_and_writes_nowhere_else(tmp_path, monkeypatch):
    monkeypatch.setattr(synthetic, "_UNITS", (unga_vuxna, resurs_barn))
    first = write_demo(tmp_path)
    own = tmp_path / "data_raw" / "exempelstad" / "unga-vuxna" / "egen.xlsx"
    own.write_bytes(b"")
    second = write_demo(tmp_path)
    assert first == second
    assert {path for path in tmp_path.rglob("*") if path.is_file()} == {*first.files, first.truth, own}
    assert all(path.is_relative_to(tmp_path / "data_raw" / "exempelstad") for path in first.files)


def test_workbooks_hold_no_present_time(demo):
    for path in demo.files:
        if path.suffix == ".xlsx":
            assert {entry.date_time[0] for entry in zipfile.ZipFile(path).infolist()} == {2025}, path.name
            properties = openpyxl.load_workbook(path).properties
            assert properties.created == properties.modified == dt.datetime(2025, 1, 1)


def test_workbooks_say_that_they_are_invented(demo):
    for path in demo.files:
        if path.suffix == ".xlsx":
            book = openpyxl.load_workbook(path)
            assert any("åhittade" in name for name in book.sheetnames) or "åhittade" in str(
                book.worksheets[0]["A1"].value
            )
            assert book.properties.title == "Påhittade uppgifter"


def test_the_register_has_a_title_row_and_an_empty_row(demo):
    path = next(path for path in demo.files if path.name == "arenden_2023.xlsx")
    above = list(openpyxl.load_workbook(path).worksheets[0].iter_rows(max_row=2, values_only=True))
    assert above[0][0] == "Avslutade ärenden 2023. Påhittade uppgifter."
    assert set(above[1]) == {None}


@pytest.mark.parametrize(
    ("name", "header_row", "counts"),
    [
        ("personalenkat_{}.xlsx", 1, (88, 90, 93)),
        ("arenden_{}.xlsx", 3, (198, 210, 205)),
        ("enkat_{}.xlsx", 1, (81, 125, 142)),
        ("klienter_{}.csv", 1, (690, 700, 712)),
    ],
)
def test_volumes(rows, name, header_row, counts):
    assert tuple(len(rows(name.format(year), header_row)) for year in YEARS) == counts


def test_attrition_of_the_parenting_survey_2023(known):
    year = known["foraldrastod"]["2023"]
    assert (year["started"], year["completed"], year["answered"]) == (231, 187, 125)
    assert round(100 * (187 - year["answered"]) / year["completed"], 1) == 33.2
    assert round(100 * (231 - year["answered"]) / year["started"], 1) == 45.9


def test_attrition_of_the_last_interview_2023(rows):
    clients = rows("klienter_2023.csv")
    judged = [row for row in clients if row["Bedömd förändring"]]
    assert (len(judged), len(clients)) == (100, 700)
    assert round(100 * (len(clients) - len(judged)) / len(clients), 1) == 85.7
    assert all((row["DOK vid avslut"] == "Ja") == (row["Bedömd förändring"] is not None) for row in clients)


def test_the_first_year_of_ratings_is_anonymous(rows):
    assert set(rows("skattningar_anonyma_2022.xlsx")[0]) == {"Tillfälle", "Datum", "CORE-OM", "KASAM"}
    forms = rows("skattningar_2023.xlsx")
    assert sum(form["Ärendenummer"] is None for form in forms) == 4
    days = [form["Datum"] for form in rows("skattningar_anonyma_2022.xlsx")]
    assert days == sorted(days)  # the order tells nothing about who is who


def test_scores_are_possible_scores(rows):
    sums = {round(total / 34 * 10, 1) for total in range(34 * 4 + 1)}
    for name in ("skattningar_anonyma_2022.xlsx", "skattningar_2023.xlsx", "skattningar_2024.xlsx"):
        forms = rows(name)
        assert {form["CORE-OM"] for form in forms} <= sums
        kasam = [form["KASAM"] for form in forms]
        assert None in kasam
        assert all(isinstance(score, int) and 13 <= score <= 91 for score in kasam if score is not None)


@pytest.mark.parametrize(
    ("name", "header_row", "start", "end"),
    [
        ("personalenkat_{}.xlsx", 1, "Intagsdatum", "Avslutsdatum"),
        ("arenden_{}.xlsx", 3, "Inkom", "Avslutat"),
        ("klienter_{}.csv", 1, "Start", "Avslut"),
    ],
)
def test_everyone_ends_in_the_year_of_the_file_and_after_the_start(rows, name, header_row, start, end):
    for year in YEARS:
        for row in rows(name.format(year), header_row):
            first, last = (dt.date.fromisoformat(str(row[column])[:10]) for column in (start, end))
            assert first < last
            assert last.year == year
            assert first.weekday() < 5
            assert last.weekday() < 5


def test_case_numbers_are_unique_and_not_person_numbers(rows):
    seen = [row["Ärendenummer"] for year in YEARS for row in rows(f"personalenkat_{year}.xlsx")]
    seen += [row["Ärende"] for year in YEARS for row in rows(f"arenden_{year}.xlsx", 3)]
    seen += [row["Klient"] for year in YEARS for row in rows(f"klienter_{year}.csv")]
    assert len(seen) == len(set(seen))
    assert all(re.fullmatch(r"(UV|RB|BV)2[234]-\d{3,4}", number) for number in seen)


def test_the_export_is_swedish(demo):
    raw = next(path for path in demo.files if path.name == "klienter_2023.csv").read_bytes()
    assert raw.startswith("Klient;Start;Avslut;Kön;Ålder;Väntetid (veckor);".encode("cp1252"))
    assert re.search(rb";\d,\d;", raw)
    assert raw.count(b"\r\n") == raw.count(b"\n") == 701
