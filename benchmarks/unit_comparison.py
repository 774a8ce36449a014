"""Comparing many units on a share: how fast for every municipality at once, and how often the intervals hold.

Times `compare_units` for 290 municipalities of 20 units against a loop of `funnel` and `shrunken_shares` over the
municipalities, and `share_rank_intervals` one municipality at a time. Then counts how often the intervals of
shrunken shares hold the true share, with and without what the uncertainty of a and b adds ("moments" adds none), and
how often chance alone puts a unit outside the limits of the funnel. Run it from the repository with
``python -m benchmarks.unit_comparison``; ``--sets 2000`` for a smaller error.
"""

from __future__ import annotations

import argparse
from time import process_time

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats

from isu_analysis.statistics.comparison.funnel import funnel
from isu_analysis.statistics.comparison.limits import funnel_limits
from isu_analysis.statistics.comparison.many_units import compare_units
from isu_analysis.statistics.comparison.ranks import share_rank_intervals
from isu_analysis.statistics.comparison.shrinkage import shrunken_shares

MUNICIPALITIES, UNITS, FEWEST, MOST = 290, 20, 8, 150
SETS = 300
TRUTHS = ((8, 6.0, 4.0), (12, 6.0, 4.0), (20, 6.0, 4.0), (20, 30.0, 20.0), (20, 60.0, 40.0), (20, 2.0, 18.0))
Floats = NDArray[np.float64]


def invented(sets: int, units: int, a: float, b: float, seed: int) -> tuple[pd.DataFrame, Floats]:
    """Return sets of units in no order, and each unit's true share."""
    rng = np.random.default_rng(seed)
    of = rng.integers(FEWEST, MOST, sets * units)
    truth = rng.beta(a, b, of.size)
    names = np.array([f"kommun {number:04}" for number in range(sets)])
    rows = pd.DataFrame({"set": rng.permutation(np.repeat(names, units)), "n": rng.binomial(of, truth), "of": of})
    return rows, truth


def seconds(sets: int = MUNICIPALITIES, units: int = UNITS) -> dict[str, float]:
    """Return processor seconds of one call, of the loop, and of rank intervals in a loop."""
    rows, _ = invented(sets, units, 6, 4, seed=1)
    names = {"by": "set", "n": "n", "of": "of"}
    compare_units(rows.iloc[:units], **names)
    found = {}
    for method in ("ml", "moments"):
        start = process_time()
        compare_units(rows, **names, method=method)
        found[f"one call, {method}"] = process_time() - start
    parts = [part for _, part in rows.groupby("set")]
    for method in ("ml", "moments"):
        start = process_time()
        for part in parts:
            funnel(part["n"], part["of"])
            shrunken_shares(part["n"], part["of"], method=method)
        found[f"loop, {method}"] = process_time() - start
    start = process_time()
    for part in parts:
        share_rank_intervals(part["n"], part["of"], seed=1)
    found["rank intervals, loop"] = process_time() - start
    return found


def held(sets: int, units: int, a: float, b: float, method: str) -> tuple[float, float]:
    """Return how often the 95 % intervals hold the true share, and the share of units without an interval."""
    rows, truth = invented(sets, units, a, b, seed=2)
    found = compare_units(rows, by="set", n="n", of="of", method=method).units
    low, high = found["shrunken_low"], found["shrunken_high"]
    return float(((low <= truth) & (truth <= high))[low.notna()].mean()), float(low.isna().mean())


def false_alarms(of: int, target: float, level: float, method: str) -> tuple[float, float]:
    """Return how often chance alone puts a unit below and above the limits: exact, not simulated."""
    low, high = funnel_limits(target, of, level, method=method)
    numbers = np.arange(of + 1)
    chance = stats.binom.pmf(numbers, of, target)
    return float(chance[numbers / of < low].sum()), float(chance[numbers / of > high].sum())


def run(sets: int = SETS) -> dict[str, float]:
    """Print times, coverage and false alarms; return the times."""
    times = seconds()
    print(f"{MUNICIPALITIES} municipalities x {UNITS} units, processor seconds")
    for name, value in times.items():
        ratio = times.get(name.replace("one call", "loop"), np.nan) / value
        print(f"  {name:<24}{value:>8.2f}" + (f"   loop is {ratio:.1f} times slower" if "one call" in name else ""))
    print(f"\nintervals of shrunken shares, {sets} sets: share that hold the truth (share without interval)")
    for units, a, b in TRUTHS:
        said = [f"{method} {share:.3f} ({none:.3f})" for method in ("ml", "moments")
                for share, none in [held(sets, units, a, b, method)]]  # fmt: skip
        print(f"  {units:>3} units, a {a:g}, b {b:g}: " + "   ".join(said))
    print("\nfunnel, chance alone below / above the 95 % limits (0.025 is meant at most)")
    for of in (15, 30, 60, 120):
        said = [f"{method} {below:.3f} / {above:.3f}" for method in ("exact", "spiegelhalter", "arcsine")
                for below, above in [false_alarms(of, 0.6, 0.95, method)]]  # fmt: skip
        print(f"  {of:>3} people, target 0.6: " + "   ".join(said))
    return times


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sets", type=int, default=SETS)
    run(parser.parse_args().sets)
