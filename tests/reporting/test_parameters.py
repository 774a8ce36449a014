"""A mistyped parameter stops a notebook, whoever runs it and however."""

from __future__ import annotations

import re
import subprocess
import sys

import made_project
import nbformat
import pytest
from made_project import CHILDREN

from isu_analysis.errors import ReportError
from isu_analysis.reporting import kernel, parameters

WANTED = {"unit": str, "year": int}


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"unitt": "Anna Andersson"}, "okänd parameter «unitt». Menade du «unit»? Tillåtna: unit, year."),
        ({"year": "2024"}, "parametern «year» ska vara heltal. Tillåtna: unit, year."),
        ({"year": True}, "parametern «year» ska vara heltal. Tillåtna: unit, year."),
        ({"unit": 3}, "parametern «unit» ska vara text. Tillåtna: unit, year."),
    ],
)
def test_what_is_not_wanted_is_refused_without_its_value(given, told):
    with pytest.raises(ReportError, match=f"^{re.escape(told)}$"):
        parameters.refuse(WANTED, given)
    parameters.refuse(WANTED, {"unit": "exempelstad/x", "year": 2024})


def test_outside_a_notebook_nothing_is_asked():
    parameters.check_parameters()


@pytest.mark.parametrize("name", [kernel.UNIT_REPORT, kernel.OVERVIEW])
def test_each_notebook_asks_before_it_does_anything_else(name):
    cells = [
        cell
        for cell in nbformat.read(kernel.notebook_path(made_project.REPOSITORY, name), 4).cells
        if cell.cell_type == "code"
    ]
    assert [cell.source for cell in cells[1:3]] == ["import isu_analysis as isu", "isu.check_parameters()"]


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    project = made_project.make(tmp_path_factory.mktemp("by hand"))
    made_project.write_notebook(project, "import isu_analysis as isu\nisu.check_parameters()")
    return project


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["-p", "yaer", "2024"], "okänd parameter «yaer». Menade du «year»?"),
        (["-p", "year", "tjugofyra"], "parametern «year» ska vara heltal."),
        (["-p", "year", "2023"], None),
        ([], None),
    ],
)
def test_papermill_by_hand_is_as_strict(project, tmp_path, words, told):
    command = [sys.executable, "-m", "papermill", kernel.notebook_path(project).name, tmp_path / "ut.ipynb", *words]
    done = subprocess.run(
        command, cwd=project / "notebooks", capture_output=True, text=True, encoding="utf-8", check=False
    )
    assert (done.returncode == 0) == (told is None), done.stderr[-500:]
    assert told is None or f"ReportError: {told}" in done.stderr


def test_a_run_takes_the_same_notebook(project):
    assert CHILDREN in {job.unit_key for job in made_project.run_reports(project, [CHILDREN], [2024]).done}
