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
_BY_HAND = "Ta själv bort äldre rader, annars kommer de tillbaka vid nästa inläsning."


@dataclass(frozen=True)
class RawFiles:
    """Raw files to remove, and a line about each of those that stay though they may hold something older."""

    older: tuple[Path, ...]
    said: tuple[str, ...]


def sort_raw_files(project: Path, unit: Unit, before: dt.date, kept: Processed | None) -> RawFiles:
    """Tell the raw files that are older from the others.

    A file of a year (``{year}`` in its name, or ``year`` in the unit file) goes when the year is over and no case and
    no measurement that is kept can stand in it: the year they were read in with decides, not the day of a measurement.
    With the cohort rule ``active`` a case may stand in every year it was open. Any other file goes when no row of the
    unit is kept at all. What intake never reads (a file that the unit file does not know, a hidden one, one in a
    folder below) is never removed, but told.

    Parameters
    ----------
    kept : Processed or None
        Rows that will be left; None if nothing has been read in, and then the year alone decides.
    """
    older, said = [], []
    folder = raw_folder(project, unit)
    for path in _files(folder):
        sources = [] if _unread(folder, path) else _sources_of(unit, path)
        years = {year for _, year in sources}
        stays = None
        if _unread(folder, path):
            stays = "den läses aldrig in, så ingen vet hur gammal den är. Ta bort den själv om den inte behövs."
        elif not sources:
            stays = "filen nämns inte i enhetsfilen. Se efter själv."
        elif None in years:
            newer = kept is None or len(kept.episodes) or len(kept.measurements)
            stays = "filen har inget år i namnet och kan ha nyare rader. Ta själv bort äldre rader." if newer else None
        elif max(year for year in years if year is not None) >= before.year:
            continue
        else:
            stays = next(filter(None, (_newer_in(unit, source, year, kept) for source, year in sources)), None)
        if stays:
            said.append(f"{path.relative_to(folder).as_posix()} är kvar: {stays}")
        else:
            older.append(path)
    return RawFiles(tuple(older), tuple(said))


def _files(folder: Path) -> Iterator[Path]:
    """Files in and below the unit's folder, also hidden ones, as a hidden copy holds it all; not the computer's own."""
    for path in sorted(folder.rglob("*")) if folder.is_dir() else []:
        if path.is_file() and path.name.casefold() not in _SYSTEM_FILES and not path.name.startswith(_LOCK):
            yield path


def _unread(folder: Path, path: Path) -> bool:
    """Whether intake passes the file over, whatever the unit file says."""
    return path.parent != folder or path.name.startswith(".")


def _sources_of(unit: Unit, path: Path) -> list[tuple[Source, int | None]]:
    """Sources that read the file, and the year it holds."""
    name = unicodedata.normalize("NFC", path.name)
    found = []
    for source in unit.sources:
        match = re.fullmatch(_pattern(source), name, re.IGNORECASE) if source.file else None
        if match:
            named = match.groupdict().get("year")
            found.append((source, int(named) if named else source.year))
    return found


def _pattern(source: Source) -> str:
    return re.escape(source.file).replace(r"\{year\}", "(?P<year>[0-9]{4})").replace(r"\*", ".*")


def _newer_in(unit: Unit, source: Source, year: int | None, kept: Processed | None) -> str | None:
    """Why a source's file of a year must stay: a kept case or a kept measurement may stand in it."""
    if kept is None:
        return None
    if source.rows == "episode" and _case_in(unit, year, kept):
        return f"den kan ha ärenden som är öppna eller nyare. {_BY_HAND}"
    if source.rows == "episode" and unit.cohort.rule != "started":
        return None  # its measurements stand with their case; one that began earlier may stand in a later year's file
    rows = kept.measurements
    own = {column.measure for column in source.measurements}
    own |= set(source.long.measure.values.values()) if source.long else set()
    if bool(((rows["year"] == year) & rows["measure"].isin(own)).any()):
        return f"den kan ha mätningar som är nyare eller hör till ärenden som är öppna eller nyare. {_BY_HAND}"
    return None


def _case_in(unit: Unit, year: int | None, kept: Processed) -> bool:
    """Whether a kept case may stand in a year's file of cases: one of that year, or open since then or before."""
    cases = kept.episodes
    begun = ~(cases["start"].dt.year > year)
    there = (cases["year"] == year).fillna(False) | (cases["year"].isna() & begun)
    if unit.cohort.rule == "active":
        there |= begun & ~(cases["end"].dt.year < year)
    return bool(there.any())
