"""What the simulations in ``benchmarks/`` say, pinned; and that they simulate the package's own formulas.

Expected numbers are limits that a default interval must keep (lowest coverage over the cells .93 normal; .90 skewed at
n = 15-60 and .93 at 300), less three Monte Carlo standard errors; what a rule that fails does is pinned too, so that
nobody makes it the default again. Truths are analytic; jackknife errors are compared with a plain loop.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from itertools import product

import numpy as np
import pytest
from scipy import stats

from benchmarks import coverage, loss, person_level
from benchmarks.change_intervals import Z, change_intervals, wilson_pairs
from benchmarks.cluster_coverage import LAYOUTS, cluster_cell
from benchmarks.share_coverage import paired_coverage, share_coverage, two_group_coverage
from benchmarks.simulation import FAMILIES, SKEWNESS, Tally, Truth, standard_pairs
from isu_analysis.statistics.attrition.estimates import carried_back, completers_change
from isu_analysis.statistics.attrition.maximum_likelihood import ml_change_two_wave
from isu_analysis.statistics.effect_sizes.change import effect_size
from isu_analysis.statistics.effect_sizes.ranks import rank_biserial
from isu_analysis.statistics.proportions.shares import wilson

SAME = {
    "change: t": "change",
    "g_pre: leave one out, t": "g_pre",
    "g_av: leave one out, t": "g_av",
    "rank_biserial: Wilson, number by leave one out, t": "rank_biserial",
    "g_pre: Bonett": "g_pre_bonett",
    "g_pre: influence, t": "g_pre_influence",
    "g_av: Bonett": "g_av_bonett",
    "g_av: influence, t": "g_av_influence",
}


@pytest.mark.parametrize("family", FAMILIES)
def test_invented_pairs_are_as_the_truth_says(family, rng):
    start, end = standard_pairs(family, 0.5, (400_000,), rng)
    assert np.corrcoef(start, end)[0, 1] == pytest.approx(0.5, abs=0.01)
    for scores in (start, end):
        assert (scores.mean(), scores.std()) == pytest.approx((0, 1), abs=0.01)
        assert stats.skew(scores) == pytest.approx(0 if family == "normal" else SKEWNESS, abs=0.1)


@pytest.mark.parametrize("n", [15, 30, 60])
def test_vectorised_intervals_are_those_of_effect_size(n, rng):
    start, end = Truth("gamma", 0.5, 1.4, 0.5).draw((3, n), rng)
    found = change_intervals(start, end)
    for row in range(3):
        expected = effect_size(start[row], end[row])
        for ours, theirs in SAME.items():
            ends = [getattr(expected, f"{theirs}_{side}") for side in ("low", "high")]
            assert [side[row] for side in found[ours]] == pytest.approx(ends, rel=1e-9), ours
        ends = [expected.d_z_low, expected.d_z_high]
        assert [side[row] for side in found["d_z: noncentral t"]] == pytest.approx(ends, abs=1e-5)


def test_jackknife_errors_are_those_of_a_plain_loop(rng):
    start, end = Truth("lognormal", 0.2, 1.4, 0.5).draw((1, 12), rng)
    found = change_intervals(start, end)
    x, y = start[0], end[0]

    def g_pre(x, y):
        return (y - x).mean() / x.std(ddof=1)

    def g_av(x, y):
        return (y - x).mean() / np.sqrt((x.var(ddof=1) + y.var(ddof=1)) / 2)

    def ranks(x, y):
        return rank_biserial(y - x, 0.95).size

    def error(size):
        left_out = np.array([size(np.delete(x, i), np.delete(y, i)) for i in range(12)])
        return np.sqrt(11 / 12 * ((left_out - left_out.mean()) ** 2).sum())

    t = stats.t.ppf(0.975, 11)
    for name, size in (("g_pre", g_pre), ("g_av", g_av)):
        low, high = (side[0] for side in found[f"{name}: leave one out, t"])
        assert (high - low) / 2 == pytest.approx(t * error(size), rel=1e-10)
    low, high = (side[0] for side in found["rank_biserial: Fisher z, leave one out, t"])
    assert (np.arctanh(high) - np.arctanh(low)) / 2 == pytest.approx(t * error(ranks) / (1 - ranks(x, y) ** 2))


def test_the_interval_of_ranks_is_wilson_s_with_half_to_all_of_the_people():
    size = np.array([0.2, 1.0])  # 12 of 20 and 20 of 20 pairs won
    for error, people in ((0.0, 20), (100.0, 20), (1e-6, 40)):  # nothing known of the error; large; small
        low, high = wilson_pairs(size, np.full(2, error), 40, Z)
        if error == 1e-6:
            assert 2 * wilson(24, people)[0] - 1 == pytest.approx(low[0])
        else:
            assert [2 * end - 1 for end in wilson(12, people)] == pytest.approx([low[0], high[0]])
        assert (2 * wilson(20, 20)[0] - 1, 1) == pytest.approx((low[1], high[1]))  # p (1 - p) = 0: half


def test_closed_forms_with_loss_are_those_of_the_package(rng):
    start = rng.normal(20, 5, (4, 40))
    end = np.where(rng.random((4, 40)) < 0.6, np.nan, start + rng.normal(-2, 4, (4, 40)))
    found = loss.closed_form(start, end)
    estimates = {
        "completers": completers_change,
        "carried back": carried_back,
        "ML, model variance": partial(ml_change_two_wave, error="model"),
        "ML, leave one out": ml_change_two_wave,
    }
    for (name, estimate), row in product(estimates.items(), range(4)):
        expected = estimate(start[row], end[row])
        ours = [part[row] for part in found[name]]
        assert ours == pytest.approx([expected.change, expected.low, expected.high], rel=1e-10), name


def test_jackknife_of_maximum_likelihood_is_that_of_a_plain_loop(rng):
    start = rng.normal(20, 5, 14)
    end = np.where(np.arange(14) % 3 == 0, np.nan, start + rng.normal(-2, 4, 14))
    _, low, high = loss.closed_form(start[np.newaxis], end[np.newaxis])["ML, leave one out"]
    left_out = np.array([ml_change_two_wave(np.delete(start, i), np.delete(end, i)).change for i in range(14)])
    error = np.sqrt(13 / 14 * ((left_out - left_out.mean()) ** 2).sum())
    assert (high - low)[0] / 2 == pytest.approx(stats.t.ppf(0.975, 9 - 2) * error, rel=1e-9)


def test_closed_forms_need_pairs():
    start, end = np.array([[1.0, 2.0, 4.0, 5.0]]), np.array([[2.0, 1.0, np.nan, np.nan]])
    found = loss.closed_form(start, end)
    assert np.isnan(found["ML, model variance"][1:]).all()
    assert np.isfinite(found["completers"]).all()
    assert np.isnan(loss.closed_form(start, np.full((1, 4), np.nan))["completers"][1:]).all()


def test_a_tally_counts_only_intervals_that_were_given():
    tally = Tally()
    middles = np.array([0.5, 2.5, np.nan, 1.0])
    tally.add("x", np.array([0.0, 2.0, np.nan, 1.0]), np.array([1.0, 3.0, 4.0, 1.0]), 1.0, middles)
    (row,) = tally.rows(n=4)
    assert row["bias"] == pytest.approx(1 / 3)
    assert (row["coverage"], row["given"], row["width"]) == pytest.approx((2 / 3, 3 / 4, 2 / 3))


# Three Monte Carlo standard errors at .93 with 2,000 replications.
SLACK = 0.017
DEFAULTS = (
    "change: t",
    "g_pre: leave one out, t",
    "g_av: leave one out, t",
    "rank_biserial: Wilson, number by leave one out, t",
)
# Where intervals break first, and where nothing happens.
CORNERS = ((0.8, 1.0, 1.2), (0.8, 1.0, -1.2), (0.2, 1.4, 0.0))


@pytest.mark.slow
@pytest.mark.parametrize("n", [15, 30, 60, 300])
@pytest.mark.parametrize("family", FAMILIES)
def test_default_intervals_hold_what_is_promised(family, n):
    promised = 0.93 if family == "normal" or n == 300 else 0.90
    for corner in CORNERS:
        tally = coverage.one_cell(Truth(family, *corner), n, 2000, seed=3)
        found = {row["interval"]: row for row in tally.rows()}
        for name in DEFAULTS:
            assert found[name]["coverage"] > promised - SLACK, (name, corner)
            assert found[name]["given"] == 1, (name, corner)


@pytest.mark.slow
def test_rules_that_fail_are_known_to_fail():
    skewed = Truth("gamma", 0.8, 1.0, 1.2)
    large = {row["interval"]: row["coverage"] for row in coverage.one_cell(skewed, 300, 2000, seed=3).rows()}
    assert large["g_pre: Bonett"] < 0.85
    assert large["d_z: noncentral t"] < 0.80
    assert large["rank_biserial: Fisher z, variance of no change"] < 0.60
    small = {row["interval"]: row["coverage"] for row in coverage.one_cell(skewed, 15, 3000, seed=3).rows()}
    assert small["g_pre: Bonett under 30, influence from 30"] < 0.90
    assert small["g_pre: leave one out, t"] > small["g_pre: influence, t"] + 0.03


@pytest.mark.slow
def test_intervals_of_shares_are_exact():
    one = share_coverage((15, 60))
    assert one["mean"].loc["wilson"].tolist() == pytest.approx([0.954, 0.951], abs=0.002)
    assert 0.91 < one["min"].loc["wilson", 15] < 0.93  # whole counts: no single true share is promised .93
    assert one["min"].loc["agresti_coull"].min() > 0.93
    assert one["edge"].loc["clopper_pearson"].min() > 0.95
    assert one["min"].loc["wald", 15] < 0.60
    two = two_group_coverage((15,), "difference")
    assert two["mean"].loc["newcombe", 15] == pytest.approx(0.951, abs=0.002)
    assert two["min"].loc["miettinen_nurminen", 15] > 0.93
    paired = paired_coverage((15,), "difference")
    assert paired["mean"].loc[["newcombe", "tango"], 15].min() > 0.945


@pytest.mark.slow
@pytest.mark.parametrize("share_lost", [0.2, 0.5, 0.85])
@pytest.mark.parametrize("n", [60, 300])
def test_maximum_likelihood_repairs_loss_that_follows_the_start(n, share_lost):
    found = _loss_cell(1, n, share_lost)
    assert found["ML, leave one out"]["coverage"] == pytest.approx(0.955, abs=0.02)
    assert found["ML, leave one out"]["bias"] == pytest.approx(0, abs=0.03)
    assert found["completers"]["bias"] > 0.04
    assert found["carried back"]["bias"] < -0.05


def _loss_cell(place, n, share_lost):
    cell = loss.two_wave_cell(loss.MECHANISMS[place], n, share_lost, replications=3000, seed=3)
    return {row["interval"]: row for row in cell.rows()}


@pytest.mark.slow
def test_skewed_scores_need_the_jackknife_when_loss_follows_the_start():
    cell = loss.two_wave_cell(loss.MECHANISMS[1], 300, 0.5, replications=3000, seed=3, family="gamma")
    found = {row["interval"]: row["coverage"] for row in cell.rows()}
    assert found["ML, model variance"] < 0.925
    assert found["ML, leave one out"] > 0.93 - 0.014


@pytest.mark.slow
def test_nothing_repairs_loss_that_follows_the_change():
    found = _loss_cell(5, 300, 0.5)
    assert found["ML, leave one out"]["coverage"] < 0.20
    assert found["ML, leave one out"]["bias"] > 0.20
    assert found["ML, lost within 0.2 SD"]["coverage"] < found["ML, lost within 0.5 SD"]["coverage"]


@pytest.mark.slow
def test_bounds_hold_these_people_always_and_people_in_general_only_with_chance_added():
    cell = loss.bounds_cell(loss.MECHANISMS[0], 300, 0.05, replications=200, seed=3)
    found = {row["interval"]: row["coverage"] for row in cell.rows()}
    assert found["bounds: these people's mean change"] == 1
    assert found["share bounds: these people's share"] == 1
    assert found["Imbens-Manski: in general"] > 0.91
    nobody_lost = loss.bounds_cell(loss.MECHANISMS[0], 300, 0.0, replications=50, seed=3)
    assert {row["interval"]: row["coverage"] for row in nobody_lost.rows()}["share bounds: the share in general"] < 0.1


@pytest.mark.slow
def test_person_level_methods_call_the_unchanged_changed_as_often_as_known():
    table = person_level.stated_table(100_000, seed=3)

    def found(scenario, method):
        improved, deteriorated = table.loc[scenario, method].split(" / ")
        return float(improved), float(deteriorated)

    # From the simulation of 400,000 people with which these facts were first measured.
    for scenario, method, expected in (
        ("all as stated", "jacobson_truax", (2.5, 2.5)),
        ("all as stated", "edwards_nunnally", (7.1, 7.2)),
        ("all as stated", "nunnally_kotsch", (3.0, 3.0)),
        ("stated reliability .90, true .80", "jacobson_truax", (8.2, 8.3)),
        ("stated SD at start 7, true 10", "maassen", (4.5, 4.5)),
        ("selected, start above mean + 1 SD", "jacobson_truax", (6.2, 0.5)),
        ("selected, start above mean + 1 SD", "gulliksen_lord_novick", (2.5, 2.4)),
        ("the same, own SD and mean with the stated reliability", "jacobson_truax", (33.6, 7.7)),
        ("SD at end 1.5 times that at start", "gulliksen_lord_novick", (11.5, 11.6)),
        ("natural drift, SD 4 both ways", "jacobson_truax", (4.8, 4.9)),
        ("EVERYONE truly improves .5 SD", "jacobson_truax", (11.9, 0.3)),
    ):
        assert found(scenario, method) == pytest.approx(expected, rel=0.08, abs=0.25), (scenario, method)


@pytest.mark.slow
def test_few_controls_need_the_t_distribution():
    few = replace(person_level.CONTROLS[2], replications=400)
    table = person_level.controls_table(40_000, seed=3, kinds=(few,))
    improved = {method: float(table.loc["20 controls", method].split(" / ")[0]) for method in table}
    assert improved["crawford_howell"] == pytest.approx(2.5, abs=0.4)
    assert improved["mcsweeny"] > 3.3


@pytest.mark.slow
def test_random_slopes_lend_the_group_s_change_to_people_who_stand_still():
    table = person_level.course_table(20_000, seed=3)
    row = table.loc["others improve .5 SD (SD .2), 4 occasions"]
    assert float(row["random slopes, empirical Bayes"].split(" / ")[0]) > 60
    assert float(row["reliable trend index"].split(" / ")[0]) < 5


@pytest.mark.slow
def test_clusters_need_the_cluster_interval():
    found = {row["interval"]: row["coverage"] for row in cluster_cell(LAYOUTS[1], 0.2, 500, seed=3).rows()}
    assert found["mean change: independent"] < 0.83
    assert found["mean change: cluster"] > 0.92
    assert found["share: cluster"] > 0.90
