"""A unit's mean against a norm printed by sex, age or the like: what the norm gives for people made up as the unit."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from isu_analysis.errors import StatisticsError
from isu_analysis.statistics.arguments import (
    Floats,
    check_column,
    check_direction,
    check_kind,
    check_level,
    same_rows,
    vector,
)
from isu_analysis.statistics.clusters import Codes, cluster_codes
from isu_analysis.statistics.comparison.norms import CARRIED, UNKNOWN, NormError, against
from isu_analysis.statistics.means import TOO_FEW, mean
from isu_analysis.statistics.results import one_row

COLUMNS = ("stratum", "mean", "sd", "n")


@dataclass(frozen=True, eq=False)
class StratifiedNormDifference:
    """A unit's mean less what the norm gives for a group made up alike.

    Attributes
    ----------
    n, n_given : int
        People compared (with a value, and a stratum the norm has), and rows given.
    n_no_stratum, n_no_norm : int
        People with a value left out because their stratum is missing, or because the norm has no such stratum.
    norm_error : str
        "carried", or "unknown" (a used stratum's n is not known: intervals hold the unit's error only).
    mean, expected : float
        Of the people compared, and of the norm weighted as they are; in points.
    norm_sd : float
        Root of the norm's variance within strata, weighted likewise.
    difference, difference_low, difference_high, se, df, d_norm, d_norm_low, d_norm_high, position
        As in `NormDifference`.
    level : float
        Confidence level.
    n_clusters : int or None
        Clusters the people compared came in.
    reason : str
        As in `Mean`.
    strata : DataFrame
        One row a stratum of the norm: stratum, n (people compared), weight (summing to 1), norm_mean, norm_sd,
        norm_n.
    """

    n: int
    n_given: int
    n_no_stratum: int
    n_no_norm: int
    norm_error: str
    mean: float = np.nan
    expected: float = np.nan
    norm_sd: float = np.nan
    difference: float = np.nan
    difference_low: float = np.nan
    difference_high: float = np.nan
    se: float = np.nan
    df: float = np.nan
    d_norm: float = np.nan
    d_norm_low: float = np.nan
    d_norm_high: float = np.nan
    position: str = ""
    level: float = 0.95
    n_clusters: int | None = None
    reason: str = ""
    strata: pd.DataFrame = field(default_factory=pd.DataFrame, repr=False)

    def to_frame(self) -> pd.DataFrame:
        """Return the fields but the strata as a frame with one row."""
        return one_row(self).drop(columns="strata")


def stratified_norm_difference(
    values: ArrayLike,
    stratum: ArrayLike,
    norms: pd.DataFrame,
    *,
    higher_is_better: bool,
    cluster: ArrayLike | None = None,
    level: float = 0.95,
) -> StratifiedNormDifference:
    """Return how far a unit's mean is from a norm by strata, the norm weighted to the unit's own people.

    Parameters
    ----------
    values : array_like, shape (n_given,)
        One score a person; missing values are left out.
    stratum : array_like, shape (n_given,)
        Each person's, in the norm's own words; missing is left out and counted, never guessed.
    norms : DataFrame
        Columns stratum (each once), mean, sd (above 0), n (people in the norm, at least 2; missing when unknown).
    higher_is_better : bool
        Direction of the scale; only decides ``position``.
    cluster : array_like, shape (n_given,), optional
        What each row belongs to, none missing.
    level : float
        Confidence level, 0-1.

    Returns
    -------
    StratifiedNormDifference

    Raises
    ------
    StatisticsError
        If a number is out of range, lengths or indexes differ, or the norm lacks a column or repeats a stratum.

    Notes
    -----
    Direct standardisation to the unit: ``expected = sum w_s mu_s``, w_s the share of the unit's people in stratum
    s, with squared error ``sum w_s^2 sd_s^2 / N_s``. The unit's error is that of the mean of everybody's score less
    the own stratum's norm, so that a stratum may hold one person. Joint df by Satterthwaite; d_norm and its
    interval as in `norm_difference` with ``norm_sd^2 = sum w_s sd_s^2``.

    Examples
    --------
    Eight women and two men: the norm gives 0.8 x 16 + 0.2 x 11 = 15 for a group made up alike.

    >>> import isu_analysis as isu
    >>> import pandas as pd
    >>> norms = pd.DataFrame({"stratum": ["woman", "man"], "mean": [16, 11], "sd": [6, 6], "n": [200, 200]})
    >>> scores, sex = [16, 20, 18, 15, 21, 17, 19, 18, 14, 22], ["woman"] * 8 + ["man"] * 2
    >>> found = isu.stratified_norm_difference(scores, sex, norms, higher_is_better=False)
    >>> found.mean, round(found.expected, 2), round(found.difference, 2), round(found.d_norm, 2)
    (18.0, 15.0, 3.0, 0.5)
    """
    check_direction(higher_is_better)
    check_level(level)
    norm = _norm(norms)
    same_rows(values, stratum, "values", "stratum")
    check_column(stratum, "stratum")
    x, labels = vector(values, "values"), pd.Series(stratum).reset_index(drop=True).astype(object)
    seen, unnamed = ~np.isnan(x), labels.isna().to_numpy()
    place = np.where(unnamed, -1, norm.index.get_indexer(pd.Index(labels, dtype=object, tupleize_cols=False)))
    used = seen & (place >= 0)
    n_in = np.bincount(place[used], minlength=len(norm))
    unknown = bool(norm["n"].isna().to_numpy()[n_in > 0].any())
    result = StratifiedNormDifference(
        n=int(used.sum()),
        n_given=x.size,
        n_no_stratum=int((seen & unnamed).sum()),
        n_no_norm=int((seen & ~unnamed & (place < 0)).sum()),
        norm_error=UNKNOWN if unknown else CARRIED,
        level=level,
        strata=_strata(norm, n_in),
    )
    if result.n == 0:
        return replace(result, reason=TOO_FEW)
    codes = None if cluster is None else cluster_codes(cluster, values)[used]
    return _compared(result, x[used], norm["mean"].to_numpy()[place[used]], codes, higher_is_better)


def _norm(norms: pd.DataFrame) -> pd.DataFrame:
    """Return the norm's numbers by stratum, checked."""
    check_kind(norms, pd.DataFrame, "norms", "pandas")
    if not set(COLUMNS) <= set(norms.columns):
        raise StatisticsError(f"Argumentet norms: saknar kolumner. Tillåtet: {', '.join(COLUMNS)}.")
    names = norms["stratum"].astype(object)
    if names.isna().any() or names.duplicated().any():
        raise StatisticsError("Argumentet norms: varje stratum ska ha ett namn och en enda rad.")
    norm = pd.DataFrame(
        {name: vector(norms[name], f"norms[{name}]") for name in COLUMNS[1:]},
        index=pd.Index(names, tupleize_cols=False),
    )
    if norm["mean"].isna().any() or not (norm["sd"] > 0).all():
        raise StatisticsError("Argumentet norms: varje stratum ska ha ett medelvärde och en spridning större än 0.")
    known = norm["n"].dropna()
    if (known < 2).any() or (known != np.trunc(known)).any():
        raise StatisticsError("Argumentet norms: n ska vara heltal, minst 2, eller tomt när det inte är känt.")
    return norm


def _strata(norm: pd.DataFrame, n_in: NDArray[np.intp]) -> pd.DataFrame:
    weight = n_in / max(n_in.sum(), 1)
    columns = {"stratum": norm.index, "n": n_in, "weight": weight}
    return pd.DataFrame(columns | {f"norm_{name}": norm[name].to_numpy() for name in COLUMNS[1:]})


def _compared(
    result: StratifiedNormDifference, x: Floats, norm_mean: Floats, codes: Codes | None, higher_is_better: bool
) -> StratifiedNormDifference:
    strata = result.strata[result.strata["n"] > 0]
    weight, variance = strata["weight"].to_numpy(), strata["norm_sd"].to_numpy() ** 2
    spread = float(np.sqrt((weight * variance).sum()))
    error = NormError()
    if result.norm_error == CARRIED:
        df = strata["norm_n"].to_numpy() - 1
        sd_df = float((weight * variance).sum() ** 2 / ((weight * variance) ** 2 / df).sum())
        error = NormError(list(weight**2 * variance / (df + 1)), list(df), sd_df)
    unit = mean(x - norm_mean, cluster=codes, level=result.level, made_of=float(np.abs(x).max()))
    result = replace(result, mean=float(x.mean()), expected=float(norm_mean.mean()), norm_sd=spread)
    result = replace(result, n_clusters=unit.n_clusters, reason=unit.reason)
    return replace(result, **against(unit.mean, unit.se, unit.df, spread, error, result.level, higher_is_better))
