"""What one unit's files hold, how complete each part of it is, and what it is used for."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from isu_analysis.analysis.results import ELIGIBLE, Outcome
from isu_analysis.presentation import page_one
from isu_analysis.presentation.municipality.view import WHO
from isu_analysis.presentation.reader import Reader
from isu_analysis.presentation.wording import phrase
from isu_analysis.settings import Burden, Unit

MAIN, REPORTED, NOT_SHOWN, NOWHERE = "main", "reported", "not_shown", "nowhere"

# Columns of a case, beside the background that a unit declares: in the order of a case, each with its name in words.
_OF_A_CASE = {
    "reason": phrase("varför personen kom"),
    "intervention": phrase("insats"),
    "service_form": phrase("service eller bistånd"),
    "contacts": phrase("antal kontakter"),
    "team": phrase("team"),
    "worker": phrase("handläggare"),
    "group": phrase("grupp"),
    "ending": phrase("hur det slutade"),
}
_ABOUT_ANSWERS = {
    "reason/by": ("missing_reason", phrase("varför mätningar saknas")),
    "mode": ("mode", phrase("hur svaret kom till")),
}


@dataclass(frozen=True)
class Collected:
    """One thing, or several alike, that a unit collects.

    Attributes
    ----------
    names : tuple of str
    who : str
        Who answers; empty for what is about the case.
    complete : str
        How many of how many have it, at each occasion.
    minutes : tuple of int, or None
        Declared for the one who answers and for the staff; None where the unit has said nothing or it does not apply.
    use : str
        `MAIN`, `REPORTED`, `NOT_SHOWN` (counted, but the report gives no result) or `NOWHERE`.
    decided : bool
        Whether a decision is about it.
    """

    names: tuple[str, ...]
    who: str
    complete: str
    minutes: tuple[int, int] | None
    use: str
    decided: bool = False

    @property
    def beside_name(self) -> tuple[object, ...]:
        """All of it but the name; measures and what is about the case are never alike, as nobody answers the latter."""
        return self.who, self.complete, self.minutes, self.use, self.decided


def collected(read: Reader) -> list[Collected]:
    """Everything that the unit's files hold, its main measure first; what is alike in all but its name is one row."""
    alike: dict[tuple[object, ...], Collected] = {}
    for row in (*_measures(read), *_background(read), *_about_answers(read)):
        first = alike.get(row.beside_name, replace(row, names=()))
        alike[row.beside_name] = replace(first, names=(*first.names, *row.names))
    return sorted(alike.values(), key=lambda row: row.use != MAIN)


def _measures(read: Reader) -> Iterator[Collected]:
    """Each measure or part by each rater: its outcomes, or the measure itself where it is in none."""
    outcomes = read.report.context.outcomes
    for measure, rater in dict.fromkeys(_declared(read.report.context.unit)):
        own = [outcome for outcome in outcomes if (outcome.measure.id, outcome.rater) == (measure, rater)]
        minutes = _minutes(read.report.context.unit, measure, rater)
        if not own:
            name = read.name(read.report.context.unit.measure(measure))
            where = read.say("ingår inte i någon rapport")
            yield Collected((name,), read.say(WHO[rater]), where, minutes, NOWHERE)
        for outcome in own:
            label = read.name(outcome.measure) + (f", {read.own(outcome.item)}" if outcome.item else "")
            yield Collected(
                (label,),
                read.say(WHO[rater]),
                complete(read, outcome),
                minutes,
                _use(read, outcome),
                _decided(read, outcome),
            )


def _decided(read: Reader, outcome: Outcome) -> bool:
    """Whether a decision is about one of its figures; a public report holds no decision, only how many there are."""
    figures = [decision.figure.id for decision in read.report.decided.decisions if decision.figure]
    return any(figure.startswith(f"{outcome.key}/") for figure in figures)


def _declared(unit: Unit) -> Iterator[tuple[str, str]]:
    for source in unit.sources:
        yield from ((column.measure, column.rater) for column in source.measurements)
        if source.long:
            column = source.long.rater_column
            raters = [source.long.rater] if source.long.rater else list(column.values.values()) if column else []
            yield from ((measure, rater) for measure in source.long.measure.values.values() for rater in raters)


def _minutes(unit: Unit, measure: str, rater: str) -> tuple[int, int] | None:
    found = next((burden for burden in unit.burden if applies(burden, measure, rater)), None)
    return (found.client_minutes, found.staff_minutes) if found else None


def applies(burden: Burden, measure: str, rater: str) -> bool:
    """Whether a declared time is that of a measure, or of the whole it is a part of."""
    return burden.measure in (measure, measure.partition(".")[0]) and burden.rater in (None, rater)


def complete(read: Reader, outcome: Outcome) -> str:
    """How many have an answer, of how many, at each occasion."""
    seen = [name for name in read.report.context.unit.occasions if read.report.has(f"{outcome.key}/at/{name}")]
    if seen:
        return "; ".join(_at(read, read.occasion(name), _answered(read, outcome, name), ELIGIBLE) for name in seen)
    for part, where in (("answered", read.occasion(outcome.end)), ("paired", _both(read, outcome))):
        if read.report.has(f"{outcome.key}/{part}"):
            return _at(read, where, f"{outcome.key}/{part}", read.whole(outcome))
    if read.report.has(f"{outcome.key}/cases"):
        return _at(read, read.say("minst en gång"), f"{outcome.key}/cases", ELIGIBLE)
    return read.say("inga tal publiceras") if read.report.withheld else read.say("ingen är mätt")


def _answered(read: Reader, outcome: Outcome, occasion: str) -> str:
    """Cell of those with an answer at an occasion; a form that is nobody's in particular is of none of them."""
    cell = f"{outcome.key}/at/{occasion}"
    return f"{cell}/linked" if read.shown(f"{cell}/linked") else cell


def _both(read: Reader, outcome: Outcome) -> str:
    return read.say("{start} och {end}", start=read.occasion(outcome.start), end=read.occasion(outcome.end))


def _at(read: Reader, where: str, cell: str, whole: str) -> str:
    return read.say("{occasion}: {n} av {of}", occasion=where, n=read.count(cell), of=read.count(whole))


def _use(read: Reader, outcome: Outcome) -> str:
    if outcome.key == read.report.context.primary:
        return MAIN
    return NOT_SHOWN if page_one.refused(read) else REPORTED


def _background(read: Reader) -> Iterator[Collected]:
    """Declared background, then what the case itself says."""
    unit = read.report.context.unit
    for name in dict.fromkeys(name for source in unit.sources for name in source.background):
        yield _of_case(read, name, _as_word(read.variable(name)))
    for name, words in _OF_A_CASE.items():
        if any(getattr(source, name) for source in unit.sources):
            yield _of_case(read, name, read.say(words))


def _as_word(label: str) -> str:
    """A label as it reads among others: small at the beginning, unless it is letters that stand for words."""
    return label[:1].lower() + label[1:] if label[1:2].islower() else label


def _of_case(read: Reader, name: str, label: str) -> Collected:
    missing = f"who/{name}/"
    found = read.say("ingår inte i någon rapport")
    used = any(f"/{name}/" in f"/{cell.id}/" for cell in read.report.within(""))
    if read.report.withheld:
        return Collected((label,), "", read.say("inga tal publiceras"), None, NOT_SHOWN)
    if read.report.has(missing):
        everybody = read.count(ELIGIBLE)
        found = (
            read.say("finns för alla {of}", of=everybody)
            if read.value(missing) == 0
            else read.say("saknas för {n} av {of}", n=read.count(missing), of=everybody)
        )
    elif used:
        found = read.say("hur många som saknas är inte räknat")
    use = NOWHERE if not used else NOT_SHOWN if page_one.refused(read) else REPORTED
    return Collected((label,), "", found, None, use)


def _about_answers(read: Reader) -> Iterator[Collected]:
    unit = read.report.context.unit
    for place, (name, words) in _ABOUT_ANSWERS.items():
        columns = [getattr(source, name) for source in unit.sources]
        columns += [getattr(column, name) for source in unit.sources for column in source.measurements]
        if any(column is not None and not isinstance(column, str) for column in columns):
            used = any(f"/{place}/" in cell.id for cell in read.report.within(""))
            found = read.say("anges för en del av dem") if used else read.say("ingår inte i någon rapport")
            use = NOWHERE if not used else NOT_SHOWN if page_one.refused(read) else REPORTED
            yield Collected((read.say(words),), "", found, None, use)
