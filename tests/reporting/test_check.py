"""What the last look can read in a finished report."""

from dataclasses import replace

import showcase

from isu_analysis.disclosure import scan
from isu_analysis.presentation.sealed import Column, Figure, Heading, Section, Table
from isu_analysis.reporting.exporters.html_page import render_html
from isu_analysis.reporting.exporters.pdf import render_pdf
from isu_analysis.reporting.readable import readable, without_outlines

PSEUDONYM = "am7gnktugvdwawhztvgl6edj"


def report_with(alt="En teckning", title="Enheten"):
    """A report of one figure, in both formats."""
    document = replace(showcase.sections()[0].document, title=title)
    blocks = (Heading("Rubrik"), Figure(showcase.drawing(), alt, "Bildtext"))
    section = Section(document, "first_page", blocks, showcase.SEAL)
    return {"report.pdf": render_pdf([section]), "report.html": render_html([section]).encode()}


def test_alternative_texts_and_titles_are_read():
    """A pseudonym in an alternative text or in the title is found in either format."""
    for contents in (report_with(alt=f"Figur {PSEUDONYM}"), report_with(title=f"Enhet {PSEUDONYM}")):
        for name, data in contents.items():
            assert scan(name, readable(name, data), [PSEUDONYM]), name


def test_an_ordinary_report_passes():
    """Neither compressed pages nor embedded pictures look like addresses or person numbers."""
    for name, data in report_with().items():
        assert scan(name, readable(name, data), [PSEUDONYM]) == []


def test_the_outline_of_a_drawing_is_no_number_of_a_person():
    """By chance two coordinates look like one; the same figures in any other place are found."""
    number = "19121212-1212"  # the tax agency's test number
    drawing = f'<svg><path d="M 0.5 {number}\nL 3 4z" style="x"/></svg>'
    for source in (drawing, drawing.replace('"', '\\"').replace("\n", "\\n")):
        assert number not in without_outlines(source)
        assert without_outlines(source).count("style") == 1
    for shown in (f'<p d="{number}">', f'<p id="M {number}">', f'd="M 1 {number} Anna"'):
        assert number in without_outlines(shown)


def test_cells_beside_each_other_are_no_number_of_a_person():
    """Two cells of a table with figures are two numbers; the pieces of a word, or of a number with its hyphen, are one."""
    columns = tuple(Column(name, "right") for name in ("Ålder", "n", "av", "saknas"))
    table = Table("Antal", columns, (("20–24", "12", "22", "11"), ("25–29", "1", "2", "3")))
    section = Section(showcase.sections()[0].document, "first_page", (Heading("Rubrik"), table), showcase.SEAL)
    text = readable("report.pdf", render_pdf([section]))
    assert "".join(("24", *table.rows[0][1:])) not in text and not scan("report.pdf", text)
    word = Section(section.document, "first_page", (Heading(f"AV {PSEUDONYM} VA"),), showcase.SEAL)
    assert scan("report.pdf", readable("report.pdf", render_pdf([word])), [PSEUDONYM])
