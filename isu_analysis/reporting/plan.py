"""Which reports there are to make: a unit and a year each, and an overview a municipality and year."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Literal, get_args

from isu_analysis.errors import IsuError, ReportError
from isu_analysis.settings import OVERVIEW, load_unit
from isu_analysis.settings.periods import NEVER_PUBLIC, part_of, period

SWEDISH = "sv"  # the language of a report unless another is asked for
Mode = Literal["internal", "public"]
RELEASES: tuple[Mode, ...] = get_args(Mode)


@dataclass(frozen=True, order=True)
class Job:
    """One report to make; that of the unit ``municipality/oversikt`` is the municipality's overview.

    Attributes
    ----------
    unit_key : str
        ``municipality/unit``.
    year : int
    name : str
        Of the unit, as printed.
    through : str
        Last day of a part-year report, ``"YYYY-MM-DD"``; empty for the whole year, which comes first in order.
    """

    unit_key: str
    year: int
    name: str = field(default="", compare=False)
    through: str = ""

    @property
    def municipality(self) -> str:
        """Folder name of the municipality."""
        return self.unit_key.partition("/")[0]

    @property
    def is_overview(self) -> bool:
        """Whether it is a municipality's overview; no unit can have its name."""
        return self.unit_key.partition("/")[2] == OVERVIEW

    @property
    def period(self) -> str:
        """The year, or the part of it: ``2024`` or ``2024-tom-2024-06-30``."""
        return period(self.year, self.through)

    @property
    def key(self) -> str:
        """``municipality/unit/period``, as in folder names and in `Results.key`."""
        return f"{self.unit_key}/{self.period}"

    def folder(self, project: Path, release: str, language: str = SWEDISH) -> Path:
        """Where the report is published; in another language beside the Swedish one, as ``2024-en``."""
        return project / "reports" / release / self.unit_key / f"{self.period}{suffix(language)}"


def suffix(language: str) -> str:
    """Ending of the names of what is in another language than Swedish."""
    return "" if language == SWEDISH else f"-{language}"


@dataclass(frozen=True)
class Failed:
    """A report that could not be made, or a whole unit when `year` is None."""

    unit_key: str
    year: int | None
    reason: str

    def __str__(self) -> str:
        where = self.unit_key if self.year is None else f"{self.unit_key} {self.year}"
        return f"{where}: {self.reason}"


@dataclass(frozen=True)
class Plan:
    """Reports to make, units that cannot even be planned, and a line about years that no unit has."""

    jobs: tuple[Job, ...]
    failed: tuple[Failed, ...] = ()
    notes: tuple[str, ...] = ()


def plan(units: Sequence[str], years: Collection[int] | None, project: Path, through: str = "") -> Plan:
    """List the reports of some units.

    Parameters
    ----------
    units : sequence of str
        Keys, ``"municipality/unit"``.
    years : collection of int or None
        Years wanted; None for every year with anything to report.
    project : Path
        Project folder.
    through : str, optional
        Last day of part-year reports, ``"YYYY-MM-DD"``; they are of that day's year and of no other.

    Raises
    ------
    ReportError
        None of the units has anything to report for the years wanted. Or the last day is in none of them.
    SettingsError
        The last day is no date, or the last of its year.
    """
    if through:
        years = _year_of_part(through, years)
    possible: list[Job] = []
    failed: list[Failed] = []
    for key in dict.fromkeys(units):
        try:
            possible += _jobs(key, project)
        except IsuError as error:
            failed.append(Failed(key, None, str(error)))
    jobs = tuple(replace(job, through=through) for job in possible if years is None or job.year in years)
    if possible and not jobs:
        raise ReportError(no_such_year(years or (), {job.year for job in possible}))
    missing = set(years or ()) - {job.year for job in possible} if possible else set()
    notes = (no_such_year(missing, {job.year for job in possible}),) if missing else ()
    return Plan(jobs, tuple(failed), notes)


def overviews(jobs: Iterable[Job]) -> tuple[Job, ...]:
    """The overview of every municipality and year that has any report to make; a part of a year has none."""
    wanted = dict.fromkeys((job.municipality, job.year) for job in jobs if not job.through)
    return tuple(Job(f"{name}/{OVERVIEW}", year, f"Översikt {name}") for name, year in sorted(wanted))


def refuse_public_part(release: Mode, through: str) -> None:
    """Refuse to publish a part of a year.

    Raises
    ------
    ReportError
    """
    if release == "public" and through:
        raise ReportError(NEVER_PUBLIC)


def _year_of_part(through: str, years: Collection[int] | None) -> set[int]:
    year = part_of(through)
    if years is not None and set(years) != {year}:
        raise ReportError(f"En delårsrapport till och med {through} gäller {year}. Ange inget annat år.")
    return {year}


def _jobs(key: str, project: Path) -> list[Job]:
    from isu_analysis.cohorts import years

    unit = load_unit(key, project)
    found = [Job(key, year, unit.name) for year in years(unit, project)]
    if not found:
        raise ReportError(f"{unit.name}: det finns inget år att redovisa i de inlästa uppgifterna.")
    return found


def no_such_year(wanted: Collection[int], found: Collection[int]) -> str:
    """Say that there is nothing for some years, and which years there are."""
    asked = ", ".join(str(year) for year in sorted(wanted))
    return f"Inget att redovisa för {asked}. År med uppgifter: {', '.join(str(year) for year in sorted(found))}."
