"""How long it takes to see that there is nothing to do: `isu status`, of many units of which nothing has changed.

``python -m benchmarks.runs_plan FOLDER`` looks at the plan in one warm process, without the start of Python and its imports, and
writes the seconds; `benchmarks.runs` calls it.
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from benchmarks.runs_cost import Cost, cost
from benchmarks.runs_project import publish_all, small_units

REPEATS = 3
_SETTLED = 2.5  # seconds until the times of files are so old that what is known of them is remembered


@dataclass(frozen=True)
class Planned:
    """How many units and reports, and what their plan cost: as a command, and in a process that has begun."""

    units: int
    reports: int
    command: Cost
    inside: float


def measured(municipalities: int) -> Planned:
    """Lay out so many municipalities of twenty units, all of them reported, and plan them."""
    with tempfile.TemporaryDirectory(prefix="isu-bench-") as name:
        folder = Path(name)
        keys = small_units(folder, municipalities)
        time.sleep(_SETTLED)
        reports = publish_all(folder, keys)
        time.sleep(_SETTLED)
        command = [sys.executable, "-m", "isu_analysis", "status"]
        told = [cost(command, folder) for _ in range(REPEATS + 1)][1:]  # the first remembers the pages
        if f"{reports} aktuella" not in told[-1].output:
            raise RuntimeError(told[-1].output[:2000])
        inside = json.loads(cost([sys.executable, "-m", "benchmarks.runs_plan", name]).output)
        return Planned(len(keys), reports, min(told, key=lambda one: one.wall), min(inside))


def _plan(folder: Path) -> list[float]:
    from isu_analysis.reporting.planning.status import status

    seconds = []
    for _ in range(REPEATS):
        began = time.perf_counter()
        if not status(folder):
            raise RuntimeError("something is not current")
        seconds.append(time.perf_counter() - began)
    return seconds


if __name__ == "__main__":
    print(json.dumps(_plan(Path(sys.argv[1]))))
