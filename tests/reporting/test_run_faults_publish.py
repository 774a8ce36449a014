"""A stop at any file operation of publishing: notebook, ledger, anchor, pages and record, each failed in turn."""

from __future__ import annotations

import contextlib
import hashlib
import json
import shutil
from concurrent.futures import Future
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

import failing_disk
import made_project
import mischief
import pandas as pd
import pytest
from failing_disk import DEATH, FULL, REFUSED, every_stop, failing
from made_project import CHILDREN
from mischief import SECOND

from isu_analysis import files
from isu_analysis.disclosure import Release
from isu_analysis.disclosure.ledger import Ledger
from isu_analysis.files import disk
from isu_analysis.intake import store
from isu_analysis.reporting import run
from isu_analysis.reporting.plan import Job
from isu_analysis.reporting.planning import record
from isu_analysis.reporting.planning.inputs import Inputs
from isu_analysis.reporting.progress import Progress, silent
from isu_analysis.reporting.published import Published
from isu_analysis.reporting.release import Decided, Question, decide
from isu_analysis.reporting.running.course import Course
from isu_analysis.reporting.running.publishing import put
from isu_analysis.reporting.running.task import Made, Task, make
from isu_analysis.settings import load_unit

JOB = Job(CHILDREN, 2024, "Resurs barn")
SOME = 40


@dataclass(frozen=True)
class Report:
    """A report that is made and only to be published, in whichever copy of its project."""

    release: str
    task: Task
    made: Made
    inputs: dict[str, str]
    decided: dict[int, Decided] = field(default_factory=dict)

    @classmethod
    def of(cls, project: Path, release: str) -> Report:
        """Make it as a run does, after a decision if it is public."""
        decided = {} if release == "internal" else {len(Ledger.open(project, JOB.municipality)): decided_now(project)}
        chosen = next((one.release for one in decided.values()), Release.internal(reviewed=True))
        release_file = project / "beslut.json"
        files.write(release_file, chosen.to_json().encode())
        task = Task(project, JOB, release, release_file, (CHILDREN,))
        return cls(release, task, make(task), Inputs(project, release).of(JOB), decided)

    def publish(self, project: Path) -> Course:
        """Publish it as a run does, and a run after a stop: what was begun is finished first."""
        run._repair(project, silent)
        looked_at = Inputs(project, self.release)
        course = Course(looked_at, project, None, None, silent, Progress(1), {JOB: self.inputs})
        future: Future[Made] = Future()
        future.set_result(self.made)
        course._finish(replace(self.task, project=project), future, self._put(project), None)
        return course

    def _put(self, project):
        if self.release == "internal":
            return put
        entries = len(Ledger.open(project, JOB.municipality))
        if (
            entries not in self.decided
        ):  # the data are the same in every copy, so the same ledger gives the same decision
            self.decided[entries] = decided_now(project)
        one, published = self.decided[entries].analysed[JOB], Published(project)
        return partial(put, enter=partial(published.enter, one.results, self.decided[entries].release, one.key))


def decided_now(project):
    decided = decide(Question(project, JOB.municipality, (JOB,)))
    assert decided.release and decided.release.decisions[JOB.key].standing is None
    return decided


def change(project, tables):
    """Store other tables of the unit."""
    unit = load_unit(CHILDREN, project)
    before = store.load(project, unit)
    after = tables(before.episodes, before.measurements)
    store.save(project, unit, replace(before, **dict(zip(("episodes", "measurements"), after, strict=True))))


def a_few(episodes, measurements):
    """Some of the people of the year: enough for all that is written, and quickly read."""
    kept = episodes[episodes["year"] == JOB.year].head(SOME)
    return kept, measurements[measurements["episode"].isin(kept["episode"])]


def six_times(*tables):
    """Each of them six times: every count moves by at least five, so that another edition is due."""
    return [_six_times(table) for table in tables]


def _six_times(table):
    names = [name for name in ("episode", "client") if name in table]
    many = [table.assign(**{name: table[name] + f"-{i}" for name in names}) for i in range(6)]
    return pd.concat(
        [one.assign(record=one["record"] + 10_000 * i) if "record" in one else one for i, one in enumerate(many)]
    )


@pytest.fixture(scope="module")
def reports(tmp_path_factory, demo_project):
    """By moment and release: a project, and the report that is to be published there."""
    new = mischief.make(tmp_path_factory.mktemp("nytt"), demo_project)
    for other in (new / "parameters" / f"{made_project.PARENTS}.yml", *(new / "data_raw").rglob("*.*")):
        other.unlink()  # nothing but what the report needs, since it is copied for each stop
    change(new, a_few)
    old = Path(shutil.copytree(new, tmp_path_factory.mktemp("gammalt") / new.name))
    for release in ("internal", "public"):
        assert Report.of(old, release).publish(old).failed == []
    mischief.edition(old, SECOND)
    change(old, six_times)
    moments = {("first", "public"): new, ("again", "public"): old, ("again", "internal"): old}
    return {moment: (project, Report.of(project, moment[1])) for moment, project in moments.items()}


def stops(reports, moment, tmp_path, failure):
    """Publish once for each file operation, with that one failed; give what is left with what was there and shall be."""
    project, report = reports[moment]
    lay = partial(_lay, project)
    lay(tmp_path / "efter")
    assert report.publish(tmp_path / "efter").failed == []
    folder = Path("reports") / moment[1] / JOB.key
    before, after = seen_in(project / folder), seen_in(tmp_path / "efter" / folder)
    assert before != after
    for stop in every_stop(tmp_path, lay, report.publish, failure):
        yield stop, seen_in(stop.folder / folder), before, after


def seen_in(folder):
    """What a reader sees of a report, but for the hash of its entry in the ledger, which has a salt by chance."""
    found = failing_disk.visible(folder) if folder.is_dir() else {}
    with contextlib.suppress(KeyError, ValueError):
        about = json.loads(found["manifest.json"])
        found["manifest.json"] = json.dumps({**about, "ledger": ""}).encode()
    return found


def _lay(project, folder):
    shutil.copytree(project, folder, dirs_exist_ok=True)


MOMENTS = [("first", "public"), ("again", "public"), ("again", "internal")]


@pytest.mark.parametrize("moment", MOMENTS)
def test_killed_anywhere_nothing_is_half_and_the_next_run_publishes(reports, tmp_path, moment):
    report, seen = reports[moment][1], set()
    for stop, left, before, after in stops(reports, moment, tmp_path, DEATH):
        assert all(data in (before.get(name), after.get(name)) for name, data in left.items()), str(stop)
        entered = _editions(stop.folder)
        assert entered == _editions(tmp_path / "efter") or left == before, f"{stop}: more is out than the ledger knows"
        seen.add((left == before, left == after, entered))
        assert report.publish(stop.folder).failed == [], str(stop)
        _is_mended(stop.folder, report.release, tmp_path / "efter")
        shutil.rmtree(stop.folder)
    assert (True, False) in {one[:2] for one in seen} and (False, True) in {one[:2] for one in seen}


def test_a_disk_that_is_full_from_anywhere_on_leaves_the_earlier_report_and_the_next_run_publishes(reports, tmp_path):
    report = reports["again", "public"][1]
    for stop, left, before, after in stops(reports, ("again", "public"), tmp_path, FULL):
        assert stop.error is None, str(stop)  # a run goes on with the others, whatever one disk says
        assert left in (before, after), str(stop)
        assert left == before or _editions(stop.folder) == _editions(tmp_path / "efter"), str(stop)
        assert report.publish(stop.folder).failed == [], str(stop)
        _is_mended(stop.folder, report.release, tmp_path / "efter")
        shutil.rmtree(stop.folder)


@pytest.mark.parametrize(
    ("place", "told"), [("reports", f"{CHILDREN.split('/')[1]}/2024"), ("data_processed", "resurs-barn/korningar")]
)
def test_a_folder_that_is_read_only_is_named_and_everything_is_as_before(reports, tmp_path, monkeypatch, place, told):
    monkeypatch.setattr(disk, "WAITS", ())
    project, report = reports["again", "public"]
    _lay(project, tmp_path / "låst")
    before = failing_disk.contents(tmp_path / "låst")
    with failing(tmp_path / "låst", REFUSED, where=lambda operation: place in operation.path.parts):
        (failed,) = report.publish(tmp_path / "låst").failed
    assert str(failed).startswith(f"{CHILDREN} 2024: Kan inte skriva i {told}: ") and "saknas behörighet" in str(failed)
    after = failing_disk.contents(tmp_path / "låst")
    assert {name: data for name, data in after.items() if name.startswith(place)} == {
        name: data for name, data in before.items() if name.startswith(place)
    }
    assert report.publish(tmp_path / "låst").failed == []
    assert set(mischief.editions(tmp_path / "låst", "public").values()) == {SECOND}


def _editions(project):
    """Editions in the ledger, which is whole."""
    return tuple((one.unit, one.year, one.edition) for one in Ledger.open(project, JOB.municipality).editions())


def _is_mended(project, release, never_stopped):
    """Everything is as if nothing had happened: the report, its record, and one edition in the ledger."""
    folder = Path("reports") / release / JOB.key
    assert seen_in(project / folder) == seen_in(never_stopped / folder)
    pages = {name: hashlib.sha256(data).hexdigest() for name, data in failing_disk.visible(project / folder).items()}
    pages.pop("beslut.xlsx", None)
    assert record.read(project, JOB, release).pages == pages
    assert _editions(project) == _editions(never_stopped)
    assert set(mischief.ledger(project)) <= {JOB.key}
    mischief.editions(project, release)
    assert mischief.hidden(project) == []
