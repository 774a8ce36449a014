"""Make reports: decide, run the notebook, export, check, publish. A failure stops no other report."""

from __future__ import annotations

import tempfile
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from isu_analysis.errors import ReportError
from isu_analysis.presentation.wording import Wording
from isu_analysis.reporting import kernel
from isu_analysis.reporting.check import check_report
from isu_analysis.reporting.decision_file import offer, unread
from isu_analysis.reporting.index import write_index
from isu_analysis.reporting.manifest import manifest
from isu_analysis.reporting.plan import RELEASES, SWEDISH, Failed, Job, Mode, overviews, plan, suffix
from isu_analysis.reporting.progress import Progress, Say, careful, silent
from isu_analysis.reporting.publish import date_of, export, keep, publish
from isu_analysis.reporting.published import Published
from isu_analysis.reporting.reasons import reason
from isu_analysis.reporting.release import Ready, decide_all

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
    language: str = SWEDISH,
) -> RunSummary:
    """Make and publish the reports of some units, their municipalities' overviews, and the index above them.

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
    language : {"sv", "en"}
        Language of the reports; those in English lie beside the Swedish ones.

    Returns
    -------
    RunSummary

    Raises
    ------
    ReportError
        Nothing can be made at all: no such release or year, no notebook, no kernel.
        Or the index holds something that no index must hold.
    WriteError
        The index could not be written.
    """
    if release not in RELEASES:
        raise ReportError(f"Okänt slag av rapport «{release}». Tillåtna: {', '.join(RELEASES)}.")
    Wording(language)  # refuses a language that there is none of, before anything is made
    kernel.require(project)
    progress = careful(progress)
    planned = plan(units, years, project)
    every = (*planned.jobs, *overviews(planned.jobs))
    for line in (*planned.notes, *_first_line(len(planned.jobs), len(every) - len(planned.jobs), release)):
        progress(line)
    names = {job.unit_key: job.name for job in every}
    done: list[Job] = []
    failed = list(planned.failed)
    counted = Progress(len(every), progress)
    with tempfile.TemporaryDirectory(prefix="isu-", ignore_cleanup_errors=True) as name:
        private = Path(name).resolve()
        published = Published(project)
        for step in decide_all(project, planned.jobs, release, as_of, private, published, progress):
            outcome = (
                step if isinstance(step, Failed) else _report(project, step, release, private, language, published)
            )
            (failed if isinstance(outcome, Failed) else done).append(outcome)  # type: ignore[arg-type]
            note = "misslyckades" if isinstance(outcome, Failed) else _note(step)
            counted.step(f"{names[outcome.unit_key]} {outcome.year}", note)
            for line in _unread(project, step, release):
                progress(line)
    if done or not every:
        write_index(project, release)
    return RunSummary(tuple(done), tuple(failed))


def _unread(project: Path, step: Ready | Failed, release: Mode) -> Iterator[str]:
    """What of an earlier year's decisions a unit's own report could not show."""
    if release == "internal" and isinstance(step, Ready) and not step.job.is_overview:
        yield from unread(project, step.units[0], step.job.year)


def _first_line(reports: int, overviews: int, release: Mode) -> list[str]:
    if not reports:
        return []
    first = f"{reports} {'rapport' if reports == 1 else 'rapporter'}"
    return [f"Gör {first} och {overviews} {'översikt' if overviews == 1 else 'översikter'} för {_FOR[release]} …"]


def _note(step: Ready | Failed) -> str:
    """What the reader of the screen must know of a public report that was made."""
    if isinstance(step, Failed) or step.release is None or step.job.key not in step.release.decisions:
        return ""
    decision = step.release.decisions[step.job.key]
    if decision.standing is not None:
        return "den utgåva som är publicerad står kvar: för få uppgifter har tillkommit"
    return "" if decision.publishable else "publicerad utan tal: underlaget är för litet"


def _parameters(ready: Ready, release: Mode, language: str) -> dict[str, object]:
    """What the notebook takes; an overview is about a municipality and everything else about a unit."""
    job = ready.job
    subject = {"municipality": job.municipality} if job.is_overview else {"unit": job.unit_key}
    return {**subject, "year": job.year, "release": release, "as_of": ready.as_of, "language": language}


def _report(
    project: Path, ready: Ready, release: Mode, private: Path, language: str, published: Published
) -> Job | Failed:
    try:
        _make(project, ready, release, private, language, published)
    except Exception as error:  # noqa: BLE001 - whatever one report does, the others shall be made
        return Failed(ready.job.unit_key, ready.job.year, reason(error))
    return ready.job


def _make(project: Path, ready: Ready, release: Mode, private: Path, language: str, published: Published) -> None:
    job, units = ready.job, ready.units
    notebook = kernel.notebook_path(project, kernel.OVERVIEW if job.is_overview else kernel.UNIT_REPORT)
    with kernel.environment(project, private, ready.release_file):
        executed = kernel.execute(notebook, _parameters(ready, release, language), private)
    contents = export(executed)
    as_of = ready.as_of or date_of(executed)
    about = manifest(project, job, units, release, as_of, language, contents)
    check_report(project, units, release, {**contents, "manifest.json": about})
    if not job.is_overview:  # which is made of the units' own, and kept nowhere else than where it is published
        keep(project, units[0], f"{job.year}-{release}{suffix(language)}", executed)
    if release == "public" and not job.is_overview:  # entered first: the ledger may know too much, never too little
        head = published.enter(ready.results, ready.release, ready.key, contents)
        about = manifest(project, job, units, release, as_of, language, contents, head)
    contents["manifest.json"] = about
    publish(job.folder(project, release, language), contents)
    if release == "internal" and language == SWEDISH and not job.is_overview:
        offer(job.folder(project, release), ready.results)
