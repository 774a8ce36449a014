"""How many were followed up of how many, one thin bar a unit, in the order they are given."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from isu_analysis.presentation.figures.style import (
    HATCHING,
    INK,
    TONES,
    UNKNOWN,
    blank,
    finished,
    house_style,
    legend,
    short,
)

ROW = 0.18  # inches: close enough that twenty units and three sentences are one page
_NAME, _LEFT, _RIGHT = 36, 0.375, 0.735  # characters of a name; where the bars begin and end, as shares of the width


@dataclass(frozen=True)
class Row:
    """One unit.

    Attributes
    ----------
    name : str
    text : str
        The numbers as they are written, or why there are none.
    known, unknown : float or None
        Of those who are meant; None where the bar may not be drawn.
    """

    name: str
    text: str
    known: float | None = None
    unknown: float | None = None


def coverage_rows(rows: Sequence[Row], known: str, unknown: str) -> str:
    """Draw the rows: name, a bar that is all who are meant, and the numbers; ``known`` and ``unknown`` name the parts."""
    with house_style():
        height = 0.34 + ROW * len(rows)
        canvas = blank(height)
        axes = canvas.add_axes((0, 0.30 / height, 1, ROW * len(rows) / height))
        for place, row in enumerate(rows):
            _row(axes, len(rows) - 1 - place, row)
        axes.set_xlim(0, 1)
        axes.set_ylim(-0.5, len(rows) - 0.5)
        axes.axis("off")
        legend(canvas, (("good", short(known, 40)), ("unknown", short(unknown, 40))), 8.5, _LEFT, 0.5)
        return finished(canvas)


def _row(axes: Any, y: float, row: Row) -> None:
    axes.text(0.002, y, short(row.name, _NAME), ha="left", va="center", fontsize=8.5)
    axes.text(_RIGHT + 0.012, y, short(row.text, 34), ha="left", va="center", fontsize=8.5)
    if row.known is None or row.unknown is None or not row.known + row.unknown:
        axes.plot([_LEFT, _RIGHT], [y, y], color=INK, linewidth=0.6, linestyle=(0, (1, 2.5)))
        return
    middle = _LEFT + (_RIGHT - _LEFT) * row.known / (row.known + row.unknown)
    style = {"height": 0.66, "edgecolor": INK, "linewidth": 0.5}
    axes.barh(y, middle - _LEFT, left=_LEFT, color=TONES["good"], **style)
    if row.unknown:
        axes.barh(y, _RIGHT - middle, left=middle, color=UNKNOWN, hatch=HATCHING, **style)
