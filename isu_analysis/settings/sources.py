"""What a unit file says of its raw files: where they are, what a row is, and which column is what."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Literal, Self

from pydantic import Field, field_validator, model_validator

from isu_analysis.declarations import Declaration
from isu_analysis.measures import Measure, Rater

MissingReason = Literal[
    "declined", "not_reached", "not_asked", "language", "broke_down", "placed", "moved", "died",
    "incomplete", "unknown",
]  # fmt: skip
Mode = Literal["interview", "form", "on_file", "staff_alone", "register"]
Ending = Literal["planned", "unplanned", "ongoing", "transferred", "never_started"]

_DATE_PARTS = {"%Y", "%y", "%m", "%d", "%H", "%M", "%S"}
_EACH_ITEM = "{item}"


class Column(Declaration):
    """A column of a raw file and what its texts mean; ``missing`` maps texts to a missing reason.

    ``values`` maps texts to what they stand for; a list says that each stands for itself.
    """

    column: str
    values: dict[str, str] = Field(default_factory=dict)
    missing: dict[str, MissingReason] = Field(default_factory=dict)
    sensitive: bool | None = None  # why somebody came is so unless it is said not to be; other columns if it is said

    @field_validator("values", mode="before")
    @classmethod
    def _each_for_itself(cls, values: Any) -> Any:
        return dict(zip(values, values, strict=True)) if isinstance(values, list) else values


class BackgroundColumn(Column):
    """A background variable known at the start: a category or a number."""

    label: str
    type: Literal["category", "number"] = "category"
    minimum: float | None = None
    maximum: float | None = None


class EndingColumn(Column):
    """How the episode ended; every text that occurs must be mapped."""

    values: dict[str, Ending]  # type: ignore[assignment]


class ReasonColumn(Column):
    """Why a measurement that should have been made was not."""

    values: dict[str, MissingReason]  # type: ignore[assignment]


class ModeColumn(Column):
    """How an answer came about: in an interview, on a form, read in the file, by the staff alone, from a register."""

    values: dict[str, Mode]  # type: ignore[assignment]


class ServiceColumn(Column):
    """Whether the support was a service anyone may ask for, or decided by the authority (bistånd)."""

    values: dict[str, Literal["service", "bistand"]]  # type: ignore[assignment]


class ProtectedColumn(Column):
    """Who has a protected identity; such a person keeps no dates and is in no subgroup."""

    values: dict[str, Literal["protected", "open"]]  # type: ignore[assignment]


class RaterColumn(Column):
    """Who answered, where the rows of a file come from several."""

    values: dict[str, Rater]  # type: ignore[assignment]


class MeasurementColumn(Declaration):
    """A column that holds a score or a level, or the columns that hold the items of one.

    Attributes
    ----------
    column : str
        Heading of the score or level; empty where `items` are given.
    items : tuple of str
        Headings of a questionnaire's items in its own order; one heading with ``{item}`` stands for all of them.
    item, item_column : str
        Which need or goal it is: a fixed name, or the heading of the column that names it.
    day : str
        Heading of the date it was made on, where it is not the source's ``day``.
    mode : str or ModeColumn
        How the answer came about; a form by default, or what the source's ``mode`` column says.
    missing_reason : ReasonColumn
        Column that says why there is no value, where it is not said in the cell itself.
    """

    column: str = ""
    items: tuple[str, ...] = ()
    values: dict[str, str] = Field(default_factory=dict)
    missing: dict[str, MissingReason] = Field(default_factory=dict)
    measure: str
    rater: Rater
    occasion: str | None = None
    day: str | None = None
    item: str = ""
    item_column: str | None = None
    mode: Mode | None = None
    missing_reason: ReasonColumn | None = None

    @model_validator(mode="after")
    def _one_place(self) -> Self:
        if bool(self.column) == bool(self.items):
            raise ValueError("ange antingen «column» (färdig poäng eller svar) eller «items» (frågornas kolumner).")
        if self.item and self.item_column:
            raise ValueError("ange antingen «item» eller «item_column».")
        return self

    def headings(self, measure: Measure | None) -> tuple[str, ...]:
        """Headings of the score or of every item; `measure` says how many ``{item}`` stands for."""
        if self.column:
            return (self.column,)
        if len(self.items) == 1 and _EACH_ITEM in self.items[0]:
            n = measure.scoring.items if measure and measure.scoring and measure.scoring.items else 0
            return tuple(self.items[0].replace(_EACH_ITEM, str(place)) for place in range(1, n + 1))
        return self.items

    @property
    def heading(self) -> str:
        """The heading that a problem with the whole score is told at."""
        return self.column or self.items[0].replace(_EACH_ITEM, "1")


class LongColumns(Declaration):
    """A file with one measurement a row, of several measures: what each column says.

    ``measure`` maps the texts of a column to measures; ``value`` is the heading of score or answer; ``values`` what
    its texts mean; ``rater`` who answered, one for all rows or by a column; ``item_column`` names need or goal.
    """

    measure: Column
    value: str
    values: dict[str, str] = Field(default_factory=dict)
    missing: dict[str, MissingReason] = Field(default_factory=dict)
    rater: Rater | None = None
    rater_column: RaterColumn | None = None
    item_column: str | None = None

    @model_validator(mode="after")
    def _one_rater(self) -> Self:
        if (self.rater is None) == (self.rater_column is None):
            raise ValueError("ange antingen «rater» (samma på alla rader) eller «rater_column».")
        if not self.measure.values:
            raise ValueError("«measure › values» ska säga vilket mått varje text står för.")
        return self


class Source(Declaration):
    """One kind of raw file, or one query to the data warehouse.

    Attributes
    ----------
    file : str
        Name in ``data_raw/<municipality>/<unit>/``; ``{year}`` stands for the year that the file holds.
    query : str
        Instead of `file`: a SELECT to the data warehouse, whose address is never in a unit file.
    rows : {"episode", "form", "measurement"}
        What a row is: an episode, a form filled in on one occasion, or one measurement (see `long`).
    id, client : str
        Headings of the episode's and the person's number; the file may have either or both.
    skip_rows : tuple of str
        Texts that, first in a row, say that the row is no person: ``Totalt``. Such rows are passed over and counted.
    merged : {"refuse", "fill"}
        ``fill``: a value in merged cells holds for every row they cover.
    ignore : tuple of str
        Headings that are known and never read. No other column is read either, but those are told.
    """

    file: str = ""
    query: str = ""
    rows: Literal["episode", "form", "measurement"]
    sheet: str | None = None
    header_row: int = Field(default=1, ge=1, le=50)
    delimiter: Literal[";", ",", "tab"] = ";"
    decimal: Literal[",", "."] = ","
    year: int | None = Field(default=None, ge=1950, le=2100)
    id: str | None = None
    client: str | None = None
    date_format: str = "%Y-%m-%d"
    start: str | None = None
    end: str | None = None
    day: str | None = None
    contacts: str | None = None
    team: str | None = None
    worker: str | None = None
    group: str | None = None
    ending: EndingColumn | None = None
    intervention: Column | None = None
    reason: Column | None = None
    service_form: ServiceColumn | None = None
    protected: ProtectedColumn | None = None
    occasion: Column | None = None
    mode: ModeColumn | None = None
    missing_reason: ReasonColumn | None = None
    background: dict[str, BackgroundColumn] = Field(default_factory=dict)
    measurements: tuple[MeasurementColumn, ...] = ()
    long: LongColumns | None = None
    skip_rows: tuple[str, ...] = ()
    merged: Literal["refuse", "fill"] = "refuse"
    ignore: tuple[str, ...] = ()

    @field_validator("file")
    @classmethod
    def _inside(cls, value: str) -> str:
        if re.search(r"[/\\:]|\.\.", value):
            raise ValueError("ska vara ett filnamn i enhetens mapp under data_raw/, utan mapp, .. och enhetsbokstav.")
        if value.count("{year}") > 1:
            raise ValueError("{year} får stå en gång.")
        return value

    @field_validator("date_format")
    @classmethod
    def _whole_date(cls, value: str) -> str:
        used = re.findall("%.?", value)
        if sorted(set(used) & {"%d", "%m"}) != ["%d", "%m"] or not {"%Y", "%y"} & set(used) or set(used) - _DATE_PARTS:
            raise ValueError('ska skrivas med %Y, %m och %d, till exempel "%Y-%m-%d" eller "%d/%m/%Y".')
        return value

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        if bool(self.file) == bool(self.query):
            raise ValueError("ange antingen «file» (en råfil) eller «query» (en fråga till datalagret).")
        if (self.rows == "measurement") != (self.long is not None):
            raise ValueError("«rows: measurement» och «long» hör ihop: ange båda eller ingen.")
        if self.long is not None and self.measurements:
            raise ValueError("med «long» står måtten på raderna; ta bort «measurements».")
        if self.day and len({column.occasion for column in self.measurements if not column.day}) > 1:
            raise ValueError(
                "«day» gäller hela raden, som har flera mättillfällen. Skriv «day» på varje kolumn under «measurements»."
            )
        if self.header_row > 1 and (self.query or self.file.lower().endswith((".sav", ".zsav"))):
            raise ValueError("en SPSS-fil och en fråga har alltid sina rubriker först; ta bort «header_row».")
        return self

    @property
    def name(self) -> str:
        """What the source is called in a list of problems."""
        return self.file or "fråga till datalagret"

    def day_of(self, heading: str) -> str | None:
        """Heading of the date on which the score under a heading was made."""
        own = (column.day for column in self.measurements if column.heading == heading and column.day)
        return next(own, self.day)

    def columns(self, measures: dict[str, Measure]) -> tuple[str, ...]:
        """Every column that must be in the file; `measures` by id, for those scored from items."""
        return tuple(dict.fromkeys(name for name in self._named(measures) if name))

    def _named(self, measures: dict[str, Measure]) -> Iterator[str | None]:
        yield from (self.id, self.client, self.start, self.end, self.day)
        yield from (self.contacts, self.team, self.worker, self.group)
        parts = (self.ending, self.intervention, self.reason, self.service_form, self.protected, self.occasion,
                 self.mode, self.missing_reason, *self.background.values())  # fmt: skip
        yield from (part.column for part in parts if part)
        for column in self.measurements:
            yield from column.headings(measures.get(column.measure))
            yield column.item_column
            yield column.day
            yield column.missing_reason.column if column.missing_reason else None
        if self.long:
            yield from (self.long.measure.column, self.long.value, self.long.item_column)
            yield self.long.rater_column.column if self.long.rater_column else None
