"""What `repair` finds and what it never touches: damaged journals, other programs' files, what is being written now."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
import threading

import pytest
from failing_disk import DEATH, NO_LINKS, Died, contents, counted, failing, hidden, visible

from isu_analysis.files import (
    WriteError,
    create,
    disk,
    names,
    processes,
    remove,
    repair,
    sha256,
    write,
    write_together,
    writing,
)
from isu_analysis.intake.pseudonyms import owner_only

OLD = {"a.txt": b"old a", "f/b.txt": b"old b", "f/c.txt": b"old c"}
NEW = {"a.txt": b"new a", "f/b.txt": b"new b", "f/d.txt": b"new d"}
posix = pytest.mark.skipif(os.name != "posix", reason="mode bits say nothing there")


@pytest.fixture(autouse=True)
def impatient(monkeypatch):
    monkeypatch.setattr(disk, "WAITS", ())


@pytest.fixture
def folder(tmp_path):
    place = tmp_path / "reports" / "Göteborg å ä ö" / "2024"
    write_together(place, OLD)
    return place


def stopped(folder, kind, nth=1):
    """Die at the nth operation of a kind of a change of the folder; give the mark."""
    with counted(folder.parent / "prov") as told:
        write_together(folder.parent / "prov", OLD)
        before = len(told.operations)
        write_together(folder.parent / "prov", NEW, ["f/c.txt"])
    kinds = [operation.kind for operation in told.operations[before:]]
    at = [number for number, one in enumerate(kinds) if one == kind][nth - 1]
    for name in contents(folder.parent / "prov"):
        remove(folder.parent / "prov" / name)
    with failing(folder, DEATH, at=at), pytest.raises(Died):
        write_together(folder, NEW, ["f/c.txt"])
    return next((told["mark"] for path in folder.iterdir() if (told := names.JOURNAL.fullmatch(path.name))), "")


def test_a_whole_tree_is_mended_and_told(folder, tmp_path):
    other = folder.parent / "2023"
    write_together(other, OLD)
    stopped(folder, "replace", 3)
    stopped(other, "link", 2)
    write(tmp_path / "reports" / "x", b"untouched")
    assert repair(tmp_path) == (
        "reports/Göteborg å ä ö/2023", "reports/Göteborg å ä ö/2023/f", "reports/Göteborg å ä ö/2024",
    )  # fmt: skip
    assert visible(folder) == NEW and visible(other) == OLD and not hidden(tmp_path)
    assert repair(tmp_path) == () and repair(tmp_path / "finns inte") == ()


def test_an_interrupted_change_is_finished_before_the_next_and_never_comes_back_over_it(folder):
    for act in (
        lambda: write(folder / "a.txt", b"newest"),
        lambda: write_together(folder, {"a.txt": b"newest", "e.txt": b"e"}),
        lambda: remove(folder / "a.txt"),
        lambda: create(folder / "e.txt", b"e"),
    ):
        stopped(folder, "replace", 3)
        act()
        after = contents(folder)
        assert not hidden(folder) and repair(folder) == () and contents(folder) == after
        assert (folder / "f" / "d.txt").read_bytes() == b"new d" and not (folder / "f" / "c.txt").exists()
        write_together(folder, OLD, ["e.txt", "f/d.txt"])


@pytest.mark.parametrize(
    "change",
    [
        lambda told: told["new"].update({"../utanför.txt": "0" * 64}),
        lambda told: told["gone"].append("../utanför.txt"),
        lambda told: told["gone"].append("f/../../utanför.txt"),
        lambda told: told["gone"].append("/etc/hosts"),
        lambda told: told["gone"].append("C:\\x.txt"),
        lambda told: told["gone"].append("f/g/h.txt"),
        lambda told: told["gone"].append(".isu"),
        lambda told: told["gone"].append(""),
        lambda told: told["gone"].append(7),
        lambda told: told["old"].append("länk/utanför.txt"),
        lambda told: told.update(format=2),
        lambda told: told.pop("old"),
        lambda told: told.update(new=[1, 2]),
    ],
)
def test_a_journal_that_speaks_of_anything_else_is_not_followed(folder, change):
    outside = folder.parent / "utanför.txt"
    outside.write_bytes(b"somebody's")
    (folder / "länk").symlink_to(folder.parent, target_is_directory=True)
    mark = stopped(folder, "replace", 2)
    journal = folder / f".{mark}.byte"
    told = json.loads(journal.read_bytes())
    change(told)
    journal.write_text(json.dumps(told), encoding="utf-8")
    (folder.parent / f".utanför.txt.{mark}.gammal").write_bytes(b"bait")
    repair(folder)
    assert outside.read_bytes() == b"somebody's" and (folder.parent / f".utanför.txt.{mark}.gammal").exists()
    (folder / "länk").unlink()
    assert visible(folder) == OLD and not hidden(folder)


@pytest.mark.parametrize("data", [b"", b"{", b"\xff\xfe", b"[]", b'"x"', b"null", b"[" * 100_000])
@pytest.mark.parametrize("kind", ["byte", "ater"])
def test_a_damaged_journal_touches_no_file(folder, data, kind):
    journal = folder / f".0a1b2c3d-999999999-1.{kind}"
    journal.write_bytes(data)
    repair(folder)
    assert contents(folder) == OLD


@pytest.mark.parametrize("kind", ["byte", "ater"])
def test_a_forged_journal_removes_and_replaces_nothing_without_what_a_change_lays_out(folder, kind):
    told = {
        "format": 1,
        "new": {"a.txt": "0" * 64, "f/b.txt": sha256(folder / "a.txt")},
        "old": [],
        "gone": ["f/c.txt"],
    }
    (folder / f".0a1b2c3d-999999999-1.{kind}").write_text(json.dumps(told), encoding="utf-8")
    repair(folder)
    assert contents(folder) == OLD


def test_files_of_other_programs_are_left_alone(folder, tmp_path):
    theirs = {
        ".report.pdf.abc.ny": b"1", "~$a.xlsx": b"2", ".gammal": b"3", ".x.gammal": b"4", ".DS_Store": b"5",
        "a.txt.0a1b2c3d.ny": b"6", ".0a1b2c3d.byte": b"7", ".b.tagen": b"theirs", ".isu.log.undan.gammal": b"8",
    }  # fmt: skip
    for name, data in theirs.items():
        (folder / name).write_bytes(data)
    (folder / ".katalog.0a1b2c3d.ny").mkdir()
    (tmp_path / "annan").mkdir()
    (tmp_path / "annan" / ".x.0a1b2c3d.ny").write_bytes(b"behind a link")
    (folder / "länk").symlink_to(tmp_path / "annan", target_is_directory=True)
    assert repair(folder) == ()
    write_together(folder, NEW, ["f/c.txt"])
    (folder / "länk").unlink()
    assert contents(folder) == NEW | theirs and (folder / ".katalog.0a1b2c3d.ny").is_dir()
    assert (tmp_path / "annan" / ".x.0a1b2c3d.ny").exists()


def test_what_earlier_versions_moved_away_is_put_back_or_thrown_away(folder):
    (folder / "f" / "b.txt").rename(folder / "f" / ".b.txt.0a1b2c3d.gammal")
    (folder / ".a.txt.0a1b2c3d.gammal").write_bytes(b"older")
    (folder / ".a.txt.0a1b2c3d.ny").write_bytes(b"half")
    write(folder / "e.txt", b"e")  # no writing is hindered by them
    remove(folder / "e.txt")
    assert set(repair(folder)) == {".", "f"}
    assert contents(folder) == OLD


def test_what_a_running_program_writes_is_left_alone_until_it_has_ended(folder):
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as program:
        mark = stopped(folder, "replace", 3)
        live = f"0a1b2c3d-{program.pid}-{program.pid}"
        for path in [path for path in folder.rglob("*") if mark in path.name]:
            path.rename(path.with_name(path.name.replace(mark, live)))
        before = contents(folder)
        assert repair(folder) == () and contents(folder) == before
        with pytest.raises(WriteError, match="en annan körning skriver där just nu"):
            write_together(folder, NEW)
        assert contents(folder) == before
        program.kill()
        program.wait()
    assert repair(folder) == (".",)
    assert visible(folder) == NEW and not hidden(folder)


def test_what_another_thread_writes_is_left_alone(folder):
    goes_on, told = threading.Event(), []
    thread = threading.Thread(target=lambda: (told.append(names.new_mark()), goes_on.wait()))
    thread.start()
    while not told:
        pass
    waiting = names.beside(folder / "a.txt", told[0], names.NEW)
    waiting.write_bytes(b"half")
    assert repair(folder) == () and waiting.exists()
    goes_on.set()
    thread.join()
    assert repair(folder) == (".",) and contents(folder) == OLD


def test_a_process_is_told_from_one_that_has_ended():
    assert processes.is_running(os.getpid()) and not processes.is_running(2**31 + 5) and not processes.is_running(2**29)
    with subprocess.Popen([sys.executable, "-c", ""]) as program:
        if sys.platform == "linux":
            os.waitid(os.P_PID, program.pid, os.WEXITED | os.WNOWAIT)  # it has ended, and nobody has taken notice
            assert not processes.is_running(program.pid)
    assert not processes.is_running(program.pid)


@pytest.mark.parametrize("name", ["../x", "a/b/c", ".dold", "f/.dold", "a\\b", "c:x", "", "f/"])
def test_a_name_that_no_journal_may_hold_is_refused_before_anything_is_written(folder, name):
    with pytest.raises(ValueError, match="not names of files"):
        write_together(folder, {"a.txt": b"x", name: b"y"})
    assert contents(folder) == OLD


@posix
@pytest.mark.parametrize("links", [True, False])
def test_nothing_that_lies_there_meanwhile_is_more_readable_than_the_files(tmp_path, links):
    place, seen = tmp_path / "enhet", set()

    def look():
        seen.update((path.name, stat.S_IMODE(path.lstat().st_mode)) for path in place.rglob(".*") if path.is_file())

    before = os.umask(0o000)
    try:
        with owner_only():
            write_together(place, OLD)
        with owner_only(), counted(place, look), failing(place, NO_LINKS, where=lambda _: not links):
            write_together(place, NEW, ["f/c.txt"])
    finally:
        os.umask(before)
    kinds = {name.rpartition(".")[2] for name, _ in seen}
    assert kinds == {"ny", "gammal", "byte"}
    assert {mode for _, mode in seen} == {0o600}
    assert all(stat.S_IMODE((place / name).stat().st_mode) == 0o600 for name in NEW)


@posix
def test_a_copy_of_a_file_that_only_its_owner_reads_is_never_open_to_others(tmp_path):
    place, seen = tmp_path / "enhet", set()

    def look():
        seen.update(stat.S_IMODE(path.lstat().st_mode) for path in place.rglob(".*.gammal"))

    with owner_only():
        write_together(place, OLD)
    before = os.umask(0o000)
    try:
        with counted(place, look), failing(place, NO_LINKS, where=lambda _: True):
            write_together(place, NEW, ["f/c.txt"])
    finally:
        os.umask(before)
    assert seen == {0o600}


def test_on_windows_no_folder_is_synced_and_a_new_page_is_moved_into_place(folder, monkeypatch):
    class Windows:
        name = "nt"
        fsync = staticmethod(os.fsync)

    monkeypatch.setattr(disk, "os", Windows)
    monkeypatch.setattr(writing, "os", Windows)
    with counted(folder) as told:
        create(folder / "e.txt", b"e")
        write_together(folder, NEW, ["f/c.txt"])
    assert contents(folder) == NEW | {"e.txt": b"e"}
    assert [str(one) for one in told.operations if one.kind == "rename"] == ["rename .e.txt.*.ny -> e.txt"]
    assert not [one for one in told.operations if one.kind == "look"]

    def there(*_):
        raise FileExistsError

    monkeypatch.setattr(os, "rename", there)  # as it is there, unlike elsewhere
    with pytest.raises(FileExistsError):
        create(folder / "e.txt", b"f")
    assert contents(folder) == NEW | {"e.txt": b"e"}


@posix
def test_what_is_put_back_has_the_mode_it_had_also_without_links(folder, monkeypatch):
    (folder / "a.txt").chmod(0o640)
    with failing(folder, NO_LINKS, where=lambda _: True):
        real = disk.replace

        def held(source, target):
            if target.name == "b.txt" and source.suffix == ".ny":
                raise PermissionError(13, "held", str(target))
            real(source, target)

        monkeypatch.setattr(disk, "replace", held)
        with pytest.raises(WriteError, match=r"b\.txt är öppen i ett annat program"):
            write_together(folder, NEW, ["f/c.txt"])
    assert contents(folder) == OLD
    assert stat.S_IMODE((folder / "a.txt").stat().st_mode) == 0o640


@pytest.mark.parametrize("told", [b"", b"0a1b2c3", b"0a1b2c3d-999999999-1"])
def test_a_name_that_was_claimed_by_a_run_that_was_stopped_is_free_again(folder, told):
    (folder / ".e.txt.tagen").write_bytes(told)
    assert repair(folder) == (".",)
    with failing(folder, NO_LINKS, where=lambda _: True):
        create(folder / "e.txt", b"e")
        with pytest.raises(FileExistsError):
            create(folder / "e.txt", b"f")
    assert contents(folder) == OLD | {"e.txt": b"e"}


@posix
def test_a_disk_that_takes_no_more_is_said(folder):
    """For real: the system refuses to let a file grow."""
    code = (
        "import resource, signal, sys; from pathlib import Path; from isu_analysis.files import write_together\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN); resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))\n"
        "write_together(Path(sys.argv[1]), {'a.txt': b'new a', 'f/b.txt': b'x' * 2000})"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(folder)], capture_output=True, text=True, encoding="utf-8", check=False
    )
    assert "WriteError" in done.stderr and "Det som låg där är orört" in done.stderr
    assert contents(folder) == OLD


@pytest.mark.skipif(
    os.name != "posix" or not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write anywhere"
)
def test_a_folder_that_must_not_be_written_in_is_said(folder):
    folder.chmod(0o500)
    try:
        with pytest.raises(WriteError, match="saknas behörighet"):
            write_together(folder, NEW)
    finally:
        folder.chmod(0o700)
    assert contents(folder) == OLD
