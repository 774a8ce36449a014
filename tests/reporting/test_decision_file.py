"""The run offers beslut.xlsx beside an internal report, and never takes away what somebody has written."""

from __future__ import annotations

import shutil
from pathlib import Path

import made_project
import openpyxl
import pytest
from made_project import CHILDREN, run_reports

import isu_analysis as isu
from isu_analysis import files
from isu_analysis.decisions import Decided, decisions_before, read
from isu_analysis.disclosure import decide
from isu_analysis.reporting import kernel
from isu_analysis.reporting.decision_file import empty, offer
from isu_analysis.reporting.plan import Job


@pytest.fixture(scope="module")
def prepared(tmp_path_factory):
    project = made_project.make(tmp_path_factory.mktemp("beslut"))
    shutil.copy(kernel.notebook_path(made_project.REPOSITORY), kernel.notebook_path(project))  # whose figures are real
    return project


@pytest.fixture
def project(prepared, tmp_path):
    return Path(shutil.copytree(prepared, tmp_path / prepared.name))


def offered(project, folder, year):
    """Put the file in a folder as a run does, of the section for the meeting."""
    report = isu.protect(isu.analyse(isu.cohort(CHILDREN, year, project=project)), isu.Release.internal())
    name = report.context.unit.name
    offer(folder, Job(CHILDREN, year, name), empty([isu.show(report, "reflection")], name, year))


def fill_in(path, text="Ring alla"):
    book = openpyxl.load_workbook(path)
    book["Beslut"]["A3"], book["Beslut"]["B3"] = text, book["Siffror"]["B2"].value
    book.save(path)
    return path.read_bytes()


def test_the_run_writes_it_beside_the_internal_report_and_nowhere_else(project):
    for release in ("internal", "public"):
        run_reports(project, [CHILDREN], [2024], release)
    found = [path.relative_to(project / "reports").as_posix() for path in (project / "reports").rglob("*beslut*")]
    assert found == [f"internal/{CHILDREN}/2024/beslut.xlsx"]
    made = openpyxl.load_workbook(project / "reports" / found[0])["Siffror"]
    assert [made["B2"].value, made["C2"].value] == ["Skulle följas upp", "205 ärenden"]  # of the demonstration's truth


def test_a_filled_in_file_survives_a_year_made_again_and_comes_back_the_year_after(project):
    run_reports(project, [CHILDREN], [2023])
    path = project / "reports" / "internal" / CHILDREN / "2023" / "beslut.xlsx"
    written = fill_in(path)
    assert run_reports(project, [CHILDREN], [2023]).failed == ()
    assert path.read_bytes() == written
    decided = decisions_before(isu.load_unit(CHILDREN, project), 2024, project)
    assert [one.text for one in decided.decisions] == ["Ring alla"]
    assert decided.decisions[0].figure.label == "Skulle följas upp"


def test_an_untouched_file_gets_the_figures_of_the_report_as_it_is_now(project, tmp_path):
    offered(project, tmp_path, 2023)
    offered(project, tmp_path, 2023)
    before = (tmp_path / "beslut.xlsx").read_bytes()
    (tmp_path / "beslut.xlsx").unlink()
    offered(project, tmp_path, 2024)
    other = (tmp_path / "beslut.xlsx").read_bytes()
    assert other != before
    offered(project, tmp_path, 2023)  # of another year: not what that year's run wrote
    assert (tmp_path / "beslut.xlsx").read_bytes() == other


@pytest.mark.parametrize("content", [b"", b"skadad", b"PK\x03\x04"])
def test_a_file_that_cannot_be_read_is_kept(project, tmp_path, content):
    (tmp_path / "beslut.xlsx").write_bytes(content)
    offered(project, tmp_path, 2024)
    assert (tmp_path / "beslut.xlsx").read_bytes() == content


def test_a_file_that_is_open_or_cannot_be_replaced_is_kept(project, tmp_path, monkeypatch):
    offered(project, tmp_path, 2024)
    before = (tmp_path / "beslut.xlsx").read_bytes()
    wrote = []

    def held(path, data):
        wrote.append(path)
        raise files.WriteError("öppen")

    monkeypatch.setattr(files, "write", held)
    offered(project, tmp_path, 2024)
    assert wrote, "an untouched file is replaced"
    (tmp_path / ".~lock.beslut.xlsx#").write_text("")
    wrote.clear()
    offered(project, tmp_path, 2024)
    assert not wrote, "one that a spreadsheet program has open is not even tried"
    assert (tmp_path / "beslut.xlsx").read_bytes() == before
    (tmp_path / "beslut.xlsx").unlink()
    (tmp_path / ".~lock.beslut.xlsx#").unlink()
    with pytest.raises(files.WriteError):
        offered(project, tmp_path, 2024)


def test_what_the_run_wrote_holds_no_decision_yet(project, tmp_path):
    offered(project, tmp_path, 2024)
    assert read(tmp_path / "beslut.xlsx", 2024) == Decided()


def test_the_run_says_which_rows_of_an_earlier_year_cannot_be_read(project):
    run_reports(project, [CHILDREN], [2023])
    path = project / "reports" / "internal" / CHILDREN / "2023" / "beslut.xlsx"
    fill_in(path)
    book = openpyxl.load_workbook(path)
    book["Beslut"]["A4"], book["Beslut"]["C4"] = "Pröva grupp", "nästa vecka"
    book.save(path)
    for release, told in (("internal", 1), ("public", 0)):
        lines: list[str] = []
        run_reports(project, [CHILDREN], [2024], release, progress=lines.append)
        said = [line for line in lines if "beslut.xlsx" in line]
        assert len(said) == told
        assert all("/2023/beslut.xlsx går inte att läsa på rad 4." in line for line in said)
        assert not any("nästa vecka" in line for line in lines)


def test_outside_the_service_there_is_nothing_to_decide_about(project):
    results = isu.analyse(isu.cohort(CHILDREN, 2024, project=project))
    assert isu.show(isu.protect(results, isu.Release.internal()), "reflection").quotes
    assert not isu.show(isu.protect(results, decide([results], "public")), "reflection").quotes
