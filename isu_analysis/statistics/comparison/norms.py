"""A unit's mean against an instrument's norm, with the norm's own sampling error carried where it is known."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from numbers import Integral, Real
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy import stats

from isu_analysis.errors import StatisticsError
from isu_analysis.statistics.arguments import check_direction, check_level, check_positive, vector
from isu_analysis.statistics.means import mean
from isu_analysis.statistics.results import one_row

CARRIED, UNKNOWN = "carried", "unknown"
POSITIONS = ("worse", "not_certain", "better")


@dataclass(frozen=True)
class NormDifference:
    """A unit's mean less the norm's.

    Attributes
    ----------
    n, n_given : int
        Values used, and rows given.
    norm_mean, norm_sd : float
        Of the norm, in points.
    norm_n : int or None
        People in the norm; None when unknown.
    norm_error : str
        "carried", or "unknown" (norm_n not known: intervals hold the unit's error only and are too short).
    mean, sd : float
        Of the unit, in points; NaN under two values.
    difference, difference_low, difference_high : float
        Mean less the norm's, in points, with interval; NaN with a ``reason``.
    se, df : float
        Standard error of the difference, and degrees of freedom of the t multiplier.
    d_norm, d_norm_low, d_norm_high : float
        The difference in standard deviations of the norm. The ends NaN also for a norm of under about 9 people.
    position : str
        "better" or "worse" than the norm in the scale's direction when the interval leaves out 0, else "not_certain";
        "" without an interval.
    level : float
        Confidence level.
    n_clusters : int or None
        Clusters the people came in; None when everyone stands alone.
    reason : str
        As in `Mean`.
    """

    n: int
    n_given: int
    norm_mean: float
    norm_sd: float
    norm_n: int | None
    norm_error: str
    mean: float = np.nan
    sd: float = np.nan
    difference: float = np.nan
    difference_low: float = np.nan
    difference_high: float = np.nan
    se: float = np.nan
    df: float = np.nan
    d_norm: float = np.nan
    d_norm_low: float = np.nan
    d_norm_high: float = np.nan
    position: str = ""
    level: float = 0.95
    n_clusters: int | None = None
    reason: str = ""

    def to_frame(self) -> pd.DataFrame:
        """Return the fields as a frame with one row."""
        return one_row(self)


class NormError(NamedTuple):
    """How sure a norm is: squared standard errors of its parts and their df, and the df of its SD.

    Without parts the norm is taken as exact.
    """

    squares: Sequence[float] = ()
    dfs: Sequence[float] = ()
    sd_df: float = np.nan


def norm_difference(
    values: ArrayLike,
    norm_mean: float,
    norm_sd: float,
    norm_n: int | None,
    *,
    higher_is_better: bool,
    cluster: ArrayLike | None = None,
    level: float = 0.95,
) -> NormDifference:
    """Return how far a unit's mean is from a norm.

    Parameters
    ----------
    values : array_like, shape (n_given,)
        One score a person; missing values are left out and counted.
    norm_mean, norm_sd : float
        Of the norm, in points; the SD above 0.
    norm_n : int or None
        People in the norm, at least 2; None, said outright, when unknown.
    higher_is_better : bool
        Direction of the scale; only decides ``position``.
    cluster : array_like, shape (n_given,), optional
        What each row belongs to, none missing.
    level : float
        Confidence level, 0-1.

    Returns
    -------
    NormDifference

    Raises
    ------
    StatisticsError
        If a number is out of range or not finite, lengths or indexes differ, or a row has no cluster.

    Notes
    -----
    Difference: Welch's t with the norm as the second sample; norm_n unknown: Student's t of the unit alone.
    d_norm = difference / norm_sd (Glass's delta, not corrected for small samples: a norm is not small). Its interval
    combines those of the difference and of the norm's SD (chi-square) as a ratio: Donner & Zou (2012), Stat
    Methods Med Res 21:347 (MOVER-R; from memory, not verified). Not the noncentral t, which takes the unit's spread
    for the norm's: at SD ratios .5-1.5, n 15-300 and norms of 50-1,500 it covered .79-1.00 in simulation, this
    .947-.955. An unknown norm_n leaves the SD's error out too.

    Examples
    --------
    Ten people with a mean of 18 against a norm of 15 with standard deviation 6: half a standard deviation worse.

    >>> import isu_analysis as isu
    >>> scores = [16, 20, 18, 15, 21, 17, 19, 18, 14, 22]
    >>> found = isu.norm_difference(scores, norm_mean=15, norm_sd=6, norm_n=400, higher_is_better=False)
    >>> found.difference, round(found.difference_low, 2), round(found.difference_high, 2)
    (3.0, 1.1, 4.9)
    >>> found.d_norm, found.position
    (0.5, 'worse')
    """
    check_direction(higher_is_better)
    check_level(level)
    check_finite(norm_mean, "norm_mean")
    check_positive(norm_sd, "norm_sd")
    check_norm_n(norm_n)
    x = vector(values, "values")
    error = NormError() if norm_n is None else NormError([norm_sd**2 / norm_n], [norm_n - 1.0], norm_n - 1.0)
    unit = mean(values, cluster=cluster, level=level)
    result = NormDifference(
        n=unit.n,
        n_given=unit.n_given,
        norm_mean=float(norm_mean),
        norm_sd=float(norm_sd),
        norm_n=None if norm_n is None else int(norm_n),
        norm_error=UNKNOWN if norm_n is None else CARRIED,
        mean=unit.mean,
        sd=float(np.nanstd(x, ddof=1)) if unit.n > 1 else np.nan,
        level=level,
        n_clusters=unit.n_clusters,
        reason=unit.reason,
    )
    middle = unit.mean - norm_mean
    return replace(result, **against(middle, unit.se, unit.df, norm_sd, error, level, higher_is_better))


def against(
    middle: float, se: float, df: float, norm_sd: float, error: NormError, level: float, higher_is_better: bool
) -> dict[str, Any]:
    """Return the fields that follow from a difference to a norm, the unit's error and the norm's."""
    squares, dfs = np.array([se**2, *error.squares]), np.array([df, *error.dfs])
    total = squares.sum()
    joint = float(total**2 / (squares**2 / dfs).sum())
    half = float(stats.t.ppf((1 + level) / 2, joint) * np.sqrt(total))
    ends = (float(middle - half), float(middle + half))
    low, high = (
        _in_norm_sds(middle, ends, norm_sd, error.sd_df, level)
        if error.squares
        else (ends[0] / norm_sd, ends[1] / norm_sd)
    )
    found: dict[str, Any] = {"difference": middle, "difference_low": ends[0], "difference_high": ends[1]}
    found |= {"se": float(np.sqrt(total)), "df": joint, "d_norm": middle / norm_sd}
    found |= {"d_norm_low": float(low), "d_norm_high": float(high)}
    return found | {"position": _position(ends, higher_is_better)}


def _in_norm_sds(middle: float, ends: tuple[float, float], sd: float, df: float, level: float) -> tuple[float, float]:
    """Return the interval of the difference over the norm's SD from those of either."""
    tail = (1 - level) / 2
    sd_low, sd_high = (float(sd * np.sqrt(df / stats.chi2.ppf(tail_, df))) for tail_ in (1 - tail, tail))
    if sd_high >= 2 * sd:  # so few people say too little of the spread for a ratio to have an end
        return np.nan, np.nan
    product = middle * sd

    def end(of_difference: float, of_sd: float, side: int) -> float:
        root = product**2 - of_difference * of_sd * (2 * middle - of_difference) * (2 * sd - of_sd)
        return float((product + side * np.sqrt(np.maximum(root, 0.0))) / (of_sd * (2 * sd - of_sd)))

    # The end of the spread that takes the ratio further out, on whichever side of nought the end lies.
    return end(ends[0], sd_high if ends[0] > 0 else sd_low, -1), end(ends[1], sd_low if ends[1] > 0 else sd_high, 1)


def _position(ends: tuple[float, float], higher_is_better: bool) -> str:
    if np.isnan(ends[0]):
        return ""
    side = (ends[0] > 0) - (ends[1] < 0)
    return POSITIONS[1 + (side if higher_is_better else -side)]


def check_finite(number: float, name: str) -> None:
    """Refuse anything but a finite number."""
    if isinstance(number, bool) or not (isinstance(number, Real) and np.isfinite(number)):
        raise StatisticsError(f"Argumentet {name}: ska vara ett tal.")


def check_norm_n(norm_n: int | None) -> None:
    """Refuse a number of people that no spread can come from."""
    if norm_n is not None and not (isinstance(norm_n, Integral) and norm_n >= 2):
        raise StatisticsError("Argumentet norm_n: ska vara ett heltal, minst 2, eller None när det inte är känt.")
