"""Texts as somebody once wrote them: an intervention, a reason or a goal that the unit file does not list.

Such a text can hold anything, also a name. It is never public, however many it is true of.
"""

from __future__ import annotations

from collections.abc import Iterator

from isu_analysis.analysis.results import Outcome
from isu_analysis.settings import Unit


def raw_variables(unit: Unit) -> frozenset[str]:
    """Variables whose categories the unit file leaves to whoever wrote the raw file."""
    return frozenset(
        name
        for source in unit.sources
        for name, column in (
            ("intervention", source.intervention),
            ("reason", source.reason),
            *source.background.items(),
        )
        if column is not None and not column.values and getattr(column, "type", "category") == "category"
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
        name
        for source in unit.sources
        for name, column in (
            ("intervention", source.intervention),
            ("reason", source.reason),
            ("ending", source.ending),
            *source.background.items(),
        )
        if column is not None and (name == "reason" if column.sensitive is None else column.sensitive)
    )
