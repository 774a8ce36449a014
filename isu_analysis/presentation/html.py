"""Blocks as HTML: what JupyterLab shows, and what the HTML report is made of.

No element carries a style or a script, so that a page can forbid both; looks live in the style sheets beside
this module.
"""

from __future__ import annotations

import base64
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache, singledispatchmethod
from html import escape
from importlib.resources import files

from isu_analysis.presentation.blocks import (
    Block,
    Bullets,
    Callout,
    Column,
    Figure,
    Heading,
    KeyFigure,
    KeyFigures,
    Notes,
    PageBreak,
    Paragraph,
    Table,
    TwoColumns,
)
from isu_analysis.presentation.svg import svg_size
from isu_analysis.presentation.wording import Wording, phrase

# Points; half the width of a printed page's text. A figure made for a column is not blown up to fill a page.
NARROW_FIGURE = 240.0
# A table with more columns scrolls on any screen, and is set smaller on paper, where nothing scrolls.
ORDINARY_COLUMNS = 7
WORDS = {"table": phrase("Tabell"), "figure": phrase("Figur")}


@cache
def style_sheet(name: str) -> str:
    """Return the style sheet called `name` beside this module."""
    return (files("isu_analysis.presentation") / name).read_text(encoding="utf-8")


def notebook_fragment(blocks: Iterable[Block], language: str) -> str:
    """Return blocks as JupyterLab shows them, in the colours of the reader's own theme."""
    style = style_sheet("notebook.css") + style_sheet("blocks.css")
    body = HtmlWriter(language, numbered=False).write(blocks)
    return f'<div class="isu" lang="{escape(language)}"><style>{style}</style>{body}</div>'


@dataclass
class HtmlWriter:
    """Writes blocks as HTML, and counts tables, figures and headings as it goes.

    Attributes
    ----------
    language : str
        "sv" or "en", for the words before numbers.
    numbered : bool
        Whether captions carry numbers: true in a report, false for a section alone, which cannot know.
    contents : list of (anchor, Heading)
        The headings written so far, with the anchor of each; only if numbered.
    """

    language: str
    numbered: bool = True
    contents: list[tuple[str, Heading]] = field(default_factory=list)
    _counts: dict[str, int] = field(default_factory=dict)
    _level: int = 1

    def write(self, blocks: Iterable[Block]) -> str:
        """Return the blocks as HTML, one after the other."""
        return "\n".join(self._block(block) for block in blocks)

    @singledispatchmethod
    def _block(self, block: Block) -> str:
        raise TypeError(f"No HTML for {type(block).__name__}.")

    @_block.register
    def _(self, block: Heading) -> str:
        self._level = block.level
        if not self.numbered:
            return element(f"h{block.level}", text(block.text))
        anchor = f"a{len(self.contents) + 1}"
        self.contents.append((anchor, block))
        return element(f"h{block.level}", text(block.text), id=anchor)

    @_block.register
    def _(self, block: Paragraph) -> str:
        return element("p", text(block.text))

    @_block.register
    def _(self, block: Bullets) -> str:
        items = "".join(element("li", text(item)) for item in block.items)
        return element("ol" if block.ordered else "ul", items)

    @_block.register
    def _(self, block: Callout) -> str:
        title = element("p", text(block.title), cls="callout-title")
        return element("div", title + element("p", text(block.text)), cls=f"callout {block.tone}")

    @_block.register
    def _(self, block: KeyFigures) -> str:
        return element("ul", "".join(map(_key_figure, block.items)), cls="key-figures")

    @_block.register
    def _(self, block: Table) -> str:
        number = self._number("table")
        caption = _caption("caption", number, block)
        head = element("thead", element("tr", "".join(map(_column_head, block.columns))))
        rows = "\n".join(_row(row, block) for row in block.rows)
        table = element("table", f"{caption}\n{head}\n<tbody>\n{rows}\n</tbody>")
        # A wide table scrolls in a box of its own; the box can be reached without a mouse, and no two have one name.
        reachable = {"role": "region", "tabindex": "0", "aria_label": f"{number} {block.caption}".strip()}
        extent = "scroller broad" if len(block.columns) > ORDINARY_COLUMNS else "scroller"
        return element("div", table, cls=extent, **reachable) + _note(block.note)

    @_block.register
    def _(self, block: Figure) -> str:
        caption = _caption("figcaption", self._number("figure"), block)
        source = "data:image/svg+xml;base64," + base64.b64encode(block.svg.encode()).decode("ascii")
        image = f'<img src="{source}" alt="{escape(block.alt)}">'
        extent = "wide" if svg_size(block.svg)[0] > NARROW_FIGURE else "narrow"
        return element("figure", caption + element("div", image, cls=f"card {extent}") + _note(block.note))

    @_block.register
    def _(self, block: TwoColumns) -> str:
        sides = ((block.left_title, block.left, "left"), (block.right_title, block.right, "right"))
        tag = f"h{self._level + 1}"
        columns = [
            element("div", element(tag, text(title)) + self.write(blocks), cls=f"column {side}-side")
            for title, blocks, side in sides
        ]
        return element("div", "\n".join(columns), cls="columns")

    @_block.register
    def _(self, block: Notes) -> str:
        # Lines are drawn, not written: a screen reader meets the label and nothing more.
        lines = element("div", "<i></i>" * block.lines, cls="lines", aria_hidden="true")
        return element("div", element("p", text(block.label), cls="notes-label") + lines, cls="notes")

    @_block.register
    def _(self, block: PageBreak) -> str:
        return '<div class="page-break"></div>'

    def _number(self, word: str) -> str:
        """Return the next table's or figure's number as it is read; a section alone has none."""
        if not self.numbered:
            return ""
        self._counts[word] = self._counts.get(word, 0) + 1
        return f"{Wording(self.language).say(WORDS[word])} {self._counts[word]}."


def element(tag: str, inner: str, **attributes: str) -> str:
    """Return an element around `inner`, which is HTML already; attribute values are escaped here."""
    names = {"cls": "class", "aria_label": "aria-label", "aria_hidden": "aria-hidden"}
    given = "".join(f' {names.get(name, name)}="{escape(value)}"' for name, value in attributes.items())
    return f"<{tag}{given}>{inner}</{tag}>"


def text(plain: str) -> str:
    """Return plain text as HTML."""
    return escape(plain).replace("\n", "<br>")


def _caption(tag: str, number: str, block: Table | Figure) -> str:
    label = element("span", number, cls="number") + " " if number else ""
    basis = " " + element("span", text(block.basis), cls="basis") if block.basis else ""
    return element(tag, element("span", label + text(block.caption) + basis, cls="held"))


def _key_figure(item: KeyFigure) -> str:
    value = element("span", text(item.value), cls="value")
    label = element("span", text(item.label), cls="label")
    note = element("span", text(item.note), cls="note") if item.note else ""
    return element("li", f"{value} {label} {note}")


def _column_head(column: Column) -> str:
    return element("th", text(column.label), scope="col", cls=column.align)


def _row(row: tuple[str, ...], table: Table) -> str:
    cells = [element("td", text(value), cls=column.align) for value, column in zip(row, table.columns, strict=True)]
    if table.row_header:
        cells[0] = element("th", text(row[0]), scope="row", cls=table.columns[0].align)
    return element("tr", "".join(cells))


def _note(note: str) -> str:
    return element("p", text(note), cls="note") if note else ""
