"""Who is due for a measurement: days at every boundary, agreement with the report, and forecasts counted by hand."""

import datetime as dt

import numpy as np
import pandas as pd
import pytest
import small_project as small
from hypothesis import given, settings
from hypothesis import strategies as st

from isu_analysis.cohorts import NOT_DUE, PAIRED, Cohort, cohort, due
from isu_analysis.cohorts.due import everyone, statuses, to_measure
from isu_analysis.cohorts.due_forecast import Forecast, forecast
from isu_analysis.cohorts.due_forms import ANONYMOUS, NO_DAY, REGISTER, SESSION, Form, forms_of
from isu_analysis.errors import SettingsError
from isu_analysis.intake import store
from isu_analysis.intake.store import Processed
from isu_analysis.settings import load_unit

LATER = """\
  m3: {label: "3 månader", role: follow_up, day: 90}
  m6: {label: "6 månader", role: follow_up, day: 180, window: [150, 210]}
  after: {label: "efter avslut", role: follow_up}
"""
FOLLOWED = small.FORMS.replace(
    '  end: {label: "avslut", role: end}\n', '  end: {label: "avslut", role: end}\n' + LATER
).replace(
    "{Nybesök: start, Avslut: end}", '{Nybesök: start, Avslut: end, "3 mån": m3, "6 mån": m6, Efteråt: after}'
)  # fmt: skip
START, END, M3, M6, AFTER = (
    Form(("core_om",), ("client",), name) for name in ("start", "end", "m3", "m6", "after")
)  # fmt: skip
LAGET = Form(("laget",), ("staff",), "end")


def episode(name, start="2024-01-10", end="2024-06-01", year=2024, ending="planned", **more):
    return {"episode": name, "start": start, "end": end, "year": year, "ending": ending, "age": 30.0, **more}


def score(name, occasion, value=10.0, rater="client", measure="core_om", **more):
    return {"episode": name, "measure": measure, "item": "", "occasion": occasion, "rater": rater, "year": 2024,
            "value": value, "mode": "form", **more}  # fmt: skip


def missing(name, occasion, reason, **more):
    return score(name, occasion, np.nan, missing_reason=reason, **more)


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    return small.project(tmp_path_factory.mktemp("due"))


@pytest.fixture
def people(place):
    """Give everyone of a unit as of a day, from hand-made tables."""

    def make(episodes, measurements=(), as_of="2024-07-01", text=FOLLOWED):
        unit = small.unit(place, text)
        return everyone(unit, dt.date.fromisoformat(as_of), tables(unit, episodes, measurements))

    return make


def tables(unit, episodes, measurements):
    frames = store.episodes_frame(small.block(episodes), unit), store.measurements_frame(small.block(measurements))
    return Processed(*frames, {})


# Which forms


def test_a_unit_asks_for_each_form_at_each_occasion_that_its_file_declares(place):
    unknown_day = Form(AFTER.measures, AFTER.raters, "after", NO_DAY)
    assert forms_of(small.unit(place, FOLLOWED), 2024) == (START, END, LAGET, M3, M6, unknown_day)


def test_measures_of_one_source_are_one_form_and_raters_of_a_column_are_one_or_the_other(place):
    long = FOLLOWED.replace(
        "    measurements:\n      - {column: CORE, measure: core_om, rater: client}\n",
        "    long:\n      measure: {column: Mått, values: {CORE: core_om, Läge: laget}}\n      value: P\n"
        "      rater_column: {column: Vem, values: {K: client, P: staff}}\n",
    ).replace("rows: form", "rows: measurement")
    assert Form(("core_om", "laget"), ("client", "staff"), "m3") in forms_of(small.unit(place, long), 2024)


def test_who_cannot_be_named_is_told_with_the_reason(place):
    anonymous = FOLLOWED.replace("    id: Nr\n    day: Dag\n", "    day: Dag\n")
    found = {(form.occasion, form.why_not) for form in forms_of(small.unit(place, anonymous), 2024)}
    # Start and end are read with a number as well, from the cases' own file: there the anonymous form is replaced.
    assert found == {("start", ""), ("end", ""), ("m3", ANONYMOUS), ("m6", ANONYMOUS), ("after", ANONYMOUS)}
    unpaired = FOLLOWED.replace("cohort:\n", 'pairing: {"2023": none, "2024": by_code}\ncohort:\n')
    assert ("m6", ANONYMOUS) in {(form.occasion, form.why_not) for form in forms_of(small.unit(place, unpaired), 2023)}
    assert ("m6", "") in {(form.occasion, form.why_not) for form in forms_of(small.unit(place, unpaired), 2024)}
    with pytest.raises(SettingsError, match="saknas 2025"):
        forms_of(small.unit(place, unpaired), 2025)


@pytest.mark.parametrize(("changed", "why"), [("rater: staff, occasion: end, mode: register", REGISTER), ("rater: register, occasion: end", REGISTER)])  # fmt: skip
def test_nobody_is_asked_for_what_a_register_tells(place, changed, why):
    text = FOLLOWED.replace("rater: staff, occasion: end", changed).replace("raters: [staff]", "raters: [staff, register]")  # fmt: skip
    assert [form.why_not for form in forms_of(small.unit(place, text), 2024) if form.measures == ("laget",)] == [why]


def test_every_session_is_measured_by_itself(place):
    text = FOLLOWED.replace("  after: {label", "  talk: {label: samtal, role: session}\n  after: {label").replace('"3 mån": m3', '"3 mån": talk')  # fmt: skip
    assert {form.occasion: form.why_not for form in forms_of(small.unit(place, text), 2024)}["talk"] == SESSION


# When


@pytest.mark.parametrize(
    ("form", "days"),
    [
        # start 10 January: a fortnight in time, a month at most
        (START, {"01-09": "not_yet", "01-10": "now", "01-24": "now", "01-25": "overdue", "02-10": "overdue", "02-11": "too_late"}),
        # end 1 June: 31 days in time, 61 at most
        (END, {"05-31": "not_yet", "06-01": "now", "07-02": "now", "07-03": "overdue", "08-01": "overdue", "08-02": "too_late"}),
        # day 90 is 9 April, without a window
        (M3, {"04-08": "not_yet", "04-09": "now", "05-10": "now", "05-11": "overdue", "06-09": "overdue", "06-10": "too_late"}),
        # the window opens on 8 June and closes on 7 August: nothing is late inside, all is outside
        (M6, {"06-07": "not_yet", "06-08": "now", "08-07": "now", "08-08": "too_late"}),
    ],
)  # fmt: skip
def test_every_boundary(people, form, days):
    found = {day: statuses(people([episode("a")], as_of=f"2024-{day}"), form)["status"]["a"] for day in days}
    assert found == days


def test_the_list_tells_since_when_and_until_when(people):
    rows = to_measure(people([episode("a")], as_of="2024-06-20"), [END, M6]).rows
    told = [(row.occasion, str(row.since.date()), str(row.last.date()), row.status) for row in rows.itertuples()]
    assert told == [("end", "2024-06-01", "2024-08-01", "now"), ("m6", "2024-06-08", "2024-08-07", "now")]


def test_an_open_case_waits_for_its_end_and_one_without_dates_cannot_be_judged(people):
    found = people([episode("open", end=None, year=None, ending="ongoing"), episode("hidden", None, None), episode("planned", end="2024-09-01")])  # fmt: skip
    assert statuses(found, END)["status"].to_dict() == {"planned": "not_yet", "hidden": "undated", "open": "not_yet"}
    assert statuses(found, START)["status"]["hidden"] == "undated"
    assert "hidden" not in set(to_measure(found, [START, END, M3, M6]).rows["episode"])


def test_an_end_that_no_file_tells_is_not_waited_for_where_the_year_is_that_of_the_file(people):
    declared = FOLLOWED.replace("rule: ended", "rule: declared")
    assert statuses(people([episode("a", end=None)], text=declared), END)["status"]["a"] == "undated"


def test_cases_that_the_rule_leaves_out_are_asked_for_nothing(people):
    assert list(people([episode("a"), episode("b", ending="never_started")]).episodes.index) == ["a"]


def test_of_a_persons_cases_the_last_of_the_year_and_the_one_still_open_are_asked_for(people):
    person = FOLLOWED.replace("retention_years", "unit_of_analysis: person\nretention_years")
    several = [episode("a", "2024-01-10", "2024-02-01", client="p"), episode("b", "2024-03-10", "2024-04-01", client="p"),
               episode("c", "2024-05-01", None, year=None, client="p")]  # fmt: skip
    assert sorted(people(several, text=person).episodes.index) == ["b", "c"]


# Reasons

OPEN = ["not_asked", "unknown", "incomplete", "not_reached"]
NEVER = ["declined", "language", "broke_down", "placed", "moved", "died"]


@pytest.mark.parametrize("reason", OPEN)
def test_who_was_not_asked_or_reached_can_still_be_asked(people, reason):
    rows = to_measure(people([episode("a")], [missing("a", "end", reason)], "2024-06-20"), [END]).rows
    assert rows["episode"].tolist() == ["a"] and rows["not_reached"].tolist() == [reason == "not_reached"]


@pytest.mark.parametrize("reason", NEVER)
@pytest.mark.parametrize("occasion", ["start", "end"])
def test_who_has_said_no_is_never_asked_again_with_that_form(people, reason, occasion):
    found = people([episode("a")], [missing("a", occasion, reason)], "2024-06-20")
    assert statuses(found, END)["status"]["a"] == "closed"
    assert to_measure(found, [END]).rows.empty
    assert statuses(found, LAGET)["status"]["a"] == ("closed" if reason == "died" else "now")  # the staff still can


def test_an_answer_counts_whatever_was_said_before_and_what_is_not_due_is_not_lost(people):
    rows = [missing("a", "start", "declined"), score("a", "end"), missing("b", "start", "declined")]
    found = statuses(people([episode("a"), episode("b", end="2024-09-01")], rows), END)["status"]
    assert found.to_dict() == {"a": "done", "b": "not_yet"}


def test_what_was_measured_after_the_day_is_not_known_on_the_day(people):
    rows = [score("a", "end", day="2024-06-05")]
    assert statuses(people([episode("a")], rows, "2024-06-04"), END)["status"]["a"] == "now"
    assert statuses(people([episode("a")], rows, "2024-06-05"), END)["status"]["a"] == "done"


# The list


def test_the_most_urgent_comes_first_and_forms_of_one_person_are_one_row(people, place):
    both = Form(("core_om", "laget"), ("client",), "end")
    cases = [episode("late", end="2024-05-20"), episode("new", end="2024-06-19"), episode("begun", "2024-06-15", None, year=None)]  # fmt: skip
    found = to_measure(people(cases, [score("new", "start"), missing("late", "end", "not_asked")], "2024-06-20"), [START, END, both])  # fmt: skip
    assert found.rows["episode"].tolist() == ["begun", "late", "new"]  # last days 16 July, 20 July, 19 August
    assert found.rows["measures"].tolist() == [("core_om",), ("core_om", "laget"), ("core_om", "laget")]
    assert found.rows["begun"].fillna(False).tolist() == [False, False, True]
    assert (found.now, found.overdue) == (3, 0)


def test_a_case_with_anything_overdue_is_overdue_and_counted_once(people):
    found = to_measure(people([episode("a"), episode("b", end="2024-07-01")], as_of="2024-07-03"), [END, M6])
    assert [(row.episode, row.occasion) for row in found.rows.itertuples()] == [("a", "end"), ("a", "m6"), ("b", "m6"), ("b", "end")]  # fmt: skip
    assert (found.overdue, found.now) == (1, 1)


def test_old_cases_are_not_counted(people):
    cases = [episode("a"), episode("old", "2022-01-10", "2023-06-30", 2023), episode("open", "2024-06-01", None, None)]
    assert to_measure(people(cases, as_of="2024-07-01"), [END]).counts == {END: {"now": 1, "not_yet": 1}}


def test_nothing_shows_a_pseudonym(people):
    found = to_measure(people([episode("hemlig")], as_of="2024-06-20"), [END])
    assert len(found.rows) == 1 and "hemlig" not in repr(found) + str(found)


# Agreement with the report


def same_as_report(found: Cohort, form: Form) -> None:
    """What is not due here and in the report are the same people, apart from those whose window is open."""
    measure, rater = form.measures[0], form.raters[0]
    ours, theirs = statuses(found, form), found.response(measure, None, form.occasion, rater, None)
    waits = (ours["status"] == due.NOT_YET) | ((theirs == NOT_DUE) & (ours["status"].isin([due.NOW, due.CLOSED])))
    assert (waits == (theirs == NOT_DUE)).all()
    window = found.unit.occasions[form.occasion].window
    assert window or not ((theirs == NOT_DUE) & ours["status"].isin([due.NOW, due.OVERDUE])).any()
    assert ((ours["status"] == due.DONE) == (theirs == PAIRED)).all()


@pytest.mark.parametrize("as_of", ["2024-03-31", "2024-06-30", "2024-12-31"])
def test_what_is_not_due_is_the_same_as_in_the_report_of_every_demonstration_unit(demo_project, as_of):
    waiting = 0
    for path in sorted((demo_project / "parameters" / "exempelstad").glob("*.yml")):
        unit = load_unit(f"exempelstad/{path.stem}", demo_project)
        found = cohort(unit, 2024, as_of, demo_project)
        for form in forms_of(unit, 2024):
            if unit.occasions[form.occasion].role not in {"session", "start"} and form.why_not != NO_DAY:
                for measure in form.measures:
                    same_as_report(found, Form((measure,), form.raters[:1], form.occasion))
                    waiting += int((found.response(measure, None, form.occasion, form.raters[0], None) == NOT_DUE).sum())  # fmt: skip
    assert (waiting > 0) == (as_of != "2024-12-31")


def test_an_open_window_is_the_only_difference_and_it_is_counted(people):
    found = people([episode("a"), episode("b", "2024-03-01"), episode("c", "2023-12-01")], as_of="2024-06-20")
    assert statuses(found, M6)["status"].to_dict() == {"a": "now", "b": "not_yet", "c": "now"}
    assert (found.response("core_om", None, "m6", "client") == NOT_DUE).tolist() == [True, True, True]
    last_day = people([episode("a")], as_of="2024-08-07")
    assert statuses(last_day, M6)["status"]["a"] == "now"  # and the report counts it as due
    assert (last_day.response("core_om", None, "m6", "client") == NOT_DUE).tolist() == [False]


# The forecast

# On 20 June: a has both, b a start and an end to take, c neither and the start is too late, d a start and has declined,
# e a start and ends in September, f no start (too late) and ends in September, g a start and an end that is too late.
SEVEN = [episode("a"), episode("b"), episode("c"), episode("d"), episode("e", end="2024-09-01"),
         episode("f", end="2024-09-01"), episode("g", end="2024-02-01")]  # fmt: skip
MEASURED = [score("a", "start"), score("a", "end"), score("b", "start"), score("d", "start"), missing("d", "end", "declined"),
            score("e", "start"), score("g", "start")]  # fmt: skip


def outlook(found, start="start", end="end"):
    return forecast(found, to_measure(found, [START, END, M3, M6]), "core_om", start, end, "client", "")


def test_the_forecast_of_a_few_cases(people):
    found = outlook(people(SEVEN, MEASURED, "2024-06-20"))
    assert found == Forecast(measured=1, due=5, expected=7, listed=1, waiting=1)
    assert (found.if_listed, found.at_best) == (2, 3)


def test_an_answer_given_once_needs_no_start(people):
    found = outlook(people(SEVEN, MEASURED, "2024-06-20"), start=None)
    assert found == Forecast(measured=1, due=5, expected=7, listed=2, waiting=2)  # b and c now, e and f later


def test_a_start_that_can_be_taken_makes_a_pair_possible_later(people):
    found = outlook(people([episode("a", "2024-06-10", "2024-09-01")], as_of="2024-06-20"))
    assert found == Forecast(measured=0, due=0, expected=1, listed=0, waiting=1)


def test_who_has_said_no_is_not_waited_for(people):
    rows = [score("a", "start"), missing("a", "m3", "declined")]
    found = outlook(people([episode("a", end="2024-09-01")], rows, "2024-06-20"))
    assert found == Forecast(measured=0, due=0, expected=1, listed=0, waiting=0)


DAYS = st.dates(dt.date(2024, 1, 1), dt.date(2024, 12, 20)).map(str)
CASES = st.lists(st.tuples(DAYS, st.integers(0, 250), st.booleans()), min_size=1, max_size=7)
ANSWERS = st.lists(st.tuples(st.integers(0, 6), st.sampled_from(["start", "end", "m3", "m6"]), st.one_of(DAYS, st.sampled_from([*OPEN, *NEVER]))), max_size=12)  # fmt: skip


def drawn(cases, answers):
    made = []
    for number, (start, length, is_hidden) in enumerate(cases):
        end = min(dt.date.fromisoformat(start) + dt.timedelta(days=length), dt.date(2024, 12, 31))
        made.append(episode(f"e{number}", *((None, None) if is_hidden else (start, str(end)))))
    given = {(f"e{who}", occasion): what for who, occasion, what in answers if who < len(cases)}
    rows = [
        missing(*key, what) if what in (*OPEN, *NEVER) else score(*key, day=what) for key, what in sorted(given.items())
    ]
    return made, rows


def at_years_end(place, made, rows):
    """The report's own count, when everybody's time has come and nothing but `rows` was measured."""
    unit = small.unit(place, FOLLOWED)
    store.save(place, unit, tables(unit, made, rows))
    return cohort(unit, 2024, "2025-12-31", place)


@given(CASES, ANSWERS, DAYS, st.sampled_from(["end", "m3", "m6"]))
@settings(max_examples=60)
def test_the_forecast_is_what_the_report_says_in_the_end(place, cases, answers, as_of, last):
    made, rows = drawn(cases, answers)
    now = everyone(small.unit(place, FOLLOWED), dt.date.fromisoformat(as_of), tables(small.unit(place, FOLLOWED), made, rows))  # fmt: skip
    found = to_measure(now, [START, END, M3, M6])
    told = forecast(now, found, "core_om", "start", last, "client", "")
    assert 0 <= told.measured <= told.if_listed <= told.at_best <= told.expected == len(made)
    assert told.measured <= told.due <= told.expected
    known = [row for row in rows if row.get("day", as_of) <= as_of]
    nothing_done = at_years_end(place, made, known).response("core_om", "start", last, "client")
    assert int((nothing_done == PAIRED).sum()) == told.measured and not (nothing_done == NOT_DUE).any()
    listed = [score(row.episode, row.occasion, day=as_of) for row in found.rows.itertuples()]
    answered = {(row["episode"], row["occasion"]) for row in listed}
    kept = [row for row in known if (row["episode"], row["occasion"]) not in answered]
    list_done = at_years_end(place, made, kept + listed).response("core_om", "start", last, "client")
    assert int((list_done == PAIRED).sum()) == told.if_listed


def test_the_forecast_of_half_a_year_is_what_the_demonstration_says_at_its_end_if_nothing_more_is_measured(demo_project, tmp_path):  # fmt: skip
    import shutil

    unit = load_unit("exempelstad/unga-vuxna", demo_project)
    processed = store.load(demo_project, unit)
    day = dt.date(2024, 6, 30)
    found = to_measure(everyone(unit, day, processed), forms_of(unit, 2024))
    told = forecast(cohort(unit, 2024, day, demo_project), found, "core_om", "start", "end", "client", "")
    shutil.copytree(demo_project / "parameters", tmp_path / "parameters")
    rows = processed.measurements
    store.save(tmp_path, unit, Processed(processed.episodes, rows[~(rows["day"] > pd.Timestamp(day))], {}))
    said = cohort(unit, 2024, "2024-12-31", tmp_path).response("core_om", "start", "end", "client").value_counts()
    assert (told.measured, told.expected) == (said[PAIRED], said.sum()) and NOT_DUE not in said
    in_truth = cohort(unit, 2024, "2024-12-31", demo_project).response("core_om", "start", "end", "client")
    assert told.measured < int((in_truth == PAIRED).sum()) <= told.at_best
    assert told.due < told.expected and told.listed > 0
