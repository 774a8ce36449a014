"""One run at a time in a project; the lock is the system's own, so a run that is killed leaves none."""

from __future__ import annotations

import contextlib
import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from isu_analysis.errors import ReportError

FOLDER = "data_processed/_run"  # what a run needs while it goes on; as protected as the data
_LOCK = "lock"
_HELD_AT = 1 << 20  # the byte that is held, far beyond the text: Windows lets nobody read what is held


class BusyError(ReportError):
    """Another run is going on in the project."""


@contextlib.contextmanager
def one_run(project: Path) -> Iterator[Path]:
    """Hold the project for one run, and give the folder that the run has to itself.

    Raises
    ------
    BusyError
        Another run has it; the message gives its process.
    """
    folder = project / FOLDER
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    with (folder / _LOCK).open("a+b") as file:
        if not _taken(file):
            raise BusyError(
                f"En annan körning pågår i projektmappen (process {_owner(file)}). Vänta tills den är klar."
            )
        file.truncate(0)
        file.write(str(os.getpid()).encode())
        file.flush()
        _clear(folder)  # a run that was killed leaves what it had there
        try:
            yield folder
        finally:
            _clear(folder)
            file.truncate(0)
            _give_back(file)


def _clear(folder: Path) -> None:
    """Remove all of a run's own files: what may be shown of whom, and the working folders of its reports."""
    for path in folder.iterdir():
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        elif path.name != _LOCK:
            with contextlib.suppress(OSError):  # somebody holds it just now; the next run takes it
                path.unlink()


def _owner(file: BinaryIO) -> str:
    file.seek(0)
    told = file.read(20)
    return told.decode() if told.isdigit() else "okänd"


if sys.platform == "win32":
    import msvcrt

    def _taken(file: BinaryIO) -> bool:
        file.seek(_HELD_AT)
        try:
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        file.seek(0)
        return True

    def _give_back(file: BinaryIO) -> None:
        file.seek(_HELD_AT)
        msvcrt.locking(file.fileno(), msvcrt.LK_UNLCK, 1)

else:
    import fcntl

    def _taken(file: BinaryIO) -> bool:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return False
        return True

    def _give_back(file: BinaryIO) -> None:
        fcntl.flock(file, fcntl.LOCK_UN)
