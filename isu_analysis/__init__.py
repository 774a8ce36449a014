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
    "Estimand": "statistics",
    "change_verdict": "statistics",
    "share_verdict": "statistics",
    "coverage": "statistics",
    "missing_patterns": "statistics",
    "completers_change": "statistics",
    "carried_back": "statistics",
    "delta_adjusted": "statistics",
    "tipping_point_in_units": "statistics",
    "mean": "statistics",
    "mean_difference": "statistics",
    "share_of": "statistics",
    "observed_share_difference": "statistics",
    "newcombe_difference": "statistics",
    "paired_binary": "statistics",
    "transition_table": "statistics",
    "ordinal_change": "statistics",
    "directions": "statistics",
    "reference_change": "statistics",
    "group_difference": "statistics",
    "category_share": "statistics",
    "expected_if_nobody_changed": "statistics",
    "regression_to_the_mean": "statistics",
    "threshold_uncertainty": "statistics",
    "several_measures": "statistics",
    "effect_sizes_by": "statistics",
    "change_estimates_by": "statistics",
    "last_measured": "statistics",
    "matched_pairs": "statistics",
    "p_chart": "statistics",
    "run_chart": "statistics",
    "subgroup_means": "statistics",
    "subgroup_shares": "statistics",
    "plan_mean_follow_up": "statistics",
    "expected_outcome": "statistics",
    "case_mix_difference": "statistics",
    "reference_model": "statistics",
    "share_against_norm": "statistics",
    "stratified_norm_difference": "statistics",
    "norm_difference": "statistics",
    "total_form": "statistics",
    "measured_across": "statistics",
    "after_only_form": "statistics",
    "common_forms": "statistics",
    "shrunken_shares": "statistics",
    "share_rank_intervals": "statistics",
    "funnel": "statistics",
    "compare_units": "statistics",
    "level_agreement": "statistics",
    "rater_agreement": "statistics",
    "mean_change_between_years": "statistics",
    "share_change_between_years": "statistics",
    "common_form": "statistics",
    "plan_follow_up": "statistics",
    "Unit": "settings",
    "load_unit": "settings",
    "Cohort": "cohorts",
    "cohort": "cohorts",
    "Results": "analysis",
    "analyse": "analysis",
    "decisions_before": "decisions",
    "Release": "disclosure",
    "Report": "disclosure",
    "open_release": "disclosure",
    "protect": "disclosure",
    "Municipality": "municipalities",
    "municipality": "municipalities",
    "region": "municipalities",
    "check_parameters": "reporting.parameters",
    "show": "presentation",
    "show_overview": "presentation",
}

__all__ = ["__version__", *sorted(_WHERE)]

if TYPE_CHECKING:
    from isu_analysis.analysis import Results, analyse
    from isu_analysis.cohorts import Cohort, cohort
    from isu_analysis.decisions import decisions_before
    from isu_analysis.disclosure import Release, Report, open_release, protect
    from isu_analysis.errors import IsuError
    from isu_analysis.measures import Measure, measure, measures_available
    from isu_analysis.municipalities import Municipality, municipality, region
    from isu_analysis.presentation import show, show_overview
    from isu_analysis.reporting.parameters import check_parameters
    from isu_analysis.settings import Unit, load_unit
    from isu_analysis.statistics import (
        Criterion,
        Estimand,
        after_only_form,
        carried_back,
        case_mix_difference,
        category_share,
        change_estimates_by,
        change_verdict,
        common_form,
        common_forms,
        compare_lost_kept,
        compare_units,
        completers_change,
        coverage,
        delta_adjusted,
        directions,
        effect_size,
        effect_sizes_by,
        expected_by_chance,
        expected_if_nobody_changed,
        expected_outcome,
        funnel,
        group_difference,
        jacobson_truax_criterion,
        last_measured,
        level_agreement,
        matched_pairs,
        mean,
        mean_bounds,
        mean_change_between_years,
        mean_difference,
        measured_across,
        missing_patterns,
        ml_change_all_waves,
        ml_change_two_wave,
        newcombe_difference,
        norm_difference,
        observed_share_difference,
        ordinal_change,
        p_chart,
        paired_binary,
        plan_follow_up,
        plan_mean_follow_up,
        published_criterion,
        rater_agreement,
        reference_change,
        reference_model,
        regression_to_the_mean,
        reliable_change,
        run_chart,
        several_measures,
        share,
        share_against_norm,
        share_bounds,
        share_change_between_years,
        share_of,
        share_rank_intervals,
        share_verdict,
        shrunken_shares,
        stratified_norm_difference,
        subgroup_means,
        subgroup_shares,
        threshold_uncertainty,
        tipping_point,
        tipping_point_in_units,
        total_form,
        transition_table,
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
