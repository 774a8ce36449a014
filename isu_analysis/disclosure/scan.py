"""A last look at what is about to be published: nothing that points at a person, a machine or a key."""

from __future__ import annotations

import re
from collections.abc import Collection

_PATTERNS = {
    "ett personnummer": re.compile(
        r"(?<![\d.,])(19|20)?\d{2}(0[1-9]|1[0-2])([0-2]\d|3[01]|[6-8]\d|9[01])[-+]\d{4}(?!\d)"
    ),
    "en sökväg på en dator": re.compile(r"(/home/|/root/|/Users/|/tmp/|[A-Za-z]:\\\\?Users)", re.IGNORECASE),
    "en e-postadress": re.compile(r"[\w.+-]+@[\w-]+\.[a-z]{2,}", re.IGNORECASE),
}


def scan(name: str, content: bytes, forbidden: Collection[str] = ()) -> list[str]:
    """Look for what must not be there.

    Parameters
    ----------
    name : str
        Name of the file, for the message.
    content : bytes
        The file; text is searched as UTF-8 and UTF-16.
    forbidden : collection of str
        Pseudonyms and other texts that must not occur.

    Returns
    -------
    list of str
        One sentence for each kind of find, never the find itself.
    """
    texts = (content.decode("utf-8", errors="ignore"), content.decode("utf-16-be", errors="ignore"))
    found = [f"{name} innehåller {what}." for what, pattern in _PATTERNS.items() if any(map(pattern.search, texts))]
    if any(word and word in text for word in forbidden for text in texts):
        found.append(f"{name} innehåller en pseudonym eller ett annat spärrat ord.")
    return found
