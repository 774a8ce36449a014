"""The demonstration municipality Exempelstad: invented people, real file formats, stored truth.

Nineteen units, each with the trouble of a kind of follow-up: anonymous paper forms, closing reasons spelt in many
ways, moves counted as people, months when nobody had the time, interviews that hardly anyone is there for. Their unit
files are in ``parameters/exempelstad/``. What is true of everybody, also of the lost, is kept in ``sanning.json``, so
that a method can be judged by how near it comes.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import pandas as pd

from isu_analysis import files
from isu_analysis.synthetic import (
    behandling_vuxna,
    boende_hemloshet,
    digitalt_stod,
    familjeteam,
    foraldrastod,
    oppenvard_fit,
    oppenvard_loke,
    resurs_barn,
    resurs_centrum,
    resurs_unga,
    samtalsmottagning,
    skolstod_familjehem,
    spel_alkohol,
    stodboende_unga,
    truth,
    ung_framtid,
    unga_substans,
    unga_vuxna,
    vald_nara,
    vuxen_asi,
)

__all__ = ["MUNICIPALITY", "YEARS", "DemoFiles", "write_demo"]

MUNICIPALITY = "exempelstad"
YEARS = (2022, 2023, 2024)
TRUTH = "sanning.json"


@dataclass(frozen=True)
class DemoFiles:
    """Where the demonstration was written.

    Attributes
    ----------
    files : tuple of Path
        Raw files of all units and years.
    truth : Path
        What is true of everybody.
    """

    files: tuple[Path, ...]
    truth: Path


class _DemoUnit(Protocol):
    """What each unit's module offers."""

    @property
    def SLUG(self) -> str: ...  # noqa: N802 - a constant of each module

    def people(self, year: int, /) -> pd.DataFrame: ...

    def raw_files(self, frame: pd.DataFrame, year: int, /) -> dict[str, bytes]: ...

    def true_results(self, frame: pd.DataFrame, /) -> truth.Truth: ...


_UNITS: tuple[_DemoUnit, ...] = (
    unga_substans, familjeteam, stodboende_unga, ung_framtid, skolstod_familjehem, resurs_centrum, resurs_barn,
    resurs_unga, foraldrastod, samtalsmottagning, unga_vuxna, spel_alkohol, behandling_vuxna, vuxen_asi,
    digitalt_stod, vald_nara, boende_hemloshet, oppenvard_loke, oppenvard_fit,
)  # fmt: skip


def write_demo(project: Path) -> DemoFiles:
    """Write the raw files and the truth of Exempelstad; the same bytes every time.

    Parameters
    ----------
    project : Path
        Project folder. Only ``data_raw/exempelstad/`` is written to; its own files are replaced.

    Returns
    -------
    DemoFiles

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     demo = write_demo(Path(folder))
    >>> len(demo.files), demo.truth.name
    (90, 'sanning.json')
    """
    folder = project / "data_raw" / MUNICIPALITY
    written: list[Path] = []
    known: dict[str, dict[str, truth.Truth]] = {}
    for unit in _UNITS:
        contents: dict[str, bytes] = {}
        known[unit.SLUG] = {}
        for year in YEARS:
            frame = unit.people(year)
            known[unit.SLUG][str(year)] = unit.true_results(frame)
            contents |= unit.raw_files(frame, year)
        files.write_together(folder / unit.SLUG, contents)
        written += [folder / unit.SLUG / name for name in contents]
    files.write(folder / TRUTH, truth.json_bytes(known))
    return DemoFiles(tuple(written), folder / TRUTH)
