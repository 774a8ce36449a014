"""Which people's own straight lines over several occasions rise or fall more than measurement error allows."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from isu_analysis.errors import StatisticsError
from isu_analysis.statistics.arguments import Floats, check_direction
from isu_analysis.statistics.individual_change.criteria import Criterion
from isu_analysis.statistics.proportions.shares import Share, share
from isu_analysis.statistics.trajectories.occasions import Occasions, lines, long_form, wide_form

IMPROVED, UNCHANGED, DETERIORATED = "improved", "unchanged", "deteriorated"
TREND_CATEGORIES = (IMPROVED, UNCHANGED, DETERIORATED)
NOT_ESTIMABLE = "not_estimable"


@dataclass(frozen=True, eq=False)
class ReliableTrend:
    """Categories of individual trend, with their counts.

    Attributes
    ----------
    n : int
        People with two occasions or more: the denominator of every category.
    n_given : int
        People given; ``n_given - n`` are "not_estimable".
    rows_without_score, rows_without_time : int
        Rows left out.
    criterion : Criterion
        Where SD, reliability and multiplier come from.
    higher_is_better : bool
        Direction of the scale.
    people : ndarray, shape (n_given,)
        Labels of the rows of the next four. Rows of people: never in ``repr``, as the next four.
    categories : ndarray of str, shape (n_given,)
        "improved", "unchanged" (no *certain* trend), "deteriorated" or "not_estimable".
    slopes : ndarray, shape (n_given,)
        Own least squares slope, points per unit of time; NaN when not estimable.
    index : ndarray, shape (n_given,)
        Reliable trend index on the raw direction of the scale; NaN when not estimable, and for everyone when
        the reliability is 1 (no measurement error to compare with; the categories still hold).
    occasions : ndarray of int, shape (n_given,)
        Measurements used.
    """

    n: int
    n_given: int
    rows_without_score: int
    rows_without_time: int
    criterion: Criterion
    higher_is_better: bool
    people: NDArray[np.object_] = field(repr=False)
    categories: NDArray[np.str_] = field(repr=False)
    slopes: Floats = field(repr=False)
    index: Floats = field(repr=False)
    occasions: NDArray[np.intp] = field(repr=False)

    def count(self, name: str) -> int:
        """Return how many are in a category, "not_estimable" among them."""
        if name not in (*TREND_CATEGORIES, NOT_ESTIMABLE):
            allowed = ", ".join([*TREND_CATEGORIES, NOT_ESTIMABLE])
            raise StatisticsError(f"Argumentet name: okänd kategori. Tillåtet: {allowed}.")
        return int((self.categories == name).sum())

    def share(self, name: str, level: float = 0.95) -> Share:
        """Return a category's share of those with two occasions or more, with Wilson interval.

        Raises
        ------
        StatisticsError
            If the name is unknown or "not_estimable".
        """
        if name == NOT_ESTIMABLE:
            raise StatisticsError(
                "Argumentet name: not_estimable är inte en andel av dem med två mätningar eller fler."
            )
        return share(self.count(name), self.n, level)

    def counts(self, level: float = 0.95) -> pd.DataFrame:
        """Return one row a category: index ``category`` in fixed order; columns n, of, share, low, high."""
        frame = pd.concat([self.share(name, level).to_frame() for name in TREND_CATEGORIES], ignore_index=True)
        frame.index = pd.Index(TREND_CATEGORIES, name="category")
        return frame[["n", "of", "share", "low", "high"]]

    def to_frame(self, level: float = 0.95) -> pd.DataFrame:
        """Return `counts` with the category as a column."""
        return self.counts(level).reset_index()


def reliable_trend(
    person: ArrayLike, time: ArrayLike, score: ArrayLike, criterion: Criterion, *, higher_is_better: bool
) -> ReliableTrend:
    """Sort people into improved, unchanged and deteriorated by the slope through all their measurements.

    Parameters
    ----------
    person : array_like, shape (n_rows,)
        Labels, none missing. The order of rows does not matter.
    time : array_like, shape (n_rows,)
        When, in any unit and at any spacing; a row with a score but no time is left out and counted.
    score : array_like, shape (n_rows,)
        Points; a row without is left out and counted.
    criterion : Criterion
        From `jacobson_truax_criterion`: SD, reliability and multiplier.
    higher_is_better : bool
        Direction of the scale.

    Returns
    -------
    ReliableTrend

    Raises
    ------
    StatisticsError
        If lengths or indexes differ, a label is missing, a number is not finite, a person has two rows at
        one time, or the criterion does not hold what is needed.

    Notes
    -----
    ``index = b sqrt(Sxx) / (SD sqrt(1 - reliability))`` with b the least squares slope and Sxx the sum of
    squared distances of the times from their mean. McAleavey (2024), Clin Psychol Sci Pract 31:351. With two
    occasions it is the index of Jacobson and Truax; ``sqrt(2) b sqrt(Sxx)``, the change between two occasions
    that would say as much, is therefore held against the criterion's own threshold. The only source of error
    is measurement error of the same size on every occasion; a true course that is not a line counts as none.

    Examples
    --------
    Measured three times, twice or once, at times of their own.

    >>> from isu_analysis import statistics as st
    >>> criterion = st.jacobson_truax_criterion(
    ...     5, 0.8, sd_source="the manual", reliability_source="the manual", reliability_type="retest"
    ... )
    >>> person = ["a", "a", "a", "b", "b", "b", "c", "c", "d"]
    >>> month = [0, 3, 6, 0, 2, 7, 0, 6, 0]
    >>> score = [20, 15, 10, 14, 16, 13, 9, 17, 12]
    >>> found = st.reliable_trend(person, month, score, criterion, higher_is_better=False)
    >>> found.counts().round(2)
                  n  of  share   low  high
    category
    improved      1   3   0.33  0.06  0.79
    unchanged     1   3   0.33  0.06  0.79
    deteriorated  1   3   0.33  0.06  0.79
    """
    check_direction(higher_is_better)
    return _sorted(long_form(person, time, score), criterion, higher_is_better)


def reliable_trend_of_waves(
    waves: ArrayLike, times: ArrayLike, criterion: Criterion, *, higher_is_better: bool
) -> ReliableTrend:
    """Sort people by trend when measurements are given one column a wave.

    Parameters
    ----------
    waves : array_like, shape (n_given, k), k >= 2
        One row a person, in points; NaN = not measured.
    times : array_like, shape (k,)
        When each wave was, all different.
    criterion, higher_is_better
        As in `reliable_trend`.

    Returns
    -------
    ReliableTrend
        People in the order given; ``people`` are the row numbers.

    Raises
    ------
    StatisticsError
        If the scores are not a matrix of finite numbers, the times not one different number a column, or the
        criterion does not hold what is needed.

    Notes
    -----
    As `reliable_trend`.

    Examples
    --------
    With two waves it is the index of Jacobson and Truax: 10 points of 5 sqrt(2 (1 - 0.8)) = 3.16.

    >>> from isu_analysis import statistics as st
    >>> criterion = st.jacobson_truax_criterion(
    ...     5, 0.8, sd_source="the manual", reliability_source="the manual", reliability_type="retest"
    ... )
    >>> found = st.reliable_trend_of_waves([[20, 10], [14, 13], [9, 17]], [0, 6], criterion, higher_is_better=False)
    >>> found.index.round(2).tolist(), found.categories.tolist()
    ([-3.16, -0.32, 2.53], ['improved', 'unchanged', 'deteriorated'])
    """
    check_direction(higher_is_better)
    return _sorted(wide_form(waves, times), criterion, higher_is_better)


def _sorted(occasions: Occasions, criterion: Criterion, higher_is_better: bool) -> ReliableTrend:
    s_diff = criterion.s_diff
    if criterion.method != "jacobson_truax" or s_diff is None:
        raise StatisticsError(
            "Argumentet criterion: saknar standardavvikelse, reliabilitet eller z. "
            "Tillåtet: ett kriterium från jacobson_truax_criterion."
        )
    own = lines(occasions)
    two_wave_change = own.slope * np.sqrt(2 * own.spread)
    index = two_wave_change / s_diff if s_diff > 0 else np.full(occasions.n_given, np.nan)
    gain = two_wave_change if higher_is_better else -two_wave_change
    conditions = [np.isnan(gain), criterion.counts(gain), criterion.counts(-gain)]
    return ReliableTrend(
        n=int((occasions.count >= 2).sum()),
        n_given=occasions.n_given,
        rows_without_score=occasions.rows_without_score,
        rows_without_time=occasions.rows_without_time,
        criterion=criterion,
        higher_is_better=higher_is_better,
        people=occasions.people,
        categories=np.select(conditions, [NOT_ESTIMABLE, IMPROVED, DETERIORATED], default=UNCHANGED),
        slopes=own.slope,
        index=index,
        occasions=occasions.count,
    )
