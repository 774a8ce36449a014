"""The one module that writes. A file is either as it was or whole and new, never half.

On Windows a file that somebody has open cannot be replaced; it is tried a few times, then everything is put back and
the message says which file to close.
"""

from __future__ import annotations

import contextlib
import errno
import hashlib
import os
import time
import uuid
from collections.abc import Collection, Iterable, Mapping
from pathlib import Path

from isu_analysis.errors import IsuError

_WAITS = (0.1, 0.2, 0.4, 0.8)  # seconds; virus scanners and cloud folders hold a new file for about this long


class WriteError(IsuError):
    """A file could not be written or replaced; what was there before is untouched."""


def write(path: Path, data: bytes) -> None:
    """Write one file atomically, making its folder if needed."""
    write_together(path.parent, {path.name: data})


def write_together(folder: Path, contents: Mapping[str, bytes], gone: Collection[str] = ()) -> None:
    """Write several files of one folder so that either all are new or all are as before.

    Parameters
    ----------
    folder : Path
        Made if missing.
    contents : mapping of str to bytes
        File names, with ``/`` where a file lies in a folder below, and what they shall hold. They are put in place in
        this order.
    gone : collection of str, optional
        Files of before that shall not be there afterwards. A folder below that they leave empty goes too.

    Raises
    ------
    WriteError
        Disk full, no permission, or a file is open in another program; nothing has changed.
    """
    mark = uuid.uuid4().hex[:8]
    moved: list[tuple[Path, Path]] = []
    placed: list[Path] = []
    targets = {folder / name: data for name, data in contents.items()}
    leaving = [folder / name for name in gone if folder / name not in targets]
    made = [place for place in _folders(folder, targets) if place != folder and not place.exists()]
    try:
        for target, data in targets.items():
            target.parent.mkdir(parents=True, exist_ok=True)
            _write_through(_beside(target, mark, "ny"), data)
        for target in (*leaving, *targets):
            backup = _beside(target, mark, "gammal")
            if len(targets) + len(leaving) > 1 and target.exists():  # one file alone is replaced in a single step
                moved.append((backup, target))
                _replace(target, backup)
            if target in targets:
                _replace(_beside(target, mark, "ny"), target)
                placed.append(target)
    except BaseException as error:  # also Ctrl-C halfway: what was there must come back
        _put_back(moved, placed)
        _clear(_folders(folder, targets), f".*.{mark}.ny", empty=made)
        if isinstance(error, OSError):
            raise WriteError(_message(error, folder)) from None
        raise
    _clear(_folders(folder, (*targets, *leaving)), f".*.{mark}.*", empty=[path.parent for path in leaving])


def create(path: Path, data: bytes) -> None:
    """Write a file that must not be there yet, whole or not at all.

    Raises
    ------
    FileExistsError
        Somebody was first; theirs is untouched.
    WriteError
        Disk full or no permission; nothing is there.
    """
    waiting = _beside(path, uuid.uuid4().hex[:8], "ny")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        _write_through(waiting, data)
        _place_first(waiting, path)
    except FileExistsError:
        raise
    except OSError as error:
        raise WriteError(_message(error, path.parent)) from None
    finally:
        with contextlib.suppress(OSError):
            waiting.unlink(missing_ok=True)


def remove(path: Path) -> None:
    """Remove a file if it is there."""
    try:
        path.unlink(missing_ok=True)
    except OSError as error:
        raise WriteError(_message(error, path.parent)) from None


def sha256(path: Path) -> str:
    """SHA-256 of a file's bytes, as hexadecimal text."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _beside(target: Path, mark: str, kind: str) -> Path:
    """Where a file waits before it is put in place or thrown away."""
    return target.with_name(f".{target.name}.{mark}.{kind}")


def _folders(folder: Path, targets: Iterable[Path]) -> list[Path]:
    """The folder and those below it that files lie in, the innermost first."""
    return sorted({folder, *(target.parent for target in targets)}, reverse=True)


def _write_through(path: Path, data: bytes) -> None:
    with path.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def _replace(source: Path, target: Path) -> None:
    for wait in (*_WAITS, None):
        try:
            source.replace(target)
            return
        except PermissionError:
            if wait is None:
                raise
            time.sleep(wait)


def _place_first(waiting: Path, path: Path) -> None:
    """Put a file in its place unless there is one, in a single step wherever the file system has such a step."""
    if os.name == "nt":
        waiting.rename(path)  # refuses what is there
        return
    try:
        path.hardlink_to(waiting)
    except FileExistsError:
        raise
    except OSError:  # a file system without links: the name is taken first, and filled in the next step
        path.open("xb").close()
        try:
            waiting.replace(path)
        except BaseException:
            path.unlink()
            raise


def _put_back(moved: list[tuple[Path, Path]], placed: list[Path]) -> None:
    moved = [(backup, target) for backup, target in moved if backup.exists()]
    kept = {target for _, target in moved}
    for target in placed:
        if target not in kept:
            target.unlink(missing_ok=True)
    for backup, target in moved:
        with contextlib.suppress(OSError):  # one file that cannot be put back must not keep the others away
            _replace(backup, target)


def _clear(folders: Iterable[Path], pattern: str, empty: Collection[Path]) -> None:
    """Throw away what waited, and those folders of `empty` that hold nothing now."""
    for folder in folders:
        for left in folder.glob(pattern):
            with contextlib.suppress(OSError):  # a virus scanner may hold it; the files themselves are in place
                left.unlink(missing_ok=True)
        if folder in empty:
            with contextlib.suppress(OSError):  # something of somebody else's lies there
                folder.rmdir()


def _message(error: OSError, folder: Path) -> str:
    where = f"{folder.parent.name}/{folder.name}"
    if isinstance(error, PermissionError):
        return (
            f"Kan inte skriva i {where}: en fil är öppen i ett annat program, eller så saknas behörighet. "
            "Stäng filen och kör igen. Det som låg där är orört."
        )
    reason = "disken är full" if error.errno == errno.ENOSPC else "filen kunde inte skrivas"
    return f"Kan inte skriva i {where}: {reason}. Det som låg där är orört."
