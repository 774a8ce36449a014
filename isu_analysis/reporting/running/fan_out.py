"""Many pieces of work at once, through any executor: a few ahead of what is taken, so that memory stays flat."""

from __future__ import annotations

import os
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Executor, Future, ThreadPoolExecutor, wait
from functools import partial
from typing import TypeVar

from isu_analysis.errors import ReportError
from isu_analysis.reporting.limits import Limits
from isu_analysis.reporting.running.isolated import isolated

Given = TypeVar("Given")
Answer = TypeVar("Answer")
LOOK, PATIENCE = 5.0, 12  # seconds between looks, and how many of them may find nobody who works
AHEAD = 2  # pieces of work that wait for each that is being done


class FanOut:
    """Does pieces of work, each in a process of its own.

    Parameters
    ----------
    executor : concurrent.futures.Executor, optional
        Who does them: threads of this process if left out, one more than there are processors, since a report now and
        then waits for its kernel.
    width : int, optional
        How many are done at once; what the executor says, or else the number of processors.
    limits : Limits, optional
        What each may take.
    isolate : bool, optional
        False does them in this process, one at a time, for whoever looks for a fault with a debugger.

    Notes
    -----
    Leaving the ``with`` block ends what is still being done.
    """

    def __init__(
        self,
        executor: Executor | None = None,
        width: int | None = None,
        limits: Limits | None = None,
        isolate: bool = True,
    ) -> None:
        told = getattr(executor, "width", None) or getattr(executor, "_max_workers", None)
        self.width: int = width or told or (processors() + 1 if isolate else 1)
        self._executor = executor or ThreadPoolExecutor(self.width, "isu")
        self._is_ours = executor is None
        self._limits, self._isolate, self._stop = limits or Limits(), isolate, threading.Event()

    def __enter__(self) -> FanOut:
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        if self._is_ours:
            self._executor.shutdown(wait=True, cancel_futures=True)

    def submit(self, work: Callable[[Given], Answer], given: Given) -> Future[Answer]:
        """Begin one piece of work."""
        if not self._isolate:
            return self._executor.submit(work, given)
        # An event is no use in another process: what is done there ends with its own process.
        stop = self._stop if self._is_ours else None
        return self._executor.submit(partial(isolated, work, limits=self._limits, stop=stop), given)

    def each(
        self, work: Callable[[Given], Answer], given: Iterable[Given], *, in_order: bool = False
    ) -> Iterator[tuple[Given, Future[Answer]]]:
        """Give each piece of work as it is done, or in the order of `given`; no more is begun than is soon needed."""
        waiting: deque[tuple[Given, Future[Answer]]] = deque()
        for one in given:
            waiting.append((one, self.submit(work, one)))
            if len(waiting) >= self.width * AHEAD:
                yield self._next(waiting, in_order=in_order)
        while waiting:
            yield self._next(waiting, in_order=in_order)

    def _next(self, waiting: deque[tuple[Given, Future[Answer]]], *, in_order: bool) -> tuple[Given, Future[Answer]]:
        looked_at = [waiting[0]] if in_order else list(waiting)
        without = 0
        while not wait([future for _, future in looked_at], timeout=LOOK, return_when=FIRST_COMPLETED).done:
            without = 0 if getattr(self._executor, "width", 1) else without + 1
            if without >= PATIENCE:
                raise ReportError(
                    "Det finns inga datorer kvar som gör rapporterna. Det som är klart ligger kvar; kör igen."
                )
        chosen = next(pair for pair in looked_at if pair[1].done())
        waiting.remove(chosen)
        return chosen


def processors() -> int:
    """Processors that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
