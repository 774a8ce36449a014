"""Reliable-change methods: other routes to the same numbers, the false-positive table, edges and refusals.

Base R's numbers for every method are in test_reliable_change_oracle.py. The false-positive shares are those of a
table of 400 000 simulated people (r = .80, SD 10, no true change), redrawn here with 40 000.
"""

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose
from scipy import stats
from statsmodels.api import OLS

from isu_analysis.errors import MixedSourceWarning, StatisticsError
from isu_analysis.statistics.individual_change.methods import change_index, critical_value, smallest_changes
from isu_analysis.statistics.individual_change.references import control_sample, reference_sample
from isu_analysis.statistics.individual_change.regression import regression_index
from isu_analysis.statistics.individual_change.rules import METHODS

FULL = {"n": 40, "mean_pre": 50, "sd_pre": 10, "mean_post": 52, "sd_post": 12, "retest_r": 0.7,
        "reliability_pre": 0.8, "reliability_post": 0.75}  # fmt: skip
UP = {"higher_is_better": True}


def reference(**changes):
    return reference_sample(source="manual", **{**FULL, **changes})


@pytest.fixture(scope="module")
def controls():
    rng = np.random.default_rng(3)
    pre = rng.normal(50, 10, 25)
    return pre, 15 + 0.7 * pre + rng.normal(0, 7, 25)


def test_hand_arithmetic_of_each_method():
    """Start 60, end 50; the control numbers are FULL. Practice +2; b = .84, a = 10, expected 60.4."""
    expected = {
        "jacobson_truax": -10 / math.sqrt(40),
        "gulliksen_lord_novick": -8 / 6,  # expected 58, error 10 sqrt(.36)
        "mcnemar": -10 / math.sqrt(20 + 36),
        "christensen_mendoza": -10 / math.sqrt(100 + 144 - 168),
        "maassen": -10 / math.sqrt(244 * 0.3),
        "chelune": -12 / math.sqrt(60),
        "iverson": -12 / math.sqrt(30 + 43.2),
        "temkin": -12 / math.sqrt(76),
        "mcsweeny": -10.4 / (12 * math.sqrt(0.51 * 39 / 38)),
        "crawford_howell": -10.4 / (12 * math.sqrt(0.51 * 39 / 38) * math.sqrt(1 + 1 / 40 + 100 / 3900)),
    }
    found = {name: change_index([60.0], [50.0], name, reference(), **UP).index[0] for name in METHODS}
    assert found == pytest.approx(expected, rel=1e-12) and len(found) == 10


@pytest.mark.parametrize("method", METHODS)
def test_direction_swaps_the_sign_and_nothing_else(method):
    x, y = [60.0, 40, 50, np.nan, 55], [50.0, 45, 50, 40, np.nan]
    up, down = (change_index(x, y, method, reference(), higher_is_better=better) for better in (True, False))
    assert_allclose(up.index, -down.index)
    assert_allclose(up.p, down.p)
    for rows in (up.index, up.p, up.expected, up.error):
        assert list(np.isnan(rows)) == [False, False, False, True, True]
    assert (up.n, up.n_given, up.reason, up.historical) == (3, 5, "", False)
    assert_allclose([up.smallest_improvement, up.smallest_deterioration],
                    [down.smallest_deterioration, down.smallest_improvement])  # fmt: skip


@pytest.mark.parametrize("method", METHODS)
def test_smallest_change_is_where_the_index_becomes_critical(method):
    """One point's billionth more counts and less does not, in both directions and from several starts."""
    starts = np.array([20.0, 50, 70])
    for better in (True, False):
        sign = 1 if better else -1
        needed = smallest_changes(starts, METHODS[method](reference()), higher_is_better=better)
        for column, way in (("improvement", 1), ("deterioration", -1)):
            ends = starts + sign * way * needed[column].to_numpy()
            found = change_index(starts, ends, method, reference(), higher_is_better=better)
            assert_allclose(way * found.index, found.critical, rtol=1e-9)
            fixed = getattr(found, f"smallest_{column}")
            if method in ("gulliksen_lord_novick", "mcsweeny", "crawford_howell"):
                assert math.isnan(fixed)
            else:
                assert_allclose(needed[column], fixed)


def test_practice_makes_the_two_smallest_changes_differ():
    """Controls gain 2 points unaided: 2 more are needed to improve and 2 fewer to deteriorate."""
    found = change_index([1.0], [1.0], "temkin", reference(), **UP)
    assert found.smallest_improvement - found.smallest_deterioration == pytest.approx(4)
    assert found.standard_error == pytest.approx(math.sqrt(76))
    assert list(found.expected) == [3.0] and found.index[0] < 0


def test_differences_of_the_controls_are_their_sd(controls):
    """Christensen-Mendoza's and Temkin's error is the SD of the differences, McSweeny's the regression's."""
    pre, post = controls
    sample = control_sample(pre, post, source="controls")
    difference = np.std(post - pre, ddof=1)
    for method in ("christensen_mendoza", "temkin"):
        assert change_index(pre, post, method, sample, **UP).standard_error == pytest.approx(difference, rel=1e-12)
    line = stats.linregress(pre, post)
    residual = post - line.intercept - line.slope * pre
    found = change_index(pre, post, "mcsweeny", sample, **UP)
    assert_allclose(found.index, residual / math.sqrt((residual**2).sum() / 23), rtol=1e-10)


def test_controls_and_their_stated_numbers_are_the_same(controls):
    pre, post = controls
    sample = control_sample(pre, post, source="controls", reliability_pre=0.8, reliability_post=0.7)
    stated = reference_sample(source="controls", **{key: getattr(sample, key) for key in FULL})
    assert sample == stated and sample.reliability_source == "controls"
    holes = control_sample([*pre, np.nan, 3], [*post, 4, np.nan], source="controls")
    assert holes.n == 25 and holes.retest_r == pytest.approx(np.corrcoef(pre, post)[0, 1])


def test_crawford_howell_is_the_t_of_a_dummy_for_the_person(controls):
    """A regression with the person in it and a dummy of one's own: statsmodels' t and p of the dummy."""
    pre, post = controls
    found = change_index([30.0, 65.0], [60.0, 50.0], "crawford_howell", control_sample(pre, post, source="c"), **UP)
    for place, (x, y) in enumerate(((30.0, 60.0), (65.0, 50.0))):
        design = np.column_stack([np.ones(26), [*pre, x], [0.0] * 25 + [1]])
        fit = OLS([*post, y], design).fit()
        assert_allclose([found.index[place], found.p[place], found.df], [fit.tvalues[2], fit.pvalues[2], 23], rtol=1e-9)


def test_several_predictors_by_a_dummy_for_the_person(controls):
    pre, post = controls
    age = np.random.default_rng(4).normal(40, 12, 25)
    people = pd.DataFrame({"pre": [30.0, 65, np.nan, 50], "age": [25.0, 70, 30, np.nan]})
    ends = [60.0, 50.0, 40.0, 40.0]
    group = pd.DataFrame({"pre": pre, "age": age})
    found = regression_index(people, ends, group, post, source="controls", higher_is_better=False)
    for place in (0, 1):
        design = np.column_stack([np.ones(26), [*pre, people.pre[place]], [*age, people.age[place]], [0.0] * 25 + [1]])
        fit = OLS([*post, ends[place]], design).fit()
        assert_allclose([-found.index[place], found.p[place]], [fit.tvalues[3], fit.pvalues[3]], rtol=1e-9)
    assert (found.n, found.n_given, found.df, found.method, found.reason) == (2, 4, 22, "regression", "")
    assert found.critical == pytest.approx(critical_value(1.96, 22))


def test_one_predictor_is_crawford_howell(controls):
    pre, post = controls
    sample = control_sample(pre, post, source="c")
    one = regression_index(pd.DataFrame({"x": pre}), post, pd.DataFrame({"x": pre}), post, source="c", **UP)
    other = change_index(pre, post, "crawford_howell", sample, **UP)
    assert_allclose(one.index, other.index, rtol=1e-9)
    assert_allclose(one.error, other.error, rtol=1e-9)
    assert_allclose([one.critical, one.df], [other.critical, other.df])


def test_regression_that_has_no_answer(controls):
    pre, post = controls

    def reason(frame, ends):
        found = regression_index(frame, ends, frame, ends, source="c", **UP)
        assert np.isnan(found.index).all() and np.isnan(found.p).all() and found.n == 0
        return found.reason

    assert reason(pd.DataFrame({"x": pre, "y": 2 * pre + 1}), post) == "singular"
    assert reason(pd.DataFrame({"x": pre, "y": np.full(25, 7.0)}), post) == "singular"
    assert reason(pd.DataFrame({"x": pre[:2]}), post[:2]) == "too_few_controls"
    assert reason(pd.DataFrame({"x": pre[:0]}), post[:0]) == "too_few_controls"
    assert reason(pd.DataFrame({"x": pre}), 3 * pre - 4) == "zero_se"
    with pytest.raises(StatisticsError, match="control_pre"):
        regression_index(pd.DataFrame({"x": pre}), post, pd.DataFrame({"z": pre}), post, source="c", **UP)
    with pytest.raises(StatisticsError, match="pre och post"):
        regression_index(pd.DataFrame({"x": pre}), post[:3], pd.DataFrame({"x": pre}), post, source="c", **UP)


def test_the_critical_value_leaves_the_same_tail():
    """Printed t table: 2.5 % in each tail at 10 df is 2.228."""
    assert critical_value(1.959964, 10) == pytest.approx(2.228, abs=5e-4)
    assert critical_value(1.959964, 41) == pytest.approx(2.0195, abs=5e-4)
    assert critical_value(1.96) == 1.96
    assert stats.t.sf(critical_value(1.5, 3), 3) == pytest.approx(stats.norm.sf(1.5))
    assert math.isnan(critical_value(1.96, 0))


@pytest.fixture(scope="module")
def unchanged():
    """People who do not change: start and end around the same true score, r = .80, SD 10."""
    rng = np.random.default_rng(2025)
    true = rng.normal(50, 10 * math.sqrt(0.8), 240_000)
    return tuple(true + rng.normal(0, 10 * math.sqrt(0.2), true.size) for _ in range(2))


def flagged(pre, post, method, **numbers):
    found = change_index(pre, post, method, reference_sample(source="norm", **numbers), higher_is_better=False)
    return [100 * np.mean(sign * found.index > found.critical) for sign in (1, -1)]


def near(expected, n):
    """Four Monte Carlo errors and the table's rounding to one decimal (two digits above ten)."""
    return [pytest.approx(e, abs=4 * math.sqrt(e * (100 - e) / n) + (0.5 if e >= 10 else 0.06)) for e in expected]


NORM = {"n": 100_000, "mean_pre": 50, "sd_pre": 10, "mean_post": 50, "sd_post": 10, "retest_r": 0.8,
        "reliability_pre": 0.8, "reliability_post": 0.8}  # fmt: skip


@pytest.mark.parametrize("method", METHODS)
def test_false_positives_with_the_right_numbers(unchanged, method):
    pre, post = (scores[:40_000] for scores in unchanged)
    assert flagged(pre, post, method, **NORM) == near([2.5, 2.5], 40_000)


@pytest.mark.parametrize(
    ("method", "expected"),
    [("jacobson_truax", [8.2, 8.3]), ("maassen", [8.2, 8.3]), ("gulliksen_lord_novick", [7.9, 8.0])],
)
def test_false_positives_with_too_high_a_reliability(unchanged, method, expected):
    pre, post = (scores[:40_000] for scores in unchanged)
    assert flagged(pre, post, method, **{**NORM, "reliability_pre": 0.9, "retest_r": 0.9}) == near(expected, 40_000)


@pytest.mark.parametrize(
    ("method", "expected"),
    [("jacobson_truax", [6.2, 0.5]), ("gulliksen_lord_novick", [2.5, 2.4]), ("mcsweeny", [2.5, 2.4])],
)
def test_false_positives_among_people_selected_for_a_high_score(unchanged, method, expected):
    pre, post = (scores[unchanged[0] > 60] for scores in unchanged)
    assert flagged(pre, post, method, **NORM) == near(expected, pre.size)


def test_false_positives_when_the_selected_sample_gives_the_sd(unchanged):
    """A third "improves" without any change: the numbers must come from one source."""
    pre, post = (scores[unchanged[0] > 60] for scores in unchanged)
    numbers = {"sd_pre": pre.std(), "mean_pre": pre.mean(), "reliability_pre": 0.8}
    assert flagged(pre, post, "jacobson_truax", **numbers) == near([33.6, 7.7], pre.size)
    assert flagged(pre, post, "gulliksen_lord_novick", **numbers) == near([35, 8.3], pre.size)


def test_few_controls_need_the_t_of_crawford_and_howell():
    """Eight controls: the regression taken as known flags twice as many as it says, the t what it says."""
    rng = np.random.default_rng(11)
    shares = {"mcsweeny": [], "crawford_howell": []}
    for _ in range(300):
        pre = rng.normal(50, 10, 48)
        post = 10 + 0.8 * pre + rng.normal(0, 6, 48)
        sample = control_sample(pre[:8], post[:8], source="c")
        for method, found in shares.items():
            index = change_index(pre[8:], post[8:], method, sample, **UP)
            found.append(np.mean(index.index > index.critical))
    error = np.std(shares["crawford_howell"]) / math.sqrt(300)
    assert np.mean(shares["crawford_howell"]) == pytest.approx(0.025, abs=4 * error)
    assert np.mean(shares["mcsweeny"]) > 0.05


def test_without_measurement_error_every_unexpected_end_counts():
    sure = reference(reliability_pre=1.0, reliability_post=1.0)
    for method in ("jacobson_truax", "gulliksen_lord_novick", "mcnemar"):
        found = change_index([50.0, 50, 50, np.nan], [50.0, 51, 49, 50], method, sure, **UP)
        assert found.reason == "no_error" and found.n == 3
        assert_allclose(found.index, [0, np.inf, -np.inf, np.nan])
        assert_allclose(found.p, [1, 0, 0, np.nan])
    assert change_index([1.0], [1.0], "jacobson_truax", sure, **UP).smallest_improvement == 0


@pytest.mark.parametrize(
    ("pre", "post", "reason"),
    [
        ([], [], "too_few_controls"),
        ([1.0], [2.0], "too_few_controls"),
        ([1.0, 2.0], [2.0, 5.0], {"mcsweeny": "too_few_controls", "crawford_howell": "too_few_controls",
                                  "*": "zero_se"}),
        ([5.0, 5, 5, 5], [1.0, 2, 3, 4], "zero_sd"),
        ([1.0, 2, 3, 4], [5.0, 5, 5, 5], "zero_sd"),
        ([0.1 + 0.2, 0.3, 0.3], [1.0, 2, 4], "zero_sd"),  # equal but for the last binary digit
        ([0.1, 0.2, 0.3, 0.7], [1.1, 1.2, 1.3, 1.7], "zero_se"),
    ],
)  # fmt: skip
def test_a_control_group_that_cannot_say(pre, post, reason):
    sample = control_sample(pre, post, source="few")
    for method in ("christensen_mendoza", "maassen", "iverson", "temkin", "mcsweeny", "crawford_howell"):
        found = change_index([1.0, 2.0], [3.0, 4.0], method, sample, **UP)
        wanted = reason if isinstance(reason, str) else reason.get(method, reason["*"])
        if wanted == "zero_se" and len(pre) == 2 and method in ("christensen_mendoza", "temkin"):
            wanted = ""  # two people on a line differ in how much they changed
        assert found.reason == wanted, method
        assert np.isnan(found.index).all() == bool(wanted) and found.n == (0 if wanted else 2)


def test_a_sample_that_does_not_vary_has_no_jacobson_truax():
    for pre, reason in (([5.0, 5.0], "zero_sd"), ([5.0], "too_few_controls"), ([], "too_few_controls")):
        sample = control_sample(pre, pre, source="s", reliability_pre=0.8, reliability_post=0.8)
        for method in ("jacobson_truax", "gulliksen_lord_novick", "mcnemar"):
            found = change_index([1.0], [9.0], method, sample, **UP)
            assert found.reason == reason and math.isnan(found.index[0]) and math.isnan(found.smallest_improvement)
    still = control_sample([1.0, 2, 3], [5.0, 5, 5], source="s", reliability_pre=0.8, reliability_post=0.8)
    assert change_index([1.0], [9.0], "mcnemar", still, **UP).reason == "zero_sd"
    assert change_index([1.0], [9.0], "jacobson_truax", still, **UP).reason == ""


def test_a_regression_of_slope_one_is_practice_but_for_its_own_uncertainty():
    """r = .5, s2 = 2 s1: slope 1. The t's error still depends on the start score, McSweeny's does not."""
    one = reference(retest_r=0.5, sd_post=20)
    known = change_index([50.0], [52.0], "mcsweeny", one, **UP)
    assert known.smallest_improvement - known.smallest_deterioration == pytest.approx(4)
    assert math.isnan(change_index([50.0], [52.0], "crawford_howell", one, **UP).smallest_improvement)


def test_nobody_is_a_result():
    found = change_index([], [], "jacobson_truax", reference(), **UP)
    assert (found.n, found.n_given, found.index.size) == (0, 0, 0)
    assert found.smallest_improvement == pytest.approx(1.96 * math.sqrt(40))


scores = st.lists(st.tuples(st.integers(0, 100), st.integers(0, 100)), min_size=1, max_size=20)


@settings(max_examples=25)
@given(scores, st.integers(-50, 50), st.sampled_from([0.5, 2.0, 10.0]), st.sampled_from(sorted(METHODS)))
def test_shift_and_scale_change_no_index(pairs, shift, scale, method):
    x, y = np.array(pairs, dtype=float).T
    moved = {
        **FULL,
        **{key: shift + scale * FULL[key] for key in ("mean_pre", "mean_post")},
        **{key: scale * FULL[key] for key in ("sd_pre", "sd_post")},
    }
    one = change_index(x, y, method, reference(), **UP)
    other = change_index(shift + scale * x, shift + scale * y, method, reference(**moved), **UP)
    assert_allclose(other.index, one.index, rtol=1e-7, atol=1e-9)
    order = np.argsort(y, kind="stable")[::-1]
    assert_allclose(change_index(x[order], y[order], method, reference(), **UP).index, one.index[order])


def test_people_never_print_and_cannot_be_overwritten():
    found = change_index([61.25], [12.75], "temkin", reference(), **UP)
    assert "12.75" not in repr(found) and "array" not in repr(found)
    assert list(found.to_frame().columns)[:3] == ["method", "n", "n_given"] and len(found.to_frame()) == 1
    assert not {"index", "p", "expected", "error"} & set(found.to_frame().columns)
    for rows in (found.index, found.p, found.expected, found.error):
        with pytest.raises(ValueError):
            rows[0] = 1


def test_a_reliability_from_elsewhere_warns():
    with pytest.warns(MixedSourceWarning, match="samma källa"):
        mixed = reference_sample(source="own", sd_pre=7, reliability_pre=0.9, reliability_source="manual")
    assert mixed.mixed_sources and change_index([1.0], [2.0], "jacobson_truax", mixed, **UP).mixed_sources
    same = reference_sample(source="manual", sd_pre=7, reliability_pre=0.9, reliability_source="manual")
    assert not same.mixed_sources and same.reliability_source == "manual"
    assert reference_sample(source="manual", sd_pre=7).reliability_source is None


@pytest.mark.parametrize(
    ("changes", "name"),
    [({"sd_pre": 0}, "sd_pre"), ({"sd_post": -1}, "sd_post"), ({"retest_r": 1.2}, "retest_r"), ({"retest_r": -1.2}, "retest_r"), ({"n": 0}, "n"),
     ({"n": 2.5}, "n"), ({"reliability_pre": 0}, "reliability_pre"), ({"reliability_post": 1.1}, "reliability_post"),
     ({"mean_pre": math.inf}, "mean_pre"), ({"retest_r": math.nan}, "retest_r"), ({"sd_pre": math.nan}, "sd_pre")],
)  # fmt: skip
def test_reference_numbers_out_of_range_are_refused(changes, name):
    with pytest.raises(StatisticsError, match=f"Argumentet {name}"):
        reference(**changes)


def test_other_refusals():
    with pytest.raises(StatisticsError, match="method: okänd metod"):
        change_index([1.0], [2.0], "hageman_arrindell", reference(), **UP)
    with pytest.raises(StatisticsError, match="reference: saknar mean_post"):
        change_index([1.0], [2.0], "temkin", reference(mean_post=None), **UP)
    with pytest.raises(StatisticsError, match="Argumentet z"):
        change_index([1.0], [2.0], "temkin", reference(), z=0, **UP)
    with pytest.raises(StatisticsError, match="pre och post"):
        change_index([1.0], [2.0, 3.0], "temkin", reference(), **UP)
    with pytest.raises(StatisticsError, match="Argumentet source"):
        reference_sample(source=" ")
    with pytest.raises(StatisticsError, match="reliability_source"):
        reference_sample(source="x", reliability_pre=0.8, reliability_source="")
    with pytest.raises(StatisticsError, match="reliability_pre"):
        control_sample([1.0, 2], [2.0, 4], source="x", reliability_pre=0)
    with pytest.raises(StatisticsError, match="start"):
        smallest_changes([math.inf], METHODS["temkin"](reference()), **UP)
