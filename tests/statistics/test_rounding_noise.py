"""0.1 + 0.2 is not 0.3: what differs in the last binary digits is the same, in every function."""

import numpy as np
import pandas as pd
import pytest

from isu_analysis.statistics.attrition.balance import compare_lost_kept
from isu_analysis.statistics.attrition.estimates import completers_change
from isu_analysis.statistics.attrition.maximum_likelihood import ml_change_two_wave
from isu_analysis.statistics.comparison.pooling import pooled_units
from isu_analysis.statistics.effect_sizes.bootstrap import resampled_size
from isu_analysis.statistics.effect_sizes.change import effect_size
from isu_analysis.statistics.effect_sizes.difference_in_change import difference_in_change
from isu_analysis.statistics.effect_sizes.directions import directions
from isu_analysis.statistics.effect_sizes.independent import group_difference
from isu_analysis.statistics.effect_sizes.reference import reference_change
from isu_analysis.statistics.grouped.attrition import change_estimates_by
from isu_analysis.statistics.grouped.effect_sizes import effect_sizes_by
from isu_analysis.statistics.outcomes.ordinal import ordinal_change

THREE_TENTHS = 0.1 + 0.2
NOISY, EXACT = [THREE_TENTHS] * 3 + [0.3] * 3, [0.3] * 6


def test_nobody_changed():
    assert directions([THREE_TENTHS] * 6, EXACT, higher_is_better=True).same.n == 6
    found = effect_size(NOISY, EXACT)
    assert found.reason == "zero_sd"
    assert np.isnan([found.t, found.p, found.change_low]).all()
    grouped = effect_sizes_by(NOISY, EXACT, ["a"] * 6).iloc[0]
    assert np.isnan(grouped[["t", "p", "change_low"]].astype(float)).all()
    assert completers_change(NOISY, EXACT).reason == "zero_sd"
    assert reference_change(NOISY, EXACT, 1.0, source="manual").reason == "zero_sd"


def test_a_start_that_does_not_vary_still_has_a_test():
    found = effect_size([5.0] * 6, [1.0, 2, 3, 4, 5, 6])
    assert (found.reason, np.isnan(found.g_pre)) == ("zero_sd", True)
    assert np.isfinite([found.t, found.p, found.change_low]).all()


def test_groups_that_do_not_vary_have_no_standardised_difference():
    first, second = [0.3, 0.3, THREE_TENTHS, 0.3, 0.3], [0.6, 0.6, 0.6, 0.6, THREE_TENTHS + 0.3]
    assert group_difference(first, second).reason == "zero_sd"
    end = np.arange(5.0)
    assert difference_in_change(first, end, second, end**2).reason == "zero_sd"
    tied = group_difference([THREE_TENTHS] * 3 + [0.1, 0.2, 0.5], [0.3] * 3 + [0.1, 0.2, 0.5])
    assert tied.superiority == 0.5


def test_no_width_where_nothing_says_how_wide():
    still = ordinal_change(np.diag([5, 5, 5]))
    assert still.ridit == 0.5
    assert np.isnan([still.ridit_low, still.ridit_high]).all()
    alike = pooled_units([5.0, 5.0, 5.0], [1.0, 1.0, 1.0])
    assert alike.se == pytest.approx(np.sqrt(1 / 3))
    assert pooled_units([5.0, 5.0, 5.0], [1.0, 1.0, 1.0], interval="knapp_hartung").se == 0


def test_the_score_of_one_person_is_no_mean():
    grouped = change_estimates_by([10, 12, 14, 27], [9, 8, 7, np.nan], ["u"] * 4).iloc[0]
    assert np.isnan(grouped[["start_value_lost", "start_value_kept", "start_difference"]].astype(float)).all()
    row = compare_lost_kept(pd.DataFrame({"start": [10, 12, 14, 27]}), [True, True, True, False]).squeeze()
    assert np.isnan([row.value_lost, row.value_kept, row.difference]).all()


@pytest.mark.parametrize("offset", [0.0, 1e4, 1e6])
def test_one_who_decides_is_found_far_from_zero(offset):
    x, y = np.array([1.0, 5, 1, 1, 1, 1]) + offset, np.array([5.0, 0, 8, 3, np.nan, 2]) + offset
    assert ml_change_two_wave(x, y).reason == "one_person_decides"
    assert change_estimates_by(x, y, ["u"] * 6).ml_two_wave_reason.item() == "one_person_decides"


def test_no_warnings_beside_a_reason(rng):
    assert np.isfinite(group_difference([-1.0, -1, 0, 1, 1], [0.0, 0, 0, 0, 10]).g)
    even = difference_in_change([1.0, 2, 3, 4, 5], [2.0, 3, 4, 5, 6], [2.0, 3, 5, 4, 7], [3.0, 4, 6, 5, 8])
    assert even.difference == 0
    found = resampled_size([5.0] * 7 + [6.0], [5.0] * 7 + [9.0], rng, resamples=999)
    assert found.reason in {"", "not_estimable"}
