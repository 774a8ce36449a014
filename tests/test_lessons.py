"""The lessons run from top to bottom in under a minute each, are stored without output, and are one with their text."""

from __future__ import annotations

import time
from itertools import pairwise
from pathlib import Path

import jupytext
import nbformat
import papermill
import pytest
from lesson_unit import lay_unit

from isu_analysis.reporting import kernel

FOLDER = Path(__file__).parents[1] / "notebooks" / "kurs"
LESSONS = sorted(FOLDER.glob("*.ipynb"))
SECONDS = 60
SLIDERS = "application/vnd.jupyter.widget-view+json"


def names(paths):
    return [path.stem for path in paths]


@pytest.fixture(scope="module")
def project(demo_project, tmp_path_factory):
    """The unit of the lessons, with its raw files, in a project of its own: a lesson reads them in anew."""
    folder = tmp_path_factory.mktemp("Kurs å ä ö")
    return lay_unit(demo_project, folder)


def test_there_are_six_in_order():
    assert [name.partition("-")[0] for name in names(LESSONS)] == list("123456")
    assert names(LESSONS) == names(sorted(FOLDER.glob("*.py")))


@pytest.mark.parametrize("path", LESSONS, ids=names(LESSONS))
def test_it_is_stored_without_output_and_says_the_same_as_its_text(path):
    stored, text = nbformat.read(path, as_version=4), jupytext.read(path.with_suffix(".py"))
    nbformat.validate(stored)
    assert stored.metadata.kernelspec.name == kernel.KERNEL
    assert all(not cell.get("outputs") and cell.get("execution_count") is None for cell in stored.cells)
    assert [(cell.cell_type, cell.source) for cell in stored.cells] == [
        (cell.cell_type, cell.source) for cell in text.cells
    ]


@pytest.mark.parametrize("path", LESSONS, ids=names(LESSONS))
def test_every_call_has_prose_before_it(path):
    cells = nbformat.read(path, as_version=4).cells
    assert cells[0].cell_type == "markdown" and cells[0].source.startswith(f"# {path.stem[0]}. ")
    run = [one.cell_type == other.cell_type == "code" for one, other in pairwise(cells)]
    assert sum(run) <= 3, "code after code with nothing said"


@pytest.mark.slow
@pytest.mark.parametrize("path", LESSONS, ids=names(LESSONS))
def test_it_runs_from_top_to_bottom_in_under_a_minute(path, project, tmp_path, monkeypatch):
    monkeypatch.setenv("ISU_PROJECT", str(project))
    begun = time.monotonic()
    done = papermill.execute_notebook(str(path), None, progress_bar=False, cwd=str(tmp_path))
    assert time.monotonic() - begun < SECONDS
    outputs = [output for cell in done.cells for output in cell.get("outputs", [])]
    assert not [output for output in outputs if output.output_type == "error"]
    shown = {kind for output in outputs for kind in output.get("data", {})}
    assert shown & {"text/html", "image/png"}
    if path.stem.startswith("2"):
        pictures = [output for output in outputs if "image/png" in output.get("data", {})]
        assert SLIDERS in shown and pictures, "sliders, and a picture for those who have none"
