"""When a published report may be replaced by a later one: whole, and only if nobody's arrival can be read off.

Two editions side by side tell what came between them. A count that has moved by two tells of two people, however
large it is; so each one that has moved must have moved far.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Literal

from isu_analysis.disclosure.ledger.edition import Edition, Entered
from isu_analysis.disclosure.problem import Equation

Answer = Literal["unchanged", "replace", "keep"]
UNCHANGED: Answer = "unchanged"
REPLACE: Answer = "replace"
KEEP: Answer = "keep"

_NOBODY = Entered(0, shown=False)


def may_replace(
    old: Edition,
    counts: Mapping[str, Entered],
    min_cell: int,
    *,
    equations: Iterable[Equation] = (),
    numbers: Mapping[str, float | None] | None = None,
) -> Answer:
    """Say whether a published report may give place to a new one.

    Every count that has moved and was or would be shown must have moved by at least `min_cell`, and so must a hidden
    one that hangs together with such a one by equations. Other hidden counts may move as they like: no page tells of
    it. A count that is in one of the reports only was, or becomes, nought.

    Parameters
    ----------
    old : Edition
        The latest of the report.
    counts : mapping of str to Entered
        Of the new one. Before anything is decided: all as shown, which is the strictest.
    min_cell : int
    equations : iterable of Equation
        Of the new one, beside those of the old.
    numbers : mapping of str to float or None, optional
        Other numbers as the new one would print them. Where no count has moved but one of these has, somebody's
        answer was corrected, and the old report stays.

    Returns
    -------
    {"unchanged", "replace", "keep"}
        Nothing has moved, so the old decision stands; it may be replaced; the old report must stay as it is.
    """
    before, after = old.counts, counts
    moved = {name: abs(after.get(name, _NOBODY).value - before.get(name, _NOBODY).value) for name in {*before, *after}}
    changed = {name for name, by in moved.items() if by > 0}
    if not changed:
        same = numbers is None or dict(numbers) == dict(old.numbers)
        return UNCHANGED if same else KEEP
    seen = {name for name in changed if before.get(name, _NOBODY).shown or after.get(name, _NOBODY).shown}
    told = _hanging_together(seen, changed, [*old.equations, *equations])
    return REPLACE if all(moved[name] >= min_cell for name in told) else KEEP


def _hanging_together(seen: set[str], changed: set[str], equations: Iterable[Equation]) -> set[str]:
    """Changed counts that share an equation with one that is seen to change, directly or through others."""
    groups = [{name for name, _ in equation.terms} & changed for equation in equations]
    told = set(seen)
    while reached := [group for group in groups if group & told and not group <= told]:
        told.update(*reached)
    return told
