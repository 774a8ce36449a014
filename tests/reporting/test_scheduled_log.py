"""A log that grows, is laid aside and loses no line, whoever looks at it."""

from __future__ import annotations

import datetime as dt
import errno
from pathlib import Path

import pytest

from isu_analysis import files
from isu_analysis.files import WriteError
from isu_analysis.reporting.progress import LEFT_OUT
from isu_analysis.reporting.scheduled.log import KEPT, Log, local_now, without_secrets

MOMENT = dt.datetime(2026, 10, 25, 2, 30, tzinfo=dt.timezone(dt.timedelta(hours=2)))
NUMBER = "19121212-1212"  # the tax agency's test number


def lines(folder):
    """Every line of every log, the oldest first."""
    logs = sorted(folder.glob("isu.log.*"), key=lambda path: -int(path.suffix[1:]))
    return [line.split(" ", 1)[1] for path in [*logs, folder / "isu.log"] if path.exists() for line in path.read_text(encoding="utf-8").splitlines()]  # fmt: skip


def test_a_log_that_has_grown_large_is_laid_aside_and_the_oldest_goes(tmp_path):
    log = Log(tmp_path, lambda: MOMENT, largest=200)
    for number in range(60):
        log.say(f"rad {number:02} å")
    names = sorted(path.name for path in tmp_path.iterdir())
    assert names == ["isu.log", *(f"isu.log.{number}" for number in range(1, KEPT + 1))]
    found = lines(tmp_path)
    assert found == [f"rad {number:02} å" for number in range(60 - len(found), 60)]
    assert all(path.stat().st_size <= 200 for path in tmp_path.iterdir())


def test_it_is_not_laid_aside_before_it_is_large(tmp_path):
    log = Log(tmp_path, lambda: MOMENT)
    for _ in range(60):
        log.say("rad")
    assert [path.name for path in tmp_path.iterdir()] == ["isu.log"]


@pytest.mark.parametrize("held", ["isu.log", "isu.log.1", "isu.log.2"])
def test_a_log_that_somebody_has_open_on_windows_loses_no_line(tmp_path, monkeypatch, held):
    log, replace = Log(tmp_path, lambda: MOMENT, largest=200), Path.replace
    for number in range(20):
        log.say(f"rad {number:02}")
    before = len(list(tmp_path.glob("isu.log.*")))
    assert before >= 2

    def windows(self, target):
        if held in (self.name, Path(target).name):
            raise PermissionError(errno.EACCES, "The process cannot access the file")
        return replace(self, target)

    monkeypatch.setattr(Path, "replace", windows)
    for number in range(20, 26):
        log.say(f"rad {number:02}")
    monkeypatch.setattr(Path, "replace", replace)
    for number in range(26, 32):
        log.say(f"rad {number:02}")
    left = [path.read_text(encoding="utf-8") for path in tmp_path.rglob("*") if path.is_file()]
    assert [n for n in range(32) if f"rad {n:02}" not in "".join(left)] == []
    assert all(path.name.startswith("isu.log") for path in tmp_path.iterdir())  # and nothing is left waiting


@pytest.mark.parametrize("step", range(1, 5))
def test_stopped_in_the_middle_of_laying_aside_no_line_is_lost(tmp_path, monkeypatch, step):
    log, replace, count = Log(tmp_path, lambda: MOMENT, largest=200), Path.replace, [0]
    for number in range(14):
        log.say(f"rad {number:02}")

    def stopped(self, target):
        count[0] += 1
        if count[0] == step:
            raise KeyboardInterrupt
        return replace(self, target)

    monkeypatch.setattr(Path, "replace", stopped)
    with pytest.raises(KeyboardInterrupt):
        for number in range(14, 30):
            log.say(f"rad {number:02}")
    monkeypatch.setattr(Path, "replace", replace)
    for _ in range(10):
        log.say("efter")
    left = "".join(path.read_text(encoding="utf-8") for path in tmp_path.iterdir())
    assert all(f"rad {number:02}" in left for number in range(14))
    assert all(path.name.startswith("isu.log") for path in tmp_path.iterdir())


def test_a_line_of_several_lines_is_stamped_each(tmp_path):
    Log(tmp_path, lambda: MOMENT).say("ett\n  två\n\ntre")
    assert (tmp_path / "isu.log").read_text(encoding="utf-8").splitlines() == [
        "2026-10-25T02:30:00+02:00 ett",
        "2026-10-25T02:30:00+02:00   två",
        "2026-10-25T02:30:00+02:00 ",
        "2026-10-25T02:30:00+02:00 tre",
    ]


def test_what_points_at_somebody_is_left_out_line_by_line(tmp_path):
    text = f"ett\n{NUMBER}\n/home/nagon/x\ntre"
    assert without_secrets(text) == f"ett\n{LEFT_OUT}\n{LEFT_OUT}\ntre"
    assert without_secrets("191212\n12-1212 och 19121212-\n1212") == LEFT_OUT  # only together do they tell


def test_a_log_that_cannot_be_begun_is_said_and_one_that_breaks_is_not(tmp_path):
    (tmp_path / "isu.log").mkdir()
    log = Log(tmp_path, lambda: MOMENT)
    with pytest.raises(WriteError):
        log.begin("rad")
    log.say("rad")


def test_the_wall_clock_tells_its_offset():
    assert local_now().utcoffset() is not None


def test_two_programs_write_in_the_same_log(tmp_path):
    one, other = (Log(tmp_path, lambda: MOMENT) for _ in range(2))
    one.say("ett")
    other.say("två")
    one.say("tre")
    assert lines(tmp_path) == ["ett", "två", "tre"]
    files.remove(tmp_path / "isu.log")  # nobody holds it between the lines
