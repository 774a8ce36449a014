"""What is known of everyone, as columns of numbers that a model can use."""

from __future__ import annotations

from datetime import date, time, timedelta
from typing import NamedTuple

import numpy as np
import pandas as pd

from isu_analysis.errors import StatisticsError
from isu_analysis.statistics.arguments import NO_SPREAD, NUMERIC_KINDS, Floats, vector

# A code list such as "1", "2", "2b" is text; a column with more numbers than this is meant as numbers.
MOSTLY = 0.5
# Smallest singular value of the standardised columns over the largest: its square, which the normal equations
# see, is then 1e-12, and their solution noise.
NEARLY_SINGULAR = 1e-6
TIMES = (date, time, timedelta, np.datetime64, np.timedelta64, pd.Period)  # a Timestamp is a date


class Design(NamedTuple):
    """Columns of numbers, one row a person, with what each column stands for."""

    columns: Floats  # shape (n, p), no intercept
    variables: tuple[str, ...]
    levels: tuple[str | None, ...]  # the level an indicator stands for; None for numbers and flags


def encode(frame: pd.DataFrame, argument: str) -> Design:
    """Turn background variables into columns of numbers.

    Parameters
    ----------
    frame : DataFrame, shape (n, variables)
        Numbers stay as they are, flags become 0/1, texts and categories become indicators of all levels but
        the first (in sorted order, or that of the categories). A text that is the same for everyone becomes
        a column of zeros, so that `is_singular` sees it.
    argument : str
        The argument's name, for the message.

    Returns
    -------
    Design

    Raises
    ------
    StatisticsError
        If it is no frame, two columns share a name, or a column has missing values, dates or infinite numbers.
    """
    if not isinstance(frame, pd.DataFrame):
        raise StatisticsError(f"Argumentet {argument}: ska vara en tabell (DataFrame) med en rad per person.")
    if not frame.columns.is_unique:
        raise StatisticsError(f"Argumentet {argument}: två kolumner har samma namn. Tillåtet: olika namn.")
    parts = [_column(frame[name], argument) for name in frame.columns]
    return Design(
        np.column_stack([np.empty((len(frame), 0)), *(part.columns for part in parts)]),
        tuple(variable for part in parts for variable in part.variables),
        tuple(level for part in parts for level in part.levels),
    )


def _column(values: pd.Series, argument: str) -> Design:
    name = str(values.name)
    if values.isna().any():
        raise StatisticsError(
            f"Argumentet {argument}: kolumnen {name} saknar värden. Tillåtet: kolumner utan tomma värden."
        )
    if _is_time(values):
        raise StatisticsError(f"Argumentet {argument}: kolumnen {name} är datum eller tid. Tillåtet: tal och texter.")
    is_object_of_numbers = values.dtype == object and pd.api.types.infer_dtype(values) in NUMERIC_KINDS
    if pd.api.types.is_numeric_dtype(values) or is_object_of_numbers:
        return Design(vector(values, argument)[:, np.newaxis], (name,), (None,))
    check_not_numbers(values, argument)
    seen = values.astype("category").cat.remove_unused_categories()
    if len(seen.cat.categories) < 2:
        return Design(np.zeros((len(values), 1)), (name,), (None,))
    indicators = pd.get_dummies(seen, drop_first=True)
    levels = tuple(str(level) for level in indicators.columns)
    return Design(indicators.to_numpy(dtype=float), (name,) * len(levels), levels)


def _is_time(values: pd.Series) -> bool:
    """Return whether a column, or what its categories are, holds dates, times or periods of any kind."""
    kinds = pd.Series(values.cat.categories) if isinstance(values.dtype, pd.CategoricalDtype) else values
    if kinds.dtype == object:
        return any(isinstance(value, TIMES) for value in kinds)
    return kinds.dtype.kind in "mM" or isinstance(kinds.dtype, pd.PeriodDtype | pd.DatetimeTZDtype)


def check_not_numbers(values: pd.Series, argument: str) -> None:
    """Refuse a text column in which most texts are numbers: each number would become a level of its own."""
    texts = pd.Series([value.strip() for value in values if isinstance(value, str)], dtype=str)
    numbers = pd.to_numeric(texts.str.replace(",", "."), errors="coerce").notna()
    if len(texts) and numbers.mean() > MOSTLY:
        raise StatisticsError(
            f"Argumentet {argument}: kolumnen {values.name} är tal skrivna som text. Tillåtet: tal, eller texter."
        )


def is_singular(columns: Floats) -> bool:
    """Return whether a column does not vary, or repeats the others but for noise no computation survives."""
    centred = columns - columns.mean(axis=0)
    spread = np.sqrt((centred**2).sum(axis=0))
    if (spread <= NO_SPREAD * np.abs(columns).max(axis=0) * np.sqrt(len(columns))).any():
        return True
    if len(columns) <= columns.shape[1]:
        return True
    sizes = np.linalg.svd(centred / spread, compute_uv=False)
    return bool((sizes < NEARLY_SINGULAR * sizes.max(initial=0)).any())
