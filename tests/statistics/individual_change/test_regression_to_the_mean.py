"""Expected spurious change: arithmetic by hand, and a simulation of people selected on their start score."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from isu_analysis.errors import StatisticsError
from isu_analysis.statistics.individual_change.regression_to_the_mean import (
    own_start,
    reference_population,
    regression_to_the_mean,
)

NORM = reference_population("norm", 10, 5)


def test_by_hand_for_two_reliabilities_and_two_references():
    """Mean start 20: (1 - .8)(10 - 20) = -2, (1 - .6)(10 - 20) = -4; towards 14: -1.2 and -2.4."""
    pre = [18, 22, np.nan, 20]
    one = regression_to_the_mean(pre, NORM, reliabilities=(0.8, 0.6))
    assert (one.n, one.mean_pre, one.reference, one.reason) == (3, 20, "norm", "")
    assert (one.low, one.high) == (pytest.approx(-4), pytest.approx(-2))
    assert (one.reliability_low, one.reliability_high, one.reference_low, one.reference_high) == (0.6, 0.8, 10, 10)
    both = regression_to_the_mean(pre, [reference_population("clinic", 14), NORM], reliabilities=(0.8, 0.6))
    assert (both.low, both.high) == (pytest.approx(-4), pytest.approx(-1.2))
    assert (both.reference, both.reference_low, both.reference_high) == ("clinic; norm", 10, 14)
    assert list(both.to_frame().loc[0, ["low", "high"]]) == [both.low, both.high]


def test_below_the_reference_scores_rise_and_on_both_sides_the_range_spans_zero():
    below = regression_to_the_mean([5, 5], NORM, reliabilities=[0.8])
    assert below.low == below.high == pytest.approx(1)
    spanning = regression_to_the_mean([5, 5], [NORM, reference_population("other", 2)], reliabilities=[0.5])
    assert (spanning.low, spanning.high) == (-1.5, 2.5)


def test_without_error_nothing_returns():
    found = regression_to_the_mean([20, 30], NORM, reliabilities=[1])
    assert found.low == found.high == 0


@pytest.mark.parametrize("keep", ["above", "below"])
def test_a_simulation_of_selected_people_changes_as_much(keep, rng):
    """M 20, SD 6, r .7, nobody changes; chosen above 26 or below 16: within 5 standard errors."""
    true = rng.normal(20, 6 * math.sqrt(0.7), 100_000)
    pre, post = (true + rng.normal(0, 6 * math.sqrt(0.3), true.size) for _ in range(2))
    chosen = pre > 26 if keep == "above" else pre < 16
    change = post[chosen] - pre[chosen]
    found = regression_to_the_mean(pre[chosen], reference_population("norm", 20), reliabilities=(0.7,))
    assert abs(change.mean() - found.low) < 5 * change.std() / math.sqrt(change.size)
    assert abs(found.low) > 1 and (found.low < 0) == (keep == "above")


@settings(max_examples=25, deadline=None)
@given(st.lists(st.integers(0, 40), min_size=2, max_size=20), st.integers(-50, 50), st.floats(0.05, 1))
def test_moving_the_scale_changes_nothing_and_turning_it_turns_the_sign(pre, shift, reliability):
    x = np.array(pre, dtype=float)
    here = regression_to_the_mean(x, NORM, reliabilities=[reliability, 0.5])
    there = regression_to_the_mean(x + shift, reference_population("n", 10 + shift), reliabilities=[reliability, 0.5])
    turned = regression_to_the_mean(-x, reference_population("n", -10), reliabilities=[reliability, 0.5])
    assert (there.low, there.high) == (pytest.approx(here.low), pytest.approx(here.high))
    assert (turned.low, turned.high) == (pytest.approx(-here.high), pytest.approx(-here.low))


def test_the_own_start_is_a_reference_that_nobody_returns_to():
    pre = [4, 8, 12]
    found = regression_to_the_mean(pre, own_start(pre), reliabilities=(0.6, 0.8))
    assert (found.low, found.high, found.reference) == (0, 0, "own_start")
    assert own_start(pre).sd == 4
    assert math.isnan(own_start([4]).sd) and math.isnan(own_start([4, 4]).sd) and math.isnan(own_start([]).mean)


@pytest.mark.parametrize(
    ("pre", "references", "reason"),
    [([20], [], "no_reference"), ([20], own_start([]), "no_reference"), ([], NORM, "no_start_scores"),
     ([np.nan], [], "no_start_scores")],
)  # fmt: skip
def test_what_cannot_be_computed_has_a_reason(pre, references, reason):
    found = regression_to_the_mean(pre, references, reliabilities=(0.6, 0.8))
    assert found.reason == reason and math.isnan(found.low) and math.isnan(found.high)


@pytest.mark.parametrize("reliabilities", [[], [0], [0.8, 1.2], [np.nan], [-0.1]])
def test_reliabilities_out_of_range_are_refused(reliabilities):
    with pytest.raises(StatisticsError, match="Argumentet reliabilities"):
        regression_to_the_mean([1], NORM, reliabilities=reliabilities)


@pytest.mark.parametrize(
    ("arguments", "name"),
    [(("", 1), "name"), (("n", math.nan), "mean"), (("n", math.inf), "mean"), (("n", 1, 0), "sd"), (("n", 1, -2), "sd")],
)  # fmt: skip
def test_a_reference_has_a_name_and_finite_numbers(arguments, name):
    with pytest.raises(StatisticsError, match=f"Argumentet {name}"):
        reference_population(*arguments)


def test_scores_that_are_not_numbers_are_refused():
    with pytest.raises(StatisticsError, match="Argumentet pre"):
        regression_to_the_mean(["a"], NORM, reliabilities=[0.8])
