"""No person's value in anything that an error says: text, repr, attributes, list, chain or traceback."""

import datetime as dt
import logging

import openpyxl
import pytest
import small_project as small
from small_project import row

from isu_analysis.errors import DataError
from isu_analysis.intake import intake, store
from isu_analysis.intake.pseudonyms import load_key
from isu_analysis.intake.tidy import Tables

NAME, NUMBER = "HEMLIGT-NAMN", 987654
MARKS = (NAME, NAME.casefold(), str(NUMBER), "HEMLIGT")
PLACES = {"nr": "A (Nr)", "start": "B (Start)", "slut": "C (Slut)", "avslut": "D (Avslut)", "ålder": "E (Ålder)",
          "före": "F (CORE före)", "efter": "G (CORE efter)", "läge": "H (Läge)"}  # fmt: skip


def assert_silent(error, project, unit):
    said = small.everything_said(error)
    listed = small.cells_of(store.folder(project, unit) / "problem.xlsx")
    for mark in MARKS:
        assert mark not in said
        assert not any(mark in part for part in listed)
        assert mark not in repr([vars(problem) for problem in error.problems])


@pytest.mark.parametrize(
    ("kind", "value"),
    [("xlsx", NAME), ("xlsx", NUMBER), ("xlsx", f"={NAME}"), ("csv", NUMBER + 0.5), ("csv", f"{NAME}\n{NUMBER}")],
)
@pytest.mark.parametrize("column", ["start", "slut", "avslut", "ålder", "före", "efter", "läge"])
def test_a_bad_cell_is_placed_but_never_quoted(project, kind, value, column):
    unit = small.unit(project, small.SETTINGS if kind == "xlsx" else small.AS_CSV)
    path = small.raw(project, f"ärenden 2024.{kind}")
    rows = [row("A1"), row("A2", **{column: value}), row("A3")]
    (small.xlsx if kind == "xlsx" else small.text)(path, rows)
    error = small.refused(unit, project)
    assert all((problem.row, problem.column) == (3, PLACES[column]) for problem in error.problems)
    assert all(problem.allowed for problem in error.problems)
    assert_silent(error, project, unit)


def secret_row(**changes):
    """A row that is a secret from end to end."""
    return row(f"{NAME}-{NUMBER}", **{"anteckning": f"{NAME} {NUMBER}", **changes})


WHOLE_ROWS = {
    "case twice": [secret_row(), secret_row()],
    "end before start": [secret_row(start=dt.date(2024, 8, 1))],
    "sum row": [secret_row(), ["Totalt", NAME, NUMBER, NAME, NUMBER, NUMBER, NUMBER, NAME]],
    "no number": [row(None, avslut=NAME, anteckning=NAME)],
    "error cell": [secret_row(före="#N/A")],
    "formula": [secret_row(före=f"={NUMBER}+1")],
    "all wrong": [[NAME] * 9, [NUMBER] * 9],
}


@pytest.mark.parametrize("rows", WHOLE_ROWS.values(), ids=WHOLE_ROWS)
def test_rules_about_whole_rows_quote_nothing(project, unit, rows):
    small.xlsx(small.raw(project, "ärenden 2024.xlsx"), rows)
    assert_silent(small.refused(unit, project), project, unit)


CONTENTS = {
    "ragged": f"{';'.join(small.HEADINGS)}\n{NAME};{NUMBER}\n",
    "open quote": f'{";".join(small.HEADINGS)}\n"{NAME};{NUMBER}\n',
    "wrong row": f"{NAME};{NUMBER}\n{NAME};{NUMBER}\n",
    "mojibake": f"{';'.join(small.HEADINGS)}\nÃ¥{NAME};{NUMBER}\n",
    "not text": f"PK\x03\x04{NAME}{NUMBER}",
    "zeros": f"{NAME}\0{NUMBER}",
}


@pytest.mark.parametrize("content", CONTENTS.values(), ids=CONTENTS)
def test_files_that_cannot_be_used_are_not_quoted(project, content):
    unit = small.unit(project, small.AS_CSV)
    small.raw(project, "ärenden 2024.csv").write_bytes(content.encode())
    assert_silent(small.refused(unit, project), project, unit)


def test_an_encoding_error_keeps_no_bytes_of_the_file(project):
    unit = small.unit(project, small.AS_CSV)
    small.raw(project, "ärenden 2024.csv").write_bytes(f"{NAME};{NUMBER}".encode() + b"\x81\xff")
    error = small.refused(unit, project)
    assert_silent(error, project, unit)
    chain = error
    while chain:
        assert not hasattr(chain, "object"), "a UnicodeDecodeError carries the whole file"
        chain = chain.__cause__ or chain.__context__


@pytest.mark.parametrize("cut", [100, 1000, 3000])
def test_a_damaged_workbook_is_not_quoted(project, unit, cut):
    path = small.xlsx(small.raw(project, "ärenden 2024.xlsx"), [secret_row()])
    path.write_bytes(path.read_bytes()[:-cut])
    assert_silent(small.refused(unit, project), project, unit)


def test_broken_cells_inside_a_workbook_are_not_quoted(project, unit):
    path = small.xlsx(small.raw(project, "ärenden 2024.xlsx"), [row(NUMBER)])
    mark = str(NUMBER).encode()
    small.edit(path, "xl/worksheets/sheet1.xml", lambda part: part.replace(mark, mark + NAME.encode()))
    assert_silent(small.refused(unit, project), project, unit)


def test_nothing_is_logged_warned_or_printed(project, unit, caplog, capfd, recwarn):
    path = small.xlsx(small.raw(project, "ärenden 2024.xlsx"), [secret_row(före=NAME), secret_row(efter=NUMBER)])
    book = openpyxl.load_workbook(path)
    book.active["I2"].value, book.active["I2"].number_format = 99_000_000_000 + NUMBER, "yyyy-mm-dd"
    book.save(path)
    with caplog.at_level(logging.DEBUG):
        small.refused(unit, project)
    said = caplog.text + "".join(capfd.readouterr()) + "".join(str(one.message) for one in recwarn)
    assert not any(mark in said for mark in MARKS)


def test_no_raw_number_and_no_unread_column_reaches_the_tables(project, unit):
    small.xlsx(small.raw(project, "ärenden 2024.xlsx"), [secret_row()])
    processed = intake(unit, project)
    stored = b"".join(small.tree(store.folder(project, unit)).values()).decode("latin-1").upper()
    assert "HEMLIGT" not in stored and str(NUMBER) not in stored
    assert "HEMLIGT" not in processed.episodes.to_csv().upper()
    assert str(project) not in stored


def test_damaged_tables_and_keys_are_told_without_content(project, unit):
    small.xlsx(small.raw(project, "ärenden 2024.xlsx"), [secret_row()])
    processed = intake(unit, project)
    (store.folder(project, unit) / "episodes.parquet").write_bytes(f"PAR1{NAME}{NUMBER}PAR1".encode())
    with pytest.raises(DataError, match="går inte att läsa") as error:
        store.load(project, unit)
    said = small.everything_said(error.value) + repr(processed) + repr(Tables())
    assert not any(mark in said for mark in MARKS)
    secret = load_key(project).secret.hex()
    (project / ".isu" / "pseudonymnyckel").write_text(secret[:-2] + "zz", encoding="ascii")
    with pytest.raises(DataError, match="ingen giltig pseudonymnyckel") as error:
        load_key(project)
    assert secret[:16] not in small.everything_said(error.value)
