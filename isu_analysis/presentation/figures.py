"""Figures from a protected report: one house style, fixed margins, every mark a group and never a person.

Bars differ by lightness and pattern as well as colour, so that they can be told apart in grey and by the colour-blind.
"""

from __future__ import annotations

import io
import textwrap
from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any

import matplotlib as mpl
import seaborn as sns
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure as Canvas

from isu_analysis.presentation import numbers
from isu_analysis.presentation.fonts import drawable
from isu_analysis.presentation.text import clean

WIDTH = 6.7  # inches: the text width of an A4 page with the report's margins
INK, GRID, UNKNOWN = "#1d2b2f", "#d5dcdd", "#ffffff"
TONES = {
    "best": "#0b4f55", "good": "#2f7f86", "same": "#a9c3c5", "worse": "#c9622a", "unknown": UNKNOWN,
    "first": "#0b4f55", "second": "#c9622a", "neutral": "#7d9ea1",
}  # fmt: skip
_DARK = {"best", "good", "worse", "first", "second"}
_LABEL_FROM = 0.055  # narrower parts have no room for their figure inside


@dataclass(frozen=True)
class Part:
    """One part of a divided bar: what it is, how many, and its tone."""

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


def _style() -> AbstractContextManager[None]:
    settings: dict[str, Any] = {
        **sns.axes_style("ticks"), "font.family": ["DejaVu Sans"], "font.size": 9, "text.color": INK,
        "axes.labelcolor": INK, "axes.edgecolor": GRID, "xtick.color": INK, "ytick.color": INK, "svg.hashsalt": "isu",
        "svg.fonttype": "path", "text.parse_math": False, "hatch.linewidth": 0.6, "axes.spines.top": False, "axes.spines.right": False,
    }  # fmt: skip
    return mpl.rc_context(settings)  # type: ignore[arg-type]


def divided_bars(bars: Sequence[Bar]) -> str:
    """Draw bars that each are 100 per cent, divided into parts; unknown is white and hatched."""
    with _style():
        height = 0.12 + 0.7 * len(bars) + 0.2 * _legend_rows(bars)
        canvas = _canvas(height)
        axes = canvas.add_axes((0.005, (0.08 + 0.2 * _legend_rows(bars)) / height, 0.99, 0.7 * len(bars) / height))
        for row, bar in enumerate(bars):
            _divided(axes, len(bars) - 1 - row, bar)
        axes.set_xlim(0, 1)
        axes.set_ylim(-0.38, len(bars) - 0.38)
        axes.axis("off")
        _legend(canvas, bars)
        return _svg(canvas)


def _divided(axes: Any, y: float, bar: Bar) -> None:
    total = sum(part.n for part in bar.parts)
    left = 0.0
    axes.text(0, y + 0.33, _plain(bar.label), ha="left", va="bottom", fontsize=9, fontweight="bold")
    for part in bar.parts:
        width = part.n / total if total else 0.0
        hatch = "////" if part.tone == "unknown" else None
        axes.barh(y, width, left=left, height=0.56, color=TONES[part.tone], edgecolor=INK, linewidth=0.6, hatch=hatch)
        if width >= _LABEL_FROM:
            box = {"facecolor": UNKNOWN, "edgecolor": "none", "pad": 1.5} if hatch else None
            colour = UNKNOWN if part.tone in _DARK else INK
            axes.text(
                left + width / 2,
                y,
                part.text or numbers.whole(part.n),
                ha="center",
                va="center",
                color=colour,
                bbox=box,
            )
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
        Patch(facecolor=TONES[part.tone], edgecolor=INK, linewidth=0.6, hatch="////" if part.tone == "unknown" else None,
              label=textwrap.shorten(_plain(part.label), 44, placeholder="…"))
        for part in _legend_parts(bars)
    ]  # fmt: skip
    canvas.legend(handles=handles, loc="lower left", ncols=2, frameon=False, bbox_to_anchor=(-0.005, -0.01), fontsize=9,
                  handlelength=1.6, columnspacing=2.0, borderpad=0.2)  # fmt: skip


def measured_over_time(labels: Sequence[str], measured: Sequence[float], eligible: float) -> str:
    """Draw how many of all were measured at each occasion; the rest of each column is unknown."""
    with _style():
        canvas = _canvas(2.5)
        axes = canvas.add_axes((0.07, 0.16, 0.92, 0.76))
        places = range(len(labels))
        axes.bar(
            places, [eligible] * len(labels), width=0.62, color=UNKNOWN, edgecolor=INK, linewidth=0.6, hatch="////"
        )
        axes.bar(places, measured, width=0.62, color=TONES["good"], edgecolor=INK, linewidth=0.6)
        for place, n in zip(places, measured, strict=True):
            axes.text(place, n + eligible * 0.02, numbers.whole(n), ha="center", va="bottom", fontweight="bold",
                      bbox={"facecolor": UNKNOWN, "edgecolor": "none", "pad": 1.0})  # fmt: skip
        axes.set_xticks(list(places), [textwrap.shorten(_plain(label), 18, placeholder="…") for label in labels])
        axes.set_ylim(0, eligible * 1.14)
        axes.tick_params(length=0)
        return _svg(canvas)


def estimates(labels: Sequence[str], values: Sequence[tuple[float, float, float]], axis: str, zero: str) -> str:
    """Draw estimates with intervals below one another, and the line of no change."""
    with _style():
        height = 0.75 + 0.36 * len(labels)
        canvas = _canvas(height)
        axes = canvas.add_axes((0.40, 0.55 / height, 0.58, 1 - 0.75 / height))
        for row, (value, low, high) in enumerate(values):
            y = len(values) - 1 - row
            axes.plot([low, high], [y, y], color=TONES["first"], linewidth=2, solid_capstyle="butt")
            axes.plot([value], [y], marker="o", color=TONES["first"], markersize=6)
        axes.margins(x=0.06)
        axes.axvline(0, color=INK, linewidth=0.8, linestyle=(0, (4, 3)))
        side = "right" if sum(value for value, _, _ in values) < 0 else "left"
        axes.text(0, len(values) - 0.45, f" {zero} ", ha=side, va="bottom", fontsize=8)
        axes.set_yticks(range(len(values)), [textwrap.fill(_plain(label), 34) for label in reversed(labels)])
        axes.set_ylim(-0.6, len(values) - 0.1)
        axes.set_xlabel(axis)
        axes.tick_params(axis="y", length=0)
        axes.spines["left"].set_visible(False)
        axes.xaxis.set_major_formatter(lambda value, _: numbers.decimal(value, 0))
        return _svg(canvas)


def _plain(text: str) -> str:
    """Text that the typeface can draw whole: what it lacks is written out, never a silent box."""
    return drawable(clean(text))


def _canvas(height: float) -> Canvas:
    canvas = Canvas(figsize=(WIDTH, height))
    FigureCanvasSVG(canvas)
    return canvas


def _svg(canvas: Canvas) -> str:
    stream = io.StringIO()
    canvas.savefig(stream, format="svg", metadata={"Date": None, "Creator": None})
    return stream.getvalue()
