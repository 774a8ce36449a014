"""The ``beslut.xlsx`` beside an internal report, for what the unit decides after reading it."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator
from pathlib import Path

from isu_analysis import files
from isu_analysis.decisions import FILE, Quotable, decisions_before, may_be_replaced, write
from isu_analysis.presentation.sealed import Section
from isu_analysis.reporting.plan import Job
from isu_analysis.settings import Unit


def unread(project: Path, unit: Unit, year: int) -> Iterator[str]:
    """A line for the screen where an earlier year's decisions cannot all be read."""
    decided = decisions_before(unit, year, project)
    rows = [str(row) for row in dict.fromkeys(problem.row for problem in decided.problems) if row]
    place = f" på rad {', '.join(rows)}" if rows else ""
    if decided.problems:
        yield f"  Obs: reports/internal/{unit.key}/{decided.year}/{FILE} går inte att läsa{place}. Rapporten säger varför."


def is_wanted(folder: Path, name: str, year: int) -> bool:
    """Whether there is no file of decisions beside a report, or only the empty one of an earlier run."""
    path = folder / FILE
    return not path.exists() or may_be_replaced(path, name, year)


def empty(sections: Iterable[Section], name: str, year: int) -> bytes:
    """Make an empty file of decisions, with the figures of a report to choose from."""
    quotes = [Quotable(one.id, one.label, one.value) for section in sections for one in section.quotes]
    return write(quotes, name, year)


def offer(folder: Path, job: Job, data: bytes) -> None:
    """Put an empty file of decisions beside a report.

    A file that is there already stays as it is, unless it is exactly what an earlier run wrote: then the figures to
    choose from are those of the report as it is now.

    Parameters
    ----------
    folder : Path
        Of the internal report, already published.
    job : Job
    data : bytes
        From `empty`.

    Raises
    ------
    WriteError
        There is no file, and none could be written.
    """
    path = folder / FILE
    is_there = path.exists()
    if not is_wanted(folder, job.name, job.year):
        return
    # An untouched file that cannot be replaced is in somebody's hands just now: it stays.
    with contextlib.suppress(files.WriteError) if is_there else contextlib.nullcontext():
        files.write(path, data)
