"""Cohorts of tiny hand-made tables; every expected number is counted by hand."""

import datetime as dt
import re

import numpy as np
import pandas as pd
import pytest
import small_project as small

from isu_analysis import cohorts
from isu_analysis.cohorts import cohort, years
from isu_analysis.errors import DataError, SettingsError
from isu_analysis.intake import store
from isu_analysis.intake.store import Processed

FOLLOWED = small.SETTINGS.replace(
    '  end: {label: "avslut", role: end}\n',
    '  end: {label: "avslut", role: end}\n'
    '  m3: {label: "3 månader", role: follow_up, day: 90}\n'
    '  m6: {label: "6 månader", role: follow_up, day: 180, window: [150, 210]}\n',
)
JUNE = "2024-06-01"


def episode(name, start="2024-01-10", end=JUNE, year=2024, ending="planned", age=30.0):
    return {"episode": name, "start": start, "end": end, "year": year, "ending": ending, "age": age}


def score(name, occasion, value=10.0, rater="client", year=2024, **more):
    return {"episode": name, "measure": "core_om", "item": "", "occasion": occasion, "rater": rater, "year": year,
            "value": value, "mode": "form", **more}  # fmt: skip


def missing(name, occasion, reason="unknown"):
    return score(name, occasion, np.nan, missing_reason=reason)


@pytest.fixture
def project(tmp_path):
    return small.project(tmp_path)


@pytest.fixture
def made(project):
    """Store tables and give the cohort of a year."""

    def make(episodes, measurements=(), settings=FOLLOWED, year=2024, as_of=None, about=None):
        unit = small.unit(project, settings)
        tables = Processed(
            store.episodes_frame(small.block(episodes), unit),
            store.measurements_frame(small.block(measurements)),
            about or {},
        )
        store.save(project, unit, tables)
        return cohort(unit, year, as_of, project)

    return make


FIVE = [episode(name) for name in "abcde"]
# a both, b start only, c end only, d neither (one declined, one row missing), e start and a declined end.
MEASURED = [
    score("a", "start", 20), score("a", "end", 8), score("b", "start", 21), score("c", "end", 9),
    missing("d", "start", "declined"), score("e", "start", 22), missing("e", "end", "declined"),
    score("a", "start", 5, rater="staff"), score("x", "start", 30), score(None, "start", 31),
    score(None, "start", 32, year=2023),
]  # fmt: skip


def test_response_is_counted_for_every_eligible_episode(made):
    status = made(FIVE, MEASURED).response("core_om", "start", "end", "client")
    assert status.to_dict() == {"a": "paired", "b": "start_only", "c": "end_only", "d": "neither", "e": "start_only"}
    assert set(status) <= set(cohorts.RESPONSES)


def test_response_without_a_start_asks_only_for_the_end(made):
    status = made(FIVE, MEASURED).response("core_om", None, "end", "client")
    assert status.value_counts().to_dict() == {"start_only": 3, "paired": 2}


def test_raters_measures_and_items_are_never_mixed(made):
    made_cohort = made(FIVE, [*MEASURED, score("b", "end", 3, item="mål 1")])
    assert made_cohort.response("core_om", "start", "end", "staff").tolist() == ["start_only", *["neither"] * 4]
    assert made_cohort.response("core_om", "start", "end", "client")["b"] == "start_only"
    assert made_cohort.values("core_om", "end", "client", "mål 1").dropna().to_dict() == {"b": 3}
    assert made_cohort.values("core_om", "start", "client")["a"] == 20
    assert made_cohort.values("core_om", "start", "staff")["a"] == 5
    assert set(made_cohort.response("laget", None, "end", "staff")) == {"start_only"}


def test_pairs_are_one_row_an_episode_with_gaps(made):
    pairs = made(FIVE, MEASURED).pairs("core_om", "start", "end")
    assert pairs["pre"].fillna(-1).tolist() == [20, 21, -1, -1, 22]
    assert pairs["post"].fillna(-1).tolist() == [8, -1, 9, -1, -1]
    assert list(pairs.index) == list("abcde")


@pytest.mark.parametrize("pairing", ["pairing: none", "pairing: {2023: by_code, 2024: none}"])
def test_anonymous_ratings_are_never_paired(made, pairing):
    anonymous = made(FIVE, MEASURED, FOLLOWED.replace("cohort:", f"{pairing}\ncohort:"))
    assert not anonymous.pairable
    with pytest.raises(
        DataError, match="Öppenvården 2024: skattningarna är anonyma, så start och slut kan inte paras ihop"
    ):
        anonymous.pairs("core_om", "start", "end")


def test_forms_of_nobody_are_cross_sections_of_their_own_year(made):
    loose = made(FIVE, MEASURED).unlinked("core_om", "start", "client")
    assert loose["value"].tolist() == [31]  # not 32 of another year, not 30 of a case that is not in the cohort


def test_a_measurement_of_a_case_outside_the_cohort_is_in_no_number(made):
    assert 30 not in made(FIVE, MEASURED).measurements["value"].tolist()


def test_forms_whose_number_fits_no_case_are_counted(made):
    stray = [score("x", "start"), score("x", "end"), score("y", "start"), score("z", "start", year=2023)]
    two_measures_on_one_form = {**score("y", "start"), "measure": "laget"}
    other_years_case = [score("g", "start")]
    rows = [*FIVE, episode("g", year=2023)]
    assert made(rows, [*MEASURED[:8], *stray, two_measures_on_one_form, *other_years_case]).strays == 3
    assert made(FIVE, MEASURED[:8]).strays == 0


def test_what_was_measured_after_the_date_of_the_data_is_not_known_yet(made):
    rows = [score("a", "start", day="2024-01-10"), score("a", "end", day=JUNE), score("b", "end", day="2024-06-02"),
            score(None, "end", day="2024-06-02"), score("x", "end", day="2024-06-02"), score("c", "end")]  # fmt: skip
    early = made(FIVE, rows, as_of=JUNE)
    assert early.response("core_om", "start", "end", "client").tolist() == [
        "paired",
        "neither",
        "end_only",
        "neither",
        "neither",
    ]
    assert len(early.unlinked("core_om", "end", "client")) == 0 and early.strays == 0
    assert made(FIVE, rows, as_of="2024-06-02").strays == 1


def test_levels(made):
    rows = [{**score("a", "end", np.nan), "measure": "laget", "level": "bra", "rater": "staff"}]
    levels = made(FIVE, rows).levels("laget", "end", "staff")
    assert levels.dropna().to_dict() == {"a": "bra"} and len(levels) == 5


def test_waves_are_the_measured_occasions_in_declared_order(made):
    rows = [score("a", "m6", 5), score("a", "start", 20), score("b", "end", 8), missing("c", "m3")]
    waves = made(FIVE, rows).waves("core_om", "client")
    assert list(waves.columns) == ["start", "end", "m3", "m6"]
    assert waves.loc["a"].fillna(-1).tolist() == [20, -1, -1, 5]
    assert waves["m3"].isna().all()


# a started 90 days before 2024-06-01, b one day later, c has no start date, d was measured before it was due.
DUE = [episode("a", "2024-03-03"), episode("b", "2024-03-04"), episode("c", None), episode("d", "2024-05-01")]


def test_what_has_not_fallen_due_is_not_missing(made):
    due = made(DUE, [score("d", "m3")], as_of=JUNE)
    status = due.response("core_om", None, "m3", "client")
    assert status.to_dict() == {"a": "start_only", "b": "not_due", "c": "start_only", "d": "paired"}


def test_not_due_tells_nothing_of_the_start(made):
    due = made(DUE, [score("a", "start"), score("b", "start")], as_of=JUNE)
    assert due.response("core_om", "start", "m3", "client").tolist() == ["start_only", "not_due", "neither", "not_due"]


def test_a_window_is_due_when_it_has_closed(made):
    rows = [episode("a", "2024-01-01"), episode("b", "2024-01-02")]  # day 210 is 2024-07-29 and 2024-07-30
    assert made(rows, as_of="2024-07-29").response("core_om", None, "m6", "client").tolist() == [
        "start_only",
        "not_due",
    ]


OPEN = [episode("a"), episode("b", end="2024-09-01"), episode("c", end=None, ending="ongoing")]


def test_an_end_measurement_is_not_due_while_the_case_is_open(made):
    started = FOLLOWED.replace("rule: ended", "rule: started")
    status = made(OPEN, [score("a", "start"), score("b", "start")], started, as_of="2024-08-31").response(
        "core_om", "start", "end", "client"
    )
    assert status.to_dict() == {"a": "start_only", "b": "not_due", "c": "not_due"}
    status = made(OPEN, settings=started, as_of="2024-09-01").response("core_om", "start", "end", "client")
    assert status.to_dict() == {"a": "neither", "b": "neither", "c": "not_due"}


def test_data_without_end_dates_lose_nobody_as_not_due(made):
    declared = FOLLOWED.replace("rule: ended", "rule: declared")
    rows = [episode("a", None, None), episode("b", None, None)]
    assert made(rows, [score("a", "end")], declared).response("core_om", None, "end", "client").tolist() == [
        "paired",
        "start_only",
    ]


def test_endings_outside_are_counted_and_left_out(made):
    rows = [
        *FIVE,
        episode("f", ending="never_started"),
        episode("g", ending="never_started"),
        episode("h", ending=None),
    ]
    made_cohort = made(rows, [score("f", "start", 39)])
    assert made_cohort.outside == 2
    assert made_cohort.eligible == 6 and list(made_cohort.episodes.index) == list("abcdeh")
    assert 39 not in made_cohort.measurements["value"].tolist()


def test_only_the_year_asked_for(made):
    rows = [episode("a"), episode("b", year=2023), episode("c", year=None)]
    assert list(made(rows).episodes.index) == ["a"]
    assert list(made(rows, year=2023).episodes.index) == ["b"]


VOLUMES = (
    "volumes:\n  - {year: 2024, what: started, n: 40, source: lista}\n  - {year: 2024, what: eligible, n: 30, source: lista}\n"
    "  - {year: 2023, what: asked, n: 9, source: lista}\ncohort:"
)


def test_declared_volumes_count_only_where_there_are_no_episodes(made):
    declared = FOLLOWED.replace("cohort:", VOLUMES)
    with_episodes = made(FIVE, settings=declared)
    assert with_episodes.volumes == {"started": 40, "eligible": 30}
    assert with_episodes.eligible == 5
    alone = made([], [score(None, "end")], declared)
    assert alone.eligible == 30 and not alone.pairable
    started = made(
        [], [score(None, "end")], declared.replace("  - {year: 2024, what: eligible, n: 30, source: lista}\n", "")
    )
    assert started.eligible == 40
    assert made([], [score(None, "end")]).eligible == 0


def test_background_is_what_the_unit_declares(made):
    background = made([episode("a", age=20), episode("b", age=None)]).background
    assert list(background.columns) == ["age"]
    assert background["age"].fillna(-1).to_dict() == {"a": 20, "b": -1}


@pytest.mark.parametrize(
    ("rule", "expected"),
    [("ended", [2024, 2024, 2023]), ("started", [2023, 2024, 2023]), ("declared", [2024, 2024, 2023])],
)
def test_the_year_of_a_case_follows_the_rule(project, rule, expected):
    from isu_analysis.intake import intake

    settings = small.SETTINGS.replace("rule: ended", f"rule: {rule}")
    unit = small.unit(project, settings)
    rows = {2024: [small.row("A1", start=dt.date(2023, 12, 1)), small.row("A2")],
            2023: [small.row("A3", start=dt.date(2023, 1, 1), slut=dt.date(2023, 2, 1))]}  # fmt: skip
    for year, lines in rows.items():
        small.xlsx(small.raw(project, f"ärenden {year}.xlsx"), lines)
    stored = intake(unit, project).episodes
    assert sorted(stored["year"]) == sorted(expected)
    assert years(unit, project) == (2023, 2024)
    assert cohort(unit, 2023, project=project).eligible == expected.count(2023)


def test_an_unknown_year_lists_the_years_there_are(made, project):
    rows = [episode("a"), episode("b", year=2022)]
    loose = [score(None, "start", year=2021)]
    with pytest.raises(DataError, match=r"^Öppenvården: inga uppgifter för 2020\. År som finns: 2021, 2022, 2024\.$"):
        made(rows, loose, year=2020)
    with pytest.raises(DataError, match="År som finns: inga"):
        made([], [], year=2024)


def test_a_unit_not_read_in_says_what_to_run(project):
    small.unit(project)
    with pytest.raises(DataError, match="Kör «isu intake a-kommun/oppenvard» först"):
        cohort("a-kommun/oppenvard", 2024, project=project)


@pytest.mark.parametrize(
    ("as_of", "about", "expected"),
    [
        ("2024-05-06", {"as_of": "2025-01-01"}, dt.date(2024, 5, 6)),
        (dt.date(2024, 5, 6), {}, dt.date(2024, 5, 6)),
        (dt.datetime(2024, 5, 6, 22, 30), {}, dt.date(2024, 5, 6)),
        (None, {"as_of": "2025-01-01"}, dt.date(2025, 1, 1)),
        (None, {"as_of": None}, dt.date(2024, 12, 31)),
        (None, {}, dt.date(2024, 12, 31)),
        ("", {}, dt.date(2024, 12, 31)),
    ],
)
def test_the_date_of_the_data(made, as_of, about, expected):
    found = made(FIVE, as_of=as_of, about=about).as_of
    assert found == expected and type(found) is dt.date


@pytest.mark.parametrize("as_of", ["2024-02-30", "20240131", "2024-W05-1", "31/1 2024", "igår", 2024])
def test_no_other_form_of_date_is_taken(made, as_of):
    with pytest.raises(SettingsError, match=r"^«as_of» ska vara ett datum, ÅÅÅÅ-MM-DD\.$") as error:
        made(FIVE, as_of=as_of)
    assert error.value.__suppress_context__ or error.value.__context__ is None


def test_the_repr_holds_no_rows(made):
    made_cohort = made([episode("hemligt-namn")], [score("hemligt-namn", "start", 39)])
    assert repr(made_cohort) == "Cohort('a-kommun/oppenvard', 2024)" == str(made_cohort) == f"{made_cohort}"


def test_asking_changes_nothing(made):
    made_cohort = made(FIVE, MEASURED)
    before = made_cohort.episodes.copy(), made_cohort.measurements.copy()
    made_cohort.response("core_om", "start", "m3", "client")
    pairs = made_cohort.pairs("core_om", "start", "end")
    pairs.loc[:, "pre"] = 0
    made_cohort.waves("core_om", "client")
    pd.testing.assert_frame_equal(made_cohort.episodes, before[0])
    pd.testing.assert_frame_equal(made_cohort.measurements, before[1])


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("core_on", "start", "client"), "måttet «core_on» finns inte. Menade du «core_om»?"),
        (("core_om", "strat", "client"), "mättillfället «strat» finns inte. Menade du «start»?"),
        (("core_om", "start", "klient"), "svaranden «klient» finns inte. Menade du «client»?"),
    ],
)
def test_a_misspelt_name_is_not_nobody_measured(made, words, said):
    cohort = made(FIVE, MEASURED)
    measure, occasion, rater = words
    for ask in (
        lambda: cohort.values(measure, occasion, rater),
        lambda: cohort.measured(measure, occasion, rater),
        lambda: cohort.response(measure, occasion, "end", rater),
        lambda: cohort.pairs(measure, occasion, "end", rater),
    ):
        with pytest.raises(SettingsError, match=re.escape(said)):
            ask()


def test_a_measure_of_several_answers_needs_an_item(made):
    cohort = made(FIVE, [*MEASURED, score("b", "end", 3, item="mål 1", rater="staff")])
    with pytest.raises(SettingsError, match="ett svar för varje mål eller behov"):
        cohort.measured("core_om", "end", "staff")
    assert cohort.measured("core_om", "end", "staff", None).sum() == 1


def test_only_those_whom_the_follow_up_is_meant_for_are_followed_up(made):
    """Two of five are forty or older; one has no age told and is not left out for that."""
    people = [episode(name, age=age) for name, age in zip("abcde", (30.0, 40.0, np.nan, 20.0, 41.0), strict=True)]
    grouped = [one | {"team": team} for one, team in zip(people, ["vuxna", "barn", None, "vuxna", "barn"], strict=True)]
    settings = FOLLOWED.replace("  outside: [never_started]\n", "  outside: [never_started]\n  only: {team: [vuxna]}\n")
    settings = settings.replace("    end: Slut\n", "    end: Slut\n    team: Ålder\n", 1)
    found = made(grouped, MEASURED, settings)
    assert sorted(found.episodes.index) == ["a", "c", "d"] and found.outside == 2
    assert found.monthly.sum() == 3, "the months count the same people"


@pytest.mark.parametrize(
    ("only", "said"),
    [
        ("{tema: [vuxna]}", "uppgiften «tema» under «only» finns inte bland bakgrundsuppgifterna. Menade du «team»?"),
        (
            "{sex: [mann]}",
            "ordet «mann» under «only» finns inte bland uppgiftens ord. Menade du «man»? Tillåtna: woman, man.",
        ),
        ("{sex: []}", "får inte vara tom"),
        ("{age: ['30']}", "uppgiften «age» under «only» finns inte bland bakgrundsuppgifterna."),
    ],
)
def test_only_names_what_there_is(project, only, said):
    settings = small.SETTINGS.replace("  outside: [never_started]\n", f"  only: {only}\n").replace(
        "    background:\n", "    background:\n      sex: {column: Kön, label: Kön, values: {K: woman, M: man}}\n"
    )
    with pytest.raises(SettingsError, match=re.escape(said)):
        small.unit(project, settings)
