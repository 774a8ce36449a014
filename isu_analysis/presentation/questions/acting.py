"""Questions about what to do."""

from __future__ import annotations

from collections.abc import Callable

from isu_analysis.analysis.results import ELIGIBLE, Outcome
from isu_analysis.presentation.page_one.parts import between, nobody
from isu_analysis.presentation.questions import groups_apart
from isu_analysis.presentation.questions.facts import WORSE, coverage, good
from isu_analysis.presentation.questions.facts import said as said_of
from isu_analysis.presentation.quotable import part_of
from isu_analysis.presentation.reader import Reader
from isu_analysis.presentation.wording import phrase
from isu_analysis.settings import Target

# The same verdict as page one's: of all, whatever is true of the missing.
_TARGETS = {
    "not_reached": phrase(
        "Målet är minst {goal}. Räknat på alla {of} är det mellan {low} och {high}, så det är inte nått. Ska ni ändra "
        "arbetet eller målet?"
    ),
    "open": phrase(
        "Målet är minst {goal}. Räknat på alla {of} är det mellan {low} och {high}, så om det är nått vet ingen. Hur får "
        "ni veta hur det gick för dem som saknas?"
    ),
}
# Whether it is a part of a year, which says nothing of the year.
_MISSED = {
    False: phrase("Målet är minst {goal}. I år är det {seen}, så det är inte nått. Ska ni ändra arbetet eller målet?"),
    True: phrase("Målet är minst {goal}. Så här långt är det {seen}. Behöver ni ändra något redan nu?"),
}
_REACHED = {
    False: phrase("I år är {n} av {of} uppföljda. Ett resultat kräver minst {limit}. Vad gör ni först?"),
    True: phrase("Så här långt är {n} av {of} uppföljda. Ett resultat kräver minst {limit}. Vad gör ni först?"),
}
_CHANGED = {
    False: phrase("I år är {n} av {of} uppföljda. Vilken siffra vill ni se ändrad nästa år?"),
    True: phrase("Så här långt är {n} av {of} uppföljda. Vilken siffra vill ni se ändrad när året är slut?"),
}


def _follow_up(read: Reader) -> str:
    found = coverage(read)
    if found is None or read.value(found[1]) == 0:
        return ""
    return read.say("{n} av {of} saknas. Vem gör vad för att fler ska följas upp nästa år?",
                    n=read.count(found[1]), of=read.count(found[2]))  # fmt: skip


def _write_reasons(read: Reader) -> str:
    found = coverage(read)
    if found is None or read.value(found[1]) == 0 or read.code("principle/systematic/reasons") != "unmet":
        return ""
    if not read.report.has("principle/stated"):
        return read.say("Skälet skrivs inte upp för någon av dem som saknas. Vem gör det från och med nu?")
    without = "principle/stated/not"
    if not read.shown(without):
        return ""
    return read.plural("För en av de {of} som saknas står inget skäl. Vem skriver upp det från och med nu?",
                       "För {n} av de {of} som saknas står inget skäl. Vem skriver upp det från och med nu?",
                       read.value(without), of=read.count(found[1]))  # fmt: skip


def _worse_next(read: Reader) -> str:
    said, n = said_of(read, WORSE)
    return read.say("{said} Hur märker ni det tidigare, och vad gör ni då?", said=said) if n else ""


def _others_next(read: Reader) -> str:
    said = good(read)
    return read.say("{said} Vad vill ni pröva för de andra?", said=said) if said else ""


def _targets(read: Reader) -> str:
    """The first target that is not reached whatever is true of the missing, or that nobody knows whether it is."""
    targets = enumerate(read.report.context.unit.targets)
    asked = (
        _target(read, outcome, place, target) for place, target in targets for outcome in read.report.context.outcomes
    )
    return next(filter(None, asked), "")


def _target(read: Reader, outcome: Outcome, place: int, target: Target) -> str:
    cell, answered, whole = f"{outcome.key}/target/{place}", f"{outcome.key}/answered", read.whole(outcome)
    state, goal = read.code(f"{cell}/state"), read.numbers.percent(target.share, None)
    ends = between(read, f"{cell}/bounds")
    if state in _TARGETS and ends and read.shown(whole):
        return read.say(_TARGETS[state], goal=goal, of=read.count(whole), **ends)
    if state == "not_reached" and read.shown(f"{cell}/reached", answered) and nobody(read, f"{outcome.key}/missing"):
        return read.say(
            _MISSED[bool(read.report.context.through)],
            goal=goal,
            seen=part_of(read, f"{cell}/reached", answered, f"{cell}/share"),
        )
    return ""


def _groups_next(read: Reader) -> str:
    found = groups_apart.widest(read, read.report.main)
    if not found:
        return ""
    return read.say("{group} ({n}): behöver de något annat än i dag?", group=found[1].name, n=found[1].counted)


def _pair_them(read: Reader) -> str:
    return (
        read.say("Kan ni ge varje person ett nummer, så att start och slut går att jämföra?")
        if read.report.main.design == "cross_sections"
        else ""
    )


def _reach_the_limit(read: Reader) -> str:
    found = coverage(read)
    if found is None:
        return ""
    template = _REACHED[bool(read.report.context.through)]
    return read.say(template, n=read.count(found[0]), of=read.count(found[2]), limit=read.numbers.percent(read.report.context.unit.limits.coverage, None))  # fmt: skip


def _begin_small(read: Reader) -> str:
    return read.say("Kan ni börja med en mindre grupp av {n}, och följa upp alla i den?", n=read.people(ELIGIBLE))


def _next_year(read: Reader) -> str:
    found = coverage(read)
    if found is None:
        return read.say("Vilken siffra vill ni se ändrad nästa år, och vad krävs för det?")
    return read.say(_CHANGED[bool(read.report.context.through)],
                    n=read.count(found[0]), of=read.count(found[2]))  # fmt: skip


def _who_should_know(read: Reader) -> str:
    if not read.shown(ELIGIBLE):
        return read.say("Vem behöver få veta det här, och när?")
    return read.say("Resultatet gäller {n}. Vem behöver få veta det, och när?", n=read.people(ELIGIBLE))


Asked = Callable[[Reader], str]
OF_RESULTS: tuple[Asked, ...] = (
    _targets, _worse_next, _others_next, _follow_up, _groups_next, _pair_them, _write_reasons,
)  # fmt: skip
OF_A_REFUSAL: tuple[Asked, ...] = (_reach_the_limit, _begin_small, _write_reasons)
ALWAYS: tuple[Asked, ...] = (_next_year, _who_should_know)
