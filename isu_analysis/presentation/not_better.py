"""Those it did not go well for, where unchanged and worse are not shown apart: never left out, but told together."""

from __future__ import annotations

from dataclasses import dataclass

from isu_analysis.analysis.results import Outcome
from isu_analysis.disclosure.release import SMALL
from isu_analysis.presentation.reader import Reader
from isu_analysis.presentation.together import together

# Of each design with results by person: better, unchanged and worse, which together are those measured twice.
_PARTS = {
    "change": ("better", "unchanged", "deteriorated"),
    "sessions": ("better", "unchanged", "deteriorated"),
    "transition": ("up", "same", "down"),
}


@dataclass(frozen=True)
class NotBetter:
    """Unchanged and worse together.

    Attributes
    ----------
    n : float
    few : str
        ``färre än 5`` where so few are worse; empty where that is not told.
    """

    n: float
    few: str


def not_better(read: Reader, outcome: Outcome) -> NotBetter | None:
    """Unchanged and worse together, where the report shows neither of them but those better and all.

    None where they are shown, where their sum is hidden too, or where nobody is called better or worse.
    """
    key = outcome.key
    better, *others = (f"{key}/{name}" for name in _PARTS.get(outcome.design, ("",)))
    if not others or not read.report.has(better) or read.shown(*others):
        return None
    n = together(read, f"{key}/paired", (better, *others), others)
    return None if n is None else NotBetter(n, few_worse(read, outcome))


def few_worse(read: Reader, outcome: Outcome) -> str:
    """``färre än 5`` where so few are worse and no more than that is told; else empty."""
    worse = f"{outcome.key}/{_PARTS[outcome.design][-1]}"
    few = read.report.has(worse) and read.cell(worse).hidden == SMALL
    return read.count(worse) if few else ""
