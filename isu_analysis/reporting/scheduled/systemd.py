"""A systemd service and the timer that starts it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from isu_analysis.reporting.scheduled.starting import MOST_HOURS, Start, Written, refuse_signs
from isu_analysis.reporting.scheduled.timetable import Timetable

_PLAIN = re.compile(r"[\w./:=@+,-]+", re.ASCII)
_WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_HARDENING = """\
NoNewPrivileges=yes
ProtectSystem=strict
ProtectHome=read-only
PrivateTmp=yes
PrivateDevices=yes
ProtectKernelTunables=yes
ProtectKernelModules=yes
ProtectKernelLogs=yes
ProtectControlGroups=yes
ProtectClock=yes
ProtectHostname=yes
RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6
RestrictNamespaces=yes
RestrictRealtime=yes
RestrictSUIDSGID=yes
LockPersonality=yes
CapabilityBoundingSet="""


def write(start: Start) -> Written:
    """Write ``<name>.service`` and ``<name>.timer``.

    Raises
    ------
    SettingsError
        A path has a sign that systemd takes in no file name.
    """
    refuse_signs(start, "'\"\\", "systemd")
    service, timer = f"{start.name}.service", f"{start.name}.timer"
    return Written(
        {service: _text(_service(start)), timer: _text(_timer(start))},
        (
            f"Lägg {service} och {timer} i /etc/systemd/system/ (som administratör).",
            f"Kör: sudo systemctl daemon-reload && sudo systemctl enable --now {timer}",
            f"Pröva nu genast: sudo systemctl start {service}",
            f"Se när nästa körning är: systemctl list-timers {timer}",
        ),
    )


def _service(start: Start) -> Iterator[str]:
    yield "[Unit]"
    yield f"Description={_specifiers(start.description)}"
    yield f"RequiresMountsFor={quoted(str(start.project))}"
    yield ""
    yield "[Service]"
    yield "Type=oneshot"
    yield f"User={_specifiers(start.user)}"
    yield f"WorkingDirectory={_specifiers(str(start.project))}"  # the one that systemd takes without quotes
    yield f"ExecStart={quoted(start.command[0])} {' '.join(_argument(word) for word in start.command[1:])}"
    for name, value in start.variables.items():
        yield f"Environment={quoted(f'{name}={value}')}"
    yield "# Det som ritar och räknar behöver en egen mapp att skriva i; hemmappen är skrivskyddad."
    yield f"CacheDirectory={start.name}"
    yield f"Environment=MPLCONFIGDIR=%C/{start.name} JUPYTER_RUNTIME_DIR=%C/{start.name}/jupyter"
    yield "Nice=10"
    yield "LimitCORE=0"
    yield "UMask=0077"
    yield f"TimeoutStartSec={MOST_HOURS}h"
    yield "# Vid stopp får programmet själv avsluta sina processer och skriva sitt meddelande."
    yield "KillMode=mixed"
    yield "TimeoutStopSec=2min"
    yield from _HARDENING.splitlines()
    yield f"ReadWritePaths={' '.join(quoted(str(path)) for path in (start.project, *start.writable))}"


def _timer(start: Start) -> Iterator[str]:
    yield "[Unit]"
    yield f"Description={_specifiers(start.description)}"
    yield ""
    yield "[Timer]"
    yield f"OnCalendar={calendar(start.when)}"
    yield "# En körning som missades när datorn var avstängd görs när den startas."
    yield "Persistent=true"
    yield "RandomizedDelaySec=10min"
    yield ""
    yield "[Install]"
    yield "WantedBy=timers.target"


def calendar(when: Timetable) -> str:
    """When, as systemd writes it."""
    weekday = f"{_WEEKDAYS[when.day - 1]} " if when.every == "week" else ""
    day = f"{when.day:02}" if when.every == "month" else "*"
    return f"{weekday}*-*-{day} {when.hour:02}:{when.minute:02}:00"


def quoted(word: str) -> str:
    """A word as systemd reads it back: ``%`` begins a name that it would replace, and a space ends the word."""
    plain = _specifiers(word)
    return plain if _PLAIN.fullmatch(plain) else f'"{plain}"'


def _argument(word: str) -> str:
    return quoted(word.replace("$", "$$"))  # but for the program itself, where no variable is replaced


def _specifiers(text: str) -> str:
    return text.replace("%", "%%")


def _text(lines: Iterator[str]) -> bytes:
    return ("\n".join(lines) + "\n").encode()
