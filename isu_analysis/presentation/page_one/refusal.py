"""First page where no result can be given: too few followed up, or too few to publish anything about."""

from __future__ import annotations

import math

from isu_analysis.analysis.results import Outcome
from isu_analysis.presentation import bars, basis
from isu_analysis.presentation.blocks import Block, Bullets, Callout, Heading, KeyFigures, Paragraph
from isu_analysis.presentation.page_one.parts import (
    Picture,
    about,
    bracket,
    counted,
    everyone,
    figure,
    meant,
    nobody,
    of_all,
    purpose,
    three,
    unless_hidden,
)
from isu_analysis.presentation.reader import Reader
from isu_analysis.presentation.wording import phrase


def refusal(read: Reader) -> list[Block]:
    """The one page of a unit with too few followed up: what is known, why it is not enough, and what would be needed."""
    outcome, unit = read.report.main, read.report.context.unit
    measured, missing = _cells(outcome)
    shares = (f"{measured}/share", f"{missing}/share") if outcome.once else (f"{measured}_share", f"{missing}_share")
    picture = Picture(
        unless_hidden(read, missing, bars.measured_bars(read, measured, missing, read.whole(outcome))),
        read.say("Uppföljda och inte uppföljda"), basis.of_outcome(read, outcome), beside=phrase("{caption}."),
    )  # fmt: skip
    out: list[Block] = [
        about(read, outcome),
        KeyFigures((
            meant(read),
            counted(read, read.say("är uppföljda"), measured, of_all(read, shares[0])),
            counted(read, read.say("är inte uppföljda"), missing, of_all(read, shares[1])),
        )),
        Callout(read.say("Underlaget räcker inte för ett samlat resultat"), _why(read, measured, missing), "refusal"),
        *three(read, (
            _known(read, measured, shares[0]),
            _unknown(read, missing),
            read.say("Att resultatet inte redovisas säger inget om hur bra insatsen är."),
        )),
        *figure(read, picture),
    ]  # fmt: skip
    if unit.attrition_reasons:
        reasons = tuple(read.own(reason) for reason in unit.attrition_reasons)
        out += [Heading(read.say("Varför så många saknas, enligt enheten"), 3), Bullets(reasons)]
    return [*out, Heading(read.say("Vad som behövs"), 3), Bullets(tuple(_needed(read, outcome)))]


def _cells(outcome: Outcome) -> tuple[str, str]:
    """Cells of those who were followed up, and of those who were not."""
    if outcome.once:
        return f"{outcome.key}/answered", f"{outcome.key}/missing"
    return f"{outcome.key}/paired", f"{outcome.key}/lost"


def _is_anonymous(read: Reader) -> bool:
    return not read.report.context.unit.pairable(read.report.context.year)


def _why(read: Reader, measured: str, missing: str) -> str:
    if nobody(read, measured) and _is_anonymous(read):
        return read.say("Svaren är anonyma: ingen vet vilka svar som hör ihop, eller vem som har svarat.")
    if nobody(read, measured):
        return read.say("Ingen är uppföljd, så det finns inget resultat att visa.")
    if nobody(read, missing):
        return read.say("Det är så få att en enda person kan ändra hela bilden.")
    return read.say("De som följdes upp är för få, och de kan skilja sig mycket från de övriga.")


def _known(read: Reader, measured: str, share: str) -> str:
    if read.cell(measured).hidden:
        return read.say("Hur många som är uppföljda är dolt för att skydda enskilda.")
    return read.say(
        "{n} av {of} är uppföljda{share}.", n=read.count(measured), of=everyone(read), share=bracket(read, share)
    )


def _unknown(read: Reader, missing: str) -> str:
    if nobody(read, missing):
        return read.say("Ingen saknas, men så få räcker inte för att säga något om hur det brukar gå.")
    return read.say(
        "Hur det gick för de övriga ({lost} av {of}) vet ingen.", lost=read.how_many(missing), of=everyone(read)
    )


def _needed(read: Reader, outcome: Outcome) -> list[str]:
    limits, measured = read.report.context.unit.limits, _cells(outcome)[0]
    lines = [read.say(
        "Ett samlat resultat kräver att minst {share} är uppföljda, och minst {pairs} personer. Gränsen är projektets eget val.",
        share=read.numbers.percent(limits.coverage, None), pairs=read.numbers.whole(limits.pairs),
    )]  # fmt: skip
    if read.shown(measured, read.whole(outcome)):
        lines.append(_how_many_more(read, read.value(measured), read.value(read.whole(outcome))))
    if _is_anonymous(read):
        lines.append(read.say("Med ett kodnummer på blanketten kan start och slut paras ihop."))
    return lines


def _how_many_more(read: Reader, measured: float, whole: float) -> str:
    limits = read.report.context.unit.limits
    least, of = max(math.ceil(limits.coverage * whole), limits.pairs), everyone(read)
    if read.report.context.through:
        return _how_many_more_of_a_part(read, least, measured, whole)
    if least > whole:
        return read.say("Med {of} om året räcker ett år inte: flera år kan behöva läggas ihop.", of=of)
    return read.say("Med {of} om året betyder det minst {least}, alltså {more} till.", of=of,
                    least=read.numbers.whole(least), more=read.numbers.whole(least - measured))  # fmt: skip


def _how_many_more_of_a_part(read: Reader, least: float, measured: float, whole: float) -> str:
    """The same of a part of a year, of which no more can be asked than it has."""
    if least > whole:
        return read.say("{of} räcker inte. Vänta på rapporten för hela året.", of=everyone(read))
    return read.say("Av {of} betyder det minst {least}, alltså {more} till.", of=everyone(read),
                    least=read.numbers.whole(least), more=read.numbers.whole(least - measured))  # fmt: skip


def withheld(read: Reader) -> list[Block]:
    """The one page of a public report of so few that every number could be worked out."""
    return [
        Paragraph(purpose(read)),
        Callout(
            read.say("Inga tal publiceras"),
            read.say("De som följs upp är så få att enskilda skulle kunna kännas igen. Den interna rapporten har alla tal."),
            "refusal",
        ),
        Bullets((
            read.say("Att talen inte publiceras säger inget om hur bra insatsen är."),
            read.say("Flera år eller flera enheter tillsammans kan bli tillräckligt många."),
        )),
    ]  # fmt: skip
