"""What every kind of first page is built of."""

from __future__ import annotations

import math

from isu_analysis.analysis.coverage import special
from isu_analysis.analysis.results import ELIGIBLE, Outcome
from isu_analysis.presentation import bars, figures
from isu_analysis.presentation.bars import KNOWN, USUAL
from isu_analysis.presentation.blocks import (
    Block,
    Figure,
    KeyFigure,
    Paragraph,
    TwoColumns,
)
from isu_analysis.presentation.reader import Reader, sentence


def two(left: list[str], right: list[str]) -> TwoColumns:
    """Set what is usually reported beside what is known."""
    return TwoColumns(
        tuple(Paragraph(text) for text in left if text), tuple(Paragraph(text) for text in right if text), USUAL, KNOWN
    )


def figure(shown: tuple[figures.Bar, ...], caption: str) -> list[Block]:
    """Draw bars, or nothing where a number in them is hidden."""
    if not shown or any(math.isnan(part.n) for bar in shown for part in bar.parts):
        return []
    return [Figure(figures.divided_bars(shown), bars.in_words(shown), caption)]


def meant(read: Reader) -> KeyFigure:
    """Tell how many the report is about, and who says so."""
    unit = read.report.context.unit
    declared = " Antalet är uppgivet av enheten." if read.cell(ELIGIBLE).declared else ""
    not_due = f"{read.report.main.key}/not_due"
    if read.report.has(not_due) and read.value(not_due) != 0:
        declared += f" För {read.count(not_due)} är det ännu inte dags att mäta."
    outside = _not_concerned(read)
    if outside:
        declared += f" {outside}"
    return KeyFigure(
        f"{read.unit_word} skulle följas upp",
        read.count(ELIGIBLE),
        (unit.cohort.eligible or "alla i årets urval") + "." + declared,
    )


def _not_concerned(read: Reader) -> str:
    """Tell whom the question does not concern: they are in no denominator."""
    main = read.report.main
    cells = [
        f"{main.key}/none_applies",
        *(f"{main.key}/level/{level.code}" for level in special(main.measure, "not_applicable")),
    ]
    found = [cell for cell in cells if read.report.has(cell) and read.value(cell) != 0]
    return f"För {read.count(found[0])} är frågan inte aktuell." if found and main.once else ""


def about(read: Reader, outcome: Outcome) -> str:
    """Tell what is followed up and why."""
    measure = outcome.measure
    what = measure.construct_sv or measure.name_sv
    how = "följer upp"
    if measure.kind == "scale":
        how, what = "mäter", f"{what} med {measure.name_sv}"
    origin = read.report.context.unit.origin
    return f"{sentence(read.report.context.unit.purpose)} Enheten {how} {what}." + (
        f" {sentence(origin)}" if origin else ""
    )


def unknown(read: Reader, cell_id: str) -> str:
    """Tell for how many a measurement is missing, and which."""
    outcome = read.report.main
    where = f"{outcome.measure.name_sv} vid {read.occasion(outcome.start)} eller {read.occasion(outcome.end)}"
    return "Ingen saknas." if read.value(cell_id) == 0 else f"För {read.people(cell_id)} saknas {where}."
