"""What makes the reports: the package itself, down to the last file, and the libraries around it."""

from __future__ import annotations

import hashlib
import json
import os
import platform
import re
import sys
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

from isu_analysis.reporting.planning.hashes import Hashes

FOLDER = Path(__file__).parents[2]  # of the package
NAME = "isu-analysis"
EXTRAS = ("", "intake", "reports")  # what reports are made with; what develops and distributes it changes no page
NO_PAGE = {"jupyterlab"}  # shows notebooks to people and takes no part in a run
_REQUIRED = re.compile(r"\s*([A-Za-z0-9][A-Za-z0-9._-]*)\s*(?:\[([^]]*)\])?")
_EXTRA = re.compile(r"""extra\s*==\s*['"]([^'"]+)['"]""")


def package(hashes: Hashes) -> str:
    """Sum of every file of the package: code, measures, languages, templates, fonts."""
    folder = FOLDER
    return hashes.together("package", folder, _files(str(folder)))


def environment(hashes: Hashes) -> str:
    """Sum of Python's version, the machine's kind and the versions of all that the package needs, near and far.

    The list of requirements is followed anew only when something has been installed or removed.
    """
    installed = sorted(_installed())
    machine = [platform.python_version(), sys.platform, platform.machine()]
    told = json.dumps([installed, machine])
    here = hashlib.sha256(told.encode()).hexdigest()
    found = hashes.by_sums("environment", [here], lambda: ([*machine, *sorted(_needed())], True))
    return hashlib.sha256(json.dumps(found).encode()).hexdigest()


def _files(folder: str) -> Iterator[str]:
    for place, below, names in os.walk(folder):
        below[:] = [name for name in below if name != "__pycache__"]
        inside = place[len(folder) + 1 :]
        yield from (os.path.join(inside, name) for name in names)  # noqa: PTH118 - a name, not a path


def _installed() -> Iterator[str]:
    """Names of the folders that pip makes beside what it installs, with the version in them."""
    for place in dict.fromkeys(sys.path):
        if os.path.isdir(place):  # noqa: PTH112 - entries of sys.path are texts
            yield from (name for name in os.listdir(place) if name.endswith((".dist-info", ".egg-info")))  # noqa: PTH208


def _needed() -> set[str]:
    """``name version`` of every distribution that the package requires, and that those require."""
    found: dict[str, str] = {}
    waiting = [(NAME, extra) for extra in EXTRAS]
    followed = set(waiting)
    while waiting:
        name, extra = waiting.pop()
        try:
            distribution = metadata.distribution(name)
        except metadata.PackageNotFoundError:
            continue  # for another system than this one, or an extra that is not installed
        found[name] = distribution.version
        new = set(_requirements(distribution.requires or [], extra)) - followed
        followed |= new
        waiting += sorted(new)
    return {f"{name} {version}" for name, version in found.items() if name != NAME}


def _requirements(lines: list[str], extra: str) -> Iterator[tuple[str, str]]:
    for line in lines:
        required, _, marker = line.partition(";")
        of_extra = _EXTRA.search(marker)
        match = _REQUIRED.match(required)
        if match is None or (of_extra[1] if of_extra else "") != extra:
            continue
        name = re.sub(r"[-_.]+", "-", match[1]).lower()
        if name not in NO_PAGE:
            extras = [part.strip() for part in (match[2] or "").split(",") if part.strip()]
            yield from ((name, wanted) for wanted in ("", *extras))
