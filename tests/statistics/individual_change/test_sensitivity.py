"""Sensitivity grid against one setting at a time; agreement against a printed table of Cohen's kappa."""

import math

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose
from scipy import stats

from isu_analysis.errors import StatisticsError
from isu_analysis.statistics import jacobson_truax_criterion, reliable_change
from isu_analysis.statistics.individual_change.categorise import categorise
from isu_analysis.statistics.individual_change.methods import change_index
from isu_analysis.statistics.individual_change.references import control_sample, reference_sample
from isu_analysis.statistics.individual_change.rules import METHODS
from isu_analysis.statistics.individual_change.sensitivity import method_agreement, sensitivity_grid

DOWN = {"higher_is_better": False}
NORM = reference_sample(source="norm", mean_pre=24, sd_pre=8)


@pytest.fixture(scope="module")
def people():
    rng = np.random.default_rng(6)
    pre = rng.integers(8, 40, 120).astype(float)
    post = pre - rng.integers(-8, 16, 120)
    post[:5] = np.nan
    return pre, post


def test_every_cell_is_the_reports_own_function(people):
    """Jacobson-Truax one setting at a time, by `reliable_change`."""
    reliabilities, sds, zs = (0.7, 0.8, 0.9), (6.0, 8.0), (1.28, 1.96)
    grid = sensitivity_grid(*people, NORM, **DOWN, reliabilities=reliabilities, sds=sds, zs=zs, cutoff=15)
    assert len(grid) == 3 * 2 * 2 * 5 and (grid["of"] == 115).all() and (grid.reason == "").all()
    for row in grid.itertuples():
        criterion = jacobson_truax_criterion(
            row.sd, row.reliability, sd_source="n", reliability_source="n", reliability_type="retest", z=row.z
        )
        own = reliable_change(*people, criterion, **DOWN, cutoff=15)
        assert row.n == own.count(row.category), row
    whole = grid[grid.category != "harmed"].groupby(["reliability", "sd", "z"]).n.sum()
    assert (whole == 115).all()
    one = grid.iloc[1]
    interval = stats.binomtest(int(one.n), 115).proportion_ci(method="wilson")
    assert_allclose([one.share, one.low, one.high], [one.n / 115, *interval])


def test_a_higher_reliability_or_a_smaller_sd_flags_more(people):
    grid = sensitivity_grid(*people, NORM, **DOWN, reliabilities=(0.6, 0.7, 0.8, 0.9), sds=(5.0, 8.0, 11.0))
    assert list(grid.category.unique()) == ["improved", "unchanged", "deteriorated"]
    table = grid[grid.category == "improved"].pivot(index="reliability", columns="sd", values="n")
    assert (table.diff().dropna() >= 0).all(axis=None) and (table.diff(axis=1).iloc[:, 1:] <= 0).all(axis=None)
    assert table.to_numpy().min() < table.to_numpy().max()


def test_every_method_with_its_own_numbers(people):
    """Stated once with the grid's numbers, once varied from others: the same counts."""
    numbers = {"n": 50, "mean_pre": 24, "mean_post": 23}
    given = reference_sample(source="c", **numbers, sd_pre=8, sd_post=12, retest_r=0.5)
    wanted = reference_sample(
        source="c", **numbers, sd_pre=10, sd_post=15, retest_r=0.75, reliability_pre=0.75, reliability_post=0.75
    )
    grid = sensitivity_grid(*people, given, **DOWN, methods=tuple(METHODS), reliabilities=[0.75], sds=[10.0], zs=[1])
    assert list(grid.method.unique()) == list(METHODS)
    for method, rows in grid.groupby("method"):
        found = change_index(*people, method, wanted, **DOWN, z=1)
        expected = categorise(found.index, found.critical)
        assert list(rows.n) == [expected.count(name) for name in rows.category], method


def test_what_a_method_cannot_answer_is_said(people):
    flat = control_sample([5.0, 5, 5], [7.0, 8, 9], source="flat")
    grid = sensitivity_grid(*people, flat, **DOWN, methods=["temkin", "jacobson_truax"], reliabilities=[0.8], sds=[8.0])
    unanswered = grid[grid.method == "temkin"]
    assert unanswered[["n", "share", "low", "high"]].isna().all(axis=None) and (unanswered.reason == "zero_sd").all()
    assert grid[grid.method == "jacobson_truax"].n.notna().all()
    sure = sensitivity_grid(*people, NORM, **DOWN, reliabilities=[1.0], sds=[8.0]).set_index("category")
    gain = (people[0] - people[1])[5:]
    assert (sure.reason == "no_error").all() and list(sure.n) == [(gain > 0).sum(), (gain == 0).sum(), (gain < 0).sum()]
    nobody = sensitivity_grid([], [], NORM, **DOWN, reliabilities=[0.8], sds=[8.0])
    assert (nobody.n == 0).all() and nobody[["share", "low"]].isna().all(axis=None)


def test_cohens_kappa_of_a_printed_table():
    """20 both yes, 15 both no, 5 and 10 apart: agreement .7, by chance .5, kappa .4 (a textbook example)."""
    first = ["improved"] * 25 + ["unchanged"] * 25
    second = ["improved"] * 20 + ["unchanged"] * 5 + ["improved"] * 10 + ["unchanged"] * 15
    found = method_agreement(pd.DataFrame({"jt": first, "gln": second})).iloc[0]
    assert (found["first"], found["second"], found.n, found["of"], found.reason) == ("jt", "gln", 35, 50, "")
    assert found.share == pytest.approx(0.7) and found.kappa == pytest.approx(0.4)
    # Fleiss, Cohen & Everitt (1969): sqrt of [sum p_ii (1 - (p_i. + p_.i)(1 - k))^2 + ...] by hand = .1259
    a = 0.4 * (1 - 1.1 * 0.6) ** 2 + 0.3 * (1 - 0.9 * 0.6) ** 2
    b = 0.36 * (0.1 * (0.6 + 0.5) ** 2 + 0.2 * (0.4 + 0.5) ** 2)
    error = math.sqrt((a + b - (0.4 - 0.5 * 0.6) ** 2) / (0.25 * 50))
    assert_allclose([found.kappa_low, found.kappa_high], [0.4 - 1.959964 * error, 0.4 + 1.959964 * error], rtol=1e-6)
    wide = method_agreement(pd.DataFrame({"jt": first, "gln": second}), level=0.99).iloc[0]
    assert wide.kappa_high - wide.kappa == pytest.approx(2.575829 * error, rel=1e-6) and wide.low < found.low


def test_pairs_of_methods_and_people_left_out():
    frame = pd.DataFrame(
        {
            "a": ["improved", "unchanged", "improved", "not_paired", "deteriorated"],
            "b": ["improved", "unchanged", "unchanged", "improved", "deteriorated"],
            "c": ["improved", "unchanged", None, "improved", "deteriorated"],
        }
    )
    found = method_agreement(frame)
    assert list(zip(found["first"], found["second"], strict=True)) == [("a", "b"), ("a", "c"), ("b", "c")]
    assert list(found["of"]) == [4, 3, 4] and list(found.n) == [3, 3, 4]
    assert found.reason[1] == "complete_agreement" and found.kappa[1] == 1 and math.isnan(found.kappa_low[1])
    shuffled = method_agreement(frame.sample(frac=1, random_state=1))
    pd.testing.assert_frame_equal(shuffled, found)
    swapped = method_agreement(frame[["b", "a"]]).iloc[0]
    assert swapped.kappa == pytest.approx(found.kappa[0])


def test_agreement_that_chance_would_give_in_full():
    same = method_agreement(pd.DataFrame({"a": ["unchanged"] * 3, "b": ["unchanged"] * 3})).iloc[0]
    assert same.reason == "one_category" and math.isnan(same.kappa) and same.share == 1
    empty = method_agreement(pd.DataFrame({"a": ["not_paired"], "b": ["improved"]})).iloc[0]
    assert empty.reason == "no_people" and empty["of"] == 0 and math.isnan(empty.share)
    apart = method_agreement(pd.DataFrame({"a": ["unchanged"] * 3, "b": ["improved"] * 3})).iloc[0]
    assert apart.kappa == 0 and apart.n == 0 and apart.reason == "no_variation" and math.isnan(apart.kappa_high)
    one = method_agreement(pd.DataFrame({"a": ["unchanged"] * 3, "b": ["improved", "unchanged", "unchanged"]})).iloc[0]
    assert one.kappa == 0 and one.share == pytest.approx(2 / 3)


def test_refusals(people):
    good = {"reliabilities": [0.8], "sds": [8.0], **DOWN}
    for name, values in (
        ("reliabilities", []), ("sds", []), ("zs", []), ("methods", "jacobson_truax"), ("methods", ["hsu_linn_lord"]),
        ("sds", [0.0]), ("zs", [-1.0]),
    ):  # fmt: skip
        with pytest.raises(StatisticsError, match=f"Argumentet {name}"):
            sensitivity_grid(*people, NORM, **{**good, name: values})
    with pytest.raises(StatisticsError, match="reliability"):
        sensitivity_grid(*people, NORM, **{**good, "reliabilities": [1.2]})
    with pytest.raises(StatisticsError, match="saknar sd_post"):
        sensitivity_grid(*people, NORM, **good, methods=["temkin"])
    with pytest.raises(StatisticsError, match="Argumentet categories"):
        method_agreement(pd.DataFrame({"a": ["improved"]}))
    with pytest.raises(StatisticsError, match="Argumentet categories"):
        method_agreement(pd.DataFrame([["improved", "improved"]], columns=["a", "a"]))
