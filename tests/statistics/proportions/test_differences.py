"""Two independent shares: R's contingencytables, effectsize and metafor, closed forms at zero, and symmetries."""

import math
from itertools import product

import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy import stats
from scipy.optimize import minimize_scalar

from isu_analysis.errors import StatisticsError
from isu_analysis.statistics.proportions.differences import METHODS, cohens_h, difference_interval, share_difference
from isu_analysis.statistics.proportions.numbers_needed import number_needed_to_treat
from isu_analysis.statistics.proportions.score import likeliest_with_difference

ROOTS = 1e-7  # R's root finder stops there
COMPARED = [("newcombe", 1e-9), ("agresti_caffo", 1e-9), ("wald", 1e-9), ("miettinen_nurminen", ROOTS), ("mee", ROOTS)]
Z2 = stats.norm.ppf(0.975) ** 2


@pytest.fixture
def cases(oracle):
    return oracle("effects_attrition/expected_binary_ordinal.json")["independent_2x2"]


def table(case):
    return tuple(case[key] for key in ("x1", "n1", "x2", "n2"))


def test_every_difference_equals_r(cases):
    compared = 0
    assert {key for case in cases for key in case["rd"]} == {name for name, _ in COMPARED}
    for (method, tolerance), case in product(COMPARED, cases):
        found, expected = share_difference(*table(case), method=method), case["rd"][method]
        # 0 of 20 against 0 of 22: the reference gives -1 and 1; the closed form is tested below.
        wrong = case["id"] == "both_zero" and method in ("mee", "miettinen_nurminen")
        assert_allclose(found.difference, expected["est"], atol=1e-9)
        if not wrong:
            ends = (found.difference_low, found.difference_high)
            assert_allclose(ends, (expected["lo"], expected["hi"]), atol=tolerance, err_msg=f"{method} {case['id']}")
        assert (found.method, found.reason) == (method, "")
        compared += not wrong
    assert compared == 5 * 15 - 2


def test_metafors_differences(cases):
    """RD is Wald's; in the five tables with an empty cell metafor adds half to every cell: out of scope."""
    compared = 0
    for case in cases:
        x1, n1, x2, n2 = table(case)
        if 0 not in (x1, x2, n1 - x1, n2 - x2):
            expected = case["metafor"]["RD"]
            assert_allclose(
                difference_interval(x1, n1, x2, n2, method="wald"), (expected["lo"], expected["hi"]), atol=1e-9
            )
            compared += 1
    assert compared == 10


def test_cohens_h_equals_effectsize_and_metafor(cases):
    compared = 0
    for case in cases:
        found = cohens_h(*table(case))
        half = case["metafor"]["AS"]
        assert_allclose((found.h, found.h_low, found.h_high), [2 * half[k] for k in ("yi", "lo", "hi")], atol=1e-9)
        whole = case["effectsize"]["cohens_h"]
        if whole is not None:
            assert_allclose((found.h, found.h_low, found.h_high), [whole[k] for k in ("est", "lo", "hi")], atol=1e-9)
            compared += 1
    assert compared == 14


@pytest.mark.parametrize("method", ["mee", "miettinen_nurminen"])
def test_no_events_end_in_closed_form(method):
    """With x = 0 in both the likeliest shares are (d, 0), so d^2 = z^2 d (1 - d) / n: d = z^2 / (n + z^2)."""
    reach = Z2 * (42 / 41 if method == "miettinen_nurminen" else 1)
    low, high = difference_interval(0, 20, 0, 22, method=method)
    assert_allclose((low, high), (-reach / (22 + reach), reach / (20 + reach)), atol=1e-12)
    assert_allclose(difference_interval(20, 20, 22, 22, method=method), (-reach / (20 + reach), reach / (22 + reach)))


def test_mees_end_is_where_pearsons_test_turns(cases):
    """At the level 1 - p of the chi-square test without correction one end of the interval is 0."""
    compared = 0
    for case in cases:
        if case["chisq_no_cc_p"] is None:
            continue
        ends = difference_interval(*table(case), method="mee", level=1 - case["chisq_no_cc_p"])
        total = case["n1"] + case["n2"]
        smaller = stats.chi2.sf(case["chisq_no_cc"] * (total - 1) / total, 1)
        corrected = difference_interval(*table(case), method="miettinen_nurminen", level=1 - smaller)
        assert_allclose([np.abs(ends).min(), np.abs(corrected).min()], 0, atol=1e-7)
        compared += 1
    assert compared == 14


def test_the_likeliest_shares_are_the_likeliest():
    for x1, n1, x2, n2, difference in [
        (3, 10, 8, 9, 0.2),
        (0, 5, 2, 30, -0.4),
        (5, 5, 30, 40, -0.1),
        (7, 9, 1, 4, 0.9),
    ]:
        low, high = max(0, difference), min(1, 1 + difference)

        def unlikely(p, x1=x1, n1=n1, x2=x2, n2=n2, difference=difference):
            return -stats.binom.logpmf(x1, n1, p) - stats.binom.logpmf(x2, n2, p - difference)

        best = minimize_scalar(unlikely, bounds=(low, high), method="bounded", options={"xatol": 1e-10})
        counts = tuple(np.array(float(count)) for count in (x1, n1, x2, n2))
        found, other = likeliest_with_difference(counts, np.array(difference))
        assert_allclose(found, best.x, atol=1e-6)
        assert_allclose(found - other, difference, atol=1e-15)


@pytest.mark.parametrize("method", METHODS)
def test_swapping_groups_mirrors_and_swapping_the_event_turns_the_sign(method, rng):
    small = np.array([(x1, 6, x2, 4) for x1, x2 in product(range(7), range(5))])
    sizes = rng.integers(1, 900, size=(200, 2))
    large = np.column_stack([rng.binomial(sizes[:, 0], rng.random(200)), sizes[:, 0], rng.binomial(sizes[:, 1], rng.random(200)), sizes[:, 1]])  # fmt: skip
    n_first, of_first, n_second, of_second = np.vstack([small, large]).T
    low, high = difference_interval(n_first, of_first, n_second, of_second, method=method)
    swapped = difference_interval(n_second, of_second, n_first, of_first, method=method)
    others = difference_interval(of_first - n_first, of_first, of_second - n_second, of_second, method=method)
    assert_allclose([swapped, others], [(-high, -low)] * 2, atol=1e-7)
    observed = n_first / of_first - n_second / of_second
    assert (low >= -1).all() and (low <= observed + 1e-12).all() and (observed <= high + 1e-12).all()
    wider = difference_interval(n_first, of_first, n_second, of_second, method=method, level=0.99)
    assert (wider[0] <= low + 1e-12).all() and (wider[1] >= high - 1e-12).all()


@pytest.mark.parametrize("method", METHODS)
def test_arrays_equal_one_at_a_time_and_an_empty_group_is_missing(method):
    tables = np.array([*product([0, 1, 4], [4], [0, 2, 3], [3]), (0, 0, 1, 2), (1, 2, 0, 0)]).T
    low, high = difference_interval(*tables, method=method)
    single = [difference_interval(*(int(n) for n in column), method=method) for column in tables.T]
    assert_allclose(np.column_stack([low, high]), single, atol=1e-14)
    assert np.isnan(low[-2:]).all() and np.isnan(high[-2:]).all() and np.isfinite(low[:-2]).all()


@pytest.mark.parametrize("method", METHODS)
def test_an_empty_group_gives_its_reason(method):
    found = share_difference(0, 0, 1, 3, method=method)
    assert math.isnan(found.difference) and math.isnan(found.difference_low) and math.isnan(found.difference_high)
    assert (found.reason, found.method) == ("empty_group", method)
    assert cohens_h(1, 3, 0, 0).reason == "empty_group" and math.isnan(cohens_h(1, 3, 0, 0).h_low)
    assert math.isnan(number_needed_to_treat(0, 0, 1, 3, higher_is_better=True, method=method).number)


def test_numbers_needed_equal_effectsize_where_the_sign_is_certain(cases):
    """effectsize inverts Wald's limits as they stand: (-4.4; -19.2, -2.5) is 4.4 (2.5 to 19.2) to harm."""
    certain = 0
    for case in cases:
        expected = case["effectsize"]["nnt"]
        if expected is None:
            continue
        found = number_needed_to_treat(*table(case), higher_is_better=True, method="wald")
        inverted = sorted(abs(expected[k]) for k in ("lo", "hi"))
        assert_allclose(found.number, abs(expected["est"]), rtol=1e-9)
        assert found.direction == ("benefit" if expected["est"] > 0 else "harm")
        if expected["lo"] * expected["hi"] > 0:
            one, other = (found.benefit_from, found.benefit_to), (found.harm_from, found.harm_to)
            used, unused = (one, other) if expected["est"] > 0 else (other, one)
            assert_allclose(used, inverted, rtol=1e-9)
            assert np.isnan(unused).all() and not found.spans_infinity
            certain += 1
        else:
            assert_allclose(sorted([found.benefit_from, found.harm_from]), inverted, rtol=1e-9)
            assert found.spans_infinity and found.benefit_to == found.harm_to == math.inf
    assert certain == 3


def test_a_number_needed_whose_interval_spans_infinity():
    """Altman (1998), BMJ 317:1309: a difference from -5 % to 25 % is NNTH 20 to infinity to NNTB 4."""
    found = number_needed_to_treat(30, 100, 20, 100, higher_is_better=True)
    assert_allclose((found.benefit, found.number), (0.1, 10), atol=1e-12)
    assert_allclose((1 / found.benefit_from, -1 / found.harm_from), (found.benefit_high, found.benefit_low), atol=1e-12)
    assert found.benefit_low < 0 < found.benefit_high and found.spans_infinity
    assert found.benefit_to == found.harm_to == math.inf


def test_a_bad_event_turns_benefit_to_harm():
    good = number_needed_to_treat(45, 60, 20, 60, higher_is_better=True)
    bad = number_needed_to_treat(45, 60, 20, 60, higher_is_better=False)
    assert (good.direction, bad.direction) == ("benefit", "harm") and good.number == bad.number == pytest.approx(2.4)
    assert (good.benefit_from, good.benefit_to) == (bad.harm_from, bad.harm_to)
    assert (good.benefit_low, good.benefit_high) == (-bad.benefit_high, -bad.benefit_low)
    assert not good.spans_infinity and good.benefit_from < good.number < good.benefit_to < math.inf


def test_equal_shares_need_infinitely_many():
    found = number_needed_to_treat(3, 6, 4, 8, higher_is_better=True)
    assert (found.number, found.direction, found.spans_infinity) == (math.inf, "", True)
    no_width = number_needed_to_treat(0, 6, 0, 8, higher_is_better=True, method="wald")
    assert no_width.spans_infinity and math.isnan(no_width.benefit_from) and math.isnan(no_width.harm_from)


def test_what_cannot_be_a_table_is_refused():
    with pytest.raises(StatisticsError, match="n_second och of_second"):
        share_difference(1, 3, 4, 3)
    with pytest.raises(StatisticsError, match="n_first: saknar"):
        share_difference(math.nan, 3, 1, 3)
    with pytest.raises(StatisticsError, match="of_first: ska vara ett enda tal"):
        cohens_h(1, [3, 4], 1, 3)
    with pytest.raises(StatisticsError, match=r"method.*newcombe, miettinen_nurminen"):
        difference_interval(1, 3, 1, 3, method="score")
    with pytest.raises(StatisticsError, match="level"):
        cohens_h(1, 3, 1, 3, level=1)
    with pytest.raises(StatisticsError, match="samma form"):
        difference_interval([1, 2], 3, [1, 2, 3], 3)


def test_a_difference_is_one_row():
    assert list(share_difference(1, 3, 1, 4, method="mee").to_frame()["method"]) == ["mee"]
    assert cohens_h(1, 3, 1, 4).to_frame().shape == (1, 9)
    assert number_needed_to_treat(1, 3, 1, 4, higher_is_better=True).to_frame()["of_second"].item() == 4
