"""Who came and who was followed up: before any result."""

from __future__ import annotations

from collections.abc import Iterator

from isu_analysis.analysis.coverage import special
from isu_analysis.analysis.results import ELIGIBLE, Outcome
from isu_analysis.disclosure.gate import INTERNAL
from isu_analysis.disclosure.suppression import PEOPLE, PRIMARY
from isu_analysis.presentation import figures, numbers
from isu_analysis.presentation.blocks import Block, Callout, Column, Figure, Heading, Paragraph, Table
from isu_analysis.presentation.reader import NONE, RATERS, Reader, sentence

_STATUS = {
    "paired": "mätta både {start} och {end}",
    "start_only": "mätta {start} men inte {end}",
    "end_only": "mätta {end} men inte {start}",
    "neither": "varken mätta {start} eller {end}",
    "not_due": "ännu inte dags",
}
MOST_LEVELS = 12
MOST_TABLES = 3  # further measures share one table


def blocks(read: Reader) -> list[Block]:
    """Flow and coverage, then who they are."""
    unit = read.report.context.unit
    out: list[Block] = [Heading("Vilka det gäller och vilka som följdes upp")]
    about = {"Målgrupp": unit.target_group, "Insats": unit.intervention, "Önskat resultat": unit.desired_outcome}
    out.append(Paragraph(" ".join(f"{name}: {sentence(text)}" for name, text in about.items() if text)))
    if unit.counting:
        out.append(Paragraph(f"Så räknar enheten själv: {sentence(unit.counting)}"))
    out += _people_and_events(read)
    out += _declared(read)
    out += _left_out(read)
    outcomes = read.report.context.outcomes
    for outcome in outcomes[:MOST_TABLES]:
        out += _coverage(read, outcome)
    out += _short_coverage(read, outcomes[MOST_TABLES:])
    out += _background(read)
    return out


def _left_out(read: Reader) -> list[Block]:
    """What is in the files but in no result."""
    lines = []
    if _told(read, "flow/outside"):
        lines.append(
            f"{read.people('flow/outside').capitalize()} räknas inte in, enligt enhetens regel för vilka som ska följas upp."
        )
    if _told(read, "flow/ongoing"):
        lines.append(f"{read.people('flow/ongoing').capitalize()} pågår ännu och hör inte till årets avslutade.")
    if _told(read, "flow/strays"):
        lines.append(
            f"Formulär med ett nummer som inte finns bland ärendena: {read.count('flow/strays')}. De är inte med i något resultat. "
            "Kontrollera numren."
        )
    return [Callout("Inte med i rapporten", " ".join(lines), "warning")] if lines else []


def _told(read: Reader, cell: str) -> bool:
    return read.report.has(cell) and read.cell(cell).hidden != INTERNAL


def _declared(read: Reader) -> list[Block]:
    unit, year = read.report.context.unit, read.report.context.year
    words = {
        "enrolled": "var inskrivna",
        "started": "började",
        "completed": "fullföljde",
        "asked": "fick frågan",
        "eligible": "skulle följas upp",
    }
    rows = [
        (words[volume.what], numbers.whole(volume.n), volume.source) for volume in unit.volumes if volume.year == year
    ]
    if not rows:
        return []
    columns = (Column("Antal som enheten själv har uppgett"), Column("Antal", "right"), Column("Källa"))
    return [Table("Uppgivna antal", columns, tuple(rows))]


def _people_and_events(read: Reader) -> list[Block]:
    """People and cases side by side, where one person is there more than once."""
    lines = []
    if read.report.has("flow/persons") and read.unit_word != "personer":
        lines.append(
            f"{read.count(ELIGIBLE)} {read.unit_word} gäller {read.count('flow/persons')} personer: någon är med flera gånger."
        )
    if read.report.has("flow/events") and read.shown("flow/events"):
        lines.append(
            f"De {read.count(ELIGIBLE)} har tillsammans {read.count('flow/events')} ärenden under året. Det senaste räknas."
        )
    return [Paragraph(" ".join(lines))] if lines else []


def _coverage(read: Reader, outcome: Outcome) -> list[Block]:
    out = _over_time(read, outcome)
    key = outcome.key
    if outcome.once:
        return [*out, _answered_table(read, outcome)]
    if outcome.twice and read.report.has(f"{key}/lost"):
        if read.shown(f"{key}/lost") and read.value(f"{key}/lost") == 0:
            return [
                *out,
                Paragraph(
                    f"{outcome.measure.name_sv}: känt vid både start och slut för alla {read.count(read.whole(outcome))}."
                ),
            ]
        return [*out, _response_table(read, outcome)]
    if outcome.design == "cross_sections":
        return [*out, *_occasion_table(read, outcome)]
    return out


def _short_coverage(read: Reader, outcomes: tuple[Outcome, ...]) -> list[Block]:
    """One row a measure: known (twice, or once), of how many."""
    rows = []
    for outcome in outcomes:
        once, twice = f"{outcome.key}/answered", f"{outcome.key}/paired"
        cell, share = (once, f"{once}/share") if outcome.once else (twice, f"{twice}_share")
        if read.report.has(cell):
            how = f"vid {read.occasion(outcome.end)}" if outcome.once else "två gånger"
            name = f"{outcome.measure.name_sv}, {RATERS[outcome.rater]}" + (f", {outcome.item}" if outcome.item else "")
            rows.append((name, how, f"{read.count(cell)} av {read.count(read.whole(outcome))}", _percent(read, share)))
    columns = (Column("Mått"), Column("Känt"), Column("Antal", "right"), Column("Andel", "right"))
    return [Table("Övriga mått: täckning", columns, tuple(rows))] if rows else []


def _name(read: Reader, outcome: Outcome) -> str:
    """Name of the measure, with who answers where there are several, and which item or later look it is."""
    alike = [other for other in read.report.context.outcomes if other.measure.id == outcome.measure.id]
    voice = f", {RATERS[outcome.rater]}" if len({other.rater for other in alike}) > 1 else ""
    later = f", {read.occasion(outcome.at)}" if outcome.at else ""
    return f"{outcome.measure.name_sv}{f', {outcome.item}' if outcome.item else ''}{voice}{later}"


def _percent(read: Reader, share: str) -> str:
    return read.percent(share) if read.bears_percent(share) else NONE


def _over_time(read: Reader, outcome: Outcome) -> list[Block]:
    """A drawing where there are occasions between start and end; two numbers need none."""
    names = [name for name in read.report.context.unit.occasions if read.report.has(f"{outcome.key}/at/{name}")]
    cells = [f"{outcome.key}/at/{name}" for name in names]
    if len(names) < 3 or not read.shown(ELIGIBLE, *cells):
        return []
    labels = [read.occasion(name) for name in names]
    drawn = figures.measured_over_time(
        labels, [read.value(cell) for cell in cells], [read.count(cell) for cell in cells], read.value(ELIGIBLE)
    )
    listed = ", ".join(f"{label} {read.count(cell)}" for label, cell in zip(labels, cells, strict=True))
    alt = f"{outcome.measure.name_sv}, mätta av {read.count(ELIGIBLE)} vid varje tillfälle: {listed}. Resten är inte mätta."
    caption = f"{outcome.measure.name_sv}: hur många av {read.count(ELIGIBLE)} som mättes vid varje tillfälle. Streckat: inte mätta."
    return [Figure(drawn, alt, caption)]


def _occasion_table(read: Reader, outcome: Outcome) -> list[Block]:
    names = [name for name in (outcome.start, outcome.end) if name and read.report.has(f"{outcome.key}/at/{name}")]
    rows = tuple((f"fyllde i vid {read.occasion(name)}", read.count(f"{outcome.key}/at/{name}"), read.percent(f"{outcome.key}/at/{name}/share"))
                 for name in names)  # fmt: skip
    if not rows:
        return []
    columns = (Column("Skattning"), Column("Antal", "right"), Column("Andel av alla", "right"))
    return [
        Table(
            f"{outcome.measure.name_sv}: ifyllda skattningar, anonyma",
            columns,
            (*rows, ("alla", read.count(ELIGIBLE), "")),
        )
    ]


def _response_table(read: Reader, outcome: Outcome) -> Table:
    start, end = f"vid {read.occasion(outcome.start)}", f"vid {read.occasion(outcome.end)}"
    rows = []
    for name, words in _STATUS.items():
        cell = f"{outcome.key}/{name}"
        if read.cell(cell).value != 0:
            rows.append((words.format(start=start, end=end), read.count(cell)))
    rows.append(("alla", read.count(ELIGIBLE)))
    return Table(
        f"{_name(read, outcome)}: svar vid start och slut",
        (Column("Uppföljning"), Column("Antal", "right")),
        tuple(rows),
    )


def _answered_table(read: Reader, outcome: Outcome) -> Table:
    key = outcome.key
    rows = [("har en uppgift", read.count(f"{key}/answered"), read.percent(f"{key}/answered/share")),
            ("saknas eller okänt" if read.report.has(f"{key}/silent") else "saknas", read.count(f"{key}/missing"), read.percent(f"{key}/missing/share"))]  # fmt: skip
    if read.report.has(f"{key}/silent"):
        rows.append(("varav utan uppgift", read.count(f"{key}/silent"), ""))
        rows += [(f"varav «{level.label}» (okänt)", read.count(f"{key}/level/{level.code}"), "")
                 for level in special(outcome.measure, "not_known")]  # fmt: skip
    if read.report.has(f"{key}/missing_of_completed"):
        rows.append(
            (
                "varav fullföljde",
                read.count(f"{key}/missing_of_completed"),
                read.percent_of(f"{key}/missing_of_completed/share", "av dem som fullföljde"),
            )
        )
    if read.report.has(f"{key}/not_due"):
        rows.append(("ännu inte dags", read.count(f"{key}/not_due"), ""))
    rows += [(f"{level.label} (räknas inte med)", read.count(f"{key}/level/{level.code}"), "")
             for level in special(outcome.measure, "not_applicable") if not read.report.has(f"{key}/none_applies")]  # fmt: skip
    if read.report.has(f"{key}/none_applies"):
        rows.append(("frågan är inte aktuell", read.count(f"{key}/none_applies"), ""))
    rows.append(("alla", read.count(ELIGIBLE), ""))
    return Table(
        f"{_name(read, outcome)}: täckning",
        (Column("Uppföljning"), Column("Antal", "right"), Column("Andel", "right")),
        tuple(rows),
    )


def _background(read: Reader) -> list[Block]:
    variables: dict[str, list[str]] = {}
    for cell in read.report.within("who/"):
        if not cell.id.endswith("/share") and cell.hidden != INTERNAL:
            _, variable, level = cell.id.split("/", 2)
            variables.setdefault(variable, []).append(level)
    rows = [row for variable, levels in variables.items() for row in _levels_of(read, variable, levels)]
    if not rows:
        return []
    columns = (Column("Uppgift"), Column("Antal", "right"), Column("Andel av alla", "right"))
    return [Table("Vilka de är", columns, tuple(rows))]


def _levels_of(read: Reader, variable: str, levels: list[str]) -> Iterator[tuple[str, str, str]]:
    """Rows of one variable; the name of a small level may itself tell who somebody is, so it is not public."""
    few = {PRIMARY, PEOPLE}
    named = [level for level in levels if level and read.cell(f"who/{variable}/{level}").hidden not in few]
    for level in named[:MOST_LEVELS]:
        cell_id = f"who/{variable}/{level}"
        label = f"{read.variable(variable)}: {read.level(variable, level)}"
        yield label, read.count(cell_id), read.percent(f"{cell_id}/share")
    if len(named) > MOST_LEVELS:
        yield f"{read.variable(variable)}: fler, visas inte", "", ""
    if any(level and level not in named for level in levels):
        yield f"{read.variable(variable)}: övriga", f"färre än {read.report.limits.min_cell} personer i varje", ""
    if "" in levels and read.cell(f"who/{variable}/").value != 0:
        yield f"{read.variable(variable)}: uppgift saknas", read.count(f"who/{variable}/"), ""
