"""What a report is about in time, in words: a year, a part of it, or a year whose figures have been brought up to date."""

from __future__ import annotations

import datetime as dt

from isu_analysis.presentation.reader import Reader
from isu_analysis.presentation.wording import Wording


def in_words(year: int, through: dt.date | None, updated: str, wording: Wording) -> str:
    """Say what a report is about: ``2024``, ``2024, till och med 30 juni 2024``, ``2023, uppdaterad 2024-10``.

    Parameters
    ----------
    year : int
    through : date or None
        Last day of a part of the year.
    updated : str
        Month of the data of a later issue; empty for the first one.
    wording : Wording
    """
    said = str(year)
    if through:
        said = wording.say("{year}, till och med {day}", year=said, day=day_in_words(through, wording))
    return wording.say("{period}, uppdaterad {month}", period=said, month=updated) if updated else said


def of_report(read: Reader) -> str:
    """Say what a report is about, as its title does."""
    context, issue = read.report.context, read.report.issue
    return in_words(context.year, context.through, issue.updated if issue and issue.is_updated else "", read.wording)


def day_in_words(day: dt.date, wording: Wording) -> str:
    """Write a day: ``30 juni 2024``."""
    from babel.dates import format_date

    return str(format_date(day, "d MMMM y", locale=wording.language))


def last_day(read: Reader) -> str:
    """The last day of the part of a year that a report is about; empty for a whole year."""
    through = read.report.context.through
    return day_in_words(through, read.wording) if through else ""
