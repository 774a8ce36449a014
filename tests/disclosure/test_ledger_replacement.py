"""When a report that is out may give place to a later one; every case by hand, with small numbers from five."""

import datetime as dt

import pytest

from isu_analysis.disclosure.ledger import KEEP, REPLACE, UNCHANGED, Edition, Entered, may_replace
from isu_analysis.disclosure.problem import Equation


def counts(**values):
    """Counts by name: a number is shown, a tuple of one is hidden."""
    return {
        name: Entered(value[0], shown=False) if isinstance(value, tuple) else Entered(value, shown=True)
        for name, value in values.items()
    }


def edition(equations=(), numbers=None, **values):
    return Edition(
        "unga", 2024, dt.date(2025, 1, 31), "whole", {"min_cell": 5}, counts(**values), numbers or {}, {}, "f", "k",
        equations=equations,
    )  # fmt: skip


def total(whole, *parts):
    return Equation(((whole, 1), *((part, -1) for part in parts)))


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ({"all": 18, "better": 11}, {"all": 18, "better": 11}, UNCHANGED),
        ({"all": 18, "worse": (3,)}, {"all": 18, "worse": (3,)}, UNCHANGED),
        ({"all": 18}, {"all": 19}, KEEP),  # one late follow-up
        ({"all": 18}, {"all": 22}, KEEP),
        ({"all": 18}, {"all": 23}, REPLACE),
        ({"all": 18}, {"all": 13}, REPLACE),
        ({"all": 18}, {"all": 14}, KEEP),
        ({"all": 18, "better": 11}, {"all": 23, "better": 12}, KEEP),  # the new better one can be told from the others
        ({"all": 18, "better": 11}, {"all": 23, "better": 11}, REPLACE),
        ({"all": 18, "better": 11}, {"all": 23, "better": 16}, REPLACE),
        ({"worse": (3,)}, {"worse": (4,)}, REPLACE),  # on no page before or after
        ({"worse": (4,)}, {"worse": 6}, KEEP),  # would be shown: it has moved by two
        ({"worse": 6}, {"worse": (4,)}, KEEP),  # was shown
        ({"worse": (4,)}, {"worse": 9}, REPLACE),
        ({"all": 18}, {"all": 18, "moved": 3}, KEEP),  # one that was not there was nought
        ({"all": 18}, {"all": 18, "moved": 5}, REPLACE),
        ({"all": 18, "moved": 3}, {"all": 18}, KEEP),
        ({"all": 18, "moved": 7}, {"all": 18}, REPLACE),
        ({"all": 18}, {"all": 18, "moved": 0}, UNCHANGED),
        ({"all": 18, "moved": (0,)}, {"all": 18}, UNCHANGED),
        ({}, {}, UNCHANGED),
    ],
)
def test_every_count_that_has_moved_in_the_open_must_have_moved_far(old, new, expected):
    assert may_replace(edition(**old), counts(**new), 5) == expected


def test_far_is_what_the_limit_says():
    assert may_replace(edition(all=18), counts(all=23), 10) == KEEP
    assert may_replace(edition(all=18), counts(all=28), 10) == REPLACE


def test_a_hidden_count_that_hangs_together_with_one_seen_to_move_must_move_far_too():
    """20 = 3 + 17 becomes 25 = 4 + 21, parts hidden: their sum is seen to grow by five, one of them by one."""
    equations = [total("all", "worse", "other")]
    old = {"all": 20, "worse": (3,), "other": (17,)}
    assert may_replace(edition(equations, **old), counts(all=25, worse=(4,), other=(21,)), 5) == KEEP
    assert may_replace(edition(equations, **old), counts(all=25, worse=(3,), other=(22,)), 5) == REPLACE
    assert may_replace(edition(equations, **old), counts(all=20, worse=(4,), other=(16,)), 5) == REPLACE
    assert may_replace(edition(**old), counts(all=25, worse=(4,), other=(21,)), 5, equations=equations) == KEEP
    assert (
        may_replace(edition(**old), counts(all=25, worse=(4,), other=(21,)), 5) == REPLACE
    )  # nothing holds them together


def test_it_hangs_together_through_others():
    """The total moves by five, so does a hidden part; one of that part's own parts moves by one."""
    equations = [total("all", "part", "rest"), total("part", "worse", "other")]
    old = {"all": 20, "part": (8,), "rest": (12,), "worse": (3,), "other": (5,)}
    new = {"all": 25, "part": (13,), "rest": (12,), "worse": (4,), "other": (9,)}
    assert may_replace(edition(equations, **old), counts(**new), 5) == KEEP
    assert may_replace(edition(equations[:1], **old), counts(**new), 5) == REPLACE
    far = new | {"worse": (8,), "other": (5,)}
    assert may_replace(edition(equations, **old), counts(**far), 5) == REPLACE


def test_what_has_not_moved_ties_nothing_together():
    """The rest is as it was: what moves on its other side is not seen through it."""
    equations = [total("all", "part", "rest"), total("rest", "worse", "other")]
    old = {"all": 20, "part": (8,), "rest": (12,), "worse": (3,), "other": (9,)}
    new = {"all": 25, "part": (13,), "rest": (12,), "worse": (4,), "other": (8,)}
    assert may_replace(edition(equations, **old), counts(**new), 5) == REPLACE


def test_a_corrected_answer_among_the_same_people_keeps_the_old_report():
    old = edition(all=18, numbers={"change": -11.9})
    assert may_replace(old, counts(all=18), 5, numbers={"change": -11.9}) == UNCHANGED
    assert may_replace(old, counts(all=18), 5, numbers={"change": -11.4}) == KEEP
    assert may_replace(old, counts(all=18), 5, numbers={"change": None}) == KEEP
    assert may_replace(old, counts(all=18), 5) == UNCHANGED
    assert may_replace(old, counts(all=23), 5, numbers={"change": -11.4}) == REPLACE
