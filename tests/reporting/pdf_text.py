"""Just enough of a PDF reader to see which characters a page shows."""

from __future__ import annotations

import io
import re

import pikepdf


def page_texts(data: bytes) -> list[str]:
    with pikepdf.open(io.BytesIO(data)) as document:
        return [_page_text(page) for page in document.pages]


def _page_text(page: pikepdf.Page) -> str:
    tables = {name: _to_unicode(font) for name, font in page.Resources.get("/Font", {}).items()}
    shown, table = [], {}
    for operands, operator in pikepdf.parse_content_stream(page):
        if str(operator) == "Tf":
            table = tables[str(operands[0])]
        elif str(operator) in ("Tj", "TJ"):
            parts = operands[0] if str(operator) == "TJ" else [operands[0]]
            codes = b"".join(bytes(part) for part in parts if isinstance(part, pikepdf.String))
            shown.append("".join(table.get(codes[at : at + 2], "?") for at in range(0, len(codes), 2)))
    return "".join(shown).replace("\u200b", "")


def _to_unicode(font: pikepdf.Object) -> dict[bytes, str]:
    table: dict[bytes, str] = {}
    cmap = font.ToUnicode.read_bytes().decode("ascii")
    for block in re.findall(r"beginbfchar(.*?)endbfchar", cmap, re.DOTALL):
        for code, text in re.findall(r"<(\w+)>\s*<(\w+)>", block):
            table[bytes.fromhex(code)] = bytes.fromhex(text).decode("utf-16-be")
    for block in re.findall(r"beginbfrange(.*?)endbfrange", cmap, re.DOTALL):
        for low, high, text in re.findall(r"<(\w+)>\s*<(\w+)>\s*<(\w+)>", block):
            for step in range(int(high, 16) - int(low, 16) + 1):
                table[(int(low, 16) + step).to_bytes(2)] = chr(int(text, 16) + step)
    return table
