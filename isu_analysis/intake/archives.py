"""A look into a workbook before anything reads it: what kind of file it is, and how large it would become."""

from __future__ import annotations

import zipfile
from pathlib import Path

from isu_analysis.intake.checks import Unreadable, of_file

MAX_ROWS = 50_000  # of a workbook
MAX_LINES = 2_000_000  # of a text file, an SPSS file or a query
MAX_COLUMNS = 200
MAX_UNPACKED = 200_000_000  # bytes; a spreadsheet of 50 000 x 200 cells unpacks to less
MAX_RATIO = 300  # unpacked to packed; ordinary sheets lie under 30

_OLE = b"\xd0\xcf\x11\xe0"  # what old and password-protected Excel files begin with


def unpacked_size(path: Path) -> int:
    """Look at the archive's list of contents, nothing of which is unpacked, and sum how many bytes it holds.

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
    return unpacked


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


def too_large(path: Path, rows: int = MAX_ROWS) -> Unreadable:
    """Build the error for a table with more rows or columns than any unit has."""
    return of_file(path, "bladet är för stort", f"högst {rows} rader och {MAX_COLUMNS} kolumner")
