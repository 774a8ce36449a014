"""First and last measured session by way of ending: a list counted by hand, scipy's t interval, clusters, edges."""

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy import stats

from isu_analysis.errors import StatisticsError
from isu_analysis.statistics.trajectories.sessions import last_measured

COLUMNS = ["person", "session", "score", "planned"]
ROWS = [
    ("a", 1, 20, True), ("a", 2, 15, None), ("a", 3, 10, True),      # planned, three sessions, -10
    ("b", 1, 18, True), ("b", 5, 12, True), ("b", 9, np.nan, True),  # planned, two, -6
    ("c", 1, 16, True),                                              # planned, one
    ("d", 4, 22, False), ("d", 2, 25, False),                        # unplanned, two out of order, -3
    ("e", 1, 19, False), ("e", 3, 20, False), ("e", np.nan, 2, False),  # unplanned, two, +1
    ("f", 1, 9, None),                                               # unknown, one
    ("g", 1, np.nan, None),                                          # unknown, never
]  # fmt: skip


def rows():
    return pd.DataFrame(ROWS, columns=COLUMNS)


def measured(frame, **options):
    return last_measured(frame["person"], frame["session"], frame["score"], frame["planned"], **options)


def test_counted_by_hand():
    r = measured(rows())
    assert list(r.people) == list("abcdefg") and r.n_given == 7
    assert (r.rows_without_score, r.rows_without_session) == (2, 1)
    assert_array_equal(r.first, [20, 18, 16, 25, 19, 9, np.nan])
    assert_array_equal(r.last, [10, 12, 16, 22, 20, 9, np.nan])
    assert r.sessions.tolist() == [3, 2, 1, 2, 2, 1, 0]
    assert r.ending.tolist() == ["planned"] * 3 + ["unplanned"] * 2 + ["unknown"] * 2
    frame = r.to_frame().set_index("ending")
    assert list(frame.index) == ["planned", "unplanned", "unknown", "all"]
    counts = frame[["n", "of", "never_measured", "one_session", "n_changes"]]
    assert counts.to_numpy().tolist() == [[3, 7, 0, 1, 2], [2, 7, 0, 0, 2], [2, 7, 1, 1, 0], [7, 7, 1, 2, 4]]
    assert_allclose(frame["change"], [-8, -1, np.nan, -4.5])
    assert_allclose(frame["mean_sessions"], [2, 2, np.nan, 11 / 6])
    assert_allclose(frame["median_sessions"], [2, 2, np.nan, 2])
    assert frame["reason"].tolist() == ["", "", "too_few_values", ""]
    interval = stats.ttest_1samp([-10, -6, -3, 1], 0).confidence_interval()
    assert_allclose([r.group("all").change_low, r.group("all").change_high], [interval.low, interval.high])


def test_the_order_of_rows_changes_nothing():
    first, second = measured(rows()), measured(rows().sample(frac=1, random_state=4).reset_index(drop=True))
    pd.testing.assert_frame_equal(first.to_frame(), second.to_frame())
    assert_array_equal(first.last, second.last)


def test_the_level_and_the_groups_interval(rng):
    n = 40
    frame = pd.DataFrame({"person": np.repeat(np.arange(n), 2), "session": np.tile([1, 2], n)})
    frame["score"], frame["planned"] = rng.normal(20, 5, 2 * n), np.repeat(np.arange(n) % 2 == 0, 2)
    change = frame["score"].to_numpy()[1::2] - frame["score"].to_numpy()[::2]
    r = measured(frame, level=0.8)
    for ending, chosen in (("planned", slice(0, None, 2)), ("unplanned", slice(1, None, 2))):
        interval = stats.ttest_1samp(change[chosen], 0).confidence_interval(0.8)
        found = r.group(ending)
        assert_allclose([found.change_low, found.change_high], [interval.low, interval.high])
        assert found.level == 0.8
    assert r.group("unknown").n == 0 and r.group("unknown").reason == "too_few_values"


def test_clusters(rng):
    n = 60
    worker = np.repeat(np.arange(n) // 5, 2)
    frame = pd.DataFrame({"person": np.repeat(np.arange(n), 2), "session": np.tile([1, 2], n), "planned": worker < 2})
    frame["score"] = 20 + np.where(frame["session"] == 2, rng.normal(0, 4, 12)[worker], 0) + rng.normal(0, 0.5, 2 * n)
    alone, together = measured(frame), measured(frame, cluster=pd.Series(worker))
    change = frame["score"].to_numpy()[1::2] - frame["score"].to_numpy()[::2]
    by_worker = change.reshape(12, 5).mean(axis=1)
    interval = stats.ttest_1samp(by_worker, 0).confidence_interval()
    found = together.group("all")
    assert_allclose([found.change_low, found.change_high], [interval.low, interval.high])
    assert found.n_clusters == 12 and alone.group("all").n_clusters is None
    assert together.group("planned").reason == "too_few_clusters"
    assert np.isnan(together.group("planned").change_low) and np.isfinite(together.group("planned").change)


@pytest.mark.parametrize("n", [0, 1, 2])
def test_few_people(n):
    frame = pd.DataFrame({"person": [*range(n)] * 2, "session": [1] * n + [2] * n, "planned": True})
    frame["score"] = [5.0] * n + [4.0] * n
    r = measured(frame)
    group = r.group("planned")
    assert (group.n, group.n_changes, r.n_given) == (n, n, n)
    assert group.reason == ("zero_sd" if n == 2 else "too_few_values")
    assert np.isnan(group.change) == np.isnan(group.mean_sessions) == (n < 2) and np.isnan(group.change_low)


def test_people_are_not_printed():
    r = last_measured(["anna", "anna"], [1, 2], [31, 17], [1, 1])
    assert "anna" not in repr(r) and "31" not in repr(r) and "-14" not in repr(r)
    assert r.group("planned").n == 1


def test_refusals_name_the_argument():
    def refused(argument, **change):
        arguments = {"person": ["a", "a"], "session": [1, 2], "score": [3, 4], "planned_ending": [1, 1]}
        with pytest.raises(StatisticsError, match=f"Argumente[tn] (person och )?{argument}"):
            last_measured(**{**arguments, **change})

    refused("session", session=[1, 1])
    refused("session", session=[1])
    refused("score", score=[1, "x"])
    refused("planned_ending", planned_ending=[1, 0])
    refused("planned_ending", planned_ending=[1, 2])
    refused("planned_ending", planned_ending=["ja", "nej"])
    refused("planned_ending", planned_ending=[True])
    refused("level", level=1)
    refused("cluster", cluster=["x", "y"])
    refused("cluster", cluster=["x", None])
    with pytest.raises(StatisticsError, match="Argumentet ending"):
        last_measured(["a"], [1], [3], [1]).group("done")
