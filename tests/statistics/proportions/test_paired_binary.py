"""An event before and after in the same people: R's contingencytables, ratesci, metafor, statpsych, effectsize and exact2x2.

The reference's differences are before - after, its ratios before / after and its odds ratios b / c: turned here.
"""

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose
from scipy import stats
from statsmodels.stats.contingency_tables import mcnemar

from isu_analysis.errors import StatisticsError
from isu_analysis.statistics.proportions import paired_intervals
from isu_analysis.statistics.proportions.mcnemar import METHODS, mcnemar_p, mcnemar_unconditional_p
from isu_analysis.statistics.proportions.paired import paired_binary, paired_binary_counts
from isu_analysis.statistics.proportions.paired_intervals import (
    paired_difference_interval,
    paired_odds_ratio_interval,
    paired_ratio_interval,
)

ROOTS = 1e-7  # R's root finder stops there
RD = {"wald": ("wald", 1e-9), "agresti_min": ("agresti_min", 1e-9), "bonett_price": ("bonett_price", 1e-9),
      "newcombe_square_add": ("newcombe", 1e-9), "tango": ("tango", ROOTS), "tango_ratesci": ("tango", ROOTS)}  # fmt: skip
RR = {"wald": ("wald", 1e-9), "bonett_price_hybrid": ("bonett_price", 1e-9), "tang": ("tang", ROOTS)}
OR = {
    "wald": ("wald", 1e-9),
    "exact_clopper_pearson": ("exact", 1e-6),
    "midp": ("midp", 1e-6),
    "wilson": ("wilson", 1e-9),
}
HALF_IN_EVERY_CELL = "adds half to every cell when one is empty"
COMPARED = {
    *(("rd", key) for key in RD), *(("rr", key) for key in RR), *(("or_conditional", key) for key in OR),
    *(("mcnemar", key) for key in ("asymptotic", "cc", "exact_p", "midp", "midp_formula", "exact_binom_test_p", "exact_unconditional_p")),
    *(("cohens_g", key) for key in ("est", "lo", "hi")), ("phi", "est"),
    *(("metafor", key) for key in ("MPRD", "MPRR", "MPORC")),
    *(("statpsych_ci_prop_ps", key) for key in ("LL", "UL")),
    *(("statpsych_ci_ratio_prop_ps", key) for key in ("Estimate", "LL", "UL")),
}  # fmt: skip
OUT_OF_SCOPE = {
    ("rr", "mover_wilson"): "without discordant pairs, 10 and 12 the same, it claims 0.979 to 1.021",
    ("metafor", "MPOR"): "the odds ratio of the two margins: another parameter than the conditional one",
    ("phi", "lo"): "interval of an association: belongs to the effect sizes",
    ("phi", "hi"): "interval of an association: belongs to the effect sizes",
    ("statpsych_ci_prop_ps", "Estimate"): "the adjusted estimate; ours is never adjusted",
    ("statpsych_ci_prop_ps", "SE"): "of the adjusted estimate",
}
# Fagerland, Lydersen & Laake (2014): airway hyper-responsiveness before and after stem cell transplantation.
SCT = {
    "tango": "tango",
    "newcombe": "newcombe",
    "bonett_price": "bonett_price",
    "agresti_min": "agresti_min",
    "wald": "wald",
}


@pytest.fixture
def cases(oracle):
    return oracle("effects_attrition/expected_binary_ordinal.json")["paired_2x2"]


def cells(case):
    return tuple(case[key] for key in "abcd")


def tables() -> st.SearchStrategy[tuple[int, int, int, int]]:
    return st.tuples(*[st.integers(0, 40)] * 4).filter(lambda table: sum(table) > 0)


def all_tables(n):
    """Every (both, only_before, only_after, neither) of n people."""
    a, b, c = (part.ravel() for part in np.meshgrid(*[np.arange(n + 1)] * 3, indexing="ij"))
    kept = a + b + c <= n
    return a[kept], b[kept], c[kept], (n - a - b - c)[kept]


def inverse(value):
    """1 / value of the reference, where null is infinite."""
    return 0.0 if value is None else math.inf if value == 0 else 1 / value


def test_every_key_of_the_reference_is_compared_or_out_of_scope(cases):
    keys = {(key, inner) for case in cases for key, value in case.items() if isinstance(value, dict) for inner in value}
    assert keys == COMPARED | set(OUT_OF_SCOPE)


def test_every_difference_equals_r(cases):
    compared = 0
    for case in cases:
        for key, (method, tolerance) in RD.items():
            found, expected = paired_binary_counts(*cells(case), method=method), case["rd"][key]
            estimate = expected.get("est", expected.get("mle"))
            ends = (found.difference, found.difference_low, found.difference_high)
            assert_allclose(ends, (-estimate, -expected["hi"], -expected["lo"]), atol=tolerance, err_msg=key)
            assert found.difference_method == method
            compared += 1
    assert compared == 6 * 11


def test_the_published_table(oracle):
    case = oracle("effects_attrition/expected_published_examples.json")["fagerland_2014_sct"]
    compared = 0
    for key, method in SCT.items():
        found = paired_binary_counts(*case["table"], method=method)
        ends = (-found.difference, -found.difference_high, -found.difference_low)
        assert_allclose(ends, [case[key][k] for k in ("est", "lo", "hi")], atol=ROOTS)
        compared += 1
    assert_allclose(found.p_midp, case["mcnemar_midp"], atol=1e-12)
    assert_allclose(found.p_exact, case["mcnemar_exact"], atol=1e-12)
    assert_allclose(found.p_asymptotic, case["mcnemar_asymptotic_p"], atol=1e-12)
    assert_allclose(mcnemar_unconditional_p(1, 7, 21), case["exact_unconditional_p"], atol=1e-6)
    assert compared + 4 == 9


def test_every_ratio_equals_r(cases):
    compared = 0
    for case in cases:
        for key, (method, tolerance) in RR.items():
            found, expected = paired_binary_counts(*cells(case), ratio_method=method), case["rr"][key]
            ends = (found.ratio, found.ratio_low, found.ratio_high)
            assert_allclose(ends, [inverse(expected[k]) for k in ("est", "hi", "lo")], rtol=tolerance, err_msg=key)
            assert (found.ratio_method, found.ratio_reason) == (method, "")
            compared += 1
    assert compared == 3 * 11


def test_every_conditional_odds_ratio_equals_r(cases):
    compared = 0
    for case in cases:
        for key, (method, tolerance) in OR.items():
            found, expected = paired_binary_counts(*cells(case), odds_ratio_method=method), case["or_conditional"][key]
            ends = (found.odds_ratio, found.odds_ratio_low, found.odds_ratio_high)
            if case["b"] == case["c"] == 0:  # R is silent or says 0 to infinity: ours says why there is none
                assert np.isnan(ends).all() and found.odds_ratio_reason == "no_discordant_pairs"
                continue
            assert_allclose(ends, [inverse(expected[k]) for k in ("est", "hi", "lo")], rtol=tolerance, err_msg=key)
            assert found.odds_ratio_method == method
            compared += 1
    assert compared == 4 * 10


def test_every_mcnemar_equals_r(cases):
    compared = 0
    for case in cases:
        found, expected = paired_binary_counts(*cells(case)), case["mcnemar"]
        # Without discordant pairs contingencytables gives mid-p 0.5; nothing speaks against equality, so it is 1
        # (Fagerland et al. 2013: 1 when the discordant cells are equal).
        none = case["b"] == case["c"] == 0
        assert_allclose(found.p_midp, 1.0 if none else expected["midp"], rtol=1e-9)
        assert_allclose(found.p_exact, expected["exact_p"], rtol=1e-9)
        assert_allclose(found.p_asymptotic, expected["asymptotic"]["p"], rtol=1e-9)
        corrected = mcnemar_p(case["b"], case["c"], "asymptotic_corrected")
        assert_allclose(corrected, expected["cc"]["p"], rtol=1e-9)
        compared += 4
        if none:
            assert math.isnan(found.z)
            continue
        assert_allclose(found.p_exact, expected["exact_binom_test_p"], rtol=1e-9)
        assert_allclose(found.p_midp, expected["midp_formula"], rtol=1e-9)
        assert_allclose(-found.z, expected["asymptotic"]["z"], rtol=1e-9)
        compared += 3
        if expected["exact_unconditional_p"] is not None:
            unconditional = mcnemar_unconditional_p(case["b"], case["c"], case["n"])
            assert_allclose(unconditional, expected["exact_unconditional_p"], atol=1e-6)
            compared += 1
    assert compared == 4 * 11 + 3 * 10 + 5


def test_cohens_g_and_phi_equal_effectsize(cases):
    """effectsize gives the size of g without its sign; phi has none to lose in these tables."""
    compared = 0
    for case in cases:
        found, expected = paired_binary_counts(*cells(case)), case.get("cohens_g")
        assert_allclose(found.phi, case["phi"]["est"], atol=1e-9)
        if expected is None:
            assert math.isnan(found.cohens_g) and math.isnan(found.cohens_g_low)
            continue
        ends = [found.cohens_g_low, found.cohens_g_high]
        sign = 1 if case["c"] > case["b"] else -1
        assert_allclose(sign * found.cohens_g, expected["est"], atol=1e-9)
        assert_allclose(sorted(sign * np.array(ends)), [expected["lo"], expected["hi"]], atol=1e-9)
        compared += 1
    assert compared == 10


def test_metafor_and_statpsych(cases):
    """Where a cell is empty metafor adds half to all: Agresti & Min's difference; its ratios are out of scope."""
    compared = 0
    for case in cases:
        full = 0 not in cells(case)
        for measure, function, method in [
            ("MPRD", paired_difference_interval, "wald" if full else "agresti_min"),
            ("MPRR", paired_ratio_interval, "wald"),
            ("MPORC", lambda a, b, c, d, method: paired_odds_ratio_interval(b, c, method=method), "wald"),
        ]:
            if not full and measure != "MPRD":
                continue
            low, high = function(*cells(case), method=method)
            ends = (-high, -low) if measure == "MPRD" else (-math.log(high), -math.log(low))
            assert_allclose(ends, [case["metafor"][measure][k] for k in ("lo", "hi")], atol=1e-9)
            compared += 1
        ratio = paired_binary_counts(*cells(case))
        expected = case["statpsych_ci_ratio_prop_ps"]
        ends = (1 / ratio.ratio, 1 / ratio.ratio_high, 1 / ratio.ratio_low)
        assert_allclose(ends, [expected[k] for k in ("Estimate", "LL", "UL")], atol=1e-9)
        low, high = paired_difference_interval(*cells(case), method="bonett_price")
        assert_allclose((-high, -low), [case["statpsych_ci_prop_ps"][k] for k in ("LL", "UL")], atol=1e-9)
        compared += 2
    assert compared == 11 + 2 * 8 + 2 * 11


def test_statsmodels_tests_agree():
    for b, c in [(1, 7), (5, 5), (0, 3), (12, 30)]:
        table = [[3, b], [c, 9]]
        assert_allclose(mcnemar_p(b, c, "exact"), mcnemar(table).pvalue, rtol=1e-12)
        assert_allclose(mcnemar_p(b, c, "asymptotic"), mcnemar(table, exact=False, correction=False).pvalue, rtol=1e-12)
        if b != c:  # statsmodels corrects 0 to -1 and squares it
            corrected = mcnemar(table, exact=False, correction=True).pvalue
            assert_allclose(mcnemar_p(b, c, "asymptotic_corrected"), corrected, rtol=1e-12)


def test_the_unconditional_test_by_hand():
    """n = 2, both after only: as far are (2, 0) and (0, 2); 2 (pi/2)^2 is largest at pi = 1: 0.5, plus 0.0001."""
    assert_allclose(mcnemar_unconditional_p(0, 2, 2), 0.5001, atol=1e-12)
    assert mcnemar_unconditional_p(0, 0, 9) == mcnemar_unconditional_p(3, 3, 9) == 1
    assert mcnemar_unconditional_p(7, 1, 21) == mcnemar_unconditional_p(1, 7, 21)
    with pytest.raises(StatisticsError, match="n: ska vara minst"):
        mcnemar_unconditional_p(2, 3, 4)


@pytest.mark.parametrize(("b", "c", "n"), [(0, 3, 20), (5, 13, 20), (8, 1, 10)])
def test_the_unconditional_test_summed_by_scipy(b, c, n):
    """The largest multinomial probability of tables as far off; for 5, 13 of 20 at the lower end of the shares."""
    ends = stats.binomtest(b + c, n).proportion_ci(0.9999, "exact")
    far = [(i, j, n - i - j) for i in range(n + 1) for j in range(n + 1 - i) if i != j and (i - j) ** 2 * (b + c) >= (b - c) ** 2 * (i + j)]  # fmt: skip
    shares = np.linspace(ends.low, ends.high, 101)
    largest = max(stats.multinomial.pmf(far, n, [share / 2, share / 2, 1 - share]).sum() for share in shares)
    assert_allclose(mcnemar_unconditional_p(b, c, n), largest + 0.0001, atol=2e-5)


@pytest.mark.parametrize("n", [0, 1, 2, 3, 4, 9])
@pytest.mark.parametrize("method", paired_intervals.DIFFERENCES)
def test_differences_turn_with_time_and_with_the_event(n, method):
    a, b, c, d = all_tables(n)
    low, high = paired_difference_interval(a, b, c, d, method=method)
    if n == 0:
        assert np.isnan(low).all() and np.isnan(high).all()
        return
    difference = (c - b) / n
    assert (
        (low >= -1).all()
        and (low <= difference + 1e-12).all()
        and (difference <= high + 1e-12).all()
        and (high <= 1).all()
    )
    backwards = paired_difference_interval(a, c, b, d, method=method)
    opposite = paired_difference_interval(d, c, b, a, method=method)
    assert_allclose([backwards, opposite], [(-high, -low)] * 2, atol=1e-12)
    wider = paired_difference_interval(a, b, c, d, method=method, level=0.99)
    assert (wider[0] <= low + 1e-12).all() and (high <= wider[1] + 1e-12).all()


@pytest.mark.parametrize("method", paired_intervals.RATIOS)
def test_ratios_turn_over_with_time(method):
    a, b, c, d = all_tables(7)
    low, high = paired_ratio_interval(a, b, c, d, method=method)
    with np.errstate(divide="ignore", invalid="ignore"):
        assert_allclose(paired_ratio_interval(a, c, b, d, method=method), (1 / high, 1 / low), rtol=1e-9)
        ratio = (a + c) / (a + b)
    sure = np.isfinite(ratio) & (ratio > 0)
    assert (low[sure] <= ratio[sure] * (1 + 1e-9)).all() and (ratio[sure] <= high[sure] * (1 + 1e-9)).all()
    assert (low[a + c == 0] == 0).all() and np.isinf(high[a + b == 0]).all()


@given(tables())
@settings(max_examples=30)
def test_the_counts_and_the_people_agree_in_any_order(table):
    both, only_before, only_after, _ = table
    before = np.repeat([1, 1, 0, 0, np.nan, 1], [*table, 2, 1])
    after = np.repeat([1, 0, 1, 0, 1, np.nan], [*table, 2, 1])
    order = np.random.default_rng(1).permutation(before.size)
    found, counted = paired_binary(before[order], after[order]), paired_binary_counts(*table)
    assert (found.n, found.n_given, counted.n_given) == (sum(table), sum(table) + 3, sum(table))
    assert (found.n_before, found.n_after) == (both + only_before, both + only_after)
    assert_allclose((found.share_before, found.share_after), (found.n_before / found.n, found.n_after / found.n))
    left, right = found.to_frame().drop(columns="n_given"), counted.to_frame().drop(columns="n_given")
    pd.testing.assert_frame_equal(left, right)


def test_every_kind_of_flag_and_of_missing_value():
    expected = paired_binary([1, 1, 0, np.nan, 0], [0, 1, 1, 1, 0])
    flags = pd.array([True, True, False, None, False], dtype="boolean")
    assert paired_binary(flags, [False, True, True, True, False]) == expected
    assert paired_binary([True, True, False, None, False], pd.Series([0, 1, 1, 1, 0])) == expected
    assert (expected.both, expected.only_before, expected.only_after, expected.neither) == (1, 1, 1, 1)


def test_no_discordant_pairs_say_nothing_against_equality():
    found = paired_binary_counts(10, 0, 0, 12)
    assert found.p_midp == found.p_exact == found.p_asymptotic == 1
    assert found.reason == "" and found.odds_ratio_reason == "no_discordant_pairs" and found.difference == 0
    reach = stats.norm.ppf(0.975) ** 2
    tango = paired_difference_interval(10, 0, 0, 12, method="tango")
    assert_allclose(tango, (-reach / (22 + reach), reach / (22 + reach)), atol=1e-12)  # closed form
    assert -0.0834 < found.difference_low < -0.0832 and found.difference_high == -found.difference_low


def test_nobody_is_missing_with_its_reason():
    found = paired_binary([None, 1, 0], [1, None, None])
    assert (found.n, found.n_given) == (0, 3)
    assert found.reason == found.ratio_reason == found.odds_ratio_reason == "no_pairs"
    numbers = found.to_frame().select_dtypes("float").drop(columns="level")
    assert numbers.shape[1] == 19 and numbers.isna().all().all()


@pytest.mark.parametrize(
    ("table", "ratio", "ratio_reason", "odds", "odds_reason"),
    [
        ((0, 0, 0, 3), math.nan, "no_events", math.nan, "no_discordant_pairs"),
        ((0, 0, 2, 3), math.inf, "zero_margin", math.inf, "zero_cell"),
        ((0, 2, 0, 3), 0.0, "zero_margin", 0.0, "zero_cell"),
        ((1, 2, 0, 3), 1 / 3, "", 0.0, "zero_cell"),
        ((1, 1, 2, 0), 1.5, "", 2.0, ""),
        ((4, 0, 0, 0), 1.0, "", math.nan, "no_discordant_pairs"),
    ],
)
def test_what_ratios_of_nothing_are(table, ratio, ratio_reason, odds, odds_reason):
    for method in paired_intervals.RATIOS:
        found = paired_binary_counts(*table, ratio_method=method)
        assert_allclose(found.ratio, ratio)
        assert found.ratio_reason == ratio_reason
        if ratio_reason == "no_events" or (ratio_reason == "zero_margin" and method == "wald"):
            assert (found.ratio_low, found.ratio_high) == (0, math.inf)
    for method in (*paired_intervals.ODDS, "wald"):
        found = paired_binary_counts(*table, odds_ratio_method=method)
        assert_allclose(found.odds_ratio, odds)
        assert found.odds_ratio_reason == odds_reason
        assert (
            math.isnan(found.odds_ratio_low)
            == math.isnan(found.odds_ratio_high)
            == (odds_reason == "no_discordant_pairs")
        )
        assert not (method == "wald" and odds_reason == "zero_cell") or (
            found.odds_ratio_low,
            found.odds_ratio_high,
        ) == (0, math.inf)


def test_everyone_moves():
    found = paired_binary_counts(0, 0, 6, 0, method="tango", odds_ratio_method="midp")
    assert (found.difference, found.difference_high, found.cohens_g, found.cohens_g_high) == (1, 1, 0.5, 0.5)
    assert math.isnan(found.phi) and math.isinf(found.odds_ratio_high)
    assert_allclose(found.odds_ratio_low, 0.05 ** (1 / 6) / (1 - 0.05 ** (1 / 6)), rtol=1e-12)  # half of p^6 is 2.5 %
    assert_allclose(found.p_midp, 2 * 0.5**6 - 0.5**6, rtol=1e-12)


@pytest.mark.parametrize("method", METHODS)
def test_p_of_arrays_and_of_missing_counts(method):
    p = mcnemar_p([1, 0, np.nan, 4], [7, 0, 2, 4], method)
    assert math.isnan(p[2]) and p[1] == p[3] == 1
    assert p[0] == mcnemar_p(7, 1, method) and type(mcnemar_p(7, 1, method)) is float


def test_arrays_of_odds_equal_one_at_a_time():
    for method in (*paired_intervals.ODDS, "wald"):
        low, high = paired_odds_ratio_interval([1, 0, 5, 0], [4, 3, 0, 0], method=method)
        single = [paired_odds_ratio_interval(b, c, method=method) for b, c in [(1, 4), (0, 3), (5, 0), (0, 0)]]
        assert_allclose(np.column_stack([low, high]), single, rtol=1e-12)


def test_what_cannot_be_compared_is_refused():
    with pytest.raises(StatisticsError, match="before och after: ska ha lika många"):
        paired_binary([1, 0], [1])
    with pytest.raises(StatisticsError, match="samma index"):
        paired_binary(pd.Series([1, 0]), pd.Series([1, 0], index=[1, 2]))
    with pytest.raises(StatisticsError, match="after: har annat än ja och nej"):
        paired_binary([1, 0], [1, 2])
    with pytest.raises(StatisticsError, match="before: är text"):
        paired_binary(["ja", "nej"], [1, 0])
    with pytest.raises(StatisticsError, match="only_after: är inte ett antal"):
        paired_binary_counts(1, 2, -1, 3)
    with pytest.raises(StatisticsError, match="neither: saknar"):
        paired_binary_counts(1, 2, 1, math.nan)
    for argument in ("method", "ratio_method", "odds_ratio_method"):
        with pytest.raises(StatisticsError, match=r"method: okänd metod. Tillåtet: "):
            paired_binary_counts(1, 2, 1, 3, **{argument: "score"})
    with pytest.raises(StatisticsError, match="level"):
        paired_binary_counts(0, 0, 0, 0, level=95)
    with pytest.raises(StatisticsError, match=r"method: okänd metod. Tillåtet: midp, exact"):
        mcnemar_p(1, 2, "mid-p")


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("method", ["wilson", "midp", "exact"])
def test_odds_of_one_kind_of_move_reach_infinity_without_a_warning(method):
    low, high = paired_odds_ratio_interval([0, 5], [5, 0], method=method)
    assert 0 < low[0] < np.inf and high[0] == np.inf
    assert low[1] == 0 and high[1] == pytest.approx(1 / low[0])


def test_a_ratio_with_one_event_on_an_occasion_has_two_ends():
    """Only none at all leaves the ratio open: with one event both ends are numbers, and swapping inverts them."""
    for both, only_before, only_after in ((0, 1, 6), (1, 0, 6), (0, 1, 1), (1, 0, 1)):
        low, high = paired_ratio_interval(both, only_before, only_after, 9, method="bonett_price")
        observed = (both + only_after) / (both + only_before)
        assert 0 < low < observed < high < np.inf
        turned = paired_ratio_interval(both, only_after, only_before, 9, method="bonett_price")
        assert_allclose(turned, (1 / high, 1 / low))
