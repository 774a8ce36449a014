"""Declared groups beside one another; those too small to be shown are not named."""

from __future__ import annotations

from isu_analysis.analysis.results import Outcome
from isu_analysis.presentation import basis, by_intervention, sentences
from isu_analysis.presentation.blocks import Block, Callout, Column, Table
from isu_analysis.presentation.reader import NONE, Reader
from isu_analysis.presentation.wording import phrase
from isu_analysis.settings import Subgroup

_TRIAL = phrase("Grupperna är prövningens egna. Skillnaden mellan dem gäller bara dem som mättes två gånger.")
_GROUPS = phrase("Grupperna kan skilja sig från början. En skillnad mellan dem visar inte att insatsen verkar olika.")


def of_change(read: Reader, outcome: Outcome, subgroups: tuple[Subgroup, ...]) -> list[Block]:
    """Mean change in each group."""
    out: list[Block] = []
    for subgroup in _not_with_the_results(read, outcome, subgroups):
        place = f"{outcome.key}/by/{subgroup.by}/"
        rows = tuple(_group_row(read, subgroup.by, level, f"{place}{level}") for level in _named(read, place))
        if rows:
            heads = (read.say("Mätta två gånger"), read.say("Förändring, poäng"), read.say("95 % intervall"))
            out.append(_table(read, outcome, subgroup, heads, rows, read.say(_note(subgroup))))
        if rows and subgroup.kind == "trial_arms" and (text := sentences.trial_arms(read, outcome)):
            out.append(Callout(read.say("Ett resultat är inte en effekt"), text, "note"))
    return out


def of_levels(read: Reader, outcome: Outcome) -> list[Block]:
    """Good answers of those with an answer in each declared group."""
    out: list[Block] = []
    for subgroup in _not_with_the_results(read, outcome, read.report.context.unit.subgroups):
        place = f"{outcome.key}/by/{subgroup.by}/"
        rows = tuple(_positive_row(read, subgroup.by, level, f"{place}{level}") for level in _named(read, place)
                     if read.report.has(f"{place}{level}/positive"))  # fmt: skip
        if rows:
            heads = (read.say("Har en uppgift"), read.say("Varav goda"), read.say("Andel goda"), read.say("95 % intervall"))  # fmt: skip
            good = read.say("Som gott räknas {labels}.", labels=sentences.positive_labels(read, outcome))
            out.append(_table(read, outcome, subgroup, heads, rows, f"{good} {read.say(_note(subgroup))}"))
    return out


def _not_with_the_results(read: Reader, outcome: Outcome, subgroups: tuple[Subgroup, ...]) -> list[Subgroup]:
    """Leave out the interventions where they have a table of their own."""
    return [subgroup for subgroup in subgroups if not by_intervention.shows(read, outcome, subgroup)]


def _table(read: Reader, outcome: Outcome, subgroup: Subgroup, heads: tuple[str, ...], rows: tuple[tuple[str, ...], ...],
           note: str) -> Table:  # fmt: skip
    label = _label(read, subgroup)
    columns = (Column(label), *(Column(head, "right") for head in heads))
    caption = read.say("{measure} efter {group}", measure=read.name(outcome.measure), group=label.lower())
    return Table(caption, columns, rows, note, basis=basis.of_outcome(read, outcome))


def _label(read: Reader, subgroup: Subgroup) -> str:
    declared = any(subgroup.by == other.by for other in read.report.context.unit.subgroups)
    return read.own(subgroup.label) if declared else read.variable(subgroup.by)


def _named(read: Reader, place: str) -> list[str]:
    """Groups that may be named: the name of a small one may itself tell who somebody is."""
    found = (cell for cell in read.report.within(place) if cell.id.endswith("/eligible") and not cell.hidden)
    levels = (cell.id.removeprefix(place).removesuffix("/eligible") for cell in found)
    return [level for level in levels if level]


def _positive_row(read: Reader, by: str, level: str, place: str) -> tuple[str, ...]:
    share = f"{place}/positive/share"
    return (
        read.level(by, level),
        _of(read, f"{place}/answered", f"{place}/eligible"),
        read.count(f"{place}/positive"),
        read.percent(share) if read.bears_percent(share) else NONE,
        read.percent_interval(share),
    )


def _group_row(read: Reader, by: str, level: str, place: str) -> tuple[str, ...]:
    measured = _of(read, f"{place}/paired", f"{place}/eligible")
    return read.level(by, level), measured, read.points(f"{place}/change"), read.interval(f"{place}/change")


def _of(read: Reader, part: str, whole: str) -> str:
    return read.say("{n} av {of}", n=read.count(part), of=read.count(whole))


def _note(subgroup: Subgroup) -> str:
    return _TRIAL if subgroup.kind == "trial_arms" else _GROUPS
