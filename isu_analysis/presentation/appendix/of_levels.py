"""Behind named answers: every answer with its share and interval, how they came about, why they are missing, groups."""

from __future__ import annotations

from isu_analysis.analysis.coverage import ordinary, special
from isu_analysis.analysis.results import Outcome
from isu_analysis.disclosure.release import INTERNAL
from isu_analysis.presentation import basis
from isu_analysis.presentation.appendix import groups
from isu_analysis.presentation.blocks import Block, Column, Paragraph, Table
from isu_analysis.presentation.outcomes import parts
from isu_analysis.presentation.outcomes.levels import first_answer, in_order, reasons_of_parts, why_missing
from isu_analysis.presentation.reader import MODES, Reader


def blocks(read: Reader, outcome: Outcome) -> list[Block]:
    """Everything about the answers but their bar."""
    started = f"{outcome.key}/positive/of_started"
    out: list[Block] = [_table(read, outcome)]
    if read.report.has(started):
        out.append(Paragraph(read.say("Av alla som började: {share}.", share=read.percent(started))))
    return [*out, *by_mode(read, outcome), *why_missing(read, outcome), *groups.of_levels(read, outcome)]


def family(read: Reader, outcomes: tuple[Outcome, ...]) -> list[Block]:
    """Behind parts whose good and other answers stand in one table: what that table leaves out, part by part."""
    out: list[Block] = []
    for outcome in outcomes:
        full = len(outcome.measure.levels) > len(_GOOD_AND_OTHER)
        out += [_table(read, outcome)] if full else []
        out += [*by_mode(read, outcome), *groups.of_levels(read, outcome)]
    return [*out, *reasons_of_parts(read, outcomes, (parts.name(read, outcome) for outcome in outcomes))]


_GOOD_AND_OTHER = ("good", "other")


def _table(read: Reader, outcome: Outcome) -> Table:
    """Every answer with its share, what is not known, and what does not apply; of few people only counts."""
    key = outcome.key
    rows: list[tuple[str, ...]] = [(read.label(level), read.count(cell), read.percent(f"{cell}/share"), read.percent_interval(f"{cell}/share"),
             read.percent(f"{cell}/of_all"))
            for level in in_order(ordinary(outcome.measure)) for cell in [f"{key}/level/{level.code}"]]  # fmt: skip
    rows += _unknown_rows(read, outcome)
    rows += [(read.say("{label} (räknas inte med)", label=read.label(level)), read.count(f"{key}/level/{level.code}"), "", "", "")
             for level in special(outcome.measure, "not_applicable")]  # fmt: skip
    heads = (read.say("Antal"), read.say("Av dem med uppgift"), read.say("95 % intervall"), read.say("Av alla"))
    columns = (Column(read.say("Utfall")), *(Column(head, "right") for head in heads))
    caption = read.say("{measure}, alla utfall", measure=read.name(outcome.measure))
    kept = _columns_that_bear(read, outcome)
    return Table(caption, tuple(columns[place] for place in kept), tuple(tuple(row[place] for place in kept) for row in rows),
                 basis=basis.of_outcome(read, outcome))  # fmt: skip


def _columns_that_bear(read: Reader, outcome: Outcome) -> tuple[int, ...]:
    """Shares only where there are enough people for them."""
    if not read.bears_percent(f"{outcome.key}/answered/share"):
        return (0, 1)
    return (0, 1, 2, 3, 4) if read.bears_percent(f"{first_answer(outcome)}/share") else (0, 1, 4)


def _unknown_rows(read: Reader, outcome: Outcome) -> list[tuple[str, ...]]:
    key = outcome.key
    unknown = special(outcome.measure, "not_known")
    missing = read.say("uppgift saknas")
    if not unknown:
        return [(missing, read.count(f"{key}/missing"), "", "", read.percent(f"{key}/missing/share"))]
    rows = [(read.say("{label} (okänt)", label=read.label(level)), read.count(cell), "", "", read.percent(f"{cell}/of_all"))
            for level in unknown for cell in [f"{key}/level/{level.code}"]]  # fmt: skip
    return [*rows, (missing, read.count(f"{key}/silent"), "", "", "")]


def by_mode(read: Reader, outcome: Outcome) -> list[Block]:
    """Answers by how they came about."""
    place = f"{outcome.key}/mode/by/"
    modes = [
        name for name in MODES if read.report.has(f"{place}{name}") and read.cell(f"{place}{name}").hidden != INTERNAL
    ]
    if not modes:
        return []
    levels = [
        level for level in in_order(list(outcome.measure.levels)) if read.report.has(f"{place}{modes[0]}/{level.code}")
    ]
    rows = tuple(
        (
            read.say(MODES[mode]),
            *(read.count(f"{place}{mode}/{level.code}") for level in levels),
            read.count(f"{place}{mode}"),
        )
        for mode in modes
    )
    heads = [*map(read.label, levels), read.say("Alla")]
    columns = (Column(read.say("Så kom svaret till")), *(Column(head, "right") for head in heads))
    caption = read.say("{measure}: efter hur svaret kom till", measure=read.name(outcome.measure))
    return [Table(caption, columns, rows, basis=basis.of_outcome(read, outcome))]
