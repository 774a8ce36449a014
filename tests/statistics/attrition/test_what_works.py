"""Attrition of two groups: the handbook's printed table, the reference model, R's g and Cox index."""

import math

import numpy as np
import pytest
from numpy.testing import assert_allclose

from isu_analysis.errors import StatisticsError
from isu_analysis.statistics.attrition.selection import inverse_mills
from isu_analysis.statistics.attrition.start_equivalence import (
    start_difference,
    start_difference_of_shares,
    start_equivalence,
)
from isu_analysis.statistics.attrition.what_works import (
    attrition_status,
    model_boundary,
    printed_boundary,
    two_group_attrition,
)

FOLDER = "effects_attrition/"
BOUNDARIES = ("cautious", "optimistic")


@pytest.fixture(scope="module")
def wwc(oracle):
    return oracle(FOLDER + "expected_wwc.json")


def floats(values):
    return np.array([np.nan if value is None else value for value in values], dtype=float)


def test_the_printed_table(wwc):
    found = printed_boundary()
    assert list(found.overall_points) == wwc["overall"] and len(found) == 66
    for name in BOUNDARIES:
        assert_allclose(found[name], floats(wwc[name]))


def test_the_model_equals_the_reference(wwc):
    compared = 0
    for name in BOUNDARIES:
        found = [model_boundary(overall / 100, name) for overall in wwc["overall"]]
        assert_allclose(found, floats(wwc["model"]["computed"][name]), atol=1e-6)
        compared += len(found)
    assert compared == 132


@pytest.mark.parametrize(("name", "tolerance"), [("cautious", 0.1), ("optimistic", 0.27)])
def test_the_model_lies_near_the_printed_table(wwc, name, tolerance):
    model = np.array([model_boundary(overall / 100, name) for overall in range(66)])
    off = np.abs(model - printed_boundary()[name])
    assert off.max() == pytest.approx(wwc["model"]["max_abs_deviation_pp"][name], abs=1e-6)
    assert off.max() < tolerance + 1e-3


def test_the_model_boundary_is_where_bias_reaches_the_limit():
    """The bias at the returned differential, from lambda of both groups (itself tested elsewhere)."""
    differential = model_boundary(0.3) / 100
    more, less = inverse_mills(0.7 - differential / 2), inverse_mills(0.7 + differential / 2)
    assert 0.45 * more - 0.39 * less == pytest.approx(0.055, abs=1e-9)


def test_the_ends_of_the_model():
    assert math.isnan(model_boundary(0)) and math.isnan(model_boundary(0.02)) and math.isnan(model_boundary(0.01))
    assert model_boundary(1) == model_boundary(0.9) == model_boundary(0.58) == 0
    assert model_boundary(0.57) > 0
    assert 0 < model_boundary(0.5) < model_boundary(0.5, "optimistic")


def test_every_check_of_the_reference(wwc):
    compared = 0
    for check in wwc["checks"]:
        found = attrition_status(check["overall"], check["differential"])
        assert (found.cautious, found.optimistic) == (check["cautious"], check["optimistic"])
        compared += 1
    assert compared == 6


def test_the_rules_of_equivalence(wwc):
    rules = wwc["baseline_equivalence"]
    small, large = rules["satisfied_max_abs_es"], rules["adjustment_required_max_abs_es"]
    assert large == rules["not_satisfied_above"]
    for sign in (1, -1):
        assert start_equivalence(sign * small) == "satisfied"
        assert start_equivalence(sign * (small + 1e-6)) == "adjustment_required"
        assert start_equivalence(sign * large) == "adjustment_required"
        assert start_equivalence(sign * (large + 1e-6)) == "not_satisfied"
    assert start_equivalence(math.nan) == "" and start_equivalence(0) == "satisfied"


def test_a_printed_limit_itself_counts_as_low():
    """30 % overall: 4.1 points by the cautious boundary, 8.2 by the optimistic."""
    at = attrition_status(0.3, 0.041)
    assert (at.cautious, at.cautious_limit, at.optimistic_limit) == ("low", 4.1, 8.2)
    assert attrition_status(0.3, 0.0411).cautious == "high"
    assert attrition_status(0.3, -0.082).optimistic == "low"
    assert attrition_status(0.3, 0.0821).optimistic == "high"
    assert_allclose([at.overall_points, at.differential_points], [30, 4.1])


def test_between_two_whole_percents_the_lower_limit_counts():
    assert attrition_status(0.305, 0).cautious_limit == 4.0  # 4.1 at 30, 4.0 at 31
    assert attrition_status(0.005, 0).cautious_limit == 5.7  # 5.7 at 0, 5.8 at 1
    assert attrition_status(0.29, 0).cautious_limit == 4.3  # 100 * 0.29 is 28.999999999999996
    assert attrition_status(0.28, 0).cautious_limit == 4.4  # 100 * 0.28 is 28.000000000000004
    assert attrition_status(1 - 93 / 100, 0).cautious_limit == 6.3  # 6.999999999999995 percent; 6.2 at 6


def test_beyond_the_table_attrition_is_high():
    end = attrition_status(0.57, 0)
    assert (end.cautious, end.cautious_limit) == ("low", 0)
    beyond = attrition_status(0.571, 0)
    assert beyond.cautious == "high" and math.isnan(beyond.cautious_limit) and beyond.optimistic == "low"
    assert attrition_status(0.65, 0.003).optimistic == "low"
    assert attrition_status(0.651, 0).optimistic == attrition_status(1, 0).optimistic == "high"


def test_two_groups_from_their_counts():
    """Beat the Blues at 8 months by arm: 27 of 52 and 25 of 48 kept; 48 % lost, 0.16 points apart."""
    found = two_group_attrition(27, 52, 25, 48)
    assert_allclose([found.overall_points, found.differential_points], [48, 100 * (25 / 48 - 27 / 52)])
    assert (found.cautious, found.optimistic) == ("low", "low")
    assert two_group_attrition(25, 48, 27, 52).differential_points == pytest.approx(found.differential_points)
    assert two_group_attrition(90, 100, 70, 100).optimistic == "high"


@pytest.fixture(scope="module")
def balance(oracle):
    cases = oracle(FOLDER + "expected_attrition.json")["balance"]
    assert len(cases) == 8
    return cases


def test_g_is_near_rs_exact_g(balance):
    """The handbook's omega is an approximation of the exact correction that R uses: 3e-5 apart at most here."""
    compared = 0
    for case in balance:
        for row in case["continuous"].values():
            groups = [(row[f"mean_{g}"], row[f"sd_{g}"], row[f"n_{g}"]) for g in ("drop", "comp")]
            found = start_difference(*groups[0], *groups[1])
            assert found.size == pytest.approx(row["g_pooled"]["est"], abs=3e-5)
            omega = 1 - 3 / (4 * case["n"] - 9)
            assert_allclose(found.size, omega * row["d_pooled"]["est"], rtol=1e-9)
            assert (found.measure, found.equivalence) == ("hedges_g", start_equivalence(found.size))
            compared += 1
    assert compared == 8


def test_the_printed_example_of_baselinr():
    """Its vignette: pretests 5, 6, 7 against 4, 5, 6 give g = 0.8; 2 of 3 against 1 of 3 a Cox index of 0.8401784
    before omega, which is 0.8 for six people."""
    assert start_difference(6, 1, 3, 5, 1, 3).size == pytest.approx(0.8)
    assert start_difference_of_shares(2, 3, 1, 3).size == pytest.approx(0.8 * 0.8401784)


def test_the_cox_index_equals_the_reference(balance):
    compared = infinite = 0
    for case in balance:
        for row in case["categorical"].values():
            if "cox_wwc_level2" not in row:
                continue
            counts = (row["n_drop"][1], sum(row["n_drop"]), row["n_comp"][1], sum(row["n_comp"]))
            found = start_difference_of_shares(*counts)
            if row["cox_wwc_level2"] is None:
                assert found.reason == "zero_cell" and math.isnan(found.size) and found.equivalence == ""
                infinite += 1
            else:
                assert_allclose(found.size, row["cox_wwc_level2"], rtol=1e-9)
                assert (found.measure, found.n_first, found.n_second) == ("cox_index", counts[1], counts[3])
            compared += 1
    assert (compared, infinite) == (12, 2)


def test_a_difference_that_cannot_be_standardised_says_why():
    assert start_difference(1, 1, 1, 2, 1, 9).reason == "too_few_people"
    assert start_difference(1, 1, 9, 2, 1, 1).reason == "too_few_people"
    assert start_difference(1, 0, 9, 2, 0, 9).reason == "zero_sd"
    assert start_difference_of_shares(1, 1, 2, 5).reason == "too_few_people"
    assert start_difference_of_shares(0, 5, 2, 5).reason == start_difference_of_shares(2, 5, 5, 5).reason == "zero_cell"
    assert start_difference_of_shares(0, 0, 0, 0).reason == "too_few_people"
    assert len(start_difference(1, 0, 9, 2, 0, 9).to_frame()) == len(attrition_status(0, 0).to_frame()) == 1


def test_swapping_groups_changes_the_sign():
    assert_allclose(start_difference(5, 2, 20, 4, 3, 30).size, -start_difference(4, 3, 30, 5, 2, 20).size)
    one, other = start_difference_of_shares(5, 20, 9, 30), start_difference_of_shares(9, 30, 5, 20)
    assert_allclose(one.size, -other.size)


def test_wrong_arguments_are_refused_by_name():
    for overall in (-0.1, 1.1, math.nan, 30):
        with pytest.raises(StatisticsError, match="Argumentet overall"):
            attrition_status(overall, 0)
        with pytest.raises(StatisticsError, match="Argumentet overall"):
            model_boundary(overall)
    with pytest.raises(StatisticsError, match="Argumentet differential"):
        attrition_status(0.1, 3)
    with pytest.raises(StatisticsError, match="Argumentet boundary"):
        model_boundary(0.1, "strict")
    with pytest.raises(StatisticsError, match="of_first"):
        two_group_attrition(0, 0, 1, 2)
    with pytest.raises(StatisticsError, match="observed och of"):
        two_group_attrition(3, 2, 1, 2)
    with pytest.raises(StatisticsError, match="sd_first"):
        start_difference(1, -1, 5, 1, 1, 5)
    good = {"mean_first": 1, "sd_first": 2, "n_first": 10, "mean_second": 2, "sd_second": 1, "n_second": 10}
    for name in ("mean_first", "sd_first", "mean_second", "sd_second"):
        for bad in (math.nan, math.inf, "x"):
            with pytest.raises(StatisticsError, match=f"Argumentet {name}"):
                start_difference(**(good | {name: bad}))
    alone = start_difference(**(good | {"n_first": 1, "sd_first": math.nan}))  # one person has no SD
    assert alone.reason == "too_few_people"
