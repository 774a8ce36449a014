"""Figures from a protected report: every mark a group and never a person; one module a kind of figure.

They take plain numbers and texts that are already written; bars differ by lightness and pattern as well as colour.
"""

from isu_analysis.presentation.figures.bars import Bar, Part, divided_bars
from isu_analysis.presentation.figures.estimates import estimates
from isu_analysis.presentation.figures.occasions import measured_over_time

__all__ = ["Bar", "Part", "divided_bars", "estimates", "measured_over_time"]
