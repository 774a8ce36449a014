"""A project with one small unit, in a folder with a space and Swedish letters, and raw files made cell by cell."""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
import traceback
import zipfile
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl

from isu_analysis.intake import ProblemsFound, intake
from isu_analysis.intake.columns import Cells
from isu_analysis.intake.tables import Block
from isu_analysis.settings import Unit, read_unit

HEADINGS = ["Nr", "Start", "Slut", "Avslut", "Ålder", "CORE före", "CORE efter", "Läge", "Anteckning"]
SETTINGS = """\
name: Öppenvården
municipality: Å kommun
purpose: "Att pröva."
desired_outcome: "Bättre."
target_group: "Vuxna."
retention_years: 5
measures: [core_om, laget]
local_measures:
  - id: laget
    name: State
    name_sv: Läge
    kind: state
    raters: [staff]
    levels:
      - {code: dalig, label: "Dåligt", order: 0}
      - {code: bra, label: "Bra", order: 1, positive: true}
occasions:
  start: {label: "nybesök", role: start, day: 0}
  end: {label: "avslut", role: end}
cohort:
  rule: ended
  outside: [never_started]
primary: {measure: core_om, rater: client, start: start, end: end, declared: 2021-12-01}
sources:
  - file: "ärenden {year}.xlsx"
    rows: episode
    id: Nr
    start: Start
    end: Slut
    ending:
      column: Avslut
      values: {Planerat: planned, Avbrutet: unplanned, Pågår: ongoing, "Kom aldrig": never_started}
    background:
      age: {column: Ålder, label: Ålder, type: number, minimum: 18, maximum: 100}
    measurements:
      - {column: CORE före, measure: core_om, rater: client, occasion: start, missing: {"99": declined, Nej: declined}}
      - {column: CORE efter, measure: core_om, rater: client, occasion: end}
      - {column: Läge, measure: laget, rater: staff, occasion: end, values: {Dåligt: dalig, Bra: bra}}
"""
AS_CSV = SETTINGS.replace("ärenden {year}.xlsx", "ärenden {year}.csv")
FORMS = (
    SETTINGS
    + """\
  - file: "skattningar {year}.xlsx"
    rows: form
    id: Nr
    day: Dag
    occasion: {column: När, values: {Nybesök: start, Avslut: end}}
    measurements:
      - {column: CORE, measure: core_om, rater: client}
"""
)
FORM_HEADINGS = ["Nr", "Dag", "När", "CORE"]
Rows = Iterable[list[Any]]


def project(folder: Path) -> Path:
    """Make the project folder, empty but for `parameters/`."""
    place = folder / "Å ä ö mellanslag"
    (place / "parameters" / "a-kommun").mkdir(parents=True)
    return place


_READ: dict[str, Unit] = {}


def unit(place: Path, settings: str = SETTINGS) -> Unit:
    """Write the unit file and read it; the same text is read once, as a unit is frozen and knows no folder."""
    path = place / "parameters" / "a-kommun" / "oppenvard.yml"
    path.write_text(settings, encoding="utf-8")
    if settings not in _READ:
        _READ[settings] = read_unit(path)
    return _READ[settings]


def block(rows: Iterable[dict[str, Any]]) -> Block | None:
    """Rows as intake keeps them before they are a frame; what is missing in a row is None."""
    rows = list(rows)
    texts: dict[str, Cells] = {}
    numbers: dict[str, Any] = {"sheet": np.zeros(len(rows)), "row": np.arange(len(rows))}
    for name in dict.fromkeys(name for row in rows for name in row):
        values = [row.get(name) for row in rows]
        if name in {"start", "end", "day"}:
            numbers[name] = np.array(["NaT" if value is None else value for value in values], "datetime64[ms]")
        elif all(value is None or isinstance(value, int | float) for value in values) and name not in {
            "level",
            "missing_reason",
        }:
            numbers[name] = np.array([np.nan if value is None else value for value in values], float)
        else:
            texts[name] = Cells(values, np.arange(len(rows), dtype=np.int32))
    return Block(texts, numbers) if rows else None


def raw(place: Path, name: str, municipality: str = "a-kommun") -> Path:
    """Path of a raw file, its folder made."""
    path = place / "data_raw" / municipality / "oppenvard" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    return path


def row(number: Any = "A1", **changes: Any) -> list[Any]:
    """A good row; `changes` by heading in lower case without spaces: nr, start, slut, avslut, ålder, före, efter ..."""
    values = {
        "nr": number, "start": dt.date(2024, 1, 10), "slut": dt.date(2024, 6, 1), "avslut": "Planerat", "ålder": 30,
        "före": 20, "efter": 11, "läge": "Bra", "anteckning": None,
    }  # fmt: skip
    assert set(changes) <= set(values)
    return list((values | changes).values())


def xlsx(path: Path, rows: Rows, headings: list[Any] = HEADINGS, above: Rows = (), **more: Rows) -> Path:
    """Write a workbook; `more` are further sheets by name."""
    book = openpyxl.Workbook()
    book.active.title = "Blad1"
    for line in [*above, headings, *rows]:
        book.active.append(line)
    for name, lines in more.items():
        sheet = book.create_sheet(name)
        for line in lines:
            sheet.append(line)
    book.save(path)
    return path


def text(path: Path, rows: Rows, headings: list[str] = HEADINGS, encoding: str = "utf-8", sign: str = ";") -> Path:
    """Write a text file with decimal commas."""
    stream = io.StringIO(newline="")
    writer = csv.writer(stream, delimiter=sign, lineterminator="\r\n")
    writer.writerow(headings)
    writer.writerows([[_swedish(cell) for cell in line] for line in rows])
    path.write_bytes(stream.getvalue().encode(encoding))
    return path


def _swedish(cell: Any) -> str:
    if cell is None:
        return ""
    return str(cell).replace(".", ",") if isinstance(cell, float) else str(cell)


def edit(path: Path, part: str, change: Callable[[bytes], bytes]) -> Path:
    """Change one part of a workbook's archive, as another program would have written it."""
    with zipfile.ZipFile(path) as archive:
        parts = {entry.filename: archive.read(entry) for entry in archive.infolist()}
    changed = change(parts[part])
    assert changed != parts[part], "the change changes nothing"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in (parts | {part: changed}).items():
            archive.writestr(name, content)
    return path


def refused(settings: Unit, place: Path) -> ProblemsFound:
    """Read the unit's files in, which must be refused."""
    try:
        intake(settings, place)
    except ProblemsFound as error:
        return error
    raise AssertionError("the files were accepted")


def lines(error: ProblemsFound) -> list[str]:
    """The problems as one line each."""
    return [str(problem) for problem in error.problems]


def everything_said(error: BaseException) -> str:
    """All that an error can show: text, repr, attributes, the chain and the formatted traceback."""
    said = [str(error), repr(error), repr(error.args), repr(error.__dict__), *traceback.format_exception(error)]
    linked = [link for link in (error.__cause__, None if error.__suppress_context__ else error.__context__) if link]
    return "\n".join([*said, *(everything_said(link) for link in linked)])


def tree(place: Path) -> dict[str, bytes]:
    """Every file below a folder with what it holds."""
    return {path.relative_to(place).as_posix(): path.read_bytes() for path in place.rglob("*") if path.is_file()}


def cells_of(path: Path) -> list[str]:
    """Every text of a workbook, cells and properties, straight from its archive."""
    with zipfile.ZipFile(path) as archive:
        return [re.sub(r"<[^>]+>", " ", archive.read(name).decode("utf-8")) for name in archive.namelist()]
