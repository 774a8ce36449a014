"""Reports from executed notebooks: PDF and HTML that hold sealed sections and nothing else."""

from isu_analysis.reporting.exporters.html_page import HTMLExporter
from isu_analysis.reporting.exporters.pdf import PDFExporter

__all__ = ["HTMLExporter", "PDFExporter"]
