"""Results, measure by measure: better, unchanged and worse with the same weight."""

from __future__ import annotations

from collections.abc import Callable

from isu_analysis.analysis.results import Outcome
from isu_analysis.presentation import sentences
from isu_analysis.presentation.blocks import Block, Callout, Heading
from isu_analysis.presentation.outcomes import (
    change,
    cross_sections,
    interviews,
    levels,
    needs,
    sessions,
    several,
    transition,
)
from isu_analysis.presentation.reader import RATERS, Reader

_KINDS = {
    "change": "uppmätt förändring",
    "sessions": "uppmätt förändring från första till sista",
    "process": "följer arbetet, inget utfall",
    "cross_sections": "två anonyma tvärsnitt",
    "transition": "läge före och efter",
    "needs": "behov område för område",
    "interviews": "genomförda intervjuer",
}
_LEVELS = {"closing": "utfall vid avslut", "judgement": "bedömd förändring", "target": "utfall vid avslut",
           "state": "läge vid avslut", "goal": "bedömda mål"}  # fmt: skip
_INTERVIEWED = {"client": "med klienten", "child": "med barnet", "parent": "med föräldern", "family": "med familjen",
               "staff": "ifyllda av personalen", "interviewer": "av intervjuaren", "register": "ur register"}  # fmt: skip
_LATER = {"closing": "utfall", "target": "utfall", "state": "läge"}


def blocks(read: Reader) -> list[Block]:
    """Every outcome by the module of its design."""
    out: list[Block] = [Heading("Resultat")]
    told: set[str] = set()
    for outcome in read.report.context.outcomes:
        voice = _INTERVIEWED[outcome.rater] if outcome.design == "interviews" else RATERS[outcome.rater]
        out.append(Heading(f"{outcome.measure.name_sv}: {kind(read, outcome)}, {voice}", 3))
        out += _BY_DESIGN[outcome.design](read, outcome)
        fresh = [caution for caution in outcome.measure.cautions if caution not in told]
        told.update(fresh)
        out += [Callout("Att tänka på", " ".join(fresh), "note")] if fresh else []
    return out


def kind(read: Reader, outcome: Outcome) -> str:
    """Name what sort of result it is, in words that follow the design."""
    if outcome.design == "cross_sections" and read.report.context.unit.pairable(read.report.context.year):
        return "mätt vid ett av tillfällena"
    if not outcome.once:
        return _KINDS[outcome.design]
    if sentences.experienced(outcome):
        words = "upplevd förändring"
    elif read.report.context.unit.occasions[str(outcome.end)].role == "end":
        return _LEVELS.get(outcome.measure.kind, "utfall")
    else:
        words = _LATER.get(outcome.measure.kind, _LEVELS.get(outcome.measure.kind, "utfall"))
    return f"{words} vid {read.occasion(outcome.end)}" if outcome.at else words


_BY_DESIGN: dict[str, Callable[[Reader, Outcome], list[Block]]] = {
    "change": change.blocks,
    "sessions": sessions.blocks,
    "process": sessions.process,
    "cross_sections": cross_sections.blocks,
    "levels": levels.blocks,
    "target": levels.blocks,
    "answers": several.answers,
    "goals": several.goals,
    "transition": transition.blocks,
    "needs": needs.blocks,
    "interviews": interviews.blocks,
}
