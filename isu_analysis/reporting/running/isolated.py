"""One report in one process of its own: whatever it does, it can be stopped, and nothing of it is left."""

from __future__ import annotations

import contextlib
import gc
import multiprocessing
import os
import pickle
import signal
import sys
import threading
import time
from collections.abc import Callable
from multiprocessing.connection import Connection, Pipe, wait
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any, TypeVar

from isu_analysis.errors import ReportError
from isu_analysis.reporting.kernels import server
from isu_analysis.reporting.limits import Limits
from isu_analysis.reporting.progress import in_words
from isu_analysis.reporting.reasons import KILLED, reason

Given = TypeVar("Given")
Answer = TypeVar("Answer")
MINUTE, GIGABYTE = 60, 1024**3
_LOOK = 0.2  # seconds between looks at whether the run is to stop
_FAREWELL = 5.0  # seconds that a process which has answered may take to end by itself


def isolated(
    work: Callable[[Given], Answer],
    given: Given,
    limits: Limits | None = None,
    stop: threading.Event | None = None,
) -> Answer:
    """Do some work in a process of its own and give its answer.

    Parameters
    ----------
    work : callable
        A function of a module; what it takes and gives can be pickled.
    given : object
    limits : Limits, optional
    stop : threading.Event, optional
        Once set, the process is ended at once.

    Raises
    ------
    ReportError
        The work failed, took too long or too much memory, was stopped, or its process died. The message tells no value.
    """
    chosen = limits or Limits()
    ours, theirs = Pipe(duplex=False)
    with theirs:
        order = pickle.dumps((work, given))  # opened where it can be: after the search path is as it is here
        here = (Path.cwd(), dict(os.environ), list(sys.path))
        process = _begun(_answer, theirs, order, int(chosen.gigabytes * GIGABYTE), *here)
    try:
        answer: Answer = _answered(ours, process, chosen, stop)
        return answer
    finally:
        ours.close()
        end(process)


def _begun(target: Callable[..., None], *args: Any) -> BaseProcess:
    """Begin a process: forked with everything imported where that can be done, or else from nothing, which takes seconds."""
    try:
        return server.fork(target, *args)
    except (server.Unforkable, ChildProcessError):  # the latter in a process forked from one that has a server
        process = multiprocessing.get_context("spawn").Process(target=target, args=args)
        process.start()
        return process


def _answer(
    theirs: Connection, order: bytes, memory: int, folder: Path, environment: dict[str, str], search_path: list[str]
) -> None:
    """In the process: do the work and send the answer, or why there is none."""
    os.chdir(folder)  # the server may stand in one that is gone since
    os.environ.clear()
    os.environ.update(environment)
    sys.path[:] = search_path
    if os.name == "posix" and os.getsid(0) != os.getpid():
        os.setsid()  # so that it can be ended together with what it starts
    if not server.is_fork():  # to a forked one the system itself sees
        threading.Thread(target=_end_with, args=[multiprocessing.parent_process()], daemon=True).start()
    limit(memory)
    gc.disable()  # the process ends with its answer, and what it holds then goes at once
    try:
        work, given = pickle.loads(order)
        answer = pickle.dumps((True, work(given)))
    except KeyboardInterrupt:
        answer = pickle.dumps((False, "avbröts."))
    except BaseException as error:  # noqa: BLE001 - also SystemExit and MemoryError are told, never shown
        answer = pickle.dumps((False, reason(error)))
    with contextlib.suppress(OSError):  # nobody is there any longer
        theirs.send_bytes(answer)


def _end_with(asker: BaseProcess) -> None:
    """End this process, with all that it has started, as soon as the one that asked for it is gone, however it went."""
    wait([asker.sentinel])
    if os.name == "posix":
        os.killpg(os.getpid(), signal.SIGKILL)
    os._exit(1)


def limit(memory: int) -> None:
    """Let this process and those it starts take no more memory each than this, and leave none of it on the disk if they crash."""
    if os.name != "posix":
        return
    import resource

    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    allowed = memory if hard == resource.RLIM_INFINITY else min(memory, hard)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    with contextlib.suppress(ValueError, OSError):  # macOS refuses
        resource.setrlimit(resource.RLIMIT_AS, (allowed, hard))


def _answered(ours: Connection, process: BaseProcess, limits: Limits, stop: threading.Event | None) -> Any:
    last = time.monotonic() + limits.minutes * MINUTE
    while not wait([ours, process.sentinel], timeout=_LOOK):
        if stop is not None and stop.is_set():
            raise ReportError("avbröts.")
        if time.monotonic() > last:
            raise ReportError(f"tog mer än {in_words(limits.minutes * MINUTE)} och avbröts.")
    try:
        made, answer = pickle.loads(ours.recv_bytes())
    except (EOFError, OSError):
        process.join(_FAREWELL)
        raise ReportError(_how_it_died(process.exitcode)) from None
    if not made:
        raise ReportError(answer)
    return answer


def _how_it_died(code: int | None) -> str:
    if code in {-getattr(signal, name, 0) for name in ("SIGSEGV", "SIGBUS", "SIGILL", "SIGABRT", "SIGFPE")} - {0}:
        return "ett fel i ett av programmen som används stoppade beräkningen."
    if code == -getattr(signal, "SIGKILL", 9):
        return KILLED
    return "beräkningens process försvann innan den var klar."


def end(process: BaseProcess) -> None:
    """End a process and all that it has started, and wait until it is gone."""
    import psutil

    if process.is_alive():
        with contextlib.suppress(psutil.Error):
            for started in psutil.Process(process.pid).children(
                recursive=True
            ):  # an ordinary kernel has a group of its own
                with contextlib.suppress(psutil.Error):
                    started.kill()
        with contextlib.suppress(OSError):  # it leads a group of its own where there are such groups
            if os.name == "posix" and process.pid:
                os.killpg(process.pid, signal.SIGKILL)
        process.kill()
    process.join(_FAREWELL)
    if process.exitcode is not None:
        process.close()
