"""What a measure is: the registry, one YAML file a measure, and the same form for a unit's own measures."""

from isu_analysis.measures.facts import Ages, Band, Cutoff, Fact, MissingItems, Norm, Reliability, Threshold, TimeFrame
from isu_analysis.measures.model import CONTAINERS, Kind, Level, Measure, Part, Rater, Scoring
from isu_analysis.measures.registry import measure, measures_available
from isu_analysis.measures.scoring import score_items

__all__ = [
    "CONTAINERS",
    "Ages",
    "Band",
    "Cutoff",
    "Fact",
    "Kind",
    "Level",
    "Measure",
    "MissingItems",
    "Norm",
    "Part",
    "Rater",
    "Reliability",
    "Scoring",
    "Threshold",
    "TimeFrame",
    "measure",
    "measures_available",
    "score_items",
]
