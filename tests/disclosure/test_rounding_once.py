"""A number in a public report reads as the whole number would: it is rounded once, where it is printed."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from isu_analysis.disclosure.gate import _kept
from isu_analysis.presentation.numbers import Numbers

NUMBERS = Numbers(",", "", "%", "till")


@given(st.floats(-1e4, 1e4, allow_nan=False))
def test_printed_with_one_or_two_decimals_it_is_the_whole_number_s_own(value):
    kept = _kept(value)
    for places in (0, 1, 2):
        assert NUMBERS.decimal(kept, places) == NUMBERS.decimal(value, places)
    assert abs(kept - value) <= 0.001 + 1e-12


@pytest.mark.parametrize(
    ("value", "printed"),
    [
        (8.849, "8,8"),
        (8.8449, "8,8"),
        (8.8501, "8,9"),
        (8.8549999, "8,9"),
        (-0.0449, "0,0"),
        (0.15, "0,1"),
        (2.5, "2,5"),
    ],
)
def test_by_hand(value, printed):
    assert NUMBERS.decimal(_kept(value)) == printed


def test_at_most_never_becomes_more():
    assert NUMBERS.at_most(_kept(14.996)) == NUMBERS.at_most(14.996) == "14,9"


def test_no_number_stays_none():
    assert math.isnan(_kept(math.nan)) and _kept(math.inf) == math.inf


@pytest.mark.parametrize("value", [0.1234567, 123.456789])
def test_no_more_than_three_decimals_are_kept(value):
    assert round(_kept(value), 3) == _kept(value)
