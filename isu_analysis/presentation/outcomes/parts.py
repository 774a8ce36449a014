"""Parts of the same questionnaire share one table: half a page each would hide the whole."""

from __future__ import annotations

from collections.abc import Iterable

from isu_analysis.analysis.coverage import ordinary
from isu_analysis.analysis.results import Outcome
from isu_analysis.presentation import sentences
from isu_analysis.presentation.blocks import Block, Column, Heading, Paragraph, Table
from isu_analysis.presentation.not_better import not_better
from isu_analysis.presentation.outcomes import kinds
from isu_analysis.presentation.reader import HIDDEN, NONE, Reader

FEWEST = 2  # parts; one has room for a figure of its own
SHARED = {"change", "levels", "target"}  # designs whose parts can stand below one another


def grouped(read: Reader, outcomes: Iterable[Outcome]) -> list[tuple[Outcome, ...]]:
    """Outcomes in their order, parts of one questionnaire that are looked at in the same way together.

    The primary outcome stands alone.
    """
    found: dict[tuple[str, ...], list[Outcome]] = {}
    for outcome in outcomes:
        found.setdefault(_family(read, outcome), []).append(outcome)
    groups: list[tuple[Outcome, ...]] = []
    for family in found.values():
        groups += [tuple(family)] if len(family) >= FEWEST else [(outcome,) for outcome in family]
    order = {outcome.key: place for place, outcome in enumerate(read.report.context.outcomes)}
    return sorted(groups, key=lambda group: order[group[0].key])


def _family(read: Reader, outcome: Outcome) -> tuple[str, ...]:
    whole, _, part = outcome.measure.id.partition(".")
    if not part or outcome.design not in SHARED or outcome is read.report.main:
        return (outcome.key,)
    answers = () if outcome.design == "change" else (sentences.positive_labels(read, outcome),)
    return (whole, outcome.design, outcome.at, str(outcome.criterion is not None), *answers)


def blocks(read: Reader, family: tuple[Outcome, ...]) -> list[Block]:
    """One heading and one table for all the parts."""
    several = len({outcome.rater for outcome in family}) > 1
    head = Heading(heading(read, family), 3)
    if family[0].design == "change":
        return [head, _changes(read, family, several), *_why(read, family[0])]
    return [head, _answers(read, family, several), *_blind(read, family)]


def heading(read: Reader, family: tuple[Outcome, ...]) -> str:
    """Name of the questionnaire, what sort of result it is, and every voice in it."""
    voices = dict.fromkeys(kinds.voice(read, outcome) for outcome in family)
    return read.say("{measure}: {kind}, {voice}", measure=whole(read, family[0]), kind=kinds.kind(read, family[0]),
                    voice=read.say(" och ").join(voices))  # fmt: skip


def whole(read: Reader, outcome: Outcome) -> str:
    """Name of the questionnaire that a part is of."""
    container = outcome.measure.id.partition(".")[0]
    return read.name(read.report.context.unit.measure(container))


def name(read: Reader, outcome: Outcome) -> str:
    """Name of a part without that of the whole."""
    full = read.name(outcome.measure)
    own = full.removeprefix(f"{whole(read, outcome)}, ") or full
    return own[:1].upper() + own[1:]


def _part(read: Reader, outcome: Outcome, several: bool) -> str:
    own = name(read, outcome)
    return read.say("{part} ({voice})", part=own, voice=kinds.voice(read, outcome)) if several else own


def basis(read: Reader, family: tuple[Outcome, ...]) -> str:
    """How many the parts build on."""
    everyone = list(dict.fromkeys(read.count(read.whole(outcome)) for outcome in family))
    return read.say("{n} delar, av alla {of}; hur många som är mätta och saknas står för varje del.",
                    n=read.numbers.whole(len(family)), of=read.say(" eller ").join(everyone))  # fmt: skip


def _changes(read: Reader, family: tuple[Outcome, ...], several: bool) -> Table:
    judged = all(outcome.criterion for outcome in family)
    ways = judged or all(read.shown(*_ways(outcome)) for outcome in family)
    rows = tuple(_change(read, outcome, several, ways) for outcome in family)
    heads = [read.say("Mätta två gånger"), read.say("Saknas"), read.say("Förändring, poäng (95 % intervall)")]  # fmt: skip
    if judged:
        heads += [read.say("Säkert bättre"), read.say("Ingen säker förändring"), read.say("Säkert sämre")]
    elif ways:
        heads += [read.say("Åt det bättre"), read.say("Samma poäng"), read.say("Åt det sämre")]
    columns = (Column(read.say("Del")), *(Column(head, "right") for head in heads))
    note = " ".join(_together(read, outcome) for outcome in family if not_better(read, outcome))
    return Table(_caption(read, family), columns, rows, note, basis=basis(read, family))


def _together(read: Reader, outcome: Outcome) -> str:
    """Unchanged and worse of a part in one number, as its row hides both."""
    return read.say("{part}: {told}", part=name(read, outcome), told=sentences.persons(read, outcome))


def _caption(read: Reader, family: tuple[Outcome, ...]) -> str:
    """Name of the whole, with the scale where the parts share it."""
    measure = whole(read, family[0])
    scales = {sentences.scale(read, outcome) for outcome in family}
    if len(scales) == 1:
        return read.say("{measure}: del för del ({scale})", measure=measure, scale=scales.pop())
    directions = {bool(outcome.measure.higher_is_better) for outcome in family}
    if len(directions) == 1:
        better = read.say("högre är bättre") if directions.pop() else read.say("lägre är bättre")
        return read.say("{measure}: del för del ({scale})", measure=measure, scale=better)
    return read.say("{measure}: del för del", measure=measure)


def _ways(outcome: Outcome) -> list[str]:
    """Cells of better, unchanged and worse: certain where there is a limit, else which way the score went."""
    if outcome.criterion:
        return [f"{outcome.key}/{name}" for name in ("better", "unchanged", "deteriorated")]
    return [f"{outcome.key}/way/{name}" for name in ("better", "same", "worse")]


def _change(read: Reader, outcome: Outcome, several: bool, ways: bool) -> tuple[str, ...]:
    key = outcome.key
    # Without a mean nobody was measured twice; that it is not there must not tell it where it is hidden.
    nothing = NONE if read.shown(f"{key}/paired") else HIDDEN
    change = read.points(f"{key}/change") if read.report.has(f"{key}/change") else nothing
    interval = read.interval(f"{key}/change") if read.report.has(f"{key}/change") else nothing
    moved = (
        change if interval in {NONE, HIDDEN} else read.say("{change} ({interval})", change=change, interval=interval)
    )
    counts = [read.count(cell) if read.report.has(cell) else nothing for cell in _ways(outcome)] if ways else []
    return (_part(read, outcome, several), read.count(f"{key}/paired"), read.count(f"{key}/lost"), moved, *counts)  # fmt: skip


def _why(read: Reader, outcome: Outcome) -> list[Block]:
    if outcome.criterion:
        return []
    text = read.say(
        "Ingen enskild kallas bättre eller sämre på {measure}: ingen källa säger hur stor en säker förändring är.",
        measure=whole(read, outcome),
    )
    return [Paragraph(text)]


def _answers(read: Reader, family: tuple[Outcome, ...], several: bool) -> Table:
    rows = tuple(_answer(read, outcome, several) for outcome in family)
    names = [read.say("Gott utfall"), read.say("Annat utfall"), read.say("Saknas"), read.say("Av alla"),
             read.say("Gott, av dem med uppgift"), read.say("95 % intervall")]  # fmt: skip
    columns = (Column(read.say("Del")), *(Column(name, "right") for name in names))
    caption = read.say("{measure}: del för del", measure=whole(read, family[0]))
    note = ""
    if any(level.positive for level in family[0].measure.levels):
        note = read.say("Som gott räknas {labels}.", labels=sentences.positive_labels(read, family[0]))
    return Table(caption, columns, rows, note, basis=basis(read, family))


def _answer(read: Reader, outcome: Outcome, several: bool) -> tuple[str, ...]:
    key = outcome.key
    good, share = f"{key}/positive", f"{key}/positive/share"
    own, everyone = _part(read, outcome, several), read.count(read.whole(outcome))
    if not read.report.has(good):
        return (own, NONE, read.count(f"{key}/answered"), read.count(f"{key}/missing"), everyone, NONE, NONE)
    return (own, read.count(good), _other(read, outcome), read.count(f"{key}/missing"), everyone, read.percent(share),
            read.percent_interval(share))  # fmt: skip


def _other(read: Reader, outcome: Outcome) -> str:
    """Answers that do not count as good, each of them a count of its own."""
    cells = [f"{outcome.key}/level/{level.code}" for level in ordinary(outcome.measure) if not level.positive]
    if len(cells) == 1:
        return read.count(cells[0])
    return read.numbers.whole(sum(map(read.value, cells))) if read.shown(*cells) else HIDDEN


def _blind(read: Reader, family: tuple[Outcome, ...]) -> list[Block]:
    said = dict.fromkeys(filter(None, (sentences.blind_spot(read, outcome) for outcome in family)))
    return [Paragraph(" ".join(said))] if said else []
