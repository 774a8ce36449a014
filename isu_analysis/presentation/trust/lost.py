"""Who is missing, and why: as the files say it of each, and as the unit says it of all."""

from __future__ import annotations

from isu_analysis.analysis.results import Outcome
from isu_analysis.disclosure.gate import INTERNAL
from isu_analysis.presentation import basis, sentences
from isu_analysis.presentation.blocks import Block, Bullets, Column, Heading, Paragraph, Table
from isu_analysis.presentation.reader import REASONS, Reader
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
    scale, lost = outcome.measure.kind == "scale", read.count(f"{key}/lost")
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
    split = [read.say("Av dem: {when}.", when=", ".join(when))] if len(when) > 1 else []
    return " ".join([told, *split, *_not_known(read, outcome)])


def _not_known(read: Reader, outcome: Outcome) -> list[str]:
    cell = f"{outcome.key}/lost/not_known"
    if not read.report.has(cell) or read.value(cell) == 0:
        return []
    return [read.say("För {n} av dem står det att läget är okänt.", n=read.count(cell))]


def reasons(read: Reader, outcome: Outcome) -> list[Block]:
    """A table of the reasons in the files, and a list of the unit's own."""
    out: list[Block] = []
    place = f"{outcome.key}/reason/by/"
    found = [
        name for name in REASONS if read.report.has(f"{place}{name}") and read.cell(f"{place}{name}").hidden != INTERNAL
    ]
    if found:
        rows = tuple((read.say(REASONS[name]), read.count(f"{place}{name}")) for name in found)
        columns = (Column(read.say("Varför uppgiften saknas")), Column(read.say("Antal"), "right"))
        caption = read.say("{measure}: varför uppgiften saknas, enligt filerna", measure=read.name(outcome.measure))
        out.append(Table(caption, columns, rows, basis=basis.of_outcome(read, outcome)))
    declared = read.report.context.unit.attrition_reasons
    if declared:
        out += [Heading(read.say("Skäl som enheten själv ser"), 3), Bullets(tuple(map(read.own, declared)))]
    if not out:
        out.append(Paragraph(read.say("Varför de saknas står inte i filerna.")))
    return out


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
