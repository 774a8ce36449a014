"""First page where each person has one answer: closing reasons, judgements, statements afterwards."""

from __future__ import annotations

from isu_analysis.analysis.coverage import ordinary
from isu_analysis.analysis.results import Outcome
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
from isu_analysis.presentation.outcomes.levels import mark_in_words, marked, placed
from isu_analysis.presentation.page_one.parts import about, figure, meant, two
from isu_analysis.presentation.reader import RATERS, Reader


def levels(read: Reader) -> list[Block]:
    """First page of a unit with one answer per person."""
    outcome = read.report.main
    key = outcome.key
    claim = positive_claim(outcome)
    usual, known = bars.level_bars(read, outcome)
    shown = (usual, marked(read, outcome, known))
    out: list[Block] = [
        Paragraph(about(read, outcome)),
        KeyFigures(_level_figures(read, outcome)),
        two(_usual_levels(read, outcome), _known_levels(read, outcome)),
        *figure(shown, f"{outcome.measure.name_sv}. Samma svar, två nämnare.{mark_in_words(shown[1])}"),
        Heading("Det viktigaste", 3),
        Bullets(tuple(_main_points_of_levels(read, outcome))),
    ]
    if read.report.has(f"{key}/positive/verdict"):
        title, text, tone = sentences.verdict_of_share(read, outcome, claim)
        out.append(Callout(title, text, tone))  # type: ignore[arg-type]
    return out


def positive_claim(outcome: Outcome) -> str:
    """What a positive answer means, in words that follow the design of the follow-up."""
    verb = "svarade" if sentences.experienced(outcome) else "fick utfallet"
    labels = sentences.positive_labels(outcome)
    return f"{verb} {labels}" if labels.startswith("«") else f"{'gav' if verb == 'svarade' else 'fick'} {labels}"


def _level_figures(read: Reader, outcome: Outcome) -> tuple[KeyFigure, ...]:
    key = outcome.key
    answered = "svarade" if sentences.experienced(outcome) else "har en uppgift"
    row = [meant(read)]
    if read.report.has("flow/completed"):
        row.append(
            KeyFigure(
                "fullföljde",
                read.count("flow/completed"),
                read.percent_of("flow/completed_share", "av alla som började"),
            )
        )
    row.append(KeyFigure(answered, read.count(f"{key}/answered"), read.percent_of(f"{key}/answered/share", "av alla")))
    note = read.percent_of(f"{key}/missing/share", "av alla")
    if read.report.has(f"{key}/missing_of_completed/share"):
        started = read.percent_of(f"{key}/missing/share", "av dem som började")
        note = f"{started}, {read.percent_of(f'{key}/missing_of_completed/share', 'av dem som fullföljde')}"
    row.append(
        KeyFigure(
            _missing_label(read, outcome),
            read.count(f"{key}/missing"),
            note,
        )
    )
    return tuple(row)


def _missing_label(read: Reader, outcome: Outcome) -> str:
    if sentences.experienced(outcome):
        return "saknar svar"
    return "har ett okänt utfall" if read.report.has(f"{outcome.key}/silent") else "saknar uppgift"


def _usual_levels(read: Reader, outcome: Outcome) -> list[str]:
    key = outcome.key
    usual = f"{key}/positive/usual" if read.report.has(f"{key}/positive/usual") else f"{key}/positive/share"
    if not read.report.has(usual):
        return ["Svaren i procent av dem som svarade."]
    base = read.count(f"{key}/usual" if usual.endswith("/usual") else f"{key}/answered")
    left_out = [
        outcome.measure.level(code).label
        for code in read.report.context.unit.counting_outside
        if code in {level.code for level in ordinary(outcome.measure)}
    ]
    outside = f" Räknas inte: {', '.join(f'«{label}»' for label in left_out)}." if left_out else ""
    return [f"«{read.percent(usual)} {positive_claim(outcome)}.»", f"Räknat på {base}, som om de vore alla.{outside}"]


def _known_levels(read: Reader, outcome: Outcome) -> list[str]:
    key = outcome.key
    if not read.report.has(f"{key}/positive"):
        return [f"{read.count(f'{key}/answered')} av {read.count(read.whole(outcome))} har svarat."]
    known = (
        f"Av alla {read.count(read.whole(outcome))} {'svarade' if outcome.measure.kind == 'after_only' else 'fick'} "
        f"{read.count(f'{key}/positive')}{read.bracket(f'{key}/positive/of_all')} så. "
        f"{sentences.nobody_knows(read, outcome)}"
    )
    return [
        known,
        sentences.share_range(
            read, outcome, f"{key}/positive/bounds", "svarade" if sentences.experienced(outcome) else "fick", "så"
        ),
    ]


def _main_points_of_levels(read: Reader, outcome: Outcome) -> list[str]:
    key = outcome.key
    lines = [_coverage(read, key, read.count(read.whole(outcome)))]
    negative = [level for level in ordinary(outcome.measure) if level.meaning in {"worse", "unchanged_or_worse"}]
    for level in negative:
        cell = f"{key}/level/{level.code}"
        lines.append(f"«{level.label}» är utfallet för {read.people(cell)}{read.bracket(f'{cell}/of_all', 'av alla')}.")
    lines += sentences.targets(read, outcome, source=False)
    if text := sentences.blind_spot(outcome):
        lines.append(text)
    if text := placed(read, outcome):
        lines.append(text)
    if sentences.experienced(outcome):
        lines.append(
            "Svaren gäller upplevd förändring efteråt. Det finns ingen mätning före, så ingen uppmätt förändring kan redovisas."
        )
    else:
        at = _when(read, outcome)
        lines.append(
            f"Utfallet är {RATERS[outcome.rater]} vid {at}. Det finns ingen mätning före, så ingen förändring kan beräknas."
        )
    return lines[1:] if len(lines) > MOST_POINTS else lines


MOST_POINTS = 3  # more would make page one two pages: the coverage, a key figure too, is then left out


def _coverage(read: Reader, key: str, everyone: str) -> str:
    counts = f"{read.count(f'{key}/answered')} av {everyone}"
    if read.bears_percent(f"{key}/answered/share"):
        return f"{read.percent(f'{key}/answered/share')} av alla har en uppgift ({counts})."
    return f"{counts} har en uppgift."


def _when(read: Reader, outcome: Outcome) -> str:
    occasion = read.report.context.unit.occasions[str(outcome.end)]
    return "avslutet" if occasion.role == "end" else occasion.label
