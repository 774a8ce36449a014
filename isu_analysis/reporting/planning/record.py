"""What a finished report was made of, kept beside the unit's protected data until the next one is made."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from isu_analysis import files
from isu_analysis.intake.pseudonyms import owner_only
from isu_analysis.reporting.plan import SWEDISH, Job, suffix
from isu_analysis.version import __version__

FORMAT = 1
RUNS = "korningar"  # in a unit's folder, where the executed notebooks lie too (`reporting.publish.keep`)
OF_OVERVIEWS = "_oversikt"  # in a municipality's folder; no unit can be called so


@dataclass(frozen=True)
class Record:
    """What one report was made of.

    Attributes
    ----------
    inputs : mapping of str to str
        As from `Inputs.of`.
    pages : mapping of str to str
        SHA-256 of each published file, by name.
    as_of : str
        Date of the data.
    version : str
        Of the package.
    """

    inputs: Mapping[str, str]
    pages: Mapping[str, str]
    as_of: str
    version: str


def path_of(project: Path, job: Job, release: str, language: str = SWEDISH) -> Path:
    """Where the record of a report lies."""
    place = f"{job.municipality}/{OF_OVERVIEWS}" if job.is_overview else f"{job.unit_key}/{RUNS}"
    return project / f"data_processed/{place}/{job.period}-{release}{suffix(language)}.json"


def enter(
    project: Path,
    job: Job,
    release: str,
    language: str,
    inputs: Mapping[str, str],
    contents: Mapping[str, bytes],
    as_of: str,
) -> Record:
    """Write down what a report that has just been published was made of; only the owner of the data can read it.

    Parameters
    ----------
    inputs : mapping of str to str
        As they were before the report was begun (`State.inputs`): what changes meanwhile makes it stale.
    contents : mapping of str to bytes
        Every published file by its name.

    Raises
    ------
    WriteError
        It could not be written; then the report is made again the next time.
    """
    pages = {name: hashlib.sha256(data).hexdigest() for name, data in contents.items()}
    made = Record(dict(inputs), pages, as_of, __version__)
    told = {"format": FORMAT, **asdict(made)}
    with owner_only():
        path = path_of(project, job, release, language)
        files.write(path, (json.dumps(told, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode())
    return made


def read(project: Path, job: Job, release: str, language: str = SWEDISH) -> Record | None:
    """What a report was made of; None where nothing is known, or nothing that can be read."""
    try:
        told = json.loads(path_of(project, job, release, language).read_bytes())
        if told.pop("format") != FORMAT:
            return None
        found = Record(**told)
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None
    dates = {"as_of": found.as_of, "version": found.version}
    return found if all(map(_are_texts, (found.inputs, found.pages, dates))) else None


def _are_texts(told: object) -> bool:
    return isinstance(told, dict) and bool(told) and all(isinstance(value, str) for value in told.values())
