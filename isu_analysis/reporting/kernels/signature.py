"""What the code of a process was read from: two processes with the same signature run the same code."""

from __future__ import annotations

import hashlib
import os
import sysconfig
from collections.abc import Iterator
from pathlib import Path


def signature(package: Path | None = None) -> str:
    """Sign every file of the package, and what is installed beside it: path, bytes and time of the last change.

    Parameters
    ----------
    package : Path, optional
        Folder of a package; this one if left out. Its templates, fonts and texts are code as well.

    Notes
    -----
    An installation puts a folder into ``site-packages`` or takes one away, which changes the time of that folder.
    """
    package = package or Path(__file__).parents[2]
    installed = {Path(sysconfig.get_path(name)) for name in ("purelib", "platlib")}
    parts = (*sorted(_files(str(package))), *((str(folder), 0, _changed(folder)) for folder in sorted(installed)))
    return hashlib.sha256(repr(parts).encode("utf-8", "surrogateescape")).hexdigest()


def _files(folder: str) -> Iterator[tuple[str, int, int]]:
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.is_dir():
                if entry.name != "__pycache__":
                    yield from _files(entry.path)
            else:
                about = entry.stat()
                yield entry.path, about.st_size, about.st_mtime_ns


def _changed(folder: Path) -> int:
    return folder.stat().st_mtime_ns if folder.is_dir() else 0
