"""What the pages of a PDF show, read back through the fonts' own tables of which glyph is which character."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

import pikepdf

from isu_analysis.errors import ReportError

_SHOWING = ("Tj", "TJ", "'", '"')
_TOLD = " ".join(("Tf", "BDC", *_SHOWING))
_PAIRS = re.compile(r"<(\w+)>\s*<(\w+)>")
_RANGES = re.compile(r"<(\w+)>\s*<(\w+)>\s*<(\w+)>")


def shown_texts(pdf: pikepdf.Pdf) -> Iterator[list[str]]:
    """For each page, and each drawing that pages share, the pieces of text in the order they are written."""
    known: dict[tuple[int, int], Mapping[bytes, str]] = {}
    for page in pdf.pages:
        yield list(_pieces(page, page.get("/Resources", pikepdf.Dictionary()), known))
    for thing in pdf.objects:
        if isinstance(thing, pikepdf.Stream) and str(thing.get("/Subtype", "")) == "/Form":
            yield list(_pieces(thing, thing.get("/Resources", pikepdf.Dictionary()), known))


def _pieces(content: Any, resources: Any, known: dict[tuple[int, int], Mapping[bytes, str]]) -> Iterator[str]:
    fonts = {str(name): _read(font, known) for name, font in resources.get("/Font", pikepdf.Dictionary()).items()}
    font: Mapping[bytes, str] = {}
    for instruction in pikepdf.parse_content_stream(content, _TOLD):
        operands: Any = instruction.operands
        operator = str(instruction.operator)
        if operator == "Tf":
            font = fonts[str(operands[0])]
        elif operator in _SHOWING:
            yield _piece(operands[-1], font)
        elif operator == "BDC":
            yield from _replacements(operands[-1])


def _piece(shown: Any, font: Mapping[bytes, str]) -> str:
    parts = shown if isinstance(shown, pikepdf.Array) else [shown]
    codes = b"".join(bytes(part) for part in parts if isinstance(part, pikepdf.String))
    width = len(next(iter(font), b"\0\0"))
    return "".join(font.get(codes[at : at + width], "\ufffd") for at in range(0, len(codes), width))


def _replacements(properties: Any) -> Iterator[str]:
    """Texts that stand in a page for what it shows, such as the whole of a word that a line's end cuts."""
    if isinstance(properties, pikepdf.Dictionary):
        yield from (str(value) for _, value in properties.items() if isinstance(value, pikepdf.String))


def _read(font: Any, known: dict[tuple[int, int], Mapping[bytes, str]]) -> Mapping[bytes, str]:
    """Read a font's table once, however many pages are written with it."""
    if not font.is_indirect:
        return _characters(font)
    if font.objgen not in known:
        known[font.objgen] = _characters(font)
    return known[font.objgen]


def _characters(font: Any) -> Mapping[bytes, str]:
    """Which character each code of a font stands for.

    Raises
    ------
    ReportError
        The font does not say: then nobody can search what is written with it.
    """
    if "/ToUnicode" not in font:
        raise ReportError("en text i rapportens PDF går inte att läsa tillbaka.")
    source = font["/ToUnicode"].read_bytes().decode("latin-1")
    table: dict[bytes, str] = {}
    for block in re.findall(r"beginbfchar(.*?)endbfchar", source, re.DOTALL):
        table |= {bytes.fromhex(code): _text(shown) for code, shown in _PAIRS.findall(block)}
    for block in re.findall(r"beginbfrange(.*?)endbfrange", source, re.DOTALL):
        for low, high, shown in _RANGES.findall(block):
            for step in range(int(high, 16) - int(low, 16) + 1):
                table[(int(low, 16) + step).to_bytes(len(low) // 2)] = chr(int(shown, 16) + step)
    return table


def _text(shown: str) -> str:
    return bytes.fromhex(shown).decode("utf-16-be")
