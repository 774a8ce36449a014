"""Jacobson-Truax with categories for a million people, against the same sums in bare NumPy.

Both sort 1,000,000 invented people on whole scores into unchanged, improved, recovered, deteriorated and harmed
with one cutoff for all, and count each. The package also checks its input, leaves out missing values and keeps
each person's flags. Times are the shortest of seven runs; the counts must be the same. Run it from the
repository with ``python -m benchmarks.reliable_change``.
"""

from __future__ import annotations

from collections.abc import Callable
from time import perf_counter

import numpy as np
from numpy.typing import NDArray

from isu_analysis.statistics.individual_change.categories import reliable_change
from isu_analysis.statistics.individual_change.criteria import Criterion, jacobson_truax_criterion

PEOPLE, RUNS, CUTOFF = 1_000_000, 7, 15.0
Scores = NDArray[np.float64]


def invented(people: int, seed: int = 1) -> tuple[Scores, Scores]:
    """Return start and end scores where fewer is better."""
    rng = np.random.default_rng(seed)
    pre = np.round(rng.normal(20, 6, people))
    return pre, np.round(pre - rng.normal(3, 6, people))


def bare(pre: Scores, post: Scores, threshold: float) -> list[int]:
    """Return how many are unchanged, improved, recovered, deteriorated and harmed, and nothing else."""
    gain = pre - post
    better, worse = gain > threshold, gain < -threshold
    clinical_pre, clinical_post = pre >= CUTOFF, post >= CUTOFF
    codes = better.view(np.int8) + (better & clinical_pre & ~clinical_post).view(np.int8)
    codes += worse.view(np.int8) * np.int8(3)
    codes += (worse & ~clinical_pre & clinical_post).view(np.int8)
    return np.bincount(codes, minlength=5).tolist()


def package(pre: Scores, post: Scores, criterion: Criterion) -> list[int]:
    """Return the same five counts from the package."""
    found = reliable_change(pre, post, criterion, higher_is_better=False, cutoff=CUTOFF)
    unchanged, improved, recovered, deteriorated, harmed = (
        found.count(name) for name in ("unchanged", "improved", "recovered", "deteriorated", "harmed")
    )
    return [unchanged, improved, recovered, deteriorated - harmed, harmed]


def shortest(*calls: Callable[[], list[int]]) -> list[tuple[float, list[int]]]:
    """Return each call's shortest time in seconds and its result; they take turns, so that both meet the same load."""
    times: list[list[float]] = [[] for _ in calls]
    results: list[list[int]] = [[] for _ in calls]
    for _ in range(RUNS):
        for place, call in enumerate(calls):
            start = perf_counter()
            results[place] = call()
            times[place].append(perf_counter() - start)
    return [(min(one), result) for one, result in zip(times, results, strict=True)]


def run(people: int = PEOPLE) -> dict[str, float]:
    """Print both times and their ratio, and return them: ``bare``, ``package`` (seconds) and ``ratio``."""
    pre, post = invented(people)
    source = "invented"
    criterion = jacobson_truax_criterion(6, 0.8, sd_source=source, reliability_source=source, reliability_type="retest")
    (bare_time, bare_counts), (package_time, package_counts) = shortest(
        lambda: bare(pre, post, criterion.threshold), lambda: package(pre, post, criterion)
    )
    same = "the same counts" if bare_counts == package_counts else "DIFFERENT COUNTS"
    ratio = package_time / bare_time
    print(f"Jacobson-Truax with categories, {people:,} people, shortest of {RUNS} runs, {same}")
    print(f"{'bare NumPy':<12}{bare_time * 1e3:8.1f} ms")
    print(f"{'package':<12}{package_time * 1e3:8.1f} ms")
    print(f"{'ratio':<12}{ratio:8.2f}")
    return {"bare": bare_time, "package": package_time, "ratio": ratio}


if __name__ == "__main__":
    run()
