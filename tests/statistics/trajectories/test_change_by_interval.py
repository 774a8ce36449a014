"""Change by length of interval: statsmodels, scipy, HC3 as printed in its definition, hand counts, edges."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose
from scipy import stats

from isu_analysis.errors import StatisticsError
from isu_analysis.statistics.trajectories.change_by_interval import change_by_interval
from isu_analysis.statistics.trajectories.timing import Window


@pytest.fixture
def data(rng):
    n = 60
    days = rng.integers(60, 400, n).astype(float)
    pre = rng.normal(25, 6, n)
    return pre, pre - 0.02 * days + rng.normal(0, 1, n) * days / 100, days


def test_slope_is_least_squares_with_hc3(data):
    pre, post, days = data
    s = change_by_interval(pre, post, days, level=0.9).slope
    change, design = post - pre, np.column_stack([np.ones(60), days])
    line = stats.linregress(days, change)
    assert_allclose(s.slope, line.slope)
    # HC3: every squared residual divided by (1 - leverage)^2.
    bread = np.linalg.inv(design.T @ design)
    leverage = np.einsum("ij,jk,ik->i", design, bread, design)
    residual = (change - line.intercept - line.slope * days) / (1 - leverage)
    error = np.sqrt((bread @ (design.T * residual**2) @ design @ bread)[1, 1])
    assert_allclose([s.se, s.df, s.mean_days], [error, 58, days.mean()])
    assert_allclose([s.low, s.high], line.slope + np.array([-1, 1]) * stats.t.ppf(0.95, 58) * error)
    assert (s.n, s.reason, s.n_clusters) == (60, "", None)


def test_thirds_and_window_are_t_intervals(data):
    pre, post, days = data
    r = change_by_interval(pre, post, days, window=Window(180, 150, 240))
    frame = r.to_frame().set_index("pairs")
    change = post - pre
    low, high = np.quantile(days, [1 / 3, 2 / 3])
    bands = [days <= low, (days > low) & (days <= high), days > high]
    assert_allclose(r.edges, [low, high])
    groups = [np.ones(60, bool), *bands, (days >= 150) & (days <= 240)]
    for found, chosen in zip([r.all_pairs, *r.bands, r.in_window], groups, strict=True):
        interval = stats.ttest_1samp(change[chosen], 0).confidence_interval()
        assert found.n == chosen.sum()
        assert_allclose([found.mean, found.low, found.high], [change[chosen].mean(), interval.low, interval.high])
    assert frame.loc["band", "n"].sum() == 60 and frame.loc["all", "n"] == 60 and set(frame["of"]) == {60}
    assert frame.loc["band", "above_days"].tolist() == [-np.inf, low, high]
    assert frame.loc["band", "to_days"].tolist() == [low, high, np.inf]


def test_every_missing_value_is_counted():
    pre = [9, 8, 7, np.nan, 9, 9, 8]
    post = [5, 6, np.nan, 3, 6, 8, 2]
    days = [100, np.nan, 50, 60, 200, 200, 300]
    r = change_by_interval(pre, post, days, edges=[100, 250], window=Window(200, 200, 200))
    assert (r.n_given, r.n_pairs, r.not_paired, r.unknown_interval) == (7, 5, 2, 1)
    frame = r.to_frame()
    assert frame["pairs"].tolist() == ["all", "band", "band", "band", "unknown_interval", "in_window"]
    assert frame["n"].tolist() == [5, 1, 2, 1, 1, 2] and set(frame["of"]) == {5}
    assert frame["reason"].tolist() == ["", "too_few_values", "", "too_few_values", "unknown_interval", ""]
    assert_allclose(frame["change"], [-3.2, np.nan, -2, np.nan, np.nan, -2])
    assert r.slope.n == 4 and r.slope.reason == "too_few_pairs"
    assert change_by_interval(pre, post, days).in_window is None


@pytest.mark.parametrize(
    ("change", "days", "reason"),
    [
        ([], [], "too_few_pairs"),
        ([1, 2, 3, 4], [1, 2, 3, 4], "too_few_pairs"),
        ([1, 2, 3, 4, 6], [90] * 5, "zero_spread"),
        ([1, 2, 3, 4, 6], [0] * 5, "zero_spread"),
        ([1, 2, 3, 4, 6], [90, 90, 90, 90, 91], "one_pair_decides"),
        ([2, 4, 6, 8, 10], [1, 2, 3, 4, 5], "zero_residual"),
        ([3, 3, 3, 3, 3], [1, 2, 3, 4, 5], "zero_residual"),
    ],
)
def test_what_cannot_be_computed_has_a_reason(change, days, reason):
    s = change_by_interval(np.zeros(len(change)), change, days).slope
    assert s.reason == reason and np.isnan([s.low, s.high, s.se]).all()
    assert np.isnan(s.slope) == (reason != "zero_residual")


def test_clusters_widen_and_too_few_refuse(rng):
    worker = np.repeat(np.arange(12), 5)
    days = 100.0 + 20 * worker  # all of one worker's clients wait as long
    change = rng.normal(0, 3, 12)[worker] + rng.normal(0, 1, 60)
    alone = change_by_interval(np.zeros(60), change, days)
    together = change_by_interval(np.zeros(60), change, days, cluster=worker, edges=[200])
    s = together.slope
    assert s.slope == alone.slope.slope and s.n_clusters == 12
    assert s.se > 1.5 * alone.slope.se
    left_out = [stats.linregress(days[worker != one], change[worker != one]).slope for one in range(12)]
    assert_allclose(s.se, np.sqrt(11) * np.std(left_out))
    assert_allclose(s.df, 11)
    assert together.all_pairs.n_clusters == 12 and together.bands[0].reason == "too_few_clusters"
    few = change_by_interval(np.zeros(60), change, days, cluster=worker // 2)
    assert few.slope.reason == "too_few_clusters" and np.isnan(few.slope.low) and few.slope.slope == s.slope
    one = np.where(np.arange(60) < 5, 0, 7) + 90.0
    lone = change_by_interval(np.zeros(60), change, one, cluster=worker)
    assert lone.slope.reason == "one_cluster_decides" and np.isnan(lone.slope.high)


@settings(max_examples=20, deadline=None)
@given(points=st.floats(0.1, 20), up=st.floats(-50, 50), unit=st.sampled_from([1 / 30, 1 / 7, 2.0]))
def test_other_units(points, up, unit):
    rng = np.random.default_rng(6)
    pre, post, days = *rng.normal(20, 5, (2, 40)), rng.uniform(50, 300, 40)
    plain, other = (
        change_by_interval(pre, post, days),
        change_by_interval(up + points * pre, up + points * post, days * unit),
    )
    for name in ("slope", "low", "high"):
        assert_allclose(getattr(other.slope, name), getattr(plain.slope, name) * points / unit, rtol=1e-6)
    assert [band.n for band in other.bands] == [band.n for band in plain.bands]


def test_refusals_name_the_argument():
    pairs = ([1, 2], [3, 4])
    for arguments, name in (
        ((*pairs, [1]), "pre och days"), (([1, 2], [3], [1, 2]), "pre och post"), ((*pairs, [1, -1]), "days"),
        ((*pairs, [1, "x"]), "days"),
    ):  # fmt: skip
        with pytest.raises(StatisticsError, match=f"Argumente[tn] {name}"):
            change_by_interval(*arguments)
    for edges in ([], [2, 1], [1, 1], [1, np.nan]):
        with pytest.raises(StatisticsError, match="Argumentet edges"):
            change_by_interval(*pairs, [1, 2], edges=edges)
    with pytest.raises(StatisticsError, match="Argumentet level"):
        change_by_interval(*pairs, [1, 2], level=0)
    with pytest.raises(StatisticsError, match="cluster"):
        change_by_interval(*pairs, [1, 2], cluster=["a", None])


@pytest.mark.parametrize("unit", [1 / 5000, 1.0, 365.0])
def test_one_pair_decides_whatever_the_unit_of_time(unit):
    """Nine at one length and one at another: the line goes through that one. With two at the other it need not."""
    days = unit * np.repeat([100.0, 400.0], [9, 1])
    pre, post = np.zeros(10), np.array([1.0, 2, 4, 3, 1, 5, 2, 0, 1, 7])
    assert change_by_interval(pre, post, days, edges=[1e6]).slope.reason == "one_pair_decides"
    days[0] = unit * 400
    found = change_by_interval(pre, post, days, edges=[1e6]).slope
    assert found.reason == "" and found.low < found.slope < found.high
