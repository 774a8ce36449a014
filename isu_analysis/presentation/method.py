"""Appendix: measures and limits with their sources, sizes of change, and where the data come from."""

from __future__ import annotations

from isu_analysis.analysis.results import Outcome
from isu_analysis.presentation import measure_facts, numbers
from isu_analysis.presentation.blocks import Block, Bullets, Column, Heading, Paragraph, Table
from isu_analysis.presentation.reader import NONE, SMALLEST_DENOMINATOR, Reader, sentence
from isu_analysis.version import __version__

_SIZES = {
    "g_pre": "g_pre: förändring / standardavvikelse vid start",
    "g_av": "g_av: förändring / genomsnittlig standardavvikelse",
    "d_z": "d_z: förändring / förändringens standardavvikelse (endast för dimensionering; intervallet förutsätter normalfördelning)",
    "rank_biserial": "rangbiserial korrelation för par",
}
MOST_WARNINGS = 12
_INTERVALS = {"leave_one_out": "en person utelämnad i taget (jackknife)"}


def blocks(read: Reader) -> list[Block]:
    """The appendix."""
    out: list[Block] = [Heading("Bilaga: mått, metod och uppgifter")]
    out.append(measure_facts.table(read.report.context.outcomes))
    for outcome in read.report.context.outcomes:
        out += _sizes(read, outcome)
    out.append(Heading("Så är det räknat", 3))
    out.append(Bullets(tuple(_how(read))))
    if read.report.mode == "public":
        out += _protection(read)
    out += _data(read)
    return out


def _sizes(read: Reader, outcome: Outcome) -> list[Block]:
    key = outcome.key
    if not read.report.has(f"{key}/g_pre"):
        return []
    rows = [("förändring i poäng", read.points(f"{key}/change"), read.interval(f"{key}/change"))]
    rows += [
        (words, read.points(f"{key}/{name}", 2), read.interval(f"{key}/{name}", 2)) for name, words in _SIZES.items()
    ]
    rows += [("standardavvikelse vid start, vid slut", f"{read.points(f'{key}/start_sd')}, {read.points(f'{key}/end_sd')}", ""),
             ("korrelation mellan start och slut", read.points(f"{key}/correlation", 2), "")]  # fmt: skip
    interval = _INTERVALS.get(read.code(f"{key}/interval"), "")
    note = f"Intervall för g: {interval}. Räknat på {read.count(f'{key}/paired')} par." if interval else ""
    columns = (Column("Mått på förändring"), Column("Värde", "right"), Column("95 % intervall", "right"))
    out: list[Block] = [Table(f"{outcome.measure.name_sv}: hur stor förändringen är", columns, tuple(rows), note)]
    if read.report.has(f"{key}/tipping") and read.shown(f"{key}/tipping"):
        tipping = read.cell(f"{key}/tipping")
        out.append(
            Paragraph(
                f"Brytpunkt för {outcome.measure.name_sv}: om de som saknas i genomsnitt hade förändrats "
                f"{numbers.decimal(tipping.value)} poäng utöver det väntade, skulle medelförändringen för alla vara noll."
            )
        )
    return out


_TARGET = "Enhetens mål, bestämt i förväg: minst {share} på {measure} (källa: {source})."
_BY_DESIGN = {
    "sessions": "Första och sista värdet är klientens första och sista mätning; den som har en enda har ingen förändring.",
    "process": "Mått som följer arbetet är inga utfall och ingår aldrig i ett resultat.",
    "goals": "Andelen mål som nåddes har ett intervall som räknar med att samma person kan ha flera mål.",
    "answers": "Andelen av svaren har ett intervall som räknar med att samma person kan ha flera svar.",
    "needs": "Behov räknas område för område; andelen som löstes har ett intervall som räknar med att samma person har flera områden.",
}


def _designs(read: Reader) -> set[str]:
    return {outcome.design for outcome in read.report.context.outcomes}


def _agreed(read: Reader) -> list[str]:
    """What the unit has decided, and what follows from the designs of its outcomes."""
    unit, lines = read.report.context.unit, []
    if unit.counting:
        lines.append(f"Så räknar enheten själv: {sentence(unit.counting)}")
    lines += [_TARGET.format(share=numbers.percent(target.share, None), measure=unit.measure(target.measure).name_sv, source=target.source)
              for target in unit.targets]  # fmt: skip
    lines += [text for design, text in _BY_DESIGN.items() if design in _designs(read)]
    if {level.meaning for outcome in read.report.context.outcomes for level in outcome.measure.levels} & {
        "not_known",
        "not_applicable",
    }:
        lines.append(
            "Ett svar som betyder «okänt» räknas som saknat bland alla. Ett svar som betyder «inte aktuellt» ingår inte i någon nämnare."
        )
    return lines


def _how(read: Reader) -> list[str]:
    unit = read.report.context.unit
    rules = {
        "ended": "de som avslutades under året",
        "started": "de som började under året",
        "active": "de som hade en pågående insats någon gång under året",
        "declared": "de som finns i årets fil",
    }
    lines = [
        f"Urval: {unit.cohort.eligible or rules[unit.cohort.rule]}. Räkneenhet: {read.unit_word}.",
        f"Huvudutfallet bestämdes {unit.primary.declared.isoformat()}.",
        "Andelar har Wilsons intervall. Medelförändring har t-intervall för parade mätningar.",
        *(
            [
                "«… om de som saknas följde …» är skattat med maximum likelihood. Det är ett antagande om dem som saknas, ingen rättelse."
            ]
            if _designs(read) & {"change", "sessions"}
            else []
        ),
        f"Under {numbers.percent(unit.limits.coverage, None)} uppföljda, eller under {unit.limits.pairs} mätta, ges inget samlat resultat. Gränserna är projektets eget val.",
        f"Andelar av färre än {SMALLEST_DENOMINATOR} skrivs som antal, utan procent. Gränsen är projektets eget val.",
    ]
    lines += _agreed(read)
    outside = [
        level.label
        for outcome in read.report.context.outcomes
        for level in outcome.measure.levels
        if level.code in unit.counting_outside
    ]
    if outside:
        lines.append(
            f"Enheten räknar inte in {', '.join(f'«{label}»' for label in dict.fromkeys(outside))} när den redovisar andelar. «Av alla» räknar med dem."
        )
    return lines


def _protection(read: Reader) -> list[Block]:
    limits = read.report.limits
    return [
        Heading("Vad som är dolt, och varför", 3),
        Paragraph(
            f"Antal under {limits.min_cell} är dolda («färre än {limits.min_cell}»), liksom andra tal som skulle avslöja dem («..») "
            f"och allt som räknats ur dem. Medelvärden kräver minst {limits.min_n_mean} personer; spridning, standardiserade mått "
            f"och intervall minst {limits.min_n_spread}. Gränserna är projektets eget val. Skyddet gäller tal i den här rapporten; "
            "det räknar inte med andra rapporter."
        ),
    ]


def _data(read: Reader) -> list[Block]:
    out: list[Block] = [Heading("Uppgifterna", 3)]
    out.append(
        Paragraph(
            f"Uppgifternas datum är {read.report.context.as_of.isoformat()}. Rapporten är gjord med isu_analysis {__version__}."
        )
    )
    if read.report.mode == "internal":
        out += _files(read) + _warnings(read)
    return out


def _files(read: Reader) -> list[Block]:
    files = [item for item in read.report.context.files if item]
    if not files:
        return []
    skipped = any(item.get("skipped") for item in files)
    rows = tuple(
        (str(item["file"]), numbers.whole(float(str(item["rows"]))),
         *((numbers.whole(float(str(item.get("skipped", 0)))),) if skipped else ()), str(item.get("sha256", ""))[:16] or NONE)
        for item in files
    )  # fmt: skip
    columns = (Column("Fil"), Column("Rader", "right"), *((Column("Överhoppade rader", "right"),) if skipped else ()),
               Column("SHA-256, de första 16 tecknen"))  # fmt: skip
    return [Table("Inlästa filer", columns, rows)]


def _warnings(read: Reader) -> list[Block]:
    """What intake accepted and still wants somebody to look at."""
    warnings = read.report.context.warnings
    if not warnings:
        return []
    listed = [*warnings[:MOST_WARNINGS]]
    if len(warnings) > MOST_WARNINGS:
        listed.append(f"Ytterligare {len(warnings) - MOST_WARNINGS}; «isu check» visar alla.")
    return [Heading("Anmärkningar vid inläsningen", 3), Bullets(tuple(listed))]
