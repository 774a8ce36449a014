"""The query against a real PostgreSQL server: a private one, on a socket, with Debian's programs."""

import datetime as dt
import os
import shutil
import subprocess
import tempfile
import time
from pathlib import Path

import pytest

from isu_analysis.intake import warehouse
from isu_analysis.intake.checks import Fault, Unreadable
from isu_analysis.intake.warehouse import VARIABLE, Limits, read_query
from isu_analysis.settings import Source

OWNER, READER, WRITER = "HEMLIG_AGARE", "HEMLIG_LASARE", "HEMLIG_SKRIVARE"
PASSWORD = "hemligt-losenord"
MADE = f"""
CREATE TABLE skattning (nr text, dag date, tid timestamptz, poang numeric, antal numeric, ja boolean, kod uuid, mer json);
INSERT INTO skattning VALUES
  ('0012', '2024-03-01', '2024-03-01 23:30:00+00', 12.50, 3.00, true, '00000000-0000-0000-0000-000000000001', '{{"a": 1}}'),
  ('0013 Åsa', NULL, NULL, NULL, NULL, NULL, NULL, NULL);
CREATE TABLE hemlig (nr text);
CREATE FUNCTION skriv() RETURNS int LANGUAGE plpgsql SECURITY DEFINER AS $$ BEGIN
  INSERT INTO skattning (nr) VALUES ('skriven'); RETURN 1; END $$;
CREATE ROLE "{READER}" LOGIN PASSWORD '{PASSWORD}';
CREATE ROLE "{WRITER}" LOGIN PASSWORD '{PASSWORD}';
GRANT SELECT ON skattning TO "{READER}";
GRANT ALL ON skattning TO "{WRITER}";
"""


def programs():
    """Folder of the newest server installed."""
    found = [place.parent for place in Path("/usr/lib/postgresql").glob("*/bin/initdb")]
    return max(found, key=lambda place: int(place.parent.name), default=None)


def run(folder, *command, **more):
    """Run one of the server's programs; it refuses to run as root, so then as its own user."""
    user = {"user": "postgres", "group": "postgres", "extra_groups": []} if os.geteuid() == 0 else {}
    return subprocess.run(
        [str(part) for part in command], check=True, cwd=folder, capture_output=True, timeout=60, text=True,
        env={"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8", "PGPASSWORD": PASSWORD}, **user, **more,
    )  # fmt: skip


@pytest.fixture(scope="module")
def server():
    """Give the folder of a running server's socket."""
    binaries = programs() if os.name == "posix" else None
    if binaries is None:
        pytest.skip("no PostgreSQL server is installed (Debian's package is called postgresql)")
    # Not in pytest's own folder: only root may look into that one, and a socket's path has room for 107 letters.
    folder = Path(tempfile.mkdtemp(prefix="isu-pg-"))
    try:
        if os.geteuid() == 0:
            shutil.chown(folder, "postgres", "postgres")
        word = folder / "losenord"
        word.write_text(PASSWORD, encoding="utf-8")
        word.chmod(0o644)
        run(folder, binaries / "initdb", "-D", folder / "data", "-U", OWNER, "-E", "UTF8", "--no-locale", "-N",
            "--auth=scram-sha-256", f"--pwfile={word}")  # fmt: skip
        options = f"-c listen_addresses= -c unix_socket_directories={folder} -c fsync=off -c timezone=UTC"
        run(folder, binaries / "pg_ctl", "-D", folder / "data", "-l", folder / "logg", "-w", "-o", options, "start")
        try:
            run(folder, binaries / "psql", "-h", folder, "-U", OWNER, "-v", "ON_ERROR_STOP=1", "postgres", input=MADE)
            yield folder
        finally:
            run(folder, binaries / "pg_ctl", "-D", folder / "data", "-m", "immediate", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def ask(server, project, monkeypatch):
    """Give a function that asks the server as one of its users."""

    def asked(query, user=READER, password=PASSWORD, **limits):
        monkeypatch.setenv(VARIABLE, f"postgresql://{user}:{password}@/postgres?host={server}")
        grid = read_query(project, Source(query=query, rows="form", id="nr"), Limits(**limits))
        return [[column.values[code] for code in column.codes] for column in grid.columns]

    return asked


@pytest.fixture
def told(ask, server):
    def said(query, user=READER, password=PASSWORD, **limits):
        with pytest.raises(Unreadable) as caught:
            ask(query, user, password, **limits)
        assert caught.value.__context__ is None
        shown = f"{caught.value!r} {caught.value}"
        assert not [secret for secret in ("HEMLIG", password, str(server), "0012", "Åsa") if secret in shown]
        return shown

    return said


@pytest.fixture
def rows(ask):
    """Count what is in the table, to see that nothing is changed."""
    return lambda: ask("SELECT count(*) AS n FROM skattning", OWNER)[0][0]


def test_values_of_every_kind(ask):
    columns = ask(
        "SELECT * FROM skattning WHERE nr LIKE '00%' AND (dag >= '2024-01-01'::date OR dag IS NULL) ORDER BY nr"
    )
    assert [column[0] for column in columns[:7]] == [
        "0012", dt.date(2024, 3, 1), dt.datetime(2024, 3, 2, 0, 30), 12.5, 3, "true", "00000000-0000-0000-0000-000000000001",
    ]  # fmt: skip
    assert type(columns[4][0]) is int
    assert isinstance(columns[7][0], Fault)
    assert [column[1] for column in columns] == ["0013 Åsa", *[None] * 7]


def test_a_moment_falls_on_the_swedish_day(ask):
    """23.30 in Greenwich is half past midnight in Sweden, and half past one in summer."""
    moment = "SELECT timestamptz '{} 23:30:00+00' AS nr"
    assert ask(moment.format("2024-03-01")) == [[dt.datetime(2024, 3, 2, 0, 30)]]
    assert ask(moment.format("2024-07-01")) == [[dt.datetime(2024, 7, 2, 1, 30)]]


@pytest.mark.parametrize("user", [WRITER, OWNER])
@pytest.mark.parametrize(
    "query",
    [
        "SELECT skriv() AS nr",  # looks as innocent as any query
        "SELECT set_config('transaction_read_only', 'off', false) AS nr, skriv() AS n",
        "WITH x AS (DELETE FROM skattning RETURNING *) SELECT * FROM x", "DELETE FROM skattning",
        "SELECT 1 AS nr; DELETE FROM skattning", "SELECT 1 AS nr; COMMIT; DELETE FROM skattning", "SELECT * INTO ny FROM skattning",
        "COMMIT", "SELECT nr FROM skattning FOR UPDATE",
    ],
)  # fmt: skip
def test_the_server_itself_refuses_to_be_written(told, rows, query, user, monkeypatch):
    before = rows()
    with monkeypatch.context() as only:
        only.setattr(warehouse, "_check_query", lambda _: None)
        told(query, user)
    assert rows() == before == 2


def test_a_function_that_writes_is_told_as_such(told, rows):
    assert "frågan får bara läsa" in told("SELECT skriv() AS nr", READER)
    assert rows() == 2


def test_a_slow_query_is_stopped_by_the_server(told):
    began = time.monotonic()
    assert "frågan tog för lång tid" in told("SELECT pg_sleep(60)::text AS nr", seconds=0.5)
    assert time.monotonic() - began < 10


def test_too_many_rows_are_refused_before_they_are_fetched(told, ask):
    query = "SELECT generate_series(1, {}) AS nr"
    assert ask(query.format(12_000))[0][-1] == 12_000
    began = time.monotonic()
    assert "svaret är för stort" in told(query.format(500_000_000), rows=10_000, seconds=60)
    assert time.monotonic() - began < 10


@pytest.mark.parametrize(
    ("query", "user", "password", "said"),
    [
        ("SELECT 1 AS nr", READER, "fel-losenord", "datalagret svarar inte eller tar inte emot inloggningen"),
        ("SELECT 1 AS nr", "HEMLIG_OKAND", PASSWORD, "datalagret svarar inte"),
        ("SELECT nr FROM hemlig", READER, PASSWORD, "databasanvändaren får inte läsa"),
        ("SELECT finns_inte FROM skattning", READER, PASSWORD, "frågan går inte att köra"),
        ("SELECT nr::int FROM skattning", READER, PASSWORD, "frågan går inte att köra"),
        ("SELECT 'infinity'::date AS nr", READER, PASSWORD, "frågan går inte att köra"),
    ],
)
def test_what_goes_wrong_is_told_without_a_secret(told, query, user, password, said):
    assert said in told(query, user, password)
