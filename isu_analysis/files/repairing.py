"""Finish what a stop interrupted: forward or back as the journal says; what never got a journal is thrown away."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path

from isu_analysis.files import disk
from isu_analysis.files.change import Change, journal_path
from isu_analysis.files.names import (
    CLAIM,
    FORWARD,
    HIDDEN,
    JOURNAL,
    LEFT,
    MARK,
    OLD,
    PART_OF_MARK,
    is_there,
    is_written_now,
)

_Found = tuple[Path, str]  # folder, and the name of something hidden in it


def repair(tree: Path) -> tuple[str, ...]:
    """Finish every writing below a folder that was stopped before its end, and throw away what it left.

    To be called at the start of a run; it may itself be stopped anywhere and called again. What a running program is
    writing is left alone, and so is what another program has open: that is done the next time.

    Parameters
    ----------
    tree : Path
        Looked through to the bottom; links are not followed.

    Returns
    -------
    tuple of str
        Folders that were mended, relative to `tree`, in order.
    """
    mended, _ = _mended(list(_below(tree)), older=True)
    for folder in sorted(mended - {tree}, reverse=True):
        disk.remove_empty(folder)  # it held nothing but what was thrown away
    return tuple(sorted(folder.relative_to(tree).as_posix() for folder in mended))


def mend(*folders: Path) -> None:
    """Finish what was stopped in some folders, before they are written in.

    Raises
    ------
    OSError
        It cannot be done now: somebody has a file open, or another program is changing files there at this moment.
    """
    disk.patiently(lambda: _mend(folders))


def _mend(folders: Iterable[Path]) -> None:
    found = [(folder, name) for folder in folders for name in _hidden(folder)[0]]
    _, stuck = _mended(found, older=False)  # what earlier versions left is no hindrance, and `repair` finds it
    for error in stuck.values():
        raise error


def _mended(found: Collection[_Found], *, older: bool) -> tuple[set[Path], dict[str, OSError]]:
    """Folders that were mended, and the marks of what cannot be finished now."""
    mended: set[Path] = set()
    stuck: dict[str, OSError] = {}
    for folder, name in found:
        if told := JOURNAL.fullmatch(name):
            try:
                _finish(folder, told["mark"], told["kind"])
                mended.add(folder)
            except OSError as error:
                stuck[told["mark"]] = error
    mended |= {folder for folder, name in found if _is_swept(folder / name, stuck, older)}
    return mended, stuck


def _finish(folder: Path, mark: str, kind: str) -> None:
    if kind == FORWARD and is_written_now(mark):
        raise BlockingIOError
    change = Change.read(folder, mark, kind)
    if change is None:  # it says nothing that can be trusted: without it, what waits is thrown away
        disk.remove(journal_path(folder, mark, kind))
        return
    if kind == FORWARD:
        try:
            change.carry_out()
        except OSError:  # somebody has a file open; then all is as it was, rather than half and half until it is closed
            change.undo()
        change.clear()
    else:
        change.undo()


def _is_swept(path: Path, stuck: Collection[str], older: bool) -> bool:
    """Throw away a file that waited for nothing, or put back one that an earlier version had moved away."""
    told = LEFT.fullmatch(path.name)
    mark = told["mark"] if told else _claimed_by(path)
    is_older = not MARK.fullmatch(mark or "")
    if mark is None or mark in stuck or is_written_now(mark) or (is_older and not older) or not is_there(path):
        return False
    target = path.with_name(told["name"]) if told else path
    try:
        if told and is_older and told["kind"] == OLD and not is_there(target):
            disk.replace(path, target)
        else:
            disk.remove(path)
    except OSError:  # somebody has it open: the next time
        return False
    return True


def _claimed_by(path: Path) -> str | None:
    """Mark of whoever claimed a name by a file of its own; empty if it was stopped while it wrote the mark."""
    if not CLAIM.fullmatch(path.name):
        return None
    try:
        mark = path.read_bytes()[:100].decode("ascii")
    except (OSError, ValueError):
        return None
    if MARK.fullmatch(mark):
        return mark
    return "" if PART_OF_MARK.fullmatch(mark) else None


def _below(tree: Path) -> Iterator[_Found]:
    folders = [str(tree)]  # text, not paths: there may be tens of thousands
    while folders:
        folder = folders.pop()
        names, inner = _hidden(folder)
        yield from ((Path(folder), name) for name in names)
        folders += inner


def _hidden(folder: str | Path) -> tuple[list[str], list[str]]:
    """Hidden files of ours in a folder, and its folders; nothing if it cannot be looked into."""
    names, inner = [], []
    try:
        with os.scandir(folder) as entries:
            for entry in entries:
                if entry.is_dir(follow_symlinks=False):
                    inner.append(entry.path)
                elif entry.name[0] == "." and entry.name.endswith(HIDDEN) and entry.is_file(follow_symlinks=False):
                    names.append(entry.name)
    except OSError:
        return [], []
    return names, inner
