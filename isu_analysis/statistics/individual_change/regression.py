"""Change against what a control group's regression on several predictors expects."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from statsmodels.regression.linear_model import OLS

from isu_analysis.errors import StatisticsError
from isu_analysis.statistics.arguments import NO_SPREAD, Floats, check_direction, check_kind, same_rows, vector
from isu_analysis.statistics.individual_change.criteria import SLACK, TWO_SIDED_FIVE_PERCENT
from isu_analysis.statistics.individual_change.methods import ChangeIndex, built_index, critical_value
from isu_analysis.statistics.individual_change.rules import TOO_FEW, ZERO_SE


def regression_index(
    pre: pd.DataFrame,
    post: ArrayLike,
    control_pre: pd.DataFrame,
    control_post: ArrayLike,
    *,
    source: str,
    higher_is_better: bool,
    z: float = TWO_SIDED_FIVE_PERCENT,
) -> ChangeIndex:
    """Return every person's index against a control group's regression on several predictors.

    Parameters
    ----------
    pre : DataFrame, shape (n_given, k)
        Start score and whatever else predicts the end score, one row a person; missing gives NaN.
    post : array_like, shape (n_given,)
        End scores.
    control_pre : DataFrame, shape (n_controls, k)
        The same columns for people not treated. Rows lacking a value are left out.
    control_post : array_like, shape (n_controls,)
        Their end scores.
    source : str
        Which control group this is.
    higher_is_better : bool
        Direction of the scale.
    z : float
        As in `change_index`; the t quantile with the same tail and n - k - 1 degrees of freedom is used.

    Returns
    -------
    ChangeIndex
        With one predictor the same as "crawford_howell". Reason "too_few_controls" (n <= k + 1), "singular"
        (a predictor is constant or follows from the others), "zero_se" (the regression fits exactly).

    Raises
    ------
    StatisticsError
        If pre or control_pre is not a frame, columns, lengths or indexes differ, or a value is not a finite number.

    Notes
    -----
    ``t = (y - x'b) / (SEE sqrt(1 + x'(X'X)^-1 x))``: the standard error of a new case. Crawford & Garthwaite
    (2006), Neuropsychology 20:259.

    Examples
    --------
    What the waiting list's end scores would be, from their start score and age, is held against each person's own.

    >>> import pandas as pd
    >>> from isu_analysis import statistics as st
    >>> waiting = pd.DataFrame({"start": [14, 17, 12, 20, 16, 11, 18, 15, 13, 14],
    ...                         "age": [24, 31, 45, 28, 52, 39, 22, 47, 35, 30]})
    >>> waiting_end = [13, 18, 11, 18, 17, 10, 16, 14, 12, 15]
    >>> people = pd.DataFrame({"start": [18, 15, 12], "age": [29, 41, 33]})
    >>> found = st.regression_index(people, [11, 15, 13], waiting, waiting_end, source="waiting list",
    ...                             higher_is_better=False)
    >>> found.expected.round(1).tolist(), found.index.round(2).tolist(), round(found.critical, 2)
    ([17.1, 14.6, 11.3], [4.39, -0.29, -1.17], 2.36)
    """
    check_direction(higher_is_better)
    check_kind(pre, pd.DataFrame, "pre", "pandas")
    check_kind(control_pre, pd.DataFrame, "control_pre", "pandas")
    if list(pre.columns) != list(control_pre.columns):
        raise StatisticsError("Argumenten pre och control_pre: ska ha samma kolumner i samma ordning.")
    same_rows(pre, post, "pre", "post")
    same_rows(control_pre, control_post, "control_pre", "control_post")
    new, end = _numbers(pre, "pre"), vector(post, "post")
    controls, outcome = _numbers(control_pre, "control_pre"), vector(control_post, "control_post")
    seen = ~np.isnan(np.column_stack([controls, outcome])).any(axis=1)
    controls, outcome = controls[seen], outcome[seen]
    df = outcome.size - controls.shape[1] - 1
    expected, error, reason = _prediction(new, controls, outcome, df)
    return built_index(
        end,
        expected,
        error,
        method="regression",
        higher_is_better=higher_is_better,
        critical=critical_value(z, df),
        df=df,
        source=source,
        reason=reason,
    )


def _numbers(frame: pd.DataFrame, name: str) -> Floats:
    return np.column_stack([np.empty((len(frame), 0)), *(vector(column, name) for _, column in frame.items())])


def _prediction(new: Floats, controls: Floats, outcome: Floats, df: float) -> tuple[Floats, Floats, str]:
    """Return what the controls' regression expects, the standard error of a new case, and a reason."""
    nothing = np.full(len(new), np.nan)
    if df < 1:
        return nothing, nothing, TOO_FEW
    centre, spread = controls.mean(axis=0), controls.std(axis=0)
    if (spread <= NO_SPREAD * np.abs(controls).max(axis=0)).any():
        return nothing, nothing, "singular"
    # Standardised, so that the rank does not depend on the units, and the fit not on the distance to zero.
    design = np.column_stack([np.ones(len(controls)), (controls - centre) / spread])
    if np.linalg.matrix_rank(design) < design.shape[1]:
        return nothing, nothing, "singular"
    fit = OLS(outcome, design).fit()
    if np.sqrt(fit.mse_resid) <= SLACK * outcome.std():
        return nothing, nothing, ZERO_SE
    found = fit.get_prediction(np.column_stack([np.ones(len(new)), (new - centre) / spread]))
    return found.predicted, found.se_obs, ""
