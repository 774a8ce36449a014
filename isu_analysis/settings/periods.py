"""What a report is about in time: a year, or the part of it through a date."""

from __future__ import annotations

import datetime as dt

from isu_analysis.errors import SettingsError

NEVER_PUBLIC = (
    "En delårsrapport (through) kan inte publiceras, för den och helårets rapport tillsammans kan avslöja enskilda. "
    "Gör den för internt bruk, eller publicera hela året."
)
_NO_DATE = "«through» ska vara ett datum, ÅÅÅÅ-MM-DD."


def period(year: int, through: str = "") -> str:
    """Name of a year or of its part, in keys and in names of folders: ``2024``, ``2024-tom-2024-06-30``."""
    return f"{year}-tom-{through}" if through else str(year)


def part_of(through: str) -> int:
    """Year that a part-year report is of, by its last day.

    Raises
    ------
    SettingsError
        It is no date, or a year's last day, which leaves nothing out.
    """
    day = _date(through)
    if day is None:
        raise SettingsError(_NO_DATE)
    if _ends_the_year(day):
        raise SettingsError(f"«through» är {day}, alltså hela {day.year}. Gör rapporten för året, utan through.")
    return day.year


def last_day(year: int, through: str | dt.date | None) -> dt.date | None:
    """Read the last day of a part of a year; None where it is the whole year that is meant, as by its own last day.

    Raises
    ------
    SettingsError
        It is no date, or one outside the year.
    """
    if not through:
        return None
    day = _date(through)
    if day is None:
        raise SettingsError(_NO_DATE)
    if day.year != year:
        raise SettingsError(
            f"«through» är {day}, som inte ligger i {year}. Ange en dag i det år som rapporten gäller, till exempel {year}-06-30."
        )
    return None if _ends_the_year(day) else day


def _ends_the_year(day: dt.date) -> bool:
    return (day.month, day.day) == (12, 31)


def _date(given: str | dt.date) -> dt.date | None:
    if isinstance(given, dt.datetime):
        return given.date()
    if isinstance(given, dt.date):
        return given
    try:
        day = dt.date.fromisoformat(given)
    except (TypeError, ValueError):
        return None
    return day if day.isoformat() == given else None  # the library also reads 20240131 and 2024-W05-1
