"""Which cells of a unit's report say how many were followed up, by the design of its main measure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from isu_analysis.analysis.results import ELIGIBLE, Outcome
from isu_analysis.municipalities import Absent
from isu_analysis.presentation.municipality.view import View
from isu_analysis.presentation.reader import NONE, Reader


@dataclass(frozen=True)
class Followed:
    """Ids of the cells: all who are meant, those followed up, those missing, and the share."""

    whole: str
    known: str
    missing: str
    share: str


def followed(read: Reader) -> Followed | None:
    """Cells of the main measure; None where nobody at all was measured, and so no cell says how many."""
    outcome = read.report.main
    found = _cells(read, outcome)
    return found if read.report.has(found.known) and read.report.has(found.missing) else None


def _cells(read: Reader, outcome: Outcome) -> Followed:
    key, whole = outcome.key, read.whole(outcome)
    if outcome.twice:
        return Followed(whole, f"{key}/paired", f"{key}/lost", f"{key}/paired_share")
    if outcome.once:
        return Followed(whole, f"{key}/answered", f"{key}/missing", f"{key}/answered/share")
    at = f"{key}/at/{outcome.end or outcome.start}"
    return Followed(ELIGIBLE, at, f"{at}/not", f"{at}/share")


def in_figures(view: View, unit: Reader | Absent) -> str:
    """Followed up, of how many, and how many are missing - or why that is not said."""
    if isinstance(unit, Absent) or unit.report.withheld:
        return view.without_numbers(unit)
    found = followed(unit)
    if found is None:
        return view.say("ingen är uppföljd")
    return view.say(
        "{known} av {whole}, {missing} saknas",
        known=unit.count(found.known),
        whole=unit.count(found.whole),
        missing=unit.count(found.missing),
    )


def kinds(view: View) -> dict[str, list[Reader]]:
    """Units with a report by what they count, in words: people, cases, families. Only those alike can be added."""
    found: dict[str, list[Reader]] = {}
    for unit in view.units:
        if isinstance(unit, Reader):
            found.setdefault(unit.unit_word, []).append(unit)
    return found


def total(units: Iterable[Reader], part: str) -> float | None:
    """Sum of one count over units; None unless every unit's is shown: what is left over would give a hidden one."""
    values = []
    for unit in units:
        found = None if unit.report.withheld else followed(unit)
        if found is None or not unit.shown(getattr(found, part)):
            return None
        values.append(unit.value(getattr(found, part)))
    return sum(values)


def written(view: View, n: float | None) -> str:
    """A total in figures, or that it cannot be worked out."""
    return NONE if n is None else view.numbers.whole(n)
