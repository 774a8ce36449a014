"""A request to end, as when the machine is shut down, does what Ctrl-C does."""

from __future__ import annotations

import contextlib
import signal
import threading
from collections.abc import Iterator


@contextlib.contextmanager
def ended_gently() -> Iterator[None]:
    """Let SIGTERM raise `KeyboardInterrupt`, so that what is being done is ended and told; the old answer comes back after."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
