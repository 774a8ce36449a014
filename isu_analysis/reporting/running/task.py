"""One report, from its notebook to its checked files; what a worker process does, on this machine or another."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from isu_analysis.errors import ReportError
from isu_analysis.presentation.sealed import Section
from isu_analysis.reporting import kernel
from isu_analysis.reporting.check import check_notebook, check_report
from isu_analysis.reporting.decision_file import empty, is_wanted, unread
from isu_analysis.reporting.issues import of_document
from isu_analysis.reporting.manifest import manifest
from isu_analysis.reporting.plan import SWEDISH, Job, Mode
from isu_analysis.settings import load_unit
from isu_analysis.version import __version__


@dataclass(frozen=True)
class Task:
    """A report to make. It holds no person's value and can be sent to another process or machine.

    Attributes
    ----------
    project : Path
        Project folder; on another machine the same folder under the same name.
    job : Job
    release : {"internal", "public"}
    release_file : Path
        What the notebook may show; in the run's own folder of the project.
    units : tuple of str
        Keys of the units that the report is about.
    as_of : str
        Date of the data; empty for each unit's own.
    language : {"sv", "en"}
    version : str
        Version of the program that planned the report; another one makes none.
    """

    project: Path
    job: Job
    release: Mode
    release_file: Path
    units: tuple[str, ...]
    as_of: str = ""
    language: str = SWEDISH
    version: str = __version__


@dataclass(frozen=True, repr=False)
class Made:
    """A finished report that has passed its checks and is only to be published.

    Attributes
    ----------
    contents : mapping of str to bytes
        Its files, the manifest last.
    notebook : bytes
        The executed notebook as it is kept; empty for an overview.
    as_of : str
        Date of the data, as the report tells it.
    decision_file : bytes
        The empty file for decisions; none where nobody needs one.
    notes : tuple of str
        Lines for the screen.
    seconds : float
        How long it took.
    """

    contents: Mapping[str, bytes]
    as_of: str
    notebook: bytes = b""
    decision_file: bytes = b""
    notes: tuple[str, ...] = ()
    seconds: float = field(default=0.0, compare=False)

    def __repr__(self) -> str:
        return f"Made({sorted(self.contents)})"


def make(task: Task) -> Made:
    """Run the notebook, render its files and check them; nothing is written but in a private folder of the run's own.

    Raises
    ------
    IsuError
        The report cannot be made, or must not be published.
    """
    from isu_analysis.reporting.exporters.assembly import sections_of
    from isu_analysis.reporting.publish import export, stripped

    if task.version != __version__:
        raise ReportError("den dator som skulle göra rapporten har en annan version av programmet.")
    began = time.monotonic()
    units = [load_unit(key, task.project) for key in task.units]
    # In the run's own folder: killed, it leaves nothing that the next run does not remove.
    with tempfile.TemporaryDirectory(dir=task.release_file.parent, ignore_cleanup_errors=True) as name:
        private = Path(name).resolve()
        with kernel.environment(task.project, private, task.release_file):
            executed = kernel.execute(_notebook(task), _parameters(task), private)
    sections = sections_of(executed)
    contents, document = export(sections), sections[0].document
    as_of, issue = task.as_of or document.as_of, of_document(document)
    about = manifest(task.project, task.job, units, task.release, as_of, task.language, contents, issue)
    contents["manifest.json"] = about
    check_report(task.project, units, task.release, contents)
    if task.job.is_overview:  # made of the units' own reports, and kept nowhere else than where it is published
        return Made(contents, as_of, seconds=time.monotonic() - began)
    kept = stripped(executed)
    check_notebook(task.project, units[0], task.job.key, kept)
    notes = tuple(unread(task.project, units[0], task.job.year)) if task.release == "internal" else ()
    return Made(contents, as_of, kept, _decision_file(task, units[0].name, sections), notes, time.monotonic() - began)


def _notebook(task: Task) -> Path:
    return kernel.notebook_path(task.project, kernel.OVERVIEW if task.job.is_overview else kernel.UNIT_REPORT)


def _parameters(task: Task) -> dict[str, Any]:
    """What the notebook takes; an overview is about a municipality and everything else about a unit."""
    job = task.job
    subject = {"municipality": job.municipality} if job.is_overview else {"unit": job.unit_key, "through": job.through}
    return {
        **subject,
        "year": job.year,
        "release": task.release,
        "as_of": task.as_of,
        "language": task.language,
    }


def _decision_file(task: Task, name: str, sections: Sequence[Section]) -> bytes:
    """The empty file of decisions to lie beside a whole year's report inside the service, unless somebody has written in theirs."""
    folder = task.job.folder(task.project, task.release)
    has_one = task.release == "internal" and task.language == SWEDISH and not task.job.through
    return empty(sections, name, task.job.year) if has_one and is_wanted(folder, name, task.job.year) else b""
