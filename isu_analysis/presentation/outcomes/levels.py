"""Named answers on one occasion, missing among them: judgements, closing reasons, statements afterwards, targets."""

from __future__ import annotations

from dataclasses import replace

from isu_analysis.analysis.coverage import ordinary, special
from isu_analysis.analysis.results import Outcome
from isu_analysis.measures import Level
from isu_analysis.presentation import bars, figures, sentences
from isu_analysis.presentation.blocks import Block, Callout, Column, Figure, Paragraph, Table
from isu_analysis.presentation.outcomes.groups import of_levels
from isu_analysis.presentation.reader import MODES, REASONS, Reader


def blocks(read: Reader, outcome: Outcome) -> list[Block]:
    """Every answer, how the answers came about, targets and declared groups."""
    out: list[Block] = [] if outcome is read.report.main else figure(read, outcome)
    out.append(table(read, outcome))
    notes = [
        *sentences.targets(read, outcome),
        sentences.blind_spot(outcome),
        placed(read, outcome),
        _started(read, outcome),
    ]
    if any(notes):
        out.append(Paragraph(" ".join(note for note in notes if note)))
    return [*out, *by_mode(read, outcome), *why_missing(read, outcome), *of_levels(read, outcome)]


def in_order(levels: list[Level]) -> list[Level]:
    """Answers from the best to the worst, or as declared where they have no order."""
    return sorted(levels, key=lambda level: -(level.order or 0))


def table(read: Reader, outcome: Outcome) -> Table:
    """Every answer with its share, what is not known, and what does not apply; of few people only counts."""
    key, measure = outcome.key, outcome.measure
    rows = [(level.label, read.count(f"{key}/level/{level.code}"), read.percent(f"{key}/level/{level.code}/share"),
             read.percent_interval(f"{key}/level/{level.code}/share"), read.percent(f"{key}/level/{level.code}/of_all"))
            for level in in_order(ordinary(measure))]  # fmt: skip
    unknown = special(measure, "not_known")
    for level in unknown:
        cell = f"{key}/level/{level.code}"
        rows.append((f"{level.label} (okänt)", read.count(cell), "", "", read.percent(f"{cell}/of_all")))
    if unknown:
        rows.append(("uppgift saknas", read.count(f"{key}/silent"), "", "", ""))
    else:
        rows.append(("uppgift saknas", read.count(f"{key}/missing"), "", "", read.percent(f"{key}/missing/share")))
    for level in special(measure, "not_applicable"):
        rows.append((f"{level.label} (räknas inte med)", read.count(f"{key}/level/{level.code}"), "", "", ""))
    columns = (Column("Utfall"), Column("Antal", "right"), Column("Av dem med uppgift", "right"),
               Column("95 % intervall", "right"), Column("Av alla", "right"))  # fmt: skip
    caption = f"{measure.name_sv}, alla utfall"
    if not read.bears_percent(f"{key}/answered/share"):  # too few for any share in the table
        return Table(
            caption, columns[:2], tuple(row[:2] for row in rows), f"Av alla {read.count(read.whole(outcome))}."
        )
    if not read.bears_percent(f"{first_answer(outcome)}/share"):
        return Table(caption, (*columns[:2], columns[4]), tuple((*row[:2], row[4]) for row in rows))
    return Table(caption, columns, tuple(rows))


def first_answer(outcome: Outcome) -> str:
    """Cell of the first answer that says something."""
    return f"{outcome.key}/level/{ordinary(outcome.measure)[0].code}"


def figure(read: Reader, outcome: Outcome) -> list[Block]:
    """One divided bar of all, where every part may be shown; the unit's target is a mark in it."""
    key = outcome.key
    if not all(read.shown(f"{key}/level/{code}") for code in outcome.measure.codes) or not read.shown(f"{key}/missing"):
        return []
    second = marked(read, outcome, bars.level_bars(read, outcome)[1])
    caption = f"{outcome.measure.name_sv}, av alla {read.count(read.whole(outcome))}.{mark_in_words(second)}"
    return [Figure(figures.divided_bars([second]), bars.in_words((second,)), caption)]


def marked(read: Reader, outcome: Outcome, bar: figures.Bar) -> figures.Bar:
    """The bar with the unit's target, where the target is the share of good answers that the bar begins with."""
    for place, target in enumerate(read.report.context.unit.targets):
        good = {level.code for level in outcome.measure.levels if level.positive}
        if read.report.has(f"{outcome.key}/target/{place}/reached") and (
            not target.levels or set(target.levels) == good
        ):
            return replace(bar, mark=target.share)
    return bar


def mark_in_words(bar: figures.Bar) -> str:
    """Tell what the mark is."""
    return " Streckad linje: enhetens mål." if bar.mark is not None else ""


def placed(read: Reader, outcome: Outcome) -> str:
    """Whoever was placed is lost and has not reached the goal: said where the files say it."""
    cell = f"{outcome.key}/reason/by/placed"
    if outcome.design != "target" or not read.report.has(cell) or read.cell(cell).hidden == "internal":
        return ""
    return f"{read.people(cell).capitalize()} av dem som saknas placerades: både bortfall och ett mål som inte nåddes."


def _started(read: Reader, outcome: Outcome) -> str:
    cell = f"{outcome.key}/positive/of_started"
    return f"Av alla som började: {read.percent(cell)}." if read.report.has(cell) else ""


def by_mode(read: Reader, outcome: Outcome) -> list[Block]:
    """Answers by how they came about; those of the staff alone are flagged."""
    place = f"{outcome.key}/mode/by/"
    modes = [
        name for name in MODES if read.report.has(f"{place}{name}") and read.cell(f"{place}{name}").hidden != "internal"
    ]
    if not modes:
        return []
    levels = [
        level for level in in_order(list(outcome.measure.levels)) if read.report.has(f"{place}{modes[0]}/{level.code}")
    ]
    rows = [
        (MODES[mode], *(read.count(f"{place}{mode}/{level.code}") for level in levels), read.count(f"{place}{mode}"))
        for mode in modes
    ]
    columns = (
        Column("Så kom svaret till"),
        *(Column(level.label, "right") for level in levels),
        Column("Alla", "right"),
    )
    out: list[Block] = [Table(f"{outcome.measure.name_sv}: efter hur svaret kom till", columns, tuple(rows))]
    if "staff_alone" in modes:
        text = f"{read.count(f'{place}staff_alone').capitalize()} är ifyllda av personalen ensam. Personen själv har inte svarat."
        out.append(Callout("Svar utan personen", text, "warning"))
    return out


def why_missing(read: Reader, outcome: Outcome) -> list[Block]:
    """Why answers are missing, as the files say it."""
    place = f"{outcome.key}/reason/by/"
    found = [
        name
        for name in REASONS
        if read.report.has(f"{place}{name}") and read.cell(f"{place}{name}").hidden != "internal"
    ]
    if not found or outcome is read.report.main:  # the primary one's stand with the loss
        return []
    return [reason_table(read, outcome, found)]


def reason_table(read: Reader, outcome: Outcome, found: list[str]) -> Table:
    """The missing by reason."""
    place = f"{outcome.key}/reason/by/"
    rows = tuple((REASONS[name], read.count(f"{place}{name}")) for name in found)
    columns = (Column("Varför mätning saknas"), Column("Antal", "right"))
    return Table(f"{outcome.measure.name_sv}: varför uppgiften saknas, enligt filerna", columns, rows)
