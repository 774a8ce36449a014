"""What a share of the report will be: if no more is measured, if the list is worked through, and at best.

Nothing is estimated. Each count says how many would be measured if exactly that were done, so the true one lies between
the first and the last.
"""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from isu_analysis.cohorts.due import Due, never_again
from isu_analysis.cohorts.people import NOT_DUE, PAIRED, Cohort


@dataclass(frozen=True)
class Forecast:
    """Of the people of a year, how many have what the outcome needs (start and end, or the one answer).

    Attributes
    ----------
    measured : int
        Those who have it on the day.
    due : int
        Those whose time has come, as the report counts them on the day.
    expected : int
        All of the year: those whose time has come when it is over.
    listed : int
        Those who would have it too if all that can be measured now were measured.
    waiting : int
        Those who could have it later: what they lack is not due yet, or can be measured now.
    """

    measured: int
    due: int
    expected: int
    listed: int
    waiting: int

    @property
    def if_listed(self) -> int:
        """How many have it if the whole list is done, and nothing after that."""
        return self.measured + self.listed

    @property
    def at_best(self) -> int:
        """How many have it if the list is done and nobody who waits is lost."""
        return self.measured + self.listed + self.waiting


def forecast(people: Cohort, due: Due, measure: str, start: str | None, end: str, rater: str, item: str | None = "") -> Forecast:  # fmt: skip
    """Reckon the counts of one outcome.

    Parameters
    ----------
    people : Cohort
        Of one unit and year, on the day of `due`.
    due : Due
        What is to be measured.
    measure, start, end, rater, item
        As for `Cohort.response`.
    """
    status = people.response(measure, start, end, rater, item)
    closed = people.episodes.index.isin(never_again(people, [measure], [rater]))
    soon = pd.Series(True, index=people.episodes.index)
    some_day = soon.copy()
    for occasion in [name for name in (start, end) if name]:
        has = people.measured(measure, occasion, rater, item)
        listed = people.episodes.index.isin(_listed(due, measure, occasion, rater))
        later = (people.response(measure, None, occasion, rater, item) == NOT_DUE) & ~closed
        soon &= has | listed
        some_day &= has | listed | later
    measured = status == PAIRED
    return Forecast(
        measured=int(measured.sum()),
        due=int((status != NOT_DUE).sum()),
        expected=len(status),
        listed=int((soon & ~measured).sum()),
        waiting=int((some_day & ~soon & ~measured).sum()),
    )


def _listed(due: Due, measure: str, occasion: str, rater: str) -> set[str]:
    """Cases that the list asks for the measure at the occasion."""
    rows = due.rows[due.rows["occasion"] == occasion]
    asked = [measure in measures and rater in raters for measures, raters in zip(rows["measures"], rows["raters"], strict=True)]  # fmt: skip
    return set(rows.loc[asked, "episode"])
