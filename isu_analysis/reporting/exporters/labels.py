"""The few words that the exporters add themselves, in the language of a report."""

from __future__ import annotations

from dataclasses import dataclass

from isu_analysis.presentation.wording import Wording


@dataclass(frozen=True)
class Labels:
    """Words around the content of a report."""

    contents: str
    skip: str
    page: str
    of: str
    marks: str
    as_of: str
    municipality: str
    unit: str
    year: str
    table: str
    basis: str
    no_tables: str


def labels(language: str) -> Labels:
    """Return the words in a report's language."""
    say = Wording(language).say
    return Labels(
        contents=say("Innehåll"),
        skip=say("Hoppa till innehållet"),
        page=say("Sida"),
        of=say("av"),
        marks=say("Märkning"),
        as_of=say("Uppgifternas datum:"),
        municipality=say("Kommun"),
        unit=say("Enhet"),
        year=say("År"),
        table=say("Tabell"),
        basis=say("Underlag"),
        no_tables=say("Rapporten har inga tabeller med resultat."),
    )
