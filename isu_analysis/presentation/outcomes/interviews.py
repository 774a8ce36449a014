"""Structured interviews: made or not, and how; what was asked in them are measures of their own."""

from __future__ import annotations

from isu_analysis.analysis.results import ELIGIBLE, Outcome
from isu_analysis.presentation.blocks import Block, Paragraph
from isu_analysis.presentation.reader import Reader


def blocks(read: Reader, outcome: Outcome) -> list[Block]:
    """How many were made at each occasion; closings filled in by staff alone are flagged."""
    made = [_at(read, outcome, name) for name in read.report.context.unit.occasions if read.report.has(f"{outcome.key}/at/{name}")]  # fmt: skip
    if not made:
        return [Paragraph(read.say("Ingen intervju är gjord."))]
    return [Paragraph(" ".join([*made, *_staff_alone(read, outcome), *_no_total(read, outcome)]))]


def _no_total(read: Reader, outcome: Outcome) -> list[str]:
    """Said of the first interview only."""
    if outcome is not next(other for other in read.report.context.outcomes if other.design == outcome.design):
        return []
    return [read.say("Intervjun har inget sammanlagt värde. De uppgifter ur den som följs upp står som egna mått.")]


def _at(read: Reader, outcome: Outcome, name: str) -> str:
    cell = f"{outcome.key}/at/{name}"
    share = read.bracket(f"{cell}/share") if read.report.has(f"{cell}/share") else ""
    return read.say("Vid {occasion} är {n} av {of} gjorda{share}.", occasion=read.occasion(name), n=read.count(cell),
                    of=read.count(ELIGIBLE), share=share)  # fmt: skip


def _staff_alone(read: Reader, outcome: Outcome) -> list[str]:
    cell = f"{outcome.key}/at/{outcome.end}/mode/staff_alone"
    if outcome.end is None or not read.report.has(cell):
        return []
    return [read.say("{n} av {of} vid {occasion} är ifyllda av personalen ensam{share}. Personen själv har inte svarat i dem.",
                     n=read.count(cell).capitalize(), of=read.count(f"{outcome.key}/at/{outcome.end}"),
                     occasion=read.occasion(outcome.end), share=read.bracket(f"{cell}/share"))]  # fmt: skip
