"""Pooling of units: metafor's numbers for three arms and thirteen studies, statsmodels, and the edges."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose
from scipy.stats import multivariate_normal
from statsmodels.stats.meta_analysis import combine_effects

from isu_analysis.errors import StatisticsError
from isu_analysis.statistics.comparison.pooling import pooled_units

PUBLISHED = "effects_attrition/expected_published_examples.json"
CASES = {
    "reml": ("reml", "normal"), "fixed": ("fixed", "normal"), "dl": ("dersimonian_laird", "normal"),
    "reml_knapp_hartung": ("reml", "knapp_hartung"),
    "REML": ("reml", "normal"), "DL": ("dersimonian_laird", "normal"), "PM": ("paule_mandel", "normal"),
    "kh": ("reml", "knapp_hartung"),
}  # fmt: skip


def compared(block, y, v):
    """Hold every pooling of a block of expected values against ours; return how many there were."""
    cases = [name for name in CASES if name in block]
    for name in cases:
        method, interval = CASES[name]
        # metafor stops its search when tau2 moves less than 1e-5: here .1 % of it. Ours is the root (next test).
        within = 3e-3 if method == "paule_mandel" else 1e-4
        found, expected = pooled_units(y, v, method=method, interval=interval), block[name]
        names = {"estimate": "est", "se": "se", "low": "lo", "high": "hi", "tau2": "tau2", "q": "Q", "q_p": "Qp"}
        ours = [getattr(found, key) for key in names]
        assert_allclose(ours, [expected[key] for key in names.values()], rtol=within, atol=1e-8, err_msg=name)
        assert found.i2 * 100 == pytest.approx(expected["I2"], rel=within), name
    return len(cases)


def test_three_arms_equal_metafor(oracle):
    block = oracle(PUBLISHED)["pooling_anorexia_units"]
    units = block["units"].values()
    assert compared(block, [unit["yi"] for unit in units], [unit["vi"] for unit in units]) == 4


def test_thirteen_studies_equal_metafor(oracle, oracle_data):
    block = oracle(PUBLISHED)["pooling_sai_units"]
    units = oracle_data("effects_attrition/expected_units_sai_t1_t2.csv").dropna(subset=["SMCRH"])
    y, v = units["SMCRH"], units["SMCRH_vi"]
    assert compared(block, y, v) == 4
    found = pooled_units(y, v, interval="normal").units
    assert_allclose(found["shrunken"], block["blup"]["pred"], rtol=1e-4)
    assert_allclose(found["shrunken_se"], block["blup"]["se"], rtol=1e-4)


def test_the_variance_between_units_solves_its_equation(rng):
    """Paule-Mandel: Cochran's Q is its degrees of freedom. REML: the likelihood is lower on either side."""
    v = rng.uniform(0.01, 0.2, 12)
    y = rng.normal(0.3, np.sqrt(v + 0.1))
    weight = 1 / (v + pooled_units(y, v, method="paule_mandel").tau2)
    middle = np.average(y, weights=weight)
    assert (weight * (y - middle) ** 2).sum() == pytest.approx(11, rel=1e-9)

    def restricted(tau2):  # the density of eleven contrasts free of the mean
        contrasts = np.eye(12)[1:] - np.eye(12)[0]
        return multivariate_normal(np.zeros(11), contrasts @ np.diag(v + tau2) @ contrasts.T).logpdf(contrasts @ y)

    top = pooled_units(y, v).tau2
    assert restricted(top) > max(restricted(top * 0.999), restricted(top * 1.001))


def test_statsmodels_agrees(rng):
    v = rng.uniform(0.01, 0.2, 12)
    y = rng.normal(0.3, np.sqrt(v + 0.1))
    for method, theirs, how in (("dersimonian_laird", "dl", {}), ("paule_mandel", "iterated", {"atol": 1e-12})):
        expected = combine_effects(y, v, method_re=theirs, **how)
        found = pooled_units(y, v, method=method)
        assert found.tau2 == pytest.approx(expected.tau2, rel=1e-6)
        assert found.estimate == pytest.approx(expected.mean_effect_re, rel=1e-6)
        assert found.se == pytest.approx(expected.sd_eff_w_re_hksj, rel=1e-6)


def test_equal_variances_by_hand():
    """Alike uncertain: the plain mean, and REML's variance is that of the figures less the sampling variance."""
    y = np.array([1.0, 3.0, 5.0])
    found = pooled_units(y, [1.0, 1.0, 1.0])
    assert found.estimate == pytest.approx(3.0)
    assert found.tau2 == pytest.approx(4.0 - 1.0)
    assert found.se == pytest.approx(2.0 / np.sqrt(3))  # Knapp-Hartung is then the t interval of the figures
    assert found.units["shrunken"].tolist() == pytest.approx([1.5, 3.0, 4.5])  # a quarter of the way: 1/(1+3)
    assert found.units["reliability"].tolist() == pytest.approx([0.75] * 3)


def test_units_that_differ_less_than_chance_have_no_variance_between_them():
    found = pooled_units([0.30, 0.31, 0.29], [0.1, 0.2, 0.1])
    assert (found.tau2, found.i2) == (0.0, 0.0)
    assert_allclose(found.units["shrunken"], found.estimate)


@given(shift=st.floats(-5, 5), scale=st.floats(0.1, 10))
def test_shift_and_scale(shift, scale):
    y, v = np.array([0.1, 0.5, 0.9, -0.2]), np.array([0.02, 0.05, 0.03, 0.04])
    plain, moved = pooled_units(y, v), pooled_units(shift + scale * y, scale**2 * v)
    assert moved.estimate == pytest.approx(shift + scale * plain.estimate, rel=1e-6, abs=1e-6)
    assert moved.se == pytest.approx(scale * plain.se, rel=1e-5)
    assert moved.tau2 == pytest.approx(scale**2 * plain.tau2, rel=1e-4)


def test_missing_units_are_counted_and_keep_their_place():
    found = pooled_units([0.1, None, 0.5], [0.02, 0.1, 0.05])
    assert (found.n_units, found.n_given) == (2, 3)
    assert found.units.index.tolist() == [0, 2]
    assert found.to_frame().shape[0] == 1


@pytest.mark.parametrize("n", [0, 1])
def test_one_unit_is_not_pooled(n):
    found = pooled_units([0.1] * n, [0.02] * n)
    assert found.reason == "too_few_units"
    assert np.isnan(found.estimate)


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        ({"estimates": [1.0, 2.0], "variances": [1.0]}, "variances"),
        ({"estimates": [1.0, 2.0], "variances": [1.0, 0.0]}, "variances"),
        ({"estimates": [1.0, np.inf], "variances": [1.0, 1.0]}, "estimates"),
        ({"estimates": [1.0, 2.0], "variances": [1.0, 1.0], "method": "bayes"}, "method"),
        ({"estimates": [1.0, 2.0], "variances": [1.0, 1.0], "interval": "t"}, "interval"),
    ],
)
def test_wrong_input_is_refused(arguments, named):
    with pytest.raises(StatisticsError, match=named):
        pooled_units(**arguments)


def test_order_of_units_does_not_matter(rng):
    y, v = pd.Series([0.1, 0.5, 0.9, -0.2]), pd.Series([0.02, 0.05, 0.03, 0.04])
    order = rng.permutation(4)
    assert pooled_units(y[order], v[order]).tau2 == pytest.approx(pooled_units(y, v).tau2)


@pytest.mark.parametrize("method", ["reml", "paule_mandel"])
def test_equally_certain_units_in_two_camps(method):
    """With one variance for all, what the squares of the units exceed it by is between them: 500/19 - 0.5."""
    found = pooled_units(np.repeat([0.0, 10.0], 10), np.full(20, 0.5), method=method)
    assert found.tau2 == pytest.approx(500 / 19 - 0.5, rel=1e-9)
    assert found.estimate == pytest.approx(5)


def test_units_that_agree_share_nothing_between_them():
    found = pooled_units([2.0, 2.0, 2.0], [0.1, 0.2, 0.3], method="fixed", interval="normal")
    assert (found.q, found.i2, found.estimate) == (0.0, 0.0, pytest.approx(2))
