"""Empirical Bayes for shares: published estimates, scipy's own maximum, moments by hand, a known truth, the edges."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose
from scipy import optimize, special, stats

from isu_analysis.errors import StatisticsError
from isu_analysis.statistics.comparison.beta_binomial import prior_by_likelihood
from isu_analysis.statistics.comparison.shrinkage import shrunken, shrunken_shares
from isu_analysis.statistics.grouped.moments import Groups

# Days of drinking among seven, 399 people (Lemmens et al. 1988), as in the README of the R package fitODBOD.
DRINKERS = np.repeat(np.arange(8), [47, 54, 43, 40, 40, 41, 39, 95])
DEATHS = np.array([0, 18, 8, 46, 8, 13, 9, 31, 14, 8, 29, 24])
OPERATIONS = np.array([47, 148, 119, 810, 211, 196, 148, 215, 207, 97, 256, 360])


def units_of(rng, count, a=6, b=4, largest=120):
    of = rng.integers(15, largest, count)
    return rng.binomial(of, rng.beta(a, b, count)), of


def log_likelihood(n, of, a, b):
    return stats.betabinom.logpmf(n, of, a, b).sum()


def test_published_maximum_likelihood():
    """fitODBOD: a = 0.7229420, b = 0.5808483, negative log likelihood 813.4571 (its search stops early)."""
    found = shrunken_shares(DRINKERS, np.full(399, 7))
    assert (found.a, found.b) == pytest.approx((0.7229420, 0.5808483), abs=3e-6)
    coefficients = np.log(special.comb(7, DRINKERS)).sum()
    assert -(found.log_likelihood + coefficients) == pytest.approx(813.4571, abs=5e-5)


def test_published_moments():
    """fitODBOD: a = 0.7161628, b = 0.5963324, with the variance over 399 where ours is over 398."""
    found = shrunken_shares(DRINKERS, np.full(399, 7), method="moments")
    inflation, theirs = (1 + 6 / (1 + size) for size in (found.a + found.b, 0.7161628 + 0.5963324))
    assert inflation * 398 / 399 == pytest.approx(theirs, rel=1e-6)
    assert found.mean == pytest.approx(0.7161628 / (0.7161628 + 0.5963324), rel=1e-6)


@pytest.mark.parametrize("seed", range(6))
def test_no_other_a_and_b_are_more_likely(seed):
    n, of = units_of(np.random.default_rng(seed), 20, *((6, 4) if seed % 2 else (1.5, 20)))
    found = shrunken_shares(n, of)
    best = optimize.minimize(
        lambda x: -log_likelihood(n, of, *np.exp(x)), [0.5, 0.5], method="Nelder-Mead",
        options={"xatol": 1e-7, "fatol": 1e-11, "maxiter": 4000},
    )  # fmt: skip
    assert_allclose([found.a, found.b], np.exp(best.x), rtol=1e-4)
    assert log_likelihood(n, of, found.a, found.b) >= -best.fun - 1e-9


def test_moments_by_hand():
    """Eight units of ten, half at 3 and half at 7: variance of shares 0.32/7, of chance 0.025.

    rho = (0.32/7 - 0.025)/(0.25 - 0.025), so a + b = (1 - rho)/rho = 9.9 to one decimal.
    """
    n = [3, 7] * 4
    found = shrunken_shares(n, [10] * 8, method="moments")
    rho = (0.32 / 7 - 0.025) / 0.225
    assert (found.a, found.b) == pytest.approx(((1 - rho) / rho / 2,) * 2)
    assert found.sd_between == pytest.approx(np.sqrt(0.25 * rho))
    assert found.units["reliability"].tolist() == pytest.approx([10 / (10 + (1 - rho) / rho)] * 8)
    # reliability is also the part of the observed variance that is between units
    assert found.units["reliability"].iloc[0] == pytest.approx(0.25 * rho / (0.32 / 7))


def test_moments_meet_their_expectation(rng):
    """With units of unlike size: the weighted scatter is what a and b give on average."""
    n, of = units_of(rng, 15)
    found = shrunken_shares(n, of, method="moments")
    rho, p = 1 / (1 + found.a + found.b), n.sum() / of.sum()
    variances = p * (1 - p) * (1 + (of - 1) * rho) / of
    expected = (of * (1 - of / of.sum()) * variances).sum()
    assert (of * (n / of - p) ** 2).sum() == pytest.approx(expected)


def test_shrunken_by_hand():
    found = shrunken_shares(DEATHS, OPERATIONS)
    size = found.a + found.b
    own = found.units.iloc[3]
    assert own["shrunken"] == pytest.approx((46 + found.a) / (810 + size))
    assert own["reliability"] == pytest.approx(810 / (810 + size))
    assert found.units["shrunken"].iloc[0] == pytest.approx(found.a / (47 + size))
    assert found.of_for_reliability() == pytest.approx(7 / 3 * size)
    n = found.of_for_reliability(0.5)
    assert n / (n + size) == pytest.approx(0.5)
    assert found.of_for_reliability(1) == np.inf


def test_moments_intervals_are_quantiles_of_the_posterior():
    found = shrunken_shares(DEATHS, OPERATIONS, method="moments")
    plain = stats.beta.ppf([[0.025], [0.975]], DEATHS + found.a, OPERATIONS - DEATHS + found.b)
    assert_allclose(found.units[["low", "high"]].to_numpy().T, plain)


def test_likelihood_intervals_add_the_uncertainty_of_a_and_b():
    """Mean and variance of the posterior over a and b, by drawing them from their normal approximation."""
    found = shrunken_shares(DEATHS, OPERATIONS)
    prior = prior_by_likelihood(DEATHS * 1.0, OPERATIONS * 1.0, Groups(np.zeros(12, dtype=np.intp), 1))
    # The covariance against numerical second derivatives of scipy's likelihood.
    centre = np.array([np.log(prior.mean[0] / (1 - prior.mean[0])), np.log(prior.size[0])])

    def value(place):
        p, k = special.expit(place[0]), np.exp(place[1])
        return log_likelihood(DEATHS, OPERATIONS, p * k, (1 - p) * k)

    h = 1e-3 * np.eye(2)
    second = [[(value(centre + i + j) - value(centre + i - j) - value(centre - i + j) + value(centre - i - j)) / 4e-6
               for j in h] for i in h]  # fmt: skip
    assert_allclose(prior.covariance[0], np.linalg.inv(-np.array(second)), rtol=1e-3)
    step = 1e-5 * np.eye(2)

    def means(place):
        p, k = special.expit(place[0]), np.exp(place[1])
        return (DEATHS + p * k) / (OPERATIONS + k)

    moved = np.array([(means(centre + s) - means(centre - s)) / 2e-5 for s in step]).T
    m = found.units["shrunken"].to_numpy()
    variance = m * (1 - m) / (OPERATIONS + prior.size[0] + 1)
    variance = variance + np.einsum("ui,ij,uj->u", moved, prior.covariance[0], moved)
    k = m * (1 - m) / variance - 1
    assert_allclose(found.units["low"], stats.beta.ppf(0.025, m * k, (1 - m) * k), rtol=1e-6)
    assert_allclose(found.units["high"], stats.beta.ppf(0.975, m * k, (1 - m) * k), rtol=1e-6)


@pytest.mark.parametrize(("a", "b", "least"), [(6, 4, 0.93), (30, 20, 0.91)])
def test_intervals_hold_the_known_truth(rng, a, b, least):
    """Three hundred sets of twenty units: at least as often as benchmarks/unit_comparison says, less four errors."""
    sets, units = 300, 20
    of = rng.integers(15, 120, sets * units).astype(float)
    truth = rng.beta(a, b, of.size)
    n = rng.binomial(of.astype(int), truth).astype(float)
    whole, found = shrunken(n, of, Groups(np.repeat(np.arange(sets), units), sets), "ml", 0.95)
    held = ((found["low"] <= truth) & (truth <= found["high"]))[~np.isnan(found["low"])]
    assert least < held.mean() < 0.97
    assert np.median(whole["mean"]) == pytest.approx(0.6, abs=0.01)
    assert np.square(found["shrunken"] - truth).mean() < np.square(n / of - truth).mean()


def test_units_that_differ_no_more_than_chance():
    found = shrunken_shares([48, 50, 52, 49, 51, 50, 50, 50], [100] * 8)
    for method in ("ml", "moments"):
        found = shrunken_shares([48, 50, 52, 49, 51, 50, 50, 50], [100] * 8, method=method)
        assert found.reason == "no_difference"
        assert (found.a, found.mean, found.sd_between) == (np.inf, 0.5, 0.0)
        assert found.units["shrunken"].tolist() == [0.5] * 8
        assert found.units["reliability"].tolist() == [0.0] * 8
        assert found.units[["low", "high"]].isna().all(axis=None)
        assert found.of_for_reliability() == np.inf


def test_the_edge_between_difference_and_none_is_where_the_slope_turns():
    """At one share for all the likelihood rises towards a difference when the scatter is more than chance (Tarone)."""
    of = np.full(12, 50)
    for spread in range(8):
        n = 25 + np.array([-spread, spread] * 6)
        p = 0.5
        slope = (n * (n - 1) / p + (50 - n) * (49 - n) / (1 - p) - 50 * 49).sum()
        assert (shrunken_shares(n, of).reason == "no_difference") == (slope <= 0), spread


@pytest.mark.parametrize(
    ("n", "of", "reason"),
    [
        ([3, 5, 6, 4, 2, 7, 5], [10] * 7, "too_few_units"),
        ([0] * 9, [10] * 9, "all_alike"),
        ([10] * 9, [10] * 9, "all_alike"),
        ([0, 10] * 5, [10] * 10, "all_or_nothing"),
        ([0, 1] * 5, [1] * 10, "single_people"),
        ([], [], "too_few_units"),
    ],
)
@pytest.mark.parametrize("method", ["ml", "moments"])
def test_what_cannot_be_shrunken(n, of, reason, method):
    found = shrunken_shares(n, of, method=method)
    assert found.reason == reason
    assert np.isnan([found.a, found.b, found.mean, found.sd_between, found.log_likelihood]).all()
    assert found.units[["shrunken", "low", "high", "reliability"]].isna().all(axis=None)
    assert (found.units["reason"] == reason).all()
    assert np.isnan(found.of_for_reliability())


def test_units_as_good_as_all_or_nothing():
    """More scatter than any a and b give: the moments have no answer, the likelihood has one near zero."""
    n = [0, 10, 0, 10, 0, 10, 0, 10, 0, 9]
    assert shrunken_shares(n, [10] * 10, method="moments").reason == "all_or_nothing"
    found = shrunken_shares(n, [10] * 10)
    assert found.reason == ""
    assert found.a + found.b < 0.2


def test_missing_and_empty_units_are_left_out_and_keep_their_place():
    n, of = [*DEATHS, None, 0, 3], [*OPERATIONS, 20, 0, None]
    found, without = shrunken_shares(n, of), shrunken_shares(DEATHS, OPERATIONS)
    assert found.units["reason"].tolist() == [""] * 12 + ["missing", "empty", "missing"]
    assert (found.n_units, found.n_given) == (12, 15)
    assert found.a == pytest.approx(without.a)
    assert found.units["shrunken"].iloc[12:].isna().all()


def test_a_and_b_too_uncertain_for_an_interval():
    """Two yes in 22 units of 1-4 people: the variance added is more than a share of 0.37 can have."""
    of = [2, 1, 4, 2, 3, 1, 1, 2, 1, 2, 4, 4, 4, 3, 2, 4, 2, 1, 2, 2, 2, 1]
    found = shrunken_shares([0, 1] + [0] * 12 + [1] + [0] * 7, of).units
    assert found["reason"].tolist() == ["", "too_uncertain"] + [""] * 20
    assert found["low"].isna().tolist() == [False, True] + [False] * 20
    assert found["shrunken"].notna().all()


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 10_000), method=st.sampled_from(["ml", "moments"]))
def test_order_names_and_sides_do_not_matter(seed, method):
    rng = np.random.default_rng(seed)
    n, of = (pd.Series(counts, index=[f"enhet {i}" for i in range(12)]) for counts in units_of(rng, 12))
    order = rng.permutation(12)
    plain = shrunken_shares(n, of, method=method)
    mixed = shrunken_shares(n.iloc[order], of.iloc[order], method=method)
    assert mixed.units.index.equals(n.index[order])
    assert_allclose(mixed.units["shrunken"], plain.units["shrunken"].iloc[order], rtol=1e-6)
    other = shrunken_shares(of - n, of, method=method)
    assert (other.a, other.b) == pytest.approx((plain.b, plain.a), rel=1e-5)
    assert_allclose(other.units["low"], 1 - plain.units["high"], rtol=1e-5)
    inside = plain.units["shrunken"].between(
        plain.units["share"].clip(upper=plain.mean) - 1e-12, plain.units["share"].clip(lower=plain.mean) + 1e-12
    )
    assert inside.all()


def test_no_unit_in_the_repr():
    found = shrunken_shares(DEATHS, OPERATIONS)
    assert "shrunken=" not in repr(found)
    assert " units=" not in repr(found)
    assert found.to_frame().shape[0] == 1


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        ({"n": [1, 2], "of": [3]}, "n och of"),
        ({"n": [4], "of": [3]}, "n och of"),
        ({"n": [1], "of": [3], "method": "bayes"}, "method"),
        ({"n": [1], "of": [3], "level": 1}, "level"),
    ],
)
def test_wrong_shares_are_refused(arguments, named):
    with pytest.raises(StatisticsError, match=named):
        shrunken_shares(**arguments)


def test_wrong_reliability_is_refused():
    with pytest.raises(StatisticsError, match="reliability"):
        shrunken_shares(DEATHS, OPERATIONS).of_for_reliability(0)
