"""Checks of arguments shared by the functions: refuse, never guess, never repeat a person's value."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from isu_analysis.errors import StatisticsError

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

# Equal numbers can differ in the last binary digits: a range this small, relative to the largest, is none.
NO_SPREAD = 1e-12
NUMERIC_KINDS = {"floating", "integer", "mixed-integer-float", "boolean", "decimal", "empty"}


def vector(values: ArrayLike, name: str) -> Floats:
    """Return one-dimensional numbers as floats, every kind of missing value as NaN.

    Parameters
    ----------
    values : array_like, shape (n,)
        Numbers. ``None``, ``NaN`` and ``pandas.NA`` are missing.
    name : str
        The argument's name, for the message.

    Returns
    -------
    ndarray of float, shape (n,)

    Raises
    ------
    StatisticsError
        If the values are not one-dimensional, not numbers, or infinite.
    """
    if np.ndim(values) != 1:
        raise StatisticsError(f"Argumentet {name}: ska vara en enda kolumn (en dimension).")
    numbers = _read_only(values) if _is_plain_floats(values) else _converted(values, name)
    if np.isinf(numbers).any():
        raise StatisticsError(f"Argumentet {name}: har oändliga tal. Tillåtet: ändliga tal eller tomt.")
    return numbers


def _is_plain_floats(values: Any) -> bool:
    """Whether there is nothing to convert: exact types only, since a masked array or a subclass means more."""
    return type(values) in (np.ndarray, pd.Series) and isinstance(values.dtype, np.dtype) and values.dtype == np.float64


def _read_only(values: Any) -> Floats:
    """Return the caller's own numbers without copying them, and without letting anyone change them."""
    numbers = np.asarray(values).view()
    numbers.flags.writeable = False
    return numbers


def _converted(values: Any, name: str) -> Floats:
    column = pd.Series(values).reset_index(drop=True)
    if pd.api.types.infer_dtype(column, skipna=True) not in NUMERIC_KINDS:
        raise StatisticsError(f"Argumentet {name}: innehåller annat än tal. Tillåtet: tal eller tomt.")
    return column.to_numpy(dtype=float, na_value=np.nan)


def paired(pre: ArrayLike, post: ArrayLike) -> tuple[Floats, Floats]:
    """Return two columns of equal length as floats; two Series must also share their index."""
    same_rows(pre, post, "pre", "post")
    return vector(pre, "pre"), vector(post, "post")


def same_rows(first: Any, second: Any, first_name: str, second_name: str) -> None:
    """Refuse two arguments that do not describe the same rows in the same order."""
    if len(first) != len(second):
        raise StatisticsError(f"Argumenten {first_name} och {second_name}: ska ha lika många rader.")
    indexed = (pd.Series, pd.DataFrame)
    if isinstance(first, indexed) and isinstance(second, indexed) and not first.index.equals(second.index):
        raise StatisticsError(f"Argumenten {first_name} och {second_name}: ska ha samma index.")


def started(pre: ArrayLike, post: ArrayLike) -> tuple[Floats, Floats]:
    """Return pairs in which everyone has a start value; a missing end value means lost."""
    before, after = paired(pre, post)
    if np.isnan(before).any():
        raise StatisticsError("Argumentet pre: saknar värden. Tillåtet: bara personer med startvärde.")
    if before.size == 0:
        raise StatisticsError("Argumentet pre: är tomt. Tillåtet: minst en person med startvärde.")
    return before, after


def check_level(level: float) -> None:
    """Refuse a confidence level outside the open interval 0-1."""
    if not 0 < level < 1:
        raise StatisticsError("Argumentet level: ska vara större än 0 och mindre än 1, till exempel 0.95.")


def check_positive(number: float, name: str) -> None:
    """Refuse a number that is not finite and above zero."""
    if not (np.isfinite(number) and number > 0):
        raise StatisticsError(f"Argumentet {name}: ska vara ett tal större än 0.")


def check_reliability(reliability: float) -> None:
    """Refuse a reliability outside (0, 1]."""
    if not 0 < reliability <= 1:
        raise StatisticsError("Argumentet reliability: ska vara större än 0 och högst 1.")


def check_inside_scale(scores: Floats, scale: tuple[float, float], name: str) -> None:
    """Refuse a scale that is not (lowest, highest), and scores outside it."""
    lowest, highest = scale
    if not (np.isfinite(lowest) and np.isfinite(highest) and lowest < highest):
        raise StatisticsError("Argumentet scale: ska vara (lägsta, högsta) med lägsta mindre än högsta.")
    if ((scores < lowest) | (scores > highest)).any():
        raise StatisticsError(f"Argumentet {name}: har värden utanför skalan {lowest:g}-{highest:g}.")
