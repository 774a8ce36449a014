"""Better, same, worse: hand counts, Wilson, direction and binary ties."""

import numpy as np
import pytest

from isu_analysis.errors import StatisticsError
from isu_analysis.statistics.effect_sizes.directions import directions
from isu_analysis.statistics.proportions.shares import share

PRE = [10.0, 20, 30, 40, 50, None, 7]
POST = [5.0, 25, 30, 30, 45, 3, None]


def test_by_hand():
    found = directions(PRE, POST, higher_is_better=False)
    assert (found.better.n, found.same.n, found.worse.n, found.better.of, found.better.n_given) == (3, 1, 1, 5, 7)
    assert found.superiority == pytest.approx(0.7)
    wilson = share(3, 5)
    assert (found.better.low, found.better.high) == pytest.approx((wilson.low, wilson.high))
    assert found.to_frame()["n"].sum() == 5


def test_direction_swaps_better_and_worse():
    lower, higher = (directions(PRE, POST, higher_is_better=flag) for flag in (False, True))
    assert lower.to_frame()["n"].tolist() == higher.to_frame()["n"].tolist()[::-1] == [3, 1, 1]
    assert (lower.better.low, lower.worse.high) == (higher.worse.low, higher.better.high)
    assert lower.superiority == pytest.approx(1 - higher.superiority)


def test_changes_that_differ_in_the_last_binary_digit_are_the_same():
    found = directions([0.1 + 0.2, 1.0], [0.3, 3.0], higher_is_better=True)
    assert (found.better.n, found.same.n) == (1, 1)


def test_clusters_widen():
    pre = np.zeros(40)
    post = np.repeat([1.0, -1.0], 20)
    course = np.repeat(np.arange(8), 5)
    alone = directions(pre, post, higher_is_better=True)
    clustered = directions(pre, post, higher_is_better=True, cluster=course)
    assert clustered.better.high > alone.better.high
    assert clustered.better.n_clusters == 8


@pytest.mark.parametrize("n", range(3))
def test_few(n):
    found = directions(np.zeros(n), np.ones(n), higher_is_better=True)
    assert found.better.of == n
    assert np.isnan(found.superiority) == (n == 0)


def test_wrong_input_is_refused():
    with pytest.raises(StatisticsError, match="pre och post"):
        directions([1.0], [1.0, 2], higher_is_better=True)


def test_nobody_changed():
    found = directions(PRE, PRE, higher_is_better=True)
    assert (found.better.n, found.same.n, found.worse.n, found.superiority) == (0, 6, 0, 0.5)


def test_a_scale_of_very_small_units_has_directions_too():
    small = np.array([1e-12, -2e-12, 0.0, 3e-12])
    found = directions(np.zeros(4), small, higher_is_better=True)
    assert (found.better.n, found.same.n, found.worse.n) == (2, 1, 1)
