"""A line for cron."""

from __future__ import annotations

import shlex

from isu_analysis.errors import SettingsError
from isu_analysis.reporting.scheduled.starting import Start, Written, refuse_signs
from isu_analysis.reporting.scheduled.timetable import Timetable

_LONGEST = 990  # signs of a command; longer ones are cut off


def write(start: Start) -> Written:
    """Write the line, with a comment above it.

    Raises
    ------
    SettingsError
        The command is too long, or has a sign that ends a line.
    """
    refuse_signs(start, "", "cron")
    line = f"{fields(start.when)} {command(start)}"
    return Written(
        {f"{start.name}.cron": f"# {start.name}: {start.when}\n{line}\n".encode()},
        (
            f"Öppna kontots schema: sudo crontab -u {shlex.quote(start.user)} -e",
            f"Lägg in raden ur {start.name}.cron sist, och en radbrytning efter den.",
            "cron skickar det som skrivs på skärmen med e-post till MAILTO. Det gör körningen bara när något behöver åtgärd.",
            "cron tar inte igen en körning som missades när datorn var avstängd; nästa körning gör det.",
        ),
    )


def fields(when: Timetable) -> str:
    """Minute, hour, day of the month, month, weekday."""
    day = when.day if when.every == "month" else "*"
    weekday = when.day % 7 if when.every == "week" else "*"  # Sunday is 0
    return f"{when.minute} {when.hour} {day} * {weekday}"


def command(start: Start) -> str:
    """The command as cron and the shell read it: ``%`` would end it."""
    variables = [f"{name}={shlex.quote(value)}" for name, value in start.variables.items()]
    line = f"cd {shlex.quote(str(start.project))} && {' '.join([*variables, shlex.join(start.command)])}"
    line = line.replace("%", r"\%")
    if len(line.encode()) > _LONGEST:
        raise SettingsError(
            f"Kommandot blir längre än {_LONGEST} tecken, och cron läser inte mer. Flytta projektet till en kortare sökväg."
        )
    return line
