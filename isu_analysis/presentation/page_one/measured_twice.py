"""First page where the same person was measured or known twice."""

from __future__ import annotations

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
from isu_analysis.presentation.outcomes.sessions import validity
from isu_analysis.presentation.page_one.parts import about, figure, meant, two, unknown
from isu_analysis.presentation.reader import Reader


def change(read: Reader) -> list[Block]:
    """First page of a unit whose primary outcome is a scale measured twice."""
    outcome = read.report.main
    key = outcome.key
    title, text, tone = sentences.verdict_of_change(read, outcome)
    figures_row = KeyFigures((
        meant(read),
        KeyFigure("mättes två gånger", read.count(f"{key}/paired"), read.percent_of(f"{key}/paired_share", "av alla")),
        KeyFigure("saknar någon mätning", read.count(f"{key}/lost"), read.percent_of(f"{key}/lost_share", "av alla")),
    ))  # fmt: skip
    shown = bars.change_bars(read, outcome)
    return [
        Paragraph(about(read, outcome)),
        figures_row,
        two(_usual_change(read, outcome), _known_change(read, outcome)),
        *figure(
            shown,
            f"{outcome.measure.name_sv}, {read.occasion(outcome.start)} till {read.occasion(outcome.end)}. Samma resultat, två nämnare.",
        ),
        Heading("Det viktigaste", 3),
        Bullets(tuple(_main_points_of_change(read, outcome))),
        Callout(title, text, tone),  # type: ignore[arg-type]
    ]


def _usual_change(read: Reader, outcome: Outcome) -> list[str]:
    key = outcome.key
    if outcome.criterion and read.shown(f"{key}/better/share"):
        first = f"«{read.percent(f'{key}/better/share')} blev bättre.»"
    elif read.shown(f"{key}/change"):
        verb = "sjönk" if read.value(f"{key}/change") < 0 else "steg"
        first = f"«Poängen {verb} i snitt {read.size(f'{key}/change')}.»"
    else:
        return ["Ett medelvärde för dem som mättes, som om de vore alla."]
    return [first, f"Räknat på {read.people(f'{key}/paired')} som mättes två gånger, som om de vore alla."]


def _known_change(read: Reader, outcome: Outcome) -> list[str]:
    key = outcome.key
    if not outcome.criterion:
        return [
            f"Av alla {read.count(read.whole(outcome))} är {read.count(f'{key}/paired')} mätta två gånger.",
            unknown(read, f"{key}/lost"),
        ]
    known = (
        f"Av alla {read.count(read.whole(outcome))} blev {read.how_many(f'{key}/better')} säkert bättre, {read.how_many(f'{key}/unchanged')} fick ingen "
        f"säker förändring och {read.how_many(f'{key}/deteriorated')} blev säkert sämre. {unknown(read, f'{key}/lost')}"
    )
    return [known, sentences.share_range(read, outcome, f"{key}/better/bounds", "blev", "säkert bättre")]


def _main_points_of_change(read: Reader, outcome: Outcome) -> list[str]:
    lines = [sentences.mean_change(read, outcome)]
    if read.report.has(f"{outcome.key}/points/several"):
        lines.append(validity(read, outcome))
    if any(group.kind == "trial_arms" for group in read.report.context.unit.subgroups):
        lines.append(sentences.trial_arms(read, outcome))
    else:
        lines.append("Siffrorna visar en förändring, inte dess orsak: ingen jämförelsegrupp finns.")
    return [line for line in lines if line]


def transition(read: Reader) -> list[Block]:
    """First page of a unit whose primary outcome is a named state before and after."""
    outcome = read.report.main
    key, whole = outcome.key, read.count(read.whole(outcome))
    shown = bars.transition_bars(read, outcome)
    counts = [f"{read.how_many(f'{key}/{name}')} {words}" for name, words in
              (("up", "kom närmare det önskade"), ("same", "var lika nära"), ("down", "kom längre från det"))
              if read.report.has(f"{key}/{name}")]  # fmt: skip
    if not counts and read.report.has(f"{key}/from_good"):
        counts = [f"{read.how_many(f'{key}/from_good')} hade vid start ett läge som räknas som gott",
                  f"{read.how_many(f'{key}/to_good')} hade det vid slut"]  # fmt: skip
    usual = "Läget för dem som är kända vid start och slut, som om de vore alla."
    if read.report.has(f"{key}/up") and read.shown(f"{key}/up/share"):
        usual = f"«{read.percent(f'{key}/up/share')} kom närmare det önskade.» Räknat på {read.count(f'{key}/paired')}, som om de vore alla."
    row = (
        meant(read),
        KeyFigure(
            "kända vid start och slut", read.count(f"{key}/paired"), read.percent_of(f"{key}/paired_share", "av alla")
        ),
        KeyFigure("saknar någon uppgift", read.count(f"{key}/lost"), read.percent_of(f"{key}/lost_share", "av alla")),
    )
    return [
        Paragraph(about(read, outcome)),
        KeyFigures(row),
        two([usual], [f"Av alla {whole}: {', '.join(counts)}." if counts else "", unknown(read, f"{key}/lost")]),
        *figure(shown, f"{outcome.measure.name_sv}, {read.occasion(outcome.start)} till {read.occasion(outcome.end)}."),
        Paragraph("Siffrorna visar en förändring, inte dess orsak: ingen jämförelsegrupp finns."),
    ]
