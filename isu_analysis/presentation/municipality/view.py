"""A municipality's protected reports, read in one language; each number stays with the unit it belongs to."""

from __future__ import annotations

from dataclasses import dataclass, field

from isu_analysis.disclosure.gate import Report
from isu_analysis.municipalities import FAILED, NO_YEAR, NOT_READ_IN, Absent, Municipality, alphabetical
from isu_analysis.presentation.reader import Reader
from isu_analysis.presentation.wording import Speaking, Wording, phrase

# Who answers, in a table where the head says so; the reader's words are about what the answer is.
WHO = {
    "client": phrase("klienten"),
    "child": phrase("barnet"),
    "parent": phrase("föräldern"),
    "family": phrase("familjen"),
    "staff": phrase("personalen"),
    "interviewer": phrase("intervjuaren"),
    "register": phrase("register"),
}
_WHY = {
    NOT_READ_IN: phrase("inga uppgifter är inlästa"),
    NO_YEAR: phrase("inga uppgifter för året"),
    FAILED: phrase("rapporten gick inte att göra"),
}


@dataclass(frozen=True)
class View(Speaking):
    """Reads an overview's reports, and says what there is to say in one language."""

    municipality: Municipality
    wording: Wording = field(default_factory=Wording)

    @property
    def units(self) -> tuple[Reader | Absent, ...]:
        """Every unit, in the alphabetical order of the names as printed: a reader of its report, or why it has none."""
        units = [Reader(unit, self.wording) if isinstance(unit, Report) else unit for unit in self.municipality.units]
        return tuple(sorted(units, key=lambda unit: alphabetical(self.name(unit))))

    @property
    def readers(self) -> tuple[Reader, ...]:
        """Readers of the reports that have numbers."""
        return tuple(unit for unit in self.units if isinstance(unit, Reader) and not unit.report.withheld)

    def without_numbers(self, unit: Reader | Absent) -> str:
        """Why a unit has no numbers; empty where it has."""
        if isinstance(unit, Absent):
            return self.say(_WHY[unit.why])
        return self.say("inga tal publiceras") if unit.report.withheld else ""

    def name(self, unit: Reader | Absent) -> str:
        """Name of a unit."""
        name = unit.name if isinstance(unit, Absent) else unit.own(unit.report.context.unit.name)
        return f"{name}, {self.place(unit)}" if self.municipality.region else name

    def place(self, unit: Reader | Absent) -> str:
        """Municipality of a unit; the name of its folder where its file cannot be read."""
        return unit.key.partition("/")[0] if isinstance(unit, Absent) else unit.report.context.unit.municipality
