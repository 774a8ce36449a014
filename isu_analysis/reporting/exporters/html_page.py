"""The HTML of a report: one file that runs nothing and asks nobody for anything."""

from __future__ import annotations

import base64
import hashlib
from functools import cache
from importlib.resources import files
from typing import Any

from jinja2 import Environment, StrictUndefined, Template
from markupsafe import Markup
from nbconvert.exporters import Exporter

from isu_analysis.presentation.html import HtmlWriter, style_sheet
from isu_analysis.presentation.sealed import Section
from isu_analysis.reporting.exporters.assembly import sections_of
from isu_analysis.reporting.exporters.labels import labels


class HTMLExporter(Exporter):
    """Write the sealed sections of a notebook as one HTML file (``jupyter nbconvert --to isu_html``)."""

    file_extension = ".html"
    output_mimetype = "text/html"
    export_from_notebook = "ISU-rapport (HTML)"

    # The base class promises a notebook, and every exporter of its own returns text or bytes instead.
    def from_notebook_node(  # type: ignore[override]
        self, nb: Any, resources: Any = None, **kw: Any
    ) -> tuple[str, Any]:
        """Return the page and nbconvert's resources.

        Raises
        ------
        DisclosureError
            If nothing in the notebook is sealed, or what is sealed does not belong together.
        ReportError
            If a cell ended with an error, or the sections do not make one report.
        """
        notebook, resources = super().from_notebook_node(nb, resources, **kw)
        resources["output_extension"] = self.file_extension
        return render_html(sections_of(notebook)), resources


def render_html(sections: tuple[Section, ...]) -> str:
    """Return the HTML page of the sections of one report."""
    document = sections[0].document
    writer = HtmlWriter(document.language)
    bodies = [Markup(writer.write(section.blocks)) for section in sections]
    style = style_sheet("blocks.css") + _file("page.css")
    return template().render(
        document=document,
        labels=labels(document.language),
        bodies=bodies,
        contents=writer.contents,
        style=Markup(style),
        style_hash=_hash(style),
    )


def _hash(style: str) -> str:
    """Return the fingerprint by which the page's policy knows its one style sheet."""
    return base64.b64encode(hashlib.sha256(style.encode()).digest()).decode("ascii")


@cache
def template() -> Template:
    """Return the page, read once by each process."""
    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True)
    return environment.from_string(_file("page.html.j2"))


def _file(name: str) -> str:
    return (files("isu_analysis.reporting.exporters") / "templates" / name).read_text(encoding="utf-8")
