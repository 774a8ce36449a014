"""One process that has everything imported, and forks itself when a kernel or a worker is wanted.

It is Python's own `multiprocessing.forkserver`. A process forked from it that still has a single thread is as good as
the server: a worker forks its kernel from itself. The server holds no data and runs nothing but imports.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from multiprocessing.process import BaseProcess
from typing import Any

from isu_analysis.errors import ReportError
from isu_analysis.reporting.kernels.signature import signature

SWITCH, ORDINARY = "ISU_KERNELS", "ordinary"
FOR_KERNELS, FOR_REPORTS = "isu_analysis.reporting.kernels.preload", "isu_analysis.reporting.kernels.preload_reports"
MAKES_REPORTS = "isu_analysis.reporting.run"  # a process that has imported this wants more than kernels
# What must be in the environment before Python, BLAS and Arrow start: one thread, one order of sets, nobody's own
# packages, and no module from the folder that one happens to stand in.
ENVIRONMENT = {
    "PYTHONHASHSEED": "0",
    "PYTHONNOUSERSITE": "1",
    "PYTHONSAFEPATH": "1",
    "JE_ARROW_MALLOC_CONF": "background_thread:false",
    "PYDEVD_DISABLE_FILE_VALIDATION": "1",
    **{f"{name}_NUM_THREADS": "1" for name in ("OMP", "OPENBLAS", "MKL", "NUMEXPR")},
}
_ONE_AT_A_TIME = threading.Lock()
_Work = tuple[dict[str, str], Callable[..., object], tuple[Any, ...]]  # environment, target, arguments


class Unforkable(ReportError):
    """There is no right fork to be had; an ordinary process does the same, slower."""


def available() -> bool:
    """Whether processes can be forked here at all.

    Only on Linux: Windows has no fork, and on macOS what a program inherits through one may crash. The environment
    variable ``ISU_KERNELS=ordinary`` switches it off.
    """
    return sys.platform == "linux" and os.environ.get(SWITCH) != ORDINARY


def is_fork() -> bool:
    """Whether this process was forked from the server, or from a process that was."""
    if not available():
        return False
    from isu_analysis.reporting.kernels import forked

    return isinstance(multiprocessing.current_process(), forked.KINDS)


def start() -> None:
    """Let the server begin its imports, unless it runs already; returns at once.

    Does nothing where there is no fork, and nothing in a process that was itself forked from the server.
    """
    if available() and not is_fork():
        with _ONE_AT_A_TIME:
            _ensure_running()


def fork(target: Callable[..., object], *args: Any, environment: Mapping[str, str] | None = None) -> BaseProcess:
    """Fork a process that calls `target`, with everything imported and the state of a process just started.

    Parameters
    ----------
    target : callable
        A function of a module that the server can import.
    *args
        Must be possible to pickle.
    environment : mapping, optional
        The environment that the process will take over; this one's own, with `ENVIRONMENT`, if left out.

    Returns
    -------
    multiprocessing.Process
        Running. It leads a session of its own, and ends at once with this process or with the server.

    Raises
    ------
    Unforkable
        No fork here; more than one thread where it would be forked from; an environment that Python and its libraries
        read only when they start, and that is another than the server's; or code that has changed since the
        imports while processes made of the older code are still at work.
    """
    if not available():
        raise Unforkable("Det går inte att dela en process här.")
    work = (dict({**os.environ, **ENVIRONMENT} if environment is None else environment), target, args)
    if is_fork():
        return _fork_here(work)
    with _ONE_AT_A_TIME:
        _ensure_running()
        try:
            return _fork_from_server(work)
        except _Stale as old:
            if _descendants():
                raise
            _end(old.server)
        _ensure_running()
        return _fork_from_server(work)


class _Stale(Unforkable):
    """The server was started from other code than what is on the disk now."""

    def __init__(self, message: str, server: int) -> None:
        super().__init__(message)
        self.server = server


def _fork_from_server(work: _Work) -> BaseProcess:
    from isu_analysis.reporting.kernels import forked

    return _begun(forked.Forked, work)


def _fork_here(work: _Work) -> BaseProcess:
    from isu_analysis.reporting.kernels import forked

    if forked.threads(os.getpid()) > 1:
        raise Unforkable(forked.REASONS[forked.THREADS])
    return _begun(forked.ForkedAgain, work)


def _begun(kind: type[BaseProcess], work: _Work) -> BaseProcess:
    """Start a process and wait until it has found everything as it should be."""
    from isu_analysis.reporting.kernels import forked

    ours, theirs = multiprocessing.Pipe(duplex=False)
    with ours:
        try:
            with theirs:
                args = (theirs, signature(), *work)
                child = kind(name="MainProcess", target=forked.begin, args=args, daemon=True)
                child.start()
            if not ours.poll(forked.START_SECONDS):
                child.kill()
                raise Unforkable("Processen kom aldrig igång.")
            refusal, server = ours.recv()
        except (EOFError, OSError):
            raise Unforkable(forked.REASONS[forked.ORPHAN]) from None
    if refusal:
        child.join()
        raise (
            _Stale(forked.REASONS[refusal], server) if refusal == forked.STALE else Unforkable(forked.REASONS[refusal])
        )
    return child


def _ensure_running() -> None:
    from multiprocessing import forkserver

    with _environment():
        forkserver.set_forkserver_preload([FOR_KERNELS, *([FOR_REPORTS] if MAKES_REPORTS in sys.modules else [])])
        forkserver.ensure_running()


@contextlib.contextmanager
def _environment() -> Iterator[None]:
    """Give what is started the server's environment; this process gets its own back."""
    before = dict(os.environ)
    os.environ.update(ENVIRONMENT)
    try:
        yield
    finally:
        for name in ENVIRONMENT:
            if name in before:
                os.environ[name] = before[name]
            else:
                os.environ.pop(name, None)


def _descendants() -> list[BaseProcess]:
    from isu_analysis.reporting.kernels import forked

    return [child for child in multiprocessing.active_children() if isinstance(child, forked.KINDS)]


def _end(server: int) -> None:
    """Kill the server and wait until it is gone; `multiprocessing` itself takes note when it starts the next one."""
    with contextlib.suppress(OSError):
        os.kill(server, signal.SIGKILL)
        os.waitid(os.P_PID, server, os.WEXITED | os.WNOWAIT)
