"""Percentage change toward the best value: definitions by hand, invariances, edges. R's in the oracle's test."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from isu_analysis.errors import StatisticsError
from isu_analysis.statistics.individual_change.percentage import percentage_change

LOWER = {"best": 0, "higher_is_better": False, "response": 0.5, "partial": 0.25, "worse": 0.25}


def test_every_category_by_hand():
    pre = [20, 20, 20, 20, 20, 20, 20, 0, 0, np.nan, 20]
    post = [0, 10, 15, 16, 24, 25, 40, 0, 1, 3, np.nan]
    found = percentage_change(pre, post, **LOWER)
    assert_allclose(found.share_of_distance, [1, 0.5, 0.25, 0.2, -0.2, -0.25, -1, 0, -np.inf, np.nan, np.nan])
    assert list(found.categories) == [
        "response",
        "response",
        "partial_response",
        "unchanged",
        "unchanged",
        "worse",
        "worse",
        "unchanged",  # at the best value from start to end
        "worse",  # left it
        "not_paired",
        "not_paired",
    ]
    assert (found.n, found.n_given, found.at_best) == (9, 11, 2)
    assert percentage_change([0, 0], [np.nan, 3], **LOWER).at_best == 1
    frame = found.to_frame()
    assert list(frame.category) == ["response", "partial_response", "unchanged", "worse"]
    assert list(frame.n) == [2, 1, 3, 3] and (frame["of"] == 9).all()


def test_the_distance_is_to_the_best_value_and_not_to_zero():
    """A scale of 10-50, lower better: 30 to 20 is half of the way; in percent of the score it would be 33."""
    found = percentage_change([30], [20], **{**LOWER, "best": 10})
    assert found.share_of_distance[0] == 0.5 and found.categories[0] == "response"


@settings(max_examples=40)
@given(st.lists(st.tuples(st.integers(0, 60), st.integers(0, 60)), min_size=1, max_size=30), st.integers(-90, 90))
def test_turning_or_moving_the_scale_changes_nothing(pairs, shift):
    x, y = np.array(pairs, dtype=float).T
    found = percentage_change(x, y, **LOWER)
    moved = percentage_change(x + shift, y + shift, **{**LOWER, "best": shift})
    turned = percentage_change(60 - x, 60 - y, **{**LOWER, "best": 60, "higher_is_better": True})
    for other in (moved, turned):
        assert_allclose(other.share_of_distance, found.share_of_distance)
        assert (other.categories == found.categories).all()
    one_each = [(found.categories == name).sum() for name in found.to_frame().category]
    assert sum(one_each) == len(pairs)  # nobody is both better and worse


def test_without_a_partial_category():
    found = percentage_change([20, 20], [13, 7], **{**LOWER, "partial": None})
    assert list(found.categories) == ["unchanged", "response"]
    assert list(found.to_frame().category) == ["response", "unchanged", "worse"] and math.isnan(found.partial)


def test_a_threshold_is_reached_in_spite_of_binary_digits():
    assert (1 - 0.7) / 1 < 0.3 + 1e-16 and (0.3 - 0.27) / 0.3 < 0.1
    found = percentage_change([0.3, 0.9], [0.27, 0.99], **{**LOWER, "response": 0.1, "partial": None, "worse": 0.1})
    assert list(found.categories) == ["response", "worse"]


def test_nobody_is_a_result_without_shares():
    found = percentage_change([], [], **LOWER)
    assert (found.n, found.at_best) == (0, 0) and found.to_frame().share.isna().all()


def test_people_never_print():
    found = percentage_change([37.25], [12.5], **LOWER)
    assert "array" not in repr(found) and "response'" not in repr(found)
    for rows in (found.share_of_distance, found.categories):
        with pytest.raises(ValueError):
            rows[0] = rows[0]


@pytest.mark.parametrize(
    ("changes", "name"),
    [({"best": 5}, "best"), ({"best": math.nan}, "best"), ({"response": 0}, "response"), ({"response": 1.1}, "response"),
     ({"partial": 0.5}, "partial"), ({"partial": 0}, "partial"), ({"worse": 0}, "worse")],
)  # fmt: skip
def test_arguments_out_of_range_are_refused(changes, name):
    with pytest.raises(StatisticsError, match=f"Argumentet {name}"):
        percentage_change([20.0, 4], [10.0, 9], **{**LOWER, **changes})
    with pytest.raises(StatisticsError, match="Argumentet best"):
        percentage_change([20.0], [-1.0], **LOWER)
    with pytest.raises(StatisticsError, match="Argumentet name"):
        percentage_change([20.0], [1.0], **LOWER).share("recovered")
