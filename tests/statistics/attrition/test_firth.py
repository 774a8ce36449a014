"""The logistic engine: statsmodels, scipy's optimiser, exact results for 2 x 2 tables, separation by construction."""

import numpy as np
import pytest
import statsmodels.api as sm
from numpy.testing import assert_allclose
from scipy import optimize, special, stats

from isu_analysis.statistics.attrition.firth import Logistic, Profile, separated


@pytest.fixture
def people(rng):
    """Forty people, columns on very different scales, loss that depends on two of them."""
    x = np.column_stack([rng.normal(2020, 2, 40), rng.normal(0, 1e-3, 40), rng.integers(0, 2, 40)])
    lost = rng.random(40) < special.expit(x[:, 1] * 800 + x[:, 2] - 0.5)
    return x, lost.astype(float)


def table(a, b, c, d):
    """One flag and the outcome of a lost with it, b kept with it, c lost without it, d kept without it."""
    flag = np.repeat([1.0, 1, 0, 0], [a, b, c, d])[:, np.newaxis]
    return flag, np.repeat([1.0, 0, 1, 0], [a, b, c, d])


def in_own_units(model, fit):
    return model.back @ fit.coefficients[0], np.sqrt(np.diag(model.covariance(fit)))


def test_maximum_likelihood_equals_statsmodels(people):
    x, lost = people
    model = Logistic(x, lost[np.newaxis], bias_reduced=False)
    fit = model.fit()
    centre = np.array([2020.0, 0, 0])  # statsmodels loses digits on the year as it is
    reference = sm.GLM(lost, sm.add_constant((x - centre) * [1, 1e3, 1]), family=sm.families.Binomial())
    reference = reference.fit(tol=1e-13)
    b, se = in_own_units(model, fit)
    assert fit.converged
    assert_allclose(b[1:] / [1, 1e3, 1], reference.params[1:], rtol=1e-8)
    assert_allclose(b[0] + 2020 * b[1], reference.params[0], rtol=1e-6)
    assert_allclose(se[1:] / [1, 1e3, 1], reference.bse[1:], rtol=1e-7)
    assert_allclose(fit.state.objective[0], reference.llf, rtol=1e-12)
    assert_allclose(model.probabilities(fit.coefficients)[0], reference.fittedvalues, rtol=1e-7)


def test_firth_is_the_largest_penalised_likelihood(people):
    x, lost = people
    model = Logistic(x, lost[np.newaxis], bias_reduced=True)
    fit = model.fit()
    design = np.column_stack([np.ones(40), x[:, 0] - 2020, x[:, 1] * 1e3, x[:, 2]])

    def penalised(b):
        p = special.expit(design @ b)
        log_likelihood = np.log(np.where(lost == 1, p, 1 - p)).sum()
        return -log_likelihood - 0.5 * np.log(np.linalg.det(design.T @ np.diag(p * (1 - p)) @ design))

    best = optimize.minimize(penalised, np.zeros(4), method="BFGS", options={"gtol": 1e-9})
    b, _ = in_own_units(model, fit)
    assert_allclose(b[1:] / [1, 1e3, 1], best.x[1:], atol=1e-5)
    ml = Logistic(x, lost[np.newaxis], bias_reduced=False).fit()
    assert np.abs(fit.coefficients[0, 1:]).sum() < np.abs(ml.coefficients[0, 1:]).sum()


@pytest.mark.parametrize("cells", [(7, 3, 2, 8), (0, 5, 4, 6), (5, 0, 0, 5), (1, 30, 9, 2)])
def test_firth_of_a_2x2_table_adds_half_to_every_cell(cells):
    """Exact for a saturated model (Firth 1993), separated or not."""
    model = Logistic(*table(*cells)[:1], table(*cells)[1][np.newaxis], bias_reduced=True)
    b, se = in_own_units(model, model.fit())
    a, bb, c, d = np.array(cells) + 0.5
    assert_allclose(b, [np.log(c / d), np.log(a * d / (bb * c))], rtol=1e-9)
    p1, p0 = a / (a + bb), c / (c + d)
    n1, n0 = cells[0] + cells[1], cells[2] + cells[3]
    assert_allclose(se[1], np.sqrt(1 / (n1 * p1 * (1 - p1)) + 1 / (n0 * p0 * (1 - p0))), rtol=1e-9)


@pytest.mark.parametrize("cells", [(7, 3, 2, 8), (0, 5, 4, 6)])
def test_firths_profile_limits_of_a_2x2_table_are_those_of_the_half_added_table(cells):
    """The penalty of a saturated model is half a person a cell, so ordinary software gives the profile."""
    x, lost = table(*cells)
    model = Logistic(x, lost[np.newaxis], bias_reduced=True)
    profile = Profile(model, model.fit(), 1)
    a, b, c, d = np.array(cells) + 0.5

    def log_likelihood(log_odds_ratio):
        counts, offset = np.array([[a, b], [c, d]]), np.array([log_odds_ratio, 0.0])
        return sm.GLM(counts, np.ones((2, 1)), family=sm.families.Binomial(), offset=offset).fit(tol=1e-12).params[0]

    def drop(log_odds_ratio):
        p = special.expit(log_likelihood(log_odds_ratio) + np.array([log_odds_ratio, 0.0]))
        at = (np.array([a, c]) * np.log(p) + np.array([b, d]) * np.log(1 - p)).sum()
        share = np.array([a / (a + b), c / (c + d)])
        best = (np.array([a, c]) * np.log(share) + np.array([b, d]) * np.log(1 - share)).sum()
        return 2 * (best - at)

    for z in (-1.96, 1.96):
        assert_allclose(drop(profile.limit(z)), 1.96**2, rtol=1e-7)
        assert np.sign(profile.limit(z) - profile.estimate) == np.sign(z)


def test_profile_limits_lie_where_statsmodels_deviance_has_risen_enough(people):
    x, lost = people
    x = (x - [2020, 0, 0]) * [1, 1e3, 1]
    model = Logistic(x, lost[np.newaxis], bias_reduced=False)
    design, fit = sm.add_constant(x), model.fit()
    compared = 0
    for index in range(4):
        profile, others = Profile(model, fit, index), np.delete(design, index, axis=1)
        for z in (-1.64, 1.64):
            limit = profile.limit(z)
            held = sm.GLM(lost, others, family=sm.families.Binomial(), offset=limit * design[:, index]).fit(tol=1e-12)
            assert_allclose(2 * (fit.state.objective[0] - held.llf), 1.64**2, rtol=1e-7)
            compared += (limit - profile.estimate) * z > 0
    assert compared == 8


def test_a_profile_that_never_rises_enough_is_missing():
    """Quasi-separated, maximum likelihood: the likelihood flattens out, so there is no upper limit."""
    x, lost = table(5, 0, 4, 6)
    model = Logistic(x, lost[np.newaxis], bias_reduced=False)
    fit = model.climb(model.start(), most_steps=10)
    assert not fit.converged
    assert np.isnan(Profile(model, fit, 1).limit(1.96))


def test_a_profile_whose_climbs_do_not_end_is_missing(people, monkeypatch):
    x, lost = people
    model = Logistic(x, lost[np.newaxis], bias_reduced=True)
    profile, climb = Profile(model, model.fit(), 1), Logistic.climb
    monkeypatch.setattr(Logistic, "climb", lambda *given, **kept: climb(*given, **kept)._replace(converged=False))
    assert np.isnan(profile.limit(1.96))


def test_the_null_model_knows_only_the_share(people):
    x, lost = people
    model = Logistic(x, lost[np.newaxis], bias_reduced=False)
    null = model.fit_null()
    assert_allclose(null.coefficients[0], [special.logit(lost.mean()), 0, 0, 0], atol=1e-10)
    assert_allclose(null.state.objective[0], stats.bernoulli.logpmf(lost, lost.mean()).sum(), rtol=1e-12)


@pytest.mark.parametrize("bias_reduced", [False, True])
def test_many_outcomes_at_once_equal_one_by_one(people, rng, bias_reduced):
    x, _ = people
    outcomes = np.array([rng.permutation(np.arange(40) < 15) for _ in range(6)]).astype(float)
    together = Logistic(x, outcomes, bias_reduced=bias_reduced).fit()
    apart = [Logistic(x, outcome[np.newaxis], bias_reduced=bias_reduced).fit() for outcome in outcomes]
    assert_allclose(together.coefficients, np.concatenate([fit.coefficients for fit in apart]), atol=1e-9)


def test_a_start_far_away_is_climbed_from(people):
    """Newton's method alone overshoots from here; halved steps do not."""
    x, lost = people
    model = Logistic(x, lost[np.newaxis], bias_reduced=False)
    for distance in (6.0, 30.0):
        far = model.climb(np.array([[1.0, -1, 1, -1]]) * distance)
        assert far.converged
        assert_allclose(far.coefficients, model.fit().coefficients, atol=1e-9)


@pytest.mark.parametrize(
    ("x", "lost", "expected"),
    [
        ([1, 2, 3, 4], [0, 0, 1, 1], True),  # complete
        ([1, 2, 2, 3], [0, 0, 1, 1], True),  # quasi-complete: a tie at the border
        ([1, 2, 3, 4], [0, 1, 0, 1], False),
        ([1, 2, 3, 4], [1, 1, 0, 0], True),  # the other way round
        ([1, 3, 2, 4], [0, 0, 1, 1], False),
        ([1e6 + 1, 1e6 + 2, 1e6 + 3, 1e6 + 4], [0, 0, 1, 1], True),  # far from zero
        ([1e-9, 3e-9, 2e-9, 4e-9], [0, 0, 1, 1], False),  # tiny unit
        ([1, 2, 3, 4], [1, 1, 1, 1], True),  # nobody kept
    ],
)
def test_separation_by_one_column(x, lost, expected):
    assert separated(np.array(x, dtype=float)[:, np.newaxis], np.array(lost, dtype=float)) is expected


def test_separation_by_a_combination_that_no_column_shows_alone(rng):
    x = rng.normal(size=(200, 3))
    border = x @ [1.0, -2.0, 0.5] - 0.3
    lost = (border > 0).astype(float)
    assert separated(x, lost)
    assert not any(separated(x[:, [j]], lost) for j in range(3))
    nearest = np.argsort(np.abs(border))[:6]
    lost[nearest] = 1 - lost[nearest]
    assert not separated(x, lost)


def test_separation_by_an_empty_cell_only():
    x, lost = table(0, 5, 40, 60)
    assert separated(x, lost)
    x, lost = table(1, 5, 40, 60)
    assert not separated(x, lost)


def test_people_who_are_a_level_of_their_own_do_not_make_firths_climb_swing(rng):
    """Saturated, one person a cell: chances (y + 1/2)/2, exactly; a plain Newton step swings for ever here."""
    alone = np.vstack([np.eye(6), np.zeros((40, 6))])
    lost = np.concatenate([[0, 1, 0, 1, 1, 0], np.arange(40) % 4 == 0]).astype(float)
    model = Logistic(alone, lost[np.newaxis], bias_reduced=True)
    fit = model.fit()
    assert fit.converged
    assert_allclose(model.probabilities(fit.coefficients)[0, :6], (lost[:6] + 0.5) / 2, rtol=1e-8)
    assert_allclose(model.probabilities(fit.coefficients)[0, 6:], 10.5 / 41, rtol=1e-8)


def test_limits_under_separation_lie_where_scipy_says_the_penalised_likelihood_has_fallen_enough():
    """Whatever was climbed before: a climb that ran off must not be where the next one starts."""
    kept = np.arange(200) < 100
    x = np.column_stack([kept, np.arange(200) % 7, np.arange(200) % 3]).astype(float)
    model = Logistic(x, (~kept)[np.newaxis].astype(float), bias_reduced=True)
    fit, design, compared = model.fit(), np.column_stack([np.ones(200), x]), 0

    def penalised(b):
        p = special.expit(design @ b)
        information = (design * (p * (1 - p))[:, np.newaxis]).T @ design
        log_likelihood = special.log_expit(design @ b * np.where(kept, -1, 1)).sum()
        return -log_likelihood - np.linalg.slogdet(information)[1] / 2

    best = model.back @ fit.coefficients[0]
    for index in range(4):
        profile = Profile(model, fit, index)
        for z in (-1.96, 1.96):
            limit = profile.limit(z)
            starts = [np.delete(best, index) * factor for factor in (0.5, 1, 2)]  # BFGS alone stops on the way
            held = min(
                optimize.minimize(
                    lambda free, i=index, at=limit: penalised(np.insert(free, i, at)), start, method="Nelder-Mead",
                    options={"maxiter": 1500, "fatol": 1e-9, "xatol": 1e-6},
                ).fun
                for start in starts
            )  # fmt: skip
            assert_allclose(2 * (held - penalised(best)), 1.96**2, atol=1e-3)
            compared += (limit - profile.estimate) * z > 0
    assert compared == 8


def test_a_limit_whose_ends_agree_in_sign_is_missing(people, monkeypatch):
    x, lost = people
    model = Logistic(x, lost[np.newaxis], bias_reduced=True)
    profile = Profile(model, model.fit(), 1)
    monkeypatch.setattr(Profile, "signed_root", lambda self, value: 5.0)
    assert np.isnan(profile.limit(1.96))
