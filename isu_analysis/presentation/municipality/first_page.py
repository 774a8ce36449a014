"""The municipality on one page: how many units follow up, and for how many people."""

from __future__ import annotations

from isu_analysis.municipalities import FAILED, Absent
from isu_analysis.presentation.blocks import Block, Bullets, Callout, Figure, Heading, KeyFigure, KeyFigures, Paragraph
from isu_analysis.presentation.figures.coverage import Row, coverage_rows
from isu_analysis.presentation.municipality.followed import Followed, followed, in_figures, total, written
from isu_analysis.presentation.municipality.view import View
from isu_analysis.presentation.reader import Reader

MOST_ROWS = 24  # of one drawing: more units make a second one
_TOO_FEW = {"low_coverage", "too_few"}


def blocks(view: View) -> list[Block]:
    """First page of the overview."""
    return [
        Heading(view.say("Läget på en sida")),
        Paragraph(_about(view)),
        KeyFigures(_key_figures(view)),
        *_figures(view),
        Heading(view.say("Det viktigaste"), 3),
        Bullets(tuple(_main_points(view))),
        *_failed(view),
    ]


def _about(view: View) -> str:
    return view.say(
        "Översikten visar vilka enheter i {municipality} som följer upp individer, och för hur många. "
        "Den är gjord av enheternas egna rapporter för {year}. Enheterna står i bokstavsordning.",
        municipality=view.municipality.name,
        year=str(view.municipality.year),
    )


def _key_figures(view: View) -> tuple[KeyFigure, ...]:
    known = total(view, "known")
    units = KeyFigure(
        view.plural("enhet har en rapport", "enheter har en rapport", len(view.municipality.reports)),
        view.numbers.whole(len(view.municipality.reports)),
        view.say("av {n} som har en enhetsfil", n=view.numbers.whole(len(view.units))),
    )
    if known is None:
        hidden = sum(isinstance(unit, Reader) and not _drawable(unit) for unit in view.units)
        why = view.say("därför ges ingen summa")
        return units, KeyFigure(view.say("av dem har inga eller dolda antal"), view.numbers.whole(hidden), why)
    alike = view.say("räknat som varje enhet räknar")
    return (
        units,
        KeyFigure(view.say("skulle följas upp"), written(view, total(view, "whole")), alike),
        KeyFigure(view.say("följdes upp"), written(view, known), view.say("med enhetens huvudmått")),
        KeyFigure(
            view.say("saknas"), written(view, total(view, "missing")), view.say("de kan ha det bättre eller sämre")
        ),
    )


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
    known, whole, missing = (total(view, part) for part in ("known", "whole", "missing"))
    if known is None or whole is None or missing is None:
        return view.say("Antal, och hur många som saknas, står vid varje enhet.")
    return view.say(
        "{known} av {whole} följdes upp, {missing} saknas.",
        known=written(view, known),
        whole=written(view, whole),
        missing=written(view, missing),
    )


def _main_points(view: View) -> list[str]:
    n, reports = len(view.units), len(view.municipality.reports)
    whole = view.numbers.whole
    points = [_reports(view, n, reports)]
    few = sum(read.code("result") in _TOO_FEW for read in view.readers)
    points.append(
        view.say("Alla rapporter bygger på tillräckligt många för ett samlat resultat.")
        if not few and len(view.readers) == reports
        else view.plural(
            "I {n} enhet är för få uppföljda för att den ska kunna ge ett samlat resultat.",
            "I {n} enheter är för få uppföljda för att de ska kunna ge ett samlat resultat.",
            few,
            n=whole(few),
        )
    )
    points.append(view.say("Enheterna kan inte jämföras med varandra: de möter olika människor och mäter olika saker."))
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
