"""Numbers as the readers of a language write them: in Swedish decimal comma, true minus, hard space before the per cent sign.

The only place where anything is rounded.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

MINUS, HARD_SPACE, RANGE = "\u2212", "\u00a0", "\u2013"
ROUNDING_SLACK = 1e-9  # a number that is whole but for its binary form stays what it is
WHOLE_PERCENT_TO = 100  # a decimal of a per cent says nothing when one person is a whole per cent or more


@dataclass(frozen=True)
class Numbers:
    """How one language writes numbers: its decimal sign, what parts thousands, its per cent sign and its word for to."""

    point: str
    thousands: str
    percent_sign: str
    to: str

    @classmethod
    def of(cls, language: str) -> Numbers:
        """The numbers of a language, ``sv`` or ``en``."""
        return _BY_LANGUAGE[language]

    def decimal(self, value: float, places: int = 1) -> str:
        """Write a number: ``-11.88`` -> ``−11,9``. Nought is never written with a sign."""
        if math.isnan(value):
            return RANGE
        text = f"{abs(value):,.{places}f}".replace(",", "\0").replace(".", self.point).replace("\0", self.thousands)
        negative = value < 0 and any(figure in "123456789" for figure in text)
        return (MINUS if negative else "") + text

    def whole(self, value: float) -> str:
        """Write a count: ``5800`` -> ``5 800``."""
        return self.decimal(value, 0)

    def size(self, value: float, places: int = 1) -> str:
        """Write how much, without sign: ``-11.88`` -> ``11,9``."""
        return self.decimal(abs(value), places)

    def percent(self, share: float, of: int | None) -> str:
        """Write a share: whole per cent up to 100 people, one decimal above; never 0 or 100 for what is not."""
        places = 0 if of is None or of <= WHOLE_PERCENT_TO else 1
        value = 100 * share
        if 0 < share < 1:
            step = 10.0**-places
            value = min(max(round(value, places), step), 100 - step)
        return self.decimal(value, places) + self.percent_sign

    def interval(self, low: float, high: float, places: int = 1) -> str:
        """Write an interval: ``−14,8 till −9,0``."""
        return f"{self.decimal(low, places)} {self.to} {self.decimal(high, places)}"

    def percent_interval(self, low: float, high: float) -> str:
        """Write an interval of shares in whole per cent: ``42–62 %``."""
        return f"{self.decimal(100 * low, 0)}{RANGE}{self.decimal(100 * high, 0)}{self.percent_sign}"

    def plain(self, value: float) -> str:
        """Write a limit as it is, at most two decimals and none that say nothing: ``5``, ``0,5``, ``12,6``."""
        text = self.decimal(value, 2)
        return text.rstrip("0").rstrip(self.point) if self.point in text else text

    def at_most(self, value: float, places: int = 1) -> str:
        """Write how much there may be at most, rounded down so that the words stay true."""
        step = 10**places
        return self.decimal(math.floor(abs(value) * step + ROUNDING_SLACK) / step, places)

    def at_least_percent(self, share: float) -> str:
        """Write the smallest share that is needed, rounded up so that the words stay true."""
        return self.decimal(math.ceil(100 * share - ROUNDING_SLACK), 0) + self.percent_sign


_BY_LANGUAGE = {
    "sv": Numbers(",", HARD_SPACE, f"{HARD_SPACE}%", "till"),
    "en": Numbers(".", ",", "%", "to"),
}
