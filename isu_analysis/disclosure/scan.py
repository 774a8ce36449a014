"""A last look at what is about to be published: nothing that points at a person, a machine or a key."""

from __future__ import annotations

import re
from collections.abc import Collection

_PATTERNS = {
    "ett personnummer": re.compile(
        r"(?<![\d.,])(19|20)?\d{2}(0[1-9]|1[0-2])([0-2]\d|3[01]|[6-8]\d|9[01])[-+]\d{4}(?!\d)"
    ),
    "en sökväg på en dator": re.compile(r"(/home/|/root/|/Users/|/tmp/|[A-Za-z]:\\\\?Users)", re.IGNORECASE),
    "en e-postadress": re.compile(r"(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,64}\.[a-z]{2,}", re.IGNORECASE),
}


def scan(name: str, text: str, forbidden: Collection[str] = ()) -> list[str]:
    """Look for what must not be there.

    Parameters
    ----------
    name : str
        Name of the file, for the message.
    text : str
        Everything in the file that can be read; embedded pictures are not text.
    forbidden : collection of str
        Pseudonyms and other texts that must not occur.

    Returns
    -------
    list of str
        One sentence for each kind of find, never the find itself.
    """
    found = [f"{name} innehåller {what}." for what, pattern in _PATTERNS.items() if pattern.search(text)]
    if any(word and word in text for word in forbidden):
        found.append(f"{name} innehåller en pseudonym eller ett annat spärrat ord.")
    return found
