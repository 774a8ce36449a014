"""Where the processor time of one report goes, step by step, in a worker process such as a run has.

``python -m benchmarks.runs_steps PROJECT MUNICIPALITY UNIT ...`` makes each report and the overview once, publishes none of
them, and writes the seconds of every step, all reports together; `benchmarks.runs` calls it.
"""

from __future__ import annotations

import importlib
import json
import resource
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks.runs_cost import cost
from benchmarks.runs_project import YEAR

KERNEL, OTHER, WORKER = "anteckningsboken i kärnan", "övrigt i arbetsprocessen", "hela arbetsprocessen"
# Where each step is called from, and what it is called here; a step inside another is taken from the outer one.
STEPS = {
    ("reporting.kernel", "execute"): "papermill",
    ("reporting.exporters.assembly", "sections_of"): "avsnitten läses och prövas",
    ("reporting.exporters.pdf", "render_pdf"): "PDF",
    ("reporting.exporters.html_page", "render_html"): "HTML",
    ("reporting.exporters.workbook", "render_workbook"): "tabeller.xlsx",
    ("reporting.exporters.pictures", "render_pictures"): "bilder",
    ("reporting.running.task", "load_unit"): "enhetsfilen",
    ("reporting.running.task", "manifest"): "manifest",
    ("reporting.running.task", "check_report"): "slutkontroll av rapporten",
    ("reporting.running.task", "check_notebook"): "slutkontroll av anteckningsboken",
    ("reporting.running.task", "_decision_file"): "beslutsfilen",
}


def measured(folder: Path, place: str, units: tuple[str, ...]) -> dict[str, float]:
    """Processor seconds of each step, all reports together."""
    return dict(json.loads(cost([sys.executable, "-m", "benchmarks.runs_steps", str(folder), place, *units]).output))


def followed(task: Any) -> dict[str, float]:
    """In the worker: make a report and give the processor seconds of its steps; what it made is thrown away."""
    from isu_analysis.reporting.running.task import make

    clock: dict[str, float] = {}
    inside: list[float] = []
    for (module, name), step in STEPS.items():
        home = importlib.import_module(f"isu_analysis.{module}")
        setattr(home, name, _followed(getattr(home, name), step, clock, inside))
    make(task)
    clock[KERNEL] = _used(resource.RUSAGE_CHILDREN)
    clock[WORKER] = clock[KERNEL] + _used(resource.RUSAGE_SELF)
    clock[OTHER] = clock[WORKER] - sum(clock[step] for step in {*STEPS.values(), KERNEL} if step in clock)
    return clock


def _followed(
    function: Callable[..., Any], step: str, clock: dict[str, float], inside: list[float]
) -> Callable[..., Any]:
    def timed(*args: Any, **how: Any) -> Any:
        began = _used(resource.RUSAGE_SELF)
        inside.append(0.0)
        try:
            return function(*args, **how)
        finally:
            took = _used(resource.RUSAGE_SELF) - began
            clock[step] = clock.get(step, 0.0) + took - inside.pop()
            if inside:
                inside[-1] += took

    return timed


def _used(whose: int) -> float:
    used = resource.getrusage(whose)
    return used.ru_utime + used.ru_stime


def main(project: Path, place: str, units: list[str]) -> None:
    """Make each report in a worker of its own and add up the steps."""
    import isu_analysis.reporting.run  # noqa: F401 - a process that has it lets the server import what reports need
    from benchmarks import runs_steps  # by its own name, under which a worker can find it
    from isu_analysis.disclosure import Release
    from isu_analysis.reporting.plan import Job, overviews
    from isu_analysis.reporting.running.isolated import isolated
    from isu_analysis.reporting.running.task import Task

    keys = tuple(f"{place}/{unit}" for unit in units)
    jobs = [Job(key, YEAR, key) for key in keys]
    whole: dict[str, float] = {}
    with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
        file.write(Release.internal(reviewed=True).to_json())
        file.flush()
        for job in [*jobs, *overviews(jobs)]:
            about = keys if job.is_overview else (job.unit_key,)
            steps = isolated(runs_steps.followed, Task(project, job, "internal", Path(file.name), about))
            whole = {step: whole.get(step, 0.0) + steps.get(step, 0.0) for step in {*whole, *steps}}
    print(json.dumps(whole))


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], sys.argv[3:])
