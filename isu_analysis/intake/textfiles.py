"""A text file with a table, as Excel and case systems export it.

An ordinary file (no quotation marks, every line as wide as the headings) takes the quick way; anything else the
careful one, which reads line by line and tells what is wrong. Both give the same cells.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from isu_analysis.intake.archives import MAX_LINES, MAX_UNPACKED
from isu_analysis.intake.checks import Grid, Unreadable, of_file
from isu_analysis.intake.columns import Cells
from isu_analysis.settings import Source

LONGEST_CELL = 131_072  # signs, as the csv module has it

# Letters, hard spaces, dashes and quotation marks saved as UTF-8 and read as Windows-1252 or Latin-1, letters in two
# parts and a byte order mark likewise, and lost letters. No Swedish text has these signs after each other.
_HIGH = "\u0080-\u00bf€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ"  # what the bytes 80-BF are in either
_MOJIBAKE = re.compile(f"Ã[{_HIGH}]|Â[\u00a0-\u00bf]|â[€\u0080]|Ì[ˆŠ\u0088\u008a]|ï»¿|\ufffd")
_SUSPECT = ("Ã", "Â", "â", "Ì", "ï»¿", "\ufffd")
_DOS = re.compile("(?<=[A-Za-z])[†„”](?=[a-z])")  # å, ä, ö of a DOS program inside a word, read as Windows-1252
_BOM = "\ufeff"
_OTHER_KINDS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"%PDF")


def read_text(path: Path, source: Source) -> Grid:
    """Read a table with one row a line.

    Raises
    ------
    Unreadable
        Empty, too large, not text, or with quotation marks that do not match.
    """
    if path.stat().st_size > MAX_UNPACKED:
        raise _too_large(path)
    raw = path.read_bytes()
    if not raw.strip():
        raise of_file(path, "filen är tom", "en tabell med rubriker")
    if raw.startswith(_OTHER_KINDS) or b"\x00" in raw:
        raise of_file(path, "filen är inte en textfil, fast namnet säger det", ".csv i UTF-8 eller Windows-1252")
    text, encoding = _decoded(path, raw)
    del raw
    delimiter = "\t" if source.delimiter == "tab" else source.delimiter
    quick = _quickly(text, delimiter, source.header_row)
    if quick:
        return Grid("", quick[0], columns=quick[1], encoding=encoding)
    return Grid("", _lines(path, text, delimiter), encoding=encoding)


def _too_large(path: Path) -> Unreadable:
    return of_file(path, "filen är för stor", f"högst {MAX_LINES} rader")


def _decoded(path: Path, raw: bytes) -> tuple[str, str]:
    text, encoding = _as_utf8(raw), "UTF-8"
    if text is None:
        text, encoding = _as_cp1252(raw), "Windows-1252"
    if text is None:
        raise of_file(path, "teckenkodningen går inte att läsa", "UTF-8 eller Windows-1252")
    found = _MOJIBAKE.search(text) if any(sign in text for sign in _SUSPECT) else None
    if found is None and encoding != "UTF-8":
        found = _DOS.search(text)
    if found:
        row = text.count("\n", 0, found.start()) + 1
        raise of_file(path, "å, ä och ö är förvanskade", "exportera filen igen som UTF-8", row)
    return text, encoding


def is_garbled(text: str) -> bool:
    """Whether Swedish letters in a text have been read in the wrong encoding."""
    return any(sign in text for sign in _SUSPECT) and bool(_MOJIBAKE.search(text))


def _as_utf8(raw: bytes) -> str | None:
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        return None


def _as_cp1252(raw: bytes) -> str | None:
    try:
        return raw.decode("cp1252")
    except UnicodeDecodeError:
        return None


def _lines(path: Path, text: str, delimiter: str) -> Iterator[list[str]]:
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        for number, row in enumerate(lines, start=1):
            if number > MAX_LINES:
                raise _too_large(path)
            yield row
    except csv.Error:
        raise of_file(
            path, "citattecknen går inte ihop, eller så är en cell orimligt lång", 'citattecken (") bara i par runt hela celler',
            lines.line_num,
        ) from None  # fmt: skip


def _quickly(text: str, delimiter: str, header_row: int) -> tuple[list[list[str]], list[Cells]] | None:
    """Lines down to the headings, and the columns below them; None where the file needs the careful way."""
    if '"' in text or text.count("\r") != text.count("\r\n"):
        return None
    *above, below = text.split("\n", header_row)
    if len(above) != header_row or not below.strip() or below.startswith(_BOM):  # which pyarrow would take away
        return None
    head = [line.removesuffix("\r").split(delimiter) for line in above]
    if max(len(cell) for line in head for cell in line) >= LONGEST_CELL:
        return None
    columns = _by_arrow(below.encode(), delimiter, len(head[-1]))
    return None if columns is None else (head, columns)


def _by_arrow(raw: bytes, delimiter: str, width: int) -> list[Cells] | None:
    import pyarrow as pa
    import pyarrow.csv as arrow_csv

    names = [str(place) for place in range(width)]
    texts = pa.dictionary(pa.int32(), pa.string())
    try:
        table = arrow_csv.read_csv(
            pa.BufferReader(raw),
            arrow_csv.ReadOptions(column_names=names),
            arrow_csv.ParseOptions(delimiter=delimiter, quote_char=False, ignore_empty_lines=False),
            arrow_csv.ConvertOptions(column_types=dict.fromkeys(names, texts), strings_can_be_null=False),
        ).unify_dictionaries()
    except pa.ArrowInvalid:  # a line of another length, or a cell that fills a whole block
        return None
    if not 0 < table.num_rows < MAX_LINES:
        return None
    columns = [_cells(table.column(name)) for name in names]
    longest = max(len(value) for column in columns for value in column.values)
    return columns if longest < LONGEST_CELL else None


def _cells(column: object) -> Cells:
    chunks = column.chunks  # type: ignore[attr-defined]
    codes = np.concatenate([chunk.indices.to_numpy(zero_copy_only=False) for chunk in chunks])
    return Cells(chunks[0].dictionary.to_pylist(), codes.astype(np.int32, copy=False))
