"""The processes that are forked, and what each of them does before anything else. Linux only."""

from __future__ import annotations

import asyncio
import atexit
import contextvars
import ctypes
import fcntl
import gc
import io
import multiprocessing
import os
import random
import signal
import sys
import threading
import weakref
from collections.abc import Callable, Mapping, Sequence
from multiprocessing import connection, forkserver, popen_forkserver, reduction, util
from multiprocessing.connection import Connection
from multiprocessing.context import ForkProcess, ForkServerProcess, set_spawning_popen
from pathlib import Path
from typing import Any

from isu_analysis.reporting.kernels import server

THREADS, STALE, ENVIRONMENT, ORPHAN = "threads", "stale", "environment", "orphan"
REASONS = {
    THREADS: "Servern som processer delas från har mer än en tråd.",
    STALE: "Koden är ändrad sedan servern som processer delas från läste in den.",
    ENVIRONMENT: "Miljövariablerna kräver en process som startas från början.",
    ORPHAN: "Servern som processer delas från har stannat.",
}
# Read once, when Python and its libraries start, and never again.
_FIXED = ("PYTHON", "LD_", "LC_", "LANG", "OMP_", "OPENBLAS_", "MKL_", "NUMEXPR_", "JE_ARROW_")
START_SECONDS = 120  # the first process waits for the server's imports: seconds, or more on a cold and busy machine
_REFUSED = 70  # exit code of a process that ended before its work
_DEATH_SIGNAL, _SIGNAL_OF_FILE = 1, 10  # PR_SET_PDEATHSIG of prctl(2), F_SETSIG of fcntl(2)


class _Popen(popen_forkserver.Popen):
    """Asks the server for a process without sending it the caller's own program.

    `multiprocessing` lets a new process import the caller's main module: a script without ``if __name__ == ...``
    would run once more in every kernel, and JupyterLab be imported into each.
    """

    _fds: list[int]

    def __init__(self, process: Any) -> None:
        self._reading = threading.Lock()
        super().__init__(process)

    def _launch(self, process: Any) -> None:
        message = io.BytesIO()
        set_spawning_popen(self)
        try:
            reduction.dump({}, message)
            reduction.dump(process, message)
        finally:
            set_spawning_popen(None)
        self.sentinel, order = forkserver.connect_to_new_process(self._fds)
        alive = os.dup(order)  # open as long as this process lives; the new one watches it
        self.finalizer = util.Finalize(self, util.close_fds, (alive, self.sentinel))  # type: ignore[attr-defined]
        with os.fdopen(order, "wb") as pipe:
            pipe.write(message.getbuffer())
        if not connection.wait([self.sentinel], START_SECONDS):
            raise EOFError
        self.pid = forkserver.read_signed(self.sentinel)

    def poll(self, flag: int = os.WNOHANG) -> int | None:
        """As that of `multiprocessing`, but right also when two threads ask at once: the answer is there only once."""
        if flag != os.WNOHANG and self.returncode is None:
            connection.wait([self.sentinel])
        with self._reading:
            code: int | None = super().poll()
            return code


class Forked(ForkServerProcess):
    """A process forked from the server."""

    @staticmethod
    def _Popen(process_obj: Any) -> _Popen:  # noqa: N802 - the name that `multiprocessing` calls
        return _Popen(process_obj)


class ForkedAgain(ForkProcess):
    """A process forked from one that was itself forked from the server."""


KINDS = (Forked, ForkedAgain)


def threads(process: int) -> int:
    """Return the number of native threads of a process, none if it is gone."""
    try:
        return sum(1 for _ in Path(f"/proc/{process}/task").iterdir())
    except FileNotFoundError:
        return 0


def begin(
    answer: Connection, code: str, environment: Mapping[str, str], target: Callable[..., object], args: Sequence[Any]
) -> None:
    """Become a process of one's own, say how that went, and call the target."""
    refusal = _refusal(code, environment)
    with answer:
        answer.send((refusal, os.getppid()))
    if refusal:
        os._exit(_REFUSED)
    _forget_the_past()
    try:
        contextvars.Context().run(target, *args)
    finally:
        atexit._run_exitfuncs()  # `multiprocessing` leaves them out before Python 3.13


def _refusal(code: str, environment: Mapping[str, str]) -> str:
    """Why this process must not be used, or nothing."""
    from isu_analysis.reporting.kernels import preload

    parent = os.getppid()
    if code != preload.SIGNATURE:
        return STALE
    if threads(parent) > 1:
        return THREADS
    if _fixed(environment) != _fixed(os.environ):
        return ENVIRONMENT
    _end_with(parent)
    return ORPHAN if os.getppid() != parent else ""


def _fixed(environment: Mapping[str, str]) -> dict[str, str]:
    whole = {**server.ENVIRONMENT, **environment}
    return {name: value for name, value in whole.items() if name.startswith(_FIXED)}


def _end_with(parent: int) -> None:
    """Ask the system to kill this process when its parent ends, or the process that asked for it."""
    ctypes.CDLL(None).prctl(_DEATH_SIGNAL, signal.SIGKILL)
    asker = multiprocessing.parent_process()
    if asker is None:
        return
    fcntl.fcntl(asker.sentinel, fcntl.F_SETOWN, os.getpid())
    fcntl.fcntl(asker.sentinel, _SIGNAL_OF_FILE, signal.SIGKILL)
    fcntl.fcntl(asker.sentinel, fcntl.F_SETFL, fcntl.fcntl(asker.sentinel, fcntl.F_GETFL) | os.O_ASYNC)


def _forget_the_past() -> None:
    """Leave nothing of the process that this one was forked from but what it has imported."""
    import numpy

    os.setsid()
    signal.set_wakeup_fd(-1)
    for number, handler in ((signal.SIGINT, signal.default_int_handler), (signal.SIGTERM, signal.SIG_DFL)):
        signal.signal(number, handler)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    asyncio.set_event_loop_policy(None)  # an event loop that ran when this process was forked still seems to run
    atexit._clear()
    for finalizer in list(weakref.finalize._registry):  # type: ignore[attr-defined]
        finalizer.detach()  # the folders that the parent will remove are the parent's
    atexit.register(weakref.finalize._exitfunc)  # type: ignore[attr-defined]
    random.seed()
    numpy.random.seed()
    sys.stdout, sys.stderr = sys.__stdout__, sys.__stderr__
    multiprocessing.set_start_method(None, force=True)
    multiprocessing.current_process().daemon = False  # which may start processes of its own
    gc.enable()
