"""First page where each person has several goals or answers: both are counted."""

from __future__ import annotations

from isu_analysis.analysis.coverage import ordinary
from isu_analysis.analysis.results import Outcome
from isu_analysis.presentation import bars, basis, sentences
from isu_analysis.presentation.blocks import Callout, KeyFigure
from isu_analysis.presentation.figures import Bar
from isu_analysis.presentation.page_one.parts import (
    Page,
    Picture,
    between,
    bracket,
    counted,
    everyone,
    how_sure,
    listed,
    meant,
    nobody,
    of_all,
)
from isu_analysis.presentation.reader import RATERS, Reader
from isu_analysis.presentation.wording import phrase

# The words of the two kinds: goals that somebody judged, and answers that somebody gave.
GOALS = {
    "someone": phrase("har minst ett bedömt mål"),
    "missing": phrase("saknar bedömning"),
    "several": phrase("bedömda mål"),
    "mean": phrase("i genomsnitt {mean} mål var"),
    "good": phrase("minst ett mål {labels}"),
    "other": phrase("inget mål {labels}"),
    "people": phrase("Av alla {of} har {some}{share} minst ett mål som bedömdes {labels}, och {none} har inget sådant mål."),
    "each": phrase("Av {of} mål bedömdes {answers}."),
    "count": phrase("Av alla {of} har {n} minst ett bedömt mål."),
    "lost": phrase("För {n} av {of} saknas bedömning, och hur det gick för dem vet ingen."),
    "between": phrase("För {n} av {of} saknas bedömning, så mellan {low} och {high} av alla {of} kan ha minst ett sådant mål."),
    "unrated": phrase("{n} mål till är inte bedömda: de räknas som okända."),
    "caption": phrase("{caption}. Överst räknas mål, underst de som har målen."),
    "usual": phrase("Så här låter det ofta: {share} av målen bedömdes {labels}, räknat på {n} mål hos {people} av {of}. Den som har många mål väger tyngst."),
}  # fmt: skip
ANSWERS = {
    "someone": phrase("har minst ett svar"),
    "missing": phrase("saknar svar"),
    "several": phrase("svar"),
    "mean": phrase("i genomsnitt {mean} svar var"),
    "good": phrase("minst ett svar {labels}"),
    "other": phrase("inget svar {labels}"),
    "people": phrase("Av alla {of} har {some}{share} minst ett svar {labels}, och {none} har inget sådant svar."),
    "each": phrase("Av {of} svar räknas {answers}."),
    "count": phrase("Av alla {of} har {n} minst ett svar."),
    "lost": phrase("För {n} av {of} saknas svar, och vad de skulle ha svarat vet ingen."),
    "between": phrase("För {n} av {of} saknas svar, så mellan {low} och {high} av alla {of} kan ha minst ett sådant svar."),
    "unrated": phrase("{n} svar till är tomma: de räknas som okända."),
    "caption": phrase("{caption}. Överst räknas svar, underst de som har svarat."),
    "usual": phrase("Så här låter det ofta: {share} av svaren är {labels}, räknat på {n} svar från {people} av {of}. Den som har svarat flera gånger väger tyngst."),
}  # fmt: skip


def goals(read: Reader) -> Page:
    """First page of a unit that follows up each person's goals."""
    return _page(read, GOALS)


def answers(read: Reader) -> Page:
    """First page of a unit whose people answer once for each support they had."""
    return _page(read, ANSWERS)


def _page(read: Reader, words: dict[str, str]) -> Page:
    outcome = read.report.main
    key = outcome.key
    return Page(
        (
            meant(read),
            counted(read, read.say(words["someone"]), f"{key}/answered", of_all(read, f"{key}/answered/share")),
            counted(read, read.say(words["missing"]), f"{key}/missing", of_all(read, f"{key}/missing/share")),
            *_several(read, key, words),
        ),
        _known(read, outcome, words),
        _unknown(read, outcome, words),
        _not_meant(read, outcome),
        _picture(read, outcome, words),
        _sure(read, outcome, words),
    )


def _one_each(read: Reader, key: str) -> bool:
    cells = f"{key}/answers", f"{key}/answered"
    return read.shown(*cells) and read.value(cells[0]) == read.value(cells[1])


def _several(read: Reader, key: str, words: dict[str, str]) -> tuple[KeyFigure, ...]:
    """How many goals or answers there are, unless each has one."""
    if _one_each(read, key):
        return ()
    mean = f"{key}/per_person"
    note = read.say(words["mean"], mean=read.points(mean)) if read.report.has(mean) and read.shown(mean) else ""
    return (counted(read, read.say(words["several"]), f"{key}/answers", note),)


def _known(read: Reader, outcome: Outcome, words: dict[str, str]) -> str:
    """Every answer where each person has one; else the people with a good one and those without."""
    key, of = outcome.key, everyone(read)
    if _one_each(read, key):
        ranked = sorted(ordinary(outcome.measure), key=lambda level: -(level.order or 0))
        return read.say(words["each"], of=read.count(f"{key}/answers"), answers=listed(read, [
            read.say("{n} som «{label}»{share}", n=read.how_many(f"{key}/level/{level.code}"), label=read.label(level),
                     share=bracket(read, f"{key}/level/{level.code}/share"))
            for level in ranked
        ]))  # fmt: skip
    if not read.report.has(f"{key}/people"):
        return read.say(words["count"], of=of, n=read.count(f"{key}/answered"))
    return read.say(words["people"], of=of, some=read.how_many(f"{key}/people"), share=bracket(read, f"{key}/people/of_all"),
                    none=read.how_many(f"{key}/people/none"), labels=sentences.positive_labels(read, outcome))  # fmt: skip


def _unknown(read: Reader, outcome: Outcome, words: dict[str, str]) -> str:
    key, of = outcome.key, everyone(read)
    missing, unrated = f"{key}/missing", f"{key}/unrated"
    if not nobody(read, missing):
        return _lost(read, outcome, words)
    if read.report.has(unrated) and not nobody(read, unrated):
        return read.say(words["unrated"], n=read.how_many(unrated).capitalize())
    return sentences.blind_spot(read, outcome) or read.say(
        "Alla {of} är med, men hur det gick sedan säger siffrorna inte.", of=of
    )


def _lost(read: Reader, outcome: Outcome, words: dict[str, str]) -> str:
    values = {"n": read.how_many(f"{outcome.key}/missing"), "of": everyone(read)}
    if ends := between(read, f"{outcome.key}/people/bounds"):
        return read.say(words["between"], **values, **ends)
    return read.say(words["lost"], **values)


def _not_meant(read: Reader, outcome: Outcome) -> str:
    if sentences.experienced(outcome):
        return read.say("Svaren gäller upplevelsen efteråt: utan mätning före finns ingen uppmätt förändring.")
    if outcome.rater == "staff":
        return read.say("Det är personalens bedömning: utan mätning före kan ingen förändring beräknas.")
    return read.say(
        "Bedömningen är {voice}: utan mätning före kan ingen förändring beräknas.",
        voice=read.say(RATERS[outcome.rater]),
    )


def _picture(read: Reader, outcome: Outcome, words: dict[str, str]) -> Picture:
    key, name = outcome.key, read.name(outcome.measure)
    shown: tuple[Bar, ...] = ()
    labels = sentences.positive_labels(read, outcome)
    if read.report.has(f"{key}/people"):
        shown = bars.people_bars(
            read, outcome, read.say(words["good"], labels=labels), read.say(words["other"], labels=labels)
        )
    if shown and _one_each(read, key) and read.value(f"{key}/missing") == 0:  # goals and people are the same
        shown = shown[:1]
    usual = ""
    if read.shown(f"{key}/positive/share") and not _one_each(read, key):
        usual = read.say(
            words["usual"], share=read.percent(f"{key}/positive/share"), labels=labels, n=read.count(f"{key}/answers"),
            people=read.how_many(f"{key}/answered"), of=everyone(read),
        )  # fmt: skip
    return Picture(shown, name, basis.of_outcome(read, outcome), usual, words["caption"])


def _sure(read: Reader, outcome: Outcome, words: dict[str, str]) -> tuple[Callout, ...]:
    everybody = how_sure(read, f"{outcome.key}/missing")
    missing = f"{outcome.key}/missing"
    blind = "" if nobody(read, missing) else sentences.blind_spot(read, outcome)
    return (everybody, Callout(read.say("Att tänka på"), blind, "note")) if blind else (everybody,)
