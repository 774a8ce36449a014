"""Logistic regression, by maximum likelihood or with Firth's bias reduction, of one or many outcomes at once.

Our own, because statsmodels has no bias-reduced logistic regression, warns where an estimate does not exist, and
fits one outcome at a time; maximum likelihood is the same code without the penalty, and is tested against it.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from scipy import linalg, optimize, special

from isu_analysis.statistics.arguments import Floats

TOLERANCE = 1e-11  # largest step of a coefficient at the solution, per standard deviation of its column
PROFILE_TOLERANCE = 1e-6  # the same on the way to a limit: a likelihood is flat at its top, so this gives it to 1e-12
MOST_STEPS = 200
LONGEST_STEP = 5.0  # no coefficient moves further in one step, so that a far-off start cannot overflow
MOST_HALVINGS = 12
SEPARATING = 1e-4  # far above the solver's slack (1e-7 a row), far below what separation gives in a box of +-1
MOST_STEPS_BEFORE_PROGRAMME = 15
STAGES = (1, 4, 16)  # on the way to a point of a profile: in one leap, else in so many smaller ones


class State(NamedTuple):
    """Where a climb stands: one row an outcome."""

    objective: Floats  # shape (b,), log likelihood, with Firth's penalty where it is used
    score: Floats  # shape (b, k)
    information: Floats  # shape (b, k, k)
    curvature: Floats  # shape (b, k, k), what a step is divided by


class Fit(NamedTuple):
    """Where a climb ended: one row an outcome, coefficients of the standardised columns."""

    coefficients: Floats  # shape (b, k)
    state: State
    converged: bool


class Logistic:
    """A logistic model of one or many outcomes on the same columns.

    Parameters
    ----------
    columns : ndarray of float, shape (n, p)
        Without intercept; every column varies.
    outcomes : ndarray of float, shape (b, n)
        0 or 1, one row an outcome.
    bias_reduced : bool
        Firth (1993): the score of maximum likelihood plus ``h (1/2 - p) x`` a person, h the leverage; the
        log likelihood plus half the log determinant of the information. Finite under separation.

    Attributes
    ----------
    rows : ndarray of float, shape (n, k)
        Intercept and standardised columns, k = p + 1. The fits do not depend on the units.
    back : ndarray of float, shape (k, k)
        ``back @ coefficients`` are the coefficients in the columns' own units, intercept first.
    """

    def __init__(self, columns: Floats, outcomes: Floats, *, bias_reduced: bool) -> None:
        mean, sd = columns.mean(axis=0), columns.std(axis=0)
        self.rows: Floats = np.column_stack([np.ones(len(columns)), (columns - mean) / sd])
        self.back: Floats = np.diag(np.concatenate([[1.0], 1 / sd]))
        self.back[0, 1:] = -mean / sd
        self.outcomes = outcomes
        self.bias_reduced = bias_reduced
        self._products = (self.rows[:, :, np.newaxis] * self.rows[:, np.newaxis, :]).reshape(len(columns), -1)

    @property
    def size(self) -> int:
        """Number of coefficients, with the intercept."""
        return int(self.rows.shape[1])

    def start(self) -> Floats:
        """Coefficients that only know each outcome's share (half a person added, so that it is finite)."""
        coefficients = np.zeros((len(self.outcomes), self.size))
        n = self.outcomes.shape[1]
        coefficients[:, 0] = special.logit((self.outcomes.sum(axis=1) + 0.5) / (n + 1))
        return coefficients

    def probabilities(self, coefficients: Floats) -> Floats:
        """Return the fitted probabilities, shape (b, n)."""
        return np.asarray(special.expit(coefficients @ self.rows.T))

    def state(self, coefficients: Floats) -> State:
        """Return objective, score and information at the coefficients."""
        b, k = coefficients.shape
        logit = coefficients @ self.rows.T
        p, weight = special.expit(logit), special.expit(logit) * special.expit(-logit)
        information = (weight @ self._products).reshape(b, k, k)
        objective = (self.outcomes * logit - np.logaddexp(0, logit)).sum(axis=1)
        pull = self.outcomes - p
        if not self.bias_reduced:
            return State(objective, pull @ self.rows, information, information)
        leverage = weight * (np.linalg.inv(information).reshape(b, -1) @ self._products.T)
        pull = pull + leverage * (0.5 - p)
        # With the leverages held still, a person counts 1 + h times. Divided by the information alone, a step
        # overshoots where one person is a level of their own (h = 1), and swings for ever.
        curvature = ((1 + leverage) * weight @ self._products).reshape(b, k, k)
        return State(objective + np.linalg.slogdet(information)[1] / 2, pull @ self.rows, information, curvature)

    def climb(
        self, start: Floats, free: Floats | None = None, *, tolerance: float = TOLERANCE, most_steps: int = MOST_STEPS
    ) -> Fit:
        """Maximise the objective from a start.

        Parameters
        ----------
        start : ndarray of float, shape (b, k)
        free : ndarray of float, shape (k, m), optional
            Directions the coefficients may move in, as orthonormal columns; all when not given. The penalty
            remains that of all coefficients (profile penalised likelihood; Heinze & Schemper 2002; from memory,
            not verified).
        tolerance, most_steps
            When to stop.
        """
        directions = np.eye(self.size) if free is None else free
        coefficients, state, small = start, self.state(start), False
        for _ in range(most_steps):
            step = _step(state, directions)
            small = bool(np.abs(step).max(initial=0) < tolerance)
            if small:
                break
            coefficients, state = self._forward(coefficients, np.clip(step, -LONGEST_STEP, LONGEST_STEP), state)
        return Fit(coefficients, state, small)

    def _forward(self, coefficients: Floats, step: Floats, state: State) -> tuple[Floats, State]:
        """Take a step, halved for those outcomes whose objective it would lower."""
        slack = 1e-10 * (1 + np.abs(state.objective))
        moved = state
        for _ in range(MOST_HALVINGS):
            moved = self.state(coefficients + step)
            lower = moved.objective < state.objective - slack
            if not lower.any():
                break
            step = np.where(lower[:, np.newaxis], step / 2, step)
        return coefficients + step, moved

    def fit(self) -> Fit:
        """Maximise the objective over all coefficients."""
        return self.climb(self.start())

    def fit_null(self) -> Fit:
        """Maximise the objective with all slopes at zero."""
        return self.climb(self.start(), np.eye(self.size)[:, :1])

    def covariance(self, fit: Fit) -> Floats:
        """Inverse information of the first outcome's coefficients, in the columns' own units."""
        return np.asarray(self.back @ np.linalg.inv(fit.state.information[0]) @ self.back.T)


def _step(state: State, directions: Floats) -> Floats:
    curvature = directions.T @ state.curvature @ directions
    pull = (state.score @ directions)[:, :, np.newaxis]
    return np.asarray(np.linalg.solve(curvature, pull)[:, :, 0] @ directions.T)


class Profile:
    """Profile likelihood of one coefficient (in its own unit) of a fitted model with one outcome."""

    def __init__(self, model: Logistic, fit: Fit, index: int) -> None:
        self.model: Logistic = model
        self.best: Fit = fit
        self.contrast: Floats = model.back[index]
        self.free: Floats = linalg.null_space(self.contrast[np.newaxis, :])
        self.estimate: float = float(self.contrast @ fit.coefficients[0])
        towards = np.linalg.solve(fit.state.information[0], self.contrast)
        variance = float(self.contrast @ towards)
        self.se: float = float(np.sqrt(variance))
        self._towards = towards / variance
        self._known = [(self.estimate, fit.coefficients)]
        self.converged: bool = True

    def signed_root(self, value: float) -> float:
        """Square root of twice the drop of the objective at a value, with the sign of ``value - estimate``."""
        fit = self._climb_to(value)
        if fit.converged:
            self._known.append((value, fit.coefficients))
        self.converged &= fit.converged
        drop = float(self.best.state.objective[0] - fit.state.objective[0])
        return float(np.copysign(np.sqrt(2 * max(drop, 0.0)), value - self.estimate))

    def _climb_to(self, value: float) -> Fit:
        """Climb with the coefficient held at a value, from the nearest value at which a climb ended.

        A climb that starts where another one ran off ends there too: under separation a leap can be too long.
        """
        nearest, known = min(self._known, key=lambda point: abs(point[0] - value))
        fit = Fit(known, self.best.state, converged=False)
        for stages in STAGES:
            before, coefficients = nearest, known
            for held in np.linspace(nearest, value, stages + 1)[1:]:
                start = coefficients + (held - before) * self._towards
                fit = self.model.climb(start, self.free, tolerance=PROFILE_TOLERANCE)
                before, coefficients = held, fit.coefficients
                if not fit.converged:
                    break
            if fit.converged:
                break
        return fit

    def limit(self, signed_z: float) -> float:
        """Return the value at which the signed root is z; NaN when it is never reached or nothing converged."""
        near, far = self.estimate, self.estimate + signed_z * self.se
        self.converged = True  # what ended badly on the other side says nothing about this one
        while abs(self.signed_root(far)) < abs(signed_z):
            near, far = far, self.estimate + 2 * (far - self.estimate)
            if not self.converged or abs(far - self.estimate) > 1e3 * abs(signed_z) * self.se:
                return np.nan
        off = [self.signed_root(value) - signed_z for value in (near, far)]
        if not self.converged or np.sign(off[0]) * np.sign(off[1]) > 0:
            return np.nan
        found = optimize.brentq(lambda value: self.signed_root(value) - signed_z, near, far, xtol=1e-9 * self.se)
        return float(found) if self.converged else np.nan


def separated(columns: Floats, outcome: Floats) -> bool:
    """Return whether some combination of columns never errs, so that maximum likelihood has no estimate.

    Parameters
    ----------
    columns : ndarray of float, shape (n, p)
        Without intercept; every column varies.
    outcome : ndarray of float, shape (n,)
        0 or 1.

    Notes
    -----
    Complete or quasi-complete separation, found by linear programming (Konis 2007; from memory, not verified):
    the largest sum of ``s_i x_i'b`` with every ``s_i x_i'b >= 0``, s = +-1, and b within +-1 is above zero. A
    fit that seems to stop by its likelihood is no sign of the contrary. One whose steps vanish is: under
    separation Newton's method moves some log odds by about 1 a step, for ever; so the programme is only solved
    when they do not.
    """
    model = Logistic(columns, outcome[np.newaxis], bias_reduced=False)
    fit = model.climb(model.start(), most_steps=MOST_STEPS_BEFORE_PROGRAMME)
    if fit.converged:
        return False
    rows = np.unique(model.rows * (2 * outcome - 1)[:, np.newaxis], axis=0)
    found = optimize.linprog(-rows.sum(axis=0), A_ub=-rows, b_ub=np.zeros(len(rows)), bounds=(-1, 1))
    return bool((rows @ found.x).max() > SEPARATING)
