"""From raw files to tidy tables: read, check (every problem at once), pseudonymise, store."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pandas as pd

from isu_analysis import files
from isu_analysis.intake import keys, store
from isu_analysis.intake.checks import Problem, ProblemsFound, as_workbook, bounded
from isu_analysis.intake.linking import linked
from isu_analysis.intake.protection import protect_identities
from isu_analysis.intake.pseudonyms import Key, key_path, load_key, new_key
from isu_analysis.intake.readers import Sheet, Unreadable, read, sheet_of
from isu_analysis.intake.rules import rules_of
from isu_analysis.intake.store import Processed
from isu_analysis.intake.tables import Block, Tables
from isu_analysis.intake.tidy import SheetReader
from isu_analysis.intake.whole import check_whole
from isu_analysis.settings import Source, Unit

__all__ = [
    "Problem",
    "ProblemsFound",
    "Processed",
    "check",
    "fitting",
    "has_raw_files",
    "intake",
    "list_path",
    "raw_files",
    "raw_folder",
    "rules_of",
    "unread",
    "write_list",
]

_SYSTEM_FILES = {"desktop.ini", "thumbs.db"}  # hidden where they are made


def raw_folder(project: Path, unit: Unit) -> Path:
    """Where a unit's raw files lie."""
    return project / "data_raw" / unit.municipality_slug / unit.slug


def has_raw_files(project: Path, unit: Unit) -> bool:
    """Whether there is anything to read for the unit: a file, or a query to the data warehouse."""
    return any(source.query or _found(raw_folder(project, unit), source) for source in unit.sources)


def raw_files(project: Path, unit: Unit) -> set[Path]:
    """The unit's raw files: those in its folder that a source's name fits."""
    return fitting(raw_folder(project, unit), (source.file for source in unit.sources))


def fitting(folder: Path, names: Iterable[str]) -> set[Path]:
    """Files of a folder that any of the sources' names fits; of a query there is no name and no file."""
    return {path for name in names if name for path, _ in _fitting(folder, name)}


def unread(project: Path, unit: Unit) -> list[str]:
    """Names of files in the unit's folder that no source's name fits; hidden files and lock files are left out."""
    folder = raw_folder(project, unit)
    read_in = raw_files(project, unit)
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
    key = keys.key_for_intake(project, unit, store.fingerprint(project, unit))
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


def _read_all(unit: Unit, project: Path, key: Key) -> Processed:
    tables, about_files = Tables(), []
    for source in unit.sources:
        about_files += [
            _read_sheet(unit, source, tables, year, key, opened) for year, opened in _sheets(unit, project, source)
        ]
    episodes = Block.joined(tables.episodes) if tables.episodes else None
    measurements = Block.joined(tables.measurements) if tables.measurements else None
    if measurements is not None:
        measurements = linked(tables, episodes, measurements)
    check_whole(unit, tables, episodes, measurements)
    if tables.problems:
        raise ProblemsFound(unit.name, tables.problems)
    processed = _processed(unit, key, tables, about_files, episodes, measurements)
    processed.about["settings_sha256"] = _sum_of_settings(project, unit)
    processed.about["rules"] = rules_of(unit)
    return processed


def _sum_of_settings(project: Path, unit: Unit) -> str:
    """Of the unit file the tables were made by, so that it shows when they should be made again."""
    path = project / "parameters" / unit.municipality_slug / f"{unit.slug}.yml"
    return files.sha256(path) if path.is_file() else ""


def _processed(unit: Unit, key: Key, tables: Tables, about_files: list[dict[str, Any]], episodes: Block | None,
               measurements: Block | None) -> Processed:  # fmt: skip
    frames = store.episodes_frame(episodes, unit), store.measurements_frame(measurements)
    safe = _protected(unit, *frames)
    warned = [str(warning) for warning in bounded(tables.warnings)]
    about = {
        "key_fingerprint": key.fingerprint,
        "files": [found for found in about_files if found],
        "as_of": _latest(*safe),  # of the dates that are kept: the last of all may be a protected person's
        "warnings": warned,
    }
    return Processed(*safe, about)


def _protected(unit: Unit, episodes: pd.DataFrame, measurements: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    if not (episodes["protected"] == "protected").any():
        return episodes.drop(columns="protected"), measurements
    background = list(dict.fromkeys(name for source in unit.sources for name in source.background))
    return protect_identities(*store.in_order(episodes, measurements), background, unit.cohort.outside)


Opened = Callable[[], tuple[Sheet, dict[str, Any]]]


def _sheets(unit: Unit, project: Path, source: Source) -> Iterator[tuple[int | None, Opened]]:
    """What a source gives: each file with the year it holds, or the answer of a query."""
    wanted = source.columns(unit.used_measures)
    if source.query:
        yield source.year, lambda: _asked(project, source, wanted)
        return
    found = _found(raw_folder(project, unit), source)
    if not found:
        missing = Problem(source.file, "", 0, "", "ingen fil med det namnet", f"en fil i data_raw/{unit.key}/")
        yield source.year, lambda: _refuse(missing)
    for path, year in found:
        yield year, partial(_opened, path, source, wanted)


def _refuse(problem: Problem) -> tuple[Sheet, dict[str, Any]]:
    raise Unreadable(problem)


def _opened(path: Path, source: Source, wanted: tuple[str, ...]) -> tuple[Sheet, dict[str, Any]]:
    return read(path, source, wanted), {"file": path.name, "sha256": files.sha256(path)}


def _asked(project: Path, source: Source, wanted: tuple[str, ...]) -> tuple[Sheet, dict[str, Any]]:
    from isu_analysis.intake.warehouse import read_query

    return sheet_of(Path(source.name), read_query(project, source), source, wanted), {"file": source.name}


def _read_sheet(
    unit: Unit, source: Source, tables: Tables, year: int | None, key: Key, opened: Opened
) -> dict[str, Any]:
    try:
        sheet, about = opened()
    except Unreadable as error:
        tables.problems.extend(error.problems)
        return {}
    if not len(sheet.numbers):
        tables.problems.append(
            Problem(sheet.file, sheet.name, 0, "", "filen har rubriker men inga rader", "minst en rad")
        )
    for what, allowed in _unasked(source, sheet):
        tables.warnings.append(Problem(sheet.file, sheet.name, 0, "", what, allowed))
    SheetReader(unit, source, sheet, key, year, tables).read()
    counted = {"rows": len(sheet.numbers)} | ({"skipped": sheet.skipped} if sheet.skipped else {})
    return about | counted | ({"encoding": sheet.encoding} if sheet.encoding else {})


def _unasked(source: Source, sheet: Sheet) -> Iterator[tuple[str, str]]:
    """What the file holds that the unit file does not name; headings nobody has described may name a person."""
    if sheet.unread:
        letters = ", ".join(sheet.letters[name] for name in sheet.unread if sheet.letters[name] != name)
        which = f" ({letters})" if letters else ""
        count = f"{len(sheet.unread)} {'kolumn' if len(sheet.unread) == 1 else 'kolumner'}"
        yield f"{count} som enhetsfilen inte nämner lästes inte{which}", "nämn dem under «ignore» eller ta bort dem"
    if sheet.others and source.sheet is None:
        yield f"bara det första bladet är läst; arbetsboken har {sheet.others} till", "bladets namn under «sheet»"


def _found(folder: Path, source: Source) -> list[tuple[Path, int | None]]:
    """Files that a source's name fits, with the year each holds."""
    return [(path, int(named) if named else source.year) for path, named in _fitting(folder, source.file)]


def _fitting(folder: Path, name: str) -> Iterator[tuple[Path, str | None]]:
    """Files that a name fits, with the year in theirs; lock files of open workbooks are not data."""
    pattern = re.escape(name).replace(r"\{year\}", "(?P<year>[0-9]{4})").replace(r"\*", ".*")
    for path in sorted(folder.glob("*")) if folder.is_dir() else []:
        # A Mac stores å as two signs, and Windows does not tell Enkat.XLSX from enkat.xlsx.
        match = re.fullmatch(pattern, unicodedata.normalize("NFC", path.name), re.IGNORECASE)
        if match and path.is_file() and not _is_hidden(path):
            yield path, match.groupdict().get("year")


def _is_hidden(path: Path) -> bool:
    return path.name.startswith(("~$", ".")) or path.name.casefold() in _SYSTEM_FILES


def _latest(episodes: Any, measurements: Any) -> str | None:
    dates = [frame[name].max() for frame, name in ((episodes, "start"), (episodes, "end"), (measurements, "day"))]
    known = [date for date in dates if date == date and date is not None]
    return max(known).date().isoformat() if known else None
