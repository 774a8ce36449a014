"""The query against SQLite: what it gives, and that it can neither write nor tell the address."""

import datetime as dt
import logging
import os
import sqlite3

import numpy as np
import pytest
import small_project as small
import sqlalchemy

from isu_analysis.intake import warehouse
from isu_analysis.intake.checks import Fault, Unreadable
from isu_analysis.intake.warehouse import VARIABLE, Limits, database_path, read_query
from isu_analysis.settings import Source

ADDRESS = "sqlite:///lager/HEMLIG-ADRESS.db"
SECRETS = ("HEMLIG", "hemligt-losenord", "19121212", "Åsa")


@pytest.fixture
def database(project, monkeypatch):
    monkeypatch.setenv(VARIABLE, ADDRESS)
    path = project / "lager" / "HEMLIG-ADRESS.db"
    path.parent.mkdir()
    with sqlite3.connect(path) as base:
        base.execute("CREATE TABLE skattning (nr TEXT, namn TEXT, dag DATE, poang REAL, antal INTEGER, blob BLOB)")
        base.executemany(
            "INSERT INTO skattning VALUES (?, ?, ?, ?, ?, ?)",
            [("0012", "Åsa 10:30", "2024-01-10", 12.5, 3, None), ("0013", "50 %", None, None, None, b"\x00\x01")],
        )
    base.close()
    return path


def source(query):
    return Source(query=query, rows="form", id="nr")


def ask(project, query, **limits):
    return read_query(project, source(query), Limits(**limits) if limits else None)


def cells(grid):
    return [[column.values[code] for code in column.codes] for column in grid.columns]


def told(project, query, **limits):
    """What is said of a query that is refused, having seen that nothing at all of the error tells a secret."""
    with pytest.raises(Unreadable) as caught:
        ask(project, query, **limits)
    error = caught.value
    assert error.__cause__ is None and error.__context__ is None
    shown = small.everything_said(error)
    frames = []
    step = error.__traceback__
    while step is not None:
        if "isu_analysis" in step.tb_frame.f_code.co_filename:
            frames.append(repr(step.tb_frame.f_locals))
        step = step.tb_next
    assert frames
    for secret in SECRETS:
        assert secret not in shown
        assert secret not in "".join(frames).replace(query, "")
    return str(error.problems[0])


def test_headings_and_cells(project, database):
    grid = ask(project, "SELECT nr AS Nr, namn, poang, antal FROM skattning WHERE namn LIKE '%' ORDER BY nr;")
    assert list(grid.rows) == [["Nr", "namn", "poang", "antal"]]
    assert cells(grid) == [["0012", "0013"], ["Åsa 10:30", "50 %"], [12.5, None], [3, None]]


def test_colons_and_percent_signs_are_parts_of_the_query(project, database):
    grid = ask(project, "SELECT ':nr' AS a, '10:30' AS b, '100 %s' AS c, nr FROM skattning WHERE namn = 'Åsa 10:30'")
    assert cells(grid) == [[":nr"], ["10:30"], ["100 %s"], ["0012"]]


def test_what_is_no_plain_value_is_a_fault(project, database):
    grid = ask(project, "SELECT blob, 'a' || char(0) AS noll, 9e999 AS stort FROM skattning ORDER BY nr DESC")
    assert [type(column[0]) for column in cells(grid)] == [Fault, Fault, Fault]


@pytest.mark.parametrize(
    ("value", "cell"),
    [
        (warehouse.Decimal("17"), 17), (warehouse.Decimal("17.00"), 17), (warehouse.Decimal("0.5"), 0.5),
        (warehouse.Decimal("12345678901234567890"), 12345678901234567890), (True, "true"), (False, "false"),
        (dt.datetime(2024, 5, 1, 12, tzinfo=dt.UTC), dt.datetime(2024, 5, 1, 12)), (dt.date(2024, 5, 1), dt.date(2024, 5, 1)),
        (warehouse.UUID(int=1), "00000000-0000-0000-0000-000000000001"), (None, None), ("", ""),
    ],
)  # fmt: skip
def test_values_of_a_database_as_cells(value, cell):
    plain = warehouse._cell(value)
    assert (plain, type(plain)) == (cell, type(cell))


@pytest.mark.parametrize("value", [warehouse.Decimal("NaN"), float("inf"), b"x", [1], {"a": 1}, dt.timedelta(1)])
def test_values_that_no_cell_can_hold(value):
    assert isinstance(warehouse._cell(value), Fault)


@pytest.mark.parametrize(
    "query",
    [
        "DELETE FROM skattning", "UPDATE skattning SET nr = 1", "SELECT 1; DELETE FROM skattning", "SELECT 1;;",
        "WITH x AS (SELECT 1) DELETE FROM skattning", "WITH x AS (DELETE FROM skattning RETURNING *) SELECT * FROM x",
        "SELECT * INTO kopia FROM skattning", "PRAGMA query_only=OFF", "ATTACH 'annan.db' AS annan", "",
        "/* SELECT */ DROP TABLE skattning", "-- SELECT\nDROP TABLE skattning", "SELECT 1 /* ; */; COMMIT",
        "SELECT nr FROM skattning FOR UPDATE", "SELECTA", "EXPLAIN SELECT 1", "VALUES (1)",
    ],
)  # fmt: skip
def test_what_is_not_one_select_is_never_sent(project, database, query, monkeypatch):
    monkeypatch.setattr(sqlalchemy, "create_engine", lambda *_, **__: pytest.fail("a connection was opened"))
    if query:
        assert "frågan får bara läsa" in told(project, query)
    else:
        with pytest.raises(ValueError, match="query"):
            source(query)


@pytest.mark.parametrize(
    "query",
    ["SELECT 'DELETE; DROP' AS a", 'SELECT nr AS "update" FROM skattning', "SELECT 1 -- delete;\n", "/* drop; */ SELECT 1",
     "select replace(nr, '0', '') from skattning", "WITH x AS (SELECT nr FROM skattning) SELECT * FROM x",
     "SELECT nr FROM skattning LIMIT 1 OFFSET 1"],
)  # fmt: skip
def test_words_in_texts_names_and_comments_are_no_commands(project, database, query):
    assert ask(project, query).columns


@pytest.mark.parametrize(
    "query",
    ["DELETE FROM skattning", "WITH x AS (SELECT 1) DELETE FROM skattning", "CREATE TABLE ny (a)", "PRAGMA user_version=7",
     "SELECT 1; DELETE FROM skattning"],
)  # fmt: skip
def test_the_database_itself_refuses_to_be_written(project, database, query, monkeypatch):
    """The second wall: what would happen if the look at the query let a command through."""
    before = database.read_bytes()
    monkeypatch.setattr(warehouse, "_check_query", lambda _: None)
    told(project, query)
    assert database.read_bytes() == before
    assert [path.name for path in database.parent.iterdir()] == [database.name]


def test_each_of_the_two_locks_of_sqlite_holds_alone(project, database, monkeypatch):
    before = database.read_bytes()
    monkeypatch.setattr(warehouse, "_check_query", lambda _: None)
    with monkeypatch.context() as only:
        only.setattr(warehouse, "_sqlite", lambda connection, _: connection)
        assert "får bara läsa" in told(project, "DELETE FROM skattning")
    real = sqlite3.connect
    with monkeypatch.context() as only:
        only.setattr(sqlite3, "connect", lambda place, **more: real(place.replace("mode=ro", "mode=rw"), **more))
        assert "får bara läsa" in told(project, "DELETE FROM skattning")
    assert database.read_bytes() == before


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("SELECT finns_inte FROM skattning", "frågan går inte att köra. Tillåtet: kontrollera namnen"),
        ("SELECT * FROM finns_inte WHERE nr = '19121212-1212'", "frågan går inte att köra"),
        ("SELECT (", "frågan går inte att köra"),
    ],
)
def test_a_query_that_cannot_be_run(project, database, query, said):
    assert said in told(project, query)


def test_an_address_that_leads_nowhere(project, monkeypatch):
    monkeypatch.setenv(VARIABLE, "sqlite:///HEMLIG/finns/inte.db")
    assert "datalagret svarar inte" in told(project, "SELECT 1")
    assert not list(project.rglob("*.db"))
    monkeypatch.setenv(VARIABLE, "postgresql://HEMLIG:hemligt-losenord@127.0.0.1:1/HEMLIG")
    assert "datalagret svarar inte" in told(project, "SELECT 1")
    for address in ("HEMLIG", "postgresql://HEMLIG:hemligt-losenord@[HEMLIG/x", "finnsinte+alls://HEMLIG@x/y"):
        monkeypatch.setenv(VARIABLE, address)
        assert "Tillåtet:" in told(project, "SELECT 1")


@pytest.mark.parametrize(
    "address", ["mysql://HEMLIG:hemligt-losenord@x/y", "mssql+pyodbc://HEMLIG@x/y", "oracle://HEMLIG@x"]
)
def test_a_kind_that_cannot_be_opened_for_reading_only(project, monkeypatch, address):
    monkeypatch.setenv(VARIABLE, address)
    assert "bara för läsning. Tillåtet: PostgreSQL eller SQLite" in told(project, "SELECT 1")


@pytest.mark.parametrize("address", ["sqlite://", "sqlite:///:memory:"])
def test_an_empty_database_in_memory_is_no_warehouse(project, monkeypatch, address):
    monkeypatch.setenv(VARIABLE, address)
    assert "vilken fil" in told(project, "SELECT 1")


def test_the_address_in_a_file_of_its_owners(project, database, monkeypatch):
    monkeypatch.delenv(VARIABLE)
    path = database_path(project)
    assert "adressen till datalagret saknas. Tillåtet: i miljövariabeln ISU_DATABASE_URL" in told(project, "SELECT 1")
    path.parent.mkdir()
    path.write_text("\n", encoding="utf-8")
    path.chmod(0o600)
    assert "saknas" in told(project, "SELECT 1")
    path.write_text(f"{ADDRESS}\n", encoding="utf-8")
    assert cells(ask(project, "SELECT nr FROM skattning ORDER BY nr")) == [["0012", "0013"]]


@pytest.mark.skipif(os.name != "posix", reason="mode bits mean nothing on Windows")
@pytest.mark.parametrize("mode", [0o644, 0o640, 0o604, 0o660])
def test_an_address_that_others_can_read_is_refused(project, database, monkeypatch, mode):
    monkeypatch.delenv(VARIABLE)
    path = database_path(project)
    path.parent.mkdir()
    path.write_text(ADDRESS, encoding="utf-8")
    path.chmod(mode)
    assert "kan läsas av andra än ägaren. Tillåtet: chmod 600 .isu/databas." in told(project, "SELECT 1")


NUMBERS = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n{}) SELECT {} FROM n"


def test_a_query_that_never_ends_is_stopped(project, database):
    assert "frågan tog för lång tid" in told(project, NUMBERS.format("", "count(*)"), seconds=0.3)
    assert "frågan tog för lång tid" in told(project, NUMBERS.format("", "1"), seconds=0.3)


def test_too_many_rows_and_columns_are_refused(project, database):
    query = NUMBERS.format(" WHERE i < 20000", "i")
    assert len(ask(project, query, rows=20_000).columns[0].codes) == 20_000
    assert "svaret är för stort. Tillåtet: högst 19999 rader" in told(project, query, rows=19_999)
    assert "för många kolumner" in told(project, f"SELECT {', '.join('1' * 201)}")


def test_an_answer_without_rows_has_headings(project, database):
    grid = ask(project, "SELECT nr, namn FROM skattning WHERE nr = 'x'")
    assert list(grid.rows) == [["nr", "namn"]]
    assert [len(column.codes) for column in grid.columns] == [0, 0]
    assert np.array_equal(grid.columns[0].codes, [])


def test_not_even_the_finest_log_tells_a_row_or_the_address(project, database, caplog, capfd):
    caplog.set_level(logging.DEBUG)
    for name in ("sqlalchemy", "sqlalchemy.engine", "sqlalchemy.pool", "psycopg"):
        logging.getLogger(name).setLevel(logging.DEBUG)
    try:
        ask(project, "SELECT * FROM skattning")
        told(project, "SELECT finns_inte FROM skattning")
    finally:
        for name in ("sqlalchemy", "sqlalchemy.engine", "sqlalchemy.pool", "psycopg"):
            logging.getLogger(name).setLevel(logging.NOTSET)
    said = caplog.text + "".join(capfd.readouterr())
    assert not [secret for secret in (*SECRETS, "0012") if secret in said]


def test_the_database_can_be_opened_again_at_once(project, database):
    ask(project, "SELECT nr FROM skattning")
    database.rename(database.with_name("flyttad.db"))  # nothing holds it open
