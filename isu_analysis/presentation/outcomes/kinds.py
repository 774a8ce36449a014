"""What sort of result each outcome is and whose voice it is, in words that follow the design of the follow-up."""

from __future__ import annotations

from isu_analysis.analysis.results import Outcome
from isu_analysis.presentation import sentences
from isu_analysis.presentation.reader import RATERS, Reader
from isu_analysis.presentation.wording import phrase

_KINDS = {
    "change": phrase("uppmätt förändring"),
    "sessions": phrase("uppmätt förändring från första till sista"),
    "process": phrase("följer arbetet, inget utfall"),
    "cross_sections": phrase("två anonyma tvärsnitt"),
    "transition": phrase("läge före och efter"),
    "needs": phrase("behov område för område"),
    "interviews": phrase("genomförda intervjuer"),
}
_OUTCOME = phrase("utfall")
_AT_CLOSING = {
    "closing": phrase("utfall vid avslut"),
    "judgement": phrase("bedömd förändring"),
    "target": phrase("utfall vid avslut"),
    "state": phrase("läge vid avslut"),
    "goal": phrase("bedömda mål"),
}
_LATER = _AT_CLOSING | {"closing": _OUTCOME, "target": _OUTCOME, "state": phrase("läge")}
_INTERVIEWED = {
    "client": phrase("med klienten"),
    "child": phrase("med barnet"),
    "parent": phrase("med föräldern"),
    "family": phrase("med familjen"),
    "staff": phrase("ifyllda av personalen"),
    "interviewer": phrase("av intervjuaren"),
    "register": phrase("ur register"),
}


def heading(read: Reader, outcome: Outcome) -> str:
    """Name of the measure, what sort of result it is, and whose voice."""
    return read.say("{measure}: {kind}, {voice}", measure=read.name(outcome.measure), kind=kind(read, outcome),
                    voice=voice(read, outcome))  # fmt: skip


def voice(read: Reader, outcome: Outcome) -> str:
    """Whose answers they are."""
    return read.say((_INTERVIEWED if outcome.design == "interviews" else RATERS)[outcome.rater])


def kind(read: Reader, outcome: Outcome) -> str:
    """What sort of result it is."""
    if outcome.design == "cross_sections" and read.report.context.unit.pairable(read.report.context.year):
        return read.say("mätt vid ett av tillfällena")
    if not outcome.once:
        return read.say(_KINDS[outcome.design])
    if sentences.experienced(outcome):
        words = phrase("upplevd förändring")
    elif read.report.context.unit.occasions[str(outcome.end)].role == "end":
        return read.say(_AT_CLOSING.get(outcome.measure.kind, _OUTCOME))
    else:
        words = _LATER.get(outcome.measure.kind, _OUTCOME)
    said = read.say(words)
    return read.say("{result} vid {occasion}", result=said, occasion=read.occasion(outcome.end)) if outcome.at else said
