"""Every block of code in the documentation does what it says: run as it stands, or held to what it is a part of."""

from __future__ import annotations

import json
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np
import openpyxl
import pandas as pd
import pytest
from pydantic import TypeAdapter

from isu_analysis import declarations
from isu_analysis.cli import main
from isu_analysis.settings import Unit

REPOSITORY = Path(__file__).parents[1]
PAGES = ["README.md", "CONTRIBUTING.md", "SECURITY.md", "benchmarks/RESULTAT.md"]
PAGES += sorted(path.relative_to(REPOSITORY).as_posix() for path in (REPOSITORY / "docs").rglob("*.md"))
BLOCK = re.compile(r"^```(\w*)\n(.*?)^```", re.DOTALL | re.MULTILINE)
BESIDE_PYTHON = Path(sys.executable).parent
# What a page takes for granted that the reader has.
GIVEN = {
    "docs/statistik.md": """
import pandas as pd
rad = pd.DataFrame({"start": ["29,0", "ej mätt"], "drogfri": ["ja", "nej"], "person": [" 1", "2 "],
                    "startdatum": pd.to_datetime(["2024-01-01"] * 2), "slutdatum": pd.to_datetime(["2024-02-01"] * 2)})
"""
}
ELSEWHERE = {
    "make": "a target of the Makefile, run when the project is built and tested",
    "jupyter lab": "tests/test_jupyterlab.py",
    "powershell": "the Makefile's own lines, for Windows",
    "sql": "tests/intake/test_warehouse_postgres.py",
    "text": "what a command has said",
}


class Block(NamedTuple):
    """A fenced block: page, line, language and text."""

    page: str
    line: int
    language: str
    text: str


def blocks(*languages: str) -> list[Block]:
    return [block for block in _every() if block.language in languages or not languages]


def _every() -> Iterator[Block]:
    for page in PAGES:
        text = (REPOSITORY / page).read_text(encoding="utf-8")
        for found in BLOCK.finditer(text):
            yield Block(page, text.count("\n", 0, found.start()) + 1, found[1], found[2])


def commands() -> list[tuple[str, str]]:
    """Each command of the shell blocks, without what is said about it."""
    lines = [(block.page, line) for block in blocks("sh") for line in block.text.splitlines()]
    return [(page, line.partition(" #")[0].strip()) for page, line in lines if line.strip()]


@pytest.fixture(scope="module")
def project(demo_project, tmp_path_factory):
    """A project of three units, a second municipality, and the files that the pages speak of."""
    folder = tmp_path_factory.mktemp("dokument") / "Projekt å"
    for unit in ("unga-vuxna", "resurs-barn", "resurs-unga"):
        for part in ("data_raw", "data_processed"):
            shutil.copytree(demo_project / part / "exempelstad" / unit, folder / part / "exempelstad" / unit)
        _copy(demo_project, folder, f"parameters/exempelstad/{unit}.yml", f"parameters/exempelstad/{unit}.yml")
    for town in ("a-kommun", "b-kommun"):
        _copy(demo_project, folder, "parameters/exempelstad/resurs-barn.yml", f"parameters/{town}/resurs-barn.yml")
        shutil.copytree(
            demo_project / "data_processed/exempelstad/resurs-barn", folder / "data_processed" / town / "resurs-barn"
        )
    shutil.copytree(demo_project / ".isu", folder / ".isu")
    shutil.copytree(REPOSITORY / "notebooks", folder / "notebooks")
    _workbook(folder / "uppfoljning.xlsx")
    _reference(folder / "underlag.csv")
    return folder


def _copy(source: Path, folder: Path, name: str, target: str) -> None:
    (folder / target).parent.mkdir(parents=True, exist_ok=True)
    shutil.copy(source / name, folder / target)


def _workbook(path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.append(["Ärendenr", "Startdatum", "Slutdatum", "CORE-OM före", "CORE-OM efter"])
    for n in range(20):
        book.active.append(
            [f"A{n}", pd.Timestamp(2024, 1, 1 + n), pd.Timestamp(2024, 6, 1 + n), 20 + n % 5, 12 + n % 7]
        )
    book.save(path)


def _reference(path: Path) -> None:
    rng = np.random.default_rng(3)
    start = rng.uniform(5, 35, 300).round(1)
    frame = {
        "start": start,
        "slut": (0.6 * start + 6 + rng.normal(0, 4, 300)).round(1),
        "age": rng.integers(18, 60, 300),
    }
    pd.DataFrame(frame | {"sex": rng.choice(["woman", "man"], 300)}).to_csv(path, index=False)


def test_every_block_says_what_it_is():
    known = {"python", "yaml", "sh", "powershell", "sql", "text"}
    assert not [(block.page, block.line) for block in blocks() if block.language not in known]


@pytest.mark.slow
@pytest.mark.parametrize("page", sorted({block.page for block in blocks("python")}))
def test_python_runs_from_the_top_of_the_page(page, project, monkeypatch):
    monkeypatch.setenv("ISU_PROJECT", str(project))
    monkeypatch.chdir(project)
    names: dict[str, object] = {}
    exec(GIVEN.get(page, ""), names)  # noqa: S102 - the documentation's own code
    for block in blocks("python"):
        if block.page == page:
            exec(compile(block.text, f"{page}, line {block.line}", "exec"), names)  # noqa: S102


@pytest.mark.parametrize("block", blocks("yaml"), ids=lambda block: f"{block.page}:{block.line}")
def test_yaml_is_what_a_unit_file_takes(block, tmp_path):
    path = tmp_path / "enhet.yml"
    path.write_text(block.text, encoding="utf-8")
    document = declarations.read(path)
    assert not document.problems
    for key, value in document.values.items():
        TypeAdapter(Unit.model_fields[key].annotation).validate_json(json.dumps(value))


@pytest.mark.slow
@pytest.mark.parametrize(("page", "command"), commands())
def test_a_command_runs_as_it_is_typed(page, command, project, monkeypatch):
    words = shlex.split(command)
    program = words[0].removeprefix(".venv/bin/")
    monkeypatch.setenv("ISU_PROJECT", str(project))
    monkeypatch.chdir(project)
    if program == "isu":
        # The invented people end with their last year; another system's starter can only be written there.
        typed = ["2024-10-01" if word == "idag" else word for word in words[1:]]
        assert main(typed) == (1 if typed[:2] == ["schedule", "windows"] and sys.platform != "win32" else 0)
    elif program == "make":
        assert re.search(rf"^{words[1]}:", (REPOSITORY / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    elif words[1:3] == ["-m", "hatchling"]:
        assert (REPOSITORY / "tests" / "test_packaging.py").is_file()  # builds the project itself, and not this copy
    elif words[1:] == ["lab"]:
        assert program == "jupyter" and (REPOSITORY / "tests" / "test_jupyterlab.py").is_file()
    else:
        done = subprocess.run([str(BESIDE_PYTHON / program), *words[1:]], capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr[-2000:]


def test_windows_builds_the_environment_as_the_makefile_does():
    (block,) = blocks("powershell")
    made = (REPOSITORY / "Makefile").read_text(encoding="utf-8")
    for arguments in ("--require-hashes -r requirements.lock", "--no-deps --no-build-isolation -e ."):
        assert arguments in block.text and arguments in made
    assert "isu demo" in block.text


def test_what_is_proved_elsewhere_is_there():
    for kind, place in ELSEWHERE.items():
        assert blocks(kind) or any(command.startswith((kind, f".venv/bin/{kind}")) for _, command in commands()), kind
        if place.startswith("tests/"):
            assert (REPOSITORY / place).is_file()
