"""SPSS files: labels and codes both kept, no missing value taken for an answer, nothing half read."""

import datetime as dt
import math
import pickle

import numpy as np
import pandas as pd
import pyreadstat
import pytest
import small_project as small

from isu_analysis.intake import cells, spss
from isu_analysis.intake.checks import Fault, Unreadable
from isu_analysis.intake.spss import Labelled, read_sav
from isu_analysis.settings import Source

SOURCE = Source(file="fil.sav", rows="form", id="nr")


@pytest.fixture
def write(tmp_path):
    """Give a function that writes columns as an SPSS file and reads it back, by heading."""

    def written(columns, labels=None, missing=None, **more):
        path = tmp_path / "fil åäö.sav"
        pyreadstat.write_sav(
            pd.DataFrame(columns), path, variable_value_labels=labels or {}, missing_ranges=missing or {}, **more
        )
        return by_heading(read_sav(path, SOURCE))

    return written


def by_heading(grid):
    (headings,) = grid.rows
    return {
        name: [column.values[code] for code in column.codes]
        for name, column in zip(headings, grid.columns, strict=True)
    }


def told(path):
    with pytest.raises(Unreadable) as caught:
        read_sav(path, SOURCE)
    assert caught.value.__cause__ is None and "HEMLIGT" not in small.everything_said(caught.value)
    return str(caught.value)


def test_texts_numbers_and_what_is_missing_in_the_system(write):
    read = write({"nr": ["0012", "0013 ", ""], "poäng": [7.0, 12.5, math.nan]})
    assert read == {"nr": ["0012", "0013", None], "poäng": [7, 12.5, None]}
    assert type(read["poäng"][0]) is int


def test_labels_and_codes_are_both_kept(write):
    kon = write({"kon": [1.0, 2.0, 3.0]}, {"kon": {1: "Kvinna", 2: " Man\u00a0 "}})["kon"]
    assert kon == ["Kvinna", "Man", 3]
    assert [cell.spellings for cell in kon[:2]] == [("Kvinna", "1"), ("Man", "2")]
    assert not kon[0].missing


def test_labels_of_texts(write):
    read = write({"svar": ["j", "n", "x"]}, {"svar": {"j": "Ja", "n": "Nej"}})["svar"]
    assert [getattr(cell, "spellings", cell) for cell in read] == [("Ja", "j"), ("Nej", "n"), "x"]


def test_a_unit_file_may_name_the_label_or_the_code():
    cell = Labelled("Kvinna", 1)
    for declared in ({"Kvinna": "woman"}, {"1": "woman"}):
        assert [declared[name] for name in cell.spellings if name in declared] == ["woman"]
    assert {"Kvinna": "woman"}[cell] == "woman"  # as any other text
    assert cells.as_text(cell) == "Kvinna"


def test_two_codes_with_one_label_stay_two():
    assert Labelled("Annat", 8) != Labelled("Annat", 9)
    assert Labelled("Annat", 8) == Labelled("Annat", 8) == "Annat"
    assert len({Labelled("Annat", 8), Labelled("Annat", 9)}) == 2


def test_a_label_survives_the_way_between_processes():
    cell = pickle.loads(pickle.dumps(Labelled("Vägrar", 99, missing=True)))
    assert (cell, cell.code, cell.missing) == ("Vägrar", 99, True)


def test_what_spss_declares_as_missing_is_kept_and_never_a_number(write):
    """99 lies within the scale of CORE-OM: taken for a score it would be an answer nobody gave."""
    read = write(
        {"poang": [98.0, 99.0, 12.0], "svar": [1.0, 7.0, 9.0], "ord": ["a", "XX", ""]},
        {"svar": {1: "Ja", 9: "Vill ej svara"}},
        {"poang": [99], "svar": [{"lo": 7, "hi": 9}], "ord": ["XX"]},
    )
    assert read["poang"][0] == 98 and read["poang"][2] == 12
    gone = [read["poang"][1], *read["svar"][1:], read["ord"][1]]
    assert [cell.missing for cell in gone] == [True] * 4
    assert [cell.spellings[1] for cell in gone] == ["99", "7", "9", "XX"]
    assert gone[2] == "Vill ej svara"
    for cell in gone:
        with pytest.raises(cells.CellProblem):
            cells.number(cell, ",")


def test_a_label_that_is_another_number_than_its_code_is_told(write):
    """A scale from 0 to 2 coded 1 to 3: nobody knows which is meant."""
    read = write({"a": [1.0, 2.0], "b": [0.0, 10.0]}, {"a": {1: "0", 2: "1"}, "b": {0: "0", 10: "10,0"}})
    assert all(isinstance(cell, Fault) and "annat tal än koden" in cell.what for cell in read["a"])
    assert read["b"] == [0, 10]


def test_dates_are_dates(write):
    day, moment = dt.date(2024, 2, 29), dt.datetime(1899, 12, 31, 23, 59)
    read = write({"dag": [day, None], "tid": [moment, moment], "nr": ["1", "2"]})
    assert read == {"dag": [day, None], "tid": [moment, moment], "nr": ["1", "2"]}


def test_a_number_that_is_no_date_is_a_fault(write):
    read = write({"dag": [1e300, 1.4e10]}, variable_format={"dag": "DATE11"})["dag"]
    assert isinstance(read[0], Fault)
    assert read[1] == dt.date(1582, 10, 14) + dt.timedelta(days=1.4e10 // 86400)


def test_an_old_file_in_windows_letters(tmp_path):
    """A file that says nothing of its letters, or says wrong, is read as the Swedish Windows of its time."""
    path = tmp_path / "fil.sav"
    pyreadstat.write_sav(pd.DataFrame({"namn": ["aaaa", "bbbb"]}), path, row_compress=False)
    whole = path.read_bytes()
    assert whole.count(b"UTF-8") == 1
    path.write_bytes(whole.replace(b"aaaa", "åäöÅ".encode("cp1252")))
    assert by_heading(read_sav(path, SOURCE)) == {"namn": ["åäöÅ", "bbbb"]}


def test_many_rows_in_parts_are_the_same_rows(write, monkeypatch):
    columns = {"nr": [str(i) for i in range(1_001)], "poang": np.arange(1_001) % 7.0}
    whole = write(columns)
    for size in (1, 7, 500, 1_001, 1_002):
        if size > 1:
            monkeypatch.setattr(spss, "_ROWS_AT_A_TIME", size)
            assert write(columns) == whole
    assert whole["nr"][-1] == "1000" and whole["poang"][-1] == 1_000 % 7


@pytest.mark.parametrize(
    ("content", "said"),
    [(b"", "filen är tom"), (b"PK\x03\x04", "inte en SPSS-fil, fast namnet säger det"), (b"HEMLIGT;1\n", "inte en SPSS-fil"),
     (b"$FL2", "skadad")],
)  # fmt: skip
def test_what_is_no_spss_file(tmp_path, content, said):
    path = tmp_path / "fil.sav"
    path.write_bytes(content)
    assert said in told(path)


def test_a_file_cut_between_two_rows_is_not_half_read(tmp_path):
    path = tmp_path / "fil.sav"
    pyreadstat.write_sav(pd.DataFrame({"a": np.arange(10.0), "b": np.arange(10.0)}), path, row_compress=False)
    whole = path.read_bytes()
    path.write_bytes(whole[: -16 * 3])
    assert "skadad" in told(path)


def test_too_many_columns_and_rows(tmp_path, monkeypatch):
    path = tmp_path / "fil.sav"
    pyreadstat.write_sav(pd.DataFrame({f"v{i}": [1.0] for i in range(201)}), path)
    assert "högst 2000000 rader och 200 kolumner" in told(path)
    monkeypatch.setattr(spss, "MAX_LINES", 9)
    pyreadstat.write_sav(pd.DataFrame({"a": np.arange(10.0)}), path)
    assert "för stort" in told(path)


def test_no_rows(write):
    assert write({"nr": pd.Series([], dtype=float), "b": pd.Series([], dtype=float)}) == {"nr": [], "b": []}


@pytest.mark.parametrize(
    "label",
    ["Vet ej", "Vet inte", "Vill ej svara", "Ej svarat", "Inget svar", "Uppgift saknas", "Ej aktuellt", "Avböjde"],
)
def test_a_label_that_says_that_there_is_no_answer_is_no_score(label):
    with pytest.raises(cells.CellProblem, match="etiketten säger att svar saknas") as error:
        cells.number(Labelled(label, 9), ",")
    assert label not in str(error.value.args)


@pytest.mark.parametrize("label", ["Aldrig", "Inte alls", "Nej", "Ingen förändring", "Håller inte med"])
def test_a_label_in_words_is_its_code(label):
    assert cells.number(Labelled(label, 0), ",") == 0
