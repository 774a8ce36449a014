"""Swedish person numbers, coordination numbers and temporary numbers, by a strict rule of our own.

Sources: folkbokföringslagen (1991:481) 18 § (parts, the plus sign, eight-figure birth date in registers), 18 a §
(coordination numbers: the day plus 60); Skatteverket, Rättslig vägledning "Personnumrets konstruktion" (birth number
001-999, centuries 18, 19 and 20, check digit by modulus 10 with the weights 2 and 1); Skatteverket's published test
coordination numbers (month 00 and day 60 where month or day of birth is not known).

Temporary numbers have no common rule. Three are public and are known here; any other is a local case number:

- T and TF numbers, ``ÅÅÅÅMMDD-T123`` and ``ÅÅÅÅMMDD-TF10`` (IVO's instruction to municipalities; TF is also SCB's form);
- the national reserve identity, ``XXÅÅMMDDNNGC`` (Inera, Nationellt ReservID, specifikation 1.0);
- Region Stockholm's reserve number, ``99`` and the year it was given out (Vårdgivarguiden); how its check digit is
  reckoned is not public, so it is not checked.
"""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from dataclasses import dataclass
from typing import Literal

from isu_analysis.intake.cells import CellProblem

IdentityKind = Literal["person_number", "coordination_number", "temporary", "local"]

NOT_VALID = "ser ut som ett personnummer men är inte giltigt"  # words of the problem, for `looks_like_person_number`

SHORTEST = 10  # characters of the shortest number of a person
_COORDINATION = 60  # added to the day of birth
_NUMBERS = ("person_number", "coordination_number")
_CENTURIES = ("18", "19", "20")
_FIRST_YEAR = 1800  # Skatteverket stores the centuries 18, 19 and 20
_PLUS_AGE = 100  # from the calendar year in which a person turns 100 the hyphen is a plus sign
_LETTERS = "a-hj-npr-ux-z"  # of the national reserve identity: not i, o, q, v, w
_DASHES = {ord(sign): "-" for sign in "\u2010\u2012\u2013\u2014\u2212"}  # that word processors put for a hyphen
_DOUBLED = (0, 2, 4, 6, 8, 1, 3, 5, 7, 9)  # sum of the figures of 0, 2, 4 ... 18
_OF_PAIR = {f"{pair:02}": _DOUBLED[pair // 10] + pair % 10 for pair in range(100)}  # weights 2 and 1, by two figures

_NUMBER = re.compile(r"(18|19|20)?([0-9]{2})([0-9]{2})([0-9]{2})([-+]?)([0-9]{4})")
_T_NUMBER = re.compile(r"((?:18|19|20)[0-9]{2})([0-9]{2})([0-9]{2})-?(t(?:f[0-9]|[0-9]{2})[0-9])")
_RESERVE = re.compile(rf"([0-9]{{2}})([0-9]{{2}})([0-9]{{2}})([0-9]{{2}})-?([{_LETTERS}]{{2}}[0-9{_LETTERS}])([0-9])")
_STOCKHOLM = re.compile(r"99((?:19|20)[0-9]{2})([0-9]{2})-?([0-9]{4})")
_EMAIL = re.compile(r"[^\s@]+@[^\s@]+\.[^\s@]+")
_FIGURES = re.compile(r"(?<![0-9])[0-9]{6,8}\s*[-+\u2010\u2012-\u2014\u2212]?\s*[0-9]{4}(?![0-9])")
_TOKEN = re.compile(r"[\w+\-\u2010\u2012-\u2014\u2212]+")
_SHAPE = re.compile(
    r"(?:[0-9]{2})?[0-9]{2}[01][0-9]{3} ?[-+ ] ?[0-9]{4}"
    r"|(?:18|19|20)?[0-9]{2}(?:0[0-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01]|[6-8][0-9]|9[01])[0-9]{4}"
)


@dataclass(frozen=True, repr=False)
class Identity:
    """Who a row is about; neither repr nor str shows the number.

    Attributes
    ----------
    kind : {"person_number", "coordination_number", "temporary", "local"}
    canonical : str
        The one text for every way to write it: 12 characters without sign for numbers, the trimmed case-folded text
        for a local case number. For `Key.pseudonym`, and for nothing else.
    born : date or None
        Date of birth of a person or coordination number, if all of it is known. A person number's day may be a day
        near the true one (18 §, third paragraph); the pseudonym does not depend on it.
    """

    kind: IdentityKind
    canonical: str
    born: dt.date | None = None

    def __repr__(self) -> str:
        return f"Identity({self.kind!r})"


def normalise(text: str, reference: dt.date) -> Identity:
    """Tell what kind of number a text is, and give its one canonical form.

    Parameters
    ----------
    text : str
        As in the file: 10 or 12 figures, with ``-``, ``+`` or nothing before the last four.
    reference : date
        Decides the century of ten figures, never today: with ``-`` or nothing the latest birth date not after it,
        with ``+`` the latest birth year at least a hundred years before its year. Twelve figures must not lie after
        it. Use a date that belongs to the file (the last day of its year), so that a later reading says the same.

    Returns
    -------
    Identity
        ``local`` for all that is no valid number. Ask `looks_like_person_number` about those: a mistyped number
        must be listed as a problem, else one person quietly becomes two.
    """
    folded = _folded(text)
    if len(folded) < SHORTEST:
        return Identity("local", folded)
    written = folded if folded.isascii() else folded.translate(_DASHES)
    return _of_person(written, reference) or _temporary(written, reference) or Identity("local", folded)


def read_identity(text: str, reference: dt.date | None, *, strict: bool) -> Identity:
    """Read one cell of a column of persons' or cases' numbers.

    Parameters
    ----------
    text : str
    reference : date or None
        As for `normalise`. Without one twelve figures are judged by themselves; ten have no century.
    strict : bool
        True in a column of persons' numbers, where what looks like a person number must be one. False in a column of
        case numbers, which may look like anything.

    Raises
    ------
    CellProblem
        It looks like a person number and is no valid one; the problem does not show it.
    """
    found = normalise(text, reference or dt.date.max)
    if reference is None and found.kind in _NUMBERS and not found.canonical.startswith(_CENTURIES):
        found = Identity("local", _folded(text))  # ten figures, whose century nothing tells
    if strict and found.kind == "local" and looks_like_person_number(text):
        raise CellProblem(NOT_VALID, "ett giltigt personnummer eller samordningsnummer, eller enhetens eget nummer")
    return found


def looks_like_person_number(text: str) -> bool:
    """Tell whether a text has the shape of a person number; figures and signs only, no check digit, no calendar.

    With a sign (or a space) before the last four figures every month up to 19 counts, as a mistyped month is a mistyped
    month; organisation numbers (20 and up) and case numbers such as 202401-0012 do not. Without a sign, month and
    day must be possible ones, or every running number of ten figures would be suspect.

    Notes
    -----
    For intake: a value in a column of persons' numbers that looks like one and that `normalise` calls ``local`` is a
    problem (`NOT_VALID`), as `read_identity` has it with ``strict``. It is then listed with file, row and column, never
    read in as a local case number and never shown.
    """
    folded = _folded(text)
    return bool(_SHAPE.fullmatch(folded if folded.isascii() else folded.translate(_DASHES)))


def names_somebody(text: str) -> bool:
    """Whether a text, or a part of it, looks like a person number, a temporary number or an e-mail address."""
    plain = unicodedata.normalize("NFKC", text)
    figures = (" ".join(part.split()) for part in _FIGURES.findall(plain))
    parts = {plain, *plain.split(), *_TOKEN.findall(plain), *figures}
    return bool(_EMAIL.search(plain)) or any(map(_is_number, parts))


def _is_number(part: str) -> bool:
    return looks_like_person_number(part) or normalise(part, dt.date.max).kind != "local"


def _folded(text: str) -> str:
    """Trimmed, NFKC and case-folded, until nothing more changes: a few letters need two turns."""
    if text.isascii():
        return text.strip().casefold()
    before = None
    while text != before:
        before, text = text, unicodedata.normalize("NFKC", text).strip().casefold()
    return text


def _of_person(written: str, reference: dt.date) -> Identity | None:
    found = _NUMBER.fullmatch(written)
    if not found:
        return None
    century, years, month, day, sign, last = found.groups()
    if last < "0010" or not _luhn(years + month + day + last):  # birth numbers go from 001 to 999
        return None
    coordination = int(day) >= _COORDINATION
    parts = int(month), int(day) - _COORDINATION * coordination
    year = int(century + years) if century else _year(int(years), *parts, sign, reference, coordination)
    born = _date(year, *parts, coordination)
    if born is None or born > reference or (sign == "+" and reference.year - year < _PLUS_AGE):
        return None
    kind: IdentityKind = "coordination_number" if coordination else "person_number"
    known = None if coordination and (month == "00" or parts[1] == 0) else born
    return Identity(kind, f"{year}{month}{day}{last}", known)


def _year(years: int, month: int, day: int, sign: str, reference: dt.date, coordination: bool) -> int:
    """Birth year of ten figures."""
    last = reference.year - _PLUS_AGE * (sign == "+")
    year = last - (last - years) % 100
    born = _date(year, month, day, coordination)
    return year - 100 if born is None or born > reference else year


def _date(year: int, month: int, day: int, coordination: bool = False) -> dt.date | None:
    """Date of birth, or the first it can be where a coordination number says that month or day is not known."""
    if coordination:
        month, day = month or 1, day or 1
    if year < _FIRST_YEAR:
        return None
    try:
        return dt.date(year, month, day)
    except ValueError:
        return None


def _luhn(figures: str) -> bool:
    """Whether ten figures with the weights 2, 1, 2 ... add up to whole tens."""
    return sum([_OF_PAIR[figures[place : place + 2]] for place in (0, 2, 4, 6, 8)]) % 10 == 0


def _temporary(written: str, reference: dt.date) -> Identity | None:
    if not (_is_t_number(written, reference) or _is_reserve(written, reference) or _is_stockholm(written, reference)):
        return None
    return Identity("temporary", written.replace("-", "").upper())


def _is_t_number(written: str, reference: dt.date) -> bool:
    found = _T_NUMBER.fullmatch(written)
    born = _date(int(found[1]), int(found[2]), int(found[3])) if found else None
    return born is not None and born <= reference


def _is_reserve(written: str, reference: dt.date) -> bool:
    """Whether it is a national reserve identity, of a known or an unknown date of birth."""
    found = _RESERVE.fullmatch(written)
    if not found:
        return False
    series, years, month, day = (int(part) for part in found.groups()[:4])
    if not _reserve_check(written.replace("-", "").upper()):
        return False
    if series == 0:
        return month >= 20 and 40 <= day <= 59
    century = 19 + (series - 19) % 3  # 22, 25 ... 97 are born in 19xx and 23, 26 ... 98 in 20xx
    born = _date(100 * century + years, month, day) if series >= 22 and century <= 20 else None
    return born is not None and born <= reference


def _reserve_check(number: str) -> bool:
    """Modulus 10 over all twelve characters; a letter counts as its ASCII value, weighted as one number."""
    total = 0
    for place, sign in enumerate(reversed(number)):
        worth = (1 + place % 2) * (int(sign) if sign.isdigit() else ord(sign))
        total += sum(map(int, str(worth)))
    return total % 10 == 0


def _is_stockholm(written: str, reference: dt.date) -> bool:
    found = _STOCKHOLM.fullmatch(written)
    return found is not None and int(found[1]) <= reference.year
