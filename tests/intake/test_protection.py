import pandas as pd
from pandas.testing import assert_frame_equal

from isu_analysis.intake.protection import protect_identities

DAY = pd.Timestamp("2024-03-01")
KEPT = ["episode", "client", "year", "contacts"]
HIDDEN = ["start", "end", "team", "worker", "group", "reason", "intervention", "service_form", "age", "sex"]


def episodes(**changes):
    rows = pd.DataFrame(
        {
            "episode": ["a", "b", "c", "d"], "client": ["p", "q", "q", None], "year": [2024] * 4,
            "start": [DAY] * 4, "end": [DAY + pd.Timedelta(days=90)] * 4, "ending": ["planned"] * 4,
            "team": ["norr"] * 4, "worker": ["w"] * 4, "group": ["g"] * 4, "reason": ["våld"] * 4,
            "intervention": ["samtal"] * 4, "service_form": ["service"] * 4, "contacts": [3.0] * 4,
            "age": [30.0, 40.0, 50.0, 60.0], "sex": pd.array(["k", "m", "m", "k"], dtype="string"),
            "protected": pd.array(["open", "protected", "open", None], dtype="string"),
        }
    )  # fmt: skip
    return rows.assign(**changes)


def measurements():
    return pd.DataFrame(
        {"episode": pd.array(["a", "b", "c", "d", None], dtype="string"), "year": [2024] * 5, "day": [DAY] * 5,
         "value": [1.0, 2.0, 3.0, 4.0, 5.0], "missing_reason": [None, None, "declined", None, None]}
    )  # fmt: skip


def test_the_protected_person_is_counted_but_has_no_dates_and_no_subgroup():
    given, forms = episodes(), measurements()
    cases, measured = protect_identities(given, forms, ["age", "sex"])
    assert cases["episode"].tolist() == ["a", "b", "c", "d"]
    assert_frame_equal(cases[KEPT], given[KEPT])
    for name in HIDDEN:
        assert cases[name].isna().tolist() == [False, True, True, False], name  # b, and c: the same person
    assert measured["day"].isna().tolist() == [False, True, True, False, False]
    assert_frame_equal(measured.drop(columns="day"), forms.drop(columns="day"))
    assert_frame_equal(cases[HIDDEN].iloc[[0, 3]], given[HIDDEN].iloc[[0, 3]])


def test_nobody_can_see_who_it_was():
    cases, measured = protect_identities(episodes(), measurements(), ["age", "sex"])
    assert "protected" not in cases and "protected" not in measured
    forms = measurements().assign(protected=pd.array([None, None, None, "protected", "protected"], dtype="string"))
    cases, measured = protect_identities(episodes(), forms, ["age", "sex"])
    assert "protected" not in measured and measured["day"].isna().tolist() == [False, True, True, True, True]
    assert cases["start"].isna().tolist() == [False, True, True, True]


def test_types_stay_and_what_was_given_is_not_changed():
    given, forms = episodes(), measurements()
    cases, measured = protect_identities(given, forms, ["age", "sex"])
    assert cases.dtypes.equals(given.drop(columns="protected").dtypes)
    assert measured.dtypes.equals(forms.dtypes)
    assert_frame_equal(given, episodes())
    assert_frame_equal(forms, measurements())


def test_without_anybody_protected_nothing_is_taken_away():
    for given in (episodes(protected="open"), episodes().drop(columns=["protected"]), episodes(protected=None)):
        cases, measured = protect_identities(given, measurements(), ["age", "sex"])
        assert_frame_equal(cases, given.drop(columns="protected", errors="ignore"))
        assert_frame_equal(measured, measurements())


def test_a_background_column_that_is_not_there_and_missing_people_are_no_matter():
    few = episodes().drop(columns=["client", "team", "worker", "group", "reason", "intervention", "service_form"])
    cases, _ = protect_identities(few, measurements(), ["age", "borta"])
    assert cases["age"].isna().tolist() == [False, True, False, False]  # no person numbers: the episode alone
    nobody, none = protect_identities(episodes().iloc[:0], measurements().iloc[:0], ["age"])
    assert len(nobody) == len(none) == 0 and "protected" not in nobody


def test_two_unknown_people_are_not_one():
    given = episodes(client=None)
    cases, _ = protect_identities(given, measurements(), [])
    assert cases["start"].isna().tolist() == [False, True, False, False]
