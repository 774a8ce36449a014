"""McNemar's test that an event is as common after as before, from the discordant pairs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import ArrayLike
from scipy import special, stats

from isu_analysis.errors import StatisticsError
from isu_analysis.statistics.arguments import Floats
from isu_analysis.statistics.proportions.counts import check_method, counts, known

# Berger & Boos: the nuisance share is looked for in its 99.99 % interval, and the 0.01 % is added to p.
NUISANCE_ERROR = 1e-4
NUISANCE_STEPS = 1001


def mcnemar_p(only_before: ArrayLike, only_after: ArrayLike, method: str = "midp") -> Any:
    """Return the two-sided p of McNemar's test.

    Parameters
    ----------
    only_before, only_after : int or array_like of int, broadcastable
        Discordant pairs: with the event only before, only after. NaN gives NaN.
    method : str
        "midp" (default), "exact" (binomial; too cautious), "asymptotic", "asymptotic_corrected"
        (continuity correction; too cautious; for comparison with old papers).

    Returns
    -------
    float or ndarray of float
        0-1; 1 when there are no discordant pairs. Plain float for scalar input.

    Raises
    ------
    StatisticsError
        If a count is negative or not whole, or the method unknown.

    Notes
    -----
    midp: ``2 F(min) - f(min)`` with F and f of the binomial of the discordant pairs and 1/2; 1 when they are
    equally many, also none. Fagerland, Lydersen & Laake (2013), BMC Med Res Methodol 13:91: in 9,595
    scenarios it never exceeded the level, and the exact and the corrected test perform poorly.

    Examples
    --------
    One person had the problem only before, seven only after: the exact p is 18/256, mid-p 10/256.

    >>> from isu_analysis import statistics as st
    >>> round(st.mcnemar_p(1, 7), 4), round(st.mcnemar_p(1, 7, "exact"), 4)
    (0.0391, 0.0703)
    """
    check_method(method, METHODS)
    before, after = counts(only_before=only_before, only_after=only_after)
    missing = np.isnan(before + after)
    p = METHODS[method](np.where(missing, 0, before), np.where(missing, 0, after))
    p = np.where(missing, np.nan, p)
    return float(p) if p.ndim == 0 else p


def mcnemar_unconditional_p(only_before: int, only_after: int, n: int) -> float:
    """Return the exact unconditional p of McNemar's test, which also uses how many pairs there are.

    Parameters
    ----------
    only_before, only_after, n : int
        Discordant pairs of each kind, and all pairs. Meant for up to some hundred pairs.

    Returns
    -------
    float
        0-1; 1 when there are no discordant pairs.

    Raises
    ------
    StatisticsError
        If a count is negative, not whole or missing, or there are more discordant pairs than pairs.

    Notes
    -----
    The largest probability, over the share of discordant pairs, of a table at least as far from equality by
    the asymptotic statistic; the share within its 99.99 % Clopper-Pearson interval and 0.0001 added (Berger &
    Boos 1994; Suissa & Shuster 1991: from memory, not verified). Found on a grid of 1,001 shares.
    """
    known(only_before=only_before, only_after=only_after, n=n)
    counts(only_before=only_before, only_after=only_after, n=n)
    discordant = only_before + only_after
    if discordant > n:
        raise StatisticsError("Argumentet n: ska vara minst only_before + only_after.")
    if only_before == only_after:
        return 1.0
    before, after = np.meshgrid(np.arange(n + 1.0), np.arange(n + 1.0))
    possible = before + after <= n
    before, after = before[possible], after[possible]
    observed = (only_after - only_before) ** 2 / discordant
    # Equally far tables must not be lost to rounding.
    extreme = (after - before) ** 2 >= observed * (before + after) * (1 - 1e-9)
    extreme &= before != after
    moved = (before + after)[extreme]
    ways = _log_ways(before[extreme], after[extreme], n)
    least, most = stats.beta.ppf(
        (NUISANCE_ERROR / 2, 1 - NUISANCE_ERROR / 2), (discordant, discordant + 1), (n - discordant + 1, n - discordant)
    )
    shares = np.linspace(least, most if discordant < n else 1.0, NUISANCE_STEPS)[:, None]
    chance = np.exp(ways + special.xlogy(moved, shares / 2) + special.xlogy(n - moved, 1 - shares)).sum(axis=1)
    return float(min(1.0, chance.max() + NUISANCE_ERROR))


def _log_ways(before: Floats, after: Floats, n: int) -> Floats:
    cells = (before, after, n - before - after)
    return np.asarray(special.gammaln(n + 1) - sum(special.gammaln(cell + 1) for cell in cells))


def _exact(before: Floats, after: Floats) -> Floats:
    p: Floats = np.minimum(1, 2 * stats.binom.cdf(np.minimum(before, after), before + after, 0.5))
    return p


def _midp(before: Floats, after: Floats) -> Floats:
    fewer, pairs = np.minimum(before, after), before + after
    p = 2 * stats.binom.cdf(fewer, pairs, 0.5) - stats.binom.pmf(fewer, pairs, 0.5)
    return np.where(before == after, 1.0, p)


def _asymptotic(before: Floats, after: Floats, correction: float = 0.0) -> Floats:
    distance = np.maximum(np.abs(after - before) - correction, 0)
    return np.asarray(stats.chi2.sf(distance**2 / np.maximum(before + after, 1), 1))


def _asymptotic_corrected(before: Floats, after: Floats) -> Floats:
    return _asymptotic(before, after, correction=1.0)


METHODS: dict[str, Callable[[Floats, Floats], Floats]] = {
    "midp": _midp,
    "exact": _exact,
    "asymptotic": _asymptotic,
    "asymptotic_corrected": _asymptotic_corrected,
}
