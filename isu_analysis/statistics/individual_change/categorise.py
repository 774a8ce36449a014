"""The categories of individual change from any index, any threshold and any border of the clinical range."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from isu_analysis.errors import StatisticsError
from isu_analysis.statistics.arguments import Flags, Floats, check_direction, check_positive, same_rows, vector
from isu_analysis.statistics.individual_change.categories import (
    CATEGORIES,
    DETERIORATED,
    HARMED,
    IMPROVED,
    NOT_PAIRED,
    RECOVERED,
    UNCHANGED,
)
from isu_analysis.statistics.individual_change.criteria import SLACK, finite_or_infinite
from isu_analysis.statistics.proportions.shares import Share, share


@dataclass(frozen=True, eq=False)
class CategorisedChange:
    """One category a person, with counts: the same words as `ReliableChange`, from any method.

    Attributes
    ----------
    n : int
        People with a category: the denominator of every count.
    n_given : int
        Rows given; ``n_given - n`` are "not_paired".
    has_range : bool
        False when nothing was said about the clinical range: nobody can be "recovered" or "harmed".
    categories : ndarray of str, shape (n_given,)
        "recovered", "improved", "unchanged", "deteriorated", or "not_paired". Rows of people: never in
        ``repr``.
    is_harmed : ndarray of bool, shape (n_given,)
        Part of the deteriorated: functional at the start, clinical at the end. Never in ``repr``.
    """

    n: int
    n_given: int
    has_range: bool
    categories: NDArray[np.str_] = field(repr=False)
    is_harmed: Flags = field(repr=False)

    def count(self, name: str) -> int:
        """Return how many are in a category, "harmed" or "not_paired".

        Raises
        ------
        StatisticsError
            If the name is unknown, or needs a clinical range that was not given.
        """
        if name not in {*CATEGORIES, HARMED, NOT_PAIRED}:
            allowed = ", ".join([*CATEGORIES, HARMED, NOT_PAIRED])
            raise StatisticsError(f"Argumentet name: okänd kategori. Tillåtet: {allowed}.")
        if name in {RECOVERED, HARMED} and not self.has_range:
            raise StatisticsError(f"Argumentet name: {name} kräver clinical_start och functional_end.")
        return int(np.count_nonzero(self.is_harmed if name == HARMED else self.categories == name))

    def share(self, name: str, level: float = 0.95) -> Share:
        """Return a category's share of the people with both values, with Wilson interval.

        Raises
        ------
        StatisticsError
            As `count`; and for "not_paired", which is no share of the pairs.
        """
        if name == NOT_PAIRED:
            raise StatisticsError("Argumentet name: not_paired är inte en andel av paren.")
        return share(self.count(name), self.n, level)

    def to_frame(self, level: float = 0.95) -> pd.DataFrame:
        """Return one row a category: category, n, of, share, low, high.

        The four categories share out the pairs; the last row, "harmed", is a part of deteriorated. "recovered"
        and "harmed" are left out when nothing was said about the clinical range.
        """
        names = (*CATEGORIES, HARMED) if self.has_range else CATEGORIES[1:]
        frame = pd.concat([self.share(name, level).to_frame() for name in names], ignore_index=True)
        frame.insert(0, "category", list(names))
        return frame[["category", "n", "of", "share", "low", "high"]]


def categorise(
    index: ArrayLike,
    critical: float,
    *,
    clinical_start: ArrayLike | None = None,
    functional_end: ArrayLike | None = None,
    clinical_end: ArrayLike | None = None,
) -> CategorisedChange:
    """Sort people by an index of change, and by the clinical range when it is given.

    Parameters
    ----------
    index : array_like, shape (n,)
        Positive = better; NaN = not paired; infinite is allowed (a change measured without error).
    critical : float
        What the index must exceed in size, above 0.
    clinical_start, functional_end : array_like of bool, shape (n,), optional
        Both or neither; a missing value = unknown: neither recovered nor harmed.
    clinical_end : array_like of bool, shape (n,), optional
        Who is clinical at the end, where that is not simply "not functional".

    Returns
    -------
    CategorisedChange

    Raises
    ------
    StatisticsError
        If critical is not above 0, an index is not a number, lengths or indexes differ, only one of the flags is
        given, or a flag is not true, false or missing.

    Notes
    -----
    Strict: an index equal to the critical value is no change. Recovered: clinical at the start, functional at
    the end, and improved. Harmed, a part of deteriorated: functional at the start, clinical at the end, and
    deteriorated. Someone who deteriorates but is still functional at the end is not harmed.

    Examples
    --------
    An index of exactly 1.96 is no change, and the last person was measured once.

    >>> from isu_analysis import statistics as st
    >>> index = [3.2, 2.4, 0.5, -0.3, -2.6, 1.96, None]
    >>> st.categorise(index, 1.96).to_frame().round(2)
           category  n  of  share   low  high
    0      improved  2   6   0.33  0.10  0.70
    1     unchanged  3   6   0.50  0.19  0.81
    2  deteriorated  1   6   0.17  0.03  0.56
    """
    check_positive(critical, "critical")
    values = finite_or_infinite(index, "index")
    limit = critical + SLACK * max(1.0, critical)
    return categorise_flags(
        values > limit,
        values < -limit,
        ~np.isnan(values),
        clinical_start=range_flags(clinical_start, "clinical_start", index, "index"),
        functional_end=range_flags(functional_end, "functional_end", index, "index"),
        clinical_end=range_flags(clinical_end, "clinical_end", index, "index"),
    )


def categorise_flags(
    better: Flags,
    worse: Flags,
    seen: Flags,
    *,
    clinical_start: Floats | None,
    functional_end: Floats | None,
    clinical_end: Floats | None = None,
) -> CategorisedChange:
    """Sort people already known to be better or worse; flags of the range as 1, 0 and NaN for unknown.

    Raises
    ------
    StatisticsError
        If only one of clinical_start and functional_end is given.
    """
    if (clinical_start is None) != (functional_end is None):
        raise StatisticsError("Argumenten clinical_start och functional_end: ange båda eller ingen.")
    nobody = np.zeros(seen.shape, dtype=bool)
    recovered, harmed = nobody, nobody
    if clinical_start is not None and functional_end is not None:
        at_end = 1 - functional_end if clinical_end is None else clinical_end
        recovered = better & (clinical_start == 1) & (functional_end == 1)
        harmed = seen & worse & (clinical_start == 0) & (at_end == 1)
    conditions = [~seen, recovered, better, worse]
    names = np.select(conditions, [NOT_PAIRED, RECOVERED, IMPROVED, DETERIORATED], default=UNCHANGED)
    for rows in (names, harmed):
        rows.flags.writeable = False
    return CategorisedChange(int(seen.sum()), seen.size, clinical_start is not None, names, harmed)


def beyond(score: ArrayLike, cutoff: float, *, higher_is_better: bool, cutoff_inclusive: bool = True) -> Floats:
    """Return who is functional: 1, clinical: 0, unknown: NaN.

    Parameters
    ----------
    score : array_like, shape (n,)
        Start or end scores.
    cutoff : float
        Border of the clinical range in points; NaN = unknown for all.
    higher_is_better : bool
        Direction of the scale.
    cutoff_inclusive : bool
        Whether the cutoff value itself is clinical.

    Returns
    -------
    ndarray of float, shape (n,)

    Raises
    ------
    StatisticsError
        If a score is not a finite number.
    """
    check_direction(higher_is_better)
    margin = (vector(score, "score") - cutoff) * (1 if higher_is_better else -1)
    slack = SLACK * max(1.0, abs(cutoff))
    functional = margin > slack if cutoff_inclusive else margin >= -slack
    return np.where(np.isnan(margin), np.nan, functional)


def range_flags(flags: ArrayLike | None, name: str, rows: ArrayLike, rows_name: str) -> Floats | None:
    """Return flags as 1, 0 and NaN for unknown; None stays None.

    Raises
    ------
    StatisticsError
        If lengths or indexes differ from those of ``rows``, or a flag is not true, false or missing.
    """
    if flags is None:
        return None
    same_rows(rows, flags, rows_name, name)
    return true_or_false(flags, name)


def true_or_false(flags: ArrayLike, name: str) -> Floats:
    """Return flags as 1, 0 and NaN for missing.

    Raises
    ------
    StatisticsError
        If a flag is not true, false or missing.
    """
    values = vector(flags, name)
    if not np.isin(values[~np.isnan(values)], (0, 1)).all():
        raise StatisticsError(f"Argumentet {name}: ska vara sant eller falskt. Tillåtet: sant, falskt eller tomt.")
    return values
