"""The one typeface of a report: which characters it can draw, and how wide they are.

DejaVu Sans comes with matplotlib, so the page and its figures share it on every machine. The typesetter gets
its faces alone: the same folder holds a last-resort font that would draw boxes for what is missing.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

FAMILY = "DejaVu Sans"
FACES = ("DejaVuSans.ttf", "DejaVuSans-Bold.ttf", "DejaVuSans-Oblique.ttf", "DejaVuSans-BoldOblique.ttf")
# The faces that the page itself sets text in; the oblique ones are there for figures.
PAGE_FACES = FACES[:2]
# Private use areas: a font may draw something there, but nobody can know what it says.
PRIVATE_USE = ((0xE000, 0xF8FF), (0xF0000, 0x10FFFF))
# Grid of the typeface, in which its widths are given.
UNITS_PER_EM = 2048


@contextmanager
def private_folder() -> Iterator[Path]:
    """Yield a folder of its own that holds the faces of the typeface and nothing else."""
    # Copies, since Windows has no links for everyone; cleaning up must not fail where a reader holds a file.
    with tempfile.TemporaryDirectory(prefix="isu-fonts-", ignore_cleanup_errors=True) as name:
        for face in FACES:
            shutil.copyfile(_source() / face, Path(name) / face)
        yield Path(name)


def drawable(text: str) -> str:
    """Return `text` with every character that the typeface lacks written out, as in ``[U+1F600]``."""
    if text.isascii():
        return text
    covered = _covered()
    return "".join(c if c in covered else f"[U+{ord(c):04X}]" for c in text)


def width(text: str, size: float, bold: bool = False) -> float:
    """Return the width of `text` in points, set on one line."""
    advances = _advances(PAGE_FACES[bold])
    return sum(advances.get(c, UNITS_PER_EM) for c in text) * size / UNITS_PER_EM


@cache
def _covered() -> frozenset[str]:
    """Characters in every face of the page; a bold heading fails on what only the regular face has."""
    faces = [frozenset(_advances(face)) for face in PAGE_FACES]
    return frozenset.intersection(*faces) | {"\n", "\u200b", "\u00ad"}


@cache
def _advances(face: str) -> dict[str, int]:
    from fontTools.ttLib import TTFont

    with TTFont(_source() / face, lazy=True) as font:
        metrics = font["hmtx"].metrics
        points = {point: name for point, name in font.getBestCmap().items() if not _is_private(point)}
        return {chr(point): metrics[name][0] for point, name in points.items()}


def _is_private(point: int) -> bool:
    return any(low <= point <= high for low, high in PRIVATE_USE)


def _source() -> Path:
    import matplotlib

    return Path(matplotlib.get_data_path()) / "fonts" / "ttf"
