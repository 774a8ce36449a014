"""The words that this report uses, each in one plain sentence."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from isu_analysis.analysis.coverage import special
from isu_analysis.analysis.results import Outcome
from isu_analysis.presentation import sentences
from isu_analysis.presentation.blocks import Block, Column, Heading, Table
from isu_analysis.presentation.reader import Reader
from isu_analysis.presentation.wording import phrase


@dataclass(frozen=True)
class Term:
    """A word, what it means, and when a report uses it."""

    word: str
    meaning: str
    used: Callable[[Reader], bool]


def blocks(read: Reader) -> list[Block]:
    """The words of this report, in the order that a reader meets them."""
    rows = tuple((read.say(term.word), read.say(term.meaning)) for term in TERMS if term.used(read))
    columns = (Column(read.say("Ord")), Column(read.say("Betyder")))
    return [Heading(read.say("Ord i rapporten")), Table(read.say("Orden och vad de betyder här"), columns, rows)]


def _any(test: Callable[[Reader, Outcome], bool]) -> Callable[[Reader], bool]:
    """Whether a test holds for any outcome of a report."""
    return lambda read: any(test(read, outcome) for outcome in read.report.context.outcomes)


def _cells(read: Reader, outcome: Outcome, names: Iterable[str]) -> bool:
    return any(read.report.has(f"{outcome.key}/{name}") for name in names)


def _somebody(read: Reader, outcome: Outcome, names: Iterable[str]) -> bool:
    """Whether any of the counts is there and not known to be nought."""
    cells = [f"{outcome.key}/{name}" for name in names]
    return any(read.report.has(cell) and read.value(cell) != 0 for cell in cells)


def _at_end(read: Reader, outcome: Outcome) -> bool:
    fact = outcome.once and outcome.measure.kind in {"closing", "target", "state"}
    return fact and read.report.context.unit.occasions[str(outcome.end)].role == "end"


def _certain(outcome: Outcome) -> bool:
    return outcome.twice and outcome.criterion is not None


def _judged(read: Reader, outcome: Outcome) -> bool:
    return outcome.once and outcome.measure.kind in {"judgement", "goal"} and not sentences.experienced(outcome)


def _interval(read: Reader, outcome: Outcome) -> bool:
    cells = [
        f"{outcome.key}/{name}"
        for name in ("change", "positive/share", "better/share", "resolved/share", "people/share")
    ]
    return any(read.shown(cell) and not math.isnan(read.cell(cell).low) for cell in cells)


def _unit_is(kind: str) -> Callable[[Reader], bool]:
    return lambda read: read.report.context.unit.unit_of_analysis == kind


TERMS = (
    Term(phrase("Alla"), phrase("Alla som skulle följas upp under året, också de som saknas."), lambda read: True),
    Term(phrase("Andel av alla"), phrase("Delen av alla som skulle följas upp, och inte bara av dem som svarade eller mättes."), lambda read: True),
    Term(phrase("Ärende"), phrase("En kontakt med enheten från start till slut: samma person kan ha flera."), _unit_is("episode")),
    Term(phrase("Placering"), phrase("En tid i boendet eller hemmet: samma person kan ha flera."), _unit_is("placement")),
    Term(phrase("Saknas"), phrase("Personen skulle ha följts upp, men uppgiften finns inte; det kallas också bortfall."),
         _any(lambda read, outcome: _somebody(read, outcome, ("lost", "missing")))),
    Term(phrase("Okänt"), phrase("Någon har svarat att det inte går att veta, och svaret räknas som att uppgiften saknas."),
         _any(lambda read, outcome: bool(special(outcome.measure, "not_known")) and _cells(read, outcome, ("silent",)))),
    Term(phrase("Inte aktuellt"), phrase("Frågan gäller inte personen, som därför inte räknas med."),
         _any(lambda read, outcome: bool(special(outcome.measure, "not_applicable")))),
    Term(phrase("Mätt två gånger"), phrase("Samma person har ett värde både före och efter, med samma mått."),
         _any(lambda read, outcome: outcome.design in {"change", "sessions"})),
    Term(phrase("Uppmätt förändring"), phrase("Skillnaden mellan två värden för samma person."),
         _any(lambda read, outcome: outcome.design in {"change", "sessions"})),
    Term(phrase("Anonym skattning"), phrase("Svar utan namn eller kod, så att ingen kan se vilka två svar som hör ihop."),
         lambda read: read.code("result") == "unpaired"),
    Term(phrase("Upplevd förändring"), phrase("Personens eget svar efteråt på hur det har gått, utan mätning före."),
         _any(lambda read, outcome: outcome.once and sentences.experienced(outcome))),
    Term(phrase("Bedömd"), phrase("Personalens eller intervjuarens uppfattning om hur det har gått."), _any(_judged)),
    Term(phrase("Utfall vid avslut"), phrase("Hur det var när insatsen slutade, utan jämförelse med hur det var före."), _any(_at_end)),
    Term(phrase("Säker förändring"), phrase("En förändring som är större än mätfelet hos måttet."),
         _any(lambda read, outcome: _certain(outcome) and not outcome.measure.has_own_threshold)),
    Term(phrase("Säker förändring, enhetens egen gräns"), phrase("En förändring som når den gräns som enheten själv har satt."),
         _any(lambda read, outcome: _certain(outcome) and outcome.measure.has_own_threshold)),
    Term(phrase("Gränsvärde"), phrase("Poängen som skiljer dem som brukar behöva hjälp från dem som inte brukar det."),
         _any(lambda read, outcome: outcome.twice and _cells(read, outcome, ("could_improve",)))),
    Term(phrase("95 % intervall"), phrase("Slumpen gör en siffra osäker: det sanna värdet ligger troligen mellan de två talen."), _any(_interval)),
    Term(phrase("Median"), phrase("Det mittersta värdet när alla värden står i ordning."),
         _any(lambda read, outcome: any(read.shown(f"{outcome.key}/{name}/median") for name in ("points", "days")))),
    Term(phrase("Mål"), phrase("Något som personen och enheten vill nå, och som bedöms vid slutet."), _any(lambda read, outcome: outcome.design == "goals")),
    Term(phrase("T-värde"), phrase("Ett mått på hur väl målen nåddes, där 50 betyder att de nåddes som väntat."),
         _any(lambda read, outcome: read.shown(f"{outcome.key}/t"))),
    Term(phrase("Behov tillgodosett"), phrase("Personen får den hjälp som behövs inom området, men behovet finns kvar."),
         _any(lambda read, outcome: outcome.design == "needs")),
    Term(phrase("Enhetens mål"), phrase("Andelen som enheten själv har bestämt att nå."),
         _any(lambda read, outcome: _cells(read, outcome, (f"target/{place}/reached" for place in range(len(read.report.context.unit.targets)))))),
    Term(phrase("Håller under ett villkor"), phrase("Slutsatsen är sann bara om de som saknas inte skiljer sig mer än vad som står."),
         lambda read: read.code(f"{read.report.main.key}/verdict") == "holds_if"),
    Term(phrase("Dolt tal"), phrase("Ett tal som är så litet, eller så nära ett litet, att det inte visas: ingen ska kunna kännas igen."),
         lambda read: read.report.mode == "public" and bool(read.report.hidden)),
)  # fmt: skip
"""Every word that a report may need to explain, in the order that a reader meets them."""
