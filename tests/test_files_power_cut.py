"""A power cut: what was never synced may be lost, folder by folder. What is found afterwards is the old or the new."""

from __future__ import annotations

import itertools
import os
import tempfile
from pathlib import Path

import pytest
from failing_disk import contents, counted, hidden, visible

from isu_analysis.files import create, repair, write, write_together

BEFORE = {"a": b"old a", "f/b": b"old b", "f/c": b"old c"}
AFTER = {"a": b"new a", "f/b": b"new b", "f/d": b"new d"}
CASES = {
    "together": (BEFORE, lambda folder: write_together(folder, AFTER, ["f/c"]), AFTER),
    "a first report": ({}, lambda folder: write_together(folder, AFTER), AFTER),
    "one file": (BEFORE, lambda folder: write(folder / "a", b"new"), BEFORE | {"a": b"new"}),
    "a page": (BEFORE, lambda folder: create(folder / "e", b"new"), BEFORE | {"e": b"new"}),
}
NAMING = {"open", "replace", "rename", "link", "unlink", "mkdir", "rmdir"}  # what changes the names in a folder


def name_of(root, path):
    return path.relative_to(root).as_posix()


def lay(folder, files):
    for name, data in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)


def happened(place, before, act):
    """Every operation as (kind, name, other name, data)."""
    lay(place, before)
    place.mkdir(exist_ok=True)
    with counted(place) as disk:
        act(place)
    return [
        (one.kind, name_of(place, one.path), name_of(place, one.other) if one.other else "", one.data)
        for one in disk.operations
        if one.kind != "look"
    ]


def folder_of(name):
    return name.rpartition("/")[0] if name != "." else ""


def left_by(before, log, number, kept):
    """Files on the disk when the power goes after `number` operations, and of each folder some unsynced ones are done."""
    stored = dict(enumerate(before.values()))
    names = dict(zip(before, stored, strict=True))
    seen = dict(names)  # as the program saw it
    lost = set(unsynced_beyond(log[:number], kept))
    for index, (kind, name, other, data) in enumerate(log[:number]):
        if kind == "write":
            safe = any(k == "fsync" and n == name for k, n, *_ in log[index:number])
            stored[seen[name]] = data if safe else data[: len(data) // 2]
        if kind not in NAMING or kind in {"mkdir", "rmdir"}:
            continue
        if kind == "open":
            seen[name] = len(stored)
            stored[seen[name]] = b""
        for view in (seen, names) if index not in lost else (seen,):
            if kind == "open":
                view[name] = seen[name]
            elif kind == "link":
                view[other] = view[name]
            elif kind == "unlink":
                view.pop(name, None)
            else:
                view[other] = view.pop(name)
    return {name: stored[inode] for name, inode in names.items()}


def unsynced(log):
    """Indexes of the changes of names that nothing has made last, by folder."""
    waiting = {}
    for index, (kind, name, _, _) in enumerate(log):
        if kind in NAMING:
            waiting.setdefault(folder_of(name), []).append(index)
        elif kind == "fsync":
            waiting.pop("" if name == "." else name, None)
    return waiting


def unsynced_beyond(log, kept):
    for folder, indexes in unsynced(log).items():
        yield from indexes[kept.get(folder, 0) :]


def every_cut(before, log):
    for number in range(len(log) + 1):
        waiting = unsynced(log[:number])
        for lengths in itertools.product(*(range(len(one) + 1) for one in waiting.values())):
            yield number, left_by(before, log, number, dict(zip(waiting, lengths, strict=True)))


@pytest.fixture
def tmp_path(tmp_path):
    memory = Path("/dev/shm")
    with tempfile.TemporaryDirectory(dir=memory if os.access(memory, os.W_OK) else tmp_path) as name:
        yield Path(name)


@pytest.mark.skipif(os.name != "posix", reason="where a folder cannot be synced the file system's own order holds")
@pytest.mark.parametrize("case", CASES)
def test_a_power_cut_at_any_moment_leaves_the_old_or_the_new(tmp_path, monkeypatch, case):
    before, act, after = CASES[case]
    monkeypatch.setattr(os, "fsync", lambda _: None)
    log = happened(tmp_path / "hel", before, act)
    seen = []
    for count, (number, left) in enumerate(every_cut(before, log)):
        if left in seen:
            continue
        seen.append(left)
        folder = tmp_path / str(count)
        folder.mkdir()
        lay(folder, left)
        repair(folder)
        assert visible(folder) in (before, after), (number, log[:number][-3:], left)
        assert not hidden(folder), contents(folder)
    assert len(seen) > len(log) / 2
    for number, left in every_cut(before, log):
        if number == len(log):  # it has said that it is done
            assert {name: data for name, data in left.items() if not name.split("/")[-1].startswith(".")} == after
