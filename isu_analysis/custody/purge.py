"""Remove what is older than a date, and keep what must be kept. The date is always said by somebody, never read."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pandas as pd

from isu_analysis import files
from isu_analysis.custody.handover import people
from isu_analysis.custody.ledgers import forget
from isu_analysis.custody.raw_files import RawFiles, sort_raw_files
from isu_analysis.errors import SettingsError
from isu_analysis.intake import list_path, store
from isu_analysis.intake.store import Processed
from isu_analysis.reporting.collection_file import collection_path
from isu_analysis.settings import Unit, load_unit, project_folder, unit_files

_OPEN = "ongoing"
_YEAR = "[0-9][0-9][0-9][0-9]"
_DATED_RULES = ("ended", "declared")  # a case without dates belongs to the year it ended in, or that its file holds


@dataclass(frozen=True)
class PurgedUnit:
    """What is removed of one unit, by counts, and what somebody must look at.

    Attributes
    ----------
    unit : str
    episodes, people, measurements, runs, remains : int
        Cases, persons of whom nothing is left, measurements, kept notebooks of years that are over, and left-overs of
        interrupted writing.
    raw : int
        Raw files removed.
    lists : int
        Lists of problems removed, as they name rows of raw files: one if rows or raw files are removed.
    collections : int
        Lists of whom to measure, which name cases: one on the same condition.
    undated : int
        Rows that are kept because nothing tells how old they are.
    kept : tuple of str
        One line for each raw file that is kept though it may hold something older.
    early : bool
        The date lies later than the unit's own retention time asks for.
    """

    unit: str
    episodes: int = 0
    people: int = 0
    measurements: int = 0
    raw: int = 0
    runs: int = 0
    remains: int = 0
    lists: int = 0
    collections: int = 0
    undated: int = 0
    kept: tuple[str, ...] = ()
    early: bool = False

    def __bool__(self) -> bool:
        return any((self.episodes, self.measurements, self.raw, self.runs, self.remains))

    def __str__(self) -> str:
        counts = {"ärenden": self.episodes, "personer": self.people, "mätningar": self.measurements, "råfiler": self.raw,
                  "körningar": self.runs, "rester": self.remains, "problemlista": self.lists, "insamlingslista": self.collections}  # fmt: skip
        said = ", ".join(f"{n} {what}" for what, n in counts.items() if n) or "inget"
        lines = [f"{self.unit}: {said}", *(f"  {line}" for line in self.kept)]
        lines += (
            [f"  {self.undated} rader utan år och datum är kvar: ingen vet hur gamla de är."] if self.undated else []
        )
        lines += ["  Obs! Datumet är senare än enhetens gallringstid (retention_years)."] if self.early else []
        return "\n".join(lines)


@dataclass(frozen=True)
class Purged:
    """What a purge removed, or would remove."""

    before: dt.date
    units: tuple[PurgedUnit, ...]
    dry_run: bool

    def __bool__(self) -> bool:
        return any(self.units)

    def __str__(self) -> str:
        verb = "Skulle ta bort" if self.dry_run else "Borttaget"
        head = f"{verb} det som är äldre än {self.before.isoformat()}:"
        foot = (
            "Kvar: publicerade rapporter med sina manifest, liggaren utan de personer som tas bort, enhetsfiler och "
            "pseudonymnyckeln."
        )
        return "\n".join([head, *map(str, self.units), foot])


@dataclass(frozen=True)
class _Plan:
    """What to do with one unit: rows to keep, files to remove."""

    unit: Unit
    found: Processed | None
    kept: Processed | None
    raw: RawFiles
    runs: tuple[Path, ...]
    remains: tuple[Path, ...]
    lists: tuple[Path, ...]
    said: PurgedUnit


def purge(project: Path, before: dt.date, units: Sequence[str] | None = None, *, dry_run: bool = False) -> Purged:
    """Remove cases that were over before a date, with all that belongs to them.

    A case is as old as the last thing known of it: its end, or a follow-up measured later. One that is still open is
    kept. Without dates (as for people with a protected identity) it is as old as the last day of its year. Loose
    measurements, of no known case, go by their own day or year.

    Parameters
    ----------
    before : date
        What was over before this day is removed; what was over on the day itself is kept.
    units : sequence of str, optional
        Keys, ``"municipality/unit"``; every unit of the project if left out.
    dry_run : bool
        True to count only. Nothing is touched.

    Returns
    -------
    Purged

    Raises
    ------
    WriteError
        A file is open in another program or must not be changed. Unit by unit the list of problems is removed first,
        then people leave the ledger, then rows, then other files, each step whole; run again to do the rest.
    DisclosureError
        The ledger of the unit's municipality is not whole.
    """
    day = before.date() if isinstance(before, dt.datetime) else before
    names = units if units is not None else [f"{path.parent.name}/{path.stem}" for path in unit_files(project)]
    plans = [_plan(project, load_unit(name, project), day) for name in dict.fromkeys(names)]
    if not dry_run:
        for plan in plans:
            _carry_out(project, plan, day)
    return Purged(day, tuple(plan.said for plan in plans), dry_run)


def overdue(unit: Unit | str, as_of: dt.date, project: Path | None = None) -> Purged:
    """What the unit's own retention time says should be gone by a date: a dry run, true if there is anything.

    Parameters
    ----------
    as_of : date
        Counted back ``retention_years`` from; 29 February goes to 28 February in a common year.
    """
    folder = project or project_folder()
    settings = load_unit(unit, folder) if isinstance(unit, str) else unit
    return purge(folder, retained_from(settings, as_of), [settings.key], dry_run=True)


def retained_from(unit: Unit, as_of: dt.date) -> dt.date:
    """First day whose data the unit still keeps on a date."""
    year = as_of.year - unit.retention_years
    if year < dt.MINYEAR:
        raise SettingsError(f"{unit.name}: «retention_years» når före vår tideräkning.")
    try:
        return as_of.replace(year=year)
    except ValueError:  # 29 February
        return as_of.replace(year=year, day=28)


def _plan(project: Path, unit: Unit, before: dt.date) -> _Plan:
    said = PurgedUnit(unit.key)
    found = kept = None
    if (store.folder(project, unit) / "intake.json").is_file():
        found = store.load(project, unit)
        kept = _younger(unit, found, before)
        said = _compared(unit, found, kept, before)
    raw = sort_raw_files(project, unit, before, kept)
    runs = tuple(path for path in _runs(project, unit) if _year_is_over(path.name[:4], before))
    remains = tuple(_remains(store.folder(project, unit)))
    said = replace(said, raw=len(raw.older), kept=raw.said, runs=len(runs), remains=len(remains))
    goes = bool(said.episodes or said.measurements or said.raw)
    lists, collections = (
        (path,) if goes and path.is_file() else ()
        for path in (list_path(project, unit), collection_path(project, unit.key))
    )
    said = replace(said, lists=len(lists), collections=len(collections))
    return _Plan(unit, found, kept, raw, runs, remains, (*lists, *collections), said)


def _carry_out(project: Path, plan: _Plan, before: dt.date) -> None:
    for (
        path
    ) in plan.lists:  # before the rows: if somebody has it open nothing has happened yet, and it is not forgotten
        files.remove(path)
    forget(project, plan.unit, before, plan.found, plan.kept)  # while the rows still say who is to be forgotten
    removed = {path.name for path in plan.raw.older}
    if plan.kept is not None and (plan.said.episodes or plan.said.measurements or removed):
        listed = plan.kept.about.get("files", [])
        about = plan.kept.about | {"files": [file for file in listed if file.get("file") not in removed]}
        store.save(project, plan.unit, Processed(plan.kept.episodes, plan.kept.measurements, about))
    for path in (*plan.raw.older, *plan.runs, *_records(project, plan.unit, before), *plan.remains):
        files.remove(path)


def _younger(unit: Unit, found: Processed, before: dt.date) -> Processed:
    """Rows to keep, as they were."""
    older_case = _last_known(unit, found) < pd.Timestamp(before)
    gone = found.episodes.loc[older_case, "episode"]
    rows = found.measurements
    loose = ~rows["episode"].isin(found.episodes["episode"])
    older_row = rows["episode"].isin(gone) | (loose & (_day_or_year(rows["day"], rows["year"]) < pd.Timestamp(before)))
    return Processed(
        found.episodes[~older_case].reset_index(drop=True), rows[~older_row].reset_index(drop=True), found.about
    )


def _last_known(unit: Unit, found: Processed) -> pd.Series:
    """Day of the last thing known of each case; missing for one that is open or of which nothing is dated."""
    cases = found.episodes
    rows = found.measurements
    dateless = set(cases.loc[cases["start"].isna() & cases["end"].isna(), "episode"].dropna())
    days = rows["day"].where(~rows["episode"].isin(dateless), _day_or_year(rows["day"], rows["year"]))
    measured = days.groupby(rows["episode"]).max().reindex(cases["episode"]).set_axis(cases.index)
    year_end = _day_or_year(pd.Series(pd.NaT, index=cases.index, dtype="datetime64[ms]"), cases["year"])
    ending = cases["ending"].astype("string")
    over = cases["end"].notna() | (ending.notna() & (ending != _OPEN)).fillna(False)
    if unit.cohort.rule in _DATED_RULES:
        over |= cases["start"].isna() & ending.isna()
    last = cases["end"].fillna(year_end).fillna(cases["start"])
    latest = pd.concat([last, measured, cases["start"]], axis=1).max(axis=1)
    return latest.where(over & last.notna())


def _day_or_year(day: pd.Series, year: pd.Series) -> pd.Series:
    """The day, or the last one of the year; missing where neither is known."""
    text = year.astype("Int64").astype("string") + "-12-31"
    return day.fillna(pd.to_datetime(text, format="%Y-%m-%d").astype(day.dtype))


def _compared(unit: Unit, found: Processed, kept: Processed, before: dt.date) -> PurgedUnit:
    undated = _day_or_year(found.measurements["day"], found.measurements["year"]).isna()
    loose = ~found.measurements["episode"].isin(found.episodes["episode"])
    as_of = found.about.get("as_of")
    return PurgedUnit(
        unit.key,
        episodes=len(found.episodes) - len(kept.episodes),
        people=people(found.episodes) - people(kept.episodes),
        measurements=len(found.measurements) - len(kept.measurements),
        undated=int((undated & loose).sum()),
        early=as_of is not None and before > retained_from(unit, dt.date.fromisoformat(as_of)),
    )


def _runs(project: Path, unit: Unit) -> list[Path]:
    """Kept notebooks, ``<year>-<release>.ipynb`` (`reporting.publish.keep`)."""
    return sorted(path for path in _folder_of_runs(project, unit).glob(f"{_YEAR}-*.ipynb") if path.is_file())


def _folder_of_runs(project: Path, unit: Unit) -> Path:
    return store.folder(project, unit) / "korningar"


def _records(project: Path, unit: Unit, before: dt.date) -> Iterator[Path]:
    """What reports of years that are over were made of (`reporting.planning.record`): with the exact date of the data."""
    for path in sorted(_folder_of_runs(project, unit).glob(f"{_YEAR}-*.json")):
        if _year_is_over(path.name[:4], before):
            yield path


def _year_is_over(year: str, before: dt.date) -> bool:
    return int(year) < before.year


def _remains(folder: Path) -> list[Path]:
    """Left-overs of interrupted writing whose file is in place; they hold earlier rows and nobody sees them."""
    found = [*folder.glob(".*.gammal"), *folder.glob(".*.ny"), *folder.glob("korningar/.*.ny")]
    return sorted(path for path in found if path.name.endswith(".ny") or _target(path).exists())


def _target(path: Path) -> Path:
    """``.name.mark.gammal`` -> ``name`` (`files.write_together`)."""
    return path.with_name(path.name[1:].rsplit(".", 2)[0])
