"""Reliable trend index: 147 values of R's ReliableTrendIndex formula, Jacobson-Truax for two waves, false positives."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal
from scipy import stats

from isu_analysis.errors import StatisticsError
from isu_analysis.statistics.individual_change.categories import reliable_change
from isu_analysis.statistics.individual_change.criteria import jacobson_truax_criterion, published_criterion
from isu_analysis.statistics.trajectories.random_slopes import random_slopes_of_waves
from isu_analysis.statistics.trajectories.reliable_trend import reliable_trend, reliable_trend_of_waves

FOLDER = "reliable_change/"
TIMES = np.arange(4.0)


def criterion(sd=8.0, reliability=0.8, **options):
    return jacobson_truax_criterion(
        sd, reliability, sd_source="manual", reliability_source="manual", reliability_type="retest", **options
    )


def test_own_waves_equal_r(oracle, oracle_data):
    expected = oracle(FOLDER + "literature_expected.json")["waves"]
    data = oracle_data(FOLDER + "own_waves.csv")
    data = data[data["id"].isin(expected["id"])]
    settled = criterion(expected["rti_params"]["sd"], expected["rti_params"]["r"])
    r = reliable_trend(data["id"], data["wave"], data["score"], settled, higher_is_better=False)
    assert list(r.people) == expected["id"] and len(expected["rti"]) == 147
    assert_allclose(r.index, expected["rti"], rtol=1e-9, atol=1e-12)
    z = np.array(expected["rti"])
    names = np.where(z < -1.96, "improved", np.where(z > 1.96, "deteriorated", "unchanged"))
    assert_array_equal(r.categories, names)
    assert 0 < r.count("improved") == (z < -1.96).sum()
    assert r.counts()["of"].tolist() == [147] * 3 and r.counts()["n"].sum() == 147


@pytest.mark.parametrize("higher_is_better", [True, False])
def test_two_waves_are_jacobson_and_truax(rng, higher_is_better):
    pre, post = rng.integers(0, 41, (2, 300)).astype(float)
    pre[:5], post[3:8] = np.nan, np.nan
    post[20] = pre[20] + criterion(reliability=0.5).threshold  # exactly on the threshold: does not count
    settled = criterion(reliability=0.5)
    jt = reliable_change(pre, post, settled, higher_is_better=higher_is_better)
    r = reliable_trend_of_waves(np.column_stack([pre, post]), [3, 11.5], settled, higher_is_better=higher_is_better)
    assert_array_equal(np.where(r.categories == "not_estimable", "not_paired", r.categories), jt.categories)
    assert r.n == jt.n == 292 and r.count("not_estimable") == 8
    assert r.categories[20] == "unchanged" and {"improved", "deteriorated"} <= set(r.categories)
    assert_allclose(r.index, (post - pre) / settled.s_diff)
    assert_allclose(r.slopes, (post - pre) / 8.5)


def test_own_times_by_hand_and_by_linregress():
    """a: 0, 1, 2 -> slope 2, Sxx 2; b: own spacing; c: one score; d: none."""
    person = ["a", "b", "a", "c", "b", "a", "b", "d", "b"]
    time = [0, 10, 1, 5, 0, 2, 30, 1, 4]
    score = [10, 18, 11, 7, 20, 14, 9, np.nan, 17]
    r = reliable_trend(person, time, score, criterion(5, 0.84), higher_is_better=True)
    line = stats.linregress([0, 4, 10, 30], [20, 17, 18, 9])
    spread = 11**2 + 7**2 + 1**2 + 19**2
    assert list(r.people) == list("abcd")
    assert_allclose(r.slopes, [2, line.slope, np.nan, np.nan])
    assert_allclose(r.index, [2 * np.sqrt(2) / 2, line.slope * np.sqrt(spread) / 2, np.nan, np.nan])
    assert r.categories.tolist() == ["unchanged", "deteriorated", "not_estimable", "not_estimable"]
    assert r.occasions.tolist() == [3, 4, 1, 0]
    assert (r.n, r.n_given, r.rows_without_score) == (2, 4, 1)
    improved = reliable_trend(person, time, score, criterion(5, 0.84), higher_is_better=False)
    assert improved.categories[1] == "improved"
    strict = reliable_trend(person, time, score, criterion(5, 0.84, z=6.0), higher_is_better=False)
    assert strict.categories[1] == "unchanged"


def test_the_order_of_rows_changes_nothing(rng):
    rows = pd.DataFrame({"person": rng.integers(0, 30, 200), "time": np.arange(200), "score": rng.integers(0, 30, 200)})
    other = rows.sample(frac=1, random_state=2).reset_index(drop=True)
    first, second = (
        reliable_trend(d["person"], d["time"], d["score"], criterion(), higher_is_better=True) for d in (rows, other)
    )
    assert_array_equal(first.index, second.index)
    assert_array_equal(first.people, second.people)


@settings(max_examples=20, deadline=None)
@given(shift=st.floats(-3000, 3000), scale=st.floats(0.01, 400), up=st.floats(-100, 100), points=st.floats(0.1, 30))
def test_other_units_change_no_verdict(shift, scale, up, points):
    waves = np.random.default_rng(3).normal(20, 8, (60, 4))
    waves[::7, 2] = np.nan
    plain = reliable_trend_of_waves(waves, TIMES, criterion(), higher_is_better=True)
    other = reliable_trend_of_waves(
        up + points * waves, shift + scale * TIMES, criterion(8 * points), higher_is_better=True
    )
    assert_allclose(other.index, plain.index, rtol=1e-6, atol=1e-7)
    assert_array_equal(other.categories, plain.categories)


def test_turning_the_scale_swaps_better_and_worse(rng):
    waves = rng.normal(20, 8, (200, 4))
    up = reliable_trend_of_waves(waves, TIMES, criterion(), higher_is_better=True)
    down = reliable_trend_of_waves(-waves, TIMES, criterion(), higher_is_better=False)
    swapped = reliable_trend_of_waves(waves, TIMES, criterion(), higher_is_better=False)
    assert_array_equal(up.categories, down.categories)
    assert up.count("improved") == swapped.count("deteriorated") > 0


@pytest.mark.parametrize(("waves", "reliability", "told_improved"), [(4, 0.8, 0.28), (3, 0.5, 0.6), (3, 0.3, 0.7)])
def test_person_verdicts_come_from_here_and_not_from_shrunken_slopes(rng, waves, reliability, told_improved):
    """Mean slope .5 SD, SD of slopes .2 SD: people who do not change at all, told improved by each.

    2.5 % by the reliable trend index always; by empirical Bayes the more, the worse a slope is measured (expected
    numbers from one run with 200,000 people).
    """
    n, sd, times = 40_000, 10.0, np.arange(float(waves))
    slope = rng.normal(5, 2, (n, 1))
    slope[:1000] = 0
    error = sd * np.sqrt(1 - reliability) * rng.standard_normal((n, waves))
    scores = rng.normal(40, sd * np.sqrt(reliability), (n, 1)) + slope * times + error
    trend = reliable_trend_of_waves(scores, times, criterion(sd, reliability), higher_is_better=True)
    assert (trend.categories[:1000] != "unchanged").mean() == pytest.approx(0.05, abs=0.02)
    assert (trend.categories[:1000] == "improved").mean() == pytest.approx(0.025, abs=0.015)
    group = random_slopes_of_waves(scores, times, higher_is_better=True)
    z = group.research_shrunken_slopes / group.research_shrunken_slope_errors
    assert (z[:1000] > 1.96).mean() == pytest.approx(told_improved, abs=0.1)


def test_without_measurement_error_every_trend_counts_and_there_is_no_index():
    r = reliable_trend_of_waves([[1, 1], [1, 1.5], [3, 2]], [0, 1], criterion(reliability=1), higher_is_better=True)
    assert r.categories.tolist() == ["unchanged", "improved", "deteriorated"]
    assert np.isnan(r.index).all()


@pytest.mark.parametrize("n", [0, 1, 2, 3, 4])
def test_few_people(n):
    r = reliable_trend_of_waves(np.tile([5.0, 5.0, 5.0], (n, 1)), [0, 1, 2], criterion(), higher_is_better=True)
    assert (r.n, r.count("unchanged"), r.n_given) == (n, n, n)
    assert np.isnan(r.share("improved").share) == (n == 0)


def test_people_are_not_printed():
    r = reliable_trend(["anna", "anna"], [0, 1], [3, 37], criterion(), higher_is_better=True)
    assert "anna" not in repr(r) and "improved'" not in repr(r) and "34" not in repr(r)
    assert list(r.to_frame().columns) == ["category", "n", "of", "share", "low", "high"]


def test_refusals_name_the_argument():
    people = ([1, 1], [0, 1], [2, 3])
    with pytest.raises(StatisticsError, match="criterion"):
        reliable_trend(*people, published_criterion(6, "manual", sd=8, reliability=0.8), higher_is_better=True)
    with pytest.raises(StatisticsError, match="person och time"):
        reliable_trend([1, 1], [0, 0], [2, 3], criterion(), higher_is_better=True)
    r = reliable_trend(*people, criterion(), higher_is_better=True)
    with pytest.raises(StatisticsError, match=r"Argumentet name.*okänd"):
        r.count("recovered")
    with pytest.raises(StatisticsError, match=r"Argumentet name.*not_estimable"):
        r.share("not_estimable")
