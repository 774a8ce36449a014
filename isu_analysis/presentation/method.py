"""Appendix: measures and limits with their sources, sizes of change, and where the data come from."""

from __future__ import annotations

from isu_analysis.analysis.results import Outcome
from isu_analysis.presentation import numbers
from isu_analysis.presentation.blocks import Block, Bullets, Column, Heading, Paragraph, Table
from isu_analysis.presentation.reader import Reader
from isu_analysis.version import __version__

_SIZES = {
    "g_pre": "g_pre: förändring / standardavvikelse vid start",
    "g_av": "g_av: förändring / genomsnittlig standardavvikelse",
    "d_z": "d_z: förändring / förändringens standardavvikelse (endast för dimensionering; intervallet förutsätter normalfördelning)",
    "rank_biserial": "rangbiserial korrelation för par",
}
_INTERVALS = {"leave_one_out": "en person utelämnad i taget (jackknife)"}


def blocks(read: Reader) -> list[Block]:
    """The appendix."""
    out: list[Block] = [Heading("Bilaga: mått, metod och uppgifter")]
    out.append(_measures(read))
    for outcome in read.report.context.outcomes:
        out += _sizes(read, outcome)
    out.append(Heading("Så är det räknat", 3))
    out.append(Bullets(tuple(_how(read))))
    if read.report.mode == "public":
        out += _protection(read)
    out += _data(read)
    return out


def _measures(read: Reader) -> Table:
    rows = []
    for outcome in read.report.context.outcomes:
        for what, value, source in _facts(outcome):
            rows.append((outcome.measure.name_sv, what, value, source))
    columns = (Column("Mått"), Column("Uppgift"), Column("Värde"), Column("Källa"))
    return Table("Mått och gränser", columns, tuple(rows))


def _facts(outcome: Outcome) -> list[tuple[str, str, str]]:
    measure, facts = outcome.measure, []
    if measure.kind == "scale":
        low, high = numbers.decimal(measure.minimum or 0, 0), numbers.decimal(measure.maximum or 0, 0)
        facts.append(
            (
                "skala",
                f"{low}–{high}, {'högre' if measure.higher_is_better else 'lägre'} är bättre",
                "måttets poängsättning",
            )
        )
        facts.append(_threshold(outcome))
        for cutoff in measure.active_cutoffs:
            facts.append((f"gränsvärde{_group(cutoff.group)}", numbers.plain(cutoff.value), cutoff.source))
    else:
        facts.append(("svar", ", ".join(level.label for level in measure.levels), "enhetens egen uppgift"))
    return facts


def _group(group: dict[str, str]) -> str:
    words = {"man": "män", "woman": "kvinnor"}
    return f", {', '.join(words.get(value, value) for value in group.values())}" if group else ""


def _threshold(outcome: Outcome) -> tuple[str, str, str]:
    criterion = outcome.criterion
    if criterion is None:
        return ("säker förändring", "finns inte", "ingen publicerad gräns, och inget mätfel från en och samma källa")
    if criterion.method == "published":
        return ("säker förändring", f"minst {numbers.plain(criterion.threshold)} poäng", criterion.source)
    how = (
        f"mer än {numbers.decimal(criterion.threshold)} poäng: {numbers.decimal(criterion.z or 0, 2)} · √2 · "
        f"{numbers.decimal(criterion.sd or 0)} · √(1 − {numbers.decimal(criterion.reliability or 0, 2)})"
    )
    return ("säker förändring (Jacobson och Truax 1991)", how, criterion.source)


def _sizes(read: Reader, outcome: Outcome) -> list[Block]:
    key = outcome.key
    if outcome.design != "change" or not read.report.has(f"{key}/g_pre"):
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


def _how(read: Reader) -> list[str]:
    unit = read.report.context.unit
    rules = {
        "ended": "de som avslutades under året",
        "started": "de som började under året",
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
            if any(outcome.design == "change" for outcome in read.report.context.outcomes)
            else []
        ),
        f"Under {numbers.percent(unit.limits.coverage, None)} uppföljda, eller under {unit.limits.pairs} mätta, ges inget samlat resultat. Gränserna är projektets eget val.",
    ]
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
    files = read.report.context.files
    if files:
        rows = tuple(
            (str(item["file"]), numbers.whole(float(str(item["rows"]))), str(item["sha256"])[:16])
            for item in files
            if item
        )
        out.append(
            Table(
                "Inlästa filer",
                (Column("Fil"), Column("Rader", "right"), Column("SHA-256, de första 16 tecknen")),
                rows,
            )
        )
    return out
