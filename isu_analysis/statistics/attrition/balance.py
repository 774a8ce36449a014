"""Who was lost: how the lost differed from the kept on what is known of both."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from isu_analysis.errors import StatisticsError
from isu_analysis.statistics.arguments import Flags, Floats, check_level, same_rows, vector
from isu_analysis.statistics.attrition.design import check_not_numbers
from isu_analysis.statistics.clusters import Codes, cluster_codes
from isu_analysis.statistics.effect_sizes.independent import leave_one_out_half, moments_without
from isu_analysis.statistics.effect_sizes.standardised import hedges_correction
from isu_analysis.statistics.means import mean_difference
from isu_analysis.statistics.proportions.observed import observed_share_difference

BALANCED, IMBALANCED, CANNOT_TELL = "balanced", "imbalanced", "cannot_tell"
# Standardised differences above this are serious: Rubin (2001); Stuart (2010), Stat Sci 25:1.
SERIOUS_SMD = 0.25
FEWEST_PEOPLE = 5  # with fewer in a group no interval of a standardised difference keeps near its promise
DATES = {"datetime64", "datetime", "date", "timedelta64", "timedelta", "period", "time"}
COLUMNS = [
    "variable", "kind", "level", "n_kept", "n_lost", "count_kept", "count_lost", "value_kept", "value_lost",
    "difference", "difference_low", "difference_high", "smd", "smd_low", "smd_high", "verdict",
]  # fmt: skip

Row = dict[str, Any]


def compare_lost_kept(
    background: pd.DataFrame, kept: ArrayLike, level: float = 0.95, *, cluster: ArrayLike | None = None
) -> pd.DataFrame:
    """Compare the lost with the kept on every background variable.

    Parameters
    ----------
    background : DataFrame, shape (n, variables)
        One row a person. Numbers are compared by means; texts, categories and flags by the share at each
        level.
    kept : array_like of bool, shape (n,)
        True = measured again. No missing values. Same index as background when it is a Series.
    level : float
        Confidence level of all intervals, 0-1.
    cluster : array_like, shape (n,), optional
        What each person belongs to (client, course group, worker), none missing. All intervals are then
        cluster-robust (`mean_difference`, `observed_share_difference`); the interval of an smd is that of the
        difference divided by the same standard deviation. NaN under 8 clusters.

    Returns
    -------
    DataFrame
        One row a variable (``kind`` "number"), a level ("level") or a variable's missing values ("missing").
        Columns: variable, kind, level (missing for numbers and for rows of what is missing), n_kept and n_lost (people with a
        value; all people for "missing"), count_kept and count_lost (people at the level, NA for numbers),
        value_kept and value_lost (mean, or share 0-1), difference with its interval, smd with its
        interval, verdict. All differences are lost - kept. What cannot be computed is NaN, and so are means
        when one of the groups is a single person.

    Raises
    ------
    StatisticsError
        If lengths or indexes differ, ``kept`` is not flags, or a column holds dates.

    Notes
    -----
    Numbers: Welch's t interval; ``smd = (m_lost - m_kept)/sqrt((s_lost^2 + s_kept^2)/2)`` (Austin 2009,
    Comm Stat 38:1228), whose interval comes from leaving out one person at a time, around the
    small-sample corrected value, with Welch-Satterthwaite df. It needs no normal scores; with fewer than about
    15 people in the smaller group it covers less than .90 when scores are skewed, as every other does. Shares:
    Newcombe's interval; smd with ``sqrt((p_l q_l + p_k q_k)/2)``, and its interval is Newcombe's divided by the
    same number. An smd is NaN where that number is 0.

    The verdict compares the smd interval with +-0.25: inside it, "balanced"; wholly outside, "imbalanced";
    otherwise "cannot_tell" (two one-sided tests; Hripcsak et al. 2024). Where a level covers all of one
    group and none of the other, the smd is infinite: "imbalanced" if the interval of the difference
    excludes 0.

    Examples
    --------
    Twelve kept and eight lost: 3 of 12 against 5 of 8 lived alone.

    >>> import isu_analysis as isu
    >>> import pandas as pd
    >>> start = [18, 20, 22, 19, 17, 21, 23, 20, 18, 22, 19, 21, 24, 22, 26, 20, 25, 23, 21, 27]
    >>> background = pd.DataFrame({"start": start, "alone": [True] * 3 + [False] * 9 + [True] * 5 + [False] * 3})
    >>> found = isu.compare_lost_kept(background, kept=[True] * 12 + [False] * 8)
    >>> found[["variable", "level", "value_kept", "value_lost", "smd", "verdict"]].round(2)
      variable  level  value_kept  value_lost   smd      verdict
    0    start    NaN       20.00       23.50  1.61   imbalanced
    1    alone  False        0.75        0.38 -0.82  cannot_tell
    2    alone   True        0.25        0.62  0.82  cannot_tell
    """
    check_level(level)
    if not isinstance(background, pd.DataFrame) or not background.columns.is_unique:
        raise StatisticsError("Argumentet background: ska vara en tabell (DataFrame) med olika kolumnnamn.")
    flags = _flags(kept)
    same_rows(background, kept, "background", "kept")
    codes = None if cluster is None else cluster_codes(cluster, background)
    rows = [row for name in background.columns for row in _rows(background[name], flags, codes, level)]
    frame = pd.DataFrame(rows, columns=COLUMNS)
    return frame.astype({"n_kept": "Int64", "n_lost": "Int64", "count_kept": "Int64", "count_lost": "Int64"})


def overall_balance(comparison: pd.DataFrame) -> str:
    """Sum up a comparison: "imbalanced" if any row is, "balanced" if every row is, else "cannot_tell".

    Parameters
    ----------
    comparison : DataFrame
        From `compare_lost_kept`. Without rows: "cannot_tell".

    Returns
    -------
    str

    Examples
    --------
    >>> from isu_analysis import statistics as st
    >>> import pandas as pd
    >>> alone = pd.DataFrame({"alone": [True] * 3 + [False] * 9 + [True] * 5 + [False] * 3})
    >>> st.overall_balance(st.compare_lost_kept(alone, kept=[True] * 12 + [False] * 8))
    'cannot_tell'
    """
    verdicts = set(comparison["verdict"])
    if IMBALANCED in verdicts:
        return IMBALANCED
    return BALANCED if verdicts == {BALANCED} else CANNOT_TELL


def _flags(kept: ArrayLike) -> Flags:
    values = pd.Series(kept)
    if not pd.api.types.is_bool_dtype(values) or values.isna().any():
        raise StatisticsError("Argumentet kept: ska vara sant eller falskt för varje rad, utan tomma värden.")
    flags: Flags = values.to_numpy(dtype=bool)
    return flags


def _rows(column: pd.Series, kept: Flags, codes: Codes | None, level: float) -> Iterator[Row]:
    if pd.api.types.infer_dtype(column, skipna=True) in DATES:
        raise StatisticsError(f"Argumentet background: kolumnen {column.name} är datum. Tillåtet: tal och texter.")
    known = column.notna().to_numpy()
    among = None if codes is None else codes[known]
    if pd.api.types.is_numeric_dtype(column) and not pd.api.types.is_bool_dtype(column):
        yield _number_row(str(column.name), vector(column, "background")[known], kept[known], among, level)
    else:
        if column.dtype != "category":
            check_not_numbers(column[known], "background")
        values = column[known].astype("category").cat.remove_unused_categories()
        for name in values.cat.categories:
            has = (values == name).to_numpy(dtype=bool)
            labels: Row = {"variable": str(column.name), "kind": "level", "level": str(name)}
            yield _share_row(labels, has, kept[known], among, level)
    if not known.all():
        labels = {"variable": str(column.name), "kind": "missing", "level": None}
        yield _share_row(labels, ~known, kept, codes, level)


def _number_row(name: str, values: Floats, kept: Flags, codes: Codes | None, level: float) -> Row:
    k, l = values[kept], values[~kept]  # noqa: E741
    row: Row = {"variable": name, "kind": "number", "level": None, "n_kept": k.size, "n_lost": l.size}
    row |= {"count_kept": pd.NA, "count_lost": pd.NA, "verdict": CANNOT_TELL}
    # The mean of one is that person's score, and the difference would tell it.
    row["value_kept"], row["value_lost"] = (float(v.mean()) if min(k.size, l.size) > 1 else np.nan for v in (k, l))
    row["difference"] = row["value_lost"] - row["value_kept"]
    apart = min(k.size, l.size) >= FEWEST_PEOPLE and k.min() != l.min()
    if min(k.size, l.size) < 2 or (np.ptp(k) == 0 and np.ptp(l) == 0):
        return row | {"verdict": IMBALANCED if apart else CANNOT_TELL}
    found = mean_difference(l, k, **_split(codes, kept), level=level)
    row |= {"difference_low": found.difference_low, "difference_high": found.difference_high}
    spread = np.sqrt((k.var(ddof=1) + l.var(ddof=1)) / 2)
    row["smd"] = row["difference"] / spread
    row["smd_low"], row["smd_high"] = _left_out(row["smd"], k, l, level)
    if codes is not None:
        row["smd_low"], row["smd_high"] = found.difference_low / spread, found.difference_high / spread
    return row | {"verdict": _verdict(row["smd_low"], row["smd_high"])}


def _split(codes: Codes | None, kept: Flags) -> dict[str, Codes]:
    """Return the clusters of the lost and of the kept as arguments; none without clusters."""
    return {} if codes is None else {"first_cluster": codes[~kept], "second_cluster": codes[kept]}


def _left_out(smd: float, k: Floats, l: Floats, level: float) -> tuple[float, float]:  # noqa: E741
    """Leave-one-out interval around the small-sample corrected difference; NaN under three people in a group."""
    if min(k.size, l.size) < FEWEST_PEOPLE:
        return np.nan, np.nan
    (mean_k, var_k), (mean_l, var_l) = moments_without(k), moments_without(l)
    spreads = [(var + other.var(ddof=1)) / 2 for var, other in ((var_k, l), (var_l, k))]
    roots = [np.sqrt(np.where(spread > 0, spread, np.nan)) for spread in spreads]
    half = leave_one_out_half(((l.mean() - mean_k) / roots[0], (mean_l - k.mean()) / roots[1]), level)
    g = hedges_correction(k.size + l.size - 2) * smd
    return float(g - half), float(g + half)


def _share_row(labels: Row, has: Flags, kept: Flags, codes: Codes | None, level: float) -> Row:
    d = observed_share_difference(has[~kept], has[kept], **_split(codes, kept), level=level)
    counts = {"count_kept": d.n_second, "count_lost": d.n_first}
    sizes = {"n_kept": d.of_second, "n_lost": d.of_first}
    p_lost, p_kept = (n / of if of else np.nan for n, of in ((d.n_first, d.of_first), (d.n_second, d.of_second)))
    spread = np.sqrt((p_lost * (1 - p_lost) + p_kept * (1 - p_kept)) / 2) or np.nan
    smd, low, high = (end / spread for end in (d.difference, d.difference_low, d.difference_high))
    row = {"value_kept": p_kept, "value_lost": p_lost, "difference": d.difference, "smd": smd}
    row |= {"difference_low": d.difference_low, "difference_high": d.difference_high}
    row |= {"smd_low": low, "smd_high": high}
    disjoint = np.isnan(smd) and d.difference_low * d.difference_high > 0
    return {**labels, **sizes, **counts, **row, "verdict": IMBALANCED if disjoint else _verdict(low, high)}


def _verdict(low: float, high: float) -> str:
    if low > SERIOUS_SMD or high < -SERIOUS_SMD:
        return IMBALANCED
    return BALANCED if max(abs(low), abs(high)) <= SERIOUS_SMD else CANNOT_TELL
