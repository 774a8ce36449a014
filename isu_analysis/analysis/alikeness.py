"""How alike the people of a report are in what is stored of them: the smallest group that nobody can tell apart by it.

Whoever knows of somebody their background and about when they came can find them in the stored data if the group is
small. The figure (k of k-anonymity) is for those who keep the data; no public report has it.
"""

from __future__ import annotations

import pandas as pd

from isu_analysis.analysis.book import Book
from isu_analysis.cohorts import Cohort

BAND = 5  # years of age, or as many units of any other number, that an acquaintance may not tell apart


def smallest_group(cohort: Cohort, book: Book) -> None:
    """Write how many episodes share the background and starting quarter of the one with fewest beside it."""
    known = cohort.background.copy()
    known["start"] = cohort.episodes["start"].dt.to_period("Q")
    for name in known.columns[known.dtypes.map(pd.api.types.is_numeric_dtype)]:
        known[name] = known[name] // BAND
    groups = known.astype("string").fillna("").value_counts()
    with book.internal_only():
        book.count("stored/alike", int(groups.min()))
