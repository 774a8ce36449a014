"""Structured interviews: made or not, and how; what was asked in them are measures of their own."""

from __future__ import annotations

from isu_analysis.analysis.results import ELIGIBLE, Outcome
from isu_analysis.presentation.blocks import Block, Callout, Column, Paragraph, Table
from isu_analysis.presentation.reader import MODES, Reader


def blocks(read: Reader, outcome: Outcome) -> list[Block]:
    """Coverage at each occasion by how the interview was made; closings filled in by staff alone are flagged."""
    key = outcome.key
    names = [name for name in read.report.context.unit.occasions if read.report.has(f"{key}/at/{name}")]
    modes = [mode for mode in MODES if any(read.report.has(f"{key}/at/{name}/mode/{mode}") for name in names)]
    rows = [_row(read, key, name, modes) for name in names]
    columns = (Column("Tillfälle"), Column("Genomförda", "right"), Column("Av alla", "right"),
               *(Column(MODES[mode], "right") for mode in modes), Column("Inte gjorda", "right"))  # fmt: skip
    note = "Intervjun har inget sammanlagt värde. De uppgifter ur den som följs upp står som egna mått."
    out: list[Block] = [
        Table(f"{outcome.measure.name_sv}: genomförda intervjuer av {read.count(ELIGIBLE)}", columns, tuple(rows), note)
    ]
    return [*out, *_staff_alone(read, outcome)] if rows else [Paragraph("Ingen intervju är gjord.")]


def _row(read: Reader, key: str, name: str, modes: list[str]) -> tuple[str, ...]:
    cell = f"{key}/at/{name}"
    share = read.percent(f"{cell}/share") if read.report.has(f"{cell}/share") else ""
    by_mode = (read.count(f"{cell}/mode/{mode}") if read.report.has(f"{cell}/mode/{mode}") else "0" for mode in modes)
    rest = read.count(f"{cell}/not") if read.report.has(f"{cell}/not") else ""
    return read.occasion(name), read.count(cell), share, *by_mode, rest


def _staff_alone(read: Reader, outcome: Outcome) -> list[Block]:
    cell = f"{outcome.key}/at/{outcome.end}/mode/staff_alone"
    if outcome.end is None or not read.report.has(cell):
        return []
    text = (
        f"{read.count(cell).capitalize()} av {read.count(f'{outcome.key}/at/{outcome.end}')} vid {read.occasion(outcome.end)} är "
        f"ifyllda av personalen ensam{read.bracket(f'{cell}/share')}. Personen själv har inte svarat i dem."
    )
    return [Callout("Intervjuer utan personen", text, "warning")]
