"""One function a command: words in, one call, an exit code out. What they call is imported when they run."""

from __future__ import annotations

import argparse
import datetime as dt
import os
from collections.abc import Callable
from concurrent.futures import Executor
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import Any

from isu_analysis.cli.screen import NOT_CURRENT, OK, SOME_FAILED, WRONG_INPUT, complain, end, say
from isu_analysis.errors import SettingsError
from isu_analysis.reporting.limits import Limits
from isu_analysis.reporting.plan import Mode, refuse_public_part
from isu_analysis.reporting.running.lock import one_run

DEMO = "exempelstad"
TODAY = "idag"


def demo(options: argparse.Namespace, project: Path) -> int:
    """Write the invented municipality, read it in and report all of it."""
    from isu_analysis.reporting import batch
    from isu_analysis.synthetic import write_demo

    say("Skriver råfiler för den påhittade kommunen Exempelstad …")
    write_demo(project)
    with one_run(project):
        failed = batch.intake_named(project, [DEMO], say)
    releases: tuple[Mode, ...] = ("internal", "public")
    made = {release: batch.report_named(project, [DEMO], release=release, say=say) for release in releases}
    failed += [one for summary in made.values() for one in summary.failed]
    return end(failed, SOME_FAILED, _last("internal") if made["internal"].done else "")


def new(options: argparse.Namespace, here: Path) -> int:
    """Make an empty project folder."""
    from isu_analysis.sketching import new_project

    return end([], OK, new_project(here / options.folder))


def init(options: argparse.Namespace, project: Path) -> int:
    """Sketch a unit file from a raw file."""
    from isu_analysis.sketching import sketch

    return end([], OK, sketch(project, options.unit, options.source))


def check(options: argparse.Namespace, project: Path) -> int:
    """Check raw files without reading them in."""
    from isu_analysis.reporting import batch

    return end(batch.check_named(project, options.units, say), WRONG_INPUT)


def intake(options: argparse.Namespace, project: Path) -> int:
    """Read raw files in."""
    from isu_analysis.reporting import batch

    with one_run(project):
        return end(batch.intake_named(project, options.units, say), WRONG_INPUT)


def report(options: argparse.Namespace, project: Path) -> int:
    """Make reports of what has been read in."""
    from isu_analysis.reporting import batch
    from isu_analysis.reporting.running.stopping import ended_gently

    release: Mode = "public" if options.public else "internal"
    how = _how(options)
    given = (project, options.units, options.years, release, options.as_of, say, options.language)
    with ended_gently(), _who(options) as executor:
        summary = batch.report_named(*given, executor=executor, **how)
    return end(summary.failed, SOME_FAILED, _last(release) if summary.done or summary.current else "")


def status(options: argparse.Namespace, project: Path) -> int:
    """Tell which reports are current and what is the matter with the others."""
    from isu_analysis.reporting.planning.status import status as looked_at

    release: Mode = "public" if options.public else "internal"
    found = looked_at(project, options.units, options.years, release, options.language, options.as_of)
    say(str(found))
    return OK if found else NOT_CURRENT


def _how(options: argparse.Namespace) -> dict[str, Any]:
    return {
        "through": options.through or "",
        "force": options.force,
        "limits": Limits(options.minutes, options.gigabytes),
    }


def _who(options: argparse.Namespace) -> AbstractContextManager[Executor | None]:
    """Who makes the reports: this machine, or a cluster."""
    if options.cluster is None:
        return nullcontext()
    from isu_analysis.reporting.running.cluster import cluster

    return cluster(options.cluster, options.tls)


def worker(options: argparse.Namespace, _: Path) -> int:
    """Make reports for a scheduler until stopped."""
    from isu_analysis.reporting.running.cluster import work_for

    return work_for(options.cluster, options.tls, options.threads)


def _last(release: Mode) -> str:
    return f"Klart. Öppna reports/{release}/index.html"


def collect(options: argparse.Namespace, project: Path, today: Callable[[], dt.date] = dt.date.today) -> int:
    """List whom to measure, as of a date or of today."""
    from isu_analysis.reporting.collection import collect_named
    from isu_analysis.reporting.collection_file import FILE

    as_of = today().isoformat() if options.as_of == TODAY else options.as_of
    failed = collect_named(project, options.units, as_of, say)
    return end(failed, SOME_FAILED, f"Klart. Listorna heter {FILE} och ligger i enheternas mappar i data_processed/.")


def run(options: argparse.Namespace, project: Path) -> int:
    """Do what a night should, or tell what it would be."""
    from isu_analysis.reporting.progress import silent
    from isu_analysis.reporting.scheduled import log, night, rehearsal, summary

    as_of = f"{log.local_now():%Y-%m-%d}" if options.as_of == TODAY else options.as_of
    asked = night.Asked(tuple(options.units), options.public, options.collect, as_of, options.language)
    if options.dry_run:
        rehearsal.rehearse(project, asked, say)
        return OK
    refuse_public_part("public" if options.public else "internal", options.through or "")
    with _who(options) as executor:
        how = {**_how(options), "executor": executor}
        account = night.run(project, asked, project / options.logs, silent if options.quiet else say, how=how)
    if account.exit_code:
        return complain(account.exit_code, summary.text(account).rstrip())
    return OK if options.quiet else end([], OK, account.first_line)


def schedule(options: argparse.Namespace, project: Path) -> int:
    """Write what starts `isu run` by itself."""
    from isu_analysis.cli.arguments import parser
    from isu_analysis.reporting.scheduled.schedule import schedule as written
    from isu_analysis.reporting.scheduled.schedule import starting
    from isu_analysis.reporting.scheduled.timetable import timetable

    passed = parser().parse_args(["run", *options.words])  # a mistyped word is told now, not at night
    if passed.dry_run:
        raise SettingsError("En schemalagd körning med --dry-run skulle aldrig göra något. Ta bort --dry-run.")
    when = timetable(options.every, options.at, options.day)
    start = starting(project, when, options.words, options.name, options.user, passed.logs, os.environ)
    return end([], OK, written(options.scheduler, start, options.to, os.environ))


def measures(options: argparse.Namespace, _: Path) -> int:
    """List the measures of the registry, or show one card."""
    from isu_analysis.measures.listing import as_card, as_list

    say(as_card(options.measure) if options.measure else as_list())
    return OK


def template(options: argparse.Namespace, project: Path) -> int:
    """Write the workbooks that a unit fills in."""
    from isu_analysis.sketching.template import template as written

    made = written(project, options.unit)
    return end([], OK, "\n".join(f"Skrev {path.relative_to(project).as_posix()}" for path in made))


def handover(options: argparse.Namespace, project: Path) -> int:
    """Pack what another machine needs to make the reports."""
    from isu_analysis.custody import handover as packed

    return end([], OK, str(packed(project, options.units, options.to)))


def receive(options: argparse.Namespace, project: Path) -> int:
    """Unpack what another machine has handed over."""
    from isu_analysis.custody import receive as unpacked

    with one_run(project):
        return end([], OK, str(unpacked(options.archive, project, replace=options.replace)))


def purge(options: argparse.Namespace, project: Path) -> int:
    """Remove what was over before a date."""
    from isu_analysis.custody import purge as purged

    before = dt.date.fromisoformat(options.before)
    with one_run(project):
        return end([], OK, str(purged(project, before, options.units or None, dry_run=options.dry_run)))


def overdue(options: argparse.Namespace, project: Path) -> int:
    """Tell what each unit's retention time says should be gone."""
    from isu_analysis.custody import overdue as found
    from isu_analysis.settings import unit_files

    as_of = dt.date.fromisoformat(options.as_of)
    units = options.units or [f"{path.parent.name}/{path.stem}" for path in unit_files(project)]
    return end([], OK, "\n".join(str(found(unit, as_of, project)) for unit in units))


def key(options: argparse.Namespace, project: Path) -> int:
    """Back the pseudonym key up, or change it."""
    from isu_analysis.intake import keys

    with one_run(project):
        done = keys.back_up_key(project, options.to) if options.to else keys.change_key(project)
    return end([], OK, str(done))
