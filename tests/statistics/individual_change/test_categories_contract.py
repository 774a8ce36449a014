"""The contract of `reliable_change`: every Jacobson-Truax case of R, the harmed, the subsets, odd input.

R is the package clinicalsignificance 3.0.0 on four data sets (shared/oracle/reliable_change/README.md); its
category "Harmed" is our subset. Other numbers are counted by hand in the test.
"""

import math
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from isu_analysis.errors import StatisticsError
from isu_analysis.statistics.arguments import vector
from isu_analysis.statistics.individual_change.categories import (
    CATEGORIES,
    NAMES,
    SUBSETS,
    cutoff_of_each,
    reliable_change,
)
from isu_analysis.statistics.individual_change.criteria import jacobson_truax_criterion, published_criterion

FILES = ("own_cs300_own_prepost", "cs300_jacobson_1989", "cs300_antidepressants", "cs300_anxiety")
SIX = published_criterion(6, "NHS")


def jt(sd, reliability, z=1.96):
    return jacobson_truax_criterion(
        sd, reliability, sd_source="manual", reliability_source="manual", reliability_type="retest", z=z
    )


@pytest.fixture(scope="module")
def r_cases(oracle):
    return {c["case"]: c for file in FILES for c in oracle(f"reliable_change/{file}.json")["cases"]}


def case_of(cases, kind):
    return {name: case for name, case in cases.items() if kind in name and not case.get("error")}


def from_r(case, criterion):
    people = case["individual"]
    return reliable_change(
        np.array(people["pre"], dtype=float),
        np.array(people["post"], dtype=float),
        criterion,
        higher_is_better='better_is="higher"' in case["call"],
        cutoff=case["cutoff"]["value"] if "cutoff" in case else None,
    )


def test_every_jacobson_truax_case_of_r_person_by_person_with_the_harmed(r_cases):
    cases = {**case_of(r_cases, ".dist.JT"), **case_of(r_cases, ".comb.JT")}
    for name, case in cases.items():
        found = from_r(case, jt(case["stats"]["sd_pre"], case["reliability"], case["critical_value"]))
        names = np.where(found.is_harmed, "harmed", found.categories)
        assert [one.lower() for one in case["individual"]["category"]] == list(names), name
        assert found.n == case["stats"]["n_used"]
    assert len(cases) == 38, sorted(cases)


def test_every_smallest_important_difference_of_r_with_a_cutoff(r_cases):
    """R has one difference for better and one for worse: the same people sorted twice."""
    cases = case_of(r_cases, ".comb.anchor.c")
    for name, case in cases.items():
        expected = pd.Series(case["individual"]["category"]).value_counts()
        call = dict(part.split("=") for part in case["call"].replace(")", "").split(", ") if "mid_" in part)
        better = float(call["mid_improvement"])
        worse = float(call.get("mid_deterioration", better))
        up, down = (from_r(case, published_criterion(mid, "R")) for mid in (better, worse))
        assert [up.count("recovered"), up.count("improved")] == [expected["Recovered"], expected["Improved"]], name
        harmed, deteriorated = expected.get("Harmed", 0), expected.get("Deteriorated", 0)
        assert [down.count("harmed"), down.count("deteriorated")] == [harmed, harmed + deteriorated], name
    assert len(cases) == 6, sorted(cases)


def by_hand(**more):
    """Lower is better, 10 or above is clinical, six points count, 0-27."""
    pre = [20, 4, 9, 12, 5, 10, 16, 24, np.nan]
    post = [9, 12, 15, 18, 6, 4, 10, 26, 3]
    return reliable_change(pre, post, SIX, higher_is_better=False, **more)


def test_the_harmed_are_a_part_of_the_deteriorated():
    found = by_hand(cutoff=10, scale=(0, 27))
    assert list(found.categories) == [
        "recovered",
        "deteriorated",  # 4 -> 12: across the border, and eight points
        "deteriorated",  # 9 -> 15 likewise
        "deteriorated",  # 12 -> 18 was clinical already
        "unchanged",
        "recovered",
        "improved",
        "unchanged",
        "not_paired",
    ]
    assert list(np.flatnonzero(found.is_harmed)) == [1, 2]
    assert (found.count("deteriorated"), found.count("harmed"), found.harmed) == (3, 2, 2)
    assert (found.share("harmed").n, found.share("harmed").of) == (2, 8)
    assert (found.harm().n, found.harm().of) == (2, 3)
    assert found.counts().n.sum() == found.n == 8 and "harmed" not in found.counts().index


def test_the_subsets_are_rows_of_their_own():
    found = by_hand(cutoff=10, scale=(0, 27))
    table = found.subsets()
    assert list(table.index) == [
        "harmed", "clinical_at_start", "functional_at_start", "could_improve", "could_deteriorate"
    ]  # fmt: skip
    # Starts 20, 4, 9, 12, 5, 10, 16, 24: 4 and 5 have less than six points to fall, 24 less than six to rise.
    assert list(table.n) == [2, 5, 3, 6, 7] and (table.of == 8).all()
    assert table.loc["could_improve", "share"] == 0.75
    assert list(found.share("functional_at_start").to_frame().n) == [3]
    assert list(by_hand(scale=(0, 27)).subsets().index) == ["could_improve", "could_deteriorate"]
    assert by_hand().subsets().empty and list(by_hand().subsets().columns) == ["n", "of", "share", "low", "high"]


def test_room_on_a_scale_where_higher_is_better():
    found = reliable_change([22, 21, 5], [1, 1, 1], SIX, higher_is_better=True, scale=(0, 27))
    assert (found.could_improve, found.could_deteriorate) == (2, 2)
    strict = jt(10, 0.5, z=0.6)  # more than six points: 21 has no room left
    assert reliable_change([22, 21, 5], [1, 1, 1], strict, higher_is_better=True, scale=(0, 27)).could_improve == 1


def test_flags_of_the_range_are_known_only_where_score_and_cutoff_are():
    found = reliable_change(
        [20, 20, 5, np.nan, 5], [5, 5, 20, 5, np.nan], SIX, higher_is_better=False, cutoff=[10, np.nan, 10, 10, 10]
    )
    assert list(found.is_clinical_at_start) == [True, False, False, False, False]
    assert list(found.is_functional_at_start) == [False, False, True, False, False]
    assert list(found.is_clinical_at_end) == [False, False, True, False, False]
    assert list(found.categories) == ["recovered", "improved", "deteriorated", "not_paired", "not_paired"]
    assert (found.cutoff_unknown, found.harmed) == (1, 1)


@pytest.mark.parametrize("higher", [True, False])
@pytest.mark.parametrize("inclusive", [True, False])
def test_at_the_border_within_the_last_binary_digits(higher, inclusive):
    """0.1 + 0.2 is a little more than 0.3: on the border, on either side of it."""
    border, sign = 0.1 + 0.2, 1 if higher else -1
    found = reliable_change(
        [sign * 0.3], [sign * 10.0], SIX, higher_is_better=higher, cutoff=sign * border, cutoff_inclusive=inclusive
    )
    assert (found.clinical_at_start, found.functional_at_start) == ((1, 0) if inclusive else (0, 1))


def test_a_change_equal_to_a_strict_threshold_does_not_count_for_its_last_binary_digits():
    assert 0.8 - 0.7 > 0.1
    strict = replace(jt(10, 0.8), threshold=0.1)
    assert reliable_change([0.7, 0.8], [0.8, 0.7], strict, higher_is_better=True).count("unchanged") == 2
    assert reliable_change([0.7, 0.8], [0.8001, 0.6999], strict, higher_is_better=True).count("unchanged") == 0


def test_an_unknown_cutoff_for_all_is_a_cutoff_that_nobody_crosses():
    found = reliable_change([20, 5], [5, 20], SIX, higher_is_better=False, cutoff=np.nan)
    assert (found.cutoff_unknown, found.clinical_at_start, found.harmed) == (2, 0, 0)
    assert list(found.categories) == ["improved", "deteriorated"]


@pytest.mark.parametrize("name", ["harmed", "functional_at_start", "clinical_at_start", "recovered"])
def test_what_needs_a_cutoff_says_so(name):
    with pytest.raises(StatisticsError, match=f"Argumentet name: {name} kräver ett gränsvärde"):
        by_hand().count(name)


def test_what_needs_a_scale_says_so():
    with pytest.raises(StatisticsError, match="Argumentet name: could_improve kräver en skala"):
        by_hand(cutoff=10).share("could_improve")
    with pytest.raises(StatisticsError, match=r"okänd kategori.*harmed"):
        by_hand().count("Improved")
    with pytest.raises(StatisticsError, match="cutoff"):
        by_hand().harm()
    with pytest.raises(StatisticsError, match="not_paired är inte"):
        by_hand().share("not_paired")


@pytest.mark.parametrize("n", range(5))
def test_no_to_four_people(n):
    found = reliable_change(np.full(n, 20.0), np.full(n, 5.0), SIX, higher_is_better=False, cutoff=10, scale=(0, 27))
    assert (found.n, found.n_given, found.count("recovered"), found.harmed) == (n, n, n, 0)
    assert list(found.counts().n) == [n, 0, 0, 0]
    assert found.counts().share.isna().all() == (n == 0)
    assert (found.recovery().of, found.harm().of, math.isnan(found.harm().share)) == (n, 0, True)


def test_nobody_with_both_values():
    found = reliable_change([1, np.nan], [np.nan, 2], SIX, higher_is_better=False, cutoff=10)
    assert (found.n, found.n_given, found.count("not_paired")) == (0, 2, 2)


scores = st.one_of(st.integers(0, 27).map(float), st.just(np.nan))
people = st.lists(st.tuples(scores, scores), min_size=1, max_size=40)


@settings(max_examples=25)
@given(people, st.integers(1, 26), st.booleans(), st.booleans(), st.randoms(use_true_random=False))
def test_shuffled_rows_carry_their_category_with_them(rows, cutoff, higher, inclusive, random):
    order = list(range(len(rows)))
    random.shuffle(order)
    x, y = np.array(rows).T
    arguments = {"higher_is_better": higher, "cutoff": cutoff, "cutoff_inclusive": inclusive, "scale": (0.0, 27.0)}
    plain, mixed = (reliable_change(x[to], y[to], SIX, **arguments) for to in (slice(None), order))
    assert (plain.categories[order] == mixed.categories).all() and (plain.is_harmed[order] == mixed.is_harmed).all()
    assert [plain.count(name) for name in (*CATEGORIES, *SUBSETS)] == [
        mixed.count(name) for name in (*CATEGORIES, *SUBSETS)
    ]


@settings(max_examples=25)
@given(people, st.integers(1, 26), st.booleans())
def test_swapping_start_and_end_swaps_the_recovered_and_the_harmed(rows, cutoff, inclusive):
    x, y = np.array(rows).T
    there, back = (
        reliable_change(*pair, SIX, higher_is_better=True, cutoff=cutoff, cutoff_inclusive=inclusive)
        for pair in ((x, y), (y, x))
    )
    assert there.count("recovered") == back.harmed and there.harmed == back.count("recovered")
    assert ((there.categories == "recovered") == back.is_harmed).all()
    assert there.count("harmed") <= there.count("deteriorated")


@settings(max_examples=25)
@given(people, st.integers(1, 26), st.integers(-100, 100))
def test_moving_the_whole_scale_changes_nothing(rows, cutoff, shift):
    x, y = np.array(rows).T
    here, there = (
        reliable_change(x + by, y + by, SIX, higher_is_better=False, cutoff=cutoff + by, scale=(by, 27 + by))
        for by in (0, shift)
    )
    assert (here.codes == there.codes).all() and (here.could_improve, here.harmed) == (
        there.could_improve,
        there.harmed,
    )


def test_frames_keep_their_rows_and_an_index_may_repeat():
    index = ["a", "a", "b"]
    pre, post = pd.Series([20.0, 20.0, 1.0], index), pd.Series([5.0, 20.0, 1.0], index)
    found = reliable_change(pre, post, SIX, higher_is_better=False, cutoff=pd.Series([10.0] * 3, index))
    assert list(found.rows) == index and found.count("recovered") == 1
    assert reliable_change([20], [5], SIX, higher_is_better=False).rows is None
    with pytest.raises(StatisticsError, match="samma index"):
        reliable_change(pre, post.set_axis(["a", "b", "a"]), SIX, higher_is_better=False)
    with pytest.raises(StatisticsError, match=r"pre och cutoff.*samma index"):
        reliable_change(pre, post, SIX, higher_is_better=False, cutoff=pd.Series([10.0] * 3))


@pytest.mark.parametrize(
    ("pre", "post", "more", "name"),
    [
        ([1.0, np.inf], [1.0, 2.0], {}, "pre"),
        ([1.0, 2.0], [1.0, -np.inf], {}, "post"),
        ([[1.0]], [[2.0]], {}, "pre"),
        (["a"], [1.0], {}, "pre"),
        ([1.0, 2.0], [1.0], {}, "pre och post"),
        ([1.0], [1.0], {"cutoff": np.inf}, "cutoff"),
        ([1.0], [1.0], {"cutoff": ["x"]}, "cutoff"),
        ([1.0], [30.0], {"scale": (0, 27)}, "post"),
    ],
)
def test_wrong_input_names_the_argument(pre, post, more, name):
    with pytest.raises(StatisticsError, match=f"Argument(et|en) {name}"):
        reliable_change(pre, post, SIX, higher_is_better=False, **more)


def test_huge_scores_and_huge_changes():
    found = reliable_change([0.0, 1e15], [1e15, 0.0], SIX, higher_is_better=True, cutoff=10)
    assert list(found.categories) == ["recovered", "deteriorated"] and found.harmed == 1


def test_codes_and_names_belong_together():
    found = by_hand(cutoff=10)
    assert (NAMES[found.codes] == found.categories).all() and found.codes.dtype == np.int8
    assert found.categories is found.categories  # made once, when asked for
    for array in (found.codes, found.is_clinical_at_end):
        with pytest.raises(ValueError):
            array[0] = 0
    assert "codes" not in repr(found) and "is_clinical" not in repr(found) and "rows" not in repr(found)


def test_the_cutoff_of_each_is_one_for_all_or_one_a_person():
    assert np.isnan(cutoff_of_each(None, [1, 2])) and list(cutoff_of_each(3, [1, 2])) == [3]
    assert list(cutoff_of_each([3, 4], [1, 2])) == [3, 4]


GIVEN = {
    "floats": np.array([1.0, np.nan, 3.0]),
    "series": pd.Series([1.0, np.nan, 3.0], index=[5, 5, 6]),
    "list with None": [1, None, 3],
    "masked": np.ma.masked_array([1.0, 2.0, 3.0], [False, True, False]),
    "nullable": pd.Series([1, None, 3], dtype="Int64"),
    "nullable floats": pd.array([1.0, None, 3.0], dtype="Float64"),
    "small floats": np.array([1, np.nan, 3], dtype=np.float32),
    "other byte order": np.array([1, np.nan, 3], dtype=">f8"),
    "every second": np.array([1.0, 0, np.nan, 0, 3.0, 0])[::2],
    "objects": np.array([1, pd.NA, 3.0], dtype=object),
}


@pytest.mark.parametrize("kind", GIVEN)
def test_every_kind_of_column_becomes_the_same_numbers(kind):
    numbers = vector(GIVEN[kind], "pre")
    assert type(numbers) is np.ndarray and numbers.dtype == np.dtype(float) and numbers.dtype.isnative
    np.testing.assert_array_equal(numbers, [1, np.nan, 3])


def test_numbers_that_need_no_conversion_are_not_copied_and_cannot_be_changed():
    given_ = np.array([1.0, 2.0])
    numbers = vector(given_, "pre")
    assert np.shares_memory(numbers, given_) and not numbers.flags.writeable
    given_[0] = 7  # the caller's own array is still the caller's
    with pytest.raises(ValueError):
        numbers[0] = 1


@pytest.mark.parametrize("column", [np.array([True, False]), pd.Series([2, 3]), np.array([], dtype=float)])
def test_whole_numbers_flags_and_nothing_are_numbers(column):
    assert vector(column, "pre").dtype == float


@pytest.mark.parametrize(
    "column", [np.array(["a"]), pd.Series(["1"]), np.array([1 + 2j]), pd.Series(pd.to_datetime(["2024-01-01"]))]
)
def test_what_is_not_a_number_is_refused(column):
    with pytest.raises(StatisticsError, match="Argumentet pre: innehåller annat än tal"):
        vector(column, "pre")
    with pytest.raises(StatisticsError, match="en dimension"):
        vector(np.zeros((2, 2)), "pre")
