"""A decision, the figure it was about, and what a report knows of the decisions before it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace


@dataclass(frozen=True)
class Quotable:
    """A figure of a report that a decision can be about: its id, what it is called and how it was printed."""

    id: str
    label: str
    value: str


@dataclass(frozen=True)
class Decision:
    """What was decided after one year's report.

    Attributes
    ----------
    text : str
        The decision in the unit's own words.
    figure : Quotable or None
        The figure it was about, with its value then; None where it was about none in particular.
    by_when, discussed : date or None
        When it should be done, and when the result was discussed.
    asked_by : str
        Who asked for the result.
    happened : str
        What came of it, if anybody has written that.
    year : int
        Year of the report that led to it.
    """

    text: str
    figure: Quotable | None
    by_when: dt.date | None
    asked_by: str
    discussed: dt.date | None
    happened: str
    year: int


@dataclass(frozen=True)
class Unread:
    """A row of the file that could not be read, or the file itself (row 0): where and why, never what stands there."""

    row: int
    why: str


@dataclass(frozen=True)
class Decided:
    """What was decided after an earlier report: the decisions that could be read, and the rows that could not.

    Attributes
    ----------
    year : int or None
        Year of that report; None where nothing was decided, or nothing is known of it.
    count : int
        How many decisions there are, also where their words are left out.
    problems : tuple of Unread
        What could not be read.
    """

    year: int | None = None
    decisions: tuple[Decision, ...] = ()
    count: int = 0
    problems: tuple[Unread, ...] = ()

    @property
    def counted(self) -> Decided:
        """Only how many: the words, which may name somebody, stay inside the unit."""
        return replace(self, decisions=(), problems=())
