"""Publishing: all or nothing, also where somebody has the report open; and the pages and lists around it."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import shutil
from html.parser import HTMLParser
from pathlib import Path

import made_project
import pytest
from made_project import CHILDREN, OVERVIEW, PARENTS, run_reports

from isu_analysis.files import WriteError, disk
from isu_analysis.intake import has_raw_files, raw_folder
from isu_analysis.reporting.index import Entry, page, write_index
from isu_analysis.reporting.publish import publish
from isu_analysis.settings import load_unit

OLD = {"report.pdf": b"old pdf", "report.html": b"old html", "manifest.json": b"{}"}
NEW = {"report.pdf": b"new pdf", "report.html": b"new html", "manifest.json": b"{ }"}


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setattr(disk, "WAITS", ())
    place = tmp_path / "å ä ö och mellanslag" / "2024"
    publish(place, OLD)
    return place


def contents(place):
    return {path.name: path.read_bytes() for path in place.iterdir()}


def held_open(monkeypatch, name, error=PermissionError):
    """Let `name` behave as on Windows when a reader has it open: it can be neither moved nor replaced."""
    replace = Path.replace

    def windows(self, target):
        if name in (self.name, Path(target).name):
            raise error(13, "used by another process")
        return replace(self, target)

    monkeypatch.setattr(Path, "replace", windows)


def test_publishing_replaces_all_and_leaves_nothing_else(folder):
    publish(folder, NEW)
    assert contents(folder) == NEW


@pytest.mark.parametrize("name", list(OLD))
def test_an_open_file_leaves_the_whole_earlier_report(folder, monkeypatch, name):
    held_open(monkeypatch, name)
    with pytest.raises(WriteError, match="öppen i ett annat program"):
        publish(folder, NEW)
    assert contents(folder) == OLD


def test_ctrl_c_halfway_leaves_the_whole_earlier_report(folder, monkeypatch):
    held_open(monkeypatch, "report.html", lambda *_: KeyboardInterrupt())
    with pytest.raises(KeyboardInterrupt):
        publish(folder, NEW)
    assert contents(folder) == OLD


def test_an_earlier_file_is_never_thrown_away_before_it_is_back(folder, monkeypatch):
    held_open(monkeypatch, "report.html")
    placed = disk.replace

    def jammed(source, target):
        if source.suffix == ".gammal":
            raise PermissionError(13, "used by another process")
        placed(source, target)

    monkeypatch.setattr(disk, "replace", jammed)
    with pytest.raises(WriteError):
        publish(folder, NEW)
    assert b"old pdf" in contents(folder).values()


def test_a_full_disk_leaves_the_whole_earlier_report(folder, monkeypatch):
    def full(path, data):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(disk, "write_through", full)
    with pytest.raises(WriteError, match="disken är full"):
        publish(folder, NEW)
    assert contents(folder) == OLD


def test_a_report_open_in_a_reader_stops_no_other(tmp_path, monkeypatch):
    monkeypatch.setattr(disk, "WAITS", ())
    project = made_project.make(tmp_path)
    run_reports(project, [CHILDREN, PARENTS], [2024])
    before = made_project.published(project)
    made_project.write_notebook(project, "changed = True")
    replace = disk.replace

    def windows(source, target):
        if target.name == "report.pdf" and "resurs-barn" in target.parts:
            raise PermissionError(13, "used by another process")
        replace(source, target)

    monkeypatch.setattr(disk, "replace", windows)
    summary = run_reports(project, [CHILDREN, PARENTS], [2024])
    assert [job.unit_key for job in summary.done] == [PARENTS, OVERVIEW]
    assert "Stäng filen och kör igen" in summary.failed[0].reason
    assert {k: v for k, v in made_project.published(project).items() if CHILDREN in k} == {
        k: v for k, v in before.items() if CHILDREN in k
    }


def test_lock_files_of_open_workbooks_are_no_data(tmp_path):
    target = tmp_path / "parameters" / f"{CHILDREN}.yml"
    target.parent.mkdir(parents=True)
    shutil.copy(made_project.REPOSITORY / "parameters" / f"{CHILDREN}.yml", target)
    unit = load_unit(CHILDREN, tmp_path)
    folder = raw_folder(tmp_path, unit)
    folder.mkdir(parents=True)
    (folder / "~$arenden_2024.xlsx").write_bytes(b"lock")
    assert not has_raw_files(tmp_path, unit)


class _Reader(HTMLParser):
    def __init__(self):
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))


def attributes(text, tag):
    reader = _Reader()
    reader.feed(text)
    return [attrs for name, attrs in reader.tags if name == tag]


def test_the_index_is_accessible_and_runs_nothing():
    entries = [Entry("Å<b>", True, '"Unga" & vuxna', -2024, "2024", "a/unga vuxna/2024", True)]
    text = page(entries, "internal")
    assert attributes(text, "html") == [{"lang": "sv"}]
    assert not attributes(text, "script") and not attributes(text, "b")
    assert [a["href"] for a in attributes(text, "a")] == [
        "a/unga%20vuxna/2024/report.html",
        "a/unga%20vuxna/2024/report.pdf",
    ]
    assert text.count("<h1>") == 1 and "<title>" in text and "<caption>" in text
    assert {a["scope"] for a in attributes(text, "th")} == {"col", "row"}
    assert "påhittade uppgifter" in text
    style = re.search(r"<style>(.*?)</style>", text, re.S).group(1)
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert f"style-src &#x27;sha256-{digest}&#x27;" in text or f"style-src 'sha256-{digest}'" in text


def test_the_index_lists_the_manifests_found_and_nothing_else(tmp_path):
    def put(key, text):
        place = tmp_path / "reports" / "public" / key
        place.mkdir(parents=True)
        (place / "manifest.json").write_text(text, encoding="utf-8")

    good = {"municipality": "Exempelstad", "unit": "Unga vuxna", "invented": False}
    put("exempelstad/unga-vuxna/2023", json.dumps({**good, "year": 2023}))
    put("exempelstad/unga-vuxna/2024", json.dumps({**good, "year": 2024}))
    put("exempelstad/annan/2024", "inte json")
    (tmp_path / "reports" / "public" / "exempelstad" / "tom" / "2024").mkdir(parents=True)
    text = write_index(tmp_path, "public").read_text(encoding="utf-8")
    assert text.index("2024") < text.index("2023")
    assert len(attributes(text, "a")) == 4
    assert "påhittade" not in text


def test_an_index_without_reports_says_so(tmp_path):
    assert "Det finns inga rapporter än." in write_index(tmp_path, "internal").read_text(encoding="utf-8")
