"""What the columns of a fill-in workbook may hold, read from a source of the unit file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

from isu_analysis.measures import Measure
from isu_analysis.settings import Column, LongColumns, MeasurementColumn, Source, Unit

Kind = Literal["text", "date", "number", "words"]

REASONS = {
    "declined": "ville inte svara", "not_reached": "gick inte att nå", "not_asked": "blev inte tillfrågad",
    "language": "språket räckte inte till", "broke_down": "kunde inte genomföras", "placed": "placerad på annan plats",
    "moved": "har flyttat", "died": "har avlidit", "unknown": "skälet är inte känt",
}  # fmt: skip
_WORDS = REASONS | {
    "planned": "planerat avslut", "unplanned": "avslut i förtid", "ongoing": "pågår", "transferred": "överfört till annan",
    "never_started": "kom aldrig i gång", "service": "service utan beslut", "bistand": "bistånd efter beslut",
    "protected": "skyddade personuppgifter", "open": "inga skyddade personuppgifter", "interview": "intervju",
    "form": "formulär", "on_file": "uppgifter ur akten", "staff_alone": "ifyllt av personalen ensam",
    "register": "ur register", "client": "klienten", "child": "barnet", "parent": "föräldern", "family": "familjen",
    "staff": "personalen", "interviewer": "intervjuaren",
}  # fmt: skip
_NOT_KNOWN = "uppgiften saknas, och skälet är inte känt"
_NOTHING = "uppgiften saknas"


@dataclass(frozen=True)
class Field:
    """One column of a fill-in sheet.

    Attributes
    ----------
    kind : {"text", "date", "number", "words"}
        ``words``: only those in `words`; a number may have words too, that say why there is none.
    words : dict of str to str
        What may stand in a cell, and what it means (empty where the word says it itself).
    low, high : float or None
        Smallest and largest number.
    whole : bool
        Only whole numbers.
    after : str
        Heading of the date that this one cannot lie before.
    """

    heading: str
    kind: Kind
    about: str
    empty: str = _NOTHING
    required: bool = False
    words: Mapping[str, str] = field(default_factory=dict)
    low: float | None = None
    high: float | None = None
    whole: bool = False
    after: str = ""


def fields(unit: Unit, source: Source) -> tuple[Field, ...]:
    """Describe the columns that intake asks for, in its own order; a heading with several uses is one column."""
    found: dict[str, Field] = {}
    for one in _all(unit, source):
        before = found.get(one.heading)
        found[one.heading] = _joined(before, one) if before else one
    order = source.columns(unit.used_measures)
    return tuple(found[heading] for heading in order)


def _joined(one: Field, other: Field) -> Field:
    about = one.about if other.about in one.about else f"{one.about} {other.about}"
    return replace(one, about=about, words={**one.words, **other.words}, required=one.required or other.required)


def _all(unit: Unit, source: Source) -> Iterator[Field]:
    yield from _who(source)
    yield from _when(unit, source)
    yield from _coded(unit, source)
    for column in source.measurements:
        yield from _measured(unit, column)
    if source.long:
        yield from _long(unit, source.long)


def _who(source: Source) -> Iterator[Field]:
    case = source.rows == "episode"
    if source.id:
        empty = "går inte, raden behöver ett nummer" if case else "mätningen kan inte läggas ihop med något ärende"
        about = "Ärendets nummer, samma i alla filer." + (" En rad för varje ärende." if case else "")
        yield Field(source.id, "text", about, empty, required=case)
    if source.client:
        empty = "personen är inte känd" if source.id else "går inte, raden behöver en person"
        about = "Personens nummer: personnummer, samordningsnummer eller enhetens eget. Det ersätts av en kod vid inläsningen."
        yield Field(source.client, "text", about, empty, required=case and not source.id)
    for heading, about in ((source.team, "Arbetslag."), (source.worker, "Den som arbetar med ärendet; ersätts av en kod."),
                           (source.group, "Grupp som personen deltar i; ersätts av en kod.")):  # fmt: skip
        if heading:
            yield Field(heading, "text", about)


def _when(unit: Unit, source: Source) -> Iterator[Field]:
    needs_start = source.rows == "episode" and not source.id
    year = " Ska ligga i filens år." if "{year}" in source.file and unit.cohort.rule == "ended" else ""
    if source.start:
        empty = "går inte, ärendet behöver ett datum" if needs_start else _NOTHING
        yield Field(source.start, "date", "Dag då ärendet började.", empty, required=needs_start)
    if source.end:
        yield Field(source.end, "date", f"Dag då ärendet avslutades.{year}", "ärendet pågår", after=source.start or "")
    if source.day:
        yield Field(source.day, "date", "Dag då mätningen gjordes.", "dagen är inte känd")
    if source.contacts:
        yield Field(source.contacts, "number", "Antal kontakter.", low=0)


def _coded(unit: Unit, source: Source) -> Iterator[Field]:
    for column, about in (
        (source.ending, "Hur ärendet avslutades."), (source.intervention, "Insats."), (source.reason, "Varför personen kom."),
        (source.service_form, "Service eller bistånd."), (source.protected, "Om personuppgifterna är skyddade."),
        (source.mode, "Hur svaret kom till."), (source.missing_reason, _WHY),
    ):  # fmt: skip
        if column:
            yield _of_column(column, about)
    if source.occasion:
        labels = {key: occasion.label for key, occasion in unit.occasions.items()}
        empty = "går inte, raden behöver ett mättillfälle"
        yield replace(_of_column(source.occasion, "Mättillfälle.", labels), empty=empty, required=True)
    for background in source.background.values():
        if background.type == "number":
            yield Field(background.column, "number", f"{background.label}.", words=_reasons(background.missing),
                        low=background.minimum, high=background.maximum)  # fmt: skip
        else:
            yield _of_column(background, f"{background.label}.", {})


_WHY = "Varför värdet saknas. Fylls i bara när det inte finns något värde."


def _of_column(column: Column, about: str, labels: Mapping[str, str] = _WORDS) -> Field:
    words = _first_spellings(column.values, labels) | _reasons(column.missing)
    return Field(column.column, "words" if column.values else "text", about, words=words)


def _first_spellings(values: Mapping[str, str], labels: Mapping[str, str]) -> dict[str, str]:
    """One text for each meaning: a unit file may know many spellings, but a list to choose from has one."""
    first: dict[str, str] = {}
    for text, code in values.items():
        first.setdefault(code, text)
    return {text: _unless_same(text, labels.get(code, "")) for code, text in first.items()}


def _unless_same(text: str, meaning: str) -> str:
    return "" if meaning.casefold() == text.casefold() else meaning


def _reasons(missing: Mapping[str, str]) -> dict[str, str]:
    return {text: f"saknas: {REASONS[reason]}" for text, reason in missing.items()}


def _measured(unit: Unit, column: MeasurementColumn) -> Iterator[Field]:
    measure = unit.measure(column.measure)
    when = f" vid {unit.occasions[column.occasion].label}" if column.occasion else ""
    about = f"{measure.name_sv}{when}. Svarar: {_WORDS[column.rater]}."
    headings = column.headings(measure)
    for place, heading in enumerate(headings, start=1):
        asked = f"Fråga {place} av {len(headings)} i {about}" if column.items else about
        yield _answer(heading, asked, measure, column.values, column.missing, item=place if column.items else 0)
    if column.day:
        yield Field(column.day, "date", f"Dag då mätningen gjordes{when}.", "dagen är inte känd")
    if column.item_column:
        yield Field(column.item_column, "text", "Vilket behov eller mål raden gäller.")
    if column.missing_reason:
        yield _of_column(column.missing_reason, _WHY)


def _answer(
    heading: str, about: str, measure: Measure, values: Mapping[str, str], missing: Mapping[str, str], *, item: int = 0
) -> Field:
    """The field of a score or level, or of an item by its number from 1."""
    reasons, by_item = _reasons(missing), item > 0
    fewer = measure.scoring.answers.get(item) if measure.scoring else None
    if fewer and not values:  # an item with only some of the answers, as 0, 2 and 4
        return Field(
            heading, "words", about, _NOT_KNOWN, words={str(answer): str(answer) for answer in fewer} | reasons
        )
    if not values and (by_item or measure.kind == "scale"):
        scoring = measure.scoring
        low, high, step = measure.minimum, measure.maximum, measure.step
        if by_item and scoring:
            low, high, step = scoring.item_min, scoring.item_max, 1
        whole = float(step).is_integer()
        return Field(heading, "number", about, _NOT_KNOWN, words=reasons, low=low, high=high, whole=whole)
    labels = {level.code: level.label for level in measure.levels}
    words = _first_spellings(values or {code: code for code in measure.codes}, labels)
    return Field(heading, "words", about, _NOT_KNOWN, words=words | reasons)


def _long(unit: Unit, long: LongColumns) -> Iterator[Field]:
    cards = {name: unit.measure(name) for name in dict.fromkeys(long.measure.values.values())}
    names = {name: card.name_sv for name, card in cards.items()}
    empty = "går inte, raden behöver ett mått"
    yield replace(_of_column(long.measure, "Vilket mått raden gäller.", names), empty=empty, required=True)
    answers = [_answer(long.value, "", card, {} if card.kind == "scale" else long.values, long.missing)
               for card in cards.values()]  # fmt: skip
    words = {text: meaning for answer in answers for text, meaning in answer.words.items()}
    spans = [f"{card.name_sv} {card.minimum:g}–{card.maximum:g}" for card in cards.values() if card.kind == "scale"]
    about = "Värdet på det mått som raden gäller." + (f" {'; '.join(spans)}." if spans else "")
    numbers = [answer for answer in answers if answer.kind == "number"]
    low = min((answer.low for answer in numbers if answer.low is not None), default=None)
    high = max((answer.high for answer in numbers if answer.high is not None), default=None)
    whole = bool(numbers) and all(answer.whole for answer in numbers)
    yield Field(long.value, "number" if numbers else "words", about, _NOT_KNOWN, False, words, low, high, whole)
    if long.rater_column:
        yield replace(
            _of_column(long.rater_column, "Vem som har svarat."),
            empty="går inte, raden behöver ett svar",
            required=True,
        )
    if long.item_column:
        yield Field(long.item_column, "text", "Vilket behov eller mål raden gäller.")
