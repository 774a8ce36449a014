"""Goals: T-scores by hand and by definition, the share beside, and people as clusters."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from isu_analysis.errors import StatisticsError
from isu_analysis.statistics.outcomes.goals import goal_attainment


def test_by_hand():
    """Three goals of one person: 10 (1 + 0 - 1) = 0; two goals at +1: 50 + 20 / sqrt(.7 * 2 + .3 * 4) = 62.40."""
    found = goal_attainment(["a", "a", "a", "b", "b", "c"], [1, 0, -1, 1, 1, None])
    assert_allclose(found.t_scores, [50, 50 + 20 / np.sqrt(2.6)])
    assert found.t_scores[1] == pytest.approx(62.403, abs=1e-3)
    assert (found.n_goals, found.n_rated, found.n_people, found.n_people_rated) == (6, 5, 3, 2)
    assert found.goals_per_person == 2
    assert (found.reached_share.n, found.reached_share.of) == (4, 5)
    assert (found.all_reached_share.n, found.all_reached_share.of) == (1, 2)
    assert found.t.mean == pytest.approx(found.t_scores.mean())
    assert found.to_frame()["statistic"].tolist() == ["goals_reached", "people_all_reached", "mean_t"]
    assert found.to_frame()["of"].tolist() == [5, 2, 3]


def test_weights_by_hand():
    found = goal_attainment(["a", "a"], [2, -1], weight=[3, 1])
    assert found.t_scores[0] == pytest.approx(50 + 10 * 5 / np.sqrt(0.7 * 10 + 0.3 * 16))


def test_standardised_when_goals_correlate_as_expected(rng):
    """With scores of mean 0, SD 1 and correlation rho, T has mean 50 and SD 10: the reason for the formula."""
    people, goals = 4_000, 4
    common = rng.normal(size=people)[:, None]
    scores = np.sqrt(0.3) * common + np.sqrt(0.7) * rng.normal(size=(people, goals))
    rounded = np.clip(np.round(scores), -2, 2)
    found = goal_attainment(np.repeat(np.arange(people), goals), rounded.ravel())
    assert found.t.mean == pytest.approx(50, abs=0.6)
    assert found.t_scores.std() == pytest.approx(10, rel=0.06)


@given(st.lists(st.integers(-2, 2), min_size=1, max_size=6), st.floats(0.5, 4))
def test_equal_weights_of_any_size_are_no_weights(scores, weight):
    person = ["a"] * len(scores)
    plain, weighted = goal_attainment(person, scores), goal_attainment(person, scores, [weight] * len(scores))
    assert_allclose(plain.t_scores, weighted.t_scores)
    mirrored = goal_attainment(person, [-score for score in scores])
    assert_allclose(plain.t_scores - 50, 50 - mirrored.t_scores, atol=1e-9)


def test_people_are_the_clusters_of_goals():
    person = np.repeat(np.arange(10), 5)
    score = np.where(person < 5, 1, -1)
    found = goal_attainment(person, score)
    assert found.reached_share.n_clusters == 10
    assert found.reached_share.effective_n == pytest.approx(9.0, rel=0.01)
    assert found.all_reached_share.n_clusters is None


def test_no_person_in_repr():
    assert "t_scores" not in repr(goal_attainment(["a", "b"], [1, 2]))


def test_nobody_and_nothing_rated():
    assert goal_attainment([], []).reached_share.reason == "nobody"
    unrated = goal_attainment(["a"], [None])
    assert (unrated.n_people_rated, unrated.t.reason) == (0, "too_few_values")


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        ({"person": ["a"], "score": [3]}, "score"),
        ({"person": ["a"], "score": [0.5]}, "score"),
        ({"person": [None], "score": [1]}, "person"),
        ({"person": ["a", "b"], "score": [1]}, "person"),
        ({"person": ["a"], "score": [1], "weight": [0]}, "weight"),
        ({"person": ["a"], "score": [1], "weight": [None]}, "weight"),
        ({"person": ["a"], "score": [1], "rho": 1.0}, "rho"),
        ({"person": ["a"], "score": [1], "rho": -0.1}, "rho"),
    ],
)
def test_wrong_input_is_refused(arguments, named):
    with pytest.raises(StatisticsError, match=named):
        goal_attainment(**arguments)
