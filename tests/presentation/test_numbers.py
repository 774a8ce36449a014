"""Numbers as they are printed, in Swedish and in English."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from isu_analysis.presentation.numbers import Numbers

SV, EN = Numbers.of("sv"), Numbers.of("en")


@pytest.mark.parametrize(
    ("value", "places", "swedish", "english"),
    [
        (-11.884615, 1, "−11,9", "−11.9"),
        (0.04, 1, "0,0", "0.0"),
        (-0.04, 1, "0,0", "0.0"),
        (1234.5, 1, "1\u00a0234,5", "1,234.5"),
        (12.0, 0, "12", "12"),
        (math.nan, 1, "–", "–"),
    ],
)
def test_decimal(value, places, swedish, english):
    """Decimal comma and hard space, or point and comma; true minus; nought has no sign."""
    assert SV.decimal(value, places) == swedish
    assert EN.decimal(value, places) == english


@pytest.mark.parametrize(
    ("n", "of", "text"),
    [(62, 187, "33,2\u00a0%"), (106, 231, "45,9\u00a0%"), (600, 700, "85,7\u00a0%"), (25, 52, "48\u00a0%"), (1, 1000, "0,1\u00a0%"),
     (9999, 10000, "99,9\u00a0%"), (0, 50, "0\u00a0%"), (50, 50, "100\u00a0%")],
)  # fmt: skip
def test_percent(n, of, text):
    """The shares printed in the seeds' own cases, and the ends; in English with a point and no space."""
    assert SV.percent(n / of, of) == text
    assert EN.percent(n / of, of) == text.replace("\u00a0", "").replace(",", ".")


@given(st.integers(1, 2000).flatmap(lambda of: st.tuples(st.integers(0, of), st.just(of))))
def test_only_none_and_all_are_printed_as_such(pair):
    """0 % means nobody and 100 % everybody."""
    n, of = pair
    text = SV.percent(n / of, of)
    assert (text in {"0\u00a0%", "0,0\u00a0%"}) == (n == 0)
    assert (text in {"100\u00a0%", "100,0\u00a0%"}) == (n == of)


def test_intervals_sizes_and_limits():
    """From and to, without sign, as a limit stands, and rounded so that the words stay true."""
    assert (SV.interval(-14.84, -9.04), EN.interval(-14.84, -9.04)) == ("−14,8 till −9,0", "−14.8 to −9.0")
    assert (SV.percent_interval(0.421, 0.618), EN.percent_interval(0.421, 0.618)) == ("42–62\u00a0%", "42–62%")
    assert (SV.size(-3.25, 2), EN.size(-3.25, 2)) == ("3,25", "3.25")
    assert (SV.plain(5.0), SV.plain(12.6), EN.plain(12.6)) == ("5", "12,6", "12.6")
    assert (SV.at_most(2.99), EN.at_most(2.99)) == ("2,9", "2.9")
    assert (SV.at_least_percent(0.301), EN.at_least_percent(0.301)) == ("31\u00a0%", "31%")
