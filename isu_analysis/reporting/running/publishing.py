"""Put a finished report where its readers look: entered in the ledger, beside its manifest, all of it or nothing."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from isu_analysis.reporting.decision_file import offer
from isu_analysis.reporting.manifest import entered
from isu_analysis.reporting.plan import suffix
from isu_analysis.reporting.publish import keep, publish
from isu_analysis.reporting.running.task import Made, Task

Enter = Callable[[Mapping[str, bytes]], str]


def put(task: Task, made: Made, enter: Enter | None = None) -> Mapping[str, bytes]:
    """Publish a report.

    Parameters
    ----------
    task : Task
    made : Made
    enter : callable, optional
        Enters a unit's public report in the ledger and gives the hash of its entry, before anybody can read it: the
        ledger may know too much, never too little.

    Returns
    -------
    mapping of str to bytes
        Every file that was published.

    Raises
    ------
    WriteError, DisclosureError
        Nothing is published, and the earlier report is where it was.
    """
    job, contents = task.job, dict(made.contents)
    if made.notebook:
        keep(task.project, job.unit_key, f"{job.period}-{task.release}{suffix(task.language)}", made.notebook)
    if enter:
        manifest = contents.pop("manifest.json")
        contents["manifest.json"] = entered(manifest, enter(contents))
    folder = job.folder(task.project, task.release, task.language)
    publish(folder, contents)
    if made.decision_file:
        offer(folder, job, made.decision_file)
    return contents
