"""Pairs with the same rater and mode: a hand-made list with every outcome, order, doubles."""

import numpy as np
import pandas as pd
import pytest

from isu_analysis.errors import StatisticsError
from isu_analysis.statistics.trajectories.matched_pairs import matched_pairs
from isu_analysis.statistics.trajectories.timing import Window

START, END = Window(0, -14, 30), Window(180, 150, 240)
COLUMNS = ["person", "day", "rater", "mode", "value"]
# person, day, rater, mode, value; the outcome is the person's name up to the dot.
ROWS = [
    ("paired.1", 0, "self", "form", 20), ("paired.1", 180, "self", "form", 12),
    ("paired.2", 3, "self", "form", 21), ("paired.2", 200, "self", "form", 13),
    ("paired.2", 0, "staff", "interview", 30), ("paired.2", 160, "staff", "interview", 25),
    ("paired.2", 170, "parent", "form", 9),
    ("paired.edges", -14, "self", "form", 1), ("paired.edges", 240, "self", "form", 2),
    ("paired.edges2", 30, "self", "form", 3), ("paired.edges2", 150, "self", "form", 4),
    ("no_value.1", 0, "self", "form", np.nan), ("no_value.2", np.nan, "self", "form", 7),
    ("no_start.1", 31, "self", "form", 20), ("no_start.1", 180, "self", "form", 20),
    ("no_start.2", -15, "self", "form", 20), ("no_start.2", 180, "self", "form", 20),
    ("no_end.1", 0, "self", "form", 20), ("no_end.1", 30, "self", "form", 19),
    ("no_end.2", 0, "self", "form", 20), ("no_end.2", 180, "self", "form", np.nan),
    ("end_out_of_window.1", 0, "self", "form", 20), ("end_out_of_window.1", 149, "self", "form", 9),
    ("end_out_of_window.2", 0, "self", "form", 20), ("end_out_of_window.2", 241, "self", "form", 9),
    ("other_rater.1", 0, "self", "form", 20), ("other_rater.1", 180, "staff", "form", 9),
    ("other_mode.1", 0, "self", "form", 20), ("other_mode.1", 180, "self", "interview", 9),
    ("other_rater_and_mode.1", 0, "self", "form", 20), ("other_rater_and_mode.1", 180, "staff", "interview", 9),
    ("unknown_rater_or_mode.1", 0, None, "form", 20), ("unknown_rater_or_mode.1", 180, None, "form", 9),
    ("unknown_rater_or_mode.2", 0, "self", None, 20), ("unknown_rater_or_mode.2", 180, "self", None, 9),
]  # fmt: skip


def rows():
    return pd.DataFrame(ROWS, columns=COLUMNS)


def matched(frame, **windows):
    return matched_pairs(*(frame[name] for name in COLUMNS), **{"start": START, "end": END, **windows})


def test_every_outcome_by_hand():
    r = matched(rows())
    assert r.outcome.tolist() == [name.split(".")[0] for name in r.outcome.index]
    counts = r.counts()
    assert counts["n"].to_dict() == {
        "paired": 4, "no_value": 2, "no_start": 2, "no_end": 2, "end_out_of_window": 2, "other_rater": 1,
        "other_mode": 1, "other_rater_and_mode": 1, "unknown_rater_or_mode": 2}  # fmt: skip
    assert counts["n"].sum() == r.n_given == 17 and set(counts["of"]) == {17}
    assert (r.n_paired, r.n_pairs, r.rows_given) == (4, 5, len(ROWS))
    assert (r.rows_without_value, r.rows_without_day, r.rows_without_rater, r.rows_without_mode) == (2, 1, 2, 2)
    assert r.pairs.to_numpy().tolist() == [
        ["paired.1", "self", "form", 0, 180, 20, 12],
        ["paired.2", "self", "form", 3, 200, 21, 13],
        ["paired.2", "staff", "interview", 0, 160, 30, 25],
        ["paired.edges", "self", "form", -14, 240, 1, 2],
        ["paired.edges2", "self", "form", 30, 150, 3, 4],
    ]
    assert list(r.pairs.columns) == ["person", "rater", "mode", "start_day", "end_day", "pre", "post"]


def test_the_nearest_to_the_target_and_the_earlier_of_two():
    frame = pd.DataFrame(
        [(1, day, "self", "form", value) for day, value in
         ((-10, 1), (-5, 2), (5, 3), (29, 4), (151, 5), (170, 6), (190, 7), (239, 8))], columns=COLUMNS)  # fmt: skip
    r = matched(frame)
    assert r.pairs[["start_day", "end_day", "pre", "post"]].to_numpy().tolist() == [[-5, 170, 2, 6]]
    backwards = matched(frame.iloc[::-1])
    pd.testing.assert_frame_equal(backwards.pairs, r.pairs)
    later = matched(frame, end=Window(191, 150, 240))
    assert later.pairs["post"].tolist() == [7]


def test_the_order_of_rows_changes_nothing():
    first = matched(rows())
    second = matched(rows().sample(frac=1, random_state=3).reset_index(drop=True))
    pd.testing.assert_frame_equal(first.pairs, second.pairs)
    pd.testing.assert_series_equal(first.outcome, second.outcome)
    assert repr(first) == repr(second)


def test_nobody_and_nobody_paired():
    empty = matched(rows().iloc[:0])
    assert (empty.n_given, empty.n_pairs) == (0, 0) and empty.counts()["n"].sum() == 0
    one = matched(rows()[rows()["person"] == "no_end.1"])
    assert (one.n_given, one.n_pairs, one.counts().loc["no_end", "n"]) == (1, 0, 1)


def test_people_are_not_printed():
    r = matched(rows())
    assert "paired.1" not in repr(r) and "form" not in repr(r)
    assert list(r.to_frame().columns) == ["outcome", "n", "of"]


def test_refusals_name_the_argument():
    frame = rows()
    with pytest.raises(StatisticsError, match="person, day, rater och mode"):
        matched(pd.concat([frame, frame.iloc[[0]]], ignore_index=True))
    with pytest.raises(StatisticsError, match="person, day, rater och mode"):
        matched(pd.concat([frame, frame.iloc[[1]]], ignore_index=True))
    with pytest.raises(StatisticsError, match="start och end"):
        matched(frame, start=Window(0, 0, 150))
    matched(frame, start=Window(0, 0, 149))
    with pytest.raises(StatisticsError, match="person och rater"):
        matched_pairs([1, 2], [0, 1], ["self"], ["form"] * 2, [1, 2], start=START, end=END)
    with pytest.raises(StatisticsError, match="Argumentet value"):
        matched_pairs([1], [0], ["self"], ["form"], ["x"], start=START, end=END)
    with pytest.raises(StatisticsError, match="Argumentet person"):
        matched_pairs([None], [0], ["self"], ["form"], [1], start=START, end=END)
