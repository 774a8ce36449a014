"""Decide what may be shown, once a municipality, before any report of it is made."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any

from isu_analysis import files
from isu_analysis.errors import IsuError, ReportError
from isu_analysis.intake import store
from isu_analysis.intake.pseudonyms import owner_only
from isu_analysis.reporting.plan import Failed, Job, Mode, overviews, plan
from isu_analysis.reporting.progress import Say, silent
from isu_analysis.reporting.published import Published
from isu_analysis.reporting.reasons import reason
from isu_analysis.settings import Unit, load_unit, unit_files


@dataclass(frozen=True)
class Ready:
    """A report whose release is decided: only to be run, checked and published.

    Attributes
    ----------
    job : Job
    units : tuple of Unit
        Whose people it is about: one unit, or for an overview all that have been read in.
    as_of : str
        Date of the data; empty for an overview in which each unit has its own.
    release_file : Path
    results : Results or None
        What was decided on; None for an overview, which has no results of its own.
    release : Release or None
        The decision itself; None for an overview.
    key : str
        Fingerprint of the pseudonym key of the data.
    """

    job: Job
    units: tuple[Unit, ...]
    as_of: str
    release_file: Path
    results: Any = None
    release: Any = None
    key: str = ""


def decide_all(
    project: Path,
    jobs: Sequence[Job],
    mode: Mode,
    as_of: str | None,
    folder: Path,
    published: Published,
    say: Say = silent,
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
    published : Published
        What is out. By the time an overview is asked for, its units' reports must have been made.
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
        path = folder / f"{municipality}.json"
        decided = _decide(project, municipality, analysed, mode, published, {job.key for job in wanted})
        yield from _ready(wanted, analysed, decided, path, project)
        if not isinstance(decided, str) and mode == "public":
            path = folder / f"{municipality}-oversikt.json"
            _write(path, published.only_out(decided))
        for job in overviews(wanted):
            if (
                mode == "public"
                and not isinstance(decided, str)
                and not published.is_whole(municipality, job.year, decided)
            ):
                say(f"{job.name} {job.year} görs när alla enheter som har uppgifter för året är publicerade.")
            else:
                yield _overview(project, job, as_of, path)


def _overview(project: Path, job: Job, as_of: str | None, path: Path) -> Ready | Failed:
    """An overview under the same decision as the units' own reports."""
    if path.is_file():
        return Ready(job, tuple(_read_in(project, job.municipality)), as_of or "", path)
    return Failed(job.unit_key, job.year, "ingen av enheternas rapporter gick att göra.")


def _read_in(project: Path, municipality: str) -> Iterator[Unit]:
    """Units with processed data; what is wrong with the others stands in the overview."""
    for path in unit_files(project, municipality):
        try:
            unit = load_unit(f"{municipality}/{path.stem}", project)
            store.load(project, unit)
        except IsuError:
            continue
        yield unit


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


def _decide(
    project: Path,
    municipality: str,
    analysed: Mapping[Job, tuple[Unit, Any]],
    mode: Mode,
    published: Published,
    wanted: Collection[str],
) -> Any:
    """The release of a municipality; or in words why there can be none."""
    from isu_analysis.disclosure import decide

    results = [results for _, (_, results) in analysed.values()]
    try:
        if mode == "internal":
            return decide(results, mode)
        keys = {unit.key: _key(project, unit) for unit, _ in analysed.values()}
        return decide(results, mode, before=published.before(municipality, results, keys, wanted))
    except Exception as error:  # noqa: BLE001 - whatever goes wrong, nothing is published and the run says why
        return reason(error)


def _key(project: Path, unit: Unit) -> str:
    return str(store.load(project, unit).about.get("key_fingerprint") or "")


def _ready(
    wanted: Collection[Job], analysed: Mapping[Job, tuple[Unit, Any]], decided: Any, path: Path, project: Path
) -> Iterator[Ready | Failed]:
    here = [job for job in analysed if job in wanted]
    if isinstance(decided, str):
        yield from (Failed(job.unit_key, job.year, decided) for job in here)
        return
    if here:
        _write(path, decided)
    for job in here:
        unit, (as_of, results) = analysed[job]
        yield Ready(job, (unit,), as_of, path, results, decided, _key(project, unit))


def _write(path: Path, release: Any) -> None:
    with owner_only():
        files.write(path, release.to_json().encode("utf-8"))
