"""What a command says: progress to the screen, what went wrong to the error stream, and the exit code."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from isu_analysis.reporting.exit_codes import (
    ANOTHER_RUN,
    CRASHED,
    INTERRUPTED,
    NOT_CURRENT,
    OK,
    SOME_FAILED,
    WRONG_INPUT,
)

__all__ = [
    "ANOTHER_RUN", "CRASHED", "INTERRUPTED", "NOT_CURRENT", "OK", "SOME_FAILED", "WRONG_INPUT", "complain", "end", "say",
]  # fmt: skip


def say(line: str) -> None:
    """Write a line at once."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def complain(code: int, *what: object) -> int:
    """Write what went wrong and give the exit code."""
    sys.stderr.writelines(f"{line}\n" for line in what)
    return code


def end(failed: Sequence[object], code: int, last: str = "") -> int:
    """Tell what failed, then the last line; give the exit code."""
    complain(code, *failed)
    if last:
        say(last.replace("Klart.", f"{len(failed)} gick inte att göra, se ovan.") if failed else last)
    return code if failed else OK
