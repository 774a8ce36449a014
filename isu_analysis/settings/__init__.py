"""A unit's YAML file as a frozen `Unit`: what it measures, on whom, when, from which files, counted how.

Unknown keys, wrong types and references to things that do not exist are refused with file and line, all at once.
"""

from isu_analysis.settings.case_mix import CaseMix
from isu_analysis.settings.decided import CommonForm, Primary, Reference, Subgroup, Target
from isu_analysis.settings.loading import OVERVIEW, load_unit, project_folder, read_unit, slug, unit_files
from isu_analysis.settings.model import (
    MINIMUM_COVERAGE,
    MINIMUM_PAIRS,
    Burden,
    CohortRule,
    KnownElsewhere,
    Limits,
    Occasion,
    Unit,
    Volume,
)
from isu_analysis.settings.sources import (
    BackgroundColumn,
    Column,
    EndingColumn,
    LongColumns,
    MeasurementColumn,
    Source,
)

__all__ = [
    "MINIMUM_COVERAGE",
    "MINIMUM_PAIRS",
    "OVERVIEW",
    "BackgroundColumn",
    "Burden",
    "CaseMix",
    "CohortRule",
    "Column",
    "CommonForm",
    "EndingColumn",
    "KnownElsewhere",
    "Limits",
    "LongColumns",
    "MeasurementColumn",
    "Occasion",
    "Primary",
    "Reference",
    "Source",
    "Subgroup",
    "Target",
    "Unit",
    "Volume",
    "load_unit",
    "project_folder",
    "read_unit",
    "slug",
    "unit_files",
]
