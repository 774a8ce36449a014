"""An edition: one report as it was published, with what a reader was not shown."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field

from isu_analysis.disclosure.problem import Equation

Plain = float | int | str | bool | None  # what a field of a cell may be


@dataclass(frozen=True, repr=False)
class Entered:
    """A count as it stood in an edition.

    Attributes
    ----------
    value : int
        The truth, shown or not.
    shown : bool
        Whether the edition printed it.
    least, most, protect
        As in `problem.Count`, when the edition was decided.
    """

    value: int
    shown: bool
    least: int = 0
    most: int | None = None
    protect: tuple[int, int] | None = None

    def __repr__(self) -> str:
        return f"Entered({'shown' if self.shown else 'hidden'})"


@dataclass(frozen=True, repr=False)
class Edition:
    """One published report.

    Attributes
    ----------
    unit : str
        Slug of the unit, inside its municipality.
    year : int
    as_of : date
        Date of the data.
    rung : str
        How far down the ladder of fallbacks the report had to go.
    limits : mapping of str to int
        Limits of the release.
    counts : mapping of str to Entered
        Every public count by its cell, shown or hidden.
    numbers : mapping of str to float or None
        Every other number by its cell, as printed; None where it was hidden.
    sets : mapping of str to tuple of frozenset of str
        For each variable, the sets of people behind its shown means. Somebody who has been purged stands under a
        name that no episode has, the same in all editions.
    equations : tuple of Equation
        What everybody knows of the counts together.
    fingerprint : str
        Of the results that the decision was made for.
    key : str
        Fingerprint of the pseudonym key: sets under different keys cannot be compared.
    hidden : mapping of str to str
        The decision: hidden cell and why.
    clients : mapping of str to str
        Whose each episode of the sets is, where that is known.
    shown : mapping of str to mapping
        Every cell that was printed, field by field, so that it can be shown again; what is NaN is left out.
    pages : mapping of str to str
        SHA-256 of each published file, by name.
    edition, number : int
        First, second, ... of this report, and place in the ledger; nought until the ledger has entered it.
    """

    unit: str
    year: int
    as_of: dt.date
    rung: str
    limits: Mapping[str, int]
    counts: Mapping[str, Entered]
    numbers: Mapping[str, float | None]
    sets: Mapping[str, tuple[frozenset[str], ...]]
    fingerprint: str
    key: str
    equations: tuple[Equation, ...] = ()
    hidden: Mapping[str, str] = field(default_factory=dict)
    clients: Mapping[str, str] = field(default_factory=dict)
    shown: Mapping[str, Mapping[str, Plain]] = field(default_factory=dict)
    pages: Mapping[str, str] = field(default_factory=dict)
    edition: int = 0
    number: int = 0

    def __repr__(self) -> str:
        return f"Edition({self.unit!r}, {self.year}, edition {self.edition})"
