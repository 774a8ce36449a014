"""Sections as one Typst source text.

Every text is a Typst string, in which only quotes and backslashes mean anything: no text can become markup or
code. One block is one line, so that a compile error tells which section it comes from.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import singledispatchmethod
from importlib.resources import files
from typing import Any

from isu_analysis.presentation.fonts import FAMILY, drawable, width
from isu_analysis.presentation.sealed import (
    Block,
    Bullets,
    Callout,
    Document,
    Figure,
    Heading,
    KeyFigures,
    Notes,
    PageBreak,
    Paragraph,
    Section,
    Table,
    TwoColumns,
)
from isu_analysis.presentation.svg import svg_size
from isu_analysis.reporting.exporters.columns import table_layout, with_breaks
from isu_analysis.reporting.exporters.labels import labels

# Measures of the page in points, handed to the preamble so that both sides agree.
PAGE_WIDTH, PAGE_HEIGHT = 595.28, 841.89
SIDE_MARGIN, TOP_MARGIN, BOTTOM_MARGIN = 68.0, 76.0, 74.0
TEXT_WIDTH = PAGE_WIDTH - 2 * SIDE_MARGIN
COLUMN_GAP = 26.0
COLUMN_WIDTH = (TEXT_WIDTH - COLUMN_GAP) / 2
BODY_SIZE = 9.2
TITLE_SIZE = 21.0
# Running text is set narrower than tables and figures: some 75 characters a line.
LONGEST_LINE = 400.0
CALLOUT_INSET = 12.0
# A figure leaves room for its caption and note on the page; a table higher than this may run over pages.
HIGHEST_FIGURE = 520.0
HIGHEST_KEPT_TABLE = 360.0
# Characters, three lines or so: a longer text between a heading and a figure may stand without the figure.
LONGEST_LEAD_IN = 220
# Beside the page number at the foot, and how many characters fill two lines there.
ROOM_AT_FOOT = TEXT_WIDTH - 80.0
LONGEST_PLACE = 150
KEY_FIGURE_SIZES = (24.0, 20.0, 16.0, 13.0, 11.0)
KEY_FIGURE_GAP = 20.0
MAIN, PREAMBLE = "main.typ", "report.typ"


@dataclass
class TypstWriter:
    """Writes sections as Typst, and collects the figures and tables that it meets.

    Attributes
    ----------
    images : dict
        File name -> SVG of the figures written so far.
    row_headers : list of bool
        For each table written so far, whether the first cell of a row is its head.
    places : dict
        Place as a compile error names it -> key of the section that was written there.
    """

    images: dict[str, str] = field(default_factory=dict)
    row_headers: list[bool] = field(default_factory=list)
    places: dict[str, str] = field(default_factory=dict)
    _key: str = ""
    _room: float = TEXT_WIDTH
    _level: int = 1
    _leads_in: bool = False

    def write(self, sections: Iterable[Section], document: Document) -> str:
        """Return the source of a whole report."""
        lines = [f'#import "{PREAMBLE}": *', _show_rule(document)]
        for section in sections:
            self._key = section.key
            for before, block, after in zip(
                (None, *section.blocks), section.blocks, (*section.blocks[1:], None), strict=False
            ):
                self._leads_in = isinstance(before, Heading) and isinstance(after, Table | Figure | TwoColumns)
                lines.append(self._block(block))
                self.places[f"{MAIN}:{len(lines)}:"] = section.key
        return "\n".join(lines) + "\n"

    @singledispatchmethod
    def _block(self, block: Block) -> str:
        raise TypeError(f"No Typst for {type(block).__name__}.")

    @_block.register
    def _(self, block: Heading) -> str:
        self._level = block.level
        return call("heading", self._text(block.text, 13), level=str(block.level))

    @_block.register
    def _(self, block: Paragraph) -> str:
        leads_in = self._leads_in and len(block.text) <= LONGEST_LEAD_IN
        return call("prose", self._text(block.text), measure=self._measure(), leads_in=boolean(leads_in))

    @_block.register
    def _(self, block: Bullets) -> str:
        return call("bullets", array(block.items, self._text), ordered=boolean(block.ordered), measure=self._measure())

    @_block.register
    def _(self, block: Callout) -> str:
        return call(
            "callout",
            self._text(block.title),
            self._text(block.text),
            tone=string(block.tone),
            measure=self._measure(CALLOUT_INSET),
        )

    @_block.register
    def _(self, block: KeyFigures) -> str:
        room = (self._room - KEY_FIGURE_GAP * (len(block.items) - 1)) / len(block.items)
        size = _key_figure_size([item.value for item in block.items], room)
        items = [
            (
                with_breaks(item.value, room, size),
                with_breaks(item.label, room, BODY_SIZE),
                with_breaks(item.note, room, BODY_SIZE),
            )
            for item in block.items
        ]
        return call("key-figures", array(items, array), size=points(size), gap=points(KEY_FIGURE_GAP))

    @_block.register
    def _(self, block: Table) -> str:
        self.row_headers.append(block.row_header)
        layout = table_layout(block, self._room)

        def cells(texts: Iterable[str]) -> str:
            placed = zip(texts, layout.widths, strict=True)
            return array(with_breaks(text, room, layout.size) for text, room in placed)

        return call(
            "data-table",
            self._text(block.caption),
            self._text(block.note),
            basis=self._text(block.basis),
            widths=array(layout.widths, points),
            gutter=points(layout.gutter),
            size=points(layout.size),
            aligns=array((column.align for column in block.columns), str),
            head=cells(column.label for column in block.columns),
            rows=array(block.rows, cells),
            kept=boolean(layout.height < HIGHEST_KEPT_TABLE),
            kept_rows=boolean(layout.highest_row < HIGHEST_KEPT_TABLE),
            measure=self._measure(),
        )

    @_block.register
    def _(self, block: Figure) -> str:
        name = f"figure-{len(self.images) + 1}.svg"
        self.images[name] = block.svg
        self.places[f"{name}:"] = self._key
        natural, high = svg_size(block.svg)
        scale = min(1.0, self._room / natural, HIGHEST_FIGURE / high)
        return call(
            "drawing",
            string(name),
            string(block.alt),
            self._text(block.caption),
            self._text(block.note),
            basis=self._text(block.basis),
            width=points(natural * scale),
            measure=self._measure(),
        )

    @_block.register
    def _(self, block: TwoColumns) -> str:
        self._room = COLUMN_WIDTH
        sides = [self._side(block.left_title, block.left), self._side(block.right_title, block.right)]
        self._room = TEXT_WIDTH
        return call("two-columns", *sides, gap=points(COLUMN_GAP))

    @_block.register
    def _(self, block: Notes) -> str:
        return call("notes", self._text(block.label), lines=str(block.lines))

    @_block.register
    def _(self, block: PageBreak) -> str:
        return call("pagebreak", weak="true")

    def _side(self, title: str, blocks: Iterable[Block]) -> str:
        head = call("column-title", self._text(title, 11), level=str(self._level + 1))
        return f"[{head} {' '.join(self._block(block) for block in blocks)}]"

    def _measure(self, inset: float = 0.0) -> str:
        return points(min(self._room - 2 * inset, LONGEST_LINE))

    def _text(self, text: str, size: float = BODY_SIZE) -> str:
        return string(with_breaks(text, self._room * 0.9, size))


def preamble() -> str:
    """Return the functions that the source calls; everything about looks is there."""
    return (files("isu_analysis.reporting.exporters") / "templates" / PREAMBLE).read_text(encoding="utf-8")


def call(name: str, *arguments: str, **named: str) -> str:
    """Return a call of a Typst function; the semicolon keeps what follows from becoming part of it."""
    given = [*arguments, *(f"{key.replace('_', '-')}: {value}" for key, value in named.items())]
    return f"#{name}({', '.join(given)});"


def string(text: str) -> str:
    """Return `text` as a Typst string of characters that the typeface has."""
    escaped = drawable(text).replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'


def array(items: Iterable[Any], form: Callable[[Any], str] = string) -> str:
    """Return a Typst array; the last comma makes an array of a single item too."""
    return "(" + "".join(form(item) + ", " for item in items) + ")"


def points(length: float) -> str:
    """Return a length in points, the same on every machine."""
    return f"{length:.1f}pt"


def boolean(value: bool) -> str:
    """Return a truth value as Typst writes it."""
    return "true" if value else "false"


def _key_figure_size(values: Iterable[str], room: float) -> float:
    words = [word for value in values for word in value.split()]
    widest = max(width(word, 1, bold=True) for word in words)
    return next((size for size in KEY_FIGURE_SIZES if widest * size <= room), KEY_FIGURE_SIZES[-1])


def _show_rule(document: Document) -> str:
    words = labels(document.language)
    texts = {
        "full_title": document.full_title,
        "description": document.subtitle,
        "author": document.municipality,
        "language": document.language,
        "title": with_breaks(document.title, TEXT_WIDTH, TITLE_SIZE),
        "dated": f"{words.as_of} {document.as_of}",
        "page_word": words.page,
        "of_word": words.of,
        "font": FAMILY,
    }
    place = f"{document.municipality} · {document.unit} · {document.when}"
    lines = {
        "subtitle": document.subtitle,
        "municipality": document.municipality,
        "footer": document.footer,
        "place": place if len(place) <= LONGEST_PLACE else f"{place[:LONGEST_PLACE]}… {document.when}",
    }
    head = call(
        "report.with",
        **{name: string(text) for name, text in texts.items()},
        **{name: string(with_breaks(text, ROOM_AT_FOOT, BODY_SIZE)) for name, text in lines.items()},
        marks=array(with_breaks(mark, ROOM_AT_FOOT, BODY_SIZE) for mark in document.marks),
        title_size=points(TITLE_SIZE),
        body_size=points(BODY_SIZE),
        margin=f"(x: {points(SIDE_MARGIN)}, top: {points(TOP_MARGIN)}, bottom: {points(BOTTOM_MARGIN)})",
    )
    return "#show: " + head.removeprefix("#")
