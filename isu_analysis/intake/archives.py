"""A look into a workbook before any reader opens it: what kind of file it is, and how large it would become."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path

from isu_analysis.intake.checks import Unreadable, of_file

MAX_ROWS = 50_000
MAX_COLUMNS = 200
MAX_UNPACKED = 200_000_000  # bytes; a spreadsheet of 50 000 x 200 cells unpacks to less
MAX_RATIO = 300  # unpacked to packed; ordinary sheets lie under 30

# Some programs write every tag with a prefix, as in <x:row>; the last is the first column past MAX_COLUMNS and on.
_ROW = re.compile(rb"<(?:\w+:)?row(?=[\s/>])(?:[^>]*?\sr=[\"'](\d+))?")
_FORMULA = re.compile(rb"<(?:\w+:)?f[\s/>]")
_TOO_WIDE = re.compile(rb"\sr=[\"'](?:[A-Z]{3,}|G[S-Z]|[H-Z][A-Z])\d", re.IGNORECASE)
_OLE = b"\xd0\xcf\x11\xe0"  # what old and password-protected Excel files begin with


def holds_formulas(path: Path) -> bool:
    """Look into the archive and say whether a sheet holds formulas.

    Raises
    ------
    Unreadable
        Not a workbook, or one that unpacks to something no unit has.
    """
    _check_kind(path)
    with zipfile.ZipFile(path) as archive:
        entries = archive.infolist()
        if not any(entry.filename == "xl/workbook.xml" for entry in entries):
            raise _no_workbook(path)
        unpacked = sum(entry.file_size for entry in entries)
        packed = max(1, sum(entry.compress_size for entry in entries))
        if unpacked > MAX_UNPACKED or unpacked / packed > MAX_RATIO:
            raise of_file(path, "arbetsboken packar upp till orimligt mycket", "en vanlig tabell")
        parts = [archive.read(entry) for entry in entries if entry.filename.endswith((".xml", ".rels"))]
    for part in parts:
        _check_part(path, part)
    return any(_FORMULA.search(part) for part in parts)


def _check_kind(path: Path) -> None:
    with path.open("rb") as file:
        head = file.read(8)
    if not head:
        raise of_file(path, "filen är tom", "en arbetsbok med rubriker")
    if head.startswith(_OLE):
        raise of_file(
            path, "filen är lösenordsskyddad eller i ett äldre Excel-format", "spara om som .xlsx utan lösenord"
        )
    if not zipfile.is_zipfile(path):
        raise _no_workbook(path)


def _no_workbook(path: Path) -> Unreadable:
    return of_file(path, "filen är inte en Excel-arbetsbok, fast namnet säger det", ".xlsx")


def _check_part(path: Path, part: bytes) -> None:
    """Refuse entities, which grow when read, and encodings in which the patterns below would see nothing."""
    if b"<!DOCTYPE" in part or b"<!ENTITY" in part or b"\x00" in part[:200]:
        raise of_file(path, "arbetsboken har delar som Excel aldrig skriver", "öppna och spara om den i Excel")
    rows = 0
    for rows, row in enumerate(_ROW.finditer(part), start=1):
        if rows > MAX_ROWS or int((row[1] or b"0")[:9]) > MAX_ROWS:
            raise _too_large(path)
    if rows and _TOO_WIDE.search(part):
        raise _too_large(path)


def _too_large(path: Path) -> Unreadable:
    return of_file(path, "bladet är för stort", f"högst {MAX_ROWS} rader och {MAX_COLUMNS} kolumner")
