"""The table from-to as a figure: where people began, where they ended, and those who are known once or not at all."""

from __future__ import annotations

from collections.abc import Callable

from isu_analysis.analysis.coverage import ordinary
from isu_analysis.analysis.results import Outcome
from isu_analysis.presentation import basis
from isu_analysis.presentation.blocks import Block, Figure
from isu_analysis.presentation.figures.from_to import Field, from_to
from isu_analysis.presentation.outcomes.needs import STATES
from isu_analysis.presentation.reader import Reader

_UNKNOWN = ""  # stands for a state that is not known
MOST_STATES = 6  # more have no room for their names beside one another


def of_states(read: Reader, outcome: Outcome) -> list[Block]:
    """From state to state, with a row and a column of what is not known; nothing where a number is hidden."""
    key = outcome.key
    names = {level.code: read.label(level) for level in ordinary(outcome.measure)}

    def cell(before: str, after: str) -> str:
        if before and after:
            return f"{key}/from/{before}/to/{after}"
        if before or after:
            return f"{key}/once/from/{before}" if before else f"{key}/once/to/{after}"
        return f"{key}/neither"

    unknown = read.say("inte känt")
    caption = read.say("{measure}: från start till slut. De inramade rutorna är oförändrat läge.", measure=read.name(outcome.measure))  # fmt: skip
    return _figure(read, outcome, names | {_UNKNOWN: unknown}, cell, caption)


def of_needs(read: Reader, outcome: Outcome) -> list[Block]:
    """From need to need, area by area; nothing where a number is hidden."""
    names = {code: read.say(words) for code, words in STATES.items()}
    caption = read.say("{measure}: bedömda områden från start till slut. De inramade rutorna är oförändrat.",
                       measure=read.name(outcome.measure))  # fmt: skip
    unknown = {"not_known": _UNKNOWN}
    shown = {unknown.get(code, code): words for code, words in names.items()}

    def cell(before: str, after: str) -> str:
        return f"{outcome.key}/from/{before or 'not_known'}/to/{after or 'not_known'}"

    return _figure(read, outcome, shown, cell, caption)


def _figure(
    read: Reader, outcome: Outcome, names: dict[str, str], cell: Callable[[str, str], str], caption: str
) -> list[Block]:
    if len(names) > MOST_STATES or not read.shown(*(cell(before, after) for before in names for after in names)):
        return []
    if not any(read.value(cell(*pair)) for name in names for pair in ((name, _UNKNOWN), (_UNKNOWN, name))):
        names = {code: name for code, name in names.items() if code != _UNKNOWN}
    fields = [
        [Field(n := read.value(cell(before, after)), read.numbers.whole(n), unknown=_UNKNOWN in (before, after),
               same=before == after != _UNKNOWN) for after in names]
        for before in names
    ]  # fmt: skip
    totals = [read.numbers.whole(sum(field.n for field in row)) for row in fields]
    drawn = from_to(list(names.values()), [*names.values(), read.say("alla")], fields, read.say("Från / till"), totals)
    return [Figure(drawn, _in_words(read, names, fields), caption, basis=basis.of_outcome(read, outcome))]


def _in_words(read: Reader, names: dict[str, str], fields: list[list[Field]]) -> str:
    """Say each row: where those who began somewhere ended."""
    said = []
    for before, row in zip(names.values(), fields, strict=True):
        found = [
            read.say("{state} {n}", state=after, n=field.text)
            for after, field in zip(names.values(), row, strict=True)
            if field.n
        ]
        if found:
            said.append(read.say("Från {state}: till {states}.", state=before, states=", ".join(found)))
    return " ".join(said)
