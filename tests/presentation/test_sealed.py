"""Sections: what they refuse, what they show, and that JSON comes back as what it was."""

from __future__ import annotations

import copy
import dataclasses
import json

import pytest

from isu_analysis.errors import DisclosureError, ReportError
from isu_analysis.presentation.html import HtmlWriter
from isu_analysis.presentation.sealed import (
    MIME_TYPE,
    Bullets,
    Callout,
    Column,
    Document,
    Figure,
    Heading,
    KeyFigure,
    KeyFigures,
    PageBreak,
    Paragraph,
    Section,
    Table,
    TwoColumns,
    from_json,
    to_json,
)
from isu_analysis.presentation.svg import plain_svg, svg_size
from isu_analysis.presentation.text import clean

SEAL = "ab12" * 8
SVG = '<svg xmlns="http://www.w3.org/2000/svg" width="72pt" height="36pt"><path d="M0 0h9"/></svg>'
DOCUMENT = Document("Titel", "", "Exempelstad", "Unga", 2024, "sv", "2025-03-31", "internal", ("Utkast",))
BLOCKS = (
    Heading("Rubrik", 2),
    Paragraph("åäö − ≥ – <b>"),
    Bullets(("ett", "två"), ordered=True),
    Callout("Det vet vi", "text", "known"),
    KeyFigures((KeyFigure("andel", "52 %"),)),
    Table("Tabell", (Column("A"), Column("B", "right")), (("a", "1"), ("b", ""))),
    Figure(SVG, "beskrivning", "Figur"),
    TwoColumns((Paragraph("v"),), (Paragraph("h"),), "Vänster", "Höger"),
    PageBreak(),
)


@pytest.fixture
def section():
    return Section(DOCUMENT, "change", BLOCKS, SEAL)


def test_json_comes_back_as_the_same_section(section):
    assert from_json(json.loads(json.dumps(to_json(section)))) == section


def test_bundle_holds_the_seal_and_no_numbers_in_plain_text(section):
    bundle = section._repr_mimebundle_()
    assert bundle[MIME_TYPE]["seal"] == SEAL
    assert not any(character.isdigit() for character in bundle["text/plain"])
    assert repr(section) == bundle["text/plain"]
    assert "&lt;b&gt;" in bundle["text/html"] and "<b>" not in bundle["text/html"]


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda j: j.pop("seal"), "sigill"),
        (lambda j: j.update(seal="inget sigill"), "sigill"),
        (lambda j: j.update(version=1), "form"),
        (lambda j: j.update(extra=1), "form"),
        (lambda j: j["blocks"][2].update(kind="HEMLIG"), "Block 3"),
        (lambda j: j["blocks"][2].update(HEMLIG="HEMLIG"), "Block 3"),
        (lambda j: j["blocks"][1].update(text=["HEMLIG"]), "Block 2"),
        (lambda j: j["blocks"][1].pop("text"), "Block 2"),
        (lambda j: j["blocks"][5]["rows"].append(["HEMLIG"]), "Block 6"),
        (lambda j: j["blocks"][5]["columns"][0].update(align="HEMLIG"), "Block 6"),
        (lambda j: j["blocks"][6].update(alt=""), "Block 7"),
        (lambda j: j["blocks"].append("HEMLIG"), "Block 10"),
        (lambda j: j["document"].update(year="HEMLIG"), "Dokumentets"),
        (lambda j: j["document"].update(year=True), "Dokumentets"),
        (lambda j: j.update(key="HEMLIG NYCKEL"), "nyckel"),
        (lambda j: j.update(blocks=[]), "blocks"),
    ],
)
def test_spoilt_json_is_refused_without_repeating_it(section, spoil, said):
    values = copy.deepcopy(to_json(section))
    spoil(values)
    with pytest.raises(DisclosureError, match=said) as refusal:
        from_json(values)
    assert "HEMLIG" not in str(refusal.value)
    assert refusal.value.__cause__ is None


@pytest.mark.parametrize("values", [None, [], "text", {}, {"seal": 1}])
def test_what_is_no_section_is_refused(values):
    with pytest.raises(DisclosureError):
        from_json(values)


@pytest.mark.parametrize(
    "make",
    [
        lambda: Figure(SVG, "", "Figur"),
        lambda: Figure(SVG, "beskrivning", " "),
        lambda: Heading("Rubrik", 1),
        lambda: Heading(" ", 2),
        lambda: Paragraph(12),
        lambda: Table("T", (Column("A"),), ()),
        lambda: Table("T", (Column("A"),), ((1,),)),
        lambda: Table("", (Column("A"),), (("1",),)),
        lambda: Column(""),
        lambda: Callout("T", "t", "glad"),
        lambda: KeyFigures(()),
        lambda: KeyFigures((KeyFigure("a", "1"),) * 5),
        lambda: TwoColumns((Heading("R", 3),), (Paragraph("h"),), "V", "H"),
        lambda: dataclasses.replace(DOCUMENT, as_of="2025-02-30"),
        lambda: dataclasses.replace(DOCUMENT, as_of="20250331"),
        lambda: dataclasses.replace(DOCUMENT, release="hemlig"),
    ],
)
def test_blocks_that_could_not_be_read_by_everyone_do_not_exist(make):
    with pytest.raises(ReportError):
        make()


def test_section_without_seal_does_not_exist():
    with pytest.raises(DisclosureError):
        Section(DOCUMENT, "change", BLOCKS, "")


def test_lists_are_taken_for_tuples():
    assert Bullets(["a"]) == Bullets(("a",))
    assert hash(Table("T", [Column("A")], [["1"]])) == hash(Table("T", (Column("A"),), (("1",),)))


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        ("a\x00b\x1bc", "abc"),
        ("rad\r\nrad\rrad\u2028rad", "rad\nrad\nrad\nrad"),
        ("a\u030a", "å"),
        ("\u202eabc\u2066", "abc"),
        ("so\u00adcial", "so\u00adcial"),
        ("1\u00a0234", "1\u00a0234"),
        ("\ud800\uffff", ""),
        ("\U0001f9e9", "\U0001f9e9"),
    ],
)
def test_text_is_cleaned_when_a_block_is_made(raw, shown):
    assert clean(raw) == shown
    if shown:
        assert Paragraph(raw).text == shown


@pytest.mark.parametrize(
    "inner",
    [
        "<script>alert(1)</script>",
        '<image href="/etc/passwd"/>',
        '<image xmlns:xlink="http://www.w3.org/1999/xlink" xlink:href="http://example.org/a.png"/>',
        '<path onload="alert(1)"/>',
        '<path style="fill:url(http://example.org/x)"/>',
        "<style>@import 'http://example.org/x'</style>",
        "<foreignObject/>",
        "<path>",
    ],
)
def test_figures_that_reach_outside_themselves_are_refused(inner):
    with pytest.raises(ReportError):
        plain_svg(SVG.replace("<path", inner + "<path", 1))


def test_svg_keeps_what_points_within_and_loses_prolog_and_metadata():
    drawn = SVG.replace(
        "<path", '<metadata><x href="http://a"/></metadata><use href="#p"/><path style="clip-path: url(#c)"', 1
    )
    prolog = '<?xml version="1.0"?>\n<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://x/svg11.dtd">\n'
    assert "http://x" not in plain_svg(prolog + drawn) and "metadata" not in plain_svg(prolog + drawn)
    assert svg_size(SVG) == (72, 36)
    assert svg_size('<svg viewBox="0 0 100 50">') == (75, 37.5)


def test_entities_are_refused_before_they_can_grow():
    with pytest.raises(ReportError):
        plain_svg('<!DOCTYPE svg [<!ENTITY a "b">]>' + SVG)


def test_html_holds_no_style_and_escapes_attributes():
    body = HtmlWriter("sv").write((*BLOCKS, Figure(SVG, '"><script>', "c")))
    assert "style=" not in body and "<script" not in body
    assert 'alt="&quot;&gt;&lt;script&gt;"' in body
