"""How long the cases lasted and how many contacts they had, where the files say so."""

from __future__ import annotations

from contextlib import nullcontext

import pandas as pd

from isu_analysis.analysis.book import Book
from isu_analysis.analysis.results import ELIGIBLE
from isu_analysis.cohorts import Cohort

DURATION, CONTACTS = "duration", "contacts"
FEWEST = 2  # one person's case is that person's
_QUARTILES = {"lower_quartile": 0.25, "median": 0.5, "upper_quartile": 0.75}


def lasted(cohort: Cohort, book: Book) -> None:
    """Days from start to end, and contacts: the middle one and the middle half of those for whom it is known."""
    episodes = cohort.episodes
    days = (episodes["end"] - episodes["start"]).dt.days
    _spread(DURATION, days.where(days >= 0), book)  # an end before its start is a slip of the pen, not a length
    _spread(CONTACTS, pd.to_numeric(episodes["contacts"]), book)


def _spread(place: str, values: pd.Series, book: Book) -> None:
    """Median and quartiles with how many they are of; never public where a few are unknown, for they are what is left."""
    known = values.dropna()
    if len(known) < FEWEST:
        return
    with book.breakdown():
        counted = _known(place, known, book) if len(known) < len(values) else ELIGIBLE
        people = book.group(f"{place}/of", known.index)
        with book.internal_only() if known.nunique() == 1 else nullcontext():  # equal numbers are everybody's
            for name, quantile in _QUARTILES.items():
                book.mean(f"{place}/{name}", float(known.quantile(quantile)), len(known), people, counts=(counted,))


def _known(place: str, known: pd.Series, book: Book) -> str:
    """Count those for whom it is known and not; where it is known for all, they are the eligible."""
    counted = book.tally(f"{place}/known", known.index)
    book.total(ELIGIBLE, counted, book.rest(f"{place}/unknown", ELIGIBLE, [counted], zero_is_plain=True))
    return counted
