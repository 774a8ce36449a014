"""Finding the project and its unit files, and reading one."""

from __future__ import annotations

import os
import re
import unicodedata
from dataclasses import replace
from pathlib import Path

from isu_analysis import declarations
from isu_analysis.errors import SettingsError
from isu_analysis.settings.model import Unit
from isu_analysis.settings.references import broken_references, unfit_measures

OVERVIEW = "oversikt"  # folder of a municipality's overview, beside its units' folders
_RESERVED = {"con", "prn", "aux", "nul", *(f"com{i}" for i in range(1, 10)), *(f"lpt{i}" for i in range(1, 10))}
_SLUG = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,58}[a-z0-9])?")


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
    candidates = [Path(named)] if named else [here, *here.parents, Path(__file__).resolve().parents[2]]
    for folder in candidates:
        if (folder / "parameters").is_dir():
            return folder
    raise SettingsError(
        "Hittar ingen projektmapp: varken arbetsmappen eller mapparna ovanför innehåller «parameters/». "
        "Gå till projektmappen, eller ange den i miljövariabeln ISU_PROJECT. Har du ingen gör «isu new MAPP» en."
    )


def unit_files(project: Path, municipality: str | None = None) -> list[Path]:
    """Every unit file of the project, or of one municipality, in alphabetical order."""
    folder = project / "parameters"
    if municipality is not None and not _SLUG.fullmatch(municipality):
        return []
    found = folder.glob(f"{municipality or '*'}/*.yml")  # of one municipality alone: there may be hundreds of others
    return sorted(path for path in found if not path.name.startswith((".", "_", "~")))


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

    Examples
    --------
    >>> import isu_analysis as isu
    >>> unit = isu.load_unit("exempelstad/unga-vuxna")
    >>> unit.name, unit.cohort.eligible
    ('Unga vuxna', 'alla vars kontakt avslutades under året')
    """
    folder = project or project_folder()
    known = _by_key(folder, unit.partition("/")[0])
    if unit not in known:
        known = _by_key(folder)
        listed = ", ".join(known) or "inga"
        raise SettingsError(
            f"Okänd enhet «{unit}».{declarations.nearest(unit, list(known))} Enheter i parameters/: {listed}."
        )
    return read_unit(known[unit])


def _by_key(project: Path, municipality: str | None = None) -> dict[str, Path]:
    return {f"{path.parent.name}/{path.stem}": path for path in unit_files(project, municipality)}


def read_unit(path: Path) -> Unit:
    """Read and check one unit file; its folder and name give the slugs."""
    for part in (path.parent.name, path.stem):
        _check_slug(part)
    if path.stem == OVERVIEW:
        raise SettingsError(
            f"{path.name}: «{OVERVIEW}» är namnet på kommunens egen översikt. Ge enhetsfilen ett annat namn."
        )
    document = declarations.read(path)
    slugs = {"slug": path.stem, "municipality_slug": path.parent.name}
    reserved = [((key,), f"okänd nyckel «{key}».") for key in slugs if key in document.values]
    problems = [*reserved, *broken_references(document.values)]
    unit = declarations.validate(Unit, replace(document, values=document.values | slugs), problems)
    for place, what in unfit_measures(unit):
        raise SettingsError(f"{path.name}, rad {document.line(place)}: {what}")
    return unit


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
    return f"{joined}-enhet" if joined in {*_RESERVED, OVERVIEW} else joined
