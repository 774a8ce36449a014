"""What a unit file asks for: which form, of whom, at which occasion, and where nobody can be reminded by name."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from isu_analysis.settings import LongColumns, MeasurementColumn, Source, Unit

SESSION, REGISTER, ANONYMOUS, NO_DAY = "session", "register", "anonymous", "no_day"


@dataclass(frozen=True)
class Form:
    """Measures that are answered together, at one occasion.

    Attributes
    ----------
    measures : tuple of str
        Measures of one source: whoever has answered one of them has been given the form.
    raters : tuple of str
        Who answers; of several any one is enough, as the unit file does not ask all of them.
    occasion : str
    why_not : str
        Why nobody can be reminded by name: ``session`` (given at every conversation), ``register`` (nobody is asked),
        ``anonymous`` (the file does not say whose the answer is), ``no_day`` (a later look without a day in the unit
        file). Empty where the form can be looked for person by person.
    """

    measures: tuple[str, ...]
    raters: tuple[str, ...]
    occasion: str
    why_not: str = ""


def forms_of(unit: Unit, year: int) -> tuple[Form, ...]:
    """Every form that the unit's sources declare, in the order of the unit file.

    An anonymous form is left out where the same measures are also read with a number: it is one that has been replaced.

    Parameters
    ----------
    unit : Unit
    year : int
        Decides whether answers can be put to persons, where that differs from year to year.
    """
    pairable = unit.pairable(year)
    found = dict.fromkeys(form for source in unit.sources for form in _of_source(unit, source, pairable))
    named = {(measure, form.occasion) for form in found if form.why_not != ANONYMOUS for measure in form.measures}
    return tuple(
        form
        for form in found
        if form.why_not != ANONYMOUS or not {(measure, form.occasion) for measure in form.measures} <= named
    )


def _of_source(unit: Unit, source: Source, pairable: bool) -> Iterator[Form]:
    groups: dict[tuple[tuple[str, ...], str, bool], list[str]] = {}
    for column in source.measurements:
        from_register = "register" in (column.rater, column.mode)
        for occasion in _occasions(source, column):
            groups.setdefault(((column.rater,), occasion, from_register), []).append(column.measure)
    if source.long:
        for occasion in _occasions(source, None):
            groups[_raters(source.long), occasion, False] = list(source.long.measure.values.values())
    has_number = source.rows == "episode" or (bool(source.id or source.client) and pairable)
    for (raters, occasion, from_register), measures in groups.items():
        why_not = _why_not(unit, occasion, from_register or set(raters) == {"register"}, has_number)
        yield Form(tuple(dict.fromkeys(measures)), raters, occasion, why_not)


def _occasions(source: Source, column: MeasurementColumn | None) -> Sequence[str]:
    if column is not None and column.occasion:
        return [column.occasion]
    return list(dict.fromkeys(source.occasion.values.values())) if source.occasion else []


def _raters(long: LongColumns) -> tuple[str, ...]:
    if long.rater_column is None:
        return (str(long.rater),)
    return tuple(dict.fromkeys(long.rater_column.values.values()))


def _why_not(unit: Unit, occasion: str, from_register: bool, has_number: bool) -> str:
    declared = unit.occasions[occasion]
    reasons = {
        SESSION: declared.role == "session",
        REGISTER: from_register,
        ANONYMOUS: not has_number,
        NO_DAY: declared.role == "follow_up" and declared.day is None,
    }
    return next((reason for reason, holds in reasons.items() if holds), "")
