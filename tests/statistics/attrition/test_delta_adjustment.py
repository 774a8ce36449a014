"""Delta adjustment and tipping points: R on 18 two-wave cases, imputation by hand, arithmetic, simulation."""

import math
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from isu_analysis.errors import StatisticsError
from isu_analysis.statistics.attrition.bounds import mean_bounds, tipping_point
from isu_analysis.statistics.attrition.delta import delta_adjusted, widened_interval
from isu_analysis.statistics.attrition.delta_shares import ODDS_RATIOS, share_by_odds_ratio, tipping_odds_ratio
from isu_analysis.statistics.attrition.estimates import ChangeEstimate, carried_back, completers_change
from isu_analysis.statistics.attrition.maximum_likelihood import ml_change_two_wave
from isu_analysis.statistics.attrition.tipping import cancelling_change, tipping_point_in_units
from isu_analysis.statistics.proportions.shares import share_bounds, wilson

FOLDER = "effects_attrition/"
SIX = ChangeEstimate("completers", n=100, n_pairs=60, change=-6.0, low=-8.0, high=-4.0, se=1.0, df=58)
NOT_KNOWN = ChangeEstimate("completers", n=5, n_pairs=1, reason="too_few_pairs")


@pytest.fixture(scope="module")
def attrition(oracle):
    return oracle(FOLDER + "expected_attrition.json")


@pytest.fixture(scope="module")
def cases(attrition, oracle_data):
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


def test_shifted_changes_equal_r(cases):
    compared = 0
    for case, pre, post, covariates in cases:
        expected = case["delta_adjusted"]
        frame = delta_adjusted(ml_change_two_wave(pre, post, covariates), expected["delta"])
        assert_allclose(frame.change, expected["est"], rtol=1e-9, atol=1e-11)
        assert set(frame.n_lost) == {case["n"] - case["r"]} and set(frame["of"]) == {case["n"]}
        compared += len(frame)
    assert compared == 18 * 7


def test_tipping_points_equal_r_in_all_units(cases):
    """R multiplies the standard error by the normal 1.96, not by t: given that interval, the limit is R's."""
    limits = 0
    for case, pre, post, covariates in cases:
        expected = case["delta_adjusted"]
        e = ml_change_two_wave(pre, post, covariates, error="model")
        half = 1.959963984540054 * e.se
        e = replace(e, low=e.change - half, high=e.change + half)
        sd = float(pre.std())
        found = tipping_point_in_units(e, higher_is_better=False, start_sd=sd, threshold=9.0)
        assert_allclose(found.delta_points, expected["tipping_delta_est_zero"], rtol=1e-8)
        if found.limit_points:  # 0 where the interval includes zero, which R does not single out
            limits += 1
            assert_allclose(found.limit_points, expected["tipping_delta_ci_zero"], rtol=1e-7)
            assert_allclose(found.limit_start_sds * sd, expected["tipping_delta_ci_zero"], rtol=1e-7)
            assert_allclose(found.limit_thresholds * 9, expected["tipping_delta_ci_zero"], rtol=1e-7)
        assert_allclose(found.delta_start_sds * sd, expected["tipping_delta_est_zero"], rtol=1e-8)
        assert_allclose(found.delta_thresholds * 9, expected["tipping_delta_est_zero"], rtol=1e-8)
        assert (found.n_lost, found.of) == (case["n"] - case["r"], case["n"])
    assert limits == 16


def test_the_change_that_cancels_equals_r(cases):
    for case, pre, post, _ in cases:
        found = cancelling_change(completers_change(pre, post))
        assert_allclose(found.change_lost, case["delta_adjusted"]["required_mean_change_of_dropouts_to_cancel"])
        assert (found.n_kept, found.n_lost) == (case["r"], case["n"] - case["r"])


def test_carried_back_and_bounds_equal_r(cases):
    for case, pre, post, _ in cases:
        assert_allclose(carried_back(pre, post).change, case["bocf"]["est"], rtol=1e-9)
        expected = case["manski"]
        found = mean_bounds(pre, post, expected["scale_min"], expected["scale_max"])
        assert_allclose([found.lower, found.upper], [expected["lower"], expected["upper"]], rtol=1e-9)
        low, high = found.imbens_manski_low, found.imbens_manski_high
        assert_allclose([low, high], [expected["im_lo"], expected["im_hi"]], atol=1e-6)


def test_bounds_contain_every_delta_that_keeps_the_lost_on_the_scale(cases):
    for case, pre, post, _ in cases:
        bounds = mean_bounds(pre, post, case["manski"]["scale_min"], case["manski"]["scale_max"])
        lost = pre[post.isna()]
        e = ml_change_two_wave(pre, post, error="model")
        expected_end = (e.change * e.n - completers_change(pre, post).change * e.n_pairs) / lost.size + lost.mean()
        deltas = np.linspace(bounds.scale_min - expected_end, bounds.scale_max - expected_end, 5)
        change = delta_adjusted(e, deltas).change
        assert change.between(bounds.lower - 1e-9, bounds.upper + 1e-9).all()


def test_delta_is_what_is_added_to_every_imputed_end(rng):
    """Fill in each lost end by the kept's regression line, add delta, average: the same change."""
    x = rng.normal(50, 10, 80)
    y = np.where(rng.random(80) < 0.4, np.nan, x + rng.normal(-5, 6, 80))
    kept = ~np.isnan(y)
    slope, intercept = np.polyfit(x[kept], y[kept], 1)
    for delta, row in zip([-7, 3], delta_adjusted(ml_change_two_wave(x, y), [-7, 3]).itertuples(), strict=True):
        filled = np.where(kept, y, intercept + slope * x + delta)
        assert_allclose(row.change, (filled - x).mean())


def test_units_by_hand():
    """40 of 100 lost; half a SD of 12 is 6 points, which moves the change by 2.4."""
    frame = delta_adjusted(SIX, [0.5, -1], "start_sd", start_sd=12, threshold=8)
    assert list(frame.delta_points) == [6, -12] and list(frame.delta_start_sds) == [0.5, -1]
    assert list(frame.delta_thresholds) == [0.75, -1.5]
    assert_allclose(frame[["change", "low", "high"]], [[-3.6, -5.6, -1.6], [-10.8, -12.8, -8.8]])
    in_thresholds = delta_adjusted(SIX, [0.75], "thresholds", threshold=8)
    assert_allclose(in_thresholds.change, -3.6)
    assert in_thresholds.delta_start_sds.isna().all()
    assert list(in_thresholds.columns) == list(frame.columns)


def test_tipping_by_hand():
    """-6 over 40 % lost is 15 points; the limit -4 is 10. Lower is better: they must have done worse."""
    found = tipping_point_in_units(SIX, higher_is_better=False, start_sd=10, threshold=5)
    assert_allclose([found.delta_points, found.limit_points], [15, 10])
    assert_allclose([found.delta_start_sds, found.limit_start_sds], [1.5, 1])
    assert_allclose([found.delta_thresholds, found.limit_thresholds], [3, 2])
    assert found.direction == "worse"
    assert (found.start_sd, found.threshold, found.reason) == (10, 5, "")
    assert tipping_point_in_units(SIX, higher_is_better=True).direction == "better"
    up = replace(SIX, change=6.0, low=4.0, high=8.0)
    assert tipping_point_in_units(up, higher_is_better=True).direction == "worse"
    assert tipping_point_in_units(up, higher_is_better=True).limit_points == pytest.approx(-10)
    assert math.isnan(tipping_point_in_units(SIX, higher_is_better=False).delta_start_sds)


def test_the_tipping_delta_brings_the_change_to_zero():
    found = tipping_point_in_units(SIX, higher_is_better=False, start_sd=11, threshold=7)
    at_zero = delta_adjusted(SIX, [found.delta_thresholds, found.limit_thresholds], "thresholds", threshold=7)
    assert_allclose(at_zero.change[0], 0, atol=1e-12)
    assert_allclose(at_zero.high[1], 0, atol=1e-12)


def test_an_unclear_or_zero_change_has_no_distance_to_go():
    unclear = replace(SIX, low=-13.0, high=1.0)
    assert tipping_point_in_units(unclear, higher_is_better=False).limit_points == 0
    zero = replace(SIX, change=0.0, low=-1.0, high=1.0)
    assert tipping_point_in_units(zero, higher_is_better=False).direction == ""


def test_when_nobody_is_lost_or_nothing_estimated_it_says_so():
    whole = replace(SIX, n_pairs=100)
    frame = delta_adjusted(whole, [-5, 0, 5])
    assert set(frame.reason) == {"nobody_lost"} and set(frame.change) == {-6.0}
    found = tipping_point_in_units(whole, higher_is_better=False)
    assert found.reason == "nobody_lost" and math.isnan(found.delta_points) and found.direction == ""
    assert cancelling_change(whole).reason == "nobody_lost"
    for nothing in (NOT_KNOWN, replace(NOT_KNOWN, n=0, n_pairs=0)):
        assert set(delta_adjusted(nothing, [1]).reason) == {"not_estimable"}
        assert delta_adjusted(nothing, [1]).change.isna().all()
        assert tipping_point_in_units(nothing, higher_is_better=True).reason == "not_estimable"
        assert cancelling_change(nothing).reason == "not_estimable"
        assert math.isnan(cancelling_change(nothing).change_lost)
        assert widened_interval(nothing, 1).reason == "not_estimable"
    assert math.isnan(tipping_point_in_units(NOT_KNOWN, higher_is_better=True).limit_points)
    both = replace(NOT_KNOWN, n=1)  # nobody lost and no interval: as tipping_point says
    assert tipping_point(both, both.share_lost).reason == "nobody_lost"
    assert tipping_point_in_units(both, higher_is_better=True).reason == "nobody_lost"
    assert cancelling_change(both).reason == "nobody_lost"


def test_cancelling_by_hand():
    """60 improved by 6 on average: the 40 lost must have got 9 worse."""
    found = cancelling_change(SIX)
    assert (found.change_kept, found.change_lost, found.n_kept, found.n_lost) == (-6, 9, 60, 40)


@settings(max_examples=40, deadline=None)
@given(st.floats(0, 3), st.floats(-1, 1))
def test_the_widened_interval_holds_every_shifted_one(delta, part):
    wide = widened_interval(SIX, delta, "start_sd", start_sd=10)
    row = delta_adjusted(SIX, [part * delta], "start_sd", start_sd=10).iloc[0]
    assert wide.low <= row.low + 1e-9 and row.high - 1e-9 <= wide.high
    ends = delta_adjusted(SIX, [-delta, delta], "start_sd", start_sd=10)
    assert_allclose([wide.low, wide.high], [ends.low[0], ends.high[1]])
    assert_allclose([wide.change_low, wide.change_high], ends.change)
    assert (wide.change, wide.n_lost, wide.of, wide.delta_points) == (-6, 40, 100, 10 * delta)


def test_a_small_delta_is_no_protection_against_loss_that_depends_on_the_change():
    """The docstring's figures: 300 people, 85 % lost, those who gained least; truth 0.5; 150 seeded draws."""
    rng = np.random.default_rng(11)
    hits = np.zeros(3)
    for _ in range(150):
        x = rng.normal(size=300)
        y = 0.5 + 0.6 * x + 0.8 * rng.normal(size=300)
        gain = (y - x - 0.5) / 0.8944
        y[rng.random(300) < 1 / (1 + np.exp(-(2.0 - gain)))] = np.nan
        e = ml_change_two_wave(x, y)
        assert 0.7 < e.share_lost < 0.95
        intervals = [widened_interval(e, delta) for delta in (0, 0.2, 0.5)]
        hits += [w.low <= 0.5 <= w.high for w in intervals]
    none, small, large = hits / 150
    assert none <= 0.04 and 0.05 < small < 0.35 and 0.7 < large < 0.95


# --- shares


def test_worst_and_best_case_of_shares_equal_r(attrition):
    compared = 0
    for case in attrition["binary_bounds"]:
        found = share_bounds(case["events"], case["observed"], case["n"])
        expected = [case["p_completers"], case["p_missing_as_nonevent"], case["p_missing_as_event"]]
        assert_allclose([found.observed_share, found.worst, found.best], expected)
        assert_allclose(found.best - found.worst, case["width"])
        compared += 1
    assert compared == 2


def test_the_odds_ratio_of_jensen():
    """25.3 % of the lost against 79.1 % of those who answered (Jensen et al. 2017): odds ratio 0.0895."""
    ratio = (0.253 / 0.747) / (0.791 / 0.209)
    frame = share_by_odds_ratio(791, 1000, 1341, [ratio])
    assert_allclose(frame.share_lost, 0.253)
    assert_allclose(frame.share, (791 + 0.253 * 341) / 1341)
    assert min(ODDS_RATIOS) < ratio


def test_an_odds_ratio_by_hand():
    """60 of 80 observed: odds 3; a tenth of that is .3, a share of 3/13; 20 lost: (60 + 60/13) of 100."""
    row = share_by_odds_ratio(60, 80, 100, [0.1]).iloc[0]
    assert_allclose([row.share_observed, row.share_lost, row.share], [0.75, 3 / 13, 0.6 + 0.6 / 13])
    assert (row.n, row.observed, row.of, row.reason) == (60, 80, 100, "")
    low, high = wilson(60, 80)
    at_limit = [0.8 * p + 0.2 * (0.1 * p / (1 - p)) / (1 + 0.1 * p / (1 - p)) for p in (low, high)]
    assert_allclose([row.low, row.high], at_limit)
    assert row.low < row.share < row.high


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 30), st.integers(0, 30), st.integers(0, 30))
def test_worst_and_best_case_contain_every_odds_ratio(n, others, lost):
    assume(n + others > 0)
    bounds = share_bounds(n, n + others, n + others + lost)
    frame = share_by_odds_ratio(n, n + others, n + others + lost)
    assert frame.share.between(bounds.worst - 1e-12, bounds.best + 1e-12).all()
    assert frame.share.is_monotonic_increasing
    assert_allclose(frame.share[frame.odds_ratio == 1], bounds.observed_share)


def test_swapping_the_property_inverts_the_odds_ratio():
    one, other = share_by_odds_ratio(12, 40, 90, [0.2, 3]), share_by_odds_ratio(28, 40, 90, [5, 1 / 3])
    assert_allclose(one.share, 1 - other.share)
    assert_allclose(one.low, 1 - other.high)


def test_shares_without_lost_or_without_observed():
    whole = share_by_odds_ratio(3, 10, 10, [0.1, 10])
    assert set(whole.reason) == {"nobody_lost"} and whole.share_lost.isna().all()
    assert_allclose(whole.share, 0.3)
    none = share_by_odds_ratio(0, 0, 10, [0.1])
    assert none.reason[0] == "nobody_observed" and none[["share", "low", "high", "share_lost"]].isna().all(axis=None)
    assert share_by_odds_ratio(0, 0, 0, [1]).share.isna().all()


def test_a_tipping_odds_ratio_by_hand():
    """60 of 80 observed of 150: 15 of the 70 lost make half: odds 3/11 over odds 3 is 1/11."""
    found = tipping_odds_ratio(60, 80, 150)
    assert_allclose([found.odds_ratio, found.share_lost_needed], [1 / 11, 15 / 70])
    assert (found.threshold, found.n, found.observed, found.of, found.reason) == (0.5, 60, 80, 150, "")


@pytest.mark.parametrize(("n", "threshold"), [(60, 0.5), (25, 0.5), (60, 0.4), (60, 0.85)])
def test_the_tipping_odds_ratio_brings_the_share_to_the_threshold(n, threshold):
    found = tipping_odds_ratio(n, 80, 170, threshold)
    assert_allclose(share_by_odds_ratio(n, 80, 170, [found.odds_ratio]).share, threshold)
    row = share_by_odds_ratio(n, 80, 170, [found.odds_ratio_limit]).iloc[0]
    assert_allclose(row.low if n / 80 > threshold else row.high, threshold)


def test_a_tipping_odds_ratio_that_is_nowhere():
    assert tipping_odds_ratio(60, 80, 100).reason == "out_of_reach"  # 60 of 100 whatever the lost were
    assert tipping_odds_ratio(10, 80, 100).reason == "out_of_reach"
    assert tipping_odds_ratio(5, 10, 10).reason == "nobody_lost"
    assert tipping_odds_ratio(0, 0, 10).reason == "nobody_observed"
    assert tipping_odds_ratio(0, 10, 90).reason == tipping_odds_ratio(10, 10, 90).reason == "no_odds"
    assert math.isnan(tipping_odds_ratio(5, 10, 10).odds_ratio)


def test_a_tipping_odds_ratio_at_the_edge_of_reach():
    assert tipping_odds_ratio(50, 80, 100).odds_ratio == 0  # exactly half if none of the lost
    assert tipping_odds_ratio(30, 80, 100).odds_ratio == math.inf
    for n, threshold in ((28, 0.28), (29, 0.29)):  # no binary numbers: 100 times them is not 28 and 29
        assert tipping_odds_ratio(n, 50, 100, threshold).odds_ratio == 0
    all_of_them = tipping_odds_ratio(7, 50, 100, 0.57)
    assert (all_of_them.odds_ratio, all_of_them.share_lost_needed, all_of_them.reason) == (math.inf, 1, "")
    assert tipping_odds_ratio(29, 50, 100, 0.2899).reason == "out_of_reach"
    assert tipping_odds_ratio(42, 80, 170).odds_ratio_limit == 1  # Wilson already includes one half


def test_wrong_arguments_are_refused_by_name():
    with pytest.raises(StatisticsError, match="Argumentet unit"):
        delta_adjusted(SIX, [1], "sd")
    with pytest.raises(StatisticsError, match="Argumentet start_sd"):
        delta_adjusted(SIX, [1], "start_sd")
    with pytest.raises(StatisticsError, match="Argumentet threshold"):
        delta_adjusted(SIX, [1], "thresholds", start_sd=3)
    with pytest.raises(StatisticsError, match="Argumentet start_sd"):
        delta_adjusted(SIX, [1], start_sd=0)
    with pytest.raises(StatisticsError, match="Argumentet threshold"):
        tipping_point_in_units(SIX, higher_is_better=True, threshold=-1)
    for deltas in ([], [np.nan], [np.inf], ["a"]):
        with pytest.raises(StatisticsError, match="Argumentet deltas"):
            delta_adjusted(SIX, deltas)
    with pytest.raises(StatisticsError, match="Argumentet delta"):
        widened_interval(SIX, -1)
    for ratios in ([0], [-1], [], [np.nan]):
        with pytest.raises(StatisticsError, match="Argumentet odds_ratios"):
            share_by_odds_ratio(1, 2, 3, ratios)
    for threshold in (0, 1, np.nan):
        with pytest.raises(StatisticsError, match="Argumentet threshold"):
            tipping_odds_ratio(1, 2, 3, threshold)
    with pytest.raises(StatisticsError, match="Argumenten n och"):
        share_by_odds_ratio(3, 2, 5)


def test_results_are_one_row():
    for found in (
        tipping_point_in_units(SIX, higher_is_better=True),
        cancelling_change(SIX),
        widened_interval(SIX, 1),
        tipping_odds_ratio(60, 80, 150),
    ):
        assert isinstance(found.to_frame(), pd.DataFrame) and len(found.to_frame()) == 1


def test_the_default_odds_ratios_are_mirrored_and_reach_what_was_seen():
    """Jensen et al. (2017): 0.09. For an unwanted outcome the lost are worse off above 1."""
    assert_allclose(np.array(ODDS_RATIOS) * np.array(ODDS_RATIOS[::-1]), 1.0)
    assert min(ODDS_RATIOS) < 0.09
