"""Write what starts a run by itself, for the scheduler of this machine."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType

from isu_analysis import files
from isu_analysis.errors import SettingsError
from isu_analysis.reporting.scheduled import cron, systemd, windows
from isu_analysis.reporting.scheduled.starting import (
    DATABASE,
    KEY_FILE,
    Start,
    Written,
    checked_name,
    program,
    user_of,
)
from isu_analysis.reporting.scheduled.timetable import Timetable

NAME = "isu-rapporter"
SCHEDULERS = MappingProxyType({"systemd": systemd.write, "cron": cron.write, "windows": windows.write})


def starting(
    project: Path,
    when: Timetable,
    options: Sequence[str] = (),
    name: str = NAME,
    user: str | None = None,
    logs: Path | None = None,
    variables: Mapping[str, str] = MappingProxyType({}),
) -> Start:
    """Tell what is to be started.

    Parameters
    ----------
    project : Path
    when : Timetable
    options : sequence of str
        Words for ``isu run``, which have been checked.
    name : str
    user : str, optional
        The project's owner if left out.
    logs : Path, optional
        Where ``isu run`` writes its log, if not in the project.
    variables : mapping of str to str
        The environment of whoever asks; where the key lies is taken from it, and never an address or a password.

    Raises
    ------
    SettingsError
        The name or the account cannot be used.
    """
    place = project.resolve()
    outside = () if logs is None or (place / logs).is_relative_to(place) else (logs,)
    key_file = variables.get(KEY_FILE)
    return Start(
        (*program(), "run", "--quiet", *options),
        place,
        when,
        checked_name(name),
        user_of(place, user, variables),
        outside,
        {KEY_FILE: str(Path(key_file).expanduser().absolute())} if key_file else {},
    )


def schedule(
    scheduler: str,
    start: Start,
    to: Path | None = None,
    variables: Mapping[str, str] = MappingProxyType({}),
    system: str = os.name,
) -> str:
    """Write the files to a folder, or show them, with what to do with them.

    Parameters
    ----------
    scheduler : {"systemd", "cron", "windows"}
    start : Start
    to : Path, optional
        Folder to write in; shown instead if left out.
    variables : mapping of str to str
        The environment of whoever asks.
    system : str
        `os.name`; replaced in tests.

    Raises
    ------
    SettingsError
        This machine has no such scheduler, or it cannot be told the paths.
    WriteError
        The folder cannot be written in.
    """
    if (scheduler == "windows") != (system == "nt"):
        fitting = "windows" if system == "nt" else "systemd eller cron"
        raise SettingsError(f"Kör kommandot på den dator som ska göra körningarna. På den här passar {fitting}.")
    if scheduler == "windows" and to is None:
        raise SettingsError(
            "Ange med --to vilken mapp filen ska skrivas i. Windows läser inte en fil som kopierats från skärmen."
        )
    written = SCHEDULERS[scheduler](start)
    if variables.get(DATABASE):
        written = replace(
            written,
            steps=(*written.steps, f"Körningen ser inte {DATABASE}: lägg datalagrets adress i filen .isu/databas."),
        )
    if to is not None:
        files.write_together(to, written.files)
    return "\n".join(
        [
            *_shown(written, to),
            "",
            "Gör så här:",
            *_numbered(written.steps),
            "",
            f"Körs {start.when}, som {start.user}.",
        ]
    )


def _shown(written: Written, to: Path | None) -> list[str]:
    if to is not None:
        return [f"Skrev {to.name}/{name}" for name in written.files]
    return [f"----- {name} -----\n{data.decode()}" for name, data in written.files.items()]


def _numbered(steps: Sequence[str]) -> list[str]:
    return [f"{number}. {step}" for number, step in enumerate(steps, 1)]
