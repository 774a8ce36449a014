"""Declared groups beside one another; those too small to be shown are not named."""

from __future__ import annotations

from isu_analysis.analysis.results import Outcome
from isu_analysis.disclosure.gate import INTERNAL
from isu_analysis.disclosure.suppression import PEOPLE, PRIMARY
from isu_analysis.presentation import sentences
from isu_analysis.presentation.blocks import Block, Callout, Column, Table
from isu_analysis.presentation.reader import NONE, Reader
from isu_analysis.settings import Subgroup


def of_change(read: Reader, outcome: Outcome, subgroups: tuple[Subgroup, ...]) -> list[Block]:
    """Mean change in each group."""
    out: list[Block] = []
    for subgroup in subgroups:
        place = f"{outcome.key}/by/{subgroup.by}/"
        rows = tuple(_group_row(read, subgroup.by, level, f"{place}{level}") for level in _named(read, place))
        if rows:
            columns = (Column(subgroup.label), Column("Mätta två gånger", "right"), Column("Förändring, poäng", "right"),
                       Column("95 % intervall", "right"))  # fmt: skip
            caption = f"{outcome.measure.name_sv} efter {subgroup.label.lower()}"
            out.append(Table(caption, columns, rows, _group_note(subgroup.kind)))
        if rows and subgroup.kind == "trial_arms" and (text := sentences.trial_arms(read, outcome)):
            out.append(Callout("Ett resultat är inte en effekt", text, "note"))
    return out


def of_levels(read: Reader, outcome: Outcome) -> list[Block]:
    """Good answers of those with an answer in each declared group."""
    out: list[Block] = []
    for subgroup in read.report.context.unit.subgroups:
        place = f"{outcome.key}/by/{subgroup.by}/"
        rows = tuple(_positive_row(read, subgroup.by, level, f"{place}{level}") for level in _named(read, place)
                     if read.report.has(f"{place}{level}/positive"))  # fmt: skip
        if rows:
            columns = (Column(subgroup.label), Column("Har en uppgift", "right"), Column("Varav goda", "right"),
                       Column("Andel goda", "right"), Column("95 % intervall", "right"))  # fmt: skip
            caption = f"{outcome.measure.name_sv} efter {subgroup.label.lower()}"
            note = f"Räknas som gott: {sentences.positive_labels(outcome)}. {_group_note(subgroup.kind)}"
            out.append(Table(caption, columns, rows, note))
    return out


def _named(read: Reader, place: str) -> list[str]:
    """Groups that may be named: the name of a small one may itself tell who somebody is."""
    found = (cell for cell in read.report.within(place) if cell.id.endswith("/eligible"))
    levels = [
        cell.id.removeprefix(place).removesuffix("/eligible")
        for cell in found
        if cell.hidden not in {PRIMARY, PEOPLE, INTERNAL}
    ]
    return [level for level in levels if level]


def _positive_row(read: Reader, by: str, level: str, place: str) -> tuple[str, ...]:
    answered = f"{read.count(f'{place}/answered')} av {read.count(f'{place}/eligible')}"
    share = f"{place}/positive/share"
    return (
        read.level(by, level),
        answered,
        read.count(f"{place}/positive"),
        read.percent(share) if read.bears_percent(share) else NONE,
        read.percent_interval(share),
    )


def _group_row(read: Reader, by: str, level: str, place: str) -> tuple[str, ...]:
    measured = f"{read.count(f'{place}/paired')} av {read.count(f'{place}/eligible')}"
    return read.level(by, level), measured, read.points(f"{place}/change"), read.interval(f"{place}/change")


def _group_note(kind: str) -> str:
    if kind == "trial_arms":
        return "Grupperna är prövningens egna. Skillnaden mellan dem gäller bara dem som mättes två gånger."
    return "Grupperna kan skilja sig från början. En skillnad mellan dem visar inte att insatsen verkar olika."
