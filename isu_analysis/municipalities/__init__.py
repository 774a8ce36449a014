"""One municipality, one year: every unit's protected report, and what can be said of them beside each other."""

from isu_analysis.municipalities.gathered import (
    FAILED,
    NO_YEAR,
    NOT_READ_IN,
    Absent,
    Municipality,
    alphabetical,
    key_of,
    municipality,
    name_of,
    region,
)

__all__ = [
    "FAILED",
    "NOT_READ_IN",
    "NO_YEAR",
    "Absent",
    "Municipality",
    "alphabetical",
    "key_of",
    "municipality",
    "name_of",
    "region",
]
