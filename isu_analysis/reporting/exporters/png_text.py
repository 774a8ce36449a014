"""Texts inside a PNG: what a picture shows, for those who cannot see it."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator, Mapping

SIGNATURE = b"\x89PNG\r\n\x1a\n"
# The signature and the first chunk, which tells the picture's size and must come first.
HEAD = len(SIGNATURE) + 25
# Not packed, no language given, no translated name: the fields before the text of an iTXt chunk.
PLAIN = b"\0\0\0\0\0"
INCHES_PER_METRE = 1 / 0.0254


def described(png: bytes, texts: Mapping[str, str], dots_per_inch: int) -> bytes:
    """Return `png` with its size on paper, and texts by the standard's own names: Title, Author and Description."""
    dots = round(dots_per_inch * INCHES_PER_METRE)
    chunks = [_chunk(b"pHYs", struct.pack(">IIB", dots, dots, 1))]
    chunks += [_chunk(b"iTXt", name.encode("latin-1") + PLAIN + text.encode()) for name, text in texts.items()]
    return png[:HEAD] + b"".join(chunks) + png[HEAD:]


def texts_in(png: bytes) -> Iterator[str]:
    """Yield every text that a PNG holds, also those packed or written by other programs."""
    at = len(SIGNATURE)
    while at + 8 <= len(png):
        length, kind = struct.unpack(">I4s", png[at : at + 8])
        if kind in (b"tEXt", b"zTXt", b"iTXt", b"eXIf"):
            yield from _readable(kind, png[at + 8 : at + 8 + length])
        at += length + 12


def _readable(kind: bytes, data: bytes) -> Iterator[str]:
    name, _, rest = data.partition(b"\0")
    yield name.decode("utf-8", "replace")
    packed = kind == b"zTXt" or (kind == b"iTXt" and rest[:1] == b"\1")
    if packed:
        text = rest[1:] if kind == b"zTXt" else rest[2:].split(b"\0", 2)[-1]
        yield zlib.decompress(text).decode("utf-8", "replace")
    else:
        yield rest.decode("utf-8", "replace")


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
