"""Each unit's main outcome in the form that units share: what was seen, of all who were meant, by the unit's own yardstick.

Made of protected reports, and only of counts that they show. Nothing is added over units but measured and not measured.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from isu_analysis.analysis.planning import ODDS_RATIOS
from isu_analysis.analysis.results import ELIGIBLE, Outcome
from isu_analysis.disclosure import Report
from isu_analysis.municipalities.gathered import Absent, Municipality
from isu_analysis.settings import CommonForm as Mapped
from isu_analysis.statistics import CommonForm, common_form

IMPROVED, MAINTAINED, NO_CERTAIN_CHANGE, WORSE = "improved", "maintained", "no_certain_change", "worse"
PARTS = (IMPROVED, MAINTAINED, NO_CERTAIN_CHANGE, WORSE)
# Which panel a unit stands in, or why in none.
DIRECTION, AFTERWARDS = "direction", "afterwards"
NOT_APPROVED, NO_THRESHOLD, SEVERAL = "not_approved", "no_threshold", "several"
NOBODY, WITHHELD, ABSENT = "nobody", "withheld", "absent"

_ALIKE = {IMPROVED: IMPROVED, "unchanged": NO_CERTAIN_CHANGE, WORSE: WORSE}  # of whoever is measured twice
_SCALE = {IMPROVED: "better", "unchanged": "unchanged", WORSE: "deteriorated"}
_STATE = {IMPROVED: "up", "unchanged": "same", WORSE: "down"}
_SEVERAL_ANSWERS = {"goals", "answers", "needs", "interviews"}
CROSS_SECTIONS = "cross_sections"
_SPECIAL = {"not_applicable", "not_known"}


@dataclass(frozen=True, repr=False)
class InForm:
    """One unit's place in the form.

    Attributes
    ----------
    unit : Report or Absent
    place : str
        The panel, `DIRECTION` (a direction of change) or `AFTERWARDS` (a picture from one occasion, or of people who
        cannot be put together), or why in none: `NOT_APPROVED`, `NO_THRESHOLD`, `SEVERAL` (answers a person), `NOBODY`,
        `WITHHELD`, `ABSENT`.
    of, measured, not_measured : int or None
        People as the unit counts them; None where the report does not show them.
    parts : dict of str to int or None
        In the first panel `PARTS`; in the second the measure's own answers, by code, and of a scale nothing. None where
        hidden.
    form : CommonForm or None
        Bounds and plausible range, where every part is shown.
    could_improve : tuple of int or None
        How many had room to improve by what counts, and of how many that is known.
    empty : frozenset of str
        Parts that nothing of the measure stands for, so that nobody can be in them.
    """

    unit: Report | Absent
    place: str
    of: int | None = None
    measured: int | None = None
    not_measured: int | None = None
    parts: Mapping[str, int | None] = field(default_factory=dict)
    form: CommonForm | None = None
    could_improve: tuple[int, int] | None = None
    empty: frozenset[str] = frozenset()

    def __repr__(self) -> str:
        return f"InForm({self.unit!r}, {self.place!r})"


def in_common_form(municipality: Municipality) -> tuple[InForm, ...]:
    """Place every unit of a municipality, in the order of the alphabet and no other."""
    return tuple(_placed(unit) for unit in municipality.units)


def measured_and_not(rows: Sequence[InForm]) -> tuple[int, int] | None:
    """Measured and not measured of all units together; None unless every one is shown, and all count the same thing.

    Nothing else of the form is ever added: the yardsticks differ.
    """
    counted = {row.unit.context.unit.unit_of_analysis for row in rows if isinstance(row.unit, Report)}
    if len(counted) != 1 or any(row.measured is None or row.not_measured is None for row in rows):
        return None
    return sum(row.measured or 0 for row in rows), sum(row.not_measured or 0 for row in rows)


def _placed(unit: Report | Absent) -> InForm:
    if isinstance(unit, Absent):
        return InForm(unit, ABSENT)
    if unit.withheld:
        return InForm(unit, WITHHELD)
    outcome, mapped = unit.main, unit.context.unit.common_form
    known, missing = _followed_up(outcome)
    seen = InForm(unit, NOT_APPROVED, shown(unit, _whole(unit, outcome)), shown(unit, known), shown(unit, missing))
    if mapped is None:
        return seen
    if not unit.has(known) or seen.measured == 0:
        return replace(seen, place=NOBODY)
    if outcome.design in _SEVERAL_ANSWERS:
        return replace(seen, place=SEVERAL)
    if not outcome.twice and (outcome.measure.kind in {"scale", "state"} or not mapped.placed):
        return replace(seen, place=AFTERWARDS, parts=_answers(unit, outcome))
    cells = _cells(outcome, mapped)
    if not _says_direction(outcome):
        return replace(seen, place=NO_THRESHOLD)
    return _with_direction(seen, unit, outcome, cells)


def _says_direction(outcome: Outcome) -> bool:
    """Whether the measure's card says what better is: a limit for a certain change, or states in order."""
    if outcome.design == "transition":
        return all(level.order is not None for level in outcome.measure.levels if level.meaning not in _SPECIAL)
    return not outcome.twice or outcome.criterion is not None


def _whole(unit: Report, outcome: Outcome) -> str:
    due = f"{outcome.key}/due"
    return due if outcome.design != CROSS_SECTIONS and unit.has(due) else ELIGIBLE


def _followed_up(outcome: Outcome) -> tuple[str, str]:
    """Counts of the measured and of those who are not."""
    if outcome.twice:
        return f"{outcome.key}/paired", f"{outcome.key}/lost"
    if outcome.once:
        return f"{outcome.key}/answered", f"{outcome.key}/missing"
    at = f"{outcome.key}/at/{outcome.end or outcome.start}"
    return at, f"{at}/not"


def _with_direction(seen: InForm, unit: Report, outcome: Outcome, cells: Mapping[str, Sequence[str]]) -> InForm:
    parts = {part: _sum(unit, cells[part]) for part in PARTS}
    empty = frozenset(part for part in PARTS if not cells[part])
    could = _could_improve(unit, outcome)
    counted = {part: n for part, n in parts.items() if n is not None}
    form = None
    if seen.of is not None and None not in (seen.measured, seen.not_measured) and len(counted) == len(PARTS):
        room, known = could or (None, None)
        form = common_form(**counted, of=seen.of, odds_ratios=ODDS_RATIOS, could_improve=room, could_improve_of=known)
    return replace(seen, place=DIRECTION, parts=parts, form=form, could_improve=could, empty=empty)


def _cells(outcome: Outcome, mapped: Mapped) -> dict[str, list[str]]:
    """Counts that make each part of the form, as the unit has placed them."""
    chosen = {
        IMPROVED: mapped.improved,
        MAINTAINED: mapped.maintained,
        NO_CERTAIN_CHANGE: mapped.unchanged,
        WORSE: mapped.worse,
    }
    if not outcome.twice:
        return {part: [f"{outcome.key}/level/{code}" for code in chosen[part]] for part in PARTS}
    names = _STATE if outcome.design == "transition" else _SCALE
    where = {code: part for part, codes in chosen.items() for code in codes}
    placed = {code: where.get(code, _ALIKE[code]) for code in names}
    return {part: [f"{outcome.key}/{names[code]}" for code, at in placed.items() if at == part] for part in PARTS}


def _answers(unit: Report, outcome: Outcome) -> dict[str, int | None]:
    levels = [level.code for level in outcome.measure.levels if level.meaning not in _SPECIAL]
    cells = {code: f"{outcome.key}/level/{code}" for code in levels}
    return {code: shown(unit, cell) for code, cell in cells.items() if unit.has(cell)}


def _could_improve(unit: Report, outcome: Outcome) -> tuple[int, int] | None:
    could, known = shown(unit, f"{outcome.key}/could_improve"), shown(unit, f"{outcome.key}/paired")
    return (could, known) if could is not None and known is not None else None


def _sum(unit: Report, cells: Sequence[str]) -> int | None:
    values = [shown(unit, cell) for cell in cells]
    return None if None in values else sum(value for value in values if value is not None)


def shown(unit: Report, cell: str) -> int | None:
    """A count as the report shows it; None where it is hidden or not there."""
    if not unit.has(cell) or unit.cell(cell).hidden:
        return None
    return int(unit.cell(cell).value)
