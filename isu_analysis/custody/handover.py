"""Exactly what another machine needs to make the reports: tables and unit files, no raw file and no key.

Columns that the unit file gives no ``values`` for are stored as they were typed. What leaves in them is counted and
told, since no program can see whether a text names somebody; what looks like a number of a person is refused.
"""

from __future__ import annotations

import hashlib
import json
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from isu_analysis import files
from isu_analysis.custody.archive import pack, unpack
from isu_analysis.custody.file_names import without_names
from isu_analysis.custody.free_text import free_texts, refuse_identities
from isu_analysis.custody.ledgers import anchors_of, place_anchors
from isu_analysis.errors import DataError, IsuError
from isu_analysis.intake import keys, store
from isu_analysis.intake.pseudonyms import owner_only
from isu_analysis.settings import Unit, load_unit

FORMAT = 2
CONTENTS = "innehall.json"
_TABLES = ("episodes.parquet", "measurements.parquet")
_ABOUT = "intake.json"
_LEFT_OUT = "warnings_left_out"
_OF_FILE = ("file", "rows", "sha256", "skipped")  # what a report or its manifest tells of a raw file


@dataclass(frozen=True)
class Packed:
    """What there is of one unit: rows and people, and the fingerprint of the key behind the pseudonyms.

    Attributes
    ----------
    warnings : int
        How many warnings intake gave; the warnings themselves stay, as they may quote the raw files.
    free_text : dict of str to int
        How many distinct texts there are in each column that holds other texts than the unit file lists.
    """

    unit: str
    episodes: int
    measurements: int
    people: int
    fingerprint: str
    warnings: int = 0
    free_text: dict[str, int] = field(default_factory=dict)

    def __str__(self) -> str:
        said = [
            f"{self.unit}: {self.people} personer, {self.episodes} ärenden, {self.measurements} mätningar; "
            f"nyckelns kännetecken {self.fingerprint}"
        ]
        if self.free_text:
            columns = (f"{label} ({_different(n)})" for label, n in self.free_text.items())
            said.append(f"  fritext kan finnas i: {', '.join(columns)}")
        if self.warnings:
            said.append(f"  anmärkningar vid inläsningen, som inte följer med: {self.warnings}")
        return "\n".join(said)


@dataclass(frozen=True)
class Handover:
    """An archive and what it holds.

    Attributes
    ----------
    name : str
        Name of the archive.
    units : tuple of Packed
    files : tuple of str
        Names inside the archive, which are those inside the project.
    replaced : tuple of str
        Units that were in the receiving project with other content and have been replaced.
    settings : tuple of str
        Those of them whose unit file was another one.
    """

    name: str
    units: tuple[Packed, ...]
    files: tuple[str, ...]
    replaced: tuple[str, ...] = ()
    settings: tuple[str, ...] = ()

    def __str__(self) -> str:
        lines = [f"{self.name} innehåller {len(self.files)} filer:", *(f"  {name}" for name in self.files)]
        lines += [str(unit) for unit in self.units]
        lines += [
            "Inga råfiler, ingen nyckel och ingen liggare. Personer, ärenden och handläggare har pseudonymer i stället för nummer och namn."
        ]
        if any(unit.free_text for unit in self.units):
            lines += [
                "Fritext är det som enhetsfilen inte räknar upp; den står som den skrevs och kan säga vem det gäller."
            ]
        lines += ["Uppgifterna är personuppgifter."]
        lines += [f"Ersatta enheter: {', '.join(self.replaced)}."] if self.replaced else []
        lines += [f"Enhetsfilen var en annan och är ersatt: {', '.join(self.settings)}."] if self.settings else []
        return "\n".join(lines)


def handover(project: Path, units: Sequence[str], to: Path) -> Handover:
    """Pack some units' tables and unit files into one archive; the same data give the same bytes.

    Parameters
    ----------
    units : sequence of str
        Keys, ``"municipality/unit"``.
    to : Path
        The archive, ``.zip``; never written over. Only its owner can read it.

    Raises
    ------
    DataError
        No unit is named, one has nothing read in or must be read in again after a change of key, a stored text looks
        like a person number or an e-mail address, or there is already a file at `to`.
    """
    if not units:
        raise DataError("Ange vilka enheter som ska lämnas över.")
    if to.suffix.lower() != ".zip" or to.exists():
        raise DataError(f"{to.name}: ange ett nytt filnamn som slutar på .zip; en fil som finns skrivs inte över.")
    contents: dict[str, bytes] = {}
    packed = []
    for name in sorted(set(units)):
        unit = load_unit(name, project)
        keys.refuse_retired(project, unit, store.fingerprint(project, unit))
        processed = store.load(project, unit)
        refuse_identities(unit, free_texts(unit, processed))
        packed.append(_counted(unit, processed))
        contents |= _files_of(project, unit)
    contents[CONTENTS] = _json(_list_of(packed, contents) | {"published": anchors_of(project, units)})
    with owner_only():
        files.write(to, pack(contents))
    return Handover(to.name, tuple(packed), tuple(sorted(contents)))


def receive(archive: Path, project: Path, *, replace: bool = False) -> Handover:
    """Unpack an archive into a project, without raw files and without a key.

    Everything is read, compared with the archive's own list and tried (unit file and tables) before the first file is
    written. Nothing but unit files and tables can come out of an archive, whatever the names in it say; and, where the
    other machine has published, the anchor of its ledger, so that nothing is published from here beside it.

    Parameters
    ----------
    project : Path
        Project folder; ``parameters/`` and ``data_processed/`` are made if missing.
    replace : bool
        True to replace a unit that is already there with other content; otherwise it is refused.

    Raises
    ------
    DataError
        The archive is damaged, holds something else than a handover, or would replace a unit.
    """
    contents = unpack(archive)
    packed = _checked(archive.name, contents)
    changed = tuple(unit.unit for unit in packed if _differs(project, _part(contents, unit.unit)))
    settings = tuple(unit for unit in changed if _differs(project, _settings_of(contents, unit)))
    if changed and not replace:
        other = f"Enhetsfilen är en annan: {', '.join(settings)}. " if settings else ""
        raise DataError(
            f"{archive.name} har annat innehåll än det som redan finns för {', '.join(changed)}. Inget är ändrat. "
            f"{other}Lägg till --replace om det ska ersättas."
        )
    place_anchors(
        archive.name, project, [unit.unit for unit in packed], json.loads(contents[CONTENTS]).get("published", {})
    )
    for unit in packed:
        _place(project, _part(contents, unit.unit))
    return Handover(archive.name, packed, tuple(sorted(contents)), changed, settings)


def _files_of(project: Path, unit: Unit) -> dict[str, bytes]:
    settings, tables = f"parameters/{unit.key}.yml", f"data_processed/{unit.key}"
    place = store.folder(project, unit)
    about = json.loads((place / _ABOUT).read_text(encoding="utf-8"))
    return {
        settings: (project / settings).read_bytes(),
        f"{tables}/{_ABOUT}": _json(without_names(_needed(about), unit)),
        **{f"{tables}/{name}": (place / name).read_bytes() for name in _TABLES},
    }


def _needed(about: Mapping[str, Any]) -> dict[str, Any]:
    """What reports need of what intake said; of the warnings, which may quote headings, only how many they are."""
    listed = [file for file in about.get("files", []) if isinstance(file, dict)]
    kept = {name: about[name] for name in ("as_of", "key_fingerprint", "settings_sha256", "rules") if name in about}
    kept |= {"files": [{name: file[name] for name in _OF_FILE if name in file} for file in listed], "warnings": []}
    if n := _warnings(about):
        said = f"Inläsningen gav {n} {'anmärkning' if n == 1 else 'anmärkningar'}, som visas där filerna lästes in."
        kept |= {_LEFT_OUT: n, "warnings": [said]}
    return kept


def _warnings(about: Mapping[str, Any]) -> int:
    return int(about.get(_LEFT_OUT, 0)) or len(about.get("warnings", []))


def _counted(unit: Unit, processed: store.Processed) -> Packed:
    return Packed(
        unit.key,
        len(processed.episodes),
        len(processed.measurements),
        people(processed.episodes),
        str(processed.about.get("key_fingerprint", "")),
        _warnings(processed.about),
        {label: len(texts) for label, texts in free_texts(unit, processed).items()},
    )


def _different(n: int) -> str:
    return "1 text" if n == 1 else f"{n} olika texter"


def people(episodes: Any) -> int:
    """How many persons there are: by person where the data tell, else one a case."""
    by_case = episodes["episode"]
    return int((episodes["client"].fillna(by_case) if "client" in episodes else by_case).nunique())


def _list_of(packed: Sequence[Packed], contents: Mapping[str, bytes]) -> dict[str, Any]:
    return {
        "format": FORMAT,
        "units": [vars(unit) for unit in packed],
        "files": {name: hashlib.sha256(data).hexdigest() for name, data in contents.items()},
    }


def _json(value: Any) -> bytes:
    return (json.dumps(value, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode()


def _part(contents: Mapping[str, bytes], unit_key: str) -> dict[str, bytes]:
    """Files of one unit."""
    own = (f"parameters/{unit_key}.yml", f"data_processed/{unit_key}/")
    return {name: data for name, data in contents.items() if name.startswith(own)}


def _settings_of(contents: Mapping[str, bytes], unit_key: str) -> dict[str, bytes]:
    name = f"parameters/{unit_key}.yml"
    return {name: contents[name]}


def _checked(archive: str, contents: Mapping[str, bytes]) -> tuple[Packed, ...]:
    """Units of an archive that is what its own list says, and that can be read."""
    try:
        listed = json.loads(contents[CONTENTS])
        packed = tuple(Packed(**unit) for unit in listed["units"])
        sums, known = listed["files"], listed["format"] == FORMAT
    except (KeyError, TypeError, ValueError):
        raise DataError(f"{archive} är ingen överlämning: listan över innehållet saknas eller är skadad.") from None
    if not known:
        raise DataError(f"{archive} är gjord med en annan version av programmet. Gör om överlämningen.")
    expected = {name for unit in packed for name in _names_of(unit.unit)}
    whole = {name: hashlib.sha256(data).hexdigest() for name, data in contents.items() if name != CONTENTS}
    if whole != sums or set(whole) != expected:
        raise DataError(f"{archive} är skadad eller ändrad: filerna är inte de som listan säger. Begär en ny.")
    if tuple(_tried(archive, unit.unit, contents) for unit in packed) != packed:
        raise DataError(f"{archive} är skadad eller ändrad: antalen är inte de som listan säger. Begär en ny.")
    return packed


def _names_of(unit_key: str) -> list[str]:
    return [f"parameters/{unit_key}.yml", *(f"data_processed/{unit_key}/{name}" for name in (*_TABLES, _ABOUT))]


def _tried(archive: str, unit_key: str, contents: Mapping[str, bytes]) -> Packed:
    with tempfile.TemporaryDirectory(prefix="isu-", ignore_cleanup_errors=True) as name:
        place = Path(name)
        _place(place, _part(contents, unit_key))
        try:
            unit = load_unit(unit_key, place)
            return _counted(unit, store.load(place, unit))
        except IsuError as error:
            raise DataError(f"{archive}: enheten {unit_key} går inte att läsa. {error}") from None
        except Exception:  # noqa: BLE001 - whatever is wrong with a table, the message must not quote it
            raise DataError(f"{archive}: tabellerna för {unit_key} går inte att läsa. Begär en ny.") from None


def _differs(project: Path, part: Mapping[str, bytes]) -> bool:
    there = [name for name in part if (project / name).is_file()]
    return any((project / name).read_bytes() != part[name] for name in there)


def _place(project: Path, part: Mapping[str, bytes]) -> None:
    """Write one unit's files, the tables together; data before settings, so that a unit that is listed has data."""
    by_folder: dict[Path, dict[str, bytes]] = {}
    for name, data in sorted(part.items()):
        by_folder.setdefault((project / name).parent, {})[Path(name).name] = data
    for folder, contents in by_folder.items():
        files.write_together(folder, contents)
