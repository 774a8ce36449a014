"""Kernels for tests: started as Jupyter starts them, asked as a notebook asks them, and gone afterwards."""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from jupyter_client.manager import KernelManager

from isu_analysis.reporting.kernels import server

needs_fork = pytest.mark.skipif(not server.available(), reason="här finns ingen fork: kärnorna är vanliga")
QUIET = ["--log-level=50"]


class Asked:
    """A kernel and somebody who asks it."""

    def __init__(self, manager: KernelManager, client: Any) -> None:
        self.manager, self.client = manager, client

    @property
    def is_forked(self) -> bool:
        return type(self.manager.provisioner.process).__name__ == "ForkedKernel"

    @property
    def pid(self) -> int:
        return self.manager.provisioner.pid

    def messages(self, code: str) -> list[dict[str, Any]]:
        heard: list[dict[str, Any]] = []
        self.client.execute_interactive(code, allow_stdin=False, output_hook=heard.append, timeout=60)
        return heard

    def ask(self, code: str) -> str:
        """Return what the code prints, and the name of the error it ends with."""
        return "".join(
            message["content"].get("text", "") or message["content"].get("ename", "") for message in self.messages(code)
        ).strip()

    def ends(self, code: str) -> int | None:
        """Let the code end the kernel; give its exit code."""
        self.client.execute(code)
        return until(lambda: self.manager.provisioner.process.poll())


@contextlib.contextmanager
def kernel(folder: Path | None = None, transport: str = "ipc", **environment: str) -> Iterator[Asked]:
    """Start the project's kernel."""
    manager = KernelManager(kernel_name="isu", transport=transport)
    manager.start_kernel(extra_arguments=QUIET, cwd=str(folder) if folder else None, env={**os.environ, **environment})
    client = manager.blocking_client()
    client.start_channels()
    try:
        client.wait_for_ready(timeout=120)
        yield Asked(manager, client)
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)
        manager.context.destroy(linger=0)


def until(found: Any, seconds: float = 30) -> Any:
    """Ask until the answer is neither None nor False."""
    last = time.monotonic() + seconds
    while ((answer := found()) is None or answer is False) and time.monotonic() < last:
        time.sleep(0.02)
    return answer


def is_gone(pid: int) -> bool:
    """Whether no process of that number is at work; one that nobody has buried yet is not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0] in "ZX"
    except (FileNotFoundError, ProcessLookupError):
        return True


def parent(pid: int) -> int:
    """Return the number of a process's parent."""
    return int(Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[1])


def command(pid: int) -> str:
    """Return how a process was started."""
    return Path(f"/proc/{pid}/cmdline").read_text(encoding="utf-8").replace("\0", " ")
