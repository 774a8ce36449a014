"""Funnels: limits by hand, by the paper's formula and by tail probabilities; over-dispersion by hand; who is judged."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose
from scipy import stats

from isu_analysis.errors import StatisticsError
from isu_analysis.statistics.comparison.funnel import funnel
from isu_analysis.statistics.comparison.limits import funnel_limits

# Deaths and operations in twelve hospitals: the "Surgical" example of the BUGS project.
DEATHS = [0, 18, 8, 46, 8, 13, 9, 31, 14, 8, 29, 24]
OPERATIONS = [47, 148, 119, 810, 211, 196, 148, 215, 207, 97, 256, 360]


def twenty(of=100):
    """Twenty units of one size: half have 40 %, half 60 %."""
    return np.repeat([0.4, 0.6], 10) * of, np.full(20, of)


def test_limits_by_hand():
    """Ten tosses of a coin, 1024 outcomes: 1 with none, 10 with one, 45 with two.

    2.5 % of them is 25.6: between one (11 so far) and two (56 so far), 14.6/45 of the way.
    """
    low, high = funnel_limits(0.5, 10)
    assert low == pytest.approx((1 + 14.6 / 45) / 10)
    assert high == pytest.approx(1 - low)


def test_the_printed_formula_lets_the_upper_limit_call_too_many():
    """Twenty tosses: 60460 of 1048576 give 14 or more, 5.8 %, which the printed limit calls above 97.5 %."""
    assert stats.binom.sf(13, 20, 0.5) == pytest.approx(60460 / 1048576)
    exact, printed = funnel_limits(0.5, 20), funnel_limits(0.5, 20, method="spiegelhalter")
    assert printed[0] == exact[0]
    assert printed[1] < 14 / 20 < exact[1]
    assert printed[1] == pytest.approx(exact[1] - 1 / 20)


def test_the_printed_formula_is_where_the_broken_line_of_the_distribution_reaches_the_level():
    for of, target in ((30, 0.2), (212, 0.07), (57, 0.9)):
        steps = np.arange(-1, of + 1)
        line = stats.binom.cdf(steps, of, target)
        for level in (0.95, 0.998):
            expected = [np.interp(p, line, steps) / of for p in ((1 - level) / 2, (1 + level) / 2)]
            found = funnel_limits(target, of, level, method="spiegelhalter")
            assert_allclose(found, np.maximum(expected, 0), rtol=1e-9)


@settings(max_examples=60)
@given(of=st.integers(1, 400), target=st.floats(0.01, 0.99), level=st.sampled_from([0.8, 0.95, 0.998]))
def test_outside_is_what_chance_gives_less_often_than_the_level_says(of, target, level):
    low, high = funnel_limits(target, of, level)
    numbers, tail = np.arange(of + 1), (1 - level) / 2
    few, many = stats.binom.cdf(numbers, of, target), stats.binom.sf(numbers - 1, of, target)
    clear_few, clear_many = np.abs(few - tail) > 1e-9, np.abs(many - tail) > 1e-9
    assert ((numbers / of < low) == (few < tail))[clear_few].all()
    assert ((numbers / of > high) == (many < tail))[clear_many].all()


@settings(max_examples=60)
@given(of=st.integers(1, 300), target=st.floats(0.01, 0.99))
def test_limits_nest_and_change_sides_with_yes_and_no(of, target):
    low, high = funnel_limits(target, of)
    lower, higher = funnel_limits(target, of, 0.998)
    assert 0 <= lower <= low <= high <= higher <= 1
    assert_allclose(funnel_limits(1 - target, of), (1 - high, 1 - low), atol=1e-9)
    wide = funnel_limits(target, of, tau2=0.01)
    wider = funnel_limits(target, of, tau2=0.02)
    assert wider[0] <= wide[0] <= low <= high <= wide[1] <= wider[1]


def test_large_units_have_normal_limits_and_a_line_takes_a_whole_axis():
    line = funnel_limits(0.3, np.arange(1, 2001))
    assert line[0].shape == (2000,)
    half = 1.959964 * np.sqrt(0.3 * 0.7 / 2000)
    assert_allclose([line[0][-1], line[1][-1]], [0.3 - half, 0.3 + half], atol=1 / 2000)
    assert_allclose(funnel_limits([0.2, 0.3], [50, 2000])[0][1], line[0][-1])


def test_arcsine_limits_by_hand():
    """sin(45 degrees +- z/2/sqrt(of)) squared is (1 +- sin(z/sqrt(of)))/2."""
    low, high = funnel_limits(0.5, 25, method="arcsine")
    assert (low, high) == pytest.approx(((1 - np.sin(1.959964 / 5)) / 2, (1 + np.sin(1.959964 / 5)) / 2), rel=1e-6)
    assert funnel_limits(0.02, 5, 0.998, method="arcsine")[0] == 0
    # 1/(4 of) + tau2 = 1/(4 * 25): a unit of 50 with as much again between units
    assert_allclose(funnel_limits(0.5, 50, method="arcsine", tau2=1 / 200), (low, high))


def test_nobody_has_no_limits():
    assert np.isnan(funnel_limits(0.5, [0, np.nan])[0]).all()


def test_dispersion_of_units_of_one_size_by_hand():
    """asin sqrt .6 - asin sqrt .5 = asin(.2)/2, so z = 10 asin(.2) = 2.0136 in all; w = 400."""
    found = funnel(*twenty(), target=0.5)
    z2 = (10 * np.arcsin(0.2)) ** 2
    assert found.phi == pytest.approx(z2)
    assert found.tau2 == pytest.approx((20 * z2 - 19) / (20 * 400 - 400))
    assert found.dispersion_reason == ""


def test_the_furthest_tenth_at_each_end_is_moved_in():
    """Seventeen units at the target, one far below and two far above: percentile 10 is 0, 90 a tenth of the way up."""
    n = np.array([50.0] * 17 + [10, 90, 90])
    z = 20 * (np.arcsin(np.sqrt(0.9)) - np.arcsin(np.sqrt(0.5)))
    assert np.quantile([0] * 17 + [-z, z, z], 0.9) == pytest.approx(0.1 * z)
    found = funnel(n, np.full(20, 100), target=0.5)
    assert found.phi == pytest.approx(2 * (0.1 * z) ** 2 / 20)


def test_funnelplotr_formula_of_tau2_with_units_of_unlike_size(rng):
    """The sums of FunnelPlotR's od_adjustment, with numpy's percentiles, unit by unit."""
    of = rng.integers(20, 300, 30)
    n = rng.binomial(of, rng.beta(6, 4, 30))
    found = funnel(n, of)
    s = 1 / (2 * np.sqrt(of))
    z = (np.arcsin(np.sqrt(n / of)) - np.arcsin(np.sqrt(n.sum() / of.sum()))) / s
    z = np.clip(z, *np.quantile(z, [0.1, 0.9]))
    phi = (z**2).sum() / 30
    assert found.phi == pytest.approx(phi)
    assert found.tau2 == pytest.approx((30 * phi - 29) / ((1 / s**2).sum() - (1 / s**4).sum() / (1 / s**2).sum()))
    assert found.tau2 > 0
    low, high = funnel_limits(found.target, of, 0.95, method="arcsine", tau2=found.tau2)
    assert_allclose(found.units["widened_95_low"], np.minimum(low, found.units["limit_95_low"]))
    assert_allclose(found.units["widened_95_high"], np.maximum(high, found.units["limit_95_high"]))


def test_units_alike_are_not_widened():
    found = funnel(np.full(20, 50), np.full(20, 100))
    assert (found.phi, found.tau2) == (0.0, 0.0)
    assert_allclose(found.units["widened_998_high"], found.units["limit_998_high"])
    assert set(found.units["place_widened"]) == {"inside"}


def test_widening_takes_units_in_that_differ_as_all_do():
    """Twenty of forty and sixty per cent: each outside by chance alone, none when they differ so much anyway."""
    assert set(funnel(*twenty(200), target=0.5).units["place"]) == {"below_95", "above_95"}
    assert set(funnel(*twenty(400), target=0.5).units["place"]) == {"below_998", "above_998"}
    assert set(funnel(*twenty(400), target=0.5).units["place_widened"]) == {"inside"}
    n, of = twenty(400)
    n[0] = 20
    assert funnel(n, of, target=0.5).units["place_widened"].iloc[0] == "below_998"


@pytest.mark.parametrize(
    ("units", "reason", "caution", "dispersion"),
    [
        (4, "too_few_units", "", "cannot_be_estimated"),
        (5, "", "few_units", "cannot_be_estimated"),
        (8, "", "", "cannot_be_estimated"),
        (9, "", "", "cannot_be_estimated"),
        (10, "", "", "too_few_units_to_widen"),
        (19, "", "", "too_few_units_to_widen"),
        (20, "", "", ""),
    ],
)
def test_what_few_units_allow(units, reason, caution, dispersion):
    found = funnel(np.arange(units) + 40, np.full(units, 100), target=0.5)
    assert (found.reason, found.caution, found.dispersion_reason) == (reason, caution, dispersion)
    assert np.isnan([found.expected_outside_95, found.expected_outside_998]).all() == (units < 5)
    assert np.isnan(found.phi) == (units < 10)
    assert np.isnan(found.tau2) == (units < 20)
    assert (found.units["place"] == "").all() == (units < 5)
    assert found.units["widened_95_low"].isna().all() == (units < 20)
    assert (found.units["place_widened"] == "").all() == (units < 20)


def test_small_and_missing_units_are_not_judged_but_count_in_the_target():
    n = [5, 50, 40, 60, 50, 50, None, 0]
    of = [9, 100, 100, 100, 100, 100, 50, 0]
    found = funnel(n, of)
    assert found.units["reason"].tolist() == ["too_few_people", *[""] * 5, "missing", "too_few_people"]
    assert found.target == pytest.approx(255 / 509)
    assert (found.n_units, found.n_judged, found.target_from) == (8, 5, "units")
    assert found.units.loc[[0, 6, 7], "limit_95_low"].isna().all()
    assert funnel(n, of, target=0.5).target_from == "given"


def test_a_unit_that_is_most_of_the_target_is_not_judged_by_it():
    n, of = [600, 10, 10, 10, 10, 10], [1000, 20, 20, 20, 20, 20]
    assert funnel(n, of).units["reason"].tolist() == ["own_target", "", "", "", "", ""]
    assert funnel(n, of, target=0.5).units["reason"].tolist() == [""] * 6
    assert funnel(n, of, target=0.5).units["place"].iloc[0] == "above_998"


@pytest.mark.parametrize("share", [0, 1])
def test_nobody_or_everybody_leaves_nothing_to_compare(share):
    of = np.arange(20, 30)
    found = funnel(share * of, of)
    assert found.reason == "all_alike"
    assert set(found.units["reason"]) == {"all_alike"}


def test_no_units_at_all():
    found = funnel([], [])
    assert (found.n_units, found.reason) == (0, "too_few_units")
    assert np.isnan(found.target)


def test_hospitals_by_their_own_tails():
    found = funnel(DEATHS, OPERATIONS)
    theta = sum(DEATHS) / sum(OPERATIONS)
    assert found.target == pytest.approx(208 / 2814)
    for n, of, place in zip(DEATHS, OPERATIONS, found.units["place"], strict=True):
        few, many = stats.binom.cdf(n, of, theta), stats.binom.sf(n - 1, of, theta)
        side = "below" if few < many else "above"
        expected = "inside" if min(few, many) >= 0.025 else f"{side}_{'95' if min(few, many) >= 0.001 else '998'}"
        assert place == expected
    assert found.units["place"].iloc[7] == "above_998"


def test_how_many_chance_puts_outside(rng):
    of = np.array([15, 40, 80, 200, 33, 61, 120])
    found = funnel(rng.binomial(of, 0.4), of, target=0.4)
    drawn = rng.binomial(of, 0.4, (20000, 7)) / of
    low, high = funnel_limits(0.4, of)
    outside = ((drawn < low) | (drawn > high)).sum(axis=1)
    assert found.expected_outside_95 == pytest.approx(outside.mean(), abs=4 * outside.std() / np.sqrt(20000))
    assert found.expected_outside_998 < found.expected_outside_95 < 7 * 0.05


def test_order_and_names_of_units_do_not_matter_and_rows_stay_where_they_were(rng):
    of = pd.Series(rng.integers(10, 200, 25), index=[f"enhet {i}" for i in range(25)])
    n = pd.Series(rng.binomial(of, rng.beta(6, 4, 25)), index=of.index)
    order = rng.permutation(25)
    plain, mixed = funnel(n, of), funnel(n.iloc[order], of.iloc[order])
    assert plain.units.index.equals(n.index)
    pd.testing.assert_frame_equal(mixed.units, plain.units.iloc[order])
    pd.testing.assert_frame_equal(mixed.to_frame(), plain.to_frame())
    other_side = funnel(of - n, of)
    swapped = plain.units["place"].str.replace("below", "x").str.replace("above", "below").str.replace("x", "above")
    assert other_side.units["place"].tolist() == swapped.tolist()
    assert other_side.tau2 == pytest.approx(plain.tau2)


def test_no_unit_in_the_repr():
    assert "units=" not in repr(funnel(DEATHS, OPERATIONS)).replace("n_units=", "")
    assert funnel(DEATHS, OPERATIONS).to_frame().shape[0] == 1


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        ({"n": [1, 2], "of": [3]}, "n och of"),
        ({"n": [4], "of": [3]}, "n och of"),
        ({"n": [1.5], "of": [3]}, "n och of"),
        ({"n": 1, "of": 3}, "n"),
        ({"n": [1], "of": [3], "target": 0}, "target"),
        ({"n": [1], "of": [3], "target": 1.0}, "target"),
        ({"n": [1], "of": [3], "target": "0.5"}, "target"),
    ],
)
def test_wrong_units_are_refused(arguments, named):
    with pytest.raises(StatisticsError, match=named):
        funnel(**arguments)


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        ({"target": 1.2, "of": 10}, "target"),
        ({"target": "x", "of": 10}, "target"),
        ({"target": 0.5, "of": 10.5}, "of"),
        ({"target": 0.5, "of": -1}, "of"),
        ({"target": 0.5, "of": 10, "level": 95}, "level"),
        ({"target": 0.5, "of": 10, "method": "normal"}, "method"),
        ({"target": 0.5, "of": 10, "tau2": -0.1}, "tau2"),
        ({"target": 0.5, "of": 10, "tau2": np.inf}, "tau2"),
        ({"target": [0.5, 0.4], "of": [10, 20, 30]}, "target, of"),
    ],
)
def test_wrong_limits_are_refused(arguments, named):
    with pytest.raises(StatisticsError, match=named):
        funnel_limits(**arguments)
