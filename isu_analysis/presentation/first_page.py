"""Page one: what was measured, for how many of how many, what is known and what is not."""

from __future__ import annotations

import math

from isu_analysis.analysis.results import ELIGIBLE, Outcome
from isu_analysis.presentation import bars, figures, numbers, sentences
from isu_analysis.presentation.bars import KNOWN, USUAL
from isu_analysis.presentation.blocks import (
    Block,
    Bullets,
    Callout,
    Figure,
    Heading,
    KeyFigure,
    KeyFigures,
    Paragraph,
    TwoColumns,
)
from isu_analysis.presentation.reader import RATERS, Reader, sentence

REFUSED = {"low_coverage", "too_few", ""}


def blocks(read: Reader) -> list[Block]:
    """First page of the report, by what its data allow."""
    result = read.code("result")
    if result in REFUSED:
        made = _refusal(read)
    elif result == "unpaired":
        made = _anonymous(read)
    else:
        made = _BY_DESIGN[read.report.main.design](read)
    return [Heading("Läget på en sida"), *made]


def refused(read: Reader) -> bool:
    """Whether the report is a refusal, and so ends with its first page."""
    return read.code("result") in REFUSED


def _two(left: list[str], right: list[str]) -> TwoColumns:
    return TwoColumns(
        tuple(Paragraph(text) for text in left if text), tuple(Paragraph(text) for text in right if text), USUAL, KNOWN
    )


def _figure(shown: tuple[figures.Bar, ...], caption: str) -> list[Block]:
    if not shown or any(math.isnan(part.n) for bar in shown for part in bar.parts):
        return []
    return [Figure(figures.divided_bars(shown), bars.in_words(shown), caption)]


def _meant(read: Reader) -> KeyFigure:
    unit = read.report.context.unit
    declared = " Antalet är uppgivet av enheten." if read.cell(ELIGIBLE).declared else ""
    not_due = f"{read.report.main.key}/not_due"
    if read.report.has(not_due) and read.value(not_due) != 0:
        declared += f" För {read.count(not_due)} är det ännu inte dags att mäta."
    return KeyFigure(
        f"{read.unit_word} skulle följas upp",
        read.count(ELIGIBLE),
        (unit.cohort.eligible or "alla i årets urval") + "." + declared,
    )


def _change(read: Reader) -> list[Block]:
    outcome = read.report.main
    key = outcome.key
    title, text, tone = sentences.verdict_of_change(read, outcome)
    figures_row = KeyFigures((
        _meant(read),
        KeyFigure("mättes två gånger", read.count(f"{key}/paired"), f"{read.percent(f'{key}/paired_share')} av alla"),
        KeyFigure("saknar någon mätning", read.count(f"{key}/lost"), f"{read.percent(f'{key}/lost_share')} av alla"),
    ))  # fmt: skip
    shown = bars.change_bars(read, outcome)
    return [
        Paragraph(_about(read, outcome)),
        figures_row,
        _two(_usual_change(read, outcome), _known_change(read, outcome)),
        *_figure(
            shown,
            f"{outcome.measure.name_sv}, {read.occasion(outcome.start)} till {read.occasion(outcome.end)}. Samma resultat, två nämnare.",
        ),
        Heading("Det viktigaste", 3),
        Bullets(tuple(_main_points_of_change(read, outcome))),
        Callout(title, text, tone),  # type: ignore[arg-type]
    ]


def _about(read: Reader, outcome: Outcome) -> str:
    measure = outcome.measure
    what = measure.construct_sv or measure.name_sv
    how = "följer upp"
    if measure.kind == "scale":
        how, what = "mäter", f"{what} med {measure.name_sv}"
    origin = read.report.context.unit.origin
    return f"{sentence(read.report.context.unit.purpose)} Enheten {how} {what}." + (
        f" {sentence(origin)}" if origin else ""
    )


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
            _unknown(read, f"{key}/lost"),
        ]
    known = (
        f"Av alla {read.count(read.whole(outcome))} blev {read.how_many(f'{key}/better')} säkert bättre, {read.how_many(f'{key}/unchanged')} fick ingen "
        f"säker förändring och {read.how_many(f'{key}/deteriorated')} blev säkert sämre. {_unknown(read, f'{key}/lost')}"
    )
    return [known, sentences.share_range(read, outcome, f"{key}/better/bounds", "blev", "säkert bättre")]


def _unknown(read: Reader, cell_id: str) -> str:
    outcome = read.report.main
    where = f"{outcome.measure.name_sv} vid {read.occasion(outcome.start)} eller {read.occasion(outcome.end)}"
    return "Ingen saknas." if read.value(cell_id) == 0 else f"För {read.people(cell_id)} saknas {where}."


def _main_points_of_change(read: Reader, outcome: Outcome) -> list[str]:
    lines = [sentences.mean_change(read, outcome)]
    if any(group.kind == "trial_arms" for group in read.report.context.unit.subgroups):
        lines.append(sentences.trial_arms(read, outcome))
    else:
        lines.append("Siffrorna visar en förändring, inte dess orsak: ingen jämförelsegrupp finns.")
    return [line for line in lines if line]


def _levels(read: Reader) -> list[Block]:
    outcome = read.report.main
    key = outcome.key
    claim = positive_claim(outcome)
    shown = bars.level_bars(read, outcome)
    out: list[Block] = [
        Paragraph(_about(read, outcome)),
        KeyFigures(_level_figures(read, outcome)),
        _two(_usual_levels(read, outcome), _known_levels(read, outcome)),
        *_figure(shown, f"{outcome.measure.name_sv}. Samma svar, två nämnare."),
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
    row = [_meant(read)]
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


def _anonymous(read: Reader) -> list[Block]:
    outcome = read.report.main
    key, measure = outcome.key, outcome.measure
    seen = [f"{key}/seen/{name}/mean" for name in (outcome.start, outcome.end)]
    usual = "«Medelvärdet ändrades under insatsen.»"
    if read.shown(*seen):
        usual = f"«{measure.name_sv} gick från {read.points(seen[0])} till {read.points(seen[1])}.»"
    filled = [_filled_in(read, name) for name in (outcome.start, outcome.end)]
    return [
        Paragraph(_about(read, outcome)),
        KeyFigures((
            _meant(read),
            *filled,
        )),
        _two([usual, "Två medelvärden, som om det vore samma personer."],
             [f"{filled[0].value} svar vid {read.occasion(outcome.start)} och {filled[1].value} svar vid {read.occasion(outcome.end)}.",
              "Hur många som finns i båda, och hur någon av dem förändrades, vet vi inte."]),
        *_figure(bars.occasion_bars(read, outcome), f"{measure.name_sv}: ifyllda skattningar av alla {read.count(ELIGIBLE)}."),
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
    return KeyFigure(label, read.count(cell), f"{read.percent(share)} av alla" if read.report.has(share) else "")


def _refusal(read: Reader) -> list[Block]:
    outcome, unit = read.report.main, read.report.context.unit
    key = outcome.key
    measured, missing = (
        (f"{key}/answered", f"{key}/missing") if outcome.design == "levels" else (f"{key}/paired", f"{key}/lost")
    )
    limit = numbers.percent(unit.limits.coverage, None)
    shares = (
        (f"{measured}/share", f"{missing}/share")
        if outcome.design == "levels"
        else (f"{key}/paired_share", f"{key}/lost_share")
    )
    why = "Det är för få för att säga något om enhetens samlade resultat: de som mättes kan skilja sig mycket från de övriga."
    out: list[Block] = [
        Paragraph(_about(read, outcome)),
        Callout("Underlaget räcker inte för ett samlat resultat",
                f"{read.count(measured)} av {read.count(ELIGIBLE)} är uppföljda ({read.percent(shares[0])}). {why}", "refusal"),
        _two(["Resultatet för dem som följdes upp, som om de vore alla."],
             [f"{read.people(measured)} är uppföljda. För {read.people(missing)} ({read.percent(shares[1])}) saknas uppgift."]),
        *_figure(bars.measured_bars(read, measured, missing), f"Uppföljda och inte uppföljda, av alla {read.count(ELIGIBLE)}."),
    ]  # fmt: skip
    if unit.attrition_reasons:
        out += [Heading("Varför så många saknas, enligt enheten", 3), Bullets(unit.attrition_reasons)]
    out += [Heading("Vad som behövs", 3), Bullets(tuple(_needed(read, measured, limit)))]
    return out


def _needed(read: Reader, measured: str, limit: str) -> list[str]:
    unit = read.report.context.unit
    lines = [
        f"Rapporten ger ett samlat resultat först när minst {limit} är uppföljda och minst {unit.limits.pairs} personer är mätta. Gränsen är projektets eget val."
    ]
    if read.shown(measured, ELIGIBLE):
        least = max(math.ceil(unit.limits.coverage * read.value(ELIGIBLE)), unit.limits.pairs)
        lines.append(
            f"Med {read.count(ELIGIBLE)} om året betyder det minst {numbers.whole(least)}, alltså {numbers.whole(least - read.value(measured))} till."
        )
    lines.append(
        "Även över gränsen visar rapporten hur mycket de som saknas kan ändra. Ju fler som följs upp, desto mer går att säga."
    )
    lines.append("Att resultatet inte redovisas säger inget om hur bra insatsen är.")
    return lines


def _transition(read: Reader) -> list[Block]:
    """First page of a unit whose primary outcome is a named state before and after."""
    outcome = read.report.main
    key, whole = outcome.key, read.count(read.whole(outcome))
    shown = bars.transition_bars(read, outcome)
    counts = [f"{read.how_many(f'{key}/{name}')} {words}" for name, words in
              (("up", "kom närmare det önskade"), ("same", "var lika nära"), ("down", "kom längre från det"))
              if read.report.has(f"{key}/{name}")]  # fmt: skip
    usual = "Läget för dem som är kända vid start och slut, som om de vore alla."
    if read.report.has(f"{key}/up") and read.shown(f"{key}/up/share"):
        usual = f"«{read.percent(f'{key}/up/share')} kom närmare det önskade.» Räknat på {read.count(f'{key}/paired')}, som om de vore alla."
    row = (
        _meant(read),
        KeyFigure(
            "kända vid start och slut", read.count(f"{key}/paired"), f"{read.percent(f'{key}/paired_share')} av alla"
        ),
        KeyFigure(
            "saknar någon uppgift", read.count(f"{key}/lost"), f"{read.percent(f'{key}/lost_share')} av alla"
        ),
    )
    return [
        Paragraph(_about(read, outcome)),
        KeyFigures(row),
        _two([usual], [f"Av alla {whole}: {', '.join(counts)}.", _unknown(read, f"{key}/lost")]),
        *_figure(
            shown, f"{outcome.measure.name_sv}, {read.occasion(outcome.start)} till {read.occasion(outcome.end)}."
        ),
        Paragraph("Siffrorna visar en förändring, inte dess orsak: ingen jämförelsegrupp finns."),
    ]


_BY_DESIGN = {"change": _change, "levels": _levels, "transition": _transition}
