"""The range by chance: printed constants of the range, the studentised range, every deal counted by hand."""

from itertools import product
from math import comb

import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy import stats

from isu_analysis.errors import StatisticsError
from isu_analysis.statistics.comparison.chance_range import (
    at_least_as_large,
    expected_range_by_chance,
    share_range_by_chance,
    shuffled_shares,
)


@pytest.mark.parametrize(
    ("k", "constant", "limit"), [(2, 1.128, 2.77), (3, 1.693, 3.31), (4, 2.059, 3.63), (5, 2.326, 3.86), (10, 3.078, 4.47)]
)  # fmt: skip
def test_alike_groups_have_the_printed_range(k, constant, limit):
    """d2 of control charts, and the last row of any table of the studentised range."""
    found = expected_range_by_chance(np.full(k, 3.0), np.linspace(0, 9, k))
    assert (round(found.expected / 3, 3), round(found.limit / 3, 2)) == (constant, limit)
    assert found.limit / 3 == pytest.approx(stats.studentized_range.ppf(0.95, k, np.inf), rel=1e-5)
    assert found.p == pytest.approx(stats.studentized_range.sf(3.0, k, np.inf), rel=1e-4)


def test_two_groups_by_hand():
    """The difference of two has the SD 5: mean of its size 5 sqrt(2/pi), exceeded in 5 % beyond 1.96 * 5."""
    found = expected_range_by_chance([3.0, 4.0], [10.0, 2.0])
    assert found.expected == pytest.approx(5 * np.sqrt(2 / np.pi), rel=1e-6)
    assert found.limit == pytest.approx(5 * stats.norm.ppf(0.975), rel=1e-6)
    assert (found.observed, found.p) == (8.0, pytest.approx(2 * stats.norm.sf(8 / 5), rel=1e-6))


def test_unlike_groups_are_as_simulated(rng):
    se = np.array([1.0, 2.0, 0.5, 0.1])
    drawn = np.ptp(rng.normal(size=(200_000, 4)) * se, axis=1)
    found = expected_range_by_chance(se, [0, 1, 2, 3], level=0.8)
    assert found.expected == pytest.approx(drawn.mean(), abs=0.012)
    assert found.limit == pytest.approx(np.quantile(drawn, 0.8), abs=0.025)
    assert found.p == pytest.approx((drawn >= 3).mean(), abs=0.004)


def test_every_deal_of_eight_people():
    """Three with the property among groups of 2, 3 and 3: all C(8,3) = 56 ways to deal them, counted."""
    sizes, ways = (2, 3, 3), {}
    for dealt in product(range(3), range(4), range(4)):
        if sum(dealt) == 3:
            width = np.ptp(np.array(dealt) / sizes).round(9)
            ways[width] = ways.get(width, 0) + np.prod([comb(size, n) for size, n in zip(sizes, dealt, strict=True)])
    assert sum(ways.values()) == 56
    found = share_range_by_chance([2, 1, 0], sizes, level=0.5, draws=50_000)
    assert found.expected == pytest.approx(sum(width * n for width, n in ways.items()) / 56, abs=0.005)
    assert found.p == pytest.approx(sum(n for width, n in ways.items() if width >= 1) / 56, abs=0.008)
    middle = sorted(np.repeat(list(ways), list(ways.values())))[27]
    assert found.limit == pytest.approx(middle, abs=1e-8)


def test_deals_keep_people_and_sizes():
    shares = shuffled_shares([3, 0, 9], [5, 0, 20], draws=100, seed=4)
    assert np.isnan(shares[:, 1]).all()
    assert_allclose(shares[:, 0] * 5 + shares[:, 2] * 20, 12)
    assert_allclose(shares, shuffled_shares([3, 0, 9], [5, 0, 20], draws=100, seed=4))
    assert (shares[:, 0] != shuffled_shares([3, 0, 9], [5, 0, 20], draws=100, seed=5)[:, 0]).any()


def test_the_seen_number_is_a_draw_itself():
    assert at_least_as_large(np.array([0.1 + 0.2, 0.1, 0.5]), 0.3) == 3 / 4
    assert at_least_as_large(np.zeros(9), 1.0) == 0.1


def test_larger_groups_lie_closer():
    limits = [share_range_by_chance(n, of).limit for n, of in (([5] * 3, [10] * 3), ([50] * 3, [100] * 3))]
    assert limits[0] == pytest.approx(limits[1] * np.sqrt(10), rel=0.15)
    assert expected_range_by_chance([1.0] * 4).limit > expected_range_by_chance([1.0] * 3).limit


def test_one_group_has_no_range():
    for found in (expected_range_by_chance([1.0], [2.0]), share_range_by_chance([1], [5])):
        assert (found.reason, np.isnan(found.limit), found.groups) == ("one_group", True, 1)
    assert np.isnan(expected_range_by_chance([1.0, 1.0]).p)


def test_refusals():
    for wrong in ([1.0, 0.0], [1.0, np.nan], [-1.0]):
        with pytest.raises(StatisticsError, match="se"):
            expected_range_by_chance(wrong)
    with pytest.raises(StatisticsError, match="figures"):
        expected_range_by_chance([1.0, 1.0], [1.0])
    with pytest.raises(StatisticsError, match="of"):
        share_range_by_chance([0, 1], [0, 5])
    with pytest.raises(StatisticsError, match="n och of"):
        share_range_by_chance([6], [5])
