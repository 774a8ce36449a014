"""Historical methods: what is wrong with each, shown on simulated people who do not change; edges.

The R package's numbers for each are in test_reliable_change_oracle.py. The false-positive shares are those of a
table of 400 000 simulated people (r = .80, SD 10), redrawn here with fewer.
"""

import math
from dataclasses import replace

import numpy as np
import pytest
from numpy.testing import assert_allclose

from isu_analysis.errors import StatisticsError
from isu_analysis.statistics.individual_change.historical import (
    HISTORICAL,
    difference_reliability,
    hageman_arrindell_clinical,
    historical_index,
)
from isu_analysis.statistics.individual_change.references import control_sample, reference_sample
from isu_analysis.statistics.individual_change.rules import METHODS

NORM = {"mean_pre": 50, "sd_pre": 10, "mean_post": 50, "sd_post": 10, "retest_r": 0.8, "reliability_pre": 0.8,
        "reliability_post": 0.8}  # fmt: skip
# s1 = s2 = 10, r1 = .9 (S_E^2 = 10), r12 = .5: the differences vary by 100, of which 80 are true.
GROUP = {**NORM, "mean_post": 44, "retest_r": 0.5, "reliability_pre": 0.9}


def reference(numbers, **changes):
    return reference_sample(source="x", **{**numbers, **changes})


@pytest.fixture(scope="module")
def unchanged():
    rng = np.random.default_rng(77)
    true = rng.normal(50, 10 * math.sqrt(0.8), 120_000)
    return tuple(true + rng.normal(0, 10 * math.sqrt(0.2), true.size) for _ in range(2))


def flagged(pre, post, method, **numbers):
    found = historical_index(pre, post, method, reference(numbers), higher_is_better=False)
    return [100 * np.mean(sign * found.index > found.critical) for sign in (1, -1)]


def near(expected, n):
    return [pytest.approx(e, abs=4 * math.sqrt(e * (100 - e) / n) + (0.5 if e >= 10 else 0.06)) for e in expected]


@pytest.mark.parametrize(
    ("method", "expected"),
    [("edwards_nunnally", [7.1, 7.2]), ("nunnally_kotsch", [3.0, 3.0]), ("hsu_linn_lord", [2.5, 2.5])],
)
def test_false_positives_with_the_right_numbers(unchanged, method, expected):
    pre, post = (scores[:40_000] for scores in unchanged)
    assert flagged(pre, post, method, **NORM) == near(expected, 40_000)


def test_hsu_linn_lord_sees_no_improvement_that_everyone_shares(unchanged):
    pre, post = unchanged[0][:40_000], unchanged[1][:40_000] - 5
    numbers = {**NORM, "mean_post": post.mean()}
    assert flagged(pre, post, "hsu_linn_lord", **numbers) == near([2.5, 2.5], 40_000)


def test_hsu_linn_lord_with_a_norms_start_and_the_selected_groups_end(unchanged):
    pre, post = (scores[unchanged[0] > 60] for scores in unchanged)
    improved, deteriorated = flagged(pre, post, "hsu_linn_lord", **{**NORM, "mean_post": post.mean()})
    assert improved == near([53], pre.size)[0] and deteriorated < 0.05


def test_hageman_arrindell_is_undefined_half_the_time_when_nobody_changes(unchanged):
    undefined = 0
    for start in range(0, 30_000, 100):
        pre, post = (scores[start : start + 100] for scores in unchanged)
        sample = replace(control_sample(pre, post, source="group"), reliability_pre=0.8)
        found = historical_index(pre, post, "hageman_arrindell", sample, higher_is_better=False)
        undefined += found.reason == "no_true_change_variance"
        assert np.isnan(found.index).all() == (difference_reliability(sample) <= 0)
    assert 0.35 < undefined / 300 < 0.65


def test_hageman_arrindell_gives_everyone_the_mean_change():
    """r_DD = .8, S_E = sqrt(10): someone who did not change has ((-6) .2) / (sqrt(.8) sqrt(20)) = -.3."""
    sample = reference(GROUP)
    assert difference_reliability(sample) == pytest.approx(0.8)
    found = historical_index([50.0, 50.0], [50.0, 40.0], "hageman_arrindell", sample, higher_is_better=False)
    assert_allclose(found.index, [1.2 / 4, (8 + 1.2) / 4])
    assert found.critical == 1.645
    assert historical_index([50.0], [50.0], "hageman_arrindell", sample, higher_is_better=True).index[0] < 0


def test_hand_arithmetic_of_the_others():
    """Start 60, end 50, M1 50, M2 52, r .8: expected 58, 58 and 60."""
    sample = reference(NORM, mean_post=52, reliability_post=0.75)
    expected = {
        "edwards_nunnally": -8 / math.sqrt(20),
        "nunnally_kotsch": -8 / math.sqrt(0.64 * 100 * 0.2 + 100 * 0.25),
        "hsu_linn_lord": -10 / 6,
    }
    for method, index in expected.items():
        found = historical_index([60.0], [50.0], method, sample, higher_is_better=True)
        assert found.index[0] == pytest.approx(index)
        assert found.historical and found.critical == 1.96
        lower = historical_index([60.0], [50.0], method, sample, higher_is_better=False, z=1.645)
        assert lower.index[0] == pytest.approx(-index) and lower.critical == 1.645


def test_clinical_significance_by_hand():
    """S_E^2 = 10: true SDs sqrt(90); r2 = .9. a = 50 - 2 sqrt(90) = 31.03 when lower is better."""
    true = math.sqrt(90)
    group = {"higher_is_better": False, "functional": (20, math.sqrt(50))}
    a, b, c = (hageman_arrindell_clinical([44.0, 20.0, np.nan], reference(GROUP), kind, **group) for kind in "abc")
    assert a.cutoff == pytest.approx(50 - 2 * true)
    assert b.cutoff == pytest.approx(20 + 2 * math.sqrt(40))  # the functional SD, not the clinical one
    assert c.cutoff == pytest.approx((true * 20 + math.sqrt(40) * 50) / (true + math.sqrt(40)))
    assert_allclose(a.distance[:2], [-(44 - a.cutoff) / 3, -(22.4 - a.cutoff) / 3])  # 44 + .9 (20 - 44) = 22.4
    assert math.isnan(a.distance[2]) and a.reason == ""
    # changed: M_D = -6, SD_D sqrt(r_DD) = sqrt(80); functional: (a - 44) / true. Shares of the normal table.
    assert a.changed_share == pytest.approx(0.5 * math.erfc(-6 / math.sqrt(80) / math.sqrt(2)))
    assert a.functional_share == pytest.approx(0.5 * math.erfc((44 - a.cutoff) / true / math.sqrt(2)))


def test_turning_the_scale_turns_hageman_and_arrindell():
    turned = {**GROUP, "mean_pre": -50, "mean_post": -44}
    for kind in "abc":
        lower = hageman_arrindell_clinical(
            [44.0, 20], reference(GROUP), kind, higher_is_better=False, functional=(20, 7)
        )
        upper = hageman_arrindell_clinical(
            [-44.0, -20], reference(turned), kind, higher_is_better=True, functional=(-20, 7)
        )
        assert_allclose(upper.distance, lower.distance)
        assert upper.cutoff == pytest.approx(-lower.cutoff)
        assert_allclose([upper.changed_share, upper.functional_share], [lower.changed_share, lower.functional_share])


def test_when_the_true_spread_is_not_there():
    def clinical(kind="a", **changes):
        return hageman_arrindell_clinical(
            [40.0], reference(GROUP, **changes), kind, higher_is_better=False, functional=(20, 3)
        )

    nothing = clinical(sd_post=3)  # S_E = 3.16: the end varies less than the error
    assert nothing.reason == "no_true_variance" and math.isnan(nothing.distance[0])
    edge = clinical(sd_post=5, reliability_pre=0.75)  # S_E = 5: no true variation at the end
    assert edge.reason == "no_true_variance" and math.isnan(edge.functional_share)
    norm = clinical("b")  # the norm's SD of 3 is all error
    assert norm.reason == "no_true_variance" and math.isnan(norm.cutoff) and math.isnan(norm.functional_share)
    still = clinical(retest_r=0.95)  # differences vary by 10, error alone by 20
    assert still.reason == "no_true_change_variance" and math.isnan(still.changed_share)
    assert not math.isnan(still.distance[0]) and still.r_dd == pytest.approx(-1)
    sure = clinical(reliability_pre=1.0)
    assert sure.reason == "no_error" and math.isnan(sure.distance[0]) and sure.r_dd == 1
    empty = hageman_arrindell_clinical(
        [], replace(control_sample([], [], source="x"), reliability_pre=0.8), "a", higher_is_better=True
    )
    assert empty.reason == "no_true_variance" and math.isnan(empty.cutoff)


def test_without_error_or_without_variation():
    sure = reference(GROUP, reliability_pre=1.0, reliability_post=1.0)
    for method in HISTORICAL:
        found = historical_index([50.0], [60.0], method, sure, higher_is_better=True)
        assert found.reason == "no_error" and found.index[0] == np.inf
    flat = replace(control_sample([5.0, 5, 5], [5.0, 5, 5], source="x"), reliability_pre=0.8, reliability_post=0.8)
    for method in HISTORICAL:
        found = historical_index([50.0], [60.0], method, flat, higher_is_better=True)
        assert found.reason in {"zero_sd", "no_true_change_variance"} and math.isnan(found.index[0])


def test_historical_and_current_methods_are_kept_apart():
    assert not set(HISTORICAL) & set(METHODS)
    for rule in HISTORICAL.values():
        assert "Historical" in rule.__doc__ and "%" in rule.__doc__
    with pytest.raises(StatisticsError, match="method: okänd metod"):
        historical_index([1.0], [2.0], "jacobson_truax", reference(NORM), higher_is_better=True)


def test_refusals():
    with pytest.raises(StatisticsError, match="Argumentet kind"):
        hageman_arrindell_clinical([1.0], reference(GROUP), "d", higher_is_better=True)
    for kind in "bc":
        with pytest.raises(StatisticsError, match="Argumentet functional"):
            hageman_arrindell_clinical([1.0], reference(GROUP), kind, higher_is_better=True)
    with pytest.raises(StatisticsError, match="saknar retest_r"):
        historical_index([1.0], [2.0], "hageman_arrindell", reference(GROUP, retest_r=None), higher_is_better=True)


def test_the_printed_result_holds_no_people():
    found = hageman_arrindell_clinical([43.375], reference(GROUP), "a", higher_is_better=False)
    assert "43.375" not in repr(found) and "distance" not in repr(found)
    assert "distance" not in found.to_frame().columns and len(found.to_frame()) == 1
