"""How many people would count as changed by measurement error alone, in general and on a scale of whole steps."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from numbers import Real

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy import stats

from isu_analysis.errors import StatisticsError
from isu_analysis.statistics.arguments import Floats, check_direction, check_inside_scale, check_kind, vector
from isu_analysis.statistics.individual_change.clinical_range import cutoff_of_each
from isu_analysis.statistics.individual_change.criteria import Criterion
from isu_analysis.statistics.individual_change.regression_to_the_mean import ReferencePopulation, check_reliabilities
from isu_analysis.statistics.individual_change.unchanged_people import SecondScores, score_grid
from isu_analysis.statistics.results import one_row


@dataclass(frozen=True)
class ExpectedByChance:
    """How many would count as changed if nobody truly changed.

    Attributes
    ----------
    n : int
        People.
    each_way_share : float or None
        Expected share improved (and the same deteriorated), 0-1; None when not known.
    improved, deteriorated : float or None
        ``n * each_way_share``, people.
    reason : str
        "" when known; "no_reliability" (a published threshold without SD and reliability); "mixed_sources"
        (they come from different sources, so the true rate is not the nominal one).
    """

    n: int
    each_way_share: float | None
    improved: float | None
    deteriorated: float | None
    reason: str = ""

    def to_frame(self) -> pd.DataFrame:
        """Return the fields as a frame with one row."""
        return one_row(self)


def expected_by_chance(criterion: Criterion, n: int) -> ExpectedByChance:
    """Return how many of n people would count as changed by measurement error alone.

    Parameters
    ----------
    criterion : Criterion
    n : int
        People with two measurements, 0 or more.

    Returns
    -------
    ExpectedByChance
        None with a reason where it cannot be known.

    Raises
    ------
    StatisticsError
        If n is negative or not a whole number.

    Notes
    -----
    ``P(N(0, s_diff) > threshold)``, which for Jacobson-Truax is ``P(N > z)``. Assumes normal errors of
    equal size everywhere on a continuous scale, and nobody selected for a high score: at floor and
    ceiling, on coarse scales and after selection the true figure differs.

    Examples
    --------
    By the criterion of Jacobson and Truax 2.5 % each way: of 200 people five.

    >>> import isu_analysis as isu
    >>> criterion = isu.jacobson_truax_criterion(
    ...     7.5, 0.8, sd_source="the manual", reliability_source="the manual", reliability_type="retest"
    ... )
    >>> found = isu.expected_by_chance(criterion, 200)
    >>> round(found.each_way_share, 3), round(found.improved, 1), round(found.deteriorated, 1)
    (0.025, 5.0, 5.0)
    """
    check_kind(criterion, Criterion, "criterion", "published_criterion eller jacobson_truax_criterion")
    if not (isinstance(n, Real) and n >= 0 and n % 1 == 0):
        raise StatisticsError("Argumentet n: ska vara ett heltal, 0 eller större.")
    error = criterion.s_diff
    if error is None or criterion.mixed_sources:
        return ExpectedByChance(n, None, None, None, "no_reliability" if error is None else "mixed_sources")
    beyond = criterion.threshold / error if error > 0 else np.inf
    each_way = float(stats.norm.sf(beyond))
    return ExpectedByChance(n, each_way, n * each_way, n * each_way)


@dataclass(frozen=True)
class ExpectedCounts:
    """How many of these people would fall in each category if nobody's true score had changed.

    The categories are those of `ReliableChange`: they share out the n people, and "harmed" is a part of
    deteriorated.

    Attributes
    ----------
    reliability : float
        Assumed correlation between two measurements of unchanged people, (0, 1].
    n : int
        People with a start score.
    improved_or_recovered, recovered, improved, unchanged, deteriorated, harmed : float
        Expected people, 0-n, seldom whole. Recovered and harmed are NaN without a cutoff. All are NaN with a
        reason.
    reason : str
        "" when computed; "no_start_scores"; "no_reference" (the reference's mean or SD is not known).
    """

    reliability: float
    n: int
    improved_or_recovered: float
    recovered: float
    improved: float
    unchanged: float
    deteriorated: float
    harmed: float
    reason: str = ""


@dataclass(frozen=True)
class ExpectedIfNobodyChanged:
    """Expected categories if nobody had changed, for each assumed reliability.

    Attributes
    ----------
    n : int
        People with a start score.
    reference : str
        Whose mean and SD the people's true scores are taken from.
    reference_mean, reference_sd : float
        Raw scale points.
    n_at_ends : int
        People who start at the lowest or highest possible score: the more they are, the rougher the figures.
    expected : tuple of ExpectedCounts
        One a reliability, in the order given.
    reason : str
        As in `ExpectedCounts`: the same for all.
    """

    n: int
    reference: str
    reference_mean: float
    reference_sd: float
    n_at_ends: int
    expected: tuple[ExpectedCounts, ...]
    reason: str = ""

    def to_frame(self) -> pd.DataFrame:
        """Return one row a reliability: the fields of `ExpectedCounts` and the reference's name, mean and SD."""
        frame = pd.concat([one_row(counts) for counts in self.expected], ignore_index=True)
        return frame.assign(
            reference=self.reference, reference_mean=self.reference_mean, reference_sd=self.reference_sd
        )


def expected_if_nobody_changed(
    pre: ArrayLike,
    criterion: Criterion,
    reference: ReferencePopulation,
    *,
    reliabilities: Sequence[float],
    scale: tuple[float, float],
    higher_is_better: bool,
    step: float = 1.0,
    cutoff: float | ArrayLike | None = None,
    cutoff_inclusive: bool = True,
) -> ExpectedIfNobodyChanged:
    """Return how many of these very people would seem changed by measurement error alone.

    Shown beside the observed counts and never subtracted from them: nobody knows which of the counted are
    the false ones, and where people truly change the false ones are fewer.

    Parameters
    ----------
    pre : array_like, shape (n_given,)
        Start scores of the people whose categories are shown, that is of the pairs. Missing ones are left out.
    criterion : Criterion
        What counts as a change. It stays as it is whatever reliability is assumed.
    reference : ReferencePopulation
        Where the people come from, with mean and SD: `reference_population` (a norm) or `own_start`.
    reliabilities : sequence of float
        At least one, in (0, 1]: two or more show how much depends on it (for example retest and alpha).
    scale : (float, float)
        Lowest and highest possible score.
    higher_is_better : bool
        Direction of the scale.
    step : float
        Distance between possible scores, above 0, a whole part of the scale's length, at most 2,000 steps.
    cutoff : float or array_like, shape (n_given,), optional
        As in `reliable_change`.
    cutoff_inclusive : bool
        Whether the cutoff value itself is clinical.

    Returns
    -------
    ExpectedIfNobodyChanged

    Raises
    ------
    StatisticsError
        If a score lies outside the scale, the step does not fit it, lengths differ or a number is out of range.

    Notes
    -----
    The model: true scores in the reference population are ``N(M, r s^2)``; both measurements add an error
    ``N(0, (1 - r) s^2)`` to the same true score; the sum is rounded to the nearest step and cut at the ends of
    the scale. The start score x says that the first sum u was within half a step of x (or beyond, at an end);
    given u the second is ``N(M + r (u - M), (1 - r^2) s^2)`` - so extreme starts return towards M - and a
    category's probability is its integral over u in that cell, by quadrature and without simulation. A start
    between two steps (a score made up for a skipped item) is known to half a step likewise. M and s are taken as
    those of the sums before rounding and cutting. Where many sit at an end of the scale (``n_at_ends``), the mean and
    SD of whole, cut scores are not quite those and the figures come out too low: in simulations on 0-27, 1.6 %
    instead of 1.8 % with 7 % of the population at the floor, 1.3 % instead of 2.4 % with 31 %.
    At reliability 1 nobody is expected to change.

    On a fine scale without ends, in people drawn from the reference, it is the nominal 2.5 % each way of
    Jacobson-Truax. True score regression: Lord & Novick (1968) (from memory, not verified).

    Examples
    --------
    They start above the norm, so more would seem better than worse; how many depends on the reliability.

    >>> import isu_analysis as isu
    >>> from isu_analysis import statistics as st
    >>> criterion = isu.published_criterion(6, "the manual")
    >>> norm = st.reference_population("clinical norm", 14, 5)
    >>> start = [18, 15, 12, 14, 6, 9, 21, 16, 13, 17, 15, 18, 20, 14, 16, 19, 22, 11, 17, 15]
    >>> found = isu.expected_if_nobody_changed(
    ...     start, criterion, norm, reliabilities=[0.7, 0.85], scale=(0, 27), higher_is_better=False
    ... )
    >>> found.to_frame()[["reliability", "n", "improved_or_recovered", "unchanged", "deteriorated"]].round(2)
       reliability   n  improved_or_recovered  unchanged  deteriorated
    0         0.70  20                   1.77      17.08          1.15
    1         0.85  20                   0.51      19.14          0.35
    """
    check_direction(higher_is_better)
    _check_kinds(criterion, reference)
    rates, scores = check_reliabilities(reliabilities), vector(pre, "pre")
    check_inside_scale(scores, scale, "pre")
    limits = np.broadcast_to(cutoff_of_each(cutoff, pre), scores.shape)
    # Everything turned so that higher is better. People with the same start and cutoff have the same chances.
    sign = 1.0 if higher_is_better else -1.0
    pairs = pd.DataFrame({"start": sign * scores, "limit": sign * limits}).dropna(subset="start")
    people = pairs.groupby(["start", "limit"], dropna=False).size()
    starts, cutoffs = (people.index.get_level_values(name).to_numpy(dtype=float) for name in people.index.names)
    second = SecondScores(starts, cutoffs, np.sort(sign * score_grid(scale, step)), step, criterion, cutoff_inclusive)
    reason = "no_start_scores" if people.empty else "" if _is_known(reference) else "no_reference"
    mean, n = sign * reference.mean, int(people.sum())
    rows = tuple(
        _expected_counts(
            float(rate),
            n,
            np.full(4, np.nan) if reason else people.to_numpy() @ second.chances(mean, reference.sd, float(rate)),
            cutoff is not None,
            reason,
        )
        for rate in rates
    )
    return ExpectedIfNobodyChanged(
        n=n,
        reference=reference.name,
        reference_mean=reference.mean,
        reference_sd=reference.sd,
        n_at_ends=int(np.isin(scores, scale).sum()),
        expected=rows,
        reason=reason,
    )


def _check_kinds(criterion: Criterion, reference: ReferencePopulation) -> None:
    check_kind(criterion, Criterion, "criterion", "published_criterion eller jacobson_truax_criterion")
    check_kind(reference, ReferencePopulation, "reference", "reference_population eller own_start")


def _is_known(reference: ReferencePopulation) -> bool:
    return bool(np.isfinite(reference.mean) and np.isfinite(reference.sd) and reference.sd > 0)


def _expected_counts(rate: float, n: int, expected: Floats, has_cutoff: bool, reason: str) -> ExpectedCounts:
    """Return the categories from the people expected to seem better, recovered, worse and harmed."""
    better, recovered, worse, harmed = expected.tolist()
    return ExpectedCounts(
        reliability=rate,
        n=n,
        improved_or_recovered=better,
        recovered=recovered if has_cutoff else np.nan,
        improved=better - recovered,
        unchanged=n - better - worse,
        deteriorated=worse,
        harmed=harmed if has_cutoff else np.nan,
        reason=reason,
    )
