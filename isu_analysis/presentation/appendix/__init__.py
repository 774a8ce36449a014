"""Appendix: every number behind the results, the measures' facts, how it was counted, and where the data come from."""

from __future__ import annotations

from isu_analysis.presentation import page_one, trust
from isu_analysis.presentation.appendix import data, details, facts, how
from isu_analysis.presentation.blocks import Block, Heading, PageBreak
from isu_analysis.presentation.reader import Reader


def blocks(read: Reader) -> list[Block]:
    """The appendix, on a page of its own; without a result there are no numbers behind one."""
    behind = [] if page_one.refused(read) else [*details.blocks(read), *trust.details(read), *facts.blocks(read)]
    return [
        PageBreak(),
        Heading(read.say("Bilaga: alla tal, mått och metod")),
        *behind,
        *how.blocks(read),
        *how.protection(read),
        *data.blocks(read),
    ]
