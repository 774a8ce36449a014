"""Results, measure by measure: better, unchanged and worse with the same weight."""

from __future__ import annotations

from collections.abc import Callable

from isu_analysis.analysis.results import ELIGIBLE, Outcome
from isu_analysis.disclosure.gate import INTERNAL
from isu_analysis.disclosure.suppression import PRIMARY
from isu_analysis.presentation import bars, figures, numbers, sentences
from isu_analysis.presentation.blocks import Block, Callout, Column, Figure, Heading, Paragraph, Table
from isu_analysis.presentation.reader import RATERS, Reader

_KINDS = {
    "change": "uppmätt förändring",
    "cross_sections": "två anonyma tvärsnitt",
    "transition": "läge före och efter",
}
_LEVELS = {"closing": "utfall vid avslut", "judgement": "bedömd förändring", "after_only": "upplevd förändring", "target": "utfall vid avslut",
           "state": "läge vid avslut"}  # fmt: skip


def blocks(read: Reader) -> list[Block]:
    """Every outcome by the module of its design."""
    out: list[Block] = [Heading("Resultat")]
    for outcome in read.report.context.outcomes:
        out.append(Heading(f"{outcome.measure.name_sv}: {kind(read, outcome)}, {RATERS[outcome.rater]}", 3))
        out += _BY_DESIGN[outcome.design](read, outcome)
        out += [Callout("Att tänka på", caution, "note") for caution in outcome.measure.cautions[:1]]
    return out


def kind(read: Reader, outcome: Outcome) -> str:
    """Name what sort of result it is, in words that follow the design."""
    if outcome.design == "cross_sections" and read.report.context.unit.pairable(read.report.context.year):
        return "mätt vid ett av tillfällena"
    return _LEVELS.get(outcome.measure.kind, "utfall") if outcome.design == "levels" else _KINDS[outcome.design]


def _change(read: Reader, outcome: Outcome) -> list[Block]:
    key = outcome.key
    out: list[Block] = [Paragraph(sentences.mean_change(read, outcome))]
    if read.shown(f"{key}/paired") and read.value(f"{key}/paired") < read.report.context.unit.limits.pairs:
        return [
            Paragraph(
                f"{read.how_many(f'{key}/paired').capitalize()} är mätta två gånger. Det är för få för ett resultat."
            )
        ]
    if not outcome.criterion:
        return [*out, Paragraph(sentences.why_no_person_categories(outcome)), *_groups(read, outcome)]
    if not read.report.has(f"{key}/better"):
        return out
    out += [Paragraph(sentences.persons(read, outcome)), _category_table(read, outcome)]
    notes = [_limit(outcome), sentences.chance(read, outcome), _functional(read, outcome), _room(read, outcome)]
    out.append(Paragraph(" ".join(note for note in notes if note)))
    return out + _groups(read, outcome)


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


def _groups(read: Reader, outcome: Outcome) -> list[Block]:
    out: list[Block] = []
    for subgroup in read.report.context.unit.subgroups:
        place = f"{outcome.key}/by/{subgroup.by}/"
        found = (cell for cell in read.report.within(place) if cell.id.endswith("/eligible"))
        levels = [
            cell.id.removeprefix(place).removesuffix("/eligible")
            for cell in found
            if cell.hidden not in {PRIMARY, INTERNAL}
        ]
        rows = tuple(_group_row(read, subgroup.by, level, f"{place}{level}") for level in levels if level)
        if rows:
            columns = (Column(subgroup.label), Column("Mätta två gånger", "right"), Column("Förändring, poäng", "right"),
                       Column("95 % intervall", "right"))  # fmt: skip
            caption = f"{outcome.measure.name_sv} efter {subgroup.label.lower()}"
            out.append(Table(caption, columns, rows, _group_note(subgroup.kind)))
        if rows and subgroup.kind == "trial_arms" and (text := sentences.trial_arms(read, outcome)):
            out.append(Callout("Ett resultat är inte en effekt", text, "note"))
    return out


def _group_row(read: Reader, by: str, level: str, place: str) -> tuple[str, ...]:
    measured = f"{read.count(f'{place}/paired')} av {read.count(f'{place}/eligible')}"
    return read.level(by, level), measured, read.points(f"{place}/change"), read.interval(f"{place}/change")


def _group_note(kind: str) -> str:
    if kind == "trial_arms":
        return "Grupperna är prövningens egna. Skillnaden mellan dem gäller bara dem som mättes två gånger."
    return "Grupperna kan skilja sig från början. En skillnad mellan dem visar inte att insatsen verkar olika."


def _cross_sections(read: Reader, outcome: Outcome) -> list[Block]:
    rows = []
    for name in (outcome.start, outcome.end):
        place = f"{outcome.key}/seen/{name}"
        if name and read.report.has(f"{place}/mean"):
            rows.append(
                (
                    read.occasion(name),
                    read.count(f"{outcome.key}/at/{name}"),
                    read.points(f"{place}/mean"),
                    read.points(f"{place}/sd"),
                )
            )
    if not rows:
        return [Paragraph("Inga värden att visa.")]
    columns = (
        Column("Tillfälle"),
        Column("Svar", "right"),
        Column("Medelvärde", "right"),
        Column("Standardavvikelse", "right"),
    )
    note = "Två olika grupper. Skillnaden mellan raderna är inte en förändring hos någon."
    return [Table(f"{outcome.measure.name_sv} ({sentences.scale(outcome)})", columns, tuple(rows), note)]


def _levels(read: Reader, outcome: Outcome) -> list[Block]:
    key = outcome.key
    rows = [(level.label, read.count(f"{key}/level/{level.code}"), read.percent(f"{key}/level/{level.code}/share"),
             read.percent_interval(f"{key}/level/{level.code}/share"), read.percent(f"{key}/level/{level.code}/of_all"))
            for level in sorted(outcome.measure.levels, key=lambda level: -(level.order or 0))]  # fmt: skip
    rows.append(("uppgift saknas", read.count(f"{key}/missing"), "", "", read.percent(f"{key}/missing/share")))
    columns = (
        Column("Utfall"),
        Column("Antal", "right"),
        Column("Av dem med uppgift", "right"),
        Column("95 % intervall", "right"),
        Column("Av alla", "right"),
    )
    table = Table(f"{outcome.measure.name_sv}, alla utfall", columns, tuple(rows))
    out: list[Block] = [table]
    if outcome is not read.report.main and all(read.shown(f"{key}/level/{code}") for code in outcome.measure.codes):
        second = bars.level_bars(read, outcome)[1]
        out.insert(
            0,
            Figure(
                figures.divided_bars([second]),
                bars.in_words((second,)),
                f"{outcome.measure.name_sv}, av alla {read.count(ELIGIBLE)}.",
            ),
        )
    return out


def _transition(read: Reader, outcome: Outcome) -> list[Block]:
    key, measure = outcome.key, outcome.measure
    out: list[Block] = []
    if (
        outcome is not read.report.main
        and read.report.has(f"{key}/up")
        and read.shown(f"{key}/up", f"{key}/same", f"{key}/down")
    ):
        bar = bars.transition_bars(read, outcome)[1]
        caption = f"{measure.name_sv}: läget vid slut jämfört med start."
        out.append(Figure(figures.divided_bars([bar]), bars.in_words((bar,)), caption))
    columns = (
        Column("Från, vid start"),
        *(Column(f"till: {level.label}", "right") for level in measure.levels),
        Column("Alla", "right"),
    )
    rows = [
        (
            level.label,
            *(read.count(f"{key}/from/{level.code}/to/{other.code}") for other in measure.levels),
            read.count(f"{key}/from/{level.code}"),
        )
        for level in measure.levels
    ]
    rows.append(
        ("Alla", *(read.count(f"{key}/to/{level.code}") for level in measure.levels), read.count(f"{key}/paired"))
    )
    out.append(Table(f"{measure.name_sv}: från start till slut", columns, tuple(rows), _unknown_state(read, outcome)))
    return out


def _unknown_state(read: Reader, outcome: Outcome) -> str:
    lost = f"{outcome.key}/lost"
    return "" if read.value(lost) == 0 else f"Läget saknas vid start eller slut för {read.people(lost)}."


_BY_DESIGN: dict[str, Callable[[Reader, Outcome], list[Block]]] = {
    "change": _change,
    "cross_sections": _cross_sections,
    "levels": _levels,
    "transition": _transition,
}
