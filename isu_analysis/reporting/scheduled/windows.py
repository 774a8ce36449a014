"""A task for the Task Scheduler of Windows."""

from __future__ import annotations

import subprocess
import xml.etree.ElementTree as ET

from isu_analysis.reporting.scheduled.starting import MOST_HOURS, Start, Written, refuse_signs
from isu_analysis.reporting.scheduled.timetable import Timetable

NAMESPACE = "http://schemas.microsoft.com/windows/2004/02/mit/task"
_FROM = "2026-01-01"  # the schedule needs a first day; that it has passed starts nothing
_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip
_SETTINGS = {
    "MultipleInstancesPolicy": "IgnoreNew",
    "DisallowStartIfOnBatteries": "false",
    "StopIfGoingOnBatteries": "false",
    "AllowHardTerminate": "true",
    "StartWhenAvailable": "true",
    "RunOnlyIfNetworkAvailable": "false",
    "Enabled": "true",
    "Hidden": "false",
    "WakeToRun": "false",
    "ExecutionTimeLimit": f"PT{MOST_HOURS}H",
    "Priority": "7",
}


def write(start: Start) -> Written:
    """Write ``<name>.xml``, in the encoding that the Task Scheduler writes itself.

    Raises
    ------
    SettingsError
        A path has a sign that the Task Scheduler would replace.
    """
    refuse_signs(start, '"%', "Schemaläggaren")
    task = ET.Element("Task", {"version": "1.2", "xmlns": NAMESPACE})
    _add(ET.SubElement(task, "RegistrationInfo"), {"Description": start.description})
    trigger = ET.SubElement(ET.SubElement(task, "Triggers"), "CalendarTrigger")
    _add(trigger, {"StartBoundary": f"{_FROM}T{start.when.hour:02}:{start.when.minute:02}:00", "RandomDelay": "PT10M"})
    _recur(trigger, start.when)
    principal = ET.SubElement(ET.SubElement(task, "Principals"), "Principal", {"id": "Author"})
    _add(principal, {"UserId": start.user, "LogonType": "Password", "RunLevel": "LeastPrivilege"})
    _add(ET.SubElement(task, "Settings"), _SETTINGS)
    _act(task, start)
    ET.indent(task)
    return Written({f"{start.name}.xml": ET.tostring(task, "utf-16", xml_declaration=True)}, _steps(start))


def _act(task: ET.Element, start: Start) -> None:
    program, *arguments = start.command
    execute = ET.SubElement(ET.SubElement(task, "Actions", {"Context": "Author"}), "Exec")
    _add(
        execute,
        {"Command": program, "Arguments": subprocess.list2cmdline(arguments), "WorkingDirectory": str(start.project)},
    )


def _recur(trigger: ET.Element, when: Timetable) -> None:
    if when.every == "day":
        _add(ET.SubElement(trigger, "ScheduleByDay"), {"DaysInterval": "1"})
    elif when.every == "week":
        week = ET.SubElement(trigger, "ScheduleByWeek")
        _add(week, {"WeeksInterval": "1"})
        ET.SubElement(ET.SubElement(week, "DaysOfWeek"), _WEEKDAYS[when.day - 1])
    else:
        month = ET.SubElement(trigger, "ScheduleByMonth")
        _add(ET.SubElement(month, "DaysOfMonth"), {"Day": str(when.day)})
        months = ET.SubElement(month, "Months")
        for name in _MONTHS:
            ET.SubElement(months, name)


def _steps(start: Start) -> tuple[str, ...]:
    task = f"ISU\\{start.name}"
    variables = [
        f"Sätt {name} som systemvariabel på datorn; aktiviteten ser inte dina egna variabler."
        for name in start.variables
    ]
    return (
        *variables,
        "Öppna en kommandotolk som administratör i mappen där filen ligger.",
        f'Kör: schtasks /Create /TN "{task}" /XML "{start.name}.xml" /RU "{start.user}" /RP *',
        "Windows frågar efter kontots lösenord och sparar det, så att körningen går utan att någon är inloggad och når "
        "nätverksmappar. Kontot behöver rätten «Logga in som batchjobb».",
        f'Pröva nu genast: schtasks /Run /TN "{task}"',
    )


def _add(parent: ET.Element, texts: dict[str, str]) -> None:
    for name, text in texts.items():
        ET.SubElement(parent, name).text = text
