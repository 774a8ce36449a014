"""A part of a year: whom the cohort rule gives it by a day, what is known of them, and when it cannot be told."""

import datetime as dt

import pytest
import small_project as small
from hypothesis import given
from hypothesis import strategies as st
from test_cohorts import FOLLOWED, JUNE, VOLUMES, episode, score

from isu_analysis.analysis import analyse
from isu_analysis.cohorts import cohort
from isu_analysis.errors import DataError, SettingsError
from isu_analysis.intake import store
from isu_analysis.intake.store import Processed
from isu_analysis.settings.periods import last_day, part_of, period

LATE = "2025-02-01"
# Ended before, on and after the last of June; still open; the year before.
SIX = [
    episode("a", "2023-11-01", "2024-02-10"),
    episode("b", "2024-03-01", "2024-06-30"),
    episode("c", "2024-03-01", "2024-07-01"),
    episode("d", "2024-06-30", "2024-12-31"),
    episode("e", "2024-07-01", None, year=None, ending="ongoing"),
    episode("f", "2023-01-01", "2023-12-31", year=2023),
]


def by_rule(rows, rule):
    """The rows with the year that intake gives them under a rule."""
    day = "end" if rule == "ended" else "start"
    return [{**row, "year": row[day] and int(row[day][:4])} for row in rows]


@pytest.fixture
def made(tmp_path):
    """Store tables and give the cohort of a part of a year."""
    project = small.project(tmp_path)

    def make(episodes, measurements=(), through="2024-06-30", settings=FOLLOWED, as_of=LATE, about=None):
        unit = small.unit(project, settings)
        frames = (
            store.episodes_frame(small.block(episodes), unit),
            store.measurements_frame(small.block(measurements)),
        )
        store.save(project, unit, Processed(*frames, about or {}))
        return cohort(unit, 2024, as_of, project, through=through)

    return make


@pytest.mark.parametrize(
    ("rule", "expected"),
    [("ended", ["a", "b"]), ("started", ["b", "c", "d"]), ("active", ["a", "b", "c", "d"])],
)
def test_the_last_day_is_of_the_rules_own_date(made, rule, expected):
    part = made(by_rule(SIX, rule), settings=FOLLOWED.replace("rule: ended", f"rule: {rule}"))
    assert sorted(part.episodes.index) == expected
    assert part.through == dt.date(2024, 6, 30) and part.undated == 0


def test_what_was_measured_later_is_known_until_the_date_of_the_data(made):
    rows = [
        score("a", "start", day="2023-11-01"),
        score("a", "end", day="2024-07-15"),
        score("b", "m3", day="2024-10-01"),
    ]
    part = made(SIX, rows)
    assert part.measured("core_om", "end", "client").to_dict() == {"a": True, "b": False}
    assert made(SIX, rows, as_of="2024-07-14").measured("core_om", "end", "client").sum() == 0
    assert (
        part.measured("core_om", "m3", "client")["b"]
        and not made(SIX, rows, as_of=JUNE, through="2024-05-31").measured("core_om", "m3", "client").any()
    )


def test_forms_of_nobody_are_counted_by_their_day(made):
    rows = [score(None, "start", 1, day="2024-06-30"), score(None, "start", 2, day="2024-07-01"), score(None, "start", 3),
            score("x", "start", day="2024-06-30"), score("y", "start", day="2024-07-01")]  # fmt: skip
    part = made(SIX, rows)
    assert part.unlinked("core_om", "start", "client")["value"].tolist() == [1]
    assert part.strays == 1 and part.undated == 1  # the one without a day is told of, and in no number
    assert made(SIX, rows, through=None).unlinked("core_om", "start", "client")["value"].tolist() == [1, 2, 3]


def test_a_case_without_a_date_is_left_out_and_told_of(made):
    rows = [*SIX, episode("g", None, None), episode("h", None, None)]
    part = made(rows)
    assert sorted(part.episodes.index) == ["a", "b"] and part.undated == 2
    assert analyse(part).cell("flow/undated").value == 2 and analyse(part).cell("flow/undated").internal
    assert made(rows, through=None).eligible == 6


def test_begun_and_not_ended_is_counted_by_the_same_day(made):
    assert made(SIX, through="2024-06-30").ongoing == 2  # c and d, who ended later
    assert made(SIX, through="2024-07-01").ongoing == 2  # d and e
    assert made(SIX, through=None).ongoing == 1  # e, who has no end


def test_a_persons_last_case_is_the_last_one_of_the_part(made):
    settings = FOLLOWED.replace("cohort:", "unit_of_analysis: person\ncohort:").replace(
        "    id: Nr\n", "    id: Nr\n    client: Nr\n"
    )
    rows = [{**row, "client": "k"} for row in SIX[:4]]
    assert list(made(rows, settings=settings).episodes.index) == ["b"]
    assert made(rows, settings=settings).events == 2
    assert list(made(rows, settings=settings, through=None).episodes.index) == ["d"]


def test_cases_joined_end_when_the_last_of_them_does(made):
    settings = FOLLOWED.replace("  rule: ended\n", "  rule: ended\n  join_within_days: 30\n")
    rows = [{**episode("a", "2024-01-01", "2024-06-20"), "client": "k"}, {**episode("b", "2024-07-01", "2024-09-01"), "client": "k"},
            {**episode("c", "2024-01-01", "2024-06-20"), "client": "l"}]  # fmt: skip
    assert list(made(rows, settings=settings).episodes.index) == ["c"]


def test_declared_counts_are_of_no_part_of_a_year(made):
    declared = FOLLOWED.replace("cohort:", VOLUMES)
    assert made(SIX, settings=declared).volumes == {} and made(SIX, settings=declared, through=None).volumes
    assert analyse(made(SIX, settings=declared)).context.volumes == ()
    with pytest.raises(
        DataError, match=r"^Öppenvården 2024: det finns inga ärenden med datum, .* Gör rapporten för hela året\.$"
    ):
        made([], [score(None, "end", day=JUNE)], settings=declared)


def test_a_declared_year_has_no_parts(made):
    declared = FOLLOWED.replace("rule: ended", "rule: declared")
    with pytest.raises(DataError, match="det finns inga ärenden med datum"):
        made(SIX, settings=declared)
    with pytest.raises(DataError, match="det finns inga ärenden med datum"):
        made([episode("a", None, None)])


def test_nobody_by_that_day_is_said(made):
    with pytest.raises(DataError, match=r"^Öppenvården: ingen hör till urvalet för 2024 till och med 2024-02-09\.$"):
        made(SIX, through="2024-02-09")


def test_data_that_end_before_the_part_does_are_refused(made):
    wanted = r"^Öppenvården: uppgifterna slutar före 2024-06-30\."
    with pytest.raises(DataError, match=wanted):
        made(SIX, as_of="2024-06-29")
    with pytest.raises(DataError, match=wanted):
        made(SIX, as_of=None, about={"as_of": "2024-06-29"})
    assert made(SIX, as_of="2024-06-30").as_of == dt.date(2024, 6, 30)


@pytest.mark.parametrize("through", ["2024-06-31", "20240630", "juni", "2024-06", 6])
def test_only_a_date_is_taken(made, through):
    with pytest.raises(SettingsError, match=r"^«through» ska vara ett datum, ÅÅÅÅ-MM-DD\.$"):
        made(SIX, through=through)


def test_a_day_of_another_year_is_refused(made):
    with pytest.raises(SettingsError, match=r"^«through» är 2023-06-30, som inte ligger i 2024\."):
        made(SIX, through="2023-06-30")


def test_the_last_day_of_the_year_leaves_nothing_out(made):
    rows = [*SIX, episode("g", None, None)]
    assert made(rows, through="2024-12-31").through is None
    assert made(rows, through="2024-12-31").eligible == made(rows, through=None).eligible
    with pytest.raises(SettingsError, match="hela 2024"):
        part_of("2024-12-31")


def test_names_of_periods():
    assert (period(2024), period(2024, "2024-06-30")) == ("2024", "2024-tom-2024-06-30")
    assert last_day(2024, None) is None and last_day(2024, "") is None
    assert last_day(2024, dt.datetime(2024, 6, 30, 12)) == dt.date(2024, 6, 30) and part_of("2024-06-30") == 2024


def test_results_of_a_part_and_of_the_year_have_keys_of_their_own(made):
    assert analyse(made(SIX)).key == "a-kommun/oppenvard/2024-tom-2024-06-30"
    assert analyse(made(SIX, through=None)).key == "a-kommun/oppenvard/2024"


DAYS = st.dates(dt.date(2023, 7, 1), dt.date(2024, 12, 30))


@given(
    st.lists(st.tuples(DAYS, DAYS), min_size=1, max_size=12),
    st.sampled_from(["ended", "started", "active"]),
    DAYS,
    DAYS,
)
def test_a_longer_part_has_all_of_a_shorter_one_and_the_longest_is_the_year(tmp_path_factory, spans, rule, one, other):
    project = small.project(tmp_path_factory.mktemp("part"))
    unit = small.unit(project, FOLLOWED.replace("rule: ended", f"rule: {rule}"))
    rows = [episode(f"e{i}", str(min(span)), str(max(span))) for i, span in enumerate(spans)]
    frames = (store.episodes_frame(small.block(by_rule(rows, rule)), unit), store.measurements_frame(None))
    store.save(project, unit, Processed(*frames, {}))

    def people(through):
        try:
            return set(cohort(unit, 2024, LATE, project, through=through).episodes.index)
        except DataError:
            return set()

    shorter, longer = sorted(day.replace(year=2024) for day in (one, other))
    assert people(shorter) <= people(longer) <= people(None)
    assert people(dt.date(2024, 12, 30)) == people(None)  # nobody came or went on New Year's Eve
