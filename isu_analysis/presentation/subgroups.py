"""Declared subgroups beside each other, with intervals that hold for all of them at once and what chance alone does."""

from __future__ import annotations

from isu_analysis.analysis.subgroups import BEYOND, PLACE, SEVERAL_TIMES, WITHIN
from isu_analysis.presentation.blocks import Block, Column, Heading, Paragraph, Table
from isu_analysis.presentation.reader import NONE, Reader
from isu_analysis.presentation.wording import phrase
from isu_analysis.settings import Subgroup

_HEADS = (
    phrase("Gott utfall"),
    phrase("Samtidigt 95 % intervall"),
    phrase("Sammanvägd andel"),
    phrase("Mot resten, procentenheter"),
)
_VERDICTS = {BEYOND: phrase("Skillnaden är större än slumpen brukar ge."), WITHIN: phrase("Skillnaden kan vara slump.")}


def blocks(read: Reader) -> list[Block]:
    """A table for each way of grouping that the unit has declared."""
    found = [one for one in read.report.context.unit.subgroups if read.all_shown(f"{PLACE}/{one.by}/")]
    if not found:
        return []
    out: list[Block] = [Heading(read.say("Delgrupper som bestämts i förväg"), 3)]
    for subgroup in found:
        out += [Paragraph(_words(read, subgroup)), _table(read, subgroup)]
    return out


def _words(read: Reader, subgroup: Subgroup) -> str:
    at = f"{PLACE}/{subgroup.by}"
    apart, chance = (read.cell(f"{at}/{name}").value for name in ("apart", "by_chance"))
    said = read.plural(
        "{group}: grupperna ligger {apart} procentenhet från varandra. Är de egentligen lika skiljer slumpen så här stora grupper åt "
        "med ungefär {chance}.",
        "{group}: grupperna ligger {apart} procentenheter från varandra. Är de egentligen lika skiljer slumpen så här stora grupper åt "
        "med ungefär {chance}.",
        round(100 * apart),
        group=read.own(subgroup.label),
        apart=read.numbers.decimal(100 * apart, 0),
        chance=read.numbers.decimal(100 * chance, 0),
    )
    repeated = (
        read.say("Någon finns med flera gånger, men räknas som flera: slumpens del är då något för liten.")
        if read.code(f"{at}/people") == SEVERAL_TIMES
        else ""
    )
    return f"{said} {read.say(_VERDICTS[read.code(f'{at}/verdict')])} {repeated}".strip()


def _table(read: Reader, subgroup: Subgroup) -> Table:
    at = f"{PLACE}/{subgroup.by}/"
    levels = [
        cell.id.removeprefix(at).removesuffix("/share") for cell in read.report.within(at) if cell.id.endswith("/share")
    ]
    return Table(
        read.say("Gott utfall av de uppföljda, efter {group}.", group=read.own(subgroup.label).lower()),
        (Column(read.own(subgroup.label)), *(Column(read.say(head), "right") for head in _HEADS)),
        tuple(_row(read, subgroup.by, level, f"{at}{level}") for level in levels),
        read.say(
            "Intervallen gäller alla grupper på en gång. Sammanvägd: gruppens andel dragen mot den gemensamma, mest för små grupper. "
            "Grupper under fem, och de utan uppgift, står inte här."
        ),
        basis=read.say("Antal, av hur många uppföljda, står på varje rad."),
    )


def _row(read: Reader, by: str, level: str, place: str) -> tuple[str, ...]:
    share, numbers = read.cell(f"{place}/share"), read.numbers
    rest = f"{place}/rest"
    return (
        read.level(by, level),
        read.say("{n} av {of} ({share})", n=read.count(f"{place}/n"), of=read.count(f"{place}/of"),
                 share=numbers.percent(share.value, share.n)),
        numbers.percent_interval(share.low, share.high),
        numbers.percent(read.cell(f"{place}/shrunken").value, None),
        _difference(read, rest) if read.shown(rest) else NONE,
    )  # fmt: skip


def _difference(read: Reader, cell: str) -> str:
    found = read.cell(cell)
    value, low, high = (100 * number for number in (found.value, found.low, found.high))
    return read.say(
        "{change} ({interval})", change=read.numbers.decimal(value, 0), interval=read.numbers.interval(low, high, 0)
    )
