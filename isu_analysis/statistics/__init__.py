"""Statistics for follow-up before and after: pure functions on arrays and frames.

A room for each family: proportions, effect_sizes, individual_change, attrition, trajectories, outcomes, comparison;
`grouped` gives the same numbers for many units in one call. docs/statistik.md says which function answers what.
"""

from isu_analysis.statistics.attrition.all_waves import ml_change_all_waves
from isu_analysis.statistics.attrition.balance import compare_lost_kept, overall_balance
from isu_analysis.statistics.attrition.bounds import MeanBounds, TippingPoint, imbens_manski, mean_bounds, tipping_point
from isu_analysis.statistics.attrition.delta import delta_adjusted, widened_interval
from isu_analysis.statistics.attrition.delta_shares import share_by_odds_ratio, tipping_odds_ratio
from isu_analysis.statistics.attrition.discrimination import area_under_curve
from isu_analysis.statistics.attrition.dropout_model import dropout_model
from isu_analysis.statistics.attrition.estimates import ChangeEstimate, carried_back, completers_change
from isu_analysis.statistics.attrition.imputation import imputed_change
from isu_analysis.statistics.attrition.little import little_test
from isu_analysis.statistics.attrition.maximum_likelihood import ml_change_two_wave
from isu_analysis.statistics.attrition.patterns import coverage, missing_patterns
from isu_analysis.statistics.attrition.representativeness import balance_indicator, representativeness
from isu_analysis.statistics.attrition.rubin import pool_imputations
from isu_analysis.statistics.attrition.selection import selection_bias, selection_curve, start_selection
from isu_analysis.statistics.attrition.start_equivalence import (
    start_difference,
    start_difference_of_shares,
    start_equivalence,
)
from isu_analysis.statistics.attrition.tipping import cancelling_change, tipping_point_in_units
from isu_analysis.statistics.attrition.verdicts import Verdict, change_verdict, share_verdict
from isu_analysis.statistics.attrition.weighting import aipw_change, calibrated_change, ipw_change
from isu_analysis.statistics.attrition.what_works import attrition_status, two_group_attrition
from isu_analysis.statistics.clusters import leave_one_cluster_out
from isu_analysis.statistics.comparison.agreement import rater_agreement
from isu_analysis.statistics.comparison.agreement_levels import level_agreement
from isu_analysis.statistics.comparison.case_mix import CaseMixDifference, case_mix_difference, expected_outcome
from isu_analysis.statistics.comparison.chance_range import expected_range_by_chance, share_range_by_chance
from isu_analysis.statistics.comparison.charts import individuals_chart, p_chart
from isu_analysis.statistics.comparison.funnel import Funnel, funnel
from isu_analysis.statistics.comparison.intraclass import intraclass
from isu_analysis.statistics.comparison.limits import funnel_limits
from isu_analysis.statistics.comparison.many_units import UnitComparison, compare_units
from isu_analysis.statistics.comparison.norm_cutoffs import share_against_norm
from isu_analysis.statistics.comparison.norm_strata import stratified_norm_difference
from isu_analysis.statistics.comparison.norms import norm_difference
from isu_analysis.statistics.comparison.pooling import Pooled, pooled_units
from isu_analysis.statistics.comparison.ranks import RankIntervals, rank_intervals, share_rank_intervals
from isu_analysis.statistics.comparison.reference_model import ReferenceModel, reference_model
from isu_analysis.statistics.comparison.runs import run_chart
from isu_analysis.statistics.comparison.shrinkage import ShrunkenShares, shrunken_shares
from isu_analysis.statistics.comparison.subgroups import subgroup_means, subgroup_shares
from isu_analysis.statistics.comparison.years import mean_change_between_years, share_change_between_years
from isu_analysis.statistics.effect_sizes.association import association
from isu_analysis.statistics.effect_sizes.bootstrap import resampled_size
from isu_analysis.statistics.effect_sizes.change import INTERVAL_VALIDITY, EffectSize, effect_size
from isu_analysis.statistics.effect_sizes.difference_in_change import difference_in_change
from isu_analysis.statistics.effect_sizes.directions import directions
from isu_analysis.statistics.effect_sizes.independent import group_difference
from isu_analysis.statistics.effect_sizes.overlap import normal_overlap
from isu_analysis.statistics.effect_sizes.reference import reference_change
from isu_analysis.statistics.estimand import Estimand
from isu_analysis.statistics.grouped.attrition import change_estimates_by
from isu_analysis.statistics.grouped.effect_sizes import effect_sizes_by
from isu_analysis.statistics.individual_change.anchor_thresholds import anchor_mean_change, roc_threshold
from isu_analysis.statistics.individual_change.anchors import (
    important_change,
    important_mean_change,
    important_mean_difference,
)
from isu_analysis.statistics.individual_change.categories import ReliableChange, reliable_change
from isu_analysis.statistics.individual_change.categorise import categorise
from isu_analysis.statistics.individual_change.category_shares import category_share
from isu_analysis.statistics.individual_change.chance import (
    ExpectedByChance,
    expected_by_chance,
    expected_if_nobody_changed,
)
from isu_analysis.statistics.individual_change.chance_of_several import expected_of_several, false_change
from isu_analysis.statistics.individual_change.criteria import Criterion, jacobson_truax_criterion, published_criterion
from isu_analysis.statistics.individual_change.cutoffs import (
    choose_cutoff,
    cutoff_a,
    cutoff_b,
    cutoff_c,
    cutoff_equal_likelihood,
)
from isu_analysis.statistics.individual_change.methods import change_index
from isu_analysis.statistics.individual_change.percentage import percentage_change
from isu_analysis.statistics.individual_change.predictive_change import predictive_mic
from isu_analysis.statistics.individual_change.references import control_sample, reference_sample
from isu_analysis.statistics.individual_change.regression import regression_index
from isu_analysis.statistics.individual_change.regression_to_the_mean import (
    ReferencePopulation,
    own_start,
    reference_population,
    regression_to_the_mean,
)
from isu_analysis.statistics.individual_change.sensitivity import method_agreement, sensitivity_grid
from isu_analysis.statistics.individual_change.several_measures import several_measures
from isu_analysis.statistics.individual_change.threshold_uncertainty import counts_over_threshold, threshold_uncertainty
from isu_analysis.statistics.means import mean, mean_difference
from isu_analysis.statistics.outcomes.after_only import AfterOnlyForm, after_only_form, measured_across
from isu_analysis.statistics.outcomes.common_form import CommonForm, common_form, common_forms, total_form
from isu_analysis.statistics.outcomes.goals import goal_attainment
from isu_analysis.statistics.outcomes.housing import housing_transitions
from isu_analysis.statistics.outcomes.needs import need_transitions
from isu_analysis.statistics.outcomes.ordinal import marginal_test, ordinal_change
from isu_analysis.statistics.outcomes.transitions import Transitions, transition_table
from isu_analysis.statistics.planning import FollowUpPlan, plan_follow_up, plan_mean_follow_up
from isu_analysis.statistics.proportions.differences import cohens_h, share_difference
from isu_analysis.statistics.proportions.intervals import share_interval
from isu_analysis.statistics.proportions.mcnemar import mcnemar_p
from isu_analysis.statistics.proportions.numbers_needed import number_needed_to_treat
from isu_analysis.statistics.proportions.observed import observed_share_difference, share_of
from isu_analysis.statistics.proportions.odds import odds_ratio
from isu_analysis.statistics.proportions.paired import paired_binary, paired_binary_counts
from isu_analysis.statistics.proportions.ratios import risk_ratio
from isu_analysis.statistics.proportions.shares import (
    Share,
    ShareBounds,
    ShareDifference,
    newcombe_difference,
    share,
    share_bounds,
    wilson,
)
from isu_analysis.statistics.trajectories.change_by_interval import change_by_interval
from isu_analysis.statistics.trajectories.matched_pairs import matched_pairs
from isu_analysis.statistics.trajectories.random_intercepts import random_intercepts
from isu_analysis.statistics.trajectories.random_slopes import random_slopes, random_slopes_of_waves
from isu_analysis.statistics.trajectories.reliable_trend import reliable_trend, reliable_trend_of_waves
from isu_analysis.statistics.trajectories.sessions import last_measured
from isu_analysis.statistics.trajectories.timing import Window, interval_spread, within_window

__all__ = [
    "INTERVAL_VALIDITY",
    "AfterOnlyForm",
    "CaseMixDifference",
    "ChangeEstimate",
    "CommonForm",
    "Criterion",
    "EffectSize",
    "Estimand",
    "ExpectedByChance",
    "FollowUpPlan",
    "Funnel",
    "MeanBounds",
    "Pooled",
    "RankIntervals",
    "ReferenceModel",
    "ReferencePopulation",
    "ReliableChange",
    "Share",
    "ShareBounds",
    "ShareDifference",
    "ShrunkenShares",
    "TippingPoint",
    "Transitions",
    "UnitComparison",
    "Verdict",
    "Window",
    "after_only_form",
    "aipw_change",
    "anchor_mean_change",
    "area_under_curve",
    "association",
    "attrition_status",
    "balance_indicator",
    "calibrated_change",
    "cancelling_change",
    "carried_back",
    "case_mix_difference",
    "categorise",
    "category_share",
    "change_by_interval",
    "change_estimates_by",
    "change_index",
    "change_verdict",
    "choose_cutoff",
    "cohens_h",
    "common_form",
    "common_forms",
    "compare_lost_kept",
    "compare_units",
    "completers_change",
    "control_sample",
    "counts_over_threshold",
    "coverage",
    "cutoff_a",
    "cutoff_b",
    "cutoff_c",
    "cutoff_equal_likelihood",
    "delta_adjusted",
    "difference_in_change",
    "directions",
    "dropout_model",
    "effect_size",
    "effect_sizes_by",
    "expected_by_chance",
    "expected_if_nobody_changed",
    "expected_of_several",
    "expected_outcome",
    "expected_range_by_chance",
    "false_change",
    "funnel",
    "funnel_limits",
    "goal_attainment",
    "group_difference",
    "housing_transitions",
    "imbens_manski",
    "important_change",
    "important_mean_change",
    "important_mean_difference",
    "imputed_change",
    "individuals_chart",
    "interval_spread",
    "intraclass",
    "ipw_change",
    "jacobson_truax_criterion",
    "last_measured",
    "leave_one_cluster_out",
    "level_agreement",
    "little_test",
    "marginal_test",
    "matched_pairs",
    "mcnemar_p",
    "mean",
    "mean_bounds",
    "mean_change_between_years",
    "mean_difference",
    "measured_across",
    "method_agreement",
    "missing_patterns",
    "ml_change_all_waves",
    "ml_change_two_wave",
    "need_transitions",
    "newcombe_difference",
    "norm_difference",
    "normal_overlap",
    "number_needed_to_treat",
    "observed_share_difference",
    "odds_ratio",
    "ordinal_change",
    "overall_balance",
    "own_start",
    "p_chart",
    "paired_binary",
    "paired_binary_counts",
    "percentage_change",
    "plan_follow_up",
    "plan_mean_follow_up",
    "pool_imputations",
    "pooled_units",
    "predictive_mic",
    "published_criterion",
    "random_intercepts",
    "random_slopes",
    "random_slopes_of_waves",
    "rank_intervals",
    "rater_agreement",
    "reference_change",
    "reference_model",
    "reference_population",
    "reference_sample",
    "regression_index",
    "regression_to_the_mean",
    "reliable_change",
    "reliable_trend",
    "reliable_trend_of_waves",
    "representativeness",
    "resampled_size",
    "risk_ratio",
    "roc_threshold",
    "run_chart",
    "selection_bias",
    "selection_curve",
    "sensitivity_grid",
    "several_measures",
    "share",
    "share_against_norm",
    "share_bounds",
    "share_by_odds_ratio",
    "share_change_between_years",
    "share_difference",
    "share_interval",
    "share_of",
    "share_range_by_chance",
    "share_rank_intervals",
    "share_verdict",
    "shrunken_shares",
    "start_difference",
    "start_difference_of_shares",
    "start_equivalence",
    "start_selection",
    "stratified_norm_difference",
    "subgroup_means",
    "subgroup_shares",
    "threshold_uncertainty",
    "tipping_odds_ratio",
    "tipping_point",
    "tipping_point_in_units",
    "total_form",
    "transition_table",
    "two_group_attrition",
    "widened_interval",
    "wilson",
    "within_window",
]
