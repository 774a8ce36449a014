"""Random intercept and slope for 10,000 people: this library beside statsmodels MixedLM, time and likelihood.

    python -m benchmarks.random_slopes          statsmodels on 1,000 people
    python -m benchmarks.random_slopes --full   statsmodels on 10,000 people too: some minutes

Both fit by restricted maximum likelihood. "REML criterion" is minus twice the restricted log likelihood: lower is
better, and both programs use the same definition (they agree where both find the optimum).
"""

from __future__ import annotations

import argparse
import time
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
from statsmodels.regression.mixed_linear_model import MixedLM

from isu_analysis.statistics.trajectories.random_slopes import random_slopes

TIMES = np.arange(4.0)
SHARE_MISSING = 0.15


def simulated(people: int, seed: int = 20250101, ragged: bool = False) -> pd.DataFrame:
    """Measurements of people at four waves, mean slope -1, SD of slopes 1, residual SD 3, some missing."""
    rng = np.random.default_rng(seed)
    level = 27 + 5 * rng.standard_normal((people, 1))
    slope = -1 + rng.standard_normal((people, 1))
    when = TIMES + rng.uniform(-0.3, 0.3, (people, 4)) if ragged else np.broadcast_to(TIMES, (people, 4))
    score = level + slope * when + 3 * rng.standard_normal((people, 4))
    score[rng.uniform(size=score.shape) < SHARE_MISSING] = np.nan
    columns = {"person": np.repeat(np.arange(people), 4), "time": when.ravel(), "score": score.ravel()}
    return pd.DataFrame(columns).dropna().reset_index(drop=True)


def timed(run: Callable[[], Any], repeats: int) -> tuple[float, Any]:
    """Least time of several runs, in seconds, and the last result."""
    seconds = []
    for _ in range(repeats):
        begun = time.perf_counter()
        result = run()
        seconds.append(time.perf_counter() - begun)
    return min(seconds), result


def ours(data: pd.DataFrame, repeats: int = 5) -> tuple[float, float]:
    """Seconds and REML criterion of this library."""
    seconds, found = timed(
        lambda: random_slopes(data["person"], data["time"], data["score"], higher_is_better=False), repeats
    )
    return seconds, found.reml_criterion


def theirs(data: pd.DataFrame) -> tuple[float, float]:
    """Seconds and REML criterion of statsmodels."""

    def run() -> Any:
        return MixedLM.from_formula("score ~ time", data, groups="person", re_formula="~time").fit(reml=True)

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # its convergence notes are beside the point here
        seconds, found = timed(run, 1)
    return seconds, -2 * found.llf


def compared(people: int, ragged: bool) -> None:
    """Print one line for both programs on the same data."""
    data = simulated(people, ragged=ragged)
    seconds, criterion = ours(data)
    their_seconds, their_criterion = theirs(data)
    kind = "own times" if ragged else "4 waves"
    print(
        f"{people:>7,} people, {kind:<9}  ours {seconds:7.3f} s  statsmodels {their_seconds:7.2f} s  "
        f"ratio {their_seconds / seconds:6.0f}  REML criterion {criterion:.6f} / {their_criterion:.6f}  "
        f"ours - theirs {criterion - their_criterion:+.1e}"
    )


def main(arguments: list[str] | None = None) -> None:
    """Print the comparisons."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--full", action="store_true", help="statsmodels on 10,000 people too")
    full = parser.parse_args(arguments).full
    compared(1_000, ragged=False)
    compared(1_000, ragged=True)
    if full:
        compared(10_000, ragged=False)
    for people, ragged in ((10_000, False), (10_000, True), (100_000, False)):
        seconds, criterion = ours(simulated(people, ragged=ragged), repeats=3)
        kind = "own times" if ragged else "4 waves"
        print(f"{people:>7,} people, {kind:<9}  ours {seconds:7.3f} s  REML criterion {criterion:.6f}")


if __name__ == "__main__":
    main()
