"""Printed numbers as spreadsheets have them: a value, and the format in which it looks as it was printed."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from isu_analysis.presentation.numbers import MINUS
from isu_analysis.presentation.wording import Wording

# A binary number is exact to fifteen digits; longer ones are identities or mischief, and stay text.
MOST_DIGITS = 15
SIGNED = '"{}"'


@dataclass(frozen=True)
class Printed:
    """A number with exactly the digits that were printed, and its number format."""

    value: int | float
    form: str


def printed_number(text: str, language: str) -> Printed | None:
    """Return the number that `text` is, written as the language writes numbers; None if it is anything else.

    Only what the report itself could have written is a number: ``007``, ``1e3`` and ``9 av 14`` stay text.
    """
    found = _pattern(language).fullmatch(text)
    if not found or sum(character.isdigit() for character in text) > MOST_DIGITS:
        return None
    sign, whole, decimals, percent = found.groups(default="")
    digits = re.sub(r"\D", "", whole)
    form = ("0" if digits == whole else "#,##0") + ("." + "0" * len(decimals) if decimals else "")
    if percent:
        form += percent.replace("\u00a0", '"\u00a0"')
    value: int | float = _value(digits, decimals, bool(percent))
    if sign:
        # A spreadsheet would write a hyphen for the minus, and nothing at all for a plus.
        form = f'{"" if sign == MINUS else SIGNED.format(sign)}{form};"{MINUS}"{form}'
    return Printed(-value if sign == MINUS else value, form)


def _value(digits: str, decimals: str, percent: bool) -> int | float:
    """Shift the decimal sign in the text: dividing would add digits that were never printed."""
    places = len(decimals) + (2 if percent else 0)
    return float(f"{digits}{decimals}e-{places}") if places else int(digits)


@cache
def _pattern(language: str) -> re.Pattern[str]:
    numbers = Wording(language).numbers
    point, thousands, percent = map(re.escape, (numbers.point, numbers.thousands, numbers.percent_sign))
    whole = rf"[1-9][0-9]{{0,2}}(?:{thousands}[0-9]{{3}})+|0|[1-9][0-9]*"
    return re.compile(rf"([{MINUS}+])?({whole})(?:{point}([0-9]+))?({percent})?")
