"""Chance, made repeatable.

Everything is drawn from `Generator.random` alone and turned into normal values, choices and dates here: numpy
promises a fixed stream of bits from version to version, but not of its own distributions.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from statistics import NormalDist

import numpy as np
from numpy.random import PCG64, Generator
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Days = NDArray[np.datetime64]

_STANDARD = NormalDist()


def generator(seed: int, year: int) -> Generator:
    """Random numbers of one unit and year."""
    return Generator(PCG64([seed, year]))


def normal(rng: Generator, n: int, mean: float, sd: float) -> Floats:
    """Draw normal values, by inverting the distribution function."""
    return mean + sd * np.array([_STANDARD.inv_cdf(part) for part in rng.random(n)])


def whole(rng: Generator, n: int, lowest: int, highest: int) -> NDArray[np.int64]:
    """Draw whole numbers with equal chances, both ends included."""
    return lowest + (rng.random(n) * (highest - lowest + 1)).astype(np.int64)


def choose(rng: Generator, n: int, chances: Mapping[str, float]) -> list[str]:
    """Draw one of the options for each person; `chances` need not sum to one."""
    return choose_each(rng, tuple(chances), np.tile(list(chances.values()), (n, 1)))


def choose_each(rng: Generator, options: Sequence[str], chances: Floats) -> list[str]:
    """Draw one of the options for each person, whose own chances are a row of `chances`."""
    upto = chances.cumsum(axis=1)
    drawn = rng.random(len(chances)) * upto[:, -1]
    places: list[int] = (upto <= drawn[:, None]).sum(axis=1).tolist()
    return [options[place] for place in places]


def keep(rng: Generator, weights: Floats, k: int) -> Flags:
    """Flag exactly `k` people, more often those with greater weight.

    Notes
    -----
    Weighted sampling without replacement: the `k` greatest of ``u ** (1 / weight)``.

    References
    ----------
    Efraimidis and Spirakis 2006, Information Processing Letters 97:181-185.
    """
    keys = rng.random(len(weights)) ** (1 / weights)
    kept = np.zeros(len(weights), dtype=np.bool_)
    kept[np.argsort(-keys, kind="stable")[:k]] = True
    return kept


def weekdays(rng: Generator, n: int, first: dt.date, last: dt.date) -> Days:
    """Draw days between two dates; a Saturday or Sunday becomes the Monday after."""
    drawn = np.datetime64(first) + whole(rng, n, 0, (last - first).days)
    return to_weekday(drawn)


def to_weekday(days: Days) -> Days:
    """Move Saturdays and Sundays to the Monday after."""
    return np.busday_offset(days, 0, roll="forward")


def numbers(letters: str, year: int, n: int, width: int = 3) -> list[str]:
    """Case numbers such as ``UV23-014``."""
    return [f"{letters}{year % 100:02d}-{number:0{width}d}" for number in range(1, n + 1)]
