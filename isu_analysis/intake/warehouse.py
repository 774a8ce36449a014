"""A query to the municipality's data warehouse: read only, and its address never in a message, a log or a file of ours.

The address comes from the environment or from a file that only its owner can read. Whatever goes wrong, the error
says what to check and is raised where nothing of the address, the password or the answer is left to show.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import logging
import math
import os
import re
import stat
import time
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any
from urllib.parse import quote
from uuid import UUID

from isu_analysis.intake.archives import MAX_COLUMNS, MAX_LINES
from isu_analysis.intake.checks import Fault, Grid, Problem, Unreadable
from isu_analysis.intake.columns import columns_of
from isu_analysis.settings import Source

VARIABLE = "ISU_DATABASE_URL"
_TIME_ZONE = "Europe/Stockholm"  # a moment told in another zone could fall on another day
_CONNECT_SECONDS = 15
_ROWS_AT_A_TIME = 5_000
_LOGGER = "isu"  # ours alone among the library's loggers, so that silencing it silences nothing else

# Texts, quoted names and comments, within which a word is no command.
_QUOTED = re.compile(r"'(?:[^']|'')*'|\"(?:[^\"]|\"\")*\"|\$(\w*)\$.*?\$\1\$|--[^\n]*|/\*.*?\*/", re.DOTALL)
_COMMANDS = re.compile(
    r"\b(insert|update|delete|merge|drop|alter|create|truncate|grant|revoke|call|exec|execute|copy|into|attach|detach|"
    r"pragma|vacuum|lock|set|do|commit|rollback|begin)\b",
    re.IGNORECASE,
)
_UNREADABLE_CELL = Fault("cellen har en datatyp som inte går att läsa", "text, tal, datum eller tomt")

_NOT_ASKED = "frågan får bara läsa"
_ONE_SELECT = "en enda SELECT (eller WITH … SELECT), utan semikolon och utan ord som ändrar; namn som liknar kommandon inom citattecken"


class _Stopped(Exception):
    """Why the query gave no table, as a problem says it."""

    def __init__(self, what: str, allowed: str) -> None:
        self.what, self.allowed = what, allowed
        super().__init__(what)


@dataclass(frozen=True)
class Limits:
    """Seconds and rows that a query may take."""

    seconds: float = 300.0
    rows: int = MAX_LINES


def database_path(project: Path) -> Path:
    """Where the address may lie, instead of in the environment: ``.isu/databas`` in the project."""
    return project / ".isu" / "databas"


def read_query(project: Path, source: Source, limits: Limits | None = None) -> Grid:
    """Ask the data warehouse a source's query.

    Parameters
    ----------
    project : Path
        Where ``.isu/databas`` may lie; a relative path of an SQLite file counts from here.
    source : Source
        Its ``query``; the names of the answer's columns become the headings.

    Returns
    -------
    Grid
        NULL is None, decimal numbers are numbers, moments are in Swedish time.

    Raises
    ------
    Unreadable
        No address, no connection, a query that is more than one SELECT, is refused, takes too long or gives too much.
    ModuleNotFoundError
        SQLAlchemy or the driver is not installed.
    """
    outcome = _attempt(project, source.query, limits or Limits())
    if isinstance(outcome, Grid):
        return outcome
    # Raised here, not where it was found: an exception remembers the one it came from, and that one knows the address.
    raise Unreadable(Problem(source.name, "", 0, "", *outcome))


def _attempt(project: Path, query: str, limits: Limits) -> Grid | tuple[str, str]:
    try:
        _check_query(query)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # the libraries' warnings quote what they read
            return _table(_address(project), project, query, limits)
    except _Stopped as stopped:
        return stopped.what, stopped.allowed
    except ModuleNotFoundError as error:
        missing = error.name
    except Exception as error:  # noqa: BLE001 - a driver's errors are many, and all of them may quote the address
        return _explained(error)
    raise ModuleNotFoundError(f"No module named {missing!r}", name=missing)


def _check_query(query: str) -> None:
    bare = _QUOTED.sub(lambda found: " " if found[0].startswith(("--", "/*")) else " x ", query).strip()
    bare = bare.removesuffix(";")
    if not re.match(r"(select|with)\b", bare, re.IGNORECASE) or ";" in bare or "\x00" in query:
        raise _Stopped(_NOT_ASKED, _ONE_SELECT)
    if _COMMANDS.search(bare):
        raise _Stopped(_NOT_ASKED, _ONE_SELECT)


def _address(project: Path) -> str:
    named = os.environ.get(VARIABLE, "").strip()
    if named:
        return named
    path = database_path(project)
    where = f"i miljövariabeln {VARIABLE} eller i filen .isu/databas i projektmappen"
    try:
        mode = path.stat().st_mode
        address = path.read_text(encoding="utf-8").strip()
    except (OSError, ValueError):
        raise _Stopped("adressen till datalagret saknas", where) from None
    if os.name == "posix" and stat.S_IMODE(mode) & 0o077:  # on Windows the folder's own access list decides
        raise _Stopped("filen .isu/databas kan läsas av andra än ägaren", "chmod 600 .isu/databas")
    if not address:
        raise _Stopped("adressen till datalagret saknas", where)
    return address


def _table(address: str, project: Path, query: str, limits: Limits) -> Grid:
    deadline = time.monotonic() + limits.seconds
    with _connected(address, project, limits.seconds, deadline) as connection:
        rows = _answer(connection, query, limits, deadline)
        headings = next(rows)
        columns = columns_of(rows, len(headings))
    return Grid("", [headings], (), columns)


@contextlib.contextmanager
def _connected(address: str, project: Path, seconds: float, deadline: float) -> Iterator[Any]:
    """A connection in a transaction that can only read, and that is rolled back whatever happens."""
    import sqlalchemy

    url = _url(address)
    opened = _postgresql if url.get_backend_name() == "postgresql" else _sqlite
    for kind in ("engine.Engine", "pool.impl.NullPool"):  # at its finest setting the library logs every row it reads
        logging.getLogger(f"sqlalchemy.{kind}.{_LOGGER}").disabled = True
    engine = sqlalchemy.create_engine(
        url,
        poolclass=sqlalchemy.pool.NullPool,
        hide_parameters=True,
        logging_name=_LOGGER,
        pool_logging_name=_LOGGER,
        **_driver(url, project, deadline),
    )
    with engine.connect() as connection:
        try:
            yield opened(connection, seconds)
        finally:
            connection.rollback()


def _url(address: str) -> Any:
    from sqlalchemy.engine import make_url

    url = make_url(re.sub("^postgres(?=[:+])", "postgresql", address))
    if url.get_backend_name() == "postgresql":
        return url.set(drivername="postgresql+psycopg")
    if url.drivername not in {"sqlite", "sqlite+pysqlite"}:
        raise _Stopped("datalagret är av ett slag som inte säkert kan öppnas bara för läsning",
                       "PostgreSQL eller SQLite; annars en export till .csv")  # fmt: skip
    if not url.database or url.database == ":memory:":
        raise _Stopped("adressen till datalagret säger inte vilken fil", "sqlite:///mapp/fil.db")
    return url


def _driver(url: Any, project: Path, deadline: float) -> dict[str, Any]:
    """What the driver is opened with; SQLite's own file is opened so that it cannot be written."""
    if url.get_backend_name() == "postgresql":
        return {"connect_args": {"connect_timeout": _CONNECT_SECONDS}}
    import sqlite3

    def connect() -> sqlite3.Connection:
        place = quote((project / url.database).resolve().as_posix())
        opened = sqlite3.connect(f"file:{place}?mode=ro", uri=True)
        opened.set_progress_handler(lambda: time.monotonic() > deadline, 10_000)
        return opened

    return {"creator": connect}


def _sqlite(connection: Any, _: float) -> Any:
    connection.exec_driver_sql("PRAGMA query_only=ON")
    return connection.execution_options(stream_results=True)


def _postgresql(connection: Any, seconds: float) -> Any:
    connection = connection.execution_options(
        postgresql_readonly=True, stream_results=True, max_row_buffer=_ROWS_AT_A_TIME
    )
    plain = {"stream_results": False}
    connection.exec_driver_sql(f"SET LOCAL statement_timeout = {int(seconds * 1000)}", execution_options=plain)
    connection.exec_driver_sql(f"SET LOCAL TIME ZONE '{_TIME_ZONE}'", execution_options=plain)
    if connection.exec_driver_sql("SHOW transaction_read_only", execution_options=plain).scalar() != "on":
        raise _Stopped("datalagret gick inte att öppna bara för läsning", "en databasanvändare med läsrätt")
    return connection


def _answer(connection: Any, query: str, limits: Limits, deadline: float) -> Iterator[list[Any]]:
    from sqlalchemy import text

    # A colon is a part of the query and no place for a parameter.
    result = connection.execute(text(query.strip().removesuffix(";").replace(":", r"\:")))
    headings = [str(name) for name in result.keys()]  # noqa: SIM118 - a method of the result, no dictionary's
    if len(headings) > MAX_COLUMNS:
        raise _Stopped("svaret har för många kolumner", f"högst {MAX_COLUMNS}")
    yield headings
    read = 0
    for part in result.partitions(_ROWS_AT_A_TIME):
        read += len(part)
        if read > limits.rows:
            raise _Stopped("svaret är för stort", f"högst {limits.rows} rader; avgränsa frågan")
        if time.monotonic() > deadline:
            raise _Stopped(*_TOO_SLOW)
        yield from ([_cell(value) for value in row] for row in part)


_TOO_SLOW = ("frågan tog för lång tid", "en fråga som svarar inom några minuter; avgränsa den eller be om ett index")


def _as_number(value: Decimal) -> Any:
    if not value.is_finite():
        return _UNREADABLE_CELL
    return int(value) if value == value.to_integral_value() else float(value)


_CELLS: tuple[tuple[type, Callable[[Any], Any]], ...] = (
    (bool, lambda value: "true" if value else "false"),
    (int, int),
    (float, lambda value: value if math.isfinite(value) else _UNREADABLE_CELL),
    (str, lambda value: _UNREADABLE_CELL if "\x00" in value else value),
    (Decimal, _as_number),
    (dt.datetime, lambda value: value.replace(tzinfo=None)),
    (dt.date, lambda value: value),
    (UUID, str),
)


def _cell(value: Any) -> Any:
    """A value of the database as a plain cell."""
    if value is None:
        return None
    return next((plain(value) for kind, plain in _CELLS if isinstance(value, kind)), _UNREADABLE_CELL)


def _explained(error: Exception) -> tuple[str, str]:
    """What to check, from the kind of error alone; its text may hold anything."""
    cause: Any = getattr(error, "orig", None) or error
    state, code = getattr(cause, "sqlstate", None) or "", getattr(cause, "sqlite_errorcode", 0) & 0xFF
    if state == "57014" or code == 9:  # cancelled by the server, interrupted by us
        return _TOO_SLOW
    if state == "25006" or code == 8:  # a write in a transaction that only reads
        return _NOT_ASKED, _ONE_SELECT
    if state == "42501":
        return "databasanvändaren får inte läsa det som frågan gäller", "läsrätt på vyerna i frågan"
    if state[:2] in {"0A", "22", "42"} or code == 1 or type(cause).__name__ in {"DataError", "NotSupportedError"}:
        return "frågan går inte att köra", "kontrollera namnen på tabeller och kolumner, och hur frågan är skriven"
    return "datalagret svarar inte eller tar inte emot inloggningen", (
        "kontrollera adressen, användaren, lösenordet och att datorn når datalagret"
    )
