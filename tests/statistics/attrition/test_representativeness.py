"""R-indicator and balance: hand arithmetic, R^2 by statsmodels, edges. R's values: test_dropout_model."""

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from isu_analysis.errors import StatisticsError
from isu_analysis.statistics.attrition.representativeness import balance_indicator, representativeness


def test_r_indicator_by_hand():
    """Chances .2, .4, .6, .8: mean .5, variance (.09 + .01 + .01 + .09)/3 = 1/15."""
    e = representativeness([0.2, 0.4, 0.6, 0.8])
    assert_allclose(e.mean_probability, 0.5)
    assert_allclose(e.sd_probability, np.sqrt(1 / 15))
    assert_allclose(e.r_indicator, 1 - 2 * np.sqrt(1 / 15))
    assert_allclose(e.largest_standardised_bias, 2 * np.sqrt(1 / 15))
    assert (e.n, e.reason) == (4, "")


def test_the_same_chance_for_everyone_is_fully_representative():
    e = representativeness([0.3] * 7)
    assert_allclose([e.r_indicator, e.largest_standardised_bias], [1, 0], atol=1e-12)


def test_no_variable_is_further_from_everyone_than_the_largest_bias(rng):
    """The bound itself: the expected bias of a variable is its covariance with the chance over the mean chance."""
    chance = rng.uniform(0.1, 0.9, 200)
    e = representativeness(chance)
    for _ in range(50):
        variable = rng.normal(size=200) + rng.normal() * chance
        bias = np.average(variable, weights=chance) - variable.mean()
        assert abs(bias) / variable.std(ddof=1) <= e.largest_standardised_bias
    full = np.average(chance, weights=chance) - chance.mean()
    assert_allclose(full / chance.std(ddof=0), e.largest_standardised_bias * np.sqrt(199 / 200))


@pytest.mark.parametrize(
    ("chances", "reason"), [([], "too_few_people"), ([0.5], "too_few_people"), ([0, 0], "nobody_kept")]
)
def test_too_few_or_nobody(chances, reason):
    e = representativeness(chances)
    assert e.reason == reason and np.isnan(e.largest_standardised_bias)


@pytest.mark.parametrize("bad", [[0.5, None], [0.5, 1.1], [-0.1, 0.5], [0.5, np.inf], ["a", "b"]])
def test_what_is_no_chance_is_refused(bad):
    with pytest.raises(StatisticsError, match="kept_probability"):
        representativeness(bad)


def test_imbalance_is_r2_of_a_linear_regression(rng):
    frame = pd.DataFrame({"age": rng.normal(40, 9, 80), "area": rng.choice(list("abc"), 80)})
    kept = rng.random(80) < np.where(frame.area == "a", 0.8, 0.4)
    dummies = pd.get_dummies(frame.area, drop_first=True).astype(float)
    r2 = sm.OLS(kept.astype(float), sm.add_constant(pd.concat([frame.age, dummies], axis=1))).fit().rsquared
    e = balance_indicator(frame, kept)
    share = kept.mean()
    assert_allclose(e.imbalance, r2 * share * (1 - share), rtol=1e-9)
    assert_allclose(e.balance, 1 - np.sqrt(r2), rtol=1e-9)
    assert (e.n, e.n_kept, e.reason) == (80, kept.sum(), "")


def test_perfect_prediction_and_perfect_balance():
    kept = np.array([True, True, False, False])
    assert_allclose(balance_indicator(pd.DataFrame({"x": [1, 1, 0, 0]}), kept).balance, 0, atol=1e-7)
    assert_allclose(balance_indicator(pd.DataFrame({"x": [1, 2, 1, 2]}), kept).balance, 1, atol=1e-7)


@settings(max_examples=15)
@given(
    st.lists(st.tuples(st.integers(0, 9), st.booleans()), min_size=6, max_size=30),
    st.floats(0.01, 100),
    st.floats(-1e3, 1e3),
)
def test_balance_does_not_depend_on_the_unit_nor_on_who_is_called_kept(people, scale, shift):
    x, kept = np.array([p[0] for p in people], dtype=float), np.array([p[1] for p in people])
    one = balance_indicator(pd.DataFrame({"x": x}), kept)
    moved = balance_indicator(pd.DataFrame({"x": shift + scale * x}), kept)
    turned = balance_indicator(pd.DataFrame({"x": x}), ~kept)
    assert_allclose([moved.balance, turned.balance], [one.balance] * 2, atol=1e-6)


@pytest.mark.parametrize(
    ("frame", "kept", "reason"),
    [
        ({"x": [1, 2, 3]}, [True, True, True], "nobody_lost"),
        ({"x": [1, 2, 3]}, [False, False, False], "nobody_kept"),
        ({"x": [1, 1, 1]}, [True, False, True], "singular"),
        ({"x": ["a", "a", "a"]}, [True, False, True], "singular"),
        ({"x": [1, 2, 4], "y": [2, 4, 8]}, [True, False, True], "singular"),
    ],
)
def test_what_cannot_be_computed(frame, kept, reason):
    e = balance_indicator(pd.DataFrame(frame), kept)
    assert e.reason == reason and np.isnan([e.balance, e.imbalance]).all()
    assert e.to_frame().reason[0] == reason


def test_bad_backgrounds_are_refused():
    for frame in ({"x": [1.0, None]}, {"x": pd.to_datetime(["2024-01-01", "2024-01-02"])}, {"x": [1, np.inf]}):
        with pytest.raises(StatisticsError, match="background"):
            balance_indicator(pd.DataFrame(frame), [True, False])
    with pytest.raises(StatisticsError, match="inga kolumner"):
        balance_indicator(pd.DataFrame(index=[0, 1]), [True, False])
    with pytest.raises(StatisticsError, match="tabell"):
        balance_indicator([1, 2], [True, False])
    with pytest.raises(StatisticsError, match="kept"):
        balance_indicator(pd.DataFrame({"x": [1, 2]}), [1, 0])
    with pytest.raises(StatisticsError, match="lika många"):
        balance_indicator(pd.DataFrame({"x": [1, 2]}), [True])
