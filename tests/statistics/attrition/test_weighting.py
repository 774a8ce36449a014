"""Weighted mean change: R, checks by hand, known truth, equality with maximum likelihood, edges.

Of R's 18 two-wave cases one, btheb_2m_cov, is separated (3 lost): R's own weighted mean is missing there, and its
diagnostics and augmented estimate come from coefficients of 37 and -32, which exist only because the iterations
stopped. Here both say "separation"; calibration is compared in all 18.
"""

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose
from scipy import special, stats

from isu_analysis.errors import StatisticsError
from isu_analysis.statistics.attrition.estimates import completers_change
from isu_analysis.statistics.attrition.firth import Logistic
from isu_analysis.statistics.attrition.maximum_likelihood import ml_change_two_wave
from isu_analysis.statistics.attrition.weighting import aipw_change, calibrated_change, ipw_change

FOLDER = "effects_attrition/"
SEPARATED = "btheb_2m_cov"
METHODS = [ipw_change, aipw_change, calibrated_change]


@pytest.fixture(scope="module")
def two_wave(oracle, oracle_data):
    """Every two-wave case: (expected, pre, post, covariates or None)."""
    found = []
    for case in oracle(FOLDER + "expected_attrition.json")["two_wave"]:
        file, *keep = case["source"].split()
        data = oracle_data(FOLDER + "data/" + file, *keep)
        data = data[data[case["pre"]].notna()]
        covariates = data[case["covariates"]] if case["covariates"] else None
        found.append((case, data[case["pre"]], data[case["post"]], covariates))
    assert len(found) == 18
    return found


@pytest.fixture(scope="module")
def estimable(two_wave):
    return [case for case in two_wave if case[0]["id"] != SEPARATED]


def test_weighted_means_equal_r(estimable):
    for case, pre, post, covariates in estimable:
        e, expected = ipw_change(pre, post, covariates), case["ipw_change"]
        names = ("est", "se_sandwich_estimated_weights", "se_known_weights")
        assert (e.n, e.n_pairs, e.reason, e.method) == (case["n"], case["r"], "", "ipw")
        assert_allclose([e.change, e.se, e.se_known_weights], [expected[k] for k in names], rtol=1e-8)
        assert_allclose(e.change_from_all_starts, case["ipw_post_minus_full_pre"]["est"], rtol=1e-8)
    assert len(estimable) == 17


def test_weights_equal_r(estimable):
    for case, pre, post, covariates in estimable:
        e, expected = ipw_change(pre, post, covariates), case["ipw_diag"]
        ours = [e.effective_n, e.largest_weight, e.smallest_probability, e.design_effect]
        assert_allclose(ours, [expected[k] for k in ("ess_kish", "max_weight_norm", "min_p", "deff")], rtol=1e-8)
        if covariates is None:
            kept = post.notna().to_numpy()
            logit = -np.log(e.weights[kept] - 1)  # a weight is 1/p
            assert_allclose(logit, expected["coef"][0] + expected["coef"][1] * pre[kept], atol=1e-8)
            assert (e.weights[~kept] == 0).all()


def test_augmented_means_equal_r(estimable):
    for case, pre, post, covariates in estimable:
        e = aipw_change(pre, post, covariates)
        assert_allclose([e.change, e.se], [case["aipw"]["est"], case["aipw"]["se"]], rtol=1e-8)


def test_calibration_equals_r(two_wave):
    for case, pre, post, covariates in two_wave:
        e, expected = calibrated_change(pre, post, covariates), case["calibration_linear"]
        assert_allclose([e.change, e.se_these_people], [expected["est"], expected["se"]], rtol=1e-9)
        assert_allclose(e.change_from_all_starts, expected["est_post_minus_full_pre"], rtol=1e-9)
        raw = np.array([e.smallest_weight, e.largest_weight]) * e.n / e.n_pairs
        assert_allclose(raw, [expected["min_w"], expected["max_w"]], rtol=1e-9)
        assert_allclose(e.change, case["ml_closed_form"]["est"], rtol=1e-9)


def test_the_separated_case_says_so(two_wave):
    case, pre, post, covariates = next(found for found in two_wave if found[0]["id"] == SEPARATED)
    assert "ipw_change" not in case
    for method in (ipw_change, aipw_change):
        e = method(pre, post, covariates)
        assert (e.reason, e.n, e.n_pairs, e.weights.size) == ("separation", 100, 97, 0)
        assert np.isnan([e.change, e.low, e.se, e.effective_n]).all()


def lossy(n=200, seed=6):
    """Invented scores whose loss depends on the start."""
    rng = np.random.default_rng(seed)
    pre = rng.normal(50, 10, n)
    post = 25 + 0.6 * pre + rng.normal(0, 8, n)
    return pre, np.where(rng.random(n) < special.expit(-0.06 * (pre - 45)), np.nan, post)


def test_intervals_are_t_with_the_pairs_left():
    pre, post = lossy()
    for method in METHODS:
        e = method(pre, post, level=0.9)
        assert e.df == e.n_pairs - 2 and e.interval == "t_approximate"
        assert_allclose((e.high - e.low) / 2 / e.se, stats.t.ppf(0.95, e.df))
        assert_allclose((e.high + e.low) / 2, e.change)


def test_calibrated_weights_give_everyones_means():
    pre, post = lossy()
    area = pd.DataFrame({"area": np.where(pre > 52, "x", "y"), "age": pre % 7})
    e = calibrated_change(pre, post, area)
    assert_allclose([e.weights.sum(), e.weights @ pre, e.weights @ area.age], [200, pre.sum(), area.age.sum()])
    assert_allclose(e.weights @ (area.area == "x"), (pre > 52).sum())
    assert_allclose(e.change, ml_change_two_wave(pre, post, area).change, rtol=1e-10)
    assert e.se > e.se_these_people and np.isnan(e.smallest_probability) and np.isnan(e.se_known_weights)


def test_weights_by_hand():
    """Two levels, start irrelevant: chances 1/2 and 2/3, so weights 2 and 3/2: (2 x (1 + 3) + 1.5 x 12)/10 = 2.6."""
    pre = np.array([1.0, 2, 1, 2, 1, 2, 1, 2, 1, 2])
    post = pre + np.array([1, 3, np.nan, np.nan, 2, 3, 4, 3, np.nan, np.nan])
    group = pd.DataFrame({"g": list("aaaabbbbbb")})
    e = ipw_change(pre, post, group)
    assert_allclose(e.weights, [2, 2, 0, 0, 1.5, 1.5, 1.5, 1.5, 0, 0], atol=1e-9)
    assert_allclose(e.change, 2.6)
    assert_allclose(e.effective_n, 10**2 / (2 * 4 + 4 * 2.25))
    assert_allclose([e.smallest_weight, e.largest_weight], [1.5 / (10 / 6), 2 / (10 / 6)])
    assert_allclose(e.design_effect, 6 / e.effective_n)
    assert (e.n_floored, e.smallest_probability) == (0, pytest.approx(0.5))


def test_standard_errors_of_many_samples(rng):
    """Known truth: change 5 + slope; the mean standard error equals the spread of the estimates."""
    found = {method: [] for method in METHODS}
    for _ in range(60):
        pre = rng.normal(0, 1, 300)
        post = np.where(rng.random(300) < special.expit(0.7 * pre), np.nan, 5 + 0.5 * pre + rng.normal(0, 1, 300))
        for method in METHODS:
            e = method(pre, post)
            found[method].append((e.change, e.se))
    for method, rows in found.items():
        change, se = np.array(rows).T
        assert_allclose(change.mean(), 5, atol=0.03, err_msg=method.__name__)
        assert_allclose(se.mean() / change.std(ddof=1), 1, atol=0.15, err_msg=method.__name__)


def test_the_floor_trims_the_largest_weights():
    pre, post = lossy()
    free = ipw_change(pre, post)
    floor = 1 / np.sort(free.weights)[-5] + 1e-9  # the five largest weights
    for method in (ipw_change, aipw_change):
        e = method(pre, post, probability_floor=floor)
        assert e.n_floored == 5 and e.weights.max() == pytest.approx(1 / floor)
        assert_allclose(e.smallest_probability, free.smallest_probability)
        assert e.largest_weight < free.largest_weight and e.effective_n > free.effective_n
    below = ipw_change(pre, post, probability_floor=0.99 * free.smallest_probability)
    assert below.n_floored == 0 and below.change == free.change


def test_with_everyone_floored_the_weights_are_equal_and_known():
    pre, post = lossy()
    e, plain = ipw_change(pre, post, probability_floor=0.9999), completers_change(pre, post)
    assert_allclose([e.change, e.se], [plain.change, e.se_known_weights])
    assert_allclose(e.se, plain.se * np.sqrt((plain.n_pairs - 1) / plain.n_pairs))
    assert e.n_floored == e.n_pairs


@pytest.mark.parametrize("method", METHODS)
def test_when_nobody_is_lost_all_are_the_completers(method):
    pre, post = lossy()
    post = np.where(np.isnan(post), pre - 3, post)
    e, plain = method(pre, post), completers_change(pre, post)
    assert_allclose(e.change, plain.change, rtol=1e-10)
    assert_allclose(e.se, plain.se, rtol=0.01)
    assert_allclose(e.weights, 1) and assert_allclose([e.effective_n, e.design_effect], [200, 1])


@settings(max_examples=12)
@given(st.floats(-100, 100), st.floats(0.05, 50), st.integers(0, 1000))
def test_shift_scale_and_swap_of_sign(shift, scale, seed):
    pre, post = lossy(60, seed)
    for method in METHODS:
        one = method(pre, post)
        assume(one.reason == "")
        moved, turned = method(pre * scale + shift, post * scale + shift), method(-pre, -post)
        assert_allclose([moved.change, moved.se], [one.change * scale, one.se * scale], rtol=1e-6, atol=1e-8)
        assert_allclose([turned.change, turned.low], [-one.change, -one.high], rtol=1e-6)


@pytest.mark.parametrize("method", METHODS)
def test_shuffled_rows_give_the_same(method):
    pre, post = lossy()
    order = np.random.default_rng(0).permutation(pre.size)
    one, shuffled = method(pre, post), method(pre[order], post[order])
    assert_allclose([shuffled.change, shuffled.se], [one.change, one.se], rtol=1e-9)
    assert_allclose(shuffled.weights, one.weights[order], rtol=1e-7)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize(
    ("pre", "post", "reason"),
    [
        ([1.0], [None], "too_few_pairs"),
        ([1.0, 2, 3], [2.0, 4, None], "too_few_pairs"),
        ([2.0, 2, 2, 2, 2, 2], [2.0, 4, 1, None, None, 5], "singular"),
    ],
)
def test_what_cannot_be_estimated(method, pre, post, reason):
    e = method(pre, post)
    assert e.reason == reason and np.isnan([e.change, e.low, e.high, e.se]).all() and e.weights.size == 0


def test_start_values_of_the_kept_that_do_not_vary():
    """Only two are lost with another start: the chances separate; a regression among the kept has no slope."""
    pre, post = [2.0, 2, 2, 2, 3, 3], [2.0, 4, 1, 3, None, None]
    assert ipw_change(pre, post).reason == "separation"
    assert calibrated_change(pre, post).reason == "singular"
    pre, post = [2.0, 2, 2, 2, 3, 1], [2.0, 4, 1, 3, None, None]
    assert ipw_change(pre, post).reason == ""
    assert aipw_change(pre, post).reason == "singular"


@pytest.mark.parametrize("method", METHODS)
def test_everyone_changing_alike_has_no_interval(method):
    e = method([1.0, 2, 3, 4, 5, 6], [3.0, None, 5, 6, None, 8])
    assert e.reason == "zero_sd" and e.change == pytest.approx(2)
    assert np.isnan([e.low, e.high, e.se, e.se_known_weights, e.se_these_people]).all()


def test_a_climb_that_does_not_end_is_said(monkeypatch):
    monkeypatch.setattr(Logistic, "fit", lambda self: self.climb(self.start(), most_steps=1))
    assert ipw_change(*lossy()).reason == aipw_change(*lossy()).reason == "not_converged"


@pytest.mark.parametrize("method", METHODS)
def test_bad_input_is_refused(method):
    for pre, post, covariates, message in [
        ([1.0, None], [2.0, 3], None, "pre"),
        ([1.0, 2], [2.0, np.inf], None, "post"),
        ([1.0, 2], [2.0], None, "lika många"),
        ([], [], None, "pre"),
        ([1.0, 2], [2.0, 3], pd.DataFrame({"x": [1.0]}), "covariates"),
        ([1.0, 2], [2.0, 3], pd.DataFrame({"x": [1.0, None]}), "covariates: kolumnen x saknar"),
        (pd.Series([1.0, 2]), [2.0, 3], pd.DataFrame({"x": [1.0, 2]}, index=[4, 5]), "index"),
    ]:
        with pytest.raises(StatisticsError, match=message):
            method(pre, post, covariates)
    with pytest.raises(StatisticsError, match="level"):
        method([1.0, 2], [2.0, 3], level=0)


@pytest.mark.parametrize("floor", [-0.1, 1, np.nan])
def test_a_floor_outside_its_range_is_refused(floor):
    for method in (ipw_change, aipw_change):
        with pytest.raises(StatisticsError, match="probability_floor"):
            method([1.0, 2], [2.0, 3], probability_floor=floor)


def test_one_row_and_no_people_in_sight():
    e = ipw_change(*lossy())
    assert len(e.to_frame()) == 1 and "weights" not in e.to_frame() and "weights" not in repr(e).replace("_weights", "")
