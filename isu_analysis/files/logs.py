"""Logs, the one kind of file that is added to."""

from __future__ import annotations

import contextlib
import itertools
from pathlib import Path

from isu_analysis.files.names import OLD, beside
from isu_analysis.files.refusal import refusing


def append(path: Path, data: bytes, largest: int, kept: int) -> None:
    """Add to the end of a log; one that would grow larger than `largest` bytes is laid aside first.

    The log is open only while it is added to, so that two programs can write in it and anybody can read it. Those laid
    aside are ``<name>.1``, the latest, to ``<name>.<kept>``.

    Raises
    ------
    WriteError
        Disk full or no permission.
    """
    with refusing(path.parent):
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.is_file() and path.stat().st_size + len(data) > largest:
            with contextlib.suppress(OSError):  # somebody has one of them open on Windows: it is done another time
                _lay_aside(path, kept)
        with path.open("ab") as file:
            file.write(data)


def _lay_aside(path: Path, kept: int) -> None:
    """Make room for a new log. Stopped at any step, no line is lost: what waits is found the next time."""
    waiting = beside(path, "undan", OLD)
    if not waiting.exists():
        path.replace(waiting)
    numbered = [path.with_name(f"{path.name}.{number}") for number in range(1, kept + 1)]
    gap = next((place for place, log in enumerate(numbered) if not log.exists()), kept - 1)  # else the oldest goes
    for newer, older in reversed(list(itertools.pairwise(numbered[: gap + 1]))):
        newer.replace(older)
    waiting.replace(numbered[0])
