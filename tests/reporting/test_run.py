"""A run makes the reports it can, says why about the others, and leaves nothing of itself behind."""

from __future__ import annotations

import json
import os
import re
import shutil
from pathlib import Path

import made_project
import nbformat
import pytest
from made_project import CHILDREN, OVERVIEW, PARENTS, REPOSITORY, run_reports

from isu_analysis.errors import DataError, ReportError
from isu_analysis.presentation.sealed import MIME_TYPE
from isu_analysis.reporting import kernel
from isu_analysis.reporting.plan import plan
from isu_analysis.reporting.progress import Progress
from isu_analysis.reporting.reasons import reason

SOURCES = sorted((REPOSITORY / "isu_analysis").rglob("*.py"))
GIVEN = {"unit": CHILDREN, "year": 2024, "release": "internal", "as_of": "", "through": "", "language": "sv"}


@pytest.fixture(scope="module")
def prepared(tmp_path_factory):
    return made_project.make(tmp_path_factory.mktemp("run"))


@pytest.fixture
def project(prepared, tmp_path):
    return Path(shutil.copytree(prepared, tmp_path / prepared.name))


def only_for(key, code):
    return f"if unit == {key!r}:\n    {code}"


def test_the_same_inputs_give_the_same_bytes_and_nothing_of_the_machine(project):
    lines: list[str] = []
    first = run_reports(project, [CHILDREN], [2024, 1999], progress=lines.append)
    assert lines[:2] == [
        "Inget att redovisa för 1999. År med uppgifter: 2022, 2023, 2024.",
        "Gör 1 rapport och 1 översikt för internt bruk …",
    ]
    before = made_project.published(project)
    run_reports(project, [CHILDREN], [2024])
    assert [job.key for job in first.done] == ["exempelstad/resurs-barn/2024", "exempelstad/oversikt/2024"]
    assert first.failed == ()
    assert made_project.published(project) == before
    of_report = ("report.pdf", "report.html", "tabeller.xlsx", "manifest.json")
    assert {"internal/index.html", f"internal/{CHILDREN}/2024/beslut.xlsx"} | {
        f"internal/{key}/2024/{name}" for key in (CHILDREN, OVERVIEW) for name in of_report
    } == set(before)
    kept = (project / "data_processed" / CHILDREN / "korningar" / "2024-internal.ipynb").read_text(encoding="utf-8")
    for trace in ("papermill", str(project), str(Path.home())):
        assert trace not in kept
    shown = nbformat.reads(kept, 4).cells[-1]
    assert shown.execution_count is None
    assert [list(output.data) for output in shown.outputs] == [[MIME_TYPE]]


def test_a_failing_report_stops_no_other_and_shows_no_foreign_message(project):
    made_project.write_notebook(project, only_for(CHILDREN, 'raise ValueError("Anna Andersson")'))
    lines: list[str] = []
    summary = run_reports(project, [CHILDREN, PARENTS], [2024], progress=lines.append)
    assert [job.unit_key for job in summary.done] == [PARENTS, OVERVIEW]
    assert str(summary.failed[0]) == f"{CHILDREN} 2024: oväntat fel (ValueError) i anteckningsbokens cell 3."
    assert not any("Anna" in line for line in lines)
    assert not (project / "reports" / "internal" / CHILDREN).exists()


def test_our_own_message_from_the_notebook_is_shown(project):
    broken = 'import isu_analysis as isu; isu.load_unit("exempelstad/finns-inte")'
    made_project.write_notebook(project, broken)
    summary = run_reports(project, [CHILDREN], [2024])
    assert "Okänd enhet «exempelstad/finns-inte»." in summary.failed[0].reason


def test_an_earlier_report_is_untouched_by_a_failure(project):
    run_reports(project, [CHILDREN], [2024])
    before = made_project.published(project)
    made_project.write_notebook(project, "raise SystemExit(1)")
    assert run_reports(project, [CHILDREN], [2024]).failed
    assert made_project.published(project) == before


def test_a_report_that_fails_the_last_check_is_not_published(project, monkeypatch):
    monkeypatch.setattr("isu_analysis.disclosure.scan", lambda name, content, forbidden: [f"{name} innehåller något."])
    summary = run_reports(project, [CHILDREN], [2024])
    assert "klarade inte slutkontrollen" in summary.failed[0].reason
    assert set(made_project.published(project)) == set()


def test_a_public_release_is_decided_over_the_whole_municipality(project):
    made_project.write_notebook(
        project,
        'about = json.loads(open(os.environ["ISU_RELEASE"], encoding="utf-8").read())\n'
        'assert about["mode"] == "public" and "exempelstad/foraldrastod/2022" in about["decisions"]',
    )
    summary = run_reports(project, [CHILDREN], [2024], release="public")
    assert summary.failed == ()
    manifest = json.loads((project / "reports" / "public" / CHILDREN / "2024" / "manifest.json").read_text("utf-8"))
    assert "raw_files" not in manifest and "settings_sha256" not in manifest
    assert "arenden" not in json.dumps(manifest)


def test_the_kernel_gets_the_project_and_the_environment_comes_back(project):
    made_project.write_notebook(
        project, f'assert os.environ["ISU_PROJECT"] == {str(project)!r} and os.environ["PYTHONHASHSEED"] == "0"'
    )
    before = dict(os.environ)
    assert run_reports(project, [CHILDREN], [2024]).failed == ()
    assert dict(os.environ) == before


def test_the_user_s_own_start_up_files_stay_out(project, tmp_path, monkeypatch):
    startup = tmp_path / "ipython" / "profile_default" / "startup"
    startup.mkdir(parents=True)
    (startup / "own.py").write_text("intruder = 1")
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path / "ipython"))
    made_project.write_notebook(project, 'assert "intruder" not in globals()')
    assert run_reports(project, [CHILDREN], [2024]).failed == ()


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({**GIVEN, "unitt": "x"}, "okänd parameter «unitt». Menade du «unit»?"),
        ({k: v for k, v in GIVEN.items() if k != "as_of"}, "parametern «as_of» saknas."),
        ({**GIVEN, "year": "2024"}, "parametern «year» ska vara heltal."),
    ],
)
def test_parameters_are_strict(given, message):
    with pytest.raises(ReportError, match=re.escape(message)):
        kernel.check_parameters(kernel.notebook_path(REPOSITORY), given)


def test_the_notebook_takes_what_the_run_gives():
    kernel.check_parameters(kernel.notebook_path(REPOSITORY), GIVEN)


def test_without_the_kernel_nothing_starts(project, monkeypatch):
    from jupyter_client.kernelspec import KernelSpecManager, NoSuchKernel

    def missing(self, name):
        raise NoSuchKernel(name)

    monkeypatch.setattr(KernelSpecManager, "get_kernel_spec", missing)
    with pytest.raises(ReportError, match="kärnan «isu» är inte installerad"):
        run_reports(project, [CHILDREN])


def test_a_broken_unit_file_is_a_failure_of_that_unit_only(project):
    (project / "parameters" / f"{PARENTS}.yml").write_text("name: x\nokänd: 1\n", encoding="utf-8")
    planned = plan([PARENTS, CHILDREN], None, project)
    assert [job.year for job in planned.jobs] == [2022, 2023, 2024]
    assert planned.failed[0].unit_key == PARENTS


def test_a_year_without_data_is_refused_with_the_years_there_are(project):
    with pytest.raises(ReportError, match=r"Inget att redovisa för 1999\. År med uppgifter: 2022, 2023, 2024\."):
        plan([CHILDREN], [1999], project)


def test_an_unknown_release_is_refused(project):
    with pytest.raises(ReportError, match="Tillåtna: internal, public"):
        run_reports(project, [CHILDREN], release="publik")


class _InCell(Exception):
    def __init__(self, ename, evalue, frame):
        self.ename, self.evalue, self.exec_count = ename, evalue, 4
        self.traceback = [f"\x1b[36mFile \x1b[32m{frame}:12\x1b[39m, in f()", f"{ename}: {evalue}"]


def test_a_namesake_of_our_errors_is_not_taken_for_ours():
    _InCell.__name__ = "PapermillExecutionError"
    ours = _InCell("DataError", "inga inlästa uppgifter", "/x/isu_analysis/intake/store.py")
    theirs = _InCell("DataError", "could not convert Anna", "/x/pandas/core/frame.py")
    assert reason(ours) == "inga inlästa uppgifter"
    assert reason(theirs) == "oväntat fel (DataError) i anteckningsbokens cell 4."
    assert reason(DataError("saknas")) == "saknas"
    assert reason(KeyError("Anna")) == "oväntat fel (KeyError)."


def test_progress_says_number_unit_seconds_and_time_left():
    times = iter([0.0, 3.1, 6.2, 200.0])
    lines: list[str] = []
    progress = Progress(3, lines.append, clock=lambda: next(times))
    progress.step("Unga vuxna 2022", seconds=2.04)
    progress.step("Unga vuxna 2023", "misslyckades")
    progress.step("Unga vuxna 2024", seconds=193.8)
    assert lines == [
        "1 av 3 · Unga vuxna 2022 · 2,0 s · ungefär 6 s kvar",
        "2 av 3 · Unga vuxna 2023 · misslyckades · ungefär 3 s kvar",
        "3 av 3 · Unga vuxna 2024 · 193,8 s",
    ]


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.name)
def test_nothing_needs_fork_and_mode_bits_never_decide(path):
    text = path.read_text(encoding="utf-8")
    assert not re.search(r"os\.fork\b|os\.access|os\.getuid|import pwd\b", text)
    if path.parent.name == "kernels":
        return  # where processes are forked, behind a question to the system: `server.available`
    assert not re.search(r"get_context\(.fork|prctl", text)
    # Who may read a key, and how much memory a child may take, can only be asked where the system is POSIX.
    if re.search(r"st_mode|import (resource|fcntl)\b", text):
        assert re.search(r'os\.name [!=]= "(posix|nt)"|sys\.platform [!=]= "win32"', text), (
            "it must ask which system it is on"
        )


@pytest.mark.slow
def test_the_real_notebook_makes_a_whole_report(project):
    shutil.copy(kernel.notebook_path(REPOSITORY), kernel.notebook_path(project))
    summary = run_reports(project, [CHILDREN], [2024])
    assert summary.failed == ()
    assert (project / "reports" / "internal" / CHILDREN / "2024" / "report.pdf").read_bytes().startswith(b"%PDF")
