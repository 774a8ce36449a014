"""How many are followed up with each measure: one row each, and the primary outcome in more detail."""

from __future__ import annotations

from collections.abc import Iterator

from isu_analysis.analysis.coverage import NOT_SAID, special
from isu_analysis.analysis.results import ELIGIBLE, Outcome
from isu_analysis.presentation import basis
from isu_analysis.presentation.blocks import Block, Column, Figure, Table
from isu_analysis.presentation.figures import measured_over_time
from isu_analysis.presentation.reader import HIDDEN, NONE, NOTHING, RATERS, REASONS, Reader
from isu_analysis.presentation.wording import phrase

Row = tuple[str, ...]
_STATUS = {
    "paired": phrase("mättes både vid {start} och vid {end}"),
    "start_only": phrase("mättes vid {start} men inte vid {end}"),
    "end_only": phrase("mättes vid {end} men inte vid {start}"),
    "neither": phrase("mättes varken vid {start} eller vid {end}"),
    "not_due": phrase("ännu inte dags"),
}


def blocks(read: Reader) -> list[Block]:
    """Coverage of every measure, and how the primary one was answered."""
    return [*_all(read), *_over_time(read, read.report.main), *_of_main(read, read.report.main)]


def _all(read: Reader) -> list[Block]:
    rows = tuple(row for outcome in read.report.context.outcomes for row in _rows(read, outcome))
    if not rows:
        return []
    columns: tuple[Column, ...] = (
        Column(read.say("Mått")), Column(read.say("När")), Column(read.say("Antal"), "right"), Column(read.say("Andel"), "right"),
               Column(read.say("Saknas"), "right"), Column(read.say("Vanligaste skäl")))  # fmt: skip
    if {row[-1] for row in rows} <= {NOTHING, HIDDEN}:  # no file says why, or none that may be told
        columns, rows = columns[:-1], tuple(row[:-1] for row in rows)
    told = read.say("Antal, av hur många, och hur många som saknas står på varje rad.")
    return [Table(read.say("Så många följdes upp med varje mått"), columns, rows, basis=told)]


def _rows(read: Reader, outcome: Outcome) -> Iterator[Row]:
    key, whole = outcome.key, read.whole(outcome)
    if outcome.once:
        how = read.occasion(outcome.end)
        yield _row(read, outcome, how, (f"{key}/answered", whole, f"{key}/answered/share", f"{key}/missing"))
    elif read.report.has(f"{key}/lost"):
        how = read.say("{start} och {end}", start=read.occasion(outcome.start), end=read.occasion(outcome.end))
        yield _row(read, outcome, how, (f"{key}/paired", whole, f"{key}/paired_share", f"{key}/lost"))
    elif read.report.has(f"{key}/cases"):
        how = read.say("minst en gång")
        yield _row(read, outcome, how, (f"{key}/cases", ELIGIBLE, f"{key}/cases/share", f"{key}/cases/not"))
    else:
        for name in read.report.context.unit.occasions:
            at = f"{key}/at/{name}"
            if read.report.has(f"{at}/not"):
                how = read.occasion(name)
                yield _row(read, outcome, how, (at, ELIGIBLE, f"{at}/share", f"{at}/not"))


def _row(read: Reader, outcome: Outcome, how: str, cells: tuple[str, str, str, str]) -> Row:
    known, whole, share, missing = cells
    counts = read.say("{n} av {of}", n=read.count(known), of=read.count(whole))
    percent = read.percent(share) if read.bears_percent(share) else NONE
    return name(read, outcome), how, counts, percent, read.count(missing), _main_reason(read, outcome)


def name(read: Reader, outcome: Outcome) -> str:
    """Name of the measure with its item, and with who answers where several do."""
    alike = {other.rater for other in read.report.context.outcomes if other.measure.id == outcome.measure.id}
    said = read.name(outcome.measure)
    if outcome.item:
        said = read.say("{measure}, {item}", measure=said, item=read.own(outcome.item))
    return (
        said if len(alike) == 1 else read.say("{measure}, {rater}", measure=said, rater=read.say(RATERS[outcome.rater]))
    )


def _main_reason(read: Reader, outcome: Outcome) -> str:
    """The reason that most of the missing have, where the files say it and nothing larger may be hidden."""
    cells = {reason: f"{outcome.key}/reason/by/{reason}" for reason in REASONS if reason != NOT_SAID}
    there = {reason: cell for reason, cell in cells.items() if read.report.has(cell)}
    if not there:
        return NOTHING
    shown = {reason: read.value(cell) for reason, cell in there.items() if read.shown(cell)}
    if len(shown) < len(there):
        return HIDDEN
    most = max(shown, key=lambda reason: shown[reason])
    if list(shown.values()).count(shown[most]) > 1:
        return read.say("flera lika vanliga")
    return read.say("{reason} ({n})", reason=read.say(REASONS[most]), n=read.count(there[most]))


def _over_time(read: Reader, outcome: Outcome) -> list[Block]:
    """A drawing where there are occasions between start and end; the flow has all others."""
    declared = list(read.report.context.unit.occasions)
    names = [occasion for occasion in declared if read.report.has(f"{outcome.key}/at/{occasion}")]
    cells = [f"{outcome.key}/at/{occasion}" for occasion in names]
    between = names[1 : names.index(str(outcome.end))] if outcome.end in names else []
    if not between or not read.shown(ELIGIBLE, *cells):
        return []
    labels = [read.occasion(occasion) for occasion in names]
    drawn = measured_over_time(
        labels, [read.value(cell) for cell in cells], [read.count(cell) for cell in cells], read.value(ELIGIBLE)
    )
    listed = ", ".join(f"{label} {read.count(cell)}" for label, cell in zip(labels, cells, strict=True))
    measure, everyone = read.name(outcome.measure), read.count(ELIGIBLE)
    alt = read.say("{measure}, hur många av {of} som mättes vid varje tillfälle: {listed}. Resten är inte mätta.",
                   measure=measure, of=everyone, listed=listed)  # fmt: skip
    caption = read.say("{measure}: hur många av {of} som mättes vid varje tillfälle. Streckat: inte mätta.",
                       measure=measure, of=everyone)  # fmt: skip
    return [Figure(drawn, alt, caption, basis=basis.of_outcome(read, outcome))]


def responses(read: Reader, outcome: Outcome) -> list[Block]:
    """Everybody who is meant by what was measured of them, for an outcome measured twice; for the appendix."""
    if not read.report.has(f"{outcome.key}/lost") or read.value(f"{outcome.key}/lost") == 0:
        return []
    start, end = read.occasion(outcome.start), read.occasion(outcome.end)
    rows: list[Row] = [
        (read.say(words, start=start, end=end), read.count(f"{outcome.key}/{status}"))
        for status, words in _STATUS.items()
        if read.value(f"{outcome.key}/{status}") != 0
    ]
    return [_of_everybody(read, outcome, rows)]


def _of_everybody(read: Reader, outcome: Outcome, rows: list[Row]) -> Table:
    columns = (Column(read.say("Uppföljning")), Column(read.say("Antal"), "right"))
    caption = read.say("{measure}: vilka som följdes upp och vilka som saknas", measure=read.name(outcome.measure))
    everybody = (read.say("alla"), read.count(ELIGIBLE))
    return Table(caption, columns, (*rows, everybody), basis=basis.of_outcome(read, outcome))


def _of_main(read: Reader, outcome: Outcome) -> list[Block]:
    """The primary outcome once more, where what is missing is of several kinds."""
    if not outcome.once:
        return []
    key = outcome.key
    apart = [*_unknown(read, outcome), *_not_asked(read, outcome)]
    if read.report.has(f"{key}/not_due"):
        apart.append((read.say("ännu inte dags"), read.count(f"{key}/not_due")))
    if not apart:
        return []
    silent = f"{key}/silent" if read.report.has(f"{key}/silent") else f"{key}/missing"
    known: list[Row] = [(read.say("har en uppgift"), read.count(f"{key}/answered"))]
    return [_of_everybody(read, outcome, [*known, (read.say("saknar uppgift"), read.count(silent)), *apart])]


def _unknown(read: Reader, outcome: Outcome) -> list[Row]:
    """Answers that say that nobody knows."""
    return [
        (
            read.say("utfallet är okänt: «{label}»", label=read.label(level)),
            read.count(f"{outcome.key}/level/{level.code}"),
        )
        for level in special(outcome.measure, "not_known")
    ]


def _not_asked(read: Reader, outcome: Outcome) -> list[Row]:
    if read.report.has(f"{outcome.key}/none_applies"):
        return [(read.say("frågan är inte aktuell"), read.count(f"{outcome.key}/none_applies"))]
    return [(read.say("räknas inte med: «{label}»", label=read.label(level)), read.count(f"{outcome.key}/level/{level.code}"))
            for level in special(outcome.measure, "not_applicable")]  # fmt: skip
