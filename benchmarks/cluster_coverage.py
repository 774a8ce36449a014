"""Coverage when people come in clusters: intervals that take everyone as independent, and cluster-robust ones.

Everyone's change is a cluster part plus an own part, both with the mean zero in what is covered; the intraclass
correlation (ICC) is the cluster part's share of the variance. Shares: the chance of an event varies between
clusters as a beta variable with that ICC. The package's own functions are called, sample by sample.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from benchmarks.simulation import Floats, Tally, generator
from isu_analysis.statistics.means import mean, mean_difference
from isu_analysis.statistics.proportions.observed import share_of

ICCS = (0.05, 0.1, 0.2)
CHANGE, SHARE = 0.5, 0.3


@dataclass(frozen=True)
class Layout:
    """How people are spread over clusters."""

    name: str
    sizes: tuple[int, ...]

    @property
    def codes(self) -> np.ndarray:
        """Cluster of each person."""
        return np.repeat(np.arange(len(self.sizes)), self.sizes)


LAYOUTS = (
    Layout("8 x 10", (10,) * 8),
    Layout("12 x 10", (10,) * 12),
    Layout("30 x 10", (10,) * 30),
    Layout("8 uneven, 2-30", (2, 3, 4, 5, 8, 12, 16, 30)),
    Layout("12 uneven, 2-40", (2, 2, 3, 4, 5, 6, 8, 10, 12, 16, 20, 32)),
    Layout("30 uneven, 1-60", tuple(np.round(np.geomspace(1, 60, 30)).astype(int).tolist())),
)


def cluster_coverage(replications: int = 2000, seed: int = 1) -> pd.DataFrame:
    """Return the coverage of each interval; rows statistic, interval, layout; a column an ICC."""
    rows = []
    for layout in LAYOUTS:
        for icc in ICCS:
            tally = cluster_cell(layout, icc, replications, seed)
            rows += tally.rows(layout=layout.name, icc=icc)
    frame = pd.DataFrame(rows)
    order = ["interval", "layout"]
    wide = frame.pivot_table(index=order, columns="icc", values="coverage", sort=False)
    names = list(dict.fromkeys(frame["interval"]))
    wide = wide.reindex(pd.MultiIndex.from_product([names, [layout.name for layout in LAYOUTS]], names=order))
    return wide.rename(columns=lambda icc: f"ICC {icc}")


def cluster_cell(layout: Layout, icc: float, replications: int, seed: int) -> Tally:
    """Return the count of hits of one layout and ICC."""
    rng, tally, codes = generator(seed, len(layout.sizes), sum(layout.sizes), icc), Tally(), layout.codes
    half = codes % 2 == 0  # two units share no cluster
    for _ in range(replications):
        for name, low, high, truth in _intervals(layout, icc, codes, half, rng):
            tally.add(name, np.array([low]), np.array([high]), truth)
    return tally


def _intervals(
    layout: Layout, icc: float, codes: np.ndarray, half: np.ndarray, rng: np.random.Generator
) -> Iterator[tuple[str, float, float, float]]:
    change, event = _changes(layout, icc, rng), _events(layout, icc, rng)
    for name, cluster in (("independent", None), ("cluster", codes)):
        found = mean(change, cluster=cluster)
        yield f"mean change: {name}", found.low, found.high, CHANGE
    for name, cluster in (("independent", None), ("cluster", codes)):
        share = share_of(event, cluster=cluster)
        yield f"share: {name}", share.low, share.high, SHARE
    for name, clusters in (("independent", (None, None)), ("cluster", (codes[half], codes[~half]))):
        gap = mean_difference(change[half], change[~half], first_cluster=clusters[0], second_cluster=clusters[1])
        yield f"difference of two means: {name}", gap.difference_low, gap.difference_high, 0.0


def _changes(layout: Layout, icc: float, rng: np.random.Generator) -> Floats:
    common = np.sqrt(icc) * rng.standard_normal(len(layout.sizes))
    return CHANGE + common[layout.codes] + np.sqrt(1 - icc) * rng.standard_normal(layout.codes.size)


def _events(layout: Layout, icc: float, rng: np.random.Generator) -> Floats:
    strength = 1 / icc - 1
    chance = rng.beta(SHARE * strength, (1 - SHARE) * strength, len(layout.sizes))
    return (rng.random(layout.codes.size) < chance[layout.codes]).astype(float)
