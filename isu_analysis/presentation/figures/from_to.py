"""From one state to another as a table of shades: rows are where people began, columns where they ended."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from isu_analysis.presentation.figures.style import HATCHING, INK, UNKNOWN, blank, finished, folded, house_style, plain

_ROW, _HEAD, _NAMES, _TOTAL = (
    0.32,
    0.52,
    1.75,
    0.55,
)  # inches: height of a row and of the heads, width of names and totals
_PER_INCH = 13.5  # characters of a head
_LIGHTEST, _DARKEST = (0.93, 0.96, 0.96), (0.043, 0.31, 0.333)
_DARK_FROM = 0.5  # of the fullest field: figures are white from there


@dataclass(frozen=True)
class Field:
    """One field: how many, as it is written, and whether it holds what is not known."""

    n: float
    text: str
    unknown: bool = False
    same: bool = False


def from_to(
    rows: Sequence[str], columns: Sequence[str], fields: Sequence[Sequence[Field]], corner: str, totals: Sequence[str]
) -> str:
    """Draw the table; ``totals`` are the last column as it is written, and the last of ``columns`` is its head."""
    with house_style():
        height = _HEAD + _ROW * len(rows) + 0.04
        canvas = blank(height)
        axes = canvas.add_axes((0, 0, 1, 1))
        width = canvas.get_figwidth()
        axes.set_xlim(0, width)
        axes.set_ylim(height, 0)
        axes.axis("off")
        each = (width - _NAMES - _TOTAL) / (len(columns) - 1)
        _heads(axes, columns, each, corner)
        most = max((field.n for row in fields for field in row if not field.unknown), default=1) or 1
        for place, (name, row, total) in enumerate(zip(rows, fields, totals, strict=True)):
            y = _HEAD + _ROW * place
            axes.text(0.02, y + _ROW / 2, folded(name, 28), ha="left", va="center", fontsize=8.5)
            for column, field in enumerate(row):
                _field(axes, (_NAMES + column * each, y), each, field, most)
            axes.text(
                width - _TOTAL / 2,
                y + _ROW / 2,
                plain(total),
                ha="center",
                va="center",
                fontweight="bold",
            )
        return finished(canvas)


def _heads(axes: Any, columns: Sequence[str], each: float, corner: str) -> None:
    axes.text(0.02, _HEAD - 0.08, plain(corner), ha="left", va="bottom", fontsize=8.5, fontweight="bold")
    *states, total = columns
    for place, name in enumerate(states):
        axes.text(_NAMES + (place + 0.5) * each, _HEAD - 0.08, _in_lines(name, max(8, int(each * _PER_INCH))), ha="center", va="bottom",
                  fontsize=8, fontweight="bold")  # fmt: skip
    axes.text(_NAMES + len(states) * each + _TOTAL / 2, _HEAD - 0.08, plain(total), ha="center", va="bottom", fontsize=8, fontweight="bold")  # fmt: skip


def _in_lines(name: str, length: int) -> str:
    """A head on several lines, with a hyphen where a word is longer than a line."""
    words = (
        f"{word[: length - 1]}- {word[length - 1 :]}" if len(word) > length else word for word in plain(name).split()
    )
    return folded(" ".join(words), length)


def _field(axes: Any, corner: tuple[float, float], width: float, field: Field, most: float) -> None:
    from matplotlib.patches import Rectangle

    share = 0 if field.unknown else field.n / most
    shade = tuple(light + (dark - light) * share for light, dark in zip(_LIGHTEST, _DARKEST, strict=True))
    looks: dict[str, Any] = {"facecolor": UNKNOWN, "hatch": HATCHING} if field.unknown else {"facecolor": shade}
    axes.add_patch(Rectangle(corner, width, _ROW, edgecolor=INK, linewidth=1.5 if field.same else 0.4,
                             zorder=3 if field.same else 2, **looks))  # fmt: skip
    box = {"facecolor": UNKNOWN, "edgecolor": "none", "pad": 1.2} if field.unknown else None
    axes.text(corner[0] + width / 2, corner[1] + _ROW / 2, plain(field.text), ha="center", va="center", fontsize=9, bbox=box,
              color=UNKNOWN if share >= _DARK_FROM else INK, zorder=5)  # fmt: skip
