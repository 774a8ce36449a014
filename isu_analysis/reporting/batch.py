"""What the commands do with several units; what is wrong with one stops no other."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from pathlib import Path

from isu_analysis import declarations
from isu_analysis.errors import IsuError
from isu_analysis.intake import ProblemsFound, Processed, check, has_raw_files, intake, store
from isu_analysis.reporting.plan import Failed, Mode
from isu_analysis.reporting.progress import Say, silent
from isu_analysis.reporting.selection import HasData, Selection, has_any_files, select
from isu_analysis.settings import Unit
from isu_analysis.sketching import TO_FILL_IN


def check_named(project: Path, names: Sequence[str], say: Say = silent) -> list[Failed]:
    """Check the raw files of the units named, or of all; return the units that have problems."""
    chosen = _chosen(project, names, has_raw_files, say)
    return [*chosen.failed, *check_units(project, chosen.units, say)]


def intake_named(project: Path, names: Sequence[str], say: Say = silent) -> list[Failed]:
    """Read in the raw files of the units named, or of all; return the units that have problems."""
    chosen = _chosen(project, names, has_raw_files, say)
    return [*chosen.failed, *intake_units(project, chosen.units, say)]


def report_named(
    project: Path,
    names: Sequence[str],
    years: Collection[int] | None = None,
    release: Mode = "internal",
    as_of: str | None = None,
    say: Say = silent,
) -> list[Failed]:
    """Make the reports of the units named, or of all; return those that could not be made."""
    from isu_analysis.reporting.run import run_reports

    chosen = _chosen(project, names, has_any_files, say)
    return [*chosen.failed, *run_reports(project, chosen.keys, years, release, as_of, say).failed]


def _chosen(project: Path, names: Sequence[str], has_data: HasData, say: Say) -> Selection:
    chosen = select(project, names, has_data)
    for line in chosen.skipped:
        say(line)
    return chosen


def check_units(project: Path, units: Sequence[Unit], say: Say = silent) -> list[Failed]:
    """Read and check raw files without storing anything; return the units that have problems."""
    failed = []
    for unit in units:
        try:
            processed = check(unit, project)
        except IsuError as error:
            failed.append(Failed(unit.key, None, str(error)))
            continue
        say(f"{unit.name}: inga problem. {_counted(processed)}")
        for line in left_to_fill_in(project, unit):
            say(f"  Att fylla i: parameters/{unit.key}.yml, {line}")
    return failed


def intake_units(project: Path, units: Sequence[Unit], say: Say = silent) -> list[Failed]:
    """Read, check and store raw files; a unit with problems keeps its earlier data and gets a list."""
    failed = []
    for unit in units:
        try:
            processed = intake(unit, project)
        except ProblemsFound as error:
            listed = store.folder(project, unit).relative_to(project).as_posix()
            failed.append(Failed(unit.key, None, f"{error}\nHela listan: {listed}/problem.xlsx. Inget är inläst."))
            continue
        except IsuError as error:
            failed.append(Failed(unit.key, None, str(error)))
            continue
        say(f"{unit.name}: inläst. {_counted(processed)}")
    return failed


def left_to_fill_in(project: Path, unit: Unit) -> list[str]:
    """Lines of the unit file where `isu init` left a placeholder that loads all the same."""
    document = declarations.read(project / "parameters" / f"{unit.key}.yml")
    places = [place for place in document.lines if str(_value(document.values, place)).startswith(TO_FILL_IN)]
    return [f"rad {document.line(place)} ({place[-1]})" for place in places if place]


def _value(values: object, place: declarations.Place) -> object:
    for part in place:
        values = values[part]  # type: ignore[index]
    return "" if isinstance(values, dict | list) else values


def _counted(processed: Processed) -> str:
    return f"{len(processed.episodes)} ärenden, {len(processed.measurements)} mätningar."
