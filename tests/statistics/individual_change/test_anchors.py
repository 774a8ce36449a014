"""Minimal important differences: verdicts by hand, thresholds by brute force, the predictive MIC by other routes.

R's numbers for persons and groups are in test_reliable_change_oracle.py. The predictive MIC of two normal groups
with equal spread is midway between their means: the likelihood ratio is 1 there (Terluin et al. 2015).
"""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose
from scipy import optimize, stats

from isu_analysis.errors import StatisticsError
from isu_analysis.statistics.individual_change.anchor_thresholds import anchor_mean_change, roc_threshold
from isu_analysis.statistics.individual_change.anchors import (
    important_change,
    important_mean_change,
    important_mean_difference,
)
from isu_analysis.statistics.individual_change.predictive_change import predictive_mic

UP, DOWN = {"higher_is_better": True}, {"higher_is_better": False}
MID = {"improvement": 6, "deterioration": 4}


def test_a_change_equal_to_the_difference_counts():
    pre, post = [20.0, 20, 20, 20, 20, np.nan], [14.0, 15, 24, 23, 20, 3]
    found = important_change(pre, post, **MID, **DOWN)
    assert list(found.categories) == ["improved", "unchanged", "deteriorated", "unchanged", "unchanged", "not_paired"]
    up = important_change(pre, post, improvement=4, deterioration=6, **UP)
    assert list(up.categories[:3]) == ["deteriorated", "unchanged", "improved"]
    with_range = important_change(
        pre, post, **MID, **DOWN, clinical_start=[1, 1, 0, 0, 0, 1], functional_end=[1, 1, 0, 0, 0, 1]
    )
    assert with_range.categories[0] == "recovered" and with_range.count("harmed") == 1
    assert 0.7 - 0.2 < 0.5
    assert important_change([0.2], [0.7], improvement=0.5, deterioration=0.5, **UP).count("improved") == 1
    assert important_change([0.7], [0.2], improvement=0.5, deterioration=0.5, **UP).count("deteriorated") == 1


def exact(mean, half, n=5):
    """Changes with this mean whose 95 % t interval has this half-width."""
    shape = np.array([-2.0, -1, 0, 1, 2])
    wanted = half / stats.t.ppf(0.975, n - 1) * math.sqrt(n)
    return mean + shape * wanted / shape.std(ddof=1)


@pytest.mark.parametrize(
    ("mean", "half", "direction", "verdict"),
    [
        (2, 3, "none", "not_significant"),
        (3, 2, "better", "significant_not_relevant"),
        (5, 2, "better", "not_significantly_below"),
        (7, 2, "better", "probably_relevant"),
        (9, 2, "better", "clearly_relevant"),
        (-2, 1, "worse", "significant_not_relevant"),
        (-3, 2, "worse", "not_significantly_below"),
        (-5, 2, "worse", "probably_relevant"),
        (-9, 2, "worse", "clearly_relevant"),
    ],
)
def test_the_five_verdicts_in_both_directions(mean, half, direction, verdict):
    change = exact(mean, half)
    for sign, side in ((1, UP), (-1, DOWN)):
        found = important_mean_change(np.full(5, 10.0), 10 + sign * change, **MID, **side)
        assert_allclose(
            [found.difference, found.difference_low, found.difference_high],
            [sign * mean, sign * mean - half, sign * mean + half],
        )
        assert (found.direction, found.verdict, found.reason, found.n) == (direction, verdict, "", 5)
        # The reference group varies by nothing that matters, so Welch's interval is nearly the other's.
        many = np.linspace(9.99, 10.01, 500)
        between = important_mean_difference(many, 10 + sign * change, **MID, **side)
        assert (between.verdict, between.direction, between.n_reference) == (verdict, direction, 500)


def test_the_interval_follows_the_level():
    change = exact(5, 2)
    wide = important_mean_change(np.zeros(5), change, **MID, **UP, level=0.99)
    ratio = stats.t.ppf(0.995, 4) / stats.t.ppf(0.975, 4)
    assert wide.difference_high - wide.difference == pytest.approx(2 * ratio) and wide.level == 0.99
    between = important_mean_difference([1.0, 2, 3], [4.0, 6, 8], **MID, **UP, level=0.8)
    expected = stats.ttest_ind([4.0, 6, 8], [1.0, 2, 3], equal_var=False).confidence_interval(0.8)
    assert_allclose([between.difference_low, between.difference_high], expected)


def test_means_that_cannot_be_judged():
    for pre, post, reason, n in (
        ([], [], "too_few", 0),
        ([1.0], [9.0], "too_few", 1),
        ([1.0, np.nan], [9.0, 2], "too_few", 1),
        ([1.0, 2, 3], [8.0, 9, 10], "zero_sd", 3),
    ):
        found = important_mean_change(pre, post, **MID, **UP)
        assert (found.n, found.reason, found.verdict, found.direction) == (n, reason, "", "")
        assert math.isnan(found.difference_low) and math.isnan(found.difference) == (reason == "too_few")
    for one, two, reason in (
        ([1.0], [2.0, 3], "too_few"),
        ([5.0, 5], [2.0], "too_few"),
        ([5.0, 5], [2.0, 2], "zero_sd"),
        ([], [], "too_few"),
    ):
        found = important_mean_difference(one, two, **MID, **UP)
        assert found.reason == reason and found.verdict == "" and math.isnan(found.difference_high)
    assert len(found.to_frame()) == 1


def test_mean_of_those_a_little_better():
    """Improvements 2, 4, 6 of the four who answered; hand t interval 4 +- 4.303 * 2/sqrt(3)."""
    pre, post = [10.0, 10, 10, 10, 10, np.nan], [8.0, 6, 4, 20, 1, 2]
    answer = [True, True, True, False, None, True]
    found = anchor_mean_change(pre, post, answer, **DOWN)
    assert (found.n, found.of, found.improvement, found.reason) == (3, 4, 4.0, "")
    half = 4.302653 * 2 / math.sqrt(3)
    assert_allclose([found.improvement_low, found.improvement_high], [4 - half, 4 + half], rtol=1e-6)
    assert anchor_mean_change(pre, post, answer, **UP).improvement == -4
    assert anchor_mean_change([1.0], [2.0], [True], **UP).reason == "too_few"
    flat = anchor_mean_change([1.0, 2], [3.0, 4], [True, True], **UP)
    assert (flat.improvement, flat.reason) == (2, "zero_sd") and math.isnan(flat.improvement_low)
    assert anchor_mean_change([], [], [], **UP).of == 0


judged = st.lists(st.tuples(st.integers(-6, 10), st.booleans()), min_size=1, max_size=40)


@settings(max_examples=40)
@given(judged)
def test_roc_threshold_by_trying_every_threshold(people):
    gain, improved = np.array([g for g, _ in people], dtype=float), np.array([i for _, i in people])
    found = roc_threshold(np.zeros(gain.size), gain, improved, **UP)
    assert (found.n_improved, found.of) == (improved.sum(), gain.size)
    if improved.all() or not improved.any():
        assert found.reason == "one_outcome" and math.isnan(found.threshold) and math.isnan(found.auc)
        return
    tried = {t: (gain[improved] >= t).mean() - (gain[~improved] >= t).mean() for t in np.unique(gain)}
    wins = stats.mannwhitneyu(gain[improved], gain[~improved]).statistic
    assert found.auc == pytest.approx(wins / (improved.sum() * (~improved).sum()))
    if max(tried.values()) <= 1e-12:
        assert found.reason == "no_association" and math.isnan(found.threshold)
        return
    best = [t for t, youden in tried.items() if youden >= max(tried.values()) - 1e-12]
    assert (found.threshold, found.equally_good) == (best[0], len(best))
    assert found.sensitivity == pytest.approx((gain[improved] >= best[0]).mean())
    assert found.specificity == pytest.approx((gain[~improved] < best[0]).mean())
    turned = roc_threshold(gain, np.zeros(gain.size), improved, **DOWN)
    assert turned == found


def test_a_youden_index_a_hair_smaller_is_not_as_good():
    """From 1: all 200 improved, 1 of 100 others. From 2: 199 and none: .995 against .99."""
    gain, improved = [2.0] * 199 + [1.0] + [1.0] + [0.0] * 99, [True] * 200 + [False] * 100
    found = roc_threshold([0.0] * 300, gain, improved, **UP)
    assert (found.threshold, found.equally_good, found.sensitivity, found.specificity) == (2, 1, 0.995, 1)


def people(rng, n=150, share=0.5, mean=(2.0, 6.0), sd=4.0):
    """Improvements of those who say improved and of the others: normal, same spread, MIC in the middle."""
    improved = rng.random(n) < share
    return rng.normal(np.where(improved, mean[1], mean[0]), sd), improved


def mic_of(gain, improved, **more):
    return predictive_mic(np.full(gain.size, 50.0), 50 + gain, improved, **UP, **more)


def test_predictive_mic_is_where_the_chance_equals_the_share(rng):
    """Another optimiser's logistic regression."""
    gain, improved = people(rng, share=0.7)

    def minus_log_likelihood(weights):
        eta = weights[0] + weights[1] * gain
        return np.logaddexp(0, eta).sum() - eta[improved].sum()

    a, b = optimize.minimize(minus_log_likelihood, [0, 0.1], method="BFGS", tol=1e-10).x
    found = mic_of(gain, improved)
    q = improved.mean()
    assert found.mic == pytest.approx((math.log(q / (1 - q)) - a) / b, rel=1e-4)
    assert 1 / (1 + math.exp(-(a + b * found.mic))) == pytest.approx(q, rel=1e-4)
    assert found.correlation == pytest.approx(np.corrcoef(gain, improved)[0, 1])
    assert (found.n_improved, found.of, found.reason) == (improved.sum(), 150, "")


def test_predictive_mic_of_a_large_group_is_midway():
    found = mic_of(*people(np.random.default_rng(5), n=40_000))
    assert found.mic == pytest.approx(4, abs=0.1) and found.mic_low < 4 < found.mic_high


def test_adjustment_for_the_share_improved(rng):
    """As the R package MIC prints it: 2017 from (.09 + .103 r), 2022 from the anchor's reliability."""
    gain, improved = people(rng, share=0.75)
    q, sd = improved.mean(), gain.std(ddof=1)
    r, odds = np.corrcoef(gain, improved)[0, 1], math.log(q / (1 - q))
    first, second = mic_of(gain, improved), mic_of(gain, improved, transition_reliability=0.7)
    assert first.mic == second.mic and (first.adjustment, second.adjustment) == ("terluin_2017", "terluin_2022")
    assert first.adjusted == pytest.approx(first.mic - (0.09 + 0.103 * r) * sd * odds)
    assert second.adjusted == pytest.approx(first.mic - (0.8 / 0.7 - 0.5) * r * sd * odds)
    assert first.adjusted < first.mic


def test_with_half_improved_there_is_nothing_to_adjust():
    gain, improved = np.array([1.0, 4, 2, 5, 3, 8, 0, 6]), np.array([0, 1, 1, 0, 0, 1, 0, 1])
    found = mic_of(gain, improved)
    assert found.adjusted == pytest.approx(found.mic) and found.adjusted_low < found.adjusted < found.adjusted_high


@pytest.mark.parametrize("reliability", [None, 0.5])
def test_intervals_are_of_each_persons_influence(reliability):
    """Influence measured: how much one more like a person moves the estimate among 40 copies of everyone."""
    rng = np.random.default_rng(4)
    improved = rng.random(40) < 0.8
    gain = np.where(improved, 4.0, 0.0) + 3 * rng.standard_t(3, 40)

    def estimate(*more):
        people = [*np.tile(np.arange(40), 40), *more]
        found = mic_of(gain[people], improved[people], transition_reliability=reliability)
        return np.array([found.mic, found.adjusted])

    alone = estimate()
    moved = [1600 * (estimate(person) - alone) for person in range(40)]
    whole = mic_of(gain, improved, transition_reliability=reliability)
    halves = np.array([whole.mic_high - whole.mic, whole.adjusted_high - whole.adjusted]) / stats.norm.ppf(0.975)
    # The copies' SD divides by n - 1 and the rest by n: a percent or two.
    assert_allclose(halves, np.sqrt(np.sum(np.square(moved), axis=0)) / 40, rtol=0.02)
    assert_allclose(whole.mic - whole.mic_low, whole.mic_high - whole.mic)


def test_coverage_of_the_predictive_mic():
    rng = np.random.default_rng(8)
    held = 0
    for _ in range(100):
        found = mic_of(*people(rng, n=120))
        held += found.mic_low < 4 < found.mic_high
    assert 0.88 < held / 100 < 1


def test_turning_moving_and_scaling(rng):
    gain, improved = people(rng)
    found = mic_of(gain, improved)
    turned = predictive_mic(gain, np.zeros(150), improved, **DOWN)
    scaled = predictive_mic(np.full(150, 7.0), 7 + 1000 * gain, improved, **UP)
    for other, factor in ((turned, 1), (scaled, 1000)):
        for name in ("mic", "mic_low", "mic_high", "adjusted", "adjusted_low"):
            assert getattr(other, name) == pytest.approx(factor * getattr(found, name), rel=1e-6)
    order = rng.permutation(150)
    assert mic_of(gain[order], improved[order]).mic == pytest.approx(found.mic)


@pytest.mark.parametrize(
    ("gain", "improved", "reason"),
    [
        ([], [], "one_outcome"),
        ([1.0], [1], "one_outcome"),
        ([1.0, 2, 3], [0, 0, 0], "one_outcome"),
        ([2.0, 2, 2, 2], [0, 1, 0, 1], "zero_sd"),
        ([1.0, 2, 3, 4], [0, 0, 1, 1], "separation"),
        ([1.0, 2, 2, 4], [0, 0, 1, 1], "separation"),
        ([4.0, 3, 2, 1], [0, 0, 1, 1], "separation"),
        ([4.0, 1, 3, 2, 0, 2.5], [0, 1, 0, 0, 1, 1], "wrong_direction"),
    ],
)
def test_a_predictive_mic_that_does_not_exist(gain, improved, reason):
    found = predictive_mic([0.0] * len(gain), gain, improved, **UP)
    assert found.reason == reason and math.isnan(found.mic) and math.isnan(found.adjusted_low)
    assert (found.n_improved, found.of) == (sum(improved), len(gain))


def test_refusals():
    for function in (important_change, important_mean_change):
        for name in MID:
            with pytest.raises(StatisticsError, match=f"Argumentet {name}"):
                function([1.0, 3], [2.0, 9], **{**MID, name: 0}, **UP)
    with pytest.raises(StatisticsError, match="Argumentet deterioration"):
        important_mean_difference([1.0, 3], [2.0, 9], improvement=1, deterioration=-1, **UP)
    with pytest.raises(StatisticsError, match="Argumentet level"):
        important_mean_change([1.0, 3], [2.0, 9], **MID, **UP, level=95)
    with pytest.raises(StatisticsError, match="pre och clinical_start"):
        important_change([1.0, 3], [2.0, 9], **MID, **UP, clinical_start=[1], functional_end=[1])
    for function, name in (
        (roc_threshold, "improved"),
        (predictive_mic, "improved"),
        (anchor_mean_change, "little_better"),
    ):
        with pytest.raises(StatisticsError, match=f"pre och {name}"):
            function([1.0, 3], [2.0, 9], [True], **UP)
        with pytest.raises(StatisticsError, match=f"Argumentet {name}"):
            function([1.0, 3], [2.0, 9], [1, 2], **UP)
    with pytest.raises(StatisticsError, match="reliability"):
        predictive_mic([1.0, 3], [2.0, 9], [1, 0], **UP, transition_reliability=0)
