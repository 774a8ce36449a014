"""Moves between forms of housing: moves and people counted apart, because some people move many times."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from isu_analysis.errors import StatisticsError
from isu_analysis.statistics.arguments import NUMERIC_KINDS, not_numbers, same_rows, vector
from isu_analysis.statistics.clusters import cluster_codes
from isu_analysis.statistics.trajectories.occasions import check_one_kind

NOT_KNOWN = "not_known"
DAY_KINDS = {"datetime64", "datetime", "date"}


@dataclass(frozen=True, eq=False)
class HousingTransitions:
    """Moves, and where people stood first and last.

    Attributes
    ----------
    n_moves, n_people : int
        Rows given, and people among them.
    n_movers_of_several : int
        People with more than one move.
    most_moves : int
        Moves of the one who moved most.
    breaks : int
        Moves that do not start where the person's previous one ended: something in between was not recorded.
    moves : DataFrame, shape (k, k)
        Moves from (rows) to (columns) each form of housing; the last row and column are "not_known".
    people : DataFrame, shape (k, k)
        People from where their first move started to where their last one ended.
    """

    n_moves: int
    n_people: int
    n_movers_of_several: int
    most_moves: int
    breaks: int
    moves: pd.DataFrame = field(repr=False)
    people: pd.DataFrame = field(repr=False)

    def last_state(self) -> pd.DataFrame:
        """Return where people stood last: columns state, n, of, share; "not_known" is its own row.

        Examples
        --------
        >>> from isu_analysis import statistics as st
        >>> before, after = ["shelter", "supported", "shelter"], ["supported", "own", "supported"]
        >>> found = st.housing_transitions(["a", "a", "b"], [1, 8, 3], before, after, ["shelter", "supported", "own"])
        >>> found.last_state()
               state  n  of  share
        0    shelter  0   2    0.0
        1  supported  1   2    0.5
        2        own  1   2    0.5
        3  not_known  0   2    0.0
        """
        n = self.people.sum()
        share = n / self.n_people if self.n_people else np.nan
        return pd.DataFrame({"state": n.index, "n": n.to_numpy(), "of": self.n_people, "share": np.asarray(share)})

    def to_frame(self) -> pd.DataFrame:
        """Return one row a cell: columns counted ("moves" or "people"), before, after, n, of."""
        frames = []
        for counted, table, of in (("moves", self.moves, self.n_moves), ("people", self.people, self.n_people)):
            cells = table.rename_axis(index="before", columns="after").stack().rename("n").reset_index()
            frames.append(cells.assign(of=of, counted=counted))
        return pd.concat(frames, ignore_index=True)[["counted", "before", "after", "n", "of"]]


def housing_transitions(
    person: ArrayLike, day: ArrayLike, before: ArrayLike, after: ArrayLike, states: Sequence[str]
) -> HousingTransitions:
    """Return moves between forms of housing, by move and by person.

    Parameters
    ----------
    person : array_like, shape (n_moves,)
        Who moved, none missing.
    day : array_like of dates or numbers, shape (n_moves,)
        Dates can be texts (2024-03-01). When, none missing; it orders a person's moves. Two moves of a person on one day keep the order given.
    before, after : array_like of str, shape (n_moves,)
        From and to which form of housing; missing = not known.
    states : sequence of str
        All forms of housing; at least two, all different, none "not_known".

    Returns
    -------
    HousingTransitions

    Raises
    ------
    StatisticsError
        If lengths or indexes differ, a person or day is missing, people's labels mix texts and others, a day is
        neither a date nor a finite number, or a form of housing is not among the states.

    Examples
    --------
    Person a moved from shelter to supported housing and on to an own home: two moves, but one way.

    >>> from isu_analysis import statistics as st
    >>> person, day = ["a", "a", "b", "c"], ["2024-02-01", "2024-09-01", "2024-03-15", "2024-01-10"]
    >>> before, after = ["shelter", "supported", "shelter", "own"], ["supported", "own", "supported", "shelter"]
    >>> found = st.housing_transitions(person, day, before, after, states=["shelter", "supported", "own"])
    >>> found.people
               shelter  supported  own  not_known
    shelter          0          1    1          0
    supported        0          0    0          0
    own              1          0    0          0
    not_known        0          0    0          0
    """
    names = list(states)
    if len(names) < 2 or len(set(names)) != len(names) or NOT_KNOWN in names:
        raise StatisticsError(f"Argumentet states: ska vara minst två olika boendeformer, ingen av dem {NOT_KNOWN}.")
    who = cluster_codes(person, before, "person")
    check_one_kind(person, "person")
    same_rows(before, after, "before", "after")
    same_rows(before, day, "before", "day")
    days = _days(day)
    start, end = _states(before, names, "before"), _states(after, names, "after")
    order = np.lexsort((np.arange(who.size), days, who))
    who, start, end = who[order], start[order], end[order]
    several = who[1:] == who[:-1]
    first, last = np.r_[True, ~several][: who.size], np.r_[~several, True][: who.size]
    both_known = several & (end[:-1] < len(names)) & (start[1:] < len(names))
    counts = np.bincount(who) if who.size else np.zeros(1, dtype=int)
    return HousingTransitions(
        n_moves=who.size,
        n_people=int(first.sum()),
        n_movers_of_several=int((counts > 1).sum()),
        most_moves=int(counts.max()),
        breaks=int((both_known & (end[:-1] != start[1:])).sum()),
        moves=_table(start, end, names),
        people=_table(start[first], end[last], names),
    )


def _days(day: ArrayLike) -> np.ndarray:
    """Return each day's place in time as a whole number."""
    days = pd.Series(day).reset_index(drop=True)
    if days.isna().any():
        raise StatisticsError("Argumentet day: saknar värden. Tillåtet: en dag för varje flytt.")
    if pd.api.types.infer_dtype(days) == "string":
        # "10" sorts before "9": of texts only dates are in order, and they are read as dates.
        dates = pd.to_datetime(days, format="%Y-%m-%d", errors="coerce")
        days = days if dates.isna().any() else dates
    kind = pd.api.types.infer_dtype(days)
    if kind not in NUMERIC_KINDS | DAY_KINDS:
        raise StatisticsError(f"Argumentet day: innehåller {not_numbers(days)}. Tillåtet: tal eller datum.")
    if kind in NUMERIC_KINDS:
        days = pd.Series(vector(days, "day"))
    ranks: np.ndarray = days.rank(method="dense").to_numpy()
    return ranks


def _states(values: ArrayLike, names: list[str], name: str) -> np.ndarray:
    """Return each state's place among the names; the place after the last for what is not known."""
    column = pd.Series(values).reset_index(drop=True).astype(object)
    codes = pd.Index(names, dtype=object).get_indexer(column)
    if (codes[column.notna().to_numpy()] < 0).any():
        raise StatisticsError(f"Argumentet {name}: har okända boendeformer. Tillåtet: {', '.join(names)} eller tomt.")
    return np.where(codes < 0, len(names), codes)


def _table(start: np.ndarray, end: np.ndarray, names: list[str]) -> pd.DataFrame:
    table = np.zeros((len(names) + 1, len(names) + 1), dtype=int)
    np.add.at(table, (start, end), 1)
    labels = [*names, NOT_KNOWN]
    return pd.DataFrame(table, index=labels, columns=labels)
