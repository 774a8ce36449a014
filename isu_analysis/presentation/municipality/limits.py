"""Why the units cannot be compared, and what an overview does not say."""

from __future__ import annotations

from isu_analysis.presentation.blocks import Block, Bullets, Heading
from isu_analysis.presentation.municipality.view import View


def blocks(view: View) -> list[Block]:
    """What the overview does not say."""
    has_minutes = any(read.report.context.unit.burden for read in view.readers)
    minutes = [view.say("Minuterna är enhetens egen uppskattning. Ingen har mätt dem.")] if has_minutes else []
    return [
        Heading(view.say("Vad översikten inte säger")),
        Bullets(
            (
                view.say(
                    "Den säger inte vilken enhet som är bäst. Enheterna möter olika människor, med olika svåra problem."
                ),
                view.say(
                    "Olika mått kan inte vägas mot varandra: poäng på en skala, en bedömning och ett avslut är olika saker."
                ),
                view.say("Olika många saknas. De som saknas kan ha det bättre eller sämre än de som följdes upp."),
                view.say(
                    "Att många är uppföljda betyder inte att det gick bra för dem. Hur det gick står i enhetens egen rapport, och med enhetens eget mått i den gemensamma formen."
                ),
                view.say("Enheterna räknar olika. En summa över enheter är inte ett antal människor."),
                *minutes,
            )
        ),
    ]
