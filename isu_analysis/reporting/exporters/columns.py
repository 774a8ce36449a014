"""How wide the columns of a printed table are, how high it will be, and where a word too long may break.

The typesetter would share the width by itself, but lets a long word run into the next column. Knowing the
typeface, widths that hold every ordinary word can be worked out beforehand, the same on every machine.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass

from isu_analysis.presentation.blocks import Table
from isu_analysis.presentation.fonts import drawable, width

# Smaller text and less space between as columns grow many: (most columns, text size, gutter), in points.
SIZES = ((7, 8.4, 11.0), (10, 7.4, 9.0), (999, 6.4, 6.0))
# Words longer than this are hyphenated or broken rather than given a column of their own.
WIDEST_WORD = 84.0
# Characters of a text that reads as one, such as "39 av 78".
KEPT_WHOLE = 10
# A column wider than this holds prose, which wraps.
WIDEST_COLUMN = 230.0
# Air added to each column of a small table; more would tear a figure from its row's head.
MOST_SPARE = 44.0
LINE_HEIGHT = 1.45
ROW_PADDING = 7.0
# Longer runs of letters are no words that the Swedish patterns would know how to divide.
LONGEST_HYPHENATED = 30
AFTER_PUNCTUATION = re.compile(r"(?<=[-/–_.:@])(?=.)")
ZERO_WIDTH_SPACE = "\u200b"


@dataclass(frozen=True)
class TableLayout:
    """Text size, column widths, the space between and the heights to expect, all in points."""

    size: float
    gutter: float
    widths: tuple[float, ...]
    height: float
    highest_row: float


def table_layout(table: Table, available: float) -> TableLayout:
    """Return how to set `table` in at most `available` points of width."""
    size, gutter = next((size, gutter) for most, size, gutter in SIZES if len(table.columns) <= most)
    room = available - gutter * (len(table.columns) - 1)
    texts = _texts(table)
    narrow = [min(WIDEST_WORD, max(_word_widths(column, size))) for column in texts]
    wide = [min(WIDEST_COLUMN, max(_line_widths(column, size))) for column in texts]
    widths = tuple(math.floor(share * 10) / 10 for share in _shared(narrow, wide, room))
    heights = _row_heights(texts, widths, size)
    return TableLayout(size, gutter, widths, sum(heights), max(heights))


def _texts(table: Table) -> list[list[str]]:
    """Return the texts of each column as they will be drawn, its head first."""
    rows = [[column.label for column in table.columns], *table.rows]
    return [[drawable(text) for text in column] for column in zip(*rows, strict=True)]


def _shared(narrow: Sequence[float], wide: Sequence[float], room: float) -> list[float]:
    """Return widths within `room`: what columns want and a little more, or need and a part of the rest."""
    needed, wanted = sum(narrow), sum(max(pair) for pair in zip(narrow, wide, strict=True))
    if wanted <= room:
        spare = min(MOST_SPARE, (room - wanted) / len(wide))
        return [max(least, most) + spare for least, most in zip(narrow, wide, strict=True)]
    if needed >= room:
        return _capped(narrow, room)
    part = (room - needed) / (wanted - needed)
    return [least + max(0.0, most - least) * part for least, most in zip(narrow, wide, strict=True)]


def _capped(widths: Sequence[float], room: float) -> list[float]:
    """Return widths that fill `room`: the widest are cut to the same width, so that short words stay whole."""
    left = room
    for number, least in enumerate(sorted(widths)):
        cap = left / (len(widths) - number)
        if least > cap:
            return [min(one, cap) for one in widths]
        left -= least
    return list(widths)


def _word_widths(texts: Sequence[str], size: float) -> list[float]:
    # The head, which is bold, comes first; one point of slack for rounding.
    words = ((at, word) for at, text in enumerate(texts) for word in _words(text))
    return [width(word, size, bold=at == 0) + 1 for at, word in words]


def _words(text: str) -> list[str]:
    """Return what should stay on one line: each word, or the whole of what is as short as a word."""
    return [text] if len(text) <= KEPT_WHOLE and "\n" not in text else text.split()


def _line_widths(texts: Sequence[str], size: float) -> list[float]:
    return [width(line, size, bold=at == 0) + 1 for at, text in enumerate(texts) for line in text.split("\n")]


def _row_heights(texts: Sequence[Sequence[str]], widths: Sequence[float], size: float) -> list[float]:
    lines = [
        [math.ceil(width(text, size) * 1.1 / max(room, size)) or 1 for text in column]
        for column, room in zip(texts, widths, strict=True)
    ]
    return [max(row) * size * LINE_HEIGHT + ROW_PADDING for row in zip(*lines, strict=True)]


def with_breaks(text: str, room: float, size: float) -> str:
    """Return `text` with invisible break points in every word that neither fits in `room` nor hyphenates."""
    return re.sub(r"\S{8,}", lambda word: _broken(word[0], room, size), drawable(text))


def _broken(word: str, room: float, size: float) -> str:
    if width(word, size, bold=True) <= room or (word.isalpha() and len(word) <= LONGEST_HYPHENATED):
        return word
    pieces = AFTER_PUNCTUATION.split(word)
    if max(width(piece, size, bold=True) for piece in pieces) > room:
        pieces = list(word)
    return ZERO_WIDTH_SPACE.join(pieces)
