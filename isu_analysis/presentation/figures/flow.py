"""From those who are meant to those who were measured last, step by step, and what falls off beside each step."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from isu_analysis.presentation.figures.style import (
    HATCHING,
    INK,
    TONES,
    UNKNOWN,
    WIDTH,
    blank,
    finished,
    folded,
    house_style,
    short,
)

# Inches, from the top: boxes to the left, what falls off to the right.
_LEFT, _BOX, _ASIDE, _RIGHT = 0.02, 3.42, 3.80, WIDTH - 0.02
_GAP, _LINE, _PAD, _STRIP, _NUMBER = 0.19, 0.155, 0.10, 0.07, 0.98
_LABEL_WIDTH, _ASIDE_WIDTH, _MOST_LINES = 31, 39, 3  # characters of a line, and lines of a text
_LONG_NUMBER = 7  # characters: words for a hidden number take a smaller size


@dataclass(frozen=True)
class Step:
    """One step of the flow.

    Attributes
    ----------
    label : str
        Whom it counts.
    n : str
        How many, as written; words where the number is hidden.
    lost : tuple of str
        What fell off on the way here, a line each.
    share : float or None
        Of the first step, 0-1; None where it may not be drawn.
    linked : bool
        False where nobody can see whether they are people of the step above.
    """

    label: str
    n: str
    lost: tuple[str, ...] = ()
    share: float | None = None
    linked: bool = True


def flow(steps: Sequence[Step]) -> str:
    """Draw the steps below one another, each with what fell off beside it."""
    with house_style():
        heights = [_height(step) for step in steps]
        total = sum(heights) + _GAP * (len(steps) - 1) + 0.04
        canvas = blank(total)
        axes = canvas.add_axes((0, 0, 1, 1))
        axes.set_xlim(0, WIDTH)
        axes.set_ylim(total, 0)
        axes.axis("off")
        top = 0.02
        for place, (step, height) in enumerate(zip(steps, heights, strict=True)):
            if place and step.linked:
                _arrow(axes, top)
            _box(axes, step, top, height)
            if step.lost:
                _aside(axes, step, top, height)
            top += height + _GAP
        return finished(canvas)


def _lines(step: Step) -> list[str]:
    found = [folded(short(line, _ASIDE_WIDTH * 2), _ASIDE_WIDTH) for line in step.lost]
    return [line for text in found for line in text.split("\n")]


def _label(step: Step) -> str:
    return folded(short(step.label, _LABEL_WIDTH * _MOST_LINES), _LABEL_WIDTH)


def _height(step: Step) -> float:
    rows = max(len(_lines(step)), _label(step).count("\n") + 1)
    strip = _STRIP if step.share is not None else 0.0
    return max(0.40, rows * _LINE + 2 * _PAD) + strip


def _arrow(axes: Any, top: float) -> None:
    middle = _LEFT + _NUMBER / 2
    axes.annotate("", (middle, top), (middle, top - _GAP), arrowprops={"arrowstyle": "-|>", "color": INK, "linewidth": 1,
                  "shrinkA": 0, "shrinkB": 0, "mutation_scale": 9})  # fmt: skip


def _box(axes: Any, step: Step, top: float, height: float) -> None:
    from matplotlib.patches import Rectangle

    width, strip = _BOX - _LEFT, _STRIP if step.share is not None else 0.0
    middle = top + (height - strip) / 2
    if step.share is not None:
        bottom = top + height - strip
        style: dict[str, Any] = {"edgecolor": INK, "linewidth": 0.5}
        axes.add_patch(Rectangle((_LEFT, bottom), width, strip, facecolor=UNKNOWN, hatch=HATCHING, **style))
        axes.add_patch(Rectangle((_LEFT, bottom), width * step.share, strip, facecolor=TONES["good"], **style))
    axes.add_patch(Rectangle((_LEFT, top), width, height, facecolor="none", edgecolor=INK, linewidth=1))
    size = 13 if len(step.n) < _LONG_NUMBER else 8.5
    axes.text(
        _LEFT + _NUMBER / 2, middle, short(step.n, 16), ha="center", va="center", fontsize=size, fontweight="bold"
    )
    axes.text(_LEFT + _NUMBER, middle, _label(step), ha="left", va="center", fontsize=9, linespacing=1.15)


def _aside(axes: Any, step: Step, top: float, height: float) -> None:
    from matplotlib.patches import Rectangle

    middle, dashes = top + height / 2, (0, (3, 2))
    axes.plot([_BOX, _ASIDE], [middle, middle], color=INK, linewidth=0.8, linestyle=dashes)
    axes.add_patch(
        Rectangle(
            (_ASIDE, top), _RIGHT - _ASIDE, height, facecolor=UNKNOWN, edgecolor=INK, linewidth=0.8, linestyle=dashes
        )
    )
    axes.text(_ASIDE + _PAD, middle, "\n".join(_lines(step)), ha="left", va="center", fontsize=8.5, linespacing=1.2)
