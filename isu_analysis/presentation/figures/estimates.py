"""Estimates with their intervals below one another."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from matplotlib.ticker import MultipleLocator

from isu_analysis.presentation.figures.style import INK, TONES, blank, finished, folded, house_style, plain, short

_STEPS = (0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100)  # points between ticks
_MOST_TICKS, _WHOLE_FROM = 8, 2  # and the points from which whole numbers do


def estimates(
    labels: Sequence[str],
    values: Sequence[tuple[float, float, float]],
    axis: str,
    zero: str,
    written: Callable[[float, int], str],
) -> str:
    """Draw estimates with intervals below one another, and the line of no change.

    ``written`` writes a number of the axis with so many decimals.
    """
    with house_style():
        height = 0.75 + 0.36 * len(labels)
        canvas = blank(height)
        axes = canvas.add_axes((0.40, 0.55 / height, 0.58, 1 - 0.75 / height))
        for row, (value, low, high) in enumerate(values):
            y = len(values) - 1 - row
            axes.plot([low, high], [y, y], color=TONES["first"], linewidth=2, solid_capstyle="butt")
            axes.plot([value], [y], marker="o", color=TONES["first"], markersize=6)
        axes.margins(x=0.06)
        axes.axvline(0, color=INK, linewidth=0.8, linestyle=(0, (4, 3)))
        side = "right" if sum(value for value, _, _ in values) < 0 else "left"
        axes.text(0, len(values) - 0.45, f" {plain(zero)} ", ha=side, va="bottom", fontsize=8)
        axes.set_yticks(range(len(values)), [folded(short(label, 96), 32) for label in reversed(labels)])
        axes.set_ylim(-0.6, len(values) - 0.1)
        axes.set_xlabel(short(axis, 50))
        axes.tick_params(axis="y", length=0)
        axes.spines["left"].set_visible(False)
        _ticks(axes, written)
        return finished(canvas)


def _ticks(axes: Any, written: Callable[[float, int], str]) -> None:
    """Whole numbers where there is room for a few of them, else with the decimal that tells them apart."""
    low, high = axes.get_xlim()
    fewest = 1 if high - low >= _WHOLE_FROM else 0
    step = next((step for step in _STEPS if step >= fewest and (high - low) / step <= _MOST_TICKS), _STEPS[-1])
    axes.xaxis.set_major_locator(MultipleLocator(step))
    axes.xaxis.set_major_formatter(lambda value, _: plain(written(value, 1 if step < 1 else 0)))
