"""Details a measure: every number behind the results, by the module of its design."""

from __future__ import annotations

from collections.abc import Callable

from isu_analysis.analysis.results import Outcome
from isu_analysis.presentation.appendix import of_change, of_levels, of_needs, of_others, of_several
from isu_analysis.presentation.blocks import Block, Bullets, Heading
from isu_analysis.presentation.outcomes import kinds, parts
from isu_analysis.presentation.reader import Reader


def blocks(read: Reader) -> list[Block]:
    """Every outcome that has details, then what to bear in mind about the measures."""
    out: list[Block] = []
    for family in parts.grouped(read, read.report.context.outcomes):
        first = family[0]
        several = len(family) > 1
        made = _FAMILIES[first.design](read, family) if several else _BY_DESIGN[first.design](read, first)
        heading = parts.heading(read, family) if several else kinds.heading(read, first)
        out += [Heading(heading, 3), *made] if made else []
    return [*out, *_cautions(read)]


def _cautions(read: Reader) -> list[Block]:
    """Every caution of every card, once."""
    told = dict.fromkeys(
        read.text(caution) for outcome in read.report.context.outcomes for caution in outcome.measure.cautions
    )
    return [Heading(read.say("Att tänka på om måtten"), 3), Bullets(tuple(told))] if told else []


_FAMILIES: dict[str, Callable[[Reader, tuple[Outcome, ...]], list[Block]]] = {
    "change": of_change.family,
    "levels": of_levels.family,
    "target": of_levels.family,
}
_BY_DESIGN: dict[str, Callable[[Reader, Outcome], list[Block]]] = {
    "change": of_change.blocks,
    "sessions": of_change.sessions,
    "process": lambda _read, _outcome: [],
    "cross_sections": of_others.cross_sections,
    "levels": of_levels.blocks,
    "target": of_levels.blocks,
    "answers": of_several.answers,
    "goals": of_several.goals,
    "transition": of_others.transition,
    "needs": of_needs.blocks,
    "interviews": of_others.interviews,
}
