"""Risk ratios and odds ratios of two groups: R's contingencytables, effectsize, metafor and fisher.test; symmetries."""

import math
from itertools import product

import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy import stats
from statsmodels.stats.proportion import confint_proportions_2indep

from isu_analysis.errors import StatisticsError
from isu_analysis.statistics.proportions import odds, ratios
from isu_analysis.statistics.proportions.odds import odds_ratio
from isu_analysis.statistics.proportions.ratios import risk_ratio, risk_ratio_interval

# R's key, our method, relative tolerance: R's root finder stops at about 1e-7, fisher.test's at 1e-4.
RISK = [("katz", "katz", 1e-9), ("adjusted_log", "adjusted_log", 1e-9), ("koopman", "koopman", 1e-6), ("mn", "miettinen_nurminen", 1e-6)]  # fmt: skip
ODDS = [("woolf", "woolf", 1e-9), ("gart", "gart", 1e-9), ("mn", "miettinen_nurminen", 1e-6),
        ("baptista_pike_midp", "baptista_pike_midp", 1e-6), ("fisher_conditional_mle", "conditional", 2e-3)]  # fmt: skip
ASSOCIATION = "describes association in a table, not two shares: belongs to the effect sizes"
OUT_OF_SCOPE = {
    ("effectsize", "phi"): ASSOCIATION,
    ("effectsize", "phi_adj"): ASSOCIATION,
    ("effectsize", "cramers_v"): ASSOCIATION,
    ("effectsize", "cramers_v_adj"): ASSOCIATION,
    ("effectsize", "tschuprows_t"): ASSOCIATION,
    ("metafor", "PHI"): ASSOCIATION,
    ("smd_austin",): "standardised difference: belongs to the balance of lost and kept",
    ("wwc_cox",): "Cox index: belongs to the What Works Clearinghouse's rules",
}
ELSEWHERE = {  # compared in test_differences
    *(("rd", key) for key in ("wald", "newcombe", "miettinen_nurminen", "agresti_caffo", "mee")),
    *(("effectsize", key) for key in ("arr", "nnt", "cohens_h")),
    *(("metafor", key) for key in ("RD", "AS")),
    ("chisq_no_cc",), ("chisq_no_cc_p",),
}  # fmt: skip
HERE = {
    *(("rr", key) for key, _, _ in RISK), *(("or", key) for key, _, _ in ODDS),
    ("effectsize", "oddsratio"), ("effectsize", "riskratio"), ("metafor", "OR"), ("metafor", "RR"),
}  # fmt: skip


@pytest.fixture
def cases(oracle):
    return oracle("effects_attrition/expected_binary_ordinal.json")["independent_2x2"]


def table(case):
    return tuple(case[key] for key in ("x1", "n1", "x2", "n2"))


def full(case):
    return 0 not in (case["x1"], case["x2"], case["n1"] - case["x1"], case["n2"] - case["x2"])


def assert_same(found, expected, rtol):
    """``null`` in the reference is infinite or not estimable."""
    for ours, theirs in zip(found, expected, strict=True):
        if theirs is None:
            assert not math.isfinite(ours)
        else:
            assert_allclose(ours, theirs, rtol=rtol, atol=1e-12)


def test_every_key_of_the_reference_is_compared_or_out_of_scope(cases):
    described = {"id", "source", "x1", "n1", "x2", "n2", "p1", "p2"}
    keys = {(key, inner) if isinstance(value, dict) else (key,) for case in cases for key, value in case.items()
            if key not in described for inner in (value if isinstance(value, dict) else [""])}  # fmt: skip
    assert keys == HERE | ELSEWHERE | set(OUT_OF_SCOPE)


def test_every_risk_ratio_equals_r(cases):
    compared = 0
    for (key, method, rtol), case in product(RISK, cases):
        found, expected = risk_ratio(*table(case), method=method), case["rr"][key]
        assert_same((found.ratio, found.ratio_low, found.ratio_high), [expected[k] for k in ("est", "lo", "hi")], rtol)
        compared += 1
    assert compared == 4 * 15


def test_every_odds_ratio_equals_r(cases):
    compared = 0
    for (key, method, rtol), case in product(ODDS, cases):
        found, expected = odds_ratio(*table(case), method=method), case["or"][key]
        ends = (found.odds_ratio, found.odds_ratio_low, found.odds_ratio_high)
        if expected is None:  # 0 of 20 against 0 of 22: the table says nothing
            assert math.isnan(ends[0]) and ends[1:] == (0, math.inf)
            continue
        estimate = expected["est"]
        if case["id"] == "both_zero":  # fisher.test prints 0 where every odds ratio is as likely
            assert math.isnan(found.odds_ratio)
            estimate = None
        assert_same(ends, (estimate, expected["lo"], expected["hi"]), rtol)
        compared += 1
    assert compared == 5 * 15 - 2


def test_effectsize_uses_the_log_scale(cases):
    compared = 0
    for case in cases:
        risk, odd = risk_ratio(*table(case), method="katz"), odds_ratio(*table(case), method="woolf")
        for key, ends in [
            ("riskratio", (risk.ratio, risk.ratio_low, risk.ratio_high)),
            ("oddsratio", (odd.odds_ratio, odd.odds_ratio_low, odd.odds_ratio_high)),
        ]:
            expected = case["effectsize"][key]
            if expected is None:
                continue
            # Around infinity effectsize prints no limits; the log scale can say 0 to infinity.
            limits = [expected["lo"], expected["hi"]] if expected["est"] is not None else [0, None]
            assert_same(ends, [expected["est"], *limits], 1e-9)
            compared += 1
    assert compared == 2 * 14


def test_metafor_uses_the_log_scale(cases):
    """With an empty cell it adds half to all four: Gart's for the odds ratio, out of scope for the risk ratio."""
    compared = 0
    for case in cases:
        odd = odds_ratio(*table(case), method="woolf" if full(case) else "gart")
        expected = case["metafor"]["OR"]
        assert_allclose(np.log([odd.odds_ratio_low, odd.odds_ratio_high]), [expected["lo"], expected["hi"]], atol=1e-9)
        compared += 1
        if full(case):
            risk, expected = risk_ratio(*table(case), method="katz"), case["metafor"]["RR"]
            found = np.log([risk.ratio, risk.ratio_low, risk.ratio_high])
            assert_allclose(found, [expected[k] for k in ("yi", "lo", "hi")], atol=1e-9)
            compared += 1
    assert compared == 15 + 10


def test_fishers_limits_leave_the_tail_they_should():
    """scipy's limits are right where fisher.test's are not: with x1 = 2 of 44, 1 of 56 it prints 157.120."""
    found = odds_ratio(2, 44, 1, 56, method="conditional")
    above = stats.nchypergeom_fisher(100, 44, 3, found.odds_ratio_low).sf(1)
    below = stats.nchypergeom_fisher(100, 44, 3, found.odds_ratio_high).cdf(2)
    assert_allclose([above, below], 0.025, atol=1e-9)
    assert_allclose(found.odds_ratio_high, 157.27202474, rtol=1e-8)


def test_baptista_pike_keeps_what_its_test_does_not_reject():
    """Just inside its ends the two-sided mid-p is above 5 %, just outside below; summed here by scipy."""

    def p(theta):
        shares = stats.nchypergeom_fisher(100, 51, 27, theta).pmf(np.arange(28))
        observed = shares[9]
        return shares[shares < observed * (1 - 1e-9)].sum() + observed / 2

    found = odds_ratio(9, 51, 18, 49, method="baptista_pike_midp")
    low, high = found.odds_ratio_low, found.odds_ratio_high
    assert p(low * 1.0001) >= 0.05 > p(low * 0.9999)
    assert p(high * 0.9999) >= 0.05 > p(high * 1.0001)


def test_score_ratios_equal_statsmodels_where_it_is_right(cases):
    for case in cases:
        if not full(case):
            continue
        x1, n1, x2, n2 = table(case)
        for compare, correction, found in [
            ("ratio", False, risk_ratio(x1, n1, x2, n2, level=0.9)),
            ("ratio", True, risk_ratio(x1, n1, x2, n2, level=0.9, method="miettinen_nurminen")),
            ("odds-ratio", True, odds_ratio(x1, n1, x2, n2, level=0.9)),
        ]:
            with np.errstate(invalid="ignore"):  # statsmodels looks at impossible odds on its way
                expected = confint_proportions_2indep(
                    x1, n1, x2, n2, "score", compare, alpha=0.1, correction=correction
                )
            name = "ratio" if compare == "ratio" else "odds_ratio"
            ends = [getattr(found, name + end) for end in ("_low", "_high")]
            assert_allclose(ends, expected, rtol=1e-6)


@pytest.mark.parametrize("method", ratios.METHODS)
def test_swapping_groups_turns_a_risk_ratio_over(method, rng):
    small = np.array([(x1, 6, x2, 4) for x1, x2 in product(range(7), range(5))])
    sizes = rng.integers(1, 900, size=(100, 2))
    large = np.column_stack([rng.binomial(sizes[:, 0], rng.random(100)), sizes[:, 0], rng.binomial(sizes[:, 1], rng.random(100)), sizes[:, 1]])  # fmt: skip
    n_first, of_first, n_second, of_second = np.vstack([small, large]).T
    low, high = risk_ratio_interval(n_first, of_first, n_second, of_second, method=method)
    back = risk_ratio_interval(n_second, of_second, n_first, of_first, method=method)
    with np.errstate(divide="ignore", invalid="ignore"):
        assert_allclose(back, (1 / high, 1 / low), rtol=1e-6)
        observed = (n_first / of_first) / (n_second / of_second)
    sure = np.isfinite(observed) & (observed > 0)
    assert (low[sure] <= observed[sure] * (1 + 1e-9)).all() and (observed[sure] <= high[sure] * (1 + 1e-9)).all()


@pytest.mark.parametrize("method", odds.METHODS)
def test_swapping_groups_or_the_event_turns_an_odds_ratio_over(method):
    for x1, n1, x2, n2 in [
        (3, 10, 5, 8),
        (0, 6, 2, 4),
        (6, 6, 2, 4),
        (1, 2, 1, 2),
        (40, 300, 9, 200),
        (0, 3, 0, 2),
        (3, 3, 2, 2),
    ]:
        found = odds_ratio(x1, n1, x2, n2, method=method)
        expected = [1 / value if value else math.inf for value in (found.odds_ratio_high, found.odds_ratio_low)]
        for turned in (odds_ratio(x2, n2, x1, n1, method=method), odds_ratio(n1 - x1, n1, n2 - x2, n2, method=method)):
            assert_allclose((turned.odds_ratio_low, turned.odds_ratio_high), expected, rtol=1e-6)
        if math.isfinite(found.odds_ratio) and found.odds_ratio > 0:
            assert found.odds_ratio_low <= found.odds_ratio <= found.odds_ratio_high


@pytest.mark.parametrize(
    ("counts", "ratio", "reason"),
    [
        ((0, 5, 2, 5), 0.0, "zero_cell"),
        ((2, 5, 0, 5), math.inf, "zero_cell"),
        ((0, 5, 0, 5), math.nan, "no_events"),
        ((5, 5, 4, 4), 1.0, ""),
        ((0, 0, 2, 5), math.nan, "empty_group"),
    ],
)
def test_what_a_risk_ratio_of_nothing_is(counts, ratio, reason):
    for method in ratios.METHODS:
        found = risk_ratio(*counts, method=method)
        assert_allclose(found.ratio, ratio)
        assert found.reason == reason
        assert math.isnan(found.ratio_low) == math.isnan(found.ratio_high) == (reason == "empty_group")
    katz = risk_ratio(*counts, method="katz")
    if reason in ("zero_cell", "no_events"):
        assert (katz.ratio_low, katz.ratio_high) == (0, math.inf)
    koopman = risk_ratio(*counts)
    if reason == "zero_cell":
        assert (koopman.ratio_low == 0) == (ratio == 0) and math.isinf(koopman.ratio_high) == (ratio == math.inf)


@pytest.mark.parametrize(
    ("counts", "estimate", "reason"),
    [
        ((0, 5, 2, 5), 0.0, "zero_cell"),
        ((5, 5, 2, 5), math.inf, "zero_cell"),
        ((0, 5, 0, 5), math.nan, "no_events"),
        ((5, 5, 4, 4), math.nan, "all_events"),
        ((1, 5, 0, 0), math.nan, "empty_group"),
    ],
)
def test_what_an_odds_ratio_of_nothing_is(counts, estimate, reason):
    for method in odds.METHODS:
        found = odds_ratio(*counts, method=method)
        assert_allclose(found.odds_ratio, estimate)
        assert found.reason == reason
        assert math.isnan(found.odds_ratio_low) == (reason == "empty_group")
        if reason in ("no_events", "all_events") and method != "gart":
            assert (found.odds_ratio_low, found.odds_ratio_high) == (0, math.inf)
    woolf = odds_ratio(*counts, method="woolf")
    assert reason != "zero_cell" or (woolf.odds_ratio_low, woolf.odds_ratio_high) == (0, math.inf)


def test_a_level_at_which_the_mid_p_test_keeps_nothing():
    found = odds_ratio(1, 2, 1, 2, method="baptista_pike_midp", level=0.01)
    assert math.isnan(found.odds_ratio_low) and math.isnan(found.odds_ratio_high) and found.reason == "no_value_kept"


def test_what_cannot_be_a_table_is_refused():
    for function in (risk_ratio, odds_ratio):
        with pytest.raises(StatisticsError, match="n_first och of_first"):
            function(4, 3, 1, 3)
        with pytest.raises(StatisticsError, match="of_second: är inte ett antal"):
            function(1, 3, 1, "3 st")
        with pytest.raises(StatisticsError, match="method: okänd"):
            function(1, 3, 1, 3, method="wald")
        with pytest.raises(StatisticsError, match="level"):
            function(1, 3, 1, 3, level=0)


def test_a_ratio_is_one_row():
    assert risk_ratio(1, 3, 2, 4).to_frame().shape == (1, 10)
    assert odds_ratio(1, 3, 2, 4).to_frame()["method"].item() == "miettinen_nurminen"


def test_mid_p_of_one_in_two_against_one_in_two_by_hand():
    """Tables 0, 1, 2 weigh 1, 4 t and t^2 at odds ratio t; below 1 the test adds 2 t + t^2, above it mirrors.

    At a level whose end lies beyond all that is looked at, more than twelve standard errors away, it is open.
    """
    for left_out in (0.05, 0.01, 1e-4, 1e-7):
        low = np.roots([1 - left_out, 2 - 4 * left_out, -left_out]).max()
        found = odds_ratio(1, 2, 1, 2, method="baptista_pike_midp", level=1 - left_out)
        assert_allclose([found.odds_ratio_low, found.odds_ratio_high], [low, 1 / low], rtol=1e-6)
    found = odds_ratio(1, 2, 1, 2, method="baptista_pike_midp", level=1 - 1e-9)
    assert (found.odds_ratio_low, found.odds_ratio_high, found.reason) == (0, math.inf, "")
