"""Shares: R's numbers, hand arithmetic, and what must hold for any counts."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from isu_analysis.errors import StatisticsError
from isu_analysis.statistics import newcombe_difference, share, share_bounds, wilson


def counts() -> st.SearchStrategy[tuple[int, int]]:
    return st.integers(1, 2000).flatmap(lambda of: st.tuples(st.integers(0, of), st.just(of)))


def test_wilson_equals_r(oracle):
    cases = oracle("effects_attrition/expected_binary_ordinal.json")["single_proportion"]
    low, high = wilson([c["x"] for c in cases], [c["n"] for c in cases])
    assert len(cases) == 18
    assert_allclose(low, [c["wilson"]["lo"] for c in cases], atol=1e-9)
    assert_allclose(high, [c["wilson"]["hi"] for c in cases], atol=1e-9)


def test_newcombe_equals_r(oracle):
    cases = oracle("effects_attrition/expected_binary_ordinal.json")["independent_2x2"]
    assert len(cases) == 15
    for c in cases:
        found = newcombe_difference(c["x1"], c["n1"], c["x2"], c["n2"])
        expected = c["rd"]["newcombe"]
        found_ends = (found.difference, found.difference_low, found.difference_high)
        assert_allclose(found_ends, (expected["est"], expected["lo"], expected["hi"]), atol=1e-9)


def test_wilson_seven_of_fifteen():
    """R: prop.test(7, 15, correct = FALSE)."""
    assert_allclose(wilson(7, 15), (0.2480953536574, 0.698830199745), atol=1e-12)


def test_wilson_gives_floats_for_one_share_and_arrays_for_many():
    assert all(isinstance(end, float) for end in wilson(1, 4))
    assert wilson([1, 2], 4)[0].shape == (2,)


def test_wilson_of_nobody_is_missing():
    low, high = wilson([0, 3], [0, 4])
    assert np.isnan([low[0], high[0]]).all() and not np.isnan([low[1], high[1]]).any()


def test_wilson_at_the_ends_reaches_exactly_zero_and_one():
    assert wilson(0, 15)[0] == 0.0
    assert wilson(15, 15)[1] == 1.0


@pytest.mark.parametrize(("n", "of"), [(-1, 3), (4, 3), (1.5, 3), (1, 3.5), (1, math.inf)])
def test_counts_that_are_no_counts_are_refused(n, of):
    with pytest.raises(StatisticsError, match="n och of"):
        wilson(n, of)


@pytest.mark.parametrize("level", [0, 1, 95, -0.5, math.nan])
def test_levels_outside_zero_to_one_are_refused(level):
    with pytest.raises(StatisticsError, match="level"):
        wilson(1, 2, level)


@given(counts())
def test_the_interval_holds_the_share_and_mirrors(case):
    n, of = case
    low, high = wilson(n, of)
    assert 0 <= low <= n / of <= high <= 1
    mirrored = wilson(of - n, of)
    assert_allclose((low, high), (1 - mirrored[1], 1 - mirrored[0]), atol=1e-12)


@given(counts())
def test_a_higher_level_is_wider(case):
    narrow, wide = wilson(*case, 0.8), wilson(*case, 0.99)
    assert wide[0] <= narrow[0] and narrow[1] <= wide[1]


def test_share_carries_its_counts():
    result = share(3, 12)
    assert (result.n, result.of, result.share) == (3, 12, 0.25)
    assert list(result.to_frame().columns) == ["n", "of", "share", "low", "high", "level"]


def test_share_of_nobody_is_missing_not_an_error():
    result = share(0, 0)
    assert math.isnan(result.share) and math.isnan(result.low) and math.isnan(result.high)


def test_share_refuses_a_missing_count():
    with pytest.raises(StatisticsError, match="saknar"):
        share(math.nan, 3)


def test_bounds_equal_r(oracle):
    for case in oracle("effects_attrition/expected_attrition.json")["binary_bounds"]:
        found = share_bounds(case["events"], case["observed"], case["n"])
        expected = [case[k] for k in ("p_completers", "p_missing_as_nonevent", "p_missing_as_event")]
        assert_allclose([found.observed_share, found.worst, found.best], expected, atol=1e-12)


def test_bounds_by_hand():
    bounds = share_bounds(6, 10, 20)
    assert (bounds.observed_share, bounds.worst, bounds.best) == (0.6, 0.3, 0.8)
    assert math.isnan(share_bounds(0, 0, 5).observed_share)
    assert math.isnan(share_bounds(0, 0, 0).best)


def test_bounds_refuse_more_observed_than_people():
    with pytest.raises(StatisticsError):
        share_bounds(1, 6, 5)


@given(counts(), st.data())
def test_bounds_hold_whatever_the_unobserved_were(case, data):
    observed, of = case
    n = data.draw(st.integers(0, observed))
    hidden = data.draw(st.integers(0, of - observed))
    bounds = share_bounds(n, observed, of)
    assert bounds.worst <= (n + hidden) / of <= bounds.best


@given(counts(), counts())
def test_a_difference_turns_with_its_groups(a, b):
    there, back = newcombe_difference(*a, *b), newcombe_difference(*b, *a)
    assert_allclose(
        (there.difference, there.difference_low, there.difference_high),
        (-back.difference, -back.difference_high, -back.difference_low),
        atol=1e-12,
    )
