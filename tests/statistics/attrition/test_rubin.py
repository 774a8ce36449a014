"""Rubin's rules: mice's pooled values on five runs, arithmetic by hand, limits that must agree."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose
from scipy import stats

from isu_analysis.errors import StatisticsError
from isu_analysis.statistics.attrition.rubin import pool_imputations

FOLDER = "effects_attrition/"


def test_pooling_equals_mice(oracle):
    compared = 0
    for run in oracle(FOLDER + "expected_attrition.json")["mi"]:
        found = pool_imputations(run["Q"], run["U"], df_complete=run["n"] - 1)
        names = {
            "estimate": "qbar", "within": "ubar", "between": "b", "se": "se", "df": "df_barnard_rubin",
            "riv": "riv", "fmi": "fmi", "share_between": "lambda", "low": "lo", "high": "hi",
        }  # fmt: skip
        for ours, theirs in names.items():
            assert getattr(found, ours) == pytest.approx(run[theirs], rel=1e-9), (run["id"], ours)
        assert found.m == run["m"] and found.reason == ""
        assert_allclose(found.monte_carlo_se, math.sqrt(run["b"] / run["m"]), rtol=1e-9)
        compared += 1
    assert compared == 5


def test_three_imputations_by_hand():
    """Estimates 1, 2, 3, variance 2 each: total 2 + 4/3 = 10/3, lambda .4, df 2/.16 = 12.5."""
    found = pool_imputations([1, 2, 3], [2, 2, 2])
    assert_allclose([found.estimate, found.se**2, found.share_between, found.df], [2, 10 / 3, 0.4, 12.5])
    assert_allclose([found.riv, found.within, found.between], [2 / 3, 2, 1])
    assert_allclose(found.high - 2, stats.t.ppf(0.975, 12.5) * math.sqrt(10 / 3))
    assert_allclose(found.low + found.high, 4)
    # Complete-data df 10: observed 11/13 * 10 * .6 = 66/13, harmonic with 12.5.
    assert_allclose(pool_imputations([1, 2, 3], [2, 2, 2], df_complete=10).df, 1 / (1 / 12.5 + 13 / 66))


def test_equal_estimates_have_the_interval_of_complete_data():
    found = pool_imputations([4, 4, 4], [1, 1, 1], df_complete=29)
    assert (found.between, found.riv, found.share_between) == (0, 0, 0)
    assert_allclose(found.df, 30 / 32 * 29)
    assert_allclose(found.se, 1)
    almost = pool_imputations([0, 0, 1e-100], [1, 1, 1], df_complete=29)
    assert_allclose(almost.df, found.df)
    endless = pool_imputations([4, 4], [1, 1])
    assert endless.df == math.inf and endless.high == pytest.approx(4 + 1.959964)


def test_what_cannot_be_pooled_says_why():
    one = pool_imputations([3.0], [1.0])
    assert (one.estimate, one.m, one.reason) == (3, 1, "too_few_imputations") and math.isnan(one.se)
    flat = pool_imputations([3.0, 4.0], [0.0, 0.0])
    assert flat.reason == "zero_variance" and flat.estimate == 3.5 and math.isnan(flat.low)
    assert (flat.within, flat.between) == (0, 0.5)


estimates = st.lists(st.tuples(st.floats(-50, 50), st.floats(0.1, 50)), min_size=2, max_size=12)


@settings(max_examples=25, deadline=None)
@given(estimates, st.floats(-9, 9), st.floats(0.1, 9), st.integers(3, 200))
def test_pooling_follows_origin_and_unit_and_ignores_order(runs, shift, scale, df):
    q, u = np.array(runs).T
    found, moved = (
        pool_imputations(q, u, df_complete=df),
        pool_imputations(shift + scale * q[::-1], scale**2 * u[::-1], df_complete=df),
    )
    assert_allclose(moved.estimate, shift + scale * found.estimate, atol=1e-8)
    assert_allclose(moved.se, scale * found.se)
    assert_allclose([moved.df, moved.fmi, moved.riv], [found.df, found.fmi, found.riv], rtol=1e-6, atol=1e-9)
    assert found.se**2 >= found.within * (1 - 1e-12) and found.df <= df


def test_level_widens_the_interval():
    assert pool_imputations([1, 2], [1, 1], level=0.99).high > pool_imputations([1, 2], [1, 1]).high


@pytest.mark.parametrize(
    ("q", "u", "df", "name"),
    [
        ([1], [1, 2], 9, "estimates och variances"),
        ([], [], 9, "estimates och variances"),
        ([np.nan, 1], [1, 1], 9, "Argumentet estimates"),
        ([1, np.inf], [1, 1], 9, "Argumentet estimates"),
        ([1, 1], [1, -1], 9, "Argumentet variances"),
        ([1, 1], [1, np.nan], 9, "Argumentet variances"),
        ([1, 1], [1, 1], 0, "Argumentet df_complete"),
        ([1, 1], [1, 1], np.nan, "Argumentet df_complete"),
    ],
)
def test_wrong_arguments_are_refused_by_name(q, u, df, name):
    with pytest.raises(StatisticsError, match=name):
        pool_imputations(q, u, df_complete=df)


def test_the_frame_has_one_row():
    assert len(pool_imputations([1, 2], [1, 1]).to_frame()) == 1
