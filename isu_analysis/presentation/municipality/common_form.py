"""The form that units share: each unit's outcome by its own yardstick, of all who were meant. Never a league table."""

from __future__ import annotations

from collections.abc import Sequence

from isu_analysis.disclosure.gate import Report
from isu_analysis.municipalities import Absent, alphabetical
from isu_analysis.municipalities.common_form import (
    AFTERWARDS,
    DIRECTION,
    IMPROVED,
    MAINTAINED,
    NO_CERTAIN_CHANGE,
    NO_THRESHOLD,
    NOBODY,
    NOT_APPROVED,
    PARTS,
    SEVERAL,
    WORSE,
    InForm,
    in_common_form,
    measured_and_not,
)
from isu_analysis.presentation.blocks import (
    Block,
    Bullets,
    Callout,
    Column,
    Figure,
    Heading,
    PageBreak,
    Paragraph,
    Table,
)
from isu_analysis.presentation.figures.common_form import FormBar, Piece, common_form_bars
from isu_analysis.presentation.municipality import afterwards
from isu_analysis.presentation.municipality.view import View
from isu_analysis.presentation.municipality.yardstick import One, count, yardstick
from isu_analysis.presentation.reader import NONE, NOTHING, Reader
from isu_analysis.presentation.wording import phrase

MOST_BARS = 14  # of one drawing: more units make a second one
_WORDS = {
    IMPROVED: phrase("bättre"),
    MAINTAINED: phrase("bibehållet, som avsett"),
    NO_CERTAIN_CHANGE: phrase("ingen säker förändring"),
    WORSE: phrase("sämre"),
}
_HEADS = (
    phrase("Bättre"),
    phrase("Bibehållet"),
    phrase("Ingen säker förändring"),
    phrase("Sämre"),
    phrase("Ej mätta"),
    phrase("Alla"),
)
_TONES = {IMPROVED: "good", MAINTAINED: "best", NO_CERTAIN_CHANGE: "same", WORSE: "worse"}
_WHY = {
    SEVERAL: phrase("varje människa har flera svar, som inte kan vägas ihop till ett"),
    NOT_APPROVED: phrase("enheten har inte godkänt hur utfallet ska placeras"),
    NO_THRESHOLD: phrase("ingen gräns säger vad som är en säker förändring"),
    NOBODY: phrase("ingen är uppföljd"),
}


def blocks(view: View) -> list[Block]:
    """What the form is, the bars, the numbers behind them, and who is not in it and why."""
    rows = in_common_form(view.municipality)
    found: list[Block] = [PageBreak(), Heading(view.say("Gemensam redovisningsform")), *_about(view)]
    if placed := _of_place(view, rows, DIRECTION):
        found += [*_figures(view, placed), _seen(view, placed), *_ranges(view, placed)]
    if after := _of_place(view, rows, AFTERWARDS):
        found += afterwards.blocks(view, after)
    return [*found, *_together(view, rows), *_outside(view, rows)]


def _of_place(view: View, rows: Sequence[InForm], place: str) -> list[One]:
    ones = [
        One(row, Reader(row.unit, view.wording)) for row in rows if row.place == place and isinstance(row.unit, Report)
    ]
    return sorted(ones, key=lambda one: alphabetical(view.name(one.read)))


def _about(view: View) -> list[Block]:
    return [
        Paragraph(
            view.say(
                "Formen är ett gemensamt sätt att redovisa, inget gemensamt resultatmått. Varje enhet visas med sitt eget mått och "
                "sin egen gräns, som andelar av alla som skulle följas upp. En enhet är med när den själv har godkänt hur dess "
                "utfall placeras."
            )
        ),
        Callout(
            view.say("Läs så här"),
            view.say("Staplarnas längd kan inte jämföras mellan enheter; jämför hur stor del som är okänd."),
            "note",
        ),
    ]


def _figures(view: View, ones: Sequence[One]) -> list[Block]:
    drawn = [one for one in ones if _is_drawn(one.row)]
    parts = [drawn[at : at + MOST_BARS] for at in range(0, len(drawn), MOST_BARS)]
    return [_figure(view, part) for part in parts]


def _is_drawn(row: InForm) -> bool:
    return row.form is not None and row.of is not None and row.of > 0


def _figure(view: View, ones: Sequence[One]) -> Figure:
    used = [part for part in PARTS if part != MAINTAINED or any(one.row.parts[part] for one in ones)]
    tones = [(_TONES[part], view.say(_WORDS[part])) for part in used] + [("unknown", view.say("ej mätta"))]
    lines = (
        view.say("vad andelen kan ha varit, vad som än hände de andra"),
        view.say("vad som är rimligt"),
    )
    bars = [
        FormBar(
            view.name(read),
            yardstick(view, read),
            (*(Piece(_TONES[part], row.parts[part] or 0) for part in PARTS), Piece("unknown", row.not_measured or 0)),
            _ends(row, "share_low_bound", "share_high_bound"),
            _ends(row, "plausible_low", "plausible_high"),
        )
        for row, read in ones
    ]
    listed = " ".join(_in_words(view, row, read) for row, read in ones)
    return Figure(
        common_form_bars(bars, tones, lines),
        view.say("En stapel för varje enhet. {listed}", listed=listed),
        view.say("Utfallet i varje enhet med dess eget mått, av alla som skulle följas upp."),
        view.say("Staplarnas längd kan inte jämföras mellan enheter; jämför hur stor del som är okänd."),
        view.say("Antal, av hur många, och hur många som saknas, står i nästa tabell."),
    )


def _wanted(row: InForm) -> str:
    """The row of the form that the lines are about: improved, together with maintained where that was intended."""
    return "improved_or_maintained" if row.parts[MAINTAINED] else IMPROVED


def _ends(row: InForm, low: str, high: str) -> tuple[float, float] | None:
    if row.form is None:
        return None
    found = row.form.to_frame().set_index("part").loc[_wanted(row)]
    ends = float(found[low]), float(found[high])
    return ends if ends[0] == ends[0] else None  # NaN where nobody was measured


def _in_words(view: View, row: InForm, read: Reader) -> str:
    parts = [
        view.say("{n} {what}", n=view.numbers.whole(row.parts[part] or 0), what=view.say(_WORDS[part]))
        for part in PARTS
        if part not in row.empty
    ]
    return view.say(
        "{unit}: {parts}, {missing} ej mätta, av {of}.",
        unit=view.name(read),
        parts=", ".join(parts),
        missing=view.numbers.whole(row.not_measured or 0),
        of=view.numbers.whole(row.of or 0),
    )


def _seen(view: View, ones: Sequence[One]) -> Table:
    return Table(
        view.say("Vad som sågs, i antal, enhet för enhet i bokstavsordning."),
        (Column(view.say("Enhet")), *(Column(view.say(head), "right") for head in _HEADS)),
        tuple(
            (
                view.name(read),
                *(NOTHING if part in row.empty else count(view, row.parts[part]) for part in PARTS),
                count(view, row.not_measured),
                count(view, row.of),
            )
            for row, read in ones
        ),
        _hidden_note(view),
        basis=view.say("Antal, av hur många, och hur många som saknas, står på varje rad."),
    )


def _hidden_note(view: View) -> str:
    if view.municipality.mode != "public":
        return ""
    return view.say("Två punkter (..) står där ett antal är dolt för att skydda enskilda; då ritas ingen stapel.")


def _ranges(view: View, ones: Sequence[One]) -> list[Block]:
    """Bounds and plausible range of what went well, with what is supposed of those who were not measured."""
    drawn = [one for one in ones if _is_drawn(one.row)]
    if not drawn:
        return []
    ratios = sorted({ratio for row, _ in drawn for ratio in (row.form.odds_ratios if row.form else ())}, reverse=True)
    heads = (
        phrase("Mått, vem som svarar och slag"),
        phrase("Kunde bli bättre"),
        phrase("Sågs"),
        phrase("Gränser"),
        phrase("Rimligt"),
        phrase("Godkänd"),
    )
    return [
        Table(
            view.say(
                "Hur stor andel som blev bättre (eller bibehölls, där det var avsikten): vad som sågs och vad det kan ha varit."
            ),
            (Column(view.say("Enhet")), *(Column(view.say(head)) for head in heads)),
            tuple((view.name(read), *_range(view, row, read)) for row, read in drawn),
            view.say(
                "Gränser: om ingen, eller alla, av dem som inte mättes blev bättre. De antar ingenting. Rimligt: om oddsen att ha "
                "blivit bättre bland dem som inte mättes var mellan {low} och {high} gånger oddsen bland dem som mättes; i en studie där "
                "personal bedömde dem som saknades var det 0,1 (Jensen m.fl. 2017).",
                low=view.numbers.plain(min(ratios)),
                high=view.numbers.plain(max(ratios)),
            ),
            basis=view.say("Antal, av hur många, och hur många som saknas, står i förra tabellen."),
        )
    ]


def _range(view: View, row: InForm, read: Reader) -> tuple[str, ...]:
    could = row.could_improve
    bounds, plausible = _ends(row, "share_low_bound", "share_high_bound"), _ends(row, "plausible_low", "plausible_high")
    mapped = read.report.context.unit.common_form
    approved = (
        view.say("{date}, version {version}", date=mapped.approved.isoformat(), version=mapped.version)
        if mapped
        else NONE
    )
    return (
        yardstick(view, read),
        view.say("{n} av {of}", n=view.numbers.whole(could[0]), of=view.numbers.whole(could[1])) if could else NOTHING,
        view.numbers.percent(bounds[0], row.of) if bounds else NONE,
        view.numbers.percent_interval(*bounds) if bounds else NONE,
        view.numbers.percent_interval(*plausible) if plausible else NONE,
        approved,
    )


def _together(view: View, rows: Sequence[InForm]) -> list[Block]:
    """Measured and not measured in the whole municipality: the only sum there is."""
    sums = measured_and_not(rows)
    if sums is None:
        return []
    measured, missing = sums
    said = view.say(
        "I alla enheter tillsammans mättes {measured}, och {missing} mättes inte. Inget annat läggs ihop här.",
        measured=view.numbers.whole(measured),
        missing=view.numbers.whole(missing),
    )
    return [Paragraph(said)]


def _outside(view: View, rows: Sequence[InForm]) -> list[Block]:
    """Units that are not in the form, and why."""
    lines = [_why(view, row) for row in rows if row.place not in {DIRECTION, AFTERWARDS}]
    if not lines:
        return []
    return [Heading(view.say("Enheter som inte är med i formen"), 3), Bullets(tuple(lines))]


def _why(view: View, row: InForm) -> str:
    unit = row.unit if isinstance(row.unit, Absent) else Reader(row.unit, view.wording)
    why = view.say(_WHY[row.place]) if row.place in _WHY else view.without_numbers(unit)
    return view.say("{unit}: {reason}", unit=view.name(unit), reason=why)
