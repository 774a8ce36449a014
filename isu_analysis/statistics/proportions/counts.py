"""Counts as this room takes them: whole, not negative, of one shape; and interval ends as it gives them back."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from isu_analysis.errors import StatisticsError
from isu_analysis.statistics.arguments import Flags, Floats

Ends = tuple[Floats, Floats]
Groups = tuple[Floats, Floats, Floats, Floats]


def counts(**given: ArrayLike) -> tuple[Floats, ...]:
    """Return counts as floats broadcast to one shape; NaN stays.

    Raises
    ------
    StatisticsError
        If a count is not a number, negative, not whole or infinite, or the shapes do not fit together.
    """
    numbers = [_whole(value, name) for name, value in given.items()]
    try:
        return tuple(np.broadcast_arrays(*numbers))
    except ValueError:
        raise StatisticsError(f"Argumenten {', '.join(given)}: ska ha samma form eller vara enstaka tal.") from None


def _whole(value: Any, name: str) -> Floats:
    if np.asarray(value).dtype.kind in "US":
        raise StatisticsError(f"Argumentet {name}: är inte ett antal. Tillåtet: heltal, minst 0.")
    try:
        nullable = hasattr(value, "to_numpy")
        number = value.to_numpy(dtype=float, na_value=np.nan) if nullable else np.asarray(value, dtype=float)
    except (TypeError, ValueError):
        raise StatisticsError(f"Argumentet {name}: är inte ett antal. Tillåtet: heltal, minst 0.") from None
    known = number[~np.isnan(number)]
    if (known < 0).any() or np.isinf(known).any() or (np.trunc(known) != known).any():
        raise StatisticsError(f"Argumentet {name}: är inte ett antal. Tillåtet: heltal, minst 0.")
    return number


def parts(n: ArrayLike, of: ArrayLike, n_name: str = "n", of_name: str = "of") -> Ends:
    """Return events and trials as floats of one shape, checked to be counts with n <= of.

    Raises
    ------
    StatisticsError
        If a count is not whole, negative or infinite, or n > of.
    """
    try:
        events, trials = counts(**{n_name: n, of_name: of})
        found = None if (events > trials).any() else (events, trials)
    except StatisticsError:
        found = None
    if found is None:
        allowed = f"ska vara heltal, minst 0, och {n_name} högst lika med {of_name}."
        raise StatisticsError(f"Argumenten {n_name} och {of_name}: {allowed}")
    return found


def two_groups(n_first: ArrayLike, of_first: ArrayLike, n_second: ArrayLike, of_second: ArrayLike) -> Groups:
    """Return the checked counts of two groups as four arrays of one shape."""
    first = parts(n_first, of_first, "n_first", "of_first")
    second = parts(n_second, of_second, "n_second", "of_second")
    n_1, of_1, n_2, of_2 = counts(n_first=first[0], of_first=first[1], n_second=second[0], of_second=second[1])
    return n_1, of_1, n_2, of_2


def filled(groups: Groups) -> tuple[Groups, Flags]:
    """Return the groups with 0 of 1 in place of what has an empty group or a missing count, and where that is."""
    n_1, of_1, n_2, of_2 = groups
    empty = np.isnan(n_1 + n_2) | ~((of_1 > 0) & (of_2 > 0))
    n_1, of_1, n_2, of_2 = (np.where(empty, place, count) for place, count in zip((0, 1, 0, 1), groups, strict=True))
    return (n_1, of_1, n_2, of_2), empty


def one_table(n_first: int, of_first: int, n_second: int, of_second: int) -> tuple[int, int, int, int]:
    """Return four single, known and possible counts of two groups as whole numbers."""
    known(n_first=n_first, of_first=of_first, n_second=n_second, of_second=of_second)
    two_groups(n_first, of_first, n_second, of_second)
    return int(n_first), int(of_first), int(n_second), int(of_second)


def known(**given: float) -> None:
    """Refuse a missing count, and several counts where one is meant."""
    for name, value in given.items():
        if np.ndim(value) != 0:
            raise StatisticsError(f"Argumentet {name}: ska vara ett enda tal.")
        if np.isnan(_whole(value, name)):
            raise StatisticsError(f"Argumentet {name}: saknar värde. Tillåtet: heltal, minst 0.")


def check_method(method: str, allowed: Iterable[str], name: str = "method") -> None:
    """Refuse a method that is not among the allowed names."""
    if method not in tuple(allowed):
        raise StatisticsError(f"Argumentet {name}: okänd metod. Tillåtet: {', '.join(allowed)}.")


def as_given(low: Any, high: Any) -> tuple[Any, Any]:
    """Return plain floats for one count and arrays for many."""
    return (float(low), float(high)) if np.ndim(low) == 0 else (low, high)


def why_no_ratio(trials: int, events: int, cells: int) -> str:
    """Return the reason code of a ratio of two groups from products and sums of counts that are 0."""
    if trials == 0:
        return "empty_group"
    if events == 0:
        return "no_events"
    return "zero_cell" if cells == 0 else ""


def quotient(above: int, below: int) -> float:
    """Return above / below: infinite over nothing, NaN when both are 0."""
    if below == 0:
        return np.nan if above == 0 else np.inf
    return above / below
