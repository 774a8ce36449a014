"""All that a report is made of, each under its name with a sum of what it holds.

A report's data are all tables of its unit, not the rows of its year: it prints the date of the data and the raw files,
shows earlier years beside its own, and a late follow-up in next year's file changes this year's figures. The tables'
bytes are summed, as they lie. The same rows give the same bytes in one environment, and another environment is
another input anyway; bytes that differ for nothing cost one report made again, never a report that is not.

What a public report hides depends on every unit, year and known figure of its municipality, and on the asked date of
all of them. What has been published before is no input: an edition that is out stands as long as its own figures do.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections import defaultdict
from functools import cached_property
from pathlib import Path

from isu_analysis.decisions import FILE, Decided, read
from isu_analysis.reporting.plan import SWEDISH, Job, Mode
from isu_analysis.reporting.planning.hashes import MISSING, Hashes
from isu_analysis.reporting.planning.known import Known, known
from isu_analysis.reporting.planning.program import environment, package
from isu_analysis.settings import unit_files

UNIT_REPORT, OVERVIEW = "unit_report.ipynb", "municipality_overview.ipynb"
WORDS = {  # what a person calls each input, in the order of telling
    "data": "uppgifterna",
    "settings": "enhetsfilen",
    "decisions": "besluten",
    "others": "kommunens andra enheter",
    "units": "kommunens enheter",
    "parameters": "uppgifternas datum",
    "notebook": "anteckningsboken",
    "package": "programmet",
    "environment": "miljön",
}


class Inputs:
    """What the reports of one run are made of; everything that several share is looked at once.

    Parameters
    ----------
    project : Path
    release : {"internal", "public"}
    language : {"sv", "en"}
    as_of : str, optional
        The date that is asked for; each unit's own if left out.
    hashes : Hashes
    """

    def __init__(
        self,
        project: Path,
        release: Mode = "internal",
        language: str = SWEDISH,
        as_of: str | None = None,
        hashes: Hashes | None = None,
    ) -> None:
        self.project: Path = project
        self.release: Mode = release
        self.language: str = language
        self.as_of: str = as_of or ""
        self.hashes: Hashes = hashes or Hashes(project)
        self._units: dict[str, Known] = {}
        self._years_there: dict[str, list[int]] = {}

    def of(self, job: Job) -> dict[str, str]:
        """The inputs of one report, each name with its sum."""
        shared = {
            "notebook": self._notebooks[OVERVIEW if job.is_overview else UNIT_REPORT],
            "package": self._package,
            "environment": self._environment,
            "parameters": " ".join((self.release, job.period, self.language, self._date_of(job))),
        }
        if job.is_overview:
            return {"units": self._sum_of_units(job, self._keys[job.municipality])} | shared
        unit = self.unit(job.unit_key)
        own = {"data": unit.data, "settings": unit.settings, "decisions": self._decided(job.unit_key, job.year)}
        if self.release == "public":
            own["others"] = self._sum_of_others(job)
        return own | shared

    def unit(self, key: str) -> Known:
        """What is known of a unit."""
        if key not in self._units:
            self._units[key] = known(key, self.hashes, self._package)
        return self._units[key]

    def units_of(self, municipality: str) -> list[Known]:
        """Every unit of a municipality that has a file."""
        return [self.unit(key) for key in self._keys[municipality]]

    def can_report(self, municipality: str) -> tuple[str, ...]:
        """Keys of a municipality's units whose file and tables can be read."""
        return tuple(unit.key for unit in self.units_of(municipality) if not unit.problem)

    @cached_property
    def _package(self) -> str:
        return package(self.hashes)

    @cached_property
    def _environment(self) -> str:
        return environment(self.hashes)

    @cached_property
    def _notebooks(self) -> dict[str, str]:
        folder = self.project / "notebooks"
        return {name: self.hashes.together(f"notebook {name}", folder, [name]) for name in (UNIT_REPORT, OVERVIEW)}

    @cached_property
    def _keys(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = defaultdict(list)
        for path in unit_files(self.project):
            found[path.parent.name].append(f"{path.parent.name}/{path.stem}")
        return found

    def _date_of(self, job: Job) -> str:
        """The date of the data as the notebook is told it; an overview's units have each their own unless asked."""
        if self.as_of or job.is_overview:
            return self.as_of
        return self.unit(job.unit_key).as_of or f"{job.year}-12-31"

    def _sum_of_units(self, job: Job, keys: list[str]) -> str:
        told = [[*self._of_unit(key), self._decided(key, job.year)] for key in keys]
        return hashlib.sha256(json.dumps(told).encode()).hexdigest()

    def _sum_of_others(self, job: Job) -> str:
        told = [self._of_unit(key) for key in self._keys[job.municipality] if key != job.unit_key]
        return hashlib.sha256(json.dumps([self.as_of, told] if told else []).encode()).hexdigest()

    def _of_unit(self, key: str) -> tuple[str, str, str]:
        unit = self.unit(key)
        return key, unit.settings, unit.data

    def _decided(self, key: str, year: int) -> str:
        """Sum of the decisions that the report tells of; an empty form, which a run lays there itself, holds none."""
        there = self.project / f"reports/internal/{key}"
        earlier = (one for one in self._years_of(key, there) if one < year and (there / f"{one}" / FILE).is_file())
        latest = next(earlier, None)
        if latest is None:
            return MISSING
        folder = there / f"{latest}"
        found = self.hashes.together(f"decisions {key} {latest}", folder, [FILE])

        def look() -> tuple[str, bool]:
            try:
                return (MISSING if read(folder / FILE, latest) == Decided() else found), True
            except ModuleNotFoundError:  # no reader of workbooks is installed: as if it held something
                return found, False

        return str(self.hashes.by_sums(f"decided {key} {latest}", (self._package, found), look))

    def _years_of(self, key: str, folder: Path) -> list[int]:
        """Years with an internal report, or at least a folder for it, the latest first."""
        if key not in self._years_there:
            names = os.listdir(folder) if folder.is_dir() else ()  # noqa: PTH208 - thousands of them at a time
            self._years_there[key] = sorted((int(name) for name in names if name.isdecimal()), reverse=True)
        return self._years_there[key]
