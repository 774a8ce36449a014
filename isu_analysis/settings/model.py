"""What a unit file may say, and what each part means."""

from __future__ import annotations

import datetime as dt
import re
from typing import Annotated, Literal, Self

from pydantic import Field, field_validator, model_validator

from isu_analysis import declarations
from isu_analysis.declarations import Declaration
from isu_analysis.errors import SettingsError
from isu_analysis.measures import Measure, Rater, measure
from isu_analysis.settings.case_mix import CaseMix
from isu_analysis.settings.decided import CommonForm, Primary, Reference, Subgroup, Target
from isu_analysis.settings.sources import Ending, Source

Role = Literal["start", "end", "follow_up", "session"]

MINIMUM_COVERAGE = 0.30  # the project's own choice: below this share measured no unit-level result is shown
MINIMUM_PAIRS = 10  # the project's own choice: fewer pairs bear no mean
_PART = re.compile(r"([^/:]+/)?\d{4}/.+")


class Occasion(Declaration):
    """A point in time when people are measured.

    ``day`` counts from the start of the episode, and so do the first and last day of ``window``, both included.
    The role ``session`` is for measures given at every conversation; ``session: first`` (or ``last``) makes a start
    (or an end) of the first (or last) of them, and a case with one session has a first but no last.
    """

    label: str
    role: Role
    session: Literal["first", "last"] | None = None
    day: int | None = Field(default=None, ge=0)
    window: tuple[int, int] | None = None

    @model_validator(mode="after")
    def _window_around_day(self) -> Self:
        if self.window and (self.day is None or not self.window[0] <= self.day <= self.window[1]):
            raise ValueError("«window» ska vara första och sista dagen, räknat från start, med «day» däremellan.")
        if self.session and self.role not in {"start", "end"}:
            raise ValueError("«session» hör till ett tillfälle med «role» start eller end.")
        return self


class CohortRule(Declaration):
    """Who belongs to a year, and what becomes of a person who comes more than once.

    Attributes
    ----------
    rule : {"ended", "started", "active", "declared"}
        ``active``: the episode was open some day of the year; ``declared``: the year of the file, for data without
        dates.
    eligible : str
        The same in words, as printed.
    outside : tuple of str
        Endings that are left out.
    only : dict of str to tuple of str
        The codes of a background, reason, intervention, service_form or team that the follow-up is meant for; others are
        left out. Who lacks the fact is not.
    overlapping : {"refuse", "allow"}
        Whether two episodes of one person may be open the same day. Needs «client» in the file.
    join_within_days : int, optional
        An episode that begins at most so many days after the same person's last one ended continues it.
    """

    rule: Literal["ended", "started", "active", "declared"] = "ended"
    eligible: str = ""
    outside: tuple[Ending, ...] = ()
    only: dict[str, Annotated[tuple[str, ...], Field(min_length=1)]] = Field(default_factory=dict)
    overlapping: Literal["refuse", "allow"] = "refuse"
    join_within_days: int | None = Field(default=None, ge=0, le=365)


class Volume(Declaration):
    """A count the unit declares, with its source; always printed as declared."""

    year: int
    what: Literal["enrolled", "started", "completed", "asked", "eligible"]
    n: int = Field(ge=0)
    source: str


class Burden(Declaration):
    """How many minutes a measurement takes each time, as the unit has judged it; always printed as declared.

    Attributes
    ----------
    measure : str
        One of the unit's measures, or the whole whose parts it holds.
    rater : str, optional
        Whose answer it is; the same for all who answer if left out.
    client_minutes, staff_minutes : int
        Time of the one who answers, and of the staff.
    source : str
        Who says so: "uppskattning av enheten".
    declared : date
    """

    measure: str
    rater: Rater | None = None
    client_minutes: int = Field(ge=0, le=480)
    staff_minutes: int = Field(ge=0, le=480)
    source: str
    declared: dt.date


class KnownElsewhere(Declaration):
    """A figure published elsewhere that is the sum of counts in this municipality's reports.

    Attributes
    ----------
    source : str
        Where it stands: "Nämndens årsredovisning 2024".
    total : int
    parts : tuple of str
        The counts it is the sum of: ``2024/flow/eligible``, or ``enhet/2024/flow/eligible`` for another unit's.
    """

    source: str = Field(min_length=1)
    total: int = Field(ge=0)
    parts: tuple[str, ...] = Field(min_length=1)

    @field_validator("parts")
    @classmethod
    def _of_reports(cls, values: tuple[str, ...]) -> tuple[str, ...]:
        if not all(map(_PART.fullmatch, values)):
            raise ValueError("ska skrivas som 2024/flow/eligible eller enhet/2024/flow/eligible.")
        return values


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
    problem : str
        The problem that the intervention is to affect, and how the desired outcome belongs to it, in words.
    pairing : dict of int to str, or str
        ``by_code``: start and end of the same person can be put together; ``none``: they cannot. One word for all
        years, or one a year.
    unit_of_analysis : {"episode", "person", "family", "placement"}
        What is counted. With ``person`` (or ``family``) and a client number in the file, a person with several
        episodes in the year is one row, the last episode; else every episode is a row.
    counting : str
        How the unit itself counts, in words, as printed.
    common_form : CommonForm, optional
        How the main outcome stands in the form that units share; left out, the unit's outcome is not shown there.
    case_mix : CaseMix, optional
        What is expected at the end of people with a given start, from other people.
    known_elsewhere : tuple of KnownElsewhere
        What the public reports must be protected against besides themselves.
    translations : dict of str to dict of str to str
        The unit's own texts in another language, each under the text itself; what is not there stands as it is.

    Examples
    --------
    >>> import isu_analysis as isu
    >>> unit = isu.load_unit("exempelstad/unga-vuxna")
    >>> unit.key, unit.name, unit.invented
    ('exempelstad/unga-vuxna', 'Unga vuxna', True)
    >>> sorted(unit.used_measures)
    ['core_om', 'kasam13', 'sysselsattning']
    """

    name: str
    municipality: str
    invented: bool = False
    origin: str = ""
    purpose: str
    desired_outcome: str
    target_group: str
    intervention: str = ""
    problem: str = ""
    unit_of_analysis: Literal["episode", "person", "family", "placement"] = "episode"
    measures: tuple[str, ...] = Field(min_length=1)
    local_measures: tuple[Measure, ...] = ()
    assumptions: tuple[str, ...] = ()
    attrition_reasons: tuple[str, ...] = ()
    occasions: dict[str, Occasion] = Field(min_length=1)
    pairing: Literal["by_code", "none"] | dict[str, Literal["by_code", "none"]] = "by_code"
    cohort: CohortRule = Field(default_factory=CohortRule)
    primary: Primary
    common_form: CommonForm | None = None
    counting_outside: tuple[str, ...] = ()
    counting: str = ""
    targets: tuple[Target, ...] = ()
    references: tuple[Reference, ...] = ()
    case_mix: CaseMix | None = None
    subgroups: tuple[Subgroup, ...] = ()
    limits: Limits = Field(default_factory=Limits)
    volumes: tuple[Volume, ...] = ()
    burden: tuple[Burden, ...] = ()
    known_elsewhere: tuple[KnownElsewhere, ...] = ()
    sources: tuple[Source, ...] = Field(min_length=1)
    retention_years: int = Field(ge=1, le=100)
    translations: dict[Literal["en"], dict[str, str]] = Field(default_factory=dict)
    slug: str = Field(default="", repr=False)  # from the names of file and folder, never from the file itself
    municipality_slug: str = Field(default="", repr=False)

    @property
    def key(self) -> str:
        """``municipality/unit`` as used on the command line and in folder names."""
        return f"{self.municipality_slug}/{self.slug}"

    def measure(self, measure_id: str) -> Measure:
        """Card of one of the unit's measures (or of a part, ``asi.alkohol``), its own before the registry's.

        Examples
        --------
        >>> import isu_analysis as isu
        >>> unit = isu.load_unit("exempelstad/unga-vuxna")
        >>> unit.measure("core_om").threshold.value, unit.measure("sysselsattning").codes
        (5.0, ('utan', 'praktik', 'studier', 'arbete'))
        """
        whole, _, part = measure_id.partition(".")
        for own in self.local_measures:
            if own.id == whole:
                return own.part(part) if part else own
        if measure_id not in self.measures and measure_id.partition(".")[0] not in self.measures:
            raise SettingsError(
                f"{self.name}: måttet «{measure_id}» används inte av enheten."
                f"{declarations.nearest(measure_id, list(self.measures))} Enhetens mått: {', '.join(self.measures)}."
            )
        return measure(measure_id)

    @property
    def used_measures(self) -> dict[str, Measure]:
        """Cards of the measures and parts that the sources hold, by id."""
        columns = [column.measure for source in self.sources for column in source.measurements]
        rows = [name for source in self.sources if source.long for name in source.long.measure.values.values()]
        return {name: self.measure(name) for name in dict.fromkeys([*columns, *rows])}

    def pairable(self, year: int) -> bool:
        """Whether start and end of the same person can be put together that year.

        Examples
        --------
        In 2022 the ratings had no code, so nobody's start can be put beside their end.

        >>> import isu_analysis as isu
        >>> unit = isu.load_unit("exempelstad/unga-vuxna")
        >>> unit.pairable(2022), unit.pairable(2024)
        (False, True)
        """
        if isinstance(self.pairing, str):
            return self.pairing == "by_code"
        if str(year) not in self.pairing:
            raise SettingsError(
                f"{self.name}: under «pairing» saknas {year}. Skriv by_code om start och slut kan paras ihop det året, annars none."
            )
        return self.pairing[str(year)] == "by_code"

    def occasion_with(self, role: Role) -> str | None:
        """First declared occasion with the role, or None.

        Examples
        --------
        >>> import isu_analysis as isu
        >>> unit = isu.load_unit("exempelstad/unga-vuxna")
        >>> unit.occasion_with("end"), unit.occasion_with("session")
        ('end', None)
        """
        return next((key for key, occasion in self.occasions.items() if occasion.role == role), None)

    def __repr__(self) -> str:
        return f"Unit({self.key!r})"
