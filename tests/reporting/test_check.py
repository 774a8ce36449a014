"""What the last look can read in a finished report."""

from dataclasses import replace

import showcase

from isu_analysis.disclosure import scan
from isu_analysis.presentation.sealed import Figure, Heading, Section
from isu_analysis.reporting.check import readable
from isu_analysis.reporting.exporters.html_page import render_html
from isu_analysis.reporting.exporters.pdf import render_pdf

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
