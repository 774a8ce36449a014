"""The last look at a finished report before anybody else gets to see it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from isu_analysis.errors import ReportError
from isu_analysis.intake import store
from isu_analysis.settings import Unit

SHOWN = 5  # problems named in the message
SHORTEST = 8  # characters; a shorter text such as "/root" turns up by chance in an embedded picture


def check_report(project: Path, unit: Unit, release: str, contents: Mapping[str, bytes]) -> None:
    """Refuse a report that is not accessible or that holds something it must not hold.

    Raises
    ------
    ReportError
        The report is not published; an earlier one stays where it is.
    """
    from isu_analysis.disclosure import scan
    from isu_analysis.reporting.exporters.accessibility import check_pdf

    problems = [f"report.pdf: {problem}" for problem in check_pdf(contents["report.pdf"])]
    secret = forbidden(project, unit, release)
    for name, data in contents.items():
        problems += scan(name, data, secret)
    if problems:
        more = f" … och {len(problems) - SHOWN} till." if len(problems) > SHOWN else ""
        raise ReportError("rapporten klarade inte slutkontrollen. " + " ".join(problems[:SHOWN]) + more)


def forbidden(project: Path, unit: Unit, release: str) -> frozenset[str]:
    """Texts that no file of the report may hold: pseudonyms, folders, and raw file names in public."""
    processed = store.load(project, unit)
    found = {
        str(value) for frame in (processed.episodes, processed.measurements) for value in frame["episode"].dropna()
    }
    found |= {str(project), project.as_posix(), str(Path.home()), Path.home().as_posix()}
    if release == "public":
        found |= {str(file["file"]) for file in processed.about.get("files", []) if file}
    return frozenset(text for text in found if len(text) >= SHORTEST)
