"""Make reports: plan, decide, run, check, publish. A failure stops no other report."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from pathlib import Path

from isu_analysis import files
from isu_analysis.disclosure.ledger.chain import anchor_path
from isu_analysis.errors import ReportError
from isu_analysis.presentation.wording import Wording
from isu_analysis.reporting import kernel
from isu_analysis.reporting.index import write_index
from isu_analysis.reporting.limits import Limits
from isu_analysis.reporting.plan import (
    RELEASES,
    SWEDISH,
    Failed,
    Job,
    Mode,
    Plan,
    overviews,
    plan,
    refuse_public_part,
)
from isu_analysis.reporting.planning.inputs import Inputs
from isu_analysis.reporting.planning.jobs import find_jobs
from isu_analysis.reporting.planning.state import State, states_from
from isu_analysis.reporting.progress import Progress, Say, careful, silent
from isu_analysis.reporting.running.course import Course
from isu_analysis.reporting.running.fan_out import FanOut
from isu_analysis.reporting.running.lock import one_run

_FOR = {"internal": "internt bruk", "public": "publicering"}


@dataclass(frozen=True)
class RunSummary:
    """What came of a run.

    Attributes
    ----------
    done : tuple of Job
        Reports made and published.
    failed : tuple of Failed
        Reports that could not be made.
    current : tuple of Job
        Reports that were left alone, because nothing that they are made of has changed.
    held_back : tuple of str
        Lines about what of a release waits for something else.
    """

    done: tuple[Job, ...]
    failed: tuple[Failed, ...]
    current: tuple[Job, ...] = ()
    held_back: tuple[str, ...] = ()


def run_reports(
    project: Path,
    units: Sequence[str],
    years: Collection[int] | None = None,
    release: Mode = "internal",
    as_of: str | None = None,
    progress: Say = silent,
    language: str = SWEDISH,
    *,
    through: str = "",
    force: bool = False,
    executor: Executor | None = None,
    limits: Limits | None = None,
    isolate: bool = True,
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
    through : str, optional
        ``"YYYY-MM-DD"``: part-year reports of those whom the year has until then; internal only, without overviews.
    force : bool, optional
        Make also the reports of which nothing has changed.
    executor : concurrent.futures.Executor, optional
        Who makes the reports, such as a dask client's; threads of this process, each over a process a report, if left out.
    limits : Limits, optional
        What one report may take.
    isolate : bool, optional
        False makes the reports in this process, one by one, for whoever looks for a fault.

    Raises
    ------
    ReportError
        Nothing can be made at all: no such release or year, no notebook, no kernel, or another run is going on
        (`BusyError`). Or the index holds something that no index must hold.
    WriteError
        The index could not be written.
    """
    if release not in RELEASES:
        raise ReportError(f"Okänt slag av rapport «{release}». Tillåtna: {', '.join(RELEASES)}.")
    Wording(language)  # refuses a language that there is none of, before anything is made
    kernel.require(project)
    refuse_public_part(release, through)
    say = careful(progress)
    with one_run(project) as folder:
        _repair(project, say)
        inputs = Inputs(project, release, language, as_of)
        planned = _planned(inputs, units, years, through)
        found = states_from(inputs, (*planned.jobs, *overviews(planned.jobs)))
        inputs.hashes.save()
        wanted = {one.job: one.inputs for one in found if one.kind != "blocked" and (force or one.kind != "current")}
        current = tuple(one.job for one in found if one.kind == "current" and one.job not in wanted)
        for line in (*planned.notes, *_first_lines(wanted, len(current), release)):
            say(line)
        with (
            FanOut(executor, limits=limits, isolate=isolate) as fan_out,
            FanOut(width=1, limits=(limits or Limits()).of_many(), isolate=isolate) as deciding,
        ):
            counted = Progress(len(wanted), say)
            course = Course(inputs, folder, fan_out, deciding, say, counted, wanted)
            course.failed += [*planned.failed, *(_blocked(one) for one in found if one.kind == "blocked")]
            (course.internal if release == "internal" else course.public)(list(wanted))
        if course.done or current or not found:
            write_index(project, release)
    return RunSummary(tuple(course.done), tuple(course.failed), current, tuple(course.held_back))


def _planned(inputs: Inputs, units: Sequence[str], years: Collection[int] | None, through: str) -> Plan:
    """Which reports there can be; for parts of a year each unit's data are read."""
    if through:
        return plan(units, years, inputs.project, through)
    return find_jobs(inputs.project, units, years, inputs.hashes)


def _repair(project: Path, say: Say) -> None:
    """Finish what a run that was killed had begun to write."""
    anchors = anchor_path(project, "").parent
    for tree in (project / "reports", project / "data_processed", anchors):
        for folder in files.repair(tree) if tree.is_dir() else ():
            say(f"En avbruten körning hade inte skrivit klart i {Path(tree.name, folder).as_posix()}. Det är rättat.")


def _blocked(state: State) -> Failed:
    return Failed(state.job.unit_key, state.job.year, f"{'; '.join(state.why)}.")


def _first_lines(wanted: Collection[Job], current: int, release: Mode) -> list[str]:
    overviews = sum(job.is_overview for job in wanted)
    reports = len(wanted) - overviews
    told = (
        [f"{current} {'rapport är redan aktuell' if current == 1 else 'rapporter är redan aktuella'}."]
        if current
        else []
    )
    if not wanted:
        return told
    first = f"{reports} {'rapport' if reports == 1 else 'rapporter'}"
    return [
        *told,
        f"Gör {first} och {overviews} {'översikt' if overviews == 1 else 'översikter'} för {_FOR[release]} …",
    ]
