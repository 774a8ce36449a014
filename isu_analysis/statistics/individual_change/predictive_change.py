"""The minimal important change by logistic regression on people's own judgement of how they changed."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy import stats
from statsmodels.discrete.discrete_model import Logit

from isu_analysis.statistics.arguments import Flags, Floats, check_direction, check_level, check_reliability
from isu_analysis.statistics.individual_change.anchor_thresholds import judged_gains, varies
from isu_analysis.statistics.results import one_row

MOST_STEPS = 100


@dataclass(frozen=True)
class PredictiveMic:
    """Minimal important change by logistic regression of "improved" on the improvement.

    Attributes
    ----------
    n_improved, of : int
        People who say they improved, of those with both scores and an answer.
    level : float
        Confidence level.
    mic, mic_low, mic_high : float
        Points, positive = better: the improvement at which the chance of being improved equals the share
        improved in the group.
    adjusted, adjusted_low, adjusted_high : float
        The same, adjusted for a share improved other than one half.
    adjustment : str
        "terluin_2017", or "terluin_2022" when the anchor's reliability is given.
    correlation : float
        Between improvement and anchor; below about 0.3 to 0.5 an anchor is commonly held too weak (from memory,
        not verified).
    reason : str
        "" when computed; "one_outcome", "zero_sd" (no variation in the change), "separation" (a change
        separates the improved completely), "wrong_direction" (those improved changed less), "not_converged".
    """

    n_improved: int
    of: int
    level: float
    mic: float = np.nan
    mic_low: float = np.nan
    mic_high: float = np.nan
    adjusted: float = np.nan
    adjusted_low: float = np.nan
    adjusted_high: float = np.nan
    adjustment: str = ""
    correlation: float = np.nan
    reason: str = ""

    def to_frame(self) -> pd.DataFrame:
        """Return the fields as a frame with one row."""
        return one_row(self)


def predictive_mic(
    pre: ArrayLike,
    post: ArrayLike,
    improved: ArrayLike,
    *,
    higher_is_better: bool,
    transition_reliability: float | None = None,
    level: float = 0.95,
) -> PredictiveMic:
    """Return the predictive minimal important change, plain and adjusted for the share improved.

    Parameters
    ----------
    pre, post : array_like, shape (n,)
        Start and end scores, one row a person.
    improved : array_like of bool, shape (n,)
        Who says they improved (at least a little). Rows lacking anything are left out.
    higher_is_better : bool
        Direction of the scale.
    transition_reliability : float, optional
        Reliability of the answer "improved", (0, 1]: gives the adjustment of 2022 instead of that of 2017.
    level : float
        Confidence level, 0-1.

    Returns
    -------
    PredictiveMic

    Raises
    ------
    StatisticsError
        If lengths or indexes differ, a score is not a finite number, a flag is not true or false, or a number
        is out of range.

    Notes
    -----
    ``ln(p/(1-p)) = a + b gain``; ``mic = (L - a)/b`` with L the log odds of the share improved; adjusted: ``mic -
    (0.090 + 0.103 r) SD L`` (Terluin et al. 2017, J Clin Epidemiol 83:90), or ``mic - (0.8/rel - 0.5) r SD L``
    (Terluin et al. 2022, J Clin Epidemiol 148:48), with r the correlation and SD that of the change. Both read in
    the source of the R package MIC, not in the articles. Intervals by the influence of each person on the
    estimate (infinitesimal jackknife), normal quantile: without an assumption that the logistic model is right.

    Examples
    --------
    Half of the ten say they improved, so the adjustment for the share improved changes nothing.

    >>> from isu_analysis import statistics as st
    >>> start = [14, 17, 12, 20, 16, 11, 18, 15, 13, 19]
    >>> end = [10, 15, 12, 14, 13, 9, 15, 16, 9, 19]
    >>> improved = [True, True, False, True, True, False, True, False, False, False]
    >>> found = st.predictive_mic(start, end, improved, higher_is_better=False)
    >>> round(found.mic, 2), round(found.adjusted, 2)
    (2.35, 2.35)
    >>> round(found.mic_low, 1), round(found.mic_high, 1), round(found.correlation, 2)
    (1.3, 3.4, 0.63)
    """
    check_direction(higher_is_better)
    check_level(level)
    if transition_reliability is not None:
        check_reliability(transition_reliability)
    gain, better = judged_gains(pre, post, improved, "improved", higher_is_better)
    counts = (int(better.sum()), gain.size)
    reason = _cannot_fit(gain, better)
    if reason:
        return PredictiveMic(*counts, level, reason=reason)
    y = better.astype(float)
    # Any shift and scale give the same answer; standardised, the iterations converge whatever the units.
    centre, spread = float(gain.mean()), float(gain.std(ddof=1))
    fit = _logistic((gain - centre) / spread, y)
    if fit is None:
        return PredictiveMic(*counts, level, reason="not_converged")
    (a, b), influence_a, influence_b = fit
    if b <= 0:
        return PredictiveMic(*counts, level, reason="wrong_direction")
    q = y.mean()
    log_odds, influence_l = np.log(q / (1 - q)), (y - q) / (q * (1 - q))
    mic = (log_odds - a) / b
    influence = (influence_l - influence_a - mic * influence_b) / b
    shift, influence_shift, r = _shift(gain, y, (log_odds, influence_l), transition_reliability)
    plain = _interval(centre + spread * mic, spread * influence, level)
    adjusted = _interval(plain[0] - spread * shift, spread * (influence - influence_shift), level)
    name = "terluin_2017" if transition_reliability is None else "terluin_2022"
    return PredictiveMic(*counts, level, *plain, *adjusted, name, r)


def _cannot_fit(gain: Floats, better: Flags) -> str:
    """Say why the logistic regression has no finite answer."""
    if better.all() or not better.any():
        return "one_outcome"
    if not varies(gain):
        return "zero_sd"
    apart = gain[better].min() >= gain[~better].max() or gain[better].max() <= gain[~better].min()
    return "separation" if apart else ""


def _logistic(x: Floats, y: Floats) -> tuple[tuple[float, float], Floats, Floats] | None:
    """Return intercept and slope, and each person's influence on them (n times the change of the estimate)."""
    design = np.column_stack([np.ones(x.size), x])
    fit = Logit(y, design).fit(disp=0, maxiter=MOST_STEPS, warn_convergence=False)
    if not fit.mle_retvals["converged"]:
        return None
    influence = (design * (y - fit.predict())[:, None]) @ fit.normalized_cov_params * x.size
    return (float(fit.params[0]), float(fit.params[1])), influence[:, 0], influence[:, 1]


def _shift(
    gain: Floats, y: Floats, log_odds: tuple[float, Floats], reliability: float | None
) -> tuple[float, Floats, float]:
    """Return the adjustment in SDs of the change, each person's influence on it, and the correlation."""
    x, z = (gain - gain.mean()) / gain.std(), (y - y.mean()) / y.std()
    r = float((x * z).mean())
    influence_r = x * z - r * (x**2 + z**2) / 2
    constant, slope = (0.090, 0.103) if reliability is None else (0.0, 0.8 / reliability - 0.5)
    weight, (odds, influence_odds) = constant + slope * r, log_odds
    influence = odds * slope * influence_r + weight * influence_odds + weight * odds * (x**2 - 1) / 2
    return weight * odds, influence, r


def _interval(estimate: float, influence: Floats, level: float) -> tuple[float, float, float]:
    half = stats.norm.ppf((1 + level) / 2) * np.sqrt((influence**2).sum()) / influence.size
    return float(estimate), float(estimate - half), float(estimate + half)
