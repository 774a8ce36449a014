"""Which reports there are to make: a unit and a year each."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, get_args

from isu_analysis.errors import IsuError, ReportError
from isu_analysis.settings import load_unit

Mode = Literal["internal", "public"]
RELEASES: tuple[Mode, ...] = get_args(Mode)


@dataclass(frozen=True, order=True)
class Job:
    """One report to make."""

    unit_key: str
    year: int
    name: str = field(default="", compare=False)

    @property
    def municipality(self) -> str:
        """Folder name of the municipality."""
        return self.unit_key.partition("/")[0]

    @property
    def key(self) -> str:
        """``municipality/unit/year``, as in folder names and in `Results.key`."""
        return f"{self.unit_key}/{self.year}"

    def folder(self, project: Path, release: str) -> Path:
        """Where the report is published."""
        return project / "reports" / release / self.unit_key / str(self.year)


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
