"""From the sections of a report to its files: PDF, HTML and manifest together, or nothing at all."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from isu_analysis import files
from isu_analysis.intake.pseudonyms import owner_only
from isu_analysis.presentation.sealed import MIME_TYPE, Section

RUNS = "korningar"  # folder of executed notebooks
_OWN_NAME = re.compile(r"(?:[a-z0-9-]+/)?[a-z0-9_-]+\.[a-z]+")
_KEPT_METADATA = ("kernelspec", "language_info")


def export(sections: tuple[Section, ...]) -> dict[str, bytes]:
    """Render the sections of a report as its files: the report itself, its tables and its figures."""
    from isu_analysis.reporting.exporters.html_page import render_html
    from isu_analysis.reporting.exporters.pdf import render_pdf
    from isu_analysis.reporting.exporters.pictures import render_pictures
    from isu_analysis.reporting.exporters.workbook import render_workbook

    return {
        "report.pdf": render_pdf(sections),
        "report.html": render_html(sections).encode("utf-8"),
        "tabeller.xlsx": render_workbook(sections),
        **render_pictures(sections),
    }


def publish(folder: Path, contents: Mapping[str, bytes]) -> None:
    """Put a report's files in place together; the manifest comes last, so a report with one is whole.

    A file of the earlier report that the new one does not have is removed, unless somebody has changed it since.
    """
    files.write_together(folder, contents, gone=earlier(folder) - contents.keys())


def earlier(folder: Path) -> set[str]:
    """Names of the files that the report in `folder` was published with and that are as they were then."""
    try:
        hashes = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))["report"]
        return {name for name, told in hashes.items() if _is_ours(folder, name) and files.sha256(folder / name) == told}
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return set()  # no report, or a list that somebody has changed: nothing is known, so nothing is removed


def _is_ours(folder: Path, name: str) -> bool:
    """Whether a name in a list that anybody may have changed is that of a file in the folder or right below it."""
    return bool(_OWN_NAME.fullmatch(name)) and (folder / name).is_file()


def keep(project: Path, unit_key: str, name: str, data: bytes) -> None:
    """Keep an executed and checked notebook with the unit's protected data, not with the report; only its owner can read it."""
    path = project / "data_processed" / unit_key / RUNS / f"{name}.ipynb"
    with owner_only():
        files.write(path, data)
    if os.name == "posix":
        path.parent.chmod(0o700)  # made by an earlier version it may be open to others


def stripped(notebook: Any) -> bytes:
    """Give a notebook's text and sealed outputs, and nothing that tells of the machine or the moment.

    Papermill leaves absolute paths, user names and times in the metadata of the notebook and of every cell.
    """
    import nbformat

    clean = nbformat.v4.new_notebook(
        cells=[_clean_cell(cell, number) for number, cell in enumerate(notebook.cells)],
        metadata={name: notebook.metadata[name] for name in _KEPT_METADATA if name in notebook.metadata},
    )
    text: str = nbformat.writes(clean)
    return f"{text}\n".encode()


def _clean_cell(cell: Any, number: int) -> Any:
    import nbformat

    tags = cell.metadata.get("tags", [])
    # Papermill gives the cell it injects a random id; two runs shall give the same bytes.
    name = "injected-parameters" if "injected-parameters" in tags else cell.get("id", f"cell-{number}")
    metadata = {"tags": list(tags)} if tags else {}
    if cell.cell_type != "code":
        return nbformat.v4.new_markdown_cell(cell.source, id=name, metadata=metadata)
    sealed = [
        nbformat.v4.new_output("display_data", data={MIME_TYPE: output["data"][MIME_TYPE]})
        for output in cell.outputs
        if MIME_TYPE in output.get("data", {})
    ]
    return nbformat.v4.new_code_cell(cell.source, id=name, metadata=metadata, outputs=sealed)
