"""Readers in a process of their own, so that a hostile file can take neither the program nor the computer down.

An SPSS file is read by a library written in C, which a broken file may crash, and a huge workbook takes long. Such a
reader runs in a child process with limits on memory and time. Ordinary workbooks and text files are read where they
are: their readers stop by themselves at the first row, column or byte too many.
"""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import IO, Any

import numpy as np

from isu_analysis.intake.archives import MAX_COLUMNS, MAX_LINES, unpacked_size
from isu_analysis.intake.checks import Grid, Unreadable, of_file
from isu_analysis.intake.columns import Cells
from isu_analysis.settings import Source

Reader = Callable[[Path, Source], Grid]

GIBIBYTE = 1 << 30
LARGE = 40_000_000  # bytes unpacked; a sheet of 50 000 rows and 10 columns is half of it
_ROWS_AT_A_TIME = 10_000
_MOST_ROWS = MAX_LINES + 50  # with what may stand above the data
_PLAIN = {
    ("datetime", "date"), ("datetime", "datetime"), ("datetime", "time"), ("datetime", "timedelta"),
    ("isu_analysis.intake.checks", "Fault"), ("isu_analysis.intake.checks", "Problem"),
    ("isu_analysis.intake.spss", "Labelled"),
}  # fmt: skip


@dataclass(frozen=True)
class Limits:
    """What a reader may use: bytes of memory (not on Windows), and seconds, some for each megabyte of the file."""

    memory: int = GIBIBYTE
    seconds: float = 30.0
    seconds_per_megabyte: float = 5.0

    def time(self, path: Path) -> float:
        """Seconds for a file."""
        return self.seconds + self.seconds_per_megabyte * path.stat().st_size / 1e6


def is_large(path: Path) -> bool:
    """Tell whether a workbook is so large that it should be read under guard.

    Raises
    ------
    Unreadable
        Not a workbook, or one that unpacks to something no unit has.
    """
    return unpacked_size(path) > LARGE


def guarded(reader: Reader, path: Path, source: Source, limits: Limits | None = None) -> Grid:
    """Run a reader in a child process and take over the grid it makes.

    Parameters
    ----------
    reader : callable
        A function of a module, found there by its name.
    limits : Limits, optional
        1 GiB, and 30 seconds and five more for each megabyte of the file.

    Raises
    ------
    Unreadable
        What the reader says of the file; or the child crashed, was killed, or used up its time or memory.
    ModuleNotFoundError
        The reader needs a module that is not installed.
    """
    limits = limits or Limits()
    job = pickle.dumps((reader.__module__, reader.__qualname__, str(path), source.model_dump(), limits.memory))
    with _begun() as child:
        timer = threading.Timer(limits.time(path), child.kill)
        timer.start()
        grid = None
        try:
            grid = _conversation(child, job)
        except Exception:  # noqa: BLE001 - a child that is gone in the middle of a sentence may have said anything
            grid = None
        finally:
            timer.cancel()
            timer.join()
            child.kill()
    if grid is None:
        raise of_file(
            path, "filen kunde inte läsas inom rimlig tid och minne", "en hel fil; exportera den igen, eller dela den"
        )
    return _answer(path, grid)


def _begun() -> subprocess.Popen[bytes]:
    """Nothing of what a reader prints is shown: it may quote the file. The child finds modules where we do."""
    places = os.pathsep.join(place or str(Path.cwd()) for place in sys.path)
    environment = os.environ | {"PYTHONPATH": places, "OPENBLAS_NUM_THREADS": "1", "PYTHONFAULTHANDLER": ""}
    pipe = subprocess.PIPE
    command = [sys.executable, "-P", "-m", __name__]
    return subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=subprocess.DEVNULL, env=environment)


def _conversation(child: subprocess.Popen[bytes], job: bytes) -> tuple[str, Any]:
    if child.stdin is None or child.stdout is None:
        raise EOFError
    child.stdin.write(job)
    child.stdin.close()
    said = child.stdout
    kind, what = _next(said)
    if kind == "grid":
        name, problems = what
        rows: list[Any] = []
        while chunk := _next(said):
            rows += chunk
            if len(rows) > _MOST_ROWS:
                raise ValueError
        return kind, Grid(name, rows, problems, _columns(said))
    return str(kind), what


def _columns(said: IO[bytes]) -> list[Cells] | None:
    count = _next(said)
    if count is None:
        return None
    pairs = (_next(said) for _ in range(min(count, MAX_COLUMNS)))
    return [Cells(values, np.frombuffer(codes, dtype=np.int32)) for values, codes in pairs]


class _Plain(pickle.Unpickler):
    """Unpacks plain cells and nothing else: what comes from the child is no more to be trusted than the file."""

    def find_class(self, module: str, name: str) -> Any:
        if (module, name) not in _PLAIN:
            raise pickle.UnpicklingError
        return super().find_class(module, name)


def _next(said: IO[bytes]) -> Any:
    return _Plain(said).load()  # one for each: what one remembers is not what the next sentence refers to


def _answer(path: Path, answer: tuple[str, Any]) -> Grid:
    kind, what = answer
    if kind == "grid" and isinstance(what, Grid):
        return what
    if kind == "unreadable":
        raise Unreadable(*what)
    if kind == "missing":
        raise ModuleNotFoundError(f"No module named {what!r}", name=what)
    raise of_file(path, "filen kan inte öppnas", "stäng den i andra program och kör igen")


def _work(said: IO[bytes]) -> None:
    """Read the job, run the reader and tell what came of it. Anything but what is expected ends the process."""
    module, name, path, declared, memory = pickle.load(sys.stdin.buffer)  # what our own parent wrote
    _limit_memory(memory)
    try:
        import importlib

        reader: Reader = getattr(importlib.import_module(module), name)
        grid = reader(Path(path), Source(**declared))
    except Unreadable as error:
        pickle.dump(("unreadable", error.problems), said)
    except ModuleNotFoundError as error:
        pickle.dump(("missing", error.name), said)
    except OSError:
        pickle.dump(("closed", None), said)
    else:
        for part in _parts(grid):
            said.write(part)


def _parts(grid: Grid) -> Iterator[bytes]:
    """The grid in pieces, so that it is never held twice; an empty piece ends it."""
    yield pickle.dumps(("grid", (grid.name, grid.problems)))
    rows = iter(grid.rows)
    while chunk := list(islice(rows, _ROWS_AT_A_TIME)):
        yield pickle.dumps(chunk)
    yield pickle.dumps([])
    yield pickle.dumps(None if grid.columns is None else len(grid.columns))
    for column in grid.columns or ():
        yield pickle.dumps((list(column.values), column.codes.astype(np.int32, copy=False).tobytes()))


def _limit_memory(limit: int) -> None:
    if sys.platform != "win32":
        import resource

        most = resource.getrlimit(resource.RLIMIT_AS)[1]
        limit = limit if most == resource.RLIM_INFINITY else min(limit, most)
        resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # a dump of the memory would hold people's answers


def _main() -> None:
    # Libraries in C print what they like; the answer gets a channel of its own.
    with os.fdopen(os.dup(1), "wb") as said:
        os.dup2(2, 1)
        _work(said)


if __name__ == "__main__":
    _main()
