"""What a unit file may say, and what each part means."""

from __future__ import annotations

import datetime as dt
import re
from typing import Literal, Self

from pydantic import Field, field_validator, model_validator

from isu_analysis import declarations
from isu_analysis.declarations import Declaration
from isu_analysis.errors import SettingsError
from isu_analysis.measures import Measure, measure
from isu_analysis.measures.model import Rater

MissingReason = Literal[
    "declined", "not_reached", "not_asked", "language", "broke_down", "placed", "moved", "died", "unknown"
]  # fmt: skip
Ending = Literal["planned", "unplanned", "ongoing", "transferred", "never_started"]
Role = Literal["start", "end", "follow_up"]

MINIMUM_COVERAGE = 0.30  # the project's own choice: below this share measured no unit-level result is shown
MINIMUM_PAIRS = 10  # the project's own choice: fewer pairs bear no mean

_DATE_PARTS = {"%Y", "%y", "%m", "%d", "%H", "%M", "%S"}


class Occasion(Declaration):
    """A point in time when people are measured.

    ``day`` counts from the start of the episode, and so do the first and last day of ``window``, both included.
    """

    label: str
    role: Role
    day: int | None = Field(default=None, ge=0)
    window: tuple[int, int] | None = None

    @model_validator(mode="after")
    def _window_around_day(self) -> Self:
        if self.window and (self.day is None or not self.window[0] <= self.day <= self.window[1]):
            raise ValueError("«window» ska vara första och sista dagen, räknat från start, med «day» däremellan.")
        return self


class Column(Declaration):
    """A column of a raw file and what its texts mean; ``missing`` maps texts to a missing reason."""

    column: str
    values: dict[str, str] = Field(default_factory=dict)
    missing: dict[str, MissingReason] = Field(default_factory=dict)


class BackgroundColumn(Column):
    """A background variable known at the start: a category or a number."""

    label: str
    type: Literal["category", "number"] = "category"
    minimum: float | None = None
    maximum: float | None = None


class MeasurementColumn(Column):
    """A column that holds a score or a level."""

    measure: str
    rater: Rater
    occasion: str | None = None
    item: str = ""


class EndingColumn(Column):
    """How the episode ended; every text that occurs must be mapped."""

    values: dict[str, Ending]  # type: ignore[assignment]


class Source(Declaration):
    """One kind of raw file, found in ``data_raw/<municipality>/<unit>/``.

    ``rows`` says what a row is: an ``episode``, or a ``form`` filled in on one occasion. ``{year}`` in ``file``
    stands for the year that the file holds.
    """

    file: str
    rows: Literal["episode", "form"]
    sheet: str | None = None
    header_row: int = Field(default=1, ge=1, le=50)
    delimiter: Literal[";", ",", "tab"] = ";"
    decimal: Literal[",", "."] = ","
    year: int | None = Field(default=None, ge=1950, le=2100)
    id: str | None = None
    date_format: str = "%Y-%m-%d"
    start: str | None = None
    end: str | None = None
    day: str | None = None
    ending: EndingColumn | None = None
    intervention: Column | None = None
    reason: Column | None = None
    occasion: Column | None = None
    background: dict[str, BackgroundColumn] = Field(default_factory=dict)
    measurements: tuple[MeasurementColumn, ...] = ()
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

    @property
    def columns(self) -> tuple[str, ...]:
        """Every column that must be in the file."""
        parts = [
            self.ending,
            self.intervention,
            self.reason,
            self.occasion,
            *self.background.values(),
            *self.measurements,
        ]
        named = [self.id, self.start, self.end, self.day, *(part.column for part in parts if part)]
        return tuple(dict.fromkeys(name for name in named if name))


class CohortRule(Declaration):
    """Who belongs to a year. ``declared``: the year of the file, for data without dates."""

    rule: Literal["ended", "started", "declared"] = "ended"
    eligible: str = ""
    outside: tuple[Ending, ...] = ()


class Volume(Declaration):
    """A count the unit declares, with its source; always printed as declared."""

    year: int
    what: Literal["started", "completed", "asked", "eligible"]
    n: int = Field(ge=0)
    source: str


class Primary(Declaration):
    """The one outcome that the first page is about, decided beforehand."""

    measure: str
    rater: Rater
    start: str | None = None
    end: str
    item: str = ""
    declared: dt.date


class Subgroup(Declaration):
    """A breakdown decided beforehand. ``trial_arms``: people were allotted to the groups by design."""

    by: str
    label: str
    kind: Literal["subgroup", "trial_arms"] = "subgroup"
    labels: dict[str, str] = Field(default_factory=dict)
    reference: str | None = None


class Limits(Declaration):
    """Limits below which no result is given; the project's own choice unless the unit sets stricter ones."""

    coverage: float = Field(default=MINIMUM_COVERAGE, ge=0, le=1)
    pairs: int = Field(default=MINIMUM_PAIRS, ge=2)


class Unit(Declaration):
    """One unit as its file declares it.

    Attributes
    ----------
    name, municipality : str
        As printed. `municipality_slug` and `slug` are the folder names.
    invented : bool
        True for demonstration data; then every page says so.
    pairing : dict of int to str, or str
        ``by_code``: start and end of the same person can be put together; ``none``: they cannot. One word for all
        years, or one a year.
    """

    name: str
    municipality: str
    invented: bool = False
    origin: str = ""
    purpose: str
    desired_outcome: str
    target_group: str
    intervention: str = ""
    unit_of_analysis: Literal["episode", "person", "family", "placement"] = "episode"
    measures: tuple[str, ...] = Field(min_length=1)
    local_measures: tuple[Measure, ...] = ()
    assumptions: tuple[str, ...] = ()
    attrition_reasons: tuple[str, ...] = ()
    occasions: dict[str, Occasion] = Field(min_length=1)
    pairing: Literal["by_code", "none"] | dict[str, Literal["by_code", "none"]] = "by_code"
    cohort: CohortRule = Field(default_factory=CohortRule)
    primary: Primary
    counting_outside: tuple[str, ...] = ()
    subgroups: tuple[Subgroup, ...] = ()
    limits: Limits = Field(default_factory=Limits)
    volumes: tuple[Volume, ...] = ()
    sources: tuple[Source, ...] = Field(min_length=1)
    retention_years: int = Field(ge=1, le=100)
    slug: str = Field(default="", repr=False)  # from the names of file and folder, never from the file itself
    municipality_slug: str = Field(default="", repr=False)

    @property
    def key(self) -> str:
        """``municipality/unit`` as used on the command line and in folder names."""
        return f"{self.municipality_slug}/{self.slug}"

    def measure(self, measure_id: str) -> Measure:
        """Card of one of the unit's measures, its own before the registry's."""
        for own in self.local_measures:
            if own.id == measure_id:
                return own
        if measure_id not in self.measures:
            raise SettingsError(
                f"{self.name}: måttet «{measure_id}» används inte av enheten."
                f"{declarations.nearest(measure_id, list(self.measures))} Enhetens mått: {', '.join(self.measures)}."
            )
        return measure(measure_id)

    def pairable(self, year: int) -> bool:
        """Whether start and end of the same person can be put together that year."""
        if isinstance(self.pairing, str):
            return self.pairing == "by_code"
        if str(year) not in self.pairing:
            raise SettingsError(
                f"{self.name}: under «pairing» saknas {year}. Skriv by_code om start och slut kan paras ihop det året, annars none."
            )
        return self.pairing[str(year)] == "by_code"

    def occasion_with(self, role: Role) -> str | None:
        """First declared occasion with the role, or None."""
        return next((key for key, occasion in self.occasions.items() if occasion.role == role), None)

    def __repr__(self) -> str:
        return f"Unit({self.key!r})"
