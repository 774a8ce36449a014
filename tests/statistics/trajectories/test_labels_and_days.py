"""Labels of mixed kinds, days of the wrong kind, rows that cannot clash, and lines that fit all but exactly.

Expected values by hand; the near exact lines are drawn with a known residual SD.
"""

import numpy as np
import pandas as pd
import pytest

from isu_analysis.errors import StatisticsError
from isu_analysis.statistics.trajectories.lines_likelihood import fit_lines
from isu_analysis.statistics.trajectories.matched_pairs import matched_pairs
from isu_analysis.statistics.trajectories.occasions import long_form, person_codes
from isu_analysis.statistics.trajectories.random_slopes import random_slopes
from isu_analysis.statistics.trajectories.timing import Window, within_window

START, END = Window(0, -14, 30), Window(180, 150, 240)


@pytest.mark.parametrize("labels", [[1, "1"], ["1", 1.0], [None, "a", 1], pd.Series([1, "1"], dtype="category")])
def test_a_number_and_a_text_are_not_two_people(labels):
    with pytest.raises(StatisticsError, match="Argumentet person: är av olika slag"):
        person_codes(labels)


def test_labels_of_one_kind_are_people():
    for labels in (["b", "a", "b"], [2, 1.5, 2], pd.to_datetime(["2024-02-01", "2024-01-01", "2024-02-01"])):
        assert person_codes(labels)[0].tolist() == [1, 0, 1]


def paired(**changes):
    rows = {"person": ["a", "a"], "day": [0, 180], "rater": ["self"] * 2, "mode": ["form"] * 2, "value": [20, 12]}
    return matched_pairs(**(rows | changes), start=START, end=END)


@pytest.mark.parametrize("name", ["person", "rater", "mode"])
def test_mixed_kinds_are_refused_in_pairs(name):
    with pytest.raises(StatisticsError, match=f"Argumentet {name}: är av olika slag"):
        paired(**{name: [1, "1"]})


def test_an_unknown_rater_is_of_no_kind():
    assert paired(rater=[1, None]).n_pairs == 0 and paired(rater=[1, 1.0]).n_pairs == 1


def test_rows_without_a_value_cannot_clash():
    rows = pd.DataFrame({"person": "a", "day": [0, 0, 180], "rater": "self", "mode": "form", "value": [20, np.nan, 12]})
    found = matched_pairs(*(rows[name] for name in rows), start=START, end=END)
    assert (found.n_pairs, found.rows_without_value) == (1, 1)
    with pytest.raises(StatisticsError, match="dubbletter"):
        matched_pairs(*(rows.assign(value=[20, 21, 12])[name] for name in rows), start=START, end=END)


@pytest.mark.parametrize("days", [["hemlig"], ["12"], "hemlig", [[1, 2], [3]]])
def test_days_are_numbers(days):
    with pytest.raises(StatisticsError, match="Argumentet days") as error:
        START.holds(days)
    assert "hemlig" not in str(error.value)


def test_an_unknown_day_is_outside():
    assert START.holds([pd.NA, 0, None, 31, -14]).tolist() == [False, True, False, False, True]


def test_a_window_is_a_window():
    with pytest.raises(StatisticsError, match="Argumentet window"):
        within_window([1, 2], None)
    with pytest.raises(StatisticsError, match="Argumentet window"):
        Window("a", "b", "c")
    with pytest.raises(StatisticsError, match="Argumentet end"):
        matched_pairs(["a"], [0], ["self"], ["form"], [1], start=START, end=(150, 240))


def straight(noise, seed=0, people=30):
    draw = np.random.default_rng(seed).normal
    person, time = np.repeat(np.arange(people), 4), np.tile(np.arange(4.0), people)
    return person, time, draw(20, 3, people)[person] + draw(-1, 0.5, people)[person] * time + draw(0, noise, time.size)


@pytest.mark.parametrize("seed", [0, 1, 2, 3])
@pytest.mark.parametrize("noise", [1e-5, 1e-6, 1e-7, 1e-8])
def test_near_exact_lines_have_a_right_answer_or_none(noise, seed):
    """Where the residuals drown in rounding there was a logarithm of a negative number."""
    found = random_slopes(*straight(noise, seed), higher_is_better=True)
    assert found.reason == "not_converged" or found.sd_residual == pytest.approx(noise, rel=0.3)
    assert noise < 1e-5 or found.reason == ""


def test_a_fit_shows_nobody():
    model = fit_lines(long_form(*straight(1.0)))
    for part in (model, model.pooled, model.fitted, model.fitted.solved):
        assert len(repr(part)) < 500 and "zy" not in repr(part)
    assert "array" not in "".join(repr(part) for part in (model.pooled, model.fitted, model.fitted.solved))
