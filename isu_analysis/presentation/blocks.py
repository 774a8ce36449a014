"""The parts a report is built of: plain values, checked when made, that know nothing of PDF or HTML.

Every number is already a Swedish string, and every text is plain text: no markup is read from it anywhere.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import Literal

from isu_analysis.errors import ReportError
from isu_analysis.presentation.checked import Checked
from isu_analysis.presentation.svg import plain_svg, svg_size

Tone = Literal["known", "unknown", "warning", "refusal", "note"]
Align = Literal["left", "right", "center"]
# More figures than this in one row cannot be read at a glance, or at all on a phone.
MOST_KEY_FIGURES = 4
MOST_NOTE_LINES = 25  # what a page holds


@dataclass(frozen=True)
class Heading(Checked):
    """Heading of a section (2) or a part of one (3); level 1 is the report's own title."""

    text: str
    level: Literal[2, 3] = 2

    def check(self) -> None:
        """Refuse a heading without text."""
        self.require("text")


@dataclass(frozen=True)
class Paragraph(Checked):
    """One paragraph of running text; a newline breaks the line."""

    text: str

    def check(self) -> None:
        """Refuse an empty paragraph."""
        self.require("text")


@dataclass(frozen=True)
class Bullets(Checked):
    """A list, numbered if `ordered`."""

    items: tuple[str, ...]
    ordered: bool = False

    def check(self) -> None:
        """Refuse an empty list."""
        self.require("items")


@dataclass(frozen=True)
class Callout(Checked):
    """A framed statement: what is known, what is not, a warning, a refusal to answer, or a note."""

    title: str
    text: str
    tone: Tone = "note"

    def check(self) -> None:
        """Refuse a callout whose title or text is missing."""
        self.require("title", "text")


@dataclass(frozen=True)
class KeyFigure(Checked):
    """One number to remember, with what it counts and, if needed, of how many."""

    label: str
    value: str
    note: str = ""

    def check(self) -> None:
        """Refuse a number without a name, and a name without a number."""
        self.require("label", "value")


@dataclass(frozen=True)
class KeyFigures(Checked):
    """A row of one to four key figures."""

    items: tuple[KeyFigure, ...]

    def check(self) -> None:
        """Refuse an empty row and one too long to read."""
        if not 1 <= len(self.items) <= MOST_KEY_FIGURES:
            raise ReportError(f"En rad nyckeltal ska ha 1 till {MOST_KEY_FIGURES} tal.")


@dataclass(frozen=True)
class Column(Checked):
    """Head of a table column; figures stand to the right."""

    label: str
    align: Align = "left"

    def check(self) -> None:
        """Refuse a column without a head: a screen reader would have nothing to read before its cells."""
        self.require("label")


@dataclass(frozen=True)
class Table(Checked):
    """A table; the first cell of each row is its head unless `row_header` is false.

    Attributes
    ----------
    basis : str
        How many the results build on, of how many, and how many are missing. A table with it holds results, and is
        handed out as figures too; one without (files, sources, limits) is only read.
    """

    caption: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[str, ...], ...]
    note: str = ""
    row_header: bool = True
    basis: str = ""

    def check(self) -> None:
        """Refuse a table without caption, columns or rows, or with rows of another length."""
        self.require("caption", "columns", "rows")
        for number, row in enumerate(self.rows, start=1):
            if len(row) != len(self.columns):
                raise ReportError(f"Tabellens rad {number} har inte lika många celler som kolumner.")


@dataclass(frozen=True)
class Figure(Checked):
    """A drawing with the text that stands in for it; without that text it does not exist.

    Attributes
    ----------
    basis : str
        How many the drawing builds on, of how many, and how many are missing.
    """

    svg: str
    alt: str
    caption: str
    note: str = ""
    basis: str = ""

    def check(self) -> None:
        """Refuse a figure without alternative text or caption, and anything that is not a plain drawing."""
        self.require("alt", "caption", "svg")
        object.__setattr__(self, "svg", plain_svg(self.svg))
        svg_size(self.svg)


@dataclass(frozen=True)
class TwoColumns(Checked):
    """Two titled stacks of blocks side by side; below each other on a narrow screen."""

    left: tuple[Block, ...]
    right: tuple[Block, ...]
    left_title: str
    right_title: str

    def check(self) -> None:
        """Refuse missing titles or content, and blocks that need the whole width."""
        self.require("left", "right", "left_title", "right_title")
        if any(isinstance(block, TwoColumns | PageBreak | Heading) for block in (*self.left, *self.right)):
            raise ReportError("Två spalter får inte innehålla rubriker, sidbrytningar eller nya spalter.")


@dataclass(frozen=True)
class PageBreak(Checked):
    """What follows starts on a new page; nothing is seen of it on a screen."""


@dataclass(frozen=True)
class Notes(Checked):
    """Room to write by hand under a label: ruled lines, which nobody reads aloud."""

    label: str
    lines: int

    def check(self) -> None:
        """Refuse room without a label, without a line, or more than a page."""
        self.require("label")
        if not 1 <= self.lines <= MOST_NOTE_LINES:
            raise ReportError(f"Plats för anteckningar ska ha 1 till {MOST_NOTE_LINES} rader.")


Block = Heading | Paragraph | Bullets | Callout | KeyFigures | Table | Figure | TwoColumns | PageBreak | Notes


@dataclass(frozen=True)
class Document(Checked):
    """What stands around the sections: title, whom and when it concerns, and the marks on every page.

    Attributes
    ----------
    as_of : str
        Date of the data as YYYY-MM-DD; also the time stamp of the files, so that nothing reads the clock.
    marks : tuple of str
        What must be read on every page, for example "Påhittade uppgifter" or "Ej granskad".
    footer : str
        One line at the foot of every page.
    period : str
        What it is about in time, in words: ``2024, till och med 30 juni 2024``; just the year if left out.
    first_issued, updated : str
        Months of the data: of the first issue, and of the one that the figures come from. Not printed.
    figures : str
        Fingerprint of the figures, by which the next issue can tell whether they have changed. Not printed, and not
        there in a public report.
    """

    title: str
    subtitle: str
    municipality: str
    unit: str
    year: int
    language: Literal["sv", "en"]
    as_of: str
    release: Literal["internal", "public"]
    marks: tuple[str, ...] = ()
    footer: str = ""
    period: str = ""
    first_issued: str = ""
    updated: str = ""
    figures: str = ""

    def check(self) -> None:
        """Refuse a document without a name or with an impossible date."""
        self.require("title", "municipality", "unit")
        if "" in self.marks:
            raise ReportError("Document: en märkning i ’marks’ saknar text.")
        self.day()

    def day(self) -> date:
        """Return `as_of` as a date."""
        if re.fullmatch(r"\d{4}-\d{2}-\d{2}", self.as_of, re.ASCII):
            try:
                return date.fromisoformat(self.as_of)
            except ValueError:
                pass
        raise ReportError("Document: ’as_of’ ska vara ett datum på formen ÅÅÅÅ-MM-DD.")

    @property
    def when(self) -> str:
        """What it is about in time: the year, unless `period` says more."""
        return self.period or str(self.year)

    @property
    def full_title(self) -> str:
        """Title that tells this report from all others in a list of windows or files."""
        return f"{self.title} – {self.unit}, {self.municipality} {self.when}"
