"""The selection model: R on 18 two-wave cases, the reference curve, scipy's truncated normal, simulation."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose
from scipy import stats

from isu_analysis.errors import StatisticsError
from isu_analysis.statistics.attrition.selection import (
    inverse_mills,
    selection_bias,
    selection_curve,
    selection_variance_ratio,
    start_selection,
)

FOLDER = "effects_attrition/"


@pytest.fixture(scope="module")
def two_wave(oracle):
    cases = oracle(FOLDER + "expected_attrition.json")["two_wave"]
    assert len(cases) == 18
    return cases


def test_the_reference_curve(oracle):
    expected = oracle(FOLDER + "expected_wwc.json")["one_group_bias"]
    assert_allclose(inverse_mills(expected["completion"]), expected["lam"], rtol=1e-9)
    kept = [round(100 * share) for share in expected["completion"]]
    frame = selection_curve(kept, [100] * len(kept))
    assert len(frame) == 20
    for rho, name, word in ((0.27, "bias_rho_0_27", "optimistic"), (0.45, "bias_rho_0_45", "cautious")):
        rows = frame[frame.rho == rho]
        assert_allclose(rows.bias_sd, expected[name], rtol=1e-9)
        assert rows.source.str.contains(word).all()


def test_bias_and_variance_equal_r(two_wave):
    compared = 0
    for case in two_wave:
        expected = case["selection"]
        assert_allclose(inverse_mills(case["completion"]), expected["lambda"], rtol=1e-9)
        assert_allclose(selection_bias(case["completion"], expected["rho"]), expected["bias_in_sd"], rtol=1e-9)
        assert_allclose(selection_variance_ratio(case["completion"], 0.5), expected["var_ratio_rho_0_5"], rtol=1e-9)
        compared += 1
    assert compared == 18


def test_selection_at_the_start_equals_r(two_wave, oracle_data):
    for case in two_wave:
        file, *keep = case["source"].split()
        data = oracle_data(FOLDER + "data/" + file, *keep)
        data = data[data[case["pre"]].notna()]
        found = start_selection(data[case["pre"]], data[case["post"]])
        assert_allclose(found.rho, case["selection"]["rho_baseline_implied"], rtol=1e-8)
        assert (found.n_kept, found.of, found.reason) == (case["r"], case["n"], "")
        completers = case["completers"]
        assert_allclose([found.mean_kept, found.mean_all], [completers[f"mean_pre_{g}"] for g in ("completers", "all")])


@pytest.mark.parametrize("share", [0.05, 0.3, 0.5, 0.85, 0.99])
def test_it_is_the_mean_and_variance_of_a_truncated_normal(share):
    answered = stats.truncnorm(-stats.norm.ppf(share), np.inf)
    assert_allclose(inverse_mills(share), answered.mean(), rtol=1e-6)
    assert_allclose(selection_variance_ratio(share, 1.0), answered.var(), rtol=1e-5)


def test_known_values_of_lambda():
    """Half kept: twice the density at 0, sqrt(2/pi). The domain file's .35, .80, 1.16, 1.55."""
    assert inverse_mills(0.5) == pytest.approx(math.sqrt(2 / math.pi))
    assert_allclose(inverse_mills([0.8, 0.3, 0.15]), [0.35, 1.16, 1.55], atol=5e-3)


def test_everyone_and_nobody():
    assert inverse_mills(1) == 0 and selection_bias(1.0, 0.45) == 0 and selection_variance_ratio(1, 0.5) == 1
    assert math.isnan(inverse_mills(0)) and math.isnan(selection_variance_ratio(0.0, 0.5))
    assert math.isnan(inverse_mills(np.nan))


@settings(max_examples=40, deadline=None)
@given(st.floats(0.01, 0.99), st.floats(-1, 1))
def test_bias_changes_sign_with_rho_and_variance_shrinks(share, rho):
    assert_allclose(selection_bias(share, rho), -selection_bias(share, -rho))
    assert abs(selection_bias(share, rho)) <= inverse_mills(share)
    assert 0 <= selection_variance_ratio(share, rho) <= 1
    assert inverse_mills(share) > inverse_mills(share + 0.005)


def test_a_simulated_selection_has_that_bias_and_is_found_again():
    """Start and inclination to answer correlate .4; 30 % of 200,000 answer."""
    rng = np.random.default_rng(5)
    x, noise = rng.normal(size=(2, 200_000))
    inclination = 0.4 * x + math.sqrt(1 - 0.16) * noise
    kept = inclination > np.quantile(inclination, 0.7)
    found = start_selection(20 + 7 * x, np.where(kept, 1.0, np.nan))
    assert found.rho == pytest.approx(0.4, abs=0.01)
    assert found.mean_kept - found.mean_all == pytest.approx(7 * selection_bias(0.3, 0.4), abs=0.1)
    assert x[kept].var() / x.var() == pytest.approx(selection_variance_ratio(0.3, 0.4), abs=0.01)


def test_rho_does_not_depend_on_origin_or_unit(rng):
    x = rng.normal(size=50)
    y = np.where(x + rng.normal(size=50) > 0, 1.0, np.nan)
    found = start_selection(x, y)
    assert_allclose(start_selection(3 - 4 * x, y).rho, -found.rho)
    order = rng.permutation(50)
    assert_allclose(start_selection(x[order], y[order]).rho, found.rho)


def test_a_selection_that_cannot_be_computed_says_why():
    assert start_selection([1, 2, 3], [1, 2, 3]).reason == "nobody_lost"
    assert start_selection([1, 2, 3], [np.nan] * 3).reason == "nobody_kept"
    assert start_selection([0.1] * 3, [1, np.nan, 2]).reason == "zero_sd"
    assert start_selection([4], [np.nan]).reason == "nobody_kept"
    nobody = start_selection([1, 2, 3], [np.nan] * 3)
    assert math.isnan(nobody.rho) and math.isnan(nobody.mean_kept) and math.isnan(nobody.inverse_mills)
    assert math.isnan(start_selection([1, 2, 3], [1, 2, 3]).rho)
    far = start_selection([100, 1, 1, 1], [5, np.nan, np.nan, np.nan])
    assert far.reason == "outside_model" and far.rho > 1


def test_the_curve_by_hand():
    """Half of 40 kept: .7979 SD at most; .27 of that is .2154, in points of 10 2.154."""
    frame = selection_curve(20, 40, [0.27, 0.6], outcome_sd=10)
    assert_allclose(frame.bias_sd, [0.215429, 0.478731], atol=1e-6)
    assert_allclose(frame.bias_points, [2.15429, 4.78731], atol=1e-5)
    assert list(frame.source) == ["What Works Clearinghouse, optimistic", ""]
    assert (frame.n[0], frame["of"][0], frame.share_kept[0]) == (20, 40, 0.5)
    assert frame.low[0] < 0.5 < frame.high[0]
    assert selection_curve(20, 40, -0.3).bias_sd[0] == pytest.approx(selection_curve(20, 40, 0.3).bias_sd[0])
    assert selection_curve(20, 40).bias_points.isna().all()
    assert selection_curve([0, 0], [10, 0]).bias_sd.isna().all()


def test_wrong_arguments_are_refused_by_name():
    for share in (-0.1, 1.1, "x", math.inf):
        with pytest.raises(StatisticsError, match="Argumentet share_kept"):
            inverse_mills(share)
    for rho in (1.1, -1.1, math.nan):
        with pytest.raises(StatisticsError, match="Argumentet rho"):
            selection_bias(0.5, rho)
    with pytest.raises(StatisticsError, match="Argumentet outcome_sd"):
        selection_curve(1, 2, outcome_sd=0)
    with pytest.raises(StatisticsError, match="n och of"):
        selection_curve(3, 2)
    with pytest.raises(StatisticsError, match="Argumentet pre"):
        start_selection([1, np.nan], [1, 2])
    assert len(start_selection([1, 2, 3], [1, 2, 3]).to_frame()) == 1
    for kept, of, message in (([1, None], [3, 4], "kept"), ([1, 2], [3, None], "of"), (["a"], [3], "kept")):
        with pytest.raises(StatisticsError, match=f"Argumentet {message}"):
            selection_curve(kept, of)
    with pytest.raises(StatisticsError, match="Argumenten kept och of"):
        selection_curve([1, 2, 3], [4, 5])
    for function in (selection_bias, selection_variance_ratio):
        with pytest.raises(StatisticsError, match="Argumenten share_kept och rho"):
            function([0.1, 0.2, 0.3], [0.1, 0.2])
    assert selection_bias([0.1, 0.2, 0.3], 0.1).shape == (3,)


@pytest.mark.parametrize("sd", [0.0, -1.0, np.inf, np.nan])
def test_an_outcome_spread_that_is_none_is_refused(sd):
    with pytest.raises(StatisticsError, match="outcome_sd"):
        selection_curve(50, 100, outcome_sd=sd)


def test_an_outcome_spread_below_one_is_allowed():
    frame = selection_curve(50, 100, outcome_sd=0.5)
    assert len(frame) >= 2
