"""First page where needs are looked at area by area, twice."""

from __future__ import annotations

from isu_analysis.analysis.results import Outcome
from isu_analysis.disclosure.gate import INTERNAL
from isu_analysis.presentation import bars
from isu_analysis.presentation.blocks import Block, Bullets, Heading, KeyFigure, KeyFigures, Paragraph
from isu_analysis.presentation.outcomes.needs import became
from isu_analysis.presentation.page_one.parts import about, figure, meant, two, unknown
from isu_analysis.presentation.reader import RATERS, Reader


def needs(read: Reader) -> list[Block]:
    """First page of a unit whose primary outcome is needs."""
    outcome = read.report.main
    key = outcome.key
    known = read.report.has(f"{key}/asked") and read.cell(f"{key}/asked").hidden != INTERNAL
    row = (
        meant(read),
        KeyFigure(
            "är bedömda två gånger", read.count(f"{key}/paired"), read.percent_of(f"{key}/paired_share", "av alla")
        ),
        KeyFigure("saknar någon bedömning", read.count(f"{key}/lost"), read.percent_of(f"{key}/lost_share", "av alla")),
    )
    shown = bars.need_bars(read, outcome) if known else ()
    return [
        Paragraph(about(read, outcome)),
        KeyFigures(row),
        two(_usual(read, outcome, known), [_known(read, outcome), unknown(read, f"{key}/lost")]),
        *figure(
            shown, f"{outcome.measure.name_sv}, {RATERS[outcome.rater]}: behov som inte var tillgodosedda vid start."
        ),
        Heading("Det viktigaste", 3),
        Bullets((*(became(read, outcome) if known else ()), *_limits())),
    ]


def _usual(read: Reader, outcome: Outcome, known: bool) -> list[str]:
    key = outcome.key
    if not known or not read.shown(f"{key}/resolved/share"):
        return ["Behoven hos dem som är bedömda två gånger, som om de vore alla."]
    return [
        f"«{read.percent(f'{key}/resolved/share')} av behoven blev tillgodosedda.»",
        f"Räknat på {read.count(f'{key}/asked')} behov hos {read.people(f'{key}/paired')}, som om de vore alla.",
    ]


def _known(read: Reader, outcome: Outcome) -> str:
    key = outcome.key
    return f"Av alla {read.count(read.whole(outcome))} är {read.count(f'{key}/paired')} bedömda två gånger{read.bracket(f'{key}/paired_share')}."


def _limits() -> tuple[str, ...]:
    return (
        "Ett behov som är tillgodosett med hjälp är fortfarande ett behov. Antalet behov behöver inte minska för att det ska ha gått bra.",
        "Siffrorna visar en förändring, inte dess orsak: ingen jämförelsegrupp finns.",
    )
