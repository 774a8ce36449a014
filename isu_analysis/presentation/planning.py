"""What it would take to know more: chance and loss apart, since only one of them shrinks when more are measured."""

from __future__ import annotations

from isu_analysis.analysis.planning import PLACE, ROWS
from isu_analysis.presentation.blocks import Block, Column, Heading, Paragraph, Table
from isu_analysis.presentation.reader import NONE, Reader
from isu_analysis.presentation.wording import phrase

_WHAT = {
    "sampling": phrase("slumpen"),
    "bounds": phrase("de som saknas, om man inte antar något om dem"),
    "plausible": phrase(
        "de som saknas, om oddsen för ett gott resultat bland dem är mellan 0,1 och 2 gånger de mättas"
    ),
}


def blocks(read: Reader) -> list[Block]:
    """How wide each kind of uncertainty is now, and what would bring it within what is wanted."""
    counts = (_known(read), read.whole(read.report.main))
    if not read.all_shown(f"{PLACE}/") or not read.shown(*counts):
        return []
    wanted = _points(read, read.cell(f"{PLACE}/wanted").value)
    heads = (
        phrase("Osäkerhet"),
        phrase("I år, procentenheter"),
        phrase("Så många måste följas upp"),
        phrase("Av dem som saknas"),
    )
    return [
        Heading(read.say("Om fler följs upp"), 3),
        Paragraph(
            read.say(
                "Slumpens del krymper när fler människor mäts. Den del som beror på dem som saknas krymper bara när färre saknas, "
                "hur stor enheten än är. Tabellen visar vad som krävs för att varje del ska bli högst {wanted} procentenheter åt "
                "vardera hållet. Gränsen är projektets eget val.",
                wanted=wanted,
            )
        ),
        Table(
            read.say("Vad som gör andelen med gott resultat osäker, och vad som krävs."),
            tuple(Column(read.say(head), "right" if place else "left") for place, head in enumerate(heads)),
            tuple(_row(read, name) for name in ROWS),
            basis=read.say(
                "{known} av {whole} är uppföljda.",
                known=read.count(_known(read)),
                whole=read.count(read.whole(read.report.main)),
            ),
        ),
    ]


def _known(read: Reader) -> str:
    key = read.report.main.key
    return f"{key}/paired" if read.report.main.twice else f"{key}/answered"


def _row(read: Reader, name: str) -> tuple[str, ...]:
    half = read.cell(f"{PLACE}/{name}/half_width").value
    needed = f"{PLACE}/{name}/needed"
    return (read.say(_WHAT[name]), f"±{_points(read, half)}", *_needed(read, needed, name))


def _needed(read: Reader, cell: str, name: str) -> tuple[str, str]:
    """How many, and how many of those now missing; beyond all who are meant, how large the unit would have to be."""
    if not read.shown(cell):
        least = read.numbers.whole(read.cell(f"{PLACE}/paired_needed").value)
        told = read.say("{n}, fler än enheten har", n=least) if name == "sampling" else NONE
        return told, NONE
    needed, known = read.cell(cell).value, read.value(_known(read))
    missing = read.value(read.whole(read.report.main)) - known
    more = max(needed - known, 0)
    return read.numbers.whole(needed), read.say(
        "{n} av {of}", n=read.numbers.whole(more), of=read.numbers.whole(missing)
    )


def _points(read: Reader, share: float) -> str:
    return read.numbers.decimal(100 * share, 0)
