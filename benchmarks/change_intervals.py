"""Candidate intervals of a change and its sizes, for many samples at once.

Each is the package's own formula (or a rival to it) written for arrays with one row a sample; the tests hold them
against ``effect_size`` on single samples. Names: the size, a colon, the interval.
"""

from __future__ import annotations

import numpy as np
from scipy import special, stats

from benchmarks.simulation import Ends, Floats

LEVEL = 0.95
Z = float(stats.norm.ppf((1 + LEVEL) / 2))


def change_intervals(start: Floats, end: Floats) -> dict[str, Ends]:
    """Return every candidate interval by name.

    Parameters
    ----------
    start, end : ndarray, shape (samples, n)
        Start and end scores.

    Returns
    -------
    dict
        Name -> (low, high), each of shape (samples,).
    """
    n = start.shape[1]
    t = float(stats.t.ppf((1 + LEVEL) / 2, n - 1))
    change = end - start
    mean, sd = change.mean(axis=1), change.std(axis=1, ddof=1)
    found = {"change: t": _around(mean, t * sd / np.sqrt(n))}
    found |= _by_pre(start, change, t) | _by_average(start, end, t) | _by_change(change, t)
    return found | {f"rank_biserial: {name}": ends for name, ends in _rank_biserial(change, t).items()}


def _by_pre(start: Floats, change: Floats, t: float) -> dict[str, Ends]:
    n, variance = start.shape[1], start.var(axis=1, ddof=1)
    size = correction(n - 1) * change.mean(axis=1) / np.sqrt(variance)
    bonett = np.sqrt(change.var(axis=1, ddof=1) / (variance * (n - 1)) + size**2 / (2 * (n - 1)))
    return _standardised("g_pre", size, bonett, change, _squares(start), t)


def _by_average(start: Floats, end: Floats, t: float) -> dict[str, Ends]:
    n, change = start.shape[1], end - start
    first, second = start.var(axis=1, ddof=1), end.var(axis=1, ddof=1)
    variance = (first + second) / 2
    both = (_centred(start) * _centred(end)).sum(axis=1) / (n - 1)  # covariance: r s1 s2
    r2 = both**2 / (first * second)
    size = correction(2 * (n - 1) / (1 + r2)) * change.mean(axis=1) / np.sqrt(variance)
    spread = (first**2 + second**2 + 2 * both**2) / (8 * variance**2 * (n - 1))
    bonett = np.sqrt(change.var(axis=1, ddof=1) / (variance * (n - 1)) + size**2 * spread)
    return _standardised("g_av", size, bonett, change, (_squares(start) + _squares(end)) / 2, t)


def _standardised(
    name: str, size: Floats, bonett: Floats, change: Floats, squares: Floats, t: float
) -> dict[str, Ends]:
    """Return the intervals of a change over the root of the mean of ``squares`` (squared deviations)."""
    n = change.shape[1]
    influence = t * _influence_error(change, squares)
    jackknife = t * _jackknife_error(change, squares)
    wider = np.maximum(Z * bonett, influence)
    halves = {
        "Bonett": Z * bonett,
        "influence, t": influence,
        "Bonett under 30, influence from 30": Z * bonett if n < 30 else influence,
        "wider of Bonett and influence": wider,
        "influence, t, times (n-1)/(n-3)": influence * (n - 1) / (n - 3),
        "leave one out, t": jackknife,
        "wider of Bonett and leave one out": np.maximum(Z * bonett, jackknife),
    }
    return {f"{name}: {interval}": _around(size, half) for interval, half in halves.items()}


def _by_change(change: Floats, t: float) -> dict[str, Ends]:
    n, squares = change.shape[1], _squares(change)
    size = change.mean(axis=1) / change.std(axis=1, ddof=1)
    df, at = n - 1, size * np.sqrt(n)
    tails = ((1 + LEVEL) / 2, (1 - LEVEL) / 2)
    low, high = (special.nctdtrinc(df, np.full_like(at, p), at) / np.sqrt(n) for p in tails)
    half = t * _jackknife_error(change, squares)
    corrected = _around(correction(n - 1) * size, half)
    return {
        "d_z: noncentral t": (low, high),
        "d_z: influence, t": _around(size, t * _influence_error(change, squares)),
        "d_z: leave one out, t": corrected,
        "d_z: outer ends of noncentral t and leave one out": (
            np.minimum(low, size - half),
            np.maximum(high, size + half),
        ),
    }


def correction(df: float | Floats) -> Floats:
    """Hedges' small-sample correction J."""
    return np.exp(special.gammaln(df / 2) - special.gammaln((df - 1) / 2) - np.log(df / 2) / 2)


def _influence_error(change: Floats, squares: Floats) -> Floats:
    """Standard error from each person's first-order influence on mean change / SD."""
    n = change.shape[1]
    variance = squares.sum(axis=1, keepdims=True) / (n - 1)
    slope = change.mean(axis=1, keepdims=True) / (2 * variance**1.5)
    influence = _centred(change) / np.sqrt(variance) - slope * (squares - variance)
    return influence.std(axis=1, ddof=1) / np.sqrt(n)


def _jackknife_error(change: Floats, squares: Floats) -> Floats:
    """Standard error from mean change / SD without each person in turn, in closed form."""
    n = change.shape[1]
    mean = (change.sum(axis=1, keepdims=True) - change) / (n - 1)
    variance = (squares.sum(axis=1, keepdims=True) - squares * n / (n - 1)) / (n - 2)
    return _spread_of_left_out(mean / np.sqrt(variance))


def _spread_of_left_out(left_out: Floats) -> Floats:
    n = left_out.shape[1]
    return np.sqrt((n - 1) / n * _squares(left_out).sum(axis=1))


def _rank_biserial(change: Floats, t: float) -> dict[str, Ends]:
    """Return intervals of the matched rank-biserial correlation; no change is zero or tied here."""
    n = change.shape[1]
    signs = np.sign(np.take_along_axis(change, np.argsort(np.abs(change), axis=1), axis=1))
    ranks = np.arange(1, n + 1)
    size = (signs * ranks).sum(axis=1) / ranks.sum()
    running = signs.cumsum(axis=1)
    # Person i with every j, i included: sign(D_i + D_j) is that of the larger.
    won = signs * ranks + running[:, -1:] - running
    left_out = (size[:, np.newaxis] * ranks.sum() - won) / (n * (n - 1) / 2)
    error = _spread_of_left_out(left_out)
    null = np.sqrt((2 * n**3 + 3 * n**2 + n) / 6) / ((n**2 + n) / 2)
    inside = np.abs(size) < 1
    on_fisher = error / np.where(inside, 1 - size**2, np.nan)
    return {
        "Fisher z, variance of no change": _fisher(size, Z * np.where(inside, null, np.nan)),
        "Fisher z, leave one out, t": _fisher(size, t * on_fisher),
        "Wilson, number by leave one out, t": wilson_pairs(size, error, n, t),
        "Wilson, half the number": wilson_pairs(size, np.zeros_like(size), n, Z),
    }


def wilson_pairs(size: Floats, error: Floats, n: int, multiplier: float) -> Ends:
    """Wilson interval of p = (1 + size)/2 with the number of people that the standard error amounts to.

    Between n/2 (what a mean over pairs is worth whatever the distribution) and n.
    """
    p, variance = (1 + size) / 2, (error / 2) ** 2
    worth = np.divide(p * (1 - p), variance, out=np.full_like(p, n / 2), where=variance > 0)
    worth = np.clip(worth, n / 2, n)
    scale = 1 + multiplier**2 / worth
    centre = (p + multiplier**2 / (2 * worth)) / scale
    half = multiplier / scale * np.sqrt(p * (1 - p) / worth + multiplier**2 / (4 * worth**2))
    return 2 * (centre - half) - 1, 2 * (centre + half) - 1


def _fisher(size: Floats, half: Floats) -> Ends:
    centre = np.arctanh(np.where(np.abs(size) < 1, size, np.nan))
    return np.tanh(centre - half), np.tanh(centre + half)


def _around(centre: Floats, half: Floats) -> Ends:
    return centre - half, centre + half


def _centred(values: Floats) -> Floats:
    return values - values.mean(axis=1, keepdims=True)


def _squares(values: Floats) -> Floats:
    return _centred(values) ** 2
