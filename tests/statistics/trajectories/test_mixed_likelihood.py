"""The pooled likelihood against the same likelihood written out with every person's whole covariance matrix."""

import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy import optimize

from isu_analysis.statistics.trajectories.lines_likelihood import fit_lines
from isu_analysis.statistics.trajectories.mixed_likelihood import _polished, criterion, fit, gradient, solve
from isu_analysis.statistics.trajectories.occasions import wide_form

TIMES = np.array([0.0, 1.0, 2.0, 3.0])


def dense_criterion(waves, factor, variance, times):
    """Minus twice the restricted log likelihood of Patterson & Thompson, one block a person."""
    information, weighted, parts = np.zeros((2, 2)), np.zeros(2), []
    for scores in waves:
        seen = ~np.isnan(scores)
        design = np.column_stack([np.ones(seen.sum()), times[seen]])
        covariance = variance * (np.eye(seen.sum()) + design @ factor @ factor.T @ design.T)
        inverse = np.linalg.inv(covariance)
        information += design.T @ inverse @ design
        weighted += design.T @ inverse @ scores[seen]
        parts.append((scores[seen], design, inverse, np.linalg.slogdet(covariance)[1]))
    fixed = np.linalg.solve(information, weighted)
    squares = sum((y - x @ fixed) @ inverse @ (y - x @ fixed) for y, x, inverse, _ in parts)
    n = sum(y.size for y, *_ in parts)
    # The determinant is of X'V^-1 X with V in points, hence its variance.
    return (n - 2) * np.log(2 * np.pi) + sum(one[3] for one in parts) + np.linalg.slogdet(information)[1] + squares


@pytest.fixture
def waves(rng):
    """Every pattern of missing waves, such as {0, 3} beside {1, 2}: as many, the same sum, other squares."""
    scores = 20 + 3 * rng.standard_normal((48, 1)) + rng.standard_normal((48, 1)) * TIMES + rng.standard_normal((48, 4))
    seen = (np.arange(1, 16)[:, None] >> np.arange(4)) & 1
    return np.where(np.vstack([seen, seen, np.ones((18, 4))]) == 1, scores, np.nan)


def test_criterion_and_gradient_equal_the_whole_matrices(waves):
    occasions = wide_form(waves, TIMES)
    model = fit_lines(occasions)
    centred = (TIMES - occasions.time.mean()) / occasions.time.std()
    point = np.array([1.3, -0.4, 0.7, 0.6])

    def dense(at):
        return dense_criterion(waves, np.array([[at[0], 0], [at[1], at[2]]]), np.exp(at[3]), centred)

    factor = np.array([[1.3, 0], [-0.4, 0.7]])
    solved, variance = solve(model.pooled, factor), np.exp(0.6)
    assert_allclose(criterion(model.pooled, solved, variance), dense(point), rtol=1e-10)
    numeric = optimize.approx_fprime(point, dense, 1e-6)
    assert_allclose(gradient(model.pooled, solved, factor, variance), numeric, atol=2e-3)
    assert len(model.pooled.people) == 15


def test_no_other_point_is_better(waves):
    model = fit_lines(wide_form(waves, TIMES))
    scale = wide_form(waves, TIMES).time.std()
    raw = np.linalg.cholesky(model.covariance / model.fitted.variance)
    best = dense_criterion(waves, raw, model.fitted.variance, TIMES)
    assert_allclose(best, model.criterion, rtol=1e-10)
    assert_allclose(best, model.fitted.criterion + 2 * np.log(scale), rtol=1e-10)
    search = optimize.minimize(
        lambda at: dense_criterion(waves, np.array([[at[0], 0], [at[1], at[2]]]), np.exp(at[3]), TIMES),
        [2, 0.1, 0.5, 0.5], method="Nelder-Mead", options={"fatol": 1e-9, "xatol": 1e-6, "maxiter": 4000},
    )  # fmt: skip
    assert best <= search.fun + 1e-7
    assert_allclose(best, search.fun, atol=1e-5)


def test_a_search_that_is_stopped_has_not_converged(rng):
    waves = (
        500 * rng.standard_normal((60, 1)) + 90 * rng.standard_normal((60, 1)) * TIMES + rng.standard_normal((60, 4))
    )
    model = fit_lines(wide_form(waves, TIMES))
    assert model.fitted.converged
    assert not fit(model.pooled, most_iterations=1).converged


def test_a_flat_point_that_is_no_minimum_has_not_converged(waves):
    """Without any variance between people the criterion is level in every direction of the factor, but not lowest."""
    model = fit_lines(wide_form(waves, TIMES))
    assert not _polished(model.pooled, np.zeros(3), 2).converged


@pytest.mark.parametrize("most_iterations", [5, 7, 9, 11])
def test_a_search_stopped_near_the_optimum_is_taken_there(most_iterations):
    """Newton's steps go down to the same lowest point as the whole search finds."""
    draw = np.random.default_rng(0).standard_normal
    waves = 25 + 4 * draw((60, 1)) + draw((60, 1)) * TIMES + draw((60, 4))
    pooled = fit_lines(wide_form(waves, TIMES)).pooled
    whole, stopped = fit(pooled), fit(pooled, most_iterations=most_iterations)
    assert whole.converged and stopped.converged
    assert_allclose(stopped.criterion, whole.criterion, rtol=1e-10)
    assert_allclose(stopped.factor, whole.factor, atol=1e-5)
