"""People who come more than once: sessions, re-entries, moves, trajectories - counted by hand."""

import pandas as pd
import pytest
import small_project as small

from isu_analysis.cohorts import cohort, years
from isu_analysis.intake import store
from isu_analysis.intake.store import Processed

SESSIONS = small.SETTINGS.replace(
    '  start: {label: "nybesök", role: start, day: 0}\n  end: {label: "avslut", role: end}\n',
    "  session: {label: samtal, role: session}\n"
    '  start: {label: "första samtalet", role: start, session: first}\n'
    '  end: {label: "sista samtalet", role: end, session: last}\n',
)
PERSONS = small.SETTINGS.replace("retention_years: 5", "retention_years: 5\nunit_of_analysis: person")


def episode(name, client, start, end, **more):
    return {
        "episode": name,
        "client": client,
        "start": start,
        "end": end,
        "year": int((end or "2025")[:4]),
        "ending": "planned",
    } | more


def score(name, occasion, value=10.0, day=None, **more):
    return {"episode": name, "measure": "core_om", "item": "", "occasion": occasion, "rater": "client", "year": 2024, "day": day,
            "value": value, "mode": "form"} | more  # fmt: skip


@pytest.fixture
def made(tmp_path):
    project = small.project(tmp_path)

    def make(episodes, measurements=(), settings=PERSONS, year=2024, as_of="2025-12-31"):
        unit = small.unit(project, settings)
        store.save(
            project,
            unit,
            Processed(
                store.episodes_frame(small.block(episodes), unit),
                store.measurements_frame(small.block(measurements)),
                {},
            ),
        )
        return cohort(unit, year, as_of, project)

    make.project = project
    return make


def test_first_and_last_session_are_the_pair(made):
    rows = [score("a", "session", 30, "2024-02-01"), score("a", "session", 25, "2024-01-15"), score("a", "session", 12, "2024-03-01"),
            score("b", "session", 20, "2024-01-01"), score("c", "session", None, "2024-01-01", missing_reason="declined")]  # fmt: skip
    found = made([episode(name, name, "2024-01-10", "2024-06-01") for name in "abcd"], rows, SESSIONS)
    pairs = found.pairs("core_om", "start", "end")
    assert pairs["pre"].fillna(-1).tolist() == [25, 20, -1, -1]
    assert pairs["post"].fillna(-1).tolist() == [12, -1, -1, -1], "one session is a first and no last"
    assert found.response("core_om", "start", "end", "client").tolist() == [
        "paired",
        "start_only",
        "neither",
        "neither",
    ]
    sessions = found.sessions("core_om", "client")
    assert sessions[["episode", "number", "value"]].to_numpy().tolist() == [
        ["a", 1, 25],
        ["a", 2, 30],
        ["a", 3, 12],
        ["b", 1, 20],
    ]


MOVES = [episode("1", "p", "2024-01-01", "2024-03-01"), episode("2", "p", "2024-04-01", "2024-09-01"), episode("3", "q", "2024-02-01", "2024-06-01"),
         episode("4", "p", "2023-02-01", "2023-06-01"), episode("5", None, "2024-02-01", "2024-06-01")]  # fmt: skip


def test_a_person_counts_once_with_the_last_episode_of_the_year(made):
    found = made(MOVES, [score(name, "end", float(name)) for name in "12345"])
    assert found.episodes.index.tolist() == ["2", "3", "5"]
    assert (found.eligible, found.events, found.persons) == (3, 4, 2)
    assert found.values("core_om", "end", "client").tolist() == [2, 3, 5]


def test_where_episodes_are_counted_each_is_a_row(made):
    found = made(MOVES, settings=PERSONS.replace("person", "episode"))
    assert (found.eligible, found.events, found.persons) == (4, 4, 2)


@pytest.mark.parametrize(("days", "kept"), [(31, {"2", "3", "5"}), (30, {"1", "2", "3", "5"})])
def test_episodes_close_upon_each_other_are_one(made, days, kept):
    settings = small.SETTINGS.replace("  rule: ended", f"  rule: ended\n  join_within_days: {days}")
    found = made(MOVES, [score("1", "start", 30), score("2", "end", 11)], settings)
    assert len(found.episodes) == len(kept) and found.persons == 2
    if days == 31:
        whole = found.episodes.loc["1"]
        assert (whole["start"], whole["end"]) == (pd.Timestamp("2024-01-01"), pd.Timestamp("2024-09-01"))
        assert found.pairs("core_om", "start", "end").loc["1"].tolist() == [30, 11]
    else:
        assert found.pairs("core_om", "start", "end").loc["1"].fillna(-1).tolist() == [30, -1]


@pytest.mark.parametrize(("year", "open_then"), [(2022, ["a"]), (2023, ["a", "b"]), (2024, ["b", "c"])])
def test_an_active_episode_is_of_every_year_it_was_open(made, year, open_then):
    settings = small.SETTINGS.replace("rule: ended", "rule: active")
    rows = [episode("a", "p", "2022-12-31", "2023-01-01", year=2022), episode("b", "q", "2023-05-01", "2024-01-01", year=2023),
            episode("c", "r", "2024-12-31", None, year=2024)]  # fmt: skip
    assert made(rows, settings=settings, year=year).episodes.index.tolist() == open_then
    assert years(small.unit(made.project, settings), made.project) == (2022, 2023, 2024)


def test_reasons_modes_and_answers(made):
    rows = [
        score("1", "end", 3, mode="interview"),
        score("2", "end", None, missing_reason="moved"),
        score("3", "end", None, missing_reason="unknown"),
    ]
    goals = [{"episode": "1", "measure": "laget", "item": item, "occasion": "end", "rater": "staff", "year": 2024, "level": level, "mode": "form"}
             for item, level in (("x", "bra"), ("y", "dalig"))]  # fmt: skip
    found = made(MOVES, [*rows, *goals], PERSONS.replace("person", "episode"))
    assert found.reasons("core_om", "end", "client").fillna("").to_dict() == {
        "1": "",
        "2": "moved",
        "3": "unknown",
        "5": "unknown",
    }
    assert found.modes("core_om", "end", "client").fillna("").tolist() == ["interview", "", "", ""]
    assert found.answers("laget", "end", "staff")[["item", "level"]].to_numpy().tolist() == [
        ["x", "bra"],
        ["y", "dalig"],
    ]


JOINED = small.SETTINGS.replace("  rule: ended", "  rule: ended\n  join_within_days: 31")


def test_episodes_inside_another_are_part_of_it(made):
    rows = [
        episode("1", "p", "2024-01-01", "2024-12-01"),
        episode("2", "p", "2024-02-01", "2024-03-01"),
        episode("3", "p", "2024-10-01", "2024-11-01"),
    ]
    found = made(rows, settings=JOINED).episodes
    assert found.index.tolist() == ["1"] and found["end"].tolist() == [pd.Timestamp("2024-12-01")]


def test_a_joined_episode_has_the_first_start_and_the_last_end(made):
    rows = [score("1", "start", 30), score("1", "end", 20), score("2", "start", 19), score("2", "end", 8)]
    found = made(MOVES[:2], rows, JOINED)
    assert found.pairs("core_om", "start", "end").to_numpy().tolist() == [[30, 8]]
    unanswered = [
        score("1", "start", None, missing_reason="declined"),
        score("2", "start", 19),
        score("1", "end", 7),
        score("2", "end", None, missing_reason="moved"),
    ]
    assert made(MOVES[:2], unanswered, JOINED).pairs("core_om", "start", "end").to_numpy().tolist() == [[19, 7]]


def test_a_joined_episode_begins_in_its_first_year(made):
    rows = [
        episode("1", "p", "2023-11-01", "2023-12-20", year=2023),
        episode("2", "p", "2024-01-05", "2024-05-01", year=2024),
    ]
    settings = JOINED.replace("rule: ended", "rule: started")
    assert made(rows, settings=settings, year=2023).episodes.index.tolist() == ["1"]
    assert years(small.unit(made.project, settings), made.project) == (2023, 2024)


def test_what_the_cohort_leaves_out_is_joined_to_nothing(made):
    rows = [
        episode("1", "p", "2024-01-01", "2024-03-01"),
        episode("2", "p", "2024-03-10", "2024-03-11", ending="never_started"),
    ]
    found = made(rows, [score("1", "end", 5)], JOINED)
    assert found.episodes.index.tolist() == ["1"] and found.outside == 1
    assert found.values("core_om", "end", "client").tolist() == [5]


def test_episodes_without_dates_are_joined_to_nothing(made):
    rows = [episode("1", "p", None, None, year=2024), episode("2", "p", None, None, year=2024)]
    assert made(rows, settings=JOINED).episodes.index.tolist() == ["1", "2"]


def test_who_is_in_the_year_is_not_among_the_ongoing(made):
    rows = [
        *MOVES[:3],
        episode("6", "p", "2024-10-01", None, year=None),
        episode("7", "s", "2024-10-01", None, year=None),
    ]
    assert made(rows).ongoing == 1
    assert made(rows, settings=PERSONS.replace("person", "episode")).ongoing == 2
