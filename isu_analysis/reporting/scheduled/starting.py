"""What a scheduler is to start, and what it takes to start it; how it is written differs from system to system."""

from __future__ import annotations

import getpass
import os
import re
import sys
import sysconfig
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from isu_analysis.errors import SettingsError
from isu_analysis.reporting.scheduled.timetable import Timetable

KEY_FILE, DATABASE = "ISU_KEY_FILE", "ISU_DATABASE_URL"
MOST_HOURS = 12  # of a run; after this something is stuck
_NAME = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?", re.ASCII)
_USER = re.compile(r"[\w.@-][\w .@$\\-]{0,100}")


@dataclass(frozen=True)
class Start:
    """One command, started again and again.

    Attributes
    ----------
    command : tuple of str
        The program's absolute path and its arguments.
    project : Path
        Where it is started.
    when : Timetable
    name : str
        Of the files, and in the scheduler's list.
    user : str
        Account that the command runs as.
    writable : tuple of Path
        Folders outside the project that it writes in.
    variables : mapping of str to str
        Environment that it needs.
    """

    command: tuple[str, ...]
    project: Path
    when: Timetable
    name: str
    user: str
    writable: tuple[Path, ...] = ()
    variables: Mapping[str, str] = field(default_factory=dict)

    @property
    def description(self) -> str:
        """What the scheduler's list says of it."""
        return f"ISU: läser in uppgifter och gör rapporter, {self.when}"


@dataclass(frozen=True)
class Written:
    """What a scheduler takes.

    Attributes
    ----------
    files : mapping of str to bytes
        File names and contents.
    steps : tuple of str
        What to do with them, in order.
    """

    files: Mapping[str, bytes]
    steps: tuple[str, ...]


def program(system: str = os.name) -> tuple[str, ...]:
    """The absolute path of this environment's ``isu``, or how Python starts it where it has none."""
    script = Path(sysconfig.get_path("scripts")) / ("isu.exe" if system == "nt" else "isu")
    return (str(script),) if script.is_file() else (sys.executable, "-m", "isu_analysis")


def checked_name(name: str) -> str:
    """Give the name back if files and schedulers can bear it."""
    if not _NAME.fullmatch(name):
        raise SettingsError(f"«{name}» duger inte som namn: bara a–z, 0–9 och bindestreck, högst 40 tecken.")
    return name


def user_of(project: Path, user: str | None, variables: Mapping[str, str]) -> str:
    """Who the command runs as: the account named, or the one that owns the project and so can read its key."""
    found = user or _owner(project, variables)
    if not _USER.fullmatch(found):
        raise SettingsError("Kontots namn innehåller tecken som inte går att skriva i ett schema. Ange det med --user.")
    return found


def _owner(project: Path, variables: Mapping[str, str]) -> str:
    try:
        return project.owner()
    except (NotImplementedError, KeyError, OSError):  # Windows tells no owner, and a network share may not know
        domain = variables.get("USERDOMAIN")
        return f"{domain}\\{getpass.getuser()}" if domain else getpass.getuser()


def refuse_signs(start: Start, signs: str, scheduler: str) -> None:
    """Refuse a path or a word that the scheduler cannot be told, rather than start something else.

    Raises
    ------
    SettingsError
    """
    words = [*start.command, str(start.project), *map(str, start.writable), *start.variables.values(), start.user]
    for word in words:
        found = next((sign for sign in word if sign in signs or not sign.isprintable()), "")
        if found or word != word.strip():
            said = f"«{found}»" if found.isprintable() and found else "ett osynligt tecken eller mellanslag i kanten"
            raise SettingsError(
                f"En sökväg eller ett ord i kommandot innehåller {said}, som inte går att skriva för {scheduler}. "
                "Byt namn på mappen eller flytta projektet."
            )
