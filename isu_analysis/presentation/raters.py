"""Two raters of the same people beside each other: neither is the truth, and they are never averaged."""

from __future__ import annotations

from isu_analysis.analysis.raters import pairs_of, place
from isu_analysis.analysis.results import Outcome
from isu_analysis.presentation.blocks import Block, Bullets, Column, Heading, Paragraph, Table
from isu_analysis.presentation.reader import NONE, RATERS, Reader
from isu_analysis.presentation.wording import phrase

_HEADS = (phrase("Mått"), phrase("Första"), phrase("Andra"), phrase("Båda"), phrase("Bara den första"), phrase("Bara den andra"),
          phrase("Samma svar"))  # fmt: skip


def blocks(read: Reader) -> list[Block]:
    """A row for each measure with two raters, and in words whether one of them sees it otherwise."""
    found = [pair for pair in pairs_of(read.report.context.outcomes) if _has_enough(read, *pair)]
    if not found:
        return []
    return [
        Heading(read.say("När två har bedömt samma människor"), 3),
        Paragraph(read.say("Bedömningarna står bredvid varandra och slås aldrig ihop. Ingen av dem är facit.")),
        Table(
            read.say("Två som har svarat om samma människor vid samma tillfälle."),
            tuple(Column(read.say(head), "left" if number < 3 else "right") for number, head in enumerate(_HEADS)),
            tuple(_row(read, *pair) for pair in found),
            basis=read.say("Hur många som båda, eller bara en av dem, har svarat om står på varje rad."),
        ),
        *_words(read, found),
    ]


def _has_enough(read: Reader, first: Outcome, second: Outcome) -> bool:
    at = place(first, second)
    return read.all_shown(f"{at}/") and any(read.shown(f"{at}/{name}") for name in ("same", "difference"))


def _row(read: Reader, first: Outcome, second: Outcome) -> tuple[str, ...]:
    at = place(first, second)
    counts = (read.count(f"{at}/{name}") for name in ("both", "first_only", "second_only"))
    return (
        read.name(first.measure),
        read.say(RATERS[first.rater]),
        read.say(RATERS[second.rater]),
        *counts,
        _same(read, at),
    )


def _same(read: Reader, at: str) -> str:
    if not read.shown(f"{at}/same/share"):
        return NONE
    share = read.cell(f"{at}/same/share")
    return read.say("{n} av {of}", n=read.numbers.whole(share.n or 0), of=read.numbers.whole(share.of or 0))


def _words(read: Reader, found: list[tuple[Outcome, Outcome]]) -> list[Block]:
    lines = [
        text for first, second in found for text in (_tilt(read, first, second), _kappa(read, first, second)) if text
    ]
    return [Bullets(tuple(lines))] if lines else []


def _tilt(read: Reader, first: Outcome, second: Outcome) -> str:
    """Whether one rater is systematically higher, for answers in order and for points."""
    at = place(first, second)
    cell = f"{at}/net" if read.shown(f"{at}/net") else f"{at}/difference"
    if not read.shown(cell):
        return ""
    net = read.cell(cell)
    names = _names(read, first, second)
    if net.low <= 0 <= net.high:
        return read.say("{measure}: det går inte att säga att {first} ligger högre eller lägre än {second}.", **names)
    high, low = ("first", "second") if net.value > 0 else ("second", "first")
    return read.say(
        "{measure}: {high} ligger högre än {low}, mer än slumpen brukar ge.",
        measure=names["measure"],
        high=names[high],
        low=names[low],
    )


def _kappa(read: Reader, first: Outcome, second: Outcome) -> str:
    at = place(first, second)
    names = _names(read, first, second)
    if read.shown(f"{at}/kappa"):
        kappa = read.cell(f"{at}/kappa")
        return read.say("{measure}, {first} och {second}: kappa {value} ({interval}). 1 är full samstämmighet, 0 är slumpens.", **names,
                        value=read.numbers.decimal(kappa.value, 2), interval=read.numbers.interval(kappa.low, kappa.high, 2))  # fmt: skip
    if read.shown(f"{at}/agreement"):
        icc = read.cell(f"{at}/agreement")
        return read.say("{measure}, {first} och {second}: ICC för samstämmighet {value} ({interval}).", **names,
                        value=read.numbers.decimal(icc.value, 2), interval=read.numbers.interval(icc.low, icc.high, 2))  # fmt: skip
    return ""


def _names(read: Reader, first: Outcome, second: Outcome) -> dict[str, str]:
    raters = {name: read.say(RATERS[one.rater]) for name, one in (("first", first), ("second", second))}
    return {"measure": read.name(first.measure), **raters}
