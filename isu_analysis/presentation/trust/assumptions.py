"""What the missing could change: the same change under different assumptions about them, and with none at all."""

from __future__ import annotations

import math

from isu_analysis.analysis.results import Outcome
from isu_analysis.presentation import basis, figures
from isu_analysis.presentation.blocks import Block, Column, Figure, Paragraph, Table
from isu_analysis.presentation.reader import Reader
from isu_analysis.presentation.wording import phrase

_LABELS = {
    "completers": phrase("bara de som mättes två gånger"),
    "ml_two_wave": phrase("om de som saknas gick som mätta med liknande startvärde"),
    "ml_all_waves": phrase("om de som saknas fortsatte som deras egna mätningar tyder på"),
    "carried_back": phrase("om ingen som saknas förändrades"),
}


def drawn(read: Reader, outcome: Outcome) -> list[Block]:
    """The figure, what it is without assumptions, and what follows where the assumptions point apart."""
    cells = _shown(read, outcome)
    if not cells:
        return [Paragraph(read.say("Vad de som saknas kan ändra visas inte: underlaget är för litet."))]
    return [*_figure(read, outcome, cells), *_bounds(read, outcome), *_apart(read, outcome)]


def in_full(read: Reader, outcome: Outcome) -> list[Block]:
    """The numbers of the figure."""
    cells = _shown(read, outcome)
    if not cells:
        return []
    rows = tuple((read.say(_LABELS[name]), read.points(cell), read.interval(cell)) for name, cell in cells.items())
    columns = (
        Column(read.say("Antagande")),
        Column(read.say("Förändring, poäng"), "right"),
        Column(read.say("95 % intervall"), "right"),
    )
    caption = read.say("{measure}: genomsnittlig förändring med olika antaganden", measure=read.name(outcome.measure))
    note = read.say("Inget av antagandena går att pröva med uppgifterna i filen.")
    return [Table(caption, columns, rows, note, basis=basis.of_outcome(read, outcome))]


def _shown(read: Reader, outcome: Outcome) -> dict[str, str]:
    """Cells of the estimates by name; none where one of them may not be shown."""
    cells = {name: f"{outcome.key}/estimate/{name}" for name in _LABELS}
    there = {name: cell for name, cell in cells.items() if read.report.has(cell)}
    return there if there and read.shown(*there.values()) else {}


def _figure(read: Reader, outcome: Outcome, cells: dict[str, str]) -> list[Block]:
    shown = [read.cell(cell) for cell in cells.values()]
    labels = [read.say(_LABELS[name]) for name in cells]
    # A drawing holds its numbers: they are rounded as printed before they are drawn.
    rounded = [(round(cell.value, 1), round(cell.low, 1), round(cell.high, 1)) for cell in shown]
    if any(math.isnan(number) for numbers in rounded for number in numbers):
        return [Paragraph(_in_words(read, labels, list(cells.values())))]
    svg = figures.estimates(labels, rounded, read.say("Förändring i poäng"), read.say("ingen förändring"),
                            read.numbers.decimal)  # fmt: skip
    caption = read.say("Samma förändring med olika antaganden om dem som saknas. {measure}, poäng med 95 % intervall.",
                       measure=read.name(outcome.measure))  # fmt: skip
    note = read.say("Gäller dem som har ett startvärde. Inget av antagandena går att pröva med uppgifterna i filen.")
    return [Figure(svg, _in_words(read, labels, list(cells.values())), caption, note, basis.of_outcome(read, outcome))]


def _in_words(read: Reader, labels: list[str], cells: list[str]) -> str:
    told = [
        read.say("{label}: {points} ({interval})", label=label, points=read.points(cell), interval=read.interval(cell))
        for label, cell in zip(labels, cells, strict=True)
    ]
    return read.say("Genomsnittlig förändring i poäng med 95 % intervall. {all}.", all="; ".join(told))


def _bounds(read: Reader, outcome: Outcome) -> list[Block]:
    bounds = read.cell(f"{outcome.key}/bounds")
    if bounds.hidden:
        return []
    text = read.say(
        "Utan något antagande ligger genomsnittet för alla {all} mellan {low} och {high} poäng. Så mycket rymmer skalan.",
        all=read.count(read.whole(outcome)),
        low=read.numbers.decimal(bounds.low),
        high=read.numbers.decimal(bounds.high),
    )
    return [Paragraph(text)]


def _apart(read: Reader, outcome: Outcome) -> list[Block]:
    """What follows when start values alone and all measurements pull the result to different sides."""
    cells = [f"{outcome.key}/estimate/{name}" for name in ("completers", "ml_two_wave", "ml_all_waves")]
    if not read.shown(*cells):
        return []
    completers, start_only, all_waves = map(read.value, cells)
    if (start_only - completers) * (all_waves - completers) >= 0:
        return []
    weaker = (all_waves < start_only) == bool(outcome.measure.higher_is_better)
    template = _WEAKER if weaker else _STRONGER
    points = dict(zip(("measured", "start", "all"), map(read.points, cells), strict=True))
    return [Paragraph(read.say(template, **points))]


_WEAKER = phrase(
    "Antagandena ger olika stor förändring, och de drar åt olika håll: {measured} för de mätta, {start} om bara startvärdet "
    "används och {all} om alla mätningar används. De som föll bort utvecklades alltså svagare innan de försvann än deras "
    "startvärden låter ana. Därför bygger omdömet på alla mätningar."
)
_STRONGER = phrase(
    "Antagandena ger olika stor förändring, och de drar åt olika håll: {measured} för de mätta, {start} om bara startvärdet "
    "används och {all} om alla mätningar används. De som föll bort utvecklades alltså starkare innan de försvann än deras "
    "startvärden låter ana. Därför bygger omdömet på alla mätningar."
)
