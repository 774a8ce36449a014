"""Plain text as it may be shown: no control characters, one form of every letter."""

from __future__ import annotations

import unicodedata

# Soft hyphen and zero-width space are format characters too, but only say where a word may break.
BREAK_HINTS = frozenset("\u00ad\u200b")
# Control characters, format characters (text direction, joiners) and lone surrogates never reach a page:
# they are invisible, can reorder what is read, or break the file.
UNPRINTABLE = frozenset({"Cc", "Cf", "Cs"})
LINE_ENDS = str.maketrans({"\u2028": "\n", "\u2029": "\n", "\t": " "})


def clean(text: str) -> str:
    r"""Return `text` without control characters, with newlines as ``\n`` and letters in composed form.

    Decomposed letters come from file names on some systems; "a" followed by a ring would neither be
    found by a search for "å" nor drawn as one letter.
    """
    if text.isascii() and text.isprintable():
        return text
    lines = text.replace("\r\n", "\n").replace("\r", "\n").translate(LINE_ENDS)
    unseen = [character for character in set(lines) if not _is_printable(character)]  # a drawing has many, of few kinds
    return unicodedata.normalize("NFC", lines.translate(dict.fromkeys(map(ord, unseen))) if unseen else lines)


def _is_printable(character: str) -> bool:
    if character == "\n" or character in BREAK_HINTS:
        return True
    return unicodedata.category(character) not in UNPRINTABLE and not _is_noncharacter(ord(character))


def _is_noncharacter(point: int) -> bool:
    """Say whether Unicode reserves the code point for ever; "not assigned yet" is no such thing."""
    return 0xFDD0 <= point <= 0xFDEF or point & 0xFFFE == 0xFFFE
