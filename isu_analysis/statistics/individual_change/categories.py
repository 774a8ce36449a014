"""Which people changed more than measurement error allows, and who crossed the border of the clinical range."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, TypeVar

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from isu_analysis.errors import StatisticsError
from isu_analysis.statistics.arguments import (
    Flags,
    Floats,
    check_direction,
    check_inside_scale,
    check_kind,
    index_of,
    paired,
)
from isu_analysis.statistics.individual_change.clinical_range import cutoff_of_each, is_clinical
from isu_analysis.statistics.individual_change.criteria import Criterion
from isu_analysis.statistics.proportions.shares import Share, share

Array = TypeVar("Array", bound=NDArray[Any])

RECOVERED, IMPROVED, UNCHANGED, DETERIORATED = "recovered", "improved", "unchanged", "deteriorated"
CATEGORIES = (RECOVERED, IMPROVED, UNCHANGED, DETERIORATED)
NOT_PAIRED = "not_paired"
HARMED = "harmed"
GROUPS = {"improved_or_recovered": (RECOVERED, IMPROVED)}
# What must have been given for a count to exist, and the words for it in a message.
NEEDS_CUTOFF = (RECOVERED, HARMED, "clinical_at_start", "functional_at_start")
NEEDS_SCALE = ("could_improve", "could_deteriorate")
SUBSETS = (*NEEDS_CUTOFF[1:], *NEEDS_SCALE)

# Place = code. The harmed have a code of their own but bear the name of their category.
NAMES = np.array([UNCHANGED, IMPROVED, RECOVERED, DETERIORATED, DETERIORATED, NOT_PAIRED])
_UNCHANGED, _IMPROVED, _RECOVERED, _DETERIORATED, _HARMED, _NOT_PAIRED = (np.int8(code) for code in range(6))


@dataclass(frozen=True, eq=False)
class ReliableChange:
    """Categories of individual change, with their counts, and subsets that cut across them.

    The categories recovered, improved, unchanged and deteriorated share out the pairs. "unchanged" means no
    *certain* change: most who truly changed a little are there. The subsets are counted beside them: "harmed"
    is a part of deteriorated; "functional_at_start" holds those who cannot recover, whatever their category.

    Attributes
    ----------
    n : int
        People with both values: the denominator of every category and subset.
    n_given : int
        Rows given; ``n_given - n`` are "not_paired".
    criterion : Criterion
        What a change had to exceed.
    higher_is_better : bool
        Direction of the scale.
    has_cutoff : bool
        False when no cutoff was given: nobody can be "recovered" or "harmed", and these are left out.
    cutoff_unknown : int
        Pairs whose own cutoff is missing: they can be improved or deteriorated, never recovered or harmed.
    clinical_at_start, functional_at_start : float
        Pairs on either side of the cutoff at the start (whole numbers); NaN without a cutoff.
    harmed : float
        Deteriorated pairs that went from the functional to the clinical range; NaN without a cutoff.
    could_improve, could_deteriorate : float
        Pairs whose start leaves room on the scale for a change that counts; NaN without a scale.
    codes : ndarray of int8, shape (n_given,)
        Place of each row's name in ``NAMES``. Rows of people: never in ``repr``.
    is_clinical_at_start, is_functional_at_start, is_clinical_at_end : ndarray of bool, shape (n_given,)
        Flags beside the category; False where unknown. Never in ``repr``.
    rows : pandas.Index or None
        Labels of the rows when ``pre`` was a Series. Never in ``repr``.

    Examples
    --------
    Two of the five who started in the clinical range recovered; one of the two others was harmed.

    >>> import isu_analysis as isu
    >>> criterion = isu.published_criterion(6, "the manual")
    >>> start, end = [18, 15, 12, 14, 6, 9, 21, 16], [8, 9, 14, 12, 15, 7, 14, None]
    >>> change = isu.reliable_change(start, end, criterion, higher_is_better=False, cutoff=10)
    >>> change.recovery().to_frame().round(2)
       n  of  share   low  high  level
    0  2   5    0.4  0.12  0.77   0.95
    >>> change.subsets()[["n", "of"]]
                         n  of
    subset
    harmed               1   7
    clinical_at_start    5   7
    functional_at_start  2   7
    """

    n: int
    n_given: int
    criterion: Criterion
    higher_is_better: bool
    has_cutoff: bool
    cutoff_unknown: int
    clinical_at_start: float
    functional_at_start: float
    harmed: float
    could_improve: float
    could_deteriorate: float
    codes: NDArray[np.int8] = field(repr=False)
    is_clinical_at_start: Flags = field(repr=False)
    is_functional_at_start: Flags = field(repr=False)
    is_clinical_at_end: Flags = field(repr=False)
    rows: pd.Index | None = field(repr=False, default=None)

    @cached_property
    def categories(self) -> NDArray[np.str_]:
        """One name a row, shape (n_given,): a category, or "not_paired" where a value is missing."""
        return _frozen(NAMES[self.codes])

    @property
    def is_harmed(self) -> Flags:
        """Who is harmed, shape (n_given,): they are among the deteriorated."""
        harmed: Flags = self.codes == _HARMED
        return harmed

    def count(self, name: str) -> int:
        """Return how many are in a category, "improved_or_recovered", "not_paired", or a subset.

        Raises
        ------
        StatisticsError
            If the name is unknown, or needs a cutoff or a scale that was not given.
        """
        if name in NEEDS_CUTOFF and not self.has_cutoff:
            raise StatisticsError(f"Argumentet name: {name} kräver ett gränsvärde (cutoff).")
        if name in SUBSETS:
            number = getattr(self, name)
            if np.isnan(number):
                raise StatisticsError(f"Argumentet name: {name} kräver en skala (scale).")
            return int(number)
        members = GROUPS.get(name, (name,))
        codes = np.flatnonzero(np.isin(NAMES, members))
        if codes.size == 0:
            allowed = ", ".join([*CATEGORIES, *GROUPS, NOT_PAIRED, *SUBSETS])
            raise StatisticsError(f"Argumentet name: okänd kategori. Tillåtet: {allowed}.")
        return sum(int(np.count_nonzero(self.codes == code)) for code in codes)

    def share(self, name: str, level: float = 0.95) -> Share:
        """Return a category's, group's or subset's share of the pairs, with Wilson interval.

        Raises
        ------
        StatisticsError
            If the name is unknown, is "not_paired", or needs a cutoff or a scale that was not given.
        """
        if name == NOT_PAIRED:
            raise StatisticsError("Argumentet name: not_paired är inte en andel av paren.")
        return share(self.count(name), self.n, level)

    def recovery(self, level: float = 0.95) -> Share:
        """Return the share recovered among those in the clinical range at the start, with Wilson interval."""
        return share(self.count(RECOVERED), int(self.clinical_at_start), level)

    def harm(self, level: float = 0.95) -> Share:
        """Return the share harmed among those in the functional range at the start, with Wilson interval."""
        return share(self.count(HARMED), int(self.functional_at_start), level)

    def counts(self, level: float = 0.95) -> pd.DataFrame:
        """Return one row a category: index ``category`` in fixed order; columns n, of, share, low, high.

        "recovered" is left out when no cutoff was given. ``of`` is the number of pairs.
        """
        return self._table(CATEGORIES if self.has_cutoff else CATEGORIES[1:], "category", level)

    def subsets(self, level: float = 0.95) -> pd.DataFrame:
        """Return one row a subset that can be counted: index ``subset``; columns as `counts`.

        A person can be in several. No rows when neither cutoff nor scale was given.
        """
        return self._table([name for name in SUBSETS if not np.isnan(getattr(self, name))], "subset", level)

    def to_frame(self, level: float = 0.95) -> pd.DataFrame:
        """Return `counts` with the category as a column."""
        return self.counts(level).reset_index()

    def _table(self, names: list[str] | tuple[str, ...], index: str, level: float) -> pd.DataFrame:
        columns = ["n", "of", "share", "low", "high"]
        found = [self.share(name, level) for name in names]
        rows = [[getattr(one, column) for column in columns] for one in found]
        return pd.DataFrame(rows, index=pd.Index(names, name=index, dtype="str"), columns=columns)


def reliable_change(
    pre: ArrayLike,
    post: ArrayLike,
    criterion: Criterion,
    *,
    higher_is_better: bool,
    cutoff: float | ArrayLike | None = None,
    cutoff_inclusive: bool = True,
    scale: tuple[float, float] | None = None,
) -> ReliableChange:
    """Sort people into recovered, improved, unchanged and deteriorated (of these, the harmed).

    Parameters
    ----------
    pre, post : array_like, shape (n_given,)
        Start and end scores, one row a person. A row lacking either is "not_paired".
    criterion : Criterion
        What counts as a change.
    higher_is_better : bool
        Direction of the scale.
    cutoff : float or array_like, shape (n_given,), optional
        Border of the clinical range in points, the same for all or one a person (NaN = unknown for that
        person).
    cutoff_inclusive : bool
        Whether the cutoff value itself is clinical.
    scale : (float, float), optional
        Lowest and highest possible score; needed for ``could_improve`` and ``could_deteriorate``.

    Returns
    -------
    ReliableChange

    Raises
    ------
    StatisticsError
        If lengths or indexes differ, a value is not a finite number, or a score lies outside the scale.

    Notes
    -----
    Clinical is at or above the cutoff when lower is better, at or below it when higher is better. Recovered:
    clinical at the start, not at the end, and improved by the criterion. Harmed: functional at the start,
    clinical at the end, and deteriorated by the criterion. Someone who deteriorates by the criterion is
    deteriorated wherever they end. "unchanged" means no certain change. Jacobson & Truax (1991), J Consult
    Clin Psychol 59:12.

    Examples
    --------
    A change of 6 points counts, and 10 or more is the clinical range; lower is better.

    >>> import isu_analysis as isu
    >>> criterion = isu.published_criterion(6, "the manual")
    >>> start, end = [18, 15, 12, 14, 6, 9, 21, 16], [8, 9, 14, 12, 15, 7, 14, None]
    >>> change = isu.reliable_change(start, end, criterion, higher_is_better=False, cutoff=10)
    >>> change.counts().round(2)
                  n  of  share   low  high
    category
    recovered     2   7   0.29  0.08  0.64
    improved      1   7   0.14  0.03  0.51
    unchanged     3   7   0.43  0.16  0.75
    deteriorated  1   7   0.14  0.03  0.51
    >>> change.categories.tolist()[:3]
    ['recovered', 'recovered', 'unchanged']
    """
    check_direction(higher_is_better)
    check_kind(criterion, Criterion, "criterion", "published_criterion eller jacobson_truax_criterion")
    x, y = paired(pre, post)
    if scale is not None:
        check_inside_scale(x, scale, "pre")
        check_inside_scale(y, scale, "post")
    limits = cutoff_of_each(cutoff, pre)
    gain = y - x if higher_is_better else x - y
    seen = ~np.isnan(gain)
    known = seen & ~np.isnan(limits)
    clinical_pre = known & is_clinical(x, limits, cutoff_inclusive, higher_is_better)
    clinical_post = known & is_clinical(y, limits, cutoff_inclusive, higher_is_better)
    functional_pre = known & ~clinical_pre
    codes = _codes(gain, criterion, seen, clinical_pre & ~clinical_post, functional_pre & clinical_post)
    n, has_cutoff = int(np.count_nonzero(seen)), cutoff is not None
    could_improve, could_deteriorate = _room(x[seen], criterion, scale, higher_is_better)
    return ReliableChange(
        n=n,
        n_given=seen.size,
        criterion=criterion,
        higher_is_better=higher_is_better,
        has_cutoff=has_cutoff,
        cutoff_unknown=n - int(np.count_nonzero(known)) if has_cutoff else 0,
        clinical_at_start=int(np.count_nonzero(clinical_pre)) if has_cutoff else np.nan,
        functional_at_start=int(np.count_nonzero(functional_pre)) if has_cutoff else np.nan,
        harmed=int(np.count_nonzero(codes == _HARMED)) if has_cutoff else np.nan,
        could_improve=could_improve,
        could_deteriorate=could_deteriorate,
        codes=_frozen(codes),
        is_clinical_at_start=_frozen(clinical_pre),
        is_functional_at_start=_frozen(functional_pre),
        is_clinical_at_end=_frozen(clinical_post),
        rows=index_of(pre),
    )


def _codes(gain: Floats, criterion: Criterion, seen: Flags, out: Flags, into: Flags) -> NDArray[np.int8]:
    """Return each row's code; ``out`` and ``into`` say who left and who entered the clinical range.

    Sums of flags and not np.select: the conditions exclude one another, and bytes are quick to add. ``gain`` is
    turned in place, since nobody needs it afterwards and a copy costs more than the comparison.
    """
    better, worse = criterion.counts(gain), criterion.counts(np.negative(gain, out=gain))
    codes = better.astype(np.int8)
    codes += (better & out) * (_RECOVERED - _IMPROVED)
    codes += worse * _DETERIORATED
    codes += (worse & into) * (_HARMED - _DETERIORATED)
    codes += ~seen * _NOT_PAIRED
    return codes


def _room(
    start: Floats, criterion: Criterion, scale: tuple[float, float] | None, higher_is_better: bool
) -> tuple[float, float]:
    """Return how many could improve and deteriorate by what counts."""
    if scale is None:
        return np.nan, np.nan
    up, down = (int(np.count_nonzero(criterion.counts(room))) for room in (scale[1] - start, start - scale[0]))
    return (up, down) if higher_is_better else (down, up)


def _frozen(array: Array) -> Array:
    array.flags.writeable = False
    return array
