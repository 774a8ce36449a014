"""Reliable change of people with several measures or raters each: the rules of CORC and of the NHS."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from isu_analysis.errors import StatisticsError
from isu_analysis.statistics.arguments import Flags, check_kind
from isu_analysis.statistics.individual_change.categories import (
    CATEGORIES,
    DETERIORATED,
    IMPROVED,
    NOT_PAIRED,
    RECOVERED,
    UNCHANGED,
    ReliableChange,
)
from isu_analysis.statistics.individual_change.criteria import Criterion
from isu_analysis.statistics.proportions.shares import Share, share

CORC, NHS_TALKING_THERAPIES = "corc", "nhs_talking_therapies"
RULES = (CORC, NHS_TALKING_THERAPIES)
COUNTS = ("reliable_improvement", "reliable_recovery", "reliable_deterioration", "no_reliable_change", "mixed",
          "recovery")  # fmt: skip
OF_CLINICAL = ("reliable_recovery", "recovery")


@dataclass(frozen=True, eq=False)
class SeveralMeasures:
    """Reliable change by a rule over several measures of the same people.

    Attributes
    ----------
    rule : str
        "corc" or "nhs_talking_therapies".
    measures : tuple of str
        Names of the measures or raters.
    n : int
        People with both values on at least one measure: the denominator.
    n_given : int
        Rows given; ``n_given - n`` are "not_paired".
    n_all_measures : int
        People with both values on every measure. The others have had fewer chances to change, in either
        direction.
    reliable_improvement, reliable_deterioration, no_reliable_change : int
        People; they share out the n.
    mixed : int
        People reliably better on one measure and worse on another: within reliable deterioration by "corc", within
        no reliable change by "nhs_talking_therapies".
    clinical_at_start : float
        People in the clinical range at the start on at least one measure; NaN without cutoffs.
    recovery : float
        Those of them who at the end are in the clinical range on no measure, however small the change; NaN likewise.
    reliable_recovery : float
        Those of them with a reliable improvement besides; NaN likewise.
    reason : str
        "" when all is computed; "no_cutoffs" when no measure has one or only categories were given: the three
        above are NaN.
    criteria : tuple of Criterion, or None
        One a measure; None when only categories were given.
    categories : ndarray of str, shape (n_given,)
        "recovered" (a reliable recovery), "improved", "unchanged", "deteriorated" or "not_paired". Rows of people:
        never in ``repr``.
    is_paired : ndarray of bool, shape (n_given, k)
        Who has both values on which measure. Never in ``repr``.
    """

    rule: str
    measures: tuple[str, ...]
    n: int
    n_given: int
    n_all_measures: int
    reliable_improvement: int
    reliable_deterioration: int
    no_reliable_change: int
    mixed: int
    clinical_at_start: float
    recovery: float
    reliable_recovery: float
    reason: str
    criteria: tuple[Criterion, ...] | None = field(repr=False)
    categories: NDArray[np.str_] = field(repr=False)
    is_paired: Flags = field(repr=False)

    def share(self, name: str, level: float = 0.95) -> Share:
        """Return a count's share with Wilson interval.

        "recovery" and "reliable_recovery" are of those in the clinical range at the start, the others of all n.

        Raises
        ------
        StatisticsError
            If the name is unknown, or needs cutoffs that were not given.
        """
        if name not in COUNTS:
            raise StatisticsError(f"Argumentet name: okänt. Tillåtet: {', '.join(COUNTS)}.")
        if name in OF_CLINICAL and self.reason:
            raise StatisticsError(f"Argumentet name: {name} kräver resultat med gränsvärden (cutoff).")
        return share(int(getattr(self, name)), int(self.clinical_at_start) if name in OF_CLINICAL else self.n, level)

    def to_frame(self, level: float = 0.95) -> pd.DataFrame:
        """Return one row a count: columns outcome, n, of, share, low, high; recoveries only with cutoffs."""
        names = [name for name in COUNTS if not (self.reason and name in OF_CLINICAL)]
        frame = pd.concat([self.share(name, level).to_frame() for name in names], ignore_index=True)
        return frame.assign(outcome=names)[["outcome", "n", "of", "share", "low", "high"]]


@dataclass(frozen=True, eq=False)
class _Statuses:
    """What is known of each person on each measure, shape (n_given, k)."""

    better: Flags
    worse: Flags
    paired: Flags
    clinical_start: Flags
    clinical_end: Flags
    has_cutoffs: bool


def several_measures(
    changes: Mapping[str, ReliableChange] | pd.DataFrame,
    *,
    rule: str,
) -> SeveralMeasures:
    """Join each person's changes on several measures, or by several raters, into one.

    Parameters
    ----------
    changes : mapping of str to ReliableChange, or DataFrame
        One a measure, for the same people in the same order, each with its own direction, criterion and cutoff. Or a
        frame with a column of categories a measure, one row a person; then recovery cannot be judged.
    rule : {"corc", "nhs_talking_therapies"}
        See Notes.

    Returns
    -------
    SeveralMeasures

    Raises
    ------
    StatisticsError
        If changes is neither of these, there is no measure, the rows differ in number or labels, a category is unknown, or the rule is.

    Notes
    -----
    Reliable improvement, both rules: at least one measure reliably better and none reliably worse. Reliable
    deterioration by "corc": one or more reliably worse, whatever the others. By "nhs_talking_therapies": one or more
    reliably worse and none reliably better (from memory, not verified). All others: no reliable change. Recovery:
    clinical on at least one measure at the start and on none at the end (from memory for CORC, not verified).
    Reliable recovery: both.

    A measure that lacks a value, or whose cutoff is not known for a person, is left out for that person and the rule
    is used on the rest; nobody with at least one pair is left out. So someone measured less has fewer chances of
    every verdict but "no reliable change".

    CORC (corc.uk.net), "Learning from CORC's analysis 2011-2015".

    Examples
    --------
    The second person is better on one measure and worse on the other: worse by the rule "corc".

    >>> import isu_analysis as isu
    >>> six, four = (isu.published_criterion(points, "the manual") for points in (6, 4))
    >>> mood = isu.reliable_change([18, 15, 12, 14], [8, 9, 14, 12], six, higher_is_better=False, cutoff=10)
    >>> worry = isu.reliable_change([12, 8, 10, 9], [5, 13, 9, None], four, higher_is_better=False, cutoff=8)
    >>> both = isu.several_measures({"mood": mood, "worry": worry}, rule="corc")
    >>> both.to_frame()[["outcome", "n", "of"]]
                      outcome  n  of
    0    reliable_improvement  1   4
    1       reliable_recovery  1   4
    2  reliable_deterioration  1   4
    3      no_reliable_change  2   4
    4                   mixed  1   4
    5                recovery  1   4
    """
    if rule not in RULES:
        raise StatisticsError(f"Argumentet rule: okänd regel. Tillåtet: {', '.join(RULES)}.")
    status = _of_frame(changes) if isinstance(changes, pd.DataFrame) else _of_results(changes)
    any_better, any_worse, seen = (flags.any(axis=1) for flags in (status.better, status.worse, status.paired))
    mixed = any_better & any_worse
    improved = any_better & ~any_worse
    deteriorated = any_worse if rule == CORC else any_worse & ~any_better
    clinical = status.clinical_start.any(axis=1)
    recovery = clinical & ~status.clinical_end.any(axis=1)
    recovered = recovery & improved
    categories = np.select(
        [~seen, recovered, improved, deteriorated], [NOT_PAIRED, RECOVERED, IMPROVED, DETERIORATED], UNCHANGED
    )
    categories.flags.writeable = False
    known = 1 if status.has_cutoffs else np.nan
    return SeveralMeasures(
        rule=rule,
        measures=tuple(str(name) for name in changes),
        n=int(seen.sum()),
        n_given=seen.size,
        n_all_measures=int(status.paired.all(axis=1).sum()),
        reliable_improvement=int(improved.sum()),
        reliable_deterioration=int(deteriorated.sum()),
        no_reliable_change=int((seen & ~improved & ~deteriorated).sum()),
        mixed=int(mixed.sum()),
        clinical_at_start=known * int(clinical.sum()),
        recovery=known * int(recovery.sum()),
        reliable_recovery=known * int(recovered.sum()),
        reason="" if status.has_cutoffs else "no_cutoffs",
        criteria=None if isinstance(changes, pd.DataFrame) else tuple(one.criterion for one in changes.values()),
        categories=categories,
        is_paired=status.paired,
    )


def _of_results(changes: Mapping[str, ReliableChange]) -> _Statuses:
    if not isinstance(changes, Mapping):
        raise StatisticsError("Argumentet changes: är av fel slag. Tillåtet: en dict med ett resultat per mått.")
    found = list(changes.values())
    for one in found:
        check_kind(one, ReliableChange, "changes", "reliable_change")
    if not found:
        raise StatisticsError("Argumentet changes: är tomt. Tillåtet: minst ett mått.")
    labels = [one.rows for one in found if one.rows is not None]
    if len({one.n_given for one in found}) > 1 or any(not rows.equals(labels[0]) for rows in labels):
        raise StatisticsError(
            "Argumentet changes: måtten har inte samma rader. Tillåtet: samma personer i samma ordning."
        )
    names = np.column_stack([one.categories for one in found])
    return _Statuses(
        better=np.isin(names, (RECOVERED, IMPROVED)),
        worse=names == DETERIORATED,
        paired=names != NOT_PAIRED,
        clinical_start=np.column_stack([one.is_clinical_at_start for one in found]),
        clinical_end=np.column_stack([one.is_clinical_at_end for one in found]),
        has_cutoffs=any(one.has_cutoff for one in found),
    )


def _of_frame(categories: pd.DataFrame) -> _Statuses:
    if categories.shape[1] == 0 or not categories.columns.is_unique:
        raise StatisticsError("Argumentet changes: saknar kolumner eller har två med samma namn.")
    names = categories.astype(object).where(categories.notna(), NOT_PAIRED).to_numpy()
    if not np.isin(names, [*CATEGORIES, NOT_PAIRED]).all():
        allowed = ", ".join([*CATEGORIES, NOT_PAIRED])
        raise StatisticsError(f"Argumentet changes: har en okänd kategori. Tillåtet: {allowed}, eller tomt.")
    nobody = np.zeros(names.shape, dtype=bool)
    better = np.isin(names, (RECOVERED, IMPROVED))
    return _Statuses(better, names == DETERIORATED, names != NOT_PAIRED, nobody, nobody, has_cutoffs=False)
