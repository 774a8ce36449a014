"""Different texts stay different in a sketched unit file, however alike they begin; raw files are left alone."""

import datetime as dt

import openpyxl
import pytest
import yaml

from isu_analysis.sketching import sketch
from isu_analysis.sketching.look import RawColumn
from isu_analysis.sketching.source_part import codes_of

TALK = "Samtalsstöd"
IN_GROUP = "Samtalsstöd i grupp tillsammans med anhöriga, med uppföljning i hemmet och stöd av personal från flera enheter i kommunen"
TODAY = dt.date(2025, 3, 1)


@pytest.fixture
def drawn(tmp_path):
    """A sketch of a workbook with two interventions and two closing reasons that begin alike, and a row of sums."""
    (tmp_path / "parameters").mkdir()
    book = openpyxl.Workbook()
    book.active.append(["Ärendenr", "Startdatum", "Slutdatum", "Insats", "Avslutsorsak"])
    for n in range(16):
        ending = ["Förbättrad", "Förbättrad delvis"][n % 2]
        talk = [TALK, IN_GROUP, TALK, IN_GROUP, TALK.upper(), IN_GROUP, f" {TALK}", IN_GROUP][n % 8]
        book.active.append([f"A{n}", dt.date(2024, 1, 1 + n), dt.date(2024, 6, 1 + n), talk, ending])
    book.active.append(["Totalt", None, None, None, None])
    raw = tmp_path / "arenden 2024.xlsx"
    book.save(raw)
    sketch(tmp_path, "ny/enhet", raw, TODAY)
    return tmp_path, raw, (tmp_path / "parameters" / "ny" / "enhet.yml").read_text(encoding="utf-8")


def test_an_intervention_whose_name_begins_another_is_its_own(drawn):
    (source,) = yaml.safe_load(drawn[2])["sources"]
    means = source["intervention"]["values"]
    assert means[IN_GROUP] == IN_GROUP
    assert means[TALK] == TALK
    assert means[TALK.upper()] == TALK, "capitals alone are one text"


def test_closing_reasons_that_begin_alike_are_two_levels(drawn):
    (source,) = yaml.safe_load(drawn[2])["sources"]
    assert source["measurements"][0]["values"] == {
        "Förbättrad": "forbattrad", "Förbättrad delvis": "forbattrad_delvis",
    }  # fmt: skip


def test_the_advice_about_a_sum_row_leaves_the_file_alone(drawn):
    assert "skip_rows" in drawn[2] and "Ändra inte råfilen" in drawn[2]
    assert "Ta bort den" not in drawn[2]


def test_texts_that_only_signs_or_late_words_tell_apart_have_codes_of_their_own():
    column = RawColumn("Avslut", ("Klart +", "Klart -", f"{IN_GROUP} ett", f"{IN_GROUP} två") * 3)
    assert column.groups.keys() == set(column.cells)
    codes = codes_of(column)
    assert set(codes) == set(column.cells)
    assert len(set(codes.values())) == 4
    assert {codes["Klart +"], codes["Klart -"]} == {"klart", "klart_2"}


def test_two_dates_of_two_scores_are_the_days_of_their_own(tmp_path):
    (tmp_path / "parameters").mkdir()
    book = openpyxl.Workbook()
    book.active.append(["Ärende", "Påbörjat", "Slut", "Formulär 1 datum", "Poäng 1", "Formulär 2 datum", "Poäng 2"])
    for n in range(12):
        day = dt.date(2024, 1, 1 + n)
        book.active.append([f"A{n}", day, dt.date(2024, 6, 1 + n), day, 20 + n, dt.date(2024, 5, 1 + n), 10 + n])
    book.save(tmp_path / "arenden.xlsx")
    sketch(tmp_path, "ny/enhet", tmp_path / "arenden.xlsx", TODAY)
    (source,) = yaml.safe_load((tmp_path / "parameters" / "ny" / "enhet.yml").read_text(encoding="utf-8"))["sources"]
    assert (source["rows"], "day" in source) == ("episode", False)
    found = {column["column"]: (column["occasion"], column["day"]) for column in source["measurements"]}
    assert found == {"Poäng 1": ("start", "Formulär 1 datum"), "Poäng 2": ("end", "Formulär 2 datum")}


def test_a_lone_date_of_a_row_of_two_scores_is_not_the_day_of_both(tmp_path):
    (tmp_path / "parameters").mkdir()
    book = openpyxl.Workbook()
    book.active.append(["Ärende", "Påbörjat", "Slut", "Datum", "Poäng 1", "Poäng 2"])
    for n in range(12):
        day = dt.date(2024, 1, 1 + n)
        book.active.append([f"A{n}", day, dt.date(2024, 6, 1 + n), day, 20 + n, 10 + n])
    book.save(tmp_path / "arenden.xlsx")
    sketch(tmp_path, "ny/enhet", tmp_path / "arenden.xlsx", TODAY)
    (source,) = yaml.safe_load((tmp_path / "parameters" / "ny" / "enhet.yml").read_text(encoding="utf-8"))["sources"]
    assert "day" not in source and source["ignore"] == ["Datum"]
