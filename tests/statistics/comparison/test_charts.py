"""Charts over months: Montgomery's orange juice, Wheeler's XmR data, exact binomial limits, printed tables of runs."""

from itertools import permutations, product
from math import comb

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from isu_analysis.errors import StatisticsError
from isu_analysis.statistics.comparison.charts import individuals_chart, p_chart
from isu_analysis.statistics.comparison.runs import run_chart, runs_chances

# Montgomery, Introduction to Statistical Quality Control, table 6.1: faulty cans of 50 in thirty samples.
CANS = [12, 15, 8, 10, 4, 7, 16, 9, 14, 10, 5, 6, 17, 12, 22, 8, 10, 5, 13, 11, 20, 18, 24, 15, 9, 12, 7, 13, 9, 6]
# Wheeler's sample for an XmR chart, as in the gist tomhopper/9000495.
WHEELER = [5045, 4350, 4350, 3975, 4290, 4430, 4485, 4285, 3980, 3925, 3645, 3760, 3300, 3685, 3463, 5200]
# SAS/QC sample library shwir1: diameters of twenty jet engines.
JETS = [
    78.4,
    80.1,
    84.4,
    79.1,
    80.4,
    83.5,
    73.8,
    83.5,
    75.0,
    76.8,
    70.5,
    80.3,
    82.4,
    79.4,
    86.4,
    90.5,
    77.7,
    82.5,
    79.9,
    83.2,
]
# Swed & Eisenhart (1943) as reprinted: n1 = 5-10 by n2 = 2-20, too few if at most, too many if at least; two-sided .05.
SWED_EISENHART = {
    5: "1 6 1 8 2 9 2 10 3 10 3 11 3 11 3 12 3 12 4 12 4 12 4 12 4 12 4 12 4 12 4 12 5 12 5 12 5 12",
    6: "1 6 2 8 2 9 3 10 3 11 3 12 3 12 4 13 4 13 4 13 4 13 5 14 5 14 5 14 5 14 5 14 5 14 6 14 6 14",
    7: "1 6 2 8 2 10 3 11 3 12 3 13 4 13 4 14 5 14 5 14 5 14 5 15 5 15 6 15 6 16 6 16 6 16 6 16 6 16",
    8: "1 6 2 8 3 10 3 11 3 12 4 13 4 14 5 14 5 15 5 15 6 16 6 16 6 16 6 16 6 17 7 17 7 17 7 17 7 17",
    9: "1 6 2 8 3 10 3 12 4 13 4 14 5 14 5 15 5 16 6 16 6 16 6 17 7 17 7 18 7 18 7 18 8 18 8 18 8 18",
    10: "1 6 2 8 3 10 3 12 4 13 5 14 5 15 5 16 6 16 6 17 7 17 7 18 7 18 7 18 8 19 8 19 8 19 8 20 9 20",
}
# Walpole et al., table A.18: probability of at most 2, 3, ... runs.
AT_MOST = {
    (3, 5): [0.036, 0.143, 0.429, 0.714, 0.929, 1.000],
    (4, 4): [0.029, 0.114, 0.371, 0.629, 0.886, 0.971, 1.000],
    (5, 7): [0.003, 0.015, 0.076, 0.197, 0.424, 0.652, 0.854, 0.955, 0.992],
    (6, 9): [0.000, 0.003, 0.019, 0.063, 0.175, 0.343, 0.566, 0.762, 0.902],
}


def test_orange_juice_has_the_printed_limits():
    found = p_chart(CANS, [50] * 30)
    assert found.centre == pytest.approx(0.2313, abs=5e-5)  # 347 of 1,500
    assert found.points["high"].to_numpy() == pytest.approx(0.4102, abs=5e-5)
    assert found.points["low"].to_numpy() == pytest.approx(0.0524, abs=1e-4)
    assert found.points.index[found.points["signal"] == "above"].tolist() == [14, 22]  # samples 15 and 23
    assert (found.n_signals, found.n_points, found.reason) == (2, 30, "")
    assert set(found.points["limits"]) == {"normal"}


@given(st.integers(1, 60), st.integers(1, 30))
def test_few_people_get_the_exact_limits(of, events):
    """A count on the limit is inside; one beyond it has at most the normal probability outside 3 sigma."""
    people, n = np.full(20, of), np.zeros(20)
    n[: min(events, 20)] = of // 2
    found = p_chart(n, people)
    exact = found.points["limits"] == "exact"
    if found.reason or not exact.any():
        return
    low, high = (round(found.points[end].iloc[0] * of) for end in ("low", "high"))
    chance = stats.binom(of, found.centre)
    assert chance.cdf(low - 1) <= 0.0013499 <= chance.cdf(low)
    assert chance.sf(high) <= 0.0013499 <= chance.sf(high - 1)


def test_the_limits_meet_where_the_normal_ones_begin():
    n, of = np.array([30, 31, 29] * 4 + [10, 9]), np.array([100, 100, 100] * 4 + [33, 31])
    found = p_chart(n, of)
    assert found.points["limits"].tolist() == ["normal"] * 12 + ["exact"] * 2  # 33 * .2988 = 9.9
    assert found.points["high"].iloc[12] == pytest.approx(0.2988 + 3 * np.sqrt(0.2988 * 0.7012 / 33), abs=0.03)
    other = p_chart(of - n, of)  # counting those not: the limits turned round
    assert other.points["high"].to_numpy() == pytest.approx(1 - found.points["low"].to_numpy())


def test_months_without_people_are_no_points():
    n, of = [5] * 12 + [0, None, 3], [10] * 12 + [0, 10, None]
    found = p_chart(n, of)
    assert (found.n_points, found.n_given, found.centre) == (12, 15, 0.5)
    assert found.points["share"].isna().tolist() == [False] * 12 + [True] * 3
    assert found.points["signal"].iloc[12:].tolist() == [""] * 3
    assert p_chart(n[1:], of[1:]).reason == "too_few_points"
    assert np.isnan(p_chart(n[1:], of[1:]).centre)
    assert p_chart([10] * 12, [10] * 12).reason == "zero_sd"


def test_shares_are_signalled_on_either_side():
    n = [50] * 12
    n[3], n[7] = 20, 80
    found = p_chart(n, [100] * 12)
    assert found.points["signal"].tolist() == ["", "", "", "below", "", "", "", "above", "", "", "", ""]
    assert found.points["low"].iloc[0] == pytest.approx(0.35)
    assert found.to_frame().shape == (1, 6)


def test_dispersion_is_one_for_chance_and_more_for_seasons(rng):
    of = np.full(2000, 100)
    assert p_chart(rng.binomial(of, 0.4), of).dispersion == pytest.approx(1, abs=0.06)
    assert p_chart(rng.binomial(of, np.tile([0.3, 0.5], 1000)), of).dispersion > 1.8


def test_a_share_stays_inside_by_chance(rng):
    """Five people a month: the 3-sigma limits would call .5 % or more of them signals."""
    of = np.full(6000, 5)
    found = p_chart(rng.binomial(of, 0.1), of)
    assert found.n_signals / 6000 < 0.0025


@pytest.mark.parametrize(
    ("values", "centre", "step"),
    [(WHEELER, 66168 / 16, 5339 / 15), (JETS, 1607.8 / 20, 101.2 / 19)],
    ids=["wheeler", "jets"],
)
def test_individuals_by_hand(values, centre, step):
    found = individuals_chart(values)
    assert (found.centre, found.mean_moving_range) == pytest.approx((centre, step))
    assert found.high == pytest.approx(centre + 2.66 * step, rel=1e-3)
    assert found.low == pytest.approx(centre - 2.66 * step, rel=1e-3)
    assert found.moving_range_high == pytest.approx(3.267 * step, rel=1e-3)


def test_wheelers_last_month_stands_out():
    found = individuals_chart(pd.Series(WHEELER, index=pd.period_range("2023-01", periods=16, freq="M")))
    assert found.points.index[found.points["signal"] == "above"].astype(str).tolist() == ["2024-04"]
    assert (found.n_signals, found.n_large_steps) == (1, 1)
    assert found.to_frame().shape == (1, 10)


def test_a_missing_month_has_no_step_on_either_side():
    values = [*WHEELER, None, 9000.0]
    found = individuals_chart(values)
    assert (found.n_points, found.n_given) == (17, 18)
    assert found.mean_moving_range == pytest.approx(individuals_chart(WHEELER).mean_moving_range)
    assert found.points["moving_range"].isna().tolist() == [True] + [False] * 15 + [True, True]
    assert found.points["signal"].iloc[-2] == ""


def test_counts_cannot_be_below_nothing():
    counts = [0, 3, 1, 4, 0, 2, 5, 1, 0, 3, 2, 20]
    free, floored = individuals_chart(counts), individuals_chart(counts, lowest=0)
    assert free.low < 0
    assert (floored.low, floored.high) == (0, free.high)
    assert floored.points["signal"].tolist() == [""] * 11 + ["above"]


def test_figures_that_do_not_move_have_no_limits():
    assert individuals_chart([4.0] * 12).reason == "zero_sd"
    assert individuals_chart([4.0] * 11).reason == "too_few_points"
    assert individuals_chart([4.0, None] * 12).reason == "too_few_points"  # no two neighbours


@given(shift=st.floats(-1000, 1000), scale=st.floats(0.1, 10))
def test_the_chart_moves_with_the_scale(shift, scale):
    plain, moved = individuals_chart(WHEELER), individuals_chart(shift + scale * np.array(WHEELER))
    assert (moved.low, moved.high) == pytest.approx((shift + scale * plain.low, shift + scale * plain.high))
    assert moved.points["signal"].tolist() == plain.points["signal"].tolist()


@pytest.mark.parametrize("n_above", SWED_EISENHART)
def test_the_limits_of_runs_are_swed_and_eisenharts(n_above):
    printed = np.array(SWED_EISENHART[n_above].split(), int).reshape(-1, 2)
    for n_below, (few, many) in zip(range(2, 21), printed, strict=True):
        if n_above + n_below < 12:
            continue
        found = run_chart([1.0] * n_above + [0.0] + [-1.0] * n_below) if n_above == n_below else None
        at_most = np.cumsum(runs_chances(n_above, n_below))
        assert at_most[few] <= 0.025 < at_most[few + 1], (n_above, n_below)
        most = 2 * min(n_above, n_below) + (n_above != n_below)
        at_least = np.cumsum(runs_chances(n_above, n_below)[::-1])[::-1]
        if many <= most:
            assert at_least[many] <= 0.025
        assert at_least[min(many - 1, most)] > 0.025
        if found is not None:
            assert (found.runs_low, found.runs_high) == (few + 1, min(many - 1, most))


@pytest.mark.parametrize("sides", AT_MOST)
def test_chances_of_runs_are_those_printed(sides):
    printed = AT_MOST[sides]
    assert np.cumsum(runs_chances(*sides))[2 : 2 + len(printed)].tolist() == pytest.approx(printed, abs=0.00051)


@pytest.mark.parametrize("sides", [(1, 1), (1, 4), (3, 3), (4, 2), (5, 4), (0, 3)])
def test_chances_of_runs_are_every_order_counted(sides):
    above, below = sides
    counted = np.zeros(above + below + 1)
    for order in set(permutations([1] * above + [-1] * below)):
        counted[1 + np.count_nonzero(np.diff(order))] += 1
    assert runs_chances(above, below).tolist() == pytest.approx((counted / comb(above + below, above)).tolist())


def test_chances_of_many_runs_sum_to_one():
    for sides in product((12, 60), (13, 55)):
        assert runs_chances(*sides).sum() == pytest.approx(1)


def test_rules_by_hand():
    """Median 5.5: six above after a first low, then alternation."""
    values = [1, 7, 8, 7.5, 9, 8.5, 7.2, 2, 6, 3, 4, 1.5, 5, 2.5]
    found = run_chart(values)
    assert found.median == 5.5
    assert (found.n_above, found.n_below) == (7, 7)
    assert (found.longest_run, found.shift) == (6, True)
    assert found.points["run"].tolist() == [1, 2, 2, 2, 2, 2, 2, 3, 4, 5, 5, 5, 5, 5]
    assert (found.runs, found.longest_trend, found.trend) == (5, 4, False)
    # 14 points, 7 on either side: Walpole's table has .025 for at most 4 and .078 for at most 5
    assert (found.runs_low, found.runs_signal) == (4.0, "")
    assert found.runs_p / 2 == pytest.approx(0.078, abs=5e-4)


def test_few_and_many_runs():
    few = run_chart([1.0] * 7 + [2.0] * 7)
    assert (few.runs, few.runs_signal, few.shift, few.longest_run) == (2, "few", True, 7)
    assert few.runs_p == pytest.approx(2 * 2 / comb(14, 7))
    many = run_chart([1.0, 2.0] * 7)
    assert (many.runs, many.runs_signal, many.shift) == (14, "many", False)
    assert many.runs_p == pytest.approx(2 * 2 / comb(14, 7))


def test_a_trend_needs_five_points_and_equal_neighbours_are_one():
    four = [5.0, 1, 2, 3, 4, 3, 5, 2, 4, 1, 5, 2]
    assert (run_chart(four).longest_trend, run_chart(four).trend) == (4, False)
    five = [6.0, 1, 2, 3, 3, 3, 4, 5, 3, 5, 2, 4]
    assert (run_chart(five).longest_trend, run_chart(five).trend) == (5, True)
    falling = [-value for value in five]
    assert run_chart(falling).longest_trend == 5


def test_points_on_the_median_and_missing_months_are_skipped():
    values = [1.0, 1, 1, 3, None, 1, 1, 3, 1, 5, 5, 5, 3, 5, 5, 5]
    found = run_chart(values)
    assert found.median == 3
    assert (found.n_points, found.n_above, found.n_below, found.longest_run, found.runs) == (15, 6, 6, 6, 2)
    assert found.points["side"].tolist() == [-1, -1, -1, 0, 0, -1, -1, 0, -1, 1, 1, 1, 0, 1, 1, 1]
    assert found.points["run"].iloc[3] == 0


def test_equal_but_for_the_last_digits_is_on_the_median():
    values = np.array([0.1 + 0.2, 0.3] * 3 + [0.1, 0.5] * 4)
    assert (run_chart(values).points["side"].iloc[:6] == 0).all()


@given(st.lists(st.integers(0, 9), min_size=12, max_size=30), st.floats(0.1, 10))
def test_turning_the_scale_or_time_round_changes_no_rule(values, scale):
    plain = run_chart(values)
    for other in (run_chart([-scale * value for value in values]), run_chart(values[::-1])):
        for name in ("longest_run", "longest_trend", "runs", "runs_p", "runs_signal", "reason"):
            assert getattr(other, name) == pytest.approx(getattr(plain, name), nan_ok=True)


def test_chance_sets_off_the_runs_rule_seldom(rng):
    found = [run_chart(rng.normal(size=20)) for _ in range(300)]
    assert np.mean([chart.runs_signal != "" for chart in found]) < 0.06
    # 10 on either side: at most 6 or at least 16 runs, 1.85 % each
    assert found[0].runs_low == 7
    assert found[0].runs_high == 15


def test_too_few_months_and_no_variation():
    assert run_chart([1.0, 2.0] * 5 + [1.0]).reason == "too_few_points"
    alike = run_chart([2.0] * 12)
    assert (alike.reason, alike.median, alike.runs) == ("zero_sd", 2.0, 0)
    one_side = run_chart([2.0] * 11 + [5.0])
    assert (one_side.reason, one_side.runs, one_side.runs_signal) == ("", 1, "")
    assert one_side.to_frame().shape[0] == 1


@pytest.mark.parametrize(
    ("call", "named"),
    [
        (lambda: p_chart([3] * 12, [2] * 12), "n och of"),
        (lambda: p_chart([1] * 12, [2] * 11), "rader"),
        (lambda: p_chart([1] * 12, [2]), "rader"),
        (lambda: p_chart([0.5] * 12, [2] * 12), "n och of"),
        (lambda: individuals_chart(["x"] * 12), "values"),
        (lambda: individuals_chart([-1] * 12, lowest=0), "values"),
        (lambda: run_chart([np.inf] * 12), "values"),
    ],
)
def test_wrong_input_is_refused(call, named):
    with pytest.raises(StatisticsError, match=named):
        call()
