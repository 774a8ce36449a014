"""Who came and who was followed up: before any result."""

from __future__ import annotations

from isu_analysis.analysis.results import ELIGIBLE, Outcome
from isu_analysis.presentation import figures, numbers
from isu_analysis.presentation.blocks import Block, Column, Figure, Heading, Paragraph, Table
from isu_analysis.presentation.reader import Reader

_STATUS = {
    "paired": "mätta både {start} och {end}",
    "start_only": "mätta bara {start}",
    "end_only": "mätta bara {end}",
    "neither": "inte mätta alls",
    "not_due": "ännu inte dags",
}
MOST_LEVELS = 12


def blocks(read: Reader) -> list[Block]:
    """Flow and coverage, then who they are."""
    unit = read.report.context.unit
    out: list[Block] = [Heading("Vilka det gäller och vilka som följdes upp")]
    out.append(
        Paragraph(
            f"Målgrupp: {unit.target_group} Insats: {unit.intervention or 'inte angiven.'} Önskat resultat: {unit.desired_outcome}"
        )
    )
    out += _declared(read)
    for outcome in read.report.context.outcomes:
        out += _coverage(read, outcome)
    out += _background(read)
    return out


def _declared(read: Reader) -> list[Block]:
    unit, year = read.report.context.unit, read.report.context.year
    words = {"started": "började", "completed": "fullföljde", "asked": "fick frågan", "eligible": "skulle följas upp"}
    rows = [
        (words[volume.what], numbers.whole(volume.n), volume.source) for volume in unit.volumes if volume.year == year
    ]
    if not rows:
        return []
    columns = (Column("Antal som enheten själv har uppgett"), Column("Antal", "right"), Column("Källa"))
    return [Table("Uppgivna antal", columns, tuple(rows))]


def _coverage(read: Reader, outcome: Outcome) -> list[Block]:
    out = _over_time(read, outcome)
    key = outcome.key
    if outcome.design in {"change", "transition"}:
        if read.shown(f"{key}/lost") and read.value(f"{key}/lost") == 0:
            return [
                *out,
                Paragraph(
                    f"{outcome.measure.name_sv} är känt vid både start och slut för alla {read.count(ELIGIBLE)}."
                ),
            ]
        return [*out, _response_table(read, outcome)]
    if outcome.design == "levels":
        return [*out, _answered_table(read, outcome)]
    return [*out, *_occasion_table(read, outcome)]


def _over_time(read: Reader, outcome: Outcome) -> list[Block]:
    """A drawing where there are occasions between start and end; two numbers need none."""
    names = [name for name in read.report.context.unit.occasions if read.report.has(f"{outcome.key}/at/{name}")]
    cells = [f"{outcome.key}/at/{name}" for name in names]
    if len(names) < 3 or not read.shown(ELIGIBLE, *cells):
        return []
    labels = [read.occasion(name) for name in names]
    drawn = figures.measured_over_time(labels, [read.value(cell) for cell in cells], read.value(ELIGIBLE))
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
        f"{outcome.measure.name_sv}: svar vid start och slut",
        (Column("Uppföljning"), Column("Antal", "right")),
        tuple(rows),
    )


def _answered_table(read: Reader, outcome: Outcome) -> Table:
    key = outcome.key
    rows = [("har en uppgift", read.count(f"{key}/answered"), read.percent(f"{key}/answered/share")),
            ("saknas", read.count(f"{key}/missing"), read.percent(f"{key}/missing/share"))]  # fmt: skip
    if read.report.has(f"{key}/missing_of_completed"):
        rows.append(
            (
                "varav fullföljde",
                read.count(f"{key}/missing_of_completed"),
                f"{read.percent(f'{key}/missing_of_completed/share')} av dem som fullföljde",
            )
        )
    rows.append(("alla", read.count(ELIGIBLE), ""))
    return Table(
        f"{outcome.measure.name_sv}: täckning",
        (Column("Uppföljning"), Column("Antal", "right"), Column("Andel", "right")),
        tuple(rows),
    )


def _background(read: Reader) -> list[Block]:
    variables: dict[str, list[str]] = {}
    for cell in read.report.within("who/"):
        _, variable, *rest = cell.id.split("/", 2)
        if not cell.id.endswith("/share"):
            variables.setdefault(variable, []).append("/".join(rest))
    rows = []
    for variable, levels in variables.items():
        for level in levels[:MOST_LEVELS]:
            cell_id = f"who/{variable}/{level}"
            if level:
                rows.append(
                    (
                        f"{read.variable(variable)}: {read.level(variable, level)}",
                        read.count(cell_id),
                        read.percent(f"{cell_id}/share"),
                    )
                )
            elif read.cell(cell_id).value != 0:
                rows.append((f"{read.variable(variable)}: uppgift saknas", read.count(cell_id), ""))
    if not rows:
        return []
    columns = (Column("Uppgift"), Column("Antal", "right"), Column("Andel av alla", "right"))
    return [Table("Vilka de är", columns, tuple(rows))]
