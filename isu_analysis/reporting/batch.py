"""What the commands do with several units; what is wrong with one stops no other."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from isu_analysis import declarations, files
from isu_analysis.errors import IsuError, SettingsError
from isu_analysis.intake import ProblemsFound, Processed, check, has_raw_files, intake, keys, list_path, write_list
from isu_analysis.reporting.plan import SWEDISH, Failed, Mode
from isu_analysis.reporting.progress import Say, silent
from isu_analysis.reporting.selection import HasData, Selection, has_any_files, select, unread_lines
from isu_analysis.settings import Unit
from isu_analysis.sketching import TO_FILL_IN

if TYPE_CHECKING:
    from isu_analysis.reporting.run import RunSummary


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
    language: str = SWEDISH,
    **how: Any,
) -> RunSummary:
    """Make the reports of the units named, or of all; one whose unit file is a draft is refused.

    Parameters
    ----------
    **how
        As in `run_reports`: `through`, `force`, `executor`, `limits`, `isolate`.

    Raises
    ------
    SettingsError
        Every unit file still holds a placeholder of `isu init`.
    """
    from isu_analysis.reporting.run import RunSummary, run_reports

    chosen = _chosen(project, names, has_any_files, say)
    drafts = [failed for unit in chosen.units if (failed := _draft(project, unit))]
    refused = [*chosen.failed, *drafts]
    units = [unit for unit in chosen.units if unit.key not in {failed.unit_key for failed in drafts}]
    if drafts and not units:
        raise SettingsError("\n".join(map(str, refused)))
    if not units:
        return RunSummary((), tuple(refused))
    for unit in units:
        _warn_of_older_data(project, unit, say)
    summary = run_reports(project, [unit.key for unit in units], years, release, as_of, say, language, **how)
    return replace(summary, failed=(*refused, *summary.failed))


def _warn_of_older_data(project: Path, unit: Unit, say: Say) -> None:
    listed = list_path(project, unit)
    if listed.is_file() and (listed.parent / "intake.json").is_file():
        what = f"den senaste inläsningen (eller kontrollen) av {unit.name} misslyckades"
        say(f"Obs: {what}; rapporten bygger på det som lästes in tidigare.")


def _draft(project: Path, unit: Unit) -> Failed | None:
    left = left_to_fill_in(project, unit)
    if not left:
        return None
    listed = "\n".join(f"  Att fylla i: parameters/{unit.key}.yml, {line}" for line in left)
    return Failed(unit.key, None, f"enhetsfilen är inte färdig.\n{listed}")


def _chosen(project: Path, names: Sequence[str], has_data: HasData, say: Say) -> Selection:
    chosen = select(project, names, has_data)
    for line in chosen.skipped:
        say(line)
    return chosen


def check_units(project: Path, units: Sequence[Unit], say: Say = silent) -> list[Failed]:
    """Read and check raw files; only the list of problems is stored. Return the units that have problems."""
    failed = []
    for unit in units:
        _warn(project, unit, say)
        try:
            processed = check(unit, project)
            files.remove(list_path(project, unit))
        except ProblemsFound as error:
            write_list(project, unit, error)
            failed.append(Failed(unit.key, None, f"{error}\n{_whole_list(project, unit)}"))
            continue
        except IsuError as error:
            failed.append(Failed(unit.key, None, str(error)))
            continue
        say(f"{unit.name}: inga problem. {_counted(processed)}")
        _say_warnings(processed, say)
        for line in left_to_fill_in(project, unit):
            say(f"  Att fylla i: parameters/{unit.key}.yml, {line}")
    return failed


def intake_units(project: Path, units: Sequence[Unit], say: Say = silent) -> list[Failed]:
    """Read, check and store raw files; a unit with problems keeps its earlier data and gets a list."""
    failed = []
    for unit in units:
        _warn(project, unit, say)
        try:
            processed = intake(unit, project)
        except ProblemsFound as error:
            failed.append(Failed(unit.key, None, f"{error}\n{_whole_list(project, unit)} Inget är inläst."))
            continue
        except IsuError as error:
            failed.append(Failed(unit.key, None, str(error)))
            continue
        say(f"{unit.name}: inläst. {_counted(processed)}")
        _say_warnings(processed, say)
    advice = keys.folder_advice(project)
    if advice:
        say(advice)
    return failed


def _say_warnings(processed: Processed, say: Say) -> None:
    for line in processed.about.get("warnings", []):
        say(f"  Obs: {line}")
    if not _answers(processed):
        say("  Obs: inte ett enda svar finns i det som lästes. Stämmer kolumnerna under «measurements» i enhetsfilen?")


def _warn(project: Path, unit: Unit, say: Say) -> None:
    for line in unread_lines(project, unit):
        say(f"{unit.name}: {line}")


def _whole_list(project: Path, unit: Unit) -> str:
    return f"Hela listan: {list_path(project, unit).relative_to(project).as_posix()}."


def left_to_fill_in(project: Path, unit: Unit) -> list[str]:
    """Lines of the unit file where `isu init` left a placeholder that loads all the same."""
    document = declarations.read(project / "parameters" / f"{unit.key}.yml")
    places = [place for place in document.lines if TO_FILL_IN in str(_value(document.values, place))]
    return [f"rad {document.line(place)} ({place[-1]})" for place in places if place]


def _value(values: object, place: declarations.Place) -> object:
    for part in place:
        values = values[part]  # type: ignore[index]
    return "" if isinstance(values, dict | list) else values


def _answers(processed: Processed) -> int:
    return int(processed.measurements["missing_reason"].isna().sum())


def _counted(processed: Processed) -> str:
    measured = _answers(processed)
    if not len(processed.episodes):
        return f"{measured} svar."
    episodes = f"{len(processed.episodes)} {'ärende' if len(processed.episodes) == 1 else 'ärenden'}"
    return f"{episodes}, {measured} {'mätning' if measured == 1 else 'mätningar'}."
