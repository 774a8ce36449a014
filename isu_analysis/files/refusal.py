"""What is said when a file cannot be written."""

from __future__ import annotations

import contextlib
import errno
from collections.abc import Iterator
from pathlib import Path

from isu_analysis.errors import IsuError
from isu_analysis.files.names import LEFT

_UNTOUCHED = "Det som låg där är orört."


class WriteError(IsuError):
    """A file could not be written or replaced; what was there before is untouched, unless the message says else."""


class HalfwayError(OSError):
    """Something went wrong, and not everything could be put back."""


@contextlib.contextmanager
def refusing(folder: Path) -> Iterator[None]:
    """Say what the system refuses in a folder as a `WriteError`."""
    try:
        yield
    except OSError as error:
        raise WriteError(_message(error, folder)) from None


def _message(error: OSError, folder: Path) -> str:
    start = f"Kan inte skriva i {folder.parent.name}/{folder.name}:"
    if isinstance(error, HalfwayError):
        return (
            f"{start} det avbröts halvvägs, och allt gick inte att lägga tillbaka. Stäng de filer därifrån som är "
            "öppna och kör igen: då görs det klart."
        )
    if isinstance(error, BlockingIOError):
        return f"{start} en annan körning skriver där just nu. Kör igen när den är klar. {_UNTOUCHED}"
    if isinstance(error, PermissionError):
        name = Path(error.filename or "").name
        what = name if name and not LEFT.fullmatch(name) else "en fil"
        return (
            f"{start} {what} är öppen i ett annat program, eller så saknas behörighet. "
            f"Stäng filen och kör igen. {_UNTOUCHED}"
        )
    reason = "disken är full" if error.errno in (errno.ENOSPC, errno.EDQUOT) else "filen kunde inte skrivas"
    return f"{start} {reason}. {_UNTOUCHED}"
