"""How a unit's people ended beside what is expected of people with their start, age and sex."""

from __future__ import annotations

from dataclasses import dataclass, replace
from numbers import Integral

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy import stats

from isu_analysis.errors import StatisticsError
from isu_analysis.statistics.arguments import Floats, check_kind, check_level, largest, paired, vector
from isu_analysis.statistics.clusters import cluster_codes
from isu_analysis.statistics.comparison.reference_model import ReferenceModel, columns_of, design, outside
from isu_analysis.statistics.means import Mean, mean
from isu_analysis.statistics.results import one_row

OUTSIDE = ("refuse", "leave_out")


@dataclass(frozen=True)
class CaseMixDifference:
    """A unit's end scores less those expected, beside the plain difference to the reference.

    Attributes
    ----------
    n, n_given : int
        People compared, and rows given.
    n_outside : int
        People with nothing missing whom the reference has nobody like: the model would be stretched to them.
    n_reference : int
        People the model was fitted on.
    observed, expected : float
        Mean end score, and mean of the expected ones, in points.
    adjusted, adjusted_low, adjusted_high : float
        Observed less expected, in points, whatever direction is better; NaN with a ``reason``.
    se, df : float
        Standard error of the adjusted difference and degrees of freedom of the t multiplier.
    se_unit, se_model : float
        What the unit's scatter and the model's own uncertainty make of ``se``: its square is the sum of theirs.
    raw, raw_low, raw_high : float
        Observed less the reference's mean end score, unadjusted, with Welch's interval.
    level : float
        Confidence level.
    n_clusters : int or None
        Clusters the people compared came in.
    reason : str
        "" when computed; "people_in_reference", "outside_reference", the model's own reason, or as in `Mean`.
    source : str
        Of the model.
    """

    n: int
    n_given: int
    n_outside: int
    n_reference: int
    observed: float = np.nan
    expected: float = np.nan
    adjusted: float = np.nan
    adjusted_low: float = np.nan
    adjusted_high: float = np.nan
    se: float = np.nan
    df: float = np.nan
    se_unit: float = np.nan
    se_model: float = np.nan
    raw: float = np.nan
    raw_low: float = np.nan
    raw_high: float = np.nan
    level: float = 0.95
    n_clusters: int | None = None
    reason: str = ""
    source: str = ""

    def to_frame(self) -> pd.DataFrame:
        """Return the fields as a frame with one row."""
        return one_row(self)


def expected_outcome(model: ReferenceModel, pre: ArrayLike, covariates: pd.DataFrame | None = None) -> Floats:
    """Return the end score a reference model expects of each person.

    Parameters
    ----------
    model : ReferenceModel
        From `reference_model`.
    pre : array_like, shape (n,)
        Start scores.
    covariates : DataFrame, shape (n, k), optional
        The columns the model was fitted on, in any order.

    Returns
    -------
    ndarray of float, shape (n,)
        NaN where something is missing, outside the reference, or the model has a ``reason``.

    Raises
    ------
    StatisticsError
        If the columns are not the model's, lengths or indexes differ, or a number is not finite.

    Examples
    --------
    The model expects 5 + 0.6 x start, and nothing of a person whose start lies outside the reference.

    >>> import isu_analysis as isu
    >>> start = [10, 14, 18, 22, 26] * 48
    >>> end = [5 + 0.6 * score + extra for score, extra in zip(start, [-3, -1, 1, 3] * 60)]
    >>> model = isu.reference_model(start, end, source="the county 2019-2022")
    >>> isu.expected_outcome(model, [12, 20, 25, 35]).round(2)
    array([12.2, 17. , 20. ,  nan])
    """
    check_kind(model, ReferenceModel, "model", "reference_model")
    x = vector(pre, "pre")
    frame = _like(model, columns_of(x, covariates, pre))
    inside = ~(frame.isna().any(axis=1).to_numpy() | outside(model, frame))
    found = np.full(x.size, np.nan)
    if not model.reason:
        found[inside] = design(model, frame[inside]).to_numpy() @ model.terms["coefficient"].to_numpy()
    return found


def case_mix_difference(
    model: ReferenceModel,
    pre: ArrayLike,
    post: ArrayLike,
    covariates: pd.DataFrame | None = None,
    *,
    shared: int = 0,
    outside_reference: str = "refuse",
    cluster: ArrayLike | None = None,
    level: float = 0.95,
) -> CaseMixDifference:
    """Return how a unit's people ended against what a fixed reference expects of them.

    Parameters
    ----------
    model : ReferenceModel
        From `reference_model`, fitted on other people.
    pre, post : array_like, shape (n_given,)
        The unit's start and end scores.
    covariates : DataFrame, shape (n_given, k), optional
        The columns the model was fitted on. Rows lacking anything are left out and counted.
    shared : int
        How many of the unit's people are in the reference; above 0 there is no comparison.
    outside_reference : {"refuse", "leave_out"}
        What to do when the reference has nobody like some of the unit's people: no comparison at all, or one
        without them (counted; it is then about the others).
    cluster : array_like, shape (n_given,), optional
        What each row belongs to, none missing.
    level : float
        Confidence level, 0-1.

    Returns
    -------
    CaseMixDifference

    Raises
    ------
    StatisticsError
        If the columns are not the model's, lengths or indexes differ, a number is not finite, or a word is unknown.

    Notes
    -----
    ``mean(y - x'b)`` with squared error ``s_r^2 / n + m' V m``: s_r the scatter of the unit's own differences, m
    the unit's mean of the model's columns, V the covariance of b. t with Satterthwaite's df. It accounts for what is in
    the model only; units may differ in what is not, and the difference is not the unit's effect.

    Examples
    --------
    Eight people who ended 2 points lower than expected on average.

    >>> import isu_analysis as isu
    >>> start = [10, 14, 18, 22, 26] * 48
    >>> end = [5 + 0.6 * score + extra for score, extra in zip(start, [-3, -1, 1, 3] * 60)]
    >>> model = isu.reference_model(start, end, source="the county 2019-2022")
    >>> found = isu.case_mix_difference(model, [15, 20, 25, 20, 15, 25, 20, 20], [12, 16, 16, 14, 13, 19, 15, 15])
    >>> round(found.observed, 2), round(found.expected, 2), round(found.adjusted, 2)
    (15.0, 17.0, -2.0)
    >>> round(found.adjusted_low, 2), round(found.adjusted_high, 2), round(found.raw, 2)
    (-2.92, -1.08, -0.8)
    """
    check_level(level)
    _check_options(shared, outside_reference)
    start, end = paired(pre, post)
    wanted = expected_outcome(model, pre, covariates)
    codes = None if cluster is None else cluster_codes(cluster, pre)
    frame = _like(model, columns_of(start, covariates, pre))
    whole = ~(frame.isna().any(axis=1).to_numpy() | np.isnan(end))
    stretched = whole & outside(model, frame)
    used = whole & ~stretched
    result = CaseMixDifference(
        int(used.sum()), end.size, int(stretched.sum()), model.n, level=level, source=model.source
    )
    refused = _refusal(result, model, shared, outside_reference)
    if refused:
        return replace(result, reason=refused)
    kept = None if codes is None else codes[used]
    unit = mean(end[used] - wanted[used], cluster=kept, level=level, made_of=largest(end[used]))
    result = replace(result, reason=unit.reason, n_clusters=unit.n_clusters)
    if result.n == 0:
        return result
    middle = design(model, frame[used]).to_numpy().mean(axis=0)
    result = replace(result, observed=float(end[used].mean()), expected=float(wanted[used].mean()))
    result = _adjusted(result, unit, float(np.sqrt(middle @ model.covariance @ middle)), model.df)
    return _raw(result, mean(end[used], cluster=kept, level=level), model)


def _like(model: ReferenceModel, frame: pd.DataFrame) -> pd.DataFrame:
    """Refuse columns that are not those of the model, or hold numbers for words."""
    if model.ranges.empty:  # too few to have any
        return frame
    numbers = set(frame.select_dtypes("number").columns)
    empty = {name for name in frame if frame[name].isna().all()}
    if set(frame.columns) != set(model.ranges["column"]) | set(model.levels):
        raise StatisticsError("Argumentet covariates: ska ha samma kolumner som referensen.")
    if (numbers & set(model.levels)) - empty or (set(model.ranges["column"]) - numbers) - empty:
        raise StatisticsError("Argumentet covariates: en kolumn har tal där referensen har ord, eller tvärtom.")
    return frame


def _check_options(shared: int, outside_reference: str) -> None:
    if isinstance(shared, bool) or not (isinstance(shared, Integral) and shared >= 0):
        raise StatisticsError("Argumentet shared: ska vara ett antal, minst 0.")
    if outside_reference not in OUTSIDE:
        raise StatisticsError(f"Argumentet outside_reference: okänt ord. Tillåtet: {', '.join(OUTSIDE)}.")


def _refusal(result: CaseMixDifference, model: ReferenceModel, shared: int, outside_reference: str) -> str:
    if model.reason:
        return model.reason
    if shared:
        return "people_in_reference"
    return "outside_reference" if result.n_outside and outside_reference == "refuse" else ""


def _adjusted(result: CaseMixDifference, unit: Mean, se_model: float, df_model: float) -> CaseMixDifference:
    half, se, df = _joint(unit, se_model, df_model)
    return replace(
        result,
        adjusted=unit.mean,
        adjusted_low=unit.mean - half,
        adjusted_high=unit.mean + half,
        se=se,
        df=df,
        se_unit=unit.se,
        se_model=se_model,
    )


def _raw(result: CaseMixDifference, unit: Mean, model: ReferenceModel) -> CaseMixDifference:
    half, _, _ = _joint(unit, model.sd_post / np.sqrt(model.n), model.n - 1.0)
    middle = unit.mean - model.mean_post
    return replace(result, raw=middle, raw_low=middle - half, raw_high=middle + half)


def _joint(unit: Mean, other: float, other_df: float) -> tuple[float, float, float]:
    """Return half the interval, standard error and df of the unit's mean less something estimated elsewhere."""
    squares = np.array([unit.se**2, other**2])
    df = float(squares.sum() ** 2 / (squares**2 / [unit.df, other_df]).sum())
    se = float(np.sqrt(squares.sum()))
    return float(stats.t.ppf((1 + unit.level) / 2, df) * se), se, df
