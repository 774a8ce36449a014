"""Numbers as Swedish readers write them: decimal comma, true minus, hard space before the per cent sign.

The only place where anything is rounded.
"""

from __future__ import annotations

import math

MINUS, HARD_SPACE, RANGE = "\u2212", "\u00a0", "\u2013"
ROUNDING_SLACK = 1e-9  # a number that is whole but for its binary form stays what it is
WHOLE_PERCENT_TO = 100  # a decimal of a per cent says nothing when one person is a whole per cent or more


def decimal(value: float, places: int = 1) -> str:
    """Write a number: ``-11.88`` -> ``−11,9``. Nought is never written with a sign."""
    if math.isnan(value):
        return "–"
    text = f"{abs(value):,.{places}f}".replace(",", HARD_SPACE).replace(".", ",")
    negative = value < 0 and any(figure in "123456789" for figure in text)
    return (MINUS if negative else "") + text


def whole(value: float) -> str:
    """Write a count: ``5800`` -> ``5 800``."""
    return decimal(value, 0)


def size(value: float, places: int = 1) -> str:
    """Write how much, without sign: ``-11.88`` -> ``11,9``."""
    return decimal(abs(value), places)


def percent(share: float, of: int | None) -> str:
    """Write a share: whole per cent up to 100 people, one decimal above; never 0 or 100 for what is not."""
    places = 0 if of is None or of <= WHOLE_PERCENT_TO else 1
    value = 100 * share
    if 0 < share < 1:
        step = 10.0**-places
        value = min(max(round(value, places), step), 100 - step)
    return decimal(value, places) + HARD_SPACE + "%"


def interval(low: float, high: float, places: int = 1) -> str:
    """Write an interval: ``−14,8 till −9,0``."""
    return f"{decimal(low, places)} till {decimal(high, places)}"


def percent_interval(low: float, high: float) -> str:
    """Write an interval of shares in whole per cent: ``42–62 %``."""
    return f"{decimal(100 * low, 0)}{RANGE}{decimal(100 * high, 0)}{HARD_SPACE}%"


def plain(value: float) -> str:
    """Write a limit as it is, at most two decimals and none that say nothing: ``5``, ``0,5``, ``12,6``."""
    text = decimal(value, 2)
    return text.rstrip("0").rstrip(",") if "," in text else text


def at_most(value: float, places: int = 1) -> str:
    """Write how much there may be at most, rounded down so that the words stay true."""
    step = 10**places
    return decimal(math.floor(abs(value) * step + ROUNDING_SLACK) / step, places)


def at_least_percent(share: float) -> str:
    """Write the smallest share that is needed, rounded up so that the words stay true."""
    return decimal(math.ceil(100 * share - ROUNDING_SLACK), 0) + HARD_SPACE + "%"
