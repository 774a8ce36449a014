"""Individual-based systematic follow-up (ISU): from a unit's own files to one honest report per unit and year.

Three verbs: *compute* (`analyse` and the statistics), *protect* (`protect`, once per report), *show* (`show`).
Names are loaded on first use, so importing the package costs next to nothing.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from isu_analysis.version import __version__

# Public name -> the module it lives in. The house of docs/arkitektur.md in one table.
_WHERE = {
    "IsuError": "errors",
    "Measure": "measures",
    "measure": "measures",
    "measures_available": "measures",
    "wilson": "statistics",
    "share": "statistics",
    "share_bounds": "statistics",
    "effect_size": "statistics",
    "Criterion": "statistics",
    "published_criterion": "statistics",
    "jacobson_truax_criterion": "statistics",
    "expected_by_chance": "statistics",
    "reliable_change": "statistics",
    "compare_lost_kept": "statistics",
    "ml_change_two_wave": "statistics",
    "ml_change_all_waves": "statistics",
    "mean_bounds": "statistics",
    "tipping_point": "statistics",
    "Unit": "settings",
    "load_unit": "settings",
    "Cohort": "cohorts",
    "cohort": "cohorts",
    "Results": "analysis",
    "analyse": "analysis",
    "Release": "disclosure",
    "Report": "disclosure",
    "open_release": "disclosure",
    "protect": "disclosure",
    "show": "presentation",
}

__all__ = ["__version__", *sorted(_WHERE)]

if TYPE_CHECKING:
    from isu_analysis.analysis import Results, analyse
    from isu_analysis.cohorts import Cohort, cohort
    from isu_analysis.disclosure import Release, Report, open_release, protect
    from isu_analysis.errors import IsuError
    from isu_analysis.measures import Measure, measure, measures_available
    from isu_analysis.presentation import show
    from isu_analysis.settings import Unit, load_unit
    from isu_analysis.statistics import (
        Criterion,
        compare_lost_kept,
        effect_size,
        expected_by_chance,
        jacobson_truax_criterion,
        mean_bounds,
        ml_change_all_waves,
        ml_change_two_wave,
        published_criterion,
        reliable_change,
        share,
        share_bounds,
        tipping_point,
        wilson,
    )


def __getattr__(name: str) -> Any:
    """Import a public name from its wing the first time it is asked for."""
    if name not in _WHERE:
        raise AttributeError(f"module 'isu_analysis' has no attribute {name!r}")
    value = getattr(importlib.import_module(f"isu_analysis.{_WHERE[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
