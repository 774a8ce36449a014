"""Whether the change depends on how long people were followed: a sensitivity check, never an adjustment."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from statsmodels.regression.linear_model import OLS
from statsmodels.tools.tools import add_constant

from isu_analysis.errors import StatisticsError
from isu_analysis.statistics.arguments import NO_SPREAD, Flags, Floats, check_level, paired, same_rows, vector
from isu_analysis.statistics.clusters import ClusterError, Codes, cluster_codes, leave_one_cluster_out
from isu_analysis.statistics.means import Mean, mean
from isu_analysis.statistics.results import one_row
from isu_analysis.statistics.trajectories.timing import Window

# A line through fewer pairs is mostly noise; this project's convention, as for standardised sizes.
MINIMUM_PAIRS = 5
# A point that the line must pass through has leverage 1, and its residual says nothing.
FULL_LEVERAGE = 1 - 1e-8
NO_RESIDUAL = 1e-10


@dataclass(frozen=True)
class IntervalSlope:
    """How the change differs with the interval, by ordinary least squares.

    Attributes
    ----------
    n : int
        Pairs with a known interval.
    slope, low, high : float
        Points of change more for one day more, with t interval; NaN with a ``reason``.
    se, df : float
        HC3, robust against spread that differs with the interval, with n - 2 df; with clusters that of leaving
        out one cluster at a time.
    mean_days : float
        Mean interval of the pairs.
    level : float
        Confidence level.
    reason : str
        "" when computed; "too_few_pairs" (n < 5), "zero_spread" (all intervals equal), "one_pair_decides"
        (all but one equal), "zero_residual" (changes on an exact line: the slope without interval),
        "too_few_clusters", "one_cluster_decides" (likewise).
    n_clusters : int or None
        Clusters the pairs came in; None without.
    """

    n: int
    slope: float = np.nan
    low: float = np.nan
    high: float = np.nan
    se: float = np.nan
    df: float = np.nan
    mean_days: float = np.nan
    level: float = 0.95
    reason: str = ""
    n_clusters: int | None = None

    def to_frame(self) -> pd.DataFrame:
        """Return the fields as a frame with one row."""
        return one_row(self)


@dataclass(frozen=True, eq=False)
class ChangeByInterval:
    """The mean change for all pairs, by length of interval, and inside the agreed window.

    Attributes
    ----------
    n_given : int
        Rows given; ``n_given = n_pairs + not_paired``.
    n_pairs, not_paired : int
        Rows with both values; rows lacking either.
    unknown_interval : int
        Pairs whose interval is not known: in ``all_pairs``, in no band, never in the window.
    slope : IntervalSlope
        Slope of the change on the interval.
    edges : tuple of float
        Borders between the bands in days; a band holds its upper border.
    bands : tuple of Mean
        Change in each band, shortest first.
    all_pairs : Mean
        Change of every pair.
    in_window : Mean or None
        Change of the pairs measured inside the window; None when no window was given.
    """

    n_given: int
    n_pairs: int
    not_paired: int
    unknown_interval: int
    slope: IntervalSlope
    edges: tuple[float, ...]
    bands: tuple[Mean, ...] = field(repr=False)
    all_pairs: Mean = field(repr=False)
    in_window: Mean | None = field(default=None, repr=False)

    def to_frame(self) -> pd.DataFrame:
        """Return one row a group of pairs; columns pairs, above_days, to_days, n, of, change, low, high, reason."""
        borders = (-np.inf, *self.edges, np.inf)
        groups: list[tuple[str, float, float, Mean | None]] = [("all", np.nan, np.nan, self.all_pairs)]
        groups += [
            ("band", low, high, one) for low, high, one in zip(borders[:-1], borders[1:], self.bands, strict=True)
        ]
        groups += [("unknown_interval", np.nan, np.nan, None)]
        groups += [("in_window", np.nan, np.nan, self.in_window)] if self.in_window else []
        return pd.DataFrame([self._row(*group) for group in groups])

    def _row(self, pairs: str, above: float, to: float, found: Mean | None) -> dict[str, object]:
        n = found.n if found else self.unknown_interval
        row = {"pairs": pairs, "above_days": above, "to_days": to, "n": n, "of": self.n_pairs}
        if found is None:
            return {**row, "change": np.nan, "low": np.nan, "high": np.nan, "reason": "unknown_interval"}
        return {**row, "change": found.mean, "low": found.low, "high": found.high, "reason": found.reason}


def change_by_interval(
    pre: ArrayLike,
    post: ArrayLike,
    days: ArrayLike,
    *,
    window: Window | None = None,
    edges: ArrayLike | None = None,
    cluster: ArrayLike | None = None,
    level: float = 0.95,
) -> ChangeByInterval:
    """Show the change by length of interval.

    Parameters
    ----------
    pre, post : array_like, shape (n_given,)
        Start and end values in points; a row lacking either is not a pair and is counted.
    days : array_like, shape (n_given,)
        Actual days between them; missing = unknown, counted.
    window : Window, optional
        Agreed interval, for the change of those measured inside it only.
    edges : array_like, shape (bands - 1,), optional
        Borders between bands in days, rising; a band holds its upper border. Left out: thirds of the pairs.
    cluster : array_like, shape (n_given,), optional
        What each row belongs to (client, course group, worker), none missing.
    level : float
        Confidence level, 0-1.

    Returns
    -------
    ChangeByInterval

    Raises
    ------
    StatisticsError
        If lengths or indexes differ, a value is not a finite number, an interval is negative, or the edges
        do not rise.

    Notes
    -----
    Who is measured late often differs from who is measured on time, so a slope is a warning and not the effect
    of waiting. HC3: MacKinnon & White (1985), J Econometrics 29:305 (from memory, not verified).

    Examples
    --------
    The agreed interval is 60 to 120 days; the two who came later changed least.

    >>> from isu_analysis import statistics as st
    >>> start = [14, 17, 12, 20, 16, 11, 18, 15, 13, 19]
    >>> end = [10, 15, 12, 14, 13, 9, 15, 16, 9, 12]
    >>> days = [85, 92, 120, 80, 95, 150, 100, 210, 88, 90]
    >>> found = st.change_by_interval(start, end, days, window=st.Window(90, 60, 120), edges=[120])
    >>> found.to_frame()[["pairs", "above_days", "to_days", "n", "of", "change"]].round(2)
                  pairs  above_days  to_days   n  of  change
    0               all         NaN      NaN  10  10   -3.00
    1              band        -inf    120.0   8  10   -3.62
    2              band       120.0      inf   2  10   -0.50
    3  unknown_interval         NaN      NaN   0  10     NaN
    4         in_window         NaN      NaN   8  10   -3.62
    """
    check_level(level)
    x, y = paired(pre, post)
    interval = _days(days, pre)
    both = ~(np.isnan(x) | np.isnan(y))
    codes = None if cluster is None else cluster_codes(cluster, pre)[both]
    change, interval = (y - x)[both], interval[both]
    known = ~np.isnan(interval)
    borders = _edges(edges, interval[known])
    band = np.where(known, np.searchsorted(borders, interval, side="left"), -1)

    def mean_of(chosen: Flags) -> Mean:
        return mean(change[chosen], cluster=None if codes is None else codes[chosen], level=level)

    return ChangeByInterval(
        n_given=both.size,
        n_pairs=change.size,
        not_paired=int((~both).sum()),
        unknown_interval=int((~known).sum()),
        slope=_slope(change[known], interval[known], None if codes is None else codes[known], level),
        edges=tuple(float(edge) for edge in borders),
        bands=tuple(mean_of(band == place) for place in range(borders.size + 1)),
        all_pairs=mean_of(np.ones(change.size, dtype=bool)),
        in_window=None if window is None else mean_of(window.holds(interval)),
    )


def _days(days: ArrayLike, pre: ArrayLike) -> Floats:
    same_rows(pre, days, "pre", "days")
    interval = vector(days, "days")
    if (interval < 0).any():
        raise StatisticsError("Argumentet days: har negativa tal. Tillåtet: 0 eller mer.")
    return interval


def _edges(edges: ArrayLike | None, days: Floats) -> NDArray[np.float64]:
    if edges is None:
        return np.quantile(days, [1 / 3, 2 / 3]) if days.size else np.array([])
    borders = vector(edges, "edges")
    if borders.size == 0 or np.isnan(borders).any() or (np.diff(borders) <= 0).any():
        raise StatisticsError("Argumentet edges: ska vara minst ett tal, i stigande ordning och inga lika.")
    return borders


def _slope(change: Floats, days: Floats, codes: Codes | None, level: float) -> IntervalSlope:
    n_clusters = None if codes is None else np.unique(codes).size
    result = IntervalSlope(n=change.size, level=level, n_clusters=n_clusters)
    if change.size < MINIMUM_PAIRS:
        return replace(result, reason="too_few_pairs")
    result = replace(result, mean_days=float(days.mean()))
    if _no_spread(days):
        return replace(result, reason="zero_spread")
    away = days - days.mean()
    if (1 / days.size + away**2 / (away @ away)).max() > FULL_LEVERAGE:
        return replace(result, reason="one_pair_decides")
    error = _clustered(change, days, codes) if codes is not None else _robust(change, away)
    slope = float(away @ change / (away @ away))
    if np.abs(change - change.mean() - slope * away).max() <= NO_RESIDUAL * max(np.abs(change).max(), 1.0):
        return replace(result, slope=slope, reason="zero_residual")
    half = error.half_width(level)
    found = replace(result, slope=slope, se=error.se, df=error.df, reason=error.reason)
    return replace(found, low=slope - half, high=slope + half)


def _no_spread(days: Floats) -> bool:
    return bool(days.size == 0 or np.ptp(days) <= NO_SPREAD * days.max())


def _robust(change: Floats, away: Floats) -> ClusterError:
    """Return the HC3 standard error of the slope, everyone standing alone."""
    fitted = OLS(change, add_constant(away)).fit(cov_type="HC3")
    return ClusterError(float(fitted.bse[1]), float(fitted.df_resid), change.size)


def _clustered(change: Floats, days: Floats, codes: Codes) -> ClusterError:
    def slope(kept: Flags) -> float:
        if _no_spread(days[kept]):
            return np.nan
        away = days[kept] - days[kept].mean()
        return float(away @ change[kept] / (away @ away))

    return leave_one_cluster_out(slope, [codes])
