"""Mean change from the first to the last wave, using every measurement in between."""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from isu_analysis.errors import StatisticsError
from isu_analysis.statistics.arguments import NO_SPREAD, Flags, Floats, check_level
from isu_analysis.statistics.estimates import ChangeEstimate, with_t_interval

METHOD = "ml_all_waves"
# Steps of the EM algorithm, in standard deviations of each wave.
CONVERGED = 1e-10
MOST_STEPS = 5_000
# A correlation matrix more nearly singular than this cannot be inverted with any correct digits to spare.
LARGEST_CONDITION = 1e10


class _Pattern(NamedTuple):
    """The rows that were observed at the same waves."""

    observed: Flags  # shape (k,)
    rows: Floats  # shape (m, k), NaN where not observed


class _Moments(NamedTuple):
    mean: Floats  # shape (k,)
    covariance: Floats  # shape (k, k)


def ml_change_all_waves(waves: ArrayLike, level: float = 0.95) -> ChangeEstimate:
    """Maximum likelihood mean change from first to last wave, any pattern of missing values.

    Parameters
    ----------
    waves : array_like, shape (n, k), k >= 2
        One row a person, one column a wave in time order, in points; NaN = not measured. Rows without any
        value are left out and counted in ``n_empty``.
    level : float
        Confidence level, 0-1.

    Returns
    -------
    ChangeEstimate
        Method "ml_all_waves" with ``means`` and ``n_observed`` per wave. ``n`` counts rows with any value,
        ``n_pairs`` those with first and last. NaN with a reason: "too_few_pairs" (two waves are shared by
        fewer than k + 1 people), "singular" (a wave does not vary or repeats others), "not_converged".

    Raises
    ------
    StatisticsError
        If the values are not a two-dimensional array of finite numbers with at least two columns.

    Notes
    -----
    EM for a multivariate normal distribution with unstructured covariance S (Dempster, Laird & Rubin 1977;
    Little & Rubin 2002, ch. 11). Standard error from the information of the means at the estimated S,
    ``(sum over people of E' S_oo^-1 E)^-1``, as in a mixed model fitted by maximum likelihood. The
    multiplier is t with n_pairs - k df (what the closed form would have), which is approximate:
    "t_approximate".
    """
    check_level(level)
    values = _matrix(waves)
    seen = ~np.isnan(values)
    filled = seen.any(axis=1)
    values, seen = values[filled], seen[filled]
    n_pairs = int((seen[:, 0] & seen[:, -1]).sum())
    empty = ChangeEstimate(
        METHOD,
        n=int(filled.sum()),
        n_pairs=n_pairs,
        level=level,
        interval="t_approximate",
        n_observed=tuple(int(count) for count in seen.sum(axis=0)),
        n_empty=int((~filled).sum()),
    )
    return _estimated(values, seen, empty)


def _matrix(waves: ArrayLike) -> Floats:
    try:
        values = np.array(waves, dtype=float)
    except (TypeError, ValueError):
        raise StatisticsError(
            "Argumentet waves: innehåller annat än tal. Tillåtet: tal eller tomt."
        ) from None
    if values.ndim != 2 or values.shape[1] < 2:
        raise StatisticsError(
            "Argumentet waves: ska ha en rad per person och minst två kolumner (mättillfällen)."
        )
    if np.isinf(values).any():
        raise StatisticsError("Argumentet waves: har oändliga tal. Tillåtet: ändliga tal eller tomt.")
    return values


def _estimated(values: Floats, seen: Flags, estimate: ChangeEstimate) -> ChangeEstimate:
    """Fill an estimate with its numbers, or with the reason why there are none."""
    k = values.shape[1]
    shared = seen.astype(int).T @ seen.astype(int)
    if values.size == 0 or shared.min() < k + 1:
        return replace(estimate, reason="too_few_pairs")
    centre, scale = np.nanmean(values, axis=0), np.nanstd(values, axis=0)
    if (scale <= NO_SPREAD * np.nanmax(np.abs(values), axis=0)).any():
        return replace(estimate, reason="singular")
    patterns = _patterns((values - centre) / scale, seen)
    moments, reason = _em(patterns, k)
    if moments is None or reason:
        return replace(estimate, reason=reason)
    contrast = np.zeros(k)
    contrast[[0, -1]] = -scale[0], scale[-1]
    se = np.sqrt(contrast @ np.linalg.inv(_information(patterns, moments.covariance)) @ contrast)
    means = tuple(float(mean) for mean in centre + scale * moments.mean)
    found = replace(estimate, means=means)
    return with_t_interval(found, means[-1] - means[0], float(se), estimate.n_pairs - k)


def _patterns(values: Floats, seen: Flags) -> list[_Pattern]:
    kinds, which = np.unique(seen, axis=0, return_inverse=True)
    return [_Pattern(kind, values[which.ravel() == i]) for i, kind in enumerate(kinds)]


def _em(patterns: list[_Pattern], k: int) -> tuple[_Moments | None, str]:
    """Return the maximum likelihood moments, or None and the reason; waves are in standard deviations."""
    moments = _Moments(np.zeros(k), np.eye(k))
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


def _step(patterns: list[_Pattern], moments: _Moments) -> _Moments:
    """One EM step: expected sums given what is observed, then the moments of those sums."""
    k = moments.mean.size
    total, products, n = np.zeros(k), np.zeros((k, k)), 0
    for pattern in patterns:
        complete, uncertainty = _expected(pattern, moments)
        total += complete.sum(axis=0)
        products += complete.T @ complete + len(complete) * uncertainty
        n += len(complete)
    mean = total / n
    return _Moments(mean, products / n - np.outer(mean, mean))


def _expected(pattern: _Pattern, moments: _Moments) -> tuple[Floats, Floats]:
    """Return the rows with expected values filled in, and the covariance those values still have."""
    o, m = pattern.observed, ~pattern.observed
    covariance = moments.covariance
    slopes = np.linalg.solve(covariance[np.ix_(o, o)], covariance[np.ix_(o, m)])
    complete = pattern.rows.copy()
    complete[:, m] = moments.mean[m] + (pattern.rows[:, o] - moments.mean[o]) @ slopes
    uncertainty = np.zeros_like(covariance)
    uncertainty[np.ix_(m, m)] = covariance[np.ix_(m, m)] - covariance[np.ix_(m, o)] @ slopes
    return complete, uncertainty


def _information(patterns: list[_Pattern], covariance: Floats) -> Floats:
    """Return the information about the means, generalised least squares at this covariance."""
    information = np.zeros_like(covariance)
    for pattern in patterns:
        o = np.ix_(pattern.observed, pattern.observed)
        information[o] += len(pattern.rows) * np.linalg.inv(covariance[o])
    return information


def _nearly_singular(covariance: Floats) -> bool:
    return bool(np.linalg.cond(covariance) > LARGEST_CONDITION)
