"""Whether a long run stays as it began: memory of the coordinator and of the fork server, and the cost of a report.

``python -m benchmarks.runs_many FOLDER NUMBER`` makes so many reports of `runs_project.small_units`, whose notebook computes
nothing, and writes a line of JSON a report; `benchmarks.runs` calls it.
"""

from __future__ import annotations

import json
import re
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.runs_cost import Cost, cost
from benchmarks.runs_project import UNITS_OF_A_MUNICIPALITY, small_units

_RESIDENT = re.compile(r"VmRSS:\s+(\d+)")


@dataclass(frozen=True)
class Long:
    """One run: what it cost, how many reports it made, and MiB of both processes after each of them."""

    cost: Cost
    reports: int
    coordinator: tuple[float, ...]
    server: tuple[float, ...]


def measured(sizes: Sequence[int]) -> list[Long]:
    """Make so many small reports in one run each, in a project of their own."""
    with tempfile.TemporaryDirectory(prefix="isu-bench-") as name:
        keys = small_units(Path(name), -(-max(sizes) // UNITS_OF_A_MUNICIPALITY))
        return [_run(Path(name), keys[:size]) for size in sizes]


def _run(folder: Path, keys: Sequence[str]) -> Long:
    used = cost([sys.executable, "-m", "benchmarks.runs_many", str(folder), str(len(keys))])
    lines = [json.loads(line) for line in used.output.splitlines()]
    return Long(used, len(lines), tuple(one["coordinator"] for one in lines), tuple(one["server"] for one in lines))


def _make(folder: Path, number: int) -> None:
    """Make the reports of so many units, and after each tell the memory of both processes."""
    from multiprocessing import forkserver

    from isu_analysis.reporting.run import run_reports

    keys = sorted(f"{path.parent.name}/{path.stem}" for path in (folder / "parameters").glob("*/*.yml"))[:number]

    def say(line: str) -> None:
        if re.match(r"\d+ av \d+ ", line):
            server = forkserver._forkserver._forkserver_pid  # type: ignore[attr-defined]
            print(json.dumps({"coordinator": resident("self"), "server": resident(server)}))

    summary = run_reports(folder, keys, progress=say, force=True)
    if summary.failed:
        raise RuntimeError(str(summary.failed[0]))


def resident(process: int | str) -> float:
    """MiB of memory that a process has just now."""
    found = _RESIDENT.findall(Path(f"/proc/{process}/status").read_text(encoding="ascii"))
    return int(found[0]) / 1024


if __name__ == "__main__":
    _make(Path(sys.argv[1]), int(sys.argv[2]))
