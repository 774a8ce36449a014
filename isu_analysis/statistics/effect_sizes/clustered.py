"""Intervals of a change and its sizes when the pairs come in clusters."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from scipy import stats

from isu_analysis.statistics.arguments import NO_SPREAD, Flags, Floats
from isu_analysis.statistics.clusters import ClusterError, Codes, leave_one_cluster_out
from isu_analysis.statistics.effect_sizes.ranks import rank_biserial
from isu_analysis.statistics.effect_sizes.standardised import Standardised, standardised_by_average, standardised_by_pre

CLUSTER = "cluster"
# Of one method that takes everyone as independent: silent when they are not.
INDEPENDENT_ONLY = (
    "g_pre_bonett_low", "g_pre_bonett_high", "g_pre_influence_low", "g_pre_influence_high",
    "g_av_bonett_low", "g_av_bonett_high", "g_av_influence_low", "g_av_influence_high",
    "d_z_low", "d_z_high",
)  # fmt: skip


def cluster_intervals(x: Floats, y: Floats, codes: Codes, level: float, *, sized: bool) -> dict[str, Any]:
    """Return the fields of an effect size that change when whole clusters vary together.

    Parameters
    ----------
    x, y : ndarray, shape (n,)
        Complete pairs, start and end.
    codes : ndarray of int, shape (n,)
        Each pair's cluster.
    level : float
        Confidence level.
    sized : bool
        Whether the standardised sizes exist.

    Returns
    -------
    dict
        Field name -> value: the intervals of change, g_pre, g_av and rank_biserial (on the scale of
        Fisher's z), t, df and p, n_clusters and cluster_reason; NaN for methods that need independent
        people. The sizes themselves are not among them.
    """
    change = y - x
    fields: dict[str, Any] = {"n_clusters": int(np.unique(codes).size)}
    fields |= dict.fromkeys(INDEPENDENT_ONLY, np.nan)
    if change.size < 2 or np.ptp(change) <= NO_SPREAD * np.abs([x, y]).max():
        return fields
    error = leave_one_cluster_out(lambda kept: _mean(change[kept]), [codes])
    half, t = error.half_width(level), change.mean() / error.se
    fields |= {"change_low": change.mean() - half, "change_high": change.mean() + half, "t": float(t), "df": error.df}
    fields |= {"p": float(2 * stats.t.sf(abs(t), error.df)), "cluster_reason": error.reason}
    if not sized:
        return fields
    for name, by in (("g_pre", standardised_by_pre), ("g_av", standardised_by_average)):
        size = _size_where_it_exists(by)
        ends = _interval(name, _error(size, x, y, codes), size(x, y), level)
        fields |= ends | {f"{name}_interval": "" if np.isnan(ends[f"{name}_low"]) else CLUSTER}
    ranks = _error(_fisher_z, x, y, codes)
    low_high = _interval("rank_biserial", ranks, _fisher_z(x, y), level)
    return fields | {name: float(np.tanh(end)) for name, end in low_high.items()}


def _error(size: Callable[[Floats, Floats], float], x: Floats, y: Floats, codes: Codes) -> ClusterError:
    def without(kept: Flags) -> float:
        return size(x[kept], y[kept])

    return leave_one_cluster_out(without, [codes])


def _interval(name: str, error: ClusterError, size: float, level: float) -> dict[str, float]:
    half = error.half_width(level)
    return {f"{name}_low": float(size - half), f"{name}_high": float(size + half)}


def _size_where_it_exists(by: Callable[[Floats, Floats, float], Standardised]) -> Callable[[Floats, Floats], float]:
    def size(x: Floats, y: Floats) -> float:
        varies = x.size >= 3 and np.ptp(x) > 0 and np.ptp(y) > 0
        return float(by(x, y, 0.95).size) if varies else np.nan

    return size


def _fisher_z(x: Floats, y: Floats) -> float:
    size = rank_biserial(y - x, 0.95).size
    return float(np.arctanh(size)) if abs(size) < 1 else np.nan


def _mean(values: Floats) -> float:
    return float(values.mean()) if values.size else np.nan
