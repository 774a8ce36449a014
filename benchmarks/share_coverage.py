"""Coverage of the intervals of shares by exact enumeration: every possible count times its probability.

No simulation: the only thing chosen is at which true shares to look. A share's interval covers unevenly from one
true share to the next, because counts are whole; so both the lowest and the mean coverage stand in the tables.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import product

import numpy as np
import pandas as pd
from scipy import stats

from benchmarks.simulation import Ends, Floats
from isu_analysis.statistics.proportions.differences import METHODS as DIFFERENCES
from isu_analysis.statistics.proportions.differences import difference_interval
from isu_analysis.statistics.proportions.intervals import METHODS as SHARES
from isu_analysis.statistics.proportions.intervals import share_interval
from isu_analysis.statistics.proportions.odds import METHODS as ODDS_RATIOS
from isu_analysis.statistics.proportions.odds import odds_ratio
from isu_analysis.statistics.proportions.paired_intervals import DIFFERENCES as PAIRED_DIFFERENCES
from isu_analysis.statistics.proportions.paired_intervals import RATIOS as PAIRED_RATIOS
from isu_analysis.statistics.proportions.paired_intervals import paired_difference_interval, paired_ratio_interval
from isu_analysis.statistics.proportions.ratios import METHODS as RISK_RATIOS
from isu_analysis.statistics.proportions.ratios import risk_ratio_interval

# True shares of one group, evenly spaced; beside them the ends of every interval, where coverage jumps.
MIDDLE = (0.05, 0.95)
EVEN = np.arange(1, 400) / 400
REPORTED = EVEN[19:380]  # .05 to .95
BESIDE = 1e-9
# True shares of two groups; spaced so that they are no multiples of 1/n.
GRID = np.linspace(*MIDDLE, 42)
PAIRED_GRID, PHIS = np.linspace(0.1, 0.9, 10), (0.0, 0.3, 0.6)

ENDS = ("odds_ratio_low", "odds_ratio_high")

Interval = Callable[..., Ends]


def share_coverage(ns: tuple[int, ...]) -> pd.DataFrame:
    """Return the coverage of every interval of one share, lowest and mean over the true shares.

    Returns
    -------
    DataFrame
        Rows interval; columns (measure, n): "min" and "mean" for true shares from .05 to .95, "edge" the
        lowest outside. The minima are exact; the means are over 361 shares evenly spaced.
    """
    rows = []
    for n, method in product(ns, SHARES):
        low, high = share_interval(np.arange(n + 1), n, method)
        ends = np.concatenate([low, high])
        shares = np.concatenate([EVEN, ends - BESIDE, ends + BESIDE])
        shares = shares[(shares > BESIDE) & (shares < 1 - BESIDE)]
        covered = _covered(low, high, shares)
        middle = (shares >= MIDDLE[0]) & (shares <= MIDDLE[1])
        even = _covered(low, high, REPORTED)
        numbers = {"min": covered[middle].min(), "mean": even.mean(), "edge": covered[~middle].min()}
        rows.append({"interval": method, "n": n, **numbers})
    return _wide(rows, ["min", "mean", "edge"])


def _covered(low: Floats, high: Floats, shares: Floats) -> Floats:
    """Return the probability that the interval holds each true share."""
    counts = np.arange(low.size)[:, np.newaxis]
    inside = (low[:, np.newaxis] <= shares) & (shares <= high[:, np.newaxis])
    return (stats.binom.pmf(counts, low.size - 1, shares) * inside).sum(axis=0)


def two_group_coverage(ns: tuple[int, ...], statistic: str) -> pd.DataFrame:
    """Return the coverage of every interval that compares two independent shares, groups of n and n.

    Parameters
    ----------
    ns : tuple of int
        People in each group.
    statistic : str
        "difference", "ratio" or "odds_ratio".

    Returns
    -------
    DataFrame
        Rows interval; columns (measure, n): lowest and mean over 42 true shares from .05 to .95 in each group.
    """
    methods, interval, truth = TWO_GROUPS[statistic]
    rows = []
    for n in ns:
        first, second = (counts.ravel() for counts in np.meshgrid(np.arange(n + 1), np.arange(n + 1), indexing="ij"))
        weights = stats.binom.pmf(np.arange(n + 1)[:, np.newaxis], n, GRID)
        for method in methods:
            ends = interval(first, n, second, n, method=method)
            # Groups swapped give the mirror image, so the first share is the larger throughout.
            covered = np.array([_both(ends, weights, i, j, truth) for i in range(GRID.size) for j in range(i + 1)])
            rows.append({"interval": method, "n": n, "min": covered.min(), "mean": covered.mean()})
    return _wide(rows, ["min", "mean"])


def _both(ends: Ends, weights: Floats, i: int, j: int, truth: Callable[[float, float], float]) -> float:
    covered = _inside(*ends, truth(GRID[i], GRID[j])).reshape(weights.shape[0], -1)
    return float(weights[:, i] @ covered @ weights[:, j])


def _difference(first: float, second: float) -> float:
    return first - second


def _ratio(first: float, second: float) -> float:
    return first / second


def _odds_ratio(first: float, second: float) -> float:
    return first * (1 - second) / (second * (1 - first))


def _odds_ratios(first: Floats, of_first: int, second: Floats, of_second: int, *, method: str) -> Ends:
    found = [odds_ratio(int(a), of_first, int(b), of_second, method=method) for a, b in zip(first, second, strict=True)]
    low, high = (np.array([getattr(one, end) for one in found]) for end in ENDS)
    # Where there is no interval, nothing is ruled out.
    return np.nan_to_num(low, nan=0.0), np.nan_to_num(high, nan=np.inf, posinf=np.inf)


TWO_GROUPS: dict[str, tuple[dict, Interval, Callable[[float, float], float]]] = {
    "difference": (DIFFERENCES, difference_interval, _difference),
    "ratio": (RISK_RATIOS, risk_ratio_interval, _ratio),
    "odds_ratio": (ODDS_RATIOS, _odds_ratios, _odds_ratio),
}


def paired_coverage(ns: tuple[int, ...], statistic: str) -> pd.DataFrame:
    """Return the coverage of every interval that compares one share before and after in the same people.

    Parameters
    ----------
    ns : tuple of int
        Pairs; there are about n^3 / 6 tables.
    statistic : str
        "difference" or "ratio", after compared with before.

    Returns
    -------
    DataFrame
        Rows interval; columns (measure, n): over shares .1 to .9 at each occasion and correlations 0, .3, .6.
    """
    methods, interval, truth = PAIRED[statistic]
    rows = []
    populations = list(_populations())
    for n in ns:
        tables = np.array(list(_tables(n)))
        log_ways = stats.multinomial.logpmf(tables, n, np.full(4, 0.25)) + n * np.log(4)
        weights = [np.exp(log_ways + tables @ np.log(cells)) for cells in populations]
        for method in methods:
            ends = interval(*tables.T, method=method)
            covered = [
                weight @ _inside(*ends, truth(cells[0] + cells[2], cells[0] + cells[1]))
                for weight, cells in zip(weights, populations, strict=True)
            ]
            rows.append({"interval": method, "n": n, "min": min(covered), "mean": float(np.mean(covered))})
    return _wide(rows, ["min", "mean"])


PAIRED: dict[str, tuple[dict, Interval, Callable[[float, float], float]]] = {
    "difference": (PAIRED_DIFFERENCES, paired_difference_interval, _difference),
    "ratio": (PAIRED_RATIOS, paired_ratio_interval, _ratio),
}


def _tables(n: int) -> Iterator[tuple[int, int, int, int]]:
    for a in range(n + 1):
        for b in range(n + 1 - a):
            for c in range(n + 1 - a - b):
                yield a, b, c, n - a - b - c


def _populations() -> Iterator[Floats]:
    """Yield probabilities of yes-yes, yes-no, no-yes, no-no."""
    for before, after, phi in product(PAIRED_GRID, PAIRED_GRID, PHIS):
        both = before * after + phi * np.sqrt(before * (1 - before) * after * (1 - after))
        cells = np.array([both, before - both, after - both, 1 - before - after + both])
        if cells.min() > 0:
            yield cells


def _inside(low: Floats, high: Floats, truth: float) -> Floats:
    # A limit that is the truth up to the last binary digit holds it.
    slack = 1e-12 * max(1.0, abs(truth))
    return ((low <= truth + slack) & (truth - slack <= high)).astype(float)


def _wide(rows: list[dict[str, object]], measures: list[str]) -> pd.DataFrame:
    frame = pd.DataFrame(rows)
    order = list(dict.fromkeys(frame["interval"]))
    return frame.pivot_table(index="interval", columns="n", values=measures, sort=False).reindex(order)[measures]
