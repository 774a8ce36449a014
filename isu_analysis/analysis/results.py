"""Results: one tidy frame of numbers, each with the counts it derives from and the people it is about.

`Book` (in a module of its own) is where the outcome modules write their cells; `Results` is what comes out. Nothing
here rounds or prints.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, field, fields

import pandas as pd

from isu_analysis.measures import Measure
from isu_analysis.settings import Unit, Volume
from isu_analysis.settings.periods import period
from isu_analysis.statistics import Criterion

COUNT, SHARE, MEAN, MODEL, CODE = "count", "share", "mean", "model", "code"

ELIGIBLE = "flow/eligible"

_ONCE = {"levels", "target", "answers", "goals"}
_TWICE = {"change", "sessions", "transition", "needs"}
_SEVERAL = {"answers", "goals", "needs"}


@dataclass(frozen=True)
class Cell:
    """One number (or code word) of a report.

    Attributes
    ----------
    id : str
        Its name, unique in the report: ``bdi:client/improved``.
    kind : str
        ``count`` (of persons), ``share``, ``mean`` (mean, SD or effect size of a named set of people), ``model``
        (an estimate that rests on more than one set), ``code`` (a word that depends on data).
    value, low, high : float
        Full precision; NaN where there is none. Shares as 0-1.
    n, of : int or None
        Numerator and denominator of a share; n people behind a mean.
    counts : tuple of str
        Ids of the counts it derives from: hidden with any of them.
    people : tuple of str
        Names of the sets of episodes it is computed on; of a count, the very episodes counted.
    persons : int or None
        How many different people are behind it: one person may have many goals, areas or events. None where each that
        is counted is somebody else, or nobody knows. The gate looks at the smaller of the value and this.
    code : str
        The word of a ``code`` cell.
    declared : bool
        True for a count that the unit declares instead of data.
    zero_is_plain : bool
        True where nought tells nothing about anybody (nobody was lost, no answer is missing).
    never_zero : bool
        True for a count that is a cell only because there is somebody in it (a background that occurs).
    internal : bool
        True for cells that a public report never holds.
    """

    id: str
    kind: str
    value: float = math.nan
    low: float = math.nan
    high: float = math.nan
    n: int | None = None
    of: int | None = None
    counts: tuple[str, ...] = ()
    people: tuple[str, ...] = ()
    code: str = ""
    declared: bool = False
    zero_is_plain: bool = False
    never_zero: bool = False
    internal: bool = False
    persons: int | None = None


@dataclass(frozen=True)
class Outcome:
    """One measure by one rater, and how it can be looked at.

    Attributes
    ----------
    design : str
        ``change`` (a scale, same person twice), ``sessions`` (the same from the first to the last conversation),
        ``process`` (a scale that follows the work), ``cross_sections`` (two anonymous pictures), ``levels`` (one
        occasion, one named answer a person), ``target`` (the same, reached or not), ``answers`` and ``goals`` (several
        answers, or goals, a person), ``transition`` (from one named state to another), ``needs`` (area by area, twice)
        or ``interviews`` (made or not).
    at : str
        Occasion of a later look at what is also judged at the end; empty for the ordinary one.
    """

    measure: Measure
    rater: str
    item: str
    design: str
    start: str | None
    end: str | None
    criterion: Criterion | None = None
    no_criterion: str = ""
    at: str = ""

    @property
    def key(self) -> str:
        """Prefix of the outcome's cells."""
        item, later = f":{self.item}" if self.item else "", f"@{self.at}" if self.at else ""
        return f"{self.measure.id}:{self.rater}{item}{later}"

    @property
    def once(self) -> bool:
        """Whether it is a picture of one occasion: answered or missing."""
        return self.design in _ONCE

    @property
    def twice(self) -> bool:
        """Whether the same person is looked at twice: paired or lost."""
        return self.design in _TWICE

    @property
    def any_item(self) -> str | None:
        """Which rows are its own: those of its item, or of any where a person has several."""
        return None if self.design in _SEVERAL else self.item


@dataclass(frozen=True)
class Context:
    """What a report knows besides its numbers; all of it declared in files, none of it about a person.

    ``through`` is the last day of the part of the year that the report is about; None where it is the whole year.
    """

    unit: Unit
    year: int
    as_of: dt.date
    outcomes: tuple[Outcome, ...]
    primary: str
    files: tuple[Mapping[str, object], ...] = ()
    warnings: tuple[str, ...] = ()
    through: dt.date | None = None

    @property
    def period(self) -> str:
        """The year, or its part, as in names of folders."""
        return period(self.year, self.through.isoformat() if self.through else "")

    @property
    def volumes(self) -> tuple[Volume, ...]:
        """Counts that the unit declares of the very time that the report is about: of the whole year, or none."""
        return () if self.through else tuple(volume for volume in self.unit.volumes if volume.year == self.year)

    def outcome(self, key: str) -> Outcome:
        """Find an outcome by its key."""
        return next(outcome for outcome in self.outcomes if outcome.key == key)

    @property
    def main(self) -> Outcome:
        """The primary outcome."""
        return self.outcome(self.primary)


@dataclass(frozen=True)
class Sum:
    """A published equation between counts: the parts make the total."""

    total: str
    parts: tuple[str, ...]


@dataclass(frozen=True)
class AtLeast:
    """What a word of the report says of counts, such as that so few were measured that no result is given.

    Each count times its coefficient, summed up, is at least ``least``.
    """

    terms: tuple[tuple[str, int], ...]
    least: int


@dataclass(frozen=True, repr=False)
class Results:
    """Everything computed for one unit and year, before the gate.

    Attributes
    ----------
    context : Context
    cells : tuple of Cell
    sums : tuple of Sum
        Equations between counts that a reader can work out.
    people : mapping of str to frozenset of str
        The sets of people that cells name; never shown.
    said : tuple of AtLeast
        What the words of the report say of its counts.
    clients : mapping of str to str
        Whose each episode is, where that is known; never shown.

    Examples
    --------
    >>> import isu_analysis as isu
    >>> results = isu.analyse(isu.cohort("exempelstad/unga-vuxna", 2024))
    >>> results.key, [outcome.key for outcome in results.context.outcomes]
    ('exempelstad/unga-vuxna/2024', ['core_om:client', 'sysselsattning:staff', 'kasam13:client'])
    """

    context: Context
    cells: tuple[Cell, ...]
    sums: tuple[Sum, ...]
    people: Mapping[str, frozenset[str]] = field(repr=False)
    said: tuple[AtLeast, ...] = ()
    clients: Mapping[str, str] = field(default_factory=dict, repr=False)

    @property
    def key(self) -> str:
        """``municipality/unit/year``, or of a part of the year ``municipality/unit/2024-tom-2024-06-30``."""
        return f"{self.context.unit.key}/{self.context.period}"

    @property
    def fingerprint(self) -> str:
        """SHA-256 of the numbers, so that a decision about them cannot be used for others.

        Nine figures of each: the same data computed on another number of processor cores may differ in the sixteenth.
        """
        rows = [[_nine_figures(getattr(cell, item.name)) for item in fields(Cell)] for cell in self.cells]
        return hashlib.sha256(json.dumps([self.key, rows], default=str).encode()).hexdigest()

    def to_frame(self) -> pd.DataFrame:
        """Cells as a tidy frame, one row a cell, for a researcher's own analysis (not for publication).

        Examples
        --------
        >>> import isu_analysis as isu
        >>> results = isu.analyse(isu.cohort("exempelstad/unga-vuxna", 2024))
        >>> cells = results.to_frame()
        >>> chosen = cells[cells["id"].isin(["core_om:client/paired_share", "core_om:client/change"])]
        >>> print(chosen[["id", "value", "low", "high", "n"]].round(2).to_string(index=False))
                                 id  value   low  high    n
        core_om:client/paired_share   0.55  0.45  0.65 51.0
              core_om:client/change  -6.63 -8.55 -4.71 51.0
        """
        return pd.DataFrame([{item.name: getattr(cell, item.name) for item in fields(Cell)} for cell in self.cells])

    def cell(self, cell_id: str) -> Cell:
        """Find a cell by its id.

        Examples
        --------
        >>> import isu_analysis as isu
        >>> results = isu.analyse(isu.cohort("exempelstad/unga-vuxna", 2024))
        >>> paired = results.cell("core_om:client/paired_share")
        >>> paired.n, paired.of, round(paired.value, 2)
        (51, 93, 0.55)
        """
        return next(cell for cell in self.cells if cell.id == cell_id)

    def __repr__(self) -> str:
        return f"Results({self.key!r}, {len(self.cells)} cells)"


def _nine_figures(value: object) -> object:
    return f"{value:.9g}" if isinstance(value, float) else value
