"""The figures of a report that somebody can quote, decide about and look for again next year.

Each is written as a reader may quote it: never a share without its numbers.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from isu_analysis.analysis.results import ELIGIBLE, Outcome
from isu_analysis.decisions import Quotable
from isu_analysis.presentation.page_one import refused
from isu_analysis.presentation.reader import RATERS, Reader
from isu_analysis.presentation.wording import phrase

WHOLE = ""  # of all that the outcome is about


@dataclass(frozen=True)
class Part:
    """A count of another: what it is called, and the two cells and the share within the outcome."""

    label: str
    part: str
    whole: str = WHOLE
    share: str = ""


_MEASURED_TWICE = (
    Part(phrase("Mätta två gånger"), "paired", share="paired_share"),
    Part(phrase("Inte mätta två gånger"), "lost", share="lost_share"),
)
_PERSON_BY_PERSON = (
    Part(phrase("Säkert bättre"), "better", "paired", "better/share"),
    Part(phrase("Ingen säker förändring"), "unchanged", "paired", "unchanged/share"),
    Part(phrase("Säkert sämre"), "deteriorated", "paired", "deteriorated/share"),
)
_ONCE = (
    Part(phrase("Har en uppgift"), "answered", share="answered/share"),
    Part(phrase("Saknar uppgift"), "missing", share="missing/share"),
)
_COVERAGE = (*_MEASURED_TWICE, *_ONCE)
_PARTS: dict[str, tuple[Part, ...]] = {
    "change": (*_MEASURED_TWICE, *_PERSON_BY_PERSON),
    "sessions": (*_MEASURED_TWICE, *_PERSON_BY_PERSON),
    "transition": (
        *_MEASURED_TWICE,
        Part(phrase("Närmare det önskade läget"), "up", "paired", "up/share"),
        Part(phrase("Samma läge som vid start"), "same", "paired", "same/share"),
        Part(phrase("Längre från det önskade läget"), "down", "paired", "down/share"),
        Part(phrase("I ett önskat läge vid slut"), "to_good", "paired", "to_good/share"),
    ),
    "needs": (
        *_MEASURED_TWICE,
        Part(phrase("Behov som blev tillgodosedda"), "resolved", "asked", "resolved/share"),
        Part(phrase("Behov som är kvar"), "still_unmet", "asked"),
        Part(phrase("Nya behov"), "newly_unmet", "both"),
    ),
    "levels": (*_ONCE, Part(phrase("Gott utfall"), "positive", "answered", "positive/share")),
    "target": (*_ONCE, Part(phrase("Målet nått"), "positive", "answered", "positive/share")),
    "answers": (
        *_ONCE,
        Part(phrase("Minst ett gott svar"), "people", "answered", "people/share"),
        Part(phrase("Goda svar"), "positive", "answers", "positive/share"),
    ),
    "goals": (
        *_ONCE,
        Part(phrase("Minst ett mål med gott utfall"), "people", "answered", "people/share"),
        Part(phrase("Mål med gott utfall"), "positive", "answers", "positive/share"),
    ),
    "process": (
        Part(phrase("Har en skattning"), "cases", ELIGIBLE, "cases/share"),
        Part(phrase("Sista skattningen under gränsen"), "last_below", "cases", "last_below/share"),
    ),
}
_LABEL = phrase("{what} – {measure}")


def figures(read: Reader) -> tuple[Quotable, ...]:
    """Every figure that may be quoted, in the report's order; what is hidden, or refused, is left out."""
    found = [Quotable(ELIGIBLE, read.say("Skulle följas upp"), read.people(ELIGIBLE))] if read.shown(ELIGIBLE) else []
    if refused(read):
        return (*found, *_parts(read, read.report.main, _COVERAGE))
    for outcome in read.report.context.outcomes:
        rows = _PARTS.get(outcome.design, ())
        if _too_few(read, outcome):
            found += _parts(read, outcome, [row for row in rows if row in _COVERAGE])
            continue
        found += _parts(read, outcome, rows)
        for make in (_change, _targets, _occasions):
            found += make(read, outcome)
    unique: dict[str, Quotable] = {}
    for figure in found:
        unique.setdefault(figure.label, figure)
    return tuple(unique.values())


def part_of(read: Reader, part: str, whole: str, share: str = "") -> str:
    """A count as it may be quoted: ``51 av 93 (55 %)``."""
    bracket = read.bracket(share) if share and read.shown(share) else ""
    return read.say("{n} av {of}{share}", n=read.count(part), of=read.count(whole), share=bracket)


def measure_name(read: Reader, outcome: Outcome) -> str:
    """What tells an outcome from the others of the report: measure, part, and where they differ voice and occasion."""
    words = [read.name(outcome.measure), read.own(outcome.item)]
    same = [other for other in read.report.context.outcomes if other.measure.id == outcome.measure.id]
    if len({other.rater for other in same}) > 1:
        words.append(read.say(RATERS[outcome.rater]))
    words.append(read.occasion(outcome.at))
    return ", ".join(word for word in words if word)


def _quotable(read: Reader, outcome: Outcome, name: str, what: str, value: str) -> Quotable:
    label = read.say(_LABEL, what=what, measure=measure_name(read, outcome))
    return Quotable(f"{outcome.key}/{name}", label, value)


def _too_few(read: Reader, outcome: Outcome) -> bool:
    """Whether so few are measured twice that the report gives no result of them."""
    paired = f"{outcome.key}/paired"
    return read.shown(paired) and read.value(paired) < read.report.context.unit.limits.pairs


def _parts(read: Reader, outcome: Outcome, rows: Iterable[Part]) -> Iterator[Quotable]:
    key = outcome.key
    for row in rows:
        whole = (
            read.whole(outcome) if row.whole == WHOLE else row.whole if row.whole == ELIGIBLE else f"{key}/{row.whole}"
        )
        if read.tells(f"{key}/{row.part}") and read.shown(whole):
            share = f"{key}/{row.share}" if row.share else ""
            value = part_of(read, f"{key}/{row.part}", whole, share)
            yield _quotable(read, outcome, row.part, read.say(row.label), value)


def _change(read: Reader, outcome: Outcome) -> Iterator[Quotable]:
    """How much the mean changed, among how many."""
    cell = f"{outcome.key}/change"
    if not read.shown(cell, f"{outcome.key}/paired"):
        return
    template = phrase("{change} poäng i genomsnitt, {n} mätta två gånger")
    value = read.say(template, change=read.points(cell), n=read.count(f"{outcome.key}/paired"))
    yield _quotable(read, outcome, "change", read.say("Genomsnittlig förändring"), value)


def _targets(read: Reader, outcome: Outcome) -> Iterator[Quotable]:
    """Each target that the unit has set."""
    for place, target in enumerate(read.report.context.unit.targets):
        name = f"target/{place}/reached"
        cell, answered = f"{outcome.key}/{name}", f"{outcome.key}/answered"
        if read.shown(cell, answered):
            what = read.say("Har det utfall som målet {goal} gäller", goal=read.numbers.percent(target.share, None))
            value = part_of(read, cell, answered, f"{outcome.key}/target/{place}/share")
            yield _quotable(read, outcome, name, what, value)


def _occasions(read: Reader, outcome: Outcome) -> Iterator[Quotable]:
    """What is looked at occasion by occasion: how many, and for two pictures of two groups the mean of each."""
    for name in read.report.context.unit.occasions if outcome.design in _BY_OCCASION else ():
        cell, mean = f"{outcome.key}/at/{name}", f"{outcome.key}/seen/{name}/mean"
        if read.shown(cell, ELIGIBLE):
            what = read.say("Mätta vid {occasion}", occasion=read.occasion(name))
            yield _quotable(read, outcome, f"at/{name}", what, part_of(read, cell, ELIGIBLE, f"{cell}/share"))
        if read.shown(cell) and read.shown(mean):
            what = read.say("Medelvärde vid {occasion}", occasion=read.occasion(name))
            value = read.say("{mean} poäng, {n} svar", mean=read.points(mean), n=read.count(cell))
            yield _quotable(read, outcome, f"seen/{name}/mean", what, value)


_BY_OCCASION = {"cross_sections", "interviews"}
