"""The estimand: hand-counted people, every ending counted as declared and nothing silently dropped."""

import pickle

import numpy as np
import pandas as pd
import pytest

from isu_analysis.errors import StatisticsError
from isu_analysis.statistics.estimand import Estimand

SAID = {
    "population": "all who ended in 2024",
    "unit_of_analysis": "episode",
    "outcome": "CORE-OM",
    "time": "start to end",
    "summary": "mean_change",
    "endings": {"planned": "value", "moved": "missing", "died": "excluded"},
}
ENDING = ["planned", "planned", "moved", "moved", "died", "planned", "planned"]
PRE = [10.0, 12, 14, 16, 18, None, None]
POST = [5.0, None, 7, None, 9, 3, None]


def test_everybody_is_somewhere():
    sample = Estimand(**SAID).change_sample(PRE, POST, ENDING)
    assert (sample.n_given, sample.n_excluded, sample.n_set_missing) == (7, 1, 1)
    covered = sample.coverage
    assert (covered.of, covered.n_paired, covered.n_start_only, covered.n_end_only, covered.n_neither) == (
        6,
        1,
        3,
        1,
        1,
    )
    np.testing.assert_array_equal(sample.pre, [10, 12, 14, 16, np.nan, np.nan])
    np.testing.assert_array_equal(sample.post, [5, np.nan, np.nan, np.nan, 3, np.nan])
    np.testing.assert_array_equal(sample.included, np.array(ENDING) != "died")


def test_a_placed_child_is_a_target_not_reached_whatever_was_measured():
    endings = {"planned": "value", "placed": "failure", "moved": "missing", "died": "excluded"}
    said = {**SAID, "summary": "share", "endings": endings}
    reached = [True, True, None, False, True, None, True]
    ending = ["planned", "placed", "placed", "planned", "moved", "planned", "died"]
    sample = Estimand(**said).share_sample(reached, ending)
    assert (sample.n, sample.observed, sample.of) == (1, 4, 6)
    assert (sample.n_given, sample.n_excluded, sample.n_failures, sample.n_set_missing) == (7, 1, 2, 1)
    np.testing.assert_array_equal(sample.reached, [1, 0, 0, 0, np.nan, np.nan])


def test_what_was_said_cannot_be_changed_afterwards():
    endings = {"planned": "value"}
    estimand = Estimand(**{**SAID, "endings": endings})
    endings["planned"] = "excluded"
    assert estimand.endings["planned"] == "value"
    with pytest.raises(TypeError):
        estimand.endings["planned"] = "missing"
    frame = estimand.to_frame().set_index("part")["said"]
    assert frame["population"] == "all who ended in 2024"
    assert frame["ending: planned"] == "value"


def test_no_person_in_what_is_shown_of_a_sample():
    shown = repr(Estimand(**SAID).change_sample(PRE, POST, ENDING))
    assert "10" not in shown
    assert "pre=" not in shown


def test_nobody():
    sample = Estimand(**SAID).change_sample([], [], [])
    assert sample.coverage.of == 0
    empty = Estimand(**{**SAID, "summary": "share"}).share_sample([], [])
    assert (empty.n, empty.observed, empty.of) == (0, 0, 0)


def test_order_does_not_matter(rng):
    order = rng.permutation(7)
    frame = pd.DataFrame({"pre": PRE, "post": POST, "ending": ENDING}).iloc[order]
    shuffled = Estimand(**SAID).change_sample(frame["pre"], frame["post"], frame["ending"])
    assert shuffled.coverage == Estimand(**SAID).change_sample(PRE, POST, ENDING).coverage


@pytest.mark.parametrize(
    ("changed", "named"),
    [
        ({"population": " "}, "population"),
        ({"unit_of_analysis": "client"}, "unit_of_analysis"),
        ({"summary": "median"}, "summary"),
        ({"endings": {}}, "endings"),
        ({"endings": {"planned": "lost"}}, "endings"),
        ({"endings": {"placed": "failure"}}, "failure"),
    ],
)
def test_a_wrong_declaration_is_refused(changed, named):
    with pytest.raises(StatisticsError, match=named):
        Estimand(**{**SAID, **changed})


@pytest.mark.parametrize(
    ("pre", "ending", "named"),
    [
        ([1.0, 2.0], ["planned"], "ending"),
        ([1.0], ["vanished"], "ending.*Tillåtet: planned, moved, died"),
        ([1.0], [None], "ending"),
    ],
)
def test_an_ending_nobody_declared_is_refused(pre, ending, named):
    with pytest.raises(StatisticsError, match=named) as error:
        Estimand(**SAID).change_sample(pre, pre, ending)
    assert "vanished" not in str(error.value)


def test_a_share_is_not_asked_of_a_mean_change():
    with pytest.raises(StatisticsError, match="summary"):
        Estimand(**SAID).share_sample([True], ["planned"])


def test_samples_as_frames():
    change = Estimand(**SAID).change_sample(PRE, POST, ENDING).to_frame()
    assert change.set_index("part")["n"].to_dict() == {"paired": 1, "start_only": 3, "end_only": 1, "neither": 1}
    share = Estimand(**{**SAID, "summary": "share"}).share_sample([True, None], ["planned", "moved"]).to_frame()
    assert share.loc[0, ["n", "observed", "of"]].tolist() == [1, 1, 2]
    assert "reached" not in share


def test_endings_that_are_no_words_are_named_all_the_same():
    with pytest.raises(StatisticsError, match="Tillåtet: 1, 2"):
        Estimand(**{**SAID, "endings": {1: "value", 2: "missing"}}).change_sample([1.0], [1.0], [3])
    for wrong in ({"population": None}, {"endings": ["planned"]}):
        with pytest.raises(StatisticsError, match=next(iter(wrong))):
            Estimand(**{**SAID, **wrong})


def test_an_estimand_can_be_sent_to_another_process():
    copied = pickle.loads(pickle.dumps(Estimand(**SAID)))
    assert copied.to_frame().equals(Estimand(**SAID).to_frame())
    with pytest.raises(TypeError):
        copied.endings["planned"] = "missing"
