"""Which raw files hold nothing but what is to be removed."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from isu_analysis.intake import raw_folder
from isu_analysis.intake.store import Processed
from isu_analysis.settings import Source, Unit

_SYSTEM_FILES = {"desktop.ini", "thumbs.db", ".ds_store", ".gitkeep"}
_LOCK = "~$"  # of a workbook that is open


@dataclass(frozen=True)
class RawFiles:
    """Raw files to remove, and a line about each of those that stay though they may hold something older."""

    older: tuple[Path, ...]
    said: tuple[str, ...]


def sort_raw_files(project: Path, unit: Unit, before: dt.date, kept: Processed | None) -> RawFiles:
    """Tell the raw files that are older from the others.

    A file of a year (``{year}`` in its name, or ``year`` in the unit file) goes when the year is over and no row
    that is kept can come from it; with the cohort rule ``active`` a case may stand in every year it was open. Any other file goes when no row of the unit is kept at all. A file that the unit
    file does not know is never removed, but told.

    Parameters
    ----------
    kept : Processed or None
        Rows that will be left; None if nothing has been read in, and then the year alone decides.
    """
    older, said = [], []
    for path in _files(raw_folder(project, unit)):
        known, year = _year_of(unit, path)
        if not known:
            said.append(f"{path.name} är kvar: filen nämns inte i enhetsfilen. Se efter själv.")
        elif year is None and kept is not None and not _anything(kept):
            older.append(path)
        elif year is None:
            said.append(
                f"{path.name} är kvar: filen har inget år i namnet och kan ha nyare rader. Ta själv bort äldre rader."
            )
        elif year < before.year and _none_from(unit, year, kept):
            older.append(path)
        elif year < before.year:
            said.append(
                f"{path.name} är kvar: den har ärenden som är öppna eller nyare. Ta själv bort äldre rader, "
                "annars kommer de tillbaka vid nästa inläsning."
            )
    return RawFiles(tuple(older), tuple(said))


def _files(folder: Path) -> Iterator[Path]:
    """Files of the unit's folder, also hidden ones, as a hidden copy holds it all; not those the computer makes."""
    for path in sorted(folder.glob("*")) if folder.is_dir() else []:
        if path.is_file() and path.name.casefold() not in _SYSTEM_FILES and not path.name.startswith(_LOCK):
            yield path


def _year_of(unit: Unit, path: Path) -> tuple[bool, int | None]:
    """Whether the unit file knows the file, and the year it holds."""
    name = unicodedata.normalize("NFC", path.name)
    for source in unit.sources:
        match = re.fullmatch(_pattern(source), name, re.IGNORECASE) if source.file else None
        if match:
            named = match.groupdict().get("year")
            return True, int(named) if named else source.year
    return False, None


def _pattern(source: Source) -> str:
    return re.escape(source.file).replace(r"\{year\}", "(?P<year>[0-9]{4})").replace(r"\*", ".*")


def _anything(kept: Processed) -> bool:
    return bool(len(kept.episodes) or len(kept.measurements))


def _none_from(unit: Unit, year: int, kept: Processed | None) -> bool:
    """Whether no row that is kept can come from a year's file: of that year, or open since then or before."""
    if kept is None:
        return True
    cases, rows = kept.episodes, kept.measurements
    begun = ~(cases["start"].dt.year > year)
    still_there = cases["year"].isna() & begun
    if unit.cohort.rule == "active":
        still_there |= begun & ~(cases["end"].dt.year < year)
    parts = (cases["year"] == year, still_there, rows["year"] == year, rows["day"].dt.year == year)
    return not any(bool(part.any()) for part in parts)
