"""Page one: what was measured, for how many of how many, what is known and what is not."""

from __future__ import annotations

from collections.abc import Callable

from isu_analysis.presentation.blocks import Block, Heading
from isu_analysis.presentation.page_one.measured_once import levels
from isu_analysis.presentation.page_one.measured_twice import change, transition
from isu_analysis.presentation.page_one.needs import needs
from isu_analysis.presentation.page_one.no_result import anonymous, refusal, withheld
from isu_analysis.presentation.page_one.several import answers, goals
from isu_analysis.presentation.reader import Reader

REFUSED = {"low_coverage", "too_few", ""}
_BY_DESIGN: dict[str, Callable[[Reader], list[Block]]] = {
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
    elif result == "unpaired":
        made = anonymous(read)
    else:
        made = _BY_DESIGN[read.report.main.design](read)
    return [Heading("Läget på en sida"), *made]


def refused(read: Reader) -> bool:
    """Whether the report is a refusal, and so ends with its first page."""
    return read.report.withheld or read.code("result") in REFUSED
