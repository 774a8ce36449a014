"""What a printed percentage, or the ends of its interval, say about the counts behind it."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from statistics import NormalDist

from isu_analysis.disclosure.audit.printed import Fact, Printed

ROUNDING = 1e-9  # limits computed here and by the report may differ in their last bits


def share_fact(
    part: str, whole: str, printed_percent: float, decimals: int, *, elsewhere: bool = False
) -> tuple[Fact, ...]:
    """What a printed percentage says: the part is at least so much of the whole, and at most so much.

    Both ends of what rounds to the percentage are included, since halves go up in some programs and to even in
    others. All coefficients are whole numbers.

    Parameters
    ----------
    part, whole : str
        Names of counts.
    printed_percent : float
        As printed, such as 42.5.
    decimals : int
        How many of them are printed.
    elsewhere : bool
        Printed by another program, where 0 and 100 percent may be of what rounds to them; the reports here print
        the nearest other percentage then, so that 0 percent is nobody and 100 percent is all.

    Returns
    -------
    tuple of Fact
        To be added to the others.
    """
    steps = 10**decimals
    most = 100 * steps
    seen = round(printed_percent * steps)
    lowest, highest = 2 * seen - 1, 2 * seen + 1  # of twice as many steps, so that halves are whole numbers
    facts = []
    if not elsewhere:
        lowest, highest = {0: (0, 0), 1: (0, 3), most: (2 * most,) * 2, most - 1: (lowest, 2 * most)}.get(
            seen, (lowest, highest)
        )
        facts += [Fact(((part, 1.0),), 1.0, math.inf)] if seen > 0 else []
        facts += [Fact(((part, 1.0), (whole, -1.0)), -math.inf, -1.0)] if seen < most else []
    return (
        Fact(((part, 2.0 * most), (whole, -float(max(lowest, 0)))), 0.0, math.inf),
        Fact(((part, 2.0 * most), (whole, -float(min(highest, 2 * most)))), -math.inf, 0.0),
        *facts,
    )


def wilson_fact(
    part: str, whole: str, ends: tuple[float, float], decimals: int, wholes: Iterable[int]
) -> tuple[Fact, ...]:
    """What the printed ends of a Wilson interval say, as far as facts can say it: a frame round the possible pairs.

    For everything they say, whichever pairs are left out inside the frame, use `fitting_wilson` and `one_of`.

    Parameters
    ----------
    part, whole : str
        Names of counts.
    ends : tuple of float
        Printed, in percent.
    decimals : int
    wholes : iterable of int
        What the whole can be.

    Returns
    -------
    tuple of Fact
        No pair fits where the first of them is impossible.
    """
    pairs = fitting_wilson(ends, decimals, wholes)
    if not pairs:
        return (Fact(((part, 1.0),), 1.0, -1.0),)
    directions = {(1.0, 0.0), (0.0, 1.0), (1.0, -1.0)} | {
        (float(n), -float(k)) for k, n in (min(pairs, key=_ratio), max(pairs, key=_ratio))
    }
    facts = []
    for a, b in sorted(directions):
        sums = [a * k + b * n for k, n in pairs]
        terms = tuple((name, coefficient) for name, coefficient in ((part, a), (whole, b)) if coefficient)
        facts.append(Fact(terms, min(sums), max(sums)))
    return tuple(facts)


def fitting_wilson(ends: tuple[float, float], decimals: int, wholes: Iterable[int]) -> tuple[tuple[int, int], ...]:
    """Every part and whole whose 95 percent Wilson interval is printed with these ends, in percent."""
    half = 0.5 / 10**decimals + ROUNDING
    return tuple(
        (k, n)
        for n in sorted(set(wholes))
        for k in range(n + 1)
        if n > 0 and all(abs(100 * true - seen) <= half for true, seen in zip(_wilson(k, n), ends, strict=True))
    )


def one_of(
    part: str, whole: str, pairs: Sequence[tuple[int, int]]
) -> tuple[tuple[Printed, ...], tuple[Fact, Fact, Fact]]:
    """Say exactly that part and whole are one of these pairs: with a hidden 0 or 1 for each, of which one is 1."""
    choices = [f"{part} of {whole}: choice {number}" for number in range(len(pairs))]
    hidden = tuple(Printed(choice, None, 0, 1) for choice in choices)
    parts = tuple((choice, float(k)) for choice, (k, _) in zip(choices, pairs, strict=True))
    wholes = tuple((choice, float(n)) for choice, (_, n) in zip(choices, pairs, strict=True))
    return hidden, (
        Fact(tuple((choice, 1.0) for choice in choices), 1.0, 1.0),
        Fact(((part, -1.0), *parts), 0.0, 0.0),
        Fact(((whole, -1.0), *wholes), 0.0, 0.0),
    )


def _ratio(pair: tuple[int, int]) -> float:
    return pair[0] / pair[1]


def _wilson(k: int, n: int) -> tuple[float, float]:
    z = NormalDist().inv_cdf(0.975)
    middle = (k + z * z / 2) / (n + z * z)
    reach = z / (n + z * z) * math.sqrt(k * (n - k) / n + z * z / 4)
    return max(0.0, middle - reach), min(1.0, middle + reach)
