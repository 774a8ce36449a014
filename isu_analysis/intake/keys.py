"""What may be done with the pseudonym key: look after it, back it up, change it.

A change needs no list of what remains to be done, which could be wrong: the old key stays beside the new one under a
number, and whatever was made with it tells so by its fingerprint until it has been read in again.
"""

from __future__ import annotations

import json
import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from isu_analysis.errors import DataError
from isu_analysis.intake.pseudonyms import Key, key_path, load_key, new_key, read_key, write_key
from isu_analysis.settings import Unit


@dataclass(frozen=True)
class KeyBackup:
    """A copy of the key: whose fingerprint, under what name."""

    fingerprint: str
    name: str

    def __str__(self) -> str:
        return (
            f"Nyckeln med kännetecknet {self.fingerprint} är kopierad till {self.name}. Kopian är lika hemlig som nyckeln: "
            "förvara den inlåst och skild från uppgifterna."
        )


@dataclass(frozen=True)
class KeyChange:
    """A change of key.

    Attributes
    ----------
    old, new : str
        Fingerprints.
    kept_as : str
        Name of the file beside the key that holds the old one.
    units : tuple of str
        Keys of the units that must be read in again before they can be reported.
    """

    old: str
    new: str
    kept_as: str
    units: tuple[str, ...]

    def __str__(self) -> str:
        done = f"Nyckeln är bytt, från {self.old} till {self.new}. Den gamla ligger kvar som {self.kept_as}."
        if not self.units:
            return f"{done} Ingen enhet behöver läsas in igen."
        return "\n".join([done, f"Läs in igen ({len(self.units)}):", *(f"  isu intake {unit}" for unit in self.units)])


def key_for_intake(project: Path, unit: Unit, stored: str | None) -> Key:
    """Give the key to read a unit in with; it is made the first time, and only then.

    Parameters
    ----------
    stored : str or None
        Fingerprint of the unit's stored data (`store.fingerprint`), None if there are none.

    Raises
    ------
    DataError
        The data were made with a key that is neither this one nor one that the project has changed from; or the key
        is gone, and a new one would only hide that.
    """
    what_to_do = (
        "Lägg tillbaka nyckeln från säkerhetskopian, eller ta bort mappen "
        f"data_processed/{unit.key} och läs in alla år på nytt."
    )
    if stored is not None and not key_path(project).exists():
        raise DataError(
            f"{unit.name}: uppgifterna är inlästa med en pseudonymnyckel som saknas, och en ny vore en annan "
            f"pseudonymnyckel. {what_to_do}"
        )
    key = load_key(project, create=True)
    if stored not in (None, key.fingerprint) and not is_retired(project, stored):
        raise DataError(f"{unit.name}: uppgifterna är inlästa med en annan pseudonymnyckel. {what_to_do}")
    return key


def back_up_key(project: Path, to: Path) -> KeyBackup:
    """Copy the key to a file, or into a folder under the key's own name.

    Raises
    ------
    DataError
        There is no key, the place is inside the project (it would be lost with it), or another key lies there.
    """
    key, place = load_key(project), to / key_path(project).name if to.is_dir() else to
    if place.resolve().is_relative_to(project.resolve()):
        raise DataError(
            "Säkerhetskopian av nyckeln ska inte ligga i projektmappen: den går förlorad med mappen. Välj en annan plats."
        )
    if place.exists():
        if read_key(place) != key:
            raise DataError(
                f"På platsen för säkerhetskopian ligger redan en annan nyckel ({place.name}). Inget är ändrat."
            )
    else:
        write_key(place, key)
    if read_key(place) != key:  # what was written is what can be read back, or there is no backup
        raise DataError(f"Säkerhetskopian {place.name} gick inte att läsa tillbaka. Kopiera till en annan plats.")
    return KeyBackup(key.fingerprint, place.name)


def change_key(project: Path) -> KeyChange:
    """Make a new key and keep the old one beside it under the next free number.

    First the copy of the old key is written, then the new one takes its place in a single step: an interruption
    between the two leaves the old key in use. From then on the units made with the old key are refused for reports
    (`refuse_retired`) and let in for a new intake (`is_retired`).

    Raises
    ------
    DataError
        There is no key, or raw files are missing that some unit would have to be read in from again; nothing has
        changed.
    """
    path, old = key_path(project), load_key(project)
    units = tuple(name for name, about in _intakes(project) if _made_with(about, _kept(project) | {old.fingerprint}))
    lost = [name for name, about in _intakes(project) if name in units and _raw_missing(project, name, about)]
    if lost:
        raise DataError(
            f"Nyckeln är inte bytt: råfiler saknas för {', '.join(lost)}, som då inte kan läsas in igen. Lägg tillbaka "
            "filerna i data_raw, eller ta först bort enhetens mapp i data_processed om uppgifterna inte behövs."
        )
    copy = _copy_of(path, old)
    write_key(copy, old)
    new = new_key()
    write_key(path, new)
    return KeyChange(old.fingerprint, new.fingerprint, copy.name, units)


def is_retired(project: Path, fingerprint: str | None) -> bool:
    """Whether data were made with a key that this project has changed from."""
    return fingerprint in retired(project)


def retired(project: Path) -> frozenset[str]:
    """Fingerprints of the keys that this project has changed from."""
    path = key_path(project)
    kept = _kept(project)
    return kept - {read_key(path).fingerprint} if kept and path.exists() else kept


def to_read_again(project: Path) -> tuple[str, ...]:
    """Keys of the units whose data were made with a key that has been changed."""
    old = retired(project)
    return tuple(name for name, about in _intakes(project) if _made_with(about, old))


def refuse_retired(project: Path, unit: Unit, fingerprint: str | None) -> None:
    """Refuse data made with a key that has been changed.

    Raises
    ------
    DataError
        Old and new data of the municipality would not tell who is the same person.
    """
    if is_retired(project, fingerprint):
        raise DataError(f"{unit.name}: pseudonymnyckeln är bytt. Kör «isu intake {unit.key}» innan något annat görs.")


def folder_advice(project: Path) -> str | None:
    """What to look at by hand where the program cannot see who may read the key: on Windows, if there is a key."""
    path = key_path(project)
    if os.name == "posix" or not path.exists():
        return None
    return (
        f"Windows visar inte för programmet vem som kan läsa nyckeln. Se efter i mappen {path.parent.name}, under "
        "Egenskaper och Säkerhet, att bara den som läser in uppgifter har tillgång till den."
    )


def _copy_of(path: Path, key: Key) -> Path:
    """Where the old key is kept: the next free number, or the file that an interrupted change already made."""
    numbered = _numbered(path)
    for place in numbered.values():
        if read_key(place) == key:
            return place
    return path.with_name(f"{path.name}.{max(numbered, default=0) + 1}")


def _numbered(path: Path) -> dict[int, Path]:
    pattern = re.compile(re.escape(path.name) + r"\.([0-9]+)")
    found = ((pattern.fullmatch(place.name), place) for place in path.parent.glob("*"))
    return {int(match[1]): place for match, place in sorted(found, key=lambda one: one[1].name) if match}


def _kept(project: Path) -> frozenset[str]:
    return frozenset(read_key(place).fingerprint for place in _numbered(key_path(project)).values())


def _intakes(project: Path) -> list[tuple[str, dict[str, Any]]]:
    """Every unit with stored data, and what its intake said of them."""
    found = []
    for path in sorted((project / "data_processed").glob("*/*/intake.json")):
        try:
            about = json.loads(path.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            continue  # tables that cannot be read are read in again anyway
        if isinstance(about, dict):
            found.append((f"{path.parent.parent.name}/{path.parent.name}", about))
    return found


def _made_with(about: dict[str, Any], fingerprints: frozenset[str]) -> bool:
    return about.get("key_fingerprint") in fingerprints


def _raw_missing(project: Path, unit_key: str, about: dict[str, Any]) -> bool:
    """Whether a raw file that the data were read from is gone; what came of a query has no sum, as it is no file."""
    folder = project / "data_raw" / unit_key
    names = [file["file"] for file in about.get("files", []) if isinstance(file, dict) and "sha256" in file]
    return any(not (folder / name).is_file() for name in names)
