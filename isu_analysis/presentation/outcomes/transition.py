"""From one named state to another, with those whose state is unknown."""

from __future__ import annotations

from isu_analysis.analysis.coverage import ordinary
from isu_analysis.analysis.results import Outcome
from isu_analysis.presentation import bars, figures
from isu_analysis.presentation.blocks import Block, Column, Figure, Paragraph, Table
from isu_analysis.presentation.outcomes.levels import why_missing
from isu_analysis.presentation.reader import Reader


def blocks(read: Reader, outcome: Outcome) -> list[Block]:
    """The table from-to, and nearer or further where the states have an order."""
    key, measure = outcome.key, outcome.measure
    levels = ordinary(measure)
    out: list[Block] = []
    if (
        outcome is not read.report.main
        and read.report.has(f"{key}/up")
        and read.shown(f"{key}/up", f"{key}/same", f"{key}/down")
    ):
        bar = bars.transition_bars(read, outcome)[1]
        caption = f"{measure.name_sv}: läget vid slut jämfört med start."
        out.append(Figure(figures.divided_bars([bar]), bars.in_words((bar,)), caption))
    columns = (
        Column("Från, vid start"),
        *(Column(f"till: {level.label}", "right") for level in levels),
        Column("Alla", "right"),
    )
    rows = [
        (
            level.label,
            *(read.count(f"{key}/from/{level.code}/to/{other.code}") for other in levels),
            read.count(f"{key}/from/{level.code}"),
        )
        for level in levels
    ]
    rows.append(("Alla", *(read.count(f"{key}/to/{level.code}") for level in levels), read.count(f"{key}/paired")))
    out.append(Table(f"{measure.name_sv}: från start till slut", columns, tuple(rows), _unknown_state(read, outcome)))
    return [*out, *_good(read, outcome), *why_missing(read, outcome)]


def _good(read: Reader, outcome: Outcome) -> list[Block]:
    """Where the states have no order: how many are in one that counts as good, before and after."""
    key = outcome.key
    if read.report.has(f"{key}/up") or not read.report.has(f"{key}/from_good"):
        return []
    return [
        Paragraph(
            f"Ett läge som räknas som gott hade {read.count(f'{key}/from_good')} av {read.count(f'{key}/paired')} vid start"
            f"{read.bracket(f'{key}/from_good/share')} och {read.count(f'{key}/to_good')} vid slut{read.bracket(f'{key}/to_good/share')}."
        )
    ]


def _unknown_state(read: Reader, outcome: Outcome) -> str:
    lost, said = f"{outcome.key}/lost", f"{outcome.key}/lost/not_known"
    if read.value(lost) == 0:
        return ""
    unknown = f" För {read.count(said)} av dem står det att läget är okänt." if read.report.has(said) else ""
    return f"Läget är inte känt vid start eller slut för {read.people(lost)}.{unknown}"
