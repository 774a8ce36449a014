"""Which reports there are to make: a unit and a year each, and an overview a municipality and year."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, get_args

from isu_analysis.errors import IsuError, ReportError
from isu_analysis.settings import OVERVIEW, load_unit

SWEDISH = "sv"  # the language of a report unless another is asked for
Mode = Literal["internal", "public"]
RELEASES: tuple[Mode, ...] = get_args(Mode)


@dataclass(frozen=True, order=True)
class Job:
    """One report to make; that of the unit ``municipality/oversikt`` is the municipality's overview."""

    unit_key: str
    year: int
    name: str = field(default="", compare=False)

    @property
    def municipality(self) -> str:
        """Folder name of the municipality."""
        return self.unit_key.partition("/")[0]

    @property
    def is_overview(self) -> bool:
        """Whether it is a municipality's overview; no unit can have its name."""
        return self.unit_key.partition("/")[2] == OVERVIEW

    @property
    def key(self) -> str:
        """``municipality/unit/year``, as in folder names and in `Results.key`."""
        return f"{self.unit_key}/{self.year}"

    def folder(self, project: Path, release: str, language: str = SWEDISH) -> Path:
        """Where the report is published; in another language beside the Swedish one, as ``2024-en``."""
        return project / "reports" / release / self.unit_key / f"{self.year}{suffix(language)}"


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


def plan(units: Sequence[str], years: Collection[int] | None, project: Path) -> Plan:
    """List the reports of some units.

    Parameters
    ----------
    units : sequence of str
        Keys, ``"municipality/unit"``.
    years : collection of int or None
        Years wanted; None for every year with anything to report.
    project : Path
        Project folder.

    Raises
    ------
    ReportError
        None of the units has anything to report for the years wanted.
    """
    possible: list[Job] = []
    failed: list[Failed] = []
    for key in dict.fromkeys(units):
        try:
            possible += _jobs(key, project)
        except IsuError as error:
            failed.append(Failed(key, None, str(error)))
    jobs = tuple(job for job in possible if years is None or job.year in years)
    if possible and not jobs:
        raise ReportError(_no_such_year(years or (), {job.year for job in possible}))
    missing = set(years or ()) - {job.year for job in possible} if possible else set()
    notes = (_no_such_year(missing, {job.year for job in possible}),) if missing else ()
    return Plan(jobs, tuple(failed), notes)


def overviews(jobs: Iterable[Job]) -> tuple[Job, ...]:
    """The overview of every municipality and year that has any report to make."""
    wanted = dict.fromkeys((job.municipality, job.year) for job in jobs)
    return tuple(Job(f"{name}/{OVERVIEW}", year, f"Översikt {name}") for name, year in sorted(wanted))


def _jobs(key: str, project: Path) -> list[Job]:
    from isu_analysis.cohorts import years

    unit = load_unit(key, project)
    found = [Job(key, year, unit.name) for year in years(unit, project)]
    if not found:
        raise ReportError(f"{unit.name}: det finns inget år att redovisa i de inlästa uppgifterna.")
    return found


def _no_such_year(wanted: Collection[int], found: Collection[int]) -> str:
    asked = ", ".join(str(year) for year in sorted(wanted))
    return f"Inget att redovisa för {asked}. År med uppgifter: {', '.join(str(year) for year in sorted(found))}."
