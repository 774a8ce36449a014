"""How long it takes until a kernel can be used, ordinary and forked: by the clock, and with all its processor time.

``python -m benchmarks.runs_kernels NUMBER`` starts so many kernels one after the other and writes the seconds of each;
`benchmarks.runs` calls it.
"""

from __future__ import annotations

import json
import statistics
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from benchmarks.runs_cost import cost

IMPORTS = "import isu_analysis as isu; _ = isu.show, isu.show_overview, isu.analyse"
WAYS = {"vanlig": {"ISU_KERNELS": "ordinary"}, "delad": {}}
_SECONDS = 120


@dataclass(frozen=True)
class Ready:
    """Median seconds until a kernel answers, until it has imported what a report needs, and the first one's."""

    answers: float
    imported: float
    first: float
    processor: float


def measured(number: int) -> dict[str, Ready]:
    """Start so many kernels of each kind."""
    return {way: _of(environment, number) for way, environment in WAYS.items()}


def _of(environment: dict[str, str], number: int) -> Ready:
    command = [sys.executable, "-m", "benchmarks.runs_kernels"]
    few, many = (cost([*command, str(one)], environment=environment) for one in (1, number + 1))
    first, *others = json.loads(many.output)
    answers, imported = zip(*others, strict=True)
    processor = (many.processor - few.processor) / number
    return Ready(statistics.median(answers), statistics.median(imported), first[1], processor)


def _start() -> tuple[float, float]:
    from jupyter_client.manager import KernelManager

    began = time.perf_counter()
    manager = KernelManager(kernel_name="isu", transport="ipc")
    manager.start_kernel(cwd=str(Path.cwd()), extra_arguments=["--log-level=50"])
    client = manager.blocking_client()
    client.start_channels()
    client.wait_for_ready(timeout=_SECONDS)
    answers = time.perf_counter() - began
    told = client.execute_interactive(IMPORTS, timeout=_SECONDS)
    imported = time.perf_counter() - began
    if told["content"]["status"] != "ok":
        raise RuntimeError("a kernel could not import the package")
    client.stop_channels()
    manager.shutdown_kernel(now=True)
    return answers, imported


if __name__ == "__main__":
    print(json.dumps([_start() for _ in range(int(sys.argv[1]))]))
