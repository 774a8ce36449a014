"""The last look at a finished report before anybody else gets to see it."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Mapping, Sequence, Set
from pathlib import Path

from isu_analysis.disclosure.scan import Forbidden
from isu_analysis.errors import ReportError
from isu_analysis.reporting.forbidden import about_the_machine, forbidden
from isu_analysis.reporting.readable import readable
from isu_analysis.settings import Unit

_SOMEWHERE = "två av rapportens filer innehåller tillsammans något som inte får stå där."
SHOWN = 5  # problems named in the message
_DRAWING = re.compile(r'"svg": "(?:[^"\\]|\\.)*"')  # in JSON
_SUM = re.compile(r"(?<![0-9a-z])[0-9a-f]{32,}(?![0-9a-z])")  # a checksum as programs write them


def check_report(project: Path, units: Sequence[Unit], release: str, contents: Mapping[str, bytes]) -> None:
    """Refuse a report that is not accessible or that holds something it must not hold.

    Raises
    ------
    ReportError
        The report is not published; an earlier one stays where it is.
    """
    from isu_analysis.reporting.exporters.accessibility import check_pdf

    problems = [f"report.pdf: {problem}" for problem in check_pdf(contents["report.pdf"])]
    secret = forbidden(project, units, release)
    published = {hashlib.sha256(data).hexdigest() for data in contents.values()}
    published |= {
        str(json.loads(contents["manifest.json"]).get("ledger"))
    }  # of an entry with a salt: it confirms no guess
    texts = {name: readable(name, data) for name, data in contents.items()}
    if _finds(
        "rapporten", "\n".join(texts.values()), secret
    ):  # the files say the same: only a find is worth a look at each
        problems += [problem for name, text in texts.items() for problem in _finds(name, text, secret)] or [_SOMEWHERE]
    if release == "public":
        problems += [problem for name, text in texts.items() for problem in _unknown_sums(name, text, published)]
    _refuse("rapporten", problems)


def _unknown_sums(name: str, text: str, published: Set[str]) -> Iterator[str]:
    """A checksum of anything but the published files could confirm a guess at what it is the sum of."""
    if not set(_SUM.findall(text)) <= published:
        yield f"{name} innehåller en kontrollsumma av något annat än det som publiceras."


def check_notebook(project: Path, unit: Unit, name: str, data: bytes) -> None:
    """Refuse to keep an executed notebook that shows anything that the report itself must not hold.

    Its code is the project's own, as it lies in ``notebooks/``; what a run adds is its parameters and its outputs.
    The drawings among these are those of the report's web page, where they are searched.

    Raises
    ------
    ReportError
    """
    notebook = json.loads(data)
    cells = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
    added = [cell["source"] for cell in cells if cell["id"] == "injected-parameters"]
    text = json.dumps([name, notebook["metadata"], added, [cell["outputs"] for cell in cells]], ensure_ascii=False)
    _refuse("den körda anteckningsboken", _finds(name, _DRAWING.sub("", text), forbidden(project, [unit], "internal")))


def check_page(project: Path, name: str, data: bytes) -> None:
    """Refuse a page above the reports that tells of the machine, a key or a person.

    Raises
    ------
    ReportError
    """
    _refuse(f"sidan {name}", _finds(name, readable(name, data), about_the_machine(project)))


def _finds(name: str, text: str, words: Forbidden) -> list[str]:
    from isu_analysis.disclosure import scan

    try:
        return scan(name, text, words)
    except Exception:  # noqa: BLE001 - a search that stops half-way has found nothing out
        raise ReportError(f"slutkontrollen av {name} gick inte att göra.") from None


def _refuse(what: str, problems: Sequence[str]) -> None:
    if problems:
        more = f" … och {len(problems) - SHOWN} till." if len(problems) > SHOWN else ""
        raise ReportError(f"{what} klarade inte slutkontrollen. " + " ".join(problems[:SHOWN]) + more)
