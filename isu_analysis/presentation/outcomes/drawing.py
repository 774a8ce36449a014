"""The figure that every outcome has: one divided bar of all, with the unknown beside."""

from __future__ import annotations

import math
from dataclasses import replace

from isu_analysis.analysis.results import Outcome
from isu_analysis.presentation import bars, basis, figures
from isu_analysis.presentation.blocks import Block, Figure
from isu_analysis.presentation.figures import Bar
from isu_analysis.presentation.outcomes import missing
from isu_analysis.presentation.reader import Reader


def of_all(read: Reader, outcome: Outcome, bar: Bar, caption: str) -> list[Block]:
    """The bar of all who are meant, or nothing where a number in it is hidden."""
    return figure(read, outcome, (replace(bar, label=whole(read, outcome)),), caption)


def whole(read: Reader, outcome: Outcome) -> str:
    """Label of a bar that is all who are meant."""
    return read.say("Av alla {n}", n=read.in_words(read.whole(outcome)))


def figure(read: Reader, outcome: Outcome, shown: tuple[Bar, ...], caption: str) -> list[Block]:
    """Divided bars with their basis, or nothing where a number in them is hidden."""
    if not shown or any(math.isnan(part.n) for bar in shown for part in bar.parts) or not _shows_missing(read, outcome):
        return []
    return [
        Figure(figures.divided_bars(shown), bars.in_words(read, shown), caption, basis=basis.of_outcome(read, outcome))
    ]


def _shows_missing(read: Reader, outcome: Outcome) -> bool:
    """Whether the number of missing may be seen: a bar of all without it would not be of all."""
    return read.shown(missing.cells(outcome)[1])
