"""The PDF of a report: PDF/UA-1 and PDF/A-2a, and the same bytes for the same notebook."""

from __future__ import annotations

from datetime import UTC, datetime, time
from typing import Any

import typst
from nbconvert.exporters import Exporter

from isu_analysis.errors import ReportError
from isu_analysis.presentation.sealed import Section
from isu_analysis.reporting.exporters.assembly import sections_of
from isu_analysis.reporting.exporters.tagging import tag_row_headers
from isu_analysis.reporting.exporters.typesetter import compiled
from isu_analysis.reporting.exporters.typst import MAIN, PREAMBLE, TypstWriter, preamble


class PDFExporter(Exporter):
    """Write the sealed sections of a notebook as an accessible PDF (``jupyter nbconvert --to isu_pdf``)."""

    file_extension = ".pdf"
    output_mimetype = "application/pdf"
    export_from_notebook = "ISU-rapport (PDF)"

    # The base class promises a notebook, and every exporter of its own returns text or bytes instead.
    def from_notebook_node(  # type: ignore[override]
        self, nb: Any, resources: Any = None, **kw: Any
    ) -> tuple[bytes, Any]:
        """Return the PDF and nbconvert's resources.

        Raises
        ------
        DisclosureError
            If nothing in the notebook is sealed, or what is sealed does not belong together.
        ReportError
            If a cell ended with an error, or the report cannot be typeset.
        """
        notebook, resources = super().from_notebook_node(nb, resources, **kw)
        resources["output_extension"] = self.file_extension
        return render_pdf(sections_of(notebook)), resources


def render_pdf(sections: tuple[Section, ...]) -> bytes:
    """Return the PDF of the sections of one report."""
    writer = TypstWriter()
    source = writer.write(sections, sections[0].document)
    files = {MAIN: source, PREAMBLE: preamble(), **writer.images}
    # Midnight UTC of the data's own date: the file may not tell when, or in which time zone, it was made.
    stamp = datetime.combine(sections[0].document.day(), time(), UTC)
    try:
        tagged = compiled(files, format="pdf", pdf_standards=["ua-1", "a-2a"], timestamp=int(stamp.timestamp()))
    except typst.TypstError as problem:
        raise ReportError(_blame(problem, writer.places)) from None
    return tag_row_headers(bytes(tagged), writer.row_headers)


def _blame(problem: typst.TypstError, places: dict[str, str]) -> str:
    """Return which section could not be set; the typesetter's own message may quote its text."""
    said = problem.diagnostic or ""
    key = next((key for place, key in places.items() if place in said), "")
    where = f"avsnittet ’{key}’" if key else "rapporten"
    return f"PDF:en kunde inte sättas så att den blir tillgänglig; felet finns i {where}."
