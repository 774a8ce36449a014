"""Named answers on one occasion, missing among them: judgements, closing reasons, statements afterwards, targets."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from isu_analysis.analysis.coverage import ordinary, special
from isu_analysis.analysis.results import Outcome
from isu_analysis.disclosure.release import INTERNAL
from isu_analysis.measures import Level
from isu_analysis.presentation import bars, basis, figures, sentences
from isu_analysis.presentation.blocks import Block, Column, Paragraph, Table
from isu_analysis.presentation.outcomes.drawing import of_all
from isu_analysis.presentation.reader import HIDDEN, NONE, REASONS, Reader
from isu_analysis.presentation.together import together


def blocks(read: Reader, outcome: Outcome) -> list[Block]:
    """Every answer of all in one sentence and one bar, how many are good, and one sentence on trust."""
    targets = sentences.targets(
        read, outcome
    )  # which say how many good answers there are, and what the missing could do
    said = [
        every_answer(read, outcome),
        *(targets or [good(read, outcome)]),
        alone(read, outcome),
        placed(read, outcome),
    ]
    said.append(sentences.blind_spot(read, outcome) if targets else _trust(read, outcome))
    text: list[Block] = [Paragraph(" ".join(filter(None, said)))]
    return [*text, *figure(read, outcome)]


def in_order(levels: list[Level]) -> list[Level]:
    """Answers from the best to the worst, or as declared where they have no order."""
    return sorted(levels, key=lambda level: -(level.order or 0))


def every_answer(read: Reader, outcome: Outcome) -> str:
    """How many gave each answer, and how many none: all who are meant."""
    everyone, missing = read.count(read.whole(outcome)), sentences.nobody_knows(read, outcome)
    shown, hidden = _apart(read, outcome)
    if not shown:
        return " ".join((read.say("Hur svaren fördelar sig är dolt för att skydda enskilda."), missing))
    listed = [
        read.say("«{label}» {n}", label=read.label(level), n=read.count(f"{outcome.key}/level/{level.code}"))
        for level in shown
    ]
    if hidden:
        listed.append(_merged(read, outcome, hidden))
    return read.say("Av alla {all}: {answers}. {missing}", all=everyone, answers=", ".join(listed), missing=missing)


def _apart(read: Reader, outcome: Outcome) -> tuple[list[Level], list[Level]]:
    """Answers whose number is shown, and those whose number is hidden; each from the best to the worst."""
    found = in_order(ordinary(outcome.measure))
    shown = [level for level in found if read.shown(f"{outcome.key}/level/{level.code}")]
    return shown, [level for level in found if level not in shown]


def _merged(read: Reader, outcome: Outcome, hidden: list[Level]) -> str:
    """Hidden answers by name, with their number together where anybody can work it out."""
    labels = read.say(" och ").join(map(read.quoted, hidden))
    cells = {level.code: f"{outcome.key}/level/{level.code}" for level in ordinary(outcome.measure)}
    sum_ = together(read, f"{outcome.key}/answered", list(cells.values()), [cells[level.code] for level in hidden])
    if sum_ is None:
        return read.say("{labels} dolt", labels=labels)
    return read.say("{labels} {n} tillsammans", labels=labels, n=read.numbers.whole(sum_))


def good(read: Reader, outcome: Outcome) -> str:
    """The good answers of those given, with the interval."""
    key = outcome.key
    if not read.report.has(f"{key}/positive") or not read.tells(f"{key}/positive"):
        return ""
    return read.say(
        "Som gott räknas {labels}: {n} av {of} med uppgift{share}.",
        labels=sentences.positive_labels(read, outcome),
        n=read.count(f"{key}/positive"),
        of=read.count(f"{key}/answered"),
        share=with_interval(read, f"{key}/positive/share"),
    )


def with_interval(read: Reader, share: str) -> str:
    """Share and interval in brackets, or nothing where the counts say it all."""
    text = read.bracket(share)
    if not text or not read.shown(share) or read.percent_interval(share) == NONE:
        return text
    return read.say(" ({share}, 95 % intervall {interval})", share=read.percent(share), interval=read.percent_interval(share))  # fmt: skip


def figure(read: Reader, outcome: Outcome) -> list[Block]:
    """One divided bar of all, where every part may be shown; the unit's target is a mark in it."""
    if not all(read.shown(f"{outcome.key}/level/{code}") for code in outcome.measure.codes):
        return []
    bar = marked(read, outcome, bars.level_bars(read, outcome)[1])
    caption = read.say("{measure}.", measure=read.name(outcome.measure))
    return of_all(read, outcome, bar, f"{caption}{mark_in_words(read, bar)}")


def marked(read: Reader, outcome: Outcome, bar: figures.Bar) -> figures.Bar:
    """The bar with the unit's target, where the target is the share of good answers that the bar begins with."""
    for place, target in enumerate(read.report.context.unit.targets):
        best = {level.code for level in outcome.measure.levels if level.positive}
        if read.report.has(f"{outcome.key}/target/{place}/reached") and (
            not target.levels or set(target.levels) == best
        ):
            return replace(bar, mark=target.share)
    return bar


def mark_in_words(read: Reader, bar: figures.Bar) -> str:
    """Tell what the mark is."""
    return f" {read.say('Streckad linje: enhetens mål.')}" if bar.mark is not None else ""


def placed(read: Reader, outcome: Outcome) -> str:
    """Whoever was placed is lost and has not reached the goal: said where the files say it."""
    cell = f"{outcome.key}/reason/by/placed"
    if not outcome.measure.missed_if_placed or not read.shown(cell):  # that somebody was, may itself tell of one
        return ""
    return read.say(
        "{people} av dem som saknas placerades: både bortfall och ett mål som inte nåddes.",
        people=read.people(cell).capitalize(),
    )


def alone(read: Reader, outcome: Outcome) -> str:
    """How many answers are the staff's alone."""
    cell = f"{outcome.key}/mode/by/staff_alone"
    if not read.report.has(cell) or read.cell(cell).hidden == INTERNAL:
        return ""
    return read.say("{n} är ifyllda av personalen ensam: personen själv har inte svarat.", n=read.count(cell).capitalize())  # fmt: skip


def _trust(read: Reader, outcome: Outcome) -> str:
    """What the answers cannot say, else what the missing could change."""
    blind = sentences.blind_spot(read, outcome)
    if blind or not read.report.has(f"{outcome.key}/positive/bounds"):
        return blind
    return sentences.good_range(read, outcome)


def why_missing(read: Reader, outcome: Outcome) -> list[Block]:
    """Why answers are missing, as the files say it; the primary one's stand with the loss."""
    return [] if outcome is read.report.main else reason_table(read, outcome, read.say("Varför mätning saknas"))


def reason_table(read: Reader, outcome: Outcome, head: str) -> list[Block]:
    """The missing by reason; a hidden reason has no name, for that somebody died or was placed may tell who it is."""
    cells = {name: f"{outcome.key}/reason/by/{name}" for name in REASONS}
    there = {name: cell for name, cell in cells.items() if read.report.has(cell) and read.cell(cell).hidden != INTERNAL}
    rows = [(read.say(REASONS[name]), read.count(cell)) for name, cell in there.items() if read.shown(cell)]
    rows += [(read.say("övriga skäl"), HIDDEN)] if len(rows) < len(there) else []
    if not rows:
        return []
    columns = (Column(head), Column(read.say("Antal"), "right"))
    caption = read.say("{measure}: varför uppgiften saknas, enligt filerna", measure=read.name(outcome.measure))
    return [Table(caption, columns, tuple(rows), basis=basis.of_outcome(read, outcome))]


def reasons_of_parts(read: Reader, family: Sequence[Outcome], names: Iterable[str]) -> list[Block]:
    """Why answers are missing, a row a part."""
    found = list(zip(names, family, strict=True))
    named = [name for name in REASONS if any(read.shown(f"{outcome.key}/reason/by/{name}") for outcome in family)]
    if not named:
        return []
    rows = tuple(
        (part, *(_reason(read, f"{outcome.key}/reason/by/{name}") for name in named)) for part, outcome in found
    )
    columns = (Column(read.say("Del")), *(Column(read.say(REASONS[name]), "right") for name in named))
    caption = read.say("Varför uppgiften saknas, enligt filerna")
    return [Table(caption, columns, rows, basis=read.say("Av dem som saknas för varje del."))]


def _reason(read: Reader, cell: str) -> str:
    return read.count(cell) if read.report.has(cell) else read.numbers.whole(0)


def first_answer(outcome: Outcome) -> str:
    """Cell of the first answer that says something."""
    return f"{outcome.key}/level/{ordinary(outcome.measure)[0].code}"


def outside(outcome: Outcome) -> list[Level]:
    """Answers that stand in no denominator."""
    return special(outcome.measure, "not_applicable")
