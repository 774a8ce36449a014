"""The table of faults: whatever is killed, filled, stuck or started twice, no report is lost or half-written.

Each test lets `isu report` run for real, causes the fault at a moment of its choosing, looks at what is left, and lets
a plain run follow. The table with what to do is ``docs/driftsakerhet.md``.
"""

from __future__ import annotations

import datetime as dt
import itertools
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import made_project
import mischief
import pytest
import works
from made_project import CHILDREN, OVERVIEW, PARENTS
from mischief import FIRST, SECOND, Run

from isu_analysis.reporting.kernels import server
from isu_analysis.reporting.limits import Limits
from isu_analysis.reporting.reasons import KILLED
from isu_analysis.reporting.running.isolated import isolated

pytestmark = pytest.mark.skipif(
    os.name != "posix", reason="Windows has no signals; its processes are tested in test_running"
)
ON_LINUX = pytest.mark.skipif(not server.available(), reason="there is no server to kill where there is no fork")
YEARS = (2023, 2024)
VANISHED = "beräkningens process försvann innan den var klar."


@pytest.fixture(scope="module")
def prepared(tmp_path_factory, demo_project):
    """A project of which everything is published once, inside and outside."""
    project = mischief.make(tmp_path_factory.mktemp("fel"), demo_project)
    for release, years in (("internal", YEARS), ("public", [2024])):
        assert made_project.run_reports(project, [CHILDREN, PARENTS], years, release).failed == ()
    assert set(mischief.editions(project)) == mischief.keys(*YEARS)
    assert set(mischief.editions(project, "public")) == mischief.keys(2024)
    return project


def everything_is_mended(project, release="internal", years=(2024,)):
    """Let a plain run follow, and find every report whole, new and current, and nothing left over."""
    mischief.order(project, {})
    summary = made_project.run_reports(project, [CHILDREN, PARENTS], years, release, force=False)
    assert (summary.failed, summary.held_back) == ((), ())
    found = mischief.editions(project, release)
    assert {key for key, shown in found.items() if shown == SECOND} == mischief.keys(*years)
    assert mischief.is_current(project, release, years)
    assert mischief.hidden(project) == []
    if release == "public":
        assert mischief.ledger(project) == {
            f"{key}/2024": 1 for key in (CHILDREN, PARENTS)
        }  # the same figures: no new edition


MISCHIEF = {
    f"{CHILDREN}/2023": (mischief.CRASHES, KILLED),
    f"{CHILDREN}/2024": (mischief.TAKES_MEMORY, "beräkningen behövde mer minne än den får ta."),
    f"{PARENTS}/2023": (mischief.KILLS_ITS_WORKER, KILLED),
    f"{PARENTS}/2024": (mischief.NEVER_ENDS, "tog mer än 18 s och avbröts."),
}


@ON_LINUX
def test_whatever_a_report_does_to_its_processes_the_others_are_made_and_it_is_named(prepared, tmp_path):
    project = mischief.copy(prepared, tmp_path, orders={key: code for key, (code, _) in MISCHIEF.items()})
    with Run(project, CHILDREN, PARENTS, "--year", "2023,2024", "--minutes", "0.3", "--gigabytes", "3") as run:
        assert run.wait() == 3
        mischief.until(lambda: not run.left())
    found = mischief.editions(project)
    assert found == {**dict.fromkeys(MISCHIEF, FIRST), **{f"{OVERVIEW}/{year}": SECOND for year in YEARS}}
    for key, (_, why) in MISCHIEF.items():
        unit, _, year = key.rpartition("/")
        assert f"{unit} {year}: {why}\n" in run.said()
    assert "Klart." not in run.said() and "4 gick inte att göra, se ovan." in run.said()
    assert "Traceback" not in run.said()
    everything_is_mended(project, years=YEARS)


@ON_LINUX
def test_a_killed_server_takes_what_was_being_done_along_and_the_rest_is_made(prepared, tmp_path):
    project = mischief.copy(prepared, tmp_path, orders={f"{CHILDREN}/2023": mischief.KILLS_THE_SERVER})
    with Run(project, CHILDREN, PARENTS, "--year", "2023,2024") as run:
        assert run.wait() == 3
        mischief.until(lambda: not run.left())
    said = [line for line in run.said().splitlines() if line.endswith(VANISHED)]
    failed = {key: shown for key, shown in mischief.editions(project).items() if shown == FIRST}
    assert f"{CHILDREN} 2023: {VANISHED}" in said and 1 <= len(said) == len(failed) < 6
    everything_is_mended(project, years=YEARS)


STOPS = [("SIGKILL", "public", -9), ("SIGINT", "internal", 130), ("SIGTERM", "internal", 130)]


@pytest.mark.parametrize(("how", "release", "code"), STOPS)
def test_a_run_that_is_stopped_leaves_each_report_whole_and_no_process(prepared, tmp_path, how, release, code):
    project = mischief.copy(prepared, tmp_path, orders={f"{CHILDREN}/2024": mischief.WAITS})
    words = (CHILDREN, PARENTS, "--year", "2024", *(["--public"] if release == "public" else []))
    with Run(project, *words) as run:
        mischief.until((project / mischief.WAITING).exists, run)
        mischief.until(lambda: mischief.editions(project, release)[f"{PARENTS}/2024"] == SECOND, run)
        _is_refused(Run(project, *words), because_of=run)
        os.killpg(run.process.pid, getattr(signal, how))  # as from the keyboard, or from systemd
        assert run.wait() == code
        mischief.until(lambda: not run.left())
    assert ("Avbrutet. Det som redan är klart ligger kvar; inget är halvskrivet." in run.said()) == (code == 130)
    found = mischief.editions(project, release)
    assert found[f"{CHILDREN}/2024"] == FIRST
    assert found[f"{PARENTS}/2024"] == SECOND
    everything_is_mended(project, release)


def _is_refused(another, because_of):
    """A second run in the same project ends at once, says whose it is, and hurts nobody."""
    with another:
        assert another.wait() == 5
    told = f"En annan körning pågår i projektmappen (process {because_of.process.pid}). Vänta tills den är klar.\n"
    assert another.said() == told
    assert because_of.process.poll() is None


def test_a_public_report_whose_kernel_is_killed_holds_the_overview_back_and_keeps_what_is_out(prepared, tmp_path):
    project = mischief.copy(prepared, tmp_path, orders={f"{CHILDREN}/2024": mischief.IS_KILLED})
    summary = made_project.run_reports(project, [CHILDREN, PARENTS], [2024], "public", force=False)
    assert [str(one) for one in summary.failed] == [f"{CHILDREN} 2024: {KILLED}"]
    found = mischief.editions(project, "public")
    assert (found[f"{CHILDREN}/2024"], found[f"{PARENTS}/2024"]) == (FIRST, SECOND)
    everything_is_mended(project, "public")


@pytest.mark.parametrize("kernels", ["", server.ORDINARY])
def test_work_ends_with_the_run_that_asked_for_it_also_where_there_is_no_fork(tmp_path, kernels):
    numbers = tmp_path / "numbers"
    code = f"import works; from isu_analysis.reporting.running.isolated import isolated; isolated(works.says_where_and_hangs, {str(numbers)!r})"
    search = os.pathsep.join([str(Path(works.__file__).parent), os.environ.get("PYTHONPATH", "")])
    runner = subprocess.Popen(
        [sys.executable, "-c", code], env={**os.environ, server.SWITCH: kernels, "PYTHONPATH": search}
    )
    mischief.until(numbers.exists)
    runner.kill()
    runner.wait()
    mischief.until(lambda: not mischief.runs(int(numbers.read_text(encoding="utf-8").split()[0])))


def test_a_clock_that_jumps_changes_nothing(prepared, tmp_path, monkeypatch):
    project = Path(shutil.copytree(prepared, tmp_path / prepared.name))
    before = made_project.published(project)
    hours = itertools.cycle([0, -200_000, 1, 90_000])  # back to before the files were made, and on to next decade
    real = time.time
    with monkeypatch.context() as patch:
        patch.setattr(time, "time", lambda: real() + 3600 * next(hours))
        summary = made_project.run_reports(project, [CHILDREN], [2024])
        assert isolated(works.slowly, 0.5, Limits(minutes=1)) == 0.5  # its limit is counted by another clock
    assert summary.failed == () and len(summary.done) == 2
    assert made_project.published(project) == before


@pytest.mark.parametrize("when", [dt.datetime(1999, 1, 1), dt.datetime(2079, 1, 1)])
def test_times_of_files_that_jump_make_no_report_again(prepared, tmp_path, when):
    project = Path(shutil.copytree(prepared, tmp_path / prepared.name))
    for path in project.rglob("*"):
        os.utime(path, (when.timestamp(), when.timestamp()))
    assert mischief.is_current(project, years=YEARS)
    assert mischief.is_current(project, "public")


def test_every_row_of_the_documented_table_names_a_test_that_is_there():
    text = (made_project.REPOSITORY / "docs" / "driftsakerhet.md").read_text(encoding="utf-8")
    named = set(re.findall(r"`(test_\w+)`", text))
    there = {
        name
        for path in (made_project.REPOSITORY / "tests").rglob("test_*.py")
        for name in re.findall(r"^def (test_\w+)", path.read_text(encoding="utf-8"), re.MULTILINE)
    }
    assert len(named) > 8 and named <= there
    rows = [line for line in text.splitlines() if line.startswith("| ")][2:]
    assert all("`test_" in row for row in rows)
