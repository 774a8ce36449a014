"""One municipality, one year: every unit's protected report, and why a unit has none. Nothing is computed over units."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from isu_analysis.analysis import analyse
from isu_analysis.cohorts import cohort, years
from isu_analysis.decisions import decisions_before
from isu_analysis.disclosure import Release, Report, protect
from isu_analysis.errors import DataError, DisclosureError, IsuError, SettingsError
from isu_analysis.intake import store
from isu_analysis.settings import Unit, load_unit, project_folder, unit_files

NOT_READ_IN, NO_YEAR, FAILED = "not_read_in", "no_year", "failed"
LONGEST_REASON = 160  # characters; the rest is told by the unit's own run

_AFTER_Z = str.maketrans("åäö", "{|}")  # the three signs that follow z, in the order of the Swedish alphabet


@dataclass(frozen=True)
class Absent:
    """A unit without a report.

    Attributes
    ----------
    key, name : str
        ``municipality/unit``, and its name as far as its file can be read.
    why : str
        `NOT_READ_IN`, `NO_YEAR` or `FAILED`.
    reason : str
        What went wrong, for those inside the service; a public overview never has it, as it may hold a number.
    """

    key: str
    name: str
    why: str
    reason: str = ""


@dataclass(frozen=True, repr=False)
class Municipality:
    """What an overview is made from: protected reports of one release, and the names of the units that have none.

    Attributes
    ----------
    key : str
        Folder name of the municipality.
    year : int
    reports : tuple of Report
    absent : tuple of Absent
    region : str
        Name of a region, where the units are of several municipalities; else empty.

    Raises
    ------
    DisclosureError
        A report has not passed the gate, or they are not all of one release and year, or are of a part of it.

    Examples
    --------
    >>> import isu_analysis as isu
    >>> overview = isu.municipality("exempelstad", 2024, isu.Release.internal())
    >>> overview.name, overview.mode, overview.invented, len(overview.units), overview.absent
    ('Exempelstad', 'internal', True, 19, ())
    """

    key: str
    year: int
    reports: tuple[Report, ...]
    absent: tuple[Absent, ...] = ()
    region: str = ""

    def __post_init__(self) -> None:
        if not self.reports:
            raise DataError(f"{self.key}: ingen enhet har uppgifter för {self.year}.")
        if not all(isinstance(report, Report) for report in self.reports):
            raise DisclosureError("En översikt görs bara av skyddade rapporter. Kör protect först.")
        if len({(report.mode, report.reviewed, report.context.year) for report in self.reports}) > 1:
            raise DisclosureError("Rapporterna i en översikt ska gälla samma år och höra till samma publicering.")
        places = {report.context.unit.municipality_slug for report in self.reports}
        if self.reports[0].mode == "public" and (self.region or len(places) > 1):
            raise DisclosureError(
                "En översikt över flera kommuner görs bara internt: varje kommun har prövats för sig."
            )
        if any(report.context.through for report in self.reports):
            raise DisclosureError("En översikt görs bara av rapporter för hela året, inte av delårsrapporter.")

    @property
    def units(self) -> tuple[Report | Absent, ...]:
        """Every unit, in the order of the alphabet and no other."""
        return tuple(
            sorted((*self.reports, *self.absent), key=lambda unit: (alphabetical(name_of(unit)), key_of(unit)))
        )

    @property
    def name(self) -> str:
        """Name as printed."""
        return self.region or self.reports[0].context.unit.municipality

    @property
    def mode(self) -> str:
        """``internal`` or ``public``."""
        return self.reports[0].mode

    @property
    def as_of(self) -> dt.date:
        """The latest date of the data of any unit."""
        return max(report.context.as_of for report in self.reports)

    @property
    def invented(self) -> bool:
        """Whether any unit is invented."""
        return any(report.context.unit.invented for report in self.reports)

    @property
    def reviewed(self) -> bool:
        """False for an overview made by hand."""
        return self.reports[0].reviewed

    @property
    def seal(self) -> str:
        """SHA-256 of the reports' seals and of what else is shown."""
        shown = [
            self.key,
            self.year,
            [report.seal for report in self.reports],
            [[unit.key, unit.why, unit.reason] for unit in self.absent],
        ]
        return hashlib.sha256(json.dumps(shown).encode()).hexdigest()

    def __repr__(self) -> str:
        return f"Municipality({self.key!r}, {self.year}, {len(self.reports)} reports)"


def name_of(unit: Report | Absent) -> str:
    """Name of a unit with or without a report."""
    return unit.name if isinstance(unit, Absent) else unit.context.unit.name


def key_of(unit: Report | Absent) -> str:
    """Key of a unit with or without a report."""
    return unit.key if isinstance(unit, Absent) else unit.context.unit.key


def alphabetical(name: str) -> str:
    """What to sort a name by: å, ä and ö follow z, whatever their places among the characters."""
    return name.casefold().translate(_AFTER_Z)


def municipality(
    name: str,
    year: int,
    release: Release,
    as_of: str | dt.date | None = None,
    project: Path | None = None,
) -> Municipality:
    """Analyse and protect every unit of a municipality that has data for a year.

    Parameters
    ----------
    name : str
        Folder name of the municipality under ``parameters/``.
    year : int
    release : Release
        The release that the units' own reports belong to.
    as_of : str or date, optional
        Date of the data; each unit's own if left out.
    project : Path, optional
        Project folder.

    Returns
    -------
    Municipality

    Raises
    ------
    SettingsError
        There is no such municipality.
    DataError
        No unit has a report for that year.

    Examples
    --------
    >>> import isu_analysis as isu
    >>> overview = isu.municipality("exempelstad", 2024, isu.Release.internal())
    >>> overview.name, len(overview.reports)
    ('Exempelstad', 19)
    >>> [report.context.unit.name for report in overview.reports[:3]]
    ['Behandling vuxna', 'Boende och hemlöshet', 'Digitalt stöd vid alkoholproblem']
    """
    return _gathered(name, year, municipality_units(name, year, release, as_of, project))


def region(
    name: str,
    municipalities: Sequence[str] | str,
    year: int,
    as_of: str | dt.date | None = None,
    project: Path | None = None,
) -> Municipality:
    """Analyse every unit of several municipalities, to be shown in one overview inside the services.

    Only for internal use: what a municipality publishes has been decided, and attacked, for that municipality alone.

    Parameters
    ----------
    name : str
        Of the region, as printed.
    municipalities : sequence of str, or str
        Folder names under ``parameters/``; two or more, each once. In a text, blanks or commas stand between them.
    year : int
    as_of : str or date, optional
        Date of the data; each unit's own if left out.
    project : Path, optional
        Project folder.

    Returns
    -------
    Municipality
        With the units of all; `show_overview` names each with its municipality.

    Raises
    ------
    SettingsError
        A name is missing or unknown, or there are fewer than two municipalities.
    DataError
        No unit has a report for that year.

    Examples
    --------
    The invented municipality beside the one that holds open data.

    >>> import isu_analysis as isu
    >>> overview = isu.region("Exempelregionen", ["exempelstad", "oppna-data"], 2024)
    >>> overview.name, overview.mode, len(overview.units)
    ('Exempelregionen', 'internal', 20)
    """
    named = municipalities.replace(",", " ").split() if isinstance(municipalities, str) else list(municipalities)
    if not name.strip() or len(named) < 2 or len(set(named)) < len(named):
        raise SettingsError("En region behöver ett namn och minst två kommuner, var och en nämnd en gång.")
    found = [municipality_units(one, year, Release.internal(), as_of, project) for one in named]
    units = [unit for group in found for unit in group]
    return _gathered("+".join(named), year, units, name.strip())


def municipality_units(
    name: str, year: int, release: Release, as_of: str | dt.date | None, project: Path | None
) -> list[Report | Absent]:
    """Every unit of a municipality, with its protected report or why it has none."""
    folder = project or project_folder()
    keys = [f"{path.parent.name}/{path.stem}" for path in unit_files(folder, name)]
    if not keys:
        raise SettingsError(f"Okänd kommun «{name}»: i parameters/ finns inga enhetsfiler för den.")
    return [_unit(key, year, release, as_of, folder) for key in keys]


def _gathered(key: str, year: int, units: Sequence[Report | Absent], name: str = "") -> Municipality:
    return Municipality(
        key,
        year,
        tuple(unit for unit in units if isinstance(unit, Report)),
        tuple(unit for unit in units if isinstance(unit, Absent)),
        name,
    )


def _unit(key: str, year: int, release: Release, as_of: str | dt.date | None, project: Path) -> Report | Absent:
    """One unit's report; what is wrong with it is told in its place and stops no other."""
    name = key.partition("/")[2]
    try:
        unit = load_unit(key, project)
        name = unit.name
        if not (store.folder(project, unit) / "intake.json").is_file():
            return Absent(key, name, NOT_READ_IN)
        if year not in years(unit, project):
            return Absent(key, name, NO_YEAR)
        return _report(unit, year, release, as_of, project)
    except Exception as error:  # noqa: BLE001 - whatever one unit's files do, the others shall be in the overview
        return Absent(key, name, FAILED, _reason(error) if release.mode == "internal" else "")


def _report(unit: Unit, year: int, release: Release, as_of: str | dt.date | None, project: Path) -> Report:
    results = analyse(cohort(unit, year, as_of=as_of, project=project))
    return protect(results, release, decisions_before(unit, year, project))


def _reason(error: Exception) -> str:
    """Our own message's first line; a foreign one may quote data and is never shown."""
    if not isinstance(error, IsuError):
        return f"oväntat fel ({type(error).__name__})"
    line = str(error).partition("\n")[0]
    return line if len(line) <= LONGEST_REASON else f"{line[:LONGEST_REASON].rsplit(' ', 1)[0]} …"
