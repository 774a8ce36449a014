"""The municipality on one page: how many units follow up, and for how many people."""

from __future__ import annotations

from isu_analysis.municipalities import FAILED, Absent
from isu_analysis.presentation.blocks import (
    MOST_KEY_FIGURES,
    Block,
    Bullets,
    Callout,
    Figure,
    Heading,
    KeyFigure,
    KeyFigures,
    Paragraph,
)
from isu_analysis.presentation.figures.coverage import Row, coverage_rows
from isu_analysis.presentation.municipality.followed import Followed, followed, in_figures, kinds, total, written
from isu_analysis.presentation.municipality.view import View
from isu_analysis.presentation.reader import Reader

MOST_ROWS = 24  # of one drawing: more units make a second one
_TOO_FEW = {"low_coverage", "too_few"}


def blocks(view: View) -> list[Block]:
    """First page of the overview."""
    return [
        Heading(view.say("Läget på en sida")),
        Paragraph(_about(view)),
        *map(KeyFigures, _key_figures(view)),
        *_not_added(view),
        *_figures(view),
        Heading(view.say("Det viktigaste"), 3),
        Bullets(tuple(_main_points(view))),
        *_failed(view),
    ]


def _about(view: View) -> str:
    return view.say(
        "Här står vilka enheter i {municipality} som följer upp individer, och för hur många, ur enheternas egna rapporter. "
        "De står i bokstavsordning.",
        municipality=view.municipality.name,
    )


def _key_figures(view: View) -> tuple[tuple[KeyFigure, ...], ...]:
    """How many units, and how many were followed up: one sum, or one for each thing counted; what a row has room for."""
    alike = kinds(view)
    units = KeyFigure(
        view.plural("enhet har en rapport", "enheter har en rapport", len(view.municipality.reports)),
        view.numbers.whole(len(view.municipality.reports)),
        view.say("av {n} som har en enhetsfil", n=view.numbers.whole(len(view.units))),
    )
    sums = [_sum(view, word, members) for word, members in alike.items() if _summed(members)]
    if len(sums) == len(alike) == 1:
        return ((units, *_one_sum(view, *alike.values())),)
    rest = (*_without_sum(view, some=bool(sums)), *sums)
    return ((*(() if len(rest) >= MOST_KEY_FIGURES else (units,)), *rest[:MOST_KEY_FIGURES]),)


def _without_sum(view: View, *, some: bool) -> tuple[KeyFigure, ...]:
    """How many units have numbers that cannot be added, as they are hidden or not there."""
    hidden = sum(isinstance(unit, Reader) and not _drawable(unit) for unit in view.units)
    if not hidden:
        return ()
    why = view.say("därför ges inte alla summor") if some else view.say("därför ges ingen summa")
    return (KeyFigure(view.say("av dem har inga eller dolda antal"), view.numbers.whole(hidden), why),)


def _summed(units: list[Reader]) -> bool:
    """Whether the counts of units that count the same thing can be added."""
    return None not in (total(units, part) for part in ("whole", "known", "missing"))


def _one_sum(view: View, units: list[Reader]) -> tuple[KeyFigure, ...]:
    """The sums where all units count the same thing."""
    whole, known, missing = (written(view, total(units, part)) for part in ("whole", "known", "missing"))
    return (
        KeyFigure(view.say("skulle följas upp"), whole, view.say("räknat som varje enhet räknar")),
        KeyFigure(view.say("följdes upp"), known, view.say("med enhetens huvudmått")),
        KeyFigure(view.say("saknas"), missing, view.say("de kan ha det bättre eller sämre")),
    )


def _sum(view: View, word: str, units: list[Reader]) -> KeyFigure:
    """The sum of those units that count one thing."""
    whole, known, missing = (written(view, total(units, part)) for part in ("whole", "known", "missing"))
    of = view.plural(
        "av {whole} i {n} enhet; {missing} saknas",
        "av {whole} i {n} enheter; {missing} saknas",
        len(units),
        whole=whole,
        missing=missing,
    )
    return KeyFigure(view.say("{what} följdes upp", what=word), known, of)


def _not_added(view: View) -> list[Block]:
    """What the units count, where it is not the same thing."""
    words = list(kinds(view))
    if len(words) < 2:
        return []
    return [Paragraph(view.say("Enheterna räknar olika saker: {kinds}. De läggs inte ihop.", kinds=", ".join(words)))]


def _figures(view: View) -> list[Block]:
    units = view.units
    parts = [units[at : at + MOST_ROWS] for at in range(0, len(units), MOST_ROWS)]
    return [_figure(view, part) for part in parts]


def _figure(view: View, units: tuple[Reader | Absent, ...]) -> Figure:
    rows = [_row(view, unit) for unit in units]
    known, unknown = view.say("följdes upp"), view.say("saknas")
    listed = " ".join(view.say("{unit}: {numbers}.", unit=row.name, numbers=row.text) for row in rows)
    return Figure(
        coverage_rows(rows, known, unknown),
        view.say("Följdes upp, av hur många, och hur många som saknas. {listed}", listed=listed),
        view.say("Så många följdes upp i varje enhet. En hel stapel är alla som skulle följas upp."),
        _note(view, rows),
        _basis(view),
    )


def _row(view: View, unit: Reader | Absent) -> Row:
    name, text = view.name(unit), in_figures(view, unit)
    if not isinstance(unit, Reader) or not (found := _drawable(unit)):
        return Row(name, text)
    return Row(name, text, unit.value(found.known), unit.value(found.missing))


def _drawable(read: Reader) -> Followed | None:
    """Cells of the main measure where all of them are shown."""
    found = None if read.report.withheld else followed(read)
    return found if found and read.shown(found.whole, found.known, found.missing) else None


def _note(view: View, rows: list[Row]) -> str:
    if all(row.known is not None for row in rows):
        return ""
    if view.municipality.mode == "public":
        return view.say("En prickad linje: antal saknas, eller är dolda (..) för att skydda människor.")
    return view.say("En prickad linje: antal saknas.")


def _basis(view: View) -> str:
    alike = list(kinds(view).values())
    if len(alike) != 1 or not _summed(alike[0]):
        return view.say("Antal, och hur många som saknas, står vid varje enhet.")
    return view.say(
        "{known} av {whole} följdes upp, {missing} saknas.",
        **{part: written(view, total(alike[0], part)) for part in ("known", "whole", "missing")},
    )


def _main_points(view: View) -> list[str]:
    n, reports = len(view.units), len(view.municipality.reports)
    points = [_reports(view, n, reports)]
    few = [view.name(read) for read in view.readers if read.code("result") in _TOO_FEW]
    if few:
        points.append(
            view.plural(
                "I {n} enhet är för få uppföljda för ett samlat resultat: {names}.",
                "I {n} enheter är för få uppföljda för ett samlat resultat: {names}.",
                len(few),
                n=view.numbers.whole(len(few)),
                names=", ".join(few),
            )
        )
    elif len(view.readers) == reports:
        points.append(view.say("Alla rapporter bygger på tillräckligt många för ett samlat resultat."))
    points.append(
        view.say(
            "Enheterna möter olika människor och mäter olika saker. De jämförs bara där mått och målgrupp är desamma."
        )
    )
    return points


def _reports(view: View, n: int, reports: int) -> str:
    if n == reports:
        return view.plural(
            "Den enda enheten har en rapport.", "Alla {n} enheter har en rapport.", n, n=view.numbers.whole(n)
        )
    return view.say(
        "{reports} av {n} enheter har en rapport. I figuren står varför de andra inte har någon.",
        reports=view.numbers.whole(reports),
        n=view.numbers.whole(n),
    )


def _failed(view: View) -> list[Block]:
    """What went wrong, for those inside the service."""
    wrong = [unit for unit in view.municipality.absent if unit.why == FAILED and unit.reason]
    if not wrong:
        return []
    lines = [view.say("{unit}: {reason}", unit=unit.name, reason=unit.reason) for unit in wrong]
    return [Callout(view.say("Rapporter som inte gick att göra"), "\n".join(lines), "warning")]
