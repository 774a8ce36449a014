"""Which reports are as they would become, which are not, and why."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from isu_analysis.intake import keys
from isu_analysis.intake.pseudonyms import key_path
from isu_analysis.reporting.plan import SWEDISH, Job, Mode
from isu_analysis.reporting.planning.hashes import Hashes, sum_of
from isu_analysis.reporting.planning.inputs import WORDS, Inputs
from isu_analysis.reporting.planning.known import Known
from isu_analysis.reporting.planning.record import Record, read

Kind = Literal["current", "stale", "new", "blocked"]
NOT_AS_PUBLISHED = "rapporten är borttagen eller ändrad"
UNKNOWN_MAKING = "det står ingenstans vad rapporten är gjord av"
NO_LEDGER = "liggaren över det publicerade saknas"
LEDGER = "_liggare"  # `disclosure.ledger.FOLDER`; that wing loads the solvers, which a plan has no use for


@dataclass(frozen=True)
class State:
    """One report before a run.

    Attributes
    ----------
    job : Job
    kind : {"current", "stale", "new", "blocked"}
        `current` would become what it is; `stale` another; `new` is not there yet; `blocked` cannot be made.
    why : tuple of str
        What has changed, or what is in the way, in a few words each.
    inputs : mapping of str to str
        What it would be made of now, for `record.enter`.
    """

    job: Job
    kind: Kind
    why: tuple[str, ...] = ()
    inputs: Mapping[str, str] = field(default_factory=dict, repr=False, compare=False)


def states(
    project: Path,
    jobs: Sequence[Job],
    release: Mode = "internal",
    language: str = SWEDISH,
    as_of: str | None = None,
    hashes: Hashes | None = None,
) -> tuple[State, ...]:
    """Tell of each report whether it is to be made.

    Parameters
    ----------
    jobs : sequence of Job
        Of units and of municipalities.
    as_of : str, optional
        Date of the data that is asked for; each unit's own if left out.
    hashes : Hashes, optional
        To be saved by the caller; read, and saved, here if left out.

    Raises
    ------
    DataError
        A pseudonym key is there but must not be used as it lies.
    """
    memory = hashes or Hashes(project)
    found = states_from(Inputs(project, release, language, as_of, memory), jobs)
    if hashes is None:
        memory.save()
    return found


def states_from(inputs: Inputs, jobs: Sequence[Job]) -> tuple[State, ...]:
    """Tell of each report whether it is to be made, from what is looked at already."""
    retired = _retired(inputs.project, inputs.hashes)
    return tuple(_state(inputs, job, retired) for job in jobs)


def hindrance(unit: Known, retired: Iterable[str] = ()) -> str:
    """Why none of a unit's reports can be made, in one line; empty if they can."""
    if unit.problem:
        first, *more = unit.problem.removeprefix(f"{unit.name}: ").splitlines()
        return f"{first} (och {len(more)} {'rad' if len(more) == 1 else 'rader'} till)" if more else first
    if unit.draft:
        return f"enhetsfilen är inte färdig: {unit.draft} {'uppgift' if unit.draft == 1 else 'uppgifter'} att fylla i"
    if unit.fingerprint in retired:
        return f"pseudonymnyckeln är bytt. Kör «isu intake {unit.key}» igen."
    return ""


def _state(inputs: Inputs, job: Job, retired: Iterable[str]) -> State:
    if in_the_way := _in_the_way(inputs, job, retired):
        return State(job, "blocked", (in_the_way,))
    needed, record = inputs.of(job), read(inputs.project, job, inputs.release, inputs.language)
    why = tuple(_changes(inputs, job, needed, record))
    if record is None and not _is_published(inputs, job):
        return State(job, "new", (), needed)
    return State(job, "stale" if why else "current", why, needed)


def _in_the_way(inputs: Inputs, job: Job, retired: Iterable[str]) -> str:
    if job.is_overview:
        hindered = [hindrance(unit, retired) for unit in inputs.units_of(job.municipality)]
        return "" if not all(hindered) else "ingen av kommunens enheter kan få en rapport"
    unit = inputs.unit(job.unit_key)
    if job.year not in unit.years and not unit.problem:
        return f"inga uppgifter för {job.year}"
    return hindrance(unit, retired)


def _changes(inputs: Inputs, job: Job, needed: Mapping[str, str], record: Record | None) -> Iterator[str]:
    if record is None:
        yield UNKNOWN_MAKING
        return
    changed = {name for name in needed.keys() | record.inputs.keys() if needed.get(name) != record.inputs.get(name)}
    yield from (word for name, word in WORDS.items() if name in changed)
    if changed - WORDS.keys():  # as an earlier or a later version of the program writes them
        yield UNKNOWN_MAKING
    folder = job.folder(inputs.project, inputs.release, inputs.language)
    label = f"report {inputs.release} {job.unit_key}/{folder.name}"
    if inputs.hashes.together(label, folder, record.pages) != sum_of(record.pages):
        yield NOT_AS_PUBLISHED
    if inputs.release == "public" and not _has_ledger(inputs.project, job.municipality):
        yield NO_LEDGER


def _is_published(inputs: Inputs, job: Job) -> bool:
    return (job.folder(inputs.project, inputs.release, inputs.language) / "manifest.json").is_file()


def _has_ledger(project: Path, municipality: str) -> bool:
    return any((project / "data_processed" / municipality / LEDGER).glob("*.json"))


def _retired(project: Path, hashes: Hashes) -> frozenset[str]:
    """Fingerprints of the keys that have been changed; their files are opened only when any of them is another."""
    folder = key_path(project).parent
    names = sorted(path.name for path in folder.glob(f"{key_path(project).name}*"))
    return frozenset(hashes.by_stat("keys", folder, names, lambda: sorted(keys.retired(project))))
