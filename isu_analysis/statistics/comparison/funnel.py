"""Units of different size on one share: which lie further from the target than chance explains."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from isu_analysis.errors import StatisticsError
from isu_analysis.statistics.arguments import Flags, Floats, check_column, index_of, same_rows
from isu_analysis.statistics.comparison.dispersion import dispersion
from isu_analysis.statistics.comparison.limits import funnel_limits, outside, outside_by_chance
from isu_analysis.statistics.grouped.moments import Groups, over
from isu_analysis.statistics.proportions.counts import parts
from isu_analysis.statistics.results import one_row

LEVELS = {"95": 0.95, "998": 0.998}
FEWEST_UNITS, FEW_UNITS = 5, 8
FEWEST_PEOPLE = 10
LARGEST_PART_OF_TARGET = 0.5  # a unit with more of the people than this is compared mostly with itself


@dataclass(frozen=True, eq=False)
class Funnel:
    """Units against one target, with the limits of chance.

    Attributes
    ----------
    n_units, n_judged : int
        Units given, and units that are judged (``units.reason`` says why not the others).
    target : float
        The share compared with, 0-1; NaN when nobody is counted.
    target_from : str
        "given", or "units" (all their people together: each unit is then part of what it is compared with).
    expected_outside_95, expected_outside_998 : float
        How many of the judged units chance alone would put outside the limits.
    phi : float
        Scatter of the judged units relative to chance, 1 = chance only; NaN below 10 judged units.
    tau2 : float
        Variance between units on the arcsine scale, 0 or more; NaN below 20 judged units.
    dispersion_reason : str
        "" from 20 judged units; "too_few_units_to_widen" from 10: phi is shown but widens nothing;
        "cannot_be_estimated" below 10, or without a comparison.
    reason : str
        "" or why nothing is compared: "too_few_units" (fewer than 5 judged), "all_alike" (nobody or everybody).
    caution : str
        "" or "few_units" (5-7 judged).
    units : DataFrame
        One row a unit in the order given, with the index given: n, of, share, target; limit_95_low,
        limit_95_high, limit_998_low, limit_998_high (0-1); the same four with ``widened_`` before (NaN below 20 judged
        units); place ("inside", "below_95", "above_95", "below_998", "above_998", "" when not judged), place_widened;
        reason ("", "missing", "too_few_people" for fewer than 10, "own_target" for a unit with more than half of the
        people behind the target, or the reason of the whole).
    """

    n_units: int
    n_judged: int
    target: float
    target_from: str
    expected_outside_95: float = np.nan
    expected_outside_998: float = np.nan
    phi: float = np.nan
    tau2: float = np.nan
    dispersion_reason: str = ""
    reason: str = ""
    caution: str = ""
    units: pd.DataFrame = field(default_factory=pd.DataFrame, repr=False)

    def to_frame(self) -> pd.DataFrame:
        """Return the fields but the units as a frame with one row."""
        return one_row(self).drop(columns="units")


def funnel(n: ArrayLike, of: ArrayLike, *, target: float | None = None) -> Funnel:
    """Return where each unit's share lies among what chance gives around the target, and whether units differ more.

    Parameters
    ----------
    n, of : array_like of int, shape (units,)
        Events and people of each unit, 0 <= n <= of. NaN leaves a unit unjudged. Two Series share their index.
    target : float, optional
        A share from outside, above 0 and below 1. Otherwise that of all the units' people together.

    Returns
    -------
    Funnel

    Raises
    ------
    StatisticsError
        If lengths or indexes differ, a count is not whole or n > of, or the target is not between 0 and 1.

    Notes
    -----
    Limits as `funnel_limits`: exact, and from 20 judged units also widened by the variance between units
    (formula at `dispersion`). Meant for units with the same measure, definition and target group, which
    numbers cannot show. At 95 % about one unit in twenty or fewer lies outside by chance: ``expected_outside_95``.

    Examples
    --------
    >>> import isu_analysis as isu
    >>> found = isu.funnel([24, 27, 24, 40, 15, 20], [50, 50, 50, 50, 50, 50])
    >>> found.target
    0.5
    >>> found.units[["n", "of", "share", "limit_95_low", "limit_95_high", "place"]].round(2)
          n    of  share  limit_95_low  limit_95_high      place
    0  24.0  50.0   0.48          0.35           0.65     inside
    1  27.0  50.0   0.54          0.35           0.65     inside
    2  24.0  50.0   0.48          0.35           0.65     inside
    3  40.0  50.0   0.80          0.35           0.65  above_998
    4  15.0  50.0   0.30          0.35           0.65   below_95
    5  20.0  50.0   0.40          0.35           0.65     inside
    """
    events, people, index = checked_units(n, of)
    checked_target(target)
    groups = Groups(np.zeros(events.size, dtype=np.intp), 1)
    whole, units = funnels(events, people, groups, target)
    values = {name: column[0].item() for name, column in whole.items()}
    return Funnel(**values, units=pd.DataFrame(units, index=index))


def checked_units(n: ArrayLike, of: ArrayLike) -> tuple[Floats, Floats, pd.Index]:
    """Return the units' counts as floats, with the index they came with."""
    same_rows(n, of, "n", "of")
    check_column(n, "n")
    check_column(of, "of")
    events, people = parts(n, of)
    given = index_of(n, of)
    return events, people, pd.RangeIndex(events.size) if given is None else given


def checked_target(target: float | None) -> None:
    """Refuse a target that no unit could lie on both sides of."""
    if target is not None and not (np.ndim(target) == 0 and isinstance(target, float | np.floating) and 0 < target < 1):
        raise StatisticsError("Argumentet target: ska vara en andel större än 0 och mindre än 1, eller utelämnas.")


def funnels(n: Floats, of: Floats, groups: Groups, target: float | None) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return what `funnel` says of each group, and of each unit, as columns."""
    known = ~np.isnan(n + of)
    events, people = groups.total(np.where(known, n, 0)), groups.total(np.where(known, of, 0))
    targets = over(events, people) if target is None else np.full(groups.n_groups, target)
    own = known & (of > LARGEST_PART_OF_TARGET * groups.of_rows(people)) & (target is None)
    reason = np.select([~known, ~(of >= FEWEST_PEOPLE), own], ["missing", "too_few_people", "own_target"], "")
    n_judged = groups.only(reason == "").count()
    alike = ~((targets > 0) & (targets < 1)) & (n_judged > 0)
    why = np.select([n_judged < FEWEST_UNITS, alike], ["too_few_units", "all_alike"], "")
    reason = np.where(reason == "", why[groups.codes], reason)
    judged = reason == ""
    of_unit = groups.of_rows(targets)
    scatter = dispersion(n, of, of_unit, judged, groups)
    columns: dict[str, Any] = {"n": n, "of": of, "share": over(np.where(known, n, np.nan), of), "target": of_unit}
    columns |= _limits(of, of_unit, groups.of_rows(scatter.tau2), judged)
    columns |= _places(n, of, of_unit, columns, judged)
    whole: dict[str, Any] = {"n_units": groups.count(), "n_judged": n_judged, "target": targets}
    whole["target_from"] = np.full(groups.n_groups, "units" if target is None else "given")
    whole |= _expected(of, of_unit, judged, groups, why)
    whole |= {"phi": scatter.phi, "tau2": scatter.tau2, "dispersion_reason": scatter.reason, "reason": why}
    whole["caution"] = np.where((why == "") & (n_judged < FEW_UNITS), "few_units", "")
    return whole, columns | {"reason": reason}


def _limits(of: Floats, target: Floats, tau2: Floats, judged: Flags) -> dict[str, Floats]:
    """Limits of the judged units, of chance alone and widened by what differs between units."""
    found: dict[str, Floats] = {}
    at = np.where(judged, target, np.nan)
    for kind, between in (("limit", np.zeros_like(of)), ("widened", tau2)):
        for name, level in LEVELS.items():
            low, high = funnel_limits(at, of, level, tau2=between)
            found |= {f"{kind}_{name}_low": low, f"{kind}_{name}_high": high}
    return found


def _places(n: Floats, of: Floats, target: Floats, columns: dict[str, Any], judged: Flags) -> dict[str, NDArray[Any]]:
    """Where each judged unit lies, by the probability of its own number and against the widened limits."""
    place = np.full(n.shape, "", dtype="<U9")
    widened = place.copy()
    place[judged] = "inside"
    widened[judged & ~np.isnan(columns["widened_95_low"])] = "inside"
    for name, level in LEVELS.items():
        below, above = outside(n[judged], of[judged], target[judged], level)
        place[np.flatnonzero(judged)[below]], place[np.flatnonzero(judged)[above]] = f"below_{name}", f"above_{name}"
        # Beyond the widened limits and the limits of chance: on a line, the unit's own probability decides.
        widened[(columns["share"] < columns[f"widened_{name}_low"]) & (place == f"below_{name}")] = f"below_{name}"
        widened[(columns["share"] > columns[f"widened_{name}_high"]) & (place == f"above_{name}")] = f"above_{name}"
    return {"place": place, "place_widened": widened}


def _expected(of: Floats, target: Floats, judged: Flags, groups: Groups, why: NDArray[Any]) -> dict[str, Floats]:
    found: dict[str, Floats] = {}
    for name, level in LEVELS.items():
        chance = outside_by_chance(of[judged], target[judged], level)
        found[f"expected_outside_{name}"] = np.where(why == "", groups.only(judged).total(chance), np.nan)
    return found
