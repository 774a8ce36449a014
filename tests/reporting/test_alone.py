"""Whatever changes a project waits for whoever works in it, and nothing that was decided before a change is published after it."""

from __future__ import annotations

import datetime as dt
import json
import os
import shutil
from concurrent.futures import Executor, Future
from pathlib import Path

import made_project
import psutil
import pytest
import small_project
import works
from made_project import CHILDREN

from isu_analysis import cli
from isu_analysis.errors import ReportError
from isu_analysis.intake import list_path
from isu_analysis.reporting import batch
from isu_analysis.reporting.exit_codes import ANOTHER_RUN, NOT_CURRENT, OK
from isu_analysis.reporting.limits import Limits
from isu_analysis.reporting.published import Published
from isu_analysis.reporting.run import RunSummary
from isu_analysis.reporting.running import course, fan_out
from isu_analysis.reporting.running.fan_out import FanOut
from isu_analysis.reporting.running.isolated import isolated
from isu_analysis.reporting.running.lock import one_run
from isu_analysis.reporting.scheduled import night
from isu_analysis.settings import load_unit

ONE = "a-kommun/oppenvard"


@pytest.fixture
def project(tmp_path, monkeypatch):
    """One unit with two raw files, read in."""
    place = small_project.project(tmp_path)
    small_project.unit(place)
    for year in (2023, 2024):
        raw = small_project.raw(place, f"ärenden {year}.xlsx")
        days = {"start": dt.date(year, 1, 10), "slut": dt.date(year, 6, 1)}
        small_project.xlsx(raw, [small_project.row(f"{year}-{n}", **days) for n in range(9)])
    shutil.copytree(Path(__file__).parents[2] / "notebooks", place / "notebooks")
    monkeypatch.chdir(place)
    monkeypatch.delenv("ISU_PROJECT", raising=False)
    assert cli.main(["intake", ONE]) == OK
    return place


@pytest.fixture
def without_reports(monkeypatch):
    """Let a night only read in."""
    monkeypatch.setattr(batch, "report_named", lambda *_, **__: RunSummary((), ()))


@pytest.mark.parametrize(
    "words",
    [
        ["intake", ONE],
        ["report", ONE, "--force"],
        ["run", ONE],
        ["purge", "--before", "2020-01-01"],
        ["key", "--change"],
        ["receive", "arkiv.zip"],
    ],
    ids=lambda words: words[0],
)
def test_what_changes_a_project_waits_for_who_works_in_it(project, capsys, words):
    before = {
        path: path.read_bytes() for place in (".isu", "data_processed") for path in (project / place).rglob("*.*")
    }
    with one_run(project):
        assert cli.main(words) == ANOTHER_RUN
        assert f"process {os.getpid()}" in "".join(capsys.readouterr())
    assert {path: path.read_bytes() for path in before} == before
    assert not list(project.glob("reports/**/*.pdf"))


def test_looking_waits_for_nobody(project, capsys):
    with one_run(project):
        assert cli.main(["status"]) == NOT_CURRENT
        assert cli.main(["check", ONE]) == OK
    assert "nya" in capsys.readouterr().out


def test_status_says_what_there_is_to_do_and_its_code_what_a_scheduler_must_know(project, capsys):
    assert cli.main(["status"]) == NOT_CURRENT
    said = capsys.readouterr().out
    assert said.splitlines()[0] == "4 interna rapporter: 4 nya."  # two years, and the municipality's overviews
    assert f"{ONE}  2023  ny" in said
    assert cli.main(["status", "b-kommun"]) != OK
    assert "b-kommun" in capsys.readouterr().err


@pytest.mark.skipif(os.name != "posix", reason="Windows writes no core dumps")
def test_a_crash_leaves_no_memory_on_the_disk():
    assert isolated(works.core_limit, None) == (0, 0)


@pytest.mark.skipif(os.name != "posix", reason="sessions are of POSIX")
def test_what_a_report_has_started_ends_with_it_also_in_a_session_of_its_own(tmp_path):
    path = tmp_path / "processer"
    with pytest.raises(ReportError, match="avbröts"):
        isolated(works.hangs_beside_a_session, path, limits=Limits(minutes=0.05))
    mine, below = map(int, path.read_text(encoding="utf-8").split())
    for process in (mine, below):
        assert not psutil.pid_exists(process) or psutil.Process(process).status() == psutil.STATUS_ZOMBIE


class _Nobody(Executor):
    """A cluster whose last worker is gone: it takes work, and nobody does it."""

    width = 0

    def submit(self, *_, **__):
        return Future()


def test_a_cluster_without_workers_ends_the_run_and_says_so(monkeypatch):
    monkeypatch.setattr(fan_out, "LOOK", 0.01)
    with FanOut(_Nobody(), width=1) as work, pytest.raises(ReportError, match="inga datorer kvar"):
        list(work.each(works.double, [1, 2]))


def test_nothing_is_published_when_the_ledger_has_changed_since_it_was_decided(tmp_path, monkeypatch):
    project = made_project.make(tmp_path)
    decide = course.decide

    def decided(question):
        found = decide(question)
        monkeypatch.setattr(Published, "head", lambda self, municipality: "another")
        return found

    monkeypatch.setattr(course, "decide", decided)
    summary = made_project.run_reports(project, [CHILDREN], [2024], "public")
    assert not summary.done and not list((project / "reports").glob("public/**/manifest.json"))
    assert all("liggaren har ändrats" in failed.reason for failed in summary.failed) and summary.failed


@pytest.mark.usefixtures("without_reports")
def test_a_removed_raw_file_is_told_and_what_stood_in_it_is_kept(project):
    read = (project / "data_processed" / ONE / "intake.json").read_bytes()
    (project / "data_raw" / ONE / "ärenden 2023.xlsx").unlink()
    account = night.run(project, night.Asked(), say=lambda _: None)
    told = (project / "logs" / "summary.txt").read_text(encoding="utf-8")
    assert account.exit_code and "1 borttagen råfil" in told and "Lägg tillbaka" in told
    assert (project / "data_processed" / ONE / "intake.json").read_bytes() == read


@pytest.mark.usefixtures("without_reports")
def test_a_list_of_problems_is_gone_when_they_are_put_right(project):
    raw = project / "data_raw" / ONE / "ärenden 2024.xlsx"
    right = raw.read_bytes()
    listed = list_path(project, load_unit(ONE, project))
    small_project.xlsx(raw, [small_project.row(None)])
    assert cli.main(["intake", ONE]) != OK and listed.is_file()
    raw.write_bytes(right)
    night.run(project, night.Asked(), say=lambda _: None)
    assert not listed.exists()
    assert json.loads((project / "logs" / "message.json").read_text(encoding="utf-8"))["exit_code"] == OK
