"""The outsider's puzzle: hidden counts as unknowns, facts as rows, and the parts that have nothing to do with each other."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from isu_analysis.disclosure.audit.printed import Fact, Printed
from isu_analysis.errors import DisclosureError

CONTRADICTION = "Röjandeskyddet kunde inte granskas: uppgifterna i rapporterna säger emot varandra."
UNKNOWN = "Röjandeskyddet kunde inte granskas: ett samband gäller ett antal som inte finns i någon rapport."
NO_NUMBER = "Röjandeskyddet kunde inte granskas: ett samband saknar ett tal."
SLACK = 1e-6

Row = tuple[dict[str, float], float, float]  # coefficients of unknowns, and what their sum lies between


@dataclass(frozen=True)
class Puzzle:
    """Unknown whole numbers that hang together.

    Attributes
    ----------
    names : tuple of str
        One for each column.
    least, most : array
        What is known of each unknown; ``most`` may be infinite.
    rows : sparse array
        Coefficients.
    low, high : array
        What each row lies between.
    """

    names: tuple[str, ...]
    least: NDArray[np.float64]
    most: NDArray[np.float64]
    rows: csr_array
    low: NDArray[np.float64]
    high: NDArray[np.float64]

    def holds(self, table: NDArray[np.float64]) -> bool:
        """Whether a table of whole numbers fits everything that is known; checked without the solver."""
        sums = self.rows @ table
        room = SLACK + 1e-9 * (abs(self.rows) @ np.abs(table))
        fits = (sums >= self.low - room) & (sums <= self.high + room)
        return bool(fits.all() and (table >= self.least).all() and (table <= self.most).all())


@dataclass(frozen=True)
class Knowledge:
    """Everything the outsider starts from: counts that are printed, and what he knows of each hidden one."""

    printed: Mapping[str, int]
    hidden: Mapping[str, tuple[float, float]]


def gather(printed: Iterable[Printed]) -> Knowledge:
    """Put together what several reports say of each count.

    Raises
    ------
    DisclosureError
        They contradict each other.
    """
    values: dict[str, int] = {}
    ranges: dict[str, tuple[float, float]] = {}
    for number in printed:
        least, most = ranges.get(number.name, (-math.inf, math.inf))
        if number.value is not None:
            if values.setdefault(number.name, number.value) != number.value:
                raise DisclosureError(CONTRADICTION)
            continue
        ranges[number.name] = (
            max(least, math.ceil(number.least)),
            min(most, math.inf if number.most is None else math.floor(number.most)),
        )
    hidden = {name: ends for name, ends in ranges.items() if name not in values}
    if any(least > most for least, most in hidden.values()):
        raise DisclosureError(CONTRADICTION)
    return Knowledge(values, hidden)


def puzzles(known: Knowledge, facts: Iterable[Fact]) -> list[Puzzle]:
    """Take what is printed out of the facts, and split the rest into puzzles that can be solved one by one.

    Raises
    ------
    DisclosureError
        A fact names a count that nobody has heard of, holds no number, or contradicts what is printed.
    """
    rows = [row for row in (_unknown_part(fact, known) for fact in facts) if row[0]]
    leader = {name: name for name in known.hidden}
    for coefficients, _, _ in rows:
        first, *others = coefficients
        for name in others:
            leader[_head(leader, name)] = _head(leader, first)
    members: dict[str, list[str]] = {}
    for name in sorted(known.hidden):
        members.setdefault(_head(leader, name), []).append(name)
    belonging: dict[str, list[Row]] = {head: [] for head in members}
    for row in rows:
        belonging[_head(leader, next(iter(row[0])))].append(row)
    return [_puzzle(names, belonging[head], known) for head, names in members.items()]


def _unknown_part(fact: Fact, known: Knowledge) -> Row:
    """Move what is printed to the other side."""
    numbers = [coefficient for _, coefficient in fact.terms]
    if not all(math.isfinite(number) for number in numbers) or math.isnan(fact.low) or math.isnan(fact.high):
        raise DisclosureError(NO_NUMBER)
    coefficients: dict[str, float] = {}
    constant = 0.0
    for name, coefficient in fact.terms:
        if name in known.printed:
            constant += coefficient * known.printed[name]
        elif name in known.hidden:
            coefficients[name] = coefficients.get(name, 0.0) + coefficient
        else:
            raise DisclosureError(UNKNOWN)
    coefficients = {name: coefficient for name, coefficient in coefficients.items() if coefficient}
    low, high = fact.low - constant, fact.high - constant
    if low > high + SLACK or (not coefficients and not low - SLACK <= 0 <= high + SLACK):
        raise DisclosureError(CONTRADICTION)
    return coefficients, low, high


def _head(leader: dict[str, str], name: str) -> str:
    """Name that stands for everything a count hangs together with; shortens the way for the next time."""
    while leader[name] != name:
        leader[name] = leader[leader[name]]
        name = leader[name]
    return name


def _puzzle(names: list[str], rows: list[Row], known: Knowledge) -> Puzzle:
    place = {name: column for column, name in enumerate(names)}
    entries = [
        (number, place[name], coefficient)
        for number, (coefficients, _, _) in enumerate(rows)
        for name, coefficient in coefficients.items()
    ]
    at, column, coefficient = zip(*entries, strict=True) if entries else ((), (), ())
    shape = (len(rows), len(names))
    return Puzzle(
        tuple(names),
        np.array([known.hidden[name][0] for name in names], dtype=float),
        np.array([known.hidden[name][1] for name in names], dtype=float),
        csr_array((np.array(coefficient, dtype=float), (np.array(at, int), np.array(column, int))), shape=shape),
        np.array([low for _, low, _ in rows], dtype=float),
        np.array([high for _, _, high in rows], dtype=float),
    )
