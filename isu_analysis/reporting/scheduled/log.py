"""The run log: one line an event, with local time and its offset; the one place where durations are kept."""

from __future__ import annotations

import contextlib
import datetime as dt
from collections.abc import Callable
from pathlib import Path

from isu_analysis import files
from isu_analysis.reporting.progress import careful

Now = Callable[[], dt.datetime]
NAME = "isu.log"
LARGEST = 1_000_000  # bytes; some months of nights
KEPT = 5  # earlier logs, isu.log.1 the latest


def local_now() -> dt.datetime:
    """The time on the wall, with its offset from UTC."""
    return dt.datetime.now().astimezone()


def without_secrets(text: str) -> str:
    """The text without the lines that point at a person or a machine."""
    kept: list[str] = []
    for line in text.splitlines():
        careful(kept.append)(line)
    whole: list[str] = []
    careful(whole.append)("\n".join(kept))  # also what only two lines together tell
    return "".join(whole)


class Log:
    """Adds lines to ``isu.log`` in a folder.

    Parameters
    ----------
    folder : Path
    now : callable
        Gives the time with its offset.
    largest : int
        Bytes of a log before it is laid aside and a new one is begun.
    """

    def __init__(self, folder: Path, now: Now = local_now, largest: int = LARGEST) -> None:
        self._path, self._now, self._largest = folder / NAME, now, largest

    def begin(self, line: str) -> None:
        """Write the first line of a run.

        Raises
        ------
        WriteError
            The log cannot be written.
        """
        stamp = self._now().isoformat(timespec="seconds")
        lines = without_secrets(line).splitlines() or [""]
        files.append(self._path, "".join(f"{stamp} {one}\n" for one in lines).encode(), self._largest, KEPT)

    def say(self, line: str) -> None:
        """Write a line; a log that can no longer be written, as on a full disk, must not stop the run."""
        with contextlib.suppress(files.WriteError):
            self.begin(line)
