"""A file that only one can create: the ground the ledger stands on."""

import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from isu_analysis import files

unlinked = pytest.mark.skipif(os.name == "nt", reason="Windows has one step of its own")


def _no_links(*_):
    raise OSError(95, "Operation not supported")


@pytest.fixture(params=["links", pytest.param("no links", marks=unlinked)])
def folder(request, tmp_path, monkeypatch):
    """A folder on a file system that has links, and one on a file system that has none."""
    if request.param == "no links":
        monkeypatch.setattr(Path, "hardlink_to", _no_links)
    return tmp_path / "mapp"


def test_it_is_written_whole_and_nothing_is_left_beside_it(folder):
    files.create(folder / "ny", b"hela".ljust(100_000))
    assert (folder / "ny").read_bytes() == b"hela".ljust(100_000)
    assert [path.name for path in folder.iterdir()] == ["ny"]


def test_what_is_there_is_never_written_over(folder):
    files.create(folder / "ny", b"ett")
    with pytest.raises(FileExistsError):
        files.create(folder / "ny", b"tva")
    assert (folder / "ny").read_bytes() == b"ett" and [path.name for path in folder.iterdir()] == ["ny"]


def test_of_many_at_once_one_is_first(folder):
    def attempt(number):
        try:
            files.create(folder / "ny", str(number).encode())
        except FileExistsError:
            return None
        return str(number).encode()

    folder.mkdir()
    with ThreadPoolExecutor(8) as pool:
        won = [one for one in pool.map(attempt, range(40)) if one is not None]
    assert len(won) == 1 and (folder / "ny").read_bytes() == won[0]


def test_a_full_disk_leaves_nothing(folder, monkeypatch):
    monkeypatch.setattr(os, "fsync", lambda _: (_ for _ in ()).throw(OSError(28, "full")))
    with pytest.raises(files.WriteError, match="disken är full"):
        files.create(folder / "ny", b"x")
    assert list(folder.iterdir()) == []


@unlinked
def test_without_links_a_name_that_cannot_be_filled_is_given_back(tmp_path, monkeypatch):
    monkeypatch.setattr(Path, "hardlink_to", _no_links)
    monkeypatch.setattr(Path, "replace", _no_links)
    with pytest.raises(files.WriteError):
        files.create(tmp_path / "ny", b"x")
    assert list(tmp_path.iterdir()) == []
