"""A scale whose answers cannot be put together: a picture of each occasion."""

from __future__ import annotations

from isu_analysis.analysis.results import ELIGIBLE, Outcome
from isu_analysis.presentation import sentences
from isu_analysis.presentation.blocks import Block, Column, Paragraph, Table
from isu_analysis.presentation.reader import Reader


def blocks(read: Reader, outcome: Outcome) -> list[Block]:
    """Mean at each occasion, and that two of them are no change."""
    names = [name for name in (outcome.start, outcome.end) if name and read.report.has(seen(outcome, name))]
    if not names:
        return [Paragraph(read.say("Inga värden att visa."))]
    rows = tuple((read.occasion(name), *_how_many(read, outcome, name), read.points(seen(outcome, name))) for name in names)  # fmt: skip
    columns = (
        Column(read.say("Tillfälle")),
        Column(read.say("Svar"), "right"),
        Column(read.say("Saknas"), "right"),
        Column(read.say("Medelvärde"), "right"),
    )
    note = ""
    if len(names) > 1:
        note = read.say("Två olika grupper. Skillnaden mellan raderna är inte en förändring hos någon.")
    caption = read.say("{measure} ({scale})", measure=read.name(outcome.measure), scale=sentences.scale(read, outcome))
    basis = read.say("Av alla {of}; hur många som svarade och saknas står vid varje tillfälle.", of=read.count(ELIGIBLE))  # fmt: skip
    return [Table(caption, columns, rows, note, basis=basis)]


def seen(outcome: Outcome, name: str) -> str:
    """Cell of the mean at an occasion."""
    return f"{outcome.key}/seen/{name}/mean"


def _how_many(read: Reader, outcome: Outcome, name: str) -> tuple[str, str]:
    cell = f"{outcome.key}/at/{name}"
    return read.count(cell), read.count(f"{cell}/not") if read.report.has(f"{cell}/not") else ""
