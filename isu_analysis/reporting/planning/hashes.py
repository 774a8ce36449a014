"""Sums of files, and what follows from them, remembered as git's index remembers: by size, times and number of the file.

A file whose size, times and number are those it had when it was read has not been read again. One that was touched so
shortly before it was read that a later change could bear the same time is never remembered. Whatever is wrong with the
memory itself, it is thrown away and everything is read again.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import time
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from isu_analysis import files
from isu_analysis.intake.pseudonyms import owner_only

FOLDER = "_plan"  # in data_processed/, beside the municipalities' folders; no municipality can be called so
FORMAT = 1
COARSEST = 2_000_000_000  # nanoseconds: two seconds, between which a memory stick (FAT) tells no times apart
MISSING = ""  # sum of what is not there


def path_of_memory(project: Path) -> Path:
    """Where what is remembered lies."""
    return project / "data_processed" / FOLDER / "hashes.json"


def sum_of(sums: Mapping[str, str]) -> str:
    """One sum of several files' names and sums."""
    return hashlib.sha256("\n".join(f"{sums[name]} {name}" for name in sorted(sums)).encode()).hexdigest()


class Hashes:
    """Sums of files, and other facts, that are made again only where something has changed.

    Parameters
    ----------
    project : Path
    clock : callable
        Nanoseconds since 1970, as in the times of files; replaced in tests.
    """

    def __init__(self, project: Path, clock: Callable[[], int] = time.time_ns) -> None:
        self.project = project
        self._clock = clock
        self._known = _read(path_of_memory(project))
        self._is_new = False

    def together(self, label: str, folder: Path, names: Iterable[str]) -> str:
        """One sum of some files of a folder; `MISSING` if any of them is.

        Parameters
        ----------
        label : str
            What they are: each label remembers one sum, whatever the names.
        """
        listed = sorted(names)
        return str(self.by_stat(label, folder, listed, lambda: _sum_of_all(folder, listed)))

    def by_stat(
        self, label: str, folder: Path, names: Iterable[str], make: Callable[[], Any], sums: Iterable[str] = ()
    ) -> Any:
        """What follows from some files of a folder, and from contents with certain sums; made again when any is another."""
        begun = self._clock()
        signature, newest = _looks_of(folder, names)
        return self._given(label, " ".join((signature, *sums)), make, keep=newest + COARSEST < begun)

    def by_sums(self, label: str, sums: Iterable[str], make: Callable[[], tuple[Any, bool]]) -> Any:
        """What follows from contents with certain sums.

        Parameters
        ----------
        make : callable
            Gives the answer, and whether it may be remembered.
        """
        signature = " ".join(sums)
        held = self._known.get(label)
        if held and held[0] == signature:
            return held[1]
        made, keep = make()
        return self._given(label, signature, lambda: made, keep=keep)

    def save(self) -> None:
        """Write what is new; a folder that cannot be written in costs time, and nothing else."""
        if not self._is_new:
            return
        body = json.dumps(self._known, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
        with contextlib.suppress(files.WriteError), owner_only():
            files.write(path_of_memory(self.project), f"{_head(body)}\n{body}}}".encode())
            self._is_new = False

    def _given(self, label: str, signature: str, make: Callable[[], Any], *, keep: bool) -> Any:
        held = self._known.get(label)
        if held and held[0] == signature and keep:
            return held[1]
        value = make()
        if keep:
            self._known[label] = [signature, value]
        self._is_new |= keep or self._known.pop(label, None) is not None
        return value


def _head(body: str) -> str:
    """First line of the file, by which it is known to be whole."""
    return f'{{"format":{FORMAT},"sum":"{hashlib.sha256(body.encode()).hexdigest()}","known":'


def _read(path: Path) -> dict[str, list[Any]]:
    try:
        head, _, rest = path.read_text(encoding="utf-8").partition("\n")
    except (OSError, ValueError):
        return {}
    return json.loads(rest[:-1]) if head == _head(rest[:-1]) else {}


def _looks_of(folder: Path, names: Iterable[str]) -> tuple[str, int]:
    """What the system says of some files without opening them, and the latest of their times."""
    place, told, newest = str(folder), [], 0
    for name in names:
        try:
            found = os.stat(f"{place}{os.sep}{name}")  # noqa: PTH116 - a hundred thousand of them at a time
        except OSError:
            told.append(f"{name}:")
            continue
        told.append(f"{name}:{found.st_size}:{found.st_mtime_ns}:{found.st_ctime_ns}:{found.st_ino}")
        newest = max(newest, found.st_mtime_ns, found.st_ctime_ns)
    return hashlib.blake2b("/".join(told).encode(), digest_size=16).hexdigest(), newest


def _sum_of_all(folder: Path, names: Iterable[str]) -> str:
    try:
        return sum_of({name: files.sha256(folder / name) for name in names})
    except OSError:
        return MISSING
