"""Reliable change: the worked example, R on synthetic people, definitions by hand, edges."""

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from isu_analysis.errors import MixedSourceWarning, StatisticsError
from isu_analysis.statistics import (
    expected_by_chance,
    jacobson_truax_criterion,
    published_criterion,
    reliable_change,
)

# R's categories; "Harmed" (deteriorated across the cutoff) is deteriorated here.
R_NAMES = {
    "Recovered": "recovered",
    "Improved": "improved",
    "Unchanged": "unchanged",
    "Deteriorated": "deteriorated",
    "Harmed": "deteriorated",
}
# Jacobson-Truax. That package computes cutoff b from the wrong SD; here its value is only used.
R_CASES = [
    f"own_prepost.{outcome}.{kind}"
    for outcome in ("score", "wellbeing")
    for kind in ("dist.JT", "dist.JT.alpha10", "comb.JT.a", "comb.JT.b", "comb.JT.c")
]


def criterion(sd=10.0, reliability=0.8, z=1.96):
    return jacobson_truax_criterion(
        sd, reliability, sd_source="manual", reliability_source="manual", reliability_type="retest", z=z
    )


@pytest.fixture(scope="module")
def people(oracle_data):
    """Return the synthetic people, one row a person with pre and post of an outcome."""

    def wide(outcome: str) -> pd.DataFrame:
        long = oracle_data("reliable_change/own_prepost.csv")
        return long.pivot(index="id", columns="wave", values=outcome).set_axis(["pre", "post"], axis=1)

    return wide


@pytest.fixture(scope="module")
def r_cases(oracle):
    return {c["case"]: c for c in oracle("reliable_change/own_cs300_own_prepost.json")["cases"]}


@pytest.mark.parametrize("name", R_CASES)
def test_categories_equal_r_person_by_person(people, r_cases, name):
    case = r_cases[name]
    outcome = name.split(".")[1]
    pairs = people(outcome)
    found = reliable_change(
        pairs.pre,
        pairs.post,
        criterion(case["stats"]["sd_pre"], case["reliability"], case["critical_value"]),
        higher_is_better=outcome == "wellbeing",
        cutoff=case["cutoff"]["value"] if "cutoff" in case else None,
    )
    assert (found.n, found.n_given) == (212, 250)
    ours = pd.Series(found.categories, index=pairs.index)
    theirs = pd.Series(case["individual"]["category"], index=case["individual"]["id"]).map(R_NAMES)
    pd.testing.assert_series_equal(ours[theirs.index], theirs, check_names=False, check_dtype=False)
    assert set(ours.drop(theirs.index)) == {"not_paired"}


@pytest.mark.parametrize("outcome", ["score", "wellbeing"])
def test_a_smallest_important_difference_counts_when_reached(people, r_cases, outcome):
    """R's anchor approach with a threshold that counts itself, improvement and deterioration apart."""
    case = r_cases[f"own_prepost.{outcome}.anchor.ind"]
    pairs = people(outcome)
    arguments = {"higher_is_better": outcome == "wellbeing"}
    better = published_criterion(case["mid_improvement"], "R")
    worse = published_criterion(case["mid_deterioration"], "R")
    expected = dict(zip(case["summary"]["category"], case["summary"]["n"], strict=True))
    assert reliable_change(pairs.pre, pairs.post, better, **arguments).count("improved") == expected["Improved"]
    assert reliable_change(pairs.pre, pairs.post, worse, **arguments).count("deteriorated") == expected["Deteriorated"]


def test_norm_sd_equals_the_literature(oracle, people):
    """Index of Jacobson-Truax with norm SD 8 and reliability .85, against base R."""
    expected = oracle("reliable_change/literature_expected.json")["prepost"]["JT_norm_sd"]
    index = pd.Series(expected["values"], index=expected["id"])
    for outcome in ("score", "wellbeing"):
        pairs = people(outcome).loc[index.index]
        if np.allclose(np.sign(pairs.post - pairs.pre), np.sign(index)):
            break
    found = reliable_change(pairs.pre, pairs.post, criterion(8, 0.85), higher_is_better=False)
    names = np.select([index < -1.96, index > 1.96], ["improved", "deteriorated"], "unchanged")
    assert (found.categories == names).all()
    s_diff = found.criterion.s_diff
    assert_allclose((pairs.post - pairs.pre) / s_diff, index, rtol=1e-9)


def test_jacobson_and_truax_worked_example():
    """1991: s = 7.5, r = .80, 32.5 -> 47.5, cutoff c = 50: S_diff 4.7434, RC 3.16: improved."""
    jt = jacobson_truax_criterion(7.5, 0.80, sd_source="1991", reliability_source="1991", reliability_type="retest")
    assert jt.s_diff == pytest.approx(4.7434, abs=5e-5)
    assert jt.threshold == pytest.approx(9.2971, abs=5e-5)
    assert 15 / jt.s_diff == pytest.approx(3.1623, abs=5e-5)
    found = reliable_change([32.5], [47.5], jt, higher_is_better=True, cutoff=50)
    assert list(found.categories) == ["improved"]
    assert list(reliable_change([32.5], [50.5], jt, higher_is_better=True, cutoff=50).categories) == ["recovered"]


def test_smallest_counting_change_on_a_scale_of_whole_numbers():
    assert criterion(7.5, 0.80).smallest_counting() == 10
    assert published_criterion(6, "NHS").smallest_counting() == 6
    assert published_criterion(5.5, "x").smallest_counting() == 6
    assert published_criterion(0.5, "x").smallest_counting() == 1


def test_a_strict_threshold_on_a_whole_number_needs_the_next():
    strict = criterion(10, 0.5, z=1.0)  # 1 * 10 * sqrt(2 * .5) = 10
    assert strict.threshold == pytest.approx(10)
    assert strict.smallest_counting() == 11
    assert strict.smallest_counting(0.5) == 10.5
    assert not strict.counts(10) and strict.counts(11)


@given(st.integers(1, 400), st.sampled_from([0.1, 0.25, 0.5, 1.0, 2.0]))
def test_the_smallest_counting_change_counts_and_the_one_below_does_not(tenths, step):
    for rule in (published_criterion(tenths / 10, "x"), criterion(tenths / 10, 0.7)):
        smallest = rule.smallest_counting(step)
        assert rule.counts(smallest) and (smallest - step <= 1e-9 or not rule.counts(smallest - step))


def test_a_published_threshold_is_reached_in_spite_of_binary_digits():
    assert 0.7 - 0.2 < 0.5
    found = reliable_change([0.7, 0.2], [0.2, 0.7], published_criterion(0.5, "CORE"), higher_is_better=False)
    assert list(found.categories) == ["improved", "deteriorated"]


def test_every_category_by_hand():
    """Lower is better, cutoff 10 is clinical, six points count."""
    pre = [20, 20, 12, 12, 5, 20, 10, 16, 20, np.nan, 9]
    post = [9, 12, 9, 18, 12, 15, 4, 10, np.nan, 3, 2]
    found = reliable_change(pre, post, published_criterion(6, "NHS"), higher_is_better=False, cutoff=10)
    assert list(found.categories) == [
        "recovered",
        "improved",
        "unchanged",
        "deteriorated",
        "deteriorated",
        "unchanged",
        "recovered",  # 10 is clinical, 4 is not, and six points count
        "improved",  # 10 is still clinical
        "not_paired",
        "not_paired",
        "improved",  # was functional at the start already
    ]
    assert (found.n, found.n_given, found.functional_at_start, found.clinical_at_start) == (9, 11, 2, 7)
    counts = found.counts()
    assert list(counts.index) == ["recovered", "improved", "unchanged", "deteriorated"]
    assert list(counts.columns) == ["n", "of", "share", "low", "high"]
    assert list(counts.n) == [2, 3, 2, 2] and (counts.of == 9).all()
    assert found.share("improved_or_recovered").n == 5
    assert (found.recovery().n, found.recovery().of) == (2, 7)
    assert found.count("not_paired") == 2
    assert list(found.is_functional_at_start.nonzero()[0]) == [4, 10]


def test_the_cutoff_value_itself_can_be_functional():
    rule = published_criterion(6, "NHS")
    at_cutoff = {"higher_is_better": False, "cutoff": 10}
    assert reliable_change([16], [10], rule, **at_cutoff).count("recovered") == 0
    assert reliable_change([16], [10], rule, cutoff_inclusive=False, **at_cutoff).count("recovered") == 1
    higher = {"higher_is_better": True, "cutoff": 50}
    assert reliable_change([40], [50], rule, **higher).count("recovered") == 0
    assert reliable_change([40], [50], rule, cutoff_inclusive=False, **higher).count("recovered") == 1


def test_each_person_may_have_a_cutoff_and_an_unknown_one_cannot_be_crossed():
    found = reliable_change(
        [20, 20, 20],
        [12, 12, 12],
        published_criterion(6, "x"),
        higher_is_better=False,
        cutoff=[15, 10, np.nan],
    )
    assert list(found.categories) == ["recovered", "improved", "improved"]
    assert (found.cutoff_unknown, found.clinical_at_start, found.functional_at_start) == (1, 2, 0)


def test_without_a_cutoff_nobody_can_be_called_recovered():
    found = reliable_change([20], [12], published_criterion(6, "x"), higher_is_better=False)
    assert list(found.counts().index) == ["improved", "unchanged", "deteriorated"]
    assert math.isnan(found.functional_at_start) and not found.has_cutoff
    assert found.share("improved_or_recovered").n == 1
    for ask in (lambda: found.share("recovered"), found.recovery):
        with pytest.raises(StatisticsError, match="cutoff"):
            ask()


def test_who_could_improve_depends_on_the_room_left():
    low, high = [2, 5, 6, 20, 3], [1, 1, 1, 1, np.nan]
    rule = published_criterion(6, "x")
    assert reliable_change(low, high, rule, higher_is_better=False, scale=(0, 27)).could_improve == 2
    assert reliable_change([22, 21, 5], [1, 1, 1], rule, higher_is_better=True, scale=(0, 27)).could_improve == 2
    assert math.isnan(reliable_change(low, high, rule, higher_is_better=False).could_improve)


@pytest.mark.parametrize("scale", [(0, 10), (5, 40), (27, 0), (0, math.inf)])
def test_scores_outside_the_scale_are_refused(scale):
    with pytest.raises(StatisticsError, match=r"scale|skalan"):
        reliable_change([3.0], [20.0], published_criterion(6, "x"), higher_is_better=False, scale=scale)


people_scores = st.lists(st.tuples(st.integers(0, 30), st.integers(0, 30)), min_size=1, max_size=50)


@settings(max_examples=40, deadline=None)
@given(people_scores, st.integers(1, 29), st.booleans())
def test_turning_the_scale_changes_nothing(pairs, cutoff, inclusive):
    x, y = np.array(pairs, dtype=float).T
    rule = published_criterion(5, "x")
    lower = reliable_change(x, y, rule, higher_is_better=False, cutoff=cutoff, cutoff_inclusive=inclusive)
    higher = reliable_change(-x, -y, rule, higher_is_better=True, cutoff=-cutoff, cutoff_inclusive=inclusive)
    assert (lower.categories == higher.categories).all()
    assert lower.functional_at_start == higher.functional_at_start


@settings(max_examples=40, deadline=None)
@given(people_scores)
def test_swapping_start_and_end_swaps_better_and_worse(pairs):
    x, y = np.array(pairs, dtype=float).T
    there = reliable_change(x, y, criterion(5, 0.8), higher_is_better=True)
    back = reliable_change(y, x, criterion(5, 0.8), higher_is_better=True)
    assert (there.count("improved"), there.count("deteriorated")) == (
        back.count("deteriorated"),
        back.count("improved"),
    )
    assert there.counts().n.sum() == there.n


def test_no_people_is_a_result_without_shares():
    found = reliable_change([], [], published_criterion(6, "x"), higher_is_better=True, cutoff=3)
    assert found.n == 0 and found.counts().share.isna().all()


def test_the_printed_result_holds_no_people():
    found = reliable_change([1.25, 2], [31.5, 4], published_criterion(6, "x"), higher_is_better=True)
    assert "31.5" not in repr(found) and "array" not in repr(found) and "unchanged" not in repr(found)
    with pytest.raises(ValueError):
        found.categories[0] = "improved"


def test_without_measurement_error_every_change_counts():
    perfect = criterion(10, 1.0)
    assert perfect.threshold == 0
    found = reliable_change([1, 1, 1], [1, 2, 0], perfect, higher_is_better=True)
    assert list(found.categories) == ["unchanged", "improved", "deteriorated"]
    assert expected_by_chance(perfect, 40).improved == 0


def test_chance_by_jacobson_truax_is_two_and_a_half_per_cent_each_way():
    found = expected_by_chance(criterion(), 200)
    assert_allclose(
        [found.each_way_share, found.improved, found.deteriorated], [0.0249979, 4.99958, 4.99958], rtol=1e-5
    )
    assert expected_by_chance(criterion(z=1.2815515655446004), 50).improved == pytest.approx(5)


def test_chance_by_a_published_threshold_needs_its_error():
    """sd 5, r .5: S_diff 5, so six points are 1.2 of them: 11.51 % (normal table)."""
    with_error = published_criterion(6, "x", sd=5, reliability=0.5, reliability_type="retest")
    assert expected_by_chance(with_error, 100).each_way_share == pytest.approx(0.11507, abs=1e-5)
    unknown = expected_by_chance(published_criterion(6, "x"), 100)
    assert unknown.reason == "no_reliability" and unknown.improved is None


def test_mixed_sources_warn_and_have_no_known_error():
    with pytest.warns(MixedSourceWarning, match="samma källa"):
        mixed = jacobson_truax_criterion(7, 0.9, sd_source="own", reliability_source="manual", reliability_type="alpha")
    assert mixed.mixed_sources and mixed.source == "own; manual"
    assert expected_by_chance(mixed, 10).reason == "mixed_sources"


def test_false_positives_of_a_true_criterion_are_what_was_expected(rng):
    """No true change, r = .8, SD 10; one seeded draw of 40 000 people: 2.5 % each way."""
    true = rng.normal(50, 10 * math.sqrt(0.8), 40_000)
    pre, post = (true + rng.normal(0, 10 * math.sqrt(0.2), true.size) for _ in range(2))
    found = reliable_change(pre, post, criterion(10, 0.8), higher_is_better=True)
    for name in ("improved", "deteriorated"):
        assert found.share(name).share == pytest.approx(0.025, abs=0.003)  # four standard errors
    alpha = reliable_change(pre, post, criterion(10, 0.9), higher_is_better=True)
    assert alpha.share("improved").share == pytest.approx(0.083, abs=0.006)  # too high a reliability


@pytest.mark.parametrize(
    ("sd", "reliability", "z", "name"),
    [(0, 0.8, 1.96, "sd"), (-1, 0.8, 1.96, "sd"), (math.nan, 0.8, 1.96, "sd"), (5, 0, 1.96, "reliability"),
     (5, 1.01, 1.96, "reliability"), (5, math.nan, 1.96, "reliability"), (5, 0.8, 0, "z")],
)  # fmt: skip
def test_numbers_outside_their_range_are_refused(sd, reliability, z, name):
    with pytest.raises(StatisticsError, match=f"Argumentet {name}"):
        criterion(sd, reliability, z)


def test_a_published_threshold_needs_a_source_and_both_or_neither():
    with pytest.raises(StatisticsError, match="source"):
        published_criterion(6, " ")
    with pytest.raises(StatisticsError, match="threshold"):
        published_criterion(0, "x")
    with pytest.raises(StatisticsError, match="sd och reliability"):
        published_criterion(6, "x", sd=5)


def test_unequal_lengths_are_refused():
    rule = published_criterion(6, "x")
    with pytest.raises(StatisticsError, match="pre och post"):
        reliable_change([1, 2], [1], rule, higher_is_better=True)
    with pytest.raises(StatisticsError, match="pre och cutoff"):
        reliable_change([1, 2], [1, 2], rule, higher_is_better=True, cutoff=[1])
    with pytest.raises(StatisticsError, match="name"):
        reliable_change([1], [1], rule, higher_is_better=True).share("better")
