"""Which units a command is about: those named, a whole municipality, or every unit that has any data."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from isu_analysis import declarations
from isu_analysis.errors import DataError, IsuError, SettingsError
from isu_analysis.intake import has_raw_files, store, unread
from isu_analysis.reporting.plan import Failed
from isu_analysis.settings import Unit, load_unit, unit_files

HasData = Callable[[Path, Unit], bool]


@dataclass(frozen=True)
class Selection:
    """Units to work on, lines about those left out, and units whose file cannot be read."""

    units: tuple[Unit, ...]
    skipped: tuple[str, ...] = ()
    failed: tuple[Failed, ...] = ()

    @property
    def keys(self) -> tuple[str, ...]:
        """Keys of the units."""
        return tuple(unit.key for unit in self.units)


def has_any_files(project: Path, unit: Unit) -> bool:
    """Whether a unit has raw files or processed data."""
    return has_raw_files(project, unit) or (store.folder(project, unit) / "intake.json").is_file()


def unread_lines(project: Path, unit: Unit) -> list[str]:
    """One line for each file in the unit's folder whose name the unit file does not know."""
    expected = " eller ".join(dict.fromkeys(f"«{source.file}»" for source in unit.sources))
    return [
        f"«{name}» passar inget filnamn i enhetsfilen (väntade {expected}), och läses inte"
        for name in unread(project, unit)
    ]


def no_files(project: Path, unit: Unit) -> list[str]:
    """Why there is nothing to read for the unit."""
    return unread_lines(project, unit) or [f"inga råfiler i data_raw/{unit.key}/"]


def select(project: Path, names: Sequence[str], has_data: HasData) -> Selection:
    """Find the units that a command line names.

    Parameters
    ----------
    names : sequence of str
        ``"municipality/unit"`` or ``"municipality"``; none means every unit.
    has_data : callable
        Says whether there is anything to work on; `has_raw_files` or `has_any_files`.

    Raises
    ------
    IsuError
        A unit named in full is unknown, has no data or a broken file; or there are no units at all.
    """
    wanted = [_tidy(name) for name in names]
    named = [name for name in wanted if "/" in name]
    whole = [name for name in wanted if "/" not in name]
    units = [_named(project, key, has_data) for key in dict.fromkeys(named)]
    rest = _all(project, whole) if whole or not wanted else []
    skipped, failed = [], []
    for key in (key for key in rest if key not in named):
        try:
            unit = load_unit(key, project)
        except IsuError as error:
            failed.append(Failed(key, None, str(error)))
            continue
        if has_data(project, unit):
            units.append(unit)
        else:
            skipped += [f"{unit.name} hoppas över: {line}" for line in no_files(project, unit)]
    return Selection(tuple(units), tuple(skipped), tuple(failed))


def _tidy(name: str) -> str:
    """Take a key also as a path with backslashes or with the file's ending."""
    return name.replace("\\", "/").strip("/").removeprefix("parameters/").removesuffix(".yml")


def _named(project: Path, key: str, has_data: HasData) -> Unit:
    unit = load_unit(key, project)
    if not has_data(project, unit):
        lines = [f"{unit.name}: {line}" for line in no_files(project, unit)]
        raise DataError("\n".join([*lines, f"Lägg råfilerna i data_raw/{unit.key}/ och kör igen."]))
    return unit


def _all(project: Path, municipalities: Sequence[str]) -> list[str]:
    keys = [f"{path.parent.name}/{path.stem}" for path in unit_files(project)]
    if not keys:
        raise SettingsError("Det finns inga enhetsfiler i parameters/. Börja med «isu init kommun/enhet --from FIL».")
    known = sorted({key.partition("/")[0] for key in keys})
    for name in municipalities:
        if name not in known:
            hint = " Flera år skrivs som --year 2023,2024." if name.isdigit() else declarations.nearest(name, known)
            raise SettingsError(f"Okänd kommun «{name}».{hint} Kommuner i parameters/: {', '.join(known)}.")
    return [key for key in keys if not municipalities or key.partition("/")[0] in municipalities]
