"""The tables and figures of a report, numbered as its captions number them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Generic, TypeVar

from isu_analysis.presentation.blocks import Block, Figure, Table, TwoColumns
from isu_analysis.presentation.sealed import Section

Result = TypeVar("Result", Table, Figure)


@dataclass(frozen=True)
class Numbered(Generic[Result]):
    """A table or a figure with its number in the report and the key of its section."""

    number: int
    section: str
    block: Result


def results(sections: Iterable[Section], kind: type[Result]) -> list[Numbered[Result]]:
    """Return the tables or the figures that show results, which are those that say what they build on.

    The others (files, sources, limits) count as well: a number is the same here as in the PDF.
    """
    found = [(section.key, block) for section in sections for block in _flat(section.blocks) if isinstance(block, kind)]
    numbered = [Numbered(number, key, block) for number, (key, block) in enumerate(found, start=1)]
    return [one for one in numbered if one.block.basis]


def _flat(blocks: Iterable[Block]) -> Iterator[Block]:
    for block in blocks:
        if isinstance(block, TwoColumns):
            yield from _flat((*block.left, *block.right))
        else:
            yield block
