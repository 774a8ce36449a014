"""Tables without the rows and columns in which everything is hidden: one sentence says what they were."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from isu_analysis.presentation.blocks import Block, Paragraph, Table
from isu_analysis.presentation.reader import HIDDEN, NONE, NOTHING, Reader

_SAYS_NOTHING = {HIDDEN, NONE, NOTHING, ""}
MOST_NAMES = 4  # more are counted


def tidied(read: Reader, blocks: Iterable[Block]) -> list[Block]:
    """The same blocks, each table with what it can show."""
    return [_tidied(read, block) if isinstance(block, Table) else block for block in blocks]


def _tidied(read: Reader, table: Table) -> Block:
    if not table.row_header or not any(HIDDEN in row for row in table.rows):
        return table
    rows = [row for row in table.rows if not _is_hidden(row[1:])]
    gone = [row[0] for row in table.rows if _is_hidden(row[1:])]
    kept = [0, *(place for place in range(1, len(table.columns)) if not _is_hidden([row[place] for row in rows]))]
    if not rows or len(kept) == 1:
        return Paragraph(read.say("{table}: dolt för att skydda enskilda.", table=table.caption.rstrip(".")))
    gone += [
        column.label
        for place, column in enumerate(table.columns)
        if place not in kept and NONE not in [row[place] for row in rows]
    ]
    if len(kept) == len(table.columns) and len(rows) == len(table.rows):
        return table
    columns = tuple(table.columns[place] for place in kept)
    notes = (table.note, _told(read, gone) if gone else "")
    return replace(table, columns=columns, rows=tuple(tuple(row[place] for place in kept) for row in rows),
                   note=" ".join(filter(None, notes)))  # fmt: skip


def _is_hidden(texts: Sequence[str]) -> bool:
    return HIDDEN in texts and _SAYS_NOTHING.issuperset(texts)


def _told(read: Reader, gone: list[str]) -> str:
    if len(gone) > MOST_NAMES:
        return read.say("{n} rader och kolumner är dolda för att skydda enskilda.", n=read.numbers.whole(len(gone)))
    return read.say("Dolt för att skydda enskilda: {names}.", names="; ".join(gone))
