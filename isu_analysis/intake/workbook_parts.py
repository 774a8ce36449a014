"""The parts of an Excel workbook, read as streams: which sheets it has, its texts and its formats.

Only the standard library's XML parser reads a stranger's file. It never resolves an entity, every part is read once
from beginning to end, and a sheet (`sheet_cells`) is refused at the first cell outside the limits, so that neither
time nor memory depends on what the file claims to hold.
"""

from __future__ import annotations

import posixpath
import re
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from xml.parsers import expat

Attributes = dict[str, str]

_CHUNK = 1 << 16
_ESCAPED = re.compile("_x([0-9A-Fa-f]{4})_")
_MOST_TEXTS = 10_000_000  # as many as there can be cells


class TooLarge(Exception):
    """The sheet has more rows or columns than any unit's."""


class Foreign(Exception):
    """The part holds something that Excel never writes, such as entities, which grow when read."""


class Damaged(Exception):
    """The part contradicts itself."""


@dataclass(frozen=True)
class Contents:
    """What a workbook holds: sheet names to their parts, and the parts of texts and formats."""

    sheets: dict[str, str]
    texts: str
    styles: str
    since_1904: bool


@dataclass(frozen=True)
class Formats:
    """Which cell formats show a number as a date or as a length of time; `since_1904` as old Macs count days."""

    dates: frozenset[int]
    durations: frozenset[int]
    since_1904: bool


def contents(archive: zipfile.ZipFile) -> Contents:
    """Read which sheets there are and where."""
    targets: dict[str, tuple[str, str]] = {}
    sheets: list[tuple[str, str]] = []
    flags: Attributes = {}

    def relation(name: str, attributes: Attributes) -> None:
        if name == "Relationship":
            target = posixpath.normpath(posixpath.join("/xl", attributes["Target"])).lstrip("/")
            targets[attributes["Id"]] = (attributes["Type"].rpartition("/")[2], target)

    def part(name: str, attributes: Attributes) -> None:
        if name == "sheet":
            sheets.append((attributes["name"], next(value for key, value in attributes.items() if key.endswith(":id"))))
        elif name == "workbookPr":
            flags.update(attributes)

    parse(archive, "xl/_rels/workbook.xml.rels", relation)
    parse(archive, "xl/workbook.xml", part)
    parts = dict(targets.values())
    return Contents(
        {name: targets[place][1] for name, place in sheets if targets[place][0] == "worksheet"},
        parts.get("sharedStrings", ""),
        parts.get("styles", ""),
        flags.get("date1904") in {"1", "true"},
    )


def formats(archive: zipfile.ZipFile, found: Contents) -> Formats:
    """Read which cell formats are dates and which are lengths of time."""
    from openpyxl.styles.numbers import BUILTIN_FORMATS, is_date_format, is_timedelta_format

    patterns = dict(BUILTIN_FORMATS)
    used: list[int] = []
    inside = False

    def start(name: str, attributes: Attributes) -> None:
        nonlocal inside
        if name == "cellXfs":
            inside = True
        elif name == "xf" and inside:
            used.append(int(attributes.get("numFmtId", "0")))
        elif name == "numFmt":
            patterns[int(attributes["numFmtId"])] = attributes["formatCode"]

    def end(name: str) -> None:
        nonlocal inside
        inside = inside and name != "cellXfs"

    if found.styles in archive.namelist():
        parse(archive, found.styles, start, end)
    dates = {pattern for pattern in set(used) if is_date_format(patterns.get(pattern))}
    durations = {pattern for pattern in dates if is_timedelta_format(patterns.get(pattern))}
    places = tuple(enumerate(used))
    return Formats(
        frozenset(place for place, pattern in places if pattern in dates),
        frozenset(place for place, pattern in places if pattern in durations),
        found.since_1904,
    )


def texts(archive: zipfile.ZipFile, found: Contents) -> list[str]:
    """Read the texts that cells refer to by number."""
    kept: list[str] = []
    waiting: list[str] = []
    state = {"text": False, "spoken": False}  # the spoken form of a text, in some languages, is no part of it

    def start(name: str, _: Attributes) -> None:
        if name == "si":
            waiting.clear()
            if len(kept) >= _MOST_TEXTS:
                raise TooLarge
        elif name == "rPh":
            state["spoken"] = True
        state["text"] = name == "t" and not state["spoken"]

    def end(name: str) -> None:
        state["text"] = False
        if name == "si":
            kept.append(unescaped("".join(waiting)))
        elif name == "rPh":
            state["spoken"] = False

    def said(letters: str) -> None:
        if state["text"]:
            waiting.append(letters)

    if found.texts in archive.namelist():
        parse(archive, found.texts, start, end, said)
    return kept


def unescaped(text: str) -> str:
    """The text as it is shown: Excel writes a sign that XML cannot hold as ``_x000D_``."""
    return _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text) if "_x" in text else text


def parse(
    archive: zipfile.ZipFile,
    part: str,
    start: Callable[[str, Attributes], None],
    end: Callable[[str], None] | None = None,
    said: Callable[[str], None] | None = None,
) -> None:
    """Send a part through the handlers; tags are named without prefix, since some programs write ``<x:row>``."""
    parser = expat.ParserCreate()
    parser.buffer_text = True
    local = _Local()
    parser.StartElementHandler = lambda name, attributes: start(local[name], attributes)
    if end is not None:
        ended = end
        parser.EndElementHandler = lambda name: ended(local[name])
    parser.CharacterDataHandler = said
    parser.StartDoctypeDeclHandler = _refuse
    with archive.open(part) as stream:
        while chunk := stream.read(_CHUNK):
            if b"\x00" in chunk:  # another encoding than Excel's, or no text at all
                raise Foreign
            parser.Parse(chunk)
        parser.Parse(b"", True)


class _Local(dict[str, str]):
    """Names of tags without prefix, each found out once."""

    def __missing__(self, name: str) -> str:
        self[name] = name.rpartition(":")[2]
        return self[name]


def _refuse(*_: object) -> None:
    raise Foreign
