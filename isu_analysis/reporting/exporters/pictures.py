"""The figures of a report as pictures, each with all that must be read beside it inside the picture."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

import typst

from isu_analysis.errors import ReportError
from isu_analysis.presentation.blocks import Document, Figure
from isu_analysis.presentation.fonts import FAMILY
from isu_analysis.presentation.sealed import Section
from isu_analysis.presentation.svg import svg_size
from isu_analysis.reporting.exporters.columns import with_breaks
from isu_analysis.reporting.exporters.numbered import Numbered, results
from isu_analysis.reporting.exporters.png_text import described
from isu_analysis.reporting.exporters.typesetter import compiled
from isu_analysis.reporting.exporters.typst import (
    BODY_SIZE,
    HIGHEST_FIGURE,
    MAIN,
    PREAMBLE,
    TEXT_WIDTH,
    array,
    call,
    points,
    preamble,
    string,
)

DOTS_PER_INCH = 200
MARGIN = 14.0
# A figure made for a column is small, but its caption needs room.
NARROWEST = 300.0
LONGEST_SLUG = 40
SECTION_NAMES = {
    "first_page": "forsta-sidan",
    "who": "vilka",
    "trust": "tillit",
    "results": "resultat",
    "principles": "principer",
    "reflection": "samtal",
    "limits": "granser",
    "method": "bilaga",
}


def render_pictures(sections: tuple[Section, ...]) -> dict[str, bytes]:
    """Return the figures of one report as PNG by file name; the same bytes for the same sections.

    Raises
    ------
    ReportError
        If a figure cannot be set.
    """
    figures = results(sections, Figure)
    if not figures:
        return {}
    drawings = {_drawing(figure): figure.block.svg for figure in figures}
    source = _source(figures, sections[0].document)
    try:
        made = compiled({MAIN: source, PREAMBLE: preamble(), **drawings}, format="png", ppi=DOTS_PER_INCH)
    except typst.TypstError:
        raise ReportError("En figur kunde inte göras till bild.") from None
    pages = made if isinstance(made, list) else [made]
    return {
        _name(figure): described(bytes(page), _texts(figure.block, sections[0].document), DOTS_PER_INCH)
        for figure, page in zip(figures, pages, strict=True)
    }


def _source(figures: Sequence[Numbered[Figure]], document: Document) -> str:
    rule = call("house-text.with", string(FAMILY), string(document.language), points(BODY_SIZE))
    lines = [f'#import "{PREAMBLE}": *', "#show: " + rule.removeprefix("#")]
    return "\n".join([*lines, *(_picture(figure, document) for figure in figures)]) + "\n"


def _picture(figure: Numbered[Figure], document: Document) -> str:
    block = figure.block
    natural, high = svg_size(block.svg)
    wide = natural * min(1.0, TEXT_WIDTH / natural, HIGHEST_FIGURE / high)
    room = max(wide, NARROWEST)

    def text(plain: str) -> str:
        return string(with_breaks(plain, room * 0.9, BODY_SIZE))

    return call(
        "picture",
        string(_drawing(figure)),
        string(block.alt),
        text(block.caption),
        text(block.note),
        basis=text(block.basis),
        width=points(wide),
        page_width=points(room + 2 * MARGIN),
        margin=points(MARGIN),
        whose=text(f"{document.municipality} · {document.unit} · {document.when}"),
        marks=array(document.marks, text),
    )


def _drawing(figure: Numbered[Figure]) -> str:
    return f"figure-{figure.number}.svg"


def _name(figure: Numbered[Figure]) -> str:
    section = SECTION_NAMES.get(figure.section, figure.section.replace("_", "-"))
    return f"figurer/{figure.number:02d}-{section}-{_slug(figure.block.caption)}".rstrip("-") + ".png"


def _slug(text: str) -> str:
    """Return the beginning of a text in letters that every file system and mail program takes."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    words = re.findall(r"[a-z0-9]+", plain)
    slug = "-".join(words)[: LONGEST_SLUG + 1]
    return slug if len(slug) <= LONGEST_SLUG else slug.rpartition("-")[0] or slug[:LONGEST_SLUG]


def _texts(block: Figure, document: Document) -> dict[str, str]:
    return {
        "Title": f"{block.caption} – {document.full_title}",
        "Author": document.municipality,
        "Description": block.alt,
    }
