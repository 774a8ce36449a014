"""Needs area by area: met, not met and not known, and what became of those that were not met."""

from __future__ import annotations

from isu_analysis.analysis.results import Outcome
from isu_analysis.disclosure.release import INTERNAL
from isu_analysis.presentation import bars, basis, figures
from isu_analysis.presentation.blocks import Block, Figure, Paragraph
from isu_analysis.presentation.outcomes import missing
from isu_analysis.presentation.outcomes.levels import with_interval
from isu_analysis.presentation.reader import RATERS, Reader
from isu_analysis.presentation.wording import phrase

STATES = {
    "no_need": phrase("inget behov"),
    "met": phrase("tillgodosett"),
    "unmet": phrase("inte tillgodosett"),
    "not_known": phrase("vet inte"),
}


def blocks(read: Reader, outcome: Outcome) -> list[Block]:
    """What became of the unmet needs, in words and in a bar, and whether two raters say the same."""
    if few_assessed(read, outcome):
        return [Paragraph(read.say("Behoven finns bara i den interna rapporten."))]
    if not read.report.has(f"{outcome.key}/asked"):
        return [Paragraph(" ".join(_at_each(read, outcome)))]
    said = [*became(read, outcome), missing.in_words(read, outcome), *agreement(read, outcome)]
    return [Paragraph(" ".join(filter(None, said))), *_figure(read, outcome)]


def few_assessed(read: Reader, outcome: Outcome) -> bool:
    """Whether so few are assessed that their needs are for the internal report only."""
    cells = [f"{outcome.key}/both", *(f"{outcome.key}/areas/{name}" for name in looked_at(read, outcome))]
    return any(is_internal(read, cell) for cell in cells)


def is_internal(read: Reader, cell: str) -> bool:
    """Whether a cell is never public, and this is a public report."""
    return read.report.has(cell) and read.cell(cell).hidden == INTERNAL


def looked_at(read: Reader, outcome: Outcome) -> list[str]:
    """Occasions at which needs were assessed."""
    return [name for name in (outcome.start, outcome.end) if name and read.report.has(f"{outcome.key}/areas/{name}")]


def _at_each(read: Reader, outcome: Outcome) -> list[str]:
    """Where nobody was assessed twice: the needs at each occasion."""
    return [
        read.say("Vid {occasion} var {n} av {of} bedömda behov inte tillgodosedda.", occasion=read.occasion(name),
                 n=read.count(f"{outcome.key}/areas/{name}/unmet"), of=read.count(f"{outcome.key}/areas/{name}"))
        for name in looked_at(read, outcome)
    ]  # fmt: skip


def became(read: Reader, outcome: Outcome) -> list[str]:
    """What became of the needs that were not met, with those no longer known and the new ones."""
    key = outcome.key
    lost = f"{key}/from/unmet/to/not_known"
    said = [
        read.say("Bland {those} som är bedömda två gånger var {unmet} behov inte tillgodosedda vid start.",
                 those=read.those(f"{key}/paired"), unmet=read.count(f"{key}/from/unmet")),
        read.say("{asked} av dem är kända vid slut: {resolved} blev tillgodosedda eller finns inte längre{share}, {still} är "
                 "fortfarande inte tillgodosedda.",
                 asked=read.how_many(f"{key}/asked").capitalize(), resolved=read.how_many(f"{key}/resolved"),
                 share=with_interval(read, f"{key}/resolved/share"), still=read.count(f"{key}/still_unmet")),
        read.say("{n} nya behov är inte tillgodosedda.", n=read.count(f"{key}/newly_unmet").capitalize()),
    ]  # fmt: skip
    if read.value(lost) != 0:
        said.append(read.say("Vad som hände med {n} vet vi inte.", n=read.count(lost)))
    return said


def agreement(read: Reader, outcome: Outcome) -> list[str]:
    """How often two raters say the same."""
    said = []
    for name in looked_at(read, outcome):
        place = f"{outcome.key}/agreement/{name}"
        if read.report.has(place) and not is_internal(read, place):
            said.append(read.say(
                "Vid {occasion} säger {one} och {other} samma sak i {n} av {of} områden som båda har bedömt{share}.",
                occasion=read.occasion(name), one=read.say(RATERS[outcome.rater]), other=read.say(RATERS["client"]),
                n=read.count(f"{place}/same"), of=read.count(place), share=read.bracket(f"{place}/same/share")))  # fmt: skip
    return said


def _figure(read: Reader, outcome: Outcome) -> list[Block]:
    shown = bars.need_bars(read, outcome)[1:]
    if not shown:
        return []
    caption = read.say("{measure}, {voice}: behov som inte var tillgodosedda vid start.", measure=read.name(outcome.measure),
                       voice=read.say(RATERS[outcome.rater]))  # fmt: skip
    return [
        Figure(figures.divided_bars(shown), bars.in_words(read, shown), caption, basis=basis.of_outcome(read, outcome))
    ]
