"""What is true of everybody, also of those whom the raw files never show.

These are the answers to hold an analysis against.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

import pandas as pd

DECIMALS = 6  # the same text on every machine

_NOTE = (
    "Påhittade uppgifter. Sanningen om alla i Exempelstad, även dem som saknas i råfilerna. "
    "Filen läses av prov och övningar, aldrig av analysen."
)

Truth = dict[str, Any]


def counts(values: pd.Series, codes: Iterable[str]) -> dict[str, int]:
    """Count people per code; codes that nobody has are counted as 0."""
    return {code: int((values == code).sum()) for code in codes}


def share(flags: pd.Series) -> float | None:
    """Share of people, or None when there are none."""
    return round(float(flags.mean()), DECIMALS) if len(flags) else None


def change(start: pd.Series, end: pd.Series, threshold: float, higher_is_better: bool) -> Truth:
    """Describe the change among the people given.

    Parameters
    ----------
    start, end : Series
        Scores of the same people, none missing.
    threshold : float
        A change of at least this many points, as measured, is better or worse.
    higher_is_better : bool
        Direction of the scale.

    Returns
    -------
    dict
        ``n``, means, ``mean_change`` (end minus start), ``better``, ``unchanged``, ``worse``, and shares.
    """
    raw = (end - start).round(1)  # scores have one decimal; without this, 5.0 may be a little less than 5
    gain = raw if higher_is_better else -raw
    better, worse = gain >= threshold, gain <= -threshold
    return {
        "n": len(raw),
        "mean_start": mean(start),
        "mean_end": mean(end),
        "mean_change": mean(raw),
        "better": int(better.sum()),
        "unchanged": int((~better & ~worse).sum()),
        "worse": int(worse.sum()),
        "share_better": share(better),
        "share_worse": share(worse),
    }


def mean(values: pd.Series) -> float | None:
    """Arithmetic mean, or None when there are no values."""
    return round(float(values.mean()), DECIMALS) if len(values) else None


def json_bytes(units: Mapping[str, Mapping[str, Truth]]) -> bytes:
    """Write the truth of all units and years as JSON text."""
    text = json.dumps({"note": _NOTE, "units": units}, ensure_ascii=False, indent=2, allow_nan=False)
    return f"{text}\n".encode()
