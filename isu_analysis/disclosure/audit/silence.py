"""Keep what the solver writes on its own, past Python, away from the reader's screen and from piped output."""

from __future__ import annotations

import contextlib
import ctypes
import os
import sys
from collections.abc import Iterator

STANDARD_OUTPUT = 1


@contextlib.contextmanager
def silence() -> Iterator[None]:
    """Send everything written to the process's standard output to nowhere, for a while."""
    _flush()
    try:
        kept = os.dup(STANDARD_OUTPUT)
    except OSError:  # there is no standard output to keep quiet
        yield
        return
    nowhere = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, STANDARD_OUTPUT)
        yield
    finally:
        _flush()  # what C still holds in its buffer must go nowhere too, not to the screen a moment later
        os.dup2(kept, STANDARD_OUTPUT)
        os.close(nowhere)
        os.close(kept)


def _flush() -> None:
    """Empty the buffers of Python and of C."""
    with contextlib.suppress(OSError, ValueError, AttributeError):
        sys.stdout.flush()
    with contextlib.suppress(OSError, TypeError, AttributeError):
        ctypes.CDLL("ucrtbase" if os.name == "nt" else None).fflush(None)
