"""How the shares move with reliability, SD, limit and method, and how far methods agree about people."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import combinations, product
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy import stats
from statsmodels.stats.inter_rater import cohens_kappa

from isu_analysis.errors import StatisticsError
from isu_analysis.statistics.arguments import (
    NO_SPREAD,
    Floats,
    check_column,
    check_direction,
    check_kind,
    check_level,
    check_positive,
    check_reliability,
    paired,
)
from isu_analysis.statistics.individual_change.categories import CATEGORIES, HARMED, NOT_PAIRED
from isu_analysis.statistics.individual_change.categorise import beyond, categorise
from isu_analysis.statistics.individual_change.criteria import TWO_SIDED_FIVE_PERCENT
from isu_analysis.statistics.individual_change.methods import index_by_rule
from isu_analysis.statistics.individual_change.references import ReferenceSample
from isu_analysis.statistics.individual_change.rules import METHODS
from isu_analysis.statistics.proportions.shares import share, wilson

Row = dict[str, Any]


def sensitivity_grid(
    pre: ArrayLike,
    post: ArrayLike,
    reference: ReferenceSample,
    *,
    higher_is_better: bool,
    methods: Sequence[str] = ("jacobson_truax",),
    reliabilities: Sequence[float],
    sds: Sequence[float],
    zs: Sequence[float] = (TWO_SIDED_FIVE_PERCENT,),
    cutoff: float | None = None,
    level: float = 0.95,
) -> pd.DataFrame:
    """Return the share in each category for every combination of method, reliability, SD and z.

    Parameters
    ----------
    pre, post : array_like, shape (n_given,)
        Start and end scores, one row a person. Rows lacking either are left out.
    reference : ReferenceSample
        What else the methods need (means, n, the spread at the end).
    higher_is_better : bool
        Direction of the scale.
    methods : sequence of str
        Names as in `change_index`.
    reliabilities : sequence of float
        Each in (0, 1]: taken as reliability at start and end and as retest correlation.
    sds : sequence of float
        Start SD in points, each above 0; the end SD keeps its ratio to it.
    zs : sequence of float
        Limits, each above 0.
    cutoff : float, optional
        Border of the clinical range in points, itself clinical; adds "recovered" and "harmed".
    level : float
        Confidence level of the Wilson intervals.

    Returns
    -------
    DataFrame
        One row a combination and category, in the order given: method, reliability, sd, z, category, n, of,
        share, low, high, reason. "harmed" is a part of deteriorated. Where a method has no answer n, share, low
        and high are NaN and reason says why. At reliability 1 every deviation counts (reason "no_error").

    Raises
    ------
    StatisticsError
        If a list is empty, a method is unknown, a number is out of range, the reference lacks a number, or pre
        and post do not fit.

    Examples
    --------
    By hand: a change must exceed 7.6 points at reliability 0.7 and 4.4 at 0.9.

    >>> from isu_analysis import statistics as st
    >>> norm = st.reference_sample(source="the manual", mean_pre=14, sd_pre=5)
    >>> start, end = [18, 15, 12, 14, 6, 9, 21, 16], [8, 9, 14, 12, 15, 7, 14, 11]
    >>> grid = st.sensitivity_grid(start, end, norm, higher_is_better=False, reliabilities=[0.7, 0.9], sds=[5])
    >>> grid[["reliability", "category", "n", "of", "share"]].round(3)
       reliability      category  n  of  share
    0          0.7      improved  1   8  0.125
    1          0.7     unchanged  6   8  0.750
    2          0.7  deteriorated  1   8  0.125
    3          0.9      improved  4   8  0.500
    4          0.9     unchanged  3   8  0.375
    5          0.9  deteriorated  1   8  0.125
    """
    check_direction(higher_is_better)
    check_level(level)
    check_kind(reference, ReferenceSample, "reference", "reference_sample eller control_sample")
    _check_lists(methods, reliabilities, sds, zs)
    x, y = paired(pre, post)
    seen = ~(np.isnan(x) | np.isnan(y))
    x, y = x[seen], y[seen]
    ranges = {} if cutoff is None else _ranges(x, y, cutoff, higher_is_better)
    rows: list[Row] = []
    for method, reliability, sd in product(methods, reliabilities, sds):
        varied = _varied(reference, reliability, sd)
        rule = METHODS[method](varied)
        for z in zs:
            setting = {"method": method, "reliability": reliability, "sd": sd, "z": z}
            found = index_by_rule(x, y, rule, varied, higher_is_better=higher_is_better, z=z)
            counts = _counts(found.index, found.critical, ranges)
            rows += [{**setting, "category": name, "n": n, "of": x.size, "reason": rule.reason} for name, n in counts]
    frame = pd.DataFrame(rows)
    unanswered = ~frame["reason"].isin(["", "no_error"])
    frame["n"] = frame["n"].where(~unanswered)
    low, high = wilson(frame["n"], frame["of"], level)
    share_ = frame["n"] / frame["of"].where(frame["of"] > 0)
    frame = frame.assign(share=share_, low=low, high=high)
    return frame[["method", "reliability", "sd", "z", "category", "n", "of", "share", "low", "high", "reason"]]


def method_agreement(categories: pd.DataFrame, level: float = 0.95) -> pd.DataFrame:
    """Return how far methods agree about the same people, two at a time.

    Parameters
    ----------
    categories : DataFrame of str, shape (people, methods)
        One column a method (two or more), one row a person. "not_paired" or missing in either column leaves the
        person out of that comparison.
    level : float
        Confidence level.

    Returns
    -------
    DataFrame
        One row a pair of methods: first, second, n (people in the same category), of, share with its Wilson
        interval low, high; kappa with kappa_low, kappa_high; reason: "" or "no_people", "one_category" (all
        in one and the same, so chance agreement is complete: kappa NaN), "complete_agreement" (kappa 1: no
        interval), "no_variation" (a method puts all in one category, kappa 0: no interval) or "too_few" (the
        large-sample interval would leave -1 to 1: no interval).

    Raises
    ------
    StatisticsError
        If it is not a frame, or there are fewer than two columns, or two of the same name.

    Notes
    -----
    Cohen (1960), Educ Psychol Meas 20:37 (from memory, not verified), unweighted, with its large-sample interval, by statsmodels.
    Agreement says nothing of which method is right; kappa falls as the categories become more uneven.

    Examples
    --------
    Fifty people sorted by two methods, alike for 35: agreement 0.7, by chance 0.5, so kappa 0.4 by hand.

    >>> import pandas as pd
    >>> from isu_analysis import statistics as st
    >>> first = 25 * ["improved"] + 25 * ["unchanged"]
    >>> second = 20 * ["improved"] + 5 * ["unchanged"] + 10 * ["improved"] + 15 * ["unchanged"]
    >>> found = st.method_agreement(pd.DataFrame({"first method": first, "second method": second}))
    >>> found[["n", "of", "share", "kappa", "kappa_low", "kappa_high"]].round(2)
        n  of  share  kappa  kappa_low  kappa_high
    0  35  50    0.7    0.4       0.15        0.65
    """
    check_level(level)
    check_kind(categories, pd.DataFrame, "categories", "pandas")
    if categories.shape[1] < 2 or not categories.columns.is_unique:
        raise StatisticsError("Argumentet categories: ska ha minst två kolumner med olika namn.")
    pairs = combinations(categories.columns, 2)
    return pd.DataFrame([_agreement(categories[[first, second]], level) for first, second in pairs])


def _agreement(both: pd.DataFrame, level: float) -> Row:
    first, second = both.columns
    known = (both.notna() & (both != NOT_PAIRED)).all(axis=1)
    table = pd.crosstab(both.loc[known, first], both.loc[known, second]) if known.any() else pd.DataFrame()
    names = sorted({*table.index, *table.columns})
    counts = table.reindex(index=names, columns=names, fill_value=0).to_numpy(dtype=float)
    same = share(int(np.trace(counts)), int(counts.sum()), level)
    row = {"first": first, "second": second, **{name: getattr(same, name) for name in ("n", "of", "share")}}
    row |= {"low": same.low, "high": same.high, "kappa": np.nan, "kappa_low": np.nan, "kappa_high": np.nan}
    if same.of == 0 or len(names) == 1:
        return {**row, "reason": "no_people" if same.of == 0 else "one_category"}
    if same.n == same.of:
        return {**row, "kappa": 1.0, "reason": "complete_agreement"}
    with np.errstate(invalid="ignore", divide="ignore"):  # its z test divides by 0 where a method is constant
        found = cohens_kappa(counts)
    half = float(stats.norm.ppf((1 + level) / 2) * found.std_kappa)
    row["kappa"] = float(found.kappa)
    if not half > NO_SPREAD:
        return {**row, "reason": "no_variation"}
    low, high = row["kappa"] - half, row["kappa"] + half
    # Outside what kappa can be, the large-sample interval does not hold; cut off it would only look as if it did.
    if low < -1 or high > 1:
        return {**row, "reason": "too_few"}
    return {**row, "kappa_low": low, "kappa_high": high, "reason": ""}


def _check_lists(
    methods: Sequence[str], reliabilities: Sequence[float], sds: Sequence[float], zs: Sequence[float]
) -> None:
    lists = {"methods": methods, "reliabilities": reliabilities, "sds": sds, "zs": zs}
    for name, values in lists.items():
        check_column(values, name)
        if not len(values):
            raise StatisticsError(f"Argumentet {name}: ska vara en lista med minst ett värde.")
    if not all(isinstance(method, str) and method in METHODS for method in methods):
        raise StatisticsError(f"Argumentet methods: okänd metod. Tillåtet: {', '.join(METHODS)}.")
    for reliability in reliabilities:
        check_reliability(reliability)
    for sd in sds:
        check_positive(sd, "sds")
    for z in zs:
        check_positive(z, "zs")


def _varied(reference: ReferenceSample, reliability: float, sd: float) -> ReferenceSample:
    """Return the reference with another reliability and SD; what it lacked it still lacks, but for these."""
    sd_post = None
    if reference.sd_post is not None:
        (sd_pre,) = reference.need("sd_pre")
        sd_post = sd * reference.sd_post / sd_pre if sd_pre > 0 else np.nan
    return replace(
        reference,
        sd_pre=sd,
        sd_post=sd_post,
        retest_r=reliability,
        reliability_pre=reliability,
        reliability_post=reliability,
    )


def _ranges(x: Floats, y: Floats, cutoff: float, higher_is_better: bool) -> dict[str, Floats]:
    return {
        "clinical_start": 1 - beyond(x, cutoff, higher_is_better=higher_is_better),
        "functional_end": beyond(y, cutoff, higher_is_better=higher_is_better),
    }


def _counts(index: Floats, critical: float, ranges: dict[str, Floats]) -> list[tuple[str, int]]:
    found = categorise(index, critical, **ranges)
    names = (*CATEGORIES, HARMED) if ranges else CATEGORIES[1:]
    return [(name, found.count(name)) for name in names]
