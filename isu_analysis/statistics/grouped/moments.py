"""Sums, means and squared deviations of every group at once."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from isu_analysis.errors import StatisticsError
from isu_analysis.statistics.arguments import NO_SPREAD, Flags, Floats, same_rows

Codes = NDArray[np.intp]  # also counts of rows


@dataclass(frozen=True, eq=False)
class Groups:
    """Which group each row belongs to: whole numbers 0, 1, ... below ``n_groups``."""

    codes: Codes = field(repr=False)
    n_groups: int

    def total(self, values: Floats) -> NDArray[Any]:
        """Sum the rows of each group."""
        return np.bincount(self.codes, weights=values, minlength=self.n_groups)

    def count(self) -> Codes:
        """Count the rows of each group."""
        return np.bincount(self.codes, minlength=self.n_groups)

    def of_rows(self, numbers: Floats) -> Floats:
        """Give each row its group's number."""
        return numbers[self.codes]

    def only(self, rows: Flags) -> Groups:
        """Keep some of the rows; groups left without any remain, with no rows."""
        return Groups(self.codes[rows], self.n_groups)


def labelled(groups: ArrayLike, rows: Any, rows_name: str) -> tuple[Groups, pd.Index]:
    """Return each row's group, and the groups' labels in sorted order.

    Parameters
    ----------
    groups : array_like, shape (n,)
        One label a row, hashable and of one kind, none missing.
    rows : array_like, shape (n,)
        What the groups describe; two Series must share their index.
    rows_name : str
        The name of that argument, for the message.

    Returns
    -------
    Groups
    Index
        Named as the Series ``groups``, otherwise "group". Categories keep their own order.

    Raises
    ------
    StatisticsError
        If lengths or indexes differ, a label is missing or not hashable, or the labels have no common order.
    """
    same_rows(rows, groups, rows_name, "groups")
    try:
        column = pd.Series(groups)
        codes, labels = _counted(column) if _dense(column) else _hashed(column)
    except (TypeError, ValueError):
        raise StatisticsError(
            "Argumentet groups: går inte att ordna. Tillåtet: en kolumn med etiketter av ett slag, text eller tal."
        ) from None
    if any(isinstance(label, str) and not label.strip() for label in labels):
        raise StatisticsError("Argumentet groups: har tom text. Tillåtet: en grupp för varje rad.")
    if (codes < 0).any():
        raise StatisticsError("Argumentet groups: saknar värden. Tillåtet: en grupp för varje rad.")
    return Groups(codes, len(labels)), labels.rename("group" if column.name is None else column.name)


def _hashed(column: pd.Series) -> tuple[Codes, pd.Index]:
    """Return each row's place among the sorted labels, -1 for a missing one."""
    codes, labels = pd.factorize(column)
    order = labels.argsort()
    place = np.full(len(labels) + 1, -1)
    place[order] = np.arange(len(labels))
    return place[codes], labels[order]


def _dense(column: pd.Series) -> bool:
    """Whether the labels are whole numbers in no wider a range than there are rows."""
    plain = isinstance(column.dtype, np.dtype) and column.dtype.kind == "i" and column.size > 0
    return bool(plain and int(column.max()) - int(column.min()) < column.size)


def _counted(column: pd.Series) -> tuple[Codes, pd.Index]:
    """Do as `_hashed` for dense whole numbers, several times faster."""
    lowest = int(column.min())
    steps = column.to_numpy(dtype=np.int64) - lowest
    used = np.bincount(steps) > 0
    return (np.cumsum(used) - 1)[steps], pd.Index(np.flatnonzero(used) + lowest, dtype=column.dtype)


class Centred(NamedTuple):
    """A column by group: mean and variance (n - 1) of each group, deviation from the mean of each row.

    The mean is NaN without rows, the variance with fewer than two.
    """

    mean: Floats
    variance: Floats
    deviation: Floats


def centred(values: Floats, groups: Groups, n: Codes) -> Centred:
    """Centre each group's values, in two passes.

    Parameters
    ----------
    values : ndarray, shape (rows,)
        Without missing values.
    groups : Groups
    n : ndarray of int, shape (n_groups,)
        Rows of each group, ``groups.count()``.

    Notes
    -----
    A value of the group is subtracted before its mean is formed: figures far from zero then lose no digits, and
    equal values have a variance of exactly zero.
    """
    some_value = np.zeros(groups.n_groups)
    some_value[groups.codes] = values
    deviation = groups.of_rows(some_value)
    np.subtract(values, deviation, out=deviation)
    mean = over(groups.total(deviation), n)
    deviation -= groups.of_rows(mean)
    variance = over(groups.total(deviation**2), n - 1)
    return Centred(some_value + mean, variance, deviation)


def over(numbers: NDArray[Any], n: NDArray[Any]) -> Floats:
    """Divide by n; NaN where n is not above zero."""
    return numbers / np.where(n > 0, n, np.nan)


def varies(variance: Floats, mean: Floats) -> Flags:
    """Whether values spread by more than the last binary digits of numbers of this size."""
    return variance > (NO_SPREAD * mean) ** 2
