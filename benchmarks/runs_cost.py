"""What a command costs with everything that it starts, also what outlives it: processor time and the clock.

The system counts a child's time only when its parent waits for it. A fork server and a kernel whose parent has been
killed are waited for by nobody that we started. Therefore the command runs under a small program that the system makes
the parent of whatever is orphaned below it, and that waits for all of them. Linux only.
"""

from __future__ import annotations

import ctypes
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

_CHILD_SUBREAPER = 36  # PR_SET_CHILD_SUBREAPER of prctl(2)
ROOT = Path(__file__).parents[1]


@dataclass(frozen=True)
class Cost:
    """Seconds by the clock and of the processors, and what the command wrote."""

    wall: float
    processor: float
    output: str = ""


def cost(
    command: Sequence[str], folder: Path = ROOT, environment: Mapping[str, str] | None = None, *, wanted: bool = True
) -> Cost:
    """Run a command to its end, with all that it leaves behind, and give what that cost.

    Parameters
    ----------
    wanted : bool
        Whether anything but success ends the measurement.
    """
    with tempfile.NamedTemporaryFile(mode="r", suffix=".json") as told:
        watched = [sys.executable, __file__, told.name, *command]
        ended = subprocess.run(
            watched, cwd=folder, env={**os.environ, **(environment or {})}, capture_output=True, text=True, check=False
        )
        if wanted and ended.returncode:
            raise RuntimeError(f"{' '.join(command)}: {ended.stdout[-2000:]}{ended.stderr[-2000:]}")
        return Cost(**json.load(told), output=ended.stdout)


def _watch(told: Path, command: Sequence[str]) -> int:
    """Run a command; the clock stops when it ends, the count of processor time when its last descendant has."""
    if ctypes.CDLL(None, use_errno=True).prctl(_CHILD_SUBREAPER, 1, 0, 0, 0):
        raise OSError(ctypes.get_errno(), "prctl")
    began = time.perf_counter()
    code = subprocess.run(command, check=False).returncode
    wall = time.perf_counter() - began
    while True:
        try:
            os.wait()
        except ChildProcessError:
            break
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    told.write_text(json.dumps({"wall": wall, "processor": used.ru_utime + used.ru_stime}), encoding="utf-8")
    return code


if __name__ == "__main__":
    sys.exit(_watch(Path(sys.argv[1]), sys.argv[2:]))
