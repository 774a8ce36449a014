"""Appendix: every number behind the results, the measures' facts, how it was counted, and where the data come from."""

from __future__ import annotations

from isu_analysis.presentation import page_one, trust
from isu_analysis.presentation.appendix import data, details, facts, how, protection
from isu_analysis.presentation.blocks import Block, Heading, PageBreak
from isu_analysis.presentation.reader import Reader


def blocks(read: Reader) -> list[Block]:
    """The appendix, on the glossary's page; without a result there is neither a glossary nor any number behind one."""
    refused = page_one.refused(read)
    behind = [] if refused else [*details.blocks(read), *trust.details(read), *facts.blocks(read)]
    return [
        *([PageBreak()] if refused else []),
        Heading(read.say("Bilaga: alla tal, mått och metod")),
        *behind,
        *how.blocks(read),
        *protection.blocks(read),
        *data.blocks(read),
    ]
