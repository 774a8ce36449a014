"""The unit's own case numbers: read at this moment, never those of persons, and in no message."""

import datetime as dt
import sqlite3

import pytest
import small_project as small

from isu_analysis import files
from isu_analysis.errors import DataError, IntakeError
from isu_analysis.intake import intake, keys
from isu_analysis.intake.case_numbers import case_numbers
from isu_analysis.intake.pseudonyms import key_path, load_key
from isu_analysis.intake.store import load
from isu_analysis.intake.warehouse import VARIABLE

FILE = "ärenden 2024.xlsx"
PERSON = "19121212-1212"  # one of the Swedish Tax Agency's published test numbers
PROTECTED = small.SETTINGS.replace("    ending:\n", "    protected: {column: Anteckning, values: {Ja: protected, Nej: open}}\n    ending:\n")  # fmt: skip


@pytest.fixture
def read(project):
    """Read rows in and give the unit."""

    def make(*rows, text=small.SETTINGS, name=FILE):
        unit = small.unit(project, text)
        small.xlsx(small.raw(project, name), rows)
        intake(unit, project)
        return unit

    return make


def pseudonym(project, number, kind="episode"):
    return load_key(project).pseudonym("a-kommun", kind, number)


def test_each_case_has_the_number_that_its_row_has(project, read):
    unit = read(small.row("A1"), small.row(17), small.row("  Ärende 3 "), small.row("+1+1"), small.row(4.0))
    found = case_numbers(unit, project)
    assert sorted(found.by_case.values()) == ["+1+1", "17", "4", "A1", "Ärende 3"]
    assert found.by_case[pseudonym(project, "a1")] == "A1"
    assert set(found.by_case) == set(load(project, unit).episodes["episode"])
    assert not found.protected and not found.is_new


@pytest.mark.parametrize("number", [PERSON, PERSON.replace("-", ""), "121212-1212", "20000101-T123", "191212121213"])
def test_a_number_of_a_person_is_the_place_of_its_row(project, read, number):
    unit = read(small.row("A1"), small.row(number))
    found = case_numbers(unit, project)
    assert sorted(found.by_case.values()) == ["A1", f"rad 3 i {FILE}, bladet Blad1"]


def test_a_case_named_by_its_person_has_the_persons_number_in_the_unit(project, read):
    unit = read(small.row("K7"), small.row(PERSON), text=small.SETTINGS.replace("    id: Nr\n", "    client: Nr\n"))
    found = case_numbers(unit, project)
    assert sorted(found.by_case.values()) == ["K7", f"rad 3 i {FILE}, bladet Blad1"]
    assert set(found.by_case) == set(load(project, unit).episodes["episode"])


def test_who_is_protected_now_has_no_name_in_any_case(project, read):
    text = PROTECTED.replace("    id: Nr\n", "    id: Nr\n    client: Ålder\n").replace(
        "      age: {column: Ålder, label: Ålder, type: number, minimum: 18, maximum: 100}\n",
        "      age: {column: CORE före, label: Ålder, type: number, minimum: 0, maximum: 100}\n",
    )
    later = {"start": dt.date(2024, 7, 1), "slut": dt.date(2024, 8, 1)}
    unit = read(small.row("A1", ålder="p", anteckning="Nej"), small.row("A2", ålder="p", anteckning="Nej", **later), small.row("A3", ålder="q", anteckning="Nej"), text=text)  # fmt: skip
    assert sorted(case_numbers(unit, project).by_case.values()) == ["A1", "A2", "A3"]
    rows = [
        small.row("A1", ålder="p", anteckning="Ja"),
        small.row("A2", ålder="p", **later),
        small.row("A3", ålder="q"),
    ]
    small.xlsx(small.raw(project, FILE), rows)
    found = case_numbers(unit, project)  # without being read in again
    assert list(found.by_case.values()) == ["A3"] and found.is_new
    assert found.protected == {pseudonym(project, "a1"), pseudonym(project, "a2")}


def test_the_files_are_those_of_this_moment(project, read):
    unit = read(small.row("A1"), small.row("A2"))
    small.xlsx(small.raw(project, FILE), [small.row("A2")])
    found = case_numbers(unit, project)
    assert list(found.by_case.values()) == ["A2"] and found.is_new


def test_a_new_file_of_forms_tells_that_the_data_are_old(project):
    unit = small.unit(project, small.FORMS)
    small.xlsx(small.raw(project, FILE), [small.row("A1", före=None, efter=None)])
    small.xlsx(
        small.raw(project, "skattningar 2024.xlsx"), [["A1", dt.date(2024, 1, 12), "Nybesök", 20]], small.FORM_HEADINGS
    )
    intake(unit, project)
    assert not case_numbers(unit, project).is_new
    small.xlsx(
        small.raw(project, "skattningar 2023.xlsx"), [["A1", dt.date(2024, 6, 1), "Avslut", 9]], small.FORM_HEADINGS
    )
    assert case_numbers(unit, project).is_new


def said(project, unit, kind):
    """What is told when the numbers cannot be read, having seen that nothing of it holds a number."""
    with pytest.raises(kind) as caught:
        case_numbers(unit, project)
    assert caught.value.__cause__ is None and caught.value.__context__ is None
    everything = small.everything_said(caught.value)
    assert "HEMLIGT-17" not in everything and "19121212" not in everything
    return str(caught.value)


def test_files_that_cannot_be_read_are_told_without_any_number(project, read):
    unit = read(small.row("HEMLIGT-17"), small.row(PERSON))
    small.xlsx(
        small.raw(project, FILE), [small.row("HEMLIGT-17"), small.row(PERSON)], headings=["Fel", *small.HEADINGS[1:]]
    )
    assert said(project, unit, IntakeError).startswith("Öppenvården: råfilerna går inte att läsa.\närenden 2024.xlsx")
    files.write(small.raw(project, FILE), b"HEMLIGT-17")
    assert "råfilerna går inte att läsa" in said(project, unit, IntakeError)
    small.raw(project, FILE).unlink()
    assert "ingen fil med det namnet" in said(project, unit, IntakeError)


def test_a_query_that_cannot_be_asked_is_one_clear_message(project, read, monkeypatch):
    unit = read(small.row("HEMLIGT-17"))
    monkeypatch.delenv(VARIABLE, raising=False)
    asked = small.unit(
        project, small.SETTINGS.replace('file: "ärenden {year}.xlsx"', 'query: "SELECT * FROM t"\n    year: 2024')
    )
    assert unit.key == asked.key
    assert "fråga till datalagret" in said(project, asked, IntakeError)


def test_a_query_is_asked_again_at_this_moment(project, monkeypatch):
    monkeypatch.setenv(VARIABLE, "sqlite:///lager.db")
    headings = ", ".join(f'"{name}"' for name in small.HEADINGS)
    text = small.SETTINGS.replace('file: "ärenden {year}.xlsx"', f"query: 'SELECT {headings} FROM arende'")
    base = sqlite3.connect(project / "lager.db")
    base.execute(f"CREATE TABLE arende ({headings})")

    def add(number):
        values = [str(value) if isinstance(value, dt.date) else value for value in small.row(number)]
        base.execute(f"INSERT INTO arende VALUES ({', '.join('?' * len(values))})", values)

    add("A1")
    base.commit()
    unit = small.unit(project, text)
    intake(unit, project)
    add("A2")
    base.commit()
    base.close()
    assert sorted(case_numbers(unit, project).by_case.values()) == ["A1", "A2"]


def test_without_the_key_of_the_data_nobody_is_looked_for(project, read):
    unit = read(small.row("HEMLIGT-17"))
    secret = key_path(project).read_bytes()
    key_path(project).unlink()
    assert "pseudonymnyckeln finns inte här" in said(project, unit, DataError)
    load_key(project, create=True)
    assert "en annan pseudonymnyckel" in said(project, unit, DataError)
    key_path(project).write_bytes(secret)
    keys.change_key(project)
    assert "pseudonymnyckeln är bytt" in said(project, unit, DataError)


def test_nothing_that_holds_numbers_shows_one(project, read):
    found = case_numbers(read(small.row("HEMLIGT-17")), project)
    assert repr(found) == str(found) == "CaseNumbers(1 cases)"
