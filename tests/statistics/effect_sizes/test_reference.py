"""Change in standard deviations of a reference: t intervals by hand and by scipy, clusters, shift and scale."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose
from scipy import stats

from isu_analysis.errors import StatisticsError
from isu_analysis.statistics.effect_sizes.reference import reference_change

MANUAL = "manualen"
PRE = np.array([20.0, 24, 18, 30, 25])
POST = np.array([16.0, 22, 18, 24, 22])  # changes -4, -2, 0, -6, -3


def sizes(found):
    return [found.d_ref, found.d_ref_low, found.d_ref_high]


def changes(found):
    return [found.change, found.change_low, found.change_high]


def test_five_pairs_by_hand():
    """Mean -3, squares around it 1 + 1 + 9 + 9 + 0 = 20, so sd = sqrt(5) and se = 1; t(4) is 2.776 in the tables."""
    found = reference_change(PRE, POST, 6.0, source=MANUAL)
    assert_allclose(changes(found), [-3, -5.776, -0.224], atol=5e-4)
    assert_allclose(sizes(found), [-0.5, -5.776 / 6, -0.224 / 6], atol=1e-4)
    assert (found.n, found.n_given, found.n_clusters, found.reason) == (5, 5, None, "")
    assert (found.reference_sd, found.source, found.level) == (6.0, MANUAL, 0.95)
    assert found.to_frame().shape == (1, 13)
    assert found.to_frame()["source"].tolist() == [MANUAL]


@pytest.mark.parametrize("level", [0.8, 0.95, 0.99])
def test_the_interval_is_scipys_of_the_changes(level, rng):
    pre, post = rng.normal(20, 5, 40), rng.normal(16, 7, 40)
    ends = stats.ttest_rel(post, pre).confidence_interval(level)
    found = reference_change(pre, post, 5.0, source=MANUAL, level=level)
    assert_allclose(changes(found), [post.mean() - pre.mean(), ends.low, ends.high])
    assert_allclose(np.multiply(sizes(found), 5), changes(found))
    assert found.level == level


def test_rows_lacking_a_value_are_left_out_and_counted():
    whole = reference_change(PRE, POST, 6.0, source=MANUAL)
    missing = reference_change(
        np.append(PRE, [np.nan, 90, np.nan]), np.append(POST, [4, np.nan, np.nan]), 6.0, source=MANUAL
    )
    assert (missing.n, missing.n_given) == (5, 8)
    assert_allclose(sizes(missing) + changes(missing), sizes(whole) + changes(whole))


def test_equal_clusters_are_the_t_interval_of_the_cluster_means(rng):
    group = np.repeat(np.arange(8), 5)
    pre = rng.normal(20, 5, 40)
    post = pre + rng.normal(-3, 2, 8)[group] + rng.normal(size=40)
    means = (post - pre).reshape(8, 5).mean(axis=1)
    low, high = stats.t.interval(0.95, 7, means.mean(), stats.sem(means))
    found = reference_change(pre, post, 4.0, source=MANUAL, cluster=group)
    assert_allclose(sizes(found), np.array([means.mean(), low, high]) / 4)
    assert_allclose(changes(found), [means.mean(), low, high])
    assert found.n_clusters == 8
    order = rng.permutation(40)
    again = reference_change(pre[order], post[order], 4.0, source=MANUAL, cluster=group[order].astype(str))
    assert_allclose(sizes(again), sizes(found))


@given(st.floats(-50, 50), st.floats(0.1, 20))
@settings(max_examples=30, deadline=None)
def test_a_shift_changes_nothing_and_another_unit_only_the_points(shift, unit):
    found = reference_change(PRE, POST, 6.0, source=MANUAL)
    moved = reference_change(PRE + shift, POST + shift, 6.0, source=MANUAL)
    assert_allclose(sizes(moved) + changes(moved), sizes(found) + changes(found), atol=1e-9)
    scaled = reference_change(PRE * unit, POST * unit, 6.0 * unit, source=MANUAL)
    assert_allclose(sizes(scaled), sizes(found), atol=1e-9)
    assert_allclose(changes(scaled), np.multiply(changes(found), unit), atol=1e-9)


def test_turned_scores_turn_the_interval():
    found, turned = (reference_change(*pair, 6.0, source=MANUAL) for pair in [(PRE, POST), (-PRE, -POST)])
    assert_allclose(sizes(turned), [-found.d_ref, -found.d_ref_high, -found.d_ref_low])


@pytest.mark.parametrize(
    ("pre", "post", "cluster", "size", "reason"),
    [
        ([], [], None, np.nan, "too_few_values"),
        ([3.0], [1.0], None, np.nan, "too_few_values"),
        ([3.0, np.nan], [1.0, 2.0], None, np.nan, "too_few_values"),
        ([3.0, 5.0, 9.0], [1.0, 3.0, 7.0], None, -0.5, "zero_sd"),
        ([3.0, 5.0, 9.0], [1.0, 3.0, 8.0], ["a", "a", "a"], -5 / 12, "too_few_clusters"),
    ],
)
def test_no_interval_says_why(pre, post, cluster, size, reason):
    found = reference_change(pre, post, 4.0, source=MANUAL, cluster=cluster)
    assert_allclose(sizes(found), [size, np.nan, np.nan])
    assert_allclose(changes(found), [size * 4, np.nan, np.nan])
    assert found.reason == reason


@pytest.mark.parametrize(
    ("changed", "named"),
    [
        ({"reference_sd": 0.0}, "reference_sd"),
        ({"reference_sd": -1.0}, "reference_sd"),
        ({"reference_sd": np.nan}, "reference_sd"),
        ({"source": ""}, "source"),
        ({"source": "  "}, "source"),
        ({"level": 1.0}, "level"),
        ({"post": POST[:4]}, "post"),
        ({"pre": ["a"] * 5}, "pre"),
        ({"pre": [np.inf, *PRE[1:]]}, "pre"),
        ({"cluster": [1, 2, 3]}, "cluster"),
        ({"cluster": ["a", None, "b", "b", "c"]}, "cluster"),
    ],
)
def test_refusals_name_the_argument(changed, named):
    arguments = {"pre": PRE, "post": POST, "reference_sd": 6.0, "source": MANUAL} | changed
    with pytest.raises(StatisticsError, match=named):
        reference_change(**arguments)
