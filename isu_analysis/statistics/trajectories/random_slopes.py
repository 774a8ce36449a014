"""How a group changes over several occasions, and how differently its people do: random intercept and slope."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy import stats

from isu_analysis.statistics.arguments import Floats, check_direction, check_level
from isu_analysis.statistics.results import one_row
from isu_analysis.statistics.trajectories.lines_likelihood import (
    LineModel,
    boundary,
    fit_lines,
    predicted_slopes,
    slope_reliability,
)
from isu_analysis.statistics.trajectories.mixed_likelihood import log_variance_error, se_and_df
from isu_analysis.statistics.trajectories.occasions import Occasions, lines, long_form, wide_form

# This project's convention: the residual variance comes from people with three or more occasions alone.
MINIMUM_PEOPLE = 5
OCCASIONS_FOR_RESIDUAL = 3
# Residuals of people on exact lines differ from zero in the last binary digits only.
NO_RESIDUAL = 1e-10


@dataclass(frozen=True, eq=False)
class RandomSlopes:
    """The random intercept and slope model of a group: a result about the group, never about one person.

    No category of a person may come from here: with a mean slope of .5 SD and an SD of slopes of .2, people who
    did not change were "reliably improved" by this model in 28 % (four waves, reliability .8) to 70 % of cases
    (three waves, reliability .3), by the reliable trend index always in 2.5 % (`reliable_trend`).

    Attributes
    ----------
    n_given : int
        People given.
    n : int
        People measured at least once: the people of the model.
    n_rows : int
        Measurements used.
    n_measured_once : int
        People with one measurement: they inform the intercept only.
    n_measured_thrice : int
        People with three measurements or more: the residual variance comes from them.
    rows_without_score, rows_without_time : int
        Rows left out.
    higher_is_better : bool
        Direction of the scale.
    level : float
        Confidence level.
    reason : str
        "" when all is computed. All NaN: "too_few_people" (fewer than 5 measured twice), "too_few_occasions"
        (fewer than 5 measured three times), "zero_residual" (everyone on an exact line), "not_converged".
        The model is there but singular, so that intervals of SDs and shares and the correlation are not:
        "zero_slope_variance", "zero_intercept_variance", "perfect_correlation".
    mean_intercept, mean_intercept_se : float
        Mean score at time 0, and its standard error.
    mean_intercept_low, mean_intercept_high, mean_intercept_df : float
        t interval; Satterthwaite's degrees of freedom.
    mean_slope, mean_slope_se, mean_slope_low, mean_slope_high, mean_slope_df : float
        Mean change per unit of time, in points, likewise.
    sd_intercept, sd_slope, sd_residual : float
        Standard deviations between people of the level at time 0 and of the slope, and within people.
    sd_slope_low, sd_slope_high : float
        Wald interval on the log scale; NaN when singular.
    correlation : float
        Of intercept and slope; it depends on where time is 0. -1 or 1 with "perfect_correlation".
    reml_criterion : float
        Minus twice the restricted log likelihood, on the time scale given.
    slope_reliability : float
        0-1, mean over the people measured twice or more of ``sd_slope^2 / (sd_slope^2 + sd_residual^2 / Sxx)``:
        how much of the differences between people's own lines is differences between people.
    share_better, share_better_low, share_better_high : float
        Share of slopes in the better direction *if slopes are normally distributed*; not a count of people.
        It speaks of as many people as ``n``. Delta method on the probit scale.
    research_people : ndarray, shape (n_given,)
        Labels of the rows of the next two. Never in ``repr``.
    research_shrunken_slopes : ndarray, shape (n_given,)
        Empirical Bayes slope of each person (mean slope + own deviation, shrunken towards the mean), NaN for
        people never measured. For plots of a group and method research. NOT a measure of one person's change:
        it borrows the group's. Never in ``repr``.
    research_shrunken_slope_errors : ndarray, shape (n_given,)
        Root of the prediction error variance of those, with the uncertainty of the mean slope. Never in
        ``repr``.
    """

    n_given: int
    n: int
    n_rows: int
    n_measured_once: int
    n_measured_thrice: int
    rows_without_score: int
    rows_without_time: int
    higher_is_better: bool
    level: float
    reason: str = ""
    mean_intercept: float = np.nan
    mean_intercept_se: float = np.nan
    mean_intercept_low: float = np.nan
    mean_intercept_high: float = np.nan
    mean_intercept_df: float = np.nan
    mean_slope: float = np.nan
    mean_slope_se: float = np.nan
    mean_slope_low: float = np.nan
    mean_slope_high: float = np.nan
    mean_slope_df: float = np.nan
    sd_intercept: float = np.nan
    sd_slope: float = np.nan
    sd_slope_low: float = np.nan
    sd_slope_high: float = np.nan
    sd_residual: float = np.nan
    correlation: float = np.nan
    reml_criterion: float = np.nan
    slope_reliability: float = np.nan
    share_better: float = np.nan
    share_better_low: float = np.nan
    share_better_high: float = np.nan
    research_people: NDArray[np.object_] = field(default_factory=lambda: np.array([], object), repr=False)
    research_shrunken_slopes: Floats = field(default_factory=lambda: np.array([]), repr=False)
    research_shrunken_slope_errors: Floats = field(default_factory=lambda: np.array([]), repr=False)

    def to_frame(self) -> pd.DataFrame:
        """Return the group's fields as a frame with one row; nothing a person."""
        frame = one_row(self)
        return frame[[name for name in frame.columns if not name.startswith("research_")]]


def random_slopes(
    person: ArrayLike, time: ArrayLike, score: ArrayLike, *, higher_is_better: bool, level: float = 0.95
) -> RandomSlopes:
    """Fit a random intercept and slope to measurements given one a row, at any times.

    Parameters
    ----------
    person : array_like, shape (n_rows,)
        Labels, none missing. The order of rows does not matter.
    time : array_like, shape (n_rows,)
        When, in a unit of your choice; a row with a score but no time is left out and counted.
    score : array_like, shape (n_rows,)
        Points; a row without is left out and counted.
    higher_is_better : bool
        Direction of the scale, for ``share_better``.
    level : float
        Confidence level, 0-1.

    Returns
    -------
    RandomSlopes

    Raises
    ------
    StatisticsError
        If lengths or indexes differ, a label is missing, a number is not finite, or a person has two rows
        at one time.

    Notes
    -----
    ``score = (g0 + u0) + (g1 + u1) time + e`` with (u0, u1) normal of any covariance and independent normal e,
    by restricted maximum likelihood (Bates, Mächler, Bolker & Walker 2015, J Stat Softw 67:1; from memory, not verified); equal to R's
    lme4, with the degrees of freedom of lmerTest. Missing occasions are ignorable only if what was measured
    explains them. Shrunken slopes by Henderson's equations: with ``A = Z'Z`` and ``P = G (I + A G)^-1``,
    ``Var = (I - P A) V_g (I - P A)' + variance P``.

    Examples
    --------
    >>> from isu_analysis import statistics as st
    >>> person = [name for name in "abcdef" for _ in range(3)]
    >>> month = 6 * [0, 3, 6]
    >>> score = [18, 14, 11, 15, 13, 12, 20, 17, 13, 12, 11, 9, 16, 14, 12, 21, 17, 15]
    >>> found = st.random_slopes(person, month, score, higher_is_better=False)
    >>> found.n, found.reason, round(found.mean_slope, 2)
    (6, '', -0.83)
    >>> round(found.mean_slope_low, 2), round(found.mean_slope_high, 2)
    (-1.17, -0.5)
    """
    check_direction(higher_is_better)
    return _result(long_form(person, time, score), higher_is_better, level)


def random_slopes_of_waves(
    waves: ArrayLike, times: ArrayLike, *, higher_is_better: bool, level: float = 0.95
) -> RandomSlopes:
    """Fit a random intercept and slope to measurements given one column a wave.

    Parameters
    ----------
    waves : array_like, shape (n_given, k), k >= 2
        One row a person, in points; NaN = not measured.
    times : array_like, shape (k,)
        When each wave was, all different.
    higher_is_better, level
        As in `random_slopes`.

    Returns
    -------
    RandomSlopes
        ``research_people`` are the row numbers.

    Raises
    ------
    StatisticsError
        If the scores are not a matrix of finite numbers, or the times not one different number a column.

    Notes
    -----
    As `random_slopes`.

    Examples
    --------
    Everyone measured at every wave: the mean slope is then the mean of the people's own slopes.

    >>> import numpy as np
    >>> from isu_analysis import statistics as st
    >>> waves = np.array([[18, 14, 11], [15, 13, 12], [20, 17, 13], [12, 11, 9], [16, 14, 12], [21, 17, 15]])
    >>> found = st.random_slopes_of_waves(waves, [0, 3, 6], higher_is_better=False)
    >>> round(found.mean_slope, 3), round(float(((waves[:, 2] - waves[:, 0]) / 6).mean()), 3)
    (-0.833, -0.833)
    >>> round(found.sd_slope, 2), round(found.sd_residual, 2)
    (0.3, 0.47)
    """
    check_direction(higher_is_better)
    return _result(wide_form(waves, times), higher_is_better, level)


def _result(occasions: Occasions, higher_is_better: bool, level: float) -> RandomSlopes:
    check_level(level)
    count = occasions.count
    empty = RandomSlopes(
        n_given=occasions.n_given,
        n=int((count > 0).sum()),
        n_rows=occasions.person.size,
        n_measured_once=int((count == 1).sum()),
        n_measured_thrice=int((count >= OCCASIONS_FOR_RESIDUAL).sum()),
        rows_without_score=occasions.rows_without_score,
        rows_without_time=occasions.rows_without_time,
        higher_is_better=higher_is_better,
        level=level,
        research_people=occasions.people,
        research_shrunken_slopes=np.full(occasions.n_given, np.nan),
        research_shrunken_slope_errors=np.full(occasions.n_given, np.nan),
    )
    reason = _unfit(occasions)
    if reason:
        return replace(empty, reason=reason)
    model = fit_lines(occasions)
    return _filled(empty, model) if model.fitted.converged else replace(empty, reason="not_converged")


def _unfit(occasions: Occasions) -> str:
    count = occasions.count
    if (count >= 2).sum() < MINIMUM_PEOPLE:
        return "too_few_people"
    if (count >= OCCASIONS_FOR_RESIDUAL).sum() < MINIMUM_PEOPLE:
        return "too_few_occasions"
    noise = np.sqrt(lines(occasions).residual / occasions.score.size)
    return "zero_residual" if noise <= NO_RESIDUAL * np.abs(occasions.score).max() else ""


def _filled(empty: RandomSlopes, model: LineModel) -> RandomSlopes:
    slopes, errors, _ = predicted_slopes(model)
    singular = boundary(model)
    found = replace(
        empty,
        reason=singular,
        reml_criterion=model.criterion,
        sd_residual=float(np.sqrt(model.fitted.variance)),
        slope_reliability=slope_reliability(model),
        research_shrunken_slopes=slopes,
        research_shrunken_slope_errors=errors,
        **_mean("mean_intercept", model, 0, empty.level),
        **_mean("mean_slope", model, 1, empty.level),
        **_spread(model, singular),
    )
    return found if singular else replace(found, **_spread_uncertainty(found, model))


def _mean(name: str, model: LineModel, effect: int, level: float) -> dict[str, Any]:
    """Return one fixed effect with its t interval."""
    mean = float(model.fixed[effect])
    se, df = se_and_df(model.pooled, model.fitted, model.to_given[effect])
    half = float(stats.t.ppf((1 + level) / 2, df)) * se
    ends = {f"{name}_low": mean - half, f"{name}_high": mean + half}
    return {name: mean, f"{name}_se": se, f"{name}_df": df, **ends}


def _spread(model: LineModel, singular: str) -> dict[str, Any]:
    """Return the standard deviations between people, exactly zero where the model says so."""
    sd_intercept, sd_slope = np.sqrt(np.diag(model.covariance))
    correlation = float(model.covariance[0, 1] / (sd_intercept * sd_slope)) if not singular else np.nan
    if singular == "perfect_correlation":
        correlation = float(np.sign(model.covariance[0, 1]))
    if singular == "zero_slope_variance":
        sd_slope = 0.0
    if singular == "zero_intercept_variance":
        sd_intercept = 0.0
    return {"sd_intercept": float(sd_intercept), "sd_slope": float(sd_slope), "correlation": correlation}


def _spread_uncertainty(found: RandomSlopes, model: LineModel) -> dict[str, Any]:
    """Return the interval of the SD of slopes, and the share in the better direction with its interval."""
    z = float(stats.norm.ppf((1 + found.level) / 2))
    log_error = log_variance_error(model.fitted, 1) / 2
    probit = found.mean_slope / found.sd_slope * (1 if found.higher_is_better else -1)
    error = np.hypot(found.mean_slope_se / found.sd_slope, probit * log_error)
    share, low, high = stats.norm.cdf([probit, probit - z * error, probit + z * error])
    return {
        "sd_slope_low": found.sd_slope * float(np.exp(-z * log_error)),
        "sd_slope_high": found.sd_slope * float(np.exp(z * log_error)),
        "share_better": float(share),
        "share_better_low": float(low),
        "share_better_high": float(high),
    }
