"""The mean from session to session, of all and of each ending: those who go on are other people than those who began."""

from __future__ import annotations

from isu_analysis.analysis.results import Outcome
from isu_analysis.presentation import basis
from isu_analysis.presentation.blocks import Block, Figure
from isu_analysis.presentation.figures.small_multiples import Course, courses
from isu_analysis.presentation.reader import Reader

MOST = 4  # groups beside one another: all, and each of the endings that people end by


def blocks(read: Reader, outcome: Outcome) -> list[Block]:
    """Small multiples of the course, nothing where a number in them is hidden."""
    groups = [read_one(read, f"{outcome.key}/session/all", read.say("Alla"))]
    place = f"{outcome.key}/session/ending/"
    endings = dict.fromkeys(cell.id.removeprefix(place).split("/")[0] for cell in read.report.within(place))
    groups += [read_one(read, f"{place}{name}", read.level("ending", name).capitalize()) for name in endings]
    shown = [group for group in groups if group is not None][:MOST]
    if not shown:
        return []
    measure = outcome.measure
    limits = (
        []
        if any(cutoff.group for cutoff in measure.active_cutoffs)
        else [cutoff.value for cutoff in measure.active_cutoffs]
    )
    words = read.say("Samtal"), read.say("Poäng i genomsnitt")
    drawn = courses(shown, (float(measure.minimum or 0), float(measure.maximum or 0)), words, limits, read.numbers.plain)  # fmt: skip
    caption = read.say("{measure}: genomsnittet från samtal till samtal. Talen längst ned är hur många det bygger på.",
                       measure=read.name(measure))  # fmt: skip
    note = read.say(
        "De som har många samtal är inte samma som började: linjen visar vilka som är kvar, inte hur det gick för var och en."
    )
    if limits:
        note = f"{read.say('Streckad linje: gränsvärde.')} {note}"
    return [Figure(drawn, " ".join(_in_words(read, group) for group in shown), caption, note, basis.of_outcome(read, outcome))]  # fmt: skip


def read_one(read: Reader, place: str, name: str) -> Course | None:
    """One group's course, or None where there is none to show."""
    numbers = [
        cell.id.rpartition("/")[2] for cell in read.report.within(f"{place}/") if cell.id.rpartition("/")[2].isdecimal()
    ]
    cells = [f"{place}/{number}" for number in numbers]
    if not cells or not read.shown(*cells, *(f"{cell}/mean" for cell in cells)):
        return None
    # A drawing holds its numbers: they are rounded as printed before they are drawn.
    means = tuple(round(read.value(f"{cell}/mean"), 1) for cell in cells)
    return Course(name, means, tuple(read.count(cell) for cell in cells))


def _in_words(read: Reader, group: Course) -> str:
    said = [
        read.say("samtal {number} {mean} poäng ({n})", number=read.numbers.whole(place), mean=read.numbers.decimal(mean), n=n)
        for place, (mean, n) in enumerate(zip(group.means, group.people, strict=True), start=1)
    ]  # fmt: skip
    return read.say("{group}: {course}.", group=group.name, course=", ".join(said))
