"""One line a report on the screen, with the time that is left."""

from __future__ import annotations

import time
from collections.abc import Callable

from isu_analysis.disclosure.scan import scan

Say = Callable[[str], None]
LEFT_OUT = "(En rad visas inte: den innehöll något som pekar ut en person eller en dator.)"


def silent(line: str) -> None:
    """Say nothing; for callers that want no lines."""


def careful(say: Say) -> Say:
    """Say every line but one that points at a person or a machine; of that, only that it was left out.

    A line on the screen ends up in the log of a scheduled run, and a log is read by others than those who made the report.
    """

    def checked(line: str) -> None:
        say(LEFT_OUT if scan("raden", line) else line)

    return checked


class Progress:
    """Counts finished reports and tells how long the rest will take.

    Parameters
    ----------
    total : int
        Reports to make.
    say : callable
        Takes one line of text.
    clock : callable
        Seconds that only go forwards; replaced in tests.
    """

    def __init__(self, total: int, say: Say = silent, clock: Callable[[], float] = time.monotonic) -> None:
        self._total, self._say, self._clock = total, say, clock
        self._finished = 0
        self._began = clock()

    def step(self, what: str, note: str = "", seconds: float | None = None) -> None:
        """Tell that one more report is finished, well or badly, and how long it took if that is known."""
        self._finished += 1
        parts = [f"{self._finished} av {self._total}", what]
        parts += [] if seconds is None else [f"{seconds:.1f} s".replace(".", ",")]
        parts += [note] if note else []
        self._say(" · ".join([*parts, *self._left(self._clock())]))

    def _left(self, now: float) -> list[str]:
        left = self._total - self._finished
        if not left:
            return []
        return [f"ungefär {in_words((now - self._began) / self._finished * left)} kvar"]


def in_words(seconds: float) -> str:
    """Duration as people say it: ``28 s``, ``4 min``, ``1 h 20 min``."""
    if seconds < 90:
        return f"{max(1, round(seconds))} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 90 else f"{minutes // 60} h {minutes % 60} min"
