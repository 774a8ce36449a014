"""The mean change when many are lost: bias and coverage of every estimate, by mechanism and amount of loss.

``python -m benchmarks.loss`` prints three tables. True change .5 SD, correlation .6 of start and end, equal SDs
(.6 and .5 SD also where skewed). Who is lost follows a logistic model with the slope ``strength`` per SD:

===============  ==================================================================================
MCAR             chance alone
MAR              those with a high start are lost more
MNAR, end        those with a high end are lost more
MNAR, change     those who gained least are lost more
===============  ==================================================================================

Two-wave estimates are the package's closed forms for many samples at once (the tests hold them against the package);
weighting and all waves call the package sample by sample, with fewer replications. A bound's coverage names its
target: these people's own mean change, or the mean change of such people in general.

Options: ``--part two|three|bounds`` (may be repeated), ``--replications`` (of the closed forms; weighting uses a
twentieth, all waves a fortieth, bounds a tenth), ``--seed``.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from itertools import product

import numpy as np
import pandas as pd
from scipy import optimize, special, stats

from benchmarks.simulation import Ends, Floats, Tally, chunks, generator, markdown, standard_lognormal, standard_pairs
from isu_analysis.statistics.attrition.all_waves import ml_change_all_waves
from isu_analysis.statistics.attrition.bounds import mean_bounds
from isu_analysis.statistics.attrition.estimates import ChangeEstimate, completers_change
from isu_analysis.statistics.attrition.maximum_likelihood import ml_change_two_wave
from isu_analysis.statistics.attrition.weighting import aipw_change, calibrated_change, ipw_change
from isu_analysis.statistics.proportions.shares import share_bounds

CHANGE, R = 0.5, 0.6
NS, LOSSES = (30, 60, 300), (0.2, 0.5, 0.85)
THREE_WAVE_NS = (60, 300)
# Amount added to the interval end of the closed form for each lost person, in SDs of the start.
DELTAS = (0.2, 0.5)
# A bounded scale for the bounds: 6 SDs of the start wide, as 0-63 points are when the SD is about 10.
SCALE = (-3.0, 3.0)
BOUNDS_NS, BOUNDS_LOSSES = (30, 300, 700), (0.0, 0.05, 0.2, 0.5)


@dataclass(frozen=True)
class Mechanism:
    """Who is lost.

    Attributes
    ----------
    name : str
    depends_on : str
        "nothing", "start", "end" or "change".
    strength : float
        Slope of the logit of being lost, per SD of what it depends on.
    """

    name: str
    depends_on: str
    strength: float = 0.8

    def lost(self, start: Floats, end: Floats, loss: float, rng: np.random.Generator) -> np.ndarray:
        """Return who is lost, a share of about ``loss``."""
        drivers = {
            "nothing": np.zeros_like(start),
            "start": start,
            "end": end - CHANGE,
            "change": -(end - start - CHANGE) / np.sqrt(2 - 2 * R),
        }
        logit = _intercept(loss, self.strength) + self.strength * drivers[self.depends_on]
        return rng.random(start.shape) < special.expit(logit)


MECHANISMS = (
    Mechanism("MCAR", "nothing", 0.0),
    Mechanism("MAR", "start"),
    Mechanism("MAR, strong", "start", 1.6),
    Mechanism("MNAR, end", "end"),
    Mechanism("MNAR, end, strong", "end", 1.6),
    Mechanism("MNAR, change", "change"),
    Mechanism("MNAR, change, strong", "change", 1.6),
)


def _intercept(loss: float, strength: float) -> float:
    """Return the intercept at which the mean chance over a standard normal driver is ``loss``."""
    if loss == 0:
        return -np.inf
    nodes, weights = np.polynomial.hermite_e.hermegauss(60)
    weights = weights / weights.sum()
    return float(optimize.brentq(lambda a: weights @ special.expit(a + strength * nodes) - loss, -50, 50))


def closed_form(start: Floats, end: Floats) -> dict[str, tuple[Floats, Floats, Floats]]:
    """Return the two-wave estimates of many samples: name -> (change, low, high), each of shape (samples,).

    Parameters
    ----------
    start, end : ndarray, shape (samples, n)
        NaN end = lost. Samples with too few pairs give NaN.
    """
    n, kept = start.shape[1], ~np.isnan(end)
    pairs = kept.sum(axis=1)
    change = np.where(kept, end - start, 0.0)
    completers = _mean_of(change, kept)
    backed = change.mean(axis=1)
    spread = np.where(pairs >= 2, change.std(axis=1, ddof=1), np.nan)
    likely, error, robust = _two_wave(start, np.where(kept, end, 0.0), kept)
    half = _t(pairs - 2) * error
    found = {
        "completers": (completers, *_ends(completers, _t(pairs - 1) * _error_of(change, completers, kept))),
        "carried back": (backed, *_ends(backed, _t(np.full(pairs.shape, n - 1)) * spread / np.sqrt(n))),
        "ML, leave one out": (likely, *_ends(likely, _t(pairs - 2) * robust)),
        "ML, model variance": (likely, *_ends(likely, half)),
        "ML, model variance, normal multiplier": (likely, *_ends(likely, stats.norm.ppf(0.975) * error)),
    }
    for delta in DELTAS:
        wider = _t(pairs - 2) * robust + delta * (1 - pairs / n)
        found[f"ML, lost within {delta} SD"] = (likely, *_ends(likely, wider))
    return found


def _two_wave(start: Floats, end: Floats, kept: np.ndarray) -> tuple[Floats, Floats, Floats]:
    """Return the maximum likelihood change, its model and its jackknife standard error; NaN below four pairs."""
    n, pairs = start.shape[1], kept.sum(axis=1, keepdims=True).astype(float)
    pairs = np.where(pairs >= 4, pairs, np.nan)
    x_kept = np.where(kept, start, 0.0).sum(axis=1, keepdims=True) / pairs
    y_kept = end.sum(axis=1, keepdims=True) / pairs
    x, y = np.where(kept, start - x_kept, 0.0), np.where(kept, end - y_kept, 0.0)
    cross = np.where(pairs >= 4, (x**2).sum(axis=1, keepdims=True), np.nan)
    slope = (x * y).sum(axis=1, keepdims=True) / cross
    missed = y - slope * x
    all_starts = start.mean(axis=1, keepdims=True)
    change = y_kept + slope * (all_starts - x_kept) - all_starts
    variance = (missed**2).sum(axis=1, keepdims=True) / (pairs - 2) * (1 / pairs + (all_starts - x_kept) ** 2 / cross)
    variance += (slope - 1) ** 2 * start.var(axis=1, ddof=1, keepdims=True) / n
    # Without each person in turn: the lost move only the mean of all starts.
    leverage = np.where(kept, 1 / pairs + x**2 / cross, 0.0)
    slope_without = slope - x * missed / ((1 - leverage) * cross)
    x_without = x_kept - x / (pairs - 1)
    y_without = y_kept - y / (pairs - 1)
    starts_without = all_starts - (start - all_starts) / (n - 1)
    left_out = y_without + slope_without * (starts_without - x_without) - starts_without
    squares = ((left_out - left_out.mean(axis=1, keepdims=True)) ** 2).sum(axis=1)
    return change[:, 0], np.sqrt(variance[:, 0]), np.sqrt((n - 1) / n * squares)


def _mean_of(values: Floats, kept: np.ndarray) -> Floats:
    pairs = kept.sum(axis=1)
    return values.sum(axis=1) / np.where(pairs >= 2, pairs, np.nan)


def _error_of(change: Floats, mean: Floats, kept: np.ndarray) -> Floats:
    pairs = np.where(kept.sum(axis=1) >= 2, kept.sum(axis=1), np.nan)
    squares = np.where(kept, (change - mean[:, np.newaxis]) ** 2, 0.0).sum(axis=1)
    return np.sqrt(squares / (pairs - 1) / pairs)


def _t(df: Floats) -> Floats:
    return stats.t.ppf(0.975, np.where(df >= 1, df, np.nan))


def _ends(middle: Floats, half: Floats) -> Ends:
    return middle - half, middle + half


def two_wave_cell(
    mechanism: Mechanism, n: int, loss: float, *, replications: int, seed: int = 1, family: str = "normal"
) -> Tally:
    """Return hits, widths and bias of the closed forms in one cell."""
    tally, rng = Tally(), generator(seed, n, loss, mechanism.strength, ord(mechanism.depends_on[0]), len(family))
    for samples in chunks(replications, n):
        start, end = _pairs((samples, n), family, rng)
        end = np.where(mechanism.lost(start, end, loss, rng), np.nan, end)
        for name, (middle, low, high) in closed_form(start, end).items():
            tally.add(name, low, high, CHANGE, middle)
    return tally


def _pairs(shape: tuple[int, ...], family: str, rng: np.random.Generator) -> Ends:
    start, end = standard_pairs(family, R, shape, rng)
    return start, CHANGE + end


def sampled_cell(mechanism: Mechanism, n: int, loss: float, *, replications: int, seed: int = 1) -> Tally:
    """Return hits and bias of the package's weighting estimates, called sample by sample."""
    tally, rng = Tally(), generator(seed, n, loss, mechanism.strength, ord(mechanism.depends_on[0]), 1)
    for _ in range(replications):
        start, end = _pairs((n,), "normal", rng)
        end = np.where(mechanism.lost(start, end, loss, rng), np.nan, end)
        for name, estimate in (("IPW", ipw_change), ("AIPW", aipw_change), ("calibration", calibrated_change)):
            found = estimate(start, end)
            tally.add(name, *(np.array([value]) for value in (found.low, found.high)), CHANGE, np.array([found.change]))
    return tally


def three_wave_cell(
    strength: float, n: int, loss: float, *, replications: int, seed: int = 1, family: str = "normal"
) -> Tally:
    """Return hits and bias when loss at the last of three waves follows the middle one, which is seen by all.

    Parameters
    ----------
    family : str
        "normal", or "lognormal": exponentials of the same normal waves, margins standardised.
    """
    tally, rng = Tally(), generator(seed, n, loss, strength, 3)
    correlations = np.array([[1, 0.6, 0.5], [0.6, 1, 0.8], [0.5, 0.8, 1]])
    root = np.linalg.cholesky(correlations)
    means = np.array([0, 0.25, CHANGE])
    for _ in range(replications):
        drawn = rng.standard_normal((n, 3)) @ root.T
        waves = means + (drawn if family == "normal" else standard_lognormal(drawn))
        logit = _intercept(loss, strength) + strength * drawn[:, 1]
        waves[rng.random(n) < special.expit(logit), 2] = np.nan
        for name, found in _three_estimates(waves):
            ends = (np.array([value]) for value in (found.low, found.high))
            tally.add(name, *ends, CHANGE, np.array([found.change]))
    return tally


def _three_estimates(waves: Floats) -> Iterator[tuple[str, ChangeEstimate]]:
    start, middle, end = waves.T
    yield "completers", completers_change(start, end)
    yield "ML, start and end", ml_change_two_wave(start, end)
    yield "ML, start and end, middle as covariate", ml_change_two_wave(start, end, pd.DataFrame({"middle": middle}))
    yield "ML, all waves", ml_change_all_waves(waves)
    yield "ML, all waves, each person a cluster", ml_change_all_waves(waves, cluster=np.arange(len(waves)))


def bounds_cell(mechanism: Mechanism, n: int, loss: float, *, replications: int, seed: int = 1) -> Tally:
    """Return hits of the bounds on a bounded scale; each name says for which target."""
    tally, rng = Tally(), generator(seed, n, loss, mechanism.strength, ord(mechanism.depends_on[0]), 2)
    truth, rate = _bounded_truth()
    for _ in range(replications):
        start, end = _pairs((n,), "normal", rng)
        lost = mechanism.lost(start, end, loss, rng)
        start, end = np.clip(start, *SCALE), np.clip(end, *SCALE)
        found = mean_bounds(start, np.where(lost, np.nan, end), *SCALE)
        _add(tally, "bounds: these people's mean change", found.lower, found.upper, float((end - start).mean()))
        _add(tally, "bounds: mean change in general", found.lower, found.upper, truth)
        _add(tally, "Imbens-Manski: in general", found.imbens_manski_low, found.imbens_manski_high, truth)
        better = end > start
        share = share_bounds(int((better & ~lost).sum()), int((~lost).sum()), n)
        _add(tally, "share bounds: these people's share", share.worst, share.best, float(better.mean()))
        _add(tally, "share bounds: the share in general", share.worst, share.best, rate)
    return tally


def _add(tally: Tally, name: str, low: float, high: float, truth: float) -> None:
    slack = 1e-12  # a bound equal to the truth up to the last binary digit holds it
    tally.add(name, np.array([low - slack]), np.array([high + slack]), truth)


@cache
def _bounded_truth(people: int = 2_000_000) -> tuple[float, float]:
    start, end = _pairs((people,), "normal", np.random.default_rng(7))
    start, end = np.clip(start, *SCALE), np.clip(end, *SCALE)
    return float((end - start).mean()), float((end > start).mean())


def table(rows: list[dict[str, object]], values: Iterable[str] = ("bias", "coverage")) -> pd.DataFrame:
    """Return rows by mechanism, n and loss, with a column an interval and measure."""
    frame = pd.DataFrame(rows)
    wide = frame.pivot_table(
        index=["mechanism", "n", "loss"], columns="interval", values=list(values), sort=False, dropna=False
    )
    names = list(dict.fromkeys(frame["interval"]))
    order = list(dict.fromkeys(zip(frame["mechanism"], frame["n"], frame["loss"], strict=True)))
    return wide.reindex(order)[[(value, name) for value in values for name in names]]


def two_wave_table(replications: int, seed: int = 1) -> pd.DataFrame:
    """Return bias and coverage of every two-wave estimate in every cell, and the share of samples with one."""
    rows = []
    for family, mechanism, n, loss in product(("normal", "gamma"), MECHANISMS, NS, LOSSES):
        if family == "gamma" and mechanism.depends_on not in ("nothing", "start"):
            continue
        name = mechanism.name if family == "normal" else f"{mechanism.name}, skewed"
        cell = {"mechanism": name, "n": n, "loss": loss}
        rows += two_wave_cell(mechanism, n, loss, replications=replications, seed=seed, family=family).rows(**cell)
        if family == "normal" and mechanism.strength <= 1:
            rows += sampled_cell(mechanism, n, loss, replications=_part(replications, 20), seed=seed).rows(**cell)
    return table(rows)


def _part(replications: int, of: int) -> int:
    return max(1, replications // of)


def three_wave_table(replications: int, seed: int = 1) -> pd.DataFrame:
    """Return bias and coverage of the mean change when there is a wave between start and end."""
    rows = []
    for family, n, loss in product(("normal", "lognormal"), THREE_WAVE_NS, LOSSES):
        cell = three_wave_cell(0.8, n, loss, replications=_part(replications, 40), seed=seed, family=family)
        rows += cell.rows(mechanism=f"MAR given the middle wave, {family}", n=n, loss=loss)
    return table(rows, ("bias", "coverage", "given"))


def bounds_table(replications: int, seed: int = 1) -> pd.DataFrame:
    """Return how often bounds hold, each for the target it names."""
    rows = []
    for mechanism, n, loss in product((MECHANISMS[0], MECHANISMS[2], MECHANISMS[6]), BOUNDS_NS, BOUNDS_LOSSES):
        cell = bounds_cell(mechanism, n, loss, replications=_part(replications, 10), seed=seed)
        rows += cell.rows(mechanism=mechanism.name, n=n, loss=loss)
    return table(rows, ("coverage",))


PARTS = {
    "two": (two_wave_table, "Two waves: bias and coverage"),
    "three": (three_wave_table, "Three waves, the last one missing"),
    "bounds": (bounds_table, "Bounds, and what they bound: coverage"),
}


def main() -> None:
    """Read the options and print the tables."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.loss", description="Mean change with loss.")
    parser.add_argument("--part", action="append", choices=PARTS)
    parser.add_argument("--replications", type=int, default=4000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    for part in options.part or PARTS:
        make, title = PARTS[part]
        print(markdown(make(options.replications, options.seed), title), flush=True)


if __name__ == "__main__":
    main()
