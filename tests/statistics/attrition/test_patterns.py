"""Flow, patterns of holes and coverage: R's flow of Beat the Blues, counts by hand, sums that must agree."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from numpy.testing import assert_allclose

from isu_analysis.errors import StatisticsError
from isu_analysis.statistics.attrition.patterns import coverage, missing_patterns

FOLDER = "effects_attrition/"
NAN = np.nan


def test_the_flow_equals_r(oracle, oracle_data):
    compared = 0
    for case in oracle(FOLDER + "expected_attrition.json")["flow"]:
        found = missing_patterns(oracle_data(FOLDER + f"data/{case['id']}.csv")[case["waves"]])
        assert (found.n, found.n_complete, found.n_monotone) == (case["n"], case["n_complete"], case["n_monotone"])
        assert found.n_intermittent == case["n_intermittent"]
        assert found.n_never == case["last_observed_wave"]["0"]
        waves = found.waves
        assert list(waves.wave) == case["waves"] and list(waves.n) == case["observed"]
        assert_allclose(waves.share, case["observed_share"], atol=1e-12)
        assert list(waves.n_first_lost) == case["n_first_loss"]
        assert list(waves.n_last_observed) == [case["last_observed_wave"][str(i)] for i in range(1, 6)]
        assert dict(zip(found.patterns.pattern, found.patterns.n, strict=True)) == case["patterns"]
        compared += 1
    assert compared == 1


def test_wilson_of_a_wave_from_a_printed_formula():
    """8 of 10 by Wilson: 0.4902 to 0.9433 (Brown, Cai & DasGupta's interval; any calculator)."""
    found = missing_patterns([[1, 1]] * 8 + [[1, None]] * 2).waves.iloc[1]
    assert (found.n, found.of, found.share) == (8, 10, 0.8)
    assert_allclose([found.low, found.high], [0.4902, 0.9433], atol=5e-5)


def test_every_kind_of_pattern_by_hand():
    waves = [[1, 2, 3], [1, 2, NAN], [1, NAN, NAN], [1, NAN, 3], [NAN, 2, 3], [NAN, NAN, NAN], [1, 2, NAN]]
    found = missing_patterns(waves)
    assert (found.n_complete, found.n_dropout, found.n_intermittent, found.n_never) == (1, 3, 2, 1)
    assert found.n_monotone == 4
    kinds = dict(zip(found.patterns.pattern, found.patterns.kind, strict=True))
    assert kinds == {
        "111": "complete",
        "110": "dropout",
        "100": "dropout",
        "101": "intermittent",
        "011": "intermittent",
        "000": "never",
    }
    assert found.patterns.pattern[0] == "110" and found.patterns.n[0] == 2
    assert list(found.waves.n) == [5, 4, 3]
    assert list(found.waves.n_last_observed) == [1, 2, 3]
    assert list(found.waves.n_first_lost) == [2, 2, 2]
    assert list(found.waves.wave) == ["1", "2", "3"]


def test_who_is_not_yet_due_is_not_lost():
    waves = [[1, 2, 3], [1, 2, NAN], [1, NAN, NAN], [1, NAN, NAN]]
    due = [[True] * 3, [True, True, False], [True, False, False], [True] * 3]
    found = missing_patterns(waves, due=due)
    assert (found.n_complete, found.n_dropout) == (3, 1)
    assert list(found.waves["of"]) == [4, 3, 2] and list(found.waves.n) == [4, 2, 1]
    assert_allclose(found.waves.share, [1, 2 / 3, 1 / 2])
    assert list(found.waves.n_first_lost) == [0, 1, 0]
    assert set(found.patterns.pattern) == {"111", "11.", "1..", "100"}


def test_a_wave_due_for_nobody_has_no_share():
    found = missing_patterns([[1, NAN]], due=[[True, False]]).waves.iloc[1]
    assert (found.n, found.of) == (0, 0)
    assert np.isnan([found.share, found.low, found.high]).all()


@settings(max_examples=25, deadline=None)
@given(hnp.arrays(bool, st.tuples(st.integers(0, 12), st.integers(1, 5))), st.randoms())
def test_counts_add_up_and_ignore_the_order_of_people(seen, random):
    waves = pd.DataFrame(np.where(seen, 1.0, NAN))
    found = missing_patterns(waves)
    assert found.n == len(seen) == found.n_complete + found.n_dropout + found.n_intermittent + found.n_never
    assert found.patterns.n.sum() == found.n
    assert found.waves.n_last_observed.sum() == found.n - found.n_never
    assert found.waves.n_first_lost.sum() == found.n - found.n_complete
    shuffled = missing_patterns(waves.sample(frac=1, random_state=random.randrange(99)))
    pd.testing.assert_frame_equal(found.patterns, shuffled.patterns)
    pd.testing.assert_frame_equal(found.to_frame(), shuffled.to_frame())


def test_people_never_print():
    assert "11" not in repr(missing_patterns([[1, 2], [1, NAN]]))


def test_coverage_by_hand():
    found = coverage([1, 2, None, None, 5, 6], [1, None, 3, None, 5, 6])
    assert (found.of, found.n_paired, found.n_start_only, found.n_end_only, found.n_neither) == (6, 3, 1, 1, 1)
    frame = found.to_frame().set_index("part")
    assert list(frame.index) == ["paired", "start_only", "end_only", "neither"]
    assert list(frame.n) == [3, 1, 1, 1] and set(frame["of"]) == {6}
    assert_allclose(frame.share, [1 / 2, 1 / 6, 1 / 6, 1 / 6])
    assert frame.low.paired < 0.5 < frame.high.paired


def test_coverage_of_beat_the_blues(oracle_data):
    data = oracle_data(FOLDER + "data/btheb.csv")
    found = coverage(data["bdi.pre"], data["bdi.8m"])
    assert (found.n_paired, found.n_start_only, found.n_end_only, found.n_neither) == (52, 48, 0, 0)


def test_coverage_takes_any_kind_of_value():
    assert coverage(["a", None], pd.to_datetime(["2025-01-01", None])).n_paired == 1


def test_coverage_of_nobody_has_no_shares():
    frame = coverage([], []).to_frame()
    assert list(frame.n) == [0] * 4 and frame.share.isna().all()


@pytest.mark.parametrize("waves", [[1, 2, 3], np.zeros((2, 2, 2)), pd.DataFrame(index=[1, 2]), [[1], [1, 2]]])
def test_waves_of_the_wrong_shape_are_refused(waves):
    with pytest.raises(StatisticsError, match="Argumentet waves"):
        missing_patterns(waves)


@pytest.mark.parametrize(
    "due", [[[True, True]], [[1, 1], [1, 1]], [[False, True], [True, True]], [[True, True], [True, False]]]
)
def test_due_that_cannot_be_is_refused(due):
    with pytest.raises(StatisticsError, match="Argumentet due"):
        missing_patterns([[1, NAN], [1, 2]], due=due)


def test_coverage_refuses_by_name():
    with pytest.raises(StatisticsError, match="lika många rader"):
        coverage([1, 2], [1])
    with pytest.raises(StatisticsError, match="Argumentet pre"):
        coverage([[1, 2]], [1])
    with pytest.raises(StatisticsError, match="Argumentet level"):
        coverage([1], [1], level=95)
    with pytest.raises(StatisticsError, match="Argumentet level"):
        missing_patterns([[1]], level=0)


def test_what_only_looks_measured_is_refused_or_missing():
    for wrong in (["ej mätt", 3.0], ["", "ja"], [" ", "ja"]):
        with pytest.raises(StatisticsError, match="post"):
            coverage([1.0, 2.0], wrong)
    found = missing_patterns([["ja", np.nan], ["nej", "ja"]]).patterns.set_index("pattern")["n"].to_dict()
    assert found == {"11": 1, "10": 1}
    assert coverage(["ja", None], ["nej", "ja"]).n_paired == 1


def test_due_belongs_to_the_same_people():
    waves = pd.DataFrame({"a": [5.0, np.nan], "b": [np.nan, np.nan]}, index=["A", "B"])
    due = pd.DataFrame({"a": [True, True], "b": [True, False]}, index=["A", "B"])
    assert missing_patterns(waves, due=due).n_dropout == 1
    assert missing_patterns(waves, due=due.astype("boolean")).n_dropout == 1
    for wrong in (due.loc[["B", "A"]], due[["b", "a"]]):
        with pytest.raises(StatisticsError, match="due"):
            missing_patterns(waves, due=wrong)
    with pytest.raises(StatisticsError, match="due"):
        missing_patterns(waves, due=[[True], [True, False]])
