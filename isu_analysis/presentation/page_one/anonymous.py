"""First page of a year whose ratings are anonymous: two pictures, and a refusal to say change."""

from __future__ import annotations

from isu_analysis.analysis.results import ELIGIBLE, Outcome
from isu_analysis.presentation import bars
from isu_analysis.presentation.blocks import Callout, KeyFigure
from isu_analysis.presentation.page_one.parts import Page, Picture, counted, meant, number, of_all
from isu_analysis.presentation.reader import Reader
from isu_analysis.presentation.wording import phrase


def anonymous(read: Reader) -> Page:
    """How many answered at each occasion, and what that cannot say."""
    outcome = read.report.main
    return Page(
        (meant(read), *_answers(read, outcome)),
        _known(read, outcome),
        read.say("Hur många som finns i båda, och hur någon av dem förändrades, vet ingen."),
        read.say(
            "Skillnaden är inte en förändring hos någon: de som svarade sist kan vara andra än de som svarade först."
        ),
        _picture(read, outcome),
        (
            Callout(
                read.say("Ingen förändring redovisas"),
                read.say("Svaren är anonyma. Med ett kodnummer på blanketten kan start och slut paras ihop."),
                "refusal",
            ),
        ),
    )


def _cells(outcome: Outcome) -> tuple[str, str]:
    return f"{outcome.key}/at/{outcome.start}", f"{outcome.key}/at/{outcome.end}"


def _means(outcome: Outcome) -> tuple[str, str]:
    return f"{outcome.key}/seen/{outcome.start}/mean", f"{outcome.key}/seen/{outcome.end}/mean"


def _answers(read: Reader, outcome: Outcome) -> list[KeyFigure]:
    """Answers at each occasion that any answer can be laid to."""
    return [
        counted(
            read, read.say("svar vid {occasion}", occasion=read.occasion(name)), cell, of_all(read, f"{cell}/share")
        )
        for name, cell in zip((outcome.start, outcome.end), _cells(outcome), strict=True)
        if read.report.has(cell)
    ]


def _counts(read: Reader, outcome: Outcome) -> dict[str, str]:
    first, last = _cells(outcome)
    return {"n": read.how_many(first), "m": read.how_many(last), "of": number(read, ELIGIBLE),
            "start": read.occasion(outcome.start), "end": read.occasion(outcome.end)}  # fmt: skip


def _known(read: Reader, outcome: Outcome) -> str:
    """The mean of each occasion where both may be seen, else how many answers there are."""
    if not all(map(read.report.has, _cells(outcome))):
        return read.say("Av alla {of} vet ingen vilka som har svarat vid {start} eller {end}.", of=number(read, ELIGIBLE),
                        start=read.occasion(outcome.start), end=read.occasion(outcome.end))  # fmt: skip
    counts, means = _counts(read, outcome), _means(outcome)
    if not read.shown(*means):
        return read.say("Det finns {n} svar vid {start} och {m} vid {end}, och {of} skulle följas upp.", **counts)
    return read.say(
        "Medelvärdet på {measure} var {before} bland {n} svar vid {start} och {after} bland {m} svar vid {end}, av alla {of}.",
        measure=read.name(outcome.measure), before=read.points(means[0]), after=read.points(means[1]), **counts,
    )  # fmt: skip


def _picture(read: Reader, outcome: Outcome) -> Picture:
    if not all(map(read.report.has, _cells(outcome))):
        return Picture((), "", "")
    counts, means, name = _counts(read, outcome), _means(outcome), read.name(outcome.measure)
    usual = ""
    if read.shown(*means):
        usual = read.say("Så här låter det ofta: {measure} gick från {before} till {after}, som om de {n} och de {m} vore samma personer.",
                         measure=name, before=read.points(means[0]), after=read.points(means[1]), n=counts["n"], m=counts["m"])  # fmt: skip
    return Picture(
        bars.occasion_bars(read, outcome),
        read.say("{measure}, svar vid {start} och {end}", measure=name, start=counts["start"], end=counts["end"]),
        read.say("{n} av {of} vid {start} och {m} av {of} vid {end}. Svaren går inte att para ihop.", **counts),
        usual,
        phrase("{caption}."),
    )
