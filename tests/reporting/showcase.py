"""One report with every kind of block, pleasant and hostile; the tests and the eye look at the same thing."""

from __future__ import annotations

import io

import matplotlib as mpl
import nbformat
from matplotlib.figure import Figure as Drawing

from isu_analysis.presentation.sealed import (
    Bullets,
    Callout,
    Column,
    Document,
    Figure,
    Heading,
    KeyFigure,
    KeyFigures,
    PageBreak,
    Paragraph,
    Section,
    Table,
    TwoColumns,
)

SEAL = "0123456789abcdef" * 4
NBSP = "\u00a0"
HOSTILE = (
    '#read("/etc/passwd")',
    '#import "x"',
    "2024. Rubrik",
    "<script>alert(1)</script>",
    "// kommentar",
    "/* k */",
    "$x$",
    "*a*",
    "_b_",
    "\\",
    "\\u{41}",
    '"citat"',
    "'",
    "= Rubrik",
    "- punkt",
    "@ref",
    "~",
    "`kod`",
    "[a](b)",
    "{{ document }}",
    "{% raw %}",
    "&amp;",
    "#heading[x];",
)
EMOJI = "\U0001f9e9"
CJK = "\u6f22"
LONG = "x" * 300


def drawing(width: float = 6.3, height: float = 2.3) -> str:
    figure = Drawing(figsize=(width, height))
    axes = figure.add_axes((1.05 / width, 0.2, 1 - 1.1 / width, 0.75))
    labels, values = ["Försämrade", "Oförändrade", "Förbättrade"], [7, 21, 30]
    axes.barh(labels, values, color=["#c9d3d3", "#8fb3b3", "#0e5257"], height=0.62)
    axes.spines[["top", "right", "left"]].set_visible(False)
    axes.tick_params(length=0, labelsize=8)
    axes.set_xlabel("Antal klienter", fontsize=8)
    target = io.StringIO()
    with mpl.rc_context({"svg.hashsalt": "isu"}):
        figure.savefig(target, format="svg", metadata={"Date": None})
    return target.getvalue()


def document(**changes: object) -> Document:
    values: dict[str, object] = {
        "title": "Vad hände med dem som fick stöd?",
        "subtitle": "Individbaserad systematisk uppföljning av Öppenvård för unga vuxna",
        "municipality": "Exempelstad",
        "unit": "Unga vuxna",
        "year": 2024,
        "language": "sv",
        "as_of": "2025-03-31",
        "release": "internal",
        "marks": ("Påhittade uppgifter", "Internt – sekretess prövas vid utlämnande", "Ej granskad"),
        "footer": "Uppgifter ur enhetens egen uppföljning. Metod och definitioner finns i bilagan.",
    }
    return Document(**{**values, **changes})  # type: ignore[arg-type]


CHANGE = Table(
    "Förändring mellan start och avslut, per mått",
    (
        Column("Mått"),
        Column("Parvisa", "right"),
        Column("Förbättrade", "right"),
        Column("Oförändrade", "right"),
        Column("Försämrade", "right"),
    ),
    (
        ("CORE-OM, upplevd psykisk hälsa", "58 av 92", "30 (52\u00a0%)", "21 (36\u00a0%)", "7 (12\u00a0%)"),
        ("AUDIT, alkoholvanor", "41 av 92", "12 (29\u00a0%)", "27 (66\u00a0%)", "färre än 5"),
        ("Boende enligt personalen", "77 av 92", "", "64 (83\u00a0%)", "−"),
    ),
    note="Förbättrad betyder en förändring som är större än vad mätfelet ensamt brukar ge. Osäkerhet: 95 %.",
)

FIGURE = Figure(
    drawing(),
    "Liggande staplar: 30 av 58 klienter förbättrades, 21 var oförändrade och 7 försämrades.",
    "Förändring i upplevd psykisk hälsa, start till avslut",
    note="58 av 92 klienter har mätning vid både start och avslut.",
)


def summary() -> tuple[object, ...]:
    small = drawing(3.0, 2.0)
    return (
        Heading("Det viktigaste", 2),
        Paragraph(
            "Under 2024 avslutade 92 unga vuxna sin insats. För 58 av dem finns en mätning både när "
            "insatsen började och när den slutade. Av dessa mår 30 bättre, 21 som förut, 7 sämre."
        ),
        KeyFigures(
            (
                KeyFigure("avslutade insatser", "92", "under 2024"),
                KeyFigure("kunde följas upp", "63 %", f"58 av 92; osäkerhet 53–72{NBSP}%"),
                KeyFigure("förbättrades", "52 %", "30 av 58 uppföljda"),
                KeyFigure("vet vi inget om", "34", "37 % av alla avslutade"),
            )
        ),
        TwoColumns(
            (
                Figure(small, "Staplar med bara de uppföljda.", "Bara de uppföljda"),
                Paragraph("52 procent förbättrades. Så står det ofta i berättelser: de som saknas syns inte."),
            ),
            (
                Figure(small, "Staplar med alla, också de 34 som saknas.", "Alla avslutade"),
                Paragraph(
                    "Någonstans mellan 33 och 70 procent förbättrades, beroende på hur det gick för "
                    "de 34 som inte har följts upp."
                ),
            ),
            "Så brukar det redovisas",
            "Så mycket vet vi",
        ),
        Callout(
            "Det vet vi",
            "Bland dem som följdes upp är förbättringarna fler än försämringarna, också med hänsyn till mätfelet.",
            "known",
        ),
        Callout(
            "Det vet vi inte", "Om insatsen är orsaken. Det finns ingen jämförelse, och 34 klienter saknas.", "unknown"
        ),
    )


def results() -> tuple[object, ...]:
    return (
        Heading("Resultat per mått", 2),
        Paragraph(
            "Förbättrade, oförändrade och försämrade visas alltid tillsammans. Tecknen −, ≥, ≤ och – "
            f"ska gå att läsa, liksom 1{NBSP}234 och åäö ÅÄÖ é."
        ),
        CHANGE,
        Heading("Upplevd psykisk hälsa", 3),
        FIGURE,
        Bullets(
            (
                "CORE-OM: lägre är bättre, gränsvärde ≥ 10.",
                "Mätningen vid start ska göras inom 14 dagar.",
                "Socialtjänstlagstiftningens krav på uppföljning gäller, oavsett kvalitetsuppföljningens.",
            )
        ),
        Bullets(("Vad förvånar oss?", "Vilka saknas, och varför?", "Vad prövar vi till nästa år?"), ordered=True),
        Callout("Få klienter", "Med 58 klienter kan skillnader under 13 procentenheter bero på slumpen.", "warning"),
        Callout("Kan inte bedömas", "Bara 12 procent har en uppföljning efter tre månader.", "refusal"),
        Callout("Så gjorde vi", "Alla mätningar räknas om till samma skala.\nSe bilagan.", "note"),
    )


def hostile() -> tuple[object, ...]:
    rows = tuple((text, "", text) for text in HOSTILE)
    return (
        PageBreak(),
        Heading("Text som inte är kod: " + HOSTILE[0], 2),
        Paragraph(" ".join(HOSTILE)),
        Paragraph(f"Tecken: {EMOJI} {CJK} kontroll\x00\x07\x1b slut\u202e. Ring: a\u030a. Två\nrader."),
        Paragraph("Långt ord: " + LONG),
        Callout(HOSTILE[3], LONG, "note"),
        KeyFigures((KeyFigure(LONG, "färre än 5", HOSTILE[0]), KeyFigure("andel", "1 234 567", ""))),
        Bullets(HOSTILE),
        Table(
            "Fientliga celler " + HOSTILE[1],
            (Column("Text"), Column("Tom", "center"), Column(HOSTILE[3], "right")),
            (*rows, (LONG, EMOJI, "9" * 40)),
            note=HOSTILE[3],
            row_header=True,
        ),
        TwoColumns(
            (Table("Smal", (Column("A"), Column("B", "right")), (("Socialtjänsten", "1"),)),),
            (Bullets(("ett",)), Paragraph(LONG)),
            HOSTILE[0],
            LONG,
        ),
    )


def long_table() -> tuple[object, ...]:
    heads = ("Nummer", "Kön", "Ålder", "Start", "Avslut", "Skillnad", "Kommentar")
    columns = tuple(Column(head, "left" if head in {"Nummer", "Kön", "Kommentar"} else "right") for head in heads)
    rows = tuple(
        (
            f"Grupp {n}",
            "kvinnor" if n % 2 else "",
            f"{20 + n % 9}",
            "18,4",
            "12,1",
            "−6,3",
            "en längre kommentar som måste brytas" if n % 7 == 0 else "",
        )
        for n in range(1, 61)
    )
    wide = tuple(Column(f"Kategori {n}", "right") for n in range(1, 12))
    return (
        Heading("En lång och en bred tabell", 2),
        Table("Sextio rader", columns, rows, note="Tabellens huvud upprepas på varje sida."),
        Table(
            "Tolv kolumner",
            (Column("Bakgrund"), *wide),
            (("Kommunalt boende med särskild service", *("100 (12\u00a0%)",) * 11), ("Eget", *("",) * 11)),
        ),
        Table("Utan radrubriker", (Column("Från"), Column("Till")), (("start", "avslut"),), row_header=False),
    )


def sections(seal: str = SEAL, **changes: object) -> list[Section]:
    about = document(**changes)
    parts = {"summary": summary(), "results": results(), "hostile": hostile(), "long": long_table()}
    return [Section(about, key, blocks, seal) for key, blocks in parts.items()]  # type: ignore[arg-type]


def notebook(*shown: Section) -> nbformat.NotebookNode:
    """An executed notebook that also holds everything which must not be printed."""
    strays = [
        nbformat.v4.new_output("stream", name="stdout", text="HEMLIG STREAM"),
        nbformat.v4.new_output(
            "display_data", {"text/html": "<table><tr><td>HEMLIG TABELL</td></tr></table>", "text/plain": "HEMLIG REPR"}
        ),
        nbformat.v4.new_output("execute_result", {"text/markdown": "HEMLIG MARKDOWN"}),
    ]
    cells = [
        nbformat.v4.new_markdown_cell("# HEMLIG RUBRIK"),
        nbformat.v4.new_code_cell("hemlig_kod = 'HEMLIG KOD'", outputs=strays),
    ]
    for section in shown or sections():
        output = nbformat.v4.new_output("execute_result", section._repr_mimebundle_())
        cells.append(nbformat.v4.new_code_cell("report.section()", outputs=[output]))
    # Ids are random by default; the file should be the same from run to run.
    for number, cell in enumerate(cells):
        cell.id = f"cell-{number}"
    return nbformat.v4.new_notebook(cells=cells)
