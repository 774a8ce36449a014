"""Which reports there can be, of many units, without reading what has not changed."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from pathlib import Path

from isu_analysis.errors import ReportError
from isu_analysis.reporting.plan import Failed, Job, Plan, no_such_year
from isu_analysis.reporting.planning.hashes import Hashes
from isu_analysis.reporting.planning.known import known
from isu_analysis.reporting.planning.program import package


def find_jobs(
    project: Path, units: Sequence[str], years: Collection[int] | None = None, hashes: Hashes | None = None
) -> Plan:
    """List the reports of some units, as `plan` does; what is remembered of a unit is not read again.

    Parameters
    ----------
    units : sequence of str
        Keys, ``"municipality/unit"``.
    years : collection of int, optional
        Years wanted; every year with anything to report if left out.
    hashes : Hashes, optional
        To be saved by the caller; read, and saved, here if left out.

    Raises
    ------
    ReportError
        None of the units has anything to report for the years wanted.
    """
    memory = hashes or Hashes(project)
    program = package(memory)
    found = [known(key, memory, program) for key in dict.fromkeys(units)]
    if hashes is None:
        memory.save()
    failed = tuple(Failed(unit.key, None, unit.problem) for unit in found if unit.problem)
    possible = [Job(unit.key, year, unit.name) for unit in found if not unit.problem for year in unit.years]
    jobs = tuple(job for job in possible if years is None or job.year in years)
    there = {job.year for job in possible}
    if possible and not jobs:
        raise ReportError(no_such_year(years or (), there))
    missing = set(years or ()) - there if possible else set()
    return Plan(jobs, failed, (no_such_year(missing, there),) if missing else ())
