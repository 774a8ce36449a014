"""Quick checks that every PDF gets, so that no report goes out untagged, unnamed or without its texts."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any
from xml.etree import ElementTree

import pikepdf

from isu_analysis.reporting.exporters.tagging import elements

UA_PART = "{http://www.aiim.org/pdfua/ns/id/}part"
A_PART = "{http://www.aiim.org/pdfa/ns/id/}part"
A_CONFORMANCE = "{http://www.aiim.org/pdfa/ns/id/}conformance"
TITLE = "{http://purl.org/dc/elements/1.1/}title"
FONT_FILES = ("/FontFile", "/FontFile2", "/FontFile3")


def check_pdf(data: bytes) -> list[str]:
    """Return what keeps a PDF from being accessible and archivable, as Swedish sentences; empty is good.

    The check covers what goes wrong in practice, in milliseconds. It does not replace a validator of the
    whole standard, which the tests run.
    """
    try:
        document = pikepdf.open(io.BytesIO(data))
    except pikepdf.PdfError:
        return ["Filen går inte att läsa som PDF."]
    with document:
        return [*_structure(document), *_metadata(document), *_tags(document), *_fonts(document)]


def _structure(document: pikepdf.Pdf) -> Iterator[str]:
    root = document.Root
    if not _is_set(root, "/MarkInfo", "/Marked"):
        yield "PDF:en är inte märkt som taggad (MarkInfo)."
    if "/StructTreeRoot" not in root:
        yield "PDF:en saknar taggar (StructTreeRoot)."
    if not str(root.get("/Lang", "")):
        yield "PDF:en anger inget språk (Lang)."
    if not _is_set(root, "/ViewerPreferences", "/DisplayDocTitle"):
        yield "PDF:en visar filnamnet i stället för titeln (DisplayDocTitle)."


def _is_set(root: Any, part: str, flag: str) -> bool:
    """Whether a flag is true: pikepdf then gives Python's own True, which its types do not tell."""
    return root.get(part, pikepdf.Dictionary()).get(flag) is True


def _metadata(document: pikepdf.Pdf) -> Iterator[str]:
    values = _xmp(document)
    if not values.get(TITLE):
        yield "PDF:en saknar titel i sina metadata (dc:title)."
    if values.get(UA_PART) != "1":
        yield "PDF:en uppger inte att den följer PDF/UA-1."
    if values.get(A_PART) != "2" or values.get(A_CONFORMANCE) != "A":
        yield "PDF:en uppger inte att den följer PDF/A-2a."


def _xmp(document: pikepdf.Pdf) -> dict[str, str]:
    """Return each metadata property, whether written as an attribute or as an element."""
    if "/Metadata" not in document.Root:
        return {}
    try:
        tree = ElementTree.fromstring(document.Root.Metadata.read_bytes())
    except ElementTree.ParseError:
        return {}
    values: dict[str, str] = {}
    for element in tree.iter():
        values.update(element.attrib)
        values[element.tag] = "".join(element.itertext()).strip()
    return values


def _tags(document: pikepdf.Pdf) -> Iterator[str]:
    root = document.Root.get("/StructTreeRoot", pikepdf.Dictionary())
    for number, figure in enumerate(elements(root, "/Figure"), start=1):
        if not str(figure.get("/Alt", "")).strip():
            yield f"Figur {number} saknar alternativtext."
    for number, table in enumerate(elements(root, "/Table"), start=1):
        if not any(elements(table, "/TH")):
            yield f"Tabell {number} saknar rubrikceller."


def _fonts(document: pikepdf.Pdf) -> Iterator[str]:
    things = (thing for thing in document.objects if isinstance(thing, pikepdf.Dictionary))
    if not all(_is_embedded(thing) for thing in things if thing.get("/Type") == "/Font"):
        yield "Ett typsnitt är inte inbäddat."


def _is_embedded(font: Any) -> bool:
    # A composite font embeds through its descendant, and a Type 3 font draws its own glyphs.
    if font.get("/Subtype") in ("/Type0", "/Type3"):
        return True
    descriptor = font.get("/FontDescriptor", pikepdf.Dictionary())
    return any(name in descriptor for name in FONT_FILES)
