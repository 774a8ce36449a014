"""What a measure is: the registry, one YAML file a measure, and the same form for a unit's own measures."""

from isu_analysis.measures.model import Cutoff, Fact, Level, Measure, Reliability, Threshold
from isu_analysis.measures.registry import measure, measures_available

__all__ = ["Cutoff", "Fact", "Level", "Measure", "Reliability", "Threshold", "measure", "measures_available"]
