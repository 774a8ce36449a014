"""Reading a million measurements: the whole intake beside plain pandas reading of the same file.

Each way runs in a process of its own, so that its peak memory is its own. ``python -m benchmarks.intake``
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import re
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

ROWS = 1_000_000
ROWS_OF_A_CASE = 4  # two measures at two occasions
REPEATS = 3

_UNIT = """\
name: Stor
municipality: Exempelstad
invented: true
purpose: "Att mäta tiden."
desired_outcome: "Kort."
target_group: "Påhittade."
retention_years: 1
measures: [core_om, kasam13]
occasions:
  start: {label: "start", role: start}
  end: {label: "slut", role: end}
cohort: {rule: declared}
primary: {measure: core_om, rater: client, start: start, end: end, declared: 2021-12-01}
sources:
  - file: "{year}.csv"
    rows: measurement
    id: Ärende
    day: Datum
    occasion: {column: Tillfälle, values: {Start: start, Slut: end}}
    long:
      measure: {column: Mått, values: {CORE-OM: core_om, KASAM: kasam13}}
      value: Värde
      rater_column: {column: Svarar, values: {Klient: client}}
"""


def write_project(folder: Path, rows: int) -> None:
    """Lay out a project with one invented unit whose file has so many rows."""
    (folder / "parameters" / "stad").mkdir(parents=True)
    (folder / "parameters" / "stad" / "stor.yml").write_text(_UNIT, encoding="utf-8")
    path = folder / "data_raw" / "stad" / "stor" / "2024.csv"
    path.parent.mkdir(parents=True)
    place, cases = np.arange(rows), rows // ROWS_OF_A_CASE
    case, slot = place % cases, place // cases
    rng = np.random.default_rng(1)
    occasion, measure = slot % 2, slot // 2 % 2
    day = np.datetime64("2024-01-01") + rng.integers(0, 180, rows) + 180 * occasion
    value = rng.integers(0, 400, rows)
    texts = zip(
        case.tolist(), occasion.tolist(), measure.tolist(), day.astype(str).tolist(), value.tolist(), strict=True
    )
    with path.open("w", encoding="utf-8", newline="") as file:
        file.write("Ärende;Tillfälle;Mått;Datum;Värde;Svarar\r\n")
        for one, at, what, when, score in texts:
            shown = f"{score // 10},{score % 10}" if what == 0 else str(13 + score % 79)
            file.write(f"A{one:06d};{('Start', 'Slut')[at]};{('CORE-OM', 'KASAM')[what]};{when};{shown};Klient\r\n")


def plainly(folder: Path) -> int:
    """Read as pandas does by itself: types guessed."""
    import pandas as pd

    return len(pd.read_csv(_file(folder), sep=";", decimal=",", parse_dates=["Datum"]))


def as_text(folder: Path) -> int:
    """Read as pandas must where an id may begin with a nought: everything as text, then dates and numbers."""
    import pandas as pd

    frame = pd.read_csv(_file(folder), sep=";", dtype=str, keep_default_na=False)
    frame["Datum"] = pd.to_datetime(frame["Datum"], format="%Y-%m-%d")
    frame["Värde"] = frame["Värde"].str.replace(",", ".").astype(float)
    return len(frame)


def columns_only(folder: Path) -> int:
    """Read into columns of distinct cells: encoding, mojibake, headings, width of rows, sums and blanks checked."""
    from isu_analysis.intake.readers import read

    unit = _unit(folder)
    return len(read(_file(folder), unit.sources[0], unit.sources[0].columns(unit.used_measures)).numbers)


def checked(folder: Path) -> int:
    """Do the whole intake short of storing it: every rule, every case a keyed pseudonym."""
    from isu_analysis.intake import check

    return len(check(_unit(folder), folder).measurements)


def stored(folder: Path) -> int:
    """Do the whole intake, with the tables written."""
    from isu_analysis.intake import intake

    return len(intake(_unit(folder), folder).measurements)


def _file(folder: Path) -> Path:
    return folder / "data_raw" / "stad" / "stor" / "2024.csv"


def _unit(folder: Path) -> Any:
    from isu_analysis.settings import read_unit

    return read_unit(folder / "parameters" / "stad" / "stor.yml")


WAYS: dict[str, Callable[[Path], int]] = {
    "pandas.read_csv, types guessed": plainly,
    "pandas.read_csv, as text, then typed": as_text,
    "isu: columns read and checked": columns_only,
    "isu: every rule and pseudonym": checked,
    "isu intake: stored": stored,
}


def _timed(name: str, folder: str, rows: int, sent: Any) -> None:
    WAYS[name](Path(folder) / "warm")  # imports and first calls
    before = _peak()
    seconds = []
    for _ in range(REPEATS):
        began = time.perf_counter()
        read = WAYS[name](Path(folder) / "full")
        seconds.append(time.perf_counter() - began)
        if read != rows:
            raise RuntimeError(f"{name}: {read} rows")
    sent.send(json.dumps({"seconds": min(seconds), "mib": _peak(), "added": _peak() - before}))


def _peak() -> float:
    """Peak memory in MiB; of this program alone where the system says so, as what it was started from also counts else."""
    status = Path("/proc/self/status")
    if status.exists():
        return int(re.findall(r"VmHWM:\s+(\d+)", status.read_text())[0]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1024**2 if sys.platform == "darwin" else 1024)


def run(rows: int = ROWS) -> dict[str, dict[str, float]]:
    """Time every way, each in a fresh process, and print them as ratios to both ways of pandas."""
    found: dict[str, dict[str, float]] = {}
    context = multiprocessing.get_context("spawn")
    with tempfile.TemporaryDirectory() as name:
        write_project(Path(name) / "warm", 1_000)
        write_project(Path(name) / "full", rows)
        for way in WAYS:
            receive, send = context.Pipe(duplex=False)
            process = context.Process(target=_timed, args=(way, name, rows, send))
            process.start()
            send.close()
            found[way] = json.loads(receive.recv())
            process.join()
    _print(found, rows)
    return found


def _print(found: dict[str, dict[str, float]], rows: int) -> None:
    guessed, text = (found[name]["seconds"] for name in list(WAYS)[:2])
    sys.stdout.write(
        f"Reading {rows:,} measurement rows of {rows // ROWS_OF_A_CASE:,} cases (best of {REPEATS}, each way in its own process)\n"
    )
    sys.stdout.write(f"{'':38}{'seconds':>9}{'x guessed':>11}{'x as text':>11}{'peak MiB':>10}{'added':>8}\n")
    for name, one in found.items():
        ratios = f"{one['seconds'] / guessed:11.2f}{one['seconds'] / text:11.2f}"
        sys.stdout.write(f"{name:38}{one['seconds']:9.2f}{ratios}{one['mib']:10.0f}{one['added']:8.0f}\n")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=ROWS)
    run(parser.parse_args().rows)
