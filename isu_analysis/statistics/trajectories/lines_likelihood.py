"""The mixed model of a straight line for each person: pooling people with like occasions, and what follows."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from isu_analysis.statistics.arguments import Floats
from isu_analysis.statistics.trajectories.mixed_likelihood import Fitted, Pooled, fit
from isu_analysis.statistics.trajectories.occasions import Codes, Occasions, totals

# lme4's tolerance for calling a fit singular, on the factor relative to the residual standard deviation.
SINGULAR_BELOW = 1e-4


@dataclass(frozen=True, eq=False)
class LineModel:
    """A fitted random intercept and slope.

    The fit works on time with mean 0 and SD 1 and on residuals of one common line, so that neither a time
    such as 2024 nor a large score costs digits; the fields here are on the scales given.

    Attributes
    ----------
    pooled, fitted
        On the fit's own scales. Never in ``repr``: a pattern can be one person.
    to_given : ndarray, shape (2, 2)
        Takes an intercept and slope from the fit's time scale to the one given.
    fixed : ndarray, shape (2,)
        Mean intercept and slope.
    covariance : ndarray, shape (2, 2)
        Between people, of intercept and slope.
    criterion : float
        Minus twice the restricted log likelihood.
    pattern : ndarray of int, shape (n_given,)
        Each person's pattern of occasions; -1 for the never measured.
    moments : ndarray, shape (n_given, 2)
        Each person's ``Z'y`` on the fit's scales.
    mean_slope_before : float
        Slope of the common line taken away before the fit, on the fit's time scale.
    """

    pooled: Pooled = field(repr=False)
    fitted: Fitted = field(repr=False)
    to_given: Floats
    fixed: Floats
    covariance: Floats
    criterion: float
    pattern: Codes = field(repr=False)
    moments: Floats = field(repr=False)
    mean_slope_before: float


def fit_lines(occasions: Occasions) -> LineModel:
    """Fit a random intercept and slope by restricted maximum likelihood.

    Parameters
    ----------
    occasions : Occasions
        With people measured three times or more, and not all on exact lines.

    Returns
    -------
    LineModel
        Of an optimum only if ``fitted.converged``.
    """
    centre, scale = occasions.time.mean(), occasions.time.std()
    time = (occasions.time - centre) / scale
    common = np.array([occasions.score.mean(), time @ occasions.score / time.size])
    residual = occasions.score - common[0] - common[1] * time
    pooled, pattern, moments = _pooled(occasions, time, residual)
    fitted = fit(pooled)
    to_given = np.array([[1.0, -centre / scale], [0.0, 1 / scale]])
    return LineModel(
        pooled,
        fitted,
        to_given,
        fixed=to_given @ (common + fitted.solved.fixed),
        covariance=fitted.variance * to_given @ fitted.factor @ fitted.factor.T @ to_given.T,
        # The restricted likelihood depends on the columns' scale: X given = X fitted times a matrix.
        criterion=fitted.criterion + 2 * float(np.log(scale)),
        pattern=pattern,
        moments=moments,
        mean_slope_before=float(common[1]),
    )


def _pooled(occasions: Occasions, time: Floats, score: Floats) -> tuple[Pooled, Codes, Floats]:
    """Return the sums of each pattern (people with equal n, sum of time, sum of squared time)."""
    design = np.column_stack([occasions.count, occasions.sums(time), occasions.sums(time**2)]).astype(float)
    moments = np.column_stack([occasions.sums(score), occasions.sums(time * score)])
    measured = design[:, 0] > 0
    pattern = np.full(occasions.n_given, -1)
    pattern[measured] = pd.DataFrame(design[measured]).groupby([0, 1, 2], sort=False).ngroup().to_numpy()
    groups, first, people = np.unique(pattern[measured], return_index=True, return_counts=True)
    n, first_sum, second_sum = design[measured][first].T
    zz = np.array([[n, first_sum], [first_sum, second_sum]]).transpose(2, 0, 1)

    def summed(values: Floats) -> Floats:
        return totals(pattern[measured], values[measured], groups.size)

    one, two = moments.T
    zy = np.column_stack([summed(one), summed(two)])
    zyyz = np.array([[summed(one * one), summed(one * two)], [summed(one * two), summed(two * two)]])
    pooled = Pooled(
        people.astype(float), zz, zz, zz, zy, zyyz.transpose(2, 0, 1), zy.sum(axis=0), float(score @ score), time.size
    )
    return pooled, pattern, moments


def boundary(model: LineModel) -> str:
    """Return why the covariance of intercept and slope is singular, "" when it is not."""
    factor = model.fitted.factor
    if np.hypot(*factor[1]) < SINGULAR_BELOW:
        return "zero_slope_variance"
    if min(abs(factor[0, 0]), abs(factor[1, 1])) >= SINGULAR_BELOW:
        return ""
    no_intercept = np.sqrt(model.covariance[0, 0] / model.fitted.variance) < SINGULAR_BELOW
    return "zero_intercept_variance" if no_intercept else "perfect_correlation"


def predicted_slopes(model: LineModel) -> tuple[Floats, Floats, Floats]:
    """Return each person's shrunken total slope, its prediction error and its conditional SD.

    Parameters
    ----------
    model : LineModel

    Returns
    -------
    (ndarray, ndarray, ndarray), each shape (n_given,)
        Points per unit of time; NaN for people never measured. The prediction error holds the uncertainty of
        the mean slope and belongs to the total slope; the conditional SD takes the mean as known.
    """
    pooled, fitted = model.pooled, model.fitted
    relative = fitted.factor @ fitted.factor.T
    shrink = relative @ fitted.solved.k
    kept = np.eye(2) - shrink @ pooled.zz
    means = fitted.variance * np.linalg.inv(fitted.solved.information)
    conditional = fitted.variance * shrink
    errors = kept @ means @ np.swapaxes(kept, 1, 2) + conditional
    residual = model.moments - (pooled.zx @ fitted.solved.fixed)[model.pattern]
    deviation = np.einsum("nr,nr->n", shrink[model.pattern, 1], residual)
    total = model.mean_slope_before + fitted.solved.fixed[1] + deviation
    scale = np.where(model.pattern >= 0, model.to_given[1, 1], np.nan)
    spread = np.sqrt([errors[:, 1, 1], conditional[:, 1, 1]])[:, model.pattern]
    return total * scale, spread[0] * scale, spread[1] * scale


def slope_reliability(model: LineModel) -> float:
    """Return the mean, over people measured twice or more, of the share of true in observed slope variance."""
    pooled = model.pooled
    n, total, squares = pooled.zz[:, 0, 0], pooled.zz[:, 0, 1], pooled.zz[:, 1, 1]
    spread = np.where(n >= 2, squares - total**2 / n, 0.0)
    between = model.fitted.factor[1] @ model.fitted.factor[1]
    weights = pooled.people * (n >= 2)
    return float(weights @ (between * spread / (1 + between * spread)) / weights.sum())
