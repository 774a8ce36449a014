"""What a plan needs to know of a unit, read from its files only when they have changed."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from isu_analysis.cohorts import years
from isu_analysis.errors import IsuError
from isu_analysis.reporting.planning.hashes import Hashes
from isu_analysis.settings import Unit, load_unit, read_unit
from isu_analysis.sketching import TO_FILL_IN

TABLES = ("episodes.parquet", "intake.json", "measurements.parquet")


@dataclass(frozen=True)
class Known:
    """A unit as far as a plan goes.

    Attributes
    ----------
    key : str
        ``municipality/unit``.
    settings, data : str
        Sums of its file and of its tables.
    name : str
        As printed; empty where the file cannot be read.
    problem : str
        Why none of its reports can be made; empty where they can.
    draft : int
        How many places are left to fill in in its file.
    sources : tuple of str
        File names of its sources, as its file has them; empty for a query.
    years : tuple of int
    as_of : str
        Date of its data; empty where they have none.
    fingerprint : str
        Of the pseudonym key of its data.
    """

    key: str
    settings: str
    data: str
    name: str = ""
    problem: str = ""
    draft: int = 0
    sources: tuple[str, ...] = ()
    years: tuple[int, ...] = ()
    as_of: str = ""
    fingerprint: str = ""


def known(unit_key: str, hashes: Hashes, program: str) -> Known:
    """What is known of a unit.

    Parameters
    ----------
    program : str
        Sum of the package (`program.package`), as it is what reads the files.
    """
    sums = _sums(unit_key, hashes)

    def learn() -> tuple[dict[str, Any], bool]:
        found = _learn(unit_key, hashes.project)
        return found, _sums(unit_key, hashes) == sums  # nobody changed them meanwhile

    found = hashes.by_sums(f"unit {unit_key}", (program, *sums), learn)
    return Known(unit_key, *sums, **found | {name: tuple(found[name]) for name in ("sources", "years")})


def _sums(unit_key: str, hashes: Hashes) -> tuple[str, str]:
    settings = hashes.together(f"settings {unit_key}", hashes.project / "parameters", [f"{unit_key}.yml"])
    return settings, hashes.together(f"data {unit_key}", hashes.project / f"data_processed/{unit_key}", TABLES)


def _learn(unit_key: str, project: Path) -> dict[str, Any]:
    """Read the unit's file and tables, and keep what the memory shall hold of them."""
    learnt: dict[str, Any] = {
        "name": "",
        "problem": "",
        "draft": 0,
        "sources": [],
        "years": [],
        "as_of": "",
        "fingerprint": "",
    }
    try:
        unit = _unit(unit_key, project)
        learnt |= {"name": unit.name, "draft": _left_to_fill_in(project, unit)}
        learnt["sources"] = [source.file for source in unit.sources]
        learnt["years"] = list(years(unit, project))
    except IsuError as error:
        return learnt | {"problem": str(error)}
    if not learnt["years"]:
        return learnt | {"problem": f"{unit.name}: det finns inget år att redovisa i de inlästa uppgifterna."}
    about = json.loads((project / "data_processed" / unit_key / "intake.json").read_text(encoding="utf-8"))
    return learnt | {"as_of": about.get("as_of") or "", "fingerprint": about.get("key_fingerprint") or ""}


def _unit(unit_key: str, project: Path) -> Unit:
    """Read the unit's file alone; only a name that there is no file for needs the list of all to be told about."""
    path = project / "parameters" / f"{unit_key}.yml"
    return read_unit(path) if path.is_file() else load_unit(unit_key, project)


def _left_to_fill_in(project: Path, unit: Unit) -> int:
    """How many placeholders of `isu init` are left in the unit's file."""
    if TO_FILL_IN not in (project / "parameters" / f"{unit.key}.yml").read_text(encoding="utf-8"):
        return 0  # nearly always, and then it need not be parsed once more
    from isu_analysis.reporting.batch import left_to_fill_in

    return len(left_to_fill_in(project, unit))
