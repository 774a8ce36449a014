"""Mean change with lost people: R's closed forms, lavaan and nlme, invariances, coverage, edges."""

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from numpy.testing import assert_allclose

from isu_analysis.errors import StatisticsError
from isu_analysis.statistics import (
    carried_back,
    completers_change,
    ml_change_all_waves,
    ml_change_two_wave,
)

FOLDER = "effects_attrition/"


@pytest.fixture(scope="module")
def attrition(oracle):
    return oracle(FOLDER + "expected_attrition.json")


@pytest.fixture(scope="module")
def two_wave(attrition, oracle_data):
    """Every two-wave case: (expected, pre, post, covariates or None)."""
    found = []
    for case in attrition["two_wave"]:
        file, *keep = case["source"].split()
        data = oracle_data(FOLDER + "data/" + file, *keep)
        data = data[data[case["pre"]].notna()]
        covariates = data[case["covariates"]] if case["covariates"] else None
        found.append((case, data[case["pre"]], data[case["post"]], covariates))
    assert len(found) == 18
    return found


def test_completers_equal_r(two_wave):
    for case, pre, post, _ in two_wave:
        e, expected = completers_change(pre, post), case["completers"]
        assert (e.n, e.n_pairs) == (case["n"], case["r"])
        assert_allclose([e.change, e.se, e.low, e.high], [expected[k] for k in ("est", "se", "lo", "hi")], rtol=1e-9)


def test_carried_back_equals_r(two_wave):
    for case, pre, post, _ in two_wave:
        e = carried_back(pre, post)
        assert_allclose([e.change, e.se], [case["bocf"]["est"], case["bocf"]["se"]], rtol=1e-9)


def test_closed_form_equals_r(two_wave):
    for case, pre, post, covariates in two_wave:
        e = ml_change_two_wave(pre, post, covariates, error="model")
        expected = case["ml_closed_form"]
        assert (e.n, e.n_pairs, e.method) == (case["n"], case["r"], "ml_two_wave")
        assert_allclose([e.change, e.se], [expected["est"], expected["se_unbiased"]], rtol=1e-9)
        assert e.df == case["r"] - len(case["covariates"]) - 2
        assert_allclose(e.high - e.change, e.change - e.low)


def test_all_waves_with_two_waves_equal_lavaan(two_wave):
    compared = 0
    for case, pre, post, covariates in two_wave:
        if covariates is not None:
            continue
        e = ml_change_all_waves(np.column_stack([pre, post]))
        expected = case["fiml_lavaan"]
        assert_allclose([e.change, e.se], [expected["est"], expected["se"]], atol=1e-5)
        assert_allclose(e.se, case["ml_closed_form"]["se_ml"], rtol=1e-7)
        compared += 1
    assert compared == 14


def test_all_waves_of_beat_the_blues_equal_em_and_nlme(attrition, oracle_data):
    data = oracle_data(FOLDER + "data/btheb.csv")
    waves = data[["bdi.pre", "bdi.2m", "bdi.3m", "bdi.5m", "bdi.8m"]]
    expected, mixed = (attrition["mixed"][name] for name in ("btheb_em_means_allwaves", "btheb_mmrm_unstructured_ML"))
    e = ml_change_all_waves(waves)
    assert (e.n, e.n_pairs, e.n_observed) == (100, 52, (100, 97, 73, 58, 52))
    assert_allclose(e.means, expected["mu"], atol=1e-5)
    assert_allclose(e.change, expected["change_from_pre"][-1], atol=1e-5)
    assert_allclose(e.change, mixed["est"][-1], atol=1e-4)
    # nlme holds the covariances known and multiplies by sqrt(N / (N - p)): a little smaller than ours.
    known = mixed["se"][-1] * math.sqrt(375 / 380)
    assert known < e.se < 1.03 * known


def test_all_waves_with_intermittent_gaps_equals_em_of_r(attrition, oracle_data):
    """R's EM means for the air quality data, gaps in any order of columns."""
    case = next(c for c in attrition["little"] if c["id"] == "airquality_all")
    data = oracle_data(FOLDER + "data/airquality.csv")[case["columns"]]
    assert_allclose(ml_change_all_waves(data).means, case["em"]["mu"], rtol=1e-6)


def test_the_mean_of_beat_the_blues_by_hand(oracle_data):
    """Before any adjustment: 52 of 100 at 8 months changed -618 points together; carried back 618 / 100."""
    data = oracle_data(FOLDER + "data/btheb.csv")
    found = completers_change(data["bdi.pre"], data["bdi.8m"])
    assert_allclose([found.change, found.n_pairs], [-618 / 52, 52])
    assert_allclose(carried_back(data["bdi.pre"], data["bdi.8m"]).change, -6.18)


def test_five_people_by_hand():
    """Kept (2,1), (4,3), (6,8); lost 8 and 10: slope 7/4, end 4 + 7/4 * (6 - 4) = 7.5, change 1.5."""
    pre, post = [2, 4, 6, 8, 10], [1, 3, 8, np.nan, np.nan]
    assert ml_change_two_wave(pre, post).change == pytest.approx(1.5)
    assert completers_change(pre, post).change == pytest.approx(0.0)


scores = hnp.arrays(float, st.tuples(st.integers(8, 30), st.just(2)), elements=st.integers(0, 40).map(float))


def spread(x):
    return np.ptp(x[:, 0]) > 0 and np.ptp(x[:, 1]) > 0 and np.ptp(x[:, 1] - x[:, 0]) > 0


@settings(max_examples=60, deadline=None)
@given(scores)
def test_when_nobody_is_lost_all_methods_agree(pairs):
    assume(spread(pairs))
    x, y = pairs.T
    estimates = [method(x, y) for method in (completers_change, carried_back, ml_change_two_wave)]
    assert_allclose([e.change for e in estimates], (y - x).mean(), atol=1e-9)
    assert_allclose(estimates[0].low, estimates[1].low)
    assert all(e.share_lost == 0 for e in estimates)


@settings(max_examples=60, deadline=None)
@given(scores, st.integers(1, 4), st.floats(-30, 30), st.floats(0.1, 9))
def test_estimates_follow_origin_and_unit(pairs, lost, shift, scale):
    assume(spread(pairs[lost:]))
    x, y = pairs.T.copy()
    y[:lost] = np.nan
    for method in (completers_change, ml_change_two_wave):
        e, moved = method(x, y), method(shift + scale * x, shift + scale * y)
        assert e.reason == moved.reason
        assert_allclose([moved.change, moved.low, moved.se], [scale * v for v in (e.change, e.low, e.se)], atol=1e-6)


@settings(max_examples=30, deadline=None)
@given(scores, st.integers(1, 3))
def test_two_waves_by_em_equal_the_closed_form(pairs, lost):
    assume(len(pairs) - lost >= 6)
    x, y = pairs.T.copy()
    y[:lost] = np.nan
    closed, em = ml_change_two_wave(x, y), ml_change_all_waves(np.column_stack([x, y]))
    assume(not closed.reason and not em.reason)
    assert_allclose(em.change, closed.change, atol=1e-6)


def test_recoding_covariates_changes_nothing(rng):
    x, age = rng.normal(size=(2, 40))
    y = np.where(rng.random(40) < 0.3, np.nan, x + 0.5 * age + rng.normal(size=40))
    years = ml_change_two_wave(x, y, pd.DataFrame({"age": age}))
    months = ml_change_two_wave(x, y, pd.DataFrame({"age": 12 * age + 7}))
    assert_allclose([months.change, months.se], [years.change, years.se], rtol=1e-9)


def test_texts_flags_and_categories_are_the_same_covariate(rng):
    x = rng.normal(size=40)
    y = np.where(rng.random(40) < 0.3, np.nan, x + rng.normal(size=40))
    flag = pd.Series(rng.random(40) < 0.5)
    kinds = [flag, flag.map({True: "ja", False: "nej"}), flag.astype("category"), flag.astype(int)]
    found = [ml_change_two_wave(x, y, pd.DataFrame({"a": kind})) for kind in kinds]
    assert_allclose([e.change for e in found], found[0].change)
    assert {e.df for e in found} == {found[0].n_pairs - 3}


def test_a_wave_in_between_moves_the_estimate_in_its_direction(rng):
    """Those lost after wave 2 had got worse there: the full estimate must be worse than two waves say."""
    n = 200
    start = rng.normal(50, 10, n)
    middle = start + rng.normal(0, 6, n)
    end = middle + rng.normal(0, 3, n)
    end[middle > start + 2] = np.nan
    waves = np.column_stack([start, middle, end])
    assert ml_change_all_waves(waves).change > ml_change_two_wave(start, end).change + 2


def test_waves_in_another_order_give_the_same_means(rng):
    waves = rng.normal(size=(60, 4)).cumsum(axis=1)
    waves[rng.random((60, 4)) < 0.2] = np.nan
    order = [2, 0, 3, 1]
    assert_allclose(
        np.array(ml_change_all_waves(waves).means)[order],
        ml_change_all_waves(waves[:, order]).means,
        atol=1e-7,
    )


def test_the_closed_form_covers_when_loss_depends_on_the_start():
    """60 people, half lost, those with high starts most; truth 5; 400 seeded draws. Completers miss it."""
    rng = np.random.default_rng(4711)
    hits = completer_hits = 0
    for _ in range(400):
        x = rng.normal(50, 10, 60)
        y = 50 + 5 + 0.6 * (x - 50) + rng.normal(0, 8, 60)
        y[rng.random(60) < 1 / (1 + np.exp(-(x - 50) / 6))] = np.nan
        e, c = ml_change_two_wave(x, y), completers_change(x, y)
        hits += e.low <= 5 <= e.high
        completer_hits += c.low <= 5 <= c.high
    assert 0.92 <= hits / 400 <= 0.98  # 95 % +- 2.7 standard errors
    assert completer_hits / 400 < 0.85


def test_the_interval_of_all_waves_covers_when_loss_depends_on_the_last_value():
    """40 people, three waves, about half lost; truth .5; 120 seeded draws."""
    rng = np.random.default_rng(3)
    hits = 0
    for _ in range(120):
        waves = rng.multivariate_normal([0, 0.25, 0.5], 0.6 + 0.4 * np.eye(3), size=40)
        left = np.cumsum([rng.random(40) < 1 / (1 + np.exp(1 - waves[:, j])) for j in (0, 1)], axis=0) > 0
        waves[:, 1:][left.T] = np.nan
        e = ml_change_all_waves(waves)
        hits += e.low <= 0.5 <= e.high
    assert 0.89 <= hits / 120 <= 1.0


@pytest.mark.parametrize("n_pairs", [0, 1])
def test_too_few_pairs_have_no_estimate(n_pairs):
    post = [4.0] * n_pairs + [np.nan] * (3 - n_pairs)
    for method in (completers_change, carried_back, ml_change_two_wave):
        e = method([1.0, 2.0, 3.0], post)
        assert (e.n, e.n_pairs, e.reason) == (3, n_pairs, "too_few_pairs")
        assert math.isnan(e.change) and math.isnan(e.low)


def test_equal_changes_have_no_interval():
    e = completers_change([1.0, 2, 3], [2.0, 3, 4])
    assert (e.change, e.reason) == (1, "zero_sd") and math.isnan(e.low)


def test_a_start_or_covariate_that_does_not_vary_is_singular():
    post = [3, 4, 1, 2, 5, np.nan]
    assert ml_change_two_wave([7.0] * 6, post).reason == "singular"
    twin = pd.DataFrame({"same": [2, 4, 6, 8, 10, 12]})
    assert ml_change_two_wave([1, 2, 3, 4, 5, 6], post, twin).reason == "singular"
    only_lost = pd.DataFrame({"lost_only": ["a"] * 5 + ["b"]})
    assert ml_change_two_wave([1, 2, 3, 4, 5, 6], post, only_lost).reason == "singular"


def test_all_waves_says_why_it_cannot():
    rng = np.random.default_rng(0)
    waves = rng.normal(size=(30, 3))
    assert ml_change_all_waves(waves[:5]).reason == "too_few_pairs"
    assert ml_change_all_waves(np.full((4, 3), np.nan)).reason == "too_few_pairs"
    apart = waves.copy()
    apart[:15, 1], apart[15:, 2] = np.nan, np.nan
    assert ml_change_all_waves(apart).reason == "too_few_pairs"
    flat = waves.copy()
    flat[:, 1] = 3
    assert ml_change_all_waves(flat).reason == "singular"
    twin = waves.copy()
    twin[:, 1] = twin[:, 0] + 1
    assert ml_change_all_waves(twin).reason == "singular"


def test_empty_rows_are_left_out_and_counted(rng):
    waves = rng.normal(size=(30, 3))
    with_empty = np.vstack([waves, np.full((4, 3), np.nan)])
    one, other = ml_change_all_waves(waves), ml_change_all_waves(with_empty)
    assert (other.n, other.n_empty) == (30, 4)
    assert_allclose(other.change, one.change)


def test_complete_waves_have_their_plain_means(rng):
    waves = rng.normal(size=(25, 3))
    e = ml_change_all_waves(waves)
    assert_allclose(e.means, waves.mean(axis=0), atol=1e-9)
    assert_allclose(e.se, (waves[:, 2] - waves[:, 0]).std() / 5, rtol=1e-8)  # divisor n: maximum likelihood


@pytest.mark.parametrize("method", [completers_change, carried_back, ml_change_two_wave])
def test_a_missing_start_is_refused_by_name(method):
    with pytest.raises(StatisticsError, match="Argumentet pre"):
        method([1, np.nan, 3], [1, 2, 3])
    with pytest.raises(StatisticsError, match="Argumentet pre"):
        method([], [])
    with pytest.raises(StatisticsError, match="lika många rader"):
        method([1, 2], [1, 2, 3])
    with pytest.raises(StatisticsError, match="Argumentet post"):
        method([1, 2], [1, np.inf])


def test_missing_or_misplaced_covariates_are_refused():
    with pytest.raises(StatisticsError, match="covariates"):
        ml_change_two_wave([1, 2, 3], [1, 2, 3], pd.DataFrame({"a": [1, None, 3]}))
    with pytest.raises(StatisticsError, match="covariates"):
        ml_change_two_wave([1, 2, 3], [1, 2, 3], pd.DataFrame({"a": [1, 2]}))
    with pytest.raises(StatisticsError, match="index"):
        ml_change_two_wave(pd.Series([1, 2]), pd.Series([1, 2]), pd.DataFrame({"a": [1, 2]}, index=[1, 0]))


@pytest.mark.parametrize("waves", [[1, 2, 3], [[1], [2]], [["a", "b"]], [[1, math.inf]]])
def test_waves_of_the_wrong_shape_or_kind_are_refused(waves):
    with pytest.raises(StatisticsError, match="waves"):
        ml_change_all_waves(waves)


def test_the_frame_has_one_row(rng):
    assert len(ml_change_all_waves(rng.normal(size=(20, 2))).to_frame()) == 1


def test_the_default_error_leaves_out_one_person_at_a_time(rng):
    x = rng.exponential(10, 30)
    y = np.where(rng.random(30) < 0.5, np.nan, 0.5 * x + rng.normal(0, 4, 30))
    age = pd.DataFrame({"age": rng.normal(40, 10, 30), "sex": rng.choice(["f", "m"], 30)})
    for covariates in (None, age):
        e = ml_change_two_wave(x, y, covariates)
        without = [
            ml_change_two_wave(x[rest], y[rest], None if covariates is None else covariates[rest]).change
            for rest in (np.arange(30) != i for i in range(30))
        ]
        assert_allclose(e.se, np.sqrt(29 / 30 * ((without - np.mean(without)) ** 2).sum()), rtol=1e-8)
        assert e.interval == "leave_one_out"
        assert e.df == ml_change_two_wave(x, y, covariates, error="model").df


def test_one_person_alone_with_a_level_is_said(rng):
    x = rng.normal(size=20)
    y = np.where(np.arange(20) < 12, x + rng.normal(size=20), np.nan)
    alone = pd.DataFrame({"area": ["north"] + ["south"] * 11 + ["north", "south"] * 4})
    e = ml_change_two_wave(x, y, alone)
    assert e.reason == "one_person_decides" and np.isfinite(e.change) and np.isnan(e.low)


def test_an_unknown_error_is_refused():
    with pytest.raises(StatisticsError, match="error"):
        ml_change_two_wave([1.0, 2, 3, 4], [1.0, 2, 3, 5], error="bootstrap")


def test_everybody_on_the_line_has_no_interval():
    x = np.r_[np.arange(20.0), np.arange(10.0)]
    y = np.where(np.arange(30) < 20, x + 2, np.nan)
    e = ml_change_two_wave(x, y)
    assert e.reason == "zero_sd" and e.change == pytest.approx(2.0) and np.isnan(e.low)


def test_all_waves_take_nullable_columns_and_no_text():
    frame = pd.DataFrame({"a": [1, 2, 3, 5, 4] * 6, "b": [2, pd.NA, 3, 4, 6] * 6}, dtype="Int64")
    assert ml_change_all_waves(frame).n_observed == (30, 24)
    with pytest.raises(StatisticsError, match="waves"):
        ml_change_all_waves([["1", "2"], ["2", "3"]] * 10)
