"""First page where no result can be given: anonymous ratings, and too few followed up."""

from __future__ import annotations

import math

from isu_analysis.analysis.results import ELIGIBLE
from isu_analysis.presentation import bars, numbers
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
from isu_analysis.presentation.reader import Reader, sentence


def anonymous(read: Reader) -> list[Block]:
    """First page of a year whose ratings are anonymous: two pictures and a refusal to say change."""
    outcome = read.report.main
    key, measure = outcome.key, outcome.measure
    seen = [f"{key}/seen/{name}/mean" for name in (outcome.start, outcome.end)]
    usual = "«Svaren ändrades under insatsen.»" if measure.levels else "«Medelvärdet ändrades under insatsen.»"
    if read.shown(*seen):
        usual = f"«{measure.name_sv} gick från {read.points(seen[0])} till {read.points(seen[1])}.»"
    filled = [_filled_in(read, name) for name in (outcome.start, outcome.end)]
    return [
        Paragraph(about(read, outcome)),
        KeyFigures((
            meant(read),
            *filled,
        )),
        two([usual, "Två medelvärden, som om det vore samma personer."],
             [f"{filled[0].value} svar vid {read.occasion(outcome.start)} och {filled[1].value} svar vid {read.occasion(outcome.end)}.",
              "Hur många som finns i båda, och hur någon av dem förändrades, vet vi inte."]),
        *figure(bars.occasion_bars(read, outcome), f"{measure.name_sv}: ifyllda skattningar av alla {read.count(ELIGIBLE)}."),
        Callout("Ingen förändring redovisas",
                "Skattningarna är anonyma. De som svarade sist kan vara andra än de som svarade först, så skillnaden mellan två "
                "medelvärden är inte en förändring hos någon. Med ett kodnummer på blanketten kan start och slut paras ihop.",
                "refusal"),
    ]  # fmt: skip


def _filled_in(read: Reader, occasion: str | None) -> KeyFigure:
    cell = f"{read.report.main.key}/at/{occasion}"
    label = f"fyllde i vid {read.occasion(occasion)}"
    if not read.report.has(cell):
        return KeyFigure(label, "0", "")
    share = f"{cell}/share"
    return KeyFigure(label, read.count(cell), read.percent_of(share, "av alla") if read.report.has(share) else "")


def refusal(read: Reader) -> list[Block]:
    """The one page of a unit with too few followed up: why, and what would be needed."""
    outcome, unit = read.report.main, read.report.context.unit
    key, everyone = outcome.key, read.whole(outcome)
    measured, missing = (f"{key}/answered", f"{key}/missing") if outcome.once else (f"{key}/paired", f"{key}/lost")
    limit = numbers.percent(unit.limits.coverage, None)
    shares = (f"{measured}/share", f"{missing}/share") if outcome.once else (f"{key}/paired_share", f"{key}/lost_share")
    why = "Det är för få för att säga något om enhetens samlade resultat: de som mättes kan skilja sig mycket från de övriga."
    out: list[Block] = [
        Paragraph(about(read, outcome)),
        Callout("Underlaget räcker inte för ett samlat resultat",
                f"{read.count(measured)} av {read.count(everyone)} är uppföljda{read.bracket(shares[0])}. {why}", "refusal"),
        two(["Resultatet för dem som följdes upp, som om de vore alla."],
             [f"{read.people(measured)} är uppföljda. För {read.people(missing)}{read.bracket(shares[1])} saknas uppgift."]),
        *figure(bars.measured_bars(read, measured, missing, everyone), f"Uppföljda och inte uppföljda, av alla {read.count(everyone)}."),
    ]  # fmt: skip
    if unit.attrition_reasons:
        out += [Heading("Varför så många saknas, enligt enheten", 3), Bullets(unit.attrition_reasons)]
    out += [Heading("Vad som behövs", 3), Bullets(tuple(_needed(read, measured, everyone, limit)))]
    return out


def _needed(read: Reader, measured: str, everyone: str, limit: str) -> list[str]:
    unit = read.report.context.unit
    lines = [
        f"Rapporten ger ett samlat resultat först när minst {limit} är uppföljda och minst {unit.limits.pairs} personer är mätta. Gränsen är projektets eget val."
    ]
    if read.shown(measured, everyone):
        least = max(math.ceil(unit.limits.coverage * read.value(everyone)), unit.limits.pairs)
        lines.append(
            f"Med {read.count(everyone)} om året betyder det minst {numbers.whole(least)}, alltså {numbers.whole(least - read.value(measured))} till."
        )
    lines.append(
        "Även över gränsen visar rapporten hur mycket de som saknas kan ändra. Ju fler som följs upp, desto mer går att säga."
    )
    lines.append("Att resultatet inte redovisas säger inget om hur bra insatsen är.")
    return lines


def withheld(read: Reader) -> list[Block]:
    """The one page of a public report of so few that every number could be worked out."""
    unit = read.report.context.unit
    return [
        Paragraph(sentence(unit.purpose)),
        Callout("Inga tal publiceras",
                "De som följs upp är så få att enskilda personer skulle kunna kännas igen, hur talen än döljs. Den interna rapporten "
                "har alla tal.", "refusal"),
        Bullets((
            "Att talen inte publiceras säger inget om hur bra insatsen är.",
            "Flera år eller flera enheter tillsammans kan bli tillräckligt många.",
        )),
    ]  # fmt: skip
