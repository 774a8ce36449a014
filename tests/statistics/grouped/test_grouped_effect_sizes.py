"""Effect sizes of many groups: the expected units table of R in one call, and `effect_size` group by group.

R's numbers are those of expected_units_sai_t1_t2.csv (28 studies, 13 of them with two waves).
"""

import math
from dataclasses import asdict, fields

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose
from scipy import stats

from isu_analysis.errors import StatisticsError
from isu_analysis.statistics.effect_sizes.change import EffectSize, effect_size
from isu_analysis.statistics.effect_sizes.standardised import d_z_interval
from isu_analysis.statistics.grouped.effect_sizes import BEYOND_MOMENTS, effect_sizes_by
from isu_analysis.statistics.grouped.moments import Groups
from isu_analysis.statistics.grouped.ranks import rank_biserials

pytestmark = pytest.mark.filterwarnings("error")
NAMES = [field.name for field in fields(EffectSize)]


def looped(pre, post, groups, **options):
    """The same frame from `effect_size`, one group at a time."""
    pre, post, groups = np.asarray(pre, float), np.asarray(post, float), np.asarray(groups)
    labels = sorted(set(groups.tolist()))
    found = [effect_size(pre[groups == label], post[groups == label], **options) for label in labels]
    return pd.DataFrame([asdict(one) for one in found], index=pd.Index(labels, name="group"))


def same(found, expected, rtol=1e-9):
    pd.testing.assert_frame_equal(found, expected, check_exact=False, rtol=rtol, atol=1e-9, check_dtype=False)


@pytest.fixture
def ragged(rng):
    """Groups of 0-80 pairs, with gaps, groups that do not vary in start, end or change, and one very large t."""
    sizes = [1, 2, 3, 4, 5, 6, 7, 29, 30, 31, 80, 12, 12, 12, 12, 40, 9]
    group = np.repeat(np.arange(len(sizes)), sizes)
    pre = np.round(rng.normal(20, 6, group.size))
    post = np.round(0.6 * pre + rng.normal(5, 4, group.size))
    pre[group == 11], post[group == 12] = 0.1, 0.1
    post[group == 13] = pre[group == 13] + 0.1
    post[group == 14] = pre[group == 14]
    post[group == 15] = pre[group == 15] + 50 + rng.normal(0, 1, 40)
    post[group == 16] = np.nan
    for label in range(5, 11):
        post[np.flatnonzero(group == label)[-1]] = np.nan
    pre[np.flatnonzero(group == 10)[:20]] = np.nan
    order = rng.permutation(group.size)
    return pre[order], post[order], group[order]


def test_units_table_equals_r_in_one_call(oracle_data):
    expected = oracle_data("effects_attrition/expected_units_sai_t1_t2.csv").set_index("unit")
    data = oracle_data("effects_attrition/data/sai_wide.csv")
    data = data[data.study.isin(expected.index)].sample(frac=1, random_state=1)
    found = effect_sizes_by(data.total_t1, data.total_t2, data.study)
    assert found.index.name == "study" and sorted(expected.index) == list(found.index) and len(found) == 28
    found, both = found.loc[expected.index], expected.n_pairs > 0
    assert (found.n_given == expected.n_rows).all() and (found.n == expected.n_pairs).all()
    assert (found[~both].reason == "too_few_pairs").all() and (~both).sum() == 15
    found, expected = found[both], expected[both]
    assert len(found) == 13 and (found.reason == "").all()
    names = {"change": "mean_change", "g_pre": "SMCRH", "g_av": "SMCRPH"}
    for name in ("mean_pre", "mean_post", "sd_pre", "sd_post", "r", "change", "sd_change", "t", "d_z", "g_pre", "g_av"):
        assert_allclose(found[name], expected[names.get(name, name)], rtol=1e-9, err_msg=name)
    assert_allclose(found.p, expected.p, rtol=1e-6)
    for size, measure in (("g_pre", "SMCRH"), ("g_av", "SMCRPH")):
        half = (found[f"{size}_bonett_high"] - found[f"{size}_bonett_low"]) / 2
        assert_allclose((half / 1.959963984540054) ** 2, expected[f"{measure}_vi"], rtol=1e-9)
    assert_allclose(found[["d_z_low", "d_z_high"]], expected[["d_z_lo", "d_z_hi"]], atol=5e-6)
    # Prorated totals tie in R only by accident of binary digits.
    assert_allclose(found.rank_biserial, expected.rb, atol=5e-3)


@pytest.mark.parametrize("level", [0.95, 0.8])
def test_grouped_equals_looped(ragged, level):
    found = effect_sizes_by(*ragged, level=level)
    assert list(found.columns) == NAMES
    assert found.reason.value_counts().to_dict() == {"": 8, "too_few_pairs": 5, "zero_sd": 4}
    assert (found.t.abs() > 35).sum() == 1 and set(found.g_pre_interval) == {"", "leave_one_out"}
    same(found, looped(*ragged, level=level))


row = st.tuples(st.integers(0, 3), st.none() | st.integers(0, 3), st.none() | st.integers(0, 3))


@settings(max_examples=30, deadline=None)
@given(st.lists(row, min_size=1, max_size=50), st.sampled_from([1.0, 0.1]))
def test_grouped_equals_looped_on_short_scales(rows, step):
    """Few steps and few people: constant groups, ties and gaps come by themselves."""
    group, pre, post = (np.array(column, dtype=float) for column in zip(*rows, strict=True))
    same(effect_sizes_by(step * pre, step * post, group), looped(step * pre, step * post, group))


def test_figures_far_from_zero_lose_no_digits(rng):
    group = rng.integers(0, 8, 400)
    pre, post = np.round(rng.normal(20, 6, (2, 400)))
    near, far = effect_sizes_by(pre, post, group), effect_sizes_by(pre + 1e9, post + 1e9, group)
    moved = ["mean_pre", "mean_post"]
    same(far.drop(columns=moved), near.drop(columns=moved), rtol=1e-12)


def test_constant_figures_do_not_vary_in_large_groups():
    """A sum of 100,000 tenths is not 10,000: the spread must not come from adding up."""
    found = effect_sizes_by([0.1] * 100_000, list(np.arange(100_000.0)), [1] * 100_000, sizes="moments")
    assert found.reason.item() == "zero_sd" and found.sd_pre.item() == 0 and math.isnan(found.r.item())


def test_changes_that_differ_in_the_last_binary_digits_do_not_vary():
    """Neither around zero (0.1 + 0.2 is not 0.3) nor around a million, where the last digit is 1e-10."""
    tenths, sevenths = np.array([0.3, 0.7, 0.6, 0.1, 0.9, 0.5]), np.arange(6.0) / 7
    far = sevenths + 1e6
    far[3] = np.nextafter(far[3], np.inf)
    pre = np.concatenate([tenths, sevenths, far])
    post = np.concatenate([[0.1 + 0.2, 0.7, 0.6, 0.1, 0.9, 0.5], far, sevenths])
    columns = pre, post, np.repeat([0, 1, 2], 6)
    found = effect_sizes_by(*columns)
    assert (found.reason == "zero_sd").all() and (found.sd_change > 0).all()
    same(found[["change", "reason", "g_pre"]], looped(*columns)[["change", "reason", "g_pre"]])


def test_leave_one_out_intervals_leave_one_out(rng):
    """Each person deleted in turn, by hand."""
    pre, post, n = rng.normal(20, 6, 12), rng.normal(15, 5, 12), 12
    found = effect_sizes_by(pre, post, ["a"] * n).loc["a"]
    for name in ("g_pre", "g_av"):
        sizes = []
        for i in range(n):
            x, y = np.delete(pre, i), np.delete(post, i)
            variance = x.var(ddof=1) if name == "g_pre" else (x.var(ddof=1) + y.var(ddof=1)) / 2
            sizes.append((y - x).mean() / math.sqrt(variance))
        half = stats.t.ppf(0.975, n - 1) * math.sqrt((n - 1) * np.var(sizes))
        assert_allclose([found[f"{name}_low"], found[f"{name}_high"]], [found[name] - half, found[name] + half])


def test_there_is_no_leave_one_out_interval_where_all_but_one_start_alike(rng):
    """In groups of many sizes, as rounding leaves those alike a spread now above, now below zero."""
    group = np.repeat(np.arange(5, 45), np.arange(5, 45))
    first = np.diff(group, prepend=0) > 0
    pre, post = np.where(first, rng.normal(20, 6, group.size), 20.1), rng.normal(15, 5, group.size)
    found = effect_sizes_by(pre, post, group)
    assert (found.g_pre_interval == "").all() and found.g_pre_low.isna().all()
    assert (found.g_av_interval == "leave_one_out").all() and (found.g_pre_bonett_low < found.g_pre).all()


def test_no_correlation_exceeds_one(rng):
    pre, group = rng.normal(size=3000), np.repeat(np.arange(1000), 3)
    found = effect_sizes_by(pre, 0.3 * pre + 0.1, group, sizes="moments")
    assert found.r.max() <= 1 and found.r.min() > 0.999999


def test_order_of_rows_does_not_matter(ragged, rng):
    order = rng.permutation(ragged[0].size)
    same(effect_sizes_by(*(column[order] for column in ragged)), effect_sizes_by(*ragged), rtol=1e-12)


def test_the_moment_based_set_is_the_same_without_six_columns(ragged):
    found = effect_sizes_by(*ragged, sizes="moments")
    assert set(NAMES) - set(found.columns) == set(BEYOND_MOMENTS) and len(BEYOND_MOMENTS) == 6
    same(found, effect_sizes_by(*ragged)[found.columns], rtol=1e-14)


def test_two_small_groups_by_hand():
    """a: changes 1, 2, -3, 4, 6; b: 0, -1, -1, 2, -5 (one step zero, ties of 1 share rank 1.5)."""
    pre, change = np.array([1.0, 5, 8, 2, 4] * 2), np.array([1.0, 2, -3, 4, 6, 0, -1, -1, 2, -5])
    found = effect_sizes_by(pre, pre + change, ["a"] * 5 + ["b"] * 5)
    assert found.change.tolist() == [2, -1] and found.median_change.tolist() == [2, -1]
    assert_allclose(found.rank_biserial, [(1 + 2 - 3 + 4 + 5) / 15, (3 - 1.5 - 1.5 - 4) / 10])
    expected = stats.ttest_rel((pre + change)[:5], pre[:5])
    assert_allclose([found.t["a"], found.p["a"]], [expected.statistic, expected.pvalue])
    assert effect_sizes_by(pre[:4], pre[:4] + change[:4], [0] * 4).median_change.item() == 1.5


@pytest.mark.parametrize(
    ("labels", "expected"),
    [
        ([3, 1, 3, 2], [1, 2, 3]),
        ([3_000_000_000, -5, 3_000_000_000, 2], [-5, 2, 3_000_000_000]),
        (np.array([100, -100, 100, 3], dtype=np.int8), [-100, 3, 100]),
        (["b", "a", "b", "å"], ["a", "b", "å"]),
        ([2.5, 1.0, 2.5, 1.5], [1.0, 1.5, 2.5]),
        ([(2024, "b"), (2023, "b"), (2024, "b"), (2024, "a")], [(2023, "b"), (2024, "a"), (2024, "b")]),
        (pd.Categorical(["sen", "tidig", "sen", "mitt"], ["tidig", "mitt", "sen", "aldrig"]), ["tidig", "mitt", "sen"]),
        (pd.array([3, 1, 3, 2], dtype="Int64"), [1, 2, 3]),
        ([True, False, True, False], [False, True]),
    ],
)
def test_labels_stand_in_order(labels, expected):
    found = effect_sizes_by([1, 2, 3, 4], [1, 2, 5, 4], labels)
    assert list(found.index) == expected and found.index.name == "group"
    first = expected.index(labels[0])  # also the third row's group
    assert found.n_given.iloc[first] == 2 and found.n_given.sum() == 4 and found.change.iloc[first] == 1.0


def test_labels_that_fill_a_small_whole_number_type():
    labels = np.arange(-128, 128).astype(np.int8)
    found = effect_sizes_by(labels, 2.0 * labels, labels)
    assert found.index.tolist() == list(range(-128, 128)) and (found.n == 1).all()


def test_no_rows_give_no_groups():
    found = effect_sizes_by([], [], [])
    assert found.shape == (0, len(NAMES))


def test_groups_where_nobody_has_both_values_remain():
    found = effect_sizes_by([1.0, math.nan], [math.nan, 2.0], ["a", "b"])
    assert found.n.tolist() == [0, 0] and found.n_given.tolist() == [1, 1]
    assert found.drop(columns=["n", "n_given", "level"]).select_dtypes("number").isna().all(axis=None)


@pytest.mark.parametrize(
    "groups",
    [["a", None, "b"], [1, np.nan, 2], pd.array([1, None, 2], dtype="Int64"), ["a", "b"], [1, "a", 2], [[1], [2], [3]],
     np.ones((3, 2))],
)  # fmt: skip
def test_bad_groups_are_refused(groups):
    with pytest.raises(StatisticsError, match="groups"):
        effect_sizes_by([1, 2, 3], [1, 2, 4], groups)


def test_other_bad_arguments_are_refused():
    with pytest.raises(StatisticsError, match="index"):
        effect_sizes_by(pd.Series([1, 2]), pd.Series([1, 2]), pd.Series([1, 2], index=[1, 0]))
    with pytest.raises(StatisticsError, match="sizes"):
        effect_sizes_by([1], [1], [1], sizes="some")
    with pytest.raises(StatisticsError, match="level"):
        effect_sizes_by([1], [1], [1], level=95)
    with pytest.raises(StatisticsError, match="post"):
        effect_sizes_by([1, 2], [1, math.inf], [1, 1])


@pytest.mark.parametrize("level", [0.5, 0.95, 0.999])
@pytest.mark.parametrize("n", [3, 5, 12, 60, 2000])
def test_limits_of_d_z_leave_the_right_share_in_each_tail(n, level):
    """Put back into scipy's distribution function; scipy's own inverse is off by up to 1e-2 here."""
    t = np.linspace(-35, 35, 29)
    low, high = d_z_interval(t / math.sqrt(n), np.full(t.size, n), level)
    tail = (1 - level) / 2
    assert_allclose(stats.nct.sf(t, n - 1, low * math.sqrt(n)), tail, atol=1e-8)
    assert_allclose(stats.nct.cdf(t, n - 1, high * math.sqrt(n)), tail, atol=1e-8)


def test_beyond_the_largest_exact_t_the_large_sample_form_stands_alone():
    found = d_z_interval(np.array([10.0, 0.5]), np.array([16, 16]), 0.95)
    half = 1.959963984540054 * math.sqrt(1 / 16 + 100 / 32)
    assert_allclose([found.low[0], found.high[0]], [10 - half, 10 + half])
    assert_allclose([found.low[1], found.high[1]], d_z_interval(0.5, 16, 0.95))


def test_the_smallest_step_that_is_no_tie_goes_the_way_it_goes():
    """One 10^-10 of the largest change is the smallest rank; T+ = 1 + 3 + 4 + 5 + 6 and T- = 2, of 21."""
    change = np.array([1e-10, -0.2, 0.3, 0.4, 0.5, 1.0])
    found = rank_biserials(change, Groups(np.zeros(6, dtype=int), 1), 0.95)
    assert_allclose(found.size, [17 / 21])


def test_groups_where_nobody_changed():
    pre, group = [1.0, 2, 3, 4, 5, 6] * 2, np.repeat(["a", "b"], 6)
    found = effect_sizes_by(pre, pre, group)
    assert (found.change == 0).all() and found.rank_biserial.isna().all()
    assert found.reason.tolist() == ["zero_sd", "zero_sd"]
