"""The flow of the primary outcome: from those who are meant to those who were measured last, as each design has it."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from isu_analysis.analysis.coverage import special
from isu_analysis.analysis.results import ELIGIBLE, Outcome
from isu_analysis.disclosure.release import INTERNAL
from isu_analysis.presentation import basis
from isu_analysis.presentation.blocks import Block, Figure
from isu_analysis.presentation.figures.flow import Step, flow
from isu_analysis.presentation.reader import Reader
from isu_analysis.presentation.wording import phrase

_BEFORE = {
    "enrolled": phrase("var inskrivna, enligt enheten"),
    "started": phrase("började, enligt enheten"),
}
_AFTER = {
    "completed": phrase("fullföljde, enligt enheten"),
    "asked": phrase("fick frågan, enligt enheten"),
}
_ONCE = {
    "levels": phrase("har en uppgift, {occasion}"),
    "target": phrase("har en uppgift, {occasion}"),
    "answers": phrase("har minst ett svar, {occasion}"),
    "goals": phrase("har minst ett bedömt mål, {occasion}"),
}
_STILL, _WAITING = phrase("{n} pågår ännu"), phrase("för {n} är det ännu inte dags")


def blocks(read: Reader) -> list[Block]:
    """Draw the flow of the primary outcome."""
    outcome = read.report.main
    steps = [*_meant(read), *_BY_DESIGN[outcome.design](read, outcome)]
    caption = read.say(
        "Från alla som skulle följas upp till dem som mättes: {measure}.", measure=read.name(outcome.measure)
    )
    note = "" if all(step.linked for step in steps[1:]) else _unlinked(read)
    return [Figure(flow(steps), _in_words(read, steps), caption, note, basis.of_outcome(read, outcome))]


def _unlinked(read: Reader) -> str:
    """What a box without an arrow means."""
    if read.report.context.unit.pairable(read.report.context.year):
        return read.say("Utan pil: räknat av alla, inte bara av dem i rutan ovanför.")
    return read.say("Utan pil: svaren är anonyma, så det går inte att se om det är samma personer som i rutan ovanför.")


def _in_words(read: Reader, steps: list[Step]) -> str:
    told = [read.say("Flödet steg för steg.")]
    for step in steps:  # a hidden number is a symbol in the drawing, and is read out here
        if step.lost:
            told.append(read.say("{n} {whom}; {lost}.", n=step.n, whom=step.label, lost=", ".join(step.lost)))
        else:
            told.append(read.say("{n} {whom}.", n=step.n, whom=step.label))
    return " ".join(told)


def _step(read: Reader, cell: str, label: str, lost: list[str] | None = None, linked: bool = True) -> Step:
    """A step of a cell that the report has; its bar is drawn where its number and the whole are shown."""
    whole = read.value(ELIGIBLE) if read.shown(ELIGIBLE, cell) else 0.0
    share = min(read.value(cell) / whole, 1.0) if whole else None
    return Step(label, read.count(cell), tuple(lost or ()), share, linked)


def _off(read: Reader, cell: str, template: str, **values: str) -> list[str]:
    """A line of what falls off; none where nobody does, or where the public report does not tell."""
    if not read.report.has(cell) or read.value(cell) == 0 or read.cell(cell).hidden == INTERNAL:
        return []
    return [read.say(template, n=read.how_many(cell), **values)]


def _meant(read: Reader) -> Iterator[Step]:
    """Declared counts around those who are meant."""
    context = read.report.context
    what = {volume.what for volume in context.volumes}
    declared = read.cell(ELIGIBLE).declared
    for name, label in _BEFORE.items():
        if name in what and not (declared and name == "started" and "eligible" not in what):
            yield Step(read.say(label), read.count(f"flow/{name}"))
    label = read.say("{people} skulle följas upp", people=read.unit_word)
    if declared:
        label = read.say("{people} skulle följas upp, enligt enheten", people=read.unit_word)
    left_out = _off(read, "flow/outside", phrase("{n} räknas inte in, enligt enhetens regel"))
    yield _step(read, ELIGIBLE, label, [*left_out, *_off(read, "flow/ongoing", _STILL)])
    for name, label in _AFTER.items():
        if name in what:
            yield _step(read, f"flow/{name}", read.say(label))


def _once(read: Reader, outcome: Outcome) -> Iterator[Step]:
    yield _answered(read, outcome, linked=True)
    for other in read.report.context.outcomes:
        same = (other.measure.id, other.rater, other.item) == (outcome.measure.id, outcome.rater, outcome.item)
        if same and other.at:
            yield _answered(read, other, linked=False)


def _answered(read: Reader, outcome: Outcome, *, linked: bool) -> Step:
    key = outcome.key
    silent = f"{key}/silent" if read.report.has(f"{key}/silent") else f"{key}/missing"
    lost = _off(read, silent, phrase("{n} saknar uppgift"))
    for level in special(outcome.measure, "not_known"):
        lost += _off(read, f"{key}/level/{level.code}", phrase("{n} har utfallet «{label}»"), label=read.label(level))
    lost += _off(read, f"{key}/missing_of_completed", phrase("varav {n} fullföljde"))
    lost += _off(read, f"{key}/not_due", _WAITING)
    lost += _off(read, f"{key}/none_applies", phrase("för {n} är frågan inte aktuell"))
    if not read.report.has(f"{key}/none_applies"):
        for level in special(outcome.measure, "not_applicable"):
            lost += _off(
                read, f"{key}/level/{level.code}", phrase("{n} räknas inte med: «{label}»"), label=read.label(level)
            )
    label = read.say(_ONCE[outcome.design], occasion=read.occasion(outcome.end))
    return _step(read, f"{key}/answered", label, lost, linked)


def _change(read: Reader, outcome: Outcome) -> Iterator[Step]:
    key, at = outcome.key, f"{outcome.key}/at/{outcome.start}"
    start, end = read.occasion(outcome.start), read.occasion(outcome.end)
    if not read.report.has(f"{at}/not"):
        yield from _known_twice(read, outcome)
        return
    known = f"{at}/linked" if read.report.has(f"{at}/linked") else at
    yield _step(read, known, read.say("mättes vid {occasion}", occasion=start), _before_the_start(read, outcome))
    lost = _off(read, f"{key}/start_only", phrase("{n} saknas vid {occasion}"), occasion=end)
    lost += _off(read, f"{key}/not_due_started", _WAITING)
    yield _step(read, f"{key}/paired", read.say("mättes både vid {start} och vid {end}", start=start, end=end), lost)
    yield from _later(read, outcome)


def _before_the_start(read: Reader, outcome: Outcome) -> list[str]:
    """Who has no start; a form that is nobody's in particular may be that of somebody among them."""
    key, at = outcome.key, f"{outcome.key}/at/{outcome.start}"
    only_end = {"occasion": read.occasion(outcome.end)}
    if not read.report.has(f"{at}/unlinked"):
        lost = _off(read, f"{at}/not", phrase("{n} saknas vid {occasion}"), occasion=read.occasion(outcome.start))
        return lost + _off(read, f"{key}/end_only", phrase("varav {n} mättes bara vid {occasion}"), **only_end)
    lost = _off(read, f"{key}/neither", phrase("{n} mättes inte alls"))
    lost += _off(read, f"{key}/end_only", phrase("{n} mättes bara vid {occasion}"), **only_end)
    return lost + _off(read, f"{at}/unlinked", phrase("{n} formulär kan inte knytas till någon"))


def _later(read: Reader, outcome: Outcome) -> Iterator[Step]:
    """Looks after the end, each of all who are meant: whoever is seen late need not have been seen before."""
    names = list(read.report.context.unit.occasions)
    for name in names[names.index(str(outcome.end)) + 1 :]:
        cell = f"{outcome.key}/at/{name}"
        if read.report.has(cell):
            yield _seen(read, cell, read.say("mättes vid {occasion}", occasion=read.occasion(name)), linked=False)


def _seen(read: Reader, cell: str, label: str, *, linked: bool) -> Step:
    missing = f"{cell}/missing" if read.report.has(f"{cell}/missing") else f"{cell}/not"
    lost = [*_off(read, missing, phrase("{n} saknas")), *_off(read, f"{cell}/not_due", _WAITING)]
    return _step(read, cell, label, lost, linked)


def _known_twice(read: Reader, outcome: Outcome) -> Iterator[Step]:
    key = outcome.key
    start, end = read.occasion(outcome.start), read.occasion(outcome.end)
    lost = _off(read, f"{key}/start_only", phrase("{n} bara vid {occasion}"), occasion=start)
    lost += _off(read, f"{key}/end_only", phrase("{n} bara vid {occasion}"), occasion=end)
    lost += _off(read, f"{key}/neither", phrase("{n} inte vid något av tillfällena"))
    lost += _off(read, f"{key}/not_due", _WAITING)
    if read.report.has(f"{key}/paired"):
        label = read.say("har en känd uppgift både vid {start} och vid {end}", start=start, end=end)
        yield _step(read, f"{key}/paired", label, lost)


def _sessions(read: Reader, outcome: Outcome) -> Iterator[Step]:
    key, first = outcome.key, f"{outcome.key}/at/{outcome.start}"
    none = _off(read, f"{key}/points/0", phrase("{n} har ingen skattning"))
    one = _off(read, f"{key}/points/1", phrase("{n} har bara en skattning"))
    if read.report.has(first):
        yield _step(read, first, read.say("har skattat minst ett samtal"), none)
        none = []
    yield _step(read, f"{key}/points/several", read.say("har skattat två samtal eller fler"), none + one)
    yield from _later(read, outcome)


def _by_occasion(read: Reader, outcome: Outcome) -> Iterator[Step]:
    """Each occasion by itself; anonymous answers cannot be followed from one to the next."""
    linked = outcome.design == "cross_sections" and read.report.context.unit.pairable(read.report.context.year)
    for name in read.report.context.unit.occasions:
        cell = f"{outcome.key}/at/{name}"
        if read.report.has(cell):
            label = read.say("har svarat, {occasion}", occasion=read.occasion(name))
            yield _seen(read, cell, label, linked=linked)


def _process(read: Reader, outcome: Outcome) -> Iterator[Step]:
    lost = _off(read, f"{outcome.key}/cases/not", phrase("{n} har ingen skattning"))
    yield _step(read, f"{outcome.key}/cases", read.say("har minst en skattning"), lost)


_BY_DESIGN: dict[str, Callable[[Reader, Outcome], Iterator[Step]]] = {
    "change": _change,
    "sessions": _sessions,
    "process": _process,
    "cross_sections": _by_occasion,
    "interviews": _by_occasion,
    "levels": _once,
    "target": _once,
    "answers": _once,
    "goals": _once,
    "transition": _known_twice,
    "needs": _known_twice,
}
