"""Effect sizes: metafor's and effectsize's numbers, published examples, invariances and edges."""

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose
from scipy import stats

from isu_analysis.errors import StatisticsError
from isu_analysis.statistics import effect_size
from isu_analysis.statistics.effect_sizes.ranks import rank_biserial
from isu_analysis.statistics.effect_sizes.standardised import d_z_interval, hedges_correction

CASES = 36
# Lakens (2013), Front Psychol 4:863, table 1: ratings of two movies by ten people.
MOVIE_1 = [9, 7, 8, 9, 8, 9, 9, 10, 9, 9]
MOVIE_2 = [9, 6, 7, 8, 7, 9, 8, 8, 8, 7]
# Student (1908), extra hours of sleep with two drugs.
SLEEP_1 = [0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0]
SLEEP_2 = [1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4]


@pytest.fixture(scope="module")
def sized(oracle, oracle_data):
    """Every case of the expected values: (expected, pre, post, our result)."""
    found = []
    for case in oracle("effects_attrition/expected_effect_sizes.json")["cases"]:
        data = oracle_data(f"effects_attrition/data/{case['data']}", case["filter"])
        pre, post = data[case["pre"]], data[case["post"]]
        found.append((case, pre, post, effect_size(pre, post)))
    assert len(found) == CASES
    return found


def test_moments_and_test_equal_r(sized):
    names = {"mean_pre": "mean_pre", "mean_post": "mean_post", "sd_pre": "sd_pre", "sd_post": "sd_post"}
    names |= {"r": "r", "change": "mean_change", "sd_change": "sd_change"}
    for case, _, _, e in sized:
        assert e.n == case["n_pairs"] and e.n_given == case["n_all"]
        assert_allclose([getattr(e, k) for k in names], [case["summary"][v] for v in names.values()], rtol=1e-9)
        t = case["t_test"]
        assert_allclose([e.t, e.df, e.change_low, e.change_high], [t["t"], t["df"], t["lo"], t["hi"]], rtol=1e-9)
        assert_allclose(e.p, t["p"], rtol=1e-6)


@pytest.mark.parametrize(("size", "measure"), [("g_pre", "SMCRH"), ("g_av", "SMCRPH")])
def test_sizes_and_bonett_intervals_equal_metafor(sized, size, measure):
    for case, _, _, e in sized:
        expected = case["metafor"][measure]
        found = [getattr(e, size), getattr(e, f"{size}_bonett_low"), getattr(e, f"{size}_bonett_high")]
        assert_allclose(found, [expected["yi"], expected["lo"], expected["hi"]], atol=1e-9)


def test_d_z_equals_the_noncentral_t_of_r(sized):
    for case, _, _, e in sized:
        assert_allclose(e.d_z, case["effectsize"]["d_z"]["est"], atol=1e-9)
        expected = case["nct"]["d_z"]
        assert_allclose([e.d_z_low, e.d_z_high], [expected["lo"], expected["hi"]], atol=5e-6)


def whole(*columns):
    """Whether all scores are whole numbers (tenths tie differently in binary, so R breaks ties at random)."""
    return all((column.dropna() % 1 == 0).all() for column in columns)


def test_rank_biserial_equals_r(sized):
    """Exactly for whole scores; tenths and prorated totals tie in R only by accident of binary digits."""
    exact = [whole(pre, post) for _, pre, post, _ in sized]
    assert sum(exact) >= 13
    for is_exact, (case, _, _, e) in zip(exact, sized, strict=True):
        expected = case["effectsize"]["rank_biserial_paired"]["est"]
        assert_allclose(e.rank_biserial, expected, atol=1e-9 if is_exact else 5e-3)


def test_influence_intervals_lie_near_the_bootstrap(sized):
    """R boot, BCa with 20 000 resamples; both aim at the same thing without a normal distribution."""
    for case, _, _, e in sized:
        for size, name in (("g_pre", "d_b"), ("g_av", "d_av")):
            if e.n < 50 or name not in case.get("boot20000", {}):
                continue
            low, high = case["boot20000"][name]["bca"]
            found = (getattr(e, f"{size}_influence_low"), getattr(e, f"{size}_influence_high"))
            assert_allclose(found, (low, high), atol=0.15 * (high - low))


def test_units_table_equals_metafor(oracle_data):
    expected = oracle_data("effects_attrition/expected_units_sai_t1_t2.csv").set_index("unit")
    data = oracle_data("effects_attrition/data/sai_wide.csv")
    found = {unit: effect_size(rows.total_t1, rows.total_t2) for unit, rows in data.groupby("study")}
    checked = 0
    for unit, row in expected.iterrows():
        e = found[unit]
        if math.isnan(row.SMCRH):
            continue
        assert e.n == row.n_pairs
        assert_allclose(
            [e.g_pre, e.g_av, e.d_z, e.change, e.t],
            [row.SMCRH, row.SMCRPH, row.d_z, row.mean_change, row.t],
            rtol=1e-8,
        )
        half = (e.g_pre_bonett_high - e.g_pre_bonett_low) / 2 / 1.959963984540054
        assert_allclose(half**2, row.SMCRH_vi, rtol=1e-8)
        assert_allclose([e.d_z_low, e.d_z_high], [row.d_z_lo, row.d_z_hi], atol=5e-6)
        checked += 1
    assert checked == 13


def test_lakens_two_movies():
    e = effect_size(MOVIE_1, MOVIE_2)
    assert_allclose([e.d_z, e.change, e.r], [-1.5, -1.0, 0.7255423196197], atol=1e-12)
    assert e.reason == ""


def test_students_sleep():
    """R effectsize: d_z 1.28 [0.41, 2.12]; mean difference 1.58, t = 4.0621, p = 0.002833 (R t.test)."""
    e = effect_size(SLEEP_1, SLEEP_2)
    assert_allclose([e.d_z, e.d_z_low, e.d_z_high], [1.284557562591, 0.4146277645517, 2.118016515469], atol=5e-6)
    assert_allclose([e.change, e.t, e.p], [1.58, 4.062128, 0.00283289], rtol=1e-5)
    assert_allclose([e.change_low, e.change_high], [0.7001142, 2.4598858], atol=1e-6)
    assert e.median_change == pytest.approx(1.3)


def test_bonetts_printed_example():
    """Bonett (2008): means 602.4, 705.6, SD 33.17, 51.08, r .769, n 8: 3.1112 by the
    first SD, 2.7656 with an approximate J.
    """
    z = np.random.default_rng(1).normal(size=(8, 2))
    z = (z - z.mean(axis=0)) @ np.linalg.inv(np.linalg.cholesky(np.cov(z.T)).T)
    pre, post = 602.4 + 33.17 * z[:, 0], 705.6 + 51.08 * (0.769 * z[:, 0] + math.sqrt(1 - 0.769**2) * z[:, 1])
    e = effect_size(pre, post)
    assert_allclose([e.mean_pre, e.sd_pre, e.sd_post, e.r], [602.4, 33.17, 51.08, 0.769], rtol=1e-9)
    assert_allclose(e.change / e.sd_pre, 3.1112, atol=5e-5)
    assert_allclose(e.g_pre, 2.7656, atol=3e-3)


def test_hedges_correction_of_known_df():
    """Exact values: J(2) = 1/sqrt(pi), J(4) = sqrt(2/pi); R for 71 df."""
    assert_allclose(hedges_correction(2), 1 / math.sqrt(math.pi), rtol=1e-12)
    assert_allclose(hedges_correction(4), math.sqrt(2 / math.pi), rtol=1e-12)
    assert_allclose(hedges_correction(71), 0.9893930302641, rtol=1e-11)


def weighted_size(x, y, weights, name):
    """The uncorrected size with weights on the people, for numerical derivatives."""
    w = weights / weights.sum()
    mean_x, mean_y = w @ x, w @ y
    v1, v2 = w @ (x - mean_x) ** 2, w @ (y - mean_y) ** 2
    return (mean_y - mean_x) / math.sqrt(v1 if name == "g_pre" else (v1 + v2) / 2)


@pytest.mark.parametrize("name", ["g_pre", "g_av"])
def test_influence_interval_is_that_of_numerical_derivatives(rng, name):
    """The influence of a person is the derivative of the size by that person's weight."""
    n, step = 40, 1e-5
    x = rng.gamma(2, 5, n)
    y = 0.5 * x + rng.gamma(2, 3, n)
    base = weighted_size(x, y, np.ones(n), name)
    influence = np.empty(n)
    for i in range(n):
        weights = np.ones(n)
        weights[i] += step * n
        influence[i] = (weighted_size(x, y, weights, name) - base) / step
    half = 2.0226909117347285 * influence.std(ddof=1) / math.sqrt(n)  # t table: .975, 39 df
    e = effect_size(x, y)
    found = (getattr(e, f"{name}_influence_high") - getattr(e, f"{name}_influence_low")) / 2
    assert_allclose(found, half, rtol=0.02)  # divisor n against n - 1
    assert_allclose((getattr(e, f"{name}_influence_high") + getattr(e, f"{name}_influence_low")) / 2, getattr(e, name))


@pytest.mark.parametrize("n", [5, 12, 40])
def test_the_default_interval_leaves_out_one_person_at_a_time(rng, n):
    x = rng.exponential(10, n)
    y = x + rng.normal(3, 5, n)
    e = effect_size(x, y)
    sds = {"g_pre": lambda x, y: x.std(ddof=1), "g_av": lambda x, y: np.sqrt((x.var(ddof=1) + y.var(ddof=1)) / 2)}
    for name, sd in sds.items():
        rows = [np.arange(n) != i for i in range(n)]
        left_out = np.array([(y[r] - x[r]).mean() / sd(x[r], y[r]) for r in rows])
        half = stats.t.ppf(0.975, n - 1) * np.sqrt((n - 1) / n * ((left_out - left_out.mean()) ** 2).sum())
        ends = [getattr(e, f"{name}_low"), getattr(e, f"{name}_high")]
        assert_allclose(ends, [getattr(e, name) - half, getattr(e, name) + half])
        assert getattr(e, f"{name}_interval") == "leave_one_out"


def test_no_default_interval_when_all_but_one_are_alike():
    e = effect_size([1.0, 1, 1, 1, 1, 5], [2.0, 3, 1, 4, 2, 2])
    assert np.isfinite([e.g_pre, e.g_pre_bonett_low, e.g_av_low]).all()
    assert np.isnan([e.g_pre_low, e.g_pre_high]).all()
    assert (e.g_pre_interval, e.g_av_interval) == ("", "leave_one_out")


@pytest.mark.parametrize("n", [3, 8, 25])
def test_rank_biserial_interval_leaves_out_one_change_at_a_time(rng, n):
    change = np.round(rng.normal(1.5, 3, n))
    change[0] = 0
    moved = change[change != 0]
    m = moved.size

    def size(d):
        signs = np.sign(np.add.outer(d, d))
        return (signs.sum() + np.trace(signs)) / (d.size * (d.size + 1))

    left_out = np.array([size(np.delete(moved, i)) for i in range(m)])
    error = np.sqrt((m - 1) / m * ((left_out - left_out.mean()) ** 2).sum())
    p = (1 + size(moved)) / 2
    people = np.clip(p * (1 - p) / (error / 2) ** 2 if error else 0.0, m / 2, m)
    t2 = stats.t.ppf(0.975, m - 1) ** 2  # Wilson: the shares q with (p - q)^2 = t2 q (1 - q) / people
    ends = np.roots([1 + t2 / people, -(2 * p + t2 / people), p**2]).real
    found = rank_biserial(change, 0.95)
    assert found.size == pytest.approx(size(moved))
    assert_allclose([found.low, found.high], 2 * np.sort(ends) - 1, atol=1e-6)


def test_rank_biserial_interval_covers_where_the_usual_one_does_not(rng):
    """When people changed, Fisher's z with the error under no change (R's effectsize) covers far too little."""
    truth = rank_biserial(rng.normal(1.2, 1, 200_000), 0.95).size
    hits, runs, n = np.zeros(2), 400, 30
    usual = stats.norm.ppf(0.975) * np.sqrt((2 * n**3 + 3 * n**2 + n) / 6) / ((n**2 + n) / 2)
    for _ in range(runs):
        found = rank_biserial(rng.normal(1.2, 1, n), 0.95)
        centre = np.arctanh(min(found.size, 1 - 1e-12))
        hits += [found.low <= truth <= found.high, abs(np.arctanh(truth) - centre) <= usual]
    assert hits[0] / runs >= 0.93
    assert hits[1] / runs < 0.85


scores = st.lists(st.tuples(st.integers(0, 40), st.integers(0, 40)), min_size=6, max_size=40)


@settings(max_examples=60, deadline=None)
@given(scores, st.integers(-50, 50), st.floats(0.1, 20))
def test_sizes_do_not_depend_on_origin_or_unit(pairs, shift, scale):
    x, y = np.array(pairs, dtype=float).T
    e, moved = effect_size(x, y), effect_size(shift + scale * x, shift + scale * y)
    assert e.reason == moved.reason
    names = [
        "g_pre",
        "g_pre_low",
        "g_pre_high",
        "g_av",
        "g_av_low",
        "g_av_high",
        "d_z",
        "rank_biserial",
        "p",
        "r",
    ]
    assert_allclose([getattr(moved, k) for k in names], [getattr(e, k) for k in names], rtol=1e-6, atol=1e-8)
    assert_allclose(moved.change, scale * e.change, rtol=1e-9, atol=1e-9)


@settings(max_examples=60, deadline=None)
@given(scores)
def test_swapping_occasions_flips_every_sign_but_the_standardiser_of_g_pre(pairs):
    x, y = np.array(pairs, dtype=float).T
    e, back = effect_size(x, y), effect_size(y, x)
    assume(not e.reason)
    for name in ("change", "g_av", "d_z", "rank_biserial", "t", "median_change"):
        assert_allclose(getattr(back, name), -getattr(e, name), rtol=1e-9, atol=1e-12)
    assert_allclose(back.g_pre * back.sd_pre, -e.g_pre * e.sd_pre, rtol=1e-9, atol=1e-12)
    assert_allclose([back.g_av_low, back.d_z_low], [-e.g_av_high, -e.d_z_high], atol=1e-7)


@settings(max_examples=60, deadline=None)
@given(scores)
def test_every_interval_holds_its_number(pairs):
    e = effect_size(*np.array(pairs, dtype=float).T)
    assume(not e.reason)
    for name in ("change", "g_pre", "g_av", "d_z", "g_pre_bonett", "g_av_influence"):
        centre = getattr(e, name.replace("_bonett", "").replace("_influence", ""))
        assert getattr(e, f"{name}_low") <= centre + 1e-9 and centre - 1e-9 <= getattr(e, f"{name}_high")


def test_row_order_does_not_matter(rng):
    x, y = rng.normal(size=(2, 25))
    order = rng.permutation(25)
    one, other = effect_size(x, y).to_frame(), effect_size(x[order], y[order]).to_frame()
    pd.testing.assert_frame_equal(one, other, check_exact=False, rtol=1e-8)


def test_missing_pairs_are_dropped_and_counted():
    e = effect_size([9, 7, None, 9, 8, 9, 1], [9, 6, 7, np.nan, 7, 9, 2])
    assert (e.n, e.n_given) == (5, 7)
    assert e.change == pytest.approx(-0.2)
    assert effect_size(pd.array([1, 2, None], dtype="Int64"), [2.0, 4.0, 5.0]).change == 1.5


@pytest.mark.parametrize("n", [0, 1])
def test_with_fewer_than_two_pairs_nothing_is_given(n):
    e = effect_size([3.0] * n, [4.0] * n)
    assert (e.n, e.reason) == (n, "too_few_pairs")
    assert math.isnan(e.change) and math.isnan(e.mean_pre) and math.isnan(e.g_pre)


@pytest.mark.parametrize("n", [2, 3, 4])
def test_with_two_to_four_pairs_only_the_raw_change_is_given(n):
    e = effect_size([3, 5, 8, 2][:n], [4, 5, 6, 7][:n])
    assert e.reason == "too_few_pairs" and e.change == np.mean([1, 0, -2, 5][:n])
    assert e.change_low < e.change < e.change_high
    assert all(math.isnan(v) for v in (e.g_pre, e.g_av, e.d_z, e.rank_biserial)) and e.g_pre_interval == ""


@pytest.mark.parametrize(
    ("pre", "post"),
    [([5] * 6, [1, 2, 3, 4, 5, 6]), ([1, 2, 3, 4, 5, 6], [5] * 6), ([1, 2, 3, 4, 5, 6], [2, 3, 4, 5, 6, 7]),
     ([0.1, 0.2, 0.3, 0.4, 0.5, 0.6], [0.2, 0.3, 0.4, 0.5, 0.6, 0.7])],
)  # fmt: skip
def test_without_spread_there_is_no_size_but_a_change(pre, post):
    e = effect_size(pre, post)
    assert e.reason == "zero_sd" and e.change == pytest.approx(np.mean(post) - np.mean(pre))
    assert all(math.isnan(v) for v in (e.g_pre, e.g_av, e.d_z, e.rank_biserial))


def test_equal_changes_have_no_interval_that_claims_certainty():
    e = effect_size([1, 2, 3, 4, 5, 6], [2, 3, 4, 5, 6, 7])
    assert e.change == 1 and math.isnan(e.change_low) and math.isnan(e.p)


def test_everyone_improving_has_a_rank_correlation_that_other_people_need_not_have():
    e = effect_size([10, 11, 12, 13, 15], [9, 9, 9, 9, 9.5])
    assert (e.rank_biserial, e.rank_biserial_low) == (-1, -1)
    assert -1 < e.rank_biserial_high < 1


def test_ties_in_tenths_are_ties():
    """0.3 - 0.1 and 0.4 - 0.2 differ in binary; the ranks must not."""
    tenths = effect_size([0.1, 0.2, 0.5, 0.7, 0.4, 0.9], [0.3, 0.4, 0.3, 0.5, 0.7, 0.8])
    whole_numbers = effect_size([1, 2, 5, 7, 4, 9], [3, 4, 3, 5, 7, 8])
    assert tenths.rank_biserial == whole_numbers.rank_biserial


@pytest.mark.parametrize("bad", [[1, 2], [1, 2, math.inf], ["a", "b", "c"], [[1], [2], [3]], ["1", "2", "3"]])
def test_bad_columns_are_refused(bad):
    with pytest.raises(StatisticsError, match="post"):
        effect_size([1, 2, 3], bad)


def test_series_with_different_rows_are_refused():
    with pytest.raises(StatisticsError, match="index"):
        effect_size(pd.Series([1, 2], index=[0, 1]), pd.Series([1, 2], index=[1, 0]))


def test_a_large_t_uses_the_large_sample_form_and_joins_the_exact_one():
    n = 2000
    below, above = (d_z_interval(t / math.sqrt(n), n, 0.95) for t in (34.999, 35.001))
    assert_allclose(below, above, rtol=2e-3)


def test_messages_never_repeat_a_value():
    with pytest.raises(StatisticsError) as caught:
        effect_size([1, 2, 3], [1, 2, "Kalle"])
    assert "Kalle" not in str(caught.value)


def test_starts_that_differ_in_the_last_binary_digit_do_not_vary():
    alike, varied = [0.3, 0.1 + 0.2, 0.3, 0.3, 0.3, 0.3], [1.0, 2, 3, 4, 5, 7]
    assert np.ptp(alike) > 0
    assert effect_size(alike, varied).reason == effect_size(varied, alike).reason == "zero_sd"


def test_cluster_intervals_of_a_scale_of_small_units(rng):
    """Another unit moves no standardised size and no interval of one, also where all scores lie within one point."""
    course = np.repeat(np.arange(8), 5)
    pre = rng.normal(20, 5, 40)
    post = pre + rng.normal(2, 3, 40)
    plain, small = effect_size(pre, post, cluster=course), effect_size(pre / 1e4, post / 1e4, cluster=course)
    for name in ("g_pre", "g_av", "rank_biserial"):
        ends = [[getattr(found, f"{name}_{end}") for end in ("low", "high")] for found in (plain, small)]
        assert np.isfinite(ends).all()
        assert_allclose(*ends, rtol=1e-9)


@pytest.mark.filterwarnings("error")
def test_clusters_where_everyone_rises_have_no_interval_of_the_ranks(rng):
    """Fisher's z of 1 is infinite."""
    pre = rng.normal(20, 5, 40)
    post = pre + rng.uniform(1, 5, 40)
    for sign in (1, -1):
        found = effect_size(sign * pre, sign * post, cluster=np.repeat(np.arange(8), 5))
        assert found.rank_biserial == sign
        assert math.isnan(found.rank_biserial_low) and math.isnan(found.rank_biserial_high)
        assert np.isfinite([found.g_pre_low, found.g_pre_high]).all()
