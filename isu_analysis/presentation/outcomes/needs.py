"""Needs area by area: met, not met and not known, and what became of those that were not met."""

from __future__ import annotations

from isu_analysis.analysis.results import Outcome
from isu_analysis.disclosure.gate import INTERNAL
from isu_analysis.presentation.blocks import Block, Column, Paragraph, Table
from isu_analysis.presentation.outcomes.levels import why_missing
from isu_analysis.presentation.reader import RATERS, Reader

STATES = {"no_need": "inget behov", "met": "tillgodosett", "unmet": "inte tillgodosett", "not_known": "vet inte"}


def blocks(read: Reader, outcome: Outcome) -> list[Block]:
    """Each occasion, the unmet needs, the table from-to, area by area, and two raters side by side."""
    looked, few = _looked_at(read, outcome), _is_internal(read, f"{outcome.key}/both")
    hidden = any(_is_internal(read, f"{outcome.key}/areas/{name}") for name in looked)
    out: list[Block] = [FEW_ASSESSED] if few or hidden else []
    out += [] if hidden else [_occasions(read, outcome)]
    if read.report.has(f"{outcome.key}/asked") and not few:
        out += [Paragraph(" ".join(became(read, outcome))), _table(read, outcome)]
    return [*out, *_agreement(read, outcome), *_areas(read, outcome), *why_missing(read, outcome)]


FEW_ASSESSED = Paragraph("För få personer är bedömda. Deras behov finns bara i den interna rapporten.")


def _is_internal(read: Reader, cell: str) -> bool:
    return read.report.has(cell) and read.cell(cell).hidden == INTERNAL


def _looked_at(read: Reader, outcome: Outcome) -> list[str]:
    return [name for name in (outcome.start, outcome.end) if name and read.report.has(f"{outcome.key}/areas/{name}")]


def _occasions(read: Reader, outcome: Outcome) -> Table:
    names, key = _looked_at(read, outcome), outcome.key
    rows = [(words, *(read.count(f"{key}/areas/{name}/{state}") for name in names)) for state, words in STATES.items()]
    rows.append(("alla bedömda områden", *(read.count(f"{key}/areas/{name}") for name in names)))
    at = [f"{key}/at/{name}" for name in names]
    rows.append(
        (f"{read.unit_word} som är bedömda", *(read.count(cell) if read.report.has(cell) else "0" for cell in at))
    )
    columns = (Column("Områden"), *(Column(f"vid {read.occasion(name)}", "right") for name in names))
    note = "Svaren räknas var för sig och läggs aldrig ihop till en summa. Kolumnerna kan gälla olika många personer."
    return Table(f"{outcome.measure.name_sv}: behov vid varje tillfälle", columns, tuple(rows), note)


def became(read: Reader, outcome: Outcome) -> list[str]:
    """What became of the needs that were not met, with those no longer known and the new ones."""
    key = outcome.key
    interval = read.percent_interval(f"{key}/resolved/share")
    between = f", 95 % intervall {interval}" if read.shown(f"{key}/resolved/share") and "%" in interval else ""
    share = read.bracket(f"{key}/resolved/share")
    lines = [
        f"Bland de {read.count(f'{key}/paired')} som är bedömda två gånger var {read.count(f'{key}/from/unmet')} behov inte "
        f"tillgodosedda vid start. {read.how_many(f'{key}/asked').capitalize()} av dem är kända vid slut: "
        f"{read.how_many(f'{key}/resolved')} blev tillgodosedda eller finns inte längre{share[:-1] + between + ')' if share else ''}, "
        f"{read.how_many(f'{key}/still_unmet')} är fortfarande inte tillgodosedda. "
        f"{read.how_many(f'{key}/newly_unmet').capitalize()} nya behov är inte tillgodosedda."
    ]
    if read.value(f"{key}/from/unmet/to/not_known") != 0:
        lines.append(f"Vad som hände med {read.count(f'{key}/from/unmet/to/not_known')} vet vi inte.")
    return lines


def _table(read: Reader, outcome: Outcome) -> Table:
    key = outcome.key
    rows = [(words, *(read.count(f"{key}/from/{state}/to/{after}") for after in STATES), read.count(f"{key}/from/{state}"))
            for state, words in STATES.items()]  # fmt: skip
    rows.append(("alla", *(read.count(f"{key}/to/{after}") for after in STATES), read.count(f"{key}/both")))
    columns = (
        Column("Från, vid start"),
        *(Column(f"till: {words}", "right") for words in STATES.values()),
        Column("Alla", "right"),
    )
    return Table(f"{outcome.measure.name_sv}: områden från start till slut", columns, tuple(rows))


def _agreement(read: Reader, outcome: Outcome) -> list[Block]:
    lines = []
    for name in _looked_at(read, outcome):
        place = f"{outcome.key}/agreement/{name}"
        if read.report.has(place) and not _is_internal(read, place):
            lines.append(
                f"Vid {read.occasion(name)} säger {RATERS[outcome.rater]} och {RATERS['client']} samma sak i "
                f"{read.count(f'{place}/same')} av {read.count(place)} områden som båda har bedömt{read.bracket(f'{place}/same/share')}."
            )
    return [Paragraph(" ".join(lines))] if lines else []


def _areas(read: Reader, outcome: Outcome) -> list[Block]:
    place, names = f"{outcome.key}/area/", _looked_at(read, outcome)
    cells = read.report.within(place)
    if not cells:
        return []
    if cells[0].hidden == INTERNAL:
        return [Paragraph("Område för område visas bara i den interna rapporten.")]
    areas = dict.fromkeys(cell.id.removeprefix(place).rsplit("/", 2)[0] for cell in cells)
    rows = [(area, *(text for name in names for text in _area(read, f"{place}{area}/{name}"))) for area in areas]
    columns = [Column("Område")]
    for name in names:
        columns += [
            Column(f"{words} vid {read.occasion(name)}", "right")
            for words in ("ej tillgodosett", "tillgodosett", "vet inte")
        ]
    return [Table(f"{outcome.measure.name_sv}: område för område", tuple(columns), tuple(rows))]


def _area(read: Reader, place: str) -> list[str]:
    return [
        read.count(f"{place}/{state}") if read.report.has(f"{place}/{state}") else "0"
        for state in ("unmet", "met", "not_known")
    ]
