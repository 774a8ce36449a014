"""Show: tables, figures and sentences made only from a protected report."""

from isu_analysis.presentation.sections import SECTIONS, show

__all__ = ["SECTIONS", "show"]
