"""Rows of a raw file become episodes and measurements; every broken rule becomes a problem."""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from isu_analysis.intake import cells
from isu_analysis.intake.cells import CellProblem
from isu_analysis.intake.checks import Fault, Problem
from isu_analysis.intake.pseudonyms import Key
from isu_analysis.intake.readers import Sheet
from isu_analysis.settings import BackgroundColumn, Column, MeasurementColumn, Source, Unit

_SUM_ROW = re.compile(r"(totalt?|summa|antal|medel(värde)?|snitt|genomsnitt)[ :.0-9]*", re.IGNORECASE)

Row = dict[str, Any]


def is_sum(first: Any) -> bool:
    """Tell whether the first cell of a row says that the row holds sums."""
    return isinstance(first, str) and bool(_SUM_ROW.fullmatch(first))


@dataclass
class Tables:
    """What has been read so far; rows are plain dicts until the store makes frames of them."""

    episodes: list[Row] = field(default_factory=list)
    measurements: list[Row] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    def __repr__(self) -> str:
        return f"Tables({len(self.episodes)} episodes, {len(self.measurements)} measurements, {len(self.problems)} problems)"


@dataclass(frozen=True)
class RowReader:
    """Reads the rows of one sheet of one source."""

    unit: Unit
    source: Source
    sheet: Sheet
    key: Key
    year: int | None
    tables: Tables

    def read(self) -> None:
        """Read every row into the tables."""
        self.tables.problems.extend(self.sheet.problems)
        for row, values in self.sheet.rows:
            if self._is_sum_row(row, values):
                continue
            episode = self._episode_id(row, values)
            if self.source.rows == "episode":
                self._read_episode(row, values, episode)
            self._read_measurements(row, values, episode)

    def _is_sum_row(self, row: int, values: Row) -> bool:
        first = next((value for value in values.values() if value is not None), None)
        if is_sum(first):
            self.tables.problems.append(
                self.sheet.problem(row, "", "raden ser ut som en summarad", "en rad för varje ärende; ta bort summan")
            )
            return True
        return False

    def _episode_id(self, row: int, values: Row) -> str | None:
        heading = self.source.id
        number = self._cell(row, values, heading, cells.as_text)
        if number is not None:
            return self.key.pseudonym(self.unit.municipality_slug, "episode", number)
        if self.source.rows == "episode" and heading and values.get(heading) is None:
            self._problem(row, heading, "ärendet saknar nummer", "ett eget nummer på varje rad")
        return None

    def _read_episode(self, row: int, values: Row, episode: str | None) -> None:
        start = self._cell(row, values, self.source.start, self._date)
        end = self._cell(row, values, self.source.end, self._date)
        record: Row = {"episode": episode, "start": start, "end": end, "year": self._year_of(start, end)}
        for name in ("ending", "intervention", "reason"):
            column = getattr(self.source, name)
            record[name] = self._code(row, values, column) if column else None
        self._check_dates(row, record)
        for name, background in self.source.background.items():
            record[name] = self._background(row, values, background)
        record["_place"] = (self.sheet, row)
        self.tables.episodes.append(record)

    def _check_dates(self, row: int, record: Row) -> None:
        start, end, column = record["start"], record["end"], self.source.end
        if start and end and end < start:
            self._problem(row, column, "slutdatum ligger före startdatum", "ett datum från och med startdatum")
        # An empty end date is a case still open: it belongs to no year yet.
        if self.year and self.unit.cohort.rule == "ended" and end and end.year != self.year:
            self._problem(row, column, "slutdatum ligger utanför filens år", f"ett datum under {self.year}")

    def _year_of(self, start: dt.date | None, end: dt.date | None) -> int | None:
        dates = {"ended": end, "started": start}
        if self.unit.cohort.rule == "declared":
            return self.year
        date = dates[self.unit.cohort.rule]
        return date.year if date else None

    def _background(self, row: int, values: Row, column: BackgroundColumn) -> Any:
        if column.type == "category":
            return self._code(row, values, column)
        value = self._cell(row, values, column.column, lambda cell: cells.number(cell, self.source.decimal))
        low = -math.inf if column.minimum is None else column.minimum
        high = math.inf if column.maximum is None else column.maximum
        if value is not None and not low <= value <= high:
            self._problem(row, column.column, "värdet ligger utanför det som är rimligt", cells.span(low, high))
        return value

    def _read_measurements(self, row: int, values: Row, episode: str | None) -> None:
        day = self._cell(row, values, self.source.day, self._date)
        year = self.year if self.year is not None else (day.year if day else None)
        for column in self.source.measurements:
            occasion = self._occasion(row, values, column)
            if occasion is None:
                continue
            record = self._measured(row, values, column)
            record |= {"episode": episode, "measure": column.measure, "item": column.item, "occasion": occasion,
                       "rater": column.rater, "mode": "form", "day": day, "year": year,
                       "_place": (self.sheet, row, column.column), "_day_column": self.source.day}  # fmt: skip
            self.tables.measurements.append(record)

    def _occasion(self, row: int, values: Row, column: MeasurementColumn) -> str | None:
        if column.occasion is not None:
            return column.occasion
        named = self.source.occasion
        if named is None:
            self._problem(
                row, column.column, "mättillfället är inte angivet i enhetsfilen", "«occasion» på kolumnen eller filen"
            )
            return None
        if values.get(named.column) is None:
            self._problem(row, named.column, "mättillfället saknas", ", ".join(f"«{word}»" for word in named.values))
            return None
        return self._code(row, values, named)

    def _measured(self, row: int, values: Row, column: MeasurementColumn) -> Row:
        """Value or level of one cell, or the reason it is missing."""
        cell = values.get(column.column)
        record: Row = {"value": math.nan, "level": None, "missing_reason": None}
        if cell is None or self._is_missing(cell, column):
            record["missing_reason"] = "unknown" if cell is None else column.missing[cells.as_text(cell)]
            return record
        measure = self.unit.measure(column.measure)
        if measure.kind == "scale":
            read: Callable[[Any], Any] = lambda value: cells.score(value, measure, self.source.decimal)  # noqa: E731
            record["value"] = self._cell(row, values, column.column, read)
        else:
            record["level"] = self._cell(
                row, values, column.column, lambda value: cells.code(value, column, measure.codes)
            )
        return record

    def _code(self, row: int, values: Row, column: Column) -> Any:
        """Code of a text; None for an empty cell and for texts declared as missing."""
        if self._is_missing(values.get(column.column), column):
            return None
        return self._cell(row, values, column.column, lambda cell: cells.code(cell, column))

    def _is_missing(self, cell: Any, column: Column) -> bool:
        """Whether a cell, a text or a number such as 99, is declared to mean that the answer is missing."""
        return cell is not None and not isinstance(cell, Fault) and cells.as_text(cell) in column.missing

    def _date(self, cell: Any) -> dt.date:
        return cells.date(cell, self.source.date_format)

    def _cell(self, row: int, values: Row, heading: str | None, read: Callable[[Any], Any]) -> Any:
        cell = values.get(heading) if heading else None
        if cell is None or heading is None:
            return None
        if isinstance(cell, Fault):
            self._problem(row, heading, cell.what, cell.allowed)
            return None
        try:
            return read(cell)
        except CellProblem as error:
            cells.listed(self.tables.problems, self.sheet, row, heading, error)
            return None

    def _problem(self, row: int, heading: str | None, what: str, allowed: str) -> None:
        self.tables.problems.append(self.sheet.problem(row, heading or "", what, allowed))


def check_whole(unit: Unit, tables: Tables) -> None:
    """Rules that need all files of the unit: a case twice, a measurement twice, an end measured before its start."""
    told = _check_cases(tables)
    measured = [
        record
        for record in tables.measurements
        if record["missing_reason"] is None and record["episode"] and _row_of(record) not in told
    ]
    _check_twice(unit, tables, measured)
    _check_order(unit, tables, measured)


def _row_of(record: Row) -> tuple[int, int]:
    sheet, row = record["_place"][:2]
    return id(sheet), row


def _check_cases(tables: Tables) -> set[tuple[int, int]]:
    """List cases that stand twice; their second rows are returned, whose measurements need no lines of their own."""
    told = set()
    seen: dict[str, tuple[Sheet, int]] = {}
    for record in tables.episodes:
        sheet, row = record["_place"]
        if record["episode"] in seen:
            first, first_row = seen[record["episode"]]
            what = f"samma ärende står redan på rad {first_row} i {first.file}"
            tables.problems.append(sheet.problem(row, "", what, "en rad för varje ärende"))
            told.add(_row_of(record))
        elif record["episode"] is not None:
            seen[record["episode"]] = (sheet, row)
    return told


def _check_twice(unit: Unit, tables: Tables, measured: list[Row]) -> None:
    seen: dict[tuple[Any, ...], tuple[Sheet, int, str]] = {}
    for record in measured:
        key = tuple(record[name] for name in ("episode", "measure", "item", "occasion", "rater"))
        sheet, row, heading = record["_place"]
        if key in seen:
            first, first_row, _ = seen[key]
            label = unit.occasions[record["occasion"]].label
            what = f"ärendet har redan ett värde vid «{label}», på rad {first_row} i {first.file}"
            tables.problems.append(sheet.problem(row, heading, what, "ett värde för varje ärende och tillfälle"))
        else:
            seen[key] = record["_place"]


def _check_order(unit: Unit, tables: Tables, measured: list[Row]) -> None:
    key = ("episode", "measure", "item", "rater")
    dated = [record for record in measured if record["day"]]
    starts = {
        tuple(record[name] for name in key): record["day"]
        for record in dated
        if unit.occasions[record["occasion"]].role == "start"
    }
    for record in dated:
        if unit.occasions[record["occasion"]].role == "start":
            continue
        started = starts.get(tuple(record[name] for name in key))
        if started and record["day"] < started:
            sheet, row, _ = record["_place"]
            what = "mätningen är daterad före ärendets mätning vid start"
            tables.problems.append(sheet.problem(row, record["_day_column"], what, "ett datum från och med startens"))
