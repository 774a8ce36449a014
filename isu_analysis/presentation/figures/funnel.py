"""Units around one share, with the limits of chance: wide where few were followed up, narrow where many were."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from isu_analysis.presentation.figures.style import INK, TONES, blank, finished, house_style, short


@dataclass(frozen=True)
class Point:
    """A unit: its number in the table, people, and share."""

    label: str
    of: float
    share: float


@dataclass(frozen=True)
class Limits:
    """A pair of limits over numbers of people: ends as shares."""

    of: Sequence[float]
    low: Sequence[float]
    high: Sequence[float]


def funnel_plot(
    points: Sequence[Point], target: float, inner: Limits, outer: Limits, axes_labels: tuple[str, str]
) -> str:
    """Draw the units as points of one tone, whatever side they are on; each has its number beside it."""
    with house_style():
        canvas = blank(3.0)
        axes = canvas.add_axes((0.09, 0.15, 0.90, 0.82))
        for limits, dash in ((inner, (0, (4, 2))), (outer, (0, (1, 1.5)))):
            for ends in (limits.low, limits.high):
                axes.plot(limits.of, [100 * end for end in ends], color=INK, linewidth=0.9, linestyle=dash)
        axes.axhline(100 * target, color=INK, linewidth=0.9)
        axes.plot([point.of for point in points], [100 * point.share for point in points], linestyle="none", marker="o",
                  markersize=5, color=TONES["good"])  # fmt: skip
        for point in points:
            axes.annotate(
                point.label, (point.of, 100 * point.share), xytext=(4, 3), textcoords="offset points", fontsize=8
            )
        axes.set_xlabel(short(axes_labels[0], 60))
        axes.set_ylabel(short(axes_labels[1], 40))
        axes.set_ylim(0, 100)
        axes.set_xlim(0, max([point.of for point in points]) * 1.12)
        return finished(canvas)
