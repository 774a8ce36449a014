"""The ``beslut.xlsx`` beside an internal report, for what the unit decides after reading it."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

from isu_analysis import files
from isu_analysis.analysis.results import Results
from isu_analysis.decisions import FILE, decisions_before, may_be_replaced, write
from isu_analysis.disclosure import Release, protect
from isu_analysis.presentation.quotable import figures
from isu_analysis.presentation.reader import Reader
from isu_analysis.settings import Unit


def unread(project: Path, unit: Unit, year: int) -> Iterator[str]:
    """A line for the screen where an earlier year's decisions cannot all be read."""
    decided = decisions_before(unit, year, project)
    rows = [str(row) for row in dict.fromkeys(problem.row for problem in decided.problems) if row]
    place = f" på rad {', '.join(rows)}" if rows else ""
    if decided.problems:
        yield f"  Obs: reports/internal/{unit.key}/{decided.year}/{FILE} går inte att läsa{place}. Rapporten säger varför."


def offer(folder: Path, results: Results) -> None:
    """Put an empty file of decisions beside a report, with that report's figures to choose from.

    A file that is there already stays as it is, unless it is exactly what an earlier run wrote: then the figures to
    choose from are those of the report as it is now.

    Parameters
    ----------
    folder : Path
        Of the internal report, already published.
    results : Results
        What the report was made of.

    Raises
    ------
    WriteError
        There is no file, and none could be written.
    """
    path, unit, year = folder / FILE, results.context.unit.name, results.context.year
    is_there = path.exists()
    if is_there and not may_be_replaced(path, unit, year):
        return
    report = protect(results, Release.internal(reviewed=True))
    data = write(figures(Reader(report)), unit, year)
    # An untouched file that cannot be replaced is in somebody's hands just now: it stays.
    with contextlib.suppress(files.WriteError) if is_there else contextlib.nullcontext():
        files.write(path, data)
