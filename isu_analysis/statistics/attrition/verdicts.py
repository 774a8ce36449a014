"""Three states of a conclusion: holds whatever the lost did, holds if they were alike, cannot be judged."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from isu_analysis.errors import StatisticsError
from isu_analysis.statistics.arguments import check_direction, check_kind
from isu_analysis.statistics.attrition.balance import BALANCED, CANNOT_TELL, IMBALANCED
from isu_analysis.statistics.attrition.bounds import MeanBounds, nearest_to_zero
from isu_analysis.statistics.attrition.estimates import ChangeEstimate
from isu_analysis.statistics.proportions.shares import share_bounds, wilson
from isu_analysis.statistics.results import one_row

HOLDS, HOLDS_IF, CANNOT_JUDGE = "holds", "holds_if", "cannot_judge"
# This project's convention: with fewer, one person can turn a mean or a share.
MINIMUM_PAIRS = 10
# This project's convention: below it each measured person would speak for five or more.
MINIMUM_SHARE = 0.2
HALF = 0.5


@dataclass(frozen=True)
class Verdict:
    """Whether a conclusion survives what is not known about the lost.

    Attributes
    ----------
    state : str
        "holds": true of these people whatever the lost did. "holds_if": true as long as the lost differed
        from the expected by less than ``tolerance``. "cannot_judge".
    direction : str
        What the conclusion says: "better" or "worse" (mean change), "more_than_half" or "less_than_half"
        (share); "" when there is no direction.
    tolerance : float
        For "holds_if", otherwise NaN. Mean change: raw points, above 0, by which the lost may on average
        have done worse than expected (for direction "worse": better) before the interval reaches zero.
        Share: the smallest share of the lost, 0-1, that must agree with the conclusion for it to be true
        of all.
    reason : str
        For "cannot_judge", otherwise "": "not_estimable", "too_few_pairs", "low_share",
        "interval_includes_zero", "interval_includes_half" or "lost_differ".
    """

    state: str
    direction: str
    tolerance: float
    reason: str

    def to_frame(self) -> pd.DataFrame:
        """Return the fields as a frame with one row."""
        return one_row(self)


def change_verdict(
    estimate: ChangeEstimate,
    bounds: MeanBounds,
    *,
    higher_is_better: bool,
    minimum_pairs: int = MINIMUM_PAIRS,
    minimum_share: float = MINIMUM_SHARE,
    balance: str | None = None,
) -> Verdict:
    """Judge the conclusion that people got better (or worse) on average.

    Parameters
    ----------
    estimate : ChangeEstimate
        Mean change of all who started.
    bounds : MeanBounds
        Of the same people.
    higher_is_better : bool
        Direction of the scale.
    minimum_pairs : int
        Fewer pairs cannot be judged.
    minimum_share : float
        A smaller share with both measurements cannot be judged, 0-1.
    balance : {"balanced", "imbalanced", "cannot_tell"}, optional
        From `overall_balance`. "imbalanced" turns "holds_if" into "cannot_judge"; nothing raises a
        verdict, and "holds" rests on no assumption about the lost.

    Returns
    -------
    Verdict

    Raises
    ------
    StatisticsError
        If balance is none of the allowed texts.

    Notes
    -----
    The interval must exclude zero in every case. "holds": the bounds also lie on that side of zero. The
    tolerance is that of `tipping_point` for the interval end. "holds" is about these people; what similar
    people would do also varies by chance (see ``imbens_manski_low`` and ``_high``).

    Examples
    --------
    Eleven of fourteen people were measured twice, on a scale 0-40 where lower is better. They got better, unless the
    three lost did 14.5 points worse than expected on average.

    >>> import isu_analysis as isu
    >>> start = [22, 18, 25, 20, 16, 24, 19, 23, 21, 17, 26, 20, 22, 19]
    >>> end = [17, 15, 21, 14, 14, 20, 13, 18, 18, 15, 20, None, None, None]
    >>> estimate, bounds = isu.ml_change_two_wave(start, end), isu.mean_bounds(start, end, 0, 40)
    >>> verdict = isu.change_verdict(estimate, bounds, higher_is_better=False)
    >>> verdict.state, verdict.direction, round(verdict.tolerance, 1)
    ('holds_if', 'better', 14.5)
    """
    check_direction(higher_is_better)
    check_kind(estimate, ChangeEstimate, "estimate", "ml_change_two_wave eller ml_change_all_waves")
    check_kind(bounds, MeanBounds, "bounds", "mean_bounds")
    if bounds.n < estimate.n or bounds.n_observed != estimate.n_pairs:
        raise StatisticsError("Argumenten estimate och bounds: gäller inte samma personer.")
    if not isinstance(balance, str | None) or balance not in (None, BALANCED, IMBALANCED, CANNOT_TELL):
        raise StatisticsError(f"Argumentet balance: tillåtet är {BALANCED}, {IMBALANCED} och {CANNOT_TELL}.")
    reason = _not_judged(estimate, minimum_pairs, minimum_share)
    direction = _direction(estimate.change, higher_is_better)
    if reason:
        return Verdict(CANNOT_JUDGE, direction, np.nan, reason)
    worst = bounds.lower if estimate.change > 0 else bounds.upper
    if estimate.share_lost == 0 or worst * estimate.change > 0:
        return Verdict(HOLDS, direction, np.nan, "")
    if balance == IMBALANCED:
        return Verdict(CANNOT_JUDGE, direction, np.nan, "lost_differ")
    return Verdict(HOLDS_IF, direction, abs(nearest_to_zero(estimate)) / estimate.share_lost, "")


def _not_judged(estimate: ChangeEstimate, minimum_pairs: int, minimum_share: float) -> str:
    """Return the first reason why a mean change cannot be judged, or "" when it can."""
    if estimate.n_pairs < minimum_pairs:
        return "too_few_pairs"
    if estimate.n_pairs / estimate.n < minimum_share:
        return "low_share"
    if np.isnan(estimate.low):
        return "not_estimable"
    return "interval_includes_zero" if nearest_to_zero(estimate) == 0 else ""


def _direction(change: float, higher_is_better: bool) -> str:
    if np.isnan(change) or change == 0:
        return ""
    return "better" if (change > 0) == higher_is_better else "worse"


def share_verdict(
    n: int, observed: int, of: int, level: float = 0.95, *, minimum_observed: int = MINIMUM_PAIRS
) -> Verdict:
    """Judge the conclusion that more (or less) than half of all share a property.

    Parameters
    ----------
    n, observed, of : int
        Those with the property among the observed, the observed, everyone; 0 <= n <= observed <= of.
    level : float
        Confidence level of the Wilson interval of the observed share, 0-1.
    minimum_observed : int
        Fewer observed cannot be judged.

    Returns
    -------
    Verdict
        "holds": true of all even if every unobserved person was against it. "holds_if": the Wilson
        interval of the observed share excludes one half; tolerance is the smallest share of the unobserved
        that must agree.

    Raises
    ------
    StatisticsError
        If the counts are not whole numbers in that order.

    Examples
    --------
    Of 100 people 70 were observed, 45 of them in work: more than half of all if at least 6 of the 30 others are.
    With 55 it holds whatever the others did.

    >>> import isu_analysis as isu
    >>> found = isu.share_verdict(45, 70, 100)
    >>> found.state, found.direction, found.tolerance
    ('holds_if', 'more_than_half', 0.2)
    >>> isu.share_verdict(55, 70, 100).state
    'holds'
    """
    share_bounds(n, observed, of)
    if 2 * n < observed:
        mirrored = _majority(observed - n, observed, of, level)
        verdict = replace(mirrored, direction="less_than_half")
    else:
        verdict = replace(_majority(n, observed, of, level), direction="more_than_half" if 2 * n > observed else "")
    if observed < minimum_observed:
        return replace(verdict, state=CANNOT_JUDGE, tolerance=np.nan, reason="too_few_pairs")
    return verdict


def _majority(n: int, observed: int, of: int, level: float) -> Verdict:
    """Judge whether n of the observed, at least half of them, make a majority of all."""
    if n > HALF * of:
        return Verdict(HOLDS, "", np.nan, "")
    low, _ = wilson(n, observed, level)
    if not low > HALF:
        return Verdict(CANNOT_JUDGE, "", np.nan, "interval_includes_half")
    needed = of // 2 + 1 - n
    return Verdict(HOLDS_IF, "", needed / (of - observed), "")
