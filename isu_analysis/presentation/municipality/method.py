"""How the overview is made, and of which data."""

from __future__ import annotations

from isu_analysis.municipalities import Absent
from isu_analysis.presentation.blocks import Block, Bullets, Column, Heading, Table
from isu_analysis.presentation.municipality.view import View
from isu_analysis.presentation.reader import NOTHING, Reader
from isu_analysis.presentation.wording import phrase
from isu_analysis.version import __version__

_HEADS = (phrase("Enhet"), phrase("Uppgifternas datum"), phrase("Gäller"))


def blocks(view: View) -> list[Block]:
    """How it is counted, and a row a unit about its data."""
    return [
        Heading(view.say("Så är översikten gjord")),
        Bullets(tuple(_how(view))),
        Table(
            view.say("Enheternas uppgifter."),
            tuple(Column(view.say(head)) for head in _HEADS),
            tuple(_row(view, unit) for unit in view.units),
        ),
    ]


def _how(view: View) -> list[str]:
    lines = [
        view.say("Alla tal är hämtade ur enheternas egna rapporter för samma år, eller räknade ur dem."),
        view.say("En summa står bara för enheter som räknar samma sak, och bara där alla deras tal visas."),
        view.say(
            "Med följdes upp menas det som enhetens huvudmått kräver: svar vid både start och slut, eller ett svar vid slutet."
        ),
        view.say(
            "Något används om det finns i rapportens tabeller eller figurer, eller om ett beslut hänvisar till det."
        ),
        view.say("Gjord med isu-analysis {version}.", version=__version__),
    ]
    if view.municipality.mode == "public":
        lines.insert(
            2,
            view.say(
                "Antal under {least} och det som skulle avslöja dem är dolda, på samma ställen som i enheternas rapporter.",
                least=str(view.municipality.reports[0].limits.min_cell),
            ),
        )
    return lines


def _row(view: View, unit: Reader | Absent) -> tuple[str, ...]:
    if isinstance(unit, Absent):
        return (view.name(unit), NOTHING, view.without_numbers(unit))
    context = unit.report.context
    # The latest date in the data is some person's: outside the service only its month is told.
    as_of = context.as_of.isoformat()
    date = as_of if view.municipality.mode == "internal" else as_of[:7]
    rule = unit.own(context.unit.cohort.eligible) or view.say("alla i årets urval")
    return (view.name(unit), date, rule)
