"""One unit, one year: who is meant, who was measured when, who can be paired, who is missing and why."""

from isu_analysis.cohorts.choosing import cohort, years
from isu_analysis.cohorts.people import END_ONLY, NEITHER, NOT_DUE, PAIRED, RESPONSES, START_ONLY, Cohort

__all__ = ["END_ONLY", "NEITHER", "NOT_DUE", "PAIRED", "RESPONSES", "START_ONLY", "Cohort", "cohort", "years"]
