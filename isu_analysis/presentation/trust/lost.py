"""Who is missing, and why: as the files say it of each, and as the unit says it of all."""

from __future__ import annotations

from isu_analysis.analysis.results import Outcome
from isu_analysis.presentation import sentences
from isu_analysis.presentation.blocks import Block, Bullets, Heading, Paragraph
from isu_analysis.presentation.outcomes.levels import reason_table
from isu_analysis.presentation.reader import Reader
from isu_analysis.presentation.wording import phrase

_WHEN = {
    "start_only": phrase("{n} saknas vid {end}"),
    "end_only": phrase("{n} saknas vid {start}"),
    "neither": phrase("{n} saknas vid båda"),
}


_LOST = phrase("{lost} av {of} är inte mätta två gånger{share}.")
_UNKNOWN = phrase("Läget är inte känt vid både start och slut för {lost} av {of}{share}.")


def who_is_missing(read: Reader, outcome: Outcome) -> list[Block]:
    """How many, at which occasion, and the reasons."""
    told = sentences.missing_once(read, outcome) if outcome.once else _missing_twice(read, outcome)
    return [Heading(read.say("Vilka saknas, och varför?"), 3), Paragraph(told), *reasons(read, outcome)]


def _missing_twice(read: Reader, outcome: Outcome) -> str:
    key = outcome.key
    scale, lost = outcome.measure.kind == "scale", read.how_many(f"{key}/lost")
    told = read.say(
        _LOST if scale else _UNKNOWN,
        lost=_capital(lost) if scale else lost,
        of=read.count(read.whole(outcome)),
        share=read.bracket(f"{key}/lost_share"),
    )
    occasions = {"start": read.occasion(outcome.start), "end": read.occasion(outcome.end)}
    when = [
        read.say(words, n=read.count(f"{key}/{status}"), **occasions)
        for status, words in _WHEN.items()
        if read.value(f"{key}/{status}") != 0
    ]
    apart = len(when) > 1 and read.shown(*(f"{key}/{status}" for status in _WHEN))
    split = [read.say("Av dem: {when}.", when=", ".join(when))] if apart else []
    return " ".join([told, *split, *_not_known(read, outcome)])


def _not_known(read: Reader, outcome: Outcome) -> list[str]:
    cell = f"{outcome.key}/lost/not_known"
    if not read.report.has(cell) or read.value(cell) == 0:
        return []
    return [read.say("För {n} av dem står det att läget är okänt.", n=read.count(cell))]


def reasons(read: Reader, outcome: Outcome) -> list[Block]:
    """A table of the reasons in the files, and a list of the unit's own."""
    out = reason_table(read, outcome, read.say("Varför uppgiften saknas"))
    declared = read.report.context.unit.attrition_reasons
    if declared:
        out += [Heading(read.say("Skäl som enheten själv ser"), 3), Bullets(tuple(map(read.own, declared)))]
    if not out:
        out.append(Paragraph(read.say("Varför de saknas står inte i filerna.")))
    return out


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
