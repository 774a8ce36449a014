"""First page where each person has one answer: closing reasons, judgements, statements afterwards."""

from __future__ import annotations

from isu_analysis.analysis.results import ELIGIBLE, Outcome
from isu_analysis.presentation import bars, sentences
from isu_analysis.presentation.blocks import (
    Block,
    Bullets,
    Callout,
    Heading,
    KeyFigure,
    KeyFigures,
    Paragraph,
)
from isu_analysis.presentation.page_one.parts import about, figure, meant, two
from isu_analysis.presentation.reader import RATERS, Reader


def levels(read: Reader) -> list[Block]:
    """First page of a unit with one answer per person."""
    outcome = read.report.main
    key = outcome.key
    claim = positive_claim(outcome)
    shown = bars.level_bars(read, outcome)
    out: list[Block] = [
        Paragraph(about(read, outcome)),
        KeyFigures(_level_figures(read, outcome)),
        two(_usual_levels(read, outcome), _known_levels(read, outcome)),
        *figure(shown, f"{outcome.measure.name_sv}. Samma svar, två nämnare."),
        Heading("Det viktigaste", 3),
        Bullets(tuple(_main_points_of_levels(read, outcome))),
    ]
    if read.report.has(f"{key}/positive/verdict"):
        title, text, tone = sentences.verdict_of_share(read, outcome, claim)
        out.append(Callout(title, text, tone))  # type: ignore[arg-type]
    return out


def positive_claim(outcome: Outcome) -> str:
    """What a positive answer means, in words that follow the design of the follow-up."""
    labels = " eller ".join(f"«{level.label}»" for level in outcome.measure.levels if level.positive)
    verb = "svarade" if outcome.measure.kind == "after_only" else "fick utfallet"
    return f"{verb} {labels}"


def _level_figures(read: Reader, outcome: Outcome) -> tuple[KeyFigure, ...]:
    key = outcome.key
    answered = "svarade" if outcome.measure.kind == "after_only" else "har en uppgift"
    row = [meant(read)]
    if read.report.has("flow/completed"):
        row.append(
            KeyFigure(
                "fullföljde",
                read.count("flow/completed"),
                f"{read.percent('flow/completed_share')} av alla som började",
            )
        )
    row.append(KeyFigure(answered, read.count(f"{key}/answered"), f"{read.percent(f'{key}/answered/share')} av alla"))
    note = f"{read.percent(f'{key}/missing/share')} av alla"
    if read.report.has(f"{key}/missing_of_completed/share"):
        note = f"{read.percent(f'{key}/missing/share')} av dem som började, {read.percent(f'{key}/missing_of_completed/share')} av dem som fullföljde"
    row.append(
        KeyFigure(
            "saknar svar" if outcome.measure.kind == "after_only" else "saknar uppgift",
            read.count(f"{key}/missing"),
            note,
        )
    )
    return tuple(row)


def _usual_levels(read: Reader, outcome: Outcome) -> list[str]:
    key = outcome.key
    usual = f"{key}/positive/usual" if read.report.has(f"{key}/positive/usual") else f"{key}/positive/share"
    if not read.report.has(usual):
        return ["Svaren i procent av dem som svarade."]
    base = read.count(f"{key}/usual" if usual.endswith("/usual") else f"{key}/answered")
    left_out = [
        outcome.measure.level(code).label
        for code in read.report.context.unit.counting_outside
        if code in outcome.measure.codes
    ]
    outside = f" Räknas inte: {', '.join(f'«{label}»' for label in left_out)}." if left_out else ""
    return [f"«{read.percent(usual)} {positive_claim(outcome)}.»", f"Räknat på {base}, som om de vore alla.{outside}"]


def _known_levels(read: Reader, outcome: Outcome) -> list[str]:
    key = outcome.key
    if not read.report.has(f"{key}/positive"):
        return [f"{read.count(f'{key}/answered')} av {read.count(ELIGIBLE)} har svarat."]
    known = (
        f"Av alla {read.count(ELIGIBLE)} {'svarade' if outcome.measure.kind == 'after_only' else 'fick'} "
        f"{read.count(f'{key}/positive')} ({read.percent(f'{key}/positive/of_all')}) så. "
        f"{'Ingen uppgift saknas.' if read.value(f'{key}/missing') == 0 else 'För ' + read.people(f'{key}/missing') + ' saknas uppgift.'}"
    )
    return [
        known,
        sentences.share_range(
            read, outcome, f"{key}/positive/bounds", "svarade" if outcome.measure.kind == "after_only" else "fick", "så"
        ),
    ]


def _main_points_of_levels(read: Reader, outcome: Outcome) -> list[str]:
    key = outcome.key
    lines = [
        f"{read.percent(f'{key}/answered/share')} av alla har en uppgift ({read.count(f'{key}/answered')} av {read.count(ELIGIBLE)})."
    ]
    negative = [level for level in outcome.measure.levels if level.meaning in {"worse", "unchanged_or_worse"}]
    for level in negative:
        cell = f"{key}/level/{level.code}"
        lines.append(f"«{level.label}» är utfallet för {read.people(cell)} ({read.percent(f'{cell}/of_all')} av alla).")
    if outcome.measure.kind == "closing" and not negative:
        lines.append("Bland utfallen finns inget för oförändrat eller sämre: dåliga resultat kan inte synas.")
    if outcome.measure.kind == "after_only":
        lines.append(
            "Svaren gäller upplevd förändring efteråt. Det finns ingen mätning före, så ingen uppmätt förändring kan redovisas."
        )
    else:
        lines.append(
            f"Utfallet är {RATERS[outcome.rater]} vid avslutet. Det finns ingen mätning före, så ingen förändring kan beräknas."
        )
    return lines
