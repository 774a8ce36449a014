"""Decide what may be published of a municipality, over all its units and years, before any report of it is made."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from isu_analysis.analysis.results import Results
from isu_analysis.disclosure import Release
from isu_analysis.errors import ReportError
from isu_analysis.intake import store
from isu_analysis.reporting.plan import Failed, Job, plan
from isu_analysis.reporting.published import Published
from isu_analysis.reporting.reasons import reason
from isu_analysis.settings import load_unit, unit_files


@dataclass(frozen=True)
class Question:
    """What is to be decided: all reports of a municipality, of which some are to be made now.

    Attributes
    ----------
    project : Path
    municipality : str
        Folder name.
    wanted : tuple of Job
        Reports that may be replaced now; of the others the edition that is out stands.
    as_of : str
        Date of the data; empty for each unit's own.
    """

    project: Path
    municipality: str
    wanted: tuple[Job, ...]
    as_of: str = ""


@dataclass(frozen=True, repr=False)
class Analysed:
    """A report as it was decided on: the date of its data, its results, and the fingerprint of the data's key."""

    as_of: str
    results: Results
    key: str


@dataclass(frozen=True, repr=False)
class Decided:
    """A municipality's release, or in words why there is none.

    Attributes
    ----------
    release : Release or None
    analysed : mapping of Job to Analysed
        The reports that it is about.
    failed : tuple of Failed
        Reports that could not be analysed; without them the release is decided all the same.
    why_not : str
    head : str
        Of the ledger when it was read: another one means that something has been entered or forgotten since.
    """

    release: Release | None
    analysed: Mapping[Job, Analysed] = field(default_factory=dict)
    failed: tuple[Failed, ...] = ()
    why_not: str = ""
    head: str = ""


def decide(question: Question) -> Decided:
    """Analyse every unit and year of a municipality, also those not asked for, and decide about them together.

    What one report hides must not follow from another, so none is decided about alone.
    """
    analysed: dict[Job, Analysed] = {}
    failed: list[Failed] = []
    for job in sorted({*question.wanted, *_everything(question)}):
        try:
            analysed[job] = _analysed(question, job)
        except Exception as error:  # noqa: BLE001 - whatever one unit's data do, the others shall have their reports
            failed.append(Failed(job.unit_key, job.year, reason(error)))
    try:
        head = Published(question.project).head(question.municipality)
        return Decided(_release(question, analysed), analysed, tuple(failed), head=head)
    except Exception as error:  # noqa: BLE001 - whatever goes wrong, nothing is published and the run says why
        return Decided(None, analysed, tuple(failed), reason(error))


def _everything(question: Question) -> tuple[Job, ...]:
    keys = [f"{path.parent.name}/{path.stem}" for path in unit_files(question.project, question.municipality)]
    return plan(keys, None, question.project).jobs


def _analysed(question: Question, job: Job) -> Analysed:
    from isu_analysis.analysis import analyse
    from isu_analysis.cohorts import cohort

    unit = load_unit(job.unit_key, question.project)
    chosen = cohort(unit, job.year, as_of=question.as_of, project=question.project)
    results = analyse(chosen)
    if results.key != job.key:
        raise ReportError("analysen gäller en annan enhet eller ett annat år.")
    key = str(store.load(question.project, unit).about.get("key_fingerprint") or "")
    return Analysed(chosen.as_of.isoformat(), results, key)


def _release(question: Question, analysed: Mapping[Job, Analysed]) -> Release:
    from isu_analysis.disclosure import decide as decided

    results = [one.results for one in analysed.values()]
    keys = {job.unit_key: one.key for job, one in analysed.items()}
    wanted = {job.key for job in question.wanted}
    before = Published(question.project).before(question.municipality, results, keys, wanted)
    return decided(results, "public", before=before)
