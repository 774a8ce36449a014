"""A scale from the first to the last conversation, and a scale that only follows the work."""

from __future__ import annotations

from isu_analysis.analysis.results import ELIGIBLE, Outcome
from isu_analysis.analysis.sessions import BY_ENDING
from isu_analysis.presentation import numbers
from isu_analysis.presentation.blocks import Block, Column, Paragraph, Table
from isu_analysis.presentation.outcomes import change
from isu_analysis.presentation.outcomes.groups import of_change
from isu_analysis.presentation.reader import Reader


def blocks(read: Reader, outcome: Outcome) -> list[Block]:
    """How many conversations the figure rests on, the change from first to last, and the endings apart."""
    out: list[Block] = [Paragraph(validity(read, outcome)), _points(read, outcome)]
    out += change.blocks(read, outcome)
    return [*out, *of_change(read, outcome, (BY_ENDING,))]


def validity(read: Reader, outcome: Outcome) -> str:
    """How many have the two scores that a change needs."""
    place = f"{outcome.key}/points"
    median = f"{place}/median"
    middle = (
        f" Medianen är {read.points(median, 0)} mätningar." if read.report.has(median) and read.shown(median) else ""
    )
    return (
        f"{read.count(f'{place}/several').capitalize()} av {read.count(ELIGIBLE)} har minst två mätningar"
        f"{read.bracket(f'{place}/several/share')}. Bara de har en första och en sista; för övriga går ingen förändring att "
        f"räkna.{middle}"
    )


def _points(read: Reader, outcome: Outcome) -> Table:
    place = f"{outcome.key}/points/"
    names = {"0": "ingen mätning", "1": "en mätning", "2": "två mätningar", "3+": "tre eller fler"}
    rows = [(words, read.count(f"{place}{name}")) for name, words in names.items()]
    if read.report.has(f"{outcome.key}/functional_at_start"):
        side = "över" if outcome.measure.higher_is_better else "under"
        rows.append((f"varav med minst två: började {side} gränsvärdet och väntas inte bli bättre", read.count(f"{outcome.key}/functional_at_start")))  # fmt: skip
    rows.append(("alla", read.count(ELIGIBLE)))
    columns = (Column("Mätningar"), Column(read.unit_word.capitalize(), "right"))
    return Table(f"{outcome.measure.name_sv}: hur ofta det mättes", columns, tuple(rows))


def process(read: Reader, outcome: Outcome) -> list[Block]:
    """A signal about the work: whose last, or any, score asks for a talk."""
    key, name = outcome.key, outcome.measure.name_sv
    coverage = f"{read.count(f'{key}/cases').capitalize()} av {read.count(ELIGIBLE)} har svarat på {name} minst en gång{read.bracket(f'{key}/cases/share')}."  # fmt: skip
    note = f"{name} följer samarbetet i arbetet. Det är inget utfall och säger inget om hur det gick."
    if not read.report.has(f"{key}/last_below"):
        return [Paragraph(f"{coverage} {note}")]
    limit = " eller ".join(dict.fromkeys(numbers.plain(cutoff.value) for cutoff in outcome.measure.active_cutoffs))
    side = "under" if outcome.measure.higher_is_better else "över"
    text = (
        f"{coverage} Vid det senaste svaret låg {read.count(f'{key}/last_below')} av dem {side} {limit} poäng"
        f"{read.bracket(f'{key}/last_below/share')}, och någon gång under tiden {read.count(f'{key}/any_below')}"
        f"{read.bracket(f'{key}/any_below/share')}. Ett sådant svar är en anledning att fråga hur samarbetet fungerar. {note}"
    )
    return [Paragraph(text)]
