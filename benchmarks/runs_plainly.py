"""The same reports as plain functions in one warm process: what a run could cost at the least.

``python -m benchmarks.runs_plainly PROJECT MUNICIPALITY UNIT ...`` makes the reports and the overview of the year before, which warms
the process, then those of the year, and writes the processor seconds of every step of the latter; `benchmarks.runs` calls it. The same
year twice would be no measure: the typesetter remembers what it has set.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks.runs_cost import cost
from benchmarks.runs_project import YEAR
from isu_analysis.reporting.kernels.server import ENVIRONMENT

Clock = dict[str, float]


def measured(folder: Path, place: str, units: tuple[str, ...]) -> Clock:
    """Processor seconds of each step, all reports together, when everything is warm."""
    command = [sys.executable, "-m", "benchmarks.runs_plainly", str(folder), place, *units]
    return dict(json.loads(cost(command, environment=ENVIRONMENT).output))


def _unit(project: Path, key: str, year: int, clock: Clock) -> None:
    import isu_analysis as isu
    from isu_analysis.decisions import write
    from isu_analysis.presentation import SECTIONS
    from isu_analysis.presentation.quotable import figures
    from isu_analysis.presentation.reader import Reader

    unit = _timed(clock, "enhetsfilen", lambda: isu.load_unit(key, project))
    results = _timed(clock, "analys", lambda: isu.analyse(isu.cohort(unit, year, project=project)))
    decided = isu.decisions_before(unit, year, project)
    report = _timed(clock, "skydd", lambda: isu.protect(results, isu.Release.internal(reviewed=True), decided))
    shown = _timed(clock, "text och figurer", lambda: [isu.show(report, key) for key in SECTIONS])
    _export(tuple(section for section in shown if section is not None), clock)
    _timed(clock, "beslutsfilen", lambda: write(figures(Reader(report)), unit.name, year))


def _overview(project: Path, place: str, year: int, clock: Clock) -> None:
    import isu_analysis as isu
    from isu_analysis.presentation import OVERVIEW_SECTIONS

    release = isu.Release.internal(reviewed=True)
    overview = _timed(clock, "analys", lambda: isu.municipality(place, year, release, project=project))
    shown = _timed(clock, "text och figurer", lambda: [isu.show_overview(overview, key) for key in OVERVIEW_SECTIONS])
    _export(tuple(section for section in shown if section is not None), clock)


def _export(sections: tuple[Any, ...], clock: Clock) -> None:
    from isu_analysis.reporting.exporters.html_page import render_html
    from isu_analysis.reporting.exporters.pdf import render_pdf
    from isu_analysis.reporting.exporters.pictures import render_pictures
    from isu_analysis.reporting.exporters.workbook import render_workbook

    _timed(clock, "PDF", lambda: render_pdf(sections))
    _timed(clock, "HTML", lambda: render_html(sections))
    _timed(clock, "tabeller.xlsx", lambda: render_workbook(sections))
    _timed(clock, "bilder", lambda: render_pictures(sections))


def _timed(clock: Clock, step: str, work: Callable[[], Any]) -> Any:
    began = time.process_time()
    made = work()
    clock[step] = clock.get(step, 0.0) + time.process_time() - began
    return made


def main(project: Path, place: str, units: list[str]) -> None:
    """Make everything for two years, and tell what the second year cost."""
    for year in (YEAR - 1, YEAR):
        clock: Clock = {}
        for unit in units:
            _unit(project, f"{place}/{unit}", year, clock)
        _overview(project, place, year, clock)
    print(json.dumps(clock))


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], sys.argv[3:])
