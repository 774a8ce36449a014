"""Statistics for follow-up before and after: pure functions on arrays and frames."""

from isu_analysis.statistics.attrition.all_waves import ml_change_all_waves
from isu_analysis.statistics.attrition.balance import compare_lost_kept, overall_balance
from isu_analysis.statistics.attrition.bounds import MeanBounds, TippingPoint, imbens_manski, mean_bounds, tipping_point
from isu_analysis.statistics.attrition.estimates import ChangeEstimate, carried_back, completers_change
from isu_analysis.statistics.attrition.maximum_likelihood import ml_change_two_wave
from isu_analysis.statistics.attrition.verdicts import Verdict, change_verdict, share_verdict
from isu_analysis.statistics.effect_sizes.change import EffectSize, effect_size
from isu_analysis.statistics.individual_change.categories import ReliableChange, reliable_change
from isu_analysis.statistics.individual_change.chance import ExpectedByChance, expected_by_chance
from isu_analysis.statistics.individual_change.criteria import Criterion, jacobson_truax_criterion, published_criterion
from isu_analysis.statistics.outcomes.transitions import Transitions, transition_table
from isu_analysis.statistics.proportions.shares import (
    Share,
    ShareBounds,
    ShareDifference,
    newcombe_difference,
    share,
    share_bounds,
    wilson,
)

__all__ = [
    "ChangeEstimate",
    "Criterion",
    "EffectSize",
    "ExpectedByChance",
    "MeanBounds",
    "ReliableChange",
    "Share",
    "ShareBounds",
    "ShareDifference",
    "TippingPoint",
    "Transitions",
    "Verdict",
    "carried_back",
    "change_verdict",
    "compare_lost_kept",
    "completers_change",
    "effect_size",
    "expected_by_chance",
    "imbens_manski",
    "jacobson_truax_criterion",
    "mean_bounds",
    "ml_change_all_waves",
    "ml_change_two_wave",
    "newcombe_difference",
    "overall_balance",
    "published_criterion",
    "reliable_change",
    "share",
    "share_bounds",
    "share_verdict",
    "tipping_point",
    "transition_table",
    "wilson",
]
