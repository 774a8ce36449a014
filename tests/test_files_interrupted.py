"""A stop between any two operations: killed, full, refused. Nothing is lost, nothing is half, and the next run repairs."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

import failing_disk
import pytest
from failing_disk import (
    BROKEN,
    DEATH,
    EXIT,
    FULL,
    FULL_ONCE,
    KILLED,
    NO_LINKS,
    REFUSED,
    REFUSED_FOR_GOOD,
    every_stop,
    failing,
    hidden,
    touches,
    visible,
)

from isu_analysis.files import WriteError, create, disk, remove, repair, write, write_together

OLD = {
    "report.pdf": b"old pdf" * 9, "report.html": b"old html", "figurer/01-a.png": b"old a",
    "figurer/02-b.png": b"old b", "tabell å.xlsx": b"old table", "manifest.json": b"old list",
}  # fmt: skip
NEW = {
    "report.pdf": b"new pdf", "report.html": b"new html" * 9, "figurer/01-a.png": b"new a",
    "figurer/03-c.png": b"new c", "manifest.json": b"new list",
}  # fmt: skip
BARE = {"report.pdf": b"bare pdf", "manifest.json": b"bare list"}
OTHERS = {"egen.txt": b"mine", "figurer/egen.png": b"mine too"}


def together(new):
    return lambda folder: write_together(folder, new, gone=set(OLD) - set(new))


# what lies there, what is done, what lies there then
CASES = {
    "a report over another": (OLD, together(NEW), NEW),
    "a report without its figures": (OLD, together(BARE), BARE),
    "a report beside what others put there": (OLD | OTHERS, together(BARE), BARE | OTHERS),
    "a first report": ({}, together(NEW), NEW),
    "one file": (OLD, lambda folder: write(folder / "report.pdf", b"new"), OLD | {"report.pdf": b"new"}),
    "a first file": ({}, lambda folder: write(folder / "a" / "b.txt", b"new"), {"a/b.txt": b"new"}),
    "one file and one that goes": (
        {"a": b"1", "b": b"2"},
        lambda f: write_together(f, {"a": b"3"}, ["b"]),
        {"a": b"3"},
    ),
    "a small report": (
        {"a": b"1", "f/b": b"2", "f/c": b"3"},
        lambda folder: write_together(folder, {"f/b": b"4", "f/d": b"5", "a": b"6"}, ["f/c"]),
        {"a": b"6", "f/b": b"4", "f/d": b"5"},
    ),
    "a page": ({"1.json": b"1"}, lambda folder: create(folder / "2.json", b"22"), {"1.json": b"1", "2.json": b"22"}),
    "a file away": (OLD, lambda folder: remove(folder / "report.pdf"), {k: OLD[k] for k in OLD if k != "report.pdf"}),
}
ALL = pytest.mark.parametrize("case", CASES)
LINKS = pytest.mark.parametrize("links", [True, False], ids=["links", "no links"])
EACH = pytest.mark.parametrize(
    ("case", "links"), [*((case, True) for case in CASES), ("a report over another", False), ("a page", False)]
)
FAILURES = [FULL, FULL_ONCE, REFUSED, REFUSED_FOR_GOOD, BROKEN]


@pytest.fixture
def tmp_path(tmp_path):
    """A folder in memory, where there is one: some ten thousand small folders are laid out."""
    memory = Path("/dev/shm")
    with tempfile.TemporaryDirectory(dir=memory if os.access(memory, os.W_OK) else tmp_path) as name:
        yield Path(name)


@pytest.fixture(autouse=True)
def impatient(monkeypatch):
    monkeypatch.setattr(disk, "WAITS", ())
    monkeypatch.setattr(
        os, "fsync", lambda _: None
    )  # counted and failed all the same; what it is for is tried elsewhere


def laid(before):
    def lay(folder):
        for name, data in before.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
        folder.mkdir(parents=True, exist_ok=True)

    return lay


def on(links, act):
    """The same on a file system without hard links."""

    def acted(folder):
        with failing(folder, NO_LINKS, where=lambda _: True):
            act(folder)

    return act if links else acted


def reader(before, after):
    """Somebody who looks at every moment: each file is whole, and one that both versions have is never missing."""

    def watching(folder):
        def look():
            seen = visible(folder)
            half = {name for name, data in seen.items() if data not in (before.get(name), after.get(name))}
            assert not half, f"half written: {half}"
            assert before.keys() & after.keys() <= seen.keys()

        return look

    return watching


@EACH
def test_killed_anywhere_the_next_run_repairs(tmp_path, case, links):
    before, act, after = CASES[case]
    outcomes = set()
    for stop in every_stop(tmp_path, laid(before), on(links, act), DEATH, reader(before, after)):
        assert isinstance(stop.error, failing_disk.Died), stop
        reader(before, after)(stop.folder)()
        repair(stop.folder)
        found = visible(stop.folder)
        assert found in (before, after), stop
        assert not hidden(stop.folder), stop
        assert repair(stop.folder) == (), stop
        outcomes.add(found == after)
        if found != after:
            act(stop.folder)
            assert visible(stop.folder) == after and not hidden(stop.folder), stop
    assert outcomes >= {False} and (outcomes == {False, True} or case == "a file away")


@ALL
def test_killed_anywhere_the_next_writing_repairs(tmp_path, case):
    before, act, after = CASES[case]
    for stop in every_stop(tmp_path, laid(before), act, DEATH):
        if visible(stop.folder) == after and case == "a page":
            continue  # it is created already, and nobody may be second
        act(stop.folder)
        assert visible(stop.folder) == after, stop
        assert not hidden(stop.folder), stop


@LINKS
def test_killed_anywhere_also_while_it_repairs(tmp_path, links):
    before, act, after = CASES["a small report"]
    tried = 0
    for stop in every_stop(tmp_path / "run", laid(before), on(links, act), DEATH):
        left = failing_disk.contents(stop.folder)
        again = every_stop(tmp_path / f"repair-{stop.number}", laid(left), repair, DEATH)
        for second in again:
            repair(second.folder)
            assert visible(second.folder) in (before, after) and not hidden(second.folder), (stop, second)
            tried += 1
    assert tried > 200


@EACH
@pytest.mark.parametrize("failure", FAILURES, ids=lambda one: one.name)
def test_refused_anywhere_it_is_said_and_all_is_as_before(tmp_path, case, links, failure):
    before, act, after = CASES[case]
    said = set()
    for stop in every_stop(tmp_path, laid(before), on(links, act), failure):
        found = visible(stop.folder)
        if stop.error is None:
            assert found == after, stop
        else:
            assert isinstance(stop.error, WriteError), stop
            if "avbröts halvvägs" not in str(stop.error):
                assert found == before, stop
            said.add(str(stop.error).split(": ", 1)[1])
        repair(stop.folder)
        assert visible(stop.folder) in (before, after) and not hidden(stop.folder), stop
    assert said or (failure is FULL and case == "a file away")  # nothing takes up room when a file goes
    if failure in (FULL, FULL_ONCE):
        assert not any("avbröts halvvägs" in one for one in said), "a full disk never hinders that all is put back"


@pytest.mark.parametrize("name", [name for name in OLD if name not in OTHERS])
@LINKS
def test_a_file_that_is_open_leaves_all_as_it_was_and_is_named(tmp_path, name, links):
    laid(OLD)(tmp_path / "2024")
    act = on(links, together(NEW))
    short = name.split("/")[-1]
    with failing(tmp_path, REFUSED_FOR_GOOD, where=touches(short)), pytest.raises(WriteError) as error:
        act(tmp_path / "2024")
    assert visible(tmp_path / "2024") == OLD and not hidden(tmp_path / "2024")
    assert "Stäng filen och kör igen. Det som låg där är orört." in str(error.value)
    assert name not in NEW or f"{short} är öppen i ett annat program" in str(error.value)


@pytest.mark.parametrize("name", ["report.html", "manifest.json", "figurer/02-b.png"])
@LINKS
def test_killed_anywhere_on_the_way_back_from_a_file_that_is_open(tmp_path, name, links):
    def act(folder):
        with failing(folder, REFUSED_FOR_GOOD, where=touches(name.split("/")[-1])):
            together(NEW)(folder)

    def attempt(folder):
        with pytest.raises(WriteError):
            on(links, act)(folder)

    kept = []
    for stop in every_stop(tmp_path, laid(OLD), attempt, DEATH, reader(OLD, NEW)):
        repair(stop.folder)
        assert visible(stop.folder) in (OLD, NEW) and not hidden(stop.folder), stop
        kept.append(visible(stop.folder) == OLD)
    assert kept[0] and kept[-1]


def test_what_cannot_be_finished_for_an_open_file_goes_back_or_waits_and_is_never_mixed(tmp_path):
    for stop in every_stop(tmp_path, laid(OLD), together(NEW), DEATH):
        mixed = visible(stop.folder) not in (OLD, NEW)
        with failing(stop.folder, REFUSED_FOR_GOOD, where=touches("manifest.json")):
            mended = repair(stop.folder)
            assert not mixed or mended, stop
            assert visible(stop.folder) in (OLD, NEW), stop
        repair(stop.folder)
        assert visible(stop.folder) in (OLD, NEW) and not hidden(stop.folder), stop


def test_a_disk_that_breaks_while_it_repairs_mixes_nothing_either(tmp_path):
    for stop in every_stop(tmp_path, laid(OLD), together(NEW), DEATH):
        with failing(stop.folder, BROKEN, where=lambda operation: operation.kind == "fsync"):
            repair(stop.folder)
        assert visible(stop.folder) in (OLD, NEW), stop
        repair(stop.folder)
        assert visible(stop.folder) in (OLD, NEW) and not hidden(stop.folder), stop


@pytest.mark.skipif(not hasattr(os, "fork"), reason="a child that can be ended at will")
@pytest.mark.parametrize("case", ["a report over another", "a page"])
def test_a_process_that_ends_for_real_leaves_the_same(tmp_path, case):
    before, act, after = CASES[case]
    laid(before)(tmp_path / "hel")
    with failing_disk.counted(tmp_path / "hel") as whole:
        act(tmp_path / "hel")
    for number in range(len(whole.operations)):
        folder = tmp_path / str(number)
        laid(before)(folder)
        child = os.fork()
        if not child:
            with failing(folder, EXIT, at=number):
                act(folder)
            os._exit(0)
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == KILLED
        reader(before, after)(folder)()
        repair(folder)
        assert visible(folder) in (before, after) and not hidden(folder), number
