"""Counts of start against end, means from session to session and states known once, all worked out by hand."""

from types import SimpleNamespace

import pandas as pd
import pytest

from isu_analysis.analysis import by_session, grid
from isu_analysis.analysis.book import Book
from isu_analysis.analysis.results import Outcome
from isu_analysis.measures import measure

CORE = Outcome(measure("core_om"), "client", "", "change", "start", "end")


def counted(pairs, outcome=CORE):
    """Cells of the squares of some pairs, beside the count of all."""
    book = Book()
    frame = pd.DataFrame(pairs, columns=["pre", "post"], index=[f"e{i}" for i in range(len(pairs))])
    book.tally(f"{outcome.key}/paired", frame.dropna().index)
    grid.start_and_end(frame, outcome, book)
    place = f"{outcome.key}/grid/"
    return {name.removeprefix(place): book.n(name) for name in book.within(place)}, book


def test_each_pair_lies_in_the_square_of_its_scores():
    """CORE-OM is 0-40: ten squares of 4 points. 20 lies in the sixth, 3.9 in the first, 4 in the second, 40 in the last."""
    squares, _ = counted([(20, 12), (20, 3.9), (23.9, 4), (40, 40), (0, 39.9), (18, None)])
    assert squares == {"5/3": 1, "5/0": 1, "5/1": 1, "9/9": 1, "0/9": 1}


def test_all_squares_together_are_all_who_are_measured_twice():
    """Six pairs, of which two share a square: 2 + 1 + 1 + 1 + 1."""
    squares, book = counted([(1, 1), (2, 2), (9, 1), (1, 9), (30, 30), (38, 2)])
    assert squares == {"0/0": 2, "2/0": 1, "0/2": 1, "7/7": 1, "9/0": 1}
    assert sum(squares.values()) == book.n("core_om:client/paired") == 6


@pytest.mark.parametrize(("name", "low", "width", "n"), [
    ("core_om", 0, 4, 10),  # 40 points of decimals in tens
    ("kasam13", 13, 8, 10),  # 79 scores: ten squares of 8 leave one over, nine of 9 two
    ("phq9", 0, 3, 10),  # 28 scores
    ("gad7", 0, 3, 8),  # 22 scores
    ("livets_stege", 0, 1, 11),  # few enough for a square each
])  # fmt: skip
def test_the_squares_follow_from_the_scale_alone(name, low, width, n):
    """Equal steps, eight to ten of them where that comes out even."""
    bins = grid.bins_of(measure(name))
    assert (bins.low, bins.width, bins.n) == (low, width, n)
    assert bins.high >= measure(name).maximum


def test_a_square_of_a_few_is_never_public_and_squares_of_many_are():
    """Five in each of two squares may be shown; four in one of them hides both."""
    _, enough = counted([(20, 10)] * 5 + [(30, 10)] * 5)
    _, few = counted([(20, 10)] * 5 + [(30, 10)] * 4)
    assert not any(enough.is_internal(name) for name in enough.within("core_om:client/grid/"))
    assert all(few.is_internal(name) for name in few.within("core_om:client/grid/"))


def sessions(counts, endings):
    """A cohort in which person i has counts[i] scores: 10 at the first, 12 at the second, 14 at the third, plus i."""
    rows = [(f"e{i}", number, 8 + 2 * number + i) for i, n in enumerate(counts) for number in range(1, n + 1)]
    scores = pd.DataFrame(rows, columns=["episode", "number", "value"])
    episodes = pd.DataFrame({"ending": endings}, index=[f"e{i}" for i in range(len(counts))])
    book = Book()
    outcome = Outcome(measure("ors"), "client", "", "sessions", "first", "last")
    by_session.means(SimpleNamespace(sessions=lambda *_: scores, episodes=episodes), outcome, book)
    results = book.close(None)
    return {cell.id.removeprefix("ors:client/session/"): cell for cell in results.cells}


def test_means_are_of_those_who_have_the_session():
    """Twelve people, i = 0..11; all have two, ten of them (i = 0..9) a third, and nine a fourth, too few to show.

    First: 10 + mean(0..11) = 15.5. Second: 12 + 5.5 = 17.5. Third: 14 + mean(0..9) = 18.5. After the second, two stop.
    """
    cells = sessions([4] * 9 + [3] + [2] * 2, ["planned"] * 12)
    assert {name: cells[f"all/{name}/mean"].value for name in "123"} == {"1": 15.5, "2": 17.5, "3": 18.5}
    assert [cells[f"all/{name}"].value for name in "123"] == [12, 12, 10]
    assert (cells["all/1/last"].value, cells["all/2/last"].value) == (0, 2)
    assert "all/4" not in cells


def test_two_who_stop_make_the_course_internal():
    """The two that stop after the second are a small count; twelve who all go on are not."""
    assert sessions([3] * 10 + [2] * 2, ["planned"] * 12)["all/1/mean"].internal
    assert not sessions([3] * 12, ["planned"] * 12)["all/1/mean"].internal


def test_each_ending_has_its_own_course_if_enough_have_it():
    """Ten planned, i = 0..9: 10 + 4.5 = 14.5 at the first. Five that broke off are too few for a mean."""
    cells = sessions([2] * 15, ["planned"] * 10 + ["unplanned"] * 5)
    assert cells["ending/planned/1/mean"].value == 14.5
    assert not [name for name in cells if name.startswith("ending/unplanned")]
