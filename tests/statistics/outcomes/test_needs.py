"""Needs area by area: every count by hand, and never a sum of categories."""

import numpy as np
import pandas as pd
import pytest

from isu_analysis.errors import StatisticsError
from isu_analysis.statistics.means import mean
from isu_analysis.statistics.outcomes.needs import need_transitions
from isu_analysis.statistics.proportions.observed import share_of

PERSON = list("aaabbbcc")
AREA = [1, 2, 3, 1, 2, 3, 1, 2]
BEFORE = [2, 2, 1, 2, 0, 9, 2, 0]
AFTER = [1, 2, 1, None, 2, 1, 0, 0]


def test_by_hand():
    found = need_transitions(PERSON, AREA, BEFORE, AFTER)
    assert (found.n_ratings, found.n_people, found.n_known) == (8, 3, 6)
    assert (found.unmet_at_start, found.resolved, found.still_unmet, found.lost_sight_of) == (4, 2, 1, 1)
    assert found.newly_unmet == 1
    assert (found.resolved_share.n, found.resolved_share.of) == (2, 3)
    # a: 2 -> 1, b: area 2 only, 0 -> 1, c: 1 -> 0
    assert found.unmet_change.mean == pytest.approx((-1 + 1 - 1) / 3)
    assert found.table.loc["unmet"].to_dict() == {"no_need": 1, "met": 1, "unmet": 1, "not_known": 1}
    assert found.table.loc["not_known", "met"] == 1
    assert found.table.to_numpy().sum() == 8
    assert found.to_frame()["n"].sum() == 8


def test_help_for_a_need_is_resolved_though_the_need_remains():
    person = np.arange(10)
    found = need_transitions(person, ["home"] * 10, [2] * 10, [1] * 10)
    assert (found.resolved, found.resolved_share.share, found.unmet_change.mean) == (10, 1.0, -1.0)


def test_areas_of_a_person_are_no_independent_people():
    person = np.repeat(np.arange(12), 20)
    area = np.tile(np.arange(20), 12)
    end = np.where(person < 6, 1, 2)  # half of the people have every need met
    found = need_transitions(person, area, np.full(240, 2), end)
    assert found.resolved_share.n_clusters == 12
    alone = share_of(end == 1)
    assert found.resolved_share.high - found.resolved_share.low > 3 * (alone.high - alone.low)
    assert found.unmet_change.n == 12
    assert found.unmet_change.se == pytest.approx(mean(np.where(np.arange(12) < 6, -20.0, 0.0)).se)


def test_under_eight_people_there_is_no_interval():
    found = need_transitions(PERSON, AREA, BEFORE, AFTER)
    assert found.resolved_share.reason == "too_few_clusters"
    assert found.resolved_share.share == pytest.approx(2 / 3)


def test_order_does_not_matter(rng):
    frame = pd.DataFrame({"person": PERSON, "area": AREA, "before": BEFORE, "after": AFTER})
    mixed = frame.iloc[rng.permutation(8)]
    found = need_transitions(mixed.person, mixed.area, mixed.before, mixed.after)
    pd.testing.assert_frame_equal(found.table, need_transitions(PERSON, AREA, BEFORE, AFTER).table)


def test_nobody():
    found = need_transitions([], [], [], [])
    assert (found.n_ratings, found.unmet_at_start) == (0, 0)
    assert (found.resolved_share.reason, found.unmet_change.reason) == ("nobody", "too_few_values")
    assert found.table.to_numpy().sum() == 0


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"before": [3] * 8}, "before"),
        ({"after": [1.5] * 8}, "after"),
        ({"person": [*PERSON[:7], None]}, "person"),
        ({"area": [1] * 8}, "person och area"),
        ({"after": [1]}, "after"),
        ({"level": 2}, "level"),
    ],
)
def test_wrong_input_is_refused(change, named):
    given = {"person": PERSON, "area": AREA, "before": BEFORE, "after": AFTER, **change}
    with pytest.raises(StatisticsError, match=named):
        need_transitions(**given)
