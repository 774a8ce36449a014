"""Rows of numbers with holes, fitted by a multivariate normal distribution: checked, standardised, EM."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from isu_analysis.errors import StatisticsError
from isu_analysis.statistics.arguments import NO_SPREAD, Floats, vector
from isu_analysis.statistics.attrition.incomplete_normal import Moments, by_pattern, em

# Rows with both of any two variables needed per variable: this project's convention, as for all waves.
PAIRS_PER_VARIABLE = 2


class NormalFit(NamedTuple):
    """Maximum likelihood moments of rows with holes, in standard deviations of each variable."""

    rows: Floats  # shape (n, k), standardised, NaN = missing; rows without any value left out
    moments: Moments | None
    centre: Floats  # shape (k,), raw units
    scale: Floats  # shape (k,), raw units
    reason: str  # "", "too_few_pairs", "singular" or "not_converged"


def number_matrix(values: ArrayLike, name: str, fewest: int = 2) -> Floats:
    """Return a two-dimensional array or frame as floats, every kind of missing value as NaN.

    Parameters
    ----------
    values : array_like or DataFrame, shape (n, k)
        Numbers; missing allowed.
    name : str
        The argument's name, for the message.
    fewest : int
        Fewest columns allowed.

    Returns
    -------
    ndarray of float, shape (n, k)

    Raises
    ------
    StatisticsError
        If the values are not two-dimensional with enough columns, not numbers, or infinite.
    """
    refusal = f"Argumentet {name}: ska ha en rad per person och minst {fewest} kolumner."
    try:
        frame = pd.DataFrame(values if isinstance(values, pd.DataFrame) else np.asarray(values))
    except ValueError:
        raise StatisticsError(refusal) from None
    if np.ndim(values) != 2 or frame.shape[1] < fewest:
        raise StatisticsError(refusal)
    return np.column_stack([vector(frame.iloc[:, j], name) for j in range(frame.shape[1])])


def fit_normal(values: Floats) -> NormalFit:
    """Fit a multivariate normal distribution by EM to rows with holes.

    Parameters
    ----------
    values : ndarray, shape (n, k)
        From `number_matrix`.

    Returns
    -------
    NormalFit
        Without moments when some two variables share fewer than 2 k rows ("too_few_pairs"), a variable
        does not vary or repeats others ("singular"), or EM did not end ("not_converged").
    """
    rows = values[~np.isnan(values).all(axis=1)]
    k = rows.shape[1]
    unknown = np.full(k, np.nan)
    seen = (~np.isnan(rows)).astype(int)
    if (seen.T @ seen).min() < PAIRS_PER_VARIABLE * k:
        return NormalFit(rows, None, unknown, unknown, "too_few_pairs")
    centre, scale = np.nanmean(rows, axis=0), np.nanstd(rows, axis=0)
    if (scale <= NO_SPREAD * np.nanmax(np.abs(rows), axis=0)).any():
        return NormalFit(rows, None, unknown, unknown, "singular")
    standardised = (rows - centre) / scale
    moments, reason = em(by_pattern(standardised, ~np.isnan(standardised)), k)
    return NormalFit(standardised, None if reason else moments, centre, scale, reason)
