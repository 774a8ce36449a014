"""Zip archives of a handover: the same bytes every time out, and nothing unexpected in."""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Mapping
from pathlib import Path

from isu_analysis.errors import DataError

MOST_BYTES = 512 * 1024**2  # unpacked, all files together; a million measurements are some ten million bytes
MOST_FILES = 10_000
_MOMENT = (1980, 1, 1, 0, 0, 0)  # the first a zip file can hold: the clock is not part of the data
_MODE = 0o600 << 16
_UNIX = 3
_DAMAGED = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    ValueError,
    RuntimeError,
)  # the last for ciphers and methods unknown
_NAME = re.compile(
    r"innehall\.json|parameters/[a-z0-9-]{1,60}/[a-z0-9-]{1,60}\.yml"
    r"|data_processed/[a-z0-9-]{1,60}/[a-z0-9-]{1,60}/(?:episodes\.parquet|measurements\.parquet|intake\.json)"
)


def pack(contents: Mapping[str, bytes]) -> bytes:
    """Give a zip archive of some files; neither order, clock nor machine is part of it."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
        for name, data in sorted(contents.items()):
            entry = zipfile.ZipInfo(name, _MOMENT)
            entry.compress_type, entry.external_attr, entry.create_system = zipfile.ZIP_DEFLATED, _MODE, _UNIX
            archive.writestr(entry, data)
    return stream.getvalue()


def unpack(path: Path) -> dict[str, bytes]:
    """Read an archive into memory, by the names a handover may hold and by no other.

    Raises
    ------
    DataError
        It is no archive, is damaged or too large, or holds a name that no handover has (with ``..``, a drive, a
        folder of its own, twice).
    """
    try:
        with zipfile.ZipFile(path) as archive:
            entries = archive.infolist()
            _check(path.name, entries)
            return {entry.filename: _read(archive, entry, path.name) for entry in entries}
    except FileNotFoundError:
        raise DataError(f"Filen {path.name} finns inte.") from None
    except (*_DAMAGED, OSError):
        raise DataError(f"{path.name} går inte att läsa: filen är skadad eller ingen överlämning.") from None


def _check(archive: str, entries: list[zipfile.ZipInfo]) -> None:
    names = [entry.filename for entry in entries]
    if len(names) > MOST_FILES or sum(entry.file_size for entry in entries) > MOST_BYTES:
        raise DataError(f"{archive} är större än någon överlämning kan vara. Inget är uppackat.")
    if len(set(names)) < len(names) or not all(map(_NAME.fullmatch, names)):
        raise DataError(
            f"{archive} är ingen överlämning: den innehåller annat än tabeller och enhetsfiler. Inget är uppackat."
        )


def _read(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, name: str) -> bytes:
    """Read one file, never more of it than it says it holds."""
    with archive.open(entry) as stream:
        data = stream.read(entry.file_size + 1)
    if len(data) != entry.file_size:
        raise DataError(f"{name} är skadad: en fil är inte så stor som den säger.")
    return data
