"""What must never be committed: data, numbers of people, notebooks with output, big files.

``python .ci/check_files.py FILE ...`` looks at those files, without any at every file that git knows of. It says what is wrong
with file and line, never what stands there.
"""

from __future__ import annotations

import codecs
import datetime as dt
import json
import re
import subprocess
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path, PurePosixPath

from isu_analysis.intake.identities import normalise

ROOT = Path(__file__).resolve().parents[1]
MOST_BYTES = 500_000
PRIVATE = {"data_raw", "data_processed", "reports", "logs", ".isu"}  # as in .gitignore, for whoever forces git
SHEETS = {".xlsx", ".xlsm", ".xls", ".ods", ".sav", ".parquet", ".zip"}  # what they hold, nobody sees in a change
TESTS = "tests"
PUBLISHED = f"{TESTS}/published_person_numbers.txt"
# What may be a number of a person; the calendar and the check digit decide, as in the last look at a report.
_KINDS = {"person_number", "coordination_number"}
_NUMBER = re.compile("(?<![\\w.,])[0-9]{6,8}[ \u00a0]?[-+\u2010-\u2014\u2212]?[ \u00a0]?[0-9]{4}(?!\\w)")


def faults(name: str, data: bytes, published: frozenset[str] = frozenset()) -> Iterator[str]:
    """Say what is wrong with one file.

    Parameters
    ----------
    name : str
        Its path in the project, with slashes.
    data : bytes
    published : frozenset of str
        Person numbers that tests may hold, as `numbers_of` gives them.
    """
    path = PurePosixPath(name)
    if path.parts[0] in PRIVATE and path.parts[1:] != (".gitkeep",):
        yield f"{name}: nothing under {path.parts[0]}/ is committed but .gitkeep"
    if path.suffix.lower() in SHEETS:
        yield f"{name}: no {path.suffix} is committed; a test makes the one that it needs"
    if len(data) > MOST_BYTES:
        yield f"{name}: {len(data)} bytes; at most {MOST_BYTES} are committed"
    if path.suffix == ".ipynb" and (what := _of_notebook(data)):
        yield f"{name}: {what}"
    allowed = published if path.parts[0] == TESTS else frozenset()
    for line, number in numbers_of(data):
        if number not in allowed:
            yield f"{name}:{line}: a person number; only tests may hold one, of those in {PUBLISHED}"


def numbers_of(data: bytes) -> Iterator[tuple[int, str]]:
    """Line and ten last figures of each valid person number or coordination number in a text file."""
    marked = data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))  # as Excel saves «Unicode-text»
    for line, text in enumerate(data.decode("utf-16" if marked else "utf-8", errors="replace").splitlines(), start=1):
        for found in _NUMBER.findall(text):
            identity = normalise(re.sub(r"\s", "", found), dt.date.max)
            if identity.kind in _KINDS:
                yield line, identity.canonical[-10:]


def _of_notebook(data: bytes) -> str:
    """What keeps a notebook from being stored; empty if nothing does."""
    try:
        cells = json.loads(data)["cells"]
    except (ValueError, KeyError, TypeError):
        return "no notebook that can be read"
    if any(cell.get("outputs") or cell.get("execution_count") for cell in cells):
        return "it has output; clear all of it before the notebook is stored"
    return ""


def published_numbers(root: Path) -> frozenset[str]:
    """The tax agency's published test numbers that the tests use."""
    return frozenset(number for _, number in numbers_of((root / PUBLISHED).read_bytes()))


def tracked(root: Path) -> list[str]:
    """Every file that git knows of and that is there."""
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=root, check=True, capture_output=True, text=True, encoding="utf-8"
    )
    return [name for name in listed.stdout.split("\0") if name and (root / name).is_file()]


def check(root: Path, names: Iterable[str]) -> list[str]:
    """Say what is wrong with some files of a project."""
    published = published_numbers(root)
    return [fault for name in names for fault in faults(name, (root / name).read_bytes(), published)]


def main() -> int:
    """Look at the named files, or at all; 1 if anything is wrong."""
    wrong = check(ROOT, sys.argv[1:] or tracked(ROOT))
    print(*wrong, sep="\n", end="\n" if wrong else "")  # noqa: T201 - a command
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
