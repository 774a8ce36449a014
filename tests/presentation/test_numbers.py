"""Numbers as they are printed."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from isu_analysis.presentation import numbers


@pytest.mark.parametrize(
    ("value", "places", "text"),
    [
        (-11.884615, 1, "−11,9"),
        (0.04, 1, "0,0"),
        (-0.04, 1, "0,0"),
        (1234.5, 1, "1\u00a0234,5"),
        (12.0, 0, "12"),
        (math.nan, 1, "–"),
    ],
)
def test_decimal(value, places, text):
    """Decimal comma, true minus, hard space; nought has no sign."""
    assert numbers.decimal(value, places) == text


@pytest.mark.parametrize(
    ("n", "of", "text"),
    [(62, 187, "33,2\u00a0%"), (106, 231, "45,9\u00a0%"), (600, 700, "85,7\u00a0%"), (25, 52, "48\u00a0%"), (1, 1000, "0,1\u00a0%"),
     (9999, 10000, "99,9\u00a0%"), (0, 50, "0\u00a0%"), (50, 50, "100\u00a0%")],
)  # fmt: skip
def test_percent(n, of, text):
    """The shares printed in the seeds' own cases, and the ends."""
    assert numbers.percent(n / of, of) == text


@given(st.integers(1, 2000).flatmap(lambda of: st.tuples(st.integers(0, of), st.just(of))))
def test_only_none_and_all_are_printed_as_such(pair):
    """0 % means nobody and 100 % everybody."""
    n, of = pair
    text = numbers.percent(n / of, of)
    assert (text in {"0\u00a0%", "0,0\u00a0%"}) == (n == 0)
    assert (text in {"100\u00a0%", "100,0\u00a0%"}) == (n == of)
