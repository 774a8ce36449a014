"""Bars that each are all of something, divided into parts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from isu_analysis.presentation.figures.style import (
    INK,
    UNKNOWN,
    WIDTH,
    blank,
    finished,
    house_style,
    legend,
    length,
    lettering,
    look,
    plain,
    short,
)

_LABEL, _LEGEND = 72, 34  # characters that fit across the drawing, and in half of it beside a sample
_ROW, _ROW_NUMBERS_BELOW = 0.70, 0.78  # inches a bar
_HALF, _NUMBER_HALF = 0.28, 0.14  # of a bar and of the number in it, in rows
_SMALL = 7.5  # size of numbers below a bar
_AIR, _GAP = 0.10, 0.05  # inches around a number inside a bar, and between numbers below


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
    """Draw bars that each are 100 per cent, divided into parts; unknown is white and hatched, worse is dotted."""
    with house_style():
        below = 0.2 * _legend_rows(bars)
        row = _ROW_NUMBERS_BELOW if any(_too_narrow(bar) for bar in bars) else _ROW
        height = 0.12 + row * len(bars) + below
        canvas = blank(height)
        axes = canvas.add_axes((0.005, (0.08 + below) / height, 0.99, row * len(bars) / height))
        for place, bar in enumerate(bars):
            _divided(axes, len(bars) - 1 - place, bar)
        axes.set_xlim(0, 1)
        axes.set_ylim(-0.46, len(bars) - 0.46)
        axes.axis("off")
        legend(canvas, [(part.tone, _in_legend(part)) for part in _legend_parts(bars)])
        return finished(canvas)


def _divided(axes: Any, y: float, bar: Bar) -> None:
    axes.text(0, y + 0.33, short(bar.label, _LABEL), ha="left", va="bottom", fontsize=9, fontweight="bold")
    below = _too_narrow(bar)
    for part, (left, width) in _placed(bar):
        axes.barh(y, width, left=left, height=2 * _HALF, **look(part.tone))
        if part.n and part not in below:
            axes.text(left + width / 2, y, _number(part), **lettering(part.tone))
    for part, place in zip(below, _beside_each_other(bar, below), strict=True):
        axes.text(place, y - _HALF - 0.02, _number(part), ha="center", va="top", fontsize=_SMALL)
    if bar.mark is not None:
        _mark(axes, y, bar.mark)


def _mark(axes: Any, y: float, share: float) -> None:
    """A dashed line on a white one, which leaves the middle to the number of the part it stands in."""
    for sign in (-1, 1):
        ends = [y + sign * _NUMBER_HALF, y + sign * (_HALF + 0.05)]
        axes.plot([share, share], ends, color=UNKNOWN, linewidth=4.5, solid_capstyle="butt", zorder=4)
        axes.plot([share, share], ends, color=INK, linewidth=1.6, linestyle=(0, (2, 1.2)), zorder=5)


def _placed(bar: Bar) -> list[tuple[Part, tuple[float, float]]]:
    """Each part with where it begins and how wide it is, as shares of the bar."""
    total = sum(part.n for part in bar.parts) or 1
    placed, left = [], 0.0
    for part in bar.parts:
        placed.append((part, (left, part.n / total)))
        left += part.n / total
    return placed


def _number(part: Part) -> str:
    return plain(part.text) or f"{part.n:.0f}"


def _too_narrow(bar: Bar) -> list[Part]:
    """Parts whose number has no room inside them."""
    return [part for part, (_, width) in _placed(bar) if part.n and width * WIDTH < length(_number(part), 9) + _AIR]


def _beside_each_other(bar: Bar, parts: Sequence[Part]) -> list[float]:
    """Where numbers below a bar stand: in the middle of their parts, moved until none touches another or the edge."""
    middles = {part: left + width / 2 for part, (left, width) in _placed(bar)}
    halves = [(length(_number(part), _SMALL) + _GAP) / WIDTH / 2 for part in parts]
    places, taken = [], 0.0
    for part, half in zip(parts, halves, strict=True):
        places.append(max(middles[part], taken + half))
        taken = places[-1] + half
    free = 1.0
    for i in reversed(range(len(places))):
        places[i] = min(places[i], free - halves[i])
        free = places[i] - halves[i]
    return places


def _legend_parts(bars: Sequence[Bar]) -> list[Part]:
    """Every part once; better, unchanged and worse have their place even where there are none."""
    found: dict[str, Part] = {}
    for part in (part for bar in bars for part in bar.parts):
        if part.label not in found or not found[part.label].n:
            found[part.label] = part
    return list(found.values())


def _in_legend(part: Part) -> str:
    return short(part.label, _LEGEND) if part.n else f"{short(part.label, _LEGEND - 4)} ({_number(part)})"


def _legend_rows(bars: Sequence[Bar]) -> int:
    return -(-len(_legend_parts(bars)) // 2)
