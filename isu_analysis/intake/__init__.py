"""From raw files to tidy tables: read, check (every problem at once), pseudonymise, store."""

from __future__ import annotations

import re
import unicodedata
from pathlib import Path
from typing import Any

from isu_analysis import files
from isu_analysis.errors import DataError
from isu_analysis.intake import store
from isu_analysis.intake.checks import Problem, ProblemsFound, as_workbook
from isu_analysis.intake.pseudonyms import Key, key_path, load_key, new_key
from isu_analysis.intake.readers import Unreadable, read
from isu_analysis.intake.store import Processed
from isu_analysis.intake.tidy import RowReader, Tables, check_whole
from isu_analysis.settings import Source, Unit

__all__ = [
    "Problem",
    "ProblemsFound",
    "Processed",
    "check",
    "has_raw_files",
    "intake",
    "list_path",
    "raw_folder",
    "unread",
    "write_list",
]

_SYSTEM_FILES = {"desktop.ini", "thumbs.db"}  # hidden where they are made


def raw_folder(project: Path, unit: Unit) -> Path:
    """Where a unit's raw files lie."""
    return project / "data_raw" / unit.municipality_slug / unit.slug


def has_raw_files(project: Path, unit: Unit) -> bool:
    """Whether there is any file to read for the unit."""
    return any(_found(raw_folder(project, unit), source) for source in unit.sources)


def unread(project: Path, unit: Unit) -> list[str]:
    """Names of files in the unit's folder that no source's name fits; hidden files and lock files are left out."""
    folder = raw_folder(project, unit)
    read_in = {path for source in unit.sources for path, _ in _found(folder, source)}
    there = [path for path in sorted(folder.glob("*")) if path.is_file()] if folder.is_dir() else []
    return [path.name for path in there if path not in read_in and not _is_hidden(path)]


def list_path(project: Path, unit: Unit) -> Path:
    """Where the list of what is wrong in the unit's raw files lies, as long as something is."""
    return store.folder(project, unit) / "problem.xlsx"


def check(unit: Unit, project: Path) -> Processed:
    """Read and check a unit's raw files without storing anything, not even a key.

    Raises
    ------
    ProblemsFound
        With every problem of every file; no cell's content is in it.
    """
    key = load_key(project) if key_path(project).exists() else new_key()
    return _read_all(unit, project, key)


def intake(unit: Unit, project: Path) -> Processed:
    """Read, check and store a unit's raw files; on any problem the earlier tables stay and a list is written.

    Raises
    ------
    ProblemsFound
        With every problem; the same list is in ``problem.xlsx`` beside the unit's processed data.
    DataError
        The stored data were made with another pseudonym key.
    """
    key = load_key(project, create=True)
    _same_key(unit, project, key)
    try:
        processed = _read_all(unit, project, key)
    except ProblemsFound as error:
        write_list(project, unit, error)
        raise
    files.remove(list_path(project, unit))  # before the tables: if somebody has it open nothing has happened yet
    store.save(project, unit, processed)
    return processed


def write_list(project: Path, unit: Unit, error: ProblemsFound) -> None:
    """Write the list as a workbook; that the last one is open in Excel must not hide the problems themselves."""
    path = list_path(project, unit)
    try:
        files.write(path, as_workbook(error.problems))
    except files.WriteError as unwritten:
        error.args = (f"{error}\nListan på skärmen är ny, men inte {path.name}: {unwritten}",)


def _same_key(unit: Unit, project: Path, key: Key) -> None:
    stored = store.fingerprint(project, unit)
    if stored is not None and stored != key.fingerprint:
        raise DataError(
            f"{unit.name}: uppgifterna är inlästa med en annan pseudonymnyckel. Lägg tillbaka den nyckeln, eller ta bort "
            f"mappen data_processed/{unit.key} och läs in alla år på nytt."
        )


def _read_all(unit: Unit, project: Path, key: Key) -> Processed:
    tables, about_files = Tables(), []
    for source in unit.sources:
        found = _found(raw_folder(project, unit), source)
        if not found:
            tables.problems.append(
                Problem(source.file, "", 0, "", "ingen fil med det namnet", f"en fil i data_raw/{unit.key}/")
            )
        for path, year in found:
            about_files.append(_read_file(unit, source, path, year, key, tables))
    check_whole(unit, tables)
    if tables.problems:
        raise ProblemsFound(unit.name, tables.problems)
    episodes = store.episodes_frame(tables.episodes, unit)
    measurements = store.measurements_frame(tables.measurements)
    about = {"key_fingerprint": key.fingerprint, "files": about_files, "as_of": _latest(episodes, measurements)}
    return Processed(episodes, measurements, about)


def _read_file(unit: Unit, source: Source, path: Path, year: int | None, key: Key, tables: Tables) -> dict[str, Any]:
    try:
        sheet = read(path, source)
    except Unreadable as error:
        tables.problems.extend(error.problems)
        return {}
    if not sheet.rows:
        tables.problems.append(
            Problem(path.name, sheet.name, 0, "", "filen har rubriker men inga rader", "minst en rad")
        )
    RowReader(unit, source, sheet, key, year, tables).read()
    return {"file": path.name, "rows": len(sheet.rows), "sha256": files.sha256(path)}


def _found(folder: Path, source: Source) -> list[tuple[Path, int | None]]:
    """Files that a source's name fits, with the year each holds; lock files of open workbooks are not data."""
    pattern = re.escape(source.file).replace(r"\{year\}", "(?P<year>[0-9]{4})").replace(r"\*", ".*")
    found = []
    for path in sorted(folder.glob("*")) if folder.is_dir() else []:
        # A Mac stores å as two signs, and Windows does not tell Enkat.XLSX from enkat.xlsx.
        match = re.fullmatch(pattern, unicodedata.normalize("NFC", path.name), re.IGNORECASE)
        if match and path.is_file() and not _is_hidden(path):
            named = match.groupdict().get("year")
            found.append((path, int(named) if named else source.year))
    return found


def _is_hidden(path: Path) -> bool:
    return path.name.startswith(("~$", ".")) or path.name.casefold() in _SYSTEM_FILES


def _latest(episodes: Any, measurements: Any) -> str | None:
    dates = [frame[name].max() for frame, name in ((episodes, "start"), (episodes, "end"), (measurements, "day"))]
    known = [date for date in dates if date == date and date is not None]
    return max(known).date().isoformat() if known else None
