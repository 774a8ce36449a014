"""How often the change between two years that share people holds the truth; run with ``python -m benchmarks.year_coverage``.

The formulas are the package's own written for one row a sample, beside their rivals.
"""

from __future__ import annotations

from itertools import product

import numpy as np
import pandas as pd
from scipy import stats

from benchmarks.simulation import Floats
from isu_analysis.statistics.proportions.paired_intervals import lowered_phi
from isu_analysis.statistics.proportions.shares import wilson

LEVEL = 0.95
Z = float(stats.norm.ppf((1 + LEVEL) / 2))
# True shares this year and last, from the middle to the edge.
SHARES = ((0.5, 0.5), (0.3, 0.5), (0.1, 0.2), (0.9, 0.8), (0.05, 0.05))
CORRELATIONS = (0.0, 0.3, 0.6, 0.9)
SPREADS = (1.0, 2.0)
OVERLAPS = (0.0, 0.25, 0.5, 0.75, 1.0)
ROUNDING = 1e-12


def share_coverage(
    *, samples: int = 4000, ns: tuple[int, ...] = (15, 30, 60, 300), overlaps: tuple[float, ...] = OVERLAPS
) -> pd.DataFrame:
    """Return coverage by n, overlap, true shares and phi: ours, as if independent, and Derrick's z."""
    rng = np.random.default_rng(1)
    rows = []
    for n, overlap, (p, q), phi in product(ns, overlaps, SHARES, CORRELATIONS):
        shared = round(overlap * n)
        cells = rng.multinomial(shared, _joint(p, q, phi), samples).T.astype(float)
        this = cells[0] + cells[1] + rng.binomial(n - shared, p, samples)
        last = cells[0] + cells[2] + rng.binomial(n - shared, q, samples)
        held = _share_hits(cells, this, last, n, p - q)
        rows.append({"n": n, "overlap": overlap, "this": p, "last": q, "phi": phi, **held})
    return pd.DataFrame(rows)


def _joint(p: float, q: float, phi: float) -> list[float]:
    """Return both, only this, only last, neither; phi as near as the shares allow."""
    both = min(max(p * q + phi * np.sqrt(p * (1 - p) * q * (1 - q)), 0.0, p + q - 1), p, q)
    return [both, p - both, q - both, 1 - p - q + both]


def _share_hits(cells: Floats, this: Floats, last: Floats, n: int, truth: float) -> dict[str, float]:
    p, q, shared = this / n, last / n, cells.sum(axis=0)
    (low_p, high_p), (low_q, high_q) = wilson(this, n, LEVEL), wilson(last, n, LEVEL)
    held = {}
    for name, rho in (("ours", lowered_phi(tuple(cells)) * shared / n), ("as_if_independent", np.zeros(p.size))):
        below = (p - low_p) ** 2 + (high_q - q) ** 2 - 2 * rho * (p - low_p) * (high_q - q)
        above = (high_p - p) ** 2 + (q - low_q) ** 2 - 2 * rho * (high_p - p) * (q - low_q)
        low, high = p - q - np.sqrt(np.maximum(below, 0)), p - q + np.sqrt(np.maximum(above, 0))
        held[name] = _share_held(low, high, truth)
    a, b, c, d = cells
    margins = (a + b) * (c + d) * (a + c) * (b + d)
    phi = (a * d - b * c) / np.sqrt(np.where(margins > 0, margins, np.inf))
    pooled = (p + q) / 2
    half = Z * np.sqrt(np.maximum(pooled * (1 - pooled) * (2 / n - 2 * phi * shared / n**2), 0))
    return held | {"derrick_z": _share_held(p - q - half, p - q + half, truth)}


def _share_held(low: Floats, high: Floats, truth: float) -> float:
    return float(((low <= truth + ROUNDING) & (truth - ROUNDING <= high)).mean())


def mean_coverage(
    *,
    samples: int = 4000,
    ns: tuple[tuple[int, int], ...] = ((15, 15), (15, 40), (60, 60), (300, 300)),
    overlaps: tuple[float, ...] = OVERLAPS,
) -> pd.DataFrame:
    """Return coverage by both n, overlap of the smaller, SD ratio and r: ours, and Welch as if independent."""
    rng = np.random.default_rng(2)
    rows = []
    for (n_this, n_last), overlap, ratio, r in product(ns, overlaps, SPREADS, CORRELATIONS):
        shared = round(overlap * min(n_this, n_last))
        this, last = rng.normal(size=(samples, n_this)), rng.normal(size=(samples, n_last))
        last[:, :shared] = r * this[:, :shared] + np.sqrt(1 - r**2) * last[:, :shared]
        held = _mean_hits(this, ratio * last, shared)
        rows.append({"n": (n_this, n_last), "overlap": overlap, "ratio": ratio, "r": r, **held})
    return pd.DataFrame(rows)


def _mean_hits(this: Floats, last: Floats, shared: int) -> dict[str, float]:
    n, m = this.shape[1], last.shape[1]
    v, w = this.var(axis=1, ddof=1) / n, last.var(axis=1, ddof=1) / m
    welch = (v + w) ** 2 / (v**2 / (n - 1) + w**2 / (m - 1))
    r = _correlation(this[:, :shared], last[:, :shared]) * shared / np.sqrt(n * m) if shared > 1 else 0.0
    df = shared - 1 + (welch - shared + 1) * (n + m - 2 * shared) / (n + m)
    gap = np.abs(this.mean(axis=1) - last.mean(axis=1))
    halves = {
        "ours": stats.t.ppf((1 + LEVEL) / 2, df) * np.sqrt(v + w - 2 * r * np.sqrt(v * w)),
        "as_if_independent": stats.t.ppf((1 + LEVEL) / 2, welch) * np.sqrt(v + w),
    }
    return {name: float((gap <= half).mean()) for name, half in halves.items()}


def _correlation(x: Floats, y: Floats) -> Floats:
    x, y = x - x.mean(axis=1, keepdims=True), y - y.mean(axis=1, keepdims=True)
    return (x * y).sum(axis=1) / np.sqrt((x**2).sum(axis=1) * (y**2).sum(axis=1))


def main() -> None:
    """Print lowest and mean coverage by n and overlap."""
    for coverage, columns in (
        (share_coverage(), ["ours", "as_if_independent", "derrick_z"]),
        (mean_coverage(), ["ours", "as_if_independent"]),
    ):
        print(coverage.groupby(["n", "overlap"])[columns].agg(["min", "mean"]).round(3).to_string())


if __name__ == "__main__":
    main()
