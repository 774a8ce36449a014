"""Whether what lies in `data_raw/` is what was read in."""

from __future__ import annotations

import json
import os
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from isu_analysis import files
from isu_analysis.intake import fitting
from isu_analysis.reporting.planning.hashes import Hashes
from isu_analysis.reporting.planning.known import Known
from isu_analysis.settings import Unit

QUERY = "svaret från datalagret kan vara ett annat"  # nothing tells but to ask again
PROBLEMS = "problem.xlsx"  # `intake.list_path`
EARLIER_VERSION = "inläst av en tidigare version av programmet"
OTHER_SETTINGS = "enhetsfilen är ändrad"
_GONE = ("borttagen råfil", "borttagna råfiler")


def is_read_in(project: Path, unit: Unit) -> bool:
    """Whether reading the unit in again would find what was found the last time.

    A unit without raw files counts as read in: its tables come from another machine, or the files are put away.
    One that asks a data warehouse never does, as nothing but asking tells what the answer is now.
    """
    return not unread(project, unit.key, [source.file for source in unit.sources])


def unread(project: Path, unit_key: str, sources: Sequence[str]) -> tuple[str, ...]:
    """Why a unit should be read in again, a few words for each reason and no file's name; nothing if it should not.

    Parameters
    ----------
    sources : sequence of str
        The file names of its sources, as the unit file has them; empty for a query.
    """
    raw = {_name(path.name): path for path in fitting(project / "data_raw" / unit_key, sources)}
    if not raw and all(sources):
        return ()
    try:
        about = json.loads((project / "data_processed" / unit_key / "intake.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        about = None
    if not isinstance(about, dict):
        return ("inget är inläst än",)
    asked = () if all(sources) else (QUERY,)
    return (*_other_files(raw, about), *_other_settings(project, unit_key, about), *asked)


def removed_raw_files(project: Path, unit: Unit) -> str:
    """How many of the files that a unit's data were read from are gone, in words; empty if none is."""
    told = unread(project, unit.key, [source.file for source in unit.sources])
    return next((why for why in told if why.endswith(_GONE)), "")


def notes(unit: Known, hashes: Hashes) -> tuple[str, ...]:
    """What a reader of the plan must know of a unit's raw files; they are opened only when something has changed."""
    folder = hashes.project / f"data_raw/{unit.key}"

    def look() -> list[str]:
        return [why for why in unread(hashes.project, unit.key, unit.sources) if why != QUERY]

    there = sorted(os.listdir(folder)) if folder.is_dir() else []  # noqa: PTH208 - thousands of them at a time
    # Of a unit whose file cannot be read nobody knows which files are its own.
    found = hashes.by_stat(f"raw {unit.key}", folder, there, look, (unit.settings, unit.data))
    told = [f"kör «isu intake {unit.key}»: {', '.join(found)}"] if found else []
    listed = f"data_processed/{unit.key}/{PROBLEMS}"
    if (hashes.project / listed).is_file():
        told.append(f"råfilerna har fel, se {listed}")
    return tuple(told)


def _other_files(now: Mapping[str, Path], about: Mapping[str, Any]) -> Iterator[str]:
    listed = [file for file in about.get("files", []) if isinstance(file, dict)]
    then = {_name(str(file.get("file"))): file["sha256"] for file in listed if "sha256" in file}
    changed = [name for name in then.keys() & now.keys() if _sum(now[name]) != then[name]]
    yield from _counted(len(now.keys() - then.keys()), "ny råfil", "nya råfiler")
    yield from _counted(len(changed), "ändrad råfil", "ändrade råfiler")
    yield from _counted(len(then.keys() - now.keys()), *_GONE)


def _other_settings(project: Path, unit_key: str, about: Mapping[str, Any]) -> Iterator[str]:
    if "settings_sha256" not in about:
        yield EARLIER_VERSION
    elif about["settings_sha256"] != _sum(project / "parameters" / f"{unit_key}.yml"):
        yield OTHER_SETTINGS


def _sum(path: Path) -> str:
    """Sum of a file; of one that somebody has open so that it cannot be read there is none, and it may be changed."""
    try:
        return files.sha256(path)
    except OSError:
        return ""


def _name(name: str) -> str:
    return unicodedata.normalize("NFC", name)  # a Mac stores å as two signs


def _counted(n: int, one: str, several: str) -> Iterator[str]:
    if n:
        yield f"{n} {one if n == 1 else several}"
