"""Measurements on several occasions, one row a measurement or one column a wave, brought into one form."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from isu_analysis.errors import StatisticsError
from isu_analysis.statistics.arguments import Floats, same_rows, vector

Codes = NDArray[np.intp]


def totals(codes: Codes, values: Floats, size: int) -> Floats:
    """Return the sum of the values of each code from 0 to ``size - 1``."""
    return np.bincount(codes, weights=values, minlength=size).astype(float)


@dataclass(frozen=True, eq=False)
class Occasions:
    """Measurements sorted by person and time, so that the order of the rows given changes nothing.

    Attributes
    ----------
    n_given : int
        People given, also those never measured.
    rows_without_score, rows_without_time : int
        Rows left out: no score; a score but no time.
    people : ndarray, shape (n_given,)
        Their labels, sorted. Never in ``repr``.
    person : ndarray of int, shape (n,)
        Place in ``people`` of each measurement.
    time, score : ndarray of float, shape (n,)
    """

    n_given: int
    rows_without_score: int
    rows_without_time: int
    people: NDArray[np.object_] = field(repr=False)
    person: Codes = field(repr=False)
    time: Floats = field(repr=False)
    score: Floats = field(repr=False)

    @property
    def count(self) -> NDArray[np.intp]:
        """Measurements of each person, shape (n_given,)."""
        return np.bincount(self.person, minlength=self.n_given)

    def sums(self, values: Floats) -> Floats:
        """Return the sum over each person's measurements, shape (n_given,); 0 for the never measured."""
        return totals(self.person, values, self.n_given)


def check_one_kind(labels: ArrayLike, name: str) -> None:
    """Refuse texts among other labels: 1 and "1" would silently be two people, raters or modes."""
    known = pd.Series(labels).dropna().astype(object)
    if len({isinstance(label, str) for label in known}) > 1:
        raise StatisticsError(f"Argumentet {name}: är av olika slag. Tillåtet: bara tal eller bara texter.")


def person_codes(person: ArrayLike) -> tuple[Codes, NDArray[np.object_]]:
    """Return each row's place among the sorted labels, and the labels; refuse a missing label and mixed kinds."""
    if _dimensions(person) != 1:
        raise StatisticsError("Argumentet person: ska vara en enda kolumn (en dimension).")
    check_one_kind(person, "person")
    try:
        codes, people = pd.factorize(pd.Series(person), sort=True)
    except TypeError:
        raise StatisticsError("Argumentet person: är av olika slag. Tillåtet: bara tal eller bara texter.") from None
    if (codes < 0).any():
        raise StatisticsError("Argumentet person: saknar värden. Tillåtet: en beteckning på varje rad.")
    return codes, np.asarray(people, dtype=object)


def _dimensions(values: ArrayLike) -> int:
    try:
        return int(np.ndim(values))
    except ValueError:  # rows of different lengths
        return -1


def refuse_doubles(codes: Codes, *others: NDArray[Any], names: str) -> None:
    """Refuse two rows that agree in person and all others."""
    if pd.DataFrame(dict(enumerate([codes, *others]))).duplicated().any():
        raise StatisticsError(f"Argumenten {names}: har dubbletter. Tillåtet: högst en rad för varje kombination.")


def long_form(person: ArrayLike, time: ArrayLike, score: ArrayLike, time_name: str = "time") -> Occasions:
    """Return measurements given one a row.

    Parameters
    ----------
    person : array_like, shape (n_rows,)
        Labels, none missing.
    time : array_like, shape (n_rows,)
        Numbers (days, months, session numbers); a row with a score but no time is left out and counted.
    score : array_like, shape (n_rows,)
        Points; a row without is left out and counted.
    time_name : str
        What the caller's argument is called, for messages.

    Returns
    -------
    Occasions

    Raises
    ------
    StatisticsError
        If lengths or indexes differ, a label is missing, labels are of mixed kinds, a number is not finite, or a person has two rows
        at one time.
    """
    same_rows(person, time, "person", time_name)
    same_rows(person, score, "person", "score")
    codes, people = person_codes(person)
    when, points = vector(time, time_name), vector(score, "score")
    timed = ~np.isnan(when)
    refuse_doubles(codes[timed], when[timed], names=f"person och {time_name}")
    without_score = np.isnan(points)
    used = np.flatnonzero(timed & ~without_score)
    order = used[np.lexsort((when[used], codes[used]))]
    return Occasions(
        n_given=people.size,
        rows_without_score=int(without_score.sum()),
        rows_without_time=int((~timed & ~without_score).sum()),
        people=people,
        person=codes[order],
        time=when[order],
        score=points[order],
    )


def wave_matrix(waves: ArrayLike) -> Floats:
    """Return scores with one row a person and one column a wave as floats, NaN = not measured."""
    columns = pd.DataFrame(waves) if _dimensions(waves) == 2 else pd.DataFrame()
    if columns.shape[1] < 2:
        raise StatisticsError("Argumentet waves: ska ha en rad per person och minst två kolumner (mättillfällen).")
    return np.column_stack([vector(column, "waves") for _, column in columns.items()])


def wide_form(waves: ArrayLike, times: ArrayLike) -> Occasions:
    """Return measurements given with one row a person and one column a wave.

    Parameters
    ----------
    waves : array_like, shape (n, k), k >= 2
        Points; NaN = not measured.
    times : array_like, shape (k,)
        When each wave was, all different.

    Returns
    -------
    Occasions
        ``people`` are the row numbers from 0.

    Raises
    ------
    StatisticsError
        If the scores are not a matrix of finite numbers, or the times not one different number a column.
    """
    values, when = wave_matrix(waves), vector(times, "times")
    if when.size != values.shape[1] or np.isnan(when).any() or np.unique(when).size != when.size:
        raise StatisticsError("Argumentet times: ska ha en tid för varje kolumn i waves, alla olika.")
    order = np.argsort(when)
    values, when = values[:, order], when[order]
    rows, columns = np.nonzero(~np.isnan(values))
    return Occasions(
        n_given=values.shape[0],
        rows_without_score=int(np.isnan(values).sum()),
        rows_without_time=0,
        people=np.arange(values.shape[0]).astype(object),
        person=rows,
        time=when[columns],
        score=values[rows, columns],
    )


@dataclass(frozen=True, eq=False)
class Lines:
    """A straight line by ordinary least squares through each person's measurements, shape (n_given,).

    Attributes
    ----------
    spread : ndarray
        Sum of squared distances of the person's times from their mean; 0 with fewer than two occasions.
    slope : ndarray
        Points per unit of time; NaN with fewer than two occasions.
    residual : float
        Sum over everyone of the squared distances from the lines.
    """

    spread: Floats = field(repr=False)
    slope: Floats = field(repr=False)
    residual: float


def lines(occasions: Occasions) -> Lines:
    """Return each person's own line."""
    several = np.maximum(occasions.count, 1)
    time = occasions.time - (occasions.sums(occasions.time) / several)[occasions.person]
    score = occasions.score - (occasions.sums(occasions.score) / several)[occasions.person]
    measured_twice = occasions.count >= 2
    spread = np.where(measured_twice, occasions.sums(time**2), 0.0)
    slope = np.full(occasions.n_given, np.nan)
    np.divide(occasions.sums(time * score), spread, out=slope, where=measured_twice)
    fitted = np.where(measured_twice, slope, 0.0)[occasions.person] * time
    return Lines(spread, slope, float(((score - fitted) ** 2).sum()))
