"""Scores from items, held against arithmetic done by hand and against what must hold whatever the answers are."""

import math

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from isu_analysis.errors import DataError, SettingsError
from isu_analysis.measures import Measure, Scoring, measure, measures_available, score_items

NAN = math.nan
SUM_OR_MEAN = [
    name
    for card in map(measure, measures_available())
    for name in (card.id, *(f"{card.id}.{part.id}" for part in card.parts))
    if (key := measure(name).scoring) and key.method in {"sum", "mean"}
]
EVERY = pytest.mark.parametrize("name", SUM_OR_MEAN)


def one(name, answers):
    """Score of one person; answers by position, the rest as `answers[None]`."""
    card = measure(name)
    row = [answers.get(position, answers.get(None, NAN)) for position in range(1, card.scoring.items + 1)]
    return score_items([row], card)[0]


def grid(card):
    """Answers that each item of the questionnaire may have."""
    key = card.scoring
    count = round((key.item_max - key.item_min) / key.item_step)
    steps = [key.item_min + key.item_step * step for step in range(count + 1)]
    return [list(map(float, key.answers.get(position, steps))) for position in range(1, key.items + 1)]


def filled(card):
    return st.tuples(*map(st.sampled_from, grid(card))).map(list)


# CORE-OM has 34 items, 0-4, and eight are turned: 3, 4, 7, 12, 19, 21, 31, 32.
@pytest.mark.parametrize(
    ("name", "everywhere", "expected"),
    [
        ("core_om", 0, 8 * 4 / 34 * 10),
        ("core_om", 4, 26 * 4 / 34 * 10),
        ("core_om", 2, 20),
        ("core_om.valbefinnande", 0, 2 * 4 / 4 * 10),  # 4 and 31 of four
        ("core_om.problem", 0, 0),
        ("core_om.problem", 3, 30),
        ("core_om.fungerande", 0, 6 * 4 / 12 * 10),
        ("core_om.fungerande", 1, (6 * 1 + 6 * 3) / 12 * 10),
        ("core_om.risk", 1, 10),
        ("core_om.utan_risk", 0, 8 * 4 / 28 * 10),
        ("kasam13", 1, 8 * 1 + 5 * 7),
        ("kasam13", 4, 52),
        ("kasam13", 7, 8 * 7 + 5 * 1),
        ("kasam29", 1, 16 * 1 + 13 * 7),
        ("kasam29", 7, 16 * 7 + 13 * 1),
        ("sdq.emotionella", 2, 10),
        ("sdq.uppforande", 2, 8),  # one of five is turned
        ("sdq.hyperaktivitet", 2, 6),  # two
        ("sdq.kamrat", 2, 6),  # two
        ("sdq.prosocialt", 2, 10),
        ("sdq", 2, 30),
        ("sdq", 0, 10),
        ("audit", 4, 40),
        ("audit.audit_c", 4, 12),
        ("audit.problem", 4, 28),
        ("dudit", 2, 22),
        ("phq9", 3, 27),
        ("gad7", 1, 7),
        ("who5", 3, 60),
        ("ors", 6.3, 25.2),
        ("nods_30_dagar", 1, 10),
        ("nods_30_dagar", 0, 0),
    ],
)  # fmt: skip
def test_the_same_answer_everywhere(name, everywhere, expected):
    assert one(name, {None: everywhere}) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("name", "answers", "expected"),
    [
        # Items 3 and 4 are turned: 4 - 1 and 4 - 3. The other six turned ones are left at the best, 4 -> 0.
        ("core_om", {3: 1, 4: 3, 1: 2, 34: 4, 7: 4, 12: 4, 19: 4, 21: 4, 31: 4, 32: 4, None: 0}, (3 + 1 + 2 + 4) / 34 * 10),
        ("core_om", {**dict.fromkeys((3, 4, 7, 12, 19, 21, 31, 32), 0), None: 4}, 40),
        ("core_om", {**dict.fromkeys((3, 4, 7, 12, 19, 21, 31, 32), 4), None: 0}, 0),
        ("core_om.risk", {6: 4, 9: 1, 16: 0, 22: 2, 24: 0, 34: 3, None: 4}, 10 / 6 * 10),
        ("kasam13", dict(enumerate((2, 3, 1, 5, 6, 4, 2, 7, 3, 1, 6, 5, 4), 1)), 6 + 5 + 7 + 5 + 6 + 4 + 6 + 7 + 3 + 7 + 6 + 5 + 4),
        ("kasam13", {**dict.fromkeys((1, 2, 3, 7, 10), 1), None: 7}, 91),
        ("sdq.hyperaktivitet", {2: 2, 10: 1, 15: 0, 21: 2, 25: 0, None: 1}, 2 + 1 + 0 + 0 + 2),
        ("sdq.prosocialt", {1: 2, 4: 1, 9: 0, 17: 2, 20: 1, None: 0}, 6),
        ("who5", {1: 5, 2: 4, 3: 3, 4: 2, 5: 1}, 60),
        ("phq9", dict(enumerate((0, 1, 2, 3, 0, 1, 2, 3, 0), 1)), 12),
        ("audit", {1: 3, 2: 1, 3: 2, 9: 2, 10: 4, None: 0}, 12),
        ("audit.audit_c", {1: 3, 2: 1, 3: 2, None: 4}, 6),
        ("ors", {1: 6.3, 2: 7.1, 3: 5.0, 4: 4.9}, 23.3),
    ],
)  # fmt: skip
def test_one_person_by_hand(name, answers, expected):
    assert one(name, answers) == pytest.approx(expected)


# Criteria: (1 2) (3) (5) (7) (8 9) (10) (12) (13) (14 15 16) (17); 4, 6 and 11 never score.
@pytest.mark.parametrize(
    ("yes", "expected"),
    [((1,), 1), ((1, 2), 1), ((4, 6, 11), 0), ((8, 9, 14, 15, 16), 2), ((1, 3, 5, 7, 9, 10, 12, 13, 16, 17), 10)],
)
@pytest.mark.parametrize("name", ["nods_livstid", "nods_12_man", "nods_30_dagar"])
def test_a_criterion_is_met_once_however_many_of_its_items_are(name, yes, expected):
    assert one(name, {**dict.fromkeys(yes, 1), None: 0}) == expected


def test_a_criterion_that_is_met_already_bears_an_unanswered_item_and_no_other_does():
    assert one("nods_12_man", {1: 1, 2: NAN, None: 0}) == 1
    assert math.isnan(one("nods_12_man", {1: 0, 2: NAN, None: 0}))
    assert one("nods_12_man", {4: NAN, 6: 9, 11: NAN, None: 0}) == 0, "items that never score may be anything"


# The source's own example: 4 on three answered items stands for 6.67 on five.
def test_answered_items_stand_for_the_rest_where_a_source_says_so():
    few = {3: 2, 8: 1, 13: 1}
    assert one("sdq.emotionella", few) == pytest.approx(4 / 3 * 5)
    assert one("sdq.emotionella", {**few, 16: 2}) == pytest.approx(6 / 4 * 5)
    assert math.isnan(one("sdq.emotionella", {3: 2, 8: 1}))
    assert math.isnan(one("sdq.emotionella", {}))
    # Item 7 is turned before the answered ones are averaged: 2 - 0, 1 and 0 of five.
    assert one("sdq.uppforande", {7: 0, 5: 1, 12: 0}) == pytest.approx(3 / 3 * 5)


@pytest.mark.parametrize("name", ["core_om", "core_om.risk", "kasam13", "sdq", "who5", "audit", "phq9", "ors"])
def test_one_unanswered_item_makes_no_score_where_no_source_says_how_many_may_be(name):
    position = measure(name).scoring.used[0]
    assert math.isnan(one(name, {position: NAN, None: 2}))


def test_a_rule_from_memory_is_not_followed_and_the_same_rule_with_a_source_is():
    core = measure("core_om")
    assert core.scoring.missing.allowed == 3 and core.scoring.may_miss == 0
    published = core.scoring.missing.model_copy(update={"status": "published", "source": "Källa 2001"})
    told = core.model_copy(update={"scoring": core.scoring.model_copy(update={"missing": published})})
    row = [4.0] * 34
    row[0] = row[1] = row[4] = NAN  # none of them turned: 23 of 31 answered give 4, eight give 0
    assert score_items([row], told)[0] == pytest.approx(23 * 4 / 31 * 10)
    row[5] = NAN
    assert math.isnan(score_items([row], told)[0])


@pytest.mark.parametrize(
    ("name", "wrong"),
    [("core_om", 5), ("core_om", -1), ("core_om", 1.5), ("core_om", math.inf), ("kasam13", 0), ("kasam13", 8),
     ("who5", 6), ("ors", 6.35), ("ors", 10.1), ("audit", 1), ("audit", 3), ("nods_12_man", 2)],
)  # fmt: skip
def test_an_answer_that_cannot_be_is_refused_and_not_told(name, wrong):
    card = measure(name)
    row = [float(allowed[0]) for allowed in grid(card)]
    row[card.scoring.items - 1] = wrong  # item 10 of AUDIT has only 0, 2 and 4
    with pytest.raises(DataError) as error:
        score_items([row], card)
    assert card.name_sv in str(error.value)
    numbers = {part.strip(".,") for part in str(error.value).split()}
    assert str(wrong) not in numbers and f"{wrong:g}" not in numbers


@pytest.mark.parametrize("shape", [(34,), (2, 33), (2, 35), (2, 34, 1), (0,)])
def test_a_column_too_many_or_too_few_is_refused(shape):
    with pytest.raises(DataError, match="har 34 frågor"):
        score_items(np.zeros(shape), measure("core_om"))


def test_nobody_gives_no_scores():
    assert score_items(np.empty((0, 34)), measure("core_om")).shape == (0,)


@pytest.mark.parametrize(
    "name",
    ["ysr", "score15", "ester", "mst_family.skolgang", "sdq.problem_i_vardagen", "asi", "asi.alkohol_oro", "gas"],
)
def test_what_is_scored_elsewhere_is_not_scored_here(name):
    with pytest.raises(SettingsError, match="Läs in den färdiga poängen"):
        score_items([[1.0]], measure(name))


@EVERY
@settings(max_examples=25, deadline=None)
@given(data=st.data())
def test_a_score_is_what_a_plain_loop_makes_it(name, data):
    card = measure(name)
    key, row = card.scoring, data.draw(filled(card))
    values = [
        key.item_max - row[position - 1] + key.item_min if position in key.reversed else row[position - 1]
        for position in (key.positions or range(1, key.items + 1))
    ]
    expected = (sum(values) if key.method == "sum" else sum(values) / len(values)) * key.factor
    assert score_items([row], card)[0] == pytest.approx(expected)
    assert card.minimum - 1e-9 <= expected <= card.maximum + 1e-9


@EVERY
@settings(max_examples=25, deadline=None)
@given(data=st.data())
def test_every_answer_turned_turns_the_score(name, data):
    card = measure(name)
    row = np.array(data.draw(filled(card)))
    turned = card.scoring.item_min + card.scoring.item_max - row
    both = score_items([row, turned], card)
    assert both.sum() == pytest.approx(card.minimum + card.maximum)


@EVERY
@settings(max_examples=25, deadline=None)
@given(data=st.data())
def test_items_of_another_part_change_nothing(name, data):
    card = measure(name)
    row = data.draw(filled(card))
    other = [value if position in card.scoring.used else NAN for position, value in enumerate(row, 1)]
    assert score_items([row], card)[0] == score_items([other], card)[0]


@EVERY
@settings(max_examples=25, deadline=None)
@given(data=st.data())
def test_a_harder_answer_moves_the_score_its_own_way_only(name, data):
    card = measure(name)
    row = data.draw(filled(card))
    position = data.draw(st.sampled_from(card.scoring.used))
    allowed = grid(card)[position - 1]
    assume(row[position - 1] < allowed[-1])
    more = list(row)
    more[position - 1] = allowed[-1]
    before, after = score_items([row, more], card)
    assert (after > before) != (position in card.scoring.reversed)


@settings(max_examples=50, deadline=None)
@given(data=st.data())
def test_the_mean_of_the_answered_in_the_place_of_the_rest_gives_the_same(data):
    card = measure("sdq.kamrat")
    row = np.array(data.draw(filled(card)))
    lost = data.draw(st.lists(st.sampled_from(card.scoring.used), min_size=1, max_size=2, unique=True))
    partial = row.copy()
    partial[[position - 1 for position in lost]] = NAN
    known = [position for position in card.scoring.used if position not in lost]
    values = [2 - row[p - 1] if p in card.scoring.reversed else row[p - 1] for p in known]
    assert score_items([partial], card)[0] == pytest.approx(5 * np.mean(values))


@settings(max_examples=50, deadline=None)
@given(data=st.data())
def test_the_parts_of_a_questionnaire_make_its_whole(data):
    core, sdq, audit = (data.draw(filled(measure(name))) for name in ("core_om", "sdq", "audit"))
    domains = {"valbefinnande": 4, "problem": 12, "fungerande": 12, "risk": 6}
    whole = sum(n * score_items([core], measure(f"core_om.{domain}"))[0] for domain, n in domains.items()) / 34
    assert score_items([core], measure("core_om"))[0] == pytest.approx(whole)
    without_risk = sum(
        n * score_items([core], measure(f"core_om.{domain}"))[0] for domain, n in domains.items() if domain != "risk"
    )
    assert score_items([core], measure("core_om.utan_risk"))[0] == pytest.approx(without_risk / 28)
    difficulties = sum(
        score_items([sdq], measure(f"sdq.{part}"))[0]
        for part in ("emotionella", "uppforande", "hyperaktivitet", "kamrat")
    )
    assert score_items([sdq], measure("sdq"))[0] == difficulties
    halves = sum(score_items([audit], measure(f"audit.{part}"))[0] for part in ("audit_c", "problem"))
    assert score_items([audit], measure("audit"))[0] == halves


@settings(max_examples=50, deadline=None)
@given(
    rows=st.lists(st.lists(st.sampled_from([0.0, 1.0, 2.0, 3.0, NAN]), min_size=9, max_size=9), min_size=1, max_size=8),
    seed=st.integers(0, 100),
)
def test_people_are_scored_each_by_themselves(rows, seed):
    order = np.random.default_rng(seed).permutation(len(rows))
    together = score_items(rows, measure("phq9"))
    assert np.array_equal(together[order], score_items(np.array(rows)[order], measure("phq9")), equal_nan=True)
    assert np.array_equal(np.isnan(together), np.isnan(rows).any(axis=1))


def test_a_measure_of_ones_own_is_scored_in_the_same_way():
    own = Measure(
        id="oro", name="Worry", name_sv="Oro", kind="scale", minimum=3, maximum=15, higher_is_better=False,
        scoring=Scoring(method="sum", items=3, item_min=1, item_max=5, reversed=(2,)),
    )  # fmt: skip
    assert score_items([[1, 5, 1], [5, 1, 5], [2, 3, 4]], own).tolist() == [3, 15, 9]
