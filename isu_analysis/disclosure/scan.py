"""A last look at what is about to be published: nothing that points at a person, a machine or a key."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field

from isu_analysis.intake.identities import normalise

_PATTERNS = {
    "ett personnummer": re.compile(
        r"(?<![\d.,])(19|20)?\d{2}(0[1-9]|1[0-2])([0-2]\d|3[01]|[6-8]\d|9[01])[-+]\d{4}(?!\d)"
    ),
    "en sökväg på en dator": re.compile(
        r"(?<![\w.])/(home|root|users|tmp|mnt|media|srv|opt|usr|var)/|\b[a-z]:\\+\w|\\\\\w[\w.-]*\\\w|file:/",
        re.IGNORECASE,
    ),
    "en e-postadress": re.compile(r"(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,64}\.[a-z]{2,}", re.IGNORECASE),
}
# What may be a person number, a coordination number or a reserve number; the check digit and the calendar decide.
_NUMBER = re.compile(r"(?<![\w.,])[0-9]{6,8} ?[-+]? ?[0-9a-z]{4}(?!\w)")
_DASHES = re.compile("[\u2010\u2011\u2012\u2013\u2014\u2212]")
_UNSEEN = re.compile("[\u00ad\u200b\u200c\u200d\u2060\ufeff]")  # soft hyphens and zero-width signs
_BROKEN = re.compile(r"(?<=[-+])\n|\n(?=[-+])")  # a number that a line's end cuts in two
_WORD = re.compile(r"\w+(?:[-/:.+]+\w+)*")
_PIECE = 8  # signs: the report is cut into pieces of so many, and one of them lies whole inside a long enough text
_MOST_WORDS = 6  # of a text that is searched as words: its first six tell it from others

ANYTHING = "en pseudonym eller ett annat spärrat ord"


@dataclass(frozen=True, repr=False)
class Forbidden:
    """What a report must not hold; every part is named by what it is, such as "en pseudonym".

    Attributes
    ----------
    anywhere : mapping of str to collection of str
        Texts that no language has: found also inside other text, across line breaks and in capitals.
    words : mapping of str to collection of str
        Names and phrases: found as whole words.
    ordinary : callable
        Whether a word or phrase that was found is one that the reports use anyway. Asked only about finds.
    recognised : mapping of str to callable
        Takes phrases of the report and gives those that are somebody's, for numbers that nobody has in plain text.
    most_words : int
        Of the longest phrase that `recognised` has to see; 1 to 6.
    """

    anywhere: Mapping[str, Collection[str]] = field(default_factory=dict)
    words: Mapping[str, Collection[str]] = field(default_factory=dict)
    ordinary: Callable[[str], bool] = lambda found: False
    recognised: Mapping[str, Callable[[Collection[str]], Collection[str]]] = field(default_factory=dict)
    most_words: int = _MOST_WORDS


def scan(name: str, text: str, forbidden: Forbidden | Collection[str] = ()) -> list[str]:
    """Look for what must not be there.

    Parameters
    ----------
    name : str
        Name of the file, for the message.
    text : str
        Everything in the file that can be read; embedded pictures are not text.
    forbidden : Forbidden or collection of str
        Pseudonyms and other texts that must not occur.

    Returns
    -------
    list of str
        One sentence for each kind of find, never the find itself.
    """
    sought = forbidden if isinstance(forbidden, Forbidden) else Forbidden({ANYTHING: forbidden})
    plain = _plain(text)
    whole = _BROKEN.sub("", _DASHES.sub("-", plain))
    lines = "\n".join(dict.fromkeys(whole.splitlines()))  # the files of a report say the same, several times over
    found = dict.fromkeys([*_by_pattern(lines), *_anywhere(plain, sought), *_as_words(plain, sought)])
    return [f"{name} innehåller {what}." for what in found]


def _plain(text: str) -> str:
    return _UNSEEN.sub("", unicodedata.normalize("NFKC", text))


def _by_pattern(lines: str) -> Iterator[str]:
    yield from (what for what, pattern in _PATTERNS.items() if pattern.search(lines))
    if any(_is_a_person(found) for found in _NUMBER.findall(lines.casefold())):
        yield "ett personnummer"


def _is_a_person(found: str) -> bool:
    return normalise(found.replace(" ", ""), dt.date.max).kind != "local"


def _anywhere(plain: str, sought: Forbidden) -> Iterator[str]:
    """Kinds of long text found anywhere, as if the report had no white space and no capitals.

    A text of at least twice a piece's signs, less one, has one of the report's pieces in it wherever it stands there.
    Thousands of texts are looked up so among the pieces; few are left to search for.
    """
    compact = _compact(plain)
    pieces = {compact[place : place + _PIECE] for place in range(0, len(compact), _PIECE)}
    for what, texts in sought.anywhere.items():
        for text in filter(None, (_compact(_plain(text)) for text in texts)):
            starts = range(_PIECE) if len(text) >= 2 * _PIECE - 1 else ()
            may_be_there = not starts or any(text[start : start + _PIECE] in pieces for start in starts)
            if may_be_there and text in compact:
                yield what


def _compact(plain: str) -> str:
    return "".join(plain.casefold().split())


def _as_words(plain: str, sought: Forbidden) -> Iterator[str]:
    if not sought.words and not sought.recognised:
        return
    longest = max((len(_words(text)) for texts in sought.words.values() for text in texts), default=1)
    there = phrases(plain, min(max(longest, sought.most_words if sought.recognised else 1), _MOST_WORDS))
    finds = {what: _beginnings(texts) & there for what, texts in sought.words.items()}
    for what, found in (*finds.items(), *((what, tell(there)) for what, tell in sought.recognised.items())):
        if any(not sought.ordinary(one) for one in found):
            yield what


def _beginnings(texts: Collection[str]) -> set[str]:
    return {beginning for text in texts if (beginning := " ".join(_words(text)[:_MOST_WORDS]))}


def phrases(plain: str, most: int = _MOST_WORDS) -> frozenset[str]:
    """Every run of one to six words that stands on a line of the text, without capitals."""
    found: set[str] = set()
    for words in map(_words, dict.fromkeys(plain.splitlines())):
        for length in range(1, most + 1):
            found.update(map(" ".join, zip(*(words[skipped:] for skipped in range(length)), strict=False)))
    return frozenset(found)


def _words(text: str) -> list[str]:
    return _WORD.findall(unicodedata.normalize("NFKC", text).casefold())
