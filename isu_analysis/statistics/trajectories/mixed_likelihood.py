"""Restricted likelihood of a linear mixed model, from sums over people who share their occasions.

One evaluation costs as much as there are different patterns of occasions, however many people there are.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
from scipy import optimize

from isu_analysis.statistics.arguments import Floats

MOST_ITERATIONS = 500
# Newton decrement: twice the criterion (a deviance) left to win. Far below anything that could be printed.
CONVERGED_BELOW = 1e-7
NEWTON_STEPS = 5
# Step of the central differences of the exact gradient, relative to 1 or the parameter.
STEP = 1e-4
# A curvature this small beside the largest is flat: a variance on its boundary, not information.
FLAT = 1e-9
# A residual sum of squares below this, relative to all squares, is lost in rounding; three digits need 1,000 times it.
ROUNDING = float(np.finfo(float).eps)


@dataclass(frozen=True, eq=False)
class Pooled:
    """What the likelihood needs of the data; g patterns, p fixed and q random effects.

    People in one pattern have the same ``X'X``, ``Z'X`` and ``Z'Z``. A pattern can be one person: no sums in ``repr``.

    Attributes
    ----------
    people : ndarray, shape (g,)
        People in each pattern.
    xx, zx, zz : ndarray, shapes (g, p, p), (g, q, p), (g, q, q)
        ``X'X``, ``Z'X`` and ``Z'Z`` of one person in the pattern.
    zy, zyyz : ndarray, shapes (g, q), (g, q, q)
        Sums over the pattern's people of ``Z'y`` and of ``(Z'y)(Z'y)'``.
    xy : ndarray, shape (p,)
        Sum over everyone of ``X'y``.
    yy : float
        Sum over everyone of ``y'y``. Let y be residuals of ordinary least squares, or digits are lost.
    rows : int
        Measurements.
    """

    people: Floats = field(repr=False)
    xx: Floats = field(repr=False)
    zx: Floats = field(repr=False)
    zz: Floats = field(repr=False)
    zy: Floats = field(repr=False)
    zyyz: Floats = field(repr=False)
    xy: Floats = field(repr=False)
    yy: float = field(repr=False)
    rows: int

    @property
    def df(self) -> int:
        """Measurements less fixed effects."""
        return self.rows - self.xy.size


class Solved(NamedTuple):
    """The likelihood's pieces at given relative covariances of the random effects."""

    k: Floats  # (I + Z'Z G)^-1 of each pattern
    zvx: Floats  # Z'V^-1 X of each pattern
    information: Floats  # sum of X'V^-1 X
    fixed: Floats  # generalised least squares
    squares: float  # weighted residual sum of squares
    log_determinants: float

    def __repr__(self) -> str:
        return "Solved(...)"  # the patterns' matrices can be one person's


class Fitted(NamedTuple):
    """The optimum.

    ``factor`` is the lower triangular root of the random effects' covariance relative to ``variance``, the
    residual variance. ``curvature`` is the inverse of the Hessian of the criterion (minus twice the log
    likelihood) in the factor's lower triangle, row by row, and the log of the residual variance.
    """

    factor: Floats
    variance: float
    criterion: float
    solved: Solved
    curvature: Floats
    converged: bool

    def __repr__(self) -> str:
        return f"Fitted(variance={self.variance}, criterion={self.criterion}, converged={self.converged})"


def solve(pooled: Pooled, factor: Floats) -> Solved:
    """Return generalised least squares when the random effects have covariance ``factor factor'``, relative."""
    relative = factor @ factor.T
    k = np.asarray(np.linalg.inv(np.eye(len(factor)) + pooled.zz @ relative), dtype=float)
    zvx = k @ pooled.zx
    shrink = relative @ k
    each = pooled.xx - np.swapaxes(pooled.zx, 1, 2) @ relative @ zvx
    information = np.asarray(np.tensordot(pooled.people, each, 1), dtype=float)
    moved = (shrink @ pooled.zy[:, :, None])[:, :, 0]
    weighted = pooled.xy - np.tensordot(moved, pooled.zx, 2)
    fixed = np.asarray(np.linalg.solve(information, weighted), dtype=float)
    squares = pooled.yy - (shrink * np.swapaxes(pooled.zyyz, 1, 2)).sum() - fixed @ weighted
    # A difference of sums: near exact lines nothing but rounding is left, which may be below 0 and has no log.
    squares = max(float(squares), ROUNDING * pooled.yy)
    log_determinants = -float(pooled.people @ np.linalg.slogdet(k)[1]) + float(np.linalg.slogdet(information)[1])
    return Solved(k, zvx, information, fixed, squares, log_determinants)


def criterion(pooled: Pooled, solved: Solved, variance: float) -> float:
    """Return minus twice the restricted log likelihood, lme4's "REML criterion"."""
    return float(solved.log_determinants + pooled.df * np.log(2 * np.pi * variance) + solved.squares / variance)


def gradient(pooled: Pooled, solved: Solved, factor: Floats, variance: float) -> Floats:
    """Return the criterion's derivatives in the factor's lower triangle and in the log of the variance.

    With ``V = I + Z G Z'`` and ``G = L L'``: ``d/dG = sum Z'V^-1 Z - Z'V^-1 X (X'V^-1 X)^-1 X'V^-1 Z -
    Z'V^-1 r r'V^-1 Z / variance``, and ``d/dL = 2 (d/dG) L``.
    """
    offset = pooled.zx @ solved.fixed
    cross = pooled.zy[:, :, None] * offset[:, None, :]
    spread = pooled.people[:, None, None] * offset[:, :, None] * offset[:, None, :]
    residuals = pooled.zyyz - cross - np.swapaxes(cross, 1, 2) + spread
    by_covariance = np.tensordot(pooled.people, solved.k @ pooled.zz, 1)
    inverse = np.asarray(np.linalg.inv(solved.information), dtype=float)
    by_covariance -= weighted_outer(pooled, solved, inverse)
    by_covariance -= (solved.k @ residuals @ np.swapaxes(solved.k, 1, 2)).sum(axis=0) / variance
    by_factor = 2 * by_covariance @ factor
    return np.append(by_factor[np.tril_indices(len(factor))], pooled.df - solved.squares / variance)


def weighted_outer(pooled: Pooled, solved: Solved, middle: Floats) -> Floats:
    """Return the sum over people of ``Z'V^-1 X middle X'V^-1 Z``."""
    weighted = pooled.people[:, None, None] * (solved.zvx @ middle)
    return np.tensordot(weighted, solved.zvx, axes=([0, 2], [0, 2]))


def fit(pooled: Pooled, most_iterations: int = MOST_ITERATIONS) -> Fitted:
    """Return the restricted maximum likelihood estimates.

    Parameters
    ----------
    pooled : Pooled
    most_iterations : int
        Of the quasi-Newton search, 1 or more.

    Returns
    -------
    Fitted

    Notes
    -----
    The criterion of Bates, Mächler, Bolker & Walker (2015, J Stat Softw 67:1; from memory, not verified), profiled over fixed effects
    and residual variance; as a function of the factor it is smooth and even across a zero variance, so that
    an unbounded search also finds an optimum on the boundary. Quasi-Newton, then Newton with differences of
    the exact gradient.
    """
    q = pooled.zz.shape[1]

    def profiled(parameters: Floats) -> tuple[float, Floats]:
        factor = _factor(parameters, q)
        solved = solve(pooled, factor)
        variance = solved.squares / pooled.df
        slope = gradient(pooled, solved, factor, variance)[:-1]
        return criterion(pooled, solved, variance) / pooled.rows, slope / pooled.rows

    start = np.eye(q)[np.tril_indices(q)]
    found = optimize.minimize(
        profiled, start, jac=True, method="BFGS", options={"maxiter": most_iterations, "gtol": 1e-9}
    )
    return _polished(pooled, found.x, q)


def _factor(parameters: Floats, q: int) -> Floats:
    factor = np.zeros((q, q))
    factor[np.tril_indices(q)] = parameters
    return factor


def _polished(pooled: Pooled, parameters: Floats, q: int) -> Fitted:
    """Return the optimum near by Newton's method, and whether it is one."""
    squares = solve(pooled, _factor(parameters, q)).squares
    full = np.append(parameters, np.log(squares / pooled.df))
    slope, curvature, is_minimum, decrement = np.zeros_like(full), np.eye(full.size), False, np.inf
    for _ in range(NEWTON_STEPS):
        slope, curvature, is_minimum = _slope_and_curvature(pooled, full, q)
        decrement = float(slope @ curvature @ slope)
        # Far away a Newton step can lead anywhere; it is then not an optimum.
        if decrement < CONVERGED_BELOW or decrement > 1:
            break
        full = full - curvature @ slope
    full = full - curvature @ slope if decrement < CONVERGED_BELOW else full
    factor, variance = _factor(full[:-1], q), float(np.exp(full[-1]))
    solved = solve(pooled, factor)
    is_sure = solved.squares > 1e3 * ROUNDING * pooled.yy
    converged = is_minimum and is_sure and decrement < CONVERGED_BELOW
    return Fitted(factor, variance, criterion(pooled, solved, variance), solved, curvature, converged)


def _slope_and_curvature(pooled: Pooled, full: Floats, q: int) -> tuple[Floats, Floats, bool]:
    """Return the gradient, the inverse Hessian without its flat directions, and whether none points down."""

    def slope(point: Floats) -> Floats:
        factor = _factor(point[:-1], q)
        return gradient(pooled, solve(pooled, factor), factor, float(np.exp(point[-1])))

    steps = STEP * np.maximum(np.abs(full), 1)
    moves = np.diag(steps)
    hessian = np.array([(slope(full + move) - slope(full - move)) for move in moves]) / (2 * steps[:, None])
    values, vectors = np.linalg.eigh((hessian + hessian.T) / 2)
    curved = values > FLAT * np.abs(values).max()
    inverse = (vectors[:, curved] / values[curved]) @ vectors[:, curved].T
    return slope(full), inverse, bool((values > -FLAT * np.abs(values).max()).all())


def se_and_df(pooled: Pooled, fitted: Fitted, contrast: Floats) -> tuple[float, float]:
    """Return the standard error of ``contrast @ fixed`` and Satterthwaite's degrees of freedom.

    Parameters
    ----------
    pooled : Pooled
    fitted : Fitted
    contrast : ndarray, shape (p,)

    Returns
    -------
    (float, float)

    Notes
    -----
    ``df = 2 v^2 / Var(v)`` with v the squared standard error and its variance by the delta method over the
    factor and the residual variance (Satterthwaite 1946; from memory, not verified), as R's lmerTest does.
    """
    weights = np.asarray(np.linalg.solve(fitted.solved.information, contrast), dtype=float)
    variance = fitted.variance * float(contrast @ weights)
    by_covariance = weighted_outer(pooled, fitted.solved, np.outer(weights, weights))
    by_factor = 2 * fitted.variance * by_covariance @ fitted.factor
    slope = np.append(by_factor[np.tril_indices(len(fitted.factor))], variance)
    return float(np.sqrt(variance)), float(variance**2 / (slope @ fitted.curvature @ slope))


def log_variance_error(fitted: Fitted, effect: int) -> float:
    """Return the standard error of the log of one random effect's variance, by the delta method.

    Parameters
    ----------
    fitted : Fitted
        With that variance above zero.
    effect : int
        Which random effect, from 0.

    Returns
    -------
    float
    """
    row = np.zeros_like(fitted.factor)
    row[effect] = 2 * fitted.factor[effect] / (fitted.factor[effect] @ fitted.factor[effect])
    slope = np.append(row[np.tril_indices(len(row))], 1.0)
    return float(np.sqrt(2 * slope @ fitted.curvature @ slope))
