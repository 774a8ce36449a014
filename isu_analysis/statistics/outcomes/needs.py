"""Needs area by area (CAN): what became of the unmet needs, counted by area and by person."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from isu_analysis.errors import StatisticsError
from isu_analysis.statistics.arguments import Floats, check_level, same_rows, vector
from isu_analysis.statistics.clusters import cluster_codes
from isu_analysis.statistics.means import Mean, mean
from isu_analysis.statistics.proportions.observed import ObservedShare, share_of

# Camberwell Assessment of Need: a rating is a category, never a number to add.
NO_NEED, MET, UNMET, NOT_KNOWN = 0, 1, 2, 9
STATES = {NO_NEED: "no_need", MET: "met", UNMET: "unmet", NOT_KNOWN: "not_known"}


@dataclass(frozen=True, eq=False)
class NeedTransitions:
    """What became of people's needs from one occasion to the next.

    Attributes
    ----------
    n_ratings, n_people : int
        Pairs of ratings given (a person and an area), and people.
    n_known : int
        Pairs of ratings known on both occasions: the table without "not_known".
    unmet_at_start, resolved, still_unmet, lost_sight_of : int
        Areas rated unmet at the start; of them met or no need, unmet, and not known at the end.
    newly_unmet : int
        Areas met or without need at the start and unmet at the end.
    resolved_share : ObservedShare
        Resolved among those unmet at the start and known at the end; people are the clusters.
    unmet_change : Mean
        Change per person in the number of unmet needs among areas known on both occasions (fewer is better).
    table : DataFrame, shape (4, 4)
        Areas from (rows) to (columns) "no_need", "met", "unmet", "not_known".
    """

    n_ratings: int
    n_people: int
    n_known: int
    unmet_at_start: int
    resolved: int
    still_unmet: int
    lost_sight_of: int
    newly_unmet: int
    resolved_share: ObservedShare
    unmet_change: Mean
    table: pd.DataFrame

    def to_frame(self) -> pd.DataFrame:
        """Return one row a cell of the table: columns before, after, n, of (all ratings)."""
        cells = self.table.rename_axis(index="before", columns="after").stack().rename("n").reset_index()
        return cells.assign(of=self.n_ratings)


def need_transitions(
    person: ArrayLike, area: ArrayLike, before: ArrayLike, after: ArrayLike, level: float = 0.95
) -> NeedTransitions:
    """Return what became of needs rated area by area on two occasions, by one rater.

    Parameters
    ----------
    person, area : array_like, shape (n_ratings,)
        Whose need and in which area, none missing; every pair once.
    before, after : array_like, shape (n_ratings,)
        0 no need, 1 met, 2 unmet, 9 not known; a missing value is 9.
    level : float
        Confidence level, 0-1.

    Returns
    -------
    NeedTransitions

    Raises
    ------
    StatisticsError
        If lengths or indexes differ, a person or an area is missing, the same person and area stands twice,
        or a rating is not one of the four.

    Notes
    -----
    The ratings are never summed: from unmet to met is a need that got help, though the number of needs is the
    same. A person has many areas, so shares of areas take the person as cluster; under 8 people they have no
    interval.

    Examples
    --------
    Three people rated in two areas. Of four unmet needs two were met, one is still unmet and one is not known.

    >>> from isu_analysis import statistics as st
    >>> person, area = ["a", "a", "b", "b", "c", "c"], ["housing", "company"] * 3
    >>> found = st.need_transitions(person, area, before=[2, 2, 2, 0, 1, 2], after=[1, 2, 1, 0, 1, 9])
    >>> found.unmet_at_start, found.resolved, found.still_unmet, found.lost_sight_of
    (4, 2, 1, 1)
    >>> found.table
               no_need  met  unmet  not_known
    no_need          1    0      0          0
    met              0    1      0          0
    unmet            0    2      1          1
    not_known        0    0      0          0
    """
    check_level(level)
    who, what = cluster_codes(person, before, "person"), cluster_codes(area, before, "area")
    same_rows(before, after, "before", "after")
    if pd.DataFrame({"person": who, "area": what}).duplicated().any():
        raise StatisticsError(
            "Argumenten person och area: samma person och område står flera gånger. Tillåtet: en gång."
        )
    start, end = _ratings(before, "before"), _ratings(after, "after")
    unmet, known_end = start == UNMET, end != NOT_KNOWN
    known = known_end & (start != NOT_KNOWN)
    asked = unmet & known_end
    return NeedTransitions(
        n_ratings=start.size,
        n_people=int(np.unique(who).size),
        n_known=int(known.sum()),
        unmet_at_start=int(unmet.sum()),
        resolved=int((asked & (end != UNMET)).sum()),
        still_unmet=int((asked & (end == UNMET)).sum()),
        lost_sight_of=int((unmet & ~known_end).sum()),
        newly_unmet=int((known & ~unmet & (end == UNMET)).sum()),
        resolved_share=share_of(end[asked] != UNMET, cluster=who[asked], level=level),
        unmet_change=mean(_change_per_person(who[known], start[known], end[known]), level=level),
        table=_table(start, end),
    )


def _ratings(values: ArrayLike, name: str) -> Floats:
    ratings = np.nan_to_num(vector(values, name), nan=NOT_KNOWN)
    if not np.isin(ratings, list(STATES)).all():
        raise StatisticsError(f"Argumentet {name}: har okända skattningar. Tillåtet: 0, 1, 2, 9 eller tomt.")
    return ratings


def _change_per_person(who: np.ndarray, start: Floats, end: Floats) -> Floats:
    """Return each person's unmet needs at the end less those at the start."""
    change = (end == UNMET).astype(float) - (start == UNMET)
    per_person: Floats = pd.Series(change).groupby(who).sum().to_numpy()
    return per_person


def _table(start: Floats, end: Floats) -> pd.DataFrame:
    names = list(STATES.values())
    codes = [pd.Categorical(pd.Series(ratings).map(STATES), names) for ratings in (start, end)]
    table = pd.crosstab(codes[0], codes[1], dropna=False)
    table.index, table.columns = pd.Index(names), pd.Index(names)
    return table
