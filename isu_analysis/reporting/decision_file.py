"""The ``beslut.xlsx`` beside an internal report, for what the unit decides after reading it."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

from isu_analysis import files
from isu_analysis.analysis import analyse
from isu_analysis.cohorts import cohort
from isu_analysis.decisions import FILE, decisions_before, may_be_replaced, write
from isu_analysis.disclosure import Release, protect
from isu_analysis.presentation.quotable import figures
from isu_analysis.presentation.reader import Reader
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


def empty(project: Path, job: Job, unit: Unit, as_of: str) -> bytes:
    """Make an empty file of decisions, with the figures of the report to choose from."""
    chosen = cohort(unit, job.year, as_of=as_of or None, project=project, through=job.through)
    report = protect(analyse(chosen), Release.internal(reviewed=True))
    return write(figures(Reader(report)), unit.name, job.year)


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
