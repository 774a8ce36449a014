"""A scale whose answers cannot be put together: a picture of each occasion."""

from __future__ import annotations

from isu_analysis.analysis.results import Outcome
from isu_analysis.presentation import sentences
from isu_analysis.presentation.blocks import Block, Column, Paragraph, Table
from isu_analysis.presentation.reader import Reader


def blocks(read: Reader, outcome: Outcome) -> list[Block]:
    """Mean and spread at each occasion."""
    rows = []
    for name in (outcome.start, outcome.end):
        place = f"{outcome.key}/seen/{name}"
        if name and read.report.has(f"{place}/mean"):
            rows.append(
                (
                    read.occasion(name),
                    read.count(f"{outcome.key}/at/{name}"),
                    read.points(f"{place}/mean"),
                    read.points(f"{place}/sd"),
                )
            )
    if not rows:
        return [Paragraph("Inga värden att visa.")]
    columns = (
        Column("Tillfälle"),
        Column("Svar", "right"),
        Column("Medelvärde", "right"),
        Column("Standardavvikelse", "right"),
    )
    note = "Två olika grupper. Skillnaden mellan raderna är inte en förändring hos någon."
    return [
        Table(
            f"{outcome.measure.name_sv} ({sentences.scale(outcome)})",
            columns,
            tuple(rows),
            note if len(rows) > 1 else "",
        )
    ]
