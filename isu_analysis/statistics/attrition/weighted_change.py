"""What a weighted estimate of the mean change holds."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd
from scipy import stats

from isu_analysis.statistics.arguments import NO_SPREAD, Flags, Floats
from isu_analysis.statistics.results import one_row


@dataclass(frozen=True, eq=False)
class WeightedChange:
    """A weighted estimate of the mean change from start to end, post - pre in points.

    Attributes
    ----------
    method : str
        "ipw", "aipw" or "calibration".
    n, n_pairs : int
        People with a start; those with both start and end.
    change, low, high : float
        Mean change of all who started, and its interval; NaN with a ``reason`` when not estimable.
    se : float
        Standard error that counts the weights (and the regression) as estimated.
    se_known_weights : float
        "ipw": as if the weights had been known, usually larger; otherwise NaN.
    se_these_people : float
        "calibration": for the mean of exactly these people, as survey software gives it; otherwise NaN.
    change_from_all_starts : float
        Weighted end mean minus the start mean of all. Equals ``change`` for "calibration", differs for "ipw"
        as far as the weights do not balance the start; NaN for "aipw".
    df : float
        Degrees of freedom of the t multiplier: n_pairs - coefficients.
    level : float
        Confidence level.
    interval : str
        "t_approximate": change +- t(df) se; not exact in theory, and too short with few pairs.
    effective_n : float
        ``(sum w)^2/sum w^2``: as many equally weighted pairs would weigh as much.
    design_effect : float
        n_pairs / effective_n.
    smallest_weight, largest_weight : float
        Relative to the mean weight. Below 0 only for "calibration": a sign of too little overlap.
    smallest_probability : float
        Smallest fitted chance of being kept among all who started, before the floor; near 0, some are hardly
        represented. NaN for "calibration".
    n_floored : int
        Pairs whose chance was raised to the floor.
    reason : str
        "" when estimated; "too_few_pairs" (no degree of freedom left), "singular" (a variable of all, or for
        "aipw" and "calibration" of the kept, does not vary or repeats others), "separation" (some people were
        certain to be kept or lost, so that nobody can stand for them), "zero_sd" (no change differs: no
        interval) or "not_converged".
    weights : ndarray of float, shape (n,)
        0 for the lost; "ipw" and "aipw": 1 / chance; "calibration": sum to n. Empty without an estimate. Rows
        of people: never in ``repr``.
    """

    method: str
    n: int
    n_pairs: int
    change: float = np.nan
    low: float = np.nan
    high: float = np.nan
    se: float = np.nan
    se_known_weights: float = np.nan
    se_these_people: float = np.nan
    change_from_all_starts: float = np.nan
    df: float = np.nan
    level: float = 0.95
    interval: str = "t_approximate"
    effective_n: float = np.nan
    design_effect: float = np.nan
    smallest_weight: float = np.nan
    largest_weight: float = np.nan
    smallest_probability: float = np.nan
    n_floored: int = 0
    reason: str = ""
    weights: Floats = field(default_factory=lambda: np.empty(0), repr=False)

    def to_frame(self) -> pd.DataFrame:
        """Return the fields as a frame with one row; not the weights."""
        return one_row(self).drop(columns="weights")


def with_weights(estimate: WeightedChange, weights: Floats, kept: Flags) -> WeightedChange:
    """Return the estimate with what its weights look like."""
    w = weights[kept]
    effective = float(w.sum() ** 2 / (w @ w))
    return replace(
        estimate,
        effective_n=effective,
        design_effect=estimate.n_pairs / effective,
        smallest_weight=float(w.min() / w.mean()),
        largest_weight=float(w.max() / w.mean()),
        weights=weights,
    )


def with_interval(estimate: WeightedChange, observed: Floats, change: float, se: float) -> WeightedChange:
    """Return the estimate with its numbers; no interval when no observed change differs from another."""
    if np.ptp(observed) <= NO_SPREAD * np.abs(observed).max():
        return replace(estimate, change=change, se_known_weights=np.nan, se_these_people=np.nan, reason="zero_sd")
    half = float(stats.t.ppf((1 + estimate.level) / 2, estimate.df)) * se
    return replace(estimate, change=change, low=change - half, high=change + half, se=se)
