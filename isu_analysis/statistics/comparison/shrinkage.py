"""Units' shares drawn towards the common one, each as far as its own people are too few to tell."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy import stats

from isu_analysis.statistics.arguments import Floats, check_level, check_reliability
from isu_analysis.statistics.comparison.beta_binomial import Prior, prior_by_likelihood, prior_by_moments
from isu_analysis.statistics.comparison.funnel import checked_units
from isu_analysis.statistics.grouped.moments import Groups
from isu_analysis.statistics.proportions.counts import Ends, check_method
from isu_analysis.statistics.results import one_row

METHODS = {"ml": prior_by_likelihood, "moments": prior_by_moments}
FEWEST_UNITS = 8


@dataclass(frozen=True, eq=False)
class ShrunkenShares:
    """Units' shares by empirical Bayes, and how much a unit's own figure tells.

    Attributes
    ----------
    n_units, n_given : int
        Units with at least one person, and rows given.
    method : str
        How a and b were found.
    mean : float
        The common share ``a/(a + b)``, 0-1; without a difference between units that of all people together.
    a, b : float
        The beta distribution of units' true shares; infinite where units differ no more than chance; NaN with another
        reason.
    sd_between : float
        Standard deviation of units' true shares, as a share; 0 where units differ no more than chance.
    log_likelihood : float
        Of a and b, without the binomial coefficients.
    level : float
        Probability of the intervals.
    reason : str
        "" or "too_few_units" (fewer than 8), "all_alike" (nobody or everybody, everywhere), "no_difference" (units
        differ no more than chance: all are drawn to the common share, without intervals), "all_or_nothing" (every unit
        is 0 or 1, or as good as), "single_people" (no unit has two people).
    units : DataFrame
        One row a unit in the order given, with the index given: n, of, share, shrunken (0-1), low, high,
        reliability (0-1: how much the unit's own figure counts), reason ("", "missing", "empty", "too_uncertain"
        when a and b are too uncertain for an interval, or the reason of the whole).
    """

    n_units: int
    n_given: int
    method: str
    mean: float = np.nan
    a: float = np.nan
    b: float = np.nan
    sd_between: float = np.nan
    log_likelihood: float = np.nan
    level: float = 0.95
    reason: str = ""
    units: pd.DataFrame = field(default_factory=pd.DataFrame, repr=False)

    def to_frame(self) -> pd.DataFrame:
        """Return the fields but the units as a frame with one row."""
        return one_row(self).drop(columns="units")

    def of_for_reliability(self, reliability: float = 0.7) -> float:
        """Return how many people a unit needs for its own figure to count this much.

        Infinite where units do not differ, and for reliability 1; NaN without a and b. Not a whole number.

        Examples
        --------
        >>> import isu_analysis as isu
        >>> found = isu.shrunken_shares([15, 40, 6, 12, 25, 30, 9, 45, 20, 5], [20, 80, 20, 40, 40, 50, 30, 60, 50, 8])
        >>> round(found.of_for_reliability(0.7), 1)
        26.0
        """
        check_reliability(reliability)
        return np.inf if reliability == 1 else reliability / (1 - reliability) * (self.a + self.b)


def shrunken_shares(n: ArrayLike, of: ArrayLike, *, method: str = "ml", level: float = 0.95) -> ShrunkenShares:
    """Return each unit's share drawn towards the common one by empirical Bayes, with its reliability.

    Parameters
    ----------
    n, of : array_like of int, shape (units,)
        Events and people of each unit, 0 <= n <= of. NaN leaves a unit out. Two Series share their index.
    method : {"ml", "moments"}
        How the distribution of units' true shares is found: maximum likelihood, or from the scatter of the shares.
    level : float
        Probability of the intervals, 0-1.

    Returns
    -------
    ShrunkenShares

    Raises
    ------
    StatisticsError
        If lengths or indexes differ, a count is not whole or n > of, the method is unknown or the level not in 0-1.

    Notes
    -----
    A unit's true share is drawn from Beta(a, b). Shrunken: ``(n + a)/(of + a + b)``; reliability: ``of/(of + a + b)``;
    interval: quantiles of a beta distribution with that mean and the variance of Beta(n + a, of - n + b), by "ml" made
    larger by the uncertainty of a and b to first order (Kass & Steffey 1989, JASA 84:717, from memory, not
    verified), by "moments" not. Meant for units that could be each other: one measure, one
    definition, one target group.

    Examples
    --------
    Ten units: each share is drawn towards the common one, that of the smallest unit most.

    >>> import isu_analysis as isu
    >>> found = isu.shrunken_shares([15, 40, 6, 12, 25, 30, 9, 45, 20, 5], [20, 80, 20, 40, 40, 50, 30, 60, 50, 8])
    >>> round(found.mean, 2), round(found.sd_between, 2)
    (0.51, 0.14)
    >>> found.units.tail(3)[["n", "of", "share", "shrunken", "reliability"]].round(2)
          n    of  share  shrunken  reliability
    7  45.0  60.0   0.75      0.71         0.84
    8  20.0  50.0   0.40      0.42         0.82
    9   5.0   8.0   0.62      0.56         0.42
    """
    check_level(level)
    check_method(method, METHODS)
    events, people, index = checked_units(n, of)
    groups = Groups(np.zeros(events.size, dtype=np.intp), 1)
    whole, units = shrunken(events, people, groups, method, level)
    values = {name: column[0].item() for name, column in whole.items()}
    return ShrunkenShares(**values, method=method, level=level, units=pd.DataFrame(units, index=index))


def shrunken(n: Floats, of: Floats, groups: Groups, method: str, level: float) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return what `shrunken_shares` says of each group, and of each unit, as columns."""
    counted = of > 0
    counted &= ~np.isnan(n)
    used = groups.only(counted)
    prior = METHODS[method](n[counted], of[counted], used)
    reason = _reason(n[counted], of[counted], used, prior)
    told = np.isin(reason, ["", "no_difference"])
    mean, size = np.where(told, prior.mean, np.nan), np.where(told, prior.size, np.nan)
    unit = {name: np.full(n.shape, np.nan) for name in ("shrunken", "low", "high", "reliability")}
    of_unit, p = used.of_rows(size), used.of_rows(mean)
    own = of[counted] / (of[counted] + of_unit)
    middle = p + own * (n[counted] / of[counted] - p)
    low, high = _interval(middle, own, of[counted], p, prior, used, level)
    for name, values in zip(unit, (middle, low, high, own), strict=True):
        unit[name][counted] = values
    share = np.where(counted, n, np.nan) / np.where(counted, of, 1)
    why = np.where(np.isnan(n + of), "missing", np.where(counted, reason[groups.codes], "empty"))
    why = np.where((why == "") & np.isnan(unit["low"]), "too_uncertain", why)
    whole: dict[str, Any] = {"n_units": used.count(), "n_given": groups.count(), "mean": mean, "reason": reason}
    whole |= {"a": mean * size, "b": (1 - mean) * size, "sd_between": np.sqrt(mean * (1 - mean) / (size + 1))}
    whole["log_likelihood"] = np.where(told, prior.log_likelihood, np.nan)
    return whole, {"n": n, "of": of, "share": share, **unit, "reason": why}


def _reason(n: Floats, of: Floats, groups: Groups, prior: Prior) -> np.ndarray:
    """Return why a group has no a and b, or ""."""
    alike = ~((prior.mean > 0) & (prior.mean < 1))
    single = groups.total((of > 1).astype(float)) == 0
    ends = groups.total(((n > 0) & (n < of)).astype(float)) == 0
    found = [groups.count() < FEWEST_UNITS, alike, single, ends | (prior.size == 0), np.isinf(prior.size)]
    words = ["too_few_units", "all_alike", "single_people", "all_or_nothing", "no_difference"]
    return np.select(found, words, "")


def _interval(middle: Floats, own: Floats, of: Floats, p: Floats, prior: Prior, groups: Groups, level: float) -> Ends:
    """Return quantiles of the beta distribution with the shrunken mean and its variance; NaN where units are alike."""
    size = groups.of_rows(prior.size)
    with np.errstate(invalid="ignore"):
        # How the shrunken share moves with the logit of the common share, and with the logarithm of a + b.
        moved = np.stack([(1 - own) * p * (1 - p), (1 - own) * (p - middle)], axis=-1)
        variance = middle * (1 - middle) / (of + size + 1)
    added = np.einsum("ui,uij,uj->u", moved, prior.covariance[groups.codes], moved)
    variance = variance + np.where(np.isnan(added), 0, added)
    with np.errstate(invalid="ignore", divide="ignore"):
        k = middle * (1 - middle) / variance - 1
    k = np.where((k > 0) & np.isfinite(k), k, np.nan)
    ends = stats.beta.ppf([[(1 - level) / 2], [(1 + level) / 2]], middle * k, (1 - middle) * k)
    return ends[0], ends[1]
