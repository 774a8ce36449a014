"""How sure the threshold of reliable change itself is, and whose category hangs on it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy import stats

from isu_analysis.errors import StatisticsError
from isu_analysis.statistics.arguments import check_level
from isu_analysis.statistics.individual_change.categories import CATEGORIES, HARMED, ReliableChange, reliable_change
from isu_analysis.statistics.individual_change.criteria import Criterion
from isu_analysis.statistics.results import one_row

RETEST, ALPHA = "retest", "alpha"
Pair = tuple[float, float]
UNKNOWN: Pair = (float("nan"), float("nan"))


@dataclass(frozen=True)
class ThresholdUncertainty:
    """Interval of a Jacobson-Truax threshold from the sampling error of its SD and reliability.

    Attributes
    ----------
    threshold : float
        The threshold itself, raw scale points.
    low, high : float
        Its interval from both sources, raw scale points; NaN with a reason.
    smallest_counting : float
        Smallest change that counts, raw scale points, a multiple of the step.
    smallest_counting_low, smallest_counting_high : float
        The same at ``low`` and ``high``; NaN where they are.
    sd_low, sd_high : float
        Interval of the SD, raw scale points; NaN when there is none.
    reliability_low, reliability_high : float
        Interval of the reliability; NaN when there is none.
    sd_only_low, sd_only_high : float
        Interval of the threshold if the reliability were known exactly.
    reliability_only_low, reliability_only_high : float
        Interval of the threshold if the SD were known exactly.
    level : float
        Confidence level of every interval.
    reason : str
        "" when computed. "published_threshold": an authority's number, not an estimate; all intervals NaN.
        "no_measurement_error": reliability 1. "reliability_type": neither "retest" nor "alpha", so no known
        interval. "n_reliability_unknown", "n_items_unknown". "n_too_small": retest needs 4 people.
    """

    threshold: float
    low: float
    high: float
    smallest_counting: float
    smallest_counting_low: float
    smallest_counting_high: float
    sd_low: float
    sd_high: float
    reliability_low: float
    reliability_high: float
    sd_only_low: float
    sd_only_high: float
    reliability_only_low: float
    reliability_only_high: float
    level: float
    reason: str = ""

    def to_frame(self) -> pd.DataFrame:
        """Return the fields as a frame with one row."""
        return one_row(self)


@dataclass(frozen=True, eq=False)
class CountsOverThreshold:
    """Categories of the same people at the threshold and at both ends of its interval.

    Attributes
    ----------
    n : int
        Pairs.
    n_changing : float
        Pairs whose category is not the same at the lowest and the highest threshold (whole); NaN with a reason.
    at_low, at_threshold, at_high : ReliableChange or None
        The categories at each; the ends None with a reason. Never in ``repr``.
    reason : str
        That of the threshold's interval.
    """

    n: int
    n_changing: float
    at_low: ReliableChange | None = field(repr=False)
    at_threshold: ReliableChange = field(repr=False)
    at_high: ReliableChange | None = field(repr=False)
    reason: str = ""

    def to_frame(self) -> pd.DataFrame:
        """Return one row a category: columns category, n, of, n_at_low, n_at_high, smallest, largest.

        ``n`` is the count at the threshold; ``smallest`` and ``largest`` are the two ends' counts by size, between
        which every threshold in the interval lies. The ends are NaN with a reason. "recovered" and "harmed" (part
        of deteriorated) are left out without a cutoff.
        """
        names = [*CATEGORIES, HARMED] if self.at_threshold.has_cutoff else list(CATEGORIES[1:])
        ends = {"n_at_low": self.at_low, "n_at_high": self.at_high}
        counts = {key: [end.count(name) if end else np.nan for name in names] for key, end in ends.items()}
        frame = pd.DataFrame({"category": names, "n": [self.at_threshold.count(name) for name in names]})
        frame = frame.assign(of=self.n, **counts)
        both = frame[["n_at_low", "n_at_high"]]
        return frame.assign(smallest=both.min(axis=1), largest=both.max(axis=1))


def threshold_uncertainty(
    criterion: Criterion,
    *,
    n_sd: int,
    n_reliability: int | None = None,
    same_sample: bool,
    n_items: int | None = None,
    step: float = 1.0,
    level: float = 0.95,
) -> ThresholdUncertainty:
    """Return how far the threshold could be off because its SD and reliability were estimated from few people.

    Parameters
    ----------
    criterion : Criterion
        By `jacobson_truax_criterion`, with reliability_type "retest" (a correlation) or "alpha" (Cronbach's).
    n_sd : int
        People behind the SD, 2 or more.
    n_reliability : int, optional
        People behind the reliability, 2 or more; without it only the SD's part is computed.
    same_sample : bool
        Whether both come from the very same people. Then their errors partly cancel and the interval is
        narrower. False is the cautious answer when it is not known.
    n_items : int, optional
        Items of the scale, 2 or more; needed for "alpha".
    step : float
        Distance between possible scores, for the smallest change that counts.
    level : float
        Confidence level, 0-1.

    Returns
    -------
    ThresholdUncertainty

    Raises
    ------
    StatisticsError
        If a number is out of range, or ``same_sample`` contradicts the criterion's sources or the two n.

    Notes
    -----
    SD: ``s sqrt((n - 1) / chi2)``, normal scores. Retest: Fisher's z, ``tanh(atanh r +- z / sqrt(n - 3))``. Alpha:
    ``(1 - alpha) / (1 - alpha_hat) ~ F(n - 1, (n - 1)(k - 1))``, parallel items, Feldt (1965), Psychometrika
    30:357 (from memory, not verified). The two are combined on the log scale, where the threshold is a sum,
    ``log s + log(1 - r) / 2``, by the method of variance estimates recovery:
    ``low = sum - sqrt(a^2 + b^2 + 2 c a b)`` with each part's distance a, b from its own limit. Their correlation c
    is 0 for different people; in the same sample it is ``-r / sqrt(2)`` for a retest and ``-sqrt((k - 1) / k)`` for
    alpha, both derived for normal scores. Zou & Donner (2008), Stat Med 27:1693 (from memory, not verified).
    The SD alone is 26 % off at n = 30, 14 % at 100, 8 % at 300, 4 % at 1,000.

    Sampling error only: that the norm's people or interval differ from these is not in it.

    Examples
    --------
    >>> import isu_analysis as isu
    >>> criterion = isu.jacobson_truax_criterion(
    ...     7.5, 0.8, sd_source="article", reliability_source="article", reliability_type="retest"
    ... )
    >>> found = isu.threshold_uncertainty(criterion, n_sd=100, n_reliability=100, same_sample=True)
    >>> round(found.threshold, 1), round(found.low, 1), round(found.high, 1)
    (9.3, 8.0, 10.8)
    >>> found.smallest_counting, found.smallest_counting_low, found.smallest_counting_high
    (10.0, 8.0, 11.0)
    """
    check_level(level)
    _check_numbers(criterion, n_sd, n_reliability, n_items, same_sample)
    if criterion.z is None or criterion.sd is None or criterion.reliability is None:
        return _result(criterion, step, level, reason="published_threshold")
    sd, rate = criterion.sd, criterion.reliability
    sds = _sd_interval(sd, n_sd, level)
    reason = _why_not(criterion, n_reliability, n_items)
    if reason:
        return _result(criterion, step, level, sds=UNKNOWN if rate == 1 else sds, reason=reason)
    rates = _reliability_interval(criterion, int(n_reliability or 0), n_items, level)
    spread = np.log(sds) - np.log(sd)
    error = (np.log1p(-np.array(rates[::-1])) - np.log1p(-rate)) / 2
    together = -_cancelling(criterion, n_items) if same_sample else 0.0
    # The correlation of the two estimates is bounded by 1, so the root is never of a negative number.
    distance = np.sqrt(spread**2 + error**2 + 2 * together * np.abs(spread * error))
    both = criterion.threshold * np.exp(distance * [-1, 1])
    return _result(criterion, step, level, sds=sds, rates=rates, error=np.exp(error), both=both)


def counts_over_threshold(
    pre: ArrayLike,
    post: ArrayLike,
    criterion: Criterion,
    uncertainty: ThresholdUncertainty,
    *,
    higher_is_better: bool,
    cutoff: float | ArrayLike | None = None,
    cutoff_inclusive: bool = True,
) -> CountsOverThreshold:
    """Return the categories at the threshold and at both ends of its interval.

    Parameters
    ----------
    pre, post : array_like, shape (n_given,)
        Start and end scores, one row a person.
    criterion : Criterion
        The same as the uncertainty was computed for.
    uncertainty : ThresholdUncertainty
    higher_is_better, cutoff, cutoff_inclusive
        As in `reliable_change`.

    Returns
    -------
    CountsOverThreshold

    Raises
    ------
    StatisticsError
        As `reliable_change`, or if the uncertainty belongs to another threshold.

    Examples
    --------
    The threshold 6.2 could be from 5.3 to 7.2: two of the eight people depend on which.

    >>> from isu_analysis import statistics as st
    >>> criterion = st.jacobson_truax_criterion(
    ...     5, 0.8, sd_source="article", reliability_source="article", reliability_type="retest"
    ... )
    >>> far = st.threshold_uncertainty(criterion, n_sd=100, n_reliability=100, same_sample=True)
    >>> start, end = [18, 15, 12, 14, 6, 9, 21, 16], [8, 9, 14, 12, 15, 7, 14, 11]
    >>> found = st.counts_over_threshold(start, end, criterion, far, higher_is_better=False)
    >>> round(far.low, 2), round(far.high, 2), found.n_changing
    (5.32, 7.22, 2)
    >>> found.to_frame()[["category", "n", "of", "n_at_low", "n_at_high"]]
           category  n  of  n_at_low  n_at_high
    0      improved  2   8         3          1
    1     unchanged  5   8         4          6
    2  deteriorated  1   8         1          1
    """
    if uncertainty.threshold != criterion.threshold:
        raise StatisticsError("Argumentet uncertainty: hör till ett annat tröskelvärde än criterion.")

    def at(threshold: float) -> ReliableChange:
        rule = replace(criterion, threshold=threshold)
        return reliable_change(
            pre, post, rule, higher_is_better=higher_is_better, cutoff=cutoff, cutoff_inclusive=cutoff_inclusive
        )

    middle = at(criterion.threshold)
    if np.isnan(uncertainty.low):
        return CountsOverThreshold(middle.n, np.nan, None, middle, None, uncertainty.reason)
    low, high = at(uncertainty.low), at(uncertainty.high)
    return CountsOverThreshold(middle.n, int(np.count_nonzero(low.codes != high.codes)), low, middle, high)


def _check_numbers(
    criterion: Criterion, n_sd: int, n_reliability: int | None, n_items: int | None, same_sample: bool
) -> None:
    for name, number in {"n_sd": n_sd, "n_reliability": n_reliability, "n_items": n_items}.items():
        if number is not None and not (np.isfinite(number) and number >= 2 and number == int(number)):
            raise StatisticsError(f"Argumentet {name}: ska vara ett heltal, minst 2.")
    if same_sample and (criterion.mixed_sources or n_reliability not in (None, n_sd)):
        raise StatisticsError(
            "Argumentet same_sample: stämmer inte med källorna eller med n_sd och n_reliability. Tillåtet: True bara "
            "när spridning och reliabilitet är beräknade på samma personer."
        )


def _why_not(criterion: Criterion, n_reliability: int | None, n_items: int | None) -> str:
    """Return why the reliability has no interval, "" when it has."""
    if criterion.reliability == 1:
        return "no_measurement_error"
    if criterion.reliability_type not in (RETEST, ALPHA):
        return "reliability_type"
    if n_reliability is None:
        return "n_reliability_unknown"
    if criterion.reliability_type == ALPHA:
        return "n_items_unknown" if n_items is None else ""
    return "n_too_small" if n_reliability < 4 else ""


def _sd_interval(sd: float, n: int, level: float) -> Pair:
    low, high = stats.chi2.ppf([(1 + level) / 2, (1 - level) / 2], n - 1)
    return float(sd * np.sqrt((n - 1) / low)), float(sd * np.sqrt((n - 1) / high))


def _reliability_interval(criterion: Criterion, n: int, n_items: int | None, level: float) -> Pair:
    """Return the interval of a reliability below 1."""
    rate = float(criterion.reliability or 0)
    if criterion.reliability_type == RETEST:
        half = stats.norm.ppf((1 + level) / 2) / np.sqrt(n - 3)
        low, high = np.tanh(np.arctanh(rate) + half * np.array([-1, 1]))
    else:
        tails = stats.f.ppf([(1 + level) / 2, (1 - level) / 2], n - 1, (n - 1) * (int(n_items or 0) - 1))
        low, high = 1 - (1 - rate) * tails
    return float(low), float(high)


def _cancelling(criterion: Criterion, n_items: int | None) -> float:
    """Return how strongly the errors of log s and log(1 - r) run against each other in one sample, 0-1."""
    if criterion.reliability_type == RETEST:
        return float((criterion.reliability or 0) / np.sqrt(2))
    items = int(n_items or 0)
    return float(np.sqrt((items - 1) / items))


def _result(
    criterion: Criterion,
    step: float,
    level: float,
    *,
    sds: Pair = UNKNOWN,
    rates: Pair = UNKNOWN,
    error: ArrayLike = UNKNOWN,
    both: ArrayLike = UNKNOWN,
    reason: str = "",
) -> ThresholdUncertainty:
    """Return the fields; ``error`` is the factor on the threshold at each end of the reliability's interval."""
    low, high = np.asarray(both, dtype=float).tolist()
    sd_only = criterion.threshold * np.array(sds) / (criterion.sd or np.nan)
    reliability_only = criterion.threshold * np.asarray(error, dtype=float)
    return ThresholdUncertainty(
        threshold=criterion.threshold,
        low=low,
        high=high,
        smallest_counting=criterion.smallest_counting(step),
        smallest_counting_low=_smallest(criterion, low, step),
        smallest_counting_high=_smallest(criterion, high, step),
        sd_low=sds[0],
        sd_high=sds[1],
        reliability_low=rates[0],
        reliability_high=rates[1],
        sd_only_low=float(sd_only[0]),
        sd_only_high=float(sd_only[1]),
        reliability_only_low=float(reliability_only[0]),
        reliability_only_high=float(reliability_only[1]),
        level=level,
        reason=reason,
    )


def _smallest(criterion: Criterion, threshold: float, step: float) -> float:
    return np.nan if np.isnan(threshold) else replace(criterion, threshold=threshold).smallest_counting(step)
