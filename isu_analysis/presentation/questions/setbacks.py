"""The first thing other than the main result that went the wrong way: a measure, or what the staff judged."""

from __future__ import annotations

from collections.abc import Iterator

from isu_analysis.analysis.principles import PROFESSIONAL
from isu_analysis.analysis.results import Outcome
from isu_analysis.presentation.page_one.parts import listed
from isu_analysis.presentation.questions.facts import WORSE, said
from isu_analysis.presentation.reader import Reader
from isu_analysis.presentation.wording import phrase

# Counts of worse and of better among those measured twice, and what it is to be worse.
_TWICE = (
    ("deteriorated", "better", phrase("{measure}: {n} av {of} mätta blev säkert sämre, fler än säkert bättre.")),
    ("way/worse", "way/better", phrase("{measure}: {n} av {of} mätta fick ett sämre värde, fler än ett bättre.")),
    ("down", "up", phrase("{measure}: {n} av {of} kom längre från det önskade läget, fler än närmare.")),
)
_JUDGED = phrase("{measure}: personalen har bedömt {answers}, av {of} bedömningar.")


def ask(read: Reader) -> str:
    """One question at most: measures with more worse than better first, then the staff's judgements."""
    said = next((text for find in (_measured, _judged) for text in find(read)), "")
    return read.say("{said} Vad kan det bero på?", said=said) if said else ""


def _measured(read: Reader) -> Iterator[str]:
    for outcome in _not_asked_about(read):
        for worse, better, template in _TWICE:
            n, other, of = (f"{outcome.key}/{name}" for name in (worse, better, "paired"))
            if read.shown(n, other, of) and read.value(n) > read.value(other):
                yield read.say(template, measure=read.name(outcome.measure), n=read.count(n), of=read.count(of))


def _judged(read: Reader) -> Iterator[str]:
    for outcome in read.report.context.outcomes:
        whole = f"{outcome.key}/{'answers' if read.report.has(f'{outcome.key}/answers') else 'answered'}"
        worse = [
            level for level in outcome.measure.levels if level.meaning == "worse" and outcome.rater in PROFESSIONAL
        ]
        found = [
            f"{read.count(n)} {read.quoted(level)}"
            for level in worse
            if read.shown(n := f"{outcome.key}/level/{level.code}", whole) and read.value(n)
        ]
        if found:
            yield read.say(
                _JUDGED, measure=read.name(outcome.measure), answers=listed(read, found), of=read.count(whole)
            )


def _not_asked_about(read: Reader) -> list[Outcome]:
    """Every outcome but the main one, which has its own question where it can tell who got worse."""
    main = read.report.main
    return [outcome for outcome in read.report.context.outcomes if outcome != main or not said(read, WORSE)[0]]
