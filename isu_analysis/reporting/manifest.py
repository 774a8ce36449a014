"""What a report was made of, beside the report: same inputs, same bytes, so no clock time and no path.

The internal manifest names raw files with their hashes. The public one does not: a file name or a hash can
tell more than the report.
"""

from __future__ import annotations

import hashlib
import json
import platform
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

from isu_analysis import files
from isu_analysis.disclosure.issue import Issue
from isu_analysis.intake import store
from isu_analysis.reporting.plan import Job
from isu_analysis.settings import Unit
from isu_analysis.version import __version__

FORMAT = 1
OVERVIEW_NAME = "Översikt"  # where a unit's name stands
_LIBRARIES = ("numpy", "scipy", "pandas")


def manifest(
    project: Path,
    job: Job,
    units: Sequence[Unit],
    release: str,
    as_of: str,
    language: str,
    artefacts: Mapping[str, bytes],
    issue: Issue | None = None,
) -> bytes:
    """Build the manifest of one report.

    Parameters
    ----------
    units : sequence of Unit
        The unit, or all units that an overview is about.
    artefacts : mapping of str to bytes
        The report's files by name.
    issue : Issue, optional
        When it was first issued and last changed; none of an overview.

    Returns
    -------
    bytes
        JSON text with sorted keys.
    """
    about: dict[str, Any] = {
        "format": FORMAT,
        "municipality": units[0].municipality,
        "unit": OVERVIEW_NAME if job.is_overview else units[0].name,
        "overview": job.is_overview,
        "key": job.key,
        "year": job.year,
        "release": release,
        # The latest date in the data is some person's: the public month, as in the report itself.
        "as_of": as_of if release == "internal" else as_of[:7],
        "language": language,
        "invented": any(unit.invented for unit in units),
        "versions": dict(versions()),
        "report": {name: hashlib.sha256(data).hexdigest() for name, data in sorted(artefacts.items())},
    }
    if job.through:
        about["through"] = job.through
    if issue:
        about["issue"] = asdict(issue if release == "internal" else replace(issue, figures=""))
    if release == "internal":
        sources = {unit.key: _sources(project, unit) for unit in units}
        about |= {"units": sources} if job.is_overview else sources[units[0].key]
    return _written(about)


def entered(manifest: bytes, head: str) -> bytes:
    """Give a public report's manifest the hash of its entry in the ledger; salted there, so that it confirms no guess."""
    return _written(json.loads(manifest) | {"ledger": head})


def _written(about: Mapping[str, Any]) -> bytes:
    return (json.dumps(about, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode()


@cache
def versions() -> Mapping[str, str]:
    """Versions that a figure in the report depends on."""
    return {
        "isu-analysis": __version__,
        "python": platform.python_version(),
        **{name: version(name) for name in _LIBRARIES},
    }


def _sources(project: Path, unit: Unit) -> dict[str, Any]:
    about = store.load(project, unit).about
    settings = project / "parameters" / unit.municipality_slug / f"{unit.slug}.yml"
    return {
        "raw_files": [
            {"file": file["file"], "sha256": file.get("sha256", "")} for file in about.get("files", []) if file
        ],
        "settings_sha256": files.sha256(settings),
    }
