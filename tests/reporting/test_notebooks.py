"""Notebooks are prose and one call a cell: no logic, no stored output, no row of a person, no number typed in."""

import ast
import re
from pathlib import Path

import nbformat
import pytest

from isu_analysis.reporting import kernel

FOLDER = Path(__file__).parents[2] / "notebooks"
NOTEBOOKS = sorted(FOLDER.glob("*.ipynb"))
SHOWING = re.compile(r"show(_\w+)?")


def read(path):
    notebook = nbformat.read(path, as_version=4)
    nbformat.validate(notebook)
    return notebook


def code_of(notebook):
    """Cells of code but that of the parameters."""
    return [
        cell
        for cell in notebook.cells
        if cell.cell_type == "code" and "parameters" not in cell.metadata.get("tags", [])
    ]


def faults(source):
    """What makes a cell more than one call of ours."""
    body = ast.parse(source).body
    if len(body) != 1:
        return ["mer än en sats"]
    (statement,) = body
    if isinstance(statement, ast.Import):
        return [] if source.strip() == "import isu_analysis as isu" else ["importerar något annat"]
    call = getattr(statement, "value", None)
    if not isinstance(statement, ast.Assign | ast.Expr) or not isinstance(call, ast.Call):
        return ["inget anrop"]
    name = (
        call.func.attr if isinstance(call.func, ast.Attribute) and getattr(call.func.value, "id", "") == "isu" else ""
    )
    if not name:
        return ["inte en av våra funktioner"]
    if source.strip() == "isu.check_parameters()":
        return []  # which gives nothing
    # What is not shown by us could be rows of people: it gets a name instead of being looked at.
    found = (
        [] if bool(SHOWING.fullmatch(name)) == isinstance(statement, ast.Expr) else ["visar något annat än ett avsnitt"]
    )
    for node in ast.walk(call):
        if isinstance(node, ast.Constant) and not isinstance(node.value, str):
            found.append("ett värde skrivet i cellen")
        inner = isinstance(node, ast.Call) and node is not call
        if inner and not (isinstance(node.func, ast.Attribute) and getattr(node.func.value, "id", "") == "isu"):
            found.append("räknar i cellen")
        if isinstance(
            node, ast.BinOp | ast.Compare | ast.IfExp | ast.Lambda | ast.comprehension | ast.Subscript | ast.JoinedStr
        ):
            found.append("logik i cellen")
    return found


def test_there_are_notebooks():
    assert kernel.notebook_path(FOLDER.parent) in NOTEBOOKS


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_each_cell_is_one_call_of_ours(path):
    wrong = {cell.source: faults(cell.source) for cell in code_of(read(path)) if faults(cell.source)}
    assert not wrong


@pytest.mark.parametrize(
    "source",
    ["x = 1", "isu.cohort(unit, year)", "cohort.episodes", "cohort.episodes.head()", "import pandas as pd", "isu.show(report, 'who'); x = isu.cohort(u, 1)",
     "isu.show(report, f'{x}')", "results = isu.analyse(cohort[cohort.a > 2])", "n = isu.show(report, 'who')", "for x in isu.SECTIONS: isu.show(report, x)",
     "isu.show(report, limit=5)", "print(isu.show(report, 'who'))"],
)  # fmt: skip
def test_logic_is_seen(source):
    assert faults(source)


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_nothing_is_stored_but_prose_and_calls(path):
    notebook = read(path)
    assert notebook.metadata.kernelspec.name == kernel.KERNEL
    assert all(not cell.outputs and cell.execution_count is None for cell in notebook.cells if cell.cell_type == "code")
    assert not any("attachments" in cell for cell in notebook.cells)
    assert notebook.metadata.keys() <= {"kernelspec", "language_info"}


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_every_call_has_prose_before_it_and_no_figures_are_typed_in(path):
    """A number in prose would stand there when the data have changed."""
    notebook = read(path)
    prose = " ".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown")
    assert not re.search(r"\d", prose.replace("ISO 8601", ""))
    shown = [
        i for i, cell in enumerate(notebook.cells) if cell.cell_type == "code" and cell.source.startswith("isu.show")
    ]
    assert shown and all(notebook.cells[i - 1].cell_type == "markdown" for i in shown)
