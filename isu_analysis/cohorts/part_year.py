"""A part of a year: of its people and answers, those it has by a day, as their own dates tell."""

from __future__ import annotations

import datetime as dt

import pandas as pd

from isu_analysis.errors import DataError
from isu_analysis.settings import Unit

_DATED_BY = {"ended": "end", "started": "start", "active": "start"}  # a declared year has no date to go by


def episodes_by(unit: Unit, episodes: pd.DataFrame, year: int, through: dt.date) -> tuple[pd.DataFrame, int]:
    """Of a year's episodes, those that the cohort rule gives it by a day, and how many there is no telling of.

    Parameters
    ----------
    unit : Unit
    episodes : DataFrame
        Those of the whole year.
    year : int
    through : date
        Last day of the part.

    Raises
    ------
    DataError
        No episode of the year has the date that its rule asks for.
    """
    dates = episodes[_DATED_BY[unit.cohort.rule]] if unit.cohort.rule in _DATED_BY else None
    if dates is None or dates.isna().all():
        raise DataError(
            f"{unit.name} {year}: det finns inga ärenden med datum, så det går inte att säga vilka som hör till en del av "
            "året. Gör rapporten för hela året."
        )
    chosen = episodes[dates <= pd.Timestamp(through)]
    if chosen.empty:
        raise DataError(f"{unit.name}: ingen hör till urvalet för {year} till och med {through}.")
    return chosen, int(dates.isna().sum())


def answers_by(answers: pd.DataFrame, through: dt.date) -> tuple[pd.DataFrame, int]:
    """Of answers that are of the year and of no known episode, those given by a day, and how many have no day."""
    undated = answers["day"].isna() & answers["missing_reason"].isna()
    return answers[answers["day"] <= pd.Timestamp(through)], int(undated.sum())


def require_data(unit: Unit, through: dt.date, as_of: dt.date) -> None:
    """Refuse data that end before the part of the year does: nobody can know yet who is in it.

    Raises
    ------
    DataError
    """
    if as_of < through:
        raise DataError(
            f"{unit.name}: uppgifterna slutar före {through}. Är filerna uttagna "
            "senare, ange vilken dag (as_of). Läs annars in nyare filer."
        )
