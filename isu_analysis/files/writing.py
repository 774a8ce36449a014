"""Write, create and remove: each done or not done, whatever stops it."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Collection, Mapping
from pathlib import Path

from isu_analysis.files import disk
from isu_analysis.files.change import Change
from isu_analysis.files.names import CLAIM_OF, NEW, beside, is_there, new_mark
from isu_analysis.files.refusal import refusing
from isu_analysis.files.repairing import mend


def write(path: Path, data: bytes) -> None:
    """Write one file atomically, making its folder if needed.

    Raises
    ------
    WriteError
        Disk full, no permission, or the file is open in another program; nothing has changed.
    """
    with refusing(path.parent):
        mend(path.parent)
        waiting = beside(path, new_mark(), NEW)
        try:
            disk.make_folder(path.parent)
            disk.write_through(waiting, data)
            disk.replace(waiting, path)
        except BaseException:
            _throw_away(waiting)
            raise
        with contextlib.suppress(OSError):  # it is in place, and nothing can be put back
            disk.sync(path.parent)


def write_together(folder: Path, contents: Mapping[str, bytes], gone: Collection[str] = ()) -> None:
    """Write several files of one folder so that either all are new or all are as before.

    Somebody who reads meanwhile finds each file whole, the old one or the new one. After a stop at any moment, be it of
    the machine, the next writing in the folder or `repair` finishes what was begun.

    Parameters
    ----------
    folder : Path
        Made if missing.
    contents : mapping of str to bytes
        File names, with ``/`` where a file lies in a folder right below, and what they shall hold. They are put in
        place in this order.
    gone : collection of str, optional
        Files of before that shall not be there afterwards. A folder below that they leave empty goes too.

    Raises
    ------
    WriteError
        Disk full, no permission, or a file is open in another program; nothing has changed.
    ValueError
        A name is hidden, or not that of a file in the folder or right below it.
    """
    with refusing(folder):
        mend(*sorted({folder, *((folder / name).parent for name in (*contents, *gone))}))
        change = Change.of(folder, new_mark(), contents, gone)
        try:
            disk.make_folder(folder)
            change.prepare(contents)
            change.carry_out()
        except OSError:
            change.undo()
            raise
        except BaseException:  # Ctrl-C halfway: what was there must come back
            with contextlib.suppress(OSError):
                change.undo()
            raise
        change.clear()


def create(path: Path, data: bytes) -> None:
    """Write a file that must not be there yet, whole or not at all.

    Raises
    ------
    FileExistsError
        Somebody was first; theirs is untouched.
    WriteError
        Disk full or no permission; nothing is there.
    """
    with refusing(path.parent):
        mend(path.parent)
        mark = new_mark()
        waiting = beside(path, mark, NEW)
        try:
            disk.make_folder(path.parent)
            disk.write_through(waiting, data)
            is_first = _place_first(waiting, path, mark)
        finally:
            _throw_away(waiting)
        with contextlib.suppress(OSError):
            disk.sync(path.parent)
    if not is_first:
        raise FileExistsError(path.name)


def remove(path: Path) -> None:
    """Remove a file if it is there.

    Raises
    ------
    WriteError
        No permission, or the file is open in another program; it is there still.
    """
    with refusing(path.parent):
        mend(path.parent)
        disk.remove(path)
        with contextlib.suppress(OSError):
            disk.sync(path.parent)


def _throw_away(waiting: Path) -> None:
    with contextlib.suppress(OSError):
        disk.remove(waiting)


def _place_first(waiting: Path, path: Path, mark: str) -> bool:
    """Put a file in its place unless there is one; True if it was put there."""
    try:
        if os.name == "nt":
            waiting.rename(path)  # refuses what is there
        else:
            path.hardlink_to(waiting)
    except FileExistsError:
        return False
    except OSError:  # a file system without links: the name is taken first, by a file of its own
        return _place_claimed(waiting, path, mark)
    return True


def _place_claimed(waiting: Path, path: Path, mark: str) -> bool:
    claim = path.with_name(CLAIM_OF.format(path.name))
    try:
        disk.write_through(claim, mark.encode())
    except FileExistsError:
        return False
    except BaseException:
        _throw_away(claim)
        raise
    try:
        if is_there(path):
            return False
        disk.replace(waiting, path)
        return True
    finally:
        _throw_away(claim)
