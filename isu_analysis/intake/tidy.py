"""Columns of a raw file become episodes and measurements; every broken rule becomes a problem."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from isu_analysis.intake import cells as rules
from isu_analysis.intake.answers import INCOMPLETE, UNKNOWN, Answers, Texts, of_column, of_items
from isu_analysis.intake.columns import Cells, Flags
from isu_analysis.intake.dated import check_births, check_years
from isu_analysis.intake.identities import SHORTEST, Identity, read_identity
from isu_analysis.intake.judging import Dates, SheetColumns, year_of
from isu_analysis.intake.pseudonyms import Key
from isu_analysis.intake.readers import Sheet
from isu_analysis.intake.tables import Block, Tables
from isu_analysis.measures import Measure
from isu_analysis.settings import BackgroundColumn, Column, LongColumns, MeasurementColumn, Source, Unit

_DATED = ("start", "end")
_CODED = ("ending", "intervention", "reason", "service_form", "protected")
_PEOPLE = ("worker", "group")  # pseudonyms of their own: staff have names too


@dataclass(frozen=True)
class SheetReader:
    """Reads one sheet of one source into the tables."""

    unit: Unit
    source: Source
    sheet: Sheet
    key: Key
    year: int | None
    tables: Tables

    def read(self) -> None:
        """Read every row."""
        self.tables.problems.extend(self.sheet.problems)
        self.tables.sheets.append((self.sheet, self.source))
        if not len(self.sheet.numbers):
            return
        if self.source.rows == "episode":
            self.tables.episodes.append(self._episodes())
        if self.year is not None:
            check_years(self.columns, self.unit, self.year, self._days)
        blocks = self._long(self.source.long) if self.source.long else map(self._measurements, self.source.measurements)
        self.tables.measurements.extend(block for block in blocks if len(block))

    @cached_property
    def columns(self) -> SheetColumns:
        """The sheet's columns, read by rules."""
        return SheetColumns(self.source, self.sheet, self.tables.problems)

    @cached_property
    def _place(self) -> dict[str, npt.NDArray[Any]]:
        return {"sheet": np.full(self.columns.rows, len(self.tables.sheets) - 1), "row": self.sheet.numbers}

    @cached_property
    def _dates(self) -> dict[str, Dates]:
        return {name: self.columns.date(getattr(self.source, name)) for name in _DATED}

    @cached_property
    def _days(self) -> dict[str | None, Dates]:
        """When measurements were made, by the heading that says so; None for the row's own where it has no date."""
        headings = dict.fromkeys(
            (self.source.day, *(column.day or self.source.day for column in self.source.measurements))
        )
        return {heading: self.columns.date(heading) for heading in headings}

    @cached_property
    def _reference(self) -> dt.date | None:
        """Latest day a person in the file can be born: the end of its year, or its own latest date."""
        if self.year is not None:
            return dt.date(self.year, 12, 31)
        known = [
            dates.max()
            for dates in (days[~np.isnat(days)] for days in (*self._dates.values(), *self._days.values()))
            if len(dates)
        ]
        return max(known).astype("datetime64[D]").item() if known else None

    @cached_property
    def _client(self) -> Cells:
        """Pseudonyms of the people; a number that looks like a person number must be one."""
        heading = self.source.client
        if heading is None:
            return Cells.constant(None, self.columns.rows)
        found = self.columns.judge(heading, self.sheet.columns[heading], lambda cell: self._identity(cell, strict=True))
        check_births(
            self.columns, found, {getattr(self.source, name): days for name, days in self._dates.items()} | self._days
        )
        return self._pseudonyms("client", Cells([one and one.canonical for one in found.values], found.codes))

    @cached_property
    def _episode(self) -> Cells:
        heading, is_case = self.source.id, self.source.rows == "episode"
        if heading is None:
            return self._named_by_client() if is_case else Cells.constant(None, self.columns.rows)
        column = self.sheet.columns[heading]
        if is_case:
            self.columns.problem_at(heading, ~column.filled(), "ärendet saknar nummer", "ett eget nummer på varje rad")
        return self._pseudonyms("episode", self.columns.judge(heading, column, self._case))

    def _named_by_client(self) -> Cells:
        """An episode without a number of its own is a person and the day it began (or ended)."""
        days = self._dates["start"] if self.source.start else self._dates["end"]
        known = self._client.filled() & ~np.isnat(days)
        self.columns.problem_at(self.source.client, ~known, "ärendet saknar person eller datum", "båda på varje rad")
        pairs = zip(
            self._client.listed(), days.astype("datetime64[D]").astype(str).tolist(), known.tolist(), strict=True
        )
        named = [f"{client}\x00{day}" if both else None for client, day, both in pairs]
        return self._pseudonyms("episode", Cells(named, np.arange(self.columns.rows, dtype=np.int32)))

    def _case(self, cell: Any) -> str:
        """Canonical number of a case; a short one in plain letters and figures is what it is, and most are."""
        if isinstance(cell, str) and len(cell) < SHORTEST and cell.isalnum() and cell.isascii():
            return cell.lower()
        return self._identity(cell, strict=False).canonical

    def _identity(self, cell: Any, *, strict: bool) -> Identity:
        return read_identity(rules.number_of_case(cell), self._reference, strict=strict)

    def _pseudonyms(self, kind: str, people: Cells) -> Cells:
        known = [one for one in people.values if one is not None]
        made = iter(self.key.pseudonyms(self.unit.municipality_slug, kind, known) if known else [])
        return Cells([None if one is None else next(made) for one in people.values], people.codes)

    # Episodes

    def _episodes(self) -> Block:
        texts = {"episode": self._episode, "client": self._client}
        texts |= {name: self.columns.coded(getattr(self.source, name)) for name in _CODED}
        texts |= {name: self._person(name) for name in _PEOPLE}
        texts["team"] = self.columns.coded(Column(column=self.source.team) if self.source.team else None)
        numbers = {name: self._dates[name] for name in ("start", "end")} | self._place
        numbers["contacts"] = self.columns.number(self.source.contacts, 0, math.inf)
        numbers["year"] = self._years()
        for name, column in self.source.background.items():
            if column.type == "number":
                numbers[name] = self._background(column)
            else:
                texts[name] = self.columns.coded(column)
        self._check_dates()
        return Block(texts, numbers)

    def _years(self) -> npt.NDArray[np.float64]:
        """Year an episode belongs to: of its end or its start, or the file's; an active one has several, set later."""
        if self.unit.cohort.rule == "declared":
            return np.full(self.columns.rows, math.nan if self.year is None else self.year)
        return year_of(self._dates["end" if self.unit.cohort.rule == "ended" else "start"])

    def _check_dates(self) -> None:
        start, end, heading = self._dates["start"], self._dates["end"], self.source.end
        if self.source.start and self.source.end and self.source.protected is None:
            neither = np.isnat(start) & np.isnat(end) & ~self._told(self.source.start) & ~self._told(self.source.end)
            allowed = "minst startdatum; ta bort rader som inte är ärenden"
            self.columns.problem_at(None, neither, "ärendet har varken startdatum eller slutdatum", allowed)
        self.columns.problem_at(
            heading, end < start, "slutdatum ligger före startdatum", "ett datum från och med startdatum"
        )
        if self.year:
            ended = ~np.isnat(end) & (self.unit.cohort.rule == "ended")  # else still open: of no year yet
            other = ended & (year_of(end) != self.year)
            self.columns.problem_at(
                heading, other, "slutdatum ligger utanför filens år", f"ett datum under {self.year}"
            )
            late = (year_of(start) > self.year) & ~other & ~(end < start)
            allowed = f"ett datum till och med {self.year}"
            self.columns.problem_at(self.source.start, late, "startdatum ligger efter filens år", allowed)

    def _told(self, heading: str) -> Flags:
        """Rows with anything in a column of dates: what is no date there has been told already."""
        return self.sheet.columns[heading].filled()

    def _person(self, name: str) -> Cells:
        found = self.columns.plain(getattr(self.source, name))
        return self._pseudonyms(name, found)

    def _background(self, column: BackgroundColumn) -> npt.NDArray[np.float64]:
        low = -math.inf if column.minimum is None else column.minimum
        high = math.inf if column.maximum is None else column.maximum
        return self.columns.number(column.column, low, high, Texts({}, column.missing))

    # Measurements

    def _measurements(self, column: MeasurementColumn) -> Block:
        measure = self.unit.measure(column.measure)
        texts = Texts(column.values, column.missing)
        headings = column.headings(measure)
        if column.items:
            of = {heading: self.sheet.columns[heading] for heading in headings}
            answers = of_items(of, texts, measure, self.source.decimal, self.columns.judge)
            self._warn_of_incomplete(answers, headings[0])
        else:
            answers = of_column(
                headings[0], self.sheet.columns[headings[0]], texts, measure, self.source.decimal, self.columns.judge
            )
        about = {
            "measure": Cells.constant(column.measure, self.columns.rows),
            "rater": Cells.constant(column.rater, self.columns.rows),
            "item": self._items(column.item_column, measure)
            if column.item_column
            else Cells.constant(column.item, self.columns.rows),
            "mode": Cells.constant(column.mode, self.columns.rows) if column.mode else self._modes(measure),
            "heading": Cells.constant(headings[0], self.columns.rows),
            "occasion": Cells.constant(column.occasion, self.columns.rows) if column.occasion else self._occasions,
        }
        reason = column.missing_reason or self.source.missing_reason
        day = self._days[column.day or self.source.day]
        return self._block(self._explained(answers, reason, headings[0]), about, day)

    def _warn_of_incomplete(self, answers: Answers, heading: str) -> None:
        n = int(answers.reason.flags([reason == INCOMPLETE for reason in answers.reason.values]).sum())
        if n:
            what = f"{n} formulär saknar svar på för många frågor och fick ingen poäng"
            self.tables.warnings.append(self.sheet.problem(0, heading, what, "svar på alla frågor"))

    def _long(self, long: LongColumns) -> list[Block]:
        """Rows of one measure at a time, each judged by its own card."""
        names = self._required(long.measure, "måttet saknas")
        rater = (
            self._required(long.rater_column, "det saknas vem som svarat")
            if long.rater_column
            else Cells.constant(long.rater, self.columns.rows)
        )
        blocks = []
        for name in dict.fromkeys(long.measure.values.values()):
            chosen = names.flags([value == name for value in names.values])
            if not chosen.any():
                continue
            measure, texts = self.unit.measure(name), Texts(long.values, long.missing)
            about = {
                "measure": Cells.constant(name, self.columns.rows),
                "rater": rater,
                "item": self._items(long.item_column, measure)
                if long.item_column
                else Cells.constant("", self.columns.rows),
                "mode": self._modes(measure),
                "heading": Cells.constant(long.value, self.columns.rows),
                "occasion": self._occasions,
            }
            column = self.sheet.columns[long.value]
            ours = Cells([*column.values, None], np.where(chosen, column.codes, len(column.values)).astype(np.int32))
            if measure.kind == "scale":
                texts = Texts({}, long.missing)
            answers = of_column(long.value, ours, texts, measure, self.source.decimal, self.columns.judge)
            told = self._explained(answers, self.source.missing_reason, long.value)
            blocks.append(self._block(told, about, self._days[self.source.day], chosen))
        return blocks

    def _block(self, answers: Answers, about: Mapping[str, Cells], day: Dates, chosen: Flags | None = None) -> Block:
        year = np.full(self.columns.rows, float(self.year)) if self.year is not None else year_of(day)
        texts = {
            "episode": self._episode,
            "client": self._client,
            **about,
            "level": answers.level,
            "missing_reason": answers.reason,
        }
        numbers = {"value": answers.value, "day": day, "year": year, **self._place}
        placed = about["occasion"].filled()
        return Block(texts, numbers).where(placed if chosen is None else placed & chosen)

    @cached_property
    def _occasions(self) -> Cells:
        named = self.source.occasion
        if named is None:
            return Cells.constant(None, self.columns.rows)
        return self._required(named, "mättillfället saknas")

    def _required(self, column: Column, what: str) -> Cells:
        """Codes of a column that every row needs; a row without would be passed over, or be nobody's."""
        cells, texts = self.sheet.columns[column.column], Texts(column.values, column.missing)
        empty = cells.flags([texts.reason(cell) is not None for cell in cells.values])
        self.columns.problem_at(column.column, empty, what, rules.words(tuple(column.values)))
        return self.columns.coded(column)

    def _items(self, heading: str, measure: Measure) -> Cells:
        """Names of needs, which are shown; of goals and the like only which is which: people write what they like there."""
        if measure.kind == "need":
            found = self.columns.coded(Column(column=heading))
        else:
            found = self._pseudonyms("item", self.columns.plain(heading))
        return Cells([name or "" for name in found.values], found.codes)

    def _modes(self, measure: Measure) -> Cells:
        usual = "interview" if measure.kind == "interview" else "form"
        if self.source.mode is None:
            return Cells.constant(usual, self.columns.rows)
        found = self.columns.coded(self.source.mode)
        return Cells([value or usual for value in found.values], found.codes)

    def _explained(self, answers: Answers, column: Column | None, heading: str) -> Answers:
        """Take the reason that a column of its own gives; a value and a reason in the same row cannot both be true."""
        if column is None:
            return answers
        given = self.columns.coded(column)
        unanswered = answers.reason.filled()
        what = "här står ett värde, och i en annan kolumn ett skäl att det saknas"
        self.columns.problem_at(heading, given.filled() & ~unanswered, what, "antingen värdet eller skälet")
        both = list(zip(answers.reason.listed(), given.listed(), strict=True))
        said = [why if own == UNKNOWN and why else own for own, why in both]
        return Answers(answers.value, answers.level, Cells(said, np.arange(len(said), dtype=np.int32)))
