"""The beta distribution that units' true shares come from, for many sets of units at once."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import digamma, gammaln, polygamma

from isu_analysis.statistics.arguments import Flags, Floats
from isu_analysis.statistics.grouped.moments import Groups, over

# Sums a + b that the search begins from. Beyond the largest, units' true shares spread by less than a fifth of a
# percentage point, and the likelihood is lost in rounding; below the smallest, every unit is all or nothing.
SIZES = np.geomspace(1e-2, 1e5, 22)
MOST_STEPS, HALVINGS, STILL = 100, 30, 1e-9
ROUNDING = 1e-9  # how much lower the likelihood of a place as good can come out
NO_BETTER = 1e-6  # in logarithms of the likelihood: a finite size must beat one share for all by more


class Prior(NamedTuple):
    """A set of units: mean and size (a + b) of their beta distribution, with the covariance of logit mean and log size.

    Size is infinite where units do not differ more than chance, and 0 where each is all or nothing.
    """

    mean: Floats
    size: Floats
    log_likelihood: Floats
    covariance: NDArray[np.float64]  # shape (sets, 2, 2), NaN unless by maximum likelihood


@dataclass(frozen=True)
class _Units:
    """Units with at least one person, and their sets."""

    n: Floats
    of: Floats
    groups: Groups


class _Fit(NamedTuple):
    """The logarithm of the likelihood of each set, its slope and its curvature in logit mean and log size."""

    value: Floats
    slope: NDArray[np.float64]
    curvature: NDArray[np.float64]


def prior_by_moments(n: Floats, of: Floats, groups: Groups) -> Prior:
    """Return the prior whose expected scatter of the shares is the observed.

    Notes
    -----
    With ``w = of``, ``p = sum n / sum of`` and ``S = sum w (share - p)^2``, the correlation between two people of
    a unit is ``rho = (S - p q A) / (p q (B - A))`` with ``B = sum w (1 - w / sum w)`` and ``A = sum (1 - w / sum w)``;
    ``a + b = (1 - rho)/rho``. Kleinman (1973), JASA 68:46 (from memory, not verified), weights as given. With units of
    one size the scatter is the variance of the shares with units - 1 below; fitODBOD has units.
    """
    units = _Units(n, of, groups)
    total = groups.total(of)
    mean = over(groups.total(n), total)
    scatter = groups.total(of * (n / of - groups.of_rows(mean)) ** 2)
    by_chance = groups.count() - 1.0
    largest = total - over(groups.total(of**2), total)
    binomial = mean * (1 - mean)
    rho = over(scatter - binomial * by_chance, binomial * (largest - by_chance))
    # No difference left over is an infinite size; more than chance and difference together can give, size 0.
    size = np.where(rho > 0, over(1 - np.minimum(rho, 1), rho), np.where(np.isnan(rho), np.nan, np.inf))
    value = _log_likelihood(units, mean, size)
    return Prior(mean, size, value, np.full((groups.n_groups, 2, 2), np.nan))


def prior_by_likelihood(n: Floats, of: Floats, groups: Groups) -> Prior:
    """Return the prior that makes the units' numbers most probable.

    Notes
    -----
    Maximum of the beta-binomial likelihood over mean and size, by Newton's method in logit(mean) and log(a + b) from
    the best of a row of sizes, all sets in step; a set rests when its likelihood stands still. Where no finite size is
    better than an infinite one (one share for all), the size is infinite.
    """
    units = _Units(n, of, groups)
    mean = over(groups.total(n), groups.total(of))
    alike = ~((mean > 0) & (mean < 1))
    safe = np.where(alike, 0.5, mean)
    tried = np.array([_log_likelihood(units, safe, np.full(safe.shape, size)) for size in SIZES])
    start = np.column_stack([np.log(safe / (1 - safe)), np.log(SIZES[tried.argmax(axis=0)])])
    place, fit = _climbed(units, start)
    best, size = 1 / (1 + np.exp(-place[:, 0])), np.exp(place[:, 1])
    one_share = _log_likelihood(units, safe, np.full(safe.shape, np.inf))
    infinite = (one_share >= fit.value - NO_BETTER) | (size > SIZES[-1])
    size = np.where(infinite, np.inf, np.where(size < SIZES[0], 0.0, size))
    covariance = np.full((safe.size, 2, 2), np.nan)
    inside = ~alike & np.isfinite(size) & (size > 0) & (np.linalg.det(fit.curvature) > 0)
    covariance[inside] = np.linalg.inv(-fit.curvature[inside])
    size, value = np.where(alike, np.nan, size), np.where(infinite, one_share, fit.value)
    return Prior(np.where(infinite | alike, mean, best), size, np.where(alike, 0.0, value), covariance)


def _climbed(units: _Units, place: NDArray[np.float64]) -> tuple[NDArray[np.float64], _Fit]:
    """Climb to the top of each set's likelihood, halving steps that would go down."""
    fit, moving = _fit(units, place), np.ones(len(place), dtype=bool)
    for _ in range(MOST_STEPS):
        part, sets = _only(units, moving), np.flatnonzero(moving)
        step = _uphill(fit.slope[sets], fit.curvature[sets])
        new, lower = fit, moving[sets]  # until a step is tried
        for _ in range(HALVINGS):
            new = _fit(part, place[sets] + step)
            lower = ~(new.value >= fit.value[sets] - ROUNDING)
            if not lower.any():
                break
            step[lower] /= 2
        step[lower] = 0
        place[sets] += step
        for old, found in zip(fit, new, strict=True):
            old[sets[~lower]] = found[~lower]
        beyond = (place[sets, 1] > np.log(SIZES[-1])) | (place[sets, 1] < np.log(SIZES[0]))
        moving[sets] = (np.abs(step).max(axis=1) > STILL) & ~beyond
        if not moving.any():
            break
    return place, fit


def _uphill(slope: NDArray[np.float64], curvature: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return Newton's step, with the curvature bent downwards where it is not, and no step longer than 2."""
    values, vectors = np.linalg.eigh(curvature)
    along = np.einsum("gij,gi->gj", vectors, slope) / np.maximum(np.abs(values), 1e-8)
    step = np.einsum("gij,gj->gi", vectors, along)
    length = np.abs(step).max(axis=1, keepdims=True)
    return np.asarray(step * np.minimum(1, 2 / np.maximum(length, 2)))


def _only(units: _Units, sets: Flags) -> _Units:
    """Return the units of some sets, numbered anew."""
    rows = sets[units.groups.codes]
    renumbered = (np.cumsum(sets) - 1)[units.groups.codes[rows]]
    return replace(units, n=units.n[rows], of=units.of[rows], groups=Groups(renumbered, int(sets.sum())))


def _log_likelihood(units: _Units, mean: Floats, size: Floats) -> Floats:
    """Return the log likelihood of each set without the binomial coefficients; an infinite size is one share for all."""
    x, m = units.n, units.of
    p, whole = units.groups.of_rows(mean), units.groups.of_rows(size)
    endless = np.isinf(whole)
    with np.errstate(divide="ignore", invalid="ignore"):
        plain = np.where(x > 0, x * np.log(p), 0) + np.where(x < m, (m - x) * np.log1p(-p), 0)
        k = np.where(endless, 1.0, whole)
        a, b = p * k, (1 - p) * k
        mixed = gammaln(x + a) - gammaln(a) + gammaln(m - x + b) - gammaln(b) - gammaln(m + k) + gammaln(k)
    return units.groups.total(np.where(endless, plain, mixed))


def _fit(units: _Units, place: NDArray[np.float64]) -> _Fit:
    """Return the likelihood with its first and second derivatives in logit(mean) and log(size)."""
    mean, size = 1 / (1 + np.exp(-place[:, 0])), np.exp(place[:, 1])
    x, m, groups = units.n, units.of, units.groups
    a, b = groups.of_rows(mean * size), groups.of_rows((1 - mean) * size)
    first_a, first_b = (groups.total(digamma(k + c) - digamma(c)) for k, c in ((x, a), (m - x, b)))
    second_a, second_b = (groups.total(polygamma(1, k + c) - polygamma(1, c)) for k, c in ((x, a), (m - x, b)))
    first = groups.total(digamma(a + b) - digamma(m + a + b))
    second = groups.total(polygamma(1, a + b) - polygamma(1, m + a + b))
    turn = size * mean * (1 - mean)  # how a grows, and b shrinks, with the logit of the mean
    along = mean * first_a + (1 - mean) * first_b + first
    slope = np.column_stack([turn * (first_a - first_b), size * along])
    curvature = np.empty((len(place), 2, 2))
    curvature[:, 0, 0] = turn**2 * (second_a + second_b) + turn * (1 - 2 * mean) * (first_a - first_b)
    cross = turn * (first_a - first_b) + turn * size * (mean * second_a - (1 - mean) * second_b)
    curvature[:, 0, 1] = curvature[:, 1, 0] = cross
    bent = mean**2 * second_a + (1 - mean) ** 2 * second_b + second
    curvature[:, 1, 1] = size * along + size**2 * bent
    return _Fit(_log_likelihood(units, mean, size), slope, curvature)
