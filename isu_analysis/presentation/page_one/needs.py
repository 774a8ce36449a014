"""First page where needs are looked at area by area, twice."""

from __future__ import annotations

from isu_analysis.analysis.results import Outcome
from isu_analysis.disclosure.release import INTERNAL
from isu_analysis.presentation import bars, basis
from isu_analysis.presentation.page_one.parts import (
    Page,
    Picture,
    counted,
    everyone,
    how_sure,
    meant,
    nobody,
    of_all,
)
from isu_analysis.presentation.reader import RATERS, Reader
from isu_analysis.presentation.wording import phrase


def needs(read: Reader) -> Page:
    """First page of a unit whose primary outcome is needs."""
    outcome = read.report.main
    key = outcome.key
    known = read.report.has(f"{key}/asked") and read.cell(f"{key}/asked").hidden != INTERNAL
    return Page(
        (
            meant(read),
            counted(read, read.say("är bedömda två gånger"), f"{key}/paired", of_all(read, f"{key}/paired_share")),
            counted(read, read.say("saknar någon bedömning"), f"{key}/lost", of_all(read, f"{key}/lost_share")),
        ),
        _known(read, outcome) if known
        else read.say("Av alla {of} är {n} bedömda två gånger.", of=everyone(read), n=read.how_many(f"{key}/paired")),
        _unknown(read, outcome, known),
        read.say("Färre behov är inte alltid målet: ett behov som är tillgodosett med hjälp är fortfarande ett behov."),
        _picture(read, outcome, known),
        (how_sure(read, f"{key}/lost"),),
    )  # fmt: skip


def _known(read: Reader, outcome: Outcome) -> str:
    """What became of the needs that were not met, and the new ones."""
    key = outcome.key
    return read.say(
        "Av {asked} behov som inte var tillgodosedda vid start blev {resolved} tillgodosedda, {left} är kvar, och {new} nya har kommit.",
        asked=_needs(read, f"{key}/asked"), resolved=_needs(read, f"{key}/resolved"), left=_needs(read, f"{key}/still_unmet"),
        new=_needs(read, f"{key}/newly_unmet"),
    )  # fmt: skip


def _needs(read: Reader, cell: str) -> str:
    """How many needs: nought in figures, as a need is no person."""
    return read.count(cell) if nobody(read, cell) else read.how_many(cell)


def _unknown(read: Reader, outcome: Outcome, known: bool) -> str:
    key = outcome.key
    lost, gone = f"{key}/lost", f"{key}/from/unmet/to/not_known"
    values = {"n": read.how_many(lost), "of": everyone(read)}
    someone = not nobody(read, lost)
    if known and not nobody(read, gone):
        what = _needs(read, gone)
        if someone:
            return read.say(
                "För {n} av {of} saknas någon bedömning, och vad som hände med {gone} behov till vet ingen.",
                gone=what,
                **values,
            )
        return read.say("Vad som hände med {gone} behov vet ingen.", gone=what)
    if someone:
        return read.say("För {n} av {of} saknas någon bedömning, och hur det gick för dem vet ingen.", **values)
    return read.say("Alla {of} är bedömda två gånger, men hur det gick sedan säger siffrorna inte.", of=values["of"])


def _picture(read: Reader, outcome: Outcome, known: bool) -> Picture:
    key = outcome.key
    counts = {"n": read.how_many(f"{key}/paired"), "of": everyone(read)}
    caption = read.say("{measure}: behov som inte var tillgodosedda vid start ({voice})", measure=read.name(outcome.measure),
                       voice=read.say(RATERS[outcome.rater]))  # fmt: skip
    usual = ""
    untold = not nobody(read, f"{key}/lost") or not nobody(read, f"{key}/from/unmet/to/not_known")
    if known and untold and read.shown(f"{key}/resolved/share"):
        usual = read.say("Så här låter det ofta: {share} av behoven blev tillgodosedda, räknat på {asked} behov hos {n} av {of}.",
                         share=read.percent(f"{key}/resolved/share"), asked=read.count(f"{key}/asked"), **counts)  # fmt: skip
    return Picture(
        bars.need_bars(read, outcome) if known else (),
        caption,
        basis.of_outcome(read, outcome),
        usual,
        phrase("{caption}."),
    )
