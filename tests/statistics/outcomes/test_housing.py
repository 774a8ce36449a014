"""Moves and people: every count by hand."""

import numpy as np
import pandas as pd
import pytest

from isu_analysis.errors import StatisticsError
from isu_analysis.statistics.outcomes.housing import housing_transitions

STATES = ["street", "shelter", "own flat"]
MOVES = pd.DataFrame(
    [
        ("a", "2024-03-01", "street", "shelter"),
        ("a", "2024-06-01", "shelter", "street"),
        ("a", "2024-09-01", "shelter", "own flat"),  # the step back to the shelter is not recorded
        ("b", "2024-02-01", "street", "shelter"),
        ("c", "2024-05-01", "shelter", None),
        ("c", "2024-07-01", "own flat", "own flat"),
    ],
    columns=["person", "day", "before", "after"],
)


def counted(moves, **changes):
    given = {name: moves[name] for name in moves.columns} | changes
    return housing_transitions(**{"states": STATES, **given})


def test_by_hand():
    found = counted(MOVES)
    assert (found.n_moves, found.n_people, found.n_movers_of_several, found.most_moves) == (6, 3, 2, 3)
    assert found.breaks == 1
    assert found.moves.loc["street", "shelter"] == 2
    assert found.moves.loc["shelter"].to_dict() == {"street": 1, "shelter": 0, "own flat": 1, "not_known": 1}
    assert found.people.loc["street"].to_dict() == {"street": 0, "shelter": 1, "own flat": 1, "not_known": 0}
    assert found.people.loc["shelter", "own flat"] == 1
    assert (found.moves.to_numpy().sum(), found.people.to_numpy().sum()) == (6, 3)


def test_where_people_stood_last_has_unknown_as_its_own_row():
    last = counted(MOVES.iloc[:5]).last_state().set_index("state")
    assert last["n"].to_dict() == {"street": 0, "shelter": 1, "own flat": 1, "not_known": 1}
    assert last["of"].tolist() == [3] * 4
    assert last["share"].sum() == pytest.approx(1)


def test_one_who_moves_often_is_one_person():
    often = pd.DataFrame({"person": "x", "day": range(50), "before": "street", "after": "shelter"})
    once = pd.DataFrame({"person": list("abcd"), "day": 1, "before": "street", "after": "own flat"})
    found = counted(pd.concat([often, once]).reset_index(drop=True))
    assert found.moves.loc["street", "shelter"] == 50
    assert found.people.loc["street"].to_dict() == {"street": 0, "shelter": 1, "own flat": 4, "not_known": 0}


def test_days_order_the_moves_not_the_rows(rng):
    mixed = MOVES.iloc[rng.permutation(6)].reset_index(drop=True)
    for day in (mixed["day"], pd.to_datetime(mixed["day"])):
        found = counted(mixed, day=day)
        pd.testing.assert_frame_equal(found.people, counted(MOVES).people)
        assert found.breaks == 1


def test_two_moves_on_one_day_keep_their_order():
    day = pd.DataFrame(
        [("a", 1, "street", "shelter"), ("a", 1, "shelter", "own flat")], columns=["person", "day", "before", "after"]
    )
    assert counted(day).people.loc["street", "own flat"] == 1


def test_tidy_frame_has_both_counts():
    frame = counted(MOVES).to_frame()
    assert frame.groupby("counted")["n"].sum().to_dict() == {"moves": 6, "people": 3}
    assert frame.groupby("counted")["of"].first().to_dict() == {"moves": 6, "people": 3}


def test_nobody():
    found = counted(MOVES.iloc[:0])
    assert (found.n_moves, found.n_people, found.most_moves, found.breaks) == (0, 0, 0, 0)
    assert np.isnan(found.last_state()["share"]).all()


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"states": ["street"]}, "states"),
        ({"states": [*STATES, "not_known"]}, "states"),
        ({"states": ["street", "shelter"]}, "before"),
        ({"person": [None] * 6}, "person"),
        ({"day": [1, 2, 3, 4, 5, None]}, "day"),
        ({"after": ["street"]}, "after"),
    ],
)
def test_wrong_input_is_refused(change, named):
    with pytest.raises(StatisticsError, match=named) as error:
        counted(MOVES, **change)
    assert "own flat" not in str(error.value) or named == "states"
