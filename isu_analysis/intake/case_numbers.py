"""The unit's own case numbers, read from the raw files at this moment and kept in memory only.

Processed data know a case by its pseudonym. Whoever is to measure somebody needs the number that the unit itself uses.
A number of a person is never given: the place of the row is, so that staff can look it up in their own file.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from isu_analysis import files
from isu_analysis.errors import DataError, IntakeError
from isu_analysis.intake import _sheets, keys, raw_files, store
from isu_analysis.intake import cells as rules
from isu_analysis.intake.checks import Unreadable, as_text
from isu_analysis.intake.identities import names_somebody
from isu_analysis.intake.protection import PROTECTED
from isu_analysis.intake.pseudonyms import Key, key_path, load_key
from isu_analysis.intake.tables import Tables
from isu_analysis.intake.tidy import SheetReader
from isu_analysis.settings import Unit


@dataclass(frozen=True, repr=False)
class CaseNumbers:
    """What to call each case that stands in the raw files.

    Attributes
    ----------
    by_case : mapping of str to str
        Pseudonym to the unit's own number, or to the place of the row where the number is that of a person.
    protected : frozenset of str
        Pseudonyms of the cases of people with a protected identity; they have no name here.
    is_new : bool
        Whether a raw file has come or changed since the unit was read in.
    """

    by_case: Mapping[str, str]
    protected: frozenset[str]
    is_new: bool

    def __repr__(self) -> str:
        return f"CaseNumbers({len(self.by_case)} cases)"


@dataclass(frozen=True)
class _Row:
    """One row of a file of cases: pseudonyms of case and person, and what to call the case."""

    case: str
    person: str | None
    name: str
    protected: bool

    def __repr__(self) -> str:
        return "_Row()"


class _CaseReader(SheetReader):
    """Reads what a sheet calls its cases, and nothing else of it."""

    def rows(self) -> Iterator[_Row]:
        """Every row with a number that can be read; what is wrong with the others is told by the intake."""
        heading = self.source.id or self.source.client
        cells, numbers = self.sheet.columns[str(heading)].listed(), self.sheet.numbers.tolist()
        flags = self.columns.coded(self.source.protected).listed()
        columns = (self._episode.listed(), self._client.listed(), cells, numbers, flags)
        for case, person, cell, number, flag in zip(*columns, strict=True):
            if case is not None:
                yield _Row(case, person, self._name(rules.number_of_case(cell), number), flag == PROTECTED)

    def _name(self, text: str, number: int) -> str:
        if not names_somebody(text):
            return text
        sheet = f", bladet {self.sheet.name}" if self.sheet.name else ""
        return f"rad {number} i {self.sheet.file}{sheet}"


def case_numbers(unit: Unit, project: Path) -> CaseNumbers:
    """Read what the unit's raw files call each case.

    Raises
    ------
    IntakeError
        A file (or the data warehouse) cannot be read.
    DataError
        The key is missing, or is not the one that the processed data were made with.
    """
    key = _key_of(project, unit)
    found = list(_rows(unit, project, key))
    people = {row.person for row in found if row.protected and row.person}
    hidden = {row.case for row in found if row.protected or row.person in people}
    return CaseNumbers(
        {row.case: row.name for row in found if row.case not in hidden}, frozenset(hidden), _is_new(unit, project)
    )


def _key_of(project: Path, unit: Unit) -> Key:
    """The key, if it is that of the data; otherwise no case would be found and all would seem to be gone."""
    stored = store.fingerprint(project, unit)
    keys.refuse_retired(project, unit, stored)
    if not key_path(project).exists():
        raise DataError(
            f"{unit.name}: pseudonymnyckeln finns inte här, så ingen kan kännas igen. Kör på den dator där filerna läses in."
        )
    key = load_key(project)
    if stored != key.fingerprint:
        raise DataError(f"{unit.name}: uppgifterna är inlästa med en annan pseudonymnyckel än den som finns här.")
    return key


def _rows(unit: Unit, project: Path, key: Key) -> Iterator[_Row]:
    for source in unit.sources:
        if source.rows != "episode":
            continue
        try:
            for year, opened in _sheets(unit, project, source):
                sheet, _ = opened()
                if len(sheet.numbers):
                    yield from _CaseReader(unit, source, sheet, key, year, Tables()).rows()
        except Unreadable as error:
            listed = as_text(list(error.problems))
        else:
            continue
        # Raised here: an exception remembers the one it came from, and that one's frames hold cells.
        raise IntakeError(f"{unit.name}: råfilerna går inte att läsa.\n{listed}")


def _is_new(unit: Unit, project: Path) -> bool:
    """Whether the raw files are others than those that were read in."""
    told = store.load(project, unit).about.get("files", [])
    read_in = {(str(file.get("file")), file.get("sha256")) for file in told if file.get("sha256")}
    return {(path.name, files.sha256(path)) for path in raw_files(project, unit)} != read_in
