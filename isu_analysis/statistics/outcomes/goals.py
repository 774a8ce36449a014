"""Goal attainment scaling: the T-score, always beside the plain share of goals reached."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from isu_analysis.errors import StatisticsError
from isu_analysis.statistics.arguments import Floats, check_level, same_rows, vector
from isu_analysis.statistics.clusters import cluster_codes
from isu_analysis.statistics.means import Mean, mean
from isu_analysis.statistics.proportions.observed import ObservedShare, share_of

# Expected correlation between a person's goals: Kiresuk & Sherman (1968).
RHO = 0.3
LOWEST, EXPECTED, HIGHEST = -2, 0, 2


@dataclass(frozen=True, eq=False)
class GoalAttainment:
    """How far people's goals were reached.

    Attributes
    ----------
    n_goals, n_rated : int
        Goals given, and those with a score.
    n_people, n_people_rated : int
        People given, and those with at least one rated goal.
    goals_per_person : float
        Mean number of goals given per person; NaN without people.
    reached_share : ObservedShare
        Goals at the expected level (0) or above, of the rated; people are the clusters.
    all_reached_share : ObservedShare
        People with every rated goal at the expected level or above, of those with a rated goal.
    t : Mean
        Mean T-score of the people; 50 when goals are reached as expected on average.
    t_scores : ndarray of float, shape (n_people_rated,)
        Each person's T-score. Rows of people: never in ``repr``.
    """

    n_goals: int
    n_rated: int
    n_people: int
    n_people_rated: int
    goals_per_person: float
    reached_share: ObservedShare
    all_reached_share: ObservedShare
    t: Mean
    t_scores: Floats = field(repr=False)

    def to_frame(self) -> pd.DataFrame:
        """Return one row a figure: statistic, n, of, value, low, high."""
        reached, everything = self.reached_share, self.all_reached_share
        rows = [
            ("goals_reached", reached.n, reached.of, *_ends(reached, "share")),
            ("people_all_reached", everything.n, everything.of, *_ends(everything, "share")),
            ("mean_t", self.t.n, self.n_people, *_ends(self.t, "mean")),
        ]
        return pd.DataFrame(rows, columns=["statistic", "n", "of", "value", "low", "high"])


def goal_attainment(
    person: ArrayLike,
    score: ArrayLike,
    weight: ArrayLike | None = None,
    *,
    rho: float = RHO,
    level: float = 0.95,
) -> GoalAttainment:
    """Return how far goals were reached, by goal and by person.

    Parameters
    ----------
    person : array_like, shape (n_goals,)
        Whose goal, none missing.
    score : array_like, shape (n_goals,)
        -2 (much less than expected), -1, 0 (as expected), 1, 2 (much more); missing = not rated.
    weight : array_like, shape (n_goals,), optional
        How much the goal matters, above 0; all alike when left out.
    rho : float
        Expected correlation between a person's goals, from 0 to below 1.
    level : float
        Confidence level, 0-1.

    Returns
    -------
    GoalAttainment

    Raises
    ------
    StatisticsError
        If lengths or indexes differ, a person is missing, a score is not one of the five, a weight is missing or
        not above 0, or rho is out of range.

    Notes
    -----
    ``T = 50 + 10 sum(w x) / sqrt((1 - rho) sum(w^2) + rho (sum w)^2)`` over a person's rated goals (Kiresuk &
    Sherman 1968, Community Ment Health J 4:443; from memory, not verified). T mixes easy and hard goals and is
    set by those who set the goals: show the share of goals reached beside it.

    Examples
    --------
    A person with three goals, each one step above the expected, has T = 50 + 10 x 3 / sqrt(0.7 x 3 + 0.3 x 9) = 63.69.

    >>> from isu_analysis import statistics as st
    >>> people = ["a", "a", "a", "b", "b", "c", "c", "d"]
    >>> found = st.goal_attainment(people, [1, 1, 1, 0, -1, 0, 0, None])
    >>> found.t_scores.round(2)
    array([63.69, 43.8 , 50.  ])
    >>> found.reached_share.n, found.reached_share.of, found.all_reached_share.n, found.all_reached_share.of
    (6, 7, 2, 3)
    """
    check_level(level)
    if not 0 <= rho < 1:
        raise StatisticsError("Argumentet rho: ska vara från 0 till under 1.")
    who = cluster_codes(person, score, "person")
    x = vector(score, "score")
    rated = ~np.isnan(x)
    if not np.isin(x[rated], np.arange(LOWEST, HIGHEST + 1)).all():
        raise StatisticsError("Argumentet score: har okända värden. Tillåtet: -2, -1, 0, 1, 2 eller tomt.")
    w = _weights(weight, score)
    t_scores = _t_scores(who[rated], x[rated], w[rated], rho)
    reached = x[rated] >= EXPECTED
    n_people = int(np.unique(who).size)
    return GoalAttainment(
        n_goals=x.size,
        n_rated=int(rated.sum()),
        n_people=n_people,
        n_people_rated=t_scores.size,
        goals_per_person=x.size / n_people if n_people else np.nan,
        reached_share=share_of(reached, cluster=who[rated], level=level),
        all_reached_share=share_of(pd.Series(reached).groupby(who[rated]).all().to_numpy(), level=level),
        t=mean(t_scores, level=level),
        t_scores=t_scores,
    )


def _weights(weight: ArrayLike | None, score: ArrayLike) -> Floats:
    if weight is None:
        return np.ones(len(score))  # type: ignore[arg-type]
    same_rows(score, weight, "score", "weight")
    weights = vector(weight, "weight")
    if not (weights > 0).all():
        raise StatisticsError("Argumentet weight: har värden som saknas eller inte är större än 0.")
    return weights


def _t_scores(who: np.ndarray, x: Floats, w: Floats, rho: float) -> Floats:
    goals = pd.DataFrame({"reached": w * x, "weight": w, "square": w**2}).groupby(who).sum()
    scale = np.sqrt((1 - rho) * goals["square"] + rho * goals["weight"] ** 2)
    scores: Floats = (50 + 10 * goals["reached"] / scale).to_numpy()
    return scores


def _ends(found: ObservedShare | Mean, middle: str) -> tuple[float, float, float]:
    return getattr(found, middle), found.low, found.high
