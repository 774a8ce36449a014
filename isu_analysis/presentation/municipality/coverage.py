"""How many were followed up, unit by unit."""

from __future__ import annotations

from isu_analysis.municipalities import Absent
from isu_analysis.presentation.blocks import Block, Column, Heading, PageBreak, Paragraph, Table
from isu_analysis.presentation.municipality.followed import followed
from isu_analysis.presentation.municipality.view import View
from isu_analysis.presentation.reader import HIDDEN, NONE, Reader
from isu_analysis.presentation.wording import phrase

_HEADS = (phrase("Skulle följas upp"), phrase("Följdes upp"), phrase("Saknas"))
_WAITING = phrase("Ännu inte dags")


def blocks(view: View) -> list[Block]:
    """A row a unit: all who are meant, those followed up, those missing."""
    waiting = any(_waits(read) for read in view.readers)
    heads = (*_HEADS, _WAITING) if waiting else _HEADS
    return [
        PageBreak(),
        Heading(view.say("Hur många som följdes upp")),
        Paragraph(
            view.say(
                "Uppföljd är den som har de svar som enhetens huvudmått kräver: från två tillfällen, eller från ett. "
                "Nästa tabell säger vilka. Varje enhet räknar på sitt sätt: personer, ärenden, familjer eller placeringar. "
                "Samma människa kan finnas i flera enheter."
            )
        ),
        Table(
            view.say("Täckning, enhet för enhet, i bokstavsordning."),
            (Column(view.say("Enhet")), *(Column(view.say(head), "right") for head in heads)),
            tuple((view.name(unit), *_row(view, unit, waiting)) for unit in view.units),
            _note(view),
            basis=view.say("Antal, av hur många, och hur många som saknas, står på varje rad."),
        ),
    ]


def _row(view: View, unit: Reader | Absent, waiting: bool) -> tuple[str, ...]:
    empty = (NONE,) * (len(_HEADS) - 1 + waiting)
    if not isinstance(unit, Reader):
        return (view.without_numbers(unit), *empty)
    if unit.report.withheld:
        return (view.without_numbers(unit), *(HIDDEN for _ in empty))
    found = followed(unit)
    if found is None:
        return (view.say("ingen är uppföljd"), *empty)
    later = unit.count(_not_due(unit)) if _waits(unit) else NONE
    numbers = (
        unit.people(found.whole) if unit.shown(found.whole) else HIDDEN,
        unit.count(found.known),
        unit.count(found.missing),
    )
    return (*numbers, later) if waiting else numbers


def _waits(read: Reader) -> bool:
    """Whether it is not yet time to measure somebody: hidden, or more than none."""
    return read.report.has(_not_due(read)) and read.value(_not_due(read)) != 0


def _not_due(read: Reader) -> str:
    return f"{read.report.main.key}/not_due"


def _note(view: View) -> str:
    if view.municipality.mode == "public":
        return view.say(
            "Två punkter (..) står där ett antal är dolt för att skydda enskilda. Talen är desamma som i enheternas egna rapporter."
        )
    return view.say("Talen är desamma som i enheternas egna rapporter.")
