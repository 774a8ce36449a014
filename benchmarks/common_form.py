"""The common form with known truth: which target its bounds, its interval and its plausible range hold, and how often.

``python -m benchmarks.common_form`` prints the tables. People have a true start and end (correlation .75) and scores with
reliability .8; mean change .5 SD, correlation .6 of the scores. A score that rises by .5 SD or more is improved, one
that falls as much is worse; who starts 1 SD above the mean has nothing to gain, and keeping it is maintained as intended.
20, 50 or 85 % are lost, by a logistic model with the slope ``strength`` per SD:

=====================  =============================================================================
MCAR                   chance alone
MAR, low start         those with a low start are lost more: they gain more, so the odds ratio is above 1
MAR, high start        those with a high start are lost more
MNAR, change           those who gained least are lost more
MNAR, change, strong   the same, so much that the odds ratio lies below the default set
=====================  =============================================================================

Targets: *cohort*, the share of these people that would have been measured so; *rate*, the share of such people in
general; *latent*, the share of these people whose true score changed as much, which the form does not claim.
``--part exact`` enumerates every outcome of a unit instead of drawing: coverage of the rate for shares from .02 to .98,
whatever share of the lost improved, beside the normal limits of the published interval.

Options: ``--part cells|exact`` (may be repeated), ``--replications``, ``--seed``.
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from functools import cache

import numpy as np
import pandas as pd
from scipy import stats

from benchmarks.loss import CHANGE, Mechanism, R
from benchmarks.simulation import Floats, Tally, chunks, generator, markdown
from isu_analysis.statistics.outcomes.common_form import ODDS_RATIOS, common_forms
from isu_analysis.statistics.outcomes.unmeasured_share import imbens_manski_multiplier, rate_interval

NS, LOSSES = (30, 100, 300), (0.2, 0.5, 0.85)
RELIABILITY, SMALLEST, CEILING = 0.8, 0.5, 1.0
MECHANISMS = (
    Mechanism("MCAR", "nothing", 0.0),
    Mechanism("MAR, low start", "start", -0.8),
    Mechanism("MAR, high start", "start", 0.8),
    Mechanism("MNAR, change", "change", 0.8),
    Mechanism("MNAR, change, strong", "change", 3.0),
)
PARTS = ("improved", "worse")
INSIDE = "range: cohort, own OR in set"
WIDTHS = ("bounds: cohort", "Imbens-Manski: rate", "range: cohort", "range with error: rate")
WIDER = (2.0, *ODDS_RATIOS)  # who says that the lost may have fared better, too
SPREAD = float(np.sqrt(2 - 2 * R))  # of the changes, in SDs of the start
SLACK = 1e-12  # a bound equal to the truth up to the last binary digit holds it
RATES = (0.02, 0.05, 0.1, 0.2, 0.35, 0.5, 0.65, 0.8, 0.9, 0.95, 0.98)


@dataclass(frozen=True)
class People:
    """Scores and true scores, shape (samples, n)."""

    start: Floats
    end: Floats
    true_start: Floats
    true_end: Floats


def draw(shape: tuple[int, int], rng: np.random.Generator) -> People:
    """Return people whose scores have SD 1, correlation .6 and reliability .8."""
    true_r = R / RELIABILITY
    first, second = (np.sqrt(RELIABILITY) * rng.standard_normal(shape) for _ in range(2))
    true_end = CHANGE + true_r * first + np.sqrt(1 - true_r**2) * second
    errors = (np.sqrt(1 - RELIABILITY) * rng.standard_normal(shape) for _ in range(2))
    start, end = (true + error for true, error in zip((first, true_end), errors, strict=True))
    return People(start, end, first, true_end)


def statuses(start: Floats, end: Floats) -> dict[str, np.ndarray]:
    """Return who is in each part, by scores or by true scores."""
    gain = end - start
    improved, worse = gain >= SMALLEST, gain <= -SMALLEST
    kept = ~improved & ~worse & (start >= CEILING)
    return {"improved": improved, "maintained": kept, "no_certain_change": ~improved & ~worse & ~kept, "worse": worse}


@cache
def true_rate(part: str) -> float:
    """Return the share of people in general with a measured improvement, or worsening, that counts."""
    edge = (SMALLEST - CHANGE) / SPREAD if part == "improved" else (SMALLEST + CHANGE) / SPREAD
    return float(stats.norm.sf(edge))


@cache
def true_odds_ratio(mechanism: Mechanism, loss: float, part: str, people: int = 1_000_000) -> float:
    """Return the odds of the part among the lost over those among the measured, in a million invented people."""
    rng = generator(99, loss, mechanism.strength)
    drawn = draw((1, people), rng)
    lost = mechanism.lost(drawn.start, drawn.end, loss, rng)
    having = statuses(drawn.start, drawn.end)[part]
    among_lost, among_kept = having[lost].mean(), having[~lost].mean()
    return float(among_lost / (1 - among_lost) / (among_kept / (1 - among_kept)))


def one_cell(mechanism: Mechanism, n: int, loss: float, *, replications: int, seed: int = 1) -> dict[str, Tally]:
    """Return, for each of `PARTS`, how often each interval held each target in units of n people."""
    tallies = {part: Tally() for part in PARTS}
    rng = generator(seed, n, loss, mechanism.strength, ord(mechanism.depends_on[0]))
    for samples in chunks(replications, n):
        people = draw((samples, n), rng)
        lost = mechanism.lost(people.start, people.end, loss, rng)
        seen, latent = statuses(people.start, people.end), statuses(people.true_start, people.true_end)
        counted = pd.DataFrame({part: (having & ~lost).sum(axis=1) for part, having in seen.items()})
        forms = common_forms(counted.assign(of=n))
        wider = common_forms(counted.assign(of=n), odds_ratios=WIDER)
        for part, tally in tallies.items():
            rows = forms[forms["part"] == part].reset_index(drop=True)
            among_lost = (seen[part] & lost).sum(axis=1)
            _add(tally, rows, among_lost, lost.sum(axis=1), latent[part].mean(axis=1), part)
            ends = (wider.loc[wider["part"] == part, end].to_numpy() for end in ("plausible_low", "plausible_high"))
            tally.add("range to OR 2: cohort", *ends, seen[part].mean(axis=1))
    return tallies


def _add(tally: Tally, rows: pd.DataFrame, among_lost: Floats, lost: Floats, latent: Floats, part: str) -> None:
    """Count one batch of forms; a range is also counted among those whose own odds ratio is in the printed set."""
    having, n = rows["n"].to_numpy(), rows["of"].to_numpy()
    cohort, rate = (having + among_lost) / n, true_rate(part)
    with np.errstate(divide="ignore", invalid="ignore"):
        own = among_lost / (lost - among_lost) / (having / (n - lost - having))
    ends = rows["odds_ratio_low"].to_numpy() - SLACK, rows["odds_ratio_high"].to_numpy() + SLACK
    inside = (lost == 0) | ((own >= ends[0]) & (own <= ends[1]))
    bounds, rates, plausible, interval = (
        (rows[low].to_numpy() - SLACK, rows[high].to_numpy() + SLACK)
        for low, high in (
            ("share_low_bound", "share_high_bound"),
            ("rate_low", "rate_high"),
            ("plausible_low", "plausible_high"),
            ("plausible_interval_low", "plausible_interval_high"),
        )
    )
    tally.add("bounds: cohort", *bounds, cohort)
    tally.add("bounds: rate", *bounds, rate)
    tally.add("bounds: latent (not claimed)", *bounds, latent)
    tally.add("Imbens-Manski: rate", *rates, rate)
    tally.add("range: cohort", *plausible, cohort)
    tally.add(INSIDE, *(np.where(inside, end, np.nan) for end in plausible), cohort)
    tally.add("range with error: cohort", *interval, cohort)
    tally.add("range with error: rate", *interval, rate)


def cells(mechanisms: tuple[Mechanism, ...] = MECHANISMS, *, replications: int = 4000, seed: int = 1) -> pd.DataFrame:
    """Return one row a mechanism, n, loss, part and interval, with the true odds ratio."""
    found = []
    for mechanism in mechanisms:
        for loss in LOSSES:
            for n in NS:
                for part, tally in one_cell(mechanism, n, loss, replications=replications, seed=seed).items():
                    ratio = true_odds_ratio(mechanism, loss, part)
                    cell = {"mechanism": mechanism.name, "loss": loss, "n": n, "part": part, "true OR": ratio}
                    found += tally.rows(**cell)
    return pd.DataFrame(found)


def print_cells(replications: int, seed: int) -> None:
    """Print coverage by target and the ranges' width, each cell for the three sizes of units."""
    found = cells(replications=replications, seed=seed)
    order = list(dict.fromkeys(found["interval"]))
    sizes = " / ".join(map(str, NS))
    for part in PARTS:
        rows = found[found["part"] == part]
        inside = rows[rows["interval"] == INSIDE].assign(interval="own OR in set", coverage=lambda cell: cell["given"])
        table = _by_size(pd.concat([rows, inside]), ["mechanism", "loss", "true OR"], "coverage", 100)
        title = f"Common form, {part}: % of units that hold the target, n = {sizes} ({replications} replications)"
        print(markdown(table[[*order, "own OR in set"]], title, 2))
    chance = found[(found["mechanism"] == MECHANISMS[0].name) & found["interval"].isin(WIDTHS)]
    widths = _by_size(chance, ["part", "loss"], "width", 100)[list(WIDTHS)]
    print(markdown(widths, f"Common form: mean width in percentage points when loss is chance alone, n = {sizes}", 2))


def _by_size(rows: pd.DataFrame, index: list[str], value: str, times: float) -> pd.DataFrame:
    """Return one row a cell and one column an interval, the sizes of units beside each other in a text."""
    texts = rows.assign(text=[f"{times * number:.1f}" if number == number else "–" for number in rows[value]])
    return texts.pivot_table(index=index, columns="interval", values="text", aggfunc=" / ".join, sort=False)


def exact_coverage(n: int, loss: float, ratio: float, level: float = 0.95) -> pd.DataFrame:
    """Return the exact coverage of the rate for every share of `RATES`: one column an interval.

    Parameters
    ----------
    n : int
        People in the unit.
    loss : float
        Chance of being lost.
    ratio : float
        Odds of the property among the lost over those among the measured; 0 = none of the lost, inf = all.
    """
    having, lost = (part.ravel().astype(float) for part in np.meshgrid(*[np.arange(n + 1)] * 2, indexing="ij"))
    possible = having + lost <= n
    having, lost = having[possible], lost[possible]
    of = np.full(having.shape, float(n))
    intervals = {
        "exact limits": rate_interval(having, having + lost, of, level),
        "normal limits": _normal_limits(having, having + lost, of, level),
    }
    outcomes = np.stack([having, lost, n - having - lost], axis=1)
    rows = []
    for rate in RATES:
        joint = _among_measured(rate, loss, ratio)
        if joint is None:
            continue
        weight = stats.multinomial.pmf(outcomes, n, [joint, loss, 1 - joint - loss])
        held = {
            name: float(weight[(low <= rate + SLACK) & (rate - SLACK <= high)].sum())
            for name, (low, high) in intervals.items()
        }
        rows.append({"rate": rate, **held})
    return pd.DataFrame(rows)


def _normal_limits(fewest: Floats, most: Floats, of: Floats, level: float) -> tuple[Floats, Floats]:
    """Return the interval as published: normal limits with the same multiplier."""
    lower, upper = fewest / of, most / of
    reach = imbens_manski_multiplier(lower, upper, of, level) / np.sqrt(of)
    return lower - reach * np.sqrt(lower * (1 - lower)), upper + reach * np.sqrt(upper * (1 - upper))


def _among_measured(rate: float, loss: float, ratio: float) -> float | None:
    """Return the chance of being measured with the property; None where the rate cannot be had that way."""
    if ratio in (0.0, np.inf):
        joint = rate if ratio == 0 else rate - loss
        return joint if 0 <= joint <= 1 - loss else None
    low, high = 0.0, 1.0
    for _ in range(60):
        middle = (low + high) / 2
        reached = (1 - loss) * middle + loss * ratio * middle / (1 - middle + ratio * middle)
        low, high = (low, middle) if reached > rate else (middle, high)
    return (1 - loss) * low


def print_exact(replications: int, seed: int) -> None:
    """Print exact coverage; both arguments are for the other tables only."""
    rows = []
    for n in NS:
        for loss in (0.0, 0.05, *LOSSES):
            for ratio in (1.0, 0.1, 0.0, np.inf):
                found = exact_coverage(n, loss, ratio).drop(columns="rate")
                if len(found):
                    rows.append({"n": n, "loss": loss, "odds ratio": ratio, **found.min().add_prefix("lowest, ")})
    table = pd.DataFrame(rows).set_index(["n", "loss", "odds ratio"])
    print(markdown(table, "Rate of the process: exact coverage, lowest over true shares .02-.98"))


PRINTED = {"cells": print_cells, "exact": print_exact}


def main() -> None:
    """Read the options and print the tables."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.common_form", description="Three targets, held or not.")
    parser.add_argument("--part", action="append", choices=PRINTED)
    parser.add_argument("--replications", type=int, default=4000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    print(f"Odds ratios of the default range: {', '.join(map(str, ODDS_RATIOS))}\n")
    for part in options.part or PRINTED:
        PRINTED[part](options.replications, options.seed)


if __name__ == "__main__":
    main()
