"""Many units in one call, against loops over units and against bare NumPy.

Invents 10,000 units of 60 people and times, in one run: the moment-based effect sizes, and all of them
(`effect_sizes_by`), against pingouin's loop of two numbers a unit and against the least NumPy can do for the same
columns; and the change of everyone who started with its sensitivity (`change_estimates_by`, half of the ends
lost) against loops of multiple imputation. Times are processor seconds, the shortest of several runs; those with a star come from
fewer units, scaled. The loops get their units ready-made; ours gets rows in no order and labels. Without pingouin
installed its loop is replaced by the least arithmetic its two numbers take, and the table says so. Run it from the
repository with ``python -m benchmarks.grouped``.
"""

from __future__ import annotations

import importlib
import importlib.util
from collections.abc import Callable
from time import process_time
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import special, stats
from statsmodels.imputation.mice import MICE, MICEData
from statsmodels.regression.linear_model import OLS

from isu_analysis.statistics.grouped.attrition import change_estimates_by
from isu_analysis.statistics.grouped.effect_sizes import effect_sizes_by

UNITS, PEOPLE, LOST = 10_000, 60, 0.5
RUNS, LOOP_RUNS = 9, 3
IMPUTED_UNITS, CHAINED_UNITS, IMPUTATIONS = 200, 5, 20
Floats = NDArray[np.float64]
Codes = NDArray[np.intp]


def invented(units: int, lost: float, seed: int = 1) -> tuple[Floats, Floats, Codes]:
    """Return start, end and unit of each person, in no order; a share of the ends is missing."""
    rng = np.random.default_rng(seed)
    unit = rng.permutation(np.repeat(np.arange(units), PEOPLE))
    pre = rng.normal(50, 10, unit.size)
    post = 20 + 0.7 * pre + rng.normal(0, 8, unit.size)
    post[rng.random(unit.size) < lost] = np.nan
    return pre, post, unit


def bare(pre: Floats, post: Floats, codes: Codes, units: int) -> dict[str, Floats]:
    """Return the columns of the moment-based set with nothing checked, for whole groups that all vary."""

    def total(values: Floats) -> Floats:
        return np.bincount(codes, weights=values, minlength=units)

    n = np.bincount(codes, minlength=units)
    df, multiplier = n - 1, special.stdtrit(n - 1, 0.975)
    mean_pre, mean_post = total(pre) / n, total(post) / n
    mean = mean_post - mean_pre
    x, y = pre - mean_pre[codes], post - mean_post[codes]
    d, square_x, square_y = y - x, x**2, y**2
    v1, v2, v, cross = (total(values) / df for values in (square_x, square_y, d**2, x * y))
    r, se = cross / np.sqrt(v1 * v2), np.sqrt(v / n)
    found = {"mean_pre": mean_pre, "mean_post": mean_post, "sd_pre": np.sqrt(v1), "sd_post": np.sqrt(v2), "r": r}
    found |= {"change": mean, "sd_change": np.sqrt(v), "t": mean / se, "p": 2 * special.stdtr(df, -abs(mean / se))}
    found |= {"change_low": mean - multiplier * se, "change_high": mean + multiplier * se, "d_z": mean / np.sqrt(v)}
    of_average = (v1**2 + v2**2 + 2 * r**2 * v1 * v2) / (2 * (v1 + v2) ** 2 * df)
    for name, variance, squares, df_j, of_size in (
        ("g_pre", v1, square_x, df, 1 / (2 * df)),
        ("g_av", (v1 + v2) / 2, (square_x + square_y) / 2, 2 * df / (1 + r**2), of_average),
    ):
        s = np.sqrt(variance)
        g = np.exp(special.gammaln(df_j / 2) - special.gammaln((df_j - 1) / 2)) / np.sqrt(df_j / 2) * mean / s
        bonett = special.ndtri(0.975) * np.sqrt(v / (variance * df) + g**2 * of_size)
        others = (variance * df / (n - 2))[codes] - (n / df / (n - 2))[codes] * squares
        without = (mean[codes] - (1 / df)[codes] * d) / np.sqrt(others)
        left_out = multiplier * np.sqrt(total((without - (total(without) / n)[codes]) ** 2) * df / n)
        psi = (1 / s)[codes] * d - (mean / (2 * s**3))[codes] * (squares - (variance * df / n)[codes])
        influence = multiplier * np.sqrt(total(psi**2) / df / n)
        found |= {name: g, f"{name}_bonett_low": g - bonett, f"{name}_bonett_high": g + bonett}
        found |= {f"{name}_low": g - left_out, f"{name}_high": g + left_out}
        found |= {f"{name}_influence_low": g - influence, f"{name}_influence_high": g + influence}
    return found


def pingouin_loop(pre: Floats, post: Floats) -> str:
    """Work out pingouin's two numbers unit by unit, rows = units; return what stood for pingouin."""
    if importlib.util.find_spec("pingouin") is None:
        for x, y in zip(pre, post, strict=True):
            n = x.size
            d = (x.mean() - y.mean()) / np.sqrt((x.var(ddof=1) + y.var(ddof=1)) / 2)
            _ = d + stats.t.ppf([0.025, 0.975], n - 1) * np.sqrt(1 / n + d**2 / (2 * n))
        return "the least of pingouin's arithmetic (not installed)"
    pingouin: Any = importlib.import_module("pingouin")
    for x, y in zip(pre, post, strict=True):
        d = pingouin.compute_effsize(x, y, paired=True, eftype="cohen")
        pingouin.compute_esci(d, x.size, y.size, paired=True)
    return f"pingouin {pingouin.__version__}, 2 numbers"


def regression_imputation(pre: Floats, post: Floats, seed: int = 1) -> Floats:
    """Impute the lost ends of each unit many times from a Bayesian regression on the start.

    Returns the pooled change and its squared standard error, rows = units.
    """
    rng, pooled = np.random.default_rng(seed), []
    for x, y in zip(pre, post, strict=True):
        kept = ~np.isnan(y)
        design = np.column_stack([np.ones(x.size), x - x[kept].mean()])
        inverse = np.linalg.inv(design[kept].T @ design[kept])
        slopes = inverse @ design[kept].T @ y[kept]
        squares, df = ((y[kept] - design[kept] @ slopes) ** 2).sum(), kept.sum() - 2
        sd = np.sqrt(squares / rng.chisquare(df, IMPUTATIONS))[:, np.newaxis]
        drawn = slopes + sd * rng.normal(size=(IMPUTATIONS, 2)) @ np.linalg.cholesky(inverse).T
        ends = np.where(kept, y, drawn @ design.T + sd * rng.normal(size=(IMPUTATIONS, x.size)))
        changes = ends - x
        means, within = changes.mean(axis=1), changes.var(axis=1, ddof=1).mean() / x.size
        pooled.append((means.mean(), within + (1 + 1 / IMPUTATIONS) * means.var(ddof=1)))
    return np.array(pooled)


def chained_imputation(pre: Floats, post: Floats) -> None:
    """Let statsmodels' MICE estimate the mean change of each unit."""
    for x, y in zip(pre, post, strict=True):
        data = MICEData(pd.DataFrame({"pre": x - x.mean(), "post": y}))
        MICE("I(post - pre) ~ pre", OLS, data, n_skip=1).fit(n_burnin=5, n_imputations=IMPUTATIONS)


def shortest(call: Callable[[], Any], runs: int) -> float:
    """Return the shortest time in processor seconds."""
    times = []
    for _ in range(runs):
        start = process_time()
        call()
        times.append(process_time() - start)
    return min(times)


def by_unit(values: Floats, unit: Codes) -> Floats:
    """Return one row a unit."""
    return values[np.argsort(unit, kind="stable")].reshape(-1, PEOPLE)


def largest_difference(found: pd.DataFrame, expected: dict[str, Floats]) -> float:
    """Return how far the columns differ from those of the bare computation, at most."""
    return max(float(np.abs(found[name] - column).max()) for name, column in expected.items())


def effect_size_rows(units: int) -> list[tuple[str, float, str, float]]:
    """Time the effect sizes: (task, our seconds, the alternative, its seconds)."""
    pre, post, unit = invented(units, lost=0.0)
    alternatives: list[tuple[str, float]] = []
    x, y = by_unit(pre, unit), by_unit(post, unit)
    alternatives.append((pingouin_loop(x[:1], y[:1]), shortest(lambda: pingouin_loop(x, y), LOOP_RUNS)))
    labels = shortest(lambda: bare(pre, post, np.unique(unit, return_inverse=True)[1], units), RUNS)
    alternatives += [("bare NumPy, from labels", labels)]
    alternatives += [("bare NumPy, given ready codes", shortest(lambda: bare(pre, post, unit, units), RUNS))]
    moments = shortest(lambda: effect_sizes_by(pre, post, unit, sizes="moments"), RUNS)
    everything = shortest(lambda: effect_sizes_by(pre, post, unit), LOOP_RUNS)
    rows = [("effect sizes, moments", moments, name, seconds) for name, seconds in alternatives]
    difference = largest_difference(effect_sizes_by(pre, post, unit, sizes="moments"), bare(pre, post, unit, units))
    print(f"effect sizes against bare NumPy: largest difference {difference:.0e}")
    return [*rows, ("effect sizes, all", everything, *alternatives[0])]


def change_rows(units: int) -> list[tuple[str, float, str, float]]:
    """Time the change of everyone who started, as `effect_size_rows`."""
    pre, post, unit = invented(units, lost=LOST)
    x, y = by_unit(pre, unit), by_unit(post, unit)
    few, fewest = min(IMPUTED_UNITS, units), min(CHAINED_UNITS, units)
    imputed = shortest(lambda: regression_imputation(x[:few], y[:few]), LOOP_RUNS) * units / few
    chained = shortest(lambda: chained_imputation(x[:fewest], y[:fewest]), 1) * units / fewest
    ours = shortest(lambda: change_estimates_by(pre, post, unit), RUNS)
    found = change_estimates_by(pre, post, unit).ml_two_wave_change[:few]
    off = np.abs(found - regression_imputation(x[:few], y[:few])[:, 0]).median()
    print(f"maximum likelihood against {IMPUTATIONS} imputations: median difference {off:.2f} points")
    task = "change of all who started"
    return [
        (task, ours, f"regression imputation, m = {IMPUTATIONS}, NumPy *", imputed),
        (task, ours, f"statsmodels MICE, m = {IMPUTATIONS} *", chained),
    ]


def run(units: int = UNITS) -> dict[str, float]:
    """Print one table of times and ratios; return the ratios by "task / alternative"."""
    rows = effect_size_rows(units) + change_rows(units)
    print(f"\n{units:,} units of {PEOPLE} people, processor seconds; * = timed on fewer units and scaled")
    print(f"{'task':<28}{'ours':>8}  {'alternative':<52}{'seconds':>10}{'ratio':>9}")
    for task, ours, name, seconds in rows:
        print(f"{task:<28}{ours:>8.3f}  {name:<52}{seconds:>10.3f}{seconds / ours:>9.2f}")
    return {f"{task} / {name}": seconds / ours for task, ours, name, seconds in rows}


if __name__ == "__main__":
    run()
