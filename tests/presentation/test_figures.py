"""Figures: whole, reproducible, and free of what a label might smuggle in."""

import warnings

import pytest

from isu_analysis.presentation import figures
from isu_analysis.presentation.figures import Bar, Part


def bars(label):
    """Draw one divided bar whose labels are `label`."""
    return figures.divided_bars([Bar(label, (Part(label, 3, "best"), Part("saknas", 2, "unknown")))])


@pytest.mark.parametrize(
    "label", ["\u6f22\u5b57", "\U0001f9e9", "$x^2$", "$", "\\frac{1}{0}$", "a\x00b", "<script>", "x" * 300]
)
def test_labels_from_files_are_plain_text(label):
    """Unknown glyphs are written out, mathematics is not set, and nothing fails."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # matplotlib warns when it draws a box for a missing glyph
        assert "<svg" in bars(label)
        assert "<svg" in figures.measured_over_time([label, "slut", "sedan"], [3, 2, 1], ["3", "2", label], 4)
        assert "<svg" in figures.estimates([label], [(1.0, 0.5, 1.5)], "poäng", "ingen förändring", str)


def test_same_input_gives_the_same_bytes():
    """No clock, no counter, no random name in a drawing."""
    assert bars("Säkert bättre") == bars("Säkert bättre")


def test_unknown_is_hatched_and_not_only_coloured():
    """What is not known differs by pattern too."""
    assert "pattern" in bars("Säkert bättre")
