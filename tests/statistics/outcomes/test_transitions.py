"""From-to tables: R's Stuart-Maxwell, hand counts, edges."""

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose
from statsmodels.stats.contingency_tables import SquareTable

from isu_analysis.errors import StatisticsError
from isu_analysis.statistics import transition_table


def people(table):
    """One before-after pair for every person counted in a square table."""
    cells = [(i, j) for i, row in enumerate(table) for j, n in enumerate(row) for _ in range(n)]
    return [i for i, _ in cells], [j for _, j in cells]


def test_moves_and_test_equal_r(oracle):
    cases = oracle("effects_attrition/expected_binary_ordinal.json")["square_tables"]
    assert len(cases) == 6
    for case in cases:
        found = transition_table(*people(case["table"]), range(len(case["table"])))
        sign = case["sign"]
        assert (found.up, found.same, found.down) == (sign["n_up"], sign["n_same"], sign["n_down"])
        assert_allclose([found.share("up").share, found.share("down").share], [sign["p_up"], sign["p_down"]])
        stuart = case["stuart"]
        if stuart["T0"] is not None:
            assert_allclose([found.statistic, found.df, found.p], [stuart["T0"], stuart["df"], stuart["P"]], rtol=1e-9)


def test_moves_by_hand():
    before = ["low", "mid", "high", "low", None, "mid", None]
    after = ["mid", "mid", "low", None, "low", "high", np.nan]
    found = transition_table(before, after, ["low", "mid", "high"])
    assert (found.up, found.same, found.down, found.n, found.n_given) == (2, 1, 1, 4, 7)
    assert (found.missing_before, found.missing_after, found.missing_both) == (1, 1, 1)
    assert found.table.loc["high", "low"] == 1 and found.table.to_numpy().sum() == 4
    counts = found.counts()
    assert list(counts.index) == ["up", "same", "down"] and list(counts.share) == [0.5, 0.25, 0.25]
    assert list(found.to_frame().columns) == ["before", "after", "n", "of"] and len(found.to_frame()) == 9


def test_unused_levels_do_not_stop_the_test():
    a, b = people([[5, 6, 0], [2, 7, 0], [0, 0, 0]])
    found = transition_table(a, b, [0, 1, 2])
    assert found.df == 1 and found.statistic == pytest.approx((6 - 2) ** 2 / (6 + 2))  # McNemar


def test_without_moves_there_is_no_test():
    still = transition_table([0, 1, 1], [0, 1, 1], [0, 1])
    assert still.reason == "singular" and math.isnan(still.p) and still.same == 3
    assert transition_table([1, 1], [1, 1], [0, 1]).reason == "too_few_levels"
    empty = transition_table([], [], [0, 1])
    assert empty.n == 0 and empty.counts().share.isna().all()


def test_categories_and_numbers_are_levels_too():
    levels = ["a", "b"]
    found = transition_table(pd.Categorical(["a", "b"], levels), pd.Categorical(["b", None], levels), levels)
    assert (found.up, found.n) == (1, 1)
    assert transition_table([1.0, 2.0], [2.0, 2.0], [1, 2]).up == 1


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), max_size=40))
def test_turning_time_turns_up_and_down(pairs):
    before, after = [p[0] for p in pairs], [p[1] for p in pairs]
    there, back = (transition_table(*columns, range(4)) for columns in ((before, after), (after, before)))
    assert (there.up, there.same, there.down) == (back.down, back.same, back.up)
    assert there.up + there.same + there.down == there.n == len(pairs)
    assert_allclose(there.statistic, back.statistic, rtol=1e-7)


@pytest.mark.parametrize("levels", [["a"], ["a", "a"], []])
def test_levels_must_be_two_or_more_different(levels):
    with pytest.raises(StatisticsError, match="levels"):
        transition_table(["a"], ["a"], levels)


def test_unknown_levels_and_unequal_lengths_are_refused_without_repeating_the_value():
    with pytest.raises(StatisticsError, match="after") as caught:
        transition_table(["a", "b"], ["a", "hemligt"], ["a", "b"])
    assert "hemligt" not in str(caught.value)
    with pytest.raises(StatisticsError, match="lika många"):
        transition_table(["a"], ["a", "b"], ["a", "b"])
    with pytest.raises(StatisticsError, match="direction"):
        transition_table(["a"], ["b"], ["a", "b"]).share("better")


def test_a_level_one_person_leaves_and_nobody_enters_is_tested_too():
    """Three cells of moves: (2 - 1)^2 / 3 for levels 0 and 1, and 1^2 / 1 for the one who left level 2, is 4/3."""
    table = [[4, 2, 0], [1, 5, 0], [1, 0, 0]]
    found = transition_table(*people(table), range(3))
    expected = SquareTable(np.array(table), shift_zeros=False).homogeneity(method="stuart_maxwell")
    assert (found.df, found.reason) == (2, "")
    assert_allclose([found.statistic, found.p], [expected.statistic, expected.pvalue])
    assert found.statistic == pytest.approx(4 / 3)
