"""Several files of one folder changed together: a journal says what, so that a stop anywhere can be finished."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from isu_analysis.files import disk
from isu_analysis.files.names import BACK, FORWARD, NEW, OLD, beside, is_there
from isu_analysis.files.reading import sha256, sha256_of
from isu_analysis.files.refusal import HalfwayError

_FORMAT = 1
_NEVER_IN_A_NAME = frozenset("\\:\0")


@dataclass(frozen=True)
class Change:
    """What is to be changed in a folder.

    The order of the steps is what makes it safe: everything new and everything old lies whole beside the files before
    the journal is there, and the journal is there until everything is in place. To turn back is decided by renaming the
    journal, in one step too.

    Attributes
    ----------
    folder : Path
    mark : str
        Whose it is, and part of every hidden name.
    new : mapping of str to str
        Names of files to put in place, in that order, and the SHA-256 of each.
    old : tuple of str
        Those of them that there is an earlier version of.
    gone : tuple of str
        Names of files that shall not be there afterwards.
    """

    folder: Path
    mark: str
    new: Mapping[str, str]
    old: tuple[str, ...]
    gone: tuple[str, ...]

    @classmethod
    def of(cls, folder: Path, mark: str, contents: Mapping[str, bytes], gone: Iterable[str]) -> Change:
        """Change a folder to new contents.

        Raises
        ------
        ValueError
            A name is hidden, or not that of a file in the folder or right below it.
        """
        leaving = tuple(sorted(name for name in set(gone) - contents.keys() if is_there(folder / name)))
        if wrong := [name for name in (*contents, *leaving) if not is_inside(folder, name)]:
            raise ValueError(f"not names of files in a folder or right below it: {wrong}")
        new = {name: sha256_of(data) for name, data in contents.items()}
        return cls(folder, mark, new, tuple(name for name in new if is_there(folder / name)), leaving)

    @classmethod
    def read(cls, folder: Path, mark: str, kind: str) -> Change | None:
        """Read a journal; None if it is damaged or speaks of anything but files in the folder or right below it.

        Raises
        ------
        OSError
            It cannot be read now.
        """
        try:
            told = json.loads(journal_path(folder, mark, kind).read_bytes())
            change = cls(folder, mark, dict(told["new"]), tuple(told["old"]), tuple(told["gone"]))
            names = (*change.new, *change.new.values(), *change.old, *change.gone)
            known = told["format"] == _FORMAT and all(isinstance(name, str) for name in names)
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
            return None
        return change if known and all(is_inside(folder, name) for name in change._names()) else None

    def prepare(self, contents: Mapping[str, bytes]) -> None:
        """Lay everything beside the files, and last the journal. Nothing that anybody sees is changed."""
        for name, data in contents.items():
            disk.make_folder((self.folder / name).parent)
            disk.write_through(self._beside(name, NEW), data)
        for name in (*self.old, *self.gone):
            disk.keep(self.folder / name, self._beside(name, OLD))
        self._sync()
        journal = journal_path(self.folder, self.mark, FORWARD)
        disk.write_through(beside(journal, self.mark, NEW), self._told())
        disk.replace(beside(journal, self.mark, NEW), journal)
        disk.sync(self.folder)

    def carry_out(self) -> None:
        """Go forward: put in place what waits, and remove what shall go. What is done already is not done again.

        Whoever calls goes on with `clear`, or with `undo` if this fails.
        """
        for name in self.new:
            if is_there(self._beside(name, NEW)):
                disk.replace(self._beside(name, NEW), self.folder / name)
        for name in self.gone:
            if is_there(self._beside(name, OLD)):
                _remove(self.folder / name)
        self._sync()

    def undo(self) -> None:
        """Go back to what was there, from wherever the change has come.

        Raises
        ------
        HalfwayError
            Something could not be put back now; what is needed for it lies there still.
        """
        forward, back = (journal_path(self.folder, self.mark, kind) for kind in (FORWARD, BACK))
        if is_there(forward):
            self._turn(forward, back)
        if is_there(back):
            self._restore()
        self.clear()

    def clear(self) -> None:
        """Throw away what lay beside the files, the journal last; a virus scanner that holds one of them does no harm."""
        hidden: dict[Path, list[Path]] = {place: [] for place in self._folders()}
        for name in self._names():
            for kind in (NEW, OLD):
                path = self._beside(name, kind)
                hidden[path.parent].append(path)
        journals = [journal_path(self.folder, self.mark, kind) for kind in (FORWARD, BACK)]
        hidden[self.folder] += [beside(journals[0], self.mark, NEW), *journals]
        for place, left in hidden.items():
            for path in left:
                with contextlib.suppress(OSError):
                    disk.remove(path)
            if place != self.folder:
                disk.remove_empty(place)

    def _turn(self, forward: Path, back: Path) -> None:
        changed = [name for name in self.old if not is_there(self._beside(name, NEW))]
        changed += [name for name in self.gone if not is_there(self.folder / name)]
        if not all(is_there(self._beside(name, OLD)) for name in changed):
            raise HalfwayError  # it was done, but for the clearing, and there is no way back
        try:
            disk.replace(forward, back)
            disk.sync(self.folder)
        except OSError:
            raise HalfwayError from None

    def _restore(self) -> None:
        stuck = False
        for name in (*self.new, *self.gone):
            try:
                self._put_back(name)
            except OSError:  # one file that cannot be put back must not keep the others away
                stuck = True
        if stuck:
            raise HalfwayError
        with contextlib.suppress(OSError):
            self._sync()

    def _put_back(self, name: str) -> None:
        target, backup = self.folder / name, self._beside(name, OLD)
        if is_there(self._beside(name, NEW)):
            return  # it never came into place
        if name in self.gone:
            if is_there(backup) and not is_there(target):
                disk.replace(backup, target)
        elif name in self.old:
            if is_there(backup):
                disk.replace(backup, target)
        elif is_there(target) and sha256(target) == self.new[name]:
            disk.remove(target)

    def _names(self) -> Iterator[str]:
        yield from (*self.new, *self.old, *self.gone)

    def _beside(self, name: str, kind: str) -> Path:
        return beside(self.folder / name, self.mark, kind)

    def _folders(self) -> list[Path]:
        """The folder and those right below it that files lie in, the innermost first."""
        return sorted({self.folder, *((self.folder / name).parent for name in self._names())}, reverse=True)

    def _sync(self) -> None:
        for place in self._folders():
            if place.is_dir():
                disk.sync(place)

    def _told(self) -> bytes:
        told = {"format": _FORMAT, "new": dict(self.new), "old": self.old, "gone": self.gone}
        return json.dumps(told, ensure_ascii=False).encode()


def is_inside(folder: Path, name: str) -> bool:
    """Whether a name, from a list that anybody may have changed, is that of a file in the folder or right below it."""
    parts = name.split("/")
    plain = all(part and part[0] != "." and not _NEVER_IN_A_NAME & set(part) for part in parts)
    return plain and (len(parts) == 1 or (len(parts) == 2 and not (folder / parts[0]).is_symlink()))


def journal_path(folder: Path, mark: str, kind: str) -> Path:
    """Where the journal of a change lies."""
    return folder / f".{mark}.{kind}"


def _remove(path: Path) -> None:
    disk.patiently(lambda: disk.remove(path))
