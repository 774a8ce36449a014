"""Series measured session by session: from the first to the last score, by how the series ended."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from isu_analysis.errors import StatisticsError
from isu_analysis.statistics.arguments import Floats, check_level, same_rows, vector
from isu_analysis.statistics.clusters import cluster_codes
from isu_analysis.statistics.means import mean
from isu_analysis.statistics.results import one_row
from isu_analysis.statistics.trajectories.occasions import Occasions, long_form, person_codes

PLANNED, UNPLANNED, UNKNOWN_ENDING, ALL_ENDINGS = "planned", "unplanned", "unknown", "all"
ENDINGS = (PLANNED, UNPLANNED, UNKNOWN_ENDING, ALL_ENDINGS)


@dataclass(frozen=True)
class EndingGroup:
    """The change from first to last measured session of those whose series ended in one way.

    Attributes
    ----------
    ending : str
        "planned", "unplanned", "unknown" or "all".
    n : int
        People: ``n = never_measured + one_session + n_changes``.
    of : int
        People in all endings.
    never_measured : int
        People without a score on a known occasion.
    one_session : int
        People with one score: their last is their first and there is no change.
    n_changes : int
        People with two scores or more, the change's denominator.
    mean_sessions, median_sessions : float
        Measured sessions, of those measured at least once; NaN when there are fewer than two such people.
    change, change_low, change_high : float
        Mean of last - first in points, t interval (cluster-robust with clusters).
    level : float
        Confidence level.
    n_clusters : int or None
        Clusters among those with a change; None without clusters.
    reason : str
        "" when computed; "too_few_values" (fewer than two with a change), "zero_sd" (the change without an
        interval), "too_few_clusters", "one_cluster_decides".
    """

    ending: str
    n: int
    of: int
    never_measured: int
    one_session: int
    n_changes: int
    mean_sessions: float = np.nan
    median_sessions: float = np.nan
    change: float = np.nan
    change_low: float = np.nan
    change_high: float = np.nan
    level: float = 0.95
    n_clusters: int | None = None
    reason: str = ""


@dataclass(frozen=True, eq=False)
class LastMeasured:
    """First and last measured session: "last measured", which is not "the end" where a series broke off.

    Attributes
    ----------
    n_given : int
        People given.
    rows_without_score, rows_without_session : int
        Rows left out: no score; a score but no session.
    groups : tuple of EndingGroup
        Planned, unplanned, unknown, and all together.
    people : ndarray, shape (n_given,)
        Labels of the rows of the next four. Never in ``repr``, as the next four.
    ending : ndarray of str, shape (n_given,)
        "planned", "unplanned" or "unknown".
    sessions : ndarray of int, shape (n_given,)
        Measured sessions.
    first, last : ndarray, shape (n_given,)
        Scores; NaN for the never measured, equal for those measured once.
    """

    n_given: int
    rows_without_score: int
    rows_without_session: int
    groups: tuple[EndingGroup, ...]
    people: NDArray[np.object_] = field(repr=False)
    ending: NDArray[np.str_] = field(repr=False)
    sessions: NDArray[np.intp] = field(repr=False)
    first: Floats = field(repr=False)
    last: Floats = field(repr=False)

    def group(self, ending: str) -> EndingGroup:
        """Return "planned", "unplanned", "unknown" or "all"."""
        if ending not in ENDINGS:
            raise StatisticsError(f"Argumentet ending: okänt. Tillåtet: {', '.join(ENDINGS)}.")
        return self.groups[ENDINGS.index(ending)]

    def to_frame(self) -> pd.DataFrame:
        """Return one row a way of ending, in fixed order, with the fields of `EndingGroup`."""
        return pd.concat([one_row(group) for group in self.groups], ignore_index=True)


def last_measured(
    person: ArrayLike,
    session: ArrayLike,
    score: ArrayLike,
    planned_ending: ArrayLike,
    *,
    cluster: ArrayLike | None = None,
    level: float = 0.95,
) -> LastMeasured:
    """Return the change from first to last measured session, split by how the series ended.

    Parameters
    ----------
    person : array_like, shape (n_rows,)
        Labels, none missing. The order of rows does not matter.
    session : array_like, shape (n_rows,)
        Day or session number, whichever orders them; a row with a score but none is left out and counted.
    score : array_like, shape (n_rows,)
        Points; a row without is left out and counted.
    planned_ending : array_like, shape (n_rows,)
        True or 1 = as planned, False or 0 = broken off, missing = unknown; the same on all of a person's rows
        that say it.
    cluster : array_like, shape (n_rows,), optional
        What each person belongs to (worker, course group), none missing, the same on all of a person's rows.
    level : float
        Confidence level, 0-1.

    Returns
    -------
    LastMeasured

    Raises
    ------
    StatisticsError
        If lengths or indexes differ, a label is missing, a number is not finite, a person has two rows with
        one session, or a person's ending or cluster is not one.

    Notes
    -----
    Those who break off often do so at another point than those who end as planned: the groups are shown
    apart, and neither last score says where people would have been at a planned end.

    Examples
    --------
    Two series ended as planned, three broke off, one of them after a single session.

    >>> import isu_analysis as isu
    >>> person = ["a", "a", "a", "b", "b", "c", "c", "c", "d", "e", "e"]
    >>> session = [1, 2, 3, 1, 2, 1, 2, 3, 1, 1, 2]
    >>> score = [18, 14, 10, 15, 13, 20, 19, 18, 12, 16, 15]
    >>> planned = [1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0]
    >>> found = isu.last_measured(person, session, score, planned)
    >>> found.to_frame()[["ending", "n", "one_session", "n_changes", "mean_sessions", "change"]].round(2)
          ending  n  one_session  n_changes  mean_sessions  change
    0    planned  2            0          2            2.5   -5.00
    1  unplanned  3            1          2            2.0   -1.50
    2    unknown  0            0          0            NaN     NaN
    3        all  5            1          4            2.2   -3.25
    """
    check_level(level)
    occasions = long_form(person, session, score, time_name="session")
    ending = _endings(person, planned_ending)
    codes = None if cluster is None else _clusters(person, cluster)
    first, last = _ends(occasions)
    people = pd.DataFrame({"sessions": occasions.count, "change": last - first, "ending": ending})
    people["cluster"] = -1 if codes is None else codes
    empty = EndingGroup("", 0, len(people), 0, 0, 0, level=level)
    return LastMeasured(
        n_given=occasions.n_given,
        rows_without_score=occasions.rows_without_score,
        rows_without_session=occasions.rows_without_time,
        groups=tuple(_group(people, replace(empty, ending=name), codes is not None) for name in ENDINGS),
        people=occasions.people,
        ending=ending,
        sessions=occasions.count,
        first=first,
        last=last,
    )


def _endings(person: ArrayLike, planned_ending: ArrayLike) -> NDArray[np.str_]:
    same_rows(person, planned_ending, "person", "planned_ending")
    flag = vector(planned_ending, "planned_ending")
    if not np.isin(flag[~np.isnan(flag)], [0, 1]).all():
        raise StatisticsError("Argumentet planned_ending: har annat än sant och falskt. Tillåtet: sant, falskt, tomt.")
    by_person = pd.Series(flag).groupby(person_codes(person)[0])
    low, high = by_person.min().to_numpy(), by_person.max().to_numpy()
    if (low < high).any():
        raise StatisticsError("Argumentet planned_ending: skiljer sig inom en person. Tillåtet: ett avslut per person.")
    return np.select([np.isnan(low), low == 1], [UNKNOWN_ENDING, PLANNED], default=UNPLANNED)


def _clusters(person: ArrayLike, cluster: ArrayLike) -> NDArray[np.intp]:
    by_person = pd.Series(cluster_codes(cluster, person)).groupby(person_codes(person)[0])
    if (by_person.nunique() > 1).any():
        raise StatisticsError("Argumentet cluster: skiljer sig inom en person. Tillåtet: en grupp per person.")
    clusters: NDArray[np.intp] = by_person.first().to_numpy()
    return clusters


def _ends(occasions: Occasions) -> tuple[Floats, Floats]:
    """Return each person's first and last score; the measurements are sorted by person and session."""
    measured, first = np.unique(occasions.person, return_index=True)
    last = first + occasions.count[measured] - 1
    ends = np.full((2, occasions.n_given), np.nan)
    ends[0, measured], ends[1, measured] = occasions.score[first], occasions.score[last]
    return ends[0], ends[1]


def _group(people: pd.DataFrame, group: EndingGroup, clustered: bool) -> EndingGroup:
    own = people if group.ending == ALL_ENDINGS else people[people["ending"] == group.ending]
    sessions = own["sessions"].to_numpy()
    several = own[sessions >= 2]
    change = mean(several["change"], cluster=several["cluster"] if clustered else None, level=group.level)
    counted = replace(
        group,
        n=len(own),
        never_measured=int((sessions == 0).sum()),
        one_session=int((sessions == 1).sum()),
        n_changes=len(several),
        change=change.mean,
        change_low=change.low,
        change_high=change.high,
        n_clusters=change.n_clusters,
        reason=change.reason,
    )
    measured = sessions[sessions > 0]
    if measured.size < 2:  # one person's number of sessions is that person's
        return counted
    return replace(counted, mean_sessions=float(measured.mean()), median_sessions=float(np.median(measured)))
