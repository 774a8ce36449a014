"""When a scheduled run starts: refused where no clock or no month would agree."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal, get_args

from isu_analysis import declarations
from isu_analysis.errors import SettingsError
from isu_analysis.settings import slug

Every = Literal["day", "week", "month"]
EVERY: tuple[Every, ...] = get_args(Every)
WEEKDAYS = ("måndag", "tisdag", "onsdag", "torsdag", "fredag", "lördag", "söndag")
LAST_DAY = 28  # the last that every month has
_TIME = re.compile(r"([01]?\d|2[0-3])[:.]([0-5]\d)", re.ASCII)
_CHANGED_HOUR = 2  # 02.00-02.59 is missing one night in spring and comes twice one night in autumn


@dataclass(frozen=True)
class Timetable:
    """A time of the day, every day or on one day of the week or the month.

    Attributes
    ----------
    every : {"day", "week", "month"}
    hour, minute : int
        Local time.
    day : int
        0 for every day; 1 (Monday) to 7 in a week; 1 to 28 in a month.
    """

    every: Every
    hour: int
    minute: int
    day: int = 0

    def __str__(self) -> str:
        return f"{self._days} kl. {self.hour:02}.{self.minute:02}"

    @property
    def _days(self) -> str:
        if self.every == "week":
            return f"varje {WEEKDAYS[self.day - 1]}"
        return f"den {self.day} varje månad" if self.every == "month" else "varje dag"


def timetable(every: Every, at: str, day: str | None = None) -> Timetable:
    """Read when a run is to start.

    Parameters
    ----------
    every : {"day", "week", "month"}
    at : str
        ``HH:MM``.
    day : str, optional
        Swedish name of a weekday, or a day of the month; Monday or the first if left out.

    Raises
    ------
    SettingsError
        There is no such time or day, or not always.
    """
    found = _TIME.fullmatch(at.strip())
    if not found:
        raise SettingsError(f"«{at}» är ingen tid på dygnet. Skriv den som 04:30.")
    hour, minute = map(int, found.groups())
    if hour == _CHANGED_HOUR:
        raise SettingsError(
            "Klockan 02.00–02.59 finns inte den natt då sommartiden börjar, och två gånger den natt då den slutar. "
            "Välj en annan tid, som 04:30."
        )
    return Timetable(every, hour, minute, _day(every, day))


def _day(every: Every, day: str | None) -> int:
    if every == "day":
        if day is not None:
            raise SettingsError("--day anges bara tillsammans med --every week eller --every month.")
        return 0
    if day is None:
        return 1
    return _weekday(day) if every == "week" else _day_of_month(day)


def _weekday(day: str) -> int:
    names = [slug(name) for name in WEEKDAYS]  # so that a keyboard without å and ö will do
    if slug(day) not in names:
        raise SettingsError(
            f"Okänd veckodag «{day}».{declarations.nearest(day, list(WEEKDAYS))} Tillåtna: {', '.join(WEEKDAYS)}."
        )
    return names.index(slug(day)) + 1


def _day_of_month(day: str) -> int:
    if not (day.isascii() and day.isdigit() and 1 <= int(day) <= LAST_DAY):
        raise SettingsError(f"«{day}» är ingen dag som alla månader har. Tillåtna: 1 till {LAST_DAY}.")
    return int(day)
