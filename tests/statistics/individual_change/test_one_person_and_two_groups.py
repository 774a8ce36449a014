"""What one constant group, one start score and rows without a rater give; Welch by scipy."""

import math

import pandas as pd
import pytest
from scipy import stats

from isu_analysis.statistics.individual_change.anchors import important_mean_difference
from isu_analysis.statistics.individual_change.regression_to_the_mean import (
    reference_population,
    regression_to_the_mean,
)
from isu_analysis.statistics.trajectories.matched_pairs import matched_pairs
from isu_analysis.statistics.trajectories.timing import Window


def test_one_constant_group_still_has_an_interval():
    one, two = [5.0] * 6, [1.0, 2, 3, 4, 5, 6]
    found = important_mean_difference(one, two, improvement=1, deterioration=1, higher_is_better=True)
    welch = stats.ttest_ind(two, [4.999999, 5.000001] * 3, equal_var=False).confidence_interval(0.95)
    assert found.reason == "" and found.difference == pytest.approx(-1.5)
    assert (found.difference_low, found.difference_high) == pytest.approx((welch.low, welch.high), abs=1e-5)


def test_one_start_score_cannot_be_worked_back():
    found = regression_to_the_mean([27], reference_population("norm", 10), reliabilities=[0.8])
    assert math.isnan(found.low) and math.isnan(found.high) and found.reason == "too_few"


def test_rows_without_a_rater_cannot_clash():
    rows = pd.DataFrame(
        {"person": "a", "day": [0, 0, 0, 180], "rater": [None, None, "self", "self"], "mode": "form", "value": 9}
    )
    found = matched_pairs(*(rows[name] for name in rows), start=Window(0, -14, 30), end=Window(180, 150, 240))
    assert (found.n_pairs, found.rows_without_rater) == (1, 2)
