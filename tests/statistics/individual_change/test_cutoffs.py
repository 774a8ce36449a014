"""Cutoffs: the worked example of Jacobson and Truax (1991), equal distances, equal densities, the choice."""

import math

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy import optimize, stats

from isu_analysis.errors import StatisticsError
from isu_analysis.statistics.individual_change.cutoffs import (
    choose_cutoff,
    cutoff_a,
    cutoff_b,
    cutoff_c,
    cutoff_equal_likelihood,
)

UP, DOWN = {"higher_is_better": True}, {"higher_is_better": False}


def test_worked_example_in_both_directions():
    """1991: M1 40, M0 60, both SDs 7.5: a = 55, b = 45, c = 50. The turned scale gives the turned cutoffs."""
    assert (cutoff_a(40, 7.5, **UP), cutoff_b(60, 7.5, **UP), cutoff_c(40, 7.5, 60, 7.5)) == (55, 45, 50)
    assert (cutoff_a(-40, 7.5, **DOWN), cutoff_b(-60, 7.5, **DOWN), cutoff_c(-40, 7.5, -60, 7.5)) == (-55, -45, -50)


def test_b_has_the_functional_sd():
    """M0 = 60, s0 = 4, s1 = 7.5: 52, where one R package says 45."""
    assert cutoff_b(60, 4, **UP) == 52


means, sds = st.floats(-100, 100), st.floats(0.5, 30)


@settings(max_examples=50)
@given(means, sds, means, sds)
def test_c_is_as_many_sds_from_either_mean(m1, s1, m0, s0):
    c = cutoff_c(m1, s1, m0, s0)
    assert (c - m1) / s1 == pytest.approx((m0 - c) / s0, abs=1e-9)


def test_equal_likelihood_is_the_crossing_of_the_densities():
    """Against a root found by scipy between the means."""
    for m1, s1, m0, s0 in ((40, 10, 60, 5), (24, 8, 9, 5), (0, 1, 3, 2), (1000, 10, 1060, 5)):
        crossing = optimize.brentq(lambda x, p=(m1, s1, m0, s0): stats.norm.logpdf(x, *p[:2]) - stats.norm.logpdf(x, *p[2:]), m1, m0)  # fmt: skip
        found = cutoff_equal_likelihood(m1, s1, m0, s0)
        assert found == pytest.approx(crossing, abs=1e-8)
        assert found == pytest.approx(cutoff_equal_likelihood(m0, s0, m1, s1))
        assert abs(found - cutoff_c(m1, s1, m0, s0)) > 0.05


def test_equal_likelihood_with_equal_sds_is_c():
    assert cutoff_equal_likelihood(40, 7.5, 60, 7.5) == 50
    assert cutoff_equal_likelihood(40, 7.5, 60, 7.5 * (1 + 1e-6)) == pytest.approx(50, abs=1e-3)


def test_equal_likelihood_may_lie_outside_the_means():
    """Near means, unequal SDs: the narrow population is likelier all the way between them."""
    assert math.isnan(cutoff_equal_likelihood(0, 1, 0.5, 10))
    assert math.isnan(cutoff_equal_likelihood(5, 2, 5, 2))


@settings(max_examples=50)
@given(means, sds, means, sds)
def test_a_crossing_lies_between_the_means_and_is_a_crossing(m1, s1, m0, s0):
    assume(abs(m1 - m0) > 0.01 and abs(s1 - s0) > 1e-3)
    found = cutoff_equal_likelihood(m1, s1, m0, s0)
    at_means = [stats.norm.logpdf(x, m1, s1) - stats.norm.logpdf(x, m0, s0) for x in (m1, m0)]
    assert math.isnan(found) == (at_means[0] * at_means[1] >= 0)
    if not math.isnan(found):
        assert min(m1, m0) < found < max(m1, m0)
        size = 1e-6 * (1 + ((m0 - m1) / min(s1, s0)) ** 2)
        assert abs(stats.norm.logpdf(found, m1, s1) - stats.norm.logpdf(found, m0, s0)) < size


def test_the_choice():
    alone = choose_cutoff((40, 7.5), **UP)
    assert (alone.kind, alone.value, alone.overlap, alone.source, alone.reason) == ("a", 55, None, "", "")
    near = choose_cutoff((40, 7.5), (60, 7.5), source="manual", **UP)
    assert (near.kind, near.value, near.overlap, near.source) == ("c", 50, True, "manual")
    far = choose_cutoff((40, 5), (75, 5), source="manual", **UP)
    assert (far.kind, far.value, far.overlap) == ("b", 65, False)
    assert choose_cutoff((40, 5), (70, 5), source="manual", **UP).kind == "c"  # 55 is both means' third SD
    for clinical, norm in (((40, 2), (60, 8)), ((40, 8), (60, 2))):  # 30 points reach across, whoever varies
        assert choose_cutoff(clinical, norm, source="manual", **UP).kind == "c"
    turned = choose_cutoff((-40, 5), (-75, 5), source="manual", **DOWN)
    assert (turned.kind, turned.value) == ("b", -65)
    equal = choose_cutoff((40, 10), (60, 5), source="manual", equal_likelihood=True, **UP)
    assert equal.kind == "equal_likelihood" and equal.value == cutoff_equal_likelihood(40, 10, 60, 5)
    assert list(equal.to_frame().columns)[:3] == ["kind", "value", "higher_is_better"]


def test_a_norm_on_the_wrong_side_gives_no_cutoff():
    for norm in ((30, 5), (40, 5)):
        found = choose_cutoff((40, 7.5), norm, source="manual", **UP)
        assert (found.kind, found.reason) == ("", "norm_not_better") and math.isnan(found.value)
    assert choose_cutoff((40, 7.5), (30, 5), source="manual", **DOWN).kind == "c"
    outside = choose_cutoff((0, 1), (0.5, 10), source="m", equal_likelihood=True, **UP)
    assert outside.reason == "no_crossing" and math.isnan(outside.value)


@pytest.mark.parametrize(
    ("clinical", "norm", "name"),
    [((math.nan, 5), None, "mean_clinical"), ((5, 0), None, "sd_clinical"), ((5, 1), (math.inf, 5), "mean_functional"),
     ((5, 1), (9, -1), "sd_functional")],
)  # fmt: skip
def test_numbers_out_of_range_are_refused(clinical, norm, name):
    with pytest.raises(StatisticsError, match=f"Argumentet {name}"):
        choose_cutoff(clinical, norm, source="x", **UP)
    with pytest.raises(StatisticsError, match=f"Argumentet {name}"):
        cutoff_c(*clinical, *(norm or (1, 1)))
    with pytest.raises(StatisticsError, match=f"Argumentet {name}"):
        cutoff_equal_likelihood(*clinical, *(norm or (1, 1)))


def test_norms_need_a_source():
    with pytest.raises(StatisticsError, match="Argumentet source"):
        choose_cutoff((40, 5), (60, 5), **UP)
