"""The few words that the exporters add themselves, in the languages of a report."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Labels:
    """Words around the content of a report."""

    contents: str
    skip: str
    page: str
    of: str
    marks: str
    as_of: str


LABELS = {
    "sv": Labels("Innehåll", "Hoppa till innehållet", "Sida", "av", "Märkning", "Uppgifternas datum:"),
    "en": Labels("Contents", "Skip to the content", "Page", "of", "Marks", "Data up to and including"),
}
