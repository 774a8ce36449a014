"""Intervals of one share: R's contingencytables and base R, scipy's own intervals, and what must hold for any counts."""

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose
from scipy import stats

from isu_analysis.errors import StatisticsError
from isu_analysis.statistics.proportions.intervals import METHODS, share_interval

# R's key, our method, tolerance: 1e-9 for closed forms, R's root finder stops earlier.
COMPARED = [
    ("wilson", "wilson", 1e-9),
    ("prop_test_nocc", "wilson", 1e-9),
    ("wilson_cc", "wilson_corrected", 1e-9),
    ("clopper_pearson", "clopper_pearson", 1e-8),
    ("binom_test", "clopper_pearson", 1e-9),
    ("clopper_pearson_midp", "clopper_pearson_midp", 1e-8),
    ("jeffreys_qbeta", "jeffreys", 1e-9),
    ("jeffreys", "jeffreys", 1e-9),
    ("agresti_coull", "plus_four", 1e-9),
    ("wald", "wald", 1e-9),
]
OUT_OF_SCOPE = {"arcsine": "leaves the observed share outside at 0 and all: 0 of 15 begins at 0.0096"}
# At 0 and all the reference's bare formula leaves the observed share outside (0 of 1 begins at 0.108); Newcombe
# (1998) and Brown et al. (2001) let the interval reach it, as scipy and R's own qbeta variant do.
REACH_THE_END = {"wilson_cc", "jeffreys"}


def counts() -> st.SearchStrategy[tuple[int, int]]:
    return st.integers(1, 500).flatmap(lambda of: st.tuples(st.integers(0, of), st.just(of)))


def test_every_interval_equals_r(oracle):
    cases = oracle("effects_attrition/expected_binary_ordinal.json")["single_proportion"]
    assert set(cases[0]) == {"x", "n", *OUT_OF_SCOPE, *(key for key, _, _ in COMPARED)}
    compared = 0
    for key, method, tolerance in COMPARED:
        low, high = share_interval([c["x"] for c in cases], [c["n"] for c in cases], method)
        for c, found_low, found_high in zip(cases, low, high, strict=True):
            at_end = key in REACH_THE_END
            expected_low = 0.0 if at_end and c["x"] == 0 else c[key]["lo"]
            expected_high = 1.0 if at_end and c["x"] == c["n"] else c[key]["hi"]
            assert_allclose(
                [found_low, found_high], [expected_low, expected_high], atol=tolerance, err_msg=str((c, key))
            )
            compared += 1
    assert compared == 10 * 18


@pytest.mark.parametrize("level", [0.5, 0.8, 0.99])
@pytest.mark.parametrize(
    ("ours", "scipys"), [("wilson", "wilson"), ("wilson_corrected", "wilsoncc"), ("clopper_pearson", "exact")]
)
def test_other_levels_equal_scipy(ours, scipys, level):
    for n, of in [(0, 9), (1, 9), (4, 9), (8, 9), (9, 9), (13, 200)]:
        expected = stats.binomtest(n, of).proportion_ci(level, method=scipys)
        assert_allclose(share_interval(n, of, ours, level), expected, atol=1e-12)


def test_mid_p_leaves_the_same_half_in_each_tail():
    for level in (0.8, 0.95):
        low, high = share_interval(4, 11, "clopper_pearson_midp", level)
        above = stats.binom.sf(4, 11, low) + stats.binom.pmf(4, 11, low) / 2
        below = stats.binom.cdf(3, 11, high) + stats.binom.pmf(4, 11, high) / 2
        assert_allclose([above, below], (1 - level) / 2, atol=1e-12)


def test_mid_p_of_none_is_a_root():
    """By hand: half of (1 - p)^n is the tail, so p = 1 - 0.05^(1/n)."""
    assert_allclose(share_interval(0, 7, "clopper_pearson_midp"), (0, 1 - 0.05 ** (1 / 7)), atol=1e-12)


def test_agresti_coull_by_hand():
    """Level 0.8: z = 1.2815515655, z^2 = 1.6423744151; (3 + 0.8211872) / 11.6423744 = 0.3282137."""
    low, high = share_interval(3, 10, "agresti_coull", 0.8)
    assert_allclose(
        low, 0.3282137435 - 1.2815515655 * math.sqrt(0.3282137435 * 0.6717862565 / 11.6423744151), atol=1e-9
    )
    assert_allclose((low + high) / 2, 0.3282137435, atol=1e-9)
    assert share_interval(3, 10, "plus_four", 0.8) != (low, high)


@given(counts(), st.sampled_from(sorted(METHODS)))
@settings(max_examples=60)
def test_an_interval_holds_the_share_and_mirrors(case, method):
    n, of = case
    low, high = share_interval(n, of, method)
    assert 0 <= low <= n / of <= high <= 1
    mirrored = share_interval(of - n, of, method)
    assert_allclose((low, high), (1 - mirrored[1], 1 - mirrored[0]), atol=1e-9)


@given(counts(), st.sampled_from(sorted(METHODS)))
@settings(max_examples=40)
def test_a_higher_level_is_wider(case, method):
    narrow, wide = share_interval(*case, method, 0.8), share_interval(*case, method, 0.99)
    assert wide[0] <= narrow[0] + 1e-12 and narrow[1] <= wide[1] + 1e-12


@pytest.mark.parametrize("method", METHODS)
def test_arrays_equal_one_at_a_time_and_nobody_is_missing(method):
    n, of = np.array([0, 2, 7, 0, 3, 4]), np.array([4, 4, 9, 0, 3, 4])
    low, high = share_interval(n, of, method)
    single = [share_interval(int(a), int(b), method) for a, b in zip(n, of, strict=True)]
    assert_allclose(np.column_stack([low, high]), single, atol=1e-14)
    assert np.isnan([low[3], high[3]]).all() and np.isfinite(np.delete(low, 3)).all()
    assert all(type(end) is float for end in single[0])
    missing_low, missing_high = share_interval(pd.array([1, pd.NA], dtype="Int64"), 4, method)
    assert np.isnan([missing_low[1], missing_high[1]]).all() and missing_low[0] == share_interval(1, 4, method)[0]


def test_a_table_of_counts_keeps_its_shape():
    assert share_interval(np.array([[1], [2]]), np.array([4, 5, 6]), "clopper_pearson_midp")[0].shape == (2, 3)


@pytest.mark.parametrize("method", ["Wilson", "", "exact"])
def test_an_unknown_method_is_refused_with_the_known_ones(method):
    with pytest.raises(StatisticsError, match=r"method.*okänd.*wilson, .*jeffreys"):
        share_interval(1, 2, method)


@pytest.mark.parametrize(("n", "of"), [(-1, 3), (4, 3), (1.5, 3), (1, math.inf), ("a", 3), ([1, 2], [3, 4, 5])])
def test_what_is_no_count_is_refused(n, of):
    with pytest.raises(StatisticsError, match="n och of"):
        share_interval(n, of, "jeffreys")


def test_a_level_in_percent_is_refused():
    with pytest.raises(StatisticsError, match="level"):
        share_interval(1, 2, "wald", 95)
