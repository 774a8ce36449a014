"""A unit's YAML file as a frozen `Unit`: what it measures, on whom, when, from which files, counted how.

Unknown keys, wrong types and references to things that do not exist are refused with file and line, all at once.
"""

from __future__ import annotations

import datetime as dt
import os
import re
import unicodedata
from pathlib import Path
from typing import Any, Literal, Self

from pydantic import Field, field_validator, model_validator

from isu_analysis import declarations
from isu_analysis.declarations import Declaration, Document
from isu_analysis.errors import SettingsError
from isu_analysis.measures import Measure, measure, measures_available
from isu_analysis.measures.model import Rater

MissingReason = Literal[
    "declined", "not_reached", "not_asked", "language", "broke_down", "placed", "moved", "died", "unknown"
]  # fmt: skip
Ending = Literal["planned", "unplanned", "ongoing", "transferred", "never_started"]
Role = Literal["start", "end", "follow_up"]

MINIMUM_COVERAGE = 0.30  # the project's own choice: below this share measured no unit-level result is shown
MINIMUM_PAIRS = 10  # the project's own choice: fewer pairs bear no mean

_RESERVED = {"con", "prn", "aux", "nul", *(f"com{i}" for i in range(1, 10)), *(f"lpt{i}" for i in range(1, 10))}
_SLUG = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,58}[a-z0-9])?")


class Occasion(Declaration):
    """A point in time when people are measured. ``day`` counts from the start of the episode; window is inclusive."""

    label: str
    role: Role
    day: int | None = Field(default=None, ge=0)
    window: tuple[int, int] | None = None


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
        if value.startswith(("/", "\\")) or ".." in value or ":" in value:
            raise ValueError("ska vara ett filnamn i enhetens mapp under data_raw/, utan .. och utan enhetsbokstav.")
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
    slug: str = ""
    municipality_slug: str = ""

    @model_validator(mode="after")
    def _references(self) -> Self:
        problems = [*_unknown_measures(self), *_unknown_occasions(self), *_unknown_backgrounds(self)]
        if problems:
            raise ValueError(" ".join(problems))
        return self

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
        return self.pairing.get(str(year), "none") == "by_code"

    def occasion_with(self, role: Role) -> str | None:
        """First declared occasion with the role, or None."""
        return next((key for key, occasion in self.occasions.items() if occasion.role == role), None)

    def __repr__(self) -> str:
        return f"Unit({self.key!r})"


def _unknown_measures(unit: Unit) -> list[str]:
    own = [local.id for local in unit.local_measures]
    known = [*measures_available(), *own]
    problems = [
        f"Måttet «{name}» finns varken i registret eller bland «local_measures».{declarations.nearest(name, known)}"
        for name in unit.measures
        if name not in known
    ]
    used = {column.measure for source in unit.sources for column in source.measurements} | {unit.primary.measure}
    problems += [f"«{name}» används men står inte under «measures»." for name in sorted(used - set(unit.measures))]
    return problems


def _unknown_occasions(unit: Unit) -> list[str]:
    used = [column.occasion for source in unit.sources for column in source.measurements if column.occasion]
    used += [code for source in unit.sources if source.occasion for code in source.occasion.values.values()]
    used += [name for name in (unit.primary.start, unit.primary.end) if name]
    known = list(unit.occasions)
    return [
        f"Mättillfället «{name}» finns inte under «occasions».{declarations.nearest(name, known)} Tillåtna: {', '.join(known)}."
        for name in dict.fromkeys(used)
        if name not in known
    ]


def _unknown_backgrounds(unit: Unit) -> list[str]:
    known = ["intervention", "reason", *dict.fromkeys(name for source in unit.sources for name in source.background)]
    return [
        f"Undergruppen «{subgroup.by}» finns inte bland bakgrundsuppgifterna. Tillåtna: {', '.join(known)}."
        for subgroup in unit.subgroups
        if subgroup.by not in known
    ]


def project_folder(start: Path | None = None) -> Path:
    """Find the project: the nearest parent with ``parameters/``.

    Looked for in the environment variable ``ISU_PROJECT``, then from `start` (default: the working folder) upwards,
    then beside the installed package, so that a notebook works from any working folder.

    Raises
    ------
    SettingsError
        None of them holds a ``parameters/`` folder.
    """
    named = os.environ.get("ISU_PROJECT")
    here = (start or Path.cwd()).resolve()
    candidates = [Path(named)] if named else [here, *here.parents, Path(__file__).resolve().parents[1]]
    for folder in candidates:
        if (folder / "parameters").is_dir():
            return folder
    raise SettingsError(
        "Hittar ingen projektmapp: varken arbetsmappen eller mapparna ovanför innehåller «parameters/». "
        "Gå till projektmappen, eller ange den i miljövariabeln ISU_PROJECT."
    )


def unit_files(project: Path, municipality: str | None = None) -> list[Path]:
    """Every unit file of the project, or of one municipality, in alphabetical order."""
    return sorted(
        path
        for path in (project / "parameters").glob("*/*.yml")
        if not path.name.startswith((".", "_", "~")) and municipality in (None, path.parent.name)
    )


def load_unit(unit: str, project: Path | None = None) -> Unit:
    """Read a unit file.

    Parameters
    ----------
    unit : str
        ``"municipality/unit"``, the path of the file under ``parameters/`` without ``.yml``.
    project : Path, optional
        Project folder; found by `project_folder` if left out.

    Returns
    -------
    Unit

    Raises
    ------
    SettingsError
        The file is missing or has problems; all of them are in the message, each with its line.
    """
    folder = project or project_folder()
    known = {f"{path.parent.name}/{path.stem}": path for path in unit_files(folder)}
    if unit not in known:
        listed = ", ".join(known) or "inga"
        raise SettingsError(
            f"Okänd enhet «{unit}».{declarations.nearest(unit, list(known))} Enheter i parameters/: {listed}."
        )
    return read_unit(known[unit])


def read_unit(path: Path) -> Unit:
    """Read and check one unit file; its folder and name give the slugs."""
    for part in (path.parent.name, path.stem):
        _check_slug(part)
    document = declarations.read(path)
    if reserved := sorted({"slug", "municipality_slug"} & set(document.values)):
        raise SettingsError(f"{path.name}, rad {document.line((reserved[0],))}: okänd nyckel «{reserved[0]}».")
    document = Document(document.path, _with_local_measures(document), document.lines)
    return declarations.validate(Unit, document)


def _with_local_measures(document: Document) -> dict[str, Any]:
    values = dict(document.values)
    values["slug"], values["municipality_slug"] = document.path.stem, document.path.parent.name
    return values


def _check_slug(name: str) -> None:
    if not _SLUG.fullmatch(name) or name in _RESERVED:
        raise SettingsError(
            f"«{name}» duger inte som namn på mapp eller enhetsfil: bara a–z, 0–9 och bindestreck, högst 60 tecken. "
            f"Förslag: «{slug(name)}»."
        )


def slug(text: str) -> str:
    """Folder name for a name: ``Unga vuxna`` -> ``unga-vuxna``; å, ä, ö become a, a, o."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    joined = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:60].strip("-") or "enhet"
    return f"{joined}-enhet" if joined in _RESERVED else joined
