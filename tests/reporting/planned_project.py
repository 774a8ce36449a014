"""A small project with two units that are read in, whose reports are published by writing a few bytes and a record."""

from __future__ import annotations

import datetime as dt
import shutil
import time
from pathlib import Path

import small_project

from isu_analysis.decisions import FILE
from isu_analysis.intake import intake
from isu_analysis.reporting.plan import Job
from isu_analysis.reporting.planning import record
from isu_analysis.reporting.planning.hashes import Hashes
from isu_analysis.reporting.planning.inputs import OVERVIEW, UNIT_REPORT
from isu_analysis.reporting.planning.state import LEDGER, State, states
from isu_analysis.settings import read_unit

OURS, OTHER = "a-kommun/oppenvard", "a-kommun/annan"
PAGES = {"report.html": b"sida", "figurer/f1.png": b"bild", "manifest.json": b"{}"}
LATER = 60_000_000_000  # nanoseconds


def later() -> int:
    """A clock that goes a minute ahead, so that no file is too new to be remembered."""
    return time.time_ns() + LATER


def make(folder: Path) -> Path:
    """Two units with two years of data each, and both notebooks."""
    place = small_project.project(folder)
    unit = small_project.unit(place)
    for year in (2023, 2024):
        rows = [small_project.row(f"B{year}", start=dt.date(year, 1, 10), slut=dt.date(year, 6, 1))]
        small_project.xlsx(small_project.raw(place, f"ärenden {year}.xlsx"), rows)
    intake(unit, place)
    add_unit(place, OTHER)
    for name in (UNIT_REPORT, OVERVIEW):
        write(place / "notebooks" / name, b"{}")
    return place


def add_unit(place: Path, key: str) -> None:
    """Another unit with the same file and data."""
    for wing in ("data_raw", "data_processed"):
        shutil.copytree(place / wing / OURS, place / wing / key)
    path = place / "parameters" / f"{key}.yml"
    path.parent.mkdir(exist_ok=True)
    shutil.copy(place / "parameters" / f"{OURS}.yml", path)


def write(path: Path, data: bytes) -> None:
    """Write a file and its folder."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)


def read_in(place: Path, key: str = OURS) -> None:
    """Read a unit in again."""
    intake(read_unit(place / "parameters" / f"{key}.yml"), place)


def state(place: Path, job: Job, release: str = "internal", **more) -> State:
    """The state of one report, with a memory as the last look left it."""
    hashes = Hashes(place, clock=later)
    (found,) = states(place, [job], release, hashes=hashes, **more)
    hashes.save()
    return found


def publish(place: Path, job: Job, release: str = "internal", language: str = "sv", as_of: str = "2024-06-01", **more):
    """Publish a report as a run would: pages, an empty form for decisions, a ledger, and a record of what it was made of."""
    now = state(place, job, release, language=language, **more)
    for name, data in PAGES.items():
        write(job.folder(place, release, language) / name, data)
    if release == "public":
        write(place / "data_processed" / job.municipality / LEDGER / "000001.json", b"{}")
    return record.enter(place, job, release, language, now.inputs, PAGES, as_of)


def form(place: Path, key: str, year: int, decision: str = "") -> None:
    """Lay a form for decisions beside a report, empty or filled in."""
    import io

    import openpyxl

    from isu_analysis.decisions import Quotable
    from isu_analysis.decisions import write as written

    data = written((Quotable("flow/eligible", "Antal", "1"),), "Öppenvården", year)
    book = openpyxl.load_workbook(io.BytesIO(data))
    if decision:
        book["Beslut"]["A3"] = decision
    stream = io.BytesIO()
    book.save(stream)
    write(place / "reports" / "internal" / key / str(year) / FILE, stream.getvalue() if decision else data)
