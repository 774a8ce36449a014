"""Units that measure once, or cannot put start and end together: a panel of their own, without better and worse."""

from __future__ import annotations

from collections.abc import Sequence

from isu_analysis.municipalities.common_form import InForm
from isu_analysis.presentation.blocks import Block, Column, Heading, Paragraph, Table
from isu_analysis.presentation.municipality.view import View
from isu_analysis.presentation.municipality.what import when
from isu_analysis.presentation.municipality.yardstick import One, count, yardstick
from isu_analysis.presentation.reader import Reader


def blocks(view: View, ones: Sequence[One]) -> list[Block]:
    """Units that measure once, or cannot put start and end together: their answers, and nothing of better or worse."""
    heads = (view.say("Enhet"), view.say("Mått, vem som svarar och slag"), view.say("Svar"))
    return [
        Heading(view.say("Mätt en gång, eller utan att kunna läggas ihop"), 3),
        Paragraph(
            view.say(
                "De här enheterna mäter bara efteråt, eller kan inte lägga ihop start och slut för samma människa. Därför går det "
                "inte att räkna vilka som blev bättre eller sämre än de var vid starten."
            )
        ),
        Table(
            view.say("Svar och utfall vid ett tillfälle, enhet för enhet i bokstavsordning."),
            (*map(Column, heads), Column(view.say("Ej mätta"), "right"), Column(view.say("Alla"), "right")),
            tuple(_row(view, row, read) for row, read in ones),
            view.say("Två punkter (..) står där ett antal är dolt för att skydda enskilda.")
            if view.municipality.mode == "public"
            else "",
            basis=view.say("Antal, av hur många, och hur många som saknas, står på varje rad."),
        ),
    ]


def _row(view: View, row: InForm, read: Reader) -> tuple[str, ...]:
    labels = {level.code: read.label(level) for level in read.report.main.measure.levels}
    answers = [view.say("{what}: {n}", what=labels[code], n=count(view, n)) for code, n in row.parts.items()]
    told = answers or [view.say("mätta, {when}: {n}", when=when(read, read.report.main), n=count(view, row.measured))]
    return (
        view.name(read),
        yardstick(view, read),
        "\n".join(told),
        count(view, row.not_measured),
        count(view, row.of),
    )
