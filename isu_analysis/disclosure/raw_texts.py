"""Texts as somebody once wrote them: an intervention, a reason or a goal that the unit file does not list.

Such a text can hold anything, also a name. It is never public, however many it is true of.
"""

from __future__ import annotations

from collections.abc import Iterator

from isu_analysis.analysis.results import Outcome
from isu_analysis.settings import Unit
from isu_analysis.settings.sources import Column


def raw_variables(unit: Unit) -> frozenset[str]:
    """Variables whose categories the unit file leaves to whoever wrote the raw file."""
    return frozenset(
        name
        for name, column in _columns(unit)
        if not column.values and getattr(column, "type", "category") == "category"
    )


def of_raw_text(unit: Unit, outcome: Outcome) -> bool:
    """Whether an outcome is about a need or a goal named by a raw file and not by the unit file."""
    return bool(outcome.item) and outcome.item not in set(_named(unit))


def _named(unit: Unit) -> Iterator[str]:
    yield unit.primary.item
    for source in unit.sources:
        for column in source.measurements:
            yield column.item


def sensitive_variables(unit: Unit) -> frozenset[str]:
    """Variables of which nobody may learn that everybody, or nearly everybody, is in one category."""
    return frozenset(
        name for name, column in _columns(unit) if (name == "reason" if column.sensitive is None else column.sensitive)
    )


def _columns(unit: Unit) -> Iterator[tuple[str, Column]]:
    """Columns that divide people into categories, with the variable's name."""
    for source in unit.sources:
        named = (("intervention", source.intervention), ("reason", source.reason), ("ending", source.ending))
        yield from ((name, column) for name, column in (*named, *source.background.items()) if column is not None)
