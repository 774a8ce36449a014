"""Single operations on files, each done or not done; with patience where Windows asks for it."""

from __future__ import annotations

import contextlib
import errno
import os
import stat
import time
from collections.abc import Callable
from pathlib import Path

WAITS = (0.1, 0.2, 0.4, 0.8)  # seconds; virus scanners and cloud folders hold a new file for about this long
_CANNOT_SYNC = {errno.EINVAL, errno.ENOTSUP, errno.ENOSYS, errno.EBADF, errno.EACCES, errno.EPERM}


def patiently(step: Callable[[], None]) -> None:
    """Do something again until nobody else has hold of it, or the patience is at an end."""
    for wait in (*WAITS, None):
        try:
            step()
            return
        except (PermissionError, BlockingIOError):
            if wait is None:
                raise
            time.sleep(wait)


def make_folder(folder: Path) -> None:
    """Make a folder and those above it that are missing, so that they are there after a power cut too."""
    if folder.is_dir():
        return
    if folder.parent != folder:
        make_folder(folder.parent)
    folder.mkdir(exist_ok=True)
    sync(folder.parent)


def write_through(path: Path, data: bytes) -> None:
    """Write a file that is not there yet, all the way to the disk."""
    _fill(path, data, "xb")


def replace(source: Path, target: Path) -> None:
    """Put a file in the place of another in one step: who opens the target finds one of the two, whole."""
    try:
        patiently(lambda: _replace(source, target))
    except PermissionError as error:
        raise PermissionError(error.errno or errno.EACCES, error.strerror, str(target)) from None


def remove(path: Path) -> None:
    """Remove a file if it is there."""
    path.unlink(missing_ok=True)


def keep(path: Path, backup: Path) -> None:
    """Let a file be found under another name too: a link, or a copy where the file system has no links."""
    try:
        backup.hardlink_to(path)
    except OSError:
        backup.touch(mode=0o600, exist_ok=False)  # never more readable than the file itself
        _fill(backup, path.read_bytes(), "wb")
        if os.name == "posix":
            with contextlib.suppress(OSError):  # a file system without modes
                backup.chmod(stat.S_IMODE(path.stat().st_mode))


def sync(folder: Path) -> None:
    """Let the names in a folder reach the disk, where the system lets one ask for it."""
    if os.name != "posix":
        return
    try:
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
    except OSError as error:
        if error.errno not in _CANNOT_SYNC:
            raise


def remove_empty(folder: Path) -> None:
    """Remove a folder unless something lies there."""
    with contextlib.suppress(OSError):
        folder.rmdir()


def _replace(source: Path, target: Path) -> None:
    source.replace(target)


def _fill(path: Path, data: bytes, mode: str) -> None:
    with path.open(mode) as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
