"""The stock way to make a report: the ``papermill`` command, and then ``jupyter nbconvert``, for each of them.

The notebooks are the same, and so is the kernel, but started from nothing as kernels are (``ISU_KERNELS=ordinary``). One at a time,
and as many at a time as there are processors, by ``xargs``.
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from pathlib import Path

from benchmarks.runs_cost import Cost, cost
from benchmarks.runs_project import YEAR

_ONE = """\
set -e
papermill "notebooks/$2.ipynb" "$OUT/$1.ipynb" -k isu --no-progress-bar -p "$3" "$4" -p year "$YEAR"
for kind in $KINDS; do jupyter nbconvert --to $kind "$OUT/$1.ipynb"; done
test -s "$OUT/$1.html"
"""
_ALL = 'xargs -P "$AT_ONCE" -L 1 sh "$OUT/one.sh" < "$OUT/jobs"'


def has_tex() -> bool:
    """Whether nbconvert's own way to a PDF can be tried."""
    return shutil.which("xelatex") is not None


def measured(folder: Path, place: str, units: tuple[str, ...], at_once: int, *, pdf: bool = False) -> Cost | None:
    """What it costs to make some reports and the municipality's overview; None if that does not succeed with PDF."""
    jobs = [f"{unit} unit_report unit {place}/{unit}" for unit in units]
    jobs += [f"oversikt municipality_overview municipality {place}"]
    with tempfile.TemporaryDirectory(prefix="isu-bench-") as out:
        Path(out, "one.sh").write_text(_ONE, encoding="utf-8")
        Path(out, "jobs").write_text("\n".join(jobs) + "\n", encoding="utf-8")
        environment = {
            "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
            "ISU_KERNELS": "ordinary",
            "OUT": out,
            "YEAR": str(YEAR),
            "AT_ONCE": str(at_once),
            "KINDS": "html pdf" if pdf else "html",
        }
        try:
            return cost(["sh", "-c", _ALL], folder, environment)
        except RuntimeError:
            if pdf:
                return None
            raise
