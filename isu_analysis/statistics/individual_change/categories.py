"""Which people changed more than measurement error allows, and who crossed into the functional range."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from isu_analysis.errors import StatisticsError
from isu_analysis.statistics.arguments import Flags, Floats, check_inside_scale, paired, same_rows, vector
from isu_analysis.statistics.individual_change.criteria import SLACK, Criterion
from isu_analysis.statistics.proportions.shares import Share, share

RECOVERED, IMPROVED, UNCHANGED, DETERIORATED = "recovered", "improved", "unchanged", "deteriorated"
CATEGORIES = (RECOVERED, IMPROVED, UNCHANGED, DETERIORATED)
NOT_PAIRED = "not_paired"
GROUPS = {"improved_or_recovered": (RECOVERED, IMPROVED)}


@dataclass(frozen=True, eq=False)
class ReliableChange:
    """Categories of individual change, with their counts.

    Attributes
    ----------
    n : int
        People with both values: the denominator of every category.
    n_given : int
        Rows given; ``n_given - n`` are "not_paired".
    criterion : Criterion
        What a change had to exceed.
    higher_is_better : bool
        Direction of the scale.
    has_cutoff : bool
        False when no cutoff was given: nobody can be "recovered", and that category is left out.
    cutoff_unknown : int
        Pairs whose own cutoff is missing: they can be improved, never recovered.
    clinical_at_start, functional_at_start : float
        Pairs on either side of the cutoff at the start (whole numbers); NaN without a cutoff.
    could_improve : float
        Pairs whose start leaves room on the scale for a counting improvement; NaN without a scale.
    categories : ndarray of str, shape (n_given,)
        One a row, "not_paired" where a value is missing. Rows of people: never in ``repr``.
    is_functional_at_start : ndarray of bool, shape (n_given,)
        Flag beside the category; False where unknown. Never in ``repr``.
    """

    n: int
    n_given: int
    criterion: Criterion
    higher_is_better: bool
    has_cutoff: bool
    cutoff_unknown: int
    clinical_at_start: float
    functional_at_start: float
    could_improve: float
    categories: NDArray[np.str_] = field(repr=False)
    is_functional_at_start: Flags = field(repr=False)

    def count(self, name: str) -> int:
        """Return how many are in a category, "improved_or_recovered" or "not_paired"."""
        members = GROUPS.get(name, (name,))
        if not set(members) <= {*CATEGORIES, NOT_PAIRED}:
            allowed = ", ".join([*CATEGORIES, *GROUPS, NOT_PAIRED])
            raise StatisticsError(f"Argumentet name: okänd kategori. Tillåtet: {allowed}.")
        if RECOVERED in members and not self.has_cutoff and name == RECOVERED:
            raise StatisticsError("Argumentet name: recovered kräver ett gränsvärde (cutoff).")
        return int(np.isin(self.categories, members).sum())

    def share(self, name: str, level: float = 0.95) -> Share:
        """Return a category's (or "improved_or_recovered") share of the pairs, with Wilson interval.

        Raises
        ------
        StatisticsError
            If the name is unknown, is "not_paired", or is "recovered" without a cutoff.
        """
        if name == NOT_PAIRED:
            raise StatisticsError("Argumentet name: not_paired är inte en andel av paren.")
        return share(self.count(name), self.n, level)

    def recovery(self, level: float = 0.95) -> Share:
        """Return the share recovered among those in the clinical range at the start, with Wilson interval."""
        return share(self.count(RECOVERED), int(self.clinical_at_start), level)

    def counts(self, level: float = 0.95) -> pd.DataFrame:
        """Return one row a category: index ``category`` in fixed order; columns n, of, share, low, high.

        "recovered" is left out when no cutoff was given. ``of`` is the number of pairs.
        """
        names = CATEGORIES if self.has_cutoff else CATEGORIES[1:]
        frame = pd.concat([self.share(name, level).to_frame() for name in names], ignore_index=True)
        frame.index = pd.Index(names, name="category")
        return frame[["n", "of", "share", "low", "high"]]

    def to_frame(self, level: float = 0.95) -> pd.DataFrame:
        """Return `counts` with the category as a column."""
        return self.counts(level).reset_index()


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
    """Sort people into recovered, improved, unchanged and deteriorated.

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
        Lowest and highest possible score; needed for ``could_improve``.

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
    clinical at the start, not at the end, and improved by the criterion. Someone who deteriorates by the
    criterion is deteriorated wherever they end. "unchanged" means no certain change. Jacobson & Truax
    (1991), J Consult Clin Psychol 59:12.
    """
    x, y = paired(pre, post)
    if scale is not None:
        check_inside_scale(x, scale, "pre")
        check_inside_scale(y, scale, "post")
    seen = ~(np.isnan(x) | np.isnan(y))
    limits = _limits(cutoff, pre)
    sign = 1 if higher_is_better else -1
    clinical_pre = seen & _clinical(sign * x, sign * limits, cutoff_inclusive)
    functional_pre = seen & ~np.isnan(limits) & ~clinical_pre
    crossed = clinical_pre & ~_clinical(sign * y, sign * limits, cutoff_inclusive)
    known = np.nan if cutoff is None else 1
    return ReliableChange(
        n=int(seen.sum()),
        n_given=seen.size,
        criterion=criterion,
        higher_is_better=higher_is_better,
        has_cutoff=cutoff is not None,
        cutoff_unknown=0 if cutoff is None else int((seen & np.isnan(limits)).sum()),
        clinical_at_start=known * int(clinical_pre.sum()),
        functional_at_start=known * int(functional_pre.sum()),
        could_improve=_could_improve(x[seen], criterion, scale, higher_is_better),
        categories=_categories(sign * (y - x), criterion, seen, crossed),
        is_functional_at_start=_frozen(functional_pre),
    )


def _limits(cutoff: float | ArrayLike | None, pre: ArrayLike) -> Floats:
    """Return one cutoff a person, NaN where unknown."""
    if cutoff is None:
        return np.full(len(pre), np.nan)  # type: ignore[arg-type]
    if np.ndim(cutoff) == 0:
        return np.repeat(vector(np.atleast_1d(cutoff), "cutoff"), len(pre))  # type: ignore[arg-type]
    same_rows(pre, cutoff, "pre", "cutoff")
    return vector(cutoff, "cutoff")


def _clinical(score: Floats, limit: Floats, inclusive: bool) -> Flags:
    """Return who is clinical on a scale turned so that higher is better; False where anything is missing."""
    slack = SLACK * np.maximum(1.0, np.abs(limit))
    return score <= limit + slack if inclusive else score < limit - slack


def _categories(gain: Floats, criterion: Criterion, seen: Flags, crossed: Flags) -> NDArray[np.str_]:
    better = criterion.counts(gain)
    conditions = [~seen, better & crossed, better, criterion.counts(-gain)]
    names = np.select(conditions, [NOT_PAIRED, RECOVERED, IMPROVED, DETERIORATED], default=UNCHANGED)
    return _frozen(names)


def _could_improve(
    start: Floats, criterion: Criterion, scale: tuple[float, float] | None, higher_is_better: bool
) -> float:
    if scale is None:
        return np.nan
    room = scale[1] - start if higher_is_better else start - scale[0]
    return int(criterion.counts(room).sum())


def _frozen(array: NDArray) -> NDArray:
    array.flags.writeable = False
    return array
