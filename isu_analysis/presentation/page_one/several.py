"""First page where each person has several goals or answers: both are counted."""

from __future__ import annotations

from isu_analysis.analysis.results import Outcome
from isu_analysis.presentation import bars, sentences
from isu_analysis.presentation.blocks import Block, Bullets, Heading, KeyFigure, KeyFigures, Paragraph
from isu_analysis.presentation.outcomes.several import has_one_each
from isu_analysis.presentation.page_one.parts import about, figure, meant, two
from isu_analysis.presentation.reader import RATERS, Reader


def goals(read: Reader) -> list[Block]:
    """First page of a unit that follows up each person's goals."""
    return _page(read, "mål", "målen")


def answers(read: Reader) -> list[Block]:
    """First page of a unit whose people answer once for each support they had."""
    return _page(read, "svar", "svaren")


def _page(read: Reader, one: str, them: str) -> list[Block]:
    outcome = read.report.main
    key = outcome.key
    labels = sentences.positive_labels(outcome)
    shown = (
        bars.people_bars(read, outcome, f"minst ett {one} {labels}", f"inget {one} {labels}")
        if _has_good(read, key)
        else ()
    )
    row = (
        meant(read),
        KeyFigure(f"har minst ett bedömt {one}" if one == "mål" else "har minst ett svar", read.count(f"{key}/answered"),
                  read.percent_of(f"{key}/answered/share", "av alla")),
        KeyFigure("saknar bedömning", read.count(f"{key}/missing"), read.percent_of(f"{key}/missing/share", "av alla")),
        KeyFigure(f"bedömda {one}", read.count(f"{key}/answers"), _mean(read, key, one)),
    )  # fmt: skip
    return [
        Paragraph(about(read, outcome)),
        KeyFigures(row),
        two(_usual(read, outcome, one, them), _known(read, outcome, one)),
        *figure(shown, f"{outcome.measure.name_sv}. Överst räknas {one}, underst {read.unit_word}."),
        Heading("Det viktigaste", 3),
        Bullets(tuple(_main_points(read, outcome, one))),
    ]


def _has_good(read: Reader, key: str) -> bool:
    return read.report.has(f"{key}/people")


def _mean(read: Reader, key: str, one: str) -> str:
    cell = f"{key}/per_person"
    if has_one_each(read, key):
        return "ett var"
    return f"i genomsnitt {read.points(cell)} {one} var" if read.report.has(cell) and read.shown(cell) else ""


def _usual(read: Reader, outcome: Outcome, one: str, them: str) -> list[str]:
    key = outcome.key
    if not _has_good(read, key):
        return [f"Bedömda {one}, som om de vore alla."]
    return [
        f"«{read.percent(f'{key}/positive/share')} av {them} bedömdes som {sentences.positive_labels(outcome)}.»",
        f"Räknat på {read.count(f'{key}/answers')} {one}.{_weight(read, key, one)} Den som inte har något syns inte.",
    ]


def _weight(read: Reader, key: str, one: str) -> str:
    return "" if has_one_each(read, key) else f" Den som har många {one} väger tyngst."


def _known(read: Reader, outcome: Outcome, one: str) -> list[str]:
    key = outcome.key
    if not _has_good(read, key):
        return [f"{read.count(f'{key}/answered')} av {read.count(read.whole(outcome))} har en bedömning."]
    nobody = (
        "Ingen bedömning saknas."
        if read.value(f"{key}/missing") == 0
        else f"För {read.people(f'{key}/missing')} saknas bedömning."
    )
    known = (
        f"Av alla {read.count(read.whole(outcome))} har {read.count(f'{key}/people')}{read.bracket(f'{key}/people/of_all')} minst "
        f"ett sådant {one}. {nobody}"
    )
    return [known, sentences.share_range(read, outcome, f"{key}/people/bounds", "har", f"minst ett sådant {one}")]


def _main_points(read: Reader, outcome: Outcome, one: str) -> list[str]:
    key = outcome.key
    lines = [
        f"{read.count(f'{key}/answered').capitalize()} av {read.count(read.whole(outcome))} har minst ett bedömt {one}"
        f"{read.bracket(f'{key}/answered/share')}."
    ]
    if _has_good(read, key):
        lines.append(f"{read.people(f'{key}/people/none').capitalize()} har inget {one} som bedömdes så.")
    if read.value(f"{key}/unrated") != 0:
        lines.append(f"{read.count(f'{key}/unrated').capitalize()} {one} är inte bedömda. De räknas som okända.")
    voice = (
        "Svaren gäller upplevelsen efteråt"
        if sentences.experienced(outcome)
        else f"Bedömningen är {RATERS[outcome.rater]}"
    )
    lines.append(f"{voice}. Det finns ingen mätning före, så ingen förändring kan beräknas.")
    return [*lines, *sentences.targets(read, outcome, source=False), *filter(None, [sentences.blind_spot(outcome)])]
