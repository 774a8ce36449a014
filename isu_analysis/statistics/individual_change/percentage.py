"""Change as a share of the distance to the scale's best value, with response thresholds."""

from __future__ import annotations

from dataclasses import dataclass, field
from numbers import Real

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from isu_analysis.errors import StatisticsError
from isu_analysis.statistics.arguments import Floats, check_direction, check_positive, paired
from isu_analysis.statistics.effect_sizes.ranks import TIE_DECIMALS
from isu_analysis.statistics.individual_change.categories import NOT_PAIRED, UNCHANGED
from isu_analysis.statistics.individual_change.criteria import SLACK
from isu_analysis.statistics.proportions.shares import Share, share

RESPONSE, PARTIAL, WORSE = "response", "partial_response", "worse"
PERCENTAGE_CATEGORIES = (RESPONSE, PARTIAL, UNCHANGED, WORSE)


@dataclass(frozen=True, eq=False)
class PercentageChange:
    """How much of the way to the best possible score each person went.

    Attributes
    ----------
    n, n_given : int
        People with both values (the denominator), and rows given.
    best : float
        The scale's best value, in points.
    higher_is_better : bool
        Direction of the scale.
    response, partial, worse : float
        Thresholds, shares of the distance; partial is NaN when there is no such category.
    at_best : int
        People who started at the best value: they cannot improve, and any worsening counts as worse.
    share_of_distance : ndarray of float, shape (n_given,)
        1 = all the way, 0 = no change, negative = away; minus infinity for someone who started at the best
        value and left it; NaN where a value is missing. Rows of people: never in ``repr``.
    categories : ndarray of str, shape (n_given,)
        "response", "partial_response", "unchanged", "worse" or "not_paired". Never in ``repr``.
    """

    n: int
    n_given: int
    best: float
    higher_is_better: bool
    response: float
    partial: float
    worse: float
    at_best: int
    share_of_distance: Floats = field(repr=False)
    categories: NDArray[np.str_] = field(repr=False)

    def share(self, name: str, level: float = 0.95) -> Share:
        """Return a category's share of the people with both values, with Wilson interval.

        Raises
        ------
        StatisticsError
            If the name is unknown.
        """
        if name not in PERCENTAGE_CATEGORIES:
            allowed = ", ".join(PERCENTAGE_CATEGORIES)
            raise StatisticsError(f"Argumentet name: okänd kategori. Tillåtet: {allowed}.")
        return share(int(np.count_nonzero(self.categories == name)), self.n, level)

    def to_frame(self, level: float = 0.95) -> pd.DataFrame:
        """Return one row a category: category, n, of, share, low, high; partial only when it has a threshold."""
        names = [name for name in PERCENTAGE_CATEGORIES if name != PARTIAL or not np.isnan(self.partial)]
        frame = pd.concat([self.share(name, level).to_frame() for name in names], ignore_index=True)
        frame.insert(0, "category", names)
        return frame[["category", "n", "of", "share", "low", "high"]]


def percentage_change(
    pre: ArrayLike,
    post: ArrayLike,
    *,
    best: float,
    higher_is_better: bool,
    response: float,
    worse: float,
    partial: float | None = None,
) -> PercentageChange:
    """Return each person's change as a share of the distance from the start to the scale's best value.

    Parameters
    ----------
    pre, post : array_like, shape (n_given,)
        Start and end scores, one row a person. A row lacking either is "not_paired".
    best : float
        The best possible score: the lowest of a scale on which lower is better.
    higher_is_better : bool
        Direction of the scale.
    response : float
        Share of the distance from which a change is a response, (0, 1]; often 0.5 (Hiller et al. 2012; from
        memory, not verified).
    worse : float
        Share of the distance away from the best value from which a change is worse, above 0; often 0.25 to 0.5
        (from memory, not verified).
    partial : float, optional
        Share from which a change is a partial response, between 0 and ``response``; often 0.25 (from memory,
        not verified). None: no such category.

    Returns
    -------
    PercentageChange

    Raises
    ------
    StatisticsError
        If a score lies beyond the best value, a threshold is out of range, lengths or indexes differ, or a
        value is not a finite number.

    Notes
    -----
    ``direction (post - pre) / |best - pre|``; a change equal to a threshold counts. A percentage of the start
    score itself, as often printed, depends on where the scale puts its zero, has no meaning when higher is better
    and is undefined at 0: one R package marks someone who goes from 0 to 5 as improved and deteriorated at once.

    Examples
    --------
    Lower is better, 0 is best: from 20 to 8 is 60 % of the way.

    >>> from isu_analysis import statistics as st
    >>> start, end = [20, 16, 12, 10, 18, 8], [8, 11, 11, 14, 18, None]
    >>> found = st.percentage_change(start, end, best=0, higher_is_better=False, response=0.5, partial=0.25, worse=0.25)
    >>> found.share_of_distance.round(2).tolist()
    [0.6, 0.31, 0.08, -0.4, 0.0, nan]
    >>> found.to_frame().round(2)
               category  n  of  share   low  high
    0          response  1   5    0.2  0.04  0.62
    1  partial_response  1   5    0.2  0.04  0.62
    2         unchanged  2   5    0.4  0.12  0.77
    3             worse  1   5    0.2  0.04  0.62
    """
    check_direction(higher_is_better)
    x, y = paired(pre, post)
    _check_thresholds(best, response, partial, worse)
    sign = 1 if higher_is_better else -1
    # 0.1 + 0.2 is not 0.3: what is smaller than this, beside the largest score, is rounding and no change.
    slack = 10.0**-TIE_DECIMALS * max(abs(best), *(float(np.nanmax(np.abs(v), initial=0)) for v in (x, y)))
    distance, left, gain = (_without_rounding(sign * step, slack) for step in (best - x, best - y, y - x))
    if (distance < 0).any() or (left < 0).any():
        raise StatisticsError("Argumentet best: det finns värden bortom det. Tillåtet: skalans bästa värde.")
    value = _share_of_distance(gain, distance)
    lowest = np.nan if partial is None else partial
    conditions = [np.isnan(value), value >= response - SLACK, value >= lowest - SLACK, value <= SLACK - worse]
    categories = np.select(conditions, [NOT_PAIRED, RESPONSE, PARTIAL, WORSE], default=UNCHANGED)
    for rows in (value, categories):
        rows.flags.writeable = False
    seen = ~np.isnan(value)
    at_best = int((seen & (distance == 0)).sum())
    counts = (int(seen.sum()), seen.size)
    return PercentageChange(
        *counts,
        best,
        higher_is_better,
        response,
        lowest,
        worse,
        at_best,
        share_of_distance=value,
        categories=categories,
    )


def _without_rounding(steps: Floats, slack: float) -> Floats:
    return np.where(np.abs(steps) <= slack, 0.0, steps)


def _share_of_distance(gain: Floats, distance: Floats) -> Floats:
    """Return gain / distance; where the distance is 0, 0 without change and minus infinity with."""
    nowhere = distance == 0
    value = gain / np.where(nowhere, 1.0, distance)
    return np.where(nowhere & (gain < 0), -np.inf, value)


def _check_thresholds(best: float, response: float, partial: float | None, worse: float) -> None:
    if not (isinstance(best, Real) and np.isfinite(best)):
        raise StatisticsError("Argumentet best: ska vara ett ändligt tal.")
    if not 0 < response <= 1:
        raise StatisticsError("Argumentet response: ska vara större än 0 och högst 1.")
    if partial is not None and not 0 < partial < response:
        raise StatisticsError("Argumentet partial: ska vara större än 0 och mindre än response.")
    check_positive(worse, "worse")
