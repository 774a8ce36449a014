"""How wrong a mean of those who answered can be: the selection model's bias curve, calibrated at the start."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy import stats

from isu_analysis.errors import StatisticsError
from isu_analysis.statistics.arguments import NO_SPREAD, Floats, started, vector
from isu_analysis.statistics.proportions.shares import wilson
from isu_analysis.statistics.results import one_row

# Correlations of the outcome with the inclination to answer used by the What Works Clearinghouse for its
# intervention groups; its two bounds (Deke & Chiang 2017, Evaluation Review).
OPTIMISTIC_RHO, CAUTIOUS_RHO = 0.27, 0.45
SOURCES = {
    OPTIMISTIC_RHO: "What Works Clearinghouse, optimistic",
    CAUTIOUS_RHO: "What Works Clearinghouse, cautious",
}


@dataclass(frozen=True)
class StartSelection:
    """How strongly those measured again were selected on their start value.

    Attributes
    ----------
    n_kept, of : int
        Those measured again, and all who started.
    mean_kept, mean_all : float
        Mean start values in points.
    start_sd : float
        SD of the start values of all who started (n - 1), points.
    inverse_mills : float
        lambda of the share kept.
    rho : float
        Correlation of the start value with the inclination to answer that the model infers. Negative: those
        with low values stayed. NaN with a ``reason``.
    reason : str
        "" when computed; "nobody_lost", "nobody_kept", "zero_sd"; "outside_model" when rho is given but
        beyond -1 to 1, which no normal selection can produce.
    """

    n_kept: int
    of: int
    mean_kept: float
    mean_all: float
    start_sd: float
    inverse_mills: float
    rho: float
    reason: str = ""

    def to_frame(self) -> pd.DataFrame:
        """Return the fields as a frame with one row."""
        return one_row(self)


def inverse_mills(share_kept: ArrayLike) -> Any:
    """Mean of the standard normal inclination to answer among those who answered (lambda).

    Parameters
    ----------
    share_kept : float or array_like
        P, 0-1. NaN gives NaN.

    Returns
    -------
    float or ndarray of float
        ``phi(Phi^-1(P)) / P``: 0 when everyone answered, .80 when half did; NaN when nobody did. A plain
        float for scalar input.

    Raises
    ------
    StatisticsError
        If a share is outside 0-1.
    """
    share = _shares(share_kept, "share_kept")
    density = stats.norm.pdf(stats.norm.ppf(share))
    values = density / np.where(share > 0, share, np.nan)
    return float(values) if values.ndim == 0 else values


def selection_bias(share_kept: ArrayLike, rho: ArrayLike) -> Any:
    """Bias of the mean of those who answered, in SDs of the outcome among all.

    Parameters
    ----------
    share_kept : float or array_like
        0-1.
    rho : float or array_like
        Correlation of the outcome with the inclination to answer, -1 to 1.

    Returns
    -------
    float or ndarray of float
        ``rho lambda(share_kept)``, with the sign of rho: positive when those with high values answered.

    Raises
    ------
    StatisticsError
        If a share is outside 0-1 or a correlation outside -1 to 1, or they are of different lengths above one.

    Notes
    -----
    Outcome and inclination to answer jointly normal (Heckman's model, as in Deke & Chiang 2017, Evaluation
    Review).

    Examples
    --------
    When half answered lambda is .798: a correlation of .45 gives a bias of .36 SD.

    >>> from isu_analysis import statistics as st
    >>> round(st.selection_bias(0.5, 0.45), 3), st.selection_bias(1.0, 0.45)
    (0.359, 0.0)
    """
    correlation, mills = _correlations(rho), np.asarray(inverse_mills(share_kept))
    _check_same_length(mills, correlation, "share_kept", "rho")
    bias = correlation * mills
    return float(bias) if np.ndim(bias) == 0 else bias


def selection_variance_ratio(share_kept: ArrayLike, rho: ArrayLike) -> Any:
    """Variance of the outcome among those who answered over that among all.

    Parameters
    ----------
    share_kept, rho
        As in `selection_bias`.

    Returns
    -------
    float or ndarray of float
        ``1 - rho^2 lambda (lambda + Phi^-1(share_kept))``, 0-1.

    Raises
    ------
    StatisticsError
        As in `selection_bias`.
    """
    share, correlation = _shares(share_kept, "share_kept"), _correlations(rho)
    _check_same_length(share, correlation, "share_kept", "rho")
    mills = np.asarray(inverse_mills(share))
    # When everyone answered the inclination's quantile is infinite and lambda 0: nothing is cut off.
    quantile = np.where(share < 1, stats.norm.ppf(share), 0.0)
    ratio = 1 - correlation**2 * mills * (mills + quantile)
    return float(ratio) if ratio.ndim == 0 else ratio


def selection_curve(
    kept: ArrayLike,
    of: ArrayLike,
    rhos: ArrayLike = (OPTIMISTIC_RHO, CAUTIOUS_RHO),
    *,
    outcome_sd: float | None = None,
    level: float = 0.95,
) -> pd.DataFrame:
    """Bias of the mean of those who answered, by share kept and strength of selection.

    Parameters
    ----------
    kept, of : int or array_like of int, shape (s,)
        How many answered, of how many; one or several units or waves.
    rhos : array_like, shape (r,)
        Correlations of the outcome with the inclination to answer, -1 to 1. Default: the two of the What
        Works Clearinghouse; add `StartSelection.rho` for the unit's own.
    outcome_sd : float, optional
        SD of the outcome among all, in points, above 0: gives the bias in points too.
    level : float
        Confidence level of the Wilson interval of the share kept, 0-1.

    Returns
    -------
    DataFrame
        One row a share and rho: n, of, share_kept, low, high, inverse_mills, rho, source (of the two
        default values; otherwise ""), bias_sd (absolute value: which way is not known from rho's source),
        bias_points (NaN without outcome_sd). NaN where nobody answered.

    Raises
    ------
    StatisticsError
        If counts are missing, of different lengths above one or not whole numbers with kept <= of, a rho is
        outside -1 to 1, or outcome_sd is not above 0.

    Examples
    --------
    Twenty of forty people answered; their scores have a standard deviation of 8 points.

    >>> from isu_analysis import statistics as st
    >>> st.selection_curve(20, 40, outcome_sd=8)[["share_kept", "rho", "bias_sd", "bias_points"]].round(2)
       share_kept   rho  bias_sd  bias_points
    0         0.5  0.27     0.22         1.72
    1         0.5  0.45     0.36         2.87
    """
    n, total = _counts(kept, "kept"), _counts(of, "of")
    _check_same_length(n, total, "kept", "of")
    n, total = np.broadcast_arrays(n, total)
    low, high = wilson(n, total, level)
    correlations = np.atleast_1d(_correlations(rhos))
    if outcome_sd is not None and not (np.isfinite(outcome_sd) and outcome_sd > 0):
        raise StatisticsError("Argumentet outcome_sd: ska vara ett tal större än 0.")
    share = n / np.where(total > 0, total, np.nan)
    rows = pd.DataFrame(
        {"n": n, "of": total, "share_kept": share, "low": low, "high": high, "inverse_mills": inverse_mills(share)}
    )
    frame = rows.merge(pd.DataFrame({"rho": correlations}), how="cross")
    size = np.abs(frame["rho"]) * frame["inverse_mills"]
    return frame.assign(
        source=[SOURCES.get(float(rho), "") for rho in frame["rho"]],
        bias_sd=size,
        bias_points=size * (np.nan if outcome_sd is None else outcome_sd),
    )


def start_selection(pre: ArrayLike, post: ArrayLike) -> StartSelection:
    """Calibrate the selection model on the start values: how those measured again were selected.

    Parameters
    ----------
    pre : array_like, shape (n,)
        Start values in points, none missing.
    post : array_like, shape (n,)
        End values; NaN = lost. Only whether they are missing is used.

    Returns
    -------
    StartSelection

    Raises
    ------
    StatisticsError
        If lengths or indexes differ, a start value is missing, or a value is not a finite number.

    Notes
    -----
    ``rho = (mean_kept - mean_all) / (start_sd lambda(P))``. It says how loss went with the start value; loss
    can go more, or less, with what was not measured.

    Examples
    --------
    Those measured again started 1 point lower than all did.

    >>> from isu_analysis import statistics as st
    >>> start = [14, 16, 18, 20, 22, 24, 16, 18, 20, 22, 24, 26]
    >>> found = st.start_selection(start, [10, 12, 15, 15, 18, 19, None, None, None, None, None, None])
    >>> found.mean_kept, found.mean_all, round(found.rho, 2)
    (19.0, 20.0, -0.34)
    """
    x, y = started(pre, post)
    kept = ~np.isnan(y)
    n_kept = int(kept.sum())
    sd = float(x.std(ddof=1)) if x.size > 1 else np.nan
    reason = "nobody_kept" if n_kept == 0 else "nobody_lost" if n_kept == x.size else ""
    if not reason and np.ptp(x) <= NO_SPREAD * np.abs(x).max():
        reason = "zero_sd"
    mean_kept = float(x[kept].mean()) if n_kept else np.nan
    mills = inverse_mills(n_kept / x.size)
    rho = np.nan if reason else float((mean_kept - x.mean()) / (sd * mills))
    if abs(rho) > 1:
        reason = "outside_model"
    return StartSelection(n_kept, x.size, mean_kept, float(x.mean()), sd, mills, rho, reason)


def _shares(values: ArrayLike, name: str) -> Floats:
    shares = _numbers(values, name)
    if ((shares < 0) | (shares > 1)).any():
        raise StatisticsError(f"Argumentet {name}: ska vara mellan 0 och 1.")
    return shares


def _counts(values: ArrayLike, name: str) -> Any:
    """Return counts as a column, in the type they came; whole and in order is for `wilson` to say."""
    if np.isnan(_numbers(values, name)).any():
        raise StatisticsError(f"Argumentet {name}: saknar värden. Tillåtet: ett antal på varje rad.")
    return np.atleast_1d(np.asarray(values))


def _check_same_length(first: Any, second: Any, first_name: str, second_name: str) -> None:
    try:
        np.broadcast_shapes(first.shape, second.shape)
    except ValueError:
        raise StatisticsError(
            f"Argumenten {first_name} och {second_name}: är olika långa. Tillåtet: lika många, eller ett enda tal."
        ) from None


def _correlations(rho: ArrayLike) -> Floats:
    values = _numbers(rho, "rho")
    if not (np.abs(values) <= 1).all():
        raise StatisticsError("Argumentet rho: ska vara mellan -1 och 1, utan tomma värden.")
    return values


def _numbers(values: ArrayLike, name: str) -> Floats:
    """Return one number, or a column of them, as floats of the same shape."""
    return vector(np.atleast_1d(np.asarray(values)), name).reshape(np.shape(values))
