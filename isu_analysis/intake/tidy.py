"""Rows of a raw file become episodes and measurements; every broken rule becomes a problem."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from isu_analysis.intake import cells
from isu_analysis.intake.cells import CellProblem
from isu_analysis.intake.checks import Problem
from isu_analysis.intake.pseudonyms import Key
from isu_analysis.intake.readers import Sheet
from isu_analysis.settings import BackgroundColumn, Column, MeasurementColumn, Source, Unit

_SUM_ROWS = {"totalt", "total", "summa", "summa:", "totalt:", "antal", "medel", "medelvärde"}

Row = dict[str, Any]


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
        for row, values in self.sheet.rows:
            if self._is_sum_row(row, values):
                continue
            episode = self._episode_id(row, values)
            if self.source.rows == "episode":
                self._read_episode(row, values, episode)
            self._read_measurements(row, values, episode)

    def _is_sum_row(self, row: int, values: Row) -> bool:
        first = next((value for value in values.values() if value is not None), None)
        if isinstance(first, str) and first.casefold() in _SUM_ROWS:
            self.tables.problems.append(
                self.sheet.problem(row, "", "raden ser ut som en summarad", "en rad för varje ärende; ta bort summan")
            )
            return True
        return False

    def _episode_id(self, row: int, values: Row) -> str | None:
        heading = self.source.id
        cell = values.get(heading) if heading else None
        if cell is not None:
            return self.key.pseudonym(self.unit.municipality_slug, "episode", cells.as_text(cell))
        if self.source.rows == "episode" and heading:
            self.tables.problems.append(
                self.sheet.problem(row, heading, "ärendet saknar nummer", "ett eget nummer på varje rad")
            )
        return None

    def _read_episode(self, row: int, values: Row, episode: str | None) -> None:
        start = self._cell(row, values, self.source.start, self._date)
        end = self._cell(row, values, self.source.end, self._date)
        if start and end and end < start:
            self._problem(row, self.source.end, "slutdatum ligger före startdatum", "ett datum från och med startdatum")
        if end and self.year and self.unit.cohort.rule == "ended" and end.year != self.year:
            self._problem(row, self.source.end, "slutdatum ligger utanför filens år", f"ett datum under {self.year}")
        record: Row = {"episode": episode, "start": start, "end": end, "year": self._year_of(start, end)}
        for name in ("ending", "intervention", "reason"):
            column = getattr(self.source, name)
            record[name] = self._code(row, values, column) if column else None
        for name, background in self.source.background.items():
            record[name] = self._background(row, values, background)
        record["_place"] = (self.sheet, row)
        self.tables.episodes.append(record)

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
        low, high = column.minimum, column.maximum
        if value is not None and not (-math.inf if low is None else low) <= value <= (
            math.inf if high is None else high
        ):
            self._problem(row, column.column, "värdet ligger utanför det som är rimligt", f"{low or 0:g}–{high or 0:g}")
        return value

    def _read_measurements(self, row: int, values: Row, episode: str | None) -> None:
        day = self._cell(row, values, self.source.day, self._date)
        year = self.year if self.year is not None else (day.year if day else None)
        for column in self.source.measurements:
            occasion = self._occasion(row, values, column)
            if occasion is None:
                continue
            record = self._measured(row, values, column)
            if record["missing_reason"] is not None and self.source.rows == "form" and episode is None:
                record["missing_reason"] = "unknown"
            record |= {"episode": episode, "measure": column.measure, "item": column.item, "occasion": occasion,
                       "rater": column.rater, "mode": "form", "day": day, "year": year}  # fmt: skip
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
        if cell is None or (isinstance(cell, str) and cell in column.missing):
            record["missing_reason"] = column.missing.get(cell, "unknown") if cell is not None else "unknown"
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
        if values.get(column.column) in column.missing:
            return None
        return self._cell(row, values, column.column, lambda cell: cells.code(cell, column))

    def _date(self, cell: Any) -> dt.date:
        return cells.date(cell, self.source.date_format)

    def _cell(self, row: int, values: Row, heading: str | None, read: Callable[[Any], Any]) -> Any:
        cell = values.get(heading) if heading else None
        if cell is None or heading is None:
            return None
        try:
            return read(cell)
        except CellProblem as error:
            cells.listed(self.tables.problems, self.sheet, row, heading, error)
            return None

    def _problem(self, row: int, heading: str | None, what: str, allowed: str) -> None:
        self.tables.problems.append(self.sheet.problem(row, heading or "", what, allowed))


def check_whole(tables: Tables) -> None:
    """Rules that need all files of the unit: a case twice, the same measurement twice, a rating of an unknown case."""
    seen: dict[str, tuple[Sheet, int]] = {}
    for record in tables.episodes:
        sheet, row = record.pop("_place")
        episode = record["episode"]
        if episode is not None and episode in seen:
            first, first_row = seen[episode]
            tables.problems.append(
                sheet.problem(
                    row, "", f"samma ärende står redan på rad {first_row} i {first.file}", "en rad för varje ärende"
                )
            )
        elif episode is not None:
            seen[episode] = (sheet, row)
    _drop_measured_twice(tables)


def _drop_measured_twice(tables: Tables) -> None:
    counted: dict[tuple[Any, ...], int] = {}
    for record in tables.measurements:
        if record["episode"] is not None and record["missing_reason"] is None:
            place = tuple(record[name] for name in ("episode", "measure", "item", "occasion", "rater"))
            counted[place] = counted.get(place, 0) + 1
    for (_, measure, _, occasion, _), times in counted.items():
        if times > 1:
            tables.problems.append(
                Problem(
                    "(alla filer)",
                    "",
                    0,
                    "",
                    f"ett ärende har {times} värden för {measure} vid «{occasion}»",
                    "ett värde för varje ärende och tillfälle",
                )
            )
