"""Everything in a finished file that somebody could read with some tool: pages, metadata, alternative texts, source.

A kind of file, or a part of one, that nobody here knows how to read is refused: what cannot be searched is not published.
"""

from __future__ import annotations

import base64
import html
import io
import re
import struct
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from isu_analysis.errors import ReportError

_EMBEDDED = re.compile(r"data:([\w/+.-]*)((?:;[\w=-]+)*),([A-Za-z0-9+/=]+)")
_INLINE_TAG = re.compile(r"</?(?:b|i|em|strong|span|abbr|wbr|sub|sup|a|small|mark|bdi)\b[^>]*>")
_TAG = re.compile(r"<[^>]*>")
# What a drawing's outlines are: commands and numbers, which by chance may look like anybody's number. As in a page or inside JSON.
_OUTLINE = re.compile(r'\bd=\\?"(?:\s|\\n)*[Mm](?:[MLHVCSQTAZmlhvcsqtaz0-9eE.,+\s-]|\\n)*\\?"')
_BETWEEN_FIGURES = re.compile("([0-9])\0(?=[0-9])")  # two cells of a table; a number is written in one piece
_HEADER_CODE = re.compile(r"&[A-Z]")  # in a sheet's header: left, middle, right
_ATTACHED = ("/EmbeddedFiles", "/JavaScript")  # in a PDF: files and scripts that no page shows


def readable(name: str, data: bytes) -> str:
    """Everything in a file that somebody could read, and its name.

    Raises
    ------
    ReportError
        The file is of an unknown kind, or holds something that cannot be searched.
    """
    texts = _TEXTS.get(Path(name).suffix)
    if texts is None:
        raise ReportError(f"filen {name} är av ett slag som slutkontrollen inte kan läsa.")
    try:
        return "\n".join([name, Path(name).stem, *texts(data)])
    except ReportError:
        raise
    except Exception:  # noqa: BLE001 - whatever is wrong with it, what cannot be searched is not published
        raise ReportError(f"filen {name} går inte att läsa i slutkontrollen.") from None


def without_outlines(source: str) -> str:
    """Leave out the outlines of drawings, in which nobody can read anything."""
    return _OUTLINE.sub("", source)


def _plain_texts(data: bytes) -> Iterator[str]:
    yield data.decode("utf-8")


def _page_texts(data: bytes) -> Iterator[str]:
    """A web page or a drawing: its source with comments and attributes, what it says, and the pictures inside it."""
    source = data.decode("utf-8")
    bare = without_outlines(_EMBEDDED.sub("", source))
    shown = _TAG.sub("\n", _INLINE_TAG.sub("", bare))
    yield from dict.fromkeys([html.unescape(bare), html.unescape(shown)])
    for kind, options, text in dict.fromkeys(_EMBEDDED.findall(source)):
        if ";base64" not in options or kind not in _PICTURES:
            raise ReportError("rapporten har något inbäddat som slutkontrollen inte kan läsa.")
        yield from _PICTURES[kind](base64.b64decode(text))


def _document_texts(data: bytes) -> Iterator[str]:
    """A PDF: what its pages show, its metadata, and every text string in it, such as alternative texts and outlines."""
    import pikepdf

    from isu_analysis.reporting.exporters.page_text import shown_texts

    with pikepdf.open(io.BytesIO(data)) as pdf:
        for thing in [pdf.trailer, *pdf.objects]:
            _refuse_attached(thing)
            if isinstance(thing, pikepdf.Stream) and str(thing.get("/Type", "")) == "/Metadata":
                yield thing.read_bytes().decode("utf-8")
            yield from _strings_in(thing)
        for shown in shown_texts(pdf):
            yield "\n".join(shown)
            yield _BETWEEN_FIGURES.sub(r"\1\n", "\0".join(shown)).replace(
                "\0", ""
            )  # a word may be written in several pieces


def _refuse_attached(thing: Any) -> None:
    import pikepdf

    if not isinstance(thing, pikepdf.Dictionary | pikepdf.Stream):
        return
    if any(name in thing for name in _ATTACHED) or str(thing.get("/Type", "")) == "/EmbeddedFile":
        raise ReportError("rapportens PDF har en bilaga eller ett skript, som slutkontrollen inte kan läsa.")


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
    """Every part of a workbook: cells, hidden sheets, comments, defined names and properties are all parts."""
    from xml.etree import ElementTree

    with zipfile.ZipFile(io.BytesIO(data)) as parts:
        yield parts.comment.decode("utf-8")
        for part in parts.infolist():
            if not part.filename.endswith((".xml", ".rels")):
                raise ReportError("arbetsboken har en del som slutkontrollen inte kan läsa.")
            source = parts.read(part)
            yield part.comment.decode("utf-8")
            yield from _comments(source.decode("utf-8"))
            for element in ElementTree.fromstring(source).iter():
                yield from (element.text or "", element.tail or "", *element.attrib.values())
                yield _HEADER_CODE.sub("\n", element.text or "")


def _comments(source: str) -> Iterator[str]:
    yield from re.findall(r"<!--(.*?)-->", source, re.DOTALL)


def _picture_texts(data: bytes) -> Iterator[str]:
    """A picture: its texts, and whatever lies after its end; what is drawn is searched in the web page."""
    from isu_analysis.reporting.exporters.png_text import SIGNATURE, texts_in

    yield from texts_in(data)
    at, end = len(SIGNATURE), b""
    while at + 8 <= len(data) and end != b"IEND":
        length, end = struct.unpack(">I4s", data[at : at + 8])
        at += length + 12
    if data[at:]:
        raise ReportError("en bild har något efter sitt slut som slutkontrollen inte kan läsa.")


_TEXTS: dict[str, Callable[[bytes], Iterator[str]]] = {
    ".html": _page_texts,
    ".ipynb": _plain_texts,
    ".json": _plain_texts,
    ".pdf": _document_texts,
    ".png": _picture_texts,
    ".xlsx": _workbook_texts,
}
_PICTURES = {"image/svg+xml": _page_texts, "image/png": _picture_texts}
