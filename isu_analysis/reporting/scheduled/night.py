"""What a night should do: read in what is new, make the reports that are not up to date, and tell how it went."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from isu_analysis import files
from isu_analysis.errors import DataError, IsuError, ReportError
from isu_analysis.intake import list_path, store
from isu_analysis.reporting import batch
from isu_analysis.reporting.exit_codes import ANOTHER_RUN, CRASHED, INTERRUPTED, WRONG_INPUT
from isu_analysis.reporting.extras import install_line
from isu_analysis.reporting.plan import SWEDISH, Failed, Mode
from isu_analysis.reporting.planning.raw import is_read_in, removed_raw_files
from isu_analysis.reporting.progress import Say, careful, in_words, silent
from isu_analysis.reporting.reasons import place_of, reason
from isu_analysis.reporting.running.lock import BusyError, one_run
from isu_analysis.reporting.running.stopping import ended_gently
from isu_analysis.reporting.scheduled import message, summary
from isu_analysis.reporting.scheduled.account import Account
from isu_analysis.reporting.scheduled.log import Log, Now, local_now
from isu_analysis.reporting.selection import Selection, has_any_files, select
from isu_analysis.settings import Unit

FOLDER = "logs"


@dataclass(frozen=True)
class Asked:
    """What a run is to do.

    Attributes
    ----------
    names : tuple of str
        Units or municipalities; none means every unit.
    public : bool
        Reports for publication too.
    collect : bool
        Check the collection of measurements too.
    as_of : str or None
        ``"YYYY-MM-DD"``; each unit's own date of the data if None.
    language : {"sv", "en"}
    """

    names: tuple[str, ...] = ()
    public: bool = False
    collect: bool = False
    as_of: str | None = None
    language: str = SWEDISH

    @property
    def releases(self) -> tuple[Mode, ...]:
        """Kinds of reports to make."""
        return ("internal", "public") if self.public else ("internal",)


def run(
    project: Path,
    asked: Asked,
    logs: Path | None = None,
    say: Say = silent,
    now: Now = local_now,
    how: Mapping[str, Any] | None = None,
) -> Account:
    """Do what is to be done, and write the log, the summary and last the message.

    What is wrong with one unit stops no other, and whatever stops the run is told.

    Parameters
    ----------
    project : Path
    asked : Asked
    logs : Path, optional
        Folder for ``isu.log``, ``summary.txt`` and ``message.json``; ``logs`` in the project if left out.
    say : callable
        Takes the lines that the log takes.
    now : callable
        Gives the time with its offset; replaced in tests.
    how : mapping, optional
        How the reports are made, as in `run_reports`: `through`, `force`, `limits`, `executor`.

    Raises
    ------
    BusyError
        Another run is going on; its message and summary are left alone.
    WriteError
        The folder cannot be written in: nothing is done. Or, at the end, the message could not be written.
    """
    folder = logs or project / FOLDER
    log = Log(folder, now)
    log.begin("Körningen börjar.")
    account = Account(now())
    with contextlib.ExitStack() as alone:
        _take(alone, project, log)
        try:
            with ended_gently():
                _write(folder, account, log)
                _work(project, asked, account, _both(careful(say), log.say), alone, now, how or {})
        except BusyError as error:
            account.stop(ANOTHER_RUN, str(error))
        except IsuError as error:
            account.stop(WRONG_INPUT, str(error))
        except ModuleNotFoundError as error:
            account.stop(WRONG_INPUT, install_line(error))
        except KeyboardInterrupt:
            account.stop(INTERRUPTED, "Någon avbröt den, eller så stängdes datorn av.")
        except (Exception, SystemExit) as error:  # noqa: BLE001 - nobody is there to see it: whatever happened is told
            why = reason(error)
            account.stop(CRASHED, f"{why[:1].upper()}{why[1:]} {place_of(error)}".strip())
        account.ended = now()
        _write(folder, account, log)
    return account


def _take(alone: contextlib.ExitStack, project: Path, log: Log) -> None:
    """Hold the project, so that nobody else reads in or tells of a run at the same time."""
    try:
        alone.enter_context(one_run(project))
    except BusyError as error:
        log.say(f"Inget görs: {error}")
        raise
    except OSError:
        raise ReportError("Kan inte skriva i data_processed/. Kontrollera behörigheten för kontot som kör.") from None


def _work(
    project: Path,
    asked: Asked,
    account: Account,
    say: Say,
    alone: contextlib.ExitStack,
    now: Now,
    how: Mapping[str, Any],
) -> None:
    """Read in, check the collection, make the reports: each for every unit that can."""
    chosen = select(project, asked.names, has_any_files)
    for line in chosen.skipped:
        say(line)
    account.add_failed("unit_file", chosen.failed)
    for unit in chosen.units:
        _read_in(project, unit, account, say)
    if asked.collect and chosen.units:
        _collect(project, chosen, asked.as_of or f"{now():%Y-%m-%d}", account, say)
    alone.close()  # each making of reports holds the project itself
    for release in asked.releases if chosen.units else ():
        _report(project, chosen, asked, release, account, say, how)


def _read_in(project: Path, unit: Unit, account: Account, say: Say) -> None:
    """Read a unit in if anything of it has changed; else, and if it cannot be read, its data stay as they are."""
    try:
        if is_read_in(project, unit):
            files.remove(list_path(project, unit))  # whatever was wrong is put right
            return
        if gone := removed_raw_files(project, unit):
            raise DataError(
                f"{unit.name}: {gone} finns inte längre i data_raw/{unit.key}/. Lägg tillbaka, eller kör «isu intake "
                f"{unit.key}» om det som stod där inte längre ska redovisas."
            )
        failed = batch.intake_units(project, [unit], say)
    except Exception as error:  # noqa: BLE001 - whatever one unit's files do, the others shall be read
        failed = [Failed(unit.key, None, reason(error))]
    if not failed:
        account.read_in.append(unit.key)
    elif (store.folder(project, unit) / "intake.json").is_file():
        account.older.add(unit.key)
    account.add_failed("intake", failed)
    _say_failed(failed, say)


def _collect(project: Path, chosen: Selection, as_of: str, account: Account, say: Say) -> None:
    from isu_analysis.reporting.collection import collect_named

    try:
        failed = collect_named(project, chosen.keys, as_of, say)
    except IsuError as error:
        failed = [Failed("", None, str(error))]
    else:
        account.collected = len(chosen.keys) - len(failed)
    account.add_failed("collection", failed)
    _say_failed(failed, say)


def _report(
    project: Path,
    chosen: Selection,
    asked: Asked,
    release: Mode,
    account: Account,
    say: Say,
    how: Mapping[str, Any],
) -> None:
    try:
        done = batch.report_named(project, chosen.keys, None, release, asked.as_of, say, asked.language, **how)
    except BusyError:
        raise
    except IsuError as error:  # none at all could be made; the other kind of reports may still be
        failed: tuple[Failed, ...] = (Failed("", None, str(error)),)
    else:
        account.made.extend((release, job) for job in done.done)
        account.current.extend((release, job) for job in done.current)
        account.held_back += done.held_back
        failed = done.failed
    account.add_failed(release, failed)
    _say_failed(failed, say)


def _say_failed(failed: Iterable[Failed], say: Say) -> None:
    for one in failed:
        say(f"Gick inte: {one}")


def _write(folder: Path, account: Account, log: Log) -> None:
    """Tell of the run where people and other systems look; the message last, as it is what they wait for."""
    if account.ended is not None:
        took = in_words((account.ended - account.started).total_seconds())
        for line in filter(
            None, (account.stopped, account.first_line, f"Körningen tog {took} och slutar med {account.exit_code}.")
        ):
            log.say(line)
    try:
        files.write(folder / summary.NAME, summary.text(account).encode())
    except files.WriteError as error:  # somebody has it open: the message must come all the same
        log.say(str(error))
    files.write(folder / message.NAME, message.data(account))


def _both(one: Say, other: Say) -> Say:
    def say(line: str) -> None:
        one(line)
        other(line)

    return say
