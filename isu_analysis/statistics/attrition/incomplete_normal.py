"""The multivariate normal distribution fitted to rows with holes: EM, and how uncertain its means are."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from isu_analysis.statistics.arguments import Flags, Floats

# Steps of the EM algorithm, in standard deviations of each wave.
CONVERGED = 1e-10
MOST_STEPS = 5_000
# A correlation matrix more nearly singular than this cannot be inverted with any correct digits to spare.
LARGEST_CONDITION = 1e10
# Complex-step derivative: exact to the last digit, because nothing is subtracted.
TINY = 1e-30


class Pattern(NamedTuple):
    """The rows that were observed at the same waves."""

    observed: Flags  # shape (k,)
    rows: Floats  # shape (m, k), NaN where not observed
    places: NDArray[np.intp]  # shape (m,), where the rows stood


class Moments(NamedTuple):
    """Means and covariances of k waves."""

    mean: Floats  # shape (k,)
    covariance: Floats  # shape (k, k)


def by_pattern(values: Floats, seen: Flags) -> list[Pattern]:
    """Group rows, shape (n, k), by the waves at which they were observed."""
    kinds, which = np.unique(seen, axis=0, return_inverse=True)
    places = [np.flatnonzero(which.ravel() == i) for i in range(len(kinds))]
    return [Pattern(kind, values[place], place) for kind, place in zip(kinds, places, strict=True)]


def em(patterns: list[Pattern], k: int) -> tuple[Moments | None, str]:
    """Return the maximum likelihood moments, or None and the reason; waves are in standard deviations."""
    moments = Moments(np.zeros(k), np.eye(k))
    for _ in range(MOST_STEPS):
        try:
            following = _step(patterns, moments)
        except np.linalg.LinAlgError:
            return None, "singular"
        moved = max(np.abs(a - b).max() for a, b in zip(following, moments, strict=True))
        moments = following
        if moved < CONVERGED:
            return moments, "singular" if _nearly_singular(moments.covariance) else ""
    return None, "singular" if _nearly_singular(moments.covariance) else "not_converged"


def _step(patterns: list[Pattern], moments: Moments) -> Moments:
    """One EM step: expected sums given what is observed, then the moments of those sums."""
    k = moments.mean.size
    total, products, n = np.zeros(k), np.zeros((k, k)), 0
    for pattern in patterns:
        complete, uncertainty = _expected(pattern, moments)
        total += complete.sum(axis=0)
        products += complete.T @ complete + len(complete) * uncertainty
        n += len(complete)
    mean = total / n
    return Moments(mean, products / n - np.outer(mean, mean))


def _expected(pattern: Pattern, moments: Moments) -> tuple[Floats, Floats]:
    """Return the rows with expected values filled in, and the covariance those values still have."""
    o, m = pattern.observed, ~pattern.observed
    covariance = moments.covariance
    slopes = np.linalg.solve(covariance[np.ix_(o, o)], covariance[np.ix_(o, m)])
    complete = pattern.rows.copy()
    complete[:, m] = moments.mean[m] + (pattern.rows[:, o] - moments.mean[o]) @ slopes
    uncertainty = np.zeros_like(covariance)
    uncertainty[np.ix_(m, m)] = covariance[np.ix_(m, m)] - covariance[np.ix_(m, o)] @ slopes
    return complete, uncertainty


def _nearly_singular(covariance: Floats) -> bool:
    return bool(np.linalg.cond(covariance) > LARGEST_CONDITION)


def information(patterns: list[Pattern], moments: Moments) -> Floats:
    """Return the observed information of the maximum likelihood moments: k means, then the upper triangle.

    Parameters
    ----------
    patterns : list of Pattern
    moments : Moments
        The maximum likelihood moments of these patterns, k waves.

    Returns
    -------
    ndarray, shape (k + k(k+1)/2, k + k(k+1)/2)

    Notes
    -----
    Minus the derivative of the score by means and covariances together. When loss depends on earlier values,
    how uncertain the covariances are matters for the means too, which the usual generalised least squares
    formula leaves out. Kenward & Molenberghs (1998), Stat Sci 13:236.
    """
    k = moments.mean.size
    upper = np.triu_indices(k)
    size = k + upper[0].size
    found = np.empty((size, size))
    for i in range(size):
        step = np.zeros(size, dtype=complex)
        step[i] = TINY * 1j
        covariance = moments.covariance.astype(complex)
        covariance[upper] += step[k:]
        covariance.T[upper] = covariance[upper]
        mean = moments.mean.astype(complex) + step[:k]
        parts = [_scores(pattern, mean, covariance) for pattern in patterns]
        found[:, i] = -np.concatenate(parts).sum(axis=0).imag / TINY
    return found


def scores(patterns: list[Pattern], moments: Moments) -> Floats:
    """Return what each row adds to the score, shape (n, k + k(k+1)/2), in the rows' first order."""
    mean, covariance = moments.mean.astype(complex), moments.covariance.astype(complex)
    parts = [_scores(pattern, mean, covariance).real for pattern in patterns]
    order = np.argsort(np.concatenate([pattern.places for pattern in patterns]))
    return np.concatenate(parts)[order]


def _scores(
    pattern: Pattern, mean: NDArray[np.complex128], covariance: NDArray[np.complex128]
) -> NDArray[np.complex128]:
    """Return each row's derivative of the log likelihood by the means and the upper triangle."""
    k, o = mean.size, pattern.observed
    precision = np.linalg.inv(covariance[np.ix_(o, o)])
    pulled = (pattern.rows[:, o] - mean[o]) @ precision
    by_mean = np.zeros((len(pulled), k), dtype=complex)
    by_mean[:, o] = pulled
    by_covariance = np.zeros((len(pulled), k, k), dtype=complex)
    by_covariance[np.ix_(np.full(len(pulled), True), o, o)] = (pulled[:, :, None] * pulled[:, None, :] - precision) / 2
    by_covariance *= 2 - np.eye(k)  # an off-diagonal covariance stands in two places
    rows, columns = np.triu_indices(k)
    return np.concatenate([by_mean, by_covariance[:, rows, columns]], axis=1)
