"""PDF and HTML: accessible, the same every time, and holding nothing but what was sealed."""

from __future__ import annotations

import base64
import hashlib
import io
import os
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from xml.etree import ElementTree

import nbformat
import page
import pdf_text
import pikepdf
import pytest
import showcase

from isu_analysis.errors import DisclosureError, ReportError
from isu_analysis.presentation import fonts
from isu_analysis.presentation.sealed import Column, Figure, Heading, Paragraph, Section, Table
from isu_analysis.reporting.exporters import HTMLExporter, PDFExporter
from isu_analysis.reporting.exporters.accessibility import check_pdf
from isu_analysis.reporting.exporters.columns import table_layout, with_breaks
from isu_analysis.reporting.exporters.pdf import render_pdf
from isu_analysis.reporting.exporters.tagging import children, elements
from isu_analysis.reporting.exporters.typst import TEXT_WIDTH

HERE = Path(__file__).parent


def export(exporter, *sections):
    return exporter().from_notebook_node(showcase.notebook(*sections))[0]


def one_section(*blocks, **changes):
    return Section(showcase.document(**changes), "one", blocks, showcase.SEAL)


def squeezed(text):
    """Text without what a line break may add or take away."""
    return re.sub(r"[\s\u200b\u2010-]", "", text)


@pytest.fixture(scope="module")
def pdf():
    return export(PDFExporter)


@pytest.fixture(scope="module")
def html():
    return export(HTMLExporter)


@pytest.fixture(scope="module")
def pages(pdf):
    return [squeezed(text) for text in pdf_text.page_texts(pdf)]


@pytest.mark.parametrize("profile", [page.ValidationProfile.PDF_UA_1, page.ValidationProfile.PDF_A_2A])
def test_pdf_conforms(pdf, profile):
    report = page.validate_pdf_bytes(pdf, profile=profile)
    assert report.is_compliant, report.failures
    assert report.rules.total > 100


def test_english_and_smallest_report_conform():
    data = render_pdf((one_section(Paragraph("Text"), language="en", marks=(), subtitle="", footer=""),))
    assert page.validate_pdf_bytes(data, profile=page.ValidationProfile.PDF_UA_1).is_compliant
    assert "Page1of1" in squeezed(pdf_text.page_texts(data)[0])
    assert check_pdf(data) == []


def test_pdf_says_what_it_is(pdf):
    with pikepdf.open(io.BytesIO(pdf)) as document:
        assert str(document.Root.Lang) == "sv"
        assert document.docinfo["/Author"] == "Exempelstad"
        assert "Unga vuxna" in str(document.docinfo["/Title"])
        assert str(document.docinfo["/CreationDate"]).startswith("D:20250331000000")
        with document.open_outline() as outline:
            assert [item.title for item in outline.root][:2] == ["Det viktigaste", "Resultat per mått"]
            assert [item.title for item in outline.root[1].children] == ["Upplevd psykisk hälsa"]


def test_marks_and_page_numbers_stand_on_every_page(pages):
    for number, text in enumerate(pages, start=1):
        for mark in showcase.document().marks:
            assert squeezed(mark) in text
        assert f"Sida{number}av{len(pages)}" in text


def test_hostile_text_is_only_text(pages, html):
    everything = "".join(pages)
    for text in showcase.HOSTILE:
        assert squeezed(text) in everything
    assert squeezed("Förbättrade, oförändrade och försämrade visas alltid tillsammans") in everything
    assert "−6,3" in everything and "≥10" in everything and "ÅÄÖ" in everything
    assert showcase.LONG in everything
    assert "<script" not in html and "&lt;script&gt;alert(1)&lt;/script&gt;" in html


def test_missing_glyphs_are_written_out(pages, html):
    everything = "".join(pages)
    assert "[U+1F9E9]" in everything and "[U+6F22]" in everything
    assert showcase.EMOJI in html and showcase.CJK in html
    assert fonts.drawable("\ue000 å − \U0001f9e9") == "[U+E000] å − [U+1F9E9]"


def test_nothing_outside_sealed_sections_is_printed(pages, html):
    assert "HEMLIG" not in "".join(pages) and "HEMLIG" not in html
    assert "hemlig_kod" not in html and showcase.SEAL not in html


def test_same_bytes_twice_and_in_threads(pdf, html):
    assert export(PDFExporter) == pdf
    assert export(HTMLExporter) == html
    with ThreadPoolExecutor(2) as pool:
        assert set(pool.map(export, [PDFExporter] * 4)) == {pdf}


def test_same_bytes_from_another_process_and_time_zone(pdf, html):
    code = (
        "import hashlib, showcase\n"
        "from isu_analysis.reporting.exporters import HTMLExporter, PDFExporter\n"
        "nb = showcase.notebook()\n"
        "print(hashlib.sha256(PDFExporter().from_notebook_node(nb)[0]).hexdigest())\n"
        "print(hashlib.sha256(HTMLExporter().from_notebook_node(nb)[0].encode()).hexdigest())"
    )
    environment = {**os.environ, "TZ": "Pacific/Auckland", "PYTHONHASHSEED": "7", "PYTHONPATH": str(HERE)}
    run = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, check=True)
    expected = [hashlib.sha256(data).hexdigest() for data in (pdf, html.encode())]
    assert run.stdout.decode().split() == expected


def test_rows_have_heads_that_cells_refer_to(pdf):
    with pikepdf.open(io.BytesIO(pdf)) as document:
        tables = list(elements(document.Root.StructTreeRoot, "/Table"))
        names = [bytes(name) for name in list(document.Root.StructTreeRoot.IDTree.Names)[::2]]
        assert names == sorted(set(names))
        rows = children(children(tables[0])[2])
        head, cell = children(rows[0])[:2]
        assert str(head.S) == "/TH" and any(part.get("/Scope") == "/Row" for part in head.A)
        assert any(str(head.ID) in map(str, part.get("/Headers", ())) for part in cell.A)
        assert bytes(head.ID) in names
        last = [str(element.S) for element in children(children(children(tables[-1])[2])[0])]
        assert last == ["/TD", "/TD"]


def test_long_table_repeats_its_head(pages):
    assert sum("KommentarGrupp" in text or "SkillnadKommentar" in text for text in pages) >= 2


def test_own_checks_pass_and_find_what_is_missing(pdf):
    assert check_pdf(pdf) == []
    with pikepdf.open(io.BytesIO(pdf)) as document:
        for name in ("/MarkInfo", "/Lang", "/ViewerPreferences", "/Metadata"):
            del document.Root[name]
        next(elements(document.Root.StructTreeRoot, "/Figure")).Alt = pikepdf.String("")
        for head in list(elements(next(elements(document.Root.StructTreeRoot, "/Table")), "/TH")):
            head.S = pikepdf.Name.TD
        for thing in document.objects:
            if isinstance(thing, pikepdf.Dictionary) and "/FontFile2" in thing:
                del thing["/FontFile2"]
        target = io.BytesIO()
        document.save(target)
    found = " ".join(check_pdf(target.getvalue()))
    for said in (
        "MarkInfo",
        "Lang",
        "DisplayDocTitle",
        "dc:title",
        "PDF/UA-1",
        "PDF/A-2a",
        "Figur 1",
        "Tabell 1",
        "typsnitt",
    ):
        assert said in found


def test_own_checks_survive_what_is_no_pdf():
    empty = io.BytesIO()
    pikepdf.new().save(empty)
    assert "StructTreeRoot" in " ".join(check_pdf(empty.getvalue()))
    assert len(check_pdf(b"ingen pdf")) == 1


def test_html_asks_nobody_for_anything(html):
    assert "<script" not in html and "http:" not in html and "https:" not in html
    assert not re.search(r"<link|<iframe|<object|\bsrc=\"(?!data:image/svg\+xml;base64,)|@import|url\(", html)
    assert not re.search(r"<[^>]+\s(style|on\w+)=", html)
    style = re.search(r"<style>(.*?)</style>", html, re.DOTALL)[1]
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert html.count("<style>") == 1 and f"style-src 'sha256-{digest}'" in html
    assert "default-src 'none'; img-src data:;" in html


def test_html_can_be_read_by_everyone(html):
    assert '<html lang="sv">' in html and '<meta name="robots" content="noindex, nofollow">' in html
    assert html.count("<h1>") == 1 and 'class="skip" href="#content"' in html and '<main id="content"' in html
    assert all(re.search(r'alt="[^"]+"', image) for image in re.findall(r"<img[^>]*>", html))
    assert all(re.search(r'scope="(col|row)"', head) for head in re.findall(r"<th\b[^>]*>", html))
    assert html.count("<table>") == html.count("<caption>") == html.count('role="region" tabindex="0"')
    anchors = re.findall(r'href="#(\w+)"', html)
    assert all(f'id="{anchor}"' in html for anchor in anchors)
    for mark in showcase.document().marks:
        assert f"<li>{mark}</li>" in html


def test_html_is_well_formed(html):
    closed = re.sub(r"<(meta|img|br)\b([^>]*)>", r"<\1\2/>", html.replace("<!DOCTYPE html>", ""))
    ElementTree.fromstring(closed)


def luminance(colour):
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def test_colours_have_contrast_enough_for_text(html):
    themes = [dict(re.findall(r"--(\w+): (#[0-9a-f]+)", theme)) for theme in re.findall(r":root {(.*?)}", html)]
    # Light, dark and print.
    assert len(themes) == 3
    for theme in themes:
        for text in ("ink", "muted", "accent"):
            for ground in ("paper", "tint"):
                light, dark = sorted((luminance(theme[text]), luminance(theme[ground])), reverse=True)
                assert (light + 0.05) / (dark + 0.05) >= 4.5, (text, ground)


@pytest.mark.parametrize("exporter", [PDFExporter, HTMLExporter])
def test_what_does_not_belong_together_is_refused(exporter):
    first, second = showcase.sections()[:2]
    other = showcase.sections(seal="f" * 64)[1]
    with pytest.raises(DisclosureError, match="sigill"):
        export(exporter, first, other)
    with pytest.raises(DisclosureError, match="dokument"):
        export(exporter, first, showcase.sections(year=2023)[1])
    with pytest.raises(ReportError, match="’summary’ visas två gånger"):
        export(exporter, first, second, first)
    with pytest.raises(DisclosureError, match="inget avsnitt"):
        exporter().from_notebook_node(nbformat.v4.new_notebook())


@pytest.mark.parametrize("exporter", [PDFExporter, HTMLExporter])
def test_errors_are_refused_by_cell_and_class_alone(exporter):
    notebook = showcase.notebook()
    notebook.cells[3].outputs.append(
        nbformat.v4.new_output("error", ename="ValueError", evalue="HEMLIGT värde", traceback=["HEMLIG rad"])
    )
    with pytest.raises(ReportError, match=r"Cell 4 .*\(ValueError\)") as refusal:
        exporter().from_notebook_node(notebook)
    assert "HEMLIG" not in str(refusal.value)
    notebook.cells[3].outputs[-1].ename = "HEMLIG klass"
    with pytest.raises(ReportError, match="okänt"):
        exporter().from_notebook_node(notebook)


def test_subheading_without_heading_is_refused():
    with pytest.raises(ReportError, match="’one’"):
        export(PDFExporter, one_section(Heading("Under", 3)))


def test_failed_typesetting_names_the_section_and_not_its_text():
    broken = Figure(
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9" width="9" height="9"><path d="M0 0"/></svg>',
        "alt",
        "Bild",
    )
    object.__setattr__(broken, "svg", broken.svg.replace("<svg", "<HEMLIG"))
    with pytest.raises(ReportError, match="’one’") as refusal:
        render_pdf((one_section(Heading("Rubrik"), broken),))
    assert "HEMLIG" not in str(refusal.value) and refusal.value.__suppress_context__


def test_columns_fit_the_page_and_long_words_break():
    wide = Table("T", tuple(Column(f"Kategori {n}") for n in range(14)), (("Socialtjänst",) * 14,))
    layout = table_layout(wide, TEXT_WIDTH)
    assert sum(layout.widths) + layout.gutter * 13 <= TEXT_WIDTH
    assert with_breaks("a" * 40, 50, 9).count("\u200b") == 39
    assert with_breaks("socialtjänstlagstiftning", 50, 9) == "socialtjänstlagstiftning"
    assert with_breaks("2024-01-01–2024-12-31", 60, 9).split("\u200b") == ["2024-", "01-", "01–", "2024-", "12-", "31"]


@pytest.mark.slow
@pytest.mark.parametrize(("name", "suffix"), [("isu_pdf", ".pdf"), ("isu_html", ".html")])
def test_nbconvert_writes_it_from_any_folder(name, suffix, tmp_path, pdf, html):
    nbformat.write(showcase.notebook(), tmp_path / "rapport.ipynb")
    command = [sys.executable, "-m", "nbconvert", "--to", name, "rapport.ipynb"]
    subprocess.run(command, cwd=tmp_path, capture_output=True, check=True)
    written = (tmp_path / "rapport").with_suffix(suffix).read_bytes()
    # nbconvert writes text with the system's own line ends.
    assert written == pdf if suffix == ".pdf" else written.replace(b"\r\n", b"\n") == html.encode()
