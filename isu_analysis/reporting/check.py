"""The last look at a finished report before anybody else gets to see it."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from isu_analysis.errors import ReportError
from isu_analysis.intake import store
from isu_analysis.settings import Unit

SHOWN = 5  # problems named in the message
_EMBEDDED = re.compile(r"data:image/[a-z+]+;base64,[A-Za-z0-9+/=]+")
SHORTEST = 8  # characters; a shorter text such as "/root" turns up by chance in an embedded picture


def check_report(project: Path, units: Sequence[Unit], release: str, contents: Mapping[str, bytes]) -> None:
    """Refuse a report that is not accessible or that holds something it must not hold.

    Raises
    ------
    ReportError
        The report is not published; an earlier one stays where it is.
    """
    from isu_analysis.disclosure import scan
    from isu_analysis.reporting.exporters.accessibility import check_pdf

    problems = [f"report.pdf: {problem}" for problem in check_pdf(contents["report.pdf"])]
    secret = frozenset().union(*(forbidden(project, unit, release) for unit in units))
    for name, data in contents.items():
        problems += scan(name, readable(name, data), secret)
    if problems:
        more = f" … och {len(problems) - SHOWN} till." if len(problems) > SHOWN else ""
        raise ReportError("rapporten klarade inte slutkontrollen. " + " ".join(problems[:SHOWN]) + more)


def readable(name: str, data: bytes) -> str:
    """Everything in a file that somebody could read.

    The text on a PDF's pages is set from the same sections as the HTML and is searched there; its title, metadata
    and alternative texts are searched here. Embedded pictures are base64, in which any short word turns up by chance.
    """
    texts = _TEXTS.get(Path(name).suffix)
    return "\n".join(texts(data)) if texts else _EMBEDDED.sub("", data.decode("utf-8"))


def _strings(data: bytes) -> Iterator[str]:
    import pikepdf

    with pikepdf.open(io.BytesIO(data)) as pdf:
        yield str(pdf.Root.Metadata.read_bytes(), "utf-8") if "/Metadata" in pdf.Root else ""
        for thing in [pdf.trailer, *pdf.objects]:
            yield from _strings_in(thing)


def _strings_in(thing: Any) -> Iterator[str]:
    """Strings directly inside one PDF object; objects it refers to have their own turn."""
    import pikepdf

    if isinstance(thing, pikepdf.String):
        yield str(thing)
    elif isinstance(thing, pikepdf.Dictionary | pikepdf.Stream):
        for value in dict(thing.items()).values():
            yield from _strings_in(value) if not getattr(value, "is_indirect", False) else ()
    elif isinstance(thing, pikepdf.Array):
        for value in list(thing):
            yield from _strings_in(value) if not getattr(value, "is_indirect", False) else ()


def _workbook_texts(data: bytes) -> Iterator[str]:
    """Every text and attribute of every part of a workbook; the names of its parts are the file format's own."""
    from xml.etree import ElementTree

    with zipfile.ZipFile(io.BytesIO(data)) as parts:
        for part in parts.infolist():
            for element in ElementTree.fromstring(parts.read(part)).iter():
                yield from (element.text or "", element.tail or "", *element.attrib.values())


def _picture_texts(data: bytes) -> Iterator[str]:
    """Texts in a picture, which are those for people who cannot see it; what is drawn is searched in the HTML."""
    from isu_analysis.reporting.exporters.png_text import texts_in

    return texts_in(data)


_TEXTS: dict[str, Callable[[bytes], Iterator[str]]] = {
    ".pdf": _strings,
    ".png": _picture_texts,
    ".xlsx": _workbook_texts,
}


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
