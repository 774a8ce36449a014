"""Bars that each are all of something, divided into parts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from isu_analysis.presentation.figures.style import (
    HATCHING,
    INK,
    TONES,
    UNKNOWN,
    Canvas,
    blank,
    finished,
    house_style,
    ink_on,
    plain,
    short,
)

_LABEL, _LEGEND = 72, 34  # characters that fit across the drawing, and in half of it beside a sample
_LABEL_FROM = 0.055  # narrower parts have no room for their figure inside


@dataclass(frozen=True)
class Part:
    """One part of a divided bar: what it is, how many, its tone, and the figure as it is written."""

    label: str
    n: float
    tone: str
    text: str = ""


@dataclass(frozen=True)
class Bar:
    """One divided bar with the number it is divided from."""

    label: str
    parts: tuple[Part, ...]
    mark: float | None = None  # share to be reached, 0-1


def divided_bars(bars: Sequence[Bar]) -> str:
    """Draw bars that each are 100 per cent, divided into parts; unknown is white and hatched."""
    with house_style():
        legend = 0.2 * _legend_rows(bars)
        height = 0.12 + 0.7 * len(bars) + legend
        canvas = blank(height)
        axes = canvas.add_axes((0.005, (0.08 + legend) / height, 0.99, 0.7 * len(bars) / height))
        for row, bar in enumerate(bars):
            _divided(axes, len(bars) - 1 - row, bar)
        axes.set_xlim(0, 1)
        axes.set_ylim(-0.38, len(bars) - 0.38)
        axes.axis("off")
        _legend(canvas, bars)
        return finished(canvas)


def _divided(axes: Any, y: float, bar: Bar) -> None:
    total = sum(part.n for part in bar.parts)
    left = 0.0
    axes.text(0, y + 0.33, short(bar.label, _LABEL), ha="left", va="bottom", fontsize=9, fontweight="bold")
    for part in bar.parts:
        width = part.n / total if total else 0.0
        unknown = part.tone == "unknown"
        axes.barh(y, width, left=left, height=0.56, color=TONES[part.tone], edgecolor=INK, linewidth=0.6,
                  hatch=HATCHING if unknown else None)  # fmt: skip
        if width >= _LABEL_FROM:
            box = {"facecolor": UNKNOWN, "edgecolor": "none", "pad": 1.5} if unknown else None
            axes.text(left + width / 2, y, plain(part.text) or f"{part.n:.0f}", ha="center", va="center",
                      color=ink_on(part.tone), bbox=box)  # fmt: skip
        left += width
    if bar.mark is not None:
        axes.plot([bar.mark, bar.mark], [y - 0.34, y + 0.34], color=INK, linewidth=1.6, linestyle=(0, (2, 1.5)))


def _legend_parts(bars: Sequence[Bar]) -> list[Part]:
    return list({part.label: part for bar in bars for part in bar.parts if part.n}.values())


def _legend_rows(bars: Sequence[Bar]) -> int:
    return -(-len(_legend_parts(bars)) // 2)


def _legend(canvas: Canvas, bars: Sequence[Bar]) -> None:
    from matplotlib.patches import Patch

    handles = [
        Patch(facecolor=TONES[part.tone], edgecolor=INK, linewidth=0.6, hatch=HATCHING if part.tone == "unknown" else None,
              label=short(part.label, _LEGEND))
        for part in _legend_parts(bars)
    ]  # fmt: skip
    canvas.legend(handles=handles, loc="lower left", ncols=2, frameon=False, bbox_to_anchor=(-0.005, -0.01), fontsize=9,
                  handlelength=1.6, columnspacing=2.0, borderpad=0.2)  # fmt: skip
