import errno
import hashlib
import os
import shutil
from pathlib import Path

import pytest

from isu_analysis.files import WriteError, disk, remove, sha256, write, write_together

OLD, NEW = (
    {"report.html": b"gammal html", "report.pdf": b"gammal pdf"},
    {"report.html": b"ny html", "report.pdf": b"ny pdf"},
)


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setattr(disk, "WAITS", ())
    place = tmp_path / "Göteborg å ä ö" / "2024"
    write_together(place, OLD)
    return place


def contents(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def refuse(monkeypatch, name, error=None, times=10**6):
    """A file somebody has open on Windows: it can be read, but neither moved nor replaced."""
    replace, left = Path.replace, [times]

    def windows(self, target):
        if name in (self.name, Path(target).name) and left[0]:
            left[0] -= 1
            raise error or PermissionError(errno.EACCES, "The process cannot access the file")
        return replace(self, target)

    monkeypatch.setattr(Path, "replace", windows)


def test_files_are_written_whole_into_a_folder_that_is_made(folder):
    assert contents(folder) == OLD
    write_together(folder, NEW)
    assert contents(folder) == NEW
    write(folder / "djupt" / "ner" / "fil å.txt", b"x")
    assert contents(folder / "djupt" / "ner") == {"fil å.txt": b"x"}


@pytest.mark.parametrize("name", OLD)
def test_a_file_open_in_a_reader_leaves_every_file_as_it_was(folder, monkeypatch, name):
    refuse(monkeypatch, name)
    with pytest.raises(WriteError) as error:
        write_together(folder, NEW)
    assert contents(folder) == OLD
    assert "öppen i ett annat program" in str(error.value) and "Stäng filen och kör igen" in str(error.value)
    assert str(folder.parent.parent) not in str(error.value) and "Göteborg å ä ö/2024" in str(error.value)
    assert error.value.__suppress_context__


def test_a_virus_scanner_that_lets_go_is_waited_for(folder, monkeypatch):
    waited = []
    monkeypatch.setattr(disk, "WAITS", (0.1, 0.2, 0.4))
    monkeypatch.setattr(disk.time, "sleep", waited.append)
    refuse(monkeypatch, "report.pdf", times=2)
    write_together(folder, NEW)
    assert contents(folder) == NEW
    assert waited == [0.1, 0.2]


def test_one_file_alone_is_replaced_in_one_step(folder, monkeypatch):
    moves, replace = [], Path.replace

    def noted(self, target):
        moves.append(Path(target).name)
        assert (folder / "report.pdf").exists(), "there was a moment without the file"
        return replace(self, target)

    monkeypatch.setattr(Path, "replace", noted)
    write(folder / "report.pdf", b"ny pdf")
    assert moves == ["report.pdf"]
    assert contents(folder) == OLD | {"report.pdf": b"ny pdf"}


def test_one_file_alone_that_is_open_stays(folder, monkeypatch):
    refuse(monkeypatch, "report.pdf")
    with pytest.raises(WriteError, match="Det som låg där är orört"):
        write(folder / "report.pdf", b"ny")
    assert contents(folder) == OLD


@pytest.mark.parametrize("failure", [KeyboardInterrupt(), SystemExit(), MemoryError(), OSError(errno.EIO, "I/O error")])
@pytest.mark.parametrize("step", range(1, 4))  # the journal, and two files
def test_whatever_stops_it_at_whatever_step_the_old_files_are_back(folder, monkeypatch, failure, step):
    replace, count = disk.replace, [0]

    def stopped(source, target):
        count[0] += 1
        if count[0] == step:
            raise failure
        replace(source, target)

    monkeypatch.setattr(disk, "replace", stopped)
    with pytest.raises(WriteError if isinstance(failure, OSError) else type(failure)):
        write_together(folder, NEW)
    assert contents(folder) == OLD


@pytest.mark.parametrize("step", range(1, 4))
def test_new_files_beside_none_leave_none(folder, monkeypatch, step):
    shutil.rmtree(folder)
    replace, count = disk.replace, [0]

    def stopped(source, target):
        count[0] += 1
        if count[0] == step:
            raise OSError(errno.EIO, "I/O error")
        replace(source, target)

    monkeypatch.setattr(disk, "replace", stopped)
    with pytest.raises(WriteError, match="filen kunde inte skrivas"):
        write_together(folder, NEW)
    assert contents(folder) == {}


@pytest.mark.parametrize("written", [0, 1])
def test_a_full_disk_is_said_and_changes_nothing(folder, monkeypatch, written):
    through, count = disk.write_through, [0]

    def full(path, data):
        if count[0] == written:
            path.write_bytes(data[:2])
            raise OSError(errno.ENOSPC, "No space left on device")
        count[0] += 1
        through(path, data)

    monkeypatch.setattr(disk, "write_through", full)
    with pytest.raises(WriteError, match="disken är full"):
        write_together(folder, NEW)
    assert contents(folder) == OLD


def test_a_folder_where_the_file_or_a_file_where_the_folder_should_be(folder):
    (folder / "upptagen").mkdir()
    (folder / "upptagen" / "x").write_bytes(b"")
    with pytest.raises(WriteError):
        write(folder / "upptagen", b"ny")
    with pytest.raises(WriteError):
        write(folder / "report.pdf" / "fil", b"ny")
    assert (folder / "report.pdf").read_bytes() == b"gammal pdf" and (folder / "upptagen" / "x").exists()


def test_other_files_with_hidden_names_are_left_alone(folder):
    (folder / ".report.pdf.abc.gammal").write_bytes(b"nagons")
    (folder / "~$report.xlsx").write_bytes(b"las")
    write_together(folder, NEW)
    assert contents(folder) == NEW | {".report.pdf.abc.gammal": b"nagons", "~$report.xlsx": b"las"}


def test_removing(folder, monkeypatch):
    remove(folder / "report.pdf")
    remove(folder / "report.pdf")
    assert set(contents(folder)) == {"report.html"}

    def held(*_, **__):
        raise PermissionError(errno.EACCES, "The process cannot access the file")

    monkeypatch.setattr(Path, "unlink", held)
    with pytest.raises(WriteError, match="Stäng filen"):
        remove(folder / "report.html")
    assert set(contents(folder)) == {"report.html"}


def test_data_is_on_the_disk_before_it_is_put_in_place(folder, monkeypatch):
    done, replace = [], Path.replace
    monkeypatch.setattr(os, "fsync", lambda _: done.append("fsync"))
    monkeypatch.setattr(Path, "replace", lambda self, target: (done.append("replace"), replace(self, target)))
    write(folder / "ny.txt", b"x")
    assert done[:2] == ["fsync", "replace"]


def test_the_hash_is_of_the_bytes(folder):
    assert sha256(folder / "report.pdf") == hashlib.sha256(b"gammal pdf").hexdigest()
