"""Rows of a form of account: what was seen, bounds, plausible range and rate, for every part of every unit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from isu_analysis.errors import StatisticsError
from isu_analysis.statistics.arguments import Flags, Floats, vector
from isu_analysis.statistics.outcomes.unmeasured_share import plausible_shares, rate_interval
from isu_analysis.statistics.proportions.counts import counts

MEASURED_PARTS = ("improved", "maintained", "no_certain_change", "worse")
NOT_MEASURED = "not_measured"
TOGETHER = "improved_or_maintained"
# Where the lost may have fared worse, the wanted is rarer among them (1) and the unwanted more common (-1).
DIRECTIONS = {"improved": 1, TOGETHER: 1, "worse": -1}
_PLAUSIBLE = (
    *("plausible_low", "plausible_high", "plausible_interval_low", "plausible_interval_high"),
    *("share_lost_low", "share_lost_high", "odds_ratio_low", "odds_ratio_high"),
)


def checked_counts(given: Mapping[str, ArrayLike]) -> tuple[Floats, Floats]:
    """Return the parts, shape (parts, units), and all eligible (the last given).

    Raises
    ------
    StatisticsError
        If a count is missing or not a whole number from 0, or the parts are more than all eligible.
    """
    *parts, of = counts(**given)
    stacked = np.array(parts, dtype=float).reshape(len(parts), of.size)
    said = f"Argumenten {', '.join(given)}"
    if np.isnan(stacked).any() or np.isnan(of).any():
        raise StatisticsError(f"{said}: saknar värden. Tillåtet: heltal, minst 0.")
    if (stacked.sum(axis=0) > of).any():
        raise StatisticsError(f"{said}: delarna är tillsammans fler än of.")
    return stacked, of


def checked_odds_ratios(odds_ratios: ArrayLike) -> Floats:
    """Return odds ratios as floats; refuse none at all, and what is not above 0."""
    values = vector(odds_ratios, "odds_ratios")
    if values.size == 0 or not (values > 0).all():
        raise StatisticsError("Argumentet odds_ratios: ska vara minst ett tal större än 0, utan tomma värden.")
    return values


def form_table(parts: Floats, of: Floats, ratios: Floats, level: float) -> pd.DataFrame:
    """Return the rows of the common form, each unit's six together; columns as `common_form` says."""
    counted = counts_of_rows(parts, of)
    lost = counted[NOT_MEASURED]
    columns = []
    for name, n in counted.items():
        open_ = np.zeros_like(lost) if name == NOT_MEASURED else lost
        supposed = _plausible_columns(name, n, of - lost, of, ratios, level)
        columns.append(plain_columns(name, n, open_, of, level) | supposed)
    return interleaved(columns)


def counts_of_rows(parts: Floats, of: Floats) -> dict[str, Floats]:
    """Return the count of every row of the common form, in order."""
    found: dict[str, Floats] = dict(zip(MEASURED_PARTS, parts, strict=True))
    found[NOT_MEASURED] = of - parts.sum(axis=0)
    found[TOGETHER] = found["improved"] + found["maintained"]
    return found


def plain_columns(part: str, n: Floats, unknown: Floats, of: Floats, level: float) -> dict[str, Any]:
    """Return what needs no assumption about the lost, of whom ``unknown`` may belong to the part."""
    everyone = np.where(of > 0, of, np.nan)
    low, high = rate_interval(n, n + unknown, of, level)
    return {
        "part": np.full(n.shape, part),
        "n": n.astype(int),
        "of": of.astype(int),
        "share": n / everyone,
        "share_low_bound": n / everyone,
        "share_high_bound": (n + unknown) / everyone,
        "rate_low": low,
        "rate_high": high,
        "level": np.full(n.shape, level),
    }


def _plausible_columns(
    part: str, n: Floats, measured: Floats, of: Floats, ratios: Floats, level: float
) -> dict[str, Any]:
    """Return the range over the odds ratios; NaN with a reason where it has no direction or nothing to start from."""
    reason = np.where(measured > 0, "", "nobody_measured")
    if part not in DIRECTIONS:
        reason = np.full(n.shape, "known" if part == NOT_MEASURED else "no_direction")
        columns: dict[str, Any] = {name: np.full(n.shape, np.nan) for name in _PLAUSIBLE}
        columns["corrected"] = np.zeros(n.shape, dtype=bool)
    else:
        applied = ratios ** DIRECTIONS[part]
        found = plausible_shares(n, measured, of, applied, level)
        ends = (found.share, found.low, found.high, found.lost)
        (low, high), (interval_low, _), (_, interval_high), lost = ((end.min(axis=1), end.max(axis=1)) for end in ends)
        somebody = measured < of
        kept_apart = [np.where(somebody, end, np.nan) for end in lost]
        said = [np.full(n.shape, applied.min()), np.full(n.shape, applied.max())]
        columns = dict(zip(_PLAUSIBLE, (low, high, interval_low, interval_high, *kept_apart, *said), strict=True))
        one_sided = (measured > 0) & somebody & ((n == 0) | (n == measured))
        _with_the_limit(
            columns, one_sided & (n == 0), 0.0, ("plausible_low", "plausible_interval_low", "share_lost_low")
        )
        _with_the_limit(
            columns, one_sided & (n == measured), 1.0, ("plausible_high", "plausible_interval_high", "share_lost_high")
        )
        columns["corrected"] = one_sided
    return columns | {"reason": np.where(of > 0, reason, "nobody_eligible")}


def _with_the_limit(columns: dict[str, Any], where: Flags, limit: float, names: Sequence[str]) -> None:
    """Let a range reach what infinite odds say, none or all of the lost, and not only what half a person says."""
    for name in names:
        columns[name] = np.where(where, limit, columns[name])


def interleaved(columns: Sequence[Mapping[str, Any]]) -> pd.DataFrame:
    """Return the rows of several parts, each given as columns over units, unit by unit."""
    return pd.DataFrame(
        {name: np.stack([np.asarray(part[name]) for part in columns], axis=1).ravel() for name in columns[0]}
    )
