"""Decide what may be shown, once a municipality, before any report of it is made."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any

from isu_analysis import files
from isu_analysis.errors import IsuError, ReportError
from isu_analysis.reporting.plan import Failed, Job, Mode, plan
from isu_analysis.reporting.progress import Say, silent
from isu_analysis.reporting.reasons import reason
from isu_analysis.settings import Unit, load_unit, unit_files


@dataclass(frozen=True)
class Ready:
    """A report whose release is decided: only to be run, checked and published."""

    job: Job
    unit: Unit
    as_of: str
    release_file: Path


def decide_all(
    project: Path, jobs: Sequence[Job], mode: Mode, as_of: str | None, folder: Path, say: Say = silent
) -> Iterator[Ready | Failed]:
    """Analyse and decide, one municipality at a time.

    Parameters
    ----------
    jobs : sequence of Job
        Reports to make.
    mode : {"internal", "public"}
        A public release is decided over all units and years of the municipality, also those not asked
        for now: what one report hides must not follow from another.
    folder : Path
        Private folder for the release files, which the notebook's kernel reads.
    """
    for municipality, group in groupby(sorted(jobs), key=lambda job: job.municipality):
        wanted = set(group)
        scope = wanted if mode == "internal" else wanted | set(_everything(project, municipality).jobs)
        analysed: dict[Job, tuple[Unit, Any]] = {}
        for job in sorted(scope):
            found = _analysed(project, job, as_of)
            if isinstance(found, tuple):
                analysed[job] = found
            elif job in wanted:
                yield found
            else:
                say(f"Räknas inte med i publiceringen: {found}")
        yield from _decided(wanted, analysed, mode, folder / f"{municipality}.json")


def _everything(project: Path, municipality: str) -> Any:
    keys = [f"{path.parent.name}/{path.stem}" for path in unit_files(project, municipality)]
    return plan(keys, None, project)


def _analysed(project: Path, job: Job, as_of: str | None) -> tuple[Unit, Any] | Failed:
    from isu_analysis.analysis import analyse
    from isu_analysis.cohorts import cohort

    try:
        unit = load_unit(job.unit_key, project)
        chosen = cohort(unit, job.year, as_of=as_of, project=project)
        results = analyse(chosen)
        if results.key != job.key:
            raise ReportError("analysen gäller en annan enhet eller ett annat år.")
        return unit, (chosen.as_of.isoformat(), results)
    except Exception as error:  # noqa: BLE001 - whatever one unit's data do, the others shall have their reports
        return Failed(job.unit_key, job.year, reason(error))


def _decided(
    wanted: Collection[Job], analysed: dict[Job, tuple[Unit, Any]], mode: Mode, path: Path
) -> Iterator[Ready | Failed]:
    from isu_analysis.disclosure import decide

    here = [job for job in analysed if job in wanted]
    if not here:
        return
    try:
        release = decide([results for _, (_, results) in analysed.values()], mode)
        files.write(path, release.to_json().encode("utf-8"))
    except IsuError as error:
        yield from (Failed(job.unit_key, job.year, str(error)) for job in here)
        return
    for job in here:
        unit, (as_of, _) = analysed[job]
        yield Ready(job, unit, as_of, path)
