"""A scale measured twice: how much, for how many, and where no limit exists, why nobody is called better."""

from __future__ import annotations

from isu_analysis.analysis.results import Outcome
from isu_analysis.presentation import numbers, sentences
from isu_analysis.presentation.blocks import Block, Column, Paragraph, Table
from isu_analysis.presentation.outcomes.groups import of_change
from isu_analysis.presentation.reader import Reader


def blocks(read: Reader, outcome: Outcome) -> list[Block]:
    """Mean change, better, unchanged and worse, the real interval in days, and declared groups."""
    key = outcome.key
    out: list[Block] = [
        Paragraph(" ".join(text for text in (sentences.mean_change(read, outcome), *interval(read, outcome)) if text))
    ]
    if read.shown(f"{key}/paired") and read.value(f"{key}/paired") < read.report.context.unit.limits.pairs:
        return [
            Paragraph(
                f"{read.how_many(f'{key}/paired').capitalize()} är mätta två gånger. Det är för få för ett resultat."
            )
        ]
    if not outcome.criterion:
        out.append(Paragraph(sentences.why_no_person_categories(outcome)))
        return out + of_change(read, outcome, read.report.context.unit.subgroups)
    if not read.report.has(f"{key}/better"):
        return out
    out += [Paragraph(sentences.persons(read, outcome)), _category_table(read, outcome)]
    notes = [_limit(outcome), sentences.chance(read, outcome), _functional(read, outcome), _room(read, outcome)]
    out.append(Paragraph(" ".join(note for note in notes if note)))
    return out + of_change(read, outcome, read.report.context.unit.subgroups)


def interval(read: Reader, outcome: Outcome) -> list[str]:
    """How long it really was between the two measurements, and a warning where that is too short for the questions."""
    place = f"{outcome.key}/days"
    if not read.report.has(f"{place}/median") or not read.shown(f"{place}/median"):
        return []
    ends = ""
    if read.shown(f"{place}/shortest", f"{place}/longest"):
        ends = f", från {read.points(f'{place}/shortest', 0)} till {read.points(f'{place}/longest', 0)}"
    lines = [f"Mellan mätningarna gick det {read.points(f'{place}/median', 0)} dagar i median{ends}."]
    if read.code(f"{place}/frame") == "shorter" and outcome.measure.time_frame:
        lines.append(
            f"Frågorna gäller de senaste {outcome.measure.time_frame.days} dagarna: de två mätningarna frågar alltså delvis om "
            "samma tid, och förändringen kan se mindre ut än den är."
        )
    return lines


def _category_table(read: Reader, outcome: Outcome) -> Table:
    key = outcome.key
    names = {"recovered": "säkert bättre och under gränsvärdet", "improved": "säkert bättre", "improved_unknown": "säkert bättre, gränsvärdet okänt", "unchanged": "ingen säker förändring",
             "deteriorated": "säkert sämre"}  # fmt: skip
    if outcome.measure.higher_is_better:
        names["recovered"] = "säkert bättre och över gränsvärdet"
    if read.report.has(f"{key}/recovered"):
        names["improved"] = "säkert bättre, utan att passera gränsvärdet"
    rows = [(words, read.count(f"{key}/{name}"), read.percent(f"{key}/{name}/share"), read.percent_interval(f"{key}/{name}/share"), read.percent(f"{key}/{name}/of_all"))
            for name, words in names.items() if read.report.has(f"{key}/{name}")]  # fmt: skip
    rows.append(("inte mätta två gånger", read.count(f"{key}/lost"), "", "", read.percent(f"{key}/lost_share")))
    columns = (Column("Förändring"), Column("Antal", "right"), Column("Av de mätta", "right"), Column("95 % intervall", "right"),
               Column("Av alla", "right"))  # fmt: skip
    return Table(f"{outcome.measure.name_sv}: hur det gick för var och en", columns, tuple(rows))


def _limit(outcome: Outcome) -> str:
    criterion = outcome.criterion
    if criterion is None:
        return ""
    least = criterion.smallest_counting(outcome.measure.step)
    how = "publicerad gräns" if criterion.method == "published" else "beräknad ur mätfelet"
    places = 0 if outcome.measure.step >= 1 or float(least).is_integer() else 1
    own = f" Källa: {criterion.source}." if criterion.method != "published" else ""
    return f"Säker förändring är minst {numbers.decimal(least, places)} poäng ({how}).{own} «Ingen säker förändring» är inte detsamma som oförändrad."


def _functional(read: Reader, outcome: Outcome) -> str:
    cell = f"{outcome.key}/functional_at_start"
    if not read.report.has(cell):
        return ""
    return f"{read.count(cell).capitalize()} av de mätta låg redan vid start på den friska sidan om gränsvärdet och kan inte passera det."


def _room(read: Reader, outcome: Outcome) -> str:
    cell = f"{outcome.key}/could_improve"
    if not read.shown(cell, f"{outcome.key}/paired") or read.value(cell) == read.value(f"{outcome.key}/paired"):
        return ""
    return f"{read.count(cell).capitalize()} av {read.count(f'{outcome.key}/paired')} hade ett startvärde som lämnade plats för en säker förbättring."
