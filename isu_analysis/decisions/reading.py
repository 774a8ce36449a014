"""Reading a filled in ``beslut.xlsx``: strict row by row, and silent about what stands in it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

from isu_analysis.decisions.model import Decided, Decision, Quotable, Unread
from isu_analysis.errors import DataError
from isu_analysis.intake import cells, readers
from isu_analysis.intake.cells import CellProblem
from isu_analysis.intake.checks import Fault, Problem
from isu_analysis.intake.identities import names_somebody
from isu_analysis.settings import Source, Unit, project_folder

FILE = "beslut.xlsx"
SHEET, FIGURES = "Beslut", "Siffror"
HEADER_ROW, FIGURES_HEADER_ROW = 2, 1
DECISION, FIGURE, BY_WHEN = "Beslut", "Gäller siffran", "Klart senast"
ASKED_BY, DISCUSSED, HAPPENED = "Vem efterfrågade resultatet", "När det diskuterades", "Vad hände"
HEADINGS = (DECISION, FIGURE, BY_WHEN, ASKED_BY, DISCUSSED, HAPPENED)
ID, LABEL, VALUE = "Id", "Siffra", "Värde"
MOST_DECISIONS = 40  # one meeting decides a few things; more is another kind of list
LONGEST_TEXT = 600  # characters of one cell that a table of the report can hold


class Cell(NamedTuple):
    """A cell and where to mend it."""

    value: Any
    problem: Callable[[str, str], Problem]


class Broken(DataError):
    """A file of decisions that cannot be read as it is; `problems` say where."""

    def __init__(self, problems: list[Problem]) -> None:
        self.problems: tuple[Problem, ...] = tuple(sorted(problems))
        super().__init__("\n".join(map(str, self.problems)))


def decisions_before(unit: Unit, year: int, project: Path | None = None) -> Decided:
    """What was decided after the latest earlier report of a unit.

    Parameters
    ----------
    unit : Unit
    year : int
        Year of the report that is being made.
    project : Path, optional
        Project folder.

    Returns
    -------
    Decided
        Nothing where there is no earlier file or nobody has filled it in; else what could be read, and what could not.

    Examples
    --------
    Nobody has filled in what was decided after an earlier report of this unit.

    >>> import isu_analysis as isu
    >>> unit = isu.load_unit("exempelstad/unga-vuxna")
    >>> isu.decisions_before(unit, 2024).count
    0
    """
    found = _latest(project or project_folder(), unit, year)
    return read(*found) if found else Decided()


def _latest(project: Path, unit: Unit, year: int) -> tuple[Path, int] | None:
    """The file of the latest earlier year; always beside the internal report, which is the only place it is written."""
    folder = project / "reports" / "internal" / unit.key
    files = ((path, int(path.parent.name)) for path in folder.glob(f"*/{FILE}") if path.parent.name.isdecimal())
    return max((item for item in files if item[1] < year), key=lambda item: item[1], default=None)


def read(path: Path, year: int) -> Decided:
    """Read the decisions of one file: a row that cannot be read hides no other.

    Parameters
    ----------
    path : Path
    year : int
        Year of the report that the file lies beside.

    Returns
    -------
    Decided
        Nothing of a file that is missing or empty.
    """
    if not _has_content(path):
        return Decided()
    try:
        figures, unlisted = _figures(path)
        found, problems = _decisions(path, {figure.label: figure for figure in figures}, year)
    except Broken as error:
        return Decided(year, problems=_unread(error.problems))
    if not (found or problems or unlisted):
        return Decided()
    return Decided(year, tuple(found), len(found), _unread([*unlisted, *problems]))


def _unread(problems: Iterable[Problem]) -> tuple[Unread, ...]:
    return tuple(Unread(problem.row, str(replace(problem, row=0))) for problem in sorted(problems))


def _decisions(path: Path, figures: dict[str, Quotable], year: int) -> tuple[list[Decision], list[Problem]]:
    sheet = _sheet(path, SHEET, HEADER_ROW, HEADINGS)
    found: list[Decision] = []
    problems = list(sheet.problems)
    for number, row in sheet.rows:
        given = {name: _cell(sheet, number, name, row[name]) for name in HEADINGS}
        try:
            found.append(_decision(given, figures, year))
        except ProblemsOfRow as error:
            problems += error.problems
    if len(found) > MOST_DECISIONS:
        problems.append(Problem(path.name, SHEET, 0, "", "för många beslut", f"högst {MOST_DECISIONS}"))
    return found[:MOST_DECISIONS], problems


def read_figures(path: Path) -> tuple[Quotable, ...]:
    """The figures that the file's drop-down list has; refused where any of them cannot be read."""
    found, problems = _figures(path)
    if problems:
        raise Broken(problems)
    return tuple(found)


def _figures(path: Path) -> tuple[list[Quotable], list[Problem]]:
    sheet = _sheet(path, FIGURES, FIGURES_HEADER_ROW, (ID, LABEL, VALUE))
    problems = list(sheet.problems)
    found = []
    for number, row in sheet.rows:
        try:
            found.append(Quotable(*(_text(_cell(sheet, number, name, row[name])) for name in (ID, LABEL, VALUE))))
        except ProblemsOfRow as error:
            problems += error.problems
    return found, problems


class ProblemsOfRow(Exception):
    """What is wrong in one row."""

    def __init__(self, *problems: Problem) -> None:
        self.problems = problems


def _has_content(path: Path) -> bool:
    try:
        return path.is_file() and path.stat().st_size > 0
    except OSError:
        return True  # it is there and may not be looked at: told when it is opened


def _sheet(path: Path, name: str, header_row: int, headings: tuple[str, ...]) -> readers.Sheet:
    source = Source(file=path.name, rows="form", sheet=name, header_row=header_row)
    try:
        return readers.read(path, source, wanted=headings)
    except readers.Unreadable as error:
        raise Broken([_as_told_here(problem, header_row, headings) for problem in error.problems]) from None


def _as_told_here(problem: Problem, header_row: int, headings: tuple[str, ...]) -> Problem:
    """What intake says of headings is about a unit file; here they are those that the file was made with."""
    if problem.row != header_row:
        return problem
    allowed = f"rubrikerna {', '.join(headings)}"
    return Problem(problem.file, problem.sheet, problem.row, "", "rubrikerna är ändrade", allowed)


def _cell(sheet: readers.Sheet, row: int, heading: str, value: Any) -> Cell:
    return Cell(value, lambda what, allowed: sheet.problem(row, heading, what, allowed))


def _decision(given: dict[str, Cell], figures: dict[str, Quotable], year: int) -> Decision:
    problems: list[Problem] = []

    def tried(read_cell: Callable[[Cell], Any], name: str) -> Any:
        try:
            return read_cell(given[name])
        except ProblemsOfRow as error:
            problems.extend(error.problems)
            return None

    texts = {name: tried(_text, name) for name in (DECISION, ASKED_BY, HAPPENED)}
    days = {name: tried(_day, name) for name in (BY_WHEN, DISCUSSED)}
    figure = tried(lambda cell: _figure(cell, figures), FIGURE)
    if texts[DECISION] == "":
        problems.append(given[DECISION].problem("beslutet saknas på raden", "ett beslut, eller en helt tom rad"))
    if problems:
        raise ProblemsOfRow(*problems)
    return Decision(texts[DECISION], figure, days[BY_WHEN], texts[ASKED_BY], days[DISCUSSED], texts[HAPPENED], year)


def _text(cell: Cell) -> str:
    """A text on one line, of nobody in particular."""
    text = "".join(_words(cell))
    if len(text) > LONGEST_TEXT:
        raise ProblemsOfRow(cell.problem("texten är för lång", f"högst {LONGEST_TEXT} tecken"))
    if names_somebody(text):
        raise ProblemsOfRow(
            cell.problem(
                "texten ser ut att innehålla ett personnummer eller en e-postadress", "text utan sådana uppgifter"
            )
        )
    return text


def _words(cell: Cell) -> Iterator[str]:
    if isinstance(cell.value, Fault):
        raise ProblemsOfRow(cell.problem(cell.value.what, cell.value.allowed))
    if isinstance(cell.value, bool | dt.date | dt.time | dt.timedelta):
        raise ProblemsOfRow(cell.problem("ett datum, eller sant eller falskt, där en text ska stå", "text"))
    if cell.value is not None:
        yield " ".join(cells.as_text(cell.value).split())


def _day(cell: Cell) -> dt.date | None:
    if isinstance(cell.value, Fault):
        raise ProblemsOfRow(cell.problem(cell.value.what, cell.value.allowed))
    try:
        return None if cell.value is None else cells.date(cell.value, "%Y-%m-%d")
    except CellProblem as error:
        raise ProblemsOfRow(cell.problem(error.what, error.allowed)) from None


def _figure(cell: Cell, figures: dict[str, Quotable]) -> Quotable | None:
    label = _text(cell)
    if label and label not in figures:
        raise ProblemsOfRow(
            cell.problem("siffran finns inte i listan", "en av siffrorna på bladet Siffror, eller tomt")
        )
    return figures[label] if label else None
