"""Results, measure by measure and at most half a page each: better, unchanged and worse with the same weight."""

from __future__ import annotations

import re
from collections.abc import Callable

from isu_analysis.analysis.results import Outcome
from isu_analysis.presentation import by_intervention, raters, sentences, subgroups
from isu_analysis.presentation.blocks import Block, Heading, Paragraph
from isu_analysis.presentation.outcomes import (
    change,
    cross_sections,
    interviews,
    kinds,
    levels,
    needs,
    overview,
    parts,
    sessions,
    several,
    transition,
)
from isu_analysis.presentation.reader import Reader


def blocks(read: Reader) -> list[Block]:
    """All measures at a glance, then every outcome by the module of its design."""
    out: list[Block] = [Heading(read.say("Resultat")), Paragraph(read.say("Fler tal, med intervall, finns i bilagan."))]
    out += overview.blocks(read)
    told: set[str] = set()
    for family in parts.grouped(read, read.report.context.outcomes):
        out += of_measure(read, family, told)
    return [*out, *by_intervention.blocks(read), *subgroups.blocks(read), *raters.blocks(read)]


def of_measure(read: Reader, family: tuple[Outcome, ...], told: set[str]) -> list[Block]:
    """One measure, or the parts of one questionnaire; ``told`` are the cautions that have been said already."""
    first = family[0]
    if len(family) > 1:
        made = parts.blocks(read, family)
    else:
        made = [Heading(kinds.heading(read, first), 3), *_BY_DESIGN[first.design](read, first)]
    made = _with(made, _caution(read, family, told))
    return [*made, *change.picture(read, first)] if _has_picture(read, first) else made


def _has_picture(read: Reader, outcome: Outcome) -> bool:
    return outcome is read.report.main and outcome.design in {"change", "sessions"}


def _with(made: list[Block], caution: str) -> list[Block]:
    """The blocks with the caution as the last words of the last text, or after them where there is none."""
    texts = [place for place, block in enumerate(made) if isinstance(block, Paragraph)]
    if not caution:
        return made
    if not texts:
        return [*made, Paragraph(caution)]
    text = made[texts[-1]]
    said = Paragraph(f"{text.text} {caution}") if isinstance(text, Paragraph) else text
    return [*made[: texts[-1]], said, *made[texts[-1] + 1 :]]


def _caution(read: Reader, family: tuple[Outcome, ...], told: set[str]) -> str:
    """The first sentence of the card's first caution, said once; cards put first what changes the reading most."""
    cautions = [outcome.measure.cautions[0] for outcome in family if outcome.measure.cautions][:1]
    fresh = [caution for caution in cautions if caution not in told]
    told.update(fresh)
    if not fresh or family[0].design == "process" or sentences.blind_spot(read, family[0]):  # they have said the same
        return ""
    return _first_sentence(read.text(fresh[0]))


def _first_sentence(text: str) -> str:
    return re.split(r"(?<=[.!?])\s+(?=[A-ZÅÄÖ])", text, maxsplit=1)[0]


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
