"""A dry run: what a run would read in and make. Nothing is written, not even what a plan remembers."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from pathlib import Path

from isu_analysis.reporting.plan import Mode, overviews
from isu_analysis.reporting.planning.hashes import Hashes
from isu_analysis.reporting.planning.jobs import find_jobs
from isu_analysis.reporting.planning.raw import unread
from isu_analysis.reporting.planning.state import State, states
from isu_analysis.reporting.progress import Say, careful
from isu_analysis.reporting.scheduled.night import Asked
from isu_analysis.reporting.selection import Selection, has_any_files, select
from isu_analysis.settings import Unit

_FOR = {"internal": "för internt bruk", "public": "för publicering"}


def rehearse(project: Path, asked: Asked, say: Say) -> None:
    """Say what `night.run` would do now.

    Parameters
    ----------
    project : Path
    asked : Asked
    say : callable
        Takes one line of text.

    Raises
    ------
    IsuError
        A unit named is unknown or has no data, or there are no units at all.
    """
    tell = careful(say)
    chosen = select(project, asked.names, has_any_files)
    for line in (*chosen.skipped, *map(str, chosen.failed)):
        tell(line)
    why = {unit.key: ", ".join(unread(project, unit.key, _files(unit))) for unit in chosen.units}
    changed = [key for key, words in why.items() if words]
    tell(f"Läser in {_counted(len(changed), 'enhet', 'enheter')}.")
    for key in changed:
        tell(f"  {key}: {why[key]}")
    if asked.collect:
        tell(f"Kontrollerar insamlingen för {_counted(len(chosen.keys), 'enhet', 'enheter')}.")
    for release in asked.releases if chosen.units else ():
        for line in _reports(project, chosen, asked, release, changed):
            tell(line)
    tell("Inget är gjort eller ändrat.")


def _files(unit: Unit) -> list[str]:
    return [source.file for source in unit.sources]


def _reports(project: Path, chosen: Selection, asked: Asked, release: Mode, changed: Collection[str]) -> Iterator[str]:
    memory = Hashes(project)  # read and never saved
    planned = find_jobs(project, chosen.keys, None, memory)
    jobs = [*planned.jobs, *overviews(planned.jobs)]
    found = states(project, jobs, release, asked.language, asked.as_of, memory)
    to_make = [state for state in found if state.kind in {"new", "stale"}]
    again = [state for state in found if state.kind == "current" and state.job.unit_key in changed]
    current = len(found) - len(to_make) - len(again) - sum(state.kind == "blocked" for state in found)
    yield f"Gör {_counted(len(to_make), 'rapport', 'rapporter')} {_FOR[release]}; {current} är redan aktuella."
    yield from (f"  {_line(state)}" for state in to_make)
    yield from (f"  {state.job.key}: om inläsningen ändrar något" for state in again)
    yield from (f"  Går inte: {_line(state)}" for state in found if state.kind == "blocked")
    for failed in planned.failed:
        yield f"  {failed.unit_key}: när enheten är inläst" if failed.unit_key in changed else f"  Går inte: {failed}"


def _line(state: State) -> str:
    return f"{state.job.key}: {', '.join(state.why) or 'ny'}"


def _counted(n: int, one: str, several: str) -> str:
    return f"{n} {one if n == 1 else several}"
