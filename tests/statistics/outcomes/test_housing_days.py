"""Days of moves are numbers or dates: as text "10" would sort before "9", and the moves would change places."""

import datetime

import pandas as pd
import pytest

from isu_analysis.errors import StatisticsError
from isu_analysis.statistics.outcomes.housing import housing_transitions

STATES = ["street", "shelter", "own flat"]


def moved(day, person=("a", "a")):
    """First to the shelter, then to an own flat: nothing unrecorded in between."""
    return housing_transitions(list(person), day, ["street", "shelter"], ["shelter", "own flat"], STATES)


@pytest.mark.parametrize(
    "day",
    [["9", "10"], [1, "2"], ["2024-02-01", "senare"], [pd.Timedelta(1), pd.Timedelta(2)], [1, float("inf")],
     [datetime.date(2024, 1, 1), 2]],
)  # fmt: skip
def test_other_days_are_refused(day):
    with pytest.raises(StatisticsError, match="Argumentet day") as error:
        moved(day)
    assert "senare" not in str(error.value)


@pytest.mark.parametrize(
    "day",
    [[9, 10], [9.5, 10], ["2024-09-30", "2024-10-01"], pd.to_datetime(["2024-09-30", "2024-10-01"]),
     [datetime.date(2024, 9, 30), datetime.date(2024, 10, 1)], pd.Series([9, 10], dtype="Int64")],
)  # fmt: skip
def test_days_in_order(day):
    found = moved(day)
    assert found.breaks == 0 and found.people.loc["street", "own flat"] == 1


def test_a_number_and_a_text_are_not_two_people():
    with pytest.raises(StatisticsError, match="Argumentet person: är av olika slag"):
        moved([9, 10], [1, "1"])
