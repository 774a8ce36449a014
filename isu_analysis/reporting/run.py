"""Make reports: decide, run the notebook, export, check, publish. A failure stops no other report."""

from __future__ import annotations

import tempfile
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

from isu_analysis.errors import ReportError
from isu_analysis.reporting import kernel
from isu_analysis.reporting.check import check_report
from isu_analysis.reporting.index import write_index
from isu_analysis.reporting.manifest import manifest
from isu_analysis.reporting.plan import RELEASES, Failed, Job, Mode, plan
from isu_analysis.reporting.progress import Progress, Say, silent
from isu_analysis.reporting.publish import export, keep, publish
from isu_analysis.reporting.reasons import reason
from isu_analysis.reporting.release import Ready, decide_all

LANGUAGE = "sv"
_FOR = {"internal": "internt bruk", "public": "publicering"}


@dataclass(frozen=True)
class RunSummary:
    """What a run made, and what it could not make."""

    done: tuple[Job, ...]
    failed: tuple[Failed, ...]


def run_reports(
    project: Path,
    units: Sequence[str],
    years: Collection[int] | None = None,
    release: Mode = "internal",
    as_of: str | None = None,
    progress: Say = silent,
) -> RunSummary:
    """Make and publish the reports of some units, and the index above them.

    Parameters
    ----------
    project : Path
        Project folder.
    units : sequence of str
        Keys, ``"municipality/unit"``.
    years : collection of int, optional
        Years wanted; every year with data if left out.
    release : {"internal", "public"}
        Decided once a municipality, over all its units and years when public.
    as_of : str, optional
        ``"YYYY-MM-DD"``; the date of the data if left out.
    progress : callable, optional
        Takes one line of text a report.

    Returns
    -------
    RunSummary

    Raises
    ------
    ReportError
        Nothing can be made at all: no such release or year, no notebook, no kernel.
    WriteError
        The index could not be written.
    """
    if release not in RELEASES:
        raise ReportError(f"Okänt slag av rapport «{release}». Tillåtna: {', '.join(RELEASES)}.")
    kernel.require(project)
    planned = plan(units, years, project)
    for line in (*planned.notes, *_first_line(len(planned.jobs), release)):
        progress(line)
    names = {job.unit_key: job.name for job in planned.jobs}
    done: list[Job] = []
    failed = list(planned.failed)
    counted = Progress(len(planned.jobs), progress)
    with tempfile.TemporaryDirectory(prefix="isu-", ignore_cleanup_errors=True) as name:
        private = Path(name).resolve()
        for step in decide_all(project, planned.jobs, release, as_of, private, progress):
            outcome = step if isinstance(step, Failed) else _report(project, step, release, private)
            (failed if isinstance(outcome, Failed) else done).append(outcome)  # type: ignore[arg-type]
            note = "misslyckades" if isinstance(outcome, Failed) else ""
            counted.step(f"{names[outcome.unit_key]} {outcome.year}", note)
    write_index(project, release)
    return RunSummary(tuple(done), tuple(failed))


def _first_line(count: int, release: Mode) -> list[str]:
    return [f"Gör {count} {'rapport' if count == 1 else 'rapporter'} för {_FOR[release]} …"] if count else []


def _report(project: Path, ready: Ready, release: Mode, private: Path) -> Job | Failed:
    try:
        _make(project, ready, release, private)
    except Exception as error:  # noqa: BLE001 - whatever one report does, the others shall be made
        return Failed(ready.job.unit_key, ready.job.year, reason(error))
    return ready.job


def _make(project: Path, ready: Ready, release: Mode, private: Path) -> None:
    job, unit = ready.job, ready.unit
    parameters = {
        "unit": job.unit_key,
        "year": job.year,
        "release": release,
        "as_of": ready.as_of,
        "language": LANGUAGE,
    }
    with kernel.environment(project, private, ready.release_file):
        executed = kernel.execute(kernel.notebook_path(project), parameters, private)
    contents = export(executed)
    contents["manifest.json"] = manifest(project, unit, job.year, release, ready.as_of, LANGUAGE, contents)
    check_report(project, unit, release, contents)
    keep(project, unit, job.year, release, executed)
    publish(job.folder(project, release), contents)
