"""What the server imports besides, for processes that make whole reports. Nobody else imports this module."""

from __future__ import annotations

import contextlib
import importlib

from isu_analysis.reporting.kernels.preload import bring

MODULES = (
    "papermill",
    "nbconvert",
    "openpyxl",
    "pikepdf",
    "typst",
    "isu_analysis.reporting.exporters.pictures",
    "isu_analysis.reporting.exporters.workbook",
    "isu_analysis.reporting.exporters.html_page",
    "isu_analysis.reporting.exporters.pdf",
    "isu_analysis.reporting.run",
)

bring(MODULES)
with contextlib.suppress(ImportError):
    importlib.import_module("nbformat.validator").get_validator(4, 5)
    importlib.import_module("isu_analysis.reporting.forbidden").spoken()  # the words of all reports, read once
    importlib.import_module("isu_analysis.reporting.exporters.html_page").template()
    importlib.import_module("isu_analysis.reporting.manifest").versions()
bring(())
