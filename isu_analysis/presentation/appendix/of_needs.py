"""Behind needs: each occasion, from start to end, and area by area."""

from __future__ import annotations

from isu_analysis.analysis.results import Outcome
from isu_analysis.disclosure.release import INTERNAL
from isu_analysis.presentation import basis
from isu_analysis.presentation.blocks import Block, Column, Paragraph, Table
from isu_analysis.presentation.outcomes import from_to
from isu_analysis.presentation.outcomes.levels import why_missing
from isu_analysis.presentation.outcomes.needs import STATES, is_internal, looked_at
from isu_analysis.presentation.reader import Reader
from isu_analysis.presentation.wording import phrase

_AT = {
    "unmet": phrase("ej tillgodosett vid {occasion}"),
    "met": phrase("tillgodosett vid {occasion}"),
    "not_known": phrase("vet inte vid {occasion}"),
}


def blocks(read: Reader, outcome: Outcome) -> list[Block]:
    """Each occasion, the table from-to, area by area, and why assessments are missing."""
    key, looked = outcome.key, looked_at(read, outcome)
    hidden = any(is_internal(read, f"{key}/areas/{name}") for name in looked)
    out: list[Block] = [] if hidden or not looked else [_occasions(read, outcome)]
    if read.report.has(f"{key}/asked") and not is_internal(read, f"{key}/both"):
        out += from_to.of_needs(read, outcome) or [_from_to(read, outcome)]
    return [*out, *_areas(read, outcome), *why_missing(read, outcome)]


def _occasions(read: Reader, outcome: Outcome) -> Table:
    names, key = looked_at(read, outcome), outcome.key
    rows = [(read.say(words), *(read.count(f"{key}/areas/{name}/{state}") for name in names)) for state, words in STATES.items()]  # fmt: skip
    rows.append((read.say("alla bedömda områden"), *(read.count(f"{key}/areas/{name}") for name in names)))
    at = [f"{key}/at/{name}" for name in names]
    assessed = read.say("{people} som är bedömda", people=read.unit_word)
    rows.append((assessed, *(read.count(cell) if read.report.has(cell) else read.numbers.whole(0) for cell in at)))
    heads = (read.say("vid {occasion}", occasion=read.occasion(name)) for name in names)
    columns = (Column(read.say("Områden")), *(Column(head, "right") for head in heads))
    note = read.say(
        "Svaren räknas var för sig och läggs aldrig ihop till en summa. Kolumnerna kan gälla olika många personer."
    )
    caption = read.say("{measure}: behov vid varje tillfälle", measure=read.name(outcome.measure))
    return Table(caption, columns, tuple(rows), note, basis=basis.of_outcome(read, outcome))


def _from_to(read: Reader, outcome: Outcome) -> Table:
    """The same as the figure, where some of its numbers are hidden."""
    key = outcome.key
    rows = [(read.say(words), *(read.count(f"{key}/from/{state}/to/{after}") for after in STATES), read.count(f"{key}/from/{state}"))
            for state, words in STATES.items()]  # fmt: skip
    rows.append((read.say("alla"), *(read.count(f"{key}/to/{after}") for after in STATES), read.count(f"{key}/both")))
    heads = [*(read.say("till: {state}", state=read.say(words)) for words in STATES.values()), read.say("Alla")]
    columns = (Column(read.say("Från, vid start")), *(Column(head, "right") for head in heads))
    caption = read.say("{measure}: områden från start till slut", measure=read.name(outcome.measure))
    return Table(caption, columns, tuple(rows), basis=basis.of_outcome(read, outcome))


def _areas(read: Reader, outcome: Outcome) -> list[Block]:
    place, names = f"{outcome.key}/area/", looked_at(read, outcome)
    cells = read.report.within(place)
    if not cells:
        return []
    if cells[0].hidden == INTERNAL:
        return [Paragraph(read.say("Område för område visas bara i den interna rapporten."))]
    areas = dict.fromkeys(cell.id.removeprefix(place).rsplit("/", 2)[0] for cell in cells)
    rows = tuple((read.own(area), *(text for name in names for text in _area(read, f"{place}{area}/{name}"))) for area in areas)  # fmt: skip
    heads = [read.say(words, occasion=read.occasion(name)) for name in names for words in _AT.values()]
    columns = (Column(read.say("Område")), *(Column(head, "right") for head in heads))
    caption = read.say("{measure}: område för område", measure=read.name(outcome.measure))
    return [Table(caption, columns, rows, basis=basis.of_outcome(read, outcome))]


def _area(read: Reader, place: str) -> list[str]:
    cells = [f"{place}/{state}" for state in _AT]
    return [read.count(cell) if read.report.has(cell) else read.numbers.whole(0) for cell in cells]
