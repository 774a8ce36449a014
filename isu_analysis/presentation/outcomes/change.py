"""A scale measured twice: how much, for how many, and better, unchanged and worse of all with the unknown beside."""

from __future__ import annotations

from isu_analysis.analysis.grid import bins_of
from isu_analysis.analysis.results import Outcome
from isu_analysis.presentation import bars, basis, sentences
from isu_analysis.presentation.blocks import Block, Figure, Paragraph
from isu_analysis.presentation.figures.change_plot import Axes, Words, change_plot
from isu_analysis.presentation.outcomes import missing
from isu_analysis.presentation.outcomes.drawing import of_all
from isu_analysis.presentation.reader import Reader


def blocks(read: Reader, outcome: Outcome) -> list[Block]:
    """Mean change, better, unchanged and worse, what is missing, and all of it in one bar."""
    if too_few(read, outcome):
        n = read.how_many(f"{outcome.key}/paired").capitalize()
        return [Paragraph(read.say("{n} är mätta två gånger. Det är för få för ett resultat.", n=n))]
    said = [sentences.mean_change(read, outcome), same_time(read, outcome), _each(read, outcome), missing.in_words(read, outcome)]  # fmt: skip
    caption = read.say("{measure}, {start} till {end}.", measure=read.name(outcome.measure),
                       start=read.occasion(outcome.start), end=read.occasion(outcome.end))  # fmt: skip
    text: list[Block] = [Paragraph(" ".join(filter(None, said)))]
    return [*text, *of_all(read, outcome, bars.change_bars(read, outcome)[1], caption)]


def too_few(read: Reader, outcome: Outcome) -> bool:
    """Whether too few are measured twice for a result."""
    paired = f"{outcome.key}/paired"
    return read.shown(paired) and read.value(paired) < read.report.context.unit.limits.pairs


def same_time(read: Reader, outcome: Outcome) -> str:
    """Warn where the two measurements ask about the same time."""
    frame = outcome.measure.time_frame
    if frame is None or read.code(f"{outcome.key}/days/frame") != "shorter":
        return ""
    return read.say(
        "Frågorna gäller de senaste {days} dagarna: de två mätningarna frågar alltså delvis om samma tid, och förändringen "
        "kan se mindre ut än den är.",
        days=read.numbers.whole(frame.days),
    )


def _each(read: Reader, outcome: Outcome) -> str:
    if not outcome.criterion:
        return " ".join(filter(None, (_ways(read, outcome), sentences.why_no_person_categories(read, outcome))))
    return sentences.persons(read, outcome) if read.report.has(f"{outcome.key}/better") else ""


def _ways(read: Reader, outcome: Outcome) -> str:
    """Which way each score went, where no limit says how far is far enough."""
    place = f"{outcome.key}/way"
    if not read.shown(*(f"{place}/{name}" for name in ("better", "same", "worse"))):
        return ""
    return read.say(
        "Poängen gick åt det bättre för {better}, var densamma för {same} och gick åt det sämre för {worse}.",
        better=read.how_many(f"{place}/better"),
        same=read.how_many(f"{place}/same"),
        worse=read.how_many(f"{place}/worse"),
    )


def picture(read: Reader, outcome: Outcome) -> list[Block]:
    """Where each began and ended, in squares; nothing where a square may not be shown."""
    counts = squares(read, outcome)
    if not counts or too_few(read, outcome):
        return []
    measure, bins = outcome.measure, bins_of(outcome.measure)
    threshold = outcome.criterion.threshold if outcome.criterion else None
    used = read.report.has(f"{outcome.key}/functional_at_start")  # a limit for others than these is no limit here
    cutoffs = tuple(dict.fromkeys(cutoff.value for cutoff in measure.active_cutoffs)) if used else ()
    axes = Axes(
        bins.low,
        float(measure.maximum or 0),
        bins.width,
        bins.n,
        bins.whole,
        threshold,
        cutoffs,
        lower_is_better=not measure.higher_is_better,
    )
    drawn = change_plot(counts, axes, _words(read, outcome, axes), read.numbers.plain)
    caption = read.say(
        "{measure}: {start} mot {end}. Varje ruta är {width} poäng bred, talet är antal {people}.",
        measure=read.name(measure), start=read.occasion(outcome.start), end=read.occasion(outcome.end),
        width=read.numbers.plain(bins.width), people=read.unit_word)  # fmt: skip
    return [Figure(drawn, _in_words(read, outcome, counts), caption, basis=basis.of_outcome(read, outcome))]


def squares(read: Reader, outcome: Outcome) -> dict[tuple[int, int], float]:
    """How many in each square, or nothing where any of them is hidden."""
    place = f"{outcome.key}/grid/"
    cells = read.report.within(place)
    if any(cell.hidden for cell in cells):
        return {}
    found = {}
    for cell in cells:
        start, end = cell.id.removeprefix(place).split("/")
        found[int(start), int(end)] = cell.value
    return found


def _words(read: Reader, outcome: Outcome, axes: Axes) -> Words:
    band = cutoff = ""
    if axes.threshold is not None:
        band = read.say("Mellan de prickade linjerna: ingen säker förändring (under {points} poäng).",
                        points=read.numbers.plain(axes.threshold))  # fmt: skip
    if axes.cutoffs:
        limits = read.say(" och ").join(map(read.numbers.plain, axes.cutoffs))
        cutoff = read.say("Streckad linje: gränsvärde, {limits} poäng.", limits=limits)
    return Words(
        start=read.say("{occasion}, poäng", occasion=read.occasion(outcome.start).capitalize()),
        end=read.say("{occasion}, poäng", occasion=read.occasion(outcome.end).capitalize()),
        better=read.say("Bättre"),
        worse=read.say("Sämre"),
        no_change=read.say("Heldragen linje: samma poäng båda gångerna."),
        band=band,
        cutoff=cutoff,
    )


def _in_words(read: Reader, outcome: Outcome, counts: dict[tuple[int, int], float]) -> str:
    """Say what the squares show: how many on each side of the line, and where most people are."""
    better = sum(n for (start, end), n in counts.items() if end != start and (end > start) == bool(outcome.measure.higher_is_better))  # fmt: skip
    same = sum(n for (start, end), n in counts.items() if end == start)
    bins, top = bins_of(outcome.measure), float(outcome.measure.maximum or 0)
    (start, end), most = max(counts.items(), key=lambda item: item[1])
    plain = read.numbers.plain
    return read.say(
        "{better} slutade i en bättre ruta än de började i, {same} i samma och {worse} i en sämre. Flest, {most}, började på "
        "{a}–{b} och slutade på {c}–{d} poäng.",
        better=plain(better),
        same=plain(same),
        worse=plain(sum(counts.values()) - better - same),
        most=plain(most),
        a=plain(bins.low + start * bins.width),
        b=plain(min(bins.last(start), top)),
        c=plain(bins.low + end * bins.width),
        d=plain(min(bins.last(end), top)),
    )
