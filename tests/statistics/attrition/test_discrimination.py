"""Area under the curve: scipy's Mann-Whitney, hand arithmetic, invariances, edges. R's pROC: test_dropout_model."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose
from scipy import stats

from isu_analysis.errors import StatisticsError
from isu_analysis.statistics.attrition.discrimination import area_under_curve, areas

PEOPLE = st.lists(st.tuples(st.integers(-5, 5), st.booleans()), min_size=4, max_size=30)


def test_by_hand():
    """Lost 3, 2; kept 1, 2. Pairs won: 3>1, 3>2, 2>1, and 2=2 half: 3.5 of 4.

    Placements of the lost: 1 and 3/4, of the kept: 1 and 3/4; variances 1/32 each, so se^2 = 1/32/2 + 1/32/2.
    """
    e = area_under_curve([3, 2, 1, 2], [False, False, True, True], level=0.5)
    assert (e.area, e.n_lost, e.n_kept, e.reason) == (0.875, 2, 2, "")
    assert_allclose(e.se, np.sqrt(1 / 32))
    half = 0.6744897501960817 * e.se
    assert_allclose([e.low_delong, e.high_delong], [0.875 - half, 0.875 + half])
    # Odds 7; the logit's standard error is se / (7/8 1/8) = 64/7 se.
    odds = 7 * np.exp([-half * 64 / 7, half * 64 / 7])
    assert_allclose([e.low, e.high], odds / (1 + odds))


def test_area_equals_scipys_mann_whitney(rng):
    for _ in range(20):
        scores, kept = rng.integers(0, 9, 50), rng.random(50) < 0.6
        u = stats.mannwhitneyu(scores[~kept], scores[kept]).statistic
        assert_allclose(area_under_curve(scores, kept).area, u / kept.sum() / (~kept).sum())


def test_the_interval_stays_within_0_and_1():
    e = area_under_curve([9, 8, 7, 3, 2, 1, 2.5], [False] * 3 + [True] * 3 + [False])
    assert e.high_delong == 1 and 0 < e.low_delong < e.area < e.high < 1 and e.low > 0
    swapped = area_under_curve([9, 8, 7, 3, 2, 1, 2.5], [True] * 3 + [False] * 3 + [True])
    assert swapped.low_delong == 0 and swapped.low > 0


def test_coverage_with_known_truth(rng):
    """Normal scores one SD apart: the area is Phi(1/sqrt 2) = .7602."""
    truth, inside = stats.norm.cdf(1 / np.sqrt(2)), 0
    for _ in range(250):
        scores = np.concatenate([rng.normal(1, 1, 60), rng.normal(0, 1, 80)])
        e = area_under_curve(scores, np.arange(140) >= 60)
        inside += e.low < truth < e.high
    assert 0.91 < inside / 250 < 0.985


@pytest.mark.parametrize("truth", [0.7, 0.9])
def test_the_default_keeps_its_promise_with_15_and_15_where_delongs_own_does_not(truth):
    rng, kept = np.random.default_rng(15), np.arange(30) >= 15
    apart, found = stats.norm.ppf(truth) * np.sqrt(2), []
    for _ in range(800):
        e = area_under_curve(np.concatenate([rng.normal(apart, 1, 15), rng.normal(0, 1, 15)]), kept)
        found.append((e.low <= truth <= e.high or e.reason == "zero_se", e.low_delong <= truth <= e.high_delong))
    logit, plain = np.mean(found, axis=0)
    assert 0.935 <= logit <= 0.985
    assert plain < 0.94 and plain < logit


@settings(max_examples=20)
@given(PEOPLE)
def test_only_the_order_counts_and_it_turns_with_the_groups(people):
    scores, kept = np.array([p[0] for p in people], dtype=float), np.array([p[1] for p in people])
    one = area_under_curve(scores, kept)
    stretched, turned = area_under_curve(np.exp(scores), kept), area_under_curve(scores, ~kept)
    assert_allclose([stretched.area, stretched.low, stretched.se], [one.area, one.low, one.se], atol=1e-12)
    assert_allclose([turned.area, turned.low, turned.high], [1 - one.area, 1 - one.high, 1 - one.low], atol=1e-12)


def test_many_at_once_equal_one_by_one(rng):
    scores = rng.integers(0, 6, (30, 25)).astype(float)
    lost = np.array([rng.permutation(np.arange(25) < k % 20 + 1) for k in range(30)])
    assert_allclose(areas(scores, lost), [area_under_curve(s, ~x).area for s, x in zip(scores, lost, strict=True)])


@pytest.mark.parametrize(("n_lost", "n_kept"), [(0, 0), (0, 3), (3, 0)])
def test_an_empty_group_gives_no_area(n_lost, n_kept):
    e = area_under_curve(np.arange(float(n_lost + n_kept)), np.arange(n_lost + n_kept) >= n_lost)
    assert (e.reason, e.n_lost, e.n_kept) == ("too_few_people", n_lost, n_kept) and np.isnan(e.area)


@pytest.mark.parametrize(("n_lost", "n_kept"), [(1, 3), (3, 1), (1, 1)])
def test_one_person_gives_an_area_without_interval(n_lost, n_kept):
    e = area_under_curve(np.arange(float(n_lost + n_kept)), np.arange(n_lost + n_kept) >= n_lost)
    assert e.reason == "too_few_people" and e.area == 0 and np.isnan([e.low, e.high, e.se]).all()


@pytest.mark.parametrize(("scores", "area"), [([9, 8, 1, 2], 1.0), ([1, 2, 9, 8], 0.0), ([5, 5, 5, 5], 0.5)])
def test_no_overlap_or_no_difference_is_no_certainty(scores, area):
    e = area_under_curve(scores, [False, False, True, True])
    assert (e.reason, e.area, e.se) == ("zero_se", area, 0) and np.isnan(
        [e.low, e.high, e.low_delong, e.high_delong]
    ).all()


def test_bad_scores_are_refused():
    for scores, message in (
        [[1, None], "scores"],
        [[1, np.inf], "scores"],
        [[1], "lika många"],
        [["a", "b"], "scores"],
    ):
        with pytest.raises(StatisticsError, match=message):
            area_under_curve(scores, [True, False])
    with pytest.raises(StatisticsError, match="kept"):
        area_under_curve([1, 2], [1, 0])
    with pytest.raises(StatisticsError, match="level"):
        area_under_curve([1, 2], [True, False], level=95)
    with pytest.raises(StatisticsError, match="index"):
        area_under_curve(pd.Series([1, 2]), pd.Series([True, False], index=[5, 6]))


def test_one_row():
    row = area_under_curve([3, 2, 1, 2], [False, False, True, True]).to_frame()
    assert len(row) == 1 and row.area[0] == 0.875
