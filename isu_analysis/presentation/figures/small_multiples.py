"""The same small drawing many times: a thin divided bar a measure, and a course of sessions a group."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from isu_analysis.presentation.figures.bars import Part
from isu_analysis.presentation.figures.style import (
    INK,
    TONES,
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

ROW = 0.25  # inches a bar
_NAME, _TEXT = 46, 26  # characters of a measure's name, and of what stands after its bar
_LEFT, _RIGHT = 0.43, 0.835  # where the bars begin and end, as shares of the width
_NUMBER, _AIR = 7.5, 0.07  # size of a part's number, and inches around it


@dataclass(frozen=True)
class Row:
    """One measure: its name, its parts (none where they may not be drawn), and what stands after them."""

    name: str
    parts: tuple[Part, ...]
    text: str


def thin_bars(rows: Sequence[Row], tones: Sequence[tuple[str, str]]) -> str:
    """Draw a thin bar a row, each all who are meant; ``tones`` gives each tone its label."""
    with house_style():
        below = 0.2 * -(-len(tones) // 2) + 0.06
        height = below + ROW * len(rows) + 0.04
        canvas = blank(height)
        axes = canvas.add_axes((0, below / height, 1, ROW * len(rows) / height))
        for place, row in enumerate(rows):
            _bar(axes, len(rows) - 1 - place, row)
        axes.set_xlim(0, 1)
        axes.set_ylim(-0.5, len(rows) - 0.5)
        axes.axis("off")
        legend(canvas, [(tone, short(label, 48)) for tone, label in tones], 8.5, linewidth=0.5)
        return finished(canvas)


def _bar(axes: Any, y: float, row: Row) -> None:
    axes.text(0.002, y, short(row.name, _NAME), ha="left", va="center", fontsize=8.2)
    axes.text(_RIGHT + 0.012, y, short(row.text, _TEXT), ha="left", va="center", fontsize=8.2)
    total, left = sum(part.n for part in row.parts), _LEFT
    if not total:
        axes.plot([_LEFT, _RIGHT], [y, y], color=INK, linewidth=0.6, linestyle=(0, (1, 2.5)))
        return
    for part in row.parts:
        width = (_RIGHT - _LEFT) * part.n / total
        axes.barh(y, width, left=left, height=0.7, **look(part.tone, 0.5))
        if width * WIDTH >= length(part.text, _NUMBER) + _AIR:
            axes.text(left + width / 2, y, plain(part.text), fontsize=_NUMBER, **lettering(part.tone, 1.0))
        left += width


@dataclass(frozen=True)
class Course:
    """One group: its name, its mean at each session, and how many each mean is about, as it is written."""

    name: str
    means: tuple[float, ...]
    people: tuple[str, ...]


def courses(groups: Sequence[Course], axis: tuple[float, float], words: tuple[str, str], limits: Sequence[float],
            written: Callable[[float], str]) -> str:  # fmt: skip
    """Draw a course a group on the same axes; ``words`` name the sessions and the points, ``limits`` are cut-offs."""
    with house_style():
        height = 2.05
        canvas = blank(height)
        width = canvas.get_figwidth()
        room = (width - 0.55) / len(groups)
        longest = max(len(group.means) for group in groups)
        for place, group in enumerate(groups):
            axes = canvas.add_axes(((0.5 + place * room) / width, 0.44 / height, (room - 0.14) / width, 1.28 / height))
            _course(axes, group, longest, axis)
            for limit in limits:
                axes.axhline(limit, color=TONES["worse"], linewidth=1.0, linestyle=(0, (5, 2)))
            axes.yaxis.set_major_formatter(lambda value, _: plain(written(value)))
            axes.set_xlabel(plain(words[0]), fontsize=8.5)
            if place:
                axes.set_yticklabels([])
            else:
                axes.set_ylabel(plain(words[1]), fontsize=8.5)
        return finished(canvas)


def _course(axes: Any, group: Course, longest: int, axis: tuple[float, float]) -> None:
    numbers = range(1, len(group.means) + 1)
    axes.plot(numbers, group.means, color=TONES["first"], marker="o", markersize=3.5, linewidth=1.4)
    low, high = axis
    for number, text in zip(numbers, group.people, strict=True):
        axes.text(number, low + (high - low) * 0.02, plain(text), ha="center", va="bottom", fontsize=6.5)
    axes.set_xlim(0.4, longest + 0.6)
    axes.set_ylim(low, high)
    axes.set_xticks(range(1, longest + 1))
    axes.tick_params(labelsize=8, length=2)
    axes.set_title(short(group.name, 34), fontsize=8.5, fontweight="bold", loc="left")
