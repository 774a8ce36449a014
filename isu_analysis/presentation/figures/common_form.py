"""The form that units share: one bar a unit, all who were meant; under it what the part that went well can have been."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from isu_analysis.presentation.figures.style import (
    INK,
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

ROW = 0.60  # inches a unit: name, bar, and the line under it
_NAME, _ABOUT = 44, 62  # characters of a unit's name, and of what its bar is about
_HALF, _NAME_AT, _LINE_AT = 0.17, 0.24, -0.27  # of a bar; name and line, in rows from its middle
_THIN, _THICK, _TICK = 0.9, 3.6, 0.05
_AIR = 0.08  # inches around a number inside a bar


@dataclass(frozen=True)
class Piece:
    """A part of a bar: its tone, and how many."""

    tone: str
    n: float


@dataclass(frozen=True)
class FormBar:
    """One unit.

    Attributes
    ----------
    name, about : str
        The unit, and what its bar is about: measure, who answers, kind, smallest change that counts.
    pieces : tuple of Piece
        From the left; together all who were meant.
    bounds, plausible : tuple of float, optional
        Share of all, 0-1: what the wanted parts can be whatever the others did, and under what is supposed of them.
    """

    name: str
    about: str
    pieces: tuple[Piece, ...]
    bounds: tuple[float, float] | None = None
    plausible: tuple[float, float] | None = None


def common_form_bars(bars: Sequence[FormBar], tones: Sequence[tuple[str, str]], lines: tuple[str, str]) -> str:
    """Draw the bars; ``tones`` are the parts with their labels, and ``lines`` name the thin and the thick line."""
    with house_style():
        below = 0.2 * (-(-len(tones) // 2)) + 0.24
        height = 0.06 + ROW * len(bars) + below
        canvas = blank(height)
        axes = canvas.add_axes((0.005, below / height, 0.99, ROW * len(bars) / height))
        for place, bar in enumerate(bars):
            _bar(axes, len(bars) - 1 - place, bar)
        axes.set_xlim(0, 1)
        axes.set_ylim(-0.5, len(bars) - 0.5)
        axes.axis("off")
        legend(canvas, [(tone, short(label, 40)) for tone, label in tones], 8.5)
        _lines(canvas, lines, (below - 0.14) / height)
        return finished(canvas)


def _bar(axes: Any, y: float, bar: FormBar) -> None:
    axes.text(0, y + _NAME_AT, short(bar.name, _NAME), ha="left", va="bottom", fontsize=9, fontweight="bold")
    axes.text(1, y + _NAME_AT, short(bar.about, _ABOUT), ha="right", va="bottom", fontsize=7.5)
    total = sum(piece.n for piece in bar.pieces) or 1
    left = 0.0
    for piece in bar.pieces:
        width = piece.n / total
        axes.barh(y, width, left=left, height=2 * _HALF, **look(piece.tone, 0.5))
        text = plain(f"{piece.n:.0f}")
        if piece.n and width * WIDTH > length(text, 8.5) + _AIR:
            axes.text(left + width / 2, y, text, fontsize=8.5, **lettering(piece.tone, 1.0))
        left += width
    for ends, thickness in ((bar.bounds, _THIN), (bar.plausible, _THICK)):
        if ends:
            _between(axes, ends, y + _LINE_AT, thickness)


def _between(axes: Any, ends: tuple[float, float], y: float, thickness: float) -> None:
    axes.plot(ends, [y, y], color=INK, linewidth=thickness, solid_capstyle="butt")
    if thickness == _THIN:
        for end in ends:
            axes.plot([end, end], [y - _TICK, y + _TICK], color=INK, linewidth=thickness)


def _lines(canvas: Any, lines: tuple[str, str], y: float) -> None:
    """Say what the two lines are, in one row above the tones."""
    from matplotlib.lines import Line2D

    handles = [
        Line2D([], [], color=INK, linewidth=thickness, label=short(label, 60))
        for label, thickness in zip(lines, (_THIN, _THICK), strict=True)
    ]
    canvas.legend(handles=handles, loc="center left", ncols=2, frameon=False, fontsize=8.5, handlelength=1.6,
                  columnspacing=2.0, borderpad=0.1, bbox_to_anchor=(-0.005, y))  # fmt: skip
