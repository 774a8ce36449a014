"""Every report of the demonstration, and the real data set: PDF/UA-1, PDF/A-2a and the program's own checks."""

from itertools import product

import handouts
import page
import pdf_text
import pytest
from demo_units import DEMO_UNITS

import isu_analysis as isu
from isu_analysis.disclosure import decide
from isu_analysis.presentation import SECTIONS
from isu_analysis.reporting.exporters.accessibility import check_pdf
from isu_analysis.reporting.exporters.html_page import render_html
from isu_analysis.reporting.exporters.pdf import render_pdf

PROFILES = (page.ValidationProfile.PDF_UA_1, page.ValidationProfile.PDF_A_2A)


def checked(results, mode):
    """Render a report and hold it against both standards."""
    report = isu.protect(results, decide([results], mode))
    sections = [section for key in SECTIONS if (section := isu.show(report, key)) is not None]
    pdf = render_pdf(sections)
    for profile in PROFILES:
        assert page.validate_pdf_bytes(pdf, profile=profile).is_compliant, profile
    assert check_pdf(pdf) == []
    pages = pdf_text.page_texts(pdf)
    assert len(sections) == len(pages) == 1 or "Vilkasomkom" in "".join(pages[1].split()), (
        "page one is more than a page"
    )
    handouts.check_workbook(sections)
    handouts.check_pictures(sections)
    html = render_html(sections)
    assert "<script" not in html and "http" not in html.replace("http-equiv", "").replace("http://www.w3.org", "")
    return page.validate_pdf_bytes(pdf, profile=PROFILES[0])


# Every unit once in each release, and the year whose ratings were anonymous; `isu demo` holds all of them to the same.
EVERY = [
    *product(DEMO_UNITS, (2024,), ("internal",)),
    *product(DEMO_UNITS, (2023,), ("public",)),
    ("unga-vuxna", 2022, "internal"),
]


@pytest.mark.slow
@pytest.mark.parametrize(("unit", "year", "mode"), EVERY)
def test_demonstration_report_is_accessible(results_of, unit, year, mode):
    """Nineteen units, internal and public."""
    checked(results_of(f"exempelstad/{unit}", year), mode)


@pytest.mark.slow
@pytest.mark.parametrize("mode", ["internal", "public"])
def test_real_report_is_accessible(real_project, mode):
    """The real data set goes the same way."""
    checked(isu.analyse(isu.cohort("oppna-data/beat-the-blues", 2003, project=real_project)), mode)
