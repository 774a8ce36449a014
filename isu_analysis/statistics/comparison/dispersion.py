"""Whether units differ more than chance does, for many sets of units at once."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from isu_analysis.statistics.arguments import Flags, Floats
from isu_analysis.statistics.grouped.moments import Groups, over

FEWEST_UNITS_TO_ESTIMATE = 10  # winsorising 10 % at each end of fewer units does nothing
FEWEST_UNITS_TO_WIDEN = 20
WINSORISED = 0.10  # at each end, Spiegelhalter (2005)


class Dispersion(NamedTuple):
    """A set of units: phi (1 = chance only), variance between units on the arcsine scale, and why either is NaN."""

    phi: Floats
    tau2: Floats
    reason: NDArray[np.str_]


def dispersion(n: Floats, of: Floats, target: Floats, judged: Flags, groups: Groups) -> Dispersion:
    """Return how much more the judged units of each group scatter around their target than chance gives.

    Notes
    -----
    ``z = 2 sqrt(of) (asin sqrt(share) - asin sqrt(target))``, moved in to its 10th and 90th percentile (linear
    interpolation, R's type 7); ``phi = sum z^2 / I``; with ``w = 4 of``,
    ``tau2 = max(0, (I phi - (I - 1)) / (sum w - sum w^2 / sum w))``. DerSimonian & Laird's estimate as in
    Spiegelhalter (2005), QSHC 14:347, and FunnelPlotR 0.6 (R/od_adjustment.R, read).
    """
    of_judged = groups.only(judged)
    count = of_judged.count()
    people = of[judged]
    z = 2 * np.sqrt(people) * (np.arcsin(np.sqrt(n[judged] / people)) - np.arcsin(np.sqrt(target[judged])))
    ends = _percentiles(z, of_judged)
    squares = of_judged.total(np.clip(z, of_judged.of_rows(ends[0]), of_judged.of_rows(ends[1])) ** 2)
    weight = 4 * people
    total = of_judged.total(weight)
    scale = total - over(of_judged.total(weight**2), total)
    tau2 = np.maximum(0, over(squares - (count - 1), scale))
    estimated, used = count >= FEWEST_UNITS_TO_ESTIMATE, count >= FEWEST_UNITS_TO_WIDEN
    reason = np.select([~estimated, ~used], ["cannot_be_estimated", "too_few_units_to_widen"], "")
    phi = np.where(estimated, over(squares, count), np.nan)
    return Dispersion(phi, np.where(used, tau2, np.nan), reason)


def _percentiles(values: Floats, groups: Groups) -> NDArray[np.float64]:
    """Return the two winsorising percentiles of each group, shape (2, n_groups); 0 where a group has none."""
    count = groups.count()
    if values.size == 0:
        return np.zeros((2, groups.n_groups))
    order = np.lexsort((values, groups.codes))  # the figures within a group only; no unit is put in order
    start = np.cumsum(count) - count
    ordered = values[order]
    places = np.array([WINSORISED, 1 - WINSORISED])[:, np.newaxis] * np.maximum(count - 1, 0)
    below = np.floor(places).astype(int)
    above = np.minimum(below + 1, np.maximum(count - 1, 0))
    at = [ordered[np.minimum(start + place, values.size - 1)] for place in (below, above)]
    return np.asarray(at[0] + (places - below) * (at[1] - at[0]))
