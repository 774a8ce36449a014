"""How people ended, beside what is expected of others with their start: adjusted and plain side by side."""

from __future__ import annotations

from isu_analysis.analysis.case_mix import PLACE, SHOWN, TOO_FEW, TOO_LATE
from isu_analysis.disclosure import Shown
from isu_analysis.presentation.blocks import Block, Column, Heading, Paragraph, Table
from isu_analysis.presentation.numbers import Numbers
from isu_analysis.presentation.reader import Reader
from isu_analysis.presentation.wording import phrase

_NONE = {
    TOO_LATE: phrase("Underlaget för jämförelsen är inte från tiden före året. Därför görs ingen."),
    TOO_FEW: phrase(
        "Underlaget går inte att använda: för få av de uppföljda liknar människorna i det, eller saknar uppgifter det bygger på."
    ),
}


def blocks(read: Reader) -> list[Block]:
    """One table of two rows, or why there is none."""
    declared = read.report.context.unit.case_mix
    if declared is None or not read.all_shown(f"{PLACE}/") or not read.shown(f"{PLACE}/result"):
        return []
    heading = Heading(read.say("Med hänsyn till utgångsläget"), 3)
    reason = read.code(f"{PLACE}/result")
    if reason != SHOWN:
        return [heading, Paragraph(read.say(_NONE[reason]))]
    adjusted = read.cell(f"{PLACE}/adjusted")
    measure = next(one.measure for one in read.report.context.outcomes if one.key == read.code(f"{PLACE}/outcome"))
    return [
        heading,
        Paragraph(" ".join((_said(read), _verdict(read, adjusted, bool(measure.higher_is_better))))),
        Table(
            read.say("{measure}: hur de uppföljda slutade mot underlaget, i poäng.", measure=read.name(measure)),
            (Column(read.say("Jämförelse")), Column(read.say("Skillnad (95 % intervall)"), "right")),
            (
                (read.say("med hänsyn till {what}", what=_what(read)), points(read.numbers, adjusted)),
                (read.say("utan hänsyn"), points(read.numbers, read.cell(f"{PLACE}/raw"))),
            ),
            basis=read.say("{n} uppföljda. Underlag: {of}.", n=read.numbers.whole(adjusted.n or 0), of=read.numbers.whole(declared.n)),
        ),
    ]  # fmt: skip


def points(numbers: Numbers, cell: Shown) -> str:
    """A difference in points with its interval."""
    return f"{numbers.decimal(cell.value)} ({numbers.interval(cell.low, cell.high)})"


def _what(read: Reader) -> str:
    """What the model takes into account, in the unit's own words."""
    declared = read.report.context.unit.case_mix
    labels = {
        name: column.label for source in read.report.context.unit.sources for name, column in source.background.items()
    }
    names = [] if declared is None else [read.own(labels[name]).lower() for name in declared.backgrounds]
    return ", ".join((read.say("startpoäng"), *names))


def _said(read: Reader) -> str:
    declared = read.report.context.unit.case_mix
    source = "" if declared is None else declared.source
    observed, expected = (read.cell(f"{PLACE}/{name}").value for name in ("observed", "expected"))
    said = read.say(
        "Andra människor med samma utgångsläge slutade i genomsnitt på {expected} poäng ({source}). Enhetens slutade på {observed}.",
        expected=read.numbers.decimal(expected),
        source=read.own(source),
        observed=read.numbers.decimal(observed),
    )
    outside = int(read.cell(f"{PLACE}/outside").value)
    if not outside:
        return said
    left = read.plural(
        "{n} uppföljd är inte med: ingen i underlaget har det utgångsläget.",
        "{n} uppföljda är inte med: ingen i underlaget har deras utgångsläge.",
        outside,
        n=read.numbers.whole(outside),
    )
    return f"{said} {left}"


def _verdict(read: Reader, adjusted: Shown, higher: bool) -> str:
    if adjusted.low <= 0 <= adjusted.high:
        told = read.say("Skillnaden ryms inom slumpen.")
    elif (adjusted.value > 0) == higher:
        told = read.say("Det är bättre än väntat, mer än slumpen brukar ge.")
    else:
        told = read.say("Det är sämre än väntat, mer än slumpen brukar ge.")
    unknown = read.say(
        "Människorna kan skilja sig åt i annat än det som räknats in, så skillnaden är ingen effekt av enheten."
    )
    return f"{told} {unknown}"
