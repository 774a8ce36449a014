"""Rounding is no change, one person's score is not printed, and what is of the wrong kind is refused by name.

Expected values by hand: equal scores are equal however they were added up (0.1 + 0.2 against 0.3).
"""

import math
import warnings

import numpy as np
import pandas as pd
import pytest

from isu_analysis.errors import StatisticsError
from isu_analysis.statistics.individual_change.anchor_thresholds import roc_threshold
from isu_analysis.statistics.individual_change.categorise import categorise
from isu_analysis.statistics.individual_change.chance import expected_by_chance, expected_if_nobody_changed
from isu_analysis.statistics.individual_change.criteria import jacobson_truax_criterion, published_criterion
from isu_analysis.statistics.individual_change.methods import change_index, smallest_changes
from isu_analysis.statistics.individual_change.percentage import percentage_change
from isu_analysis.statistics.individual_change.references import control_sample, reference_sample
from isu_analysis.statistics.individual_change.regression import regression_index
from isu_analysis.statistics.individual_change.regression_to_the_mean import (
    own_start,
    reference_population,
    regression_to_the_mean,
)
from isu_analysis.statistics.individual_change.rules import METHODS
from isu_analysis.statistics.individual_change.sensitivity import method_agreement, sensitivity_grid
from isu_analysis.statistics.individual_change.several_measures import several_measures
from isu_analysis.statistics.individual_change.unchanged_people import SecondScores

UP = {"higher_is_better": True}
CRITERION = published_criterion(5, "manual")
JT = jacobson_truax_criterion(5, 0.8, sd_source="manual", reliability_source="manual", reliability_type="retest")
NORM = reference_population("norm", 10, 5)
SAMPLE = reference_sample(source="manual", sd_pre=5, reliability_pre=0.8)
PAIR = ([20.0, 21], [18.0, 16])


@pytest.mark.parametrize("values", [["1.2", "anna"], ["12", "13"], [1, "hemlig"], [[1, 2], [3]]])
def test_texts_are_no_index_and_are_not_repeated(values):
    for refuse, name in ((lambda: categorise(values, 1.96), "index"), (lambda: CRITERION.counts(values), "gain")):
        with pytest.raises(StatisticsError, match=f"Argumentet {name}") as error:
            refuse()
        assert "anna" not in str(error.value).replace("annan", "").replace("annat", "")
        assert "hemlig" not in str(error.value) and error.value.__cause__ is None


def test_missing_and_infinite_are_allowed_in_an_index():
    found = categorise([pd.NA, np.inf, -np.inf, 0, None], 1.96)
    assert found.categories.tolist() == ["not_paired", "improved", "deteriorated", "unchanged", "not_paired"]
    nullable = categorise(pd.Series([pd.NA, 3, -3], dtype="Int64", index=[4, 5, 6]), 1.96)
    assert nullable.categories.tolist() == ["not_paired", "improved", "deteriorated"]


def test_gains_of_every_shape_count():
    assert CRITERION.counts([4, 5, None, np.inf]).tolist() == [False, True, False, True]
    assert CRITERION.counts(np.array([[4, 5], [6, -9]])).tolist() == [[False, True], [True, False]]
    assert bool(CRITERION.counts(5)) and not bool(CRITERION.counts(pd.NA))
    with pytest.raises(StatisticsError, match="gain"):
        CRITERION.counts("12")


def test_scores_that_differ_by_rounding_have_no_spread():
    assert math.isnan(own_start([0.3, 0.1 + 0.2, 0.3]).sd)
    assert own_start([0.3, 0.3001]).sd == pytest.approx(0.0001 / math.sqrt(2))


def test_one_persons_score_is_no_mean():
    found = regression_to_the_mean([27], NORM, reliabilities=[0.8])
    assert math.isnan(found.mean_pre) and found.reason == "too_few" and "27" not in repr(found)
    assert math.isnan(own_start([27]).mean)
    sample = control_sample([27], [20], source="waiting list")
    assert math.isnan(sample.mean_pre) and math.isnan(sample.mean_post)
    assert "27" not in repr(sample) and "20" not in repr(sample)
    two = regression_to_the_mean([27, 25], NORM, reliabilities=[0.8])
    assert (two.mean_pre, two.reason) == (26, "")


@pytest.mark.parametrize("method", ["chelune", "iverson", "temkin", "mcsweeny", "crawford_howell"])
def test_one_control_gives_no_index_but_a_reason(method):
    found = change_index(*PAIR, method, control_sample([27], [20], source="waiting list"), **UP)
    assert method in METHODS and found.reason and np.isnan(found.index).all()


def test_equal_gains_separate_nobody():
    found = roc_threshold([0.2, 0.1, 0.2, 0.1], [0.4, 0.3, 0.4, 0.3], [1, 0, 1, 0], **UP)
    assert (found.auc, found.reason) == (0.5, "no_association")
    none = roc_threshold([0, 0], [0, 0], [1, 0], **UP)
    assert (none.auc, none.reason) == (0.5, "no_association")


def test_everyone_at_the_threshold_reaches_it():
    pre, post = np.array([0.2, 0.1, 0.1, 0.3]), np.array([0.4, 0.3, 0.1, 0.3])
    for order in ([0, 1, 2, 3], [3, 1, 0, 2]):
        found = roc_threshold(pre[order], post[order], np.array([1, 1, 0, 0])[order], **UP)
        assert (found.sensitivity, found.specificity, found.auc) == (1, 1, 1)
        assert ((post - pre) >= found.threshold).tolist() == [True, True, False, False]


def test_rounding_near_the_best_value_is_no_change():
    down = {"best": 0.3, "higher_is_better": False, "response": 0.5, "worse": 0.5}
    found = percentage_change([0.1 + 0.2, 0.3], [0.3, 0.1 + 0.2], **down)
    assert found.categories.tolist() == ["unchanged", "unchanged"] and found.at_best == 2
    assert percentage_change([0.3], [0.1 + 0.2], **(down | {"best": 0.1 + 0.2})).categories.tolist() == ["unchanged"]
    with pytest.raises(StatisticsError, match="best"):
        percentage_change([0.29], [0.3], **down)


def test_people_are_not_shown():
    second = SecondScores(np.array([27.125]), np.array([13.375]), np.arange(3.0), 1.0, CRITERION, True)
    assert "27.125" not in repr(second) and "13.375" not in repr(second)


def test_kappa_has_no_limits_outside_what_it_can_be():
    five = pd.DataFrame({"one": list("aaabb"), "two": list("aabab")}).replace({"a": "improved", "b": "unchanged"})
    few = method_agreement(five).iloc[0]
    assert few.reason == "too_few" and math.isnan(few.kappa_low) and math.isnan(few.kappa_high)
    assert few.kappa == pytest.approx((0.6 - 0.52) / 0.48)
    many = method_agreement(pd.concat([five] * 20, ignore_index=True)).iloc[0]
    assert many.reason == "" and -1 <= many.kappa_low < many.kappa < many.kappa_high <= 1


FRAME = pd.DataFrame({"score": [20.0, 22, 21, 25]})
GRID = {"reliabilities": [0.8], "sds": [5.0]}
WRONG = {
    "reliabilities": lambda: sensitivity_grid(*PAIR, SAMPLE, **UP, **(GRID | {"reliabilities": 0.8})),
    "sds": lambda: sensitivity_grid(*PAIR, SAMPLE, **UP, **(GRID | {"sds": 5.0})),
    "methods": lambda: sensitivity_grid(*PAIR, SAMPLE, **UP, **GRID, methods=[None]),
    "reference": lambda: change_index(*PAIR, "jacobson_truax", 7.5, **UP),
    "reference ": lambda: sensitivity_grid(*PAIR, 7.5, **UP, **GRID),
    "reference  ": lambda: expected_if_nobody_changed([1], JT, 10, reliabilities=[0.8], scale=(0, 27), **UP),
    "method": lambda: change_index(*PAIR, ["x"], SAMPLE, **UP),
    "rule": lambda: smallest_changes([20], "jacobson_truax", **UP),
    "pre": lambda: regression_index(np.ones((4, 1)), [1] * 4, FRAME, [1] * 4, source="c", **UP),
    "control_pre": lambda: regression_index(FRAME, [1] * 4, np.ones((4, 1)), [1] * 4, source="c", **UP),
    "categories": lambda: method_agreement({"one": ["improved"], "two": ["improved"]}),
    "changes": lambda: several_measures(["improved"], rule="corc"),
    "changes ": lambda: several_measures({"one": ["improved"]}, rule="corc"),
    "references": lambda: regression_to_the_mean([20, 21], 17, reliabilities=[0.8]),
    "references ": lambda: regression_to_the_mean([20, 21], [NORM, 17], reliabilities=[0.8]),
    "n": lambda: expected_by_chance(JT, 10.5),
    "n ": lambda: expected_by_chance(JT, math.nan),
    "n  ": lambda: expected_by_chance(JT, "10"),
    "criterion": lambda: expected_by_chance(9.3, 10),
    "best": lambda: percentage_change([1], [2], best="9", higher_is_better=True, response=0.5, worse=0.5),
    "source": lambda: published_criterion(5, 7),
    "name": lambda: reference_population(7, 10),
}


@pytest.mark.parametrize("name", WRONG)
def test_the_wrong_kind_is_refused_by_name(name):
    with warnings.catch_warnings(), pytest.raises(StatisticsError, match=f"Argumentet {name.strip()}:"):
        warnings.simplefilter("error")
        WRONG[name]()
