"""Which units follow up what, and how."""

from __future__ import annotations

from isu_analysis.analysis.results import Outcome
from isu_analysis.municipalities import Absent
from isu_analysis.presentation.blocks import Block, Column, Heading, Paragraph, Table
from isu_analysis.presentation.municipality.view import WHO, View
from isu_analysis.presentation.reader import NOTHING, OWN_VOICES, Reader
from isu_analysis.presentation.wording import phrase

_HEADS = (
    phrase("Enhet"),
    phrase("Huvudmått"),
    phrase("Resultat"),
    phrase("Svarar"),
    phrase("När"),
    phrase("Enhetens mål"),
)
_KINDS = {
    "scale": phrase("uppmätt"),
    "after_only": phrase("upplevt"),
    "closing": phrase("utfall vid avslut"),
    "target": phrase("utfall vid avslut"),
    "state": phrase("utfall vid avslut"),
    "interview": phrase("genomförda intervjuer"),
}
_JUDGED, _FELT, _BEFORE_AND_AFTER = phrase("bedömt"), phrase("upplevt"), phrase("läge före och efter")


def blocks(view: View) -> list[Block]:
    """A row a unit: its main measure, what kind of result that is, who answers, when, and a target if there is one."""
    return [
        Heading(view.say("Vad som följs upp och hur")),
        Paragraph(
            view.say(
                "Ett uppmätt resultat är poäng på en skala. Ett upplevt är vad någon själv säger efteråt, ett bedömt är "
                "vad någon annan säger, och ett utfall är något som har hänt när insatsen slutar."
            )
        ),
        Table(
            view.say("Huvudmåttet i varje enhet, bestämt i förväg."),
            tuple(Column(view.say(head)) for head in _HEADS),
            tuple(_row(view, unit) for unit in view.units),
            view.say("Ett streck under Enhetens mål: enheten har inte angett något mål."),
        ),
    ]


def _row(view: View, unit: Reader | Absent) -> tuple[str, ...]:
    if isinstance(unit, Absent):
        return (view.name(unit), view.without_numbers(unit), *[NOTHING] * (len(_HEADS) - 2))
    outcome = unit.report.main
    return (
        view.name(unit),
        unit.name(outcome.measure) + (f", {unit.own(outcome.item)}" if outcome.item else ""),
        view.say(kind(outcome)),
        view.say(WHO[outcome.rater]),
        when(unit, outcome),
        target(unit, outcome),
    )


def kind(outcome: Outcome) -> str:
    """What kind of result a measure gives, as a phrase: measured, felt, judged, or something that has happened."""
    if outcome.design == "transition":
        return _BEFORE_AND_AFTER
    if outcome.measure.kind == "judgement" and outcome.rater in OWN_VOICES:
        return _FELT
    return _KINDS.get(outcome.measure.kind, _JUDGED)


def when(read: Reader, outcome: Outcome) -> str:
    """Occasions that the result rests on."""
    if outcome.design == "cross_sections":
        return read.say("{end}, utan namn eller nummer", end=read.occasion(outcome.end or outcome.start))
    if outcome.start and outcome.end:
        return read.say("{start} och {end}", start=read.occasion(outcome.start), end=read.occasion(outcome.end))
    return read.occasion(outcome.end or outcome.start)


def target(read: Reader, outcome: Outcome) -> str:
    """The share that the unit aims at, if it has said so beforehand."""
    aims = [
        aim.share
        for aim in read.report.context.unit.targets
        if (aim.measure, aim.rater, aim.item) == (outcome.measure.id, outcome.rater, outcome.item)
    ]
    if not aims:
        return NOTHING
    return read.say("minst {share}", share=", ".join(read.numbers.at_least_percent(share) for share in aims))
