"""Several answers or goals a person: answers and people are both counted."""

from __future__ import annotations

from isu_analysis.analysis.coverage import ordinary, special
from isu_analysis.analysis.results import Outcome
from isu_analysis.disclosure.gate import INTERNAL
from isu_analysis.presentation import numbers, sentences
from isu_analysis.presentation.blocks import Block, Column, Paragraph, Table
from isu_analysis.presentation.outcomes.levels import by_mode, in_order, why_missing
from isu_analysis.presentation.reader import NONE, Reader


def answers(read: Reader, outcome: Outcome) -> list[Block]:
    """Answers by level, and how many people they come from."""
    return [Paragraph(both(read, outcome, "svar", "svaren")), *_rest(read, outcome, "svar", "Svar")]


def goals(read: Reader, outcome: Outcome) -> list[Block]:
    """Goals by level, people with a goal reached, goals a person, and the T-score where the scale has five steps."""
    out: list[Block] = [Paragraph(both(read, outcome, "mål", "målen"))]
    return [*out, *_rest(read, outcome, "mål", "Mål"), *_t_score(read, outcome)]


def both(read: Reader, outcome: Outcome, one: str, them: str) -> str:
    """Answers (or goals) and people in one breath."""
    key = outcome.key
    several = (
        ""
        if has_one_each(read, key)
        else f" Flera {one} hos samma person är inte oberoende av varandra; intervallet räknar med det."
    )
    text = f"{read.count(f'{key}/answers')} {one} är bedömda, hos {read.people(f'{key}/answered')}."
    if not read.report.has(f"{key}/positive"):
        return text
    labels = sentences.positive_labels(outcome)
    interval = f", 95 % intervall {read.percent_interval(share)}" if (share := _with_interval(read, key)) else ""
    return (
        f"{text} Av {them} bedömdes {read.count(f'{key}/positive')} som {labels}{_share(read, key, interval)}. "
        f"{read.people(f'{key}/people').capitalize()} har minst ett sådant{read.bracket(f'{key}/people/of_all', 'av alla')}. "
        f"{_missing(read, key)}{several}"
    )


def has_one_each(read: Reader, key: str) -> bool:
    """Whether nobody has more than one."""
    cells = f"{key}/answers", f"{key}/answered"
    return read.shown(*cells) and read.value(cells[0]) == read.value(cells[1])


def _missing(read: Reader, key: str) -> str:
    missing = f"{key}/missing"
    return "Ingen bedömning saknas." if read.value(missing) == 0 else f"För {read.people(missing)} saknas bedömning."


def _with_interval(read: Reader, key: str) -> str:
    share = f"{key}/positive/share"
    return share if read.shown(share) and read.percent_interval(share) != NONE else ""


def _share(read: Reader, key: str, interval: str) -> str:
    text = read.bracket(f"{key}/positive/share")
    return text[:-1] + interval + ")" if text else ""


def _rest(read: Reader, outcome: Outcome, one: str, heading: str) -> list[Block]:
    key, measure = outcome.key, outcome.measure
    rows = [(level.label, read.count(f"{key}/level/{level.code}"), _percent(read, f"{key}/level/{level.code}/share"))
            for level in in_order(ordinary(measure))]  # fmt: skip
    rows += [
        (f"{level.label} (okänt)", read.count(f"{key}/level/{level.code}"), "")
        for level in special(measure, "not_known")
    ]
    if read.value(f"{key}/unrated") != 0:
        rows.append((f"{one} utan bedömning (okänt)", read.count(f"{key}/unrated"), ""))
    rows += [(f"{level.label} (räknas inte med)", read.count(f"{key}/level/{level.code}"), "") for level in special(measure, "not_applicable")]  # fmt: skip
    columns = (Column(heading), Column("Antal", "right"), Column(f"Av bedömda {one}", "right"))
    if read.cell(f"{key}/answers").hidden == INTERNAL:
        return [Paragraph(f"För få personer har bedömda {one}. Resten finns bara i den interna rapporten.")]
    out: list[Block] = [Table(f"{measure.name_sv}: alla {one}", columns, tuple(rows))]
    out += [] if has_one_each(read, key) else _number(read, outcome, one)
    notes = [*sentences.targets(read, outcome), sentences.blind_spot(outcome)]
    out += [Paragraph(" ".join(note for note in notes if note))] if any(notes) else []
    return [*out, *by_mode(read, outcome), *why_missing(read, outcome)]


def _percent(read: Reader, cell: str) -> str:
    return read.percent(cell) if read.bears_percent(cell) else NONE


def _number(read: Reader, outcome: Outcome, one: str) -> list[Block]:
    """People by how many answers they have; only where every number may be seen."""
    place = f"{outcome.key}/with/"
    if any(cell.hidden == INTERNAL for cell in read.report.within(place)):
        return [Paragraph(f"Hur många {one} var och en har visas bara i den interna rapporten.")]
    names = [cell.id.removeprefix(place) for cell in read.report.within(place)]
    rows = [(f"{name.replace('+', ' eller fler')} {one}", read.count(f"{place}{name}")) for name in names]
    rows.append(("ingen bedömning", read.count(f"{outcome.key}/missing")))
    columns = (Column(f"Antal {one} hos en och samma"), Column(read.unit_word.capitalize(), "right"))
    mean = f"{outcome.key}/per_person"
    note = f"I genomsnitt {read.points(mean)} {one}." if read.report.has(mean) and read.shown(mean) else ""
    return [Table(f"{outcome.measure.name_sv}: {read.unit_word} efter antal {one}", columns, tuple(rows), note)]


def _t_score(read: Reader, outcome: Outcome) -> list[Block]:
    cell = f"{outcome.key}/t"
    if not read.report.has(cell) or read.cell(cell).hidden == INTERNAL:
        return []
    return [
        Paragraph(
            f"T-värdet är i genomsnitt {read.points(cell)} (95 % intervall {read.interval(cell)}), där 50 betyder att målen i "
            "genomsnitt nåddes som väntat. Formeln är Kiresuk och Shermans från 1968: T = 50 + 10 · Σx / "
            f"√((1 − ρ) · n + ρ · n²) med ρ = {numbers.decimal(0.3)} och n mål med lika vikt. Läs det bredvid andelen mål som nåddes."
        )
    ]
