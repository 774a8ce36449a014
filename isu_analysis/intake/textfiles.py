"""A text file with a table, as Excel and case systems export it, as rows of cells."""

from __future__ import annotations

import csv
import io
import re
from itertools import islice
from pathlib import Path

from isu_analysis.intake.archives import MAX_ROWS, MAX_UNPACKED
from isu_analysis.intake.checks import Grid, Problem, Unreadable, of_file
from isu_analysis.settings import Source

# å, ä, ö, Å, Ä, Ö saved as UTF-8 and read as Windows-1252 or Latin-1, a byte order mark likewise, and lost letters.
_MOJIBAKE = re.compile("Ã[¥¤¶…„–\u0085\u0084\u0096]|ï»¿|\ufffd")
_OTHER_KINDS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"%PDF")


def read_text(path: Path, source: Source) -> Grid:
    """Read a table with one row a line; rows of the wrong length are listed and left out.

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
    rows = _split(path, _decoded(path, raw), source)
    return Grid("", *_of_equal_length(path, rows, source.header_row))


def _too_large(path: Path) -> Unreadable:
    return of_file(path, "filen är för stor", f"högst {MAX_ROWS} rader")


def _decoded(path: Path, raw: bytes) -> str:
    text = _as_utf8(raw) or _as_cp1252(raw)
    if text is None:
        raise of_file(path, "teckenkodningen går inte att läsa", "UTF-8 eller Windows-1252")
    found = _MOJIBAKE.search(text)
    if found:
        row = text.count("\n", 0, found.start()) + 1
        raise of_file(path, "å, ä och ö är förvanskade", "exportera filen igen som UTF-8", row)
    return text


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


def _split(path: Path, text: str, source: Source) -> list[list[str]]:
    delimiter = "\t" if source.delimiter == "tab" else source.delimiter
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        rows = list(islice(lines, MAX_ROWS + 1))
    except csv.Error:
        raise of_file(
            path, "citattecknen går inte ihop, eller så är en cell orimligt lång", 'citattecken (") bara i par runt hela celler',
            lines.line_num,
        ) from None  # fmt: skip
    if len(rows) > MAX_ROWS:
        raise _too_large(path)
    return rows


def _of_equal_length(path: Path, rows: list[list[str]], header_row: int) -> tuple[list[list[str]], tuple[Problem, ...]]:
    """Rows as long as the headings, the others blank and listed: nobody knows which cell went missing."""
    width = len(rows[header_row - 1]) if len(rows) >= header_row else 0
    kept, problems = rows[:header_row], []
    for number, row in enumerate(rows[header_row:], start=header_row + 1):
        ragged = len(row) != width and any(cell.strip() for cell in row)
        if ragged:
            what = f"raden har {len(row)} fält men rubrikraden {width}"
            allowed = "lika många fält på varje rad; kontrollera skiljetecknet"
            problems.append(Problem(path.name, "", number, "", what, allowed))
        kept.append([] if ragged else row)
    return kept, tuple(problems)
