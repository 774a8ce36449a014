"""Page one: what was measured, for how many of how many, what is known and what is not."""

from __future__ import annotations

from collections.abc import Callable

from isu_analysis.presentation import sentences
from isu_analysis.presentation.blocks import Block, Heading, Paragraph
from isu_analysis.presentation.page_one import parts
from isu_analysis.presentation.page_one.anonymous import anonymous
from isu_analysis.presentation.page_one.measured_once import levels
from isu_analysis.presentation.page_one.measured_twice import change, transition
from isu_analysis.presentation.page_one.needs import needs
from isu_analysis.presentation.page_one.parts import Page
from isu_analysis.presentation.page_one.refusal import refusal, withheld
from isu_analysis.presentation.page_one.several import answers, goals
from isu_analysis.presentation.reader import Reader

REFUSED = {"low_coverage", "too_few", ""}
_BY_DESIGN: dict[str, Callable[[Reader], Page]] = {
    "change": change,
    "sessions": change,
    "levels": levels,
    "target": levels,
    "answers": answers,
    "goals": goals,
    "transition": transition,
    "needs": needs,
}


def blocks(read: Reader) -> list[Block]:
    """First page of the report, by what its data allow."""
    result = read.code("result")
    if read.report.withheld:
        made = withheld(read)
    elif result in REFUSED:
        made = refusal(read)
    else:
        page = anonymous if result == "unpaired" else _BY_DESIGN[read.report.main.design]
        made = parts.blocks(read, page(read))
    return [Heading(read.say("Läget på en sida")), *made, *_protected(read)]


def _protected(read: Reader) -> list[Block]:
    """In a public report, where its rules of protection stand; and whether it shows what was out already."""
    if read.report.mode != "public" or read.report.withheld:
        return []
    where = read.say("Vad som är dolt, och varför, står i bilagan.")
    return [Paragraph(" ".join(filter(None, (sentences.standing(read), where))))]


def refused(read: Reader) -> bool:
    """Whether the report is a refusal, and so ends with its first page."""
    return read.report.withheld or read.code("result") in REFUSED
