"""Cramer's V: R's effectsize, scipy, hand arithmetic and what chance alone gives."""

import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy import stats
from scipy.stats.contingency import association as scipy_association

from isu_analysis.errors import StatisticsError
from isu_analysis.statistics.effect_sizes.association import association


def test_every_table_equals_effectsize(oracle):
    cases = oracle("effects_attrition/expected_binary_ordinal.json")["rxc"]
    assert len(cases) == 1
    for case in cases:
        found = association(case["table"])
        assert_allclose([found.v, found.v_low, found.v_high], list(case["cramers_v"].values()), atol=1e-6)
        ours = [found.v_corrected, found.v_corrected_low, found.v_corrected_high]
        assert_allclose(ours, list(case["cramers_v_adj"].values()), atol=1e-6)
        assert_allclose([found.chi2, found.df, found.p], [case["chi2"], case["df"], case["p"]], rtol=1e-9)
        assert found.v == pytest.approx(case["statpsych_ci_cramer"]["Estimate"], abs=5e-4)


def test_scipy_agrees_and_the_table_may_lie_on_its_side(rng):
    table = rng.integers(1, 30, (3, 4))
    found, turned = association(table), association(table.T)
    assert found.v == pytest.approx(scipy_association(table, method="cramer"))
    assert_allclose([found.v_low, found.v_corrected_high], [turned.v_low, turned.v_corrected_high])


def test_two_by_two_is_phi():
    found = association([[30, 10], [15, 25]])
    assert found.v == pytest.approx((30 * 25 - 10 * 15) / np.sqrt(40 * 40 * 45 * 35))
    # phi2 = 0.142857..., less 1/79, over 1 - 1/79
    assert found.v_corrected == pytest.approx(np.sqrt((found.v**2 - 1 / 79) / (1 - 1 / 79)))


def test_the_limits_are_where_chance_would_just_give_the_table():
    found = association([[30, 10, 5], [15, 25, 20]])
    for end, tail in ((found.v_low, 0.975), (found.v_high, 0.025)):
        assert stats.ncx2.cdf(found.chi2, found.df, end**2 * found.n) == pytest.approx(tail)


def test_chance_alone_gives_v_but_not_the_corrected(rng):
    tables = [rng.multinomial(60, np.full(12, 1 / 12)).reshape(3, 4) for _ in range(400)]
    found = [association(table) for table in tables]
    assert np.mean([each.v for each in found]) > 0.2
    assert np.mean([each.v_corrected for each in found]) < 0.1


def test_perfect_and_absent():
    assert association([[10, 0], [0, 10]]).v == pytest.approx(1.0)
    assert association([[10, 0], [0, 10]]).v_high <= 1.0
    none = association([[5, 5], [5, 5]])
    assert (none.v, none.v_low, none.v_corrected, none.p) == (0.0, 0.0, 0.0, 1.0)


@pytest.mark.parametrize("table", [[[0, 0], [0, 0]], [[3, 4], [0, 0]], [[3, 0], [1, 0]], [[5]], [[1, 2]]])
def test_one_row_or_column_has_no_association(table):
    found = association(table)
    assert found.reason == "too_few_levels"
    assert np.isnan([found.v, found.v_corrected_high, found.p]).all()


def test_empty_rows_are_left_out():
    assert association([[3, 4], [0, 0], [6, 2]]).v == association([[3, 4], [6, 2]]).v


@pytest.mark.parametrize(
    "table", [[1, 2], [[1, -1], [2, 3]], [[1.5, 1], [2, 3]], [["a", 1], [1, 2]], [[np.nan, 1], [1, 1]]]
)
def test_what_is_no_table_of_counts_is_refused(table):
    with pytest.raises(StatisticsError, match="table"):
        association(table)
