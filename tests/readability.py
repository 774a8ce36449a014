"""LIX, Björnsson's readability index: words a sentence, plus how many of a hundred words have more than six letters.

Counted on running text: paragraphs, points and callouts with their titles. Headings, key figures, tables and what stands in
figures are read in another way, and are left out: short labels would make a page look easier than its sentences are. A sentence ends at a full stop, a question mark, an exclamation
mark or a colon before a space, and at the end of its block. A number is one word, whatever stands between its thousands.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

LONG = 6  # letters; a word with more is a long one
_WORD = re.compile(r"\w+(?:[-–,.’']\w+)*")
_END = re.compile(r"[.?!:»)]*[.?!:][»)]*\s+")


def lix(texts: Iterable[str]) -> float:
    """Readability of texts: under 40 is easy, under 50 is of newspaper kind."""
    sentences = [sentence for text in texts for sentence in _sentences(text)]
    found = [word for sentence in sentences for word in words(sentence)]
    return len(found) / len(sentences) + 100 * sum(len(word) > LONG for word in found) / len(found)


def words(text: str) -> list[str]:
    """The words of a text."""
    return _WORD.findall(re.sub(r"(?<=\d)\u00a0(?=\d)", "", text))


def _sentences(text: str) -> list[str]:
    return [part for part in _END.split(text) if words(part)]


def running(blocks: Iterable[dict[str, Any]]) -> Iterator[str]:
    """The running text of a section's sealed blocks."""
    for block in blocks:
        if block["kind"] == "Paragraph":
            yield block["text"]
        elif block["kind"] == "Bullets":
            yield from block["items"]
        elif block["kind"] == "Callout":
            yield from (block["title"], block["text"])
