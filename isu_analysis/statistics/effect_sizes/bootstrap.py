"""Intervals of a change by resampling people: bias-corrected and accelerated (BCa)."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy import stats

from isu_analysis.errors import StatisticsError
from isu_analysis.statistics.arguments import Floats, check_level, paired
from isu_analysis.statistics.effect_sizes.change import effect_size
from isu_analysis.statistics.results import one_row

# With fewer pairs the resamples are too few different ones: the acceleration runs wild (tried with scipy).
MINIMUM_PAIRS = 8
BATCH = 10_000_000  # numbers drawn at a time: 80 MB


@dataclass(frozen=True)
class Resampled:
    """A size with an interval by resampling.

    Attributes
    ----------
    size_name : str
        Which size.
    n, n_given : int
        Pairs used, and rows given.
    size, low, high : float
        The size as `effect_size` gives it (without small-sample correction), and its BCa limits; NaN with a
        ``reason``.
    resamples : int
        How many times people were drawn.
    level : float
        Confidence level.
    reason : str
        "", "too_few_pairs" (n < 8), "zero_sd" or "not_estimable" (the resamples gave no limits).
    """

    size_name: str
    n: int
    n_given: int
    size: float = np.nan
    low: float = np.nan
    high: float = np.nan
    resamples: int = 0
    level: float = 0.95
    reason: str = ""

    def to_frame(self) -> pd.DataFrame:
        """Return the fields as a frame with one row."""
        return one_row(self)


def resampled_size(
    pre: ArrayLike,
    post: ArrayLike,
    rng: np.random.Generator,
    *,
    size: str = "d_pre",
    resamples: int = 9_999,
    level: float = 0.95,
) -> Resampled:
    """Return a size of change with a BCa interval.

    Parameters
    ----------
    pre, post : array_like, shape (n_given,)
        Start and end values in points. Rows lacking either are left out and counted.
    rng : numpy.random.Generator
        The same generator state gives the same interval.
    size : {"change", "d_pre", "d_av", "d_z"}
        Mean change, or that divided by the SD at the start, the root of the mean variance, or the SD of the
        changes; none corrected for small samples.
    resamples : int
        At least 999.
    level : float
        Confidence level, 0-1.

    Returns
    -------
    Resampled

    Raises
    ------
    StatisticsError
        If the size is unknown, resamples is under 999, lengths or indexes differ, or a value is not a finite
        number.

    Notes
    -----
    By scipy. Efron (1987), JASA 82:171 (from memory, not verified). People are drawn as independent; for
    clusters use ``cluster=`` of `effect_size`.

    Examples
    --------
    >>> import numpy as np
    >>> from isu_analysis import statistics as st
    >>> start = [14, 17, 12, 20, 16, 11, 18, 15, 13, 19]
    >>> end = [10, 15, 12, 14, 13, 9, 15, 16, 9, 12]
    >>> found = st.resampled_size(start, end, np.random.default_rng(0), size="d_pre")
    >>> found.n, round(found.size, 2), round(found.low, 1), round(found.high, 1)
    (10, -0.99, -1.5, -0.5)
    """
    check_level(level)
    if size not in SIZES:
        raise StatisticsError(f"Argumentet size: okänt ord. Tillåtet: {', '.join(SIZES)}.")
    if resamples < 999:
        raise StatisticsError("Argumentet resamples: ska vara minst 999.")
    x, y = paired(pre, post)
    seen = ~(np.isnan(x) | np.isnan(y))
    x, y = x[seen], y[seen]
    result = Resampled(size, x.size, seen.size, level=level)
    reason = "too_few_pairs" if x.size < MINIMUM_PAIRS else effect_size(x, y).reason
    if reason:
        return replace(result, reason=reason)
    statistic = SIZES[size]
    # A resample of one person over and over has no SD; scipy also warns beside the limits it then leaves out.
    with np.errstate(divide="ignore", invalid="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore", stats.DegenerateDataWarning)
        drawn = stats.bootstrap(
            (x, y),
            statistic,
            paired=True,
            vectorized=True,
            n_resamples=resamples,
            confidence_level=level,
            rng=rng,
            batch=max(1, BATCH // x.size),
        )
    low, high = (float(end) for end in drawn.confidence_interval)
    if not np.isfinite([low, high]).all():
        return replace(result, reason="not_estimable")
    return replace(result, size=float(statistic(x, y, axis=-1)), low=low, high=high, resamples=resamples)


def _change(x: Floats, y: Floats, axis: int) -> Floats:
    return np.asarray((y - x).mean(axis=axis))


def _d_pre(x: Floats, y: Floats, axis: int) -> Floats:
    return np.asarray(_change(x, y, axis) / x.std(axis=axis, ddof=1))


def _d_av(x: Floats, y: Floats, axis: int) -> Floats:
    return np.asarray(_change(x, y, axis) / np.sqrt((x.var(axis=axis, ddof=1) + y.var(axis=axis, ddof=1)) / 2))


def _d_z(x: Floats, y: Floats, axis: int) -> Floats:
    return np.asarray(_change(x, y, axis) / (y - x).std(axis=axis, ddof=1))


SIZES: dict[str, Callable[..., Floats]] = {"change": _change, "d_pre": _d_pre, "d_av": _d_av, "d_z": _d_z}
