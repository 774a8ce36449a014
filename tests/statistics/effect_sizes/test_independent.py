"""Two groups of different people: R's effectsize and metafor, scipy, hand arithmetic, resampling and invariance."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose
from scipy import stats

from isu_analysis.errors import StatisticsError
from isu_analysis.statistics.effect_sizes.independent import group_difference
from isu_analysis.statistics.effect_sizes.overlap import normal_overlap


@pytest.fixture(scope="module")
def compared(oracle, oracle_data):
    """Every case of the expected values, the two waves taken as two groups: (expected, ours)."""
    found = []
    for case in oracle("effects_attrition/expected_effect_sizes.json")["cases"]:
        data = oracle_data(f"effects_attrition/data/{case['data']}", case["filter"])
        both = data[[case["pre"], case["post"]]].dropna()
        found.append((case["effectsize"], group_difference(both[case["post"]], both[case["pre"]])))
    assert len(found) == 36
    return found


def test_standardised_sizes_equal_effectsize(compared):
    for expected, ours in compared:
        g = expected["hedges_g_indep"]
        assert ours.g == pytest.approx(g["est"], abs=1e-8)
        assert_allclose([ours.g_noncentral_low, ours.g_noncentral_high], [g["lo"], g["hi"]], atol=5e-6)
        assert ours.glass_delta == pytest.approx(expected["glass_delta_pre_sd"]["est"], abs=1e-8)


def test_orders_equal_effectsize(compared):
    for expected, ours in compared:
        assert ours.cliffs_delta == pytest.approx(expected["cliffs_delta_indep"]["est"], abs=1e-8)
        assert ours.superiority == pytest.approx(expected["p_superiority_indep_nonparametric"]["est"], abs=1e-8)
        assert ours.win_odds == pytest.approx(expected["wmw_odds_indep"]["est"], rel=1e-6)
        assert ours.u3 == pytest.approx(expected["cohens_u3_nonparam"]["est"], abs=1e-8)


def test_the_interval_of_superiority_lies_near_that_of_effectsize(compared):
    """Theirs takes the variance under equal groups; ours does not, so they agree where the groups are near."""
    near = [(e["p_superiority_indep_nonparametric"], ours) for e, ours in compared if abs(ours.cliffs_delta) < 0.2]
    assert len(near) >= 5
    for expected, ours in near:
        assert_allclose([ours.superiority_low, ours.superiority_high], [expected["lo"], expected["hi"]], atol=0.02)


def test_other_words_for_d_equal_effectsize(compared):
    for expected, _ in compared:
        words = normal_overlap(expected["cohens_d_indep"]["est"])
        assert words.superiority == pytest.approx(expected["p_superiority_indep_parametric"]["est"], abs=1e-8)
        assert words.overlap == pytest.approx(expected["p_overlap"]["est"], abs=1e-8)
        assert words.u1 == pytest.approx(expected["cohens_u1"]["est"], abs=1e-8)
        assert words.u2 == pytest.approx(expected["cohens_u2"]["est"], abs=1e-8)
        assert words.u3 == pytest.approx(expected["cohens_u3"]["est"], abs=1e-8)


def test_baseline_differences_equal_metafor(oracle, oracle_data):
    """SMD and SMDH of the lost against the kept."""
    checked = 0
    for case in oracle("effects_attrition/expected_attrition.json")["balance"]:
        if not case["id"].startswith("btheb"):
            continue
        data = oracle_data("effects_attrition/data/btheb.csv")
        lost = data["bdi." + case["id"].split("_")[1]].isna()
        for name, expected in case["continuous"].items():
            ours = group_difference(data.loc[lost, name], data.loc[~lost, name])
            if ours.reason:
                continue
            assert ours.g == pytest.approx(expected["metafor_SMD"]["yi"], abs=1e-9)
            smdh = expected["metafor_SMDH"]
            found = [ours.g_average, ours.g_average_low, ours.g_average_high]
            assert_allclose(found, [smdh["yi"], smdh["lo"], smdh["hi"]], atol=1e-9)
            assert ours.cliffs_delta == pytest.approx(expected["cliffs_delta"]["est"], abs=1e-9)
            checked += 1
    assert checked >= 3


def test_by_hand():
    found = group_difference([4.0, 6, 8, 10, 12], [1, 3, 5, 7, 9])
    assert (found.difference, found.sd_first, found.sd_second) == (3.0, np.sqrt(10), np.sqrt(10))
    j8 = 1 - 3 / (4 * 8 - 1)  # the common approximation to Hedges' correction
    assert found.g == pytest.approx(3 / np.sqrt(10) * j8, rel=1e-3)
    # pairs in which the first is higher: 4 beats 1,3; 6 beats 1,3,5; 8: 4; 10: 5; 12: 5
    assert found.superiority == pytest.approx(19 / 25)
    assert found.win_odds == pytest.approx(19 / 6)
    assert found.u3 == 0.6 + 0.2  # 6, 8, 10 and 12 lie above 5
    assert found.difference_low == pytest.approx(stats.ttest_ind([4, 6, 8, 10, 12], [1, 3, 5, 7, 9], equal_var=False)
                                                 .confidence_interval().low)  # fmt: skip


def test_leave_one_out_intervals_are_those_of_leaving_out(rng):
    x, y = rng.normal(1, 2, 12), rng.exponential(1.5, 9)

    def half(size):
        parts = []
        for which, values in enumerate((x, y)):
            left = [
                size(*[np.delete(v, i) if k == which else v for k, v in enumerate((x, y))]) for i in range(values.size)
            ]
            parts.append((values.size - 1) / values.size * ((left - np.mean(left)) ** 2).sum())
        df = sum(parts) ** 2 / (parts[0] ** 2 / (x.size - 1) + parts[1] ** 2 / (y.size - 1))
        return stats.t.ppf(0.975, df) * np.sqrt(sum(parts))

    def pooled(a, b):
        df = a.size + b.size - 2
        return (a.mean() - b.mean()) / np.sqrt(((a.size - 1) * a.var(ddof=1) + (b.size - 1) * b.var(ddof=1)) / df)

    found = group_difference(x, y)
    assert (found.g_high - found.g_low) / 2 == pytest.approx(half(pooled))
    glass = half(lambda a, b: (a.mean() - b.mean()) / b.std(ddof=1))
    assert (found.glass_delta_high - found.glass_delta_low) / 2 == pytest.approx(glass)


def test_coverage_when_scores_are_skewed_and_spread_differs(rng):
    """Leave-one-out keeps near its promise; the noncentral t does not."""
    truth = (0.5 - 2.0) / np.sqrt((59 * 0.25 + 14 * 4) / 73)  # exponential, means .5 and 2, SD equal to the mean
    runs, hits = 400, np.zeros(2)
    for _ in range(runs):
        found = group_difference(rng.exponential(0.5, 60), rng.exponential(2, 15))
        hits += [found.g_low <= truth <= found.g_high, found.g_noncentral_low <= truth <= found.g_noncentral_high]
    assert hits[0] / runs >= 0.91
    assert hits[1] / runs < 0.89


@given(shift=st.floats(-100, 100), scale=st.floats(0.01, 100))
def test_shift_scale_and_swap(shift, scale):
    x, y = np.array([3.0, 5, 9, 4, 7, 8]), np.array([2.0, 6, 3, 1, 5])
    plain, moved = group_difference(x, y), group_difference(shift + scale * x, shift + scale * y)
    names = ("g", "g_low", "g_average_high", "glass_delta", "superiority", "superiority_low", "u3")
    assert_allclose([getattr(plain, n) for n in names], [getattr(moved, n) for n in names], rtol=1e-6)
    swapped = group_difference(y, x)
    assert swapped.g == pytest.approx(-plain.g)
    assert swapped.g_low == pytest.approx(-plain.g_high)
    assert swapped.superiority_low == pytest.approx(1 - plain.superiority_high)
    assert swapped.win_odds == pytest.approx(1 / plain.win_odds)


def test_groups_that_do_not_overlap():
    found = group_difference([10.0, 11, 12, 13, 14], [1.0, 2, 3, 4, 5])
    assert (found.superiority, found.cliffs_delta, found.win_odds, found.u3) == (1.0, 1.0, np.inf, 1.0)
    assert np.isnan([found.superiority_low, found.win_odds_high]).all()
    assert found.g > 3


def test_far_apart_is_still_a_number():
    found = group_difference(np.arange(10.0) + 1000, np.arange(10.0))
    assert np.isfinite([found.g, found.g_low, found.g_noncentral_low, found.g_noncentral_high]).all()
    assert found.g_noncentral_low < found.g < found.g_noncentral_high


@pytest.mark.parametrize("n", range(5))
def test_few_people_have_a_raw_difference_only(n):
    found = group_difference(np.arange(float(n)), np.arange(6.0))
    assert found.reason == "too_few_people"
    assert np.isnan([found.g, found.superiority, found.glass_delta_low]).all()
    assert np.isfinite(found.difference) == (n >= 2)


def test_a_group_that_does_not_vary_has_order_but_no_standardised_size():
    found = group_difference([3.0] * 6, [1.0, 2, 3, 4, 5])
    assert found.reason == "zero_sd"
    assert found.superiority == pytest.approx(0.5)  # above two of five, level with one
    assert np.isnan([found.g, found.glass_delta, found.g_average]).all()
    both = group_difference([3.0] * 5, [3.0] * 5)
    assert (both.reason, both.superiority) == ("zero_sd", 0.5)
    assert np.isnan(both.superiority_low)


def test_missing_values_are_left_out():
    found = group_difference([1.0, None, 3, 4, 5, 6], [2.0, 3, 4, 5, 9, np.nan])
    assert (found.n_first, found.n_second) == (5, 5)


def test_wrong_input_is_refused():
    with pytest.raises(StatisticsError, match="first"):
        group_difference([np.inf] * 5, [1.0] * 5)
    with pytest.raises(StatisticsError, match="second"):
        group_difference([1.0] * 5, ["a"] * 5)
    with pytest.raises(StatisticsError, match="level"):
        group_difference([1.0] * 5, [1.0] * 5, level=95)
    with pytest.raises(StatisticsError, match="d"):
        normal_overlap(np.nan)


def test_words_for_no_difference():
    words = normal_overlap(0.0)
    assert (words.superiority, words.overlap, words.u1, words.u2, words.u3) == (0.5, 1.0, 0.0, 0.5, 0.5)
    assert normal_overlap(-1.0).u3 == pytest.approx(1 - normal_overlap(1.0).u3)
    assert normal_overlap(-1.0).overlap == normal_overlap(1.0).overlap


@pytest.mark.filterwarnings("error")
def test_no_interval_of_glass_delta_where_one_person_is_all_the_spread():
    """Without the 9 the second group does not vary, and the size without that person is infinite."""
    found = group_difference([1.0, 4, 6, 7, 9, 12], [5.0, 5, 5, 5, 5, 9])
    assert np.isfinite([found.glass_delta, found.g_low, found.g_high]).all()
    assert np.isnan([found.glass_delta_low, found.glass_delta_high]).all()


@pytest.mark.filterwarnings("error")
def test_groups_apart_have_endless_odds_without_a_warning():
    high, low = np.arange(17.0, 25), np.arange(1.0, 9)
    above, below = group_difference(high, low), group_difference(low, high)
    assert (above.superiority, above.win_odds, below.superiority, below.win_odds) == (1, np.inf, 0, 0)
