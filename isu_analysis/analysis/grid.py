"""Start against end as counts in squares: where everybody began and where they ended, and no point is a person."""

from __future__ import annotations

import math
from dataclasses import dataclass

import pandas as pd

from isu_analysis.analysis.book import Book
from isu_analysis.analysis.results import Outcome
from isu_analysis.measures import Measure

FEWEST, MOST = 8, 10  # squares along a side: fewer hide the change, more leave one person in each
ALL_VALUES = 12  # a scale of so few values has a square for each
_WIDTHS = (0.1, 0.2, 0.5, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 12, 15, 20, 25, 50, 100)  # in points, of scales with decimals


@dataclass(frozen=True)
class Bins:
    """Equal steps of a scale.

    Attributes
    ----------
    low : float
        Where the first step begins, scale points.
    width : float
        Scale points a step.
    n : int
        How many steps.
    whole : bool
        Whether the scale has whole steps only, so that a step holds so many values; else a step ends where the next
        begins, and the last one holds the scale's own end.
    """

    low: float
    width: float
    n: int
    whole: bool

    @property
    def high(self) -> float:
        """Where the last step ends."""
        return self.low + self.n * self.width

    def last(self, number: int) -> float:
        """Highest score of a step: the last whole one, or where the next step begins."""
        return self.low + (number + 1) * self.width - (1 if self.whole else 0)

    def of(self, values: pd.Series) -> pd.Series:
        """Number of the step that each value lies in, from 0."""
        steps = ((values - self.low) / self.width + 1e-9).map(math.floor)
        return steps.clip(0, self.n - 1).astype(int)


def bins_of(measure: Measure) -> Bins:
    """Divide a scale into equal steps, from its range alone: 8 to 10 where that comes out even, else as near as it can."""
    low, high, step = float(measure.minimum or 0), float(measure.maximum or 0), float(measure.step)
    if step < 1:
        width = next((width for width in _WIDTHS if (high - low) / width <= MOST), (high - low) / MOST)
        return Bins(low, width, math.ceil((high - low) / width - 1e-9), whole=False)
    values = round((high - low) / step) + 1
    if values <= ALL_VALUES:
        return Bins(low, step, values, whole=True)
    tried = [(math.ceil(values / each), each) for each in range(2, values) if math.ceil(values / each) <= MOST]
    good = [(n, each) for n, each in tried if n >= FEWEST] or tried[:1]
    n, each = min(good, key=lambda found: found[0] * found[1] - values)
    return Bins(low, each * step, n, whole=True)


def start_and_end(pairs: pd.DataFrame, outcome: Outcome, book: Book) -> None:
    """Count the people in each square of start and end; never public if a square holds a few.

    ``pairs`` has columns pre and post of those measured twice.
    """
    bins, both = bins_of(outcome.measure), pairs.dropna()
    squares = pd.DataFrame({"start": bins.of(both["pre"]), "end": bins.of(both["post"])})
    with book.breakdown():
        cells = [
            book.tally(f"{outcome.key}/grid/{start}/{end}", found.index, never_zero=True)
            for (start, end), found in squares.groupby(["start", "end"])
        ]
        book.total(f"{outcome.key}/paired", *cells)
