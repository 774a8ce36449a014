"""Behind several answers or goals a person: every level, how many each person has, and the T-score of goals."""

from __future__ import annotations

from dataclasses import dataclass

from isu_analysis.analysis.coverage import ordinary, special
from isu_analysis.analysis.results import Outcome
from isu_analysis.disclosure.release import INTERNAL
from isu_analysis.presentation import basis
from isu_analysis.presentation.appendix.of_levels import by_mode
from isu_analysis.presentation.blocks import Block, Column, Paragraph, Table
from isu_analysis.presentation.outcomes.levels import in_order, why_missing
from isu_analysis.presentation.outcomes.several import has_one_each
from isu_analysis.presentation.reader import NONE, Reader
from isu_analysis.presentation.wording import phrase

RHO = 0.3  # correlation between goals in Kiresuk and Sherman's formula


@dataclass(frozen=True)
class _Words:
    heading: str
    share: str
    unrated: str
    caption: str
    each: str
    each_caption: str
    mean: str
    hidden: str
    one: str
    two: str
    more: str


_ANSWERS = _Words(
    heading=phrase("Svar"),
    share=phrase("Av bedömda svar"),
    unrated=phrase("svar utan bedömning (okänt)"),
    caption=phrase("{measure}: alla svar"),
    each=phrase("Antal svar hos en och samma"),
    each_caption=phrase("{measure}: {people} efter antal svar"),
    mean=phrase("I genomsnitt {n} svar."),
    hidden=phrase("Hur många svar var och en har visas bara i den interna rapporten."),
    one=phrase("1 svar"),
    two=phrase("2 svar"),
    more=phrase("3 eller fler svar"),
)
_GOALS = _Words(
    heading=phrase("Mål"),
    share=phrase("Av bedömda mål"),
    unrated=phrase("mål utan bedömning (okänt)"),
    caption=phrase("{measure}: alla mål"),
    each=phrase("Antal mål hos en och samma"),
    each_caption=phrase("{measure}: {people} efter antal mål"),
    mean=phrase("I genomsnitt {n} mål."),
    hidden=phrase("Hur många mål var och en har visas bara i den interna rapporten."),
    one=phrase("1 mål"),
    two=phrase("2 mål"),
    more=phrase("3 eller fler mål"),
)


def answers(read: Reader, outcome: Outcome) -> list[Block]:
    """Everything about several answers but their bar."""
    return _blocks(read, outcome, _ANSWERS)


def goals(read: Reader, outcome: Outcome) -> list[Block]:
    """Everything about goals but their bar."""
    return [*_blocks(read, outcome, _GOALS), *_t_score(read, outcome)]


def _blocks(read: Reader, outcome: Outcome, words: _Words) -> list[Block]:
    key = outcome.key
    if read.cell(f"{key}/answers").hidden == INTERNAL:
        return []
    out: list[Block] = [_levels(read, outcome, words)]
    out += [] if has_one_each(read, key) else _number(read, outcome, words)
    return [*out, *by_mode(read, outcome), *why_missing(read, outcome)]


def _levels(read: Reader, outcome: Outcome, words: _Words) -> Table:
    key, measure = outcome.key, outcome.measure
    cell = f"{key}/level/"
    rows = [(read.label(level), read.count(f"{cell}{level.code}"), _percent(read, f"{cell}{level.code}/share"))
            for level in in_order(ordinary(measure))]  # fmt: skip
    rows += [(read.say("{label} (okänt)", label=read.label(level)), read.count(f"{cell}{level.code}"), "")
             for level in special(measure, "not_known")]  # fmt: skip
    if read.value(f"{key}/unrated") != 0:
        rows.append((read.say(words.unrated), read.count(f"{key}/unrated"), ""))
    rows += [(read.say("{label} (räknas inte med)", label=read.label(level)), read.count(f"{cell}{level.code}"), "")
             for level in special(measure, "not_applicable")]  # fmt: skip
    columns = (
        Column(read.say(words.heading)),
        Column(read.say("Antal"), "right"),
        Column(read.say(words.share), "right"),
    )
    caption = read.say(words.caption, measure=read.name(measure))
    return Table(caption, columns, tuple(rows), basis=basis.of_outcome(read, outcome))


def _percent(read: Reader, cell: str) -> str:
    return read.percent(cell) if read.bears_percent(cell) else NONE


def _number(read: Reader, outcome: Outcome, words: _Words) -> list[Block]:
    """People by how many answers they have; only where every number may be seen."""
    place, mean = f"{outcome.key}/with/", f"{outcome.key}/per_person"
    if any(cell.hidden == INTERNAL for cell in read.report.within(place)):
        return [Paragraph(read.say(words.hidden))]
    named = {"1": words.one, "2": words.two, "3+": words.more}
    rows = [(read.say(text), read.count(f"{place}{name}")) for name, text in named.items()]
    rows.append((read.say("ingen bedömning"), read.count(f"{outcome.key}/missing")))
    columns = (Column(read.say(words.each)), Column(read.unit_word.capitalize(), "right"))
    note = read.say(words.mean, n=read.points(mean)) if read.report.has(mean) and read.shown(mean) else ""
    caption = read.say(words.each_caption, measure=read.name(outcome.measure), people=read.unit_word)
    return [Table(caption, columns, tuple(rows), note, basis=basis.of_outcome(read, outcome))]


def _t_score(read: Reader, outcome: Outcome) -> list[Block]:
    cell = f"{outcome.key}/t"
    if not read.report.has(cell) or read.cell(cell).hidden == INTERNAL:
        return []
    return [Paragraph(read.say(
        "T-värdet är i genomsnitt {t} (95 % intervall {interval}), där 50 betyder att målen i genomsnitt nåddes som väntat. "
        "Formeln är Kiresuk och Shermans från 1968: T = 50 + 10 · Σx / √((1 − ρ) · n + ρ · n²) med ρ = {rho} och n mål med lika "
        "vikt. Läs det bredvid andelen mål som nåddes.",
        t=read.points(cell), interval=read.interval(cell), rho=read.numbers.decimal(RHO)))]  # fmt: skip
