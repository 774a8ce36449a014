"""Show: tables, figures and sentences made only from a protected report."""

from isu_analysis.presentation.municipality import OVERVIEW_SECTIONS, show_overview
from isu_analysis.presentation.sections import SECTIONS, show

__all__ = ["OVERVIEW_SECTIONS", "SECTIONS", "show", "show_overview"]
