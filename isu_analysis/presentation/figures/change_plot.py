"""Start against end on a scale: how many in each square, the line of no change, and what counts as a certain change."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from isu_analysis.presentation.figures.style import (
    GRID,
    INK,
    TONES,
    UNKNOWN,
    blank,
    finished,
    folded,
    house_style,
    plain,
)

HEIGHT = 3.05  # inches: with caption and basis half a page
_SIDE, _LEFT, _BOTTOM = 2.45, 0.62, 0.5  # of the square that is the plot, in inches
_LIGHTEST, _DARKEST = (0.90, 0.94, 0.94), (0.043, 0.31, 0.333)
_DARK_FROM = 0.5  # of the fullest square: figures are white from there


@dataclass(frozen=True)
class Axes:
    """The scale that both sides of the plot show, in points, and what counts on it.

    Attributes
    ----------
    low, top : float
        Lowest and highest score of the scale.
    width : float
        Points a square; the last one ends with the scale.
    n : int
        How many squares along a side.
    whole : bool
        Whether a score takes a whole step of the axis, so that the highest one has its place too.
    """

    low: float
    top: float
    width: float
    n: int
    whole: bool = False
    threshold: float | None = None
    cutoffs: tuple[float, ...] = ()
    lower_is_better: bool = False

    @property
    def high(self) -> float:
        """Where the last square ends: with the highest score."""
        return self.top + 1 if self.whole else self.top

    @property
    def edges(self) -> list[float]:
        """Where squares begin and end."""
        return [min(self.low + i * self.width, self.high) for i in range(self.n + 1)]

    @property
    def ticks(self) -> list[float]:
        """Scores that are written: beginnings of squares, and the highest score."""
        written = [edge for edge in self.edges[:: 2 if self.n > 5 else 1] if edge <= self.top]
        close = len(written) > 1 and self.top - written[-1] < (written[1] - written[0]) / 3
        return [*(written[:-1] if close else written), self.top]


@dataclass(frozen=True)
class Words:
    """What stands beside and around the plot."""

    start: str
    end: str
    better: str
    worse: str
    no_change: str
    band: str = ""
    cutoff: str = ""


def change_plot(
    counts: Mapping[tuple[int, int], float], axes: Axes, words: Words, written: Callable[[float], str]
) -> str:
    """Draw how many began in one step and ended in another; ``written`` writes the numbers of counts and axes."""
    with house_style():
        canvas = blank(HEIGHT)
        width = canvas.get_figwidth()
        plot = canvas.add_axes((_LEFT / width, _BOTTOM / HEIGHT, _SIDE / width, _SIDE / HEIGHT))
        _scales(plot, axes, words, written)
        _lines(plot, axes)
        _squares(plot, counts, axes, written)
        _sides(plot, axes, words)
        _explained(canvas, axes, words)
        return finished(canvas)


def _scales(plot: Any, axes: Axes, words: Words, written: Callable[[float], str]) -> None:
    ticks = axes.ticks
    plot.set_xlim(axes.low, axes.high)
    plot.set_ylim(axes.low, axes.high)
    plot.set_xticks(ticks, [plain(written(tick)) for tick in ticks])
    plot.set_yticks(ticks, [plain(written(tick)) for tick in ticks])
    plot.set_xlabel(plain(words.start))
    plot.set_ylabel(plain(words.end))
    plot.tick_params(length=2)
    for edge in axes.edges:
        plot.axhline(edge, color=GRID, linewidth=0.4, zorder=0)
        plot.axvline(edge, color=GRID, linewidth=0.4, zorder=0)


def _lines(plot: Any, axes: Axes) -> None:
    ends = [axes.low, axes.high]
    plot.plot(ends, ends, color=INK, linewidth=1.1, zorder=4)
    if axes.threshold is not None:
        for sign in (-1, 1):
            plot.plot(ends, [end + sign * axes.threshold for end in ends], color=INK, linewidth=0.9,
                      linestyle=(0, (1, 1.6)), zorder=4)  # fmt: skip
    for cutoff in axes.cutoffs:
        for line in (plot.axvline, plot.axhline):
            line(cutoff, color=TONES["worse"], linewidth=1.0, linestyle=(0, (5, 2)), zorder=3)


def _squares(plot: Any, counts: Mapping[tuple[int, int], float], axes: Axes, written: Callable[[float], str]) -> None:
    from matplotlib.patches import Rectangle

    most = max(counts.values(), default=1)
    for (start, end), n in counts.items():
        if not n:
            continue
        x, y, share = axes.edges[start], axes.edges[end], n / most
        width, height = axes.edges[start + 1] - x, axes.edges[end + 1] - y
        shade = tuple(light + (dark - light) * share for light, dark in zip(_LIGHTEST, _DARKEST, strict=True))
        plot.add_patch(Rectangle((x, y), width, height, facecolor=shade, edgecolor=UNKNOWN, linewidth=0.6, zorder=2))
        plot.text(x + width / 2, y + height / 2, plain(written(n)), ha="center", va="center", fontsize=7.5,
                  color=UNKNOWN if share >= _DARK_FROM else INK, zorder=5)  # fmt: skip


def _sides(plot: Any, axes: Axes, words: Words) -> None:
    """Name the two sides of the line of no change, in corners where few can be."""
    above, below = (words.worse, words.better) if axes.lower_is_better else (words.better, words.worse)
    plot.text(
        0.02,
        0.98,
        plain(above),
        transform=plot.transAxes,
        ha="left",
        va="top",
        fontsize=8.5,
        fontweight="bold",
        zorder=6,
    )
    plot.text(0.98, 0.02, plain(below), transform=plot.transAxes, ha="right", va="bottom", fontsize=8.5, fontweight="bold", zorder=6)  # fmt: skip


def _explained(canvas: Any, axes: Axes, words: Words) -> None:
    """Say what the lines are, beside the plot."""
    from matplotlib.lines import Line2D

    kinds: Sequence[tuple[str, dict[str, Any]]] = (
        (words.no_change, {"color": INK, "linewidth": 1.1}),
        (words.band, {"color": INK, "linewidth": 0.9, "linestyle": (0, (1, 1.6))}),
        (words.cutoff, {"color": TONES["worse"], "linewidth": 1.0, "linestyle": (0, (5, 2))}),
    )
    handles = [Line2D([], [], label=folded(text, 42), **looks) for text, looks in kinds if text]
    place = (_LEFT + _SIDE + 0.25) / canvas.get_figwidth()
    canvas.legend(handles=handles, loc="upper left", bbox_to_anchor=(place, 0.99), frameon=False, fontsize=8.5,
                  handlelength=2.2, labelspacing=1.1)  # fmt: skip
