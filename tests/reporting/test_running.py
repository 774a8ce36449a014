"""Each piece of work in a process of its own: what it does to that process hurts nothing else, and is told in plain words."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor

import psutil
import pytest
import works

from isu_analysis.errors import ReportError
from isu_analysis.reporting.kernels import server
from isu_analysis.reporting.limits import Limits
from isu_analysis.reporting.running.fan_out import AHEAD, FanOut
from isu_analysis.reporting.running.isolated import isolated
from isu_analysis.reporting.running.lock import one_run

GENEROUS = 60  # seconds; a test that waits this long has found a fault


@pytest.fixture(params=["forked", "spawned"])
def kind(request, monkeypatch):
    """Let the processes be made as on Linux, or as where there is no fork."""
    if request.param == "spawned":
        monkeypatch.setenv(server.SWITCH, server.ORDINARY)
    elif not server.available():
        pytest.skip("there is no fork on this system")


def until(found):
    """Wait until something is so."""
    last = time.monotonic() + GENEROUS
    while not found():
        assert time.monotonic() < last, "it never came to be"
        time.sleep(0.05)


def is_gone(process):
    try:
        return psutil.Process(process).status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


@pytest.mark.usefixtures("kind")
def test_an_answer_comes_back_whole():
    assert isolated(works.double, 21) == 42
    assert len(isolated(works.large, 3_000_000)) == 3_000_000  # more than a pipe holds


WRONG = {
    "own_error": (None, "uppgifterna saknas."),
    "foreign_error": ("Anna Andersson", "oväntat fel (ValueError)."),
    "leaves": (None, "oväntat fel (SystemExit)."),
    "vanishes": (7, "beräkningens process försvann innan den var klar."),
    "crashes": (None, "ett fel i ett av programmen som används stoppade beräkningen."),
    "is_killed": (None, "beräkningen avbröts av datorn, oftast för att minnet tog slut."),
}


@pytest.mark.usefixtures("kind")
def test_what_goes_wrong_is_told_without_a_value():
    told = {}
    with ThreadPoolExecutor(2) as executor:  # each begins a process, which takes seconds where there is no fork
        begun = {name: executor.submit(isolated, getattr(works, name), given) for name, (given, _) in WRONG.items()}
        for name, future in begun.items():
            with pytest.raises(ReportError) as raised:
                future.result()
            told[name] = str(raised.value)
    assert told == {name: said for name, (_, said) in WRONG.items()}
    assert isolated(works.double, 1) == 2  # and the next one is as good as new


def test_a_process_that_ends_well_without_an_answer_has_given_none():
    with pytest.raises(ReportError, match="försvann innan den var klar"):
        isolated(works.vanishes, 0)


@pytest.mark.skipif(os.name != "posix", reason="this system cannot limit the memory of a process")
@pytest.mark.usefixtures("kind")
def test_too_much_memory_ends_one_piece_of_work_only():
    with pytest.raises(ReportError, match="mer minne än den får"):
        isolated(works.takes_memory, 5_000_000_000, Limits(gigabytes=3))
    assert isolated(works.takes_memory, 5_000_000, Limits(gigabytes=3)) == 5_000_000


@pytest.mark.usefixtures("kind")
def test_an_endless_piece_of_work_is_ended_with_all_that_it_has_started(tmp_path):
    with pytest.raises(ReportError, match=r"tog mer än 12 s och avbröts\."):
        isolated(works.says_where_and_hangs, tmp_path / "numbers", Limits(minutes=0.2))
    numbers = (tmp_path / "numbers").read_text(encoding="utf-8").split()
    assert len(numbers) == 2
    if os.name == "posix":
        until(lambda: all(is_gone(int(number)) for number in numbers))


def test_a_run_that_stops_ends_what_is_being_done(tmp_path):
    stop = threading.Event()
    threading.Thread(target=lambda: (until((tmp_path / "numbers").exists), stop.set())).start()
    with pytest.raises(ReportError, match="avbröts"):
        isolated(works.says_where_and_hangs, tmp_path / "numbers", stop=stop)
    until(lambda: is_gone(int((tmp_path / "numbers").read_text(encoding="utf-8").split()[0])))


def test_the_process_has_the_environment_as_it_is_now(monkeypatch):
    isolated(works.double, 1)  # whatever server there is runs already
    monkeypatch.setenv("ISU_OF_THIS_TEST", "nyss")
    assert isolated(works.environment, "ISU_OF_THIS_TEST") == "nyss"


def test_work_is_given_as_it_is_done_or_in_order():
    given = [1.0, 0.0, 0.0]
    with FanOut(width=3) as fan_out:
        first_done = [one for one, _ in fan_out.each(works.slowly, given)]
        in_order = [future.result() for _, future in fan_out.each(works.slowly, given, in_order=True)]
    assert first_done == [0.0, 0.0, 1.0]
    assert in_order == given


def test_no_more_is_begun_than_is_soon_needed(tmp_path):
    with FanOut(width=2) as fan_out:
        results = fan_out.each(works.marks, ((str(tmp_path), number) for number in range(50)), in_order=True)
        next(results)
        time.sleep(1)
        assert len(list(tmp_path.iterdir())) <= 2 * AHEAD + 1
        assert len(list(results)) == 49


@pytest.mark.parametrize("make", [lambda: ThreadPoolExecutor(2), lambda: ProcessPoolExecutor(2)])
def test_any_executor_will_do(make):
    with make() as executor, FanOut(executor) as fan_out:
        assert sorted(future.result() for _, future in fan_out.each(works.double, range(5))) == [0, 2, 4, 6, 8]
        ((_, failed),) = fan_out.each(works.own_error, [None])
        with pytest.raises(ReportError, match=r"^uppgifterna saknas\.$"):
            failed.result()


def test_leaving_ends_what_is_still_being_done(tmp_path):
    with FanOut(width=1) as fan_out:
        fan_out.submit(works.says_where_and_hangs, tmp_path / "numbers")
        until((tmp_path / "numbers").exists)
    until(lambda: is_gone(int((tmp_path / "numbers").read_text(encoding="utf-8").split()[0])))


def test_without_isolation_it_is_this_process_that_works():
    with FanOut(isolate=False) as fan_out:
        ((_, future),) = fan_out.each(works.process, [None])
        assert future.result() == os.getpid()
    with FanOut() as fan_out:
        ((_, future),) = fan_out.each(works.process, [None])
        assert future.result() != os.getpid()


def test_a_run_leaves_nothing_of_its_own_and_takes_what_a_killed_one_left(tmp_path):
    with one_run(tmp_path) as folder:
        (folder / "beslut.json").write_text("{}", encoding="utf-8")
        (folder / "arbete" / "ipython").mkdir(parents=True)
    assert [path.name for path in folder.iterdir()] == ["lock"]
    (folder / "kvar.json").write_text("{}", encoding="utf-8")
    with one_run(tmp_path) as folder:
        assert [path.name for path in folder.iterdir()] == ["lock"]


def test_two_runs_at_once_are_refused_with_the_owner_s_process(tmp_path):
    code = "import sys, pathlib\nfrom isu_analysis.reporting.running.lock import one_run\nwith one_run(pathlib.Path(sys.argv[1])):\n    pass"
    with one_run(tmp_path):
        other = subprocess.run(
            [sys.executable, "-c", code, tmp_path], capture_output=True, text=True, encoding="utf-8", check=False
        )
        assert f"BusyError: En annan körning pågår i projektmappen (process {os.getpid()})." in other.stderr
    assert subprocess.run([sys.executable, "-c", code, tmp_path], check=False).returncode == 0
