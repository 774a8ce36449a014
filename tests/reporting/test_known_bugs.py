"""Every published class of bugs of papermill and nbconvert, and the test that shows that it cannot happen here."""

from __future__ import annotations

import ast
import os
import subprocess
import threading
from importlib.metadata import version
from pathlib import Path

import made_project
import mischief
import nbformat
import psutil
import pytest
import showcase
import works_in_folders
from made_project import CHILDREN, REPOSITORY

from isu_analysis.errors import ReportError
from isu_analysis.presentation.sealed import MIME_TYPE
from isu_analysis.reporting import kernel, run
from isu_analysis.reporting.exporters import HTMLExporter, PDFExporter
from isu_analysis.reporting.exporters.assembly import sections_of
from isu_analysis.reporting.publish import export
from isu_analysis.reporting.running.fan_out import FanOut

HERE = "tests/reporting/test_known_bugs.py"
RUN, KERNELS, EXPORT, FAULTS = (
    f"tests/reporting/test_{name}.py" for name in ("run", "kernels", "exporters", "run_faults")
)
LEAKS, TABLES, PUBLISH = (
    f"tests/reporting/test_{name}.py" for name in ("nothing_leaks", "tables_and_figures", "run_faults_publish")
)
HOSTILE, FIGURES, YAML = (
    "tests/reporting/test_hostile_texts.py",
    "tests/presentation/test_figures.py",
    "tests/test_declarations.py",
)
RUNNING = "tests/reporting/test_running.py"

BUGS = (  # what goes wrong there, where that is told, and the test that proves that it does not here
    ("a parameter that the notebook does not have is only logged", "papermill #818, #667", f"{RUN}::test_parameters_are_strict"),
    ("a parameter of the wrong type is accepted", "papermill #55", f"{RUN}::test_parameters_are_strict"),
    ("a parameter without a type is of type None", "papermill #545", f"{HERE}::test_a_parameter_without_a_type_is_refused"),
    ("the name of a parameter is run as code", "papermill, measured", f"{HERE}::test_the_name_of_a_parameter_is_never_code"),
    ("a value with quotes and line breaks changes the code", "papermill, measured", f"{HERE}::test_a_value_reaches_the_notebook_as_it_is"),
    ("NO, 0123 and 22:30 in YAML become something else", "papermill -p, measured", f"{YAML}::test_what_yaml_versions_read_differently_never_becomes_a_value"),
    ("a small YAML file with aliases grows without end", "papermill -f, measured", f"{YAML}::test_small_files_that_would_grow_are_refused_quickly"),
    ("braces in a path are taken for parameters", "papermill, measured", f"{RUN}::test_the_same_inputs_give_the_same_bytes_and_nothing_of_the_machine"),
    ("of two runs with the same output the last one wins", "papermill, measured", f"{FAULTS}::test_a_run_that_is_stopped_leaves_each_report_whole_and_no_process"),
    ("killed, it leaves a notebook that looks finished", "papermill, measured", f"{FAULTS}::test_a_run_that_is_stopped_leaves_each_report_whole_and_no_process"),
    ("killed while it writes, it leaves half a file", "papermill, measured", f"{PUBLISH}::test_killed_anywhere_nothing_is_half_and_the_next_run_publishes"),
    ("a full disk leaves a notebook that is cut short", "papermill, measured", f"{PUBLISH}::test_a_disk_that_is_full_from_anywhere_on_leaves_the_earlier_report_and_the_next_run_publishes"),
    ("a kernel that dies ends the command with 138 and a traceback", "papermill, measured", f"{FAULTS}::test_whatever_a_report_does_to_its_processes_the_others_are_made_and_it_is_named"),
    ("a kernel that is killed for want of memory is waited for for ever", "papermill #125", f"{FAULTS}::test_whatever_a_report_does_to_its_processes_the_others_are_made_and_it_is_named"),
    ("an endless cell runs for ever", "papermill #684, #711", f"{FAULTS}::test_whatever_a_report_does_to_its_processes_the_others_are_made_and_it_is_named"),
    ("two runs do not give the same bytes", "papermill, nbconvert, measured", f"{RUN}::test_the_same_inputs_give_the_same_bytes_and_nothing_of_the_machine"),
    ("ids by chance make each page another", "nbconvert, measured", f"{EXPORT}::test_same_bytes_from_another_process_and_time_zone"),
    ("the notebook keeps paths, users, times and all parameters", "papermill, measured", f"{RUN}::test_the_same_inputs_give_the_same_bytes_and_nothing_of_the_machine"),
    ("the published files tell of the machine or a person", "papermill, measured", f"{LEAKS}::test_no_published_file_nor_line_tells_of_a_case_a_person_or_a_raw_file"),
    ("a message repeats the traceback, with values", "papermill, measured", f"{RUN}::test_a_failing_report_stops_no_other_and_shows_no_foreign_message"),
    ("an error in the notebook is printed in the page", "nbconvert, measured", f"{EXPORT}::test_errors_are_refused_by_cell_and_class_alone"),
    ("warnings and prints with paths are printed in the page", "nbconvert, measured", f"{EXPORT}::test_nothing_outside_sealed_sections_is_printed"),
    ("the working folder is that of the whole process", "papermill #473", f"{HERE}::test_each_report_stands_in_a_folder_of_its_own"),
    ("kernels that start at once take each other's ports", "papermill #239, #329, #776", f"{KERNELS}::test_kernels_of_one_folder_never_share_their_sockets"),
    ("the sockets of kernels lie in the working folder and collide", "jupyter_client, measured", f"{KERNELS}::test_kernels_of_one_folder_never_share_their_sockets"),
    ("the path of a socket is too long", "jupyter_client, measured", f"{KERNELS}::test_a_socket_has_a_short_name_whatever_the_folder_of_temporary_files"),
    ("threads and sockets pile up with each notebook", "papermill #478", f"{HERE}::test_nothing_piles_up_in_the_run"),
    ("a kernel for each notebook is started from nothing", "papermill #326", f"{KERNELS}::test_papermill_by_hand_gets_a_forked_kernel"),
    ("many at once need a loop of one's own", "papermill #2, #404, #468, #578", f"{RUNNING}::test_any_executor_will_do"),
    ("somebody's own kernel of the same name wins", "jupyter_client, measured", f"{KERNELS}::test_somebodys_own_kernel_of_the_same_name_is_not_taken"),
    ("somebody's own start-up files are run", "ipython, measured", f"{RUN}::test_the_user_s_own_start_up_files_stay_out"),
    ("stored HTML and JavaScript is run in the page", "CVE-2021-32862", f"{HERE}::test_what_is_stored_in_a_notebook_changes_no_byte_of_the_page"),
    ("a served page may run scripts of others", "jupyter_server NbconvertFileHandler", f"{EXPORT}::test_html_asks_nobody_for_anything"),
    ("a program in the working folder is run for pictures", "CVE-2025-53000", f"{HERE}::test_no_other_program_is_ever_started"),
    ("two faults told only by their numbers", "CVE-2026-39377, CVE-2026-39378", f"{HERE}::test_the_version_is_one_where_the_published_faults_are_mended"),
    ("an output names the file that it is written to", "nbconvert #2285", f"{HERE}::test_no_output_names_a_file"),
    ("a category with markup is run in the page", "nbconvert, measured", f"{EXPORT}::test_hostile_text_is_only_text"),
    ("a heading from data changes the page", "nbconvert, measured", f"{HOSTILE}::test_a_page_has_the_same_elements_whatever_its_texts_say"),
    ("Markdown, TeX or Typst in data changes the PDF", "nbconvert, measured", f"{HOSTILE}::test_a_pdf_has_the_same_tags_whatever_its_texts_say"),
    ("a label from data is read as mathematics in a figure", "matplotlib, measured", f"{FIGURES}::test_labels_from_files_are_plain_text"),
    ("a text that begins with = is a formula", "pandas to_excel, measured", f"{TABLES}::test_no_text_is_a_formula_an_error_or_an_escaped_character"),
    ("pictures have no alternative text", "nbconvert #1320, #1993", f"{EXPORT}::test_html_can_be_read_by_everyone"),
    ("scripts are fetched from elsewhere", "nbconvert lab template", f"{EXPORT}::test_html_asks_nobody_for_anything"),
    ("no PDF without TeX", "nbconvert #799, #1156, #1248, #2170", f"{HERE}::test_no_other_program_is_ever_started"),
    ("HTML is lost in the PDF", "nbconvert #388", f"{HOSTILE}::test_a_pdf_has_the_same_tags_whatever_its_texts_say"),
    ("alternative texts break the PDF, or are left out of it", "nbconvert #2275", f"{EXPORT}::test_pdf_conforms"),
)  # fmt: skip


def test_every_bug_has_a_test_that_is_there():
    assert len({what for what, _, _ in BUGS}) == len(BUGS)
    missing = [proof for _, _, proof in BUGS if not _is_collected(*proof.split("::"))]
    assert not missing, missing


def _is_collected(file, name):
    path = REPOSITORY / file
    body = ast.parse(path.read_text(encoding="utf-8")).body if path.is_file() else ()
    return name.startswith("test_") and any(isinstance(one, ast.FunctionDef) and one.name == name for one in body)


def given(**changes):
    """Parameters of the made notebook."""
    whole = {"unit": CHILDREN, "year": 2024, "release": "internal", "as_of": "", "through": "", "language": "sv"}
    return {**whole, **changes}


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    folder = tmp_path_factory.mktemp("kända fel")
    made_project.write_notebook(folder)
    return folder


def test_a_parameter_without_a_type_is_refused(tmp_path):
    made_project.write_notebook(tmp_path, parameters=made_project.PARAMETERS.replace("year: int = 2024", "year = 2024"))
    with pytest.raises(ReportError, match="parametern «year» ska vara"):
        kernel.check_parameters(kernel.notebook_path(tmp_path), given())


def test_the_name_of_a_parameter_is_never_code(project):
    name = "year = 1; import os; os._exit(1) #"
    with pytest.raises(ReportError, match="okänd parameter") as refused:
        kernel.execute(kernel.notebook_path(project), given(**{name: 1}), project)
    assert "\n" not in str(refused.value)


def test_a_value_reaches_the_notebook_as_it_is(tmp_path):
    value = '"""\'; raise SystemExit #\n\r\t\\{unit}\\N{DIGIT ONE} %s $x å\u2028\x1b'
    made_project.write_notebook(tmp_path, f"assert as_of == {value!r}, 'another value'")
    executed = kernel.execute(kernel.notebook_path(tmp_path), given(as_of=value), tmp_path)
    assert any(MIME_TYPE in output["data"] for output in executed.cells[-1].outputs)


def test_each_report_stands_in_a_folder_of_its_own(tmp_path):
    folders = [tmp_path / name for name in ("ett", "två")]
    for folder in folders:
        folder.mkdir()
    here = Path.cwd()
    with FanOut(width=2) as fan_out:
        met = dict(fan_out.each(works_in_folders.stands_in, folders))
        assert {folder: future.result() for folder, future in met.items()} == {one: one.resolve() for one in folders}
    assert Path.cwd() == here


def test_nothing_piles_up_in_the_run(tmp_path, demo_project):
    project = mischief.make(tmp_path, demo_project)
    counted = []
    for _ in range(3):
        assert run.run_reports(project, [CHILDREN], [2024], force=True).failed == ()
        mine = psutil.Process()
        counted.append((threading.active_count(), mine.num_threads(), mine.num_fds() if os.name == "posix" else 0))
    assert counted[1] == counted[2]


VECTOR = "</style></title>\"'><script>alert(1)</script><img src=x onerror=alert(1)>"
KINDS = ("text/html", "image/svg+xml", "text/markdown", "text/latex", "text/plain", "image/png", "application/javascript",
         "application/vnd.jupyter.widget-view+json")  # fmt: skip


def with_vectors():
    """The same report with everything in its notebook that nbconvert has printed as it was."""
    notebook = showcase.notebook()
    notebook.metadata.update(
        {"title": VECTOR, "authors": [{"name": VECTOR}], "language_info": {"name": VECTOR, "codemirror_mode": VECTOR}}
    )
    notebook.metadata["widgets"] = {"application/vnd.jupyter.widget-state+json": {"state": {"x": VECTOR}}}
    for cell in notebook.cells:
        cell.metadata.update({"tags": [VECTOR], "name": VECTOR, "slideshow": {"slide_type": VECTOR}})
        for output in cell.get("outputs", ()):
            output.setdefault("metadata", nbformat.NotebookNode()).update(
                {"width": VECTOR, "filenames": {MIME_TYPE: VECTOR}}
            )
    notebook.cells[1].outputs.append(nbformat.v4.new_output("display_data", dict.fromkeys(KINDS, VECTOR)))
    notebook.cells.append(nbformat.v4.new_markdown_cell(VECTOR))
    notebook.cells.append(nbformat.v4.new_raw_cell(VECTOR))
    return notebook


def files_of(notebook):
    """Every file that an executed notebook gives, in a run and by nbconvert's own command."""
    by_hand = {one.__name__: one().from_notebook_node(notebook)[0] for one in (PDFExporter, HTMLExporter)}
    return {**export(sections_of(notebook)), **by_hand}


@pytest.fixture(scope="module")
def exported():
    return files_of(showcase.notebook())


def test_what_is_stored_in_a_notebook_changes_no_byte_of_the_page(exported):
    assert files_of(with_vectors()) == exported


def test_no_output_names_a_file(exported):
    notebook = showcase.notebook()
    for name in ("../../utanfor.png", "/tmp/utanfor.png", "report.pdf"):
        for cell in notebook.cells:
            for output in cell.get("outputs", ()):
                output.setdefault("metadata", nbformat.NotebookNode()).update(
                    {"filename": name, "filenames": {MIME_TYPE: name}}
                )
        assert files_of(notebook) == exported


def test_no_other_program_is_ever_started(exported, monkeypatch, tmp_path):
    def refuse(*_, **__):
        raise AssertionError("a program was started")

    for module, name in (
        (subprocess, "Popen"),
        (os, "system"),
        (os, "posix_spawn"),
        (os, "popen"),
        (os, "execv"),
        (os, "startfile"),
    ):
        monkeypatch.setattr(module, name, refuse, raising=False)
    monkeypatch.setenv("PATH", "")
    monkeypatch.chdir(tmp_path)
    assert files_of(showcase.notebook()) == exported


def test_the_version_is_one_where_the_published_faults_are_mended():
    assert tuple(map(int, version("nbconvert").split(".")[:3])) >= (7, 17, 2)
    assert '"nbconvert>=7.17.2"' in (REPOSITORY / "pyproject.toml").read_text(encoding="utf-8")
