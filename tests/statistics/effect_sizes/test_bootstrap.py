"""BCa intervals: R's boot with 20,000 resamples, the same seed the same answer, and the edges."""

import numpy as np
import pytest
from numpy.testing import assert_allclose

from isu_analysis.errors import StatisticsError
from isu_analysis.statistics.effect_sizes.bootstrap import resampled_size
from isu_analysis.statistics.effect_sizes.change import effect_size

NAMES = {"d_pre": "d_b", "d_av": "d_av", "d_z": "d_z"}


def test_limits_lie_where_rs_boot_puts_them(oracle, oracle_data, rng):
    compared = 0
    for case in oracle("effects_attrition/expected_effect_sizes.json")["cases"]:
        if "boot20000" not in case:
            continue
        data = oracle_data(f"effects_attrition/data/{case['data']}", case["filter"])
        within = 0.1 if "sleep" in case["data"] else 0.03  # resampling error; n = 18 in the sleep study
        for ours, theirs in NAMES.items():
            found = resampled_size(data[case["pre"]], data[case["post"]], rng, size=ours, resamples=4_999)
            expected = case["boot20000"][theirs]
            assert found.size == pytest.approx(expected["est"], abs=1e-9)
            assert_allclose([found.low, found.high], expected["bca"], atol=within)
            compared += 1
    assert compared >= 3


def test_change_lies_near_the_t_interval(rng):
    x = rng.normal(size=100)
    y = x + rng.normal(0.5, 1, 100)
    found, expected = resampled_size(x, y, rng, size="change"), effect_size(x, y)
    assert found.size == pytest.approx(expected.change)
    assert_allclose([found.low, found.high], [expected.change_low, expected.change_high], atol=0.02)


def test_the_same_seed_gives_the_same_interval(rng):
    x, y = rng.normal(size=(2, 30))
    found = [resampled_size(x, y, np.random.default_rng(1), resamples=999) for _ in range(2)]
    assert found[0] == found[1]
    assert found[0] != resampled_size(x, y, np.random.default_rng(2), resamples=999)


def test_missing_rows_are_counted(rng):
    x, y = rng.normal(size=(2, 30))
    y[:5] = np.nan
    found = resampled_size(x, y, rng, resamples=999)
    assert (found.n, found.n_given, found.resamples) == (25, 30, 999)


@pytest.mark.parametrize("n", [0, 1, 2, 3, 4, 7])
def test_too_few_pairs(n, rng):
    assert resampled_size(np.arange(float(n)), np.arange(float(n)) ** 2, rng).reason == "too_few_pairs"


def test_no_variation(rng):
    found = resampled_size(np.arange(10.0), np.arange(10.0) + 2, rng)
    assert (found.reason, found.resamples) == ("zero_sd", 0)
    assert np.isnan([found.size, found.low, found.high]).all()


@pytest.mark.parametrize(("name", "value"), [("size", "g"), ("resamples", 100), ("level", 0.0)])
def test_wrong_input_is_refused(name, value, rng):
    with pytest.raises(StatisticsError, match=name):
        resampled_size(np.arange(10.0), np.arange(10.0) ** 2, rng, **{name: value})
