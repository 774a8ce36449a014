"""Free text and category names from files are text and nothing else, wherever they stand and however long they are."""

from __future__ import annotations

import io
import re
import shutil
import subprocess
import warnings
from html.parser import HTMLParser
from itertools import count

import handouts
import pdf_text
import pikepdf
import pytest
import showcase
from matplotlib.figure import Figure as Canvas
from matplotlib.text import Text

from isu_analysis.presentation import figures
from isu_analysis.presentation.figures import Bar, Part
from isu_analysis.presentation.figures.style import short
from isu_analysis.presentation.fonts import drawable
from isu_analysis.presentation.html import notebook_fragment
from isu_analysis.presentation.sealed import (
    Bullets,
    Callout,
    Column,
    Figure,
    Heading,
    KeyFigure,
    KeyFigures,
    Notes,
    Paragraph,
    Section,
    Table,
    TwoColumns,
    from_json,
    to_json,
)
from isu_analysis.presentation.text import clean
from isu_analysis.reporting.exporters.accessibility import check_pdf
from isu_analysis.reporting.exporters.html_page import render_html
from isu_analysis.reporting.exporters.pdf import render_pdf
from isu_analysis.reporting.exporters.tagging import elements

HOSTILE = {
    "typst code": '#eval("1+1") #panic() #{1} $x^2$ @label <label>',
    "markup": "[*_ `a` = Rubrik // \\u{41} \\ ~ ** [länk](http://x)",
    "html": "<script>alert(1)</script><!-- &amp; --></td></table> \"' onload=x",
    "template": "{{ document }} {% raw %} {0} %s {title}",
    "formula": "=HYPERLINK(0) +1 -1 @SUM(A1)",
    "emoji and signs": "\U0001f9e9\u200d\U0001f468 \u6f22 \ue000",
    "direction": "abc \u202edcba\u202c \u2066x\u2069 \u200fy",
    "control": "a\x00b\x07c\x1bd\x85e\ufffe",
    "decomposed": "A\u030angstro\u0308m e\u0301",
    "lines": "rad ett\nrad två\r\nrad tre\u2028rad fyra",
}
LONG = {
    "compound": "Försörjningsstödshandläggarkonferensdeltagarlista" * 4,
    "no space": "x" * 200,
    "digits": "1234567890" * 20,
    "path": "kommun/enhet_" * 16,
}
CAPTION = "En mycket lång bildtext som aldrig tar slut. " * 20


def everything(text: str) -> tuple[Section, ...]:
    """A report with every kind of block, where `text` stands in every place, each with a number of its own."""
    numbers = count(1)

    def t() -> str:
        return f"Q{next(numbers):03d} {text}"

    def table() -> Table:
        return Table(t(), (Column(t()), Column(t(), "right")), ((t(), t()), (t(), "5")), note=t(), basis=t())

    def figure() -> Figure:
        return Figure(showcase.drawing(3.0, 2.0), t(), t(), note=t(), basis=t())

    blocks = (
        Heading(t(), 2),
        Heading(t(), 3),
        Paragraph(t()),
        Bullets((t(), t())),
        Bullets((t(),), ordered=True),
        Callout(t(), t(), "warning"),
        Notes(t(), 2),
        KeyFigures((KeyFigure(t(), t(), t()), KeyFigure(t(), t(), t()))),
        table(),
        figure(),
        TwoColumns((Paragraph(t()), figure()), (table(), Bullets((t(),))), t(), t()),
    )
    about = showcase.document(
        title=t(), subtitle=t(), municipality=t(), unit=t(), marks=(t(), t()), footer="Q000 " + text
    )
    return (Section(about, "results", blocks, showcase.SEAL),)


class Shape(HTMLParser):
    """The elements of a page in order, its attribute names, and its texts."""

    def __init__(self, page: str):
        super().__init__()
        self.elements: list[tuple[str, ...]] = []
        self.texts: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        if tag != "br":  # a line of the text
            self.elements.append((tag, *(name for name, _ in attrs)))
        self.texts += [value for name, value in attrs if name in ("alt", "aria-label")]

    def handle_data(self, data):
        self.texts.append(data)


def squeezed(text: str) -> str:
    """Text without what a line break may add or take away."""
    return re.sub(r"[\s\u200b\u2010\u00ad-]", "", text)


def numbered(text: str) -> set[str]:
    return set(re.findall(r"Q\d{3}", text))


@pytest.fixture(scope="module")
def harmless():
    return everything("vanlig text")


@pytest.mark.parametrize("text", [*HOSTILE.values(), *LONG.values()], ids=[*HOSTILE, *LONG])
def test_a_page_has_the_same_elements_whatever_its_texts_say(harmless, text):
    sections = everything(text)
    page, plain = Shape(render_html(sections)), Shape(render_html(harmless))
    assert page.elements == plain.elements
    said = squeezed("".join(page.texts))
    expected = squeezed(clean(text))
    places = numbered("".join(plain.texts))
    assert len(places) >= 50
    for place in places:
        assert place + expected in said, place
    fragment, plain = (Shape(notebook_fragment(part[0].blocks, "sv")) for part in (sections, harmless))
    assert fragment.elements == plain.elements
    assert from_json(to_json(sections[0])) == sections[0]


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_a_pdf_has_the_same_tags_whatever_its_texts_say(harmless, text):
    made, plain = render_pdf(everything(text)), render_pdf(harmless)
    kinds = (
        "/H1",
        "/H2",
        "/H3",
        "/P",
        "/L",
        "/LI",
        "/Table",
        "/TR",
        "/TH",
        "/TD",
        "/Figure",
        "/Caption",
        "/Link",
        "/Formula",
    )

    def tags(data):
        with pikepdf.open(io.BytesIO(data)) as document:
            root = document.Root.StructTreeRoot
            return {kind: len(list(elements(root, kind))) for kind in kinds}

    # A line of its own inside a text adds no element but is set as one.
    assert tags(made) == tags(plain)
    assert check_pdf(made) == []
    said = squeezed("".join(pdf_text.page_texts(made)))
    expected = squeezed(drawable(clean(text)))
    places = numbered("".join(pdf_text.page_texts(plain)))
    assert len(places) > 40
    for place in places:
        assert place + expected in said, place


@pytest.mark.parametrize("text", [*HOSTILE.values(), *LONG.values()], ids=[*HOSTILE, *LONG])
def test_tables_and_figures_are_handed_out_whole_whatever_they_say(text):
    handouts.check_workbook(everything(text))
    handouts.check_pictures(everything(text))


@pytest.mark.skipif(not shutil.which("pdftotext"), reason="no pdftotext here: install poppler-utils")
@pytest.mark.parametrize("text", [*LONG.values(), CAPTION], ids=[*LONG, "caption"])
def test_nothing_runs_off_the_page_nor_into_the_next_column(text, tmp_path):
    path = tmp_path / "a.pdf"
    path.write_bytes(render_pdf(everything(text)))
    words = boxes(path)
    assert len(words) > 100
    for left, top, right, bottom, word in words:
        assert left >= 67 and right <= 595.3 - 67 + 3, word  # a hyphen hangs into the margin
        assert top > 0 and bottom < 841.9, word


def boxes(path):
    run = subprocess.run(["pdftotext", "-bbox", str(path), "-"], capture_output=True, check=True, text=True)
    pattern = r'<word xMin="([\d.]+)" yMin="([\d.]+)" xMax="([\d.]+)" yMax="([\d.]+)">([^<]*)</word>'
    return [(*map(float, found[:4]), found[4]) for found in re.findall(pattern, run.stdout)]


def test_a_row_stays_whole_and_the_head_is_repeated():
    """Forty rows, every seventh of several lines: a row begins and ends on one page, below the table's head."""
    rows = tuple(
        (f"R{n:02d}a " + "långt namn som bryts " * (9 if n % 7 == 0 else 1) + f"R{n:02d}z", "18,4") for n in range(40)
    )
    table = Table(CAPTION, (Column("Gruppernas namn"), Column("Poäng", "right")), rows, basis="5 av 9.")
    pages = [
        squeezed(text)
        for text in pdf_text.page_texts(render_pdf((Section(showcase.document(), "results", (table,), showcase.SEAL),)))
    ]
    assert len(pages) > 1
    for n in range(40):
        where = [page for page in pages if f"R{n:02d}a" in page]
        assert len(where) == 1 and f"R{n:02d}z" in where[0] and "Gruppernasnamn" in where[0]


def test_short_words_of_a_broad_table_stay_whole():
    """Nine columns with one hopeless word: only that word is broken."""
    heads = ("Kategori", "Bättre", "Samma", "Sämre", "Saknas", "Andel", "Mätta", "Antal", "Alla")
    row = ("x" * 200, "30 (52\u00a0%)", "21", "7", "färre än 5", "52\u00a0%", "58", "58", "93")
    table = Table("T", tuple(map(Column, heads)), (row,), basis="5 av 9.")
    text = "".join(pdf_text.page_texts(render_pdf((Section(showcase.document(), "results", (table,), showcase.SEAL),))))
    for head in heads[1:]:
        assert head in text, "hyphenated"


# Figures: labels from files stay inside the drawing and are never taken for anything else.


def drawn(label: str):
    """Every kind of figure that takes labels, with `label` in every place."""
    part = (Part(label, 3, "best", "3 (60\u00a0%)"), Part(label + "2", 2, "unknown", "2 (40\u00a0%)"))
    yield figures.divided_bars([Bar(label, part), Bar(label, part)])
    yield figures.measured_over_time([label, label, label], [3, 2, 1], ["3", "2", "1"], 4)
    yield figures.estimates(
        [label, label], [(1.0, 0.5, 1.5), (-1.0, -2.0, 0.5)], label, "ingen förändring", "{:.{}f}".format
    )


@pytest.mark.parametrize("label", [*HOSTILE.values(), *LONG.values()], ids=[*HOSTILE, *LONG])
def test_figures_keep_every_label_inside(label, monkeypatch):
    save, draw, seen, outside = Canvas.savefig, Text.draw, [], []

    def checked(canvas, *args, **kwargs):
        seen.clear()
        canvas.draw_without_rendering()
        frame = canvas.bbox.padded(1.0)
        for text in seen:
            box = text.get_window_extent()
            if not (frame.x0 <= box.x0 and box.x1 <= frame.x1 and frame.y0 <= box.y0 and box.y1 <= frame.y1):
                outside.append((text.get_text()[:40], box))
        save(canvas, *args, **kwargs)

    def noted(text, *args, **kwargs):
        if text.get_text().strip() and text.get_visible():
            seen.append(text)
        draw(text, *args, **kwargs)

    monkeypatch.setattr(Canvas, "savefig", checked)
    monkeypatch.setattr(Text, "draw", noted)
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # matplotlib warns when it draws a box for a missing glyph
        assert all("<svg" in svg for svg in drawn(label))
    assert outside == []


def test_a_label_that_is_one_long_word_is_cut_and_not_lost():
    assert short("Försörjningsstödsmottagningen", 18) == "Försörjningsstöds…"
    assert short("två korta ord", 10) == "två korta…"
    assert short("kort", 18) == "kort"
