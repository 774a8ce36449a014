"""The course of a run: which report is made when, what waits for what, and what came of each."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import groupby
from pathlib import Path

from isu_analysis import files
from isu_analysis.disclosure import Release
from isu_analysis.intake.pseudonyms import owner_only
from isu_analysis.reporting.issues import of_folder
from isu_analysis.reporting.plan import Failed, Job
from isu_analysis.reporting.planning.inputs import Inputs
from isu_analysis.reporting.planning.record import enter
from isu_analysis.reporting.progress import Progress, Say
from isu_analysis.reporting.published import Published
from isu_analysis.reporting.reasons import reason
from isu_analysis.reporting.release import Decided, Question, decide
from isu_analysis.reporting.running.fan_out import FanOut
from isu_analysis.reporting.running.publishing import put
from isu_analysis.reporting.running.task import Made, Task, make

Put = Callable[[Task, Made], Mapping[str, bytes]]


@dataclass
class Course:
    """A run under way.

    Attributes
    ----------
    looked_at : Inputs
        What the reports are made of: the project, the release, the language and the date that is asked for too.
    folder : Path
        The folder in the project that the run has to itself.
    fan_out, deciding : FanOut
        Who makes the reports, and who decides about a municipality: always this machine, as that takes all its people.
    say : callable
    progress : Progress
    inputs : mapping of Job to mapping
        What each report would be made of when the run began.
    done, failed, held_back : list
        As in `RunSummary`.
    """

    looked_at: Inputs
    folder: Path
    fan_out: FanOut
    deciding: FanOut
    say: Say
    progress: Progress
    inputs: Mapping[Job, Mapping[str, str]]
    done: list[Job] = field(default_factory=list)
    failed: list[Failed] = field(default_factory=list)
    held_back: list[str] = field(default_factory=list)

    def internal(self, jobs: Sequence[Job]) -> None:
        """Make reports for those inside the service: each by itself, in whatever order they are finished."""
        folders = {
            job.key: job.folder(self.looked_at.project, "internal", self.looked_at.language)
            for job in jobs
            if not job.is_overview
        }
        issued = {key: issue for key, folder in folders.items() if (issue := of_folder(folder))}
        path = self._release_file("internal", replace(Release.internal(reviewed=True), issued=issued))
        tasks = (self._task(job, path) for job in jobs)
        self._make((task for task in tasks if task.units), put)

    def public(self, jobs: Sequence[Job]) -> None:
        """Make reports for everybody, one municipality at a time: decide, publish its units in order, then its overviews."""
        places = {name: list(group) for name, group in groupby(sorted(jobs), key=lambda job: job.municipality)}
        questions = (
            Question(
                self.looked_at.project, name, tuple(job for job in group if not job.is_overview), self.looked_at.as_of
            )
            for name, group in places.items()
        )
        for question, decided in self.deciding.each(decide, questions, in_order=True):
            here = places[question.municipality]
            try:
                self._municipality(question, decided.result(), [job for job in here if job.is_overview])
            except Exception as error:  # noqa: BLE001 - whatever one municipality does, the others shall have their reports
                told = {(one.unit_key, one.year) for one in self.failed}
                left = [job for job in here if job not in self.done and (job.unit_key, job.year) not in told]
                self._fail_all(left, reason(error))

    def _municipality(self, question: Question, decided: Decided, overviews: Sequence[Job]) -> None:
        for failed in decided.failed:
            self._could_not_be_analysed(failed, question.wanted)
        here = [job for job in question.wanted if job in decided.analysed]
        if decided.release is None:
            self._fail_all((*here, *overviews), decided.why_not)
            return
        published = Published(self.looked_at.project)
        if published.head(question.municipality) != decided.head:
            self._fail_all((*here, *overviews), "liggaren har ändrats medan det avgjordes vad som får visas. Kör igen.")
            return
        release = published.issued(
            question.municipality, decided.release, [one.results for one in decided.analysed.values()]
        )
        path = self._release_file(question.municipality, release)

        def enter_and_put(task: Task, made: Made) -> Mapping[str, bytes]:
            one = decided.analysed[task.job]
            return put(task, made, partial(published.enter, one.results, release, one.key))

        self._make((self._task(job, path, decided.analysed[job].as_of) for job in here), enter_and_put, release)
        self._overviews(question.municipality, overviews, release, published)

    def _overviews(self, municipality: str, overviews: Sequence[Job], release: Release, published: Published) -> None:
        """A municipality's overviews may tell of what is out and of nothing else."""
        path = self._release_file(f"{municipality}-oversikt", published.only_out(release))
        ready = []
        for job in overviews:
            waits_for = published.missing(municipality, job.year, release)
            if waits_for:
                self._hold_back(job, waits_for)
            else:
                ready.append(job)
        self._make((self._task(job, path) for job in ready), put)

    def _hold_back(self, job: Job, waits_for: Sequence[str]) -> None:
        listed = ", ".join(waits_for)
        self.held_back.append(
            f"{job.name} {job.year} görs när alla enheter som har uppgifter för året är publicerade. Saknas: {listed}."
        )
        self.say(self.held_back[-1])

    def _could_not_be_analysed(self, failed: Failed, wanted: Iterable[Job]) -> None:
        mine = [job for job in wanted if (job.unit_key, job.year) == (failed.unit_key, failed.year)]
        for job in mine:
            self._fail(job, failed.reason)
        if not mine:
            self.held_back.append(f"Räknas inte med i publiceringen: {failed}")
            self.say(self.held_back[-1])

    def _make(self, tasks: Iterable[Task], publish: Put, release: Release | None = None) -> None:
        in_order = release is not None  # so that a ledger has the same order whichever report was finished first
        for task, future in self.fan_out.each(make, tasks, in_order=in_order):
            self._finish(task, future, publish, release)

    def _finish(self, task: Task, future: Future[Made], publish: Put, release: Release | None) -> None:
        job = task.job
        try:
            made = future.result()
            contents = publish(task, made)
        except Exception as error:  # noqa: BLE001 - whatever one report does, the others shall be made
            self._fail(job, reason(error))
            return
        with contextlib.suppress(files.WriteError):  # then it is made again the next time
            enter(
                self.looked_at.project,
                job,
                self.looked_at.release,
                self.looked_at.language,
                self.inputs[job],
                contents,
                made.as_of,
            )
        self.done.append(job)
        self.progress.step(f"{job.name} {job.period}", _note(release, job), made.seconds)
        for line in made.notes:
            self.say(line)

    def _fail_all(self, jobs: Iterable[Job], why: str) -> None:
        for job in jobs:
            self._fail(job, why)

    def _fail(self, job: Job, why: str) -> None:
        self.failed.append(Failed(job.unit_key, job.year, why))
        self.progress.step(f"{job.name} {job.period}", "misslyckades")

    def _task(self, job: Job, release_file: Path, as_of: str = "") -> Task:
        units = self.looked_at.can_report(job.municipality) if job.is_overview else (job.unit_key,)
        return Task(
            self.looked_at.project,
            job,
            self.looked_at.release,
            release_file,
            units,
            as_of or self.looked_at.as_of,
            self.looked_at.language,
        )

    def _release_file(self, name: str, release: Release) -> Path:
        path = self.folder / f"{name}.json"
        with owner_only():
            files.write(path, release.to_json().encode("utf-8"))
        return path


def _note(release: Release | None, job: Job) -> str:
    """What the reader of the screen must know of a public report that was made."""
    decision = release.decisions.get(job.key) if release else None
    if decision is None:
        return ""
    if decision.standing is not None:
        return "den utgåva som är publicerad står kvar: för få uppgifter har tillkommit"
    return "" if decision.publishable else "publicerad utan tal: underlaget är för litet"
