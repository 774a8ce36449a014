"""The last look: finds what must not be there, and never repeats it."""

import pytest

from isu_analysis.disclosure import scan

# The tax agency's published test person numbers.
TEST_NUMBERS = ("19900101-0017", "900101-0017")


@pytest.mark.parametrize("leak", [*TEST_NUMBERS, "/home/anna/data", "C:\\Users\\Anna", "anna@exempelstad.se"])
def test_finds_what_points_at_a_person_or_a_machine(leak):
    """One sentence, without the find itself."""
    found = scan("report.html", f"<p>text {leak} text</p>")
    assert len(found) == 1
    assert leak not in found[0]


def test_finds_forbidden_words():
    """A pseudonym anywhere in the text is found."""
    assert scan("x", "alt=am7gnktugvdwawhztvgl6edj", ["am7gnktugvdwawhztvgl6edj"])


@pytest.mark.parametrize(
    "harmless", ["20:447–455", "2023-12-31", "−14,8 till −9,0", "100/97/73/58/52", "1 234 567", "s11136-013-0443-4"]
)
def test_leaves_ordinary_figures_alone(harmless):
    """References, dates and results are not person numbers."""
    assert scan("report.html", harmless) == []
