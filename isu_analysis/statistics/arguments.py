"""Checks of arguments shared by the functions: refuse, never guess, never repeat a person's value."""

from __future__ import annotations

from numbers import Real
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
    check_column(values, name)
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
        raise StatisticsError(
            f"Argumentet {name}: innehåller annat än tal: {not_numbers(column)}. Tillåtet: tal eller tomt."
        )
    numbers: Floats = column.to_numpy(dtype=float, na_value=np.nan)
    return numbers


def not_numbers(column: pd.Series) -> str:
    """Say what kind of thing stands in a column of numbers, and on how many rows; never the thing itself."""
    kind = pd.api.types.infer_dtype(column, skipna=True)
    if kind == "categorical":
        return "kategorier (gör om med astype)"
    if kind in ("datetime", "datetime64", "date", "timedelta", "timedelta64"):
        return "datum eller tid (räkna om till dagar)"
    texts = pd.Series([value.strip() for value in column if isinstance(value, str)], dtype=str)
    numbers = pd.to_numeric(texts.str.replace(",", "."), errors="coerce").notna()
    counts = {"tom text": (texts == "").sum(), "tal skrivna som text": numbers.sum()}
    counts["annan text"] = len(texts) - sum(counts.values())
    said = [f"{what} på {count} av {len(column)} rader" for what, count in counts.items() if count]
    return ", ".join(said) or "värden av blandade slag"


def is_measured(values: ArrayLike, name: str) -> Flags:
    """Return who has a value of any kind; refuse what only looks like one.

    Raises
    ------
    StatisticsError
        If the values are not one-dimensional, or numbers stand among texts ("not measured"), or a text is blank.
    """
    check_column(values, name)
    column = pd.Series(values).reset_index(drop=True)
    known = column.notna()
    if column.dtype == object or isinstance(column.dtype, pd.StringDtype):
        is_text = column[known].map(lambda value: isinstance(value, str)).to_numpy(dtype=bool)
        blank = [isinstance(value, str) and not value.strip() for value in column[known]]
        if any(blank) or (is_text.any() and not is_text.all()):
            raise StatisticsError(
                f"Argumentet {name}: har tom text eller text bland tal. Tillåtet: värden av ett slag, eller tomt."
            )
    measured: Flags = known.to_numpy()
    return measured


def check_column(values: object, name: str) -> None:
    """Refuse anything but one column: a single value, a text, a table, rows of different length."""
    try:
        dimensions = np.ndim(values)  # type: ignore[arg-type]
    except ValueError:
        dimensions = 0
    if dimensions != 1:
        raise StatisticsError(f"Argumentet {name}: ska vara en enda kolumn (en dimension).")


def check_kind(value: object, kind: type, name: str, made_by: str) -> None:
    """Refuse an argument that is not the kind of object a function of this wing returns."""
    if not isinstance(value, kind):
        raise StatisticsError(f"Argumentet {name}: är av fel slag. Tillåtet: {kind.__name__} från {made_by}.")


def paired(pre: ArrayLike, post: ArrayLike) -> tuple[Floats, Floats]:
    """Return two columns of equal length as floats; two Series must also share their index."""
    same_rows(pre, post, "pre", "post")
    return vector(pre, "pre"), vector(post, "post")


def same_rows(first: Any, second: Any, first_name: str, second_name: str) -> None:
    """Refuse two arguments that do not describe the same rows in the same order."""
    for values, name in ((first, first_name), (second, second_name)):
        if not hasattr(values, "__len__") or isinstance(values, str):
            raise StatisticsError(f"Argumentet {name}: ska vara en enda kolumn (en dimension).")
    if len(first) != len(second):
        raise StatisticsError(f"Argumenten {first_name} och {second_name}: ska ha lika många rader.")
    indexed = (pd.Series, pd.DataFrame)
    if isinstance(first, indexed) and isinstance(second, indexed) and not first.index.equals(second.index):
        raise StatisticsError(f"Argumenten {first_name} och {second_name}: ska ha samma index.")


def index_of(*columns: Any) -> pd.Index | None:
    """Return the index of the first column that is a Series; None if none is."""
    return next((column.index for column in columns if isinstance(column, pd.Series)), None)


def largest(*columns: Floats) -> float:
    """Return the largest absolute number of some columns; 0 without any."""
    return float(np.nanmax(np.abs(np.concatenate([[0.0], *columns]))))


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
    if not (isinstance(level, Real) and 0 < level < 1):
        raise StatisticsError("Argumentet level: ska vara större än 0 och mindre än 1, till exempel 0.95.")


def check_direction(higher_is_better: object) -> None:
    """Refuse anything but true and false for the direction of a scale: a word would silently mean true."""
    if not isinstance(higher_is_better, bool | np.bool_):
        raise StatisticsError("Argumentet higher_is_better: ska vara True eller False.")


def check_positive(number: float, name: str) -> None:
    """Refuse a number that is not finite and above zero."""
    if not (isinstance(number, Real) and np.isfinite(number) and number > 0):
        raise StatisticsError(f"Argumentet {name}: ska vara ett tal större än 0.")


def check_reliability(reliability: float) -> None:
    """Refuse a reliability outside (0, 1]."""
    if not (isinstance(reliability, Real) and 0 < reliability <= 1):
        raise StatisticsError("Argumentet reliability: ska vara större än 0 och högst 1.")


def check_inside_scale(scores: Floats, scale: tuple[float, float], name: str) -> None:
    """Refuse a scale that is not (lowest, highest), and scores outside it."""
    refusal = "Argumentet scale: ska vara (lägsta, högsta) med lägsta mindre än högsta."
    if not isinstance(scale, tuple | list) or len(scale) != 2 or not all(isinstance(end, Real) for end in scale):
        raise StatisticsError(refusal)
    lowest, highest = scale
    if not (np.isfinite(lowest) and np.isfinite(highest) and lowest < highest):
        raise StatisticsError(refusal)
    if ((scores < lowest) | (scores > highest)).any():
        raise StatisticsError(f"Argumentet {name}: har värden utanför skalan {lowest:g}-{highest:g}.")
