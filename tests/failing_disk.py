"""A disk that fails where a test says. Every operation that changes something below a folder is counted and told apart.

    with counted(folder) as disk: act()               -> disk.operations
    with failing(folder, FULL, at=7): act()           -> the eighth operation fails so, and the others as `Failure` says
    with failing(folder, REFUSED_FOR_GOOD, where=touches("report.pdf")): act()
    for stop in every_stop(tmp_path, lay, act, DEATH): ...   -> one fresh folder for each operation, failed in turn

It stands between Python and the system (`os`, `io.open`), not between parts of the package, so no write goes past it.
A death is a `BaseException` after which nothing below the folder can be changed any more: clean-up code may run, but
what lies on the disk is what a killed program would have left. `EXIT` ends the process for real, for use in a child.
"""

from __future__ import annotations

import builtins
import contextlib
import errno
import io
import os
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

MARKS = re.compile(r"[0-9a-f]{8}-[0-9]+-[0-9]+")
KILLED = 9
_NEED_ROOM = frozenset({"open", "write", "mkdir", "link"})
_TWO_PATHS = ("replace", "rename", "link", "symlink")
_ONE_PATH = ("unlink", "remove", "mkdir", "rmdir", "chmod", "utime", "truncate")


class Died(BaseException):
    """The program was killed here."""


@dataclass(frozen=True)
class Operation:
    """One change, or one way to make changes last (`fsync`)."""

    kind: str
    path: Path
    other: Path | None = None
    data: bytes = field(default=b"", repr=False)

    def __str__(self) -> str:
        names = [MARKS.sub("*", path.name) for path in (self.path, self.other) if path]
        return f"{self.kind} {' -> '.join(names)}"


@dataclass(frozen=True)
class Failure:
    """How an operation fails, whether all that follow fail too, and of which kind those are."""

    name: str
    error: Callable[[], BaseException]
    lasts: bool = False
    kinds: frozenset[str] | None = None


DEATH = Failure("death", Died, lasts=True)
EXIT = Failure("exit", lambda: os._exit(KILLED))
FULL = Failure("full", lambda: OSError(errno.ENOSPC, "No space left on device"), lasts=True, kinds=_NEED_ROOM)
FULL_ONCE = Failure("full once", lambda: OSError(errno.ENOSPC, "No space left on device"))
REFUSED = Failure("refused", lambda: PermissionError(errno.EACCES, "The process cannot access the file"))
REFUSED_FOR_GOOD = Failure("refused for good", REFUSED.error, lasts=True)
BROKEN = Failure("broken", lambda: OSError(errno.EIO, "Input/output error"), lasts=True)
NO_LINKS = Failure("no links", lambda: OSError(errno.EPERM, "Operation not permitted"), kinds=frozenset({"link"}))


class Disk:
    """What happens below a folder."""

    def __init__(self, root: Path, watch: Callable[[], object] | None) -> None:
        self.operations: list[Operation] = []
        self._root, self._watch = str(root.absolute()), watch
        self._failure: Failure | None = None
        self._at: int | None = None
        self._where: Callable[[Operation], bool] | None = None
        self._has_failed = False
        self._open: dict[int, Path] = {}

    def fails(self, failure: Failure, at: int | None, where: Callable[[Operation], bool] | None) -> None:
        self._failure, self._at, self._where = failure, at, where

    def holds(self, path: Any) -> bool:
        if isinstance(path, int):
            return False
        told = str(Path(os.fsdecode(path)).absolute())
        return told == self._root or told.startswith(self._root + os.sep)

    def does(self, operation: Operation, action: Callable[[], Any], half: Callable[[], Any] | None = None) -> Any:
        """Count an operation, and do it or fail."""
        number = len(self.operations)
        self.operations.append(operation)
        if self._failure and self._is_due(operation, number):
            first, self._has_failed = not self._has_failed, True
            if half and first:
                half()
            raise self._failure.error()
        done = action()
        if self._watch:
            self._watch()
        return done

    def _is_due(self, operation: Operation, number: int) -> bool:
        failure = self._failure
        if failure.kinds is not None and operation.kind not in failure.kinds:
            return False
        if self._where is not None:
            return self._where(operation)
        return number == self._at or (failure.lasts and number > self._at)

    # What stands in the place of the system's own

    def two_paths(self, kind: str, real: Callable[..., Any]) -> Callable[..., Any]:
        def wrapped(path, other, *args, **kwargs):
            if not self.holds(other):
                return real(path, other, *args, **kwargs)
            operation = Operation(kind, Path(os.fsdecode(path)), Path(os.fsdecode(other)))
            return self.does(operation, lambda: real(path, other, *args, **kwargs))

        return wrapped

    def one_path(self, kind: str, real: Callable[..., Any]) -> Callable[..., Any]:
        def wrapped(path, *args, **kwargs):
            if not self.holds(path):
                return real(path, *args, **kwargs)
            return self.does(Operation(kind, Path(os.fsdecode(path))), lambda: real(path, *args, **kwargs))

        return wrapped

    def os_open(self, real: Callable[..., int]) -> Callable[..., int]:
        def wrapped(path, flags, *args, **kwargs):
            if not self.holds(path):
                return real(path, flags, *args, **kwargs)
            kind = "open" if flags & os.O_CREAT else "look"
            number = self.does(Operation(kind, Path(os.fsdecode(path))), lambda: real(path, flags, *args, **kwargs))
            self._open[number] = Path(os.fsdecode(path))
            return number

        return wrapped

    def os_close(self, real: Callable[[int], None]) -> Callable[[int], None]:
        def wrapped(number):
            self._open.pop(number, None)
            real(number)

        return wrapped

    def fsync(self, real: Callable[[Any], None]) -> Callable[[Any], None]:
        def wrapped(number):
            if number not in self._open:
                return real(number)
            return self.does(Operation("fsync", self._open[number]), lambda: real(number))

        return wrapped

    def open_file(self, real: Callable[..., Any]) -> Callable[..., Any]:
        def wrapped(file, mode="r", *args, **kwargs):
            if not set(mode) & set("wax+") or not self.holds(file):
                return real(file, mode, *args, **kwargs)
            if "b" not in mode:
                return self.does(Operation("open", Path(file)), lambda: real(file, mode, *args, **kwargs))
            # unbuffered: nothing is written later, behind the back of a program that has died
            opened = self.does(Operation("open", Path(file)), lambda: real(file, mode, buffering=0))
            self._open[opened.fileno()] = Path(file)
            return _Written(self, Path(file), opened)

        return wrapped

    def is_closed(self, number: int) -> None:
        self._open.pop(number, None)


class _Written:
    """A file that is written to, as far as a test of writing needs one."""

    def __init__(self, disk: Disk, path: Path, file: Any) -> None:
        self._disk, self._path, self._file = disk, path, file

    def write(self, data: bytes) -> int:
        whole = bytes(data)
        self._disk.does(
            Operation("write", self._path, data=whole),
            lambda: self._all(whole),
            half=lambda: self._all(whole[: len(whole) // 2]),
        )
        return len(whole)

    def _all(self, data: bytes) -> None:
        while data:
            data = data[self._file.write(data) :]

    def flush(self) -> None:
        self._file.flush()

    def fileno(self) -> int:
        return self._file.fileno()

    def close(self) -> None:
        if not self._file.closed:
            self._disk.is_closed(self._file.fileno())
        self._file.close()

    def __enter__(self) -> _Written:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._file, name)


@contextlib.contextmanager
def counted(root: Path, watch: Callable[[], object] | None = None) -> Iterator[Disk]:
    """Count what happens below a folder; `watch` is called after each operation, and may look around like a reader."""
    disk = Disk(root, watch)
    places = [(os, name, disk.two_paths(name, getattr(os, name))) for name in _TWO_PATHS]
    places += [(os, name, disk.one_path(name, getattr(os, name))) for name in _ONE_PATH]
    places += [(os, "open", disk.os_open(os.open)), (os, "close", disk.os_close(os.close))]
    places += [(os, "fsync", disk.fsync(os.fsync))]
    places += [(module, "open", disk.open_file(io.open)) for module in (io, builtins)]
    real = [(module, name, getattr(module, name)) for module, name, _ in places]
    try:
        for module, name, wrapped in places:
            setattr(module, name, wrapped)
        yield disk
    finally:
        for module, name, before in real:
            setattr(module, name, before)


@contextlib.contextmanager
def failing(
    root: Path,
    failure: Failure,
    at: int | None = None,
    where: Callable[[Operation], bool] | None = None,
    watch: Callable[[], object] | None = None,
) -> Iterator[Disk]:
    """Fail operation number `at` below a folder, counted from 0, or each one that `where` says."""
    with counted(root, watch) as disk:
        disk.fails(failure, at, where)
        yield disk


def touches(name: str) -> Callable[[Operation], bool]:
    """Whatever moves, replaces or removes a file: with `REFUSED_FOR_GOOD`, one that is open on Windows."""

    def is_about(operation: Operation) -> bool:
        moved = operation.kind in {"replace", "rename", "unlink", "remove"}
        return moved and name in {path.name for path in (operation.path, operation.other) if path}

    return is_about


@dataclass(frozen=True)
class Stop:
    """What is left after an operation failed."""

    number: int
    operation: Operation
    folder: Path
    error: BaseException | None

    def __str__(self) -> str:
        return f"stopped at {self.number} ({self.operation}): {self.error!r}"


def every_stop(
    where: Path,
    lay: Callable[[Path], object],
    act: Callable[[Path], object],
    failure: Failure,
    watching: Callable[[Path], Callable[[], object]] | None = None,
) -> Iterator[Stop]:
    """Do something once for each of its operations, each time in a fresh folder and with that operation failed.

    Parameters
    ----------
    where : Path
        Holds the fresh folders, one for each operation.
    lay : callable
        Makes ready what the folder shall hold.
    act : callable
        What is to be stopped. Assertions and other mistakes in it are not swallowed.
    failure : Failure
    watching : callable, optional
        Gives a reader of the folder, called after each operation.
    """
    whole = where / "hel"
    lay(whole)
    with counted(whole) as disk:
        act(whole)
    expected = [str(operation) for operation in disk.operations]
    for number, name in enumerate(expected):
        folder = where / str(number)
        lay(folder)
        error: BaseException | None = None
        with failing(folder, failure, at=number, watch=watching(folder) if watching else None) as stopped:
            try:
                act(folder)
            except (AssertionError, TypeError, NameError, AttributeError):
                raise
            except BaseException as raised:  # noqa: BLE001 - a death is no Exception
                error = raised
        if len(stopped.operations) <= number:
            raise AssertionError(f"the operations were other ones than the first time, before {name}")
        yield Stop(number, stopped.operations[number], folder, error)


def contents(folder: Path) -> dict[str, bytes]:
    """Everything in a folder by its name; what is hidden too."""
    found, waiting = {}, [(str(folder), "")]
    while waiting:
        place, before = waiting.pop()
        with os.scandir(place) as entries:
            for entry in entries:
                if entry.is_dir():
                    waiting.append((entry.path, f"{before}{entry.name}/"))
                else:
                    with io.FileIO(entry.path) as file:
                        found[before + entry.name] = file.readall()
    return found


def visible(folder: Path) -> dict[str, bytes]:
    """What a reader sees in a folder."""
    return {name: data for name, data in contents(folder).items() if not name.split("/")[-1].startswith(".")}


def hidden(folder: Path) -> list[str]:
    """What lies there unseen. Empty folders do not count: nothing tells who made them, and they do no harm."""
    return [name for name in contents(folder) if name.split("/")[-1].startswith(".")]
