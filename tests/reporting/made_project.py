"""A small project in a folder with a difficult name, and notebooks named after what they do."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import nbformat
import showcase
from nbformat.v4 import new_code_cell, new_notebook

from isu_analysis import files
from isu_analysis.disclosure.ledger import secret_path
from isu_analysis.intake import intake
from isu_analysis.presentation.sealed import MIME_TYPE, Heading, Paragraph, Section, to_json
from isu_analysis.reporting import kernel, run
from isu_analysis.settings import load_unit
from isu_analysis.synthetic import write_demo

REPOSITORY = Path(__file__).parents[2]
FOLDER = "å ä ö {och} mellanslag"
CHILDREN, PARENTS = "exempelstad/resurs-barn", "exempelstad/foraldrastod"
OVERVIEW = "exempelstad/oversikt"
SECRET = b"0" * 64  # no decoy among the numbers that the tests look for

PARAMETERS = """unit: str = "exempelstad/resurs-barn"
year: int = 2024
release: str = "internal"
as_of: str = ""
through: str = ""
language: str = "sv\""""
OF_MUNICIPALITY = PARAMETERS.replace(f'unit: str = "{CHILDREN}"', 'municipality: str = "exempelstad"').replace(
    'through: str = ""\n', ""
)
SHOW = """from IPython.display import display
sections = json.loads(SECTIONS)
display({MIME_TYPE: sections, "text/plain": "..."}, raw=True)"""


def make(folder: Path) -> Path:
    """Write the project: two units with processed data, and a notebook that shows one sealed section."""
    project = folder / FOLDER
    for key in (CHILDREN, PARENTS):
        target = project / "parameters" / f"{key}.yml"
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(REPOSITORY / "parameters" / f"{key}.yml", target)
    write_demo(project)
    for key in (CHILDREN, PARENTS):
        intake(load_unit(key, project), project)
    write_notebook(project)
    write_notebook(project, parameters=OF_MUNICIPALITY, name=kernel.OVERVIEW)
    give_secret(project, "exempelstad")
    return project


def give_secret(project: Path, municipality: str) -> None:
    """Let the same counts be hidden as decoys in every run of the tests."""
    files.write(secret_path(project, municipality), SECRET)


def write_notebook(project: Path, code: str = "", parameters: str = PARAMETERS, name: str = kernel.UNIT_REPORT) -> None:
    """Write a notebook that runs `code` and then shows a section; it imports nothing heavy."""
    blocks = (Heading("Rubrik", 2), Paragraph("En mening om resultatet."))
    section = json.dumps(to_json(Section(showcase.document(), "first_page", blocks, showcase.SEAL)))
    show = SHOW.replace("SECTIONS", repr(section)).replace("MIME_TYPE", repr(MIME_TYPE))
    notebook = new_notebook(
        cells=[
            new_code_cell(parameters, id="parameters", metadata={"tags": ["parameters"]}),
            new_code_cell(f"import json, os\n{code}", id="work"),
            new_code_cell(show, id="show"),
        ],
        metadata={"kernelspec": {"name": "isu", "display_name": "ISU", "language": "python"}},
    )
    path = kernel.notebook_path(project, name)
    path.parent.mkdir(exist_ok=True)
    path.write_text(nbformat.writes(notebook), encoding="utf-8")


def run_reports(*args, **how) -> run.RunSummary:
    """Make reports in this process, so that a test can change what is done, and also where nothing has changed."""
    return run.run_reports(*args, **{"isolate": False, "force": True, **how})


def published(project: Path) -> dict[str, bytes]:
    """Return every published file and its bytes."""
    folder = project / "reports"
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
