"""A yes or no before and after in the same people: how many moved, which way, and how sure that is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from isu_analysis.statistics.arguments import same_rows
from isu_analysis.statistics.proportions.counts import counts, known, quotient
from isu_analysis.statistics.proportions.mcnemar import mcnemar_p
from isu_analysis.statistics.proportions.observed import flags_or_missing
from isu_analysis.statistics.proportions.paired_intervals import (
    paired_difference_interval,
    paired_odds_ratio_interval,
    paired_ratio_interval,
    phi,
)
from isu_analysis.statistics.proportions.shares import wilson
from isu_analysis.statistics.results import one_row


@dataclass(frozen=True)
class PairedBinary:
    """An event before and after in the same people. Every comparison is after against before.

    What cannot be computed is NaN, and the reason beside it says why. Intervals end in ``_low`` and
    ``_high``.

    Attributes
    ----------
    n : int
        Pairs used: both flags present. The ``of`` of both shares.
    n_given : int
        Rows given; ``n_given - n`` lacked a flag.
    both, only_before, only_after, neither : int
        People with the event on both occasions, on one of them, on none.
    n_before, n_after : int
        People with the event before and after.
    share_before, share_after : float
        ``n_before / n`` and ``n_after / n``, 0-1.
    level : float
        Confidence level.
    reason : str
        "" when computed; "no_pairs" (everything NaN).
    difference, difference_low, difference_high : float
        ``(only_after - only_before) / n``, -1 to 1.
    difference_method : str
        Its interval: "newcombe" unless another was asked for.
    p_midp, p_exact, p_asymptotic : float
        McNemar's test, two-sided. Report mid-p; 1 without discordant pairs.
    z : float
        ``(only_after - only_before) / sqrt(only_after + only_before)``; NaN without discordant pairs.
    ratio, ratio_low, ratio_high : float
        ``share_after / share_before``, 0 to infinity.
    ratio_method, ratio_reason : str
        Its interval; "" or "no_pairs", "no_events" (on neither occasion: ratio NaN), "zero_margin" (on one
        occasion none: ratio 0 or infinite).
    odds_ratio, odds_ratio_low, odds_ratio_high : float
        Conditional on the person: ``only_after / only_before``, 0 to infinity.
    odds_ratio_method, odds_ratio_reason : str
        Its interval; "" or "no_pairs", "no_discordant_pairs" (odds ratio and g NaN), "zero_cell" (all moves one way:
        0 or infinite).
    cohens_g, cohens_g_low, cohens_g_high : float
        ``only_after / (only_after + only_before) - 1/2``, -1/2 to 1/2, with Wilson's interval.
    phi : float
        Correlation of the two flags; NaN when one does not vary.
    """

    n: int
    n_given: int
    both: int
    only_before: int
    only_after: int
    neither: int
    n_before: int
    n_after: int
    share_before: float
    share_after: float
    level: float
    reason: str
    difference: float
    difference_low: float
    difference_high: float
    difference_method: str
    p_midp: float
    p_exact: float
    p_asymptotic: float
    z: float
    ratio: float
    ratio_low: float
    ratio_high: float
    ratio_method: str
    ratio_reason: str
    odds_ratio: float
    odds_ratio_low: float
    odds_ratio_high: float
    odds_ratio_method: str
    odds_ratio_reason: str
    cohens_g: float
    cohens_g_low: float
    cohens_g_high: float
    phi: float

    def to_frame(self) -> pd.DataFrame:
        """Return the fields as a frame with one row."""
        return one_row(self)


def paired_binary(
    before: ArrayLike,
    after: ArrayLike,
    *,
    method: str = "newcombe",
    ratio_method: str = "bonett_price",
    odds_ratio_method: str = "wilson",
    level: float = 0.95,
) -> PairedBinary:
    """Compare a flag after with before in the same people.

    Parameters
    ----------
    before, after : array_like of bool, shape (n_given,)
        One row a person: True or 1, False or 0, or missing. Rows lacking either are dropped and counted.
    method, ratio_method, odds_ratio_method : str
        Of the intervals, as for `paired_difference_interval`, `paired_ratio_interval` and
        `paired_odds_ratio_interval`, where formulas and sources stand.
    level : float
        Confidence level, 0-1.

    Returns
    -------
    PairedBinary

    Raises
    ------
    StatisticsError
        If the lengths (or the indexes of two Series) differ, a value is neither true nor false, a method is
        unknown, or the level is not in 0-1.

    Notes
    -----
    Which interval: Fagerland, Lydersen & Laake (2014), Stat Med 33:2850. A change before-after is not the
    effect of a treatment.

    Examples
    --------
    Ten people, in work or not at the start and a year later; one did not answer.

    >>> import isu_analysis as isu
    >>> before = [0, 0, 0, 0, 0, 0, 1, 1, 1, 0]
    >>> after = [1, 1, 1, 1, 0, 0, 1, 1, 0, None]
    >>> work = isu.paired_binary(before, after)
    >>> work.to_frame()[["n", "both", "only_before", "only_after", "neither"]]
       n  both  only_before  only_after  neither
    0  9     2            1           4        2
    >>> round(work.difference, 2), round(work.difference_low, 2), round(work.difference_high, 2)
    (0.33, -0.11, 0.63)
    """
    same_rows(before, after, "before", "after")
    start, end = flags_or_missing(before, "before"), flags_or_missing(after, "after")
    seen = ~(np.isnan(start) | np.isnan(end))
    first, second = start[seen] == 1, end[seen] == 1
    cells = tuple(int(cell.sum()) for cell in (first & second, first & ~second, ~first & second, ~first & ~second))
    return _compare(cells, seen.size, (method, ratio_method, odds_ratio_method), level)


def paired_binary_counts(
    both: int,
    only_before: int,
    only_after: int,
    neither: int,
    *,
    method: str = "newcombe",
    ratio_method: str = "bonett_price",
    odds_ratio_method: str = "wilson",
    level: float = 0.95,
) -> PairedBinary:
    """Compare an event after with before, from the four counts of people.

    Parameters
    ----------
    both, only_before, only_after, neither : int
        People with the event on both occasions, on one of them, on none.
    method, ratio_method, odds_ratio_method, level
        As for `paired_binary`.

    Returns
    -------
    PairedBinary
        ``n_given`` equals ``n``.

    Raises
    ------
    StatisticsError
        If a count is negative, not whole or missing, a method is unknown, or the level is not in 0-1.

    Examples
    --------
    Of 21 people one had the problem both times, one only before and seven only after.

    >>> from isu_analysis import statistics as st
    >>> found = st.paired_binary_counts(1, 1, 7, 12)
    >>> found.n_before, found.n_after, found.n
    (2, 8, 21)
    >>> round(found.difference, 3), round(found.difference_low, 3), round(found.difference_high, 3)
    (0.286, 0.026, 0.507)
    >>> round(found.p_midp, 4)
    0.0391
    """
    known(both=both, only_before=only_before, only_after=only_after, neither=neither)
    given = counts(both=both, only_before=only_before, only_after=only_after, neither=neither)
    cells = tuple(int(cell) for cell in given)
    return _compare(cells, sum(cells), (method, ratio_method, odds_ratio_method), level)


def _compare(cells: tuple[int, ...], n_given: int, methods: tuple[str, str, str], level: float) -> PairedBinary:
    both, only_before, only_after, neither = cells
    n, n_before, n_after = sum(cells), both + only_before, both + only_after
    return PairedBinary(
        n=n,
        n_given=n_given,
        both=both,
        only_before=only_before,
        only_after=only_after,
        neither=neither,
        n_before=n_before,
        n_after=n_after,
        share_before=quotient(n_before, n),
        share_after=quotient(n_after, n),
        level=level,
        reason="" if n else "no_pairs",
        phi=phi(*cells),
        **_difference(cells, methods[0], level),
        **_ratio(cells, methods[1], level),
        **_odds_ratio(cells, methods[2], level),
    )


def _difference(cells: tuple[int, ...], method: str, level: float) -> dict[str, Any]:
    _, only_before, only_after, _ = cells
    low, high = paired_difference_interval(*cells, method=method, level=level)
    tests = ("midp", "exact", "asymptotic")
    return {
        "difference": quotient(only_after - only_before, sum(cells)),
        "difference_low": low,
        "difference_high": high,
        "difference_method": method,
        **{f"p_{test}": mcnemar_p(only_before, only_after, test) if sum(cells) else np.nan for test in tests},
    }


def _ratio(cells: tuple[int, ...], method: str, level: float) -> dict[str, Any]:
    both, only_before, only_after, _ = cells
    low, high = paired_ratio_interval(*cells, method=method, level=level)
    reason = "" if both + only_before and both + only_after else "zero_margin"
    if both + only_before + only_after == 0:
        reason = "no_events" if sum(cells) else "no_pairs"
    ratio = quotient(both + only_after, both + only_before)
    return {"ratio": ratio, "ratio_low": low, "ratio_high": high, "ratio_method": method, "ratio_reason": reason}


def _odds_ratio(cells: tuple[int, ...], method: str, level: float) -> dict[str, Any]:
    _, only_before, only_after, _ = cells
    low, high = paired_odds_ratio_interval(only_before, only_after, method=method, level=level)
    moved = only_before + only_after
    share_low, share_high = wilson(only_after, moved, level)
    reason = "" if only_before and only_after else "zero_cell"
    if moved == 0:
        reason = "no_discordant_pairs" if sum(cells) else "no_pairs"
    return {
        "z": float((only_after - only_before) / np.sqrt(moved)) if moved else np.nan,
        "odds_ratio": quotient(only_after, only_before),
        "odds_ratio_low": low,
        "odds_ratio_high": high,
        "odds_ratio_method": method,
        "odds_ratio_reason": reason,
        "cohens_g": only_after / moved - 0.5 if moved else np.nan,
        "cohens_g_low": share_low - 0.5,
        "cohens_g_high": share_high - 0.5,
    }
