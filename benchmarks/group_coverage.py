"""Coverage of a mean of scores, a difference of two groups' means, and the standardised difference.

The standardised difference is that of the lost against the kept: difference over the root of the mean variance.
Groups share the family and may differ in size and SD; when skewed, the first group may lie above or below.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

import numpy as np
import pandas as pd
from scipy import stats

from benchmarks.change_intervals import LEVEL, Z, correction
from benchmarks.simulation import FAMILIES, Ends, Floats, Tally, chunks, generator, standard_pairs

DIFFERENCES, RATIOS = (0.0, 0.5, 1.2), (1.0, 1.4)
# Share of the people in the first group.
SPLITS = (0.5, 0.2)


def group_coverage(ns: tuple[int, ...], *, replications: int, seed: int = 1) -> pd.DataFrame:
    """Return the coverage in every cell.

    Parameters
    ----------
    ns : tuple of int
        People in all; the mean of one group is that of all of them.

    Returns
    -------
    DataFrame
        Columns family, n, split, ratio, difference, interval, coverage, given, width, bias.
    """
    rows = []
    for family, n, split, ratio in product(FAMILIES, ns, SPLITS, RATIOS):
        for difference in _both_ways(family):
            tally = group_cell(family, n, split, ratio, difference, replications=replications, seed=seed)
            rows += tally.rows(family=family, n=n, split=split, ratio=ratio, difference=difference)
    return pd.DataFrame(rows)


def _both_ways(family: str) -> Iterator[float]:
    yield from DIFFERENCES
    if family != "normal":
        yield from (-difference for difference in DIFFERENCES if difference)


def group_cell(
    family: str, n: int, split: float, ratio: float, difference: float, *, replications: int, seed: int = 1
) -> Tally:
    """Return the count of hits in one cell: n people, a share ``split`` of them in the first group."""
    rng, tally = generator(seed, n, split, ratio, difference), Tally()
    size = max(3, round(split * n))
    truth = difference / np.sqrt((1 + ratio**2) / 2)
    for samples in chunks(replications, n):
        first, second = (standard_pairs(family, 0.0, (samples, m), rng)[0] for m in (size, n - size))
        first = difference + ratio * first
        tally.add("mean: t", *_mean(np.concatenate([(first - difference) / ratio, second], axis=1)), 0.0)
        tally.add("difference of means: Welch", *_welch(first, second), difference)
        for name, ends in standardised(first, second).items():
            tally.add(f"standardised difference: {name}", *ends, truth)
    return tally


def _mean(values: Floats) -> Ends:
    n = values.shape[1]
    half = stats.t.ppf((1 + LEVEL) / 2, n - 1) * values.std(axis=1, ddof=1) / np.sqrt(n)
    return values.mean(axis=1) - half, values.mean(axis=1) + half


def _welch(first: Floats, second: Floats) -> Ends:
    parts = [values.var(axis=1, ddof=1) / values.shape[1] for values in (first, second)]
    dfs = [values.shape[1] - 1 for values in (first, second)]
    df = (parts[0] + parts[1]) ** 2 / (parts[0] ** 2 / dfs[0] + parts[1] ** 2 / dfs[1])
    half = stats.t.ppf((1 + LEVEL) / 2, df) * np.sqrt(parts[0] + parts[1])
    middle = first.mean(axis=1) - second.mean(axis=1)
    return middle - half, middle + half


def standardised(first: Floats, second: Floats) -> dict[str, Ends]:
    """Return the intervals of the standardised difference, first less second, each group (samples, people)."""
    (m1, v1, d1), (m2, v2, d2) = (
        (group.mean(axis=1), group.var(axis=1, ddof=1), group.shape[1] - 1) for group in (first, second)
    )
    average = (v1 + v2) / 2
    size = correction(d1 + d2) * (m1 - m2) / np.sqrt(average)
    sampling = size**2 * (v1**2 / d1 + v2**2 / d2) / (8 * average**2) + (v1 / d1 + v2 / d2) / average
    left_out = [
        _spread(_without(first, m2, v2, sign=1)),
        _spread(_without(second, m1, v1, sign=-1)),
    ]
    # Satterthwaite, as for Welch: each group's part of the variance has its own degrees of freedom.
    df = sum(left_out) ** 2 / (left_out[0] ** 2 / d1 + left_out[1] ** 2 / d2)
    halves = {
        "Bonett": Z * np.sqrt(sampling),
        "leave one out, t": stats.t.ppf((1 + LEVEL) / 2, df) * np.sqrt(sum(left_out)),
    }
    return {name: (size - half, size + half) for name, half in halves.items()}


def _without(group: Floats, other_mean: Floats, other_variance: Floats, sign: int) -> Floats:
    """Return the standardised difference without each person of one group in turn."""
    n = group.shape[1]
    centred = group - group.mean(axis=1, keepdims=True)
    mean = group.mean(axis=1, keepdims=True) - centred / (n - 1)
    variance = ((centred**2).sum(axis=1, keepdims=True) - centred**2 * n / (n - 1)) / (n - 2)
    spread = np.sqrt((variance + other_variance[:, np.newaxis]) / 2)
    return sign * (mean - other_mean[:, np.newaxis]) / spread


def _spread(left_out: Floats) -> Floats:
    n = left_out.shape[1]
    return (n - 1) / n * ((left_out - left_out.mean(axis=1, keepdims=True)) ** 2).sum(axis=1)
