"""Can the result be trusted? Who is missing, and what the missing could change."""

from __future__ import annotations

import math
from collections.abc import Callable

from isu_analysis.analysis.results import Outcome
from isu_analysis.disclosure.gate import INTERNAL
from isu_analysis.presentation import figures, numbers, sentences
from isu_analysis.presentation.blocks import Block, Bullets, Callout, Column, Figure, Heading, Paragraph, Table
from isu_analysis.presentation.outcomes.levels import reason_table
from isu_analysis.presentation.page_one.measured_once import positive_claim
from isu_analysis.presentation.reader import REASONS, Reader

_ESTIMATES = {
    "completers": "Bara de som mättes två gånger",
    "ml_two_wave": "Alla med startvärde, om de som saknas följde det",
    "ml_all_waves": "Alla med startvärde, om de som saknas följde sina alla mätningar",
    "carried_back": "Alla med startvärde, om ingen som saknas förändrades",
}
_BALANCE = {
    "imbalanced": "skiljer sig", "balanced": "liknar varandra", "cannot_tell": "går inte att avgöra",
}  # fmt: skip


def blocks(read: Reader) -> list[Block]:
    """Loss, estimates side by side, bounds and verdict of the primary outcome."""
    outcome = read.report.main
    out: list[Block] = [Heading("Går resultatet att lita på?")]
    if not outcome.once and not read.report.has(f"{outcome.key}/paired"):
        return [*out, *_of_anonymous(read, outcome)]
    return [*out, *_BY_DESIGN[outcome.design](read, outcome)]


def _of_anonymous(read: Reader, outcome: Outcome) -> list[Block]:
    return [Paragraph(
        "Svaren är anonyma, så det går inte att se vilka som föll bort mellan start och slut. Inte heller går det att "
        "räkna på vad de som saknas kan ändra. Det som går att säga är hur många som fyllde i vid varje tillfälle."
    )]  # fmt: skip


def _of_transition(read: Reader, outcome: Outcome) -> list[Block]:
    return [Paragraph(_known_twice(read, outcome)), *_reasons(read)]


def _known_twice(read: Reader, outcome: Outcome) -> str:
    key = outcome.key
    if read.value(f"{key}/lost") == 0:
        return "Läget är känt vid både start och slut för alla. Ingen saknas."
    said = f"{key}/lost/not_known"
    unknown = f" För {read.count(said)} av dem står det att läget är okänt." if read.report.has(said) else ""
    return (
        f"Läget är inte känt vid både start och slut för {read.count(f'{key}/lost')} av {read.count(read.whole(outcome))}"
        f"{read.bracket(f'{key}/lost_share')}.{unknown} Hur det gick för dem vet vi inte."
    )


def _of_change(read: Reader, outcome: Outcome) -> list[Block]:
    key = outcome.key
    if read.value(f"{key}/lost") == 0:
        title, text, tone = sentences.verdict_of_change(read, outcome)
        return [Paragraph("Alla är mätta två gånger. Ingen saknas."), Callout(title, text, tone)]  # type: ignore[arg-type]
    out: list[Block] = [Paragraph(
        f"{read.count(f'{key}/lost')} av {read.count(read.whole(outcome))} är inte mätta två gånger"
        f"{read.bracket(f'{key}/lost_share')}. Först visas hur de skiljer sig från de mätta i det som är känt, sedan vad "
        "de kan ändra."
    )]  # fmt: skip
    out += _reasons(read)
    out += _lost_against_kept(read, outcome)
    out += _estimates(read, outcome)
    out += _apart(read, outcome)
    title, text, tone = sentences.verdict_of_change(read, outcome)
    out.append(Callout(title, text, tone))  # type: ignore[arg-type]
    return out


def _reasons(read: Reader) -> list[Block]:
    """Why measurements are missing: as the files say it of each person, and as the unit says it of all."""
    main, reasons = read.report.main, read.report.context.unit.attrition_reasons
    place = f"{main.key}/reason/by/"
    found = [
        name for name in REASONS if read.report.has(f"{place}{name}") and read.cell(f"{place}{name}").hidden != INTERNAL
    ]
    out: list[Block] = [reason_table(read, main, found)] if found else []
    return [*out, Heading("Varför mätningar saknas, enligt enheten", 3), Bullets(reasons)] if reasons else out


def _lost_against_kept(read: Reader, outcome: Outcome) -> list[Block]:
    place = f"{outcome.key}/loss/"
    found = [cell.id.removesuffix("/verdict") for cell in read.report.within(place) if cell.id.endswith("/verdict")]
    if not found:
        return []
    if read.cell(f"{found[0]}/verdict").hidden:
        return [
            Paragraph("Jämförelsen mellan mätta och bortfall bakgrund för bakgrund finns bara i den interna rapporten.")
        ]
    rows = tuple(
        row for cell_id in _without_mirrors(found) if (row := _compared(read, cell_id.removeprefix(place), cell_id))
    )
    columns = (Column("Känt vid start"), Column("Mätta", "right"), Column("Bortfall", "right"),
               Column("Skillnad, 95 % intervall", "right"), Column("De två grupperna"))  # fmt: skip
    note = (
        "«Går inte att avgöra»: grupperna är för små för att visa om de liknar varandra. Det är inte detsamma som lika."
    )
    return [Table("De som mättes två gånger och de som föll bort", columns, rows, note)]


def _without_mirrors(found: list[str]) -> list[str]:
    """Leave out the second level of a variable with two: it says the same with the sign turned."""
    levels: dict[str, list[str]] = {}
    for cell_id in found:
        levels.setdefault(cell_id.rsplit("/", 1)[0], []).append(cell_id)
    mirrors = {both[1] for both in levels.values() if len(both) == 2}
    return [cell_id for cell_id in found if cell_id not in mirrors]


def _compared(read: Reader, name: str, cell_id: str) -> tuple[str, ...] | None:
    variable, kind, level = name.split("/", 2)
    kept, lost, difference = (read.cell(f"{cell_id}/{part}") for part in ("kept", "lost", "difference"))
    if kind == "missing" and not kept.value and not lost.value:
        return None
    if kind == "number":
        texts = [
            numbers.decimal(kept.value),
            numbers.decimal(lost.value),
            _with_interval(difference.value, difference.low, difference.high),
        ]
        label = read.variable(variable)
    else:
        texts = [numbers.percent(kept.value, None), numbers.percent(lost.value, None),
                 _with_interval(100 * difference.value, 100 * difference.low, 100 * difference.high, 0)]  # fmt: skip
        label = f"{read.variable(variable)}: {'uppgift saknas' if kind == 'missing' else read.level(variable, level)}"
    return (label, *texts, _BALANCE.get(read.code(f"{cell_id}/verdict"), numbers.RANGE))


def _with_interval(value: float, low: float, high: float, places: int = 1) -> str:
    if math.isnan(low):
        return numbers.decimal(value, places)
    return f"{numbers.decimal(value, places)} ({numbers.interval(low, high, places)})"


def _estimates(read: Reader, outcome: Outcome) -> list[Block]:
    shown = {name: label for name, label in _ESTIMATES.items() if read.report.has(f"{outcome.key}/estimate/{name}")}
    if not shown or not read.shown(*(f"{outcome.key}/estimate/{name}" for name in shown)):
        return [Paragraph("Vad de som saknas kan ändra visas inte: underlaget är för litet.")]
    cells = [read.cell(f"{outcome.key}/estimate/{name}") for name in shown]
    words = "; ".join(
        f"{label} {numbers.decimal(cell.value)} ({numbers.interval(cell.low, cell.high)})"
        for label, cell in zip(shown.values(), cells, strict=True)
    )
    out: list[Block] = [Heading("Samma fråga med olika antaganden om dem som saknas", 3)]
    # A drawing holds its numbers: they are rounded as printed before they are drawn.
    rounded = [(round(cell.value, 1), round(cell.low, 1), round(cell.high, 1)) for cell in cells]
    if not any(math.isnan(number) for numbers_of in rounded for number in numbers_of):
        drawn = figures.estimates(list(shown.values()), rounded, "Förändring i poäng", "ingen förändring",
                                  lambda value: read.numbers.decimal(value, 0))  # fmt: skip
        caption = f"Genomsnittlig förändring på {outcome.measure.name_sv} med 95 % intervall."
        out.append(Figure(drawn, f"Genomsnittlig förändring i poäng med 95 % intervall. {words}.", caption))
    out.append(_estimate_table(read, outcome, shown))
    bounds = read.cell(f"{outcome.key}/bounds")
    if not bounds.hidden:
        out.append(Paragraph(
            f"Utan något antagande alls ligger genomsnittet för alla {read.count(read.whole(outcome))} mellan {numbers.decimal(bounds.low)} och {numbers.decimal(bounds.high)} poäng: "
            "så mycket rymmer skalan om det som inte är mätt är så lågt, eller så högt, som den tillåter."
        ))  # fmt: skip
    return out


def _estimate_table(read: Reader, outcome: Outcome, shown: dict[str, str]) -> Table:
    rows = tuple(
        (label, read.points(f"{outcome.key}/estimate/{name}"), read.interval(f"{outcome.key}/estimate/{name}"))
        for name, label in shown.items()
    )
    columns = (Column("Antagande"), Column("Förändring, poäng", "right"), Column("95 % intervall", "right"))
    return Table(
        "Genomsnittlig förändring med olika antaganden",
        columns,
        rows,
        "Inget av antagandena går att pröva med uppgifterna i filen.",
    )


def _apart(read: Reader, outcome: Outcome) -> list[Block]:
    """What follows when the assumptions point apart."""
    names = [f"{outcome.key}/estimate/{name}" for name in ("completers", "ml_two_wave", "ml_all_waves")]
    if not all(read.report.has(name) for name in names) or not read.shown(*names):
        return []
    completers, start_only, all_waves = (read.value(name) for name in names)
    if (start_only - completers) * (all_waves - completers) >= 0:
        return []
    better = 1 if outcome.measure.higher_is_better else -1
    weaker = better * (all_waves - start_only) < 0
    return [
        Paragraph(
            f"Antagandena ger olika stor förändring, och de drar åt olika håll: {numbers.decimal(completers)} för de mätta, {numbers.decimal(start_only)} om "
            f"bara startvärdet används och {numbers.decimal(all_waves)} om alla mätningar används. De som föll bort hade "
            f"alltså haft en {'svagare' if weaker else 'starkare'} utveckling innan de försvann än deras startvärden låter "
            "ana. Därför bygger omdömet här på alla mätningar. Det visar också att mätningar under tiden är det bästa "
            "skyddet mot bortfall."
        )
    ]


def _of_levels(read: Reader, outcome: Outcome) -> list[Block]:
    key, everyone = outcome.key, read.count(read.whole(outcome))
    missing = sentences.missing_once(read, outcome)
    nobody = f"Alla {everyone} har en uppgift. Ingen saknas."
    out: list[Block] = [Paragraph(nobody if read.value(f"{key}/missing") == 0 else missing)]
    out += _reasons(read)
    if read.report.has(f"{key}/positive/bounds"):
        verb, what = positive_claim(outcome).split(" ", 1)
        if text := sentences.share_range(read, outcome, f"{key}/positive/bounds", verb, what):
            out.append(Paragraph(text))
        title, text, tone = sentences.verdict_of_share(read, outcome, positive_claim(outcome))
        out.append(Callout(title, text, tone))  # type: ignore[arg-type]
    if read.report.has(f"{key}/people/bounds"):
        what = f"minst ett svar eller mål bedömt som {sentences.positive_labels(outcome)}"
        if text := sentences.share_range(read, outcome, f"{key}/people/bounds", "har", what):
            out.append(Paragraph(text))
    return out


_BY_DESIGN: dict[str, Callable[[Reader, Outcome], list[Block]]] = {
    "change": _of_change,
    "sessions": _of_change,
    "transition": _of_transition,
    "needs": _of_transition,
    "levels": _of_levels,
    "target": _of_levels,
    "answers": _of_levels,
    "goals": _of_levels,
}
