"""What a date cannot be: before the person was born, or years after the year of its file."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

import numpy as np

from isu_analysis.intake.columns import Cells
from isu_analysis.intake.judging import Dates, SheetColumns
from isu_analysis.settings import Unit


def check_births(columns: SheetColumns, people: Cells, dates: Mapping[str | None, Dates]) -> None:
    """List every date, by heading, from before the birth of the row's person."""
    born = Cells([one and one.born for one in people.values], people.codes).dates()
    for heading, days in dates.items():
        if heading:
            columns.problem_at(heading, days < born, "datumet ligger före personens födelse", "ett senare datum")


def check_years(columns: SheetColumns, unit: Unit, year: int, dates: Mapping[str | None, Dates]) -> None:
    """A form of the file's year may be a follow-up that came later, but not any number of years later."""
    spans = [occasion.window[1] if occasion.window else occasion.day or 0 for occasion in unit.occasions.values()]
    last = dt.date(year, 12, 31) + dt.timedelta(days=max(366, *spans))
    for heading, days in dates.items():
        late = days > np.datetime64(last)
        columns.problem_at(heading, late, "datumet ligger långt efter filens år", f"ett datum till och med {last}")
