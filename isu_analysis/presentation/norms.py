"""The people followed up beside named populations: who they are is said, and that they are no goal."""

from __future__ import annotations

from isu_analysis.analysis.norms import Population, place, populations
from isu_analysis.analysis.results import Outcome
from isu_analysis.presentation.blocks import Block, Column, Heading, Paragraph, Table
from isu_analysis.presentation.reader import Reader
from isu_analysis.presentation.wording import phrase

_HEADS = (
    phrase("Mått"),
    phrase("Jämfört med"),
    phrase("Deras medelvärde"),
    phrase("Vid slutet här"),
    phrase("Skillnad (95 % intervall)"),
)
_POSITIONS = {
    "better": phrase("bättre än jämförelsen"),
    "worse": phrase("sämre än jämförelsen"),
    "not_certain": phrase("ingen säker skillnad"),
}


def blocks(read: Reader) -> list[Block]:
    """A row for each population of each scale."""
    found = [
        (outcome, number, population)
        for outcome in read.report.context.outcomes
        for number, population in enumerate(populations(read.report.context.unit, outcome))
        if read.all_shown(f"{place(outcome, number)}/")
    ]
    if not found:
        return []
    return [
        Heading(read.say("Jämfört med andra grupper"), 3),
        Paragraph(
            read.say(
                "Grupperna är andra människor, som kan ha annan ålder och bo i andra länder. De visar var på skalan enhetens människor är, och är "
                "inget mål."
            )
        ),
        Table(
            read.say("De uppföljda vid slutet, bredvid namngivna grupper."),
            tuple(Column(read.say(head), "right" if number > 1 else "left") for number, head in enumerate(_HEADS)),
            tuple(_row(read, *one) for one in found),
            _note(read, [population for _, _, population in found]),
            basis=" ".join(dict.fromkeys(_basis(read, outcome, number) for outcome, number, _ in found)),
        ),
    ]


def _row(read: Reader, outcome: Outcome, number: int, population: Population) -> tuple[str, ...]:
    at, numbers = place(outcome, number), read.numbers
    difference = read.cell(f"{at}/difference")
    return (
        read.name(outcome.measure),
        read.say("{label}. Källa: {source}", label=read.text(population.label), source=read.text(population.source)),
        numbers.decimal(population.mean),
        numbers.decimal(read.cell(f"{at}/mean").value),
        read.say(
            "{difference} ({interval}), {position}",
            difference=numbers.decimal(difference.value),
            interval=numbers.interval(difference.low, difference.high),
            position=read.say(_POSITIONS[read.code(f"{at}/position")]),
        ),
    )


def _basis(read: Reader, outcome: Outcome, number: int) -> str:
    return read.say(
        "{measure}: {n} av {whole} har ett värde vid slutet.",
        measure=read.name(outcome.measure),
        n=read.numbers.whole(read.cell(f"{place(outcome, number)}/mean").n or 0),
        whole=read.count(read.whole(outcome)),
    )


def _note(read: Reader, found: list[Population]) -> str:
    if all(population.n for population in found):
        return ""
    return read.say(
        "Där källan inte säger hur många gruppen är räknas dess medelvärde som exakt. Intervallet är då för kort."
    )
