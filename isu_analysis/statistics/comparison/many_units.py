"""Many sets of units, each compared within itself, in one call."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from isu_analysis.errors import StatisticsError
from isu_analysis.statistics.arguments import check_level
from isu_analysis.statistics.comparison.funnel import checked_target, checked_units, funnels
from isu_analysis.statistics.comparison.shrinkage import METHODS, shrunken
from isu_analysis.statistics.grouped.moments import Groups
from isu_analysis.statistics.proportions.counts import check_method


@dataclass(frozen=True, eq=False)
class UnitComparison:
    """Funnels and shrunken shares of many sets of units.

    Attributes
    ----------
    n_groups, n_units : int
        Sets of units, and rows given.
    method : str
        How the distribution of true shares was found.
    level : float
        Probability of the shrunken shares' intervals.
    groups : DataFrame
        One row a set in the order they first come, index its label: the fields of `Funnel` as funnel_* and those of
        `ShrunkenShares` as shrunken_*, with shrunken_of_for_reliability_70.
    units : DataFrame
        One row a unit in the order and with the index given: the label, the columns of `Funnel.units`, and
        those of `ShrunkenShares.units` as shrunken, shrunken_low, shrunken_high, reliability, shrunken_reason.
    """

    n_groups: int
    n_units: int
    method: str
    level: float
    groups: pd.DataFrame = field(repr=False)
    units: pd.DataFrame = field(repr=False)

    def to_frame(self) -> pd.DataFrame:
        """Return the units, one row each; the sets' own figures are in ``groups``."""
        return self.units.copy()


def compare_units(
    frame: pd.DataFrame,
    *,
    by: str,
    n: str,
    of: str,
    target: float | None = None,
    method: str = "ml",
    level: float = 0.95,
) -> UnitComparison:
    """Return the funnel and the shrunken shares of every set of units in a frame, in one pass.

    Parameters
    ----------
    frame : DataFrame
        One row a unit.
    by : str
        The column that says which units are compared with each other: a municipality, a measure.
    n, of : str
        The columns of events and people, 0 <= n <= of.
    target : float, optional
        One share from outside for all sets; otherwise each set's own people together.
    method, level
        As for `shrunken_shares`.

    Returns
    -------
    UnitComparison

    Raises
    ------
    StatisticsError
        If a column is missing, a label is missing, a count is not whole or n > of, or an option is not allowed.

    Notes
    -----
    All numbers are those of `funnel` and `shrunken_shares` for one set at a time. No set is compared with another.

    Examples
    --------
    Two municipalities, ten units each; units are only compared within their own.

    >>> import isu_analysis as isu
    >>> import pandas as pd
    >>> n = [24, 27, 22, 40, 15, 22, 25, 26, 23, 26] + [30, 33, 28, 31, 29, 30, 32, 27, 35, 25]
    >>> units = pd.DataFrame({"town": ["A"] * 10 + ["B"] * 10, "n": n, "of": 50})
    >>> found = isu.compare_units(units, by="town", n="n", of="of")
    >>> found.groups["funnel_target"].to_dict()
    {'A': 0.5, 'B': 0.6}
    >>> found.units.iloc[[3, 13]][["town", "share", "place", "shrunken"]].round(2)
       town  share      place  shrunken
    3     A   0.80  above_998       0.7
    13    B   0.62     inside       0.6
    """
    check_level(level)
    check_method(method, METHODS)
    checked_target(target)
    labels = _column(frame, by, "by")
    events, people, index = checked_units(_column(frame, n, "n"), _column(frame, of, "of"))
    codes, names = pd.factorize(labels)
    if (codes < 0).any():
        raise StatisticsError("Argumentet by: kolumnen saknar värden. Tillåtet: en grupp för varje rad.")
    groups = Groups(codes, len(names))
    whole, units = funnels(events, people, groups, target)
    whole_shrunken, units_shrunken = shrunken(events, people, groups, method, level)
    whole_shrunken["of_for_reliability_70"] = 0.7 / 0.3 * (whole_shrunken["a"] + whole_shrunken["b"])
    columns: dict[str, Any] = {by: labels.to_numpy()} | units
    columns |= {name: units_shrunken[name] for name in ("shrunken", "reliability")}
    columns |= {f"shrunken_{name}": units_shrunken[name] for name in ("low", "high", "reason")}
    fields = {f"funnel_{name}": values for name, values in whole.items()}
    fields |= {f"shrunken_{name}": values for name, values in whole_shrunken.items()}
    described = pd.DataFrame(fields, index=pd.Index(np.asarray(names), name=by))
    return UnitComparison(len(names), len(labels), method, level, described, pd.DataFrame(columns, index=index))


def _column(frame: pd.DataFrame, name: str, argument: str) -> pd.Series:
    if not isinstance(frame, pd.DataFrame) or name not in frame.columns or frame.columns.tolist().count(name) > 1:
        raise StatisticsError(f"Argumentet {argument}: ska vara namnet på en kolumn i tabellen.")
    return frame[name]
