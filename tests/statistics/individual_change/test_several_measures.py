"""Several measures or raters: every pattern by hand, and the chance figures against printed and simulated ones.

7.3 %, 11.9 % and 22.4 % are shared/domain/reliable_change.md, section 5; with a correlation the figures are held
against scipy's multivariate normal and against a simulation.
"""

import itertools
import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose
from scipy import stats

from isu_analysis.errors import MixedSourceWarning, StatisticsError
from isu_analysis.statistics.individual_change.categories import reliable_change
from isu_analysis.statistics.individual_change.chance_of_several import expected_of_several, false_change
from isu_analysis.statistics.individual_change.criteria import jacobson_truax_criterion, published_criterion
from isu_analysis.statistics.individual_change.several_measures import RULES, several_measures

PHQ, GAD = published_criterion(6, "NHS"), published_criterion(4, "NHS")


def jt(sd=10.0, reliability=0.8):
    return jacobson_truax_criterion(sd, reliability, sd_source="n", reliability_source="n", reliability_type="retest")


@pytest.mark.parametrize(
    ("first", "second", "corc", "nhs", "mixed"),
    [
        ("improved", "improved", "improved", "improved", 0),
        ("improved", "unchanged", "improved", "improved", 0),
        ("recovered", "unchanged", "improved", "improved", 0),  # of a frame: whether recovered is not known
        ("improved", "not_paired", "improved", "improved", 0),
        ("improved", "deteriorated", "deteriorated", "unchanged", 1),
        ("unchanged", "unchanged", "unchanged", "unchanged", 0),
        ("unchanged", "not_paired", "unchanged", "unchanged", 0),
        ("unchanged", "deteriorated", "deteriorated", "deteriorated", 0),
        ("deteriorated", "not_paired", "deteriorated", "deteriorated", 0),
        ("not_paired", "not_paired", "not_paired", "not_paired", 0),
    ],
)
def test_every_pair_of_categories(first, second, corc, nhs, mixed):
    for one, other in ((first, second), (second, first)):
        frame = pd.DataFrame({"child": [one], "parent": [other]})
        for rule, expected in (("corc", corc), ("nhs_talking_therapies", nhs)):
            found = several_measures(frame, rule=rule)
            assert list(found.categories) == [expected] and found.mixed == mixed


def two_measures(rule):
    """PHQ-9: 10 or more is clinical, six points; GAD-7: 8 or more, four points."""
    phq = [(20, 8), (20, 12), (12, 9), (20, 8), (8, 15), (20, 13), (4, 4), (12, np.nan), (np.nan, 5)]
    gad = [(12, 5), (12, 5), (7, 6), (12, 17), (7, 6), (5, 9), (6, 2), (15, 6), (9, np.nan)]
    results = {
        name: reliable_change(*np.array(rows).T, criterion, higher_is_better=False, cutoff=cutoff)
        for name, rows, criterion, cutoff in (("phq", phq, PHQ, 10), ("gad", gad, GAD, 8))
    }
    return several_measures(results, rule=rule)


def test_the_nhs_rule_by_hand():
    found = two_measures("nhs_talking_therapies")
    assert list(found.categories) == [
        "recovered",
        "improved",  # still clinical on one
        "unchanged",  # crossed the border by three points: a recovery, not a reliable one
        "unchanged",  # better on one, worse on the other
        "deteriorated",
        "unchanged",  # likewise mixed
        "improved",  # functional on both at the start
        "recovered",  # one measure only
        "not_paired",
    ]
    assert (found.n, found.n_given, found.n_all_measures, found.mixed) == (8, 9, 7, 2)
    assert (found.reliable_improvement, found.reliable_deterioration, found.no_reliable_change) == (4, 1, 3)
    assert (found.clinical_at_start, found.recovery, found.reliable_recovery) == (6, 3, 2)
    assert (found.share("recovery").n, found.share("recovery").of) == (3, 6)
    assert (found.share("reliable_improvement").n, found.share("reliable_improvement").of) == (4, 8)
    assert found.measures == ("phq", "gad") and found.criteria == (PHQ, GAD) and found.reason == ""


def test_the_corc_rule_by_hand():
    found = two_measures("corc")
    assert list(found.categories[[3, 5]]) == ["deteriorated", "deteriorated"]
    assert (found.reliable_improvement, found.reliable_deterioration, found.no_reliable_change) == (4, 3, 1)
    assert (found.mixed, found.recovery, found.reliable_recovery) == (2, 3, 2)
    table = found.to_frame()
    assert list(table.outcome) == ["reliable_improvement", "reliable_recovery", "reliable_deterioration",
                                   "no_reliable_change", "mixed", "recovery"]  # fmt: skip
    assert list(table.n) == [4, 2, 3, 1, 2, 3] and list(table.of) == [8, 6, 8, 8, 8, 6]
    assert "not_paired" not in repr(found) and "array" not in repr(found)
    with pytest.raises(ValueError):
        found.categories[0] = "improved"


def test_each_measure_has_its_own_direction():
    results = {
        "symptoms": reliable_change([20, 20], [10, 20], PHQ, higher_is_better=False),
        "wellbeing": reliable_change([20, 20], [20, 10], PHQ, higher_is_better=True),
    }
    assert list(several_measures(results, rule="corc").categories) == ["improved", "deteriorated"]


def test_one_measure_is_itself():
    pre, post = [20, 20, 5, 20, np.nan], [5, 14, 20, 20, 3]
    one = reliable_change(pre, post, PHQ, higher_is_better=False, cutoff=10)
    for rule in RULES:
        found = several_measures({"phq": one}, rule=rule)
        assert list(found.categories) == list(one.categories)
        assert found.reliable_recovery == one.count("recovered") and found.clinical_at_start == one.clinical_at_start


def test_without_cutoffs_recovery_has_a_reason():
    frame = pd.DataFrame({"a": ["recovered", None], "b": pd.Categorical(["improved", "deteriorated"])})
    plain = {"a": reliable_change([20], [5], PHQ, higher_is_better=False)}
    for changes in (frame, plain):
        found = several_measures(changes, rule="corc")
        assert found.reason == "no_cutoffs" and math.isnan(found.recovery) and math.isnan(found.reliable_recovery)
        assert list(found.to_frame().outcome) == [
            "reliable_improvement", "reliable_deterioration", "no_reliable_change", "mixed"
        ]  # fmt: skip
        with pytest.raises(StatisticsError, match=r"Argumentet name: recovery"):
            found.share("recovery")
    assert list(several_measures(frame, rule="corc").categories) == ["improved", "deteriorated"]


def test_a_person_whose_cutoff_is_unknown_on_a_measure_is_judged_on_the_other():
    one = reliable_change([20, 20], [12, 12], PHQ, higher_is_better=False, cutoff=[10, np.nan])
    other = reliable_change([20, 20], [5, 5], PHQ, higher_is_better=False, cutoff=10)
    assert list(several_measures({"a": one, "b": other}, rule="corc").categories) == ["improved", "recovered"]


@pytest.mark.parametrize("rule", RULES)
def test_who_leaves_the_clinical_range_but_is_worse_elsewhere_has_not_reliably_recovered(rule):
    better = reliable_change([20], [5], PHQ, higher_is_better=False, cutoff=10)
    worse = reliable_change([1], [6], GAD, higher_is_better=False, cutoff=8)
    found = several_measures({"a": better, "b": worse}, rule=rule)
    assert (found.recovery, found.reliable_recovery, found.mixed) == (1, 0, 1)
    assert list(found.categories) == ["deteriorated" if rule == "corc" else "unchanged"]


def test_a_measure_without_a_cutoff_does_not_stand_in_the_way_of_recovery():
    better = reliable_change([20], [5], PHQ, higher_is_better=False, cutoff=10)
    other = reliable_change([20], [20], GAD, higher_is_better=False)
    found = several_measures({"a": better, "b": other}, rule="corc")
    assert (found.reason, found.clinical_at_start, found.reliable_recovery) == ("", 1, 1)


CATEGORY = st.sampled_from(["recovered", "improved", "unchanged", "deteriorated", "not_paired"])


@settings(max_examples=15, deadline=None)
@given(st.lists(st.tuples(CATEGORY, CATEGORY, CATEGORY), min_size=1, max_size=20))
def test_counts_share_out_the_people_and_turning_better_and_worse_swaps_the_nhs_counts(rows):
    frame = pd.DataFrame(rows, columns=["a", "b", "c"])
    turn = {"recovered": "deteriorated", "improved": "deteriorated", "deteriorated": "improved"}
    turned = frame.replace(turn)
    corc, nhs, back = (
        several_measures(one, rule=r) for one, r in zip((frame, frame, turned), (*RULES, RULES[1]), strict=True)
    )
    for found in (corc, nhs):
        assert found.reliable_improvement + found.reliable_deterioration + found.no_reliable_change == found.n
        assert found.n + (found.categories == "not_paired").sum() == found.n_given == len(rows)
    assert corc.reliable_deterioration == nhs.reliable_deterioration + nhs.mixed
    assert (back.reliable_improvement, back.mixed) == (nhs.reliable_deterioration, nhs.mixed)
    assert list(several_measures(frame[["c", "a", "b"]], rule="corc").categories) == list(corc.categories)
    assert list(several_measures(frame[::-1], rule="corc").categories) == list(corc.categories)[::-1]


def test_nobody_at_all():
    nothing = reliable_change([], [], PHQ, higher_is_better=False, cutoff=10)
    found = several_measures({"a": nothing, "b": nothing}, rule="corc")
    assert found.n == 0 and found.to_frame().share.isna().all()
    assert expected_of_several(several_measures({"a": reliable_change([], [], jt(), higher_is_better=True)},
                                                rule="corc")).improved == 0  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "rule", "name"),
    [
        ({}, "corc", "changes"),
        (pd.DataFrame(index=[1, 2]), "corc", "changes"),
        (pd.DataFrame([["improved", "improved"]], columns=["a", "a"]), "corc", "changes"),
        (pd.DataFrame({"a": ["better"]}), "corc", "changes"),
        (pd.DataFrame({"a": [1]}), "corc", "changes"),
        (pd.DataFrame({"a": ["improved"]}), "iapt", "rule"),
    ],
)
def test_wrong_input_names_the_argument(changes, rule, name):
    with pytest.raises(StatisticsError, match=f"Argumentet {name}"):
        several_measures(changes, rule=rule)


def test_other_rows_are_refused():
    def on(index):
        return reliable_change(pd.Series(20.0, index), pd.Series(5.0, index), PHQ, higher_is_better=False)

    unlabelled = reliable_change([20, 20], [5, 5], PHQ, higher_is_better=False)
    for one, other in ((on(["a", "b"]), on(["b", "a"])), (on(["a", "b"]), on(["a"])), (unlabelled, on(["a"]))):
        with pytest.raises(StatisticsError, match="Argumentet changes: måtten har inte samma rader"):
            several_measures({"a": one, "b": other}, rule="corc")
    assert several_measures({"x": unlabelled, "a": on(["a", "b"]), "b": on(["a", "b"])}, rule="corc").n == 2
    with pytest.raises(StatisticsError, match="Argumentet name"):
        several_measures({"x": unlabelled}, rule="corc").share("better")


@pytest.mark.parametrize(("k", "share"), [(1, 0.025), (3, 0.073), (5, 0.119), (10, 0.224)])
def test_independent_measures_by_the_printed_figures(k, share):
    found = false_change([0.025] * k, rule="corc")
    assert found.any_worse == found.deterioration == pytest.approx(share, abs=0.0005)
    nhs = false_change([0.025] * k, rule="nhs_talking_therapies")
    # Better on one and worse on none: all on one side or unchanged, minus all unchanged.
    assert nhs.deterioration == nhs.improvement == found.improvement == pytest.approx(0.975**k - 0.95**k)


@pytest.mark.parametrize("correlation", [0.05, 0.3, 0.95])
@pytest.mark.parametrize("each_way", [[0.025] * 3, [0.1, 0.02, 0.3], [0.2] * 4])
def test_correlated_measures_by_the_multivariate_normal_of_scipy(each_way, correlation):
    k = len(each_way)
    covariance = np.full((k, k), correlation) + (1 - correlation) * np.eye(k)
    joint = stats.multivariate_normal(np.zeros(k), covariance, maxpts=60_000, abseps=1e-6, seed=1)
    limits = stats.norm.isf(each_way)
    none_worse, none_either = joint.cdf(limits), joint.cdf(limits, lower_limit=-limits)
    found = false_change(each_way, rule="corc", correlation=correlation)
    assert_allclose([found.any_worse, found.any_better, found.improvement],
                    [1 - none_worse, 1 - none_worse, none_worse - none_either], atol=1e-4)  # fmt: skip


def test_correlation_makes_a_false_change_rarer_down_to_that_of_one_measure():
    shares = [
        false_change([0.025] * 5, rule="corc", correlation=c).any_worse for c in (0, 1e-9, 0.3, 0.6, 0.9, 0.99999)
    ]
    assert shares[0] == pytest.approx(shares[1]) and shares[1:] == sorted(shares[1:], reverse=True)
    assert shares[-1] == pytest.approx(0.025, abs=0.0005)


def test_a_simulation_through_the_whole_rule_agrees(rng):
    """Nobody changes on three measures, errors correlated .5, a third of one measure missing: within 5 errors."""
    n, correlation = 40_000, 0.5
    error = rng.multivariate_normal(np.zeros(3), 0.5 * np.eye(3) + 0.5, n) * jt().s_diff
    error[rng.random(n) < 1 / 3, 2] = np.nan
    results = {str(i): reliable_change(np.zeros(n), error[:, i], jt(), higher_is_better=True) for i in range(3)}
    for rule in RULES:
        found = several_measures(results, rule=rule)
        expected = expected_of_several(found, correlation=correlation)
        assert expected.n == n and expected.reason == ""
        for counted, wanted in ((found.reliable_improvement, expected.improved),
                                (found.reliable_deterioration, expected.deteriorated)):  # fmt: skip
            assert abs(counted - wanted) < 5 * math.sqrt(wanted)
    assert abs(found.mixed - 0) < n * 0.01


def test_expected_counts_are_the_sum_over_people_with_their_own_measures():
    """Two people with both measures, three with one, one with none; 2.5 % and 10 % each way."""
    tenth = jacobson_truax_criterion(10, 0.8, sd_source="n", reliability_source="n", reliability_type="retest",
                                     z=1.2815515655)  # fmt: skip
    a = reliable_change([1, 1, 1, np.nan, np.nan, np.nan], [1] * 6, jt(), higher_is_better=True)
    b = reliable_change([1, 1, np.nan, 1, 1, np.nan], [1] * 6, tenth, higher_is_better=True)
    found = expected_of_several(several_measures({"a": a, "b": b}, rule="corc"))
    p = stats.norm.sf(1.96)
    by_hand = 2 * (1 - (1 - p) * 0.9) + 1 * p + 2 * 0.1
    assert (found.n, found.deteriorated) == (5, pytest.approx(by_hand))
    assert found.improved == pytest.approx(2 * ((1 - p) * 0.9 - (1 - 2 * p) * 0.8) + p + 0.2)


def test_expected_counts_that_cannot_be_known_have_a_reason():
    frame = pd.DataFrame({"a": ["improved"]})
    with pytest.warns(MixedSourceWarning):
        mixed = jacobson_truax_criterion(7, 0.8, sd_source="a", reliability_source="b", reliability_type="retest")
    for changes, reason in (
        (frame, "no_criteria"),
        ({"a": reliable_change([1], [1], jt(), higher_is_better=True),
          "b": reliable_change([1], [1], PHQ, higher_is_better=True)}, "no_reliability"),
        ({"a": reliable_change([1], [1], mixed, higher_is_better=True)}, "mixed_sources"),
    ):  # fmt: skip
        found = expected_of_several(several_measures(changes, rule="corc"))
        assert found.reason == reason and math.isnan(found.improved) and math.isnan(found.deteriorated)


def test_all_patterns_of_four_measures_by_listing_them():
    """3^4 patterns of worse, none, better with .1, .8, .1."""
    improvement = deterioration = 0.0
    for pattern in itertools.product((-1, 0, 1), repeat=4):
        chance = math.prod(0.8 if one == 0 else 0.1 for one in pattern)
        improvement += chance * (1 in pattern and -1 not in pattern)
        deterioration += chance * (-1 in pattern)
    found = false_change([0.1] * 4, rule="corc")
    assert_allclose([found.improvement, found.deterioration], [improvement, deterioration])
    assert found.to_frame().loc[0, "n_measures"] == 4


@pytest.mark.parametrize(
    ("change", "name"),
    [({"each_way": []}, "each_way"), ({"each_way": [0.6]}, "each_way"), ({"each_way": [-0.1]}, "each_way"),
     ({"each_way": [np.nan]}, "each_way"), ({"correlation": 1}, "correlation"), ({"correlation": -0.1}, "correlation"),
     ({"correlation": math.nan}, "correlation"), ({"rule": "x"}, "rule")],
)  # fmt: skip
def test_chances_out_of_range_are_refused(change, name):
    with pytest.raises(StatisticsError, match=f"Argumentet {name}"):
        false_change(**({"each_way": [0.025], "rule": "corc", "correlation": 0.0} | change))


def test_a_wrong_correlation_is_refused_even_without_criteria():
    with pytest.raises(StatisticsError, match="Argumentet correlation"):
        expected_of_several(several_measures(pd.DataFrame({"a": ["improved"]}), rule="corc"), correlation=2)
